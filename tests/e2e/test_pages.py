"""The three pages in a real browser, in both languages; the screenshots lie in test-artifacts/.

Each test ends by asserting that no request left loopback and that the console stayed silent.
"""

import csv
import io
import os
import re
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect, sync_playwright
from waitress.server import create_server

from reports_app.access.accounts import Accounts
from reports_app.access.roles import Role
from reports_app.access.sign_in import SignIn
from reports_app.app import create_app
from reports_app.services import NO_SERVICES
from tasks.lake.store import Lake
from tests.support.lake_fixture import REPEATED_VIEW, UNSCORABLE_EXAM, exam_key, fill_lake

pytestmark = pytest.mark.e2e

ARTIFACTS = Path(__file__).parents[2] / "test-artifacts"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXAM = f"/exam/{exam_key(REPEATED_VIEW)}"
PATIENCE_MS = 30_000


@contextmanager
def serving(lake, sign_in=None, services=NO_SERVICES):
    """The app over a lake on a free port; open keep-alive connections do not delay the end."""
    app = create_app(lake, sign_in, services=services)
    server = create_server(app.server, host="127.0.0.1", port=0, threads=8)

    def run():
        with suppress(OSError):  # its sockets are closed while it waits for them
            server.run()

    thread = Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(0.5)


@pytest.fixture(scope="module")
def base_url(tmp_path_factory):
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    fill_lake(lake)
    with serving(lake) as url:
        yield url


@contextmanager
def launched():
    """A browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@contextmanager
def watched_page(browser, base_url):
    """A page at the size of a common laptop that listens to requests and to the console."""
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": 1366, "height": 768},
        locale="es-CL",
        timezone_id="America/Santiago",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    local = (base_url, "data:", "blob:")
    assert [url for url in requests if not url.startswith(local)] == []
    assert complaints == []


@pytest.fixture
def page(browser, base_url):
    with watched_page(browser, base_url) as page:
        yield page


def open_page(page, path, heading):
    page.goto(path)
    expect(page.locator("main h1")).to_contain_text(heading)
    page.wait_for_load_state("networkidle")


def keep(page, name):
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


def fits(page):
    """Whether nothing makes the page wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    ("language", "heading", "notice"),
    [
        ("es", "Campaña", "Modelo de demostración, no apto para uso clínico."),
        ("en", "Campaign", "Demonstration model, not for clinical use."),
    ],
)
def test_the_campaign_page_shows_its_figures(page, language, heading, notice):
    open_page(page, f"/?lang={language}", heading)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(12)
    expect(page.get_by_role("note")).to_contain_text(notice)
    assert page.evaluate("document.documentElement.lang").startswith(language)
    assert fits(page)
    keep(page, f"campaign-{language}")


def data_of(page, name):
    """A figure's CSV, as rows by column."""
    figure = page.locator(f"figure:has(#graph-{name} .main-svg)").first
    figure.wait_for()
    with page.expect_download() as download:
        figure.get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_figure_is_taken_away_as_data_and_as_pictures(page, tmp_path):
    open_page(page, "/?lang=en", "Campaign")
    rows = data_of(page, "bands")
    assert [row["Band"] for row in rows] == [str(band) for band in range(1, 11)]
    assert sum(float(row["% of exams"]) for row in rows) == pytest.approx(100)
    assert all(
        float(row["low"]) < float(row["% of exams"]) < float(row["high"]) for row in rows
    )
    assert {row["y"] for row in data_of(page, "group-bands")} >= {"Móvil 1 (n=6)"}
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.locator("figure:has(#graph-bands)").get_by_role("button", name=kind).click()
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_a_table_is_sorted_by_a_click_on_a_heading_and_turned_by_another(page):
    open_page(page, "/?lang=en", "Campaign")
    sites = page.locator("table.sortable").first
    exams = sites.get_by_role("button", name="Exams")
    in_order = {}
    for _ in range(2):
        exams.click()
        direction = sites.locator("th[aria-sort]").get_attribute("aria-sort")
        in_order[direction] = sites.locator("tbody td:nth-child(2)").all_inner_texts()
    numbers = {way: list(map(int, shown)) for way, shown in in_order.items()}
    assert numbers["descending"] == sorted(numbers["ascending"], reverse=True)
    assert numbers["ascending"] == sorted(numbers["ascending"])
    assert sites.locator("tfoot tr").count() == 1


def test_a_name_like_a_formula_stays_text_in_a_figures_data(page):
    open_page(page, "/?lang=en", "Campaign")
    plot = "document.querySelector('#graph-volumes .js-plotly-plot')"
    page.locator("#graph-volumes .main-svg").first.wait_for()
    page.evaluate(f"Plotly.restyle({plot}, {{name: '=1+1'}}, [0])")
    assert data_of(page, "volumes")[0]["series"] == "'=1+1"


@pytest.mark.parametrize(
    ("language", "heading"), [("es", "Lista de prioridad"), ("en", "Priority list")]
)
def test_the_list_shows_the_unscorable_lane_on_top(page, language, heading):
    open_page(page, f"/list?lang={language}", heading)
    first = page.locator(".ag-center-cols-container .ag-row[row-index='0']")
    expect(first).to_have_class(re.compile("unscorable"))
    assert fits(page)
    keep(page, f"list-{language}")


@pytest.mark.parametrize(("language", "heading"), [("es", "Examen"), ("en", "Exam")])
def test_the_exam_page_hangs_four_views_with_regions(page, language, heading):
    open_page(page, f"{EXAM}?lang={language}", heading)
    expect(page.locator(".pair .picture")).to_have_count(4)
    expect(page.locator(".pair .region").first).to_be_visible()
    widths = page.eval_on_selector_all(
        ".picture img",
        "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth)))",
    )
    assert min(widths) > 100
    assert fits(page)
    keep(page, f"exam-{language}")


def test_chest_walls_meet_in_the_middle_of_each_pair(page):
    open_page(page, EXAM, "Examen")
    for pair in page.locator(".pair").all():
        right, left = (picture.bounding_box() for picture in pair.locator(".picture").all())
        assert 0 <= left["x"] - (right["x"] + right["width"]) <= 4


def test_the_four_views_fit_the_screen_without_scrolling(page):
    open_page(page, EXAM, "Examen")
    boxes = [frame.bounding_box() for frame in page.locator(".pair .frame").all()]
    assert max(box["y"] + box["height"] for box in boxes) <= 768


def test_filters_move_the_address_and_every_total(page):
    open_page(page, "/", "Campaña")
    expect(page.locator("#tile-exams .tile-value")).to_have_text("40")
    page.locator("#filter-site").click()
    page.get_by_role("option", name="Móvil 1").click()
    expect(page.locator("#tile-exams .tile-value")).to_have_text("7")
    expect(page.locator("tr.total").first).to_contain_text("7")
    assert "site=M%C3%B3vil+1" in page.url


def test_the_grouping_is_a_deep_link(page):
    open_page(page, "/", "Campaña")
    page.locator("#group-by").get_by_text("Fabricante").click()
    expect(page.locator("#graph-group-scores")).to_contain_text("HOLOGIC")
    assert "by=manufacturer" in page.url


def test_the_language_is_one_click_away_and_stays(page):
    open_page(page, "/list", "Lista de prioridad")
    page.get_by_role("link", name="English").click()
    expect(page.locator("main h1")).to_have_text("Priority list")
    page.get_by_role("link", name="Campaign").click()
    expect(page.locator("main h1")).to_have_text("Campaign")


def test_however_the_list_is_sorted_the_unscorable_lane_stays_on_top(page):
    open_page(page, "/list", "Lista de prioridad")
    page.locator(".ag-header-cell[col-id='score'] .ag-header-cell-label").click()
    ranked = page.locator(".ag-row[row-index='2'] [col-id='band']")
    expect(ranked).to_have_text("1")
    for index in (0, 1):
        row = page.locator(f".ag-center-cols-container .ag-row[row-index='{index}']")
        expect(row).to_have_class(re.compile("unscorable"))


def test_searching_the_list_leaves_what_matches(page):
    open_page(page, "/list", "Lista de prioridad")
    page.get_by_label("Buscar en la lista").fill("truncado")
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(1)


def test_an_older_list_can_be_chosen(page):
    open_page(page, "/list", "Lista de prioridad")
    page.locator("#list-date").click()
    page.get_by_role("option", name="22-11-2026").click()
    expect(page.locator(".page-head")).to_contain_text("22-11-2026")
    assert "date=2026-11-22" in page.url


def test_a_click_on_a_row_opens_its_exam(page):
    open_page(page, "/list", "Lista de prioridad")
    page.locator(".ag-row[row-index='0'].unscorable [col-id='site']").click()
    expect(page.locator("main h1")).to_contain_text(exam_key(UNSCORABLE_EXAM)[:8])
    expect(page.locator(".verdict")).to_contain_text("Sin puntaje")
    keep(page, "exam-unscorable")


def test_the_keyboard_opens_an_exam_from_the_list(page):
    open_page(page, "/list", "Lista de prioridad")
    page.locator(".ag-row[row-index='0'] a.key").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text(exam_key(UNSCORABLE_EXAM)[:8])


def test_regions_and_heat_map_are_switched_in_the_browser(page):
    open_page(page, EXAM, "Examen")
    heat = page.locator(".picture .heat").first
    expect(heat).to_have_css("opacity", "0")
    page.get_by_label("Mapa de calor", exact=True).check()
    expect(heat).to_have_css("opacity", "0.5")
    keep(page, "exam-heat-map")
    page.get_by_label("Regiones", exact=True).uncheck()
    expect(page.locator(".region").first).to_be_hidden()


def test_an_unknown_exam_is_a_sentence(page):
    open_page(page, "/exam/nobody?lang=en", "Unknown exam")
    keep(page, "exam-unknown")


def test_an_empty_lake_is_a_sentence(page, tmp_path):
    with serving(Lake(str(tmp_path))) as url:
        other = page.context.new_page()
        other.goto(url)
        expect(other.locator("main h1")).to_have_text("Todavía no hay ninguna noche")
        other.screenshot(path=ARTIFACTS / "empty.png")


def print_page(page, name):
    page.emulate_media(media="print")
    expect(page.locator(".top nav")).to_be_hidden()
    page.pdf(path=ARTIFACTS / f"{name}.pdf", prefer_css_page_size=True, print_background=True)


@pytest.mark.parametrize(("name", "path"), [("campaign", "/"), ("exam", EXAM)])
def test_a_page_can_be_printed(page, name, path):
    open_page(page, path, "")
    print_page(page, name)


def test_the_list_is_printed_by_site(page):
    open_page(page, "/list", "Lista de prioridad")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF por sede").click()
    download.value.save_as(ARTIFACTS / "list.pdf")
    assert (ARTIFACTS / "list.pdf").read_bytes().startswith(b"%PDF")


def test_what_a_search_leaves_is_printed_by_the_link_and_not_by_the_browser(page):
    open_page(page, "/list", "Lista de prioridad")
    page.get_by_label("Buscar en la lista").fill("truncado")
    link = page.get_by_role("link", name="PDF por sede")
    expect(link).to_have_attribute("href", re.compile("words=truncado"))
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "lista-2026-11-24-filtrada.pdf"
    page.emulate_media(media="print")
    expect(page.locator(".list-grid")).to_be_hidden()
    expect(page.locator(".on-paper")).to_contain_text("«PDF por sede»")


def test_exams_are_ticked_and_taken(page):
    open_page(page, "/list", "Lista de prioridad")
    page.locator(".ag-row[row-index='4'] input[type=checkbox]").check()
    page.get_by_role("button", name="Asignarme").click()
    taken = page.locator(".ag-row[row-index='4'] [col-id='reading']")
    expect(taken).to_have_text("Asignado a local")
    expect(page.locator("#list-answer")).to_have_text("Asignados a local: 1.")


def test_a_manager_signs_in_sees_statistics_alone_and_signs_out(browser, tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    fill_lake(lake, n_exams=6)
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("ana", frozenset({Role.MANAGER}), "a long enough one")
    with serving(lake, SignIn(accounts, "session key")) as url:
        context = browser.new_context(base_url=url, locale="es-CL")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/")
        keep(page, "sign-in")
        page.get_by_label("Usuario").fill("ana")
        page.get_by_label("Contraseña").fill("a long enough one")
        page.get_by_role("button", name="Entrar", exact=True).click()
        expect(page.locator("main h1")).to_contain_text("Campaña")
        expect(page.get_by_role("link", name="Lista de prioridad")).to_have_count(0)
        page.goto("/list")
        expect(page.locator("h1")).to_contain_text("Su rol no abre esta página")
        page.goto("/")
        page.get_by_role("button", name="Cerrar sesión").click()
        expect(page.locator("h1")).to_contain_text("Iniciar sesión")
        context.close()
