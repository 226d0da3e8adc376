"""One image's work in a worker process: from an object in the bucket to a row of `images`.

It imports no table library: workers are forked, and those start threads.
"""

import hashlib
from dataclasses import dataclass

from tasks.preprocess.object_job import ObjectJob
from tasks.preprocess.quality import quality_columns
from tasks.preprocess.transform import PREPROCESSING_VERSION, make_network_input


@dataclass(frozen=True)
class ImageJob(ObjectJob):
    """One image to read and transform.

    Args:
        sop_instance_key: Of the image.
        exam_key: Of its exam.
    """

    sop_instance_key: str
    exam_key: str


def make_image(job: ImageJob) -> dict[str, object]:
    """Read, verify and transform one object; runs in a worker process.

    Returns:
        A row of `images` without run_id.

    Raises:
        Rejected: If the object is damaged or cannot be decoded.
        Retryable: If the store does not answer.
    """
    verified = job.read()
    network_input = make_network_input(verified.data, job.limits)
    pixels = network_input.pixels.tobytes()
    geometry = network_input.geometry
    return {
        "sop_instance_key": job.sop_instance_key,
        "preprocessing_version": PREPROCESSING_VERSION,
        "etag": job.etag,
        "exam_key": job.exam_key,
        "object_sha256": verified.sha256,
        "pixels": pixels,
        "pixels_sha256": hashlib.sha256(pixels).hexdigest(),
        "crop_top_px": geometry.crop_top_px,
        "crop_left_px": geometry.crop_left_px,
        "crop_height_px": geometry.crop_height_px,
        "crop_width_px": geometry.crop_width_px,
        "is_flipped": geometry.is_flipped,
        "scale": geometry.scale,
        "breast_area_fraction": network_input.breast_area_fraction,
        **quality_columns(network_input.quality),
    }
