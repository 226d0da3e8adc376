"""axe-core on every page in both languages, and what else makes a page usable by everybody."""

from contextlib import contextmanager
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from flows.evaluation import evaluate
from flows.exploring import run_exploration
from reports_app.access.accounts import Accounts
from reports_app.access.sign_in import SignIn
from reports_app.kept_reports import KeptReports
from reports_app.links import (
    CAMPAIGN_PATH,
    CLASSIFY_PATH,
    DATA_SETS_PATH,
    EVALUATIONS_PATH,
    EXAM_PATH,
    LIST_PATH,
    MODELS_PATH,
    NIGHTS_PATH,
    QUALITY_PATH,
    WHAT_IF_PATH,
)
from reports_app.services import NO_SERVICES, AppServices
from tasks.datasets import cbis_mass_patches
from tasks.datasets.importing import import_reading
from tasks.lake.schemas import OUTCOMES
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tests.e2e.test_pages import ARTIFACTS, fits, keep, launched, serving, watched_page
from tests.support.data_sets import HereAndNow, breast_picture, write_picture
from tests.support.fake_triton import fake_triton
from tests.support.lake_fixture import (
    REPEATED_VIEW,
    UNSCORABLE_EXAM,
    MemoryLake,
    exam_key,
    fill_lake,
)
from tests.support.programme_lake import fill_programme
from tests.support.uploads import VIEWS, dicom, new_classifier

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
PATIENCE_MS = 120_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ("serious", "critical")
CAMPAIGN = {
    "list": (LIST_PATH, ".ag-row[row-index='3'] .chip"),
    "exam": (EXAM_PATH + exam_key(REPEATED_VIEW), ".pair .picture"),
    "exam-unscorable": (EXAM_PATH + exam_key(UNSCORABLE_EXAM), ".verdict"),
    "exam-unknown": (f"{EXAM_PATH}nobody", ".message"),
    "quality": (QUALITY_PATH, ".js-plotly-plot .main-svg"),
    "models": (MODELS_PATH, "main h1"),
    "classify": (CLASSIFY_PATH, "main h1"),
    "not-found": ("/elsewhere", ".message"),
}
PROGRAMME = {
    "campaign": (CAMPAIGN_PATH, ".js-plotly-plot .main-svg"),
    "what-if": (WHAT_IF_PATH, ".js-plotly-plot .main-svg"),
    "nights": (NIGHTS_PATH, ".js-plotly-plot .main-svg"),
}
"""Name of a picture, address, and what must be seen before axe looks."""


@pytest.fixture(scope="module")
def lakes(tmp_path_factory):
    drawn = Lake(str(tmp_path_factory.mktemp("drawn")))
    fill_lake(drawn, n_exams=12)
    programme = MemoryLake()
    fill_programme(programme, 20_000)
    assert not programme.read(OUTCOMES).is_empty()
    return [(drawn, CAMPAIGN), (programme, PROGRAMME)]


def findings(page):
    """What axe finds grave: rule, and where."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:4]
    ]


@contextmanager
def opened(browser, lake, services=NO_SERVICES):
    """A page of the app over a lake."""
    with serving(lake, services=services) as url, watched_page(browser, url) as page:
        page.set_default_timeout(PATIENCE_MS)
        yield page


def test_no_page_has_a_grave_finding_in_either_language_nor_is_wider_than_a_laptop(lakes):
    grave, wide = [], []
    with launched() as browser:
        for lake, pages in lakes:
            with opened(browser, lake) as page:
                for language in ("es", "en"):
                    for name, (path, seen) in pages.items():
                        page.goto(f"{path}?lang={language}")
                        page.locator(seen).first.wait_for()
                        page.wait_for_load_state("networkidle")
                        grave += findings(page)
                        wide += [] if fits(page) else [page.url]
                        keep(page, f"{name}-{language}")
    (ARTIFACTS / "axe.txt").write_text("\n".join(grave), encoding="utf-8")
    assert grave == []
    assert wide == []


@pytest.fixture
def kept(tmp_path):
    """An evaluation of 21 scorers, and a set that was imported and explored."""
    kept = KeptReports.below(tmp_path / "home")
    truth = np.arange(120) % 6 == 0
    noise = np.random.default_rng(7).random((21, 120))
    scores = {f"scorer {place:02}": 0.2 * truth + row for place, row in enumerate(noise)}
    pl.DataFrame({"exam": range(120), "cancer": truth.astype(int)} | scores).write_csv(
        tmp_path / "scores.csv"
    )
    columns = {"exam_column": "exam", "truth_column": "cancer"}
    evaluate(tmp_path / "scores.csv", kept.evaluations / "many", n_draws=20, **columns)
    for benign in (0, 1):
        name = f"patientcbis-ddsm__P_0000{benign}_image1_mass1_is_benign_{benign}.png"
        folder = tmp_path / "set/train" / f"is_benign_{'true' if benign else 'false'}"
        write_picture(folder / name, breast_picture(128, seed=benign))
    (tmp_path / "set/val").mkdir()
    reading = cbis_mass_patches.read(tmp_path / "set")
    lake = str(kept.data_sets / "patches")
    import_reading(Lake(lake), cbis_mass_patches.CARD, reading, HereAndNow())
    run_exploration(lake, kept.explorations / "patches")
    return kept


LONGEST_PX = 6_000
"""Of an evaluation's section with 21 scorers; all sections on one page took 24 000."""


def test_evaluations_and_data_sets_have_no_grave_finding_and_no_endless_page(kept):
    grave, long = [], []
    sections = ("", *(f"&section={name}" for name in ("operating-points", "checklist")))
    pages = {
        f"evaluations{place}": f"{EVALUATIONS_PATH}?report=many{search}"
        for place, search in enumerate(sections)
    } | {"data-sets": f"{DATA_SETS_PATH}?set=patches"}
    services = AppServices(reports=kept)
    with launched() as browser, opened(browser, MemoryLake(), services) as page:
        for language in ("es", "en"):
            for name, path in pages.items():
                page.goto(f"{path}&lang={language}")
                page.locator(".card table").first.wait_for()
                page.wait_for_load_state("networkidle")
                grave += findings(page)
                height = page.evaluate("document.documentElement.scrollHeight")
                long += (
                    [(page.url, height)]
                    if "evaluations" in name and height > LONGEST_PX
                    else []
                )
                keep(page, f"{name}-{language}")
    assert grave == []
    assert long == []


def test_classified_files_have_no_grave_finding(tmp_path):
    given = [(f"{place}.dcm", dicom(view, place)) for place, view in enumerate(VIEWS)]
    with fake_triton() as triton, WorkerPool(1, 20, 3 << 30) as pool:
        classifier = new_classifier(tmp_path / "uploads", pool, triton.url)
        services = AppServices(classifier=classifier)
        with launched() as browser, opened(browser, MemoryLake(), services) as page:
            page.goto(CLASSIFY_PATH)
            with page.expect_file_chooser() as chooser:
                page.locator("#classify-choose").click()
            chooser.value.set_files(
                [
                    {"name": name, "mimeType": "application/octet-stream", "buffer": data}
                    for name, data in [*given, ("nota.txt", b"texto")]
                ]
            )
            page.locator(".result").first.wait_for()
            page.wait_for_load_state("networkidle")
            grave = findings(page)
            keep(page, "classified-es")
            address = page.url
            page.goto(f"{address}{'&' if '?' in address else '?'}lang=en")
            page.locator(".result").first.wait_for()
            assert grave + findings(page) == []
            assert fits(page)


def test_the_sign_in_form_has_no_grave_finding(tmp_path):
    door = SignIn(Accounts(tmp_path / "accounts.json"), "session key")
    with serving(MemoryLake(), door) as url, launched() as browser:
        page = browser.new_page()
        page.goto(url)
        assert findings(page) == []
