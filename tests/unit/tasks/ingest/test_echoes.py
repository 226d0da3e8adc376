"""A woman's name or number does not pass in the free text of equipment and site."""

import pytest

from tests.support.headers import instance_of

HERS = {"PatientName": "Muñoz^María José", "PatientID": "12.345.678-5"}


@pytest.mark.parametrize(
    "text",
    [
        "MUNOZ MARIA",
        "Box 3 María Muñoz",
        "jose_munoz",
        "12345678-5",
        "UNIT 12.345.678-5",
        "x123456785",
    ],
)
@pytest.mark.parametrize("keyword", ["StationName", "Manufacturer", "SoftwareVersions"])
def test_texts_that_repeat_her_are_emptied(keyword, text):
    columns = {"StationName": "site", "SoftwareVersions": "software_versions"}
    instance = instance_of(InstitutionName="", **HERS, **{keyword: text})
    assert instance[columns.get(keyword, "manufacturer")] == ""


@pytest.mark.parametrize(
    "text", ["Hospital Santa María", "San José 2", "UNIT-12", "Unidad 345.678", "Móvil Ñuble"]
)
def test_a_saint_or_a_number_alone_is_no_echo(text):
    assert instance_of(StationName=text, **HERS)["site"] == text


def test_without_a_name_and_a_number_nothing_is_an_echo():
    assert instance_of(StationName="U1", PatientName="", PatientID="")["site"] == "U1"


def test_texts_that_are_no_terms_of_the_standard_are_not_kept():
    instance = instance_of(PhotometricInterpretation="MUNOZ MARIA")
    assert instance["photometric_interpretation"] == "OTHER"
