from time import monotonic

from tasks.score.circuit import Circuit


def test_failures_in_a_row_open_it():
    circuit = Circuit(2)
    circuit.record_failure(monotonic())
    assert not circuit.is_open
    circuit.record_failure(monotonic())
    assert circuit.is_open


def test_a_success_between_them_does_not_count():
    circuit = Circuit(2)
    circuit.record_failure(monotonic())
    circuit.record_success()
    assert circuit.record_failure(monotonic()) == 1


def test_requests_that_failed_together_count_once():
    circuit, begun_at_s = Circuit(2), monotonic()
    assert [circuit.record_failure(begun_at_s) for _ in range(4)] == [1, 1, 1, 1]
