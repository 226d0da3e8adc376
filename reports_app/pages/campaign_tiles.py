"""The campaign page's tiles: each indicator with what it rests on.

They count what the filters left, and nothing else.
"""

import polars as pl
from dash import html

from reports_app.campaign import Campaign
from reports_app.components import proportion_tile, tile
from reports_app.texts import Texts
from tasks.publish.proportions import Proportion, exclusion, spread


def campaign_tiles(t: Texts, campaign: Campaign) -> list[html.Div]:
    """The tiles in reading order: how much, how complete, how long."""
    exams, objects = campaign.exams, campaign.objects
    scored = exams.filter(state="scored")
    complete = Proportion(scored.filter(has_four_views=True).height, scored.height)
    n_rejected = int(objects.filter(state="rejected")["n"].sum())
    rejected = Proportion(n_rejected, campaign.n_objects)
    n_pending = exams.filter(state="pending").height
    counts = [t("kpi.exams_detail", scored=t.number(scored.height))]
    if n_pending:
        counts.append(t("kpi.exams_pending", pending=t.number(n_pending)))
    return [
        tile(t, "exams", t.number(exams.height), counts),
        proportion_tile(
            t, "exclusion", exclusion(exams), "exams", t("kpi.exclusion_benchmark")
        ),
        proportion_tile(t, "complete", complete, "exams"),
        proportion_tile(t, "rejected", rejected, "objects"),
        _waiting_tile(t, exams),
        _to_score_tile(t, exams),
    ]


def _waiting_tile(t: Texts, exams: pl.DataFrame) -> html.Div:
    days = spread(exams["waiting_days"])
    if days is None:
        missing = t("kpi.missing", what=t("kpi.waiting_missing"))
        return tile(t, "waiting", t("kpi.not_computable"), [missing])
    details = [
        t("kpi.waiting_detail", p90=t.number(days.p90), longest=t.number(days.longest)),
        t("kpi.waiting_n", n=t.number(days.n)),
    ]
    return tile(t, "waiting", t("kpi.waiting_value", days=t.number(days.median)), details)


def _to_score_tile(t: Texts, exams: pl.DataFrame) -> html.Div:
    hours = spread(exams["hours_to_score"])
    if hours is None:
        missing = t("kpi.missing", what=t("kpi.to_score_missing"))
        return tile(t, "to_score", t("kpi.not_computable"), [missing])
    details = [
        t("kpi.to_score_detail", p90=t.number(hours.p90)),
        t("kpi.to_score_n", n=t.number(hours.n)),
    ]
    return tile(t, "to_score", t("kpi.to_score_value", hours=t.number(hours.median)), details)
