"""What a lake of labelled images holds, in figures: counts, gaps, balance, copies.

It reads an imported set and writes nothing; drawing is the reports' work.
"""

from typing import Any

import polars as pl

from models.metrics import wilson_interval
from tasks.datasets.exploration_pixels import PixelFacts, read_pixel_facts
from tasks.datasets.leakage import near_copies
from tasks.errors import Misconfigured
from tasks.lake.schemas import INSTANCES, LABELS
from tasks.lake.store import Lake

COUNTED = (
    "assessment",
    "finding",
    "is_malignant",
    "view_position",
    "image_laterality",
    "breast_density",
    "age_group",
    "manufacturer",
    "site",
    "provenance",
    "split",
)
COVARIATES = tuple(name for name in COUNTED if name not in ("assessment", "is_malignant"))
_MAY_MISS = (
    "image_laterality",
    "view_position",
    "patient_age_years",
    "manufacturer",
    "manufacturer_model_name",
    "site",
    "imager_pixel_spacing_mm",
    "is_malignant",
    "finding",
    "assessment",
    "breast_density",
    "split",
)
MAX_VALUES = 12
"""Values of a column that are counted by name; the rest count as others."""

OTHERS = "others"


def explore(lake: Lake) -> dict[str, Any]:
    """Figures of an imported set, as JSON.

    Raises:
        Misconfigured: If the lake has no labels.
    """
    labels = lake.read(LABELS)
    if labels.is_empty():
        raise Misconfigured(
            f"No labels in {lake.url}: run `mammo import NAME --from DIR --accept-licence` "
            "first, which names its lake."
        )
    images = _joined(labels, lake.read(INSTANCES))
    pixels = read_pixel_facts(lake, dict(labels.select(_LABEL_OF).iter_rows()))
    return {
        "data_set": ", ".join(labels["source"].unique().sort()),
        "kind": "film" if labels["is_film"].all() else "digital",
        "n_images": images.height,
        "n_files": pixels.n_images,
        "n_patients": images["patient_key"].n_unique(),
        "n_exams": images["exam_key"].n_unique(),
        "counts": {name: value_counts(images[name]) for name in COUNTED},
        "missing": missing(images),
        "sizes": value_counts(images.filter("has_file")["size"]),
        "spacings_mm": value_counts(images.filter("has_file")["imager_pixel_spacing_mm"]),
        "intensity": pixels.histograms,
        "covariates": {name: malignancy_by(images, name) for name in COVARIATES},
        "splits": balance(images),
        "copies": copies(images, pixels),
        "gallery": pixels.gallery,
    }


_LABEL_OF = ("sop_instance_key", pl.col("assessment").fill_null("unknown"))


def _joined(labels: pl.DataFrame, instances: pl.DataFrame) -> pl.DataFrame:
    """Every label with its image's header, where there is a file."""
    facts = instances.drop("exam_key", "patient_key", "image_laterality").with_columns(
        has_file=pl.lit(value=True)
    )
    decade = pl.col("patient_age_years") // 10 * 10
    return labels.join(facts, on="sop_instance_key", how="left").with_columns(
        pl.col("has_file").fill_null(value=False),
        age_group=pl.format("{}-{}", decade, decade + 9),
        size=pl.format("{} x {}", "rows", "columns"),
    )


def value_counts(column: pl.Series) -> dict[str, int]:
    """How often each value comes, the commonest first; null is unknown, the rare are others."""
    named = column.cast(pl.String).fill_null("unknown").replace("", "unknown")
    counts = named.value_counts().sort(["count", named.name], descending=[True, False])
    shown = dict(counts.head(MAX_VALUES).iter_rows())
    rest = int(counts.tail(max(0, counts.height - MAX_VALUES))["count"].sum())
    return shown | ({OTHERS: rest} if rest else {})


def missing(images: pl.DataFrame) -> dict[str, float]:
    """Share of images whose column is null or empty, of the columns that may lack a value."""
    columns = images.select(pl.col(_MAY_MISS).cast(pl.String).fill_null("").eq("").mean())
    return dict(zip(columns.columns, columns.row(0), strict=True))


def malignancy_by(images: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    """Share of malignant images by a column's values, with Wilson interval.

    A share that differs between sites or machines is what a network may learn instead.
    """
    known = images.filter(pl.col("is_malignant").is_not_null()).with_columns(
        value=pl.col(name).cast(pl.String).fill_null("unknown").replace("", "unknown")
    )
    groups = known.group_by("value").agg(pl.col("is_malignant").sum().alias("k"), n=pl.len())
    rows = groups.sort(["n", "value"], descending=[True, False]).head(MAX_VALUES)
    shares = [(value, n, wilson_interval(k, n)) for value, k, n in rows.iter_rows()]
    return [
        {"value": value, "n": n, "share": share.value, "low": share.low, "high": share.high}
        for value, n, share in shares
    ]


def balance(images: pl.DataFrame) -> list[dict[str, Any]]:
    """Images, patients and malignant images of each part of the set's own split."""
    parts = images.group_by(pl.col("split").fill_null("none")).agg(
        n_images=pl.len(),
        n_patients=pl.col("patient_key").n_unique(),
        n_malignant=pl.col("is_malignant").sum(),
    )
    return parts.sort("split").to_dicts()


def copies(images: pl.DataFrame, pixels: PixelFacts) -> dict[str, Any]:
    """Pairs of near-copies within the set, and those that cross patients or splits."""
    keys = sorted(pixels.hashes)
    pairs = [
        (one, other) for one, other in near_copies(keys, keys, pixels.hashes) if one < other
    ]
    of = {
        name: dict(images.select("sop_instance_key", name).iter_rows())
        for name in ("patient_key", "split")
    }
    return {
        "n_equal": len(keys) - pixels.n_different,
        "n_pairs": len(pairs),
        "n_across_patients": sum(
            of["patient_key"][a] != of["patient_key"][b] for a, b in pairs
        ),
        "n_across_splits": sum(of["split"][a] != of["split"][b] for a, b in pairs),
        "pairs": [list(pair) for pair in pairs[:MAX_VALUES]],
    }
