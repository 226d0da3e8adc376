"""Values of hostile headers."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.config import disable_value_validation

from tasks.ingest import values


def with_value(keyword: str, value: object) -> Dataset:
    dataset = Dataset()
    with disable_value_validation():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  GE  MEDICAL\n", "GE MEDICAL"),
        ("a\x00b\x1b[31mc\u202e", "ab[31mc"),
        (["1.0", "2.0"], "1.0\\2.0"),
        (None, ""),
        ("x" * 99, "x" * 64),
    ],
)
def test_text_is_one_clean_bounded_line(value: object, expected: str):
    assert values.text(with_value("SoftwareVersions", value), "SoftwareVersions") == expected


@given(st.text())
def test_text_never_holds_control_characters(value: str):
    cleaned = values.text(with_value("InstitutionName", value), "InstitutionName")
    assert len(cleaned) <= 64
    assert cleaned.isprintable()


@pytest.mark.parametrize(
    ("value", "expected"),
    [("20261120", date(2026, 11, 20)), ("20261399", None), ("2026", None), ("", None)],
)
def test_a_day_is_a_date_or_none(value: str, expected: date | None):
    assert values.day(with_value("StudyDate", value), "StudyDate") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("101530", time(10, 15, 30)),
        ("101530.123456", time(10, 15, 30)),
        ("1015", time(10, 15)),
        ("10", time(10)),
        ("235960", time(23, 59, 59)),
        ("250000", None),
        ("noon", None),
        ("", None),
    ],
)
def test_a_clock_may_leave_out_its_end(value: str, expected: time | None):
    assert values.clock(with_value("StudyTime", value), "StudyTime") == expected


@pytest.mark.parametrize(
    ("value", "expected"), [([0.07, 0.08], 0.07), ("nan", None), ("x", None), (None, None)]
)
def test_a_real_is_finite_or_none(value: object, expected: float | None):
    dataset = Dataset()
    with disable_value_validation():
        dataset.add_new("ImagerPixelSpacing", "LO", value)
    assert values.real(dataset, "ImagerPixelSpacing") == expected


def test_items_of_what_is_no_sequence_are_none():
    dataset = Dataset()
    dataset.add_new("ViewCodeSequence", "LO", "CC")
    assert values.items(dataset, "ViewCodeSequence") == []
