"""A list's rows in words: for the grid, for files, and to be searched by.

It reads no table and orders nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from reports_app.links import Address
from reports_app.palette import BANDS, ink_on_band
from reports_app.texts import NO_VALUE, Texts

NO_STATES = pl.DataFrame(
    schema={"exam_key": pl.String, "state": pl.String, "reader": pl.String}
)
"""Of a list that nobody has worked on."""

_REASON = ("lane", "reason", "finding", "assessment", "driving_breast", "driving_view")


def in_words(t: Texts, rows: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """A list as the grid filters and searches it: words where the table has codes.

    Args:
        t: The language.
        rows: Of a published list.
        states: Of `tasks.publish.reading_events`.

    Returns:
        lane, rank, band, score, driving, reason, site, exam_date, waiting_days, age, flags,
        reading and exam_key, in the list's order.
    """
    shown = rows.join(states, on="exam_key", how="left", maintain_order="left").select(
        "lane", "rank", "band", "exam_date", "waiting_days", "exam_key",
        score="exam_score",
        age="patient_age_years",
        site=pl.col("site").replace("", None).fill_null(t("code.unknown")),
        driving=_once(("driving_breast", "driving_view"), _driving),
        reason=_once(_REASON, lambda row: reason_in_words(t, row)),
        flags=_once(("flags",), lambda row: flags_in_words(t, row["flags"])),
        reading=_once(("state", "reader"), lambda row: reading_in_words(t, row)),
    )  # fmt: skip
    return shown.with_columns(pl.col("flags", "reading").fill_null(""))


def _once(columns: tuple[str, ...], words: Callable[[dict[str, Any]], str]) -> pl.Expr:
    """Words of several columns, made once for each combination that occurs."""

    def tell(given: pl.Series) -> pl.Series:
        frame = given.struct.unnest()
        known = frame.unique(maintain_order=True)
        told = pl.Series(
            "words", [words(row) for row in known.iter_rows(named=True)], pl.String
        )
        return frame.join(
            known.with_columns(told),
            on=columns,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )["words"]

    return pl.struct(columns).map_batches(tell, return_dtype=pl.String)


def grid_rows(address: Address, rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows of `in_words` as the grid shows them: formatted, coloured, with the exam's link."""
    t = address.texts
    for row in rows.iter_rows(named=True):
        band = row["band"]
        yield row | {
            "href": address.to_exam(row["exam_key"]).href,
            "bandColour": BANDS[band - 1] if band else None,
            "bandInk": ink_on_band(band) if band else None,
            "score": t.number(row["score"], 2),
            "exam_date": t.date(row["exam_date"]),
        }


def _driving(row: dict[str, Any]) -> str:
    parts = (row["driving_breast"], row["driving_view"])
    return "-".join(part for part in parts if part) or NO_VALUE


def flags_in_words(t: Texts, flags: str) -> str:
    """Flags as words, joined by commas."""
    return ", ".join(t.code("flag", flag) for flag in flags.split(",") if flag)


def reading_in_words(t: Texts, row: dict[str, Any]) -> str:
    """How far an exam's reading has come, and whose it is."""
    if row["state"] is None:
        return ""
    return t(f"reading.{row['state']}", reader=row["reader"] or NO_VALUE)


def reason_in_words(t: Texts, row: dict[str, Any]) -> str:
    """Why an exam stands there, such as "Masa de aspecto maligno, mama derecha, MLO"."""
    if row["lane"] == "unscorable":
        words = t.code("reason", row["reason"])
        return t("list.reason_unscorable", reason=_uncapitalised(words))
    place = {"breast": t.code("breast", row["driving_breast"]), "view": row["driving_view"]}
    if row["finding"] in (None, "no_finding"):
        found = t("list.reason_no_finding", **place)
    else:
        words = {name: t.code(name, row[name]) for name in ("finding", "assessment")}
        found = t("list.reason_scored", **words, **place)
    return t("list.reason_aged", reason=found) if row["reason"] == "aged" else found


def _uncapitalised(words: str) -> str:
    """Words for the middle of a line, their acronyms untouched."""
    return words[:1].lower() + words[1:]
