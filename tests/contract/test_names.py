"""Our names against other people's: import packages, and the words of the DICOM standard."""

import re
from importlib.metadata import packages_distributions

import pytest
from pydicom.datadict import keyword_dict, keyword_for_tag

from tasks.lake.columns import Column
from tasks.lake.schemas import INSTANCES

PACKAGES = ("flows", "tasks", "models", "reports_app")

EXCEPTIONS = {
    "sop_instance_key": "pseudonym",
    "exam_key": "pseudonym, under the field's word for a study of screening",
    "patient_key": "pseudonym",
    "series_key": "pseudonym",
    "object_key": "of the store",
    "etag": "of the store",
    "image_laterality_source": "which attribute the laterality was taken from",
    "view_position_source": "which attribute the view was taken from",
    "view_modifiers": "names of the items of a code sequence",
    "chest_wall_side": "what orientation, flip and laterality amount to",
    "chest_wall_side_source": "which attribute the chest wall's side was taken from",
    "is_synthetic_2d": "a bool, from Image Type or the series' name",
    "is_partial_view": "a bool",
    "site": "of two attributes the one that is filled",
    "exam_date": "the field's word for a study of screening",
    "acquired_at": "a date and a time as one moment",
    "patient_age_years": "with its unit",
    "imager_pixel_spacing_mm": "with its unit",
    "has_implant": "a bool",
}
"""Columns of `instances` with another name than a DICOM keyword's, and why."""

SNAKE_CASE = {
    re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", keyword).lower(): keyword
    for keyword in keyword_dict
}


@pytest.fixture(scope="module")
def distributions() -> dict[str, set[str]]:
    return {name: set(found) for name, found in packages_distributions().items()}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_provides_our_packages(package, distributions):
    assert distributions[package] == {"smart-mammo"}


def by_name(column: Column) -> str:
    return column.name


@pytest.mark.parametrize("column", INSTANCES.columns, ids=by_name)
def test_a_column_is_named_by_its_dicom_keyword_or_is_a_declared_exception(column: Column):
    assert (column.name in SNAKE_CASE) != (column.name in EXCEPTIONS)


@pytest.mark.parametrize("column", INSTANCES.columns, ids=by_name)
def test_the_tag_in_the_meaning_of_a_column_is_that_of_its_keyword(column: Column):
    tag = re.search(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)", column.meaning)
    if tag and column.name in SNAKE_CASE:
        assert keyword_for_tag("".join(tag.groups())) == SNAKE_CASE[column.name]


def test_every_exception_is_a_column():
    assert set(EXCEPTIONS) <= set(INSTANCES.schema)
