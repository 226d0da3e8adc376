"""A comparison of two model versions as sections, in the language of who reads.

It lays out the tree that `tasks.redeploy.comparison` made, and computes no figure of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reports_app.evaluation.views import SHARES, Axis, Grid, Plot, Section, Series, style
from reports_app.texts import NO_VALUE, Texts
from tasks.redeploy.paired_exams import SIDES

Tree = Mapping[str, Any]
_POINT_SHARES = ("sensitivity", "false_positive_rate", "recall_rate")
_SCORES = ("calibrated_score", "exam_score")


def comparison_sections(report: Tree, t: Texts) -> list[Section]:
    """Every section, in reading order."""
    return [
        build(report, t)
        for build in (_discrimination, _operating_points, _list, _distribution, _subgroups)
    ]


def comparison_facts(report: Tree, t: Texts) -> list[tuple[str, str]]:
    """What was compared, by name."""
    return [
        (t("comparison.exams"), t.number(report["n_exams"])),
        (t("comparison.truth"), t.number(report["n_exams_with_truth"])),
        (t("comparison.cancers"), t.number(report["n_cancers"])),
        (t("comparison.made"), report.get("report_id", NO_VALUE)),
    ]


def side_names(report: Tree, t: Texts) -> list[str]:
    """What both versions are called in a heading, the candidate first."""
    versions = (report["model_version"], report["against_version"])
    return [
        t(f"comparison.{side}", version=version)
        for side, version in zip(SIDES, versions, strict=True)
    ]


def _discrimination(report: Tree, t: Texts) -> Section:
    title, auc = t("comparison.discrimination"), report["auc"]
    if auc is None:
        return Section(title, [t("comparison.no_auc")])
    margin = t.number(-report["margin_auc"], 2)
    row = [t("comparison.auc"), *(t.number(auc[side], 3) for side in SIDES), _gain(auc, t)]
    grid = Grid("", _header(report, t), [row])
    note = t("comparison.discrimination_note", margin=margin)
    return Section(title, [note], [_roc(report, t)], [grid])


def _header(report: Tree, t: Texts) -> list[str]:
    names = side_names(report, t)
    return [t("comparison.measure"), *names, t("comparison.difference")]


def _roc(report: Tree, t: Texts) -> Plot:
    curves = [(report["roc"][side]["x"], report["roc"][side]["y"]) for side in SIDES]
    x, y = t("comparison.false_positive_rate"), t("comparison.sensitivity")
    return Plot(
        t("comparison.roc"), Axis(x, SHARES), Axis(y, SHARES), _lines(report, t, curves)
    )


def _lines(
    report: Tree, t: Texts, curves: Sequence[tuple[list[float], list[float]]]
) -> list[Series]:
    """A line for each side."""
    return [
        Series(name, x, y, *style(place))
        for place, (name, (x, y)) in enumerate(zip(side_names(report, t), curves, strict=True))
    ]


def _operating_points(report: Tree, t: Texts) -> Section:
    title, points = t("comparison.points"), report["operating_points"]
    if not points:
        return Section(title, [t("comparison.no_points")])
    grids = [_point_grid(name, point, report, t) for name, point in points.items()]
    return Section(title, [t("comparison.points_note")], [], grids)


def _point_grid(name: str, point: Tree, report: Tree, t: Texts) -> Grid:
    rows = [
        [
            t(f"comparison.{share}"),
            *(t.percent(point[share][side]) for side in SIDES),
            _gain(point[share], t, is_percent=True),
        ]
        for share in _POINT_SHARES
    ]
    return Grid(name, _header(report, t), rows)


def _list(report: Tree, t: Texts) -> Section:
    moved, bands, top = (report[name] for name in ("displacement", "bands", "top_decile"))
    moves = "; ".join(t.percent(moved[name]) for name in ("median", "p90", "largest"))
    share = t.percent(top["share_changed"])
    rows = [
        [t("comparison.displacement"), moves],
        [t("comparison.spearman"), t.number(moved["spearman"], 3)],
        [t("comparison.moved"), t.percent(bands["share_moved"])],
        [t("comparison.moved_far"), t.percent(bands["share_moved_far"])],
        [t("comparison.top_changed"), t("comparison.top_of", share=share, n=top["n"])],
        [t("comparison.leaving"), t.number(top["n_cancers_leaving"])],
        [t("comparison.entering"), t.number(top["n_cancers_entering"])],
    ]
    notes, keys = [t("comparison.list_note")], ", ".join(top["cancers_leaving"])
    if keys:
        notes.append(t("comparison.leaving_keys", keys=keys))
    header = [t("comparison.measure"), t("comparison.value")]
    grids = [Grid("", header, rows), _band_grid(bands["counts"], t)]
    return Section(t("comparison.list"), notes, [_moves(report, t)], grids)


def _band_grid(counts: list[list[int]], t: Texts) -> Grid:
    header = [t("comparison.band"), *(str(band) for band in range(1, len(counts) + 1))]
    rows = [[str(band), *map(t.number, row)] for band, row in enumerate(counts, 1)]
    return Grid(t("comparison.bands"), header, rows)


def _moves(report: Tree, t: Texts) -> Plot:
    """How many exams move by at most so much."""
    places = [report["exams"][f"{side}_place"] for side in SIDES]
    n = report["n_exams"]
    moved = sorted(abs(one - other) / n for one, other in zip(*places, strict=True))
    line = Series(t("comparison.both"), *_cumulated(moved), *style(0))
    x, y = t("comparison.moves_x"), t("comparison.moves_y")
    return Plot(t("comparison.moves"), Axis(x, SHARES), Axis(y, SHARES), [line])


def _cumulated(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """The values in order, and the share of them up to each."""
    ordered = sorted(values)
    return ordered, [place / len(ordered) for place in range(1, len(ordered) + 1)]


def _distribution(report: Tree, t: Texts) -> Section:
    rows = [
        [
            t(f"comparison.{name}"),
            t.number(report["shift"][name]["psi"], 3),
            _ks(report["shift"][name], t),
        ]
        for name in _SCORES
    ]
    header = [t("comparison.measure"), t("comparison.psi"), t("comparison.ks")]
    curves = [_cumulated(report["exams"][side]) for side in SIDES]
    plot = Plot(
        t("comparison.shift"),
        Axis(t("comparison.calibrated_score"), SHARES, is_percent=False, decimals=1),
        Axis(t("comparison.share_below"), SHARES),
        _lines(report, t, curves),
    )
    notes = [t("comparison.shift_note")]
    return Section(t("comparison.shift"), notes, [plot], [Grid("", header, rows)])


def _ks(shift: Tree, t: Texts) -> str:
    return f"{t.number(shift['ks'], 3)} ({t.number(shift['ks_p'], 3)})"


def _subgroups(report: Tree, t: Texts) -> Section:
    names = ("group", "group_exams", "group_cancers", "group_auc", "group_moved", "psi")
    rows = [
        [
            f"{t('comparison.' + group['column'])}: {group['value']}",
            t.number(group["n_exams"]),
            t.number(group["n_cancers"]),
            _gain(group["auc"], t) if group["auc"] else NO_VALUE,
            t.percent(group["share_band_moved"]),
            t.number(group["psi"], 3),
        ]
        for group in report["subgroups"]
    ]
    grid = Grid("", [t(f"comparison.{name}") for name in names], rows)
    return Section(t("comparison.subgroups"), [t("comparison.subgroups_note")], [], [grid])


def _gain(found: Tree, t: Texts, *, is_percent: bool = False) -> str:
    """A difference with its interval; a dash where there is none."""
    ends = [found[name] for name in ("difference", "low", "high")]
    if ends[0] is None:
        return NO_VALUE
    written = [t.percent(end) if is_percent else t.number(end, 3) for end in ends]
    return t("comparison.interval", value=written[0], low=written[1], high=written[2])
