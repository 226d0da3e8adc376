"""What a night's reads of the tables cost after so many exams: seconds and memory.

Rows are made up by expression, without pixels; the steps are the night's own. All exams but
those of the last night were read. Each night runs in a process of its own.

    python -m benchmarks.history [--exams 10000 100000] [--json PATH]
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl
from deltalake import write_deltalake

from benchmarks.million_keys import peak_mb
from tasks.ingest.shards import waiting_shards
from tasks.lake.columns import Table
from tasks.lake.image_quality import complete_quality
from tasks.lake.layout import writer_properties
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    OUTCOMES,
    RUNS,
)
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.publish.accounting import count_objects
from tasks.publish.publication import publish_list
from tasks.run import Run
from tasks.score.exams import aggregate

LAST_NIGHT = 216
IMAGES_PER_EXAM = 4
EXAMS_PER_FILE = 10_000
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=40)

Steps = dict[str, Callable[[], object]]

_PLAIN: dict[pl.DataType, pl.Expr] = {
    pl.String(): pl.lit("word"),
    pl.Binary(): pl.lit(b""),
    pl.Boolean(): pl.lit(value=False),
    pl.Date(): pl.lit(DAY),
}


def rows(table: Table, first: int, n_exams: int, n_of_all: int) -> pl.DataFrame:
    """Rows of some exams, one an image or one an exam, as the table's key asks."""
    n_days = max(1, n_of_all // LAST_NIGHT)
    per_exam = 1 if table in (EXAM_SCORES, OUTCOMES) else IMAGES_PER_EXAM
    number = pl.int_range(first * per_exam, (first + n_exams) * per_exam, eager=True)
    image, exam = pl.col("number"), pl.col("number") // per_exam
    key = exam.hash(7).map_batches(_pseudonyms, pl.String)
    image_key = image.hash(8).map_batches(_pseudonyms, pl.String)
    age = (exam % n_days) * (exam < first + n_exams)
    known = {
        "exam_key": key,
        "patient_key": key,
        "sop_instance_key": image_key,
        "object_key": pl.format("unit/2026/{}/{}.dcm", exam, image),
        "etag": image_key,
        "sha256": image_key + image_key,
        "pixels_sha256": image_key + image_key,
        "object_sha256": image_key + image_key,
        "state": pl.lit("scored"),
        "reason": pl.lit(None),
        "gone_at": pl.lit(None),
        "image_laterality": pl.when(image % 2 == 0).then(pl.lit("R")).otherwise(pl.lit("L")),
        "view_position": pl.when(image % 4 < 2).then(pl.lit("CC")).otherwise(pl.lit("MLO")),
        "presentation_intent_type": pl.lit("FOR PRESENTATION"),
        "exam_date": pl.lit(DAY) - pl.duration(days=age),
        "preprocessing_version": pl.lit(PREPROCESSING_VERSION),
        "model_version": pl.lit("1"),
        "calibration_id": pl.lit("default"),
        "exam_score": (exam.hash(9) % 1000) / 1000,
        "quality_flags": pl.lit(""),
        "chest_wall_side_source": pl.lit("none"),
        "source": pl.lit("reader"),
        "breast": pl.lit("R"),
        "band": pl.lit(5),
        "views": pl.lit("L-CC,L-MLO,R-CC,R-MLO"),
    }
    is_new = exam >= n_of_all - LAST_NIGHT
    moment = pl.when(is_new).then(pl.lit(NOW)).otherwise(pl.lit(LONG_AGO))
    made = [
        known.get(name, _PLAIN.get(dtype, _value(dtype, moment))).cast(dtype).alias(name)
        for name, dtype in table.schema.items()
    ]
    return pl.DataFrame({"number": number}).select(made)


def _pseudonyms(hashes: pl.Series) -> pl.Series:
    """32 hexadecimal digits each, as the night's are: it parts exams by them."""
    return pl.Series([f"{value:016x}" * 2 for value in hashes], dtype=pl.String)


def _value(dtype: pl.DataType, moment: pl.Expr) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return moment
    return pl.lit([], dtype) if isinstance(dtype, pl.List) else pl.lit(1)


def fill(lake: Lake, n_exams: int) -> None:
    """Make a lake of so many exams."""
    calibration = {
        **dict.fromkeys(("site", "manufacturer", "software_versions"), "*"),
        "calibration_id": "default",
        "model_version": "1",
        "data": "none",
        "slope": 1.0,
        "intercept": 0.0,
        "n_exams": 1,
        "n_cancers": 1,
        "fitted_at": NOW,
        "band_edges": [place / 10 for place in range(1, 10)],
    }
    lake.insert_new(CALIBRATIONS, CALIBRATIONS.frame([calibration]))
    for table in (OBJECTS, INSTANCES, IMAGES, IMAGE_SCORES, EXAM_SCORES, OUTCOMES):
        n_rows = n_exams - LAST_NIGHT if table == OUTCOMES else n_exams
        for first in range(0, n_rows, EXAMS_PER_FILE):
            size = min(EXAMS_PER_FILE, n_rows - first)
            _append(lake, table, rows(table, first, size, n_exams))


def _append(lake: Lake, table: Table, new: pl.DataFrame) -> None:
    """As lakes hold it: with their pixels 200 images fill a file, without them 60 kB."""
    limit = 60_000 if table == IMAGES else None
    lake.commit(
        table,
        lambda delta: write_deltalake(
            delta,
            new,
            mode="append",
            target_file_size=limit,
            writer_properties=writer_properties(table),
        ),
    )


def complete_night(lake: Lake) -> None:
    """Write the row of a night after which only the last night's exams came."""
    moment = pl.lit(NOW - timedelta(days=1))
    made = [
        _PLAIN.get(dtype, _value(dtype, moment)).alias(name)
        for name, dtype in RUNS.schema.items()
    ]
    row = pl.select(made).with_columns(outcome=pl.lit("completed"), list_date=DAY)
    lake.insert_new(RUNS, row.cast(RUNS.schema))


def older_lake(lake: Lake, _: Run) -> Steps:
    """What the first night costs that finds a lake of before there was `image_quality`."""
    return {"quality of an older lake": lambda: complete_quality(lake)}


def new_version(lake: Lake, _: Run) -> Steps:
    """What is read to find all that a model version has not scored."""
    return {"shards, first night of a version": lambda: count_shards(lake, "2")}


def count_shards(lake: Lake, model_version: str, *, is_settled: bool = False) -> int:
    """Go through the shards as a night does, which keeps none of them."""
    return sum(1 for _ in waiting_shards(lake, model_version, 32, is_settled=is_settled))


def first_night(lake: Lake, run: Run) -> Steps:
    """What the first night of a month reads of all years."""
    return {
        "shards, first night of a month": lambda: count_shards(lake, "1"),
        "aggregate, first night of a month": lambda: aggregate(lake, "1", run),
        "publish, first night of a month": lambda: publish_list(lake, "1", run),
        "its row": lambda: complete_night(lake),
    }


def usual_night(lake: Lake, run: Run) -> Steps:
    """What every other night reads."""
    return {
        "shards, settled": lambda: count_shards(lake, "1", is_settled=True),
        "aggregate, settled": lambda: aggregate(lake, "1", run, since=NOW),
        "gate": lambda: count_objects(lake.scan(OBJECTS)),
        "publish": lambda: publish_list(lake, "1", run),
    }


def measure(
    night: Callable[[Lake, Run], Steps], n_exams: int, lake_url: str, answer: Connection
) -> None:
    """Run the steps of a night; sends seconds and peak memory after each."""
    lake = Lake(lake_url)
    lake.read(CALIBRATIONS)
    steps = night(lake, Run.begin(DAY))
    base_mb, found = peak_mb(), list[dict[str, object]]()
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        seconds = round(time.perf_counter() - start, 2)
        peak = round(peak_mb() - base_mb)
        found.append(
            {"exams": n_exams, "step": name, "seconds": seconds, "peak_mb_over_base": peak}
        )
    answer.send(found)


def main() -> None:
    """Each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exams", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    results: list[dict[str, object]] = []
    for n_exams in options.exams:
        with tempfile.TemporaryDirectory() as folder:
            fill(Lake(folder), n_exams)
            for night in (older_lake, new_version, first_night, usual_night):
                receiver, sender = context.Pipe(duplex=False)
                task = (night, n_exams, folder, sender)
                process = context.Process(target=measure, args=task)
                process.start()
                sender.close()
                found: list[dict[str, object]] = receiver.recv()
                process.join()
                results += found
                for row in found:
                    print(json.dumps(row), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
