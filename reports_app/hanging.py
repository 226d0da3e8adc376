"""How an exam's four views hang: R at the viewer's left, chest walls together, one scale.

Pure geometry in shares of a frame; it encodes no pixel and writes no HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX, LATERALITIES, VIEWS
from reports_app.exam import ExamImage, Region
from tasks.preprocess.geometry import Geometry


@dataclass(frozen=True)
class Slot:
    """A place of the hanging; `image` is None where the exam has none for it."""

    laterality: str
    view: str
    image: ExamImage | None

    @property
    def name(self) -> str:
        """Laterality and view, such as R-MLO."""
        return f"{self.laterality}-{self.view}"


@dataclass(frozen=True)
class Hanging:
    """An exam's images in their places.

    Args:
        pairs: R and L of each view, in the order CC, MLO.
        others: Images with pixels or a reason that have no place: repeats and other views.
    """

    pairs: tuple[tuple[Slot, Slot], ...]
    others: tuple[ExamImage, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle as shares of its frame, 0-1."""

    left: float
    top: float
    width: float
    height: float


def hang(images: Sequence[ExamImage]) -> Hanging:
    """Give each image its place; of several for one place the highest scored is hung."""
    places = {
        (laterality, view): _best(images, laterality, view)
        for view in VIEWS
        for laterality in LATERALITIES
    }
    hung = {id(image) for image in places.values() if image is not None}
    pairs = tuple(
        (Slot("R", view, places["R", view]), Slot("L", view, places["L", view]))
        for view in VIEWS
    )
    return Hanging(pairs, tuple(image for image in images if id(image) not in hung))


def hanging_order(images: Sequence[ExamImage]) -> list[ExamImage]:
    """R-CC, L-CC, R-MLO, L-MLO, then whatever else there is."""
    places = [(laterality, view) for view in VIEWS for laterality in LATERALITIES]
    return sorted(
        images,
        key=lambda image: (
            places.index((image.laterality or "", image.view or ""))
            if image.is_standard
            else len(places)
        ),
    )


def _best(images: Sequence[ExamImage], laterality: str, view: str) -> ExamImage | None:
    fitting = [
        image for image in images if (image.laterality, image.view) == (laterality, view)
    ]
    return max(fitting, key=_preference, default=None)


def _preference(image: ExamImage) -> tuple[bool, float]:
    return image.geometry is not None, image.malignancy_score or 0.0


def is_mirrored(image: ExamImage) -> bool:
    """Whether the network input is shown mirrored: R's chest wall belongs at the right."""
    return image.laterality == "R"


def shown_size_px(geometry: Geometry) -> tuple[int, int]:
    """Height and width of the network input that the crop fills; the rest is padding."""
    height = round(geometry.crop_height_px * geometry.scale)
    width = round(geometry.crop_width_px * geometry.scale)
    return min(max(height, 1), INPUT_HEIGHT_PX), min(max(width, 1), INPUT_WIDTH_PX)


def frame_sizes(images: Sequence[ExamImage]) -> dict[int, tuple[float, float]]:
    """Width and height of each image as shares of the largest, all at one scale.

    In millimetres where every image tells its pixel spacing, else in original pixels.

    Returns:
        By `id` of the image; images without pixels are left out.
    """
    sizes = {id(image): _size(image, images) for image in images if image.geometry}
    widest = max((width for width, _ in sizes.values()), default=1.0)
    tallest = max((height for _, height in sizes.values()), default=1.0)
    return {key: (width / widest, height / tallest) for key, (width, height) in sizes.items()}


def frame_aspect(images: Sequence[ExamImage]) -> float:
    """Width over height of a frame that holds each of the images at one scale."""
    sizes = [_size(image, images) for image in images if image.geometry]
    if not sizes:
        return 0.5
    return max(width for width, _ in sizes) / max(height for _, height in sizes)


def _size(image: ExamImage, images: Sequence[ExamImage]) -> tuple[float, float]:
    if image.geometry is None:
        raise ValueError(f"The image {image.sop_instance_key} has no stored pixels.")
    has_spacing = all(other.spacing_mm for other in images if other.geometry)
    unit = image.spacing_mm or 1.0 if has_spacing else 1.0
    return image.geometry.crop_width_px * unit, image.geometry.crop_height_px * unit


def region_box(region: Region, geometry: Geometry, *, mirrored: bool) -> Box:
    """Map a region of original pixels onto the shown part of the network input."""
    corners = [
        geometry.to_network(region.top_px, region.left_px),
        geometry.to_network(region.top_px + region.height_px, region.left_px + region.width_px),
    ]
    height, width = (
        geometry.crop_height_px * geometry.scale,
        geometry.crop_width_px * geometry.scale,
    )
    top, bottom = sorted(_share(row, height) for row, _ in corners)
    left, right = sorted(_share(column, width) for _, column in corners)
    if mirrored:
        left, right = 1 - right, 1 - left
    return Box(left, top, right - left, bottom - top)


def _share(position: float, length: float) -> float:
    return min(max(position / length, 0.0), 1.0)
