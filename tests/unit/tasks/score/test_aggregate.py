"""Images become views, views breasts, breasts exams."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.score.aggregate import breast_scores, score_exams

CALIBRATION = pl.DataFrame(
    {
        "calibration_id": ["default"],
        "site": ["*"],
        "manufacturer": ["*"],
        "software_versions": ["*"],
        "fitted_at": [datetime(2026, 11, 24, tzinfo=UTC)],
        "slope": [1.0],
        "intercept": [0.0],
        "band_edges": [[place / 10 for place in range(1, 10)]],
    }
)


def image(
    key: str, laterality: str, view: str, score: float | None, exam_key: str = "e"
) -> dict:
    return {
        "sop_instance_key": key,
        "exam_key": exam_key,
        "image_laterality": laterality,
        "view_position": view,
        "malignancy_score": score,
        "finding": "mass",
        "assessment": "benign",
        "model_version": "1",
        "site": "S",
        "manufacturer": "M",
        "software_versions": "1",
        "presentation_intent_type": "FOR PRESENTATION",
        "is_synthetic_2d": False,
        "is_partial_view": False,
    }


def scored(*images: dict) -> dict:
    return score_exams(pl.DataFrame(images), CALIBRATION, "run").row(0, named=True)


def test_an_exam_has_the_score_of_its_higher_breast():
    exam = scored(
        image("a", "R", "CC", 0.2),
        image("b", "R", "MLO", 0.4),
        image("c", "L", "CC", 0.1),
        image("d", "L", "MLO", 0.9),
    )
    assert exam["right_breast_score"] == pytest.approx(0.3)
    assert exam["left_breast_score"] == exam["exam_score"] == pytest.approx(0.5)
    assert (exam["driving_breast"], exam["driving_view"]) == ("L", "MLO")
    assert exam["views"] == "L-CC,L-MLO,R-CC,R-MLO"


def test_a_repeated_view_counts_once_at_its_highest_image():
    exam = scored(
        image("a", "R", "CC", 0.2), image("b", "R", "CC", 0.6), image("c", "R", "MLO", 0.4)
    )
    assert exam["exam_score"] == pytest.approx(0.5)
    assert exam["left_breast_score"] is None


def test_an_unscored_image_is_counted_and_moves_no_score():
    exam = scored(image("a", "R", "CC", 0.2), image("b", "L", "CC", None))
    assert (exam["n_images_scored"], exam["n_images_unscorable"]) == (1, 1)
    assert exam["exam_score"] == pytest.approx(0.2)


def test_an_exam_without_any_score_has_no_row():
    rows = score_exams(
        pl.DataFrame([image("a", "R", "CC", None), image("b", "R", "CC", 0.1, "f")]),
        CALIBRATION,
        "r",
    )
    assert rows["exam_key"].to_list() == ["f"]


IMAGES = st.lists(
    st.builds(
        image,
        st.uuids().map(str),
        st.sampled_from("RL"),
        st.sampled_from(["CC", "MLO"]),
        st.floats(0, 1, width=32),
        st.sampled_from("efg"),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda row: row["sop_instance_key"],
)


@given(IMAGES, st.randoms(use_true_random=False))
def test_the_order_of_images_changes_nothing(images, random):
    shuffled = random.sample(images, len(images))
    rows = [
        score_exams(pl.DataFrame(order), CALIBRATION, "run") for order in (images, shuffled)
    ]
    assert (
        rows[0]
        .drop("exam_score", "calibrated_score", "right_breast_score", "left_breast_score")
        .equals(
            rows[1].drop(
                "exam_score", "calibrated_score", "right_breast_score", "left_breast_score"
            )
        )
    )
    assert rows[0]["exam_score"].to_list() == pytest.approx(
        rows[1]["exam_score"].to_list(), abs=1e-6
    )
    assert rows[0]["exam_score"].is_between(0, 1).all()


FOUR = [
    image(laterality + view, laterality, view, 0.2)
    for laterality in ("R", "L")
    for view in ("CC", "MLO")
]


@pytest.mark.parametrize("kind", ["is_synthetic_2d", "is_partial_view"])
def test_a_lesser_kind_of_image_yields_to_the_whole_exposed_view(kind):
    lesser = image("z", "L", "CC", 0.9) | {kind: True}
    exam = scored(*FOUR, lesser)
    assert exam["exam_score"] == pytest.approx(0.2)
    assert exam["views"].split(",").count("L-CC") == 2


@pytest.mark.parametrize("kind", ["is_synthetic_2d", "is_partial_view"])
def test_a_lesser_kind_of_image_speaks_where_it_is_alone(kind):
    lesser = image("LCC", "L", "CC", 0.9) | {kind: True}
    others = [row for row in FOUR if row["sop_instance_key"] != "LCC"]
    assert scored(*others, lesser)["left_breast_score"] == pytest.approx(0.55)


def test_partial_views_of_a_large_breast_count_at_the_highest():
    tiles = [
        image(key, "L", "CC", score) | {"is_partial_view": True}
        for key, score in (("x", 0.1), ("y", 0.9))
    ]
    others = [row for row in FOUR if row["sop_instance_key"] != "LCC"]
    assert scored(*others, *tiles)["left_breast_score"] == pytest.approx(0.55)


@pytest.mark.parametrize(("view", "n_missed"), [("CC", 0), ("XCCL", 1)])
def test_a_raw_image_is_missed_only_without_its_twin_for_presentation(view, n_missed):
    raw = image("z", "L", view, None) | {"presentation_intent_type": "FOR PROCESSING"}
    assert scored(*FOUR, raw)["n_images_unscorable"] == n_missed


SCORES = st.floats(0, 1, width=32)


@given(SCORES, SCORES, SCORES)
def test_dropping_a_view_moves_the_breast_by_no_more_than_half_the_views_distance(
    cc: float, mlo: float, moved: float
):
    def score(**views: float) -> float:
        rows = [
            {
                "exam_key": "e",
                "image_laterality": "L",
                "view_position": view,
                "malignancy_score": value,
            }
            for view, value in views.items()
        ]
        return breast_scores(pl.DataFrame(rows))["breast_score"].item()

    assert abs(score(CC=cc) - score(CC=cc, MLO=mlo)) <= abs(cc - mlo) / 2 + 1e-9
    shift = score(CC=cc, MLO=moved) - score(CC=cc, MLO=mlo)
    assert shift == pytest.approx((moved - mlo) / 2, abs=1e-9)
