"""The mobile units and their mammographs, as data: sizes, bits, windows, syntaxes, names.

The conventions are those that manufacturers use, in round numbers; no real installation is
described.
"""

from dataclasses import dataclass

from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)


@dataclass(frozen=True)
class Window:
    """A VOI window in stored values, with its explanation (0028,1055)."""

    center: int
    width: int
    explanation: str


@dataclass(frozen=True)
class Equipment:
    """A mammograph's way of writing images.

    Args:
        manufacturer: (0008,0070).
        manufacturer_model_name: (0008,1090).
        software_versions: (0018,1020).
        detector_type: DIRECT or SCINTILLATOR (0018,7004).
        imager_pixel_spacing_mm: (0018,1164).
        sizes: Rows and columns of the small and the large field.
        bits_stored: (0028,0101).
        photometric_interpretation: (0028,0004); MONOCHROME1 stores bright as low.
        darkest: Stored value of display value 0 inside the breast, before any inversion.
        brightest: Stored value of display value 1.
        windows: The first is the default.
        voi_lut_function: LINEAR or SIGMOID (0028,1056).
        has_voi_lut: Whether a VOI LUT Sequence is there beside the windows.
        pixel_padding_value: What air is set to (0028,0120); None where it is black.
        noise: Quantum noise, relative to the others.
        transfer_syntaxes: Each with its share of the exams.
    """

    manufacturer: str
    manufacturer_model_name: str
    software_versions: tuple[str, ...]
    detector_type: str
    imager_pixel_spacing_mm: float
    sizes: tuple[tuple[int, int], tuple[int, int]]
    bits_stored: int
    photometric_interpretation: str
    darkest: int
    brightest: int
    windows: tuple[Window, ...]
    voi_lut_function: str
    has_voi_lut: bool
    pixel_padding_value: int | None
    noise: float
    transfer_syntaxes: tuple[tuple[UID, float], ...]


@dataclass(frozen=True)
class Unit:
    """A mobile unit: its number, its name in Station Name (0008,1010), its mammograph."""

    number: int
    station_name: str
    equipment: Equipment


GE_PRISTINA = Equipment(
    "GE MEDICAL SYSTEMS",
    "Senographe Pristina",
    ("Pristina 3.1.0",),
    "SCINTILLATOR",
    0.1,
    ((2294, 1914), (2850, 2394)),
    12,
    "MONOCHROME2",
    1200,
    3600,
    (Window(2160, 1500, "NORMAL"), Window(2160, 1150, "HARDER"), Window(2160, 1900, "SOFTER")),
    "SIGMOID",
    has_voi_lut=False,
    pixel_padding_value=None,
    noise=1.0,
    transfer_syntaxes=((JPEGLosslessSV1, 0.85), (JPEGLSLossless, 0.15)),
)
HOLOGIC_DIMENSIONS = Equipment(
    "HOLOGIC, Inc.",
    "Selenia Dimensions",
    ("AWS:1.11.1.10", "PXCM:1.5.0.3"),
    "DIRECT",
    0.065,
    ((3328, 2560), (4096, 3328)),
    12,
    "MONOCHROME2",
    250,
    3900,
    (Window(2000, 3400, "NORMAL"),),
    "LINEAR",
    has_voi_lut=False,
    pixel_padding_value=None,
    noise=0.8,
    transfer_syntaxes=((JPEGLosslessSV1, 0.9), (RLELossless, 0.1)),
)
SIEMENS_INSPIRATION = Equipment(
    "SIEMENS",
    "MAMMOMAT Inspiration",
    ("VB60G",),
    "DIRECT",
    0.085,
    ((2800, 2082), (3518, 2800)),
    12,
    "MONOCHROME2",
    60,
    3000,
    (Window(1450, 2700, "WIDE"), Window(1300, 2000, "NARROW")),
    "LINEAR",
    has_voi_lut=False,
    pixel_padding_value=None,
    noise=1.1,
    transfer_syntaxes=((JPEGLosslessSV1, 0.85), (ExplicitVRLittleEndian, 0.15)),
)
FUJI_AMULET = Equipment(
    "FUJIFILM Corporation",
    "AMULET Innovality",
    ("FDR-3000AWS Mainsoft V9.0",),
    "DIRECT",
    0.1,
    ((2364, 1770), (2964, 2364)),
    12,
    "MONOCHROME1",
    400,
    3900,
    (Window(2048, 3500, "STANDARD"),),
    "LINEAR",
    has_voi_lut=False,
    pixel_padding_value=None,
    noise=0.9,
    transfer_syntaxes=((JPEGLosslessSV1, 0.7), (JPEG2000Lossless, 0.3)),
)
PLANMED_CLARITY = Equipment(
    "Planmed Oy",
    "Planmed Clarity",
    ("4.2.1.0",),
    "SCINTILLATOR",
    0.083,
    ((2816, 2016), (3584, 2816)),
    14,
    "MONOCHROME1",
    1500,
    9600,
    (Window(5200, 7600, "NORMAL"),),
    "LINEAR",
    has_voi_lut=False,
    pixel_padding_value=10000,
    noise=1.0,
    transfer_syntaxes=((JPEGLosslessSV1, 0.75), (ImplicitVRLittleEndian, 0.25)),
)
IMS_GIOTTO = Equipment(
    "I.M.S. S.r.l.",
    "GIOTTO CLASS",
    ("2.4.3", "RAFFAELLO 8.1"),
    "DIRECT",
    0.085,
    ((2816, 2016), (3584, 2816)),
    13,
    "MONOCHROME2",
    300,
    7200,
    (Window(3700, 6900, "STANDARD"),),
    "LINEAR",
    has_voi_lut=True,
    pixel_padding_value=None,
    noise=1.2,
    transfer_syntaxes=((JPEGLosslessSV1, 0.75), (ExplicitVRLittleEndian, 0.25)),
)

FLEET = tuple(
    Unit(number, f"UNIDAD-{number}", equipment)
    for number, equipment in enumerate(
        (
            GE_PRISTINA,
            HOLOGIC_DIMENSIONS,
            SIEMENS_INSPIRATION,
            FUJI_AMULET,
            PLANMED_CLARITY,
            IMS_GIOTTO,
        ),
        start=1,
    )
)
"""The six units of the campaign."""
