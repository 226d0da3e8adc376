"""Handed-in files through real worker processes and a Triton that is played."""

import io
import zipfile

import cv2
import grpc
import numpy as np
import polars as pl
import pytest

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.local_files import list_files
from tasks.lake.schemas import CALIBRATIONS
from tasks.preprocess.workers import WorkerPool
from tasks.uploads.batch import AWAY, DONE
from tasks.uploads.results import CATEGORIES
from tests.support.fake_triton import fake_triton, status
from tests.support.uploads import VIEWS, dicom, new_classifier, picture

AWAY_NOW = status(grpc.StatusCode.UNAVAILABLE, "away")


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1, 20, 3 << 30) as pool:
        yield pool


@pytest.fixture
def triton():
    with fake_triton() as served:
        yield served


@pytest.fixture
def classifier(pool, triton, tmp_path):
    return new_classifier(tmp_path / "uploads", pool, triton.url)


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def worked(classifier, files):
    batch = classifier.open("ana")
    for name, data in files.items():
        batch.take(name, [data])
    classifier.work(batch)
    return batch


def test_views_of_one_exam_are_one_exam_with_a_calibrated_score(classifier):
    files = {f"{view}.dcm": dicom(view, seed) for seed, view in enumerate(VIEWS)}
    batch = worked(classifier, files)
    assert batch.state == DONE
    [exam] = batch.exams
    assert {image.view for image in exam.images} == {"R-CC", "L-CC", "R-MLO", "L-MLO"}
    assert 0 <= exam.scores["calibrated_score"] <= 1
    assert exam.score == exam.scores["exam_score"]


def test_a_zip_is_opened_and_pictures_stand_alone(classifier):
    inside = {"a.dcm": dicom(VIEWS[0]), "folder/b.png": picture(), "c.jpg": picture(".jpg")}
    batch = worked(classifier, {"all.ZIP": zipped(inside)})
    exams = [exam.exam_key is None for exam in batch.exams]
    assert sorted(exams) == [False, True, True]
    assert batch.n_read == batch.n_scored == 3


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("text.dcm", b"not an image", RejectionReason.NOT_DICOM),
        ("empty.dcm", b"", RejectionReason.EMPTY_OBJECT),
        ("half.png", picture()[:200], RejectionReason.DAMAGED_PIXELS),
        ("half.dcm", dicom(VIEWS[0])[:6000], RejectionReason.TRUNCATED),
    ],
)
def test_a_bad_file_is_set_aside_with_a_reason_and_the_others_are_scored(
    classifier, name, data, reason
):
    batch = worked(classifier, {name: data, "good.dcm": dicom(VIEWS[0])})
    assert batch.state == DONE
    images = {image.name: image for exam in batch.exams for image in exam.images}
    assert images[name].reason == reason
    assert images[name].category == CATEGORIES[-1]
    assert images["good.dcm"].score is not None


def test_files_are_numbered_by_name_in_whatever_order_they_come(classifier):
    batch = worked(classifier, {f"{name}.png": picture() for name in "cab"})
    numbers = {image.name: image.number for exam in batch.exams for image in exam.images}
    assert numbers == {"a.png": 0, "b.png": 1, "c.png": 2}


def test_the_same_image_twice_counts_once(classifier):
    batch = worked(classifier, {"a.dcm": dicom(VIEWS[0]), "b.dcm": dicom(VIEWS[0])})
    reasons = sorted(str(image.reason) for exam in batch.exams for image in exam.images)
    assert reasons == ["None", "duplicate_instance"]


def test_results_come_worst_first(classifier):
    batch = worked(classifier, {f"{n}.png": picture() for n in range(2)} | {"x": b"x"})
    places = [CATEGORIES.index(exam.category) for exam in batch.exams]
    assert places == sorted(places)


def test_a_triton_that_is_away_leaves_the_files_for_another_try(classifier, triton):
    triton.faults += [AWAY_NOW] * 3
    batch = worked(classifier, {"a.png": picture()})
    assert batch.state == AWAY
    classifier.work(batch)
    assert batch.state == DONE


def test_too_large_a_file_leaves_nothing_behind(classifier):
    batch = classifier.open("ana")
    with pytest.raises(Rejected) as caught:
        batch.take("large.dcm", (b"x" * (1 << 20) for _ in range(5)))
    assert caught.value.reason == RejectionReason.TOO_LARGE
    assert list(batch.folder.iterdir()) == []


def test_a_part_too_much_removes_the_file_and_gives_its_room_back(classifier):
    batch = classifier.open("ana")
    number = batch.take("large.dcm", [b"x" * (3 << 20)])
    kept = batch.take("small.dcm", [b"x"])
    with pytest.raises(Rejected):
        batch.add(number, [b"x" * (2 << 20)])
    assert (len(batch.names), batch.n_bytes) == (1, 1)
    assert batch.take("next.dcm", [b"y"]) not in {number, kept}
    with pytest.raises(KeyError):
        batch.add(number, [b"x"])


def test_a_zips_directory_is_read_once(classifier, monkeypatch):
    opened = []
    read = zipfile.ZipFile._RealGetContents
    monkeypatch.setattr(
        zipfile.ZipFile, "_RealGetContents", lambda self: (opened.append(1), read(self))
    )
    batch = classifier.open("ana")
    batch.take("all.zip", [zipped({f"{n}.png": picture() for n in range(3)})])
    opened.clear()
    files = list(list_files(batch.names, classifier.header_limits.container))
    assert [file.read(classifier.header_limits) for file in files] == [picture()] * 3
    assert len(opened) == 1


def test_a_batch_is_its_owners_alone_and_gone_when_closed(classifier):
    batch = worked(classifier, {"a.png": picture()})
    assert classifier.find("eva", batch.batch_id) is None
    assert classifier.find("ana", batch.batch_id) is batch
    classifier.close(batch)
    assert classifier.find("ana", batch.batch_id) is None
    assert not batch.folder.exists()


def test_an_idle_batch_is_removed(classifier):
    batch = worked(classifier, {"a.png": picture()})
    batch.used_at_s -= classifier.limits.idle_s + 1
    classifier.sweep()
    assert not batch.folder.exists()


def test_pictures_are_drawn_at_the_asked_height(classifier):
    batch = worked(classifier, {"a.png": picture(), "b.dcm": dicom(VIEWS[0])})
    drawn = [data for _, data in classifier.pictures(batch, "jpg", 160)]
    shapes = [cv2.imdecode(np.frombuffer(data, np.uint8), 0).shape[0] for data in drawn]
    assert shapes == [160, 160]


def test_without_a_calibration_image_scores_stand_alone(classifier):
    classifier.calibrations_of = lambda _: pl.DataFrame(schema=CALIBRATIONS.schema)
    batch = worked(classifier, {"a.dcm": dicom(VIEWS[0])})
    assert batch.state == DONE
    assert batch.exams[0].scores is None
    assert batch.exams[0].score == batch.exams[0].images[0].score
