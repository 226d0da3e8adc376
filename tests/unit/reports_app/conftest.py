"""One generated campaign in memory for the tests of the app."""

import pytest

from reports_app.app import create_app
from reports_app.data import Reports
from tests.support.lake_fixture import MemoryLake, fill_lake


@pytest.fixture(scope="session")
def filled_lake():
    lake = MemoryLake()
    fill_lake(lake, n_exams=24)
    return lake


@pytest.fixture(scope="session")
def reports(filled_lake):
    return Reports(filled_lake)


@pytest.fixture(scope="session")
def app(filled_lake):
    return create_app(filled_lake)


@pytest.fixture(scope="session")
def empty_app():
    return create_app(MemoryLake())
