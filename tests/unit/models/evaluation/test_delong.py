"""DeLong against the definition of placement values, written out pair by pair."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from models.evaluation.delong import auc_covariance, compare_pairs, placements

RNG = np.random.default_rng(11)
TRUTH = RNG.random(90) < 0.35
SCORES = np.round(RNG.normal(size=(90, 3)) + TRUTH[:, None] * [1.0, 0.6, 0.0], 1)


def _by_definition(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """V10 and V01 of DeLong et al. 1988, equations 3 to 5, by looping over the pairs."""
    cancers, others = scores[truth], scores[~truth]
    order = np.array([[[(c > o) + 0.5 * (c == o) for c, o in zip(row, other, strict=True)]
                       for other in others] for row in cancers])  # fmt: skip
    v10, v01 = order.mean(1), order.mean(0)
    covariance = np.cov(v10.T) / len(cancers) + np.cov(v01.T) / len(others)
    return order.mean((0, 1)), covariance


def test_aucs_and_covariance_equal_the_definition():
    aucs, covariance = auc_covariance(TRUTH, SCORES)
    expected_aucs, expected = _by_definition(TRUTH, SCORES)
    assert aucs == pytest.approx(expected_aucs, abs=1e-12)
    assert covariance == pytest.approx(expected, abs=1e-12)
    assert aucs == pytest.approx([roc_auc_score(TRUTH, column) for column in SCORES.T])


def test_a_case_by_hand():
    # cancers 3, 2 and others 1, 2: of four pairs 3 > 1, 3 > 2, 2 > 1 and one tie: 3.5 / 4.
    truth = np.array([True, True, False, False])
    of_cancers, of_others = placements(truth, np.array([[3.0], [2.0], [1.0], [2.0]]))
    assert of_cancers[:, 0].tolist() == [1.0, 0.75]
    assert of_others[:, 0].tolist() == [1.0, 0.75]


def test_rows_that_stand_alone_give_about_delongs_variance():
    alone = auc_covariance(TRUTH, SCORES, np.arange(90))[1]
    assert alone == pytest.approx(auc_covariance(TRUTH, SCORES)[1], rel=0.05, abs=1e-4)


def test_doubling_every_patient_leaves_the_clustered_variance_and_halves_delongs():
    truth, scores, cluster = (
        np.repeat(TRUTH, 2),
        np.repeat(SCORES, 2, 0),
        np.repeat(np.arange(90), 2),
    )
    clustered = auc_covariance(truth, scores, cluster)[1]
    assert clustered == pytest.approx(auc_covariance(TRUTH, SCORES, np.arange(90))[1])
    naive = auc_covariance(truth, scores)[1]
    assert np.diag(naive) == pytest.approx(np.diag(clustered) / 2, rel=0.05)


def test_a_score_does_not_differ_from_itself():
    (row,) = compare_pairs(["a", "b"], TRUTH, SCORES[:, [0, 0]])
    assert (row.difference, row.p) == (0.0, 1.0)


def test_the_test_keeps_its_level_when_nothing_differs():
    rng = np.random.default_rng(0)
    truth = np.arange(120) < 40
    p = [compare_pairs(["a", "b"], truth, rng.normal(size=(120, 2)))[0].p for _ in range(400)]
    assert 0.03 < np.mean(np.array(p) < 0.05) < 0.08


def test_one_cancer_gives_no_variance():
    with pytest.raises(ValueError, match="1 cancers and 3 others give no variance"):
        auc_covariance(np.array([True, False, False, False]), np.arange(4.0)[:, None])
