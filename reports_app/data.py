"""The only reader of the lake's tables: what pages show, kept until a table has a new version.

It writes nothing and draws nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from reports_app.campaign import Campaign, CampaignRows, join_campaign
from reports_app.exam import Exam, Row, exam_image, neighbours
from reports_app.fresh_values import FreshValues
from reports_app.list_rows import in_words
from reports_app.list_versions import ListVersion, read_list, read_list_versions
from reports_app.programme import join_programme
from reports_app.quality import join_quality
from reports_app.stored_views import StoredView, of_score, stored_view
from reports_app.texts import Language, Texts
from reports_app.what_if import WhatIf, make_what_if
from tasks.lake.image_quality import read_quality
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    EXAM_SUMMARIES,
    IMAGE_QUALITY,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    OPERATING_POINTS,
    OUTCOMES,
    PRIORITY_LISTS,
    READING_EVENTS,
    REGISTRATIONS,
    RUNS,
    TARGETS,
)
from tasks.lake.store import Lake
from tasks.publish.exam_quality import IMAGE_COLUMNS
from tasks.publish.exam_summaries import read_summaries
from tasks.publish.programme import TABLES as PROGRAMME_TABLES
from tasks.publish.programme import read_programme_facts
from tasks.publish.reading_events import read_states
from tasks.score.calibration import ANY, SCOPE

_OBJECT_COLUMNS = (
    "object_key", "etag", "state", "reason", "gone_at", "exam_key", "sop_instance_key",
    "first_seen_at",
)  # fmt: skip
_SUMMARY_COLUMNS = (
    "exam_key", "patient_key", "site", "manufacturer", "exam_date", "patient_age_years",
    "acquired_at", "first_present_at", "first_scored_at", "objects",
)  # fmt: skip
_OTHER_COLUMNS = ("state", "reason", "first_seen_at")
_SCORE_COLUMNS = (
    "exam_key", "calibration_id", "exam_score", "calibrated_score", "band", "views",
)  # fmt: skip
_IMAGE_COLUMNS = (
    "sop_instance_key", "preprocessing_version", "crop_top_px", "crop_left_px",
    "crop_height_px", "crop_width_px", "is_flipped", "scale", "pixels", "pixels_sha256",
)  # fmt: skip
_PIXEL_COLUMNS = ("pixels", "pixels_sha256")
_ANSWER_COLUMNS = (
    "sop_instance_key", "etag", "preprocessing_version", "malignancy_score", "finding",
    "assessment", "regions",
)  # fmt: skip
_ALL = (
    OBJECTS, INSTANCES, IMAGES, IMAGE_SCORES, EXAM_SCORES, EXAM_SUMMARIES, CALIBRATIONS,
    PRIORITY_LISTS, RUNS, REGISTRATIONS,
)  # fmt: skip


class Reports:
    """What the pages ask of the lake; safe to share between a server's threads."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._fresh = FreshValues(lake).get

    def campaign(self) -> Campaign:
        """The campaign's objects and exams as of now."""
        return self._fresh("campaign", _ALL, self._read_campaign)

    def programme(self) -> pl.DataFrame:
        """The campaign's exams with what readers and registers know of them."""
        return self._fresh("programme", (*_ALL, *PROGRAMME_TABLES), self._read_programme)

    def what_if(self) -> WhatIf:
        """The past exams, ready to be read otherwise."""
        tables = (*_ALL, *PROGRAMME_TABLES)
        return self._fresh("what if", tables, lambda: make_what_if(self.programme()))

    def operating_points(self) -> pl.DataFrame:
        """The operating points of the model that the last night asked for."""
        points = self._fresh(
            "points", (OPERATING_POINTS,), lambda: self._lake.read(OPERATING_POINTS)
        )
        return points.filter(model_version=self._model_version() or "").sort("name", "site")

    def targets(self) -> pl.DataFrame:
        """The women whom the programme means to reach."""
        return self._fresh("targets", (TARGETS,), lambda: self._lake.read(TARGETS))

    def runs(self) -> pl.DataFrame:
        """The runs of all nights, the last one first."""
        return self._fresh(
            "runs", (RUNS,), lambda: self._lake.read(RUNS).sort("finished_at", descending=True)
        )

    def last_run(self) -> Row | None:
        """The run that ended last; None before the first one."""
        runs = self.runs()
        return None if runs.is_empty() else runs.row(0, named=True)

    def list_dates(self) -> list[date]:
        """The days that a list was published for, the latest first."""
        return self._fresh("list_dates", (PRIORITY_LISTS,), self._read_list_dates)

    def priority_list(self, list_date: date, version: int | None = None) -> pl.DataFrame:
        """The rows of a published list, by rank; of a former version where one is given."""
        return self._fresh(
            f"list {list_date} {version}",
            (PRIORITY_LISTS,),
            lambda: read_list(self._lake, list_date, version),
        )

    def list_versions(self, list_date: date) -> list[ListVersion]:
        """What was published for a day, the latest first."""
        return self._fresh(
            f"list versions {list_date}",
            (PRIORITY_LISTS,),
            lambda: read_list_versions(self._lake, list_date),
        )

    def list_in_words(
        self, list_date: date, version: int | None, language: Language
    ) -> pl.DataFrame:
        """A published list in words, with how far its reading has come."""
        return self._fresh(
            f"list words {list_date} {version} {language}",
            (PRIORITY_LISTS, READING_EVENTS, OUTCOMES),
            lambda: in_words(
                Texts(language), self.priority_list(list_date, version), read_states(self._lake)
            ),
        )

    def image_quality(self) -> pl.DataFrame:
        """What was measured on the present images, one row each."""
        tables = (OBJECTS, INSTANCES, IMAGES, IMAGE_QUALITY, RUNS)
        return self._fresh("quality", tables, self._read_quality)

    def exam(self, exam_key: str) -> Exam | None:
        """One exam; None where the lake knows no image of it."""
        return self._fresh(f"exam {exam_key}", _ALL, lambda: self._read_exam(exam_key))

    def view(self, exam_key: str, sop_instance_key: str) -> StoredView | None:
        """An image's stored pixels; None where there are none or their digest is another."""
        views = self._fresh(
            f"views {exam_key}",
            (IMAGES, IMAGE_SCORES, RUNS),
            lambda: self._read_views(exam_key),
        )
        return views.get(sop_instance_key)

    def _model_version(self) -> str | None:
        run = self.last_run()
        return None if run is None else run["model_version"]

    def _read_campaign(self) -> Campaign:
        is_present = pl.col("gone_at").is_null()
        is_of_no_exam = pl.col("exam_key").is_null()
        scores = self._current_scores(self._is_current_model(), _SCORE_COLUMNS)
        rows = CampaignRows(
            summaries=read_summaries(self._lake, _SUMMARY_COLUMNS),
            others=self._lake.read(
                OBJECTS, columns=_OTHER_COLUMNS, where=is_present & is_of_no_exam
            ),
            scores=scores.drop("calibration_id"),
            places=self._latest_list().select("exam_key", "waiting_days"),
            registrations=self._lake.read(REGISTRATIONS, columns=["exam_key", "comuna"]),
        )
        return join_campaign(rows)

    def _read_programme(self) -> pl.DataFrame:
        run = self.last_run()
        return join_programme(
            self.campaign().exams,
            read_programme_facts(self._lake),
            run["list_date"] if run else None,
        )

    def _read_quality(self) -> pl.DataFrame:
        is_present = pl.col("gone_at").is_null()
        run = self.last_run()
        is_current = pl.col("preprocessing_version").eq_missing(
            run["preprocessing_version"] if run else None
        )
        facts = ("sop_instance_key", "site", "manufacturer")
        states = ("sop_instance_key", "etag", "state", "reason")
        return join_quality(
            self._lake.read(OBJECTS, columns=states, where=is_present),
            self._lake.read(INSTANCES, columns=facts),
            read_quality(self._lake, (*IMAGE_COLUMNS, "etag"), is_current),
        )

    def _read_list_dates(self) -> list[date]:
        dates = self._lake.read(PRIORITY_LISTS, columns=["list_date"])["list_date"]
        return dates.unique().sort(descending=True).to_list()

    def _latest_list(self) -> pl.DataFrame:
        dates = self.list_dates()
        return self.priority_list(dates[0]) if dates else PRIORITY_LISTS.schema.to_frame()

    def _is_current_model(self) -> pl.Expr:
        version = self._model_version()
        return pl.lit(value=False) if version is None else pl.col("model_version") == version

    def _current_scores(
        self, where: pl.Expr, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """One row an exam: under its most specific calibration, of those the last fitted."""
        scores = self._lake.read(EXAM_SCORES, columns=columns, where=where)
        if not scores["exam_key"].is_duplicated().any():
            return scores
        weight = pl.sum_horizontal(
            (pl.col(name) != ANY) * 2**place for place, name in enumerate(SCOPE)
        )
        calibrations = self._lake.read(CALIBRATIONS).select(
            "calibration_id", "fitted_at", weight.alias("weight")
        )
        return (
            scores.join(calibrations, on="calibration_id", how="left")
            .sort("weight", "fitted_at", "calibration_id", descending=True, nulls_last=True)
            .unique("exam_key", keep="first", maintain_order=True)
            .drop("weight", "fitted_at")
        )

    def _read_exam(self, exam_key: str) -> Exam | None:
        images = self._exam_images(exam_key)
        if images.is_empty():
            return None
        facts = images.sort(pl.col("site").is_null()).row(0, named=True)
        places = self._latest_list()
        place, previous_key, next_key = neighbours(places, exam_key)
        return Exam(
            exam_key=exam_key,
            **{name: facts[name] for name in _EXAM_FACTS},
            images=tuple(exam_image(row) for row in images.iter_rows(named=True)),
            scores=self._exam_scores(exam_key),
            place=place,
            n_listed=places.height,
            previous_key=previous_key,
            next_key=next_key,
        )

    def _exam_scores(self, exam_key: str) -> Row | None:
        scores = self._current_scores(
            (pl.col("exam_key") == exam_key) & self._is_current_model()
        )
        return None if scores.is_empty() else scores.row(0, named=True)

    def _exam_images(self, exam_key: str) -> pl.DataFrame:
        """The exam's present images with all that the tables say of them but pixels."""
        is_of_exam = pl.col("exam_key") == exam_key
        objects = self._lake.read(
            OBJECTS,
            columns=_OBJECT_COLUMNS,
            where=is_of_exam & pl.col("gone_at").is_null() & (pl.col("state") != "rejected"),
        )
        instances = self._lake.read(INSTANCES, where=is_of_exam).drop(
            "exam_key", "etag", "object_key"
        )
        answers = self._answers(is_of_exam, _ANSWER_COLUMNS)
        crops = self._network_inputs(exam_key).drop(_PIXEL_COLUMNS)
        return (
            objects.join(instances, on="sop_instance_key", how="left")
            .join(answers, on=["sop_instance_key", "etag"], how="left")
            .join(of_score(crops, answers), on="sop_instance_key", how="left")
            .sort("image_laterality", "view_position", "sop_instance_key", nulls_last=True)
        )

    def _answers(self, is_of_exam: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
        return self._lake.read(
            IMAGE_SCORES, columns=columns, where=is_of_exam & self._is_current_model()
        )

    def _network_inputs(self, exam_key: str) -> pl.DataFrame:
        """The exam's rows of `images`, read once: its row groups are as many as exams."""
        return self._fresh(
            f"pixels of {exam_key}",
            (IMAGES,),
            lambda: self._lake.read(
                IMAGES, columns=_IMAGE_COLUMNS, where=pl.col("exam_key") == exam_key
            ),
        )

    def _read_views(self, exam_key: str) -> dict[str, StoredView]:
        is_of_exam = pl.col("exam_key") == exam_key
        images = self._network_inputs(exam_key)
        answers = self._answers(
            is_of_exam, ["sop_instance_key", "preprocessing_version", "saliency"]
        )
        rows = of_score(images, answers).join(
            answers.drop("preprocessing_version"), on="sop_instance_key", how="left"
        )
        views = {
            row["sop_instance_key"]: stored_view(row) for row in rows.iter_rows(named=True)
        }
        return {key: view for key, view in views.items() if view is not None}


_EXAM_FACTS = (
    "site", "manufacturer", "manufacturer_model_name", "software_versions", "exam_date",
    "patient_age_years",
)  # fmt: skip


def age_hours(run: Row, now: datetime) -> float:
    """Hours since a run ended."""
    return (now - run["finished_at"]).total_seconds() / 3600
