"""The exam's viewer and Classify in a real browser; screenshots lie in test-artifacts/."""

import pytest
from playwright.sync_api import expect

from reports_app.services import AppServices
from tasks.lake.schemas import OUTCOMES
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tests.e2e.test_pages import EXAM, fits, keep, launched, open_page, serving, watched_page
from tests.support.fake_triton import fake_triton
from tests.support.lake_fixture import fill_lake
from tests.support.originals import DrawnOriginals
from tests.support.uploads import VIEWS, dicom, new_classifier, picture

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    fill_lake(lake, n_exams=8)
    return lake


@pytest.fixture(scope="module")
def triton():
    with fake_triton() as served:
        yield served


@pytest.fixture(scope="module")
def base_url(lake, triton, tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "uploads"
    with WorkerPool(1, 20, 3 << 30) as pool:
        services = AppServices(DrawnOriginals(), new_classifier(folder, pool, triton.url))
        with serving(lake, services=services) as url:
            yield url


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser, base_url):
    with watched_page(browser, base_url) as page:
        yield page


def open_viewer(page, language="es"):
    open_page(page, f"{EXAM}?lang={language}", "")
    expect(page.locator(".pair canvas[data-drawn=original]")).to_have_count(4)


def pixel(page, number=0):
    """The red of the middle of a view's canvas."""
    script = """(canvas) => canvas.getContext("2d").getImageData(
        canvas.width / 2, canvas.height / 2, 1, 1).data[0]"""
    return page.locator(".pair canvas").nth(number).evaluate(script)


def readout(page, number=0):
    return page.locator(".pair .readout").nth(number).text_content()


@pytest.mark.parametrize(("language", "words"), [("es", "original, 12 bits"), ("en", "W 19")])
def test_originals_take_the_place_of_reduced_images(page, language, words):
    open_viewer(page, language)
    expect(page.locator(".pair .readout").first).to_contain_text(words)
    assert fits(page)
    keep(page, f"viewer-{language}")


def test_dragging_changes_the_window_of_all_views_together(page):
    open_viewer(page)
    former, shown = readout(page, 3), pixel(page)
    box = page.locator(".pair .frame").first.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 180, steps=4)
    page.mouse.up()
    expect(page.locator(".pair .readout").nth(3)).not_to_have_text(former)
    assert pixel(page) < shown


def test_keys_invert_rotate_zoom_and_come_back(page):
    open_viewer(page)
    former, shown = readout(page), pixel(page)
    page.locator(".pair .frame").first.hover()
    page.keyboard.press("i")
    page.wait_for_timeout(100)
    assert abs(pixel(page) - (255 - shown)) <= 1
    for key in ("r", "h", "+", "1"):
        page.keyboard.press(key)
    expect(page.locator(".pair .readout").first).to_contain_text("100")
    page.keyboard.press("Escape")
    expect(page.locator(".pair .readout").first).to_have_text(former)
    page.wait_for_timeout(100)
    assert pixel(page) == shown


def test_without_synchronising_one_view_moves_alone(page):
    open_viewer(page)
    other = readout(page, 1)
    page.get_by_role("button", name="Sincronizar").click()
    page.locator(".pair .frame").first.hover()
    page.mouse.wheel(0, -100)
    expect(page.locator(".pair .readout").first).not_to_have_text(other)
    assert readout(page, 1) == other


def test_regions_go_where_the_pixels_go(page):
    open_viewer(page)
    frame = page.locator(".pair .frame").first
    region = frame.locator(".region").first
    before, box = region.bounding_box(), frame.bounding_box()
    middle = (before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(200)
    after = region.bounding_box()
    assert after["width"] == pytest.approx(1.15 * before["width"], rel=0.1)
    assert after["x"] + after["width"] / 2 == pytest.approx(middle[0], abs=2)
    assert after["y"] + after["height"] / 2 == pytest.approx(middle[1], abs=2)
    assert box == frame.bounding_box()


def test_the_lens_one_view_alone_and_the_keys_are_shown(page):
    open_viewer(page)
    page.get_by_role("button", name="Lupa").click()
    page.locator(".pair .frame").first.hover()
    expect(page.locator(".lens")).to_be_visible()
    page.get_by_role("button", name="Teclas").click()
    expect(page.locator(".keys")).to_contain_text("Mayús + flechas")
    keep(page, "viewer-lens-and-keys")
    page.get_by_role("button", name="Teclas").click()
    page.locator(".pair .frame").first.dblclick()
    expect(page.locator(".pair .slot:visible")).to_have_count(1)
    keep(page, "viewer-alone")


def test_a_decision_is_saved_and_stays(page, lake):
    open_viewer(page)
    for name, choice in (("birads-R", "4A"), ("birads-L", "2"), ("recalled", "Sí")):
        page.locator(f"#decision-{name}").click()
        page.get_by_role("option", name=choice, exact=True).click()
    page.get_by_role("button", name="Guardar decisión").click()
    expect(page.locator("#decision-answer")).to_contain_text("Registrada por local")
    assert sorted(lake.read(OUTCOMES)["birads_assessment"]) == ["2", "4A"]


def files():
    dicoms = {f"{place}.dcm": dicom(view, place) for place, view in enumerate(VIEWS)}
    others = {"foto.png": picture(), "otra.jpg": picture(".jpg"), "nota.txt": b"no image"}
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        for name, data in (dicoms | others).items()
    ]


def hand_in(page, given):
    with page.expect_file_chooser() as chooser:
        page.locator("#classify-choose").click()
    chooser.value.set_files(given)


@pytest.mark.parametrize(
    ("language", "heading", "category"),
    [("es", "Clasificar archivos", "Sin puntaje"), ("en", "Classify files", "Not scored")],
)
def test_files_become_cards_by_category(page, language, heading, category):
    open_page(page, f"/classify?lang={language}", heading)
    keep(page, f"classify-{language}")
    hand_in(page, files())
    expect(page.locator(".result")).to_have_count(4)
    expect(page.locator(".category-section").last).to_contain_text(category)
    assert page.locator(".result").first.locator(".shot img").count() >= 1
    assert fits(page)
    keep(page, f"classify-results-{language}")


def test_too_large_a_file_is_a_sentence_before_it_is_sent(page):
    open_page(page, "/classify", "Clasificar archivos")
    large = {"name": "grande.dcm", "mimeType": "application/dicom", "buffer": b"x" * (5 << 20)}
    hand_in(page, [large])
    expect(page.locator("#classify-live [role=status]")).to_contain_text(
        "grande.dcm es demasiado grande"
    )


def test_closing_a_batch_leads_back(page):
    open_page(page, "/classify", "Clasificar archivos")
    hand_in(page, files()[4:5])
    page.get_by_role("button", name="Cerrar y borrar los archivos").click()
    expect(page.locator("#classify-choose")).to_be_visible()
