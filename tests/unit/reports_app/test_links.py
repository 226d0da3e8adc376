"""Addresses: what they ask for, and that links carry the language on."""

from datetime import date

import pytest

from reports_app.campaign import UNKNOWN, CampaignFilter
from reports_app.links import Address


def test_a_bare_address_is_the_campaign_in_spanish():
    address = Address.parse(None, None)
    assert (address.path, address.language) == ("/", "es")
    assert address.campaign_filter.is_everything


def test_filters_come_from_the_address():
    address = Address.parse("/", "?from=2026-11-01&site=A&site=B&manufacturer=%3F")
    assert address.campaign_filter == CampaignFilter(
        date(2026, 11, 1), None, ("A", "B"), (UNKNOWN,)
    )


@pytest.mark.parametrize("search", ["?from=yesterday", "?from=", "?from=2026-13-01"])
def test_a_day_that_is_none_is_no_filter(search):
    assert Address.parse("/", search).campaign_filter.is_everything


def test_an_address_written_is_the_address_read():
    address = Address("/").having(site=("Móvil 1", "A&B"), lang="en")
    assert Address.parse("/", address.search) == address


def test_another_page_keeps_the_language_and_nothing_else():
    address = Address.parse("/", "?lang=en&site=A")
    assert address.to("/list").href == "/list?lang=en"


def test_an_exams_key_cannot_leave_its_path():
    assert Address("/").to_exam("../x?y").href == "/exam/..%2Fx%3Fy"
