"""What readers do with the exams of a list: assigned, let go, read, not read after all.

Events are only added. They move no exam and take none off a list: a recorded decision does
(`tasks.publish.decision`).
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import polars as pl

from tasks.lake.schemas import OUTCOMES, READING_EVENTS
from tasks.lake.store import Lake
from tasks.publish.decision import READER

MAX_EXAMS = 500
"""Exams that one click may concern."""


class Action(StrEnum):
    """What may be done with an exam on a list."""

    ASSIGN = "assign"
    RELEASE = "release"
    READ = "read"
    UNREAD = "unread"


class State(StrEnum):
    """How far the reading of an exam has come."""

    OPEN = "open"
    ASSIGNED = "assigned"
    READ = "read"
    DECIDED = "decided"


_STATES = {
    Action.ASSIGN: State.ASSIGNED,
    Action.RELEASE: State.OPEN,
    Action.READ: State.READ,
    Action.UNREAD: State.OPEN,
}


def record_events(
    lake: Lake,
    exam_keys: Collection[str],
    action: Action,
    reader: str | None,
    recorded_by: str,
    now: datetime,
) -> int:
    """Write one event an exam.

    Args:
        lake: Where.
        exam_keys: At most `MAX_EXAMS`; each must be on a list, which the caller sees to.
        action: What is done.
        reader: Whom an exam is assigned to, or who read it; None to let it go.
        recorded_by: The account that does it.
        now: In UTC.

    Returns:
        How many events were written.

    Raises:
        ValueError: If there are more exams than one click may concern.
        Retryable: If the storage does not answer.
    """
    if len(set(exam_keys)) > MAX_EXAMS:
        raise ValueError(f"{len(set(exam_keys))} exams at once: at most {MAX_EXAMS}.")
    rows = [
        {
            "exam_key": exam_key,
            "recorded_at": now,
            "action": action.value,
            "reader": reader,
            "recorded_by": recorded_by,
        }
        for exam_key in sorted(set(exam_keys))
    ]
    return lake.insert_new(READING_EVENTS, READING_EVENTS.frame(rows)) if rows else 0


def read_states(lake: Lake) -> pl.DataFrame:
    """How far each exam's reading has come: exam_key, state, reader; open ones are left out."""
    decided = lake.read(
        OUTCOMES, columns=["exam_key", "recorded_by"], where=pl.col("source") == READER
    )
    return reading_states(lake.read(READING_EVENTS), decided)


def reading_states(events: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """The last event of each exam, unless its decision is recorded.

    Args:
        events: Rows of `reading_events`.
        decided: exam_key and recorded_by of recorded decisions.
    """
    last = events.sort("recorded_at").unique("exam_key", keep="last").select(
        "exam_key",
        pl.col("action").replace_strict(_STATES, return_dtype=pl.String).alias("state"),
        "reader",
    )  # fmt: skip
    told = decided.unique("exam_key").select(
        "exam_key", state=pl.lit(State.DECIDED.value), reader="recorded_by"
    )
    states = pl.concat([told, last.join(told, on="exam_key", how="anti")])
    return states.filter(pl.col("state") != State.OPEN.value)
