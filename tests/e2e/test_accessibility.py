"""axe-core on every page in both languages, and what else makes a page usable by everybody."""

from importlib.resources import files

import pytest

from reports_app.access.accounts import Accounts
from reports_app.access.sign_in import SignIn
from reports_app.links import (
    CAMPAIGN_PATH,
    CLASSIFY_PATH,
    EXAM_PATH,
    LIST_PATH,
    MODELS_PATH,
    NIGHTS_PATH,
    QUALITY_PATH,
    WHAT_IF_PATH,
)
from tasks.lake.schemas import OUTCOMES
from tasks.lake.store import Lake
from tests.e2e.test_pages import ARTIFACTS, fits, keep, launched, serving, watched_page
from tests.support.lake_fixture import (
    REPEATED_VIEW,
    UNSCORABLE_EXAM,
    MemoryLake,
    exam_key,
    fill_lake,
)
from tests.support.programme_lake import fill_programme

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


def test_no_page_has_a_grave_finding_in_either_language_nor_is_wider_than_a_laptop(lakes):
    grave, wide = [], []
    with launched() as browser:
        for lake, pages in lakes:
            with serving(lake) as url, watched_page(browser, url) as page:
                page.set_default_timeout(PATIENCE_MS)
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


def test_the_sign_in_form_has_no_grave_finding(tmp_path):
    door = SignIn(Accounts(tmp_path / "accounts.json"), "session key")
    with serving(MemoryLake(), door) as url, launched() as browser:
        page = browser.new_page()
        page.goto(url)
        assert findings(page) == []
