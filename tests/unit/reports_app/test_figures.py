"""Figures against hand counts, and none that could send data anywhere."""

from datetime import date

import polars as pl
import pytest

from reports_app import figures
from reports_app.plotting import CONFIG
from reports_app.texts import Texts
from tests.support.programme_lake import draw_exams

ES, EN = Texts("es"), Texts("en")


@pytest.fixture
def exams():
    return pl.DataFrame(
        {
            "day": [date(2026, 11, 1)] * 3 + [date(2026, 11, 2)],
            "site": ["A", "A", "B", "A"],
            "manufacturer": ["GE", "GE", "GE", ""],
            "age_band": ["70_over", "40_49", "", "40_49"],
            "state": ["scored", "scored", "scored", "unscorable"],
            "exam_score": [0.1, 0.2, 0.9, None],
            "band": [1, 1, 10, None],
            "waiting_days": [3, 3, 20, None],
            "hours_to_score": [10.0, 20.0, None, None],
        }
    )


def test_volumes_stack_the_exams_of_a_day_by_site(exams):
    figure = figures.volumes(exams, ES)
    assert {trace.name: list(trace.y) for trace in figure.data} == {"A": [2, 1], "B": [1]}


def test_many_sites_end_in_one_group_of_others(exams):
    many = pl.concat([exams.with_columns(site=pl.lit(f"S{n}")) for n in range(9)])
    figure = figures.volumes(many, EN)
    assert len(figure.data) == 7
    assert figure.data[-1].name == "Others"
    assert sum(sum(trace.y) for trace in figure.data) == many.height


def test_band_shares_count_scored_exams_only(exams):
    shares = figures.band_shares(exams)
    assert [(share.n_events, share.n) for share in shares[::9]] == [(2, 3), (1, 3)]


def test_band_bars_show_percentages_with_intervals(exams):
    bars = figures.band_bars(exams, ES).data[0]
    assert bars.y[0] == pytest.approx(66.67, abs=0.01)
    assert bars.error_y.array[0] > 0


def test_groups_are_in_order_and_the_unknown_one_last(exams):
    labels = [label for _, label in figures.group_labels(exams, "age_band", ES)]
    assert labels == ["40\N{EN DASH}49", "≥ 70", "Sin dato"]


def test_exclusion_dots_name_numerator_and_denominator(exams):
    dots = figures.exclusion_dots(exams, "site", ES).data[0]
    assert list(dots.y) == ["A (1/3)", "B (0/1)"]


def test_the_heat_map_of_bands_adds_up_to_each_group(exams):
    rows = figures.band_heatmap(exams, "site", ES).data[0].z
    assert [sum(row) for row in rows] == pytest.approx([100, 100])


def test_waiting_counts_exams_by_day(exams):
    bars = figures.waiting_histogram(exams, ES).data[0]
    assert dict(zip(bars.x, bars.y, strict=True)) == {3: 2, 20: 1}


def test_reasons_are_coloured_by_state():
    rows = [
        ("unscorable", None, 2),
        ("unscorable", "truncated", 2),
        ("rejected", "not_dicom", 1),
    ]
    figure = figures.reasons(rows, EN)
    assert [(bar.name, list(bar.x)) for bar in figure.data] == [
        ("Unscorable", [2]),
        ("Rejected", [1]),
    ]


def test_numbers_follow_the_language(exams):
    assert figures.score_histogram(exams, ES).layout.separators == ",."
    assert figures.score_histogram(exams, EN).layout.separators == ".,"


def test_no_graph_offers_to_send_anything_away():
    assert CONFIG["showSendToCloud"] is False
    assert CONFIG["plotlyServerURL"] == ""
    assert CONFIG["displayModeBar"] is False


@pytest.mark.parametrize("name", ["score_histogram", "hours_boxes"])
def test_a_figure_of_many_exams_is_no_larger_than_one_of_some(name):
    sizes = []
    for n_exams in (3_000, 30_000):
        exams = draw_exams(n_exams).with_columns(hours_to_score=pl.col("score") * 40)
        sizes.append(len(getattr(figures, name)(exams, ES).to_json()))
    assert sizes[1] <= 1.1 * sizes[0]


def test_a_box_drawn_from_quartiles_is_the_one_of_all_values():
    values = pl.Series([1.0, 2, 3, 4, 5, 6, 7, 8, 100])
    box = figures.box_of(values)
    assert box == {
        "q1": [3], "median": [5], "q3": [7], "lowerfence": [1], "upperfence": [8],
    }  # fmt: skip


def test_every_score_is_in_one_bar_of_the_histogram():
    exams = pl.DataFrame({"exam_score": [0.0, 0.049, 0.05, 0.999, 1.0, None]})
    bars = figures.score_histogram(exams, ES).data[0]
    assert (bars.y[0], bars.y[1], bars.y[-1], sum(bars.y)) == (2, 1, 2, 5)
