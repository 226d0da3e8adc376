"""The codes and identifiers of FHIR resources, declared once for export and import.

R4B's DiagnosticReport and Observation are those of R4 (4.0.1); its models validate them.
"""

EXAM_SYSTEM = "urn:smart-mammo:exam"
PATIENT_SYSTEM = "urn:smart-mammo:patient"
IMAGE_SYSTEM = "urn:smart-mammo:image"
CODE_SYSTEM = "urn:smart-mammo:code"
"""Of what no public system codes: scores for ordering, bands, pixels."""

LOINC, SNOMED, UCUM = (
    "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org",
)  # fmt: skip
SECTIONS = "http://terminology.hl7.org/CodeSystem/v2-0074"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENCE = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

SCREENING = ("24606-6", "MG Breast Screening")
"""LOINC."""

SIDES = {
    "R": ("73056007", "Right breast structure"),
    "L": ("80248007", "Left breast structure"),
    "both": ("63762007", "Both breasts"),
}
"""SNOMED CT body structures."""

FINDINGS = {
    "mass": ("129788004", "Mammographic breast mass finding"),
    "calcification": ("129748009", "Radiographic calcification finding"),
}

SOURCES = {
    "RAD": "reader", "RX": "reader", "SP": "pathology", "PAT": "pathology", "CP": "pathology",
    "OTH": "registry",
}  # fmt: skip
"""Diagnostic service sections (v2-0074) of an outcome, and the source that each stands for."""

OUTCOMES = ("birads_assessment", "breast_density", "recalled", "is_malignant")
"""Codes, in CODE_SYSTEM, of an Observation that tells an outcome."""


def concept(system: str, code: str, display: str | None = None) -> dict[str, object]:
    """A CodeableConcept of one code."""
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding]}
