"""The page on other ways of reading: policies on the programme's own past, a cut to drag.

It shows counts of many exams and names none; small ones are hidden before they come here.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import Dash, Input, Output, State, dcc, html

from reports_app.components import (
    Cell,
    card,
    graph,
    message,
    named,
    sortable_table,
    table,
)
from reports_app.data import Reports
from reports_app.links import WHAT_IF_PATH, Address
from reports_app.pages.what_if_tiles import policy_tiles, shown_gain, shown_share
from reports_app.texts import Texts
from reports_app.what_if import WhatIf
from reports_app.what_if_figures import policy_curve
from tasks.publish.proportions import Proportion
from tasks.publish.reading_policies import (
    POLICIES,
    Cut,
    Policy,
    apply,
    nearest,
    trial_share,
)
from tasks.publish.suppression import shown_count

_BY_NAME = {policy.name: policy for policy in POLICIES}
READS_TODAY = ("1", "2")
SLIDER_STEP = 0.5
_LIVE: dict[str, Any] = {"aria-live": "polite"}


def content(address: Address, reports: Reports) -> list[Any]:
    """The page."""
    t, past = address.texts, reports.what_if()
    numbers = {"n": t.number(past.n_judged), "n_scored": t.number(past.n_scored)}
    if not past.cuts:
        return [message(t("what_if.title"), t("what_if.missing", **numbers))]
    rests = t("what_if.rests", **numbers, n_cancers=t.number(past.everything.n_cancers))
    return [
        html.Div(
            [html.H1(t("what_if.title")), html.Div(rests, className="freshness")],
            className="page-head",
        ),
        html.P(t("what_if.lead"), className="muted"),
        _choices(address),
        html.P(_chosen_words(address), className="printed"),
        html.P(t(f"policy_rule.{_policy(address).name}"), className="rule"),
        _slider(address, past),
        html.Div(answer(address, past), id="what-if-answer", **_LIVE),
        html.Div([_comparison(address, past), _points(t, reports, past)], className="cards"),
        html.P(t("what_if.caveats"), className="muted small"),
    ]


def _policy(address: Address) -> Policy:
    return _BY_NAME.get(address.first("policy") or "", POLICIES[0])


def _reads_today(address: Address) -> int:
    return int(asked) if (asked := address.first("today")) in READS_TODAY else 1


def _share(address: Address, past: WhatIf) -> float:
    """The share that the address asks for, else the trial's."""
    try:
        return min(max(float(address.first("share") or "") / 100, 0.0), 1.0)
    except ValueError:
        return trial_share(_policy(address), past.everything)


def _choices(address: Address) -> html.Div:
    t, chosen, today = address.texts, _policy(address), str(_reads_today(address))
    policies = [
        (t(f"policy.{name}"), address.having(policy=name, share=None), name == chosen.name)
        for name in _BY_NAME
    ]
    reads = [
        (t(f"what_if.today_{n}"), address.having(today=n, share=None), n == today)
        for n in READS_TODAY
    ]
    return html.Div(
        [
            _links(t("what_if.policies"), policies),
            _links(t("what_if.today"), reads),
        ],
        className="filters",
    )


def _chosen_words(address: Address) -> str:
    t = address.texts
    today = t(f"what_if.today_{_reads_today(address)}")
    return f"{t(f'policy.{_policy(address).name}')} · {t('what_if.today')} {today}"


def _links(label: str, choices: Sequence[tuple[str, Address, bool]]) -> html.Nav:
    links = [
        dcc.Link(words, href=target.href, className="button here" if is_here else "button")
        for words, target, is_here in choices
    ]
    return html.Nav(
        [html.Span(label, className="muted small"), html.Div(links, className="joined")],
        className="choices",
        **named(label),
    )


def _slider(address: Address, past: WhatIf) -> html.Div:
    t = address.texts
    cut = nearest(past.cuts, _share(address, past))
    marks: Any = [{"value": value, "label": f"{value} %"} for value in range(0, 101, 10)]
    return html.Div(
        [
            html.Span(t("what_if.share"), className="muted small"),
            dmc.Slider(
                id="what-if-share",
                value=round(100 * cut.share, 1),
                min=0,
                max=100,
                step=SLIDER_STEP,
                precision=1,
                marks=marks,
                updatemode="drag",
                thumbLabel=t("what_if.share"),
                color="accent",
            ),
        ],
        className="slider",
    )


def answer(address: Address, past: WhatIf) -> list[Any]:
    """What stands below the slider: the cut in words, tiles, the curve."""
    t, policy, n_today = address.texts, _policy(address), _reads_today(address)
    cut = nearest(past.cuts, _share(address, past))
    effect = apply(policy, cut, past.everything, n_today)
    return [
        html.P([_used(t, policy, cut, past), " ", _link(address, cut)], className="small"),
        html.Div(
            policy_tiles(t, policy, effect, past.everything, past.waiting), className="tiles"
        ),
        html.Div(
            card(t("what_if.curve"), [_curve(t, policy, cut, past)], 12), className="cards"
        ),
    ]


def _used(t: Texts, policy: Policy, cut: Cut, past: WhatIf) -> str:
    trial = t.percent(trial_share(policy, past.everything))
    if cut.lowest_score is None:
        return t("what_if.used_none", trial=trial)
    score = t.number(cut.lowest_score, 3)
    return t("what_if.used", share=t.percent(cut.share), score=score, trial=trial)


def _link(address: Address, cut: Cut) -> dcc.Link:
    target = Address(WHAT_IF_PATH, address.query).having(share=f"{100 * cut.share:g}")
    return dcc.Link(address.texts("what_if.link"), href=target.href)


def _curve(t: Texts, policy: Policy, cut: Cut, past: WhatIf) -> html.Figure:
    """Cancers found by cut; where the policy changes nobody's decision, cancers above it."""
    effects = [(one.share, apply(policy, one, past.everything, 1)) for one in past.cuts]
    is_detection = policy.recalls_above or not policy.keeps_below
    line = [(share, one.found if is_detection else one.above) for share, one in effects]
    today = Proportion(past.everything.found, past.everything.n_cancers)
    figure = policy_curve(t, line, cut.share, today if is_detection else None)
    chosen = dict(line)[cut.share]
    low, high = (t.percent(bound) for bound in chosen.interval or (None, None))
    words = {"share": t.percent(cut.share), "value": t.percent(chosen.value)}
    name = t(f"policy.{policy.name}")
    return graph(
        "what-if", figure, t("alt.what_if", policy=name, low=low, high=high, **words), 340
    )


def _comparison(address: Address, past: WhatIf) -> html.Section:
    t = address.texts
    names = (
        "policy",
        "cut",
        "reads",
        "reads_change",
        "lost",
        "gained",
        "recalls",
        "cancers_found",
    )
    rows = [_policy_row(address, policy, past) for policy in POLICIES]
    title = t("what_if.all")
    head = [t(f"table.{name}") for name in names]
    return card(title, [sortable_table(head, rows, title)], 12)


def _policy_row(address: Address, policy: Policy, past: WhatIf) -> list[Cell]:
    t, everything = address.texts, past.everything
    cut = nearest(past.cuts, trial_share(policy, everything))
    effect = apply(policy, cut, everything, _reads_today(address))
    link = dcc.Link(
        t(f"policy.{policy.name}"), href=address.having(policy=policy.name, share=None).href
    )
    change = effect.n_reads / effect.n_reads_today - 1
    gained = shown_gain(t, effect.gained) if policy.recalls_above else t.number(0)
    recalls = 1000 * effect.n_recalled / everything.n
    return [
        Cell(link, t(f"policy.{policy.name}")),
        Cell(t.percent(cut.share), cut.share),
        Cell(t.number(effect.n_reads), effect.n_reads),
        Cell(t.percent(change), change),
        _share_cell(t, effect.lost),
        Cell(gained, effect.gained.n_events),
        Cell(t.number(recalls, 1), recalls),
        _share_cell(t, effect.found),
    ]


def _share_cell(t: Texts, share: Proportion) -> Cell:
    words = shown_share(t, share)
    return Cell(words, None if words == t("kpi.hidden") else share.value)


def _points(t: Texts, reports: Reports, past: WhatIf) -> html.Section:
    points = reports.operating_points()
    title = t("what_if.points")
    if points.is_empty():
        return card(title, [html.P(t("what_if.no_points"), className="muted")], 12)
    names = (
        "point",
        "scope",
        "threshold",
        "sensitivity_then",
        "specificity_then",
        "above_here",
        "cancers_here",
    )
    rows = [_point_row(t, point, past.scored) for point in points.iter_rows(named=True)]
    return card(title, [table([t(f"table.{name}") for name in names], rows, title)], 12)


def _point_row(t: Texts, point: dict[str, Any], scored: pl.DataFrame) -> html.Tr:
    scope = [point[name] for name in ("site", "manufacturer", "software_versions")]
    cancers = scored.filter(pl.col("is_cancer"))
    is_above = pl.col("exam_score") >= point["threshold"]
    n_cancers = shown_count(cancers.height, cancers.filter(is_above).height)
    counted = [
        Proportion(scored.filter(is_above).height, scored.height),
        Proportion(n_cancers or 0, cancers.height if n_cancers is not None else 0),
    ]
    cells = [
        " · ".join(value for value in scope if value != "*") or t("what_if.everywhere"),
        t.number(point["threshold"], 3),
        *(_stored(t, point, name) for name in ("sensitivity", "specificity")),
        *(shown_share(t, share) for share in counted),
    ]
    return html.Tr([html.Th(t.code("point", point["name"]), scope="row"), *map(html.Td, cells)])


def _stored(t: Texts, point: dict[str, Any], name: str) -> str:
    low, high = (t.percent(point[f"{name}_{end}"]) for end in ("low", "high"))
    return f"{t.percent(point[name])} ({t('kpi.interval', low=low, high=high)})"


def register(app: Dash, reports: Reports) -> None:
    """Answer anew while the slider moves; the address keeps policy and reads."""

    @app.callback(
        Output("what-if-answer", "children"),
        Input("what-if-share", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def move(percent: Any, search: str | None) -> list[Any]:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        address = Address.parse(WHAT_IF_PATH, search).having(share=str(percent))
        past = reports.what_if()
        return answer(address, past) if past.cuts else content(address, reports)
