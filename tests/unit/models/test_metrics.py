from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from models.metrics import (
    OneClassError,
    auc,
    auc_interval,
    expected_calibration_error,
    sensitivity_at_specificity,
    wilson_interval,
)

READER_STUDY = Path("/work/shared/data/nyu_reader_study/reader_study.csv")
REFERENCE = {  # auc, its interval, sensitivity at 90 % specificity, calibration error
    "AI_GMIC_top5_POM": (0.8812, 0.835, 0.921, 0.607, 0.022),
    "AI_GMIC_top1_POM": (0.8567, 0.805, 0.906, 0.541, 0.044),
    "AI_GLAM_POM": (0.8532, 0.811, 0.893, 0.492, 0.007),
    "AI_DMVCNN_POM": (0.7788, 0.716, 0.837, 0.459, 0.016),
    "AI_frcnn_POM": (0.7145, 0.639, 0.779, 0.328, 0.315),
    "AI_end2end_inbreast_POM": (0.5860, 0.507, 0.672, 0.262, 0.247),
    "AI_end2end_ddsm_POM": (0.4540, 0.378, 0.528, 0.115, 0.059),
}


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_auc_is_scikit_learns_ties_included(rows: list[tuple[bool, int]]) -> None:
    truth, score = zip(*rows, strict=True)
    if len(set(truth)) == 1:
        with pytest.raises(OneClassError):
            auc(truth, score)
    else:
        assert auc(truth, score) == pytest.approx(roc_auc_score(truth, score))


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_interval_is_scipys(n_events: int, n_total: int) -> None:
    n_events = min(n_events, n_total)
    oracle = binomtest(n_events, n_total).proportion_ci(method="wilson")
    found = wilson_interval(n_events, n_total)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high))


def test_an_interval_over_clusters_is_wider_than_one_over_rows() -> None:
    generator = np.random.default_rng(0)
    patient = np.repeat(np.arange(60), 8)
    truth = np.repeat(generator.random(60) < 0.3, 8)
    score = np.repeat(generator.normal(size=60), 8) + truth
    clustered = auc_interval(truth, score, patient)
    by_row = auc_interval(truth, score, np.arange(truth.size))
    assert clustered.value == by_row.value
    assert clustered.high - clustered.low > 1.5 * (by_row.high - by_row.low)


def test_the_interval_is_a_function_of_its_seed() -> None:
    truth, score = np.arange(40) % 3 == 0, np.arange(40) % 7
    first, again = (auc_interval(truth, score, np.arange(40), seed=5) for _ in range(2))
    assert first == again


def test_the_threshold_keeps_the_specificity_and_a_score_on_it_is_negative() -> None:
    found = sensitivity_at_specificity([0] * 10 + [1, 1], [*range(10), 8, 9], 0.9)
    assert found.threshold == 8
    assert found.specificity.value == 0.9
    assert found.sensitivity.value == 0.5


def test_scores_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        auc([True, False], [np.nan, 1])


@pytest.mark.skipif(not READER_STUDY.exists(), reason="the public reader study is not here")
@pytest.mark.parametrize("scorer", REFERENCE)
def test_the_public_reader_study_is_reproduced(scorer: str) -> None:
    table = pl.read_csv(READER_STUDY)
    truth, score = table["label"].to_numpy() == 1, table[scorer].to_numpy()
    value, low, high, sensitivity, error = REFERENCE[scorer]
    found = auc_interval(truth, score, table["case_ID"], n_draws=10_000)
    assert found.value == pytest.approx(value, abs=0.0005)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)
    at_90 = sensitivity_at_specificity(truth, score, 0.9)
    assert at_90.sensitivity.value == pytest.approx(sensitivity, abs=0.001)
    assert expected_calibration_error(truth, score) == pytest.approx(error, abs=0.001)
