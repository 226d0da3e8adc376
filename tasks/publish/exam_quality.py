"""Technical quality of exams: what their images' measures and pixels amount to.

It reads no pixels: two images with one digest are one picture under two UIDs.
"""

import polars as pl

from tasks.lake.image_quality import read_quality
from tasks.lake.schemas import INSTANCES
from tasks.lake.store import Lake
from tasks.preprocess.quality import DEFECTS, DUPLICATED

IMAGE_COLUMNS = ("sop_instance_key", "exam_key", "pixels_sha256", "quality_flags")
"""Of `image_quality`, what flags are made from."""

WRONG_SIDE = "wrong_side"
"""The pixels put the chest wall elsewhere than the header does: which breast is it?"""


def image_flags(images: pl.DataFrame) -> pl.DataFrame:
    """Name each image's flags, with that of a picture that another UID has too.

    Args:
        images: Of one preprocessing version: at least `IMAGE_COLUMNS`.

    Returns:
        The same with `flags`, a list.
    """
    return name_flags(images, pl.col("pixels_sha256").is_duplicated())


def name_flags(images: pl.DataFrame, is_repeated: pl.Expr) -> pl.DataFrame:
    """Add `flags`, a list: those of `quality_flags`, and that of a repeated picture."""
    repeated = pl.when(is_repeated).then(pl.lit([DUPLICATED])).otherwise(pl.lit([]))
    own = pl.col("quality_flags").fill_null("").str.split(",")
    named = own.list.concat(repeated.cast(pl.List(pl.String)))
    return images.with_columns(flags=named.list.set_difference([""]))


def exam_flags(
    lake: Lake, preprocessing_version: str, exam_keys: pl.Series | None = None
) -> pl.DataFrame:
    """Each exam's flags that may ask for an image to be taken again.

    Args:
        lake: Where.
        preprocessing_version: Whose images.
        exam_keys: Of the exams in question; all if left out. Pictures that they share with
            others are found all the same.

    Returns:
        exam_key and quality_flags, joined by a comma; exams without a flag are left out.
    """
    is_current = pl.col("preprocessing_version") == preprocessing_version
    in_question = _is_one_of("exam_key", exam_keys)
    digests = read_quality(lake, ["pixels_sha256"], is_current & in_question)
    is_same = _is_one_of("pixels_sha256", None if exam_keys is None else digests.to_series())
    images = read_quality(lake, IMAGE_COLUMNS, is_current & is_same)
    shown = [*DEFECTS, DUPLICATED, WRONG_SIDE]
    named = image_flags(images).select("exam_key", pl.col("flags").alias("flag"))
    flags = pl.concat([named.explode("flag"), _wrong_sides(lake, is_current, in_question)])
    order = pl.col("flag").replace_strict(shown, range(len(shown)), default=None)
    return (
        flags.filter(pl.col("flag").is_in(shown))
        .unique()
        .sort("exam_key", order)
        .group_by("exam_key", maintain_order=True)
        .agg(pl.col("flag").str.join(",").alias("quality_flags"))
    )


def _is_one_of(name: str, values: pl.Series | None) -> pl.Expr:
    return pl.lit(value=True) if values is None else pl.col(name).is_in(values.implode())


def _wrong_sides(lake: Lake, is_current: pl.Expr, in_question: pl.Expr) -> pl.DataFrame:
    """One row for each image that its header puts on the other side, or on none."""
    is_told = pl.col("chest_wall_side_source") != "none"
    columns = ["sop_instance_key", "exam_key", "chest_wall_side", "chest_wall_side_source"]
    told = lake.read(INSTANCES, columns=columns, where=is_told & in_question)
    is_one = _is_one_of("sop_instance_key", told["sop_instance_key"])
    images = read_quality(lake, ["sop_instance_key", "is_flipped"], is_current & is_one)
    side = pl.when("is_flipped").then(pl.lit("right")).otherwise(pl.lit("left"))
    doubtful = told.join(images, on="sop_instance_key").filter(
        side.ne_missing(pl.col("chest_wall_side"))
    )
    return doubtful.select("exam_key", pl.lit(WRONG_SIDE).alias("flag"))


def with_quality_flags(rows: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Add the exams' quality to the flags of a list's rows.

    Args:
        rows: Of `priority_lists`.
        flags: Of `exam_flags`.
    """
    named = [pl.when(pl.col(name) != "").then(name) for name in ("flags", "quality_flags")]
    joined = rows.join(flags, on="exam_key", how="left", maintain_order="left")
    return joined.with_columns(
        flags=pl.concat_str(named, separator=",", ignore_nulls=True)
    ).drop("quality_flags")
