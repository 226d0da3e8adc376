"""Files to hand in, and a classifier for them over a played Triton."""

import cv2
import numpy as np

from tasks.ingest.header import HeaderLimits
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.schemas import CALIBRATIONS
from tasks.preprocess.reading import ReadLimits
from tasks.run import Run
from tasks.score.triton import Limits, TritonModel
from tasks.synthetic.dicom import build_mammogram_bytes
from tasks.uploads.batch import UploadLimits
from tasks.uploads.classification import Classifier
from tests.support.lake_fixture import RUN_AT
from tests.support.mammograms import draw_breast

VIEWS = [("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")]


def dicom(view, seed=0, **attributes):
    return build_mammogram_bytes(
        draw_breast(seed=seed), image_laterality=view[0], view_position=view[1], **attributes
    )


def picture(extension=".png"):
    grey = (draw_breast(seed=9) >> 4).astype(np.uint8)
    return cv2.imencode(extension, grey)[1].tobytes()


SMALL = UploadLimits(max_file_bytes=4 << 20, min_free_bytes=0)


def new_classifier(folder, pool, triton_url, upload_limits=SMALL):
    limits = Limits(first_wait_s=0.01)
    return Classifier(
        folder=folder,
        pool=pool,
        model_of=lambda: TritonModel(triton_url, "1", limits=limits),
        calibrations_of=calibrations,
        pseudonymiser=Pseudonymiser(b"k" * 32),
        header_limits=HeaderLimits(),
        read_limits=ReadLimits(),
        run=Run("upload", RUN_AT.date(), RUN_AT),
        limits=upload_limits,
    )


def calibrations(_version):
    row = {
        **dict.fromkeys(("site", "manufacturer", "software_versions"), "*"),
        "calibration_id": "test",
        "model_version": "1",
        "slope": 1.0,
        "intercept": 0.0,
        "band_edges": [0.1 * place for place in range(1, 10)],
        "data": "none",
        "n_exams": 1,
        "n_cancers": 1,
        "fitted_at": RUN_AT,
    }
    return CALIBRATIONS.frame([row])
