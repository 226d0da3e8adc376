"""What `evaluate` reads and refuses; its figures are proved on the public study."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.evaluation import ABOUT_KEYS, evaluate, read_about, read_scores
from flows.evaluation_evidence import Evidence
from reports_app.texts.evaluation_checklist import ITEMS
from tasks.errors import ContractViolation, Misconfigured

SELF_ANSWERED = {
    *(
        "title",
        "summary",
        "aims",
        "selection",
        "missing",
        "software",
        "measures",
        "uncertainty",
    ),
    *("numbers", "results", "failures", "imbalance", "calibration", "raters", "subgroups"),
}


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    truth = np.arange(60) % 4 == 0
    score = np.random.default_rng(0).random(60) * 0.5 + 0.4 * truth
    path = tmp_path / "scores.csv"
    pl.DataFrame(
        {"exam": np.arange(60), "cancer": truth.astype(int), "<b>ai": score}
    ).write_csv(path)
    return path


def test_a_table_of_exams_alone_is_enough(scores: Path, tmp_path: Path):
    files = evaluate(
        scores, tmp_path / "out", exam_column="exam", truth_column="cancer", n_draws=50
    )
    report = json.loads(files.figures.read_text())
    assert list(report["scorers"]["<b>ai"]) == ["exam"]
    assert "<b>ai" not in files.page.read_text()
    assert files.document.read_bytes().startswith(b"%PDF-")


def test_the_page_begins_with_the_result_and_ends_with_what_is_lacking_and_its_source(
    scores: Path, tmp_path: Path
):
    files = evaluate(
        scores, tmp_path / "out", exam_column="exam", truth_column="cancer", n_draws=50
    )
    page = files.page.read_text()
    order = ["Best system", ">Discrimination</h2>", ">Not in this report</h2>", "SHA-256"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "Subgroups: Not available" in page
    assert ">Subgroups</h2>" not in page


def test_a_semicolon_file_with_decimal_commas_is_read(tmp_path: Path):
    path = tmp_path / "es.csv"
    path.write_text("exam;truth;ai\n1;0;0,25\n2;1;0,75\n")
    assert read_scores(path)["ai"].to_list() == [0.25, 0.75]


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x00binary"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "scores.parquet"
    path.write_bytes(content)
    with pytest.raises(Misconfigured, match="no readable table"):
        read_scores(path)


def test_an_empty_csv_is_refused(tmp_path: Path):
    (tmp_path / "scores.csv").write_text("")
    with pytest.raises(Misconfigured, match="give a CSV with a header, or Parquet"):
        read_scores(tmp_path / "scores.csv")


def test_an_absent_file_is_named(tmp_path: Path):
    with pytest.raises(Misconfigured, match="No file"):
        read_scores(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"prevalence": 5.1}, "prevalence is 5.1: it must lie between 0 and 1"),
        ({"recall_rate": 0.0}, "recall_rate is 0.0"),
        ({"exams_per_day": 0}, "exams_per_day is 0: it must be 1 or more"),
        ({"n_draws": 0}, "n_draws is 0"),
        ({"truth_column": "malignant"}, "No column 'malignant'"),
    ],
)
def test_a_wrong_option_is_refused_with_its_value(
    scores: Path, tmp_path: Path, option: dict, sentence: str
):
    options = {"exam_column": "exam", "truth_column": "cancer"} | option
    with pytest.raises(Misconfigured, match=sentence):
        evaluate(scores, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_what_the_author_states_stands_in_card_and_checklist(scores: Path, tmp_path: Path):
    about = tmp_path / "about.toml"
    about.write_text('image_kind = "film"\nfunding = "none"\n')
    files = evaluate(
        scores,
        tmp_path / "out",
        exam_column="exam",
        truth_column="cancer",
        n_draws=50,
        about=about,
    )
    card = files.model_card.read_text()
    assert "| Film or digital | film |" in card
    assert "| Funding and interests | none |" in card


def test_a_misspelt_statement_is_refused(tmp_path: Path):
    about = tmp_path / "about.toml"
    about.write_text('fundng = "none"\n')
    with pytest.raises(Misconfigured, match="holds fundng; known are"):
        read_about(about)


def test_every_item_is_answered_by_the_figures_or_may_be_stated():
    assert {item.key for item in ITEMS} <= ABOUT_KEYS | SELF_ANSWERED


def with_patients(scores: Path) -> Path:
    frame = pl.read_csv(scores).with_columns(patient="p" + pl.col("exam").cast(pl.String))
    frame.write_csv(scores)
    return scores


def judge(scores: Path, out: Path, evidence: Evidence) -> dict:
    columns = {"exam_column": "exam", "truth_column": "cancer", "patient_column": "patient"}
    files = evaluate(with_patients(scores), out, n_draws=50, evidence=evidence, **columns)
    return json.loads(files.figures.read_text())


def test_a_patient_of_the_training_set_is_refused_by_name(scores: Path, tmp_path: Path):
    (tmp_path / "split.csv").write_text("patient_key,split\np7,training\np8,test\n")
    with pytest.raises(ContractViolation, match="patient p7 in evaluation and training"):
        judge(scores, tmp_path / "out", Evidence(trained_on=tmp_path / "split.csv"))


def test_what_was_compared_stands_in_the_report(scores: Path, tmp_path: Path):
    (tmp_path / "split.csv").write_text("patient_key,split\nq1,training\np8,test\n")
    report = judge(scores, tmp_path / "out", Evidence(trained_on=tmp_path / "split.csv"))
    assert report["leakage"]["n_training_rows"] == 1
    assert "1 training rows of split.csv" in (tmp_path / "out/evaluation.html").read_text()


def test_a_training_set_that_cannot_be_compared_is_refused(scores: Path, tmp_path: Path):
    evidence = Evidence(trained_on=tmp_path / "split.csv")
    with pytest.raises(Misconfigured, match="name --patient-column or --image-column"):
        evaluate(scores, tmp_path, exam_column="exam", truth_column="cancer", evidence=evidence)


FOLDS = "fold,patient_key,split\n1 of 2,p7,training\n1 of 2,p8,test\n2 of 2,p8,watched\n"


@pytest.mark.parametrize(
    ("fold_of_p8", "sentence"),
    [
        ("1 of 2", None),
        ("2 of 2", "patient p8 in evaluation and training"),
        ("3 of 2", "not that of the fold '3 of 2'"),
    ],
)
def test_each_fold_is_held_against_what_trained_its_own_network(
    scores: Path, tmp_path: Path, fold_of_p8: str, sentence: str | None
):
    frame = pl.read_csv(with_patients(scores)).with_columns(
        fold=pl.when(pl.col("patient") == "p8")
        .then(pl.lit(fold_of_p8))
        .otherwise(pl.lit("2 of 2"))
    )
    frame.write_csv(scores)
    (tmp_path / "split.csv").write_text(FOLDS)
    if sentence is None:
        report = judge(scores, tmp_path / "out", Evidence(trained_on=tmp_path / "split.csv"))
        assert report["leakage"]["n_training_rows"] == 2
        return
    with pytest.raises((ContractViolation, Misconfigured), match=sentence):
        judge(scores, tmp_path / "out", Evidence(trained_on=tmp_path / "split.csv"))


def test_marks_lesions_and_the_systems_own_set_have_their_sections(
    scores: Path, tmp_path: Path
):
    header = "image,top,left,bottom,right,score\n"
    (tmp_path / "marks.csv").write_text(f"{header}i1,0,0,9,9,0.5\n")
    (tmp_path / "lesions.csv").write_text(f"{header}i1,0,0,9,9,1\n")
    judge(scores, tmp_path / "own", Evidence())
    evidence = Evidence(
        marks=tmp_path / "marks.csv",
        lesions=tmp_path / "lesions.csv",
        internal=tmp_path / "own/evaluation.json",
    )
    report = judge(scores, tmp_path / "out", evidence)
    assert report["localisation"]["pointing"]["n_events"] == 1
    assert report["external"]["exam"][0]["drop"] == 0
    page = (tmp_path / "out/evaluation.html").read_text()
    assert "Lesions found at 0.25 false marks an image" in page
    assert "AUC on its own set" in page


def test_marks_without_lesions_are_refused(scores: Path, tmp_path: Path):
    with pytest.raises(Misconfigured, match="needs both --marks and --lesions"):
        judge(scores, tmp_path / "out", Evidence(marks=tmp_path / "marks.csv"))
