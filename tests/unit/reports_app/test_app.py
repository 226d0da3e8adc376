"""The app over Flask's test client: pages, files, refusals, and what no answer may hold."""

import pytest

from reports_app.app import create_app
from reports_app.pages.campaign import search_of_choice
from tasks.errors import Retryable
from tests.support import lake_fixture as fixture
from tests.support.dash_pages import ask
from tests.support.lake_fixture import MemoryLake, exam_key, key

EXAM = f"/exam/{exam_key(2)}"


@pytest.mark.parametrize("path", ["/", "/list", EXAM])
@pytest.mark.parametrize(
    ("search", "notice"),
    [
        ("", "Modelo de demostración, no apto para uso clínico."),
        ("?lang=en", "Demonstration model, not for clinical use."),
    ],
)
def test_every_page_carries_the_notice_in_its_language(app, path, search, notice):
    assert notice in ask(app, path, search)


@pytest.mark.parametrize("path", ["/", "/list", EXAM])
def test_no_page_holds_an_object_key_or_a_rejection_detail(app, path):
    page = ask(app, path)
    assert ".dcm" not in page
    assert "Set aside:" not in page


@pytest.mark.parametrize("path", ["/", "/list"])
def test_before_the_first_night_a_page_says_so(empty_app, path):
    assert "Todavía no hay ninguna noche" in ask(empty_app, path)


def test_an_unknown_exam_gets_a_sentence(app):
    assert "Ningún examen de la campaña tiene la clave nobody" in ask(app, "/exam/nobody")


def test_an_unknown_page_gets_a_sentence(app):
    assert "Esta página no existe" in ask(app, "/wp-admin")


def test_an_unknown_list_date_falls_back_to_the_latest_and_says_so(app):
    assert "No hay una lista publicada el 01-01-2020" in ask(app, "/list", "?date=2020-01-01")


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (fixture.UNSCORABLE_EXAM, "R-CC no evaluable"),
        (fixture.PENDING, "El examen espera la próxima noche."),
        (fixture.THREE_VIEWS, "Sin imagen L-MLO"),
        (fixture.UNSCORABLE_IMAGE, "Píxeles dañados"),
        (fixture.NO_LATERALITY, "Sin lateralidad"),
        (fixture.NO_AGE, "Sin dato"),
    ],
)
def test_an_exam_says_what_it_lacks(app, index, words):
    assert words in ask(app, f"/exam/{exam_key(index)}")


def test_a_lake_that_is_away_gets_a_sentence_and_the_app_stays_up():
    lake = MemoryLake()
    app = create_app(lake)

    def fail(table):
        raise Retryable("The storage does not answer.")

    lake.version = fail
    assert "No se pudo mostrar la página" in ask(app, "/")
    del lake.version
    assert "Todavía no hay ninguna noche" in ask(app, "/")


def test_filters_leave_a_sentence_where_they_leave_nothing(app):
    assert "Ningún objeto de la campaña coincide" in ask(app, "/", "?from=2031-01-01")
    page = ask(app, "/", "?from=2026-11-20&to=2026-11-01")
    assert "El período termina antes de empezar." in page


def test_totals_follow_the_filter(app):
    whole, part = ask(app, "/"), ask(app, "/", "?site=M%C3%B3vil+1")
    assert '"children": "24"' in whole
    assert '"children": "4"' in part


def test_the_filters_write_the_address():
    values = ["2026-11-01", "", ["A", "?"], [], ["50_59"], [], "age_band"]
    assert search_of_choice(values, "?lang=en") == (
        "?lang=en&from=2026-11-01&site=A&site=%3F&age=50_59&by=age_band"
    )
    assert (
        search_of_choice(["", "", [], [], [], [], "site"], "?lang=en&from=2026-11-01")
        == "?lang=en"
    )


@pytest.mark.parametrize("layer", ["image", "saliency"])
def test_a_view_is_served_as_png_and_not_stored(app, layer):
    answer = app.server.test_client().get(f"{EXAM}/{key('instance', 2, 0)}/{layer}.png")
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        f"{EXAM}/{key('instance', 3, 0)}/image.png",
        f"{EXAM}/{key('instance', 2, 0)}/other.png",
        "/exam/nobody/nothing/image.png",
        "/list.csv?date=2020-01-01",
        "/list.csv",
    ],
)
def test_what_there_is_not_is_not_found(app, path):
    assert app.server.test_client().get(path).status_code == 404


def test_a_published_list_can_be_taken_as_a_file(app):
    answer = app.server.test_client().get("/list.csv?date=2026-11-24")
    assert answer.mimetype == "text/csv"
    assert "lista-2026-11-24.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8050", "[::2]"])
def test_a_foreign_name_is_refused(app, host):
    assert app.server.test_client().get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "LOCALHOST:1"])
def test_the_machines_own_names_are_answered(app, host):
    assert app.server.test_client().get("/", headers={"Host": host}).status_code == 200


def test_a_large_request_is_refused_unread(app):
    answer = app.server.test_client().post(
        "/_dash-update-component", data=b"x" * (2 << 20), content_type="application/json"
    )
    assert answer.status_code == 413


def test_every_answer_carries_the_security_headers(app):
    headers = app.server.test_client().get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_page_names_no_other_host(app):
    page = app.server.test_client().get("/").text
    assert "http://" not in page
    assert "https://" not in page
