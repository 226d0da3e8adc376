"""The pages of data sets and evaluations over what the commands kept."""

import json

import numpy as np
import polars as pl
import pytest

from flows.evaluation import evaluate
from flows.exploring import run_exploration
from reports_app.access.roles import Role, may_enter
from reports_app.evaluation.figures import MAX_DRAWN, figure
from reports_app.evaluation.sections import CHANCE
from reports_app.evaluation.views import SHARES, Axis, Plot, Series
from reports_app.kept_reports import KeptReports
from reports_app.links import DATA_SETS_PATH, EVALUATIONS_PATH, Address
from reports_app.pages import data_sets, evaluations
from reports_app.texts.evaluation import report_words
from tasks.datasets import cbis_mass_patches
from tasks.datasets.importing import import_reading
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, write_picture


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptReports:
    """One evaluation, one that is broken, one set explored and one only imported."""
    home = tmp_path_factory.mktemp("home")
    kept = KeptReports.below(home)
    scores = home / "scores.csv"
    truth = np.arange(40) % 4 == 0
    score = 0.3 + 0.4 * truth + np.arange(40) / 100
    pl.DataFrame({"exam": range(40), "cancer": truth.astype(int), "ai": score}).write_csv(
        scores
    )
    columns = {"exam_column": "exam", "truth_column": "cancer"}
    evaluate(scores, kept.evaluations / "ours", n_draws=20, **columns)
    (kept.evaluations / "broken").mkdir()
    (kept.evaluations / "broken" / "evaluation.json").write_text("{")
    lake = kept.data_sets / "cbis-mass-patches"
    for benign in (0, 1):
        name = f"patientcbis-ddsm__P_0000{benign}_image1_mass1_is_benign_{benign}.png"
        folder = home / "set/train" / f"is_benign_{'true' if benign else 'false'}"
        write_picture(folder / name, breast_picture(128, seed=benign))
    (home / "set/val").mkdir()
    reading = cbis_mass_patches.read(home / "set")
    import_reading(Lake(str(lake)), cbis_mass_patches.CARD, reading, HereAndNow())
    run_exploration(str(lake), kept.explorations / "cbis-mass-patches")
    (kept.data_sets / "unexplored").mkdir()
    return kept


def page(module, path: str, search: str, kept: KeptReports | None) -> str:
    shown = module.content(Address.parse(path, search), kept)
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_an_evaluation_is_shown_in_full_in_spanish(kept: KeptReports):
    first = page(evaluations, EVALUATIONS_PATH, "?report=ours", kept)
    for words in ("Discriminación", "Puntos de operación", "IC 95 %", "TRIPOD+AI", "ours"):
        assert words in first
    for section, words in {
        "operating-points": "A score above the threshold is positive",
        "calibration": "Brier",
        "checklist": "CLAIM",
        "elsewhere": "Discriminación",
    }.items():
        search = f"?report=ours&section={section}"
        assert words in page(evaluations, EVALUATIONS_PATH, search, kept)


def test_of_many_scorers_the_best_are_drawn_and_the_others_wait_in_the_legend():
    lines = [Series(str(place), [0, 1], [0, 1], "#000000") for place in range(21)]
    drawn = figure(Plot("ROC", Axis("x", SHARES), Axis("y", SHARES), [*lines, CHANCE]))
    states = [trace.visible for trace in drawn.data]
    assert states == [True] * MAX_DRAWN + ["legendonly"] * (21 - MAX_DRAWN) + [True]


def test_an_evaluation_is_shown_in_english_as_it_was_written(kept: KeptReports):
    shown = page(evaluations, EVALUATIONS_PATH, "?report=ours&lang=en", kept)
    assert "Operating points" in shown
    assert "Puntos" not in shown


def test_a_broken_report_is_said_to_be_broken(kept: KeptReports):
    shown = page(evaluations, EVALUATIONS_PATH, "?report=broken", kept)
    assert "broken: no se puede leer su evaluation.json" in shown


@pytest.mark.parametrize("name", ["../home", "/etc", "absent"])
def test_a_name_that_is_in_no_listing_shows_the_newest(kept: KeptReports, name: str):
    shown = page(evaluations, EVALUATIONS_PATH, f"?report={name}", kept)
    assert shown == page(evaluations, EVALUATIONS_PATH, "", kept)


def test_an_explored_set_is_shown_and_an_imported_one_is_listed(kept: KeptReports):
    shown = page(data_sets, DATA_SETS_PATH, "", kept)
    for words in (
        "cbis-mass-patches",
        "película",
        "Valores faltantes",
        "data:image/png;base64,",
    ):
        assert words in shown
    assert "falta: `mammo explore unexplored`" in shown


@pytest.mark.parametrize(
    ("module", "path", "command"),
    [
        (evaluations, EVALUATIONS_PATH, "mammo evaluate"),
        (data_sets, DATA_SETS_PATH, "mammo import"),
    ],
)
def test_without_reports_the_page_names_the_command(module, path: str, command: str):
    assert command in page(module, path, "", None)


@pytest.mark.parametrize("path", [EVALUATIONS_PATH, DATA_SETS_PATH])
def test_only_engineers_enter(path: str):
    assert may_enter([Role.ENGINEER], path)
    assert not may_enter([Role.MANAGER, Role.RADIOLOGIST], path)


@pytest.mark.parametrize(
    ("title", "spanish"),
    [
        ("ROC, breast level", "ROC, nivel de mama"),
        (
            "Precision and recall, exam level (60 of 720 cancer)",
            "Precisión y sensibilidad, nivel de examen (60 de 720 con cáncer)",
        ),
        (
            "Exam level, at the programme's prevalence, corrected",
            "Nivel de examen, a la prevalencia del programa, corregidos",
        ),
        ("Rule-out, net", "Descarte, neto"),
        ("AI_frcnn_POM", "AI_frcnn_POM"),
    ],
)
def test_a_title_with_counts_is_spanish_to_its_end(title, spanish):
    assert report_words(title, "es") == spanish
    assert report_words(title, "en") == title
