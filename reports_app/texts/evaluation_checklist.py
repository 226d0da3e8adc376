"""The items of CLAIM 2024 and TRIPOD+AI, and where an evaluation finds its answer to each.

Paraphrased in a line each; an item that nothing answers says what is missing, none stays blank.
"""

from collections.abc import Mapping
from typing import NamedTuple

NOT_STATED = "not available: not stated; give it as `{key}` in the file named by --about"


class Item(NamedTuple):
    """One item: its numbers, what it asks, the answer's key, and why there may be none."""

    claim: str
    tripod: str
    asks: str
    key: str
    otherwise: str = NOT_STATED


ITEMS = (
    Item("1", "1", "Identified as a study of AI, with the kind of technology", "title"),
    Item("2", "2", "Structured summary", "summary"),
    Item("3", "3a-b", "Background, intended use and role", "intended_use"),
    Item("4", "4", "Aims", "aims"),
    Item("5", "5a", "Prospective or retrospective", "study_design"),
    Item("6", "4", "Goal of the study", "aims"),
    Item("7", "5a", "Sources of data", "data_source"),
    Item("8", "6a-b", "Inclusion and exclusion", "eligibility"),
    Item("9", "7", "Preprocessing", "preprocessing"),
    Item("10", "7", "Selection of parts of the data", "selection"),
    Item("11", "18e", "De-identification", "deidentification"),
    Item("12", "11", "Missing data", "missing"),
    Item("13", "9a", "Image acquisition", "acquisition"),
    Item("14", "8a", "Reference standard: definition", "reference_standard"),
    Item("15", "8a", "Reference standard: why this one", "reference_standard"),
    Item("16", "8b", "Reference standard: who made it", "reference_standard"),
    Item("17", "8b", "Annotation of the test set", "reference_standard"),
    Item(
        "18",
        "8c",
        "Variability between and within raters",
        "raters",
        "not available: the table holds no scores of human readers",
    ),
    Item("19", "12a", "How data were assigned to partitions", "partitions"),
    Item("20", "12a", "Level at which partitions are disjoint", "partitions"),
    Item("21", "10", "Sample size", "sample_size"),
    Item("22", "22", "Description of the model", "model_description"),
    Item("23", "12c", "Software", "software"),
    Item("24", "12c", "Initial parameters", "training"),
    Item("25", "12c", "Training", "training"),
    Item("26", "12c", "How the final model was chosen", "model_selection"),
    Item("27", "12c", "Ensembles", "model_description"),
    Item("28", "12e", "Measures of performance", "measures"),
    Item("29", "12e", "Uncertainty and significance", "uncertainty"),
    Item("30", "12f", "Robustness", "robustness"),
    Item("31", "15", "Explainability", "explainability"),
    Item("32", "12a", "Evaluation on internal data", "partitions"),
    Item("33", "16", "Test on external data", "external_test"),
    Item("34", "18d", "Registration", "registration"),
    Item("35", "20a", "Numbers included", "numbers"),
    Item("35", "20a", "Numbers excluded", "excluded"),
    Item("36", "20b-c", "Demographics", "demographics"),
    Item("37", "23a", "Performance with uncertainty", "results"),
    Item("38", "23a", "Diagnostic performance with precision", "results"),
    Item("39", "23b", "Failures", "failures"),
    Item("40", "26", "Limits", "limitations"),
    Item("41", "25, 27", "Meaning for practice", "clinical_role"),
    Item("42", "18c", "Protocol", "protocol"),
    Item("43", "18e-f", "Availability of software, model and data", "availability"),
    Item("44", "18a-b", "Funding and interests", "funding"),
    Item("-", "13", "Class imbalance", "imbalance"),
    Item(
        "-",
        "14, 23a",
        "Fairness: performance by subgroup",
        "subgroups",
        "not available: no column of subgroups was named (--subgroup-column)",
    ),
    Item("-", "12d", "Heterogeneity between sites", "robustness"),
    Item("-", "17", "Ethical approval", "ethics"),
    Item("-", "19", "Involvement of patients and the public", "involvement"),
    Item("-", "24", "Updating and calibration", "calibration"),
)


def answer(item: Item, answers: Mapping[str, str]) -> str:
    """What the report says to an item; never blank."""
    return answers.get(item.key) or item.otherwise.format(key=item.key)
