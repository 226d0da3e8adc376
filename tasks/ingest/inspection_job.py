"""One file's inspection in a worker process: facts back, pictures into a folder.

Damaged files kill decoders here, and the facts say so.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tasks.errors import Rejected
from tasks.ingest.header import HeaderLimits
from tasks.ingest.inspection import FACTS, REJECTED, Facts, Pixels, inspect_bytes
from tasks.ingest.local_files import LocalFile
from tasks.preprocess.reading import ReadLimits
from tasks.preprocess.values import apply_table, display_table

UNREADABLE = "unreadable"
"""The reason of a file that this machine does not hand out; a bucket has no such objects."""

PICTURE_SIDE_PX = 1024
_CROP_COLOUR = (0, 200, 255)


@dataclass(frozen=True)
class InspectionJob:
    """One file to inspect.

    Args:
        number: Its place among the files, which names its pictures.
        file: Where it is.
        header_limits: What it may ask for at the door.
        read_limits: What it may ask for on its way to the network input.
        picture_folder: Where pictures go; None for none.
    """

    number: int
    file: LocalFile
    header_limits: HeaderLimits
    read_limits: ReadLimits
    picture_folder: Path | None = None


def inspect_job(job: InspectionJob) -> Facts:
    """Inspect one file; runs in a worker process.

    Returns:
        The facts of `FACTS`, with path before them.
    """
    try:
        data = job.file.read(job.header_limits)
    except Rejected as error:
        return rejected_facts(job, error.reason.value, error.detail)
    except OSError as error:
        return rejected_facts(job, UNREADABLE, f"It cannot be read ({type(error).__name__}).")
    inspection = inspect_bytes(data, job.header_limits, job.read_limits)
    if job.picture_folder and inspection.pixels:
        write_pictures(inspection.pixels, job.picture_folder / _picture_name(job))
    return {"path": job.file.name, **inspection.facts}


def rejected_facts(job: InspectionJob, reason: str, detail: str) -> Facts:
    """The facts of a file of which nothing else is known."""
    refusal = {"state": REJECTED, "reason": reason, "detail": detail}
    return {"path": job.file.name, **dict.fromkeys(FACTS), **refusal}


def write_pictures(pixels: Pixels, stem: Path) -> None:
    """Write the network input, and the original with the crop drawn on it, as PNG files."""
    cv2.imwrite(f"{stem}.input.png", pixels.network_input.pixels)
    cv2.imwrite(f"{stem}.original.png", _original(pixels))


def _picture_name(job: InspectionJob) -> str:
    member = "" if job.file.number is None else f"-{job.file.number:06}"
    return f"{job.number:04}-" + re.sub(r"[^\w.-]", "_", job.file.path.stem)[:64] + member


def _original(pixels: Pixels) -> Any:
    """Display values at a fraction of their size, in colour, with the crop's box."""
    stored, crop = pixels.stored, pixels.network_input.geometry
    stride = max(1, -(-max(stored.shape) // PICTURE_SIDE_PX))
    sample = np.ascontiguousarray(stored[::stride, ::stride])
    table = display_table(pixels.dataset, sample)
    grey = (apply_table(sample, table) >> 8).astype(np.uint8)
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    start = (crop.crop_left_px // stride, crop.crop_top_px // stride)
    size = (crop.crop_width_px // stride, crop.crop_height_px // stride)
    end = (start[0] + size[0] - 1, start[1] + size[1] - 1)
    return cv2.rectangle(picture, start, end, _CROP_COLOUR, 2)
