"""The coded words of written objects, each declared once.

Those of the standard come from pydicom; a private one names what no standard measures.
"""

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from tasks.publish.result import SOFTWARE

SCHEME = "99SMARTMAMMO"
EXAM_SCORE = Code("exam_score", SCHEME, "Exam score for ordering")
BREAST_SCORE = Code("breast_score", SCHEME, "Breast score for ordering")
IMAGE_SCORE = Code("malignancy_score", SCHEME, "Image score for ordering")
BAND = Code("band", SCHEME, "Priority band of ten")
BAND_UNIT = Code("{band}", "UCUM", "band")

PROBABILITY = Code("111047", "DCM", "Probability of cancer")
CERTAINTY = Code("111012", "DCM", "Certainty of Finding")
NO_UNITS = Code("1", "UCUM", "no units")
PERCENT = Code("%", "UCUM", "Percent")

BREAST = Code("76752008", "SCT", "Breast")
SIDES = {"R": Code("24028007", "SCT", "Right"), "L": Code("7771000", "SCT", "Left")}
BREASTS = {
    "R": codes.CID6022.RightBreast,
    "L": codes.CID6022.LeftBreast,
}
"""CID 6022, Side."""

VIEWS = {
    "CC": codes.CID4014.CranioCaudal,
    "MLO": codes.CID4014.MedioLateralObliqueProjection,
}
"""CID 4014; written only where the original has no View Code Sequence."""

FINDINGS = {
    "mass": codes.CID6014.MammographyBreastDensity,
    "calcification": codes.CID6014.CalcificationCluster,
}
"""CID 6014, Mammography Single Image Finding: a mass is a density there."""

OTHER_FINDING = codes.CID6014.SelectedRegion
ENGLISH = Code("en", "RFC5646", "English")
"""The language of the standard's code meanings."""

MILLIMETRE = Code("mm", "UCUM", "millimeter")
INDIVIDUAL_IMPRESSION = Code("111034", "DCM", "Individual Impression/Recommendation")
"""pydicom's meaning of it holds an invisible space."""

MAMMOGRAPHY = Code("71651007", "SCT", "Mammography")
ALGORITHM = f"{SOFTWARE} mammography"
REPORT_TITLE = Code("18748-4", "LN", "Diagnostic imaging study")
"""LOINC's class of imaging reports: what a PDF is filed under."""
