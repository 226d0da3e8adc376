"""Keyed pseudonyms."""

import pytest

from tasks.errors import Misconfigured
from tasks.ingest.pseudonym import Pseudonymiser

KEY = b"0123456789abcdef0123456789abcdef"


def test_a_pseudonym_is_128_bits_and_the_same_every_night():
    pseudonym = Pseudonymiser(KEY).exam_key("1.2.3")
    assert (
        pseudonym == Pseudonymiser(KEY).exam_key("1.2.3") == "1f263ae3cb81478e8b77fa2921c56941"
    )


def test_another_key_gives_other_pseudonyms():
    assert Pseudonymiser(KEY).exam_key("1") != Pseudonymiser(KEY[::-1]).exam_key("1")


def test_kinds_of_identity_never_share_a_pseudonym():
    made = Pseudonymiser(KEY)
    pseudonyms = {
        made.exam_key("1"),
        made.series_key("1"),
        made.sop_instance_key("1"),
        made.patient_key("1", ""),
        made.patient_key("", "1"),
        made.lone_patient_key("1"),
    }
    assert len(pseudonyms) == 6


def test_an_identity_cannot_be_shifted_into_its_issuer():
    made = Pseudonymiser(KEY)
    assert made.patient_key("bc", "a") != made.patient_key("c", "ab")


def test_a_short_key_is_refused():
    with pytest.raises(Misconfigured, match="31 bytes"):
        Pseudonymiser(KEY[:31])


def test_the_key_is_not_shown():
    assert "0123" not in repr(Pseudonymiser(KEY))
