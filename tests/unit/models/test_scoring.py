import polars as pl
import pytest

from models.scoring import breast_auc, exam_auc, exam_scores, hit_rate

LABELS = pl.DataFrame(
    {
        "sop_instance_key": [f"{exam}{side}" for exam in "abcd" for side in "RL"],
        "exam_key": [exam for exam in "abcd" for _ in "RL"],
        "patient_key": [exam for exam in "abcd" for _ in "RL"],
        "image_laterality": list("RL" * 4),
        "is_malignant": [True, False, False, True, False, False, False, False],
    }
)
BREASTS = LABELS.select("exam_key", "image_laterality").with_columns(
    breast_score=pl.Series([0.9, 0.1, 0.1, 0.8, 0.2, 0.3, 0.85, 0.1])
)


def test_an_exams_score_and_truth_are_its_higher_breasts() -> None:
    exams = exam_scores(BREASTS, LABELS)
    assert exams["exam_score"].to_list() == [0.9, 0.8, 0.3, 0.85]
    assert exams["is_malignant"].to_list() == [True, True, False, False]


def test_exams_and_breasts_are_ranked_at_their_own_level() -> None:
    assert exam_auc(BREASTS, LABELS).value == pytest.approx(3 / 4)
    assert breast_auc(BREASTS, LABELS).value == pytest.approx(11 / 12)


def test_the_hit_rate_counts_the_assessments_asked_for() -> None:
    pointed = pl.DataFrame(
        {"assessment": ["benign", "malignant", "malignant"], "is_hit": [False, True, False]}
    )
    assert hit_rate(pointed, ["malignant"]).value == 0.5
