"""Which images of an exam speak for its standard four views, and which are missed by nobody.

The rule: of each breast and view the best kind there is, and of that kind all; a repeat can
raise the view's score and never hide a finding.
"""

import polars as pl

_VIEW = ("exam_key", "image_laterality", "view_position")


def select_views(scored: pl.DataFrame) -> pl.DataFrame:
    """Leave out images that yield to a better kind of the same breast and view.

    Exposed images come before those computed from a tomosynthesis, and among either whole
    views before partial ones. Images of the best kind that there is all stay.

    Args:
        scored: Columns exam_key, image_laterality, view_position, is_synthetic_2d and
            is_partial_view, among others.
    """
    rank = 2 * pl.col("is_synthetic_2d").cast(pl.Int8) + pl.col("is_partial_view").cast(pl.Int8)
    return scored.filter(rank == rank.min().over(_VIEW))


def without_raw_twins(images: pl.DataFrame) -> pl.DataFrame:
    """Leave out raw images whose view was scored from its image for presentation.

    Args:
        images: As `select_views`, with presentation_intent_type and malignancy_score, which is
            null where an image was not scored.
    """
    is_scored = pl.col("malignancy_score").is_not_null()
    is_raw = pl.col("presentation_intent_type") == "FOR PROCESSING"
    return images.filter(~is_raw | ~is_scored.any().over(_VIEW))
