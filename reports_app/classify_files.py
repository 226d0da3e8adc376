"""Classify's requests beside the page: files in, progress, pictures, report and ZIP out.

Files come in parts, which go to disk as they come, and nothing of them into the campaign's
tables. Everything here asks for the owner's own batch; to anybody else there is none.
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_file

from reports_app.access.sign_in import current_name
from reports_app.classify_report import classification_pdf
from reports_app.links import CLASSIFY_PATH
from reports_app.texts import Texts, language_of
from tasks.errors import Rejected
from tasks.uploads.batch import DONE, RECEIVING, Batch
from tasks.uploads.classification import Classifier
from tasks.uploads.results import UploadedExam, UploadedImage
from tasks.uploads.upload_job import FORMATS

HEIGHTS_PX = {"512": 512, "1024": 1024, "2048": 2048, "original": None}
"""Heights of exported pictures by their name in the address."""

PART_BYTES = 8 << 20
"""The browser sends no more at once: a body is kept whole before anybody asks who sends it."""

BODY_LIMIT_BYTES = PART_BYTES + 1
"""The first size that is refused, as waitress and werkzeug count."""

_CHUNK_BYTES = 1 << 20
_BATCH = f"{CLASSIFY_PATH}/<batch_id>"


def register_classify_files(server: Flask, classifier: Classifier | None) -> None:
    """Serve a batch's way from files to results; nothing where the app has no Triton."""
    if classifier is None:
        return
    desk = _Desk(classifier)
    posts = {"new": desk.new_batch}
    of_batch = {
        "files": desk.take_file,
        "files/<int:number>": desk.add_part,
        "start": desk.start,
        "close": desk.close,
    }
    posts |= {f"<batch_id>/{name}": view for name, view in of_batch.items()}
    gets = {
        "<batch_id>/progress": desk.progress,
        "<batch_id>/<int:number>.png": desk.card_picture,
        "<batch_id>/report.pdf": desk.report,
        "<batch_id>/images.zip": desk.pictures,
    }
    for method, views in (("POST", posts), ("GET", gets)):
        for path, view in views.items():
            address = f"{CLASSIFY_PATH}/{path}"
            server.add_url_rule(address, endpoint=address, view_func=view, methods=[method])


@dataclass(frozen=True)
class _Desk:
    """Where files are handed in and results are handed out."""

    classifier: Classifier

    def _own(self, batch_id: str) -> Batch:
        batch = self.classifier.find(current_name(), batch_id)
        return abort(404) if batch is None else batch

    def _receiving(self, batch_id: str) -> Batch:
        batch = self._own(batch_id)
        if batch.state != RECEIVING:
            abort(409)
        request.max_content_length = BODY_LIMIT_BYTES
        return batch

    def new_batch(self) -> Response:
        return jsonify(batch=self.classifier.open(current_name()).batch_id)

    def take_file(self, batch_id: str) -> Response:
        batch = self._receiving(batch_id)
        try:
            number = batch.take(request.args.get("name", "")[:255], _chunks())
        except Rejected as error:
            return _refusal(error)
        return jsonify(file=number)

    def add_part(self, batch_id: str, number: int) -> Response:
        batch = self._receiving(batch_id)
        try:
            batch.add(number, _chunks())
        except Rejected as error:
            return _refusal(error)
        except KeyError:
            abort(404)
        return jsonify(file=number)

    def start(self, batch_id: str) -> Response:
        batch = self._own(batch_id)
        self.classifier.start(batch)
        return _progress(batch)

    def close(self, batch_id: str) -> Response:
        self.classifier.close(self._own(batch_id))
        return jsonify(closed=True)

    def progress(self, batch_id: str) -> Response:
        return _progress(self._own(batch_id))

    def card_picture(self, batch_id: str, number: int) -> Response:
        path = self._own(batch_id).picture(number).resolve()
        if not path.exists():
            abort(404)
        return Response(path.read_bytes(), mimetype="image/png")

    def report(self, batch_id: str) -> Response:
        batch = _done(self._own(batch_id))
        texts = Texts(language_of(request.args.get("lang")))
        pdf = Response(classification_pdf(texts, batch), mimetype="application/pdf")
        return _download(pdf, "clasificacion.pdf")

    def pictures(self, batch_id: str) -> Response:
        batch = _done(self._own(batch_id))
        picture_format, height = request.args.get("format"), request.args.get("height")
        if picture_format not in FORMATS or height not in HEIGHTS_PX:
            abort(404)
        drawn = self.classifier.pictures(batch, picture_format, HEIGHTS_PX[height])
        path = (batch.folder / f"images-{picture_format}-{height}.zip").resolve()
        names = {
            image.number: _picture_name(exam, image)
            for exam in batch.exams
            for image in exam.images
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for job, data in drawn:
                archive.writestr(names[job.number] + FORMATS[picture_format], data)
        return _download(send_file(path, mimetype="application/zip"), "imagenes.zip")


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK_BYTES):
        yield chunk


def _picture_name(exam: UploadedExam, image: UploadedImage) -> str:
    """Category, exam, number and view: neither a header's nor a file's name of a person."""
    folder = f"{exam.category}/{(exam.exam_key or 'picture')[:8]}"
    return f"{folder}/{image.number + 1:04}{'-' + image.view if image.view else ''}"


def _done(batch: Batch) -> Batch:
    if batch.state != DONE:
        abort(404)
    return batch


def _progress(batch: Batch) -> Response:
    return jsonify(
        state=batch.state,
        n_total=len(batch.jobs) or len(batch.names),
        n_read=batch.n_read,
        n_scored=batch.n_scored,
    )


def _refusal(error: Rejected) -> Response:
    body = json.dumps({"reason": error.reason.value, "detail": error.detail})
    return Response(body, 413, mimetype="application/json")


def _download(answer: Any, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
