"""Classify over Flask's client: files in, results out, and the sentences in between."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from reports_app.app import create_app
from reports_app.classify_files import PART_BYTES
from reports_app.services import AppServices
from tasks.preprocess.workers import WorkerPool
from tests.support.fake_triton import fake_triton
from tests.support.lake_fixture import MemoryLake
from tests.support.uploads import VIEWS, dicom, new_classifier, picture
from tests.unit.reports_app.test_app import ask


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "uploads"
    with fake_triton() as triton, WorkerPool(1, 20, 3 << 30) as pool:
        yield new_classifier(folder, pool, triton.url)


@pytest.fixture(scope="module")
def app(classifier):
    return create_app(MemoryLake(), services=AppServices(classifier=classifier))


@pytest.fixture(scope="module")
def batch_id(app, classifier):
    client = app.server.test_client()
    batch_id = client.post("/classify/new").json["batch"]
    for number, data in enumerate((dicom(VIEWS[0]), picture(), b"not an image")):
        answer = client.post(f"/classify/{batch_id}/files?name=María {number}.dcm", data=data)
        assert answer.json == {"file": number}
    classifier.work(classifier.find("local", batch_id))
    return batch_id


def test_progress_ends_in_done(app, batch_id):
    progress = app.server.test_client().get(f"/classify/{batch_id}/progress").json
    assert progress == {"state": "done", "n_total": 3, "n_read": 3, "n_scored": 2}


@pytest.mark.parametrize(("lang", "words"), [("es", "Sin puntaje"), ("en", "Not scored")])
def test_results_are_shown_by_category_with_a_reason_for_the_rest(app, batch_id, lang, words):
    page = ask(app, "/classify", f"?lang={lang}&batch={batch_id}")
    assert words in page
    assert "DICOM" in page
    assert f"/classify/{batch_id}/0.png" in page


def test_the_card_has_a_picture(app, batch_id):
    client = app.server.test_client()
    assert client.get(f"/classify/{batch_id}/0.png").data.startswith(b"\x89PNG")
    assert client.get(f"/classify/{batch_id}/2.png").status_code == 404


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_report_is_a_pdf(app, batch_id, lang):
    answer = app.server.test_client().get(f"/classify/{batch_id}/report.pdf?lang={lang}")
    assert answer.data.startswith(b"%PDF")


def test_the_export_names_nobody(app, batch_id):
    path = f"/classify/{batch_id}/images.zip?format=jpg&height=512"
    with app.server.test_client().get(path) as answer:
        names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert len(names) == 2
    assert all(name.endswith(".jpg") for name in names)
    assert "Mar" not in "".join(names)


@pytest.mark.parametrize("query", ["format=exe&height=512", "format=png&height=9999999", ""])
def test_an_export_of_another_kind_is_not_found(app, batch_id, query):
    path = f"/classify/{batch_id}/images.zip?{query}"
    assert app.server.test_client().get(path).status_code == 404


def test_too_large_a_file_is_refused_and_the_app_stays_up(app):
    client = app.server.test_client()
    new = client.post("/classify/new").json["batch"]
    large = client.post(f"/classify/{new}/files?name=large.dcm", data=b"x" * (5 << 20))
    assert large.status_code == 413
    assert client.get(f"/classify/{new}/progress").json["state"] == "receiving"


def test_a_file_comes_in_parts_and_is_one(app, classifier):
    client, data = app.server.test_client(), dicom(VIEWS[0])
    new = client.post("/classify/new").json["batch"]
    sent = client.post(f"/classify/{new}/files?name=a.dcm", data=data[:5000])
    path = f"/classify/{new}/files/{sent.json['file']}"
    assert client.post(path, data=data[5000:]).json == sent.json
    [written] = classifier.find("local", new).names
    assert written.read_bytes() == data
    assert client.post(f"/classify/{new}/files/7", data=b"x").status_code == 404


@pytest.mark.parametrize(("n_more", "status"), [(0, 200), (1, 413)])
def test_a_part_is_as_large_as_the_browsers_and_no_larger(app, classifier, n_more, status):
    large = replace(classifier.limits, max_file_bytes=2 * PART_BYTES)
    batch = classifier.open("local")
    batch.limits = large
    answer = app.server.test_client().post(
        f"/classify/{batch.batch_id}/files?name=a.dcm",
        data=b"x" * (PART_BYTES + n_more),
        environ_overrides={"wsgi.input_terminated": True},  # as waitress says
    )
    assert answer.status_code == status


def test_what_is_being_read_takes_no_more_files(app, batch_id):
    answer = app.server.test_client().post(f"/classify/{batch_id}/files?name=a", data=b"x")
    assert answer.status_code == 409


def test_a_closed_batch_gets_a_sentence(app):
    client = app.server.test_client()
    new = client.post("/classify/new").json["batch"]
    assert client.post(f"/classify/{new}/close").status_code == 200
    assert client.get(f"/classify/{new}/progress").status_code == 404
    assert "Ese lote ya no existe" in ask(app, "/classify", f"?batch={new}")


def test_without_a_model_server_the_page_says_so(empty_app):
    assert "Clasificar no está disponible" in ask(empty_app, "/classify")
    assert empty_app.server.test_client().post("/classify/new").status_code in {404, 405}


def test_another_sites_page_cannot_hand_in(app):
    headers = {"Origin": "https://evil.example"}
    assert app.server.test_client().post("/classify/new", headers=headers).status_code == 403


def test_the_page_tells_the_browser_its_sentences(app):
    page = json.loads(ask(app, "/classify"))
    assert "{name} es demasiado grande" in json.dumps(page, ensure_ascii=False)
