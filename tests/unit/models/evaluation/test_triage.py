"""Lists by hand: shares at the top, days, exams ruled out."""

import numpy as np
import pytest

from models.evaluation.triage import rule_out, time_to_read, triage

TRUTH = np.arange(20) % 10 == 0  # cancers at scores 20 and 10
SCORE = np.arange(20, 0, -1.0)


def test_the_top_holds_the_rounded_number_of_exams():
    assert triage(TRUTH, SCORE) == {
        "5": 0.5, "10": 0.5, "20": 0.5, "30": 0.5, "50": 0.5, "70": 1.0,
    }  # fmt: skip


def test_tied_exams_share_what_their_places_hold():
    assert triage(TRUTH, np.zeros(20))["50"] == pytest.approx(0.5)


def test_days_until_cancers_are_read():
    found = time_to_read(TRUTH, SCORE, exams_per_day=5)
    assert (found.median_day, found.p90_day) == (1, 3)
    assert (found.median_day_first_in_first_out, found.p90_day_first_in_first_out) == (2.5, 4.1)


def test_gross_counts_every_cancer_ruled_out_and_net_those_a_reader_would_recall():
    recalled = np.full(20, 0.25)
    found = rule_out(TRUTH, SCORE, np.ones(20), recalled)
    half = found.ruled_out.index(0.5)
    assert found.gross_missed[half] == 0.5
    assert found.gross_false_omission[half] == pytest.approx(0.1)
    assert found.net_missed is not None
    assert found.net_missed[half] == pytest.approx(0.125)


def test_without_readers_there_is_no_net():
    assert rule_out(TRUTH, SCORE, np.ones(20), None).net_missed is None
