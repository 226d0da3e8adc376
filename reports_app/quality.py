"""Technical quality of the campaign's images as a frame that groups and counts.

It reads no table: `reports_app.data` does. An image without a breast was never measured, and
counts as blank.
"""

from dataclasses import dataclass

import polars as pl

from tasks.errors import RejectionReason
from tasks.preprocess.quality import DEFECTS, DUPLICATED, FINDINGS
from tasks.publish.exam_quality import name_flags
from tasks.publish.proportions import Proportion

BLANK = "blank"
_GROUPS = ("site", "manufacturer")
SHOWN = (BLANK, *DEFECTS, DUPLICATED)
"""What counts as a defect, in the order of the page's columns."""

BESIDE = tuple(name for name in FINDINGS if name not in DEFECTS)
"""What is counted beside and is no defect: letters, frames."""


@dataclass(frozen=True)
class Group:
    """The images of one site, one manufacturer, or all.

    Args:
        name: "" where the header told none.
        any_defect: Images with one defect or more.
        flags: By flag, images that have it.
    """

    name: str
    any_defect: Proportion
    flags: dict[str, Proportion]


def join_quality(
    objects: pl.DataFrame, instances: pl.DataFrame, images: pl.DataFrame
) -> pl.DataFrame:
    """The present images that were measured or found blank, counted by what is alike in them.

    Args:
        objects: Present ones: sop_instance_key, etag, state, reason.
        instances: sop_instance_key, site, manufacturer.
        images: Columns of `images` for `name_flags`, with etag.

    Returns:
        site and manufacturer ("" where unknown), flags, a list, and n, how many images.
    """
    is_blank = pl.col("reason") == RejectionReason.NO_BREAST_FOUND.value
    present = objects.filter(pl.col("state") != "rejected").drop_nulls("sop_instance_key")
    blank = _count(present.filter(is_blank), instances, []).with_columns(flags=pl.lit([BLANK]))
    measured = images.join(present, on=["sop_instance_key", "etag"], how="semi").with_columns(
        is_repeated=pl.col("pixels_sha256").is_duplicated()
    )
    kinds = ["quality_flags", "is_repeated"]
    known = _count(measured.drop_nulls("quality_flags"), instances, kinds)
    counts = [blank, name_flags(known, pl.col("is_repeated")).drop(kinds)]
    return pl.concat(counts, how="diagonal").group_by(*_GROUPS, "flags").agg(pl.col("n").sum())


def _count(images: pl.DataFrame, instances: pl.DataFrame, kinds: list[str]) -> pl.DataFrame:
    """How many images are alike, n: lists of flags are then made for kinds, not for images."""
    facts = instances.select("sop_instance_key", *_GROUPS)
    known = images.select("sop_instance_key", *kinds).join(facts, on="sop_instance_key")
    counts = known.group_by(*_GROUPS, *kinds).agg(n=pl.len().cast(pl.Int64))
    return counts.with_columns(pl.col(_GROUPS).fill_null(""))


def groups(quality: pl.DataFrame, column: str) -> list[Group]:
    """The images by site or manufacturer, the unknown last.

    Args:
        quality: Of `join_quality`.
        column: site or manufacturer.
    """
    names = sorted(set(quality[column]), key=lambda name: (name == "", name))
    return [count_flags(name, quality.filter(pl.col(column) == name)) for name in names]


def count_flags(name: str, quality: pl.DataFrame) -> Group:
    """Count the flags of some images."""
    flags, n = quality["flags"], quality["n"]

    def holders(*wanted: str) -> Proportion:
        has_one = flags.list.set_intersection(list(wanted)).list.len() > 0
        return Proportion(int(n.filter(has_one).sum()), int(n.sum()))

    return Group(name, holders(*SHOWN), {flag: holders(flag) for flag in (*SHOWN, *BESIDE)})
