"""What is known of each image without its pixels, whichever table holds it.

Lakes of before there was `image_quality` have it in `images` alone, until a night copies it.
"""

from collections.abc import Sequence

import polars as pl

from tasks.lake.schemas import IMAGE_QUALITY, IMAGES
from tasks.lake.store import Lake


def complete_quality(lake: Lake) -> None:
    """Give images that were made before there was `image_quality` their rows of it."""
    if not _is_complete(lake):
        lake.insert_from(IMAGE_QUALITY, IMAGES)


def read_quality(lake: Lake, columns: Sequence[str], where: pl.Expr) -> pl.DataFrame:
    """Read columns of `image_quality`; from `images` until a night has completed it.

    Those lie between pixels: at 400 000 images they take seconds.
    """
    table = IMAGE_QUALITY if _is_complete(lake) else IMAGES
    return lake.read(table, columns=columns, where=where)


def _is_complete(lake: Lake) -> bool:
    """Whether no image lacks its row: those of before the table came in one commit."""
    return lake.count(IMAGE_QUALITY) >= lake.count(IMAGES)
