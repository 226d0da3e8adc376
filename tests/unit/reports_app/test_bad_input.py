"""Whatever comes in, somebody gets a sentence and the app stays up."""

import json
import socket
from threading import Thread

import pytest

from reports_app.access.accounts import Accounts
from reports_app.access.sign_in import SignIn
from reports_app.app import create_app, new_server
from reports_app.classify_files import BODY_LIMIT_BYTES
from reports_app.services import AppServices
from tasks.lake.schemas import INSTANCES, OBJECTS, OUTCOMES
from tasks.preprocess.workers import WorkerPool
from tests.support.dash_pages import ROUTER, ask, body_of_page, body_of_rows, call
from tests.support.lake_fixture import MemoryLake, exam_key, fill_lake
from tests.support.uploads import VIEWS, dicom, new_classifier

DECISION = "decision-answer.children"


@pytest.fixture(scope="module")
def lake():
    lake = MemoryLake()
    fill_lake(lake, n_exams=6)
    return lake


@pytest.fixture(scope="module")
def app(lake):
    return create_app(lake)


def is_up(app):
    return "Lista de prioridad" in ask(app, "/list")


def test_a_session_that_ended_is_told_and_nothing_else(tmp_path, lake):
    app = create_app(lake, SignIn(Accounts(tmp_path / "accounts.json"), "session key"))
    client = app.server.test_client()
    answer = client.post("/_dash-update-component", json=body_of_page("/list"))
    assert (answer.status_code, answer.text) == (401, "Sign in first.")
    page = client.get("/list", headers={"Accept": "text/html"})
    assert "Iniciar sesión" in page.text


@pytest.mark.parametrize("date", ["1999-01-01", "2026-13-45", "../../etc/passwd", ""])
def test_a_list_of_another_day_is_the_latest_with_a_word_about_it(app, date):
    page = ask(app, "/list", f"?date={date}")
    assert ("No hay una lista publicada" in page) == (date == "1999-01-01")
    assert is_up(app)


def test_an_exam_erased_meanwhile_is_told_of_wherever_it_is_asked_for():
    lake, key = MemoryLake(), exam_key(2)
    fill_lake(lake, n_exams=6)
    app = create_app(lake)
    assert key[:8] in ask(app, f"/exam/{key}")
    for table in (INSTANCES, OBJECTS):
        rows = lake.read(table)
        lake.replace(table, rows.filter(rows["exam_key"].ne_missing(key)))
    assert "Ningún examen de la campaña" in ask(app, f"/exam/{key}")
    states = {
        "decision-birads-R__value": "1", "decision-birads-L__value": "1",
        "decision-density__value": "A", "decision-recalled__value": "no",
        "url__pathname": f"/exam/{key}",
    }  # fmt: skip
    said = call(app, DECISION, [("decision-save", "n_clicks", 1)], **states)
    assert "Ningún examen de la campaña" in said
    assert lake.read(OUTCOMES).is_empty()
    assert app.server.test_client().get(f"/exam/{key}/x/image.png").status_code == 404
    assert is_up(app)


@pytest.mark.parametrize(
    "asked",
    [
        {"sortModel": [{"colId": "patient", "sort": "asc"}]},
        {"filterModel": {"age": {"type": "regexp", "filter": "x"}}},
        {"filterModel": {"age": {"type": "equals", "filter": "x"}}},
        {"startRow": "x"},
        {"sortModel": "x"},
    ],
)
def test_a_request_that_no_grid_makes_gets_no_row(app, asked):
    body = body_of_rows(**asked)
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    assert '"rowCount":0' in answer.text.replace(" ", "")
    assert is_up(app)


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '{"output": 7}', '{"output": "' + ROUTER + '"}']
)
def test_a_callback_of_nonsense_leaves_the_app_up(app, body):
    client = app.server.test_client()
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code in {400, 415, 500}
    assert "Traceback" not in answer.text
    assert is_up(app)


@pytest.mark.parametrize("n_bytes", [2 << 30, BODY_LIMIT_BYTES])
def test_a_large_body_is_refused_before_it_is_sent(app, n_bytes):
    server = new_server(app, "127.0.0.1", 0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    head = (
        "POST /classify/x/files?name=large.dcm HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Length: {n_bytes}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.effective_port), timeout=60) as wire:
        wire.sendall(head.encode() + b"x" * 1024)
        answer = wire.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert is_up(app)
    server.close()
    thread.join(1)


def test_with_triton_away_a_batch_says_so_and_can_be_tried_again(tmp_path):
    with socket.socket() as free, WorkerPool(1, 20, 3 << 30) as pool:
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        classifier = new_classifier(
            tmp_path / "uploads", pool, f"127.0.0.1:{free.getsockname()[1]}"
        )
        app = create_app(MemoryLake(), services=AppServices(classifier=classifier))
        client = app.server.test_client()
        batch_id = client.post("/classify/new").json["batch"]
        for data in (dicom(VIEWS[0]), b"\x00" * 200 + b"broken"):
            assert (
                client.post(f"/classify/{batch_id}/files?name=a", data=data).status_code == 200
            )
        classifier.work(classifier.find("local", batch_id))
        assert client.get(f"/classify/{batch_id}/progress").json["state"] == "away"
        assert "El servidor de modelos no responde" in json.dumps(
            json.loads(ask(app, "/classify")), ensure_ascii=False
        )
