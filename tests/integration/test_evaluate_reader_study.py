"""`evaluate` on the public study of 14 radiologists: the reference values of its SOURCE.md."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from flows.evaluation import evaluate
from tasks.errors import Misconfigured

STUDY = Path(__file__).parents[3] / "shared/data/nyu_reader_study/reader_study.csv"
pytestmark = pytest.mark.skipif(
    not STUDY.is_file(), reason=f"the public study is not at {STUDY}"
)

# AUC, ends of its interval, sensitivity at 90 % specificity, ECE; breast level.
REFERENCE = {
    "AI_GMIC_top5_POM": (0.8812, 0.835, 0.921, 0.607, 0.022),
    "AI_GMIC_top1_POM": (0.8567, 0.805, 0.906, 0.541, 0.044),
    "AI_GLAM_POM": (0.8532, 0.811, 0.893, 0.492, 0.007),
    "AI_DMVCNN_POM": (0.7788, 0.716, 0.837, 0.459, 0.016),
    "AI_frcnn_POM": (0.7145, 0.639, 0.779, 0.328, 0.315),
    "AI_end2end_inbreast_POM": (0.5860, 0.507, 0.672, 0.262, 0.247),
    "AI_end2end_ddsm_POM": (0.4540, 0.378, 0.528, 0.115, 0.059),
}
TRIAGE = {"5": 0.367, "10": 0.417, "20": 0.633, "30": 0.767, "50": 0.883, "70": 1.0}
COLUMNS = {"exam_column": "case_ID", "breast_column": "side", "truth_column": "label"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    evaluate(STUDY, folder, **COLUMNS)
    return folder


@pytest.fixture(scope="module")
def report(out: Path) -> dict[str, Any]:
    return json.loads((out / "evaluation.json").read_text())


@pytest.mark.parametrize("name", REFERENCE)
def test_breast_level_figures_equal_the_published_ones(report: dict[str, Any], name: str):
    auc, low, high, sensitivity, ece = REFERENCE[name]
    figures = report["scorers"][name]["breast"]
    assert figures["auc"] == pytest.approx(auc, abs=0.0005)
    assert figures["auc_ci"] == pytest.approx([low, high], abs=0.01)
    assert figures["sensitivity_at_90_specificity"] == pytest.approx(sensitivity, abs=0.001)
    assert figures["ece"] == pytest.approx(ece, abs=0.0005)


def test_every_scorer_agrees_with_scikit_learn(report: dict[str, Any]):
    frame = pl.read_csv(STUDY)
    for name in (*report["data"]["systems"], *report["data"]["readers"]):
        figures = report["scorers"][name]["breast"]
        assert figures["auc"] == pytest.approx(roc_auc_score(frame["label"], frame[name]))
        assert figures["brier"] == pytest.approx(brier_score_loss(frame["label"], frame[name]))


def test_triage_holds_the_published_shares_of_cancers(report: dict[str, Any]):
    triage = report["scorers"]["AI_GMIC_top5_POM"]["exam"]["triage"]
    assert triage == pytest.approx(TRIAGE, abs=0.02)


def test_the_median_cancer_is_read_on_day_2_against_6_and_a_half(report: dict[str, Any]):
    found = report["scorers"]["AI_GMIC_top5_POM"]["exam"]["time_to_read"]
    assert (found["median_day"], found["median_day_first_in_first_out"]) == (2, 6.5)


def test_the_readers_have_the_published_aucs(report: dict[str, Any]):
    study = report["readers"]["breast"]
    gmic = next(row for row in study["systems"] if row["system"] == "AI_GMIC_top5_POM")
    assert study["n_readers"] == 14
    assert study["mean_auc"]["value"] == pytest.approx(0.779, abs=0.0005)
    assert study["worst_auc"] == pytest.approx(0.705, abs=0.0005)
    assert study["best_auc"] == pytest.approx(0.860, abs=0.0005)
    assert study["panel_auc"]["value"] == pytest.approx(0.895, abs=0.0005)
    assert gmic["with_panel"]["value"] == pytest.approx(0.911, abs=0.0005)


def test_the_page_fetches_nothing_and_offers_no_upload(out: Path):
    page = (out / "evaluation.html").read_text()
    without_library = re.sub(r"<script[^>]*>/\*.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", without_library)
    assert page.count('"showSendToCloud": false') == page.count("Plotly.newPlot(")


def test_the_page_names_levels_and_leaves_no_item_of_the_checklist_blank(out: Path):
    page = (out / "evaluation.html").read_text()
    assert "Breast level: n = 1,440, 61 with cancer" in page
    assert "Exam level: n = 720, 60 with cancer" in page
    assert "<td></td>" not in page[page.index('id="checklist"') :]


def test_document_and_card_are_written(out: Path):
    assert (out / "evaluation.pdf").read_bytes().startswith(b"%PDF-")
    card = (out / "model_card.md").read_text()
    assert "0.881 (0.8" in card
    assert "not for clinical use" in card


def test_parquet_gives_the_same_figures_as_csv(report: dict[str, Any], tmp_path: Path):
    kept = ["case_ID", "side", "label", "AI_GMIC_top5_POM", "AI_GLAM_POM"]
    pl.read_csv(STUDY, columns=kept).write_parquet(tmp_path / "study.parquet")
    evaluate(tmp_path / "study.parquet", tmp_path, n_draws=50, **COLUMNS)
    again = json.loads((tmp_path / "evaluation.json").read_text())
    for name in again["scorers"]:
        for key in ("auc", "ece", "operating_points"):
            assert (
                again["scorers"][name]["breast"][key] == report["scorers"][name]["breast"][key]
            )


def test_a_missing_column_is_named(tmp_path: Path):
    with pytest.raises(Misconfigured, match="No column 'malignant'; the table has case_ID"):
        evaluate(STUDY, tmp_path, exam_column="case_ID", truth_column="malignant")
