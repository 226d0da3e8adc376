"""The exam page's files: grey levels of its views, original or reduced.

Compressed once, in a worker or here, and sent so; the browser unpacks. No file is stored.
"""

from flask import Flask, Response, abort

from reports_app.data import Reports
from reports_app.exam import ExamImage
from reports_app.exam_records import ExamRecords
from reports_app.hanging import is_mirrored, shown_size_px
from reports_app.links import EXAM_PATH
from reports_app.originals import Originals
from reports_app.rendering import trim
from tasks.errors import Rejected, Retryable
from tasks.preprocess.viewing import reduced_view

_PATH = f"{EXAM_PATH}<exam_key>/<sop_instance_key>"


def register_exam_files(
    server: Flask, reports: Reports, records: ExamRecords, originals: Originals | None
) -> None:
    """Serve grey levels.

    Args:
        server: The Flask server of the app.
        reports: For network inputs and geometry.
        records: For where originals lie.
        originals: The bucket's images; None where the app has no bucket.
    """

    @server.get(f"{_PATH}/reduced.bin")
    def reduced(exam_key: str, sop_instance_key: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        image = find_image(reports, exam_key, sop_instance_key)
        stored = reports.view(exam_key, sop_instance_key)
        if image is None or stored is None or image.geometry is None:
            abort(404)
        size_px = shown_size_px(image.geometry)
        shown = trim(stored.pixels, size_px, mirrored=is_mirrored(image))
        return _packed(reduced_view(shown))

    @server.get(f"{_PATH}/original.bin")
    def original(exam_key: str, sop_instance_key: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        image = find_image(reports, exam_key, sop_instance_key)
        source = records.original(exam_key, sop_instance_key)
        if originals is None or image is None or source is None:
            abort(404)
        is_turned = source.geometry.is_flipped != is_mirrored(image)
        try:
            return _packed(originals.view(source, is_turned=is_turned))
        except Rejected as error:
            return Response(error.detail, 409, mimetype="text/plain")
        except Retryable as error:
            return Response(str(error), 503, mimetype="text/plain")


def find_image(reports: Reports, exam_key: str, sop_instance_key: str) -> ExamImage | None:
    """An image of an exam; None where the lake knows none."""
    found = reports.exam(exam_key)
    images = found.images if found else ()
    return next((image for image in images if image.sop_instance_key == sop_instance_key), None)


def _packed(view: bytes) -> Response:
    encoding = {"Content-Encoding": "gzip"}
    return Response(view, mimetype="application/octet-stream", headers=encoding)
