"""The tensor contract between preprocessing, the network and Triton, declared once.

Everything that names a tensor, a shape or a class derives from here: the preprocessing, the
exporter, `config.pbtxt`, the client and the tables. It imports nothing, torch included.
"""

from dataclasses import dataclass

MODEL_NAME = "mammography"

LATERALITIES = ("R", "L")
VIEWS = ("CC", "MLO")

FINDINGS = ("mass", "calcification")
ASSESSMENTS = ("benign", "suspicious", "malignant")
FINDING_CLASSES = tuple(
    f"{finding}_{assessment}" for finding in FINDINGS for assessment in ASSESSMENTS
)
"""Order of `finding_scores`: mass_benign, mass_suspicious, mass_malignant, calcification_…"""

DENSITIES = ("A", "B", "C", "D")

INPUT_HEIGHT_PX = 1024
INPUT_WIDTH_PX = 512
SALIENCY_STRIDE_PX = 16
MAX_BATCH_SIZE = 8


@dataclass(frozen=True)
class Tensor:
    """One named tensor of the model, without its batch dimension.

    Args:
        name: As Triton and ONNX call it.
        dtype: numpy's name of the element type.
        shape: Without the batch dimension.
        meaning: One line for the model card, with range.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    meaning: str

    @property
    def triton_dtype(self) -> str:
        """The name of `dtype` in Triton's protocol, such as UINT8 or FP32."""
        return {"uint8": "UINT8", "float32": "FP32"}[self.dtype]


IMAGE = Tensor(
    "image",
    "uint8",
    (1, INPUT_HEIGHT_PX, INPUT_WIDTH_PX),
    "display values 0-255 of the breast's crop, chest wall at the left, background zero",
)
MALIGNANCY_SCORE = Tensor(
    "malignancy_score", "float32", (1,), "0-1, higher is more suspicious; not a probability"
)
FINDING_SCORES = Tensor(
    "finding_scores",
    "float32",
    (len(FINDING_CLASSES),),
    "0-1 each, in the order of FINDING_CLASSES",
)
DENSITY_SCORES = Tensor(
    "density_scores", "float32", (len(DENSITIES),), "0-1, sum 1, in the order of DENSITIES"
)
SALIENCY = Tensor(
    "saliency",
    "float32",
    (INPUT_HEIGHT_PX // SALIENCY_STRIDE_PX, INPUT_WIDTH_PX // SALIENCY_STRIDE_PX),
    "0-1, the strongest of malignancy and findings by cell of 16x16 network pixels",
)
OUTPUTS = (MALIGNANCY_SCORE, FINDING_SCORES, DENSITY_SCORES, SALIENCY)
