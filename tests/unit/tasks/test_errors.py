"""What errors quote of keys and headers stays within its line."""

import pickle

import pytest

from tasks.errors import Rejected, RejectionReason, Retryable, SmartMammoError

HOSTILE = "exam\r\n2026-11-26 ERROR forged\x1b[2J\u202e\u2028\x00.dcm"


def test_a_key_begins_no_line_and_steers_no_terminal():
    message = str(Retryable(f"Reading {HOSTILE} failed."))
    assert len(message.splitlines()) == 1
    assert message.isprintable()
    assert r"exam\r\n2026-11-26 ERROR forged\x1b[2J" in message


def test_what_is_stored_of_a_rejection_is_one_line_too():
    error = Rejected(RejectionReason.DAMAGED_HEADER, HOSTILE)
    assert error.detail.isprintable()
    assert pickle.loads(pickle.dumps(error)).detail == error.detail


@pytest.mark.parametrize("text", ["Señora Muñoz, 14 %", r"a\nb"])
def test_printable_text_stays_as_it_is(text):
    assert str(SmartMammoError(text)) == text


def test_lines_are_made_on_purpose_only():
    assert str(SmartMammoError("first", "second\nthird")).splitlines() == [
        "first",
        r"second\nthird",
    ]
