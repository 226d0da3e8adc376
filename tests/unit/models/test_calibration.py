import numpy as np
import polars as pl
import pytest

from models.calibration import band_edges, fit_platt, logit
from models.metrics import OneClassError
from tasks.score.calibration import band, calibrated_score


def drawn(n: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(2)
    score = generator.uniform(0.01, 0.99, n)
    probability = 1 / (1 + np.exp(-(slope * logit(score) + intercept)))
    return generator.random(n) < probability, score


def test_platt_finds_the_mapping_that_drew_the_truth() -> None:
    found = fit_platt(*drawn(40_000, 0.8, -1.5))
    assert (found.slope, found.intercept) == pytest.approx((0.8, -1.5), abs=0.06)


def test_a_stated_prevalence_moves_the_mean_probability_there() -> None:
    truth, score = drawn(20_000, 0.8, 0.0)
    found = fit_platt(truth, score, prevalence=0.01)
    frame = pl.DataFrame({"exam_score": score}).with_columns(
        slope=pl.lit(found.slope), intercept=pl.lit(found.intercept)
    )
    probability = frame.select(calibrated_score()).to_series().to_numpy()
    weight = np.where(truth, 0.01 / truth.mean(), 0.99 / (1 - truth.mean()))
    assert np.average(probability, weights=weight) == pytest.approx(0.01, abs=1e-4)


def test_one_class_is_refused() -> None:
    with pytest.raises(OneClassError):
        fit_platt([True, True], [0.2, 0.4])


def test_each_band_holds_a_tenth() -> None:
    score = np.random.default_rng(0).beta(1, 8, 5000)
    edges = band_edges(score)
    frame = pl.DataFrame({"exam_score": score}).with_columns(band_edges=pl.lit(edges))
    shares = frame.select(band()).to_series().value_counts()["count"] / score.size
    assert shares.to_list() == pytest.approx([0.1] * 10, abs=0.002)


def test_edges_increase_though_scores_are_tied() -> None:
    assert (np.diff(band_edges([0.5] * 20)) > 0).all()


def test_weights_stand_for_exams_that_were_not_drawn() -> None:
    score, weight = [0.1, 0.2, 0.9], [1.0, 8.0, 1.0]
    assert band_edges(score, weight)[4] == pytest.approx(0.2)
