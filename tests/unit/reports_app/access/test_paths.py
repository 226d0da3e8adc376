"""Addresses that climb out of their folder reach no file, whoever asks."""

from itertools import product

import pytest

from reports_app.access.roles import Role
from tests.support.servers import ROOT

CLIMBS = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "%252e%252e%252f", "/"]
PLACES = [
    "/assets/",
    "/_dash-component-suites/",
    "/_dash-component-suites/dash/",
    "/exam/",
    "/",
]
TARGETS = ["etc/passwd", "pyproject.toml", "reports_app/app.py", "tasks/settings.py"]


@pytest.mark.parametrize("role", [None, Role.ENGINEER], ids=["nobody", "engineer"])
def test_no_address_leads_to_a_file_of_this_machine(browse, role):
    client = browse(role)
    starts = [b"root:x:0", *((ROOT / target).read_bytes()[:80] for target in TARGETS[1:])]
    for place, climb, target in product(PLACES, CLIMBS, TARGETS):
        answer = client.get(f"{place}{climb * 6}{target}")
        assert not [start for start in starts if start in answer.data], answer.request.path


QUERIES = ["date=../../etc/passwd", "date=%00", "date=2026-11-24%2f..%2f..", "lang=../../x"]


def test_a_query_names_no_file(browse):
    client = browse(Role.RADIOLOGIST)
    for query in QUERIES:
        answer = client.get(f"/list.csv?{query}")
        assert answer.status_code in (200, 400, 404), query
        assert b"root:x:0" not in answer.data
