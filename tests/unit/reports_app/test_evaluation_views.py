"""What a report's plots are laid out by."""

import pytest

from reports_app.evaluation.views import round_ticks


@pytest.mark.parametrize(
    ("low", "high", "n", "ticks"),
    [
        (0, 0.102, 5, [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12]),
        (-1.02, 5.1, 6, [-1, 0, 1, 2, 3, 4, 5, 6]),
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-20, 100, 6, [-20, 0, 20, 40, 60, 80, 100]),
    ],
)
def test_ticks_are_round_and_hold_the_upper_end(low, high, n, ticks):
    assert round_ticks(low, high, n) == pytest.approx(ticks)
