"""When a store that is down is left alone."""

from collections.abc import Generator

import pytest

from tasks.errors import Rejected, RejectionReason, Retryable
from tasks.ingest.retries import N_FAILURES_IN_A_ROW, ObjectChanged, all_lost, until_down

DOWN = Retryable("Reading a.dcm failed 5 times; at last: EndpointConnectionError.")
Answer = str | Rejected | Retryable


class Reading:
    """Results that count how far they were asked for."""

    def __init__(self, answers: list[Answer]) -> None:
        self.n_asked, self.is_closed = 0, False
        self._answers = answers

    def results(self) -> Generator[tuple[int, Answer]]:
        try:
            for answer in self._answers:
                self.n_asked += 1
                yield self.n_asked, answer
        finally:
            self.is_closed = True


def test_a_store_that_is_down_is_not_asked_for_every_object():
    reading = Reading(["read"] + [DOWN] * 1000)
    assert len(list(until_down(reading.results()))) == 1 + N_FAILURES_IN_A_ROW
    assert reading.n_asked == 1 + N_FAILURES_IN_A_ROW
    assert reading.is_closed


@pytest.mark.parametrize(
    "answer",
    ["read", Rejected(RejectionReason.NOT_DICOM, "No."), ObjectChanged("It is not there.")],
)
def test_any_answer_of_the_store_shows_that_it_is_up(answer):
    answers = [DOWN] * (N_FAILURES_IN_A_ROW - 1)
    reading = Reading([*answers, answer, *answers, "read"])
    assert len(list(until_down(reading.results()))) == len(reading._answers)


def test_the_error_says_what_was_not_tried():
    sentence = str(all_lost("headers", [DOWN] * 8, n_tried=10, n=864))
    assert sentence.startswith("8 of 864 headers could not be read: Reading a.dcm failed")
    assert sentence.endswith("854 were not tried: the store failed 8 times in a row.")
    assert "not tried" not in str(all_lost("headers", [DOWN], n_tried=10, n=10))
