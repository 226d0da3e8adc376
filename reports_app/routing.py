"""Which page stands at which address, declared once.

It draws nothing and opens nothing to anybody: `reports_app.app` asks it, `reports_app.access`
decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reports_app.access.roles import Role
from reports_app.access.sign_in import current_name, current_roles
from reports_app.data import Reports
from reports_app.exam_records import ExamRecords
from reports_app.links import (
    CAMPAIGN_PATH,
    CLASSIFY_PATH,
    DATA_SETS_PATH,
    EVALUATIONS_PATH,
    EXAM_PATH,
    LIST_PATH,
    MODELS_PATH,
    NIGHTS_PATH,
    QUALITY_PATH,
    WHAT_IF_PATH,
    Address,
)
from reports_app.model_records import ModelRecords
from reports_app.pages import (
    campaign,
    classify,
    data_sets,
    evaluations,
    exam,
    models,
    nights,
    priority_list,
    quality,
    what_if,
)
from reports_app.services import AppServices


@dataclass(frozen=True)
class Rooms:
    """What pages are built from; `readers` are the accounts that exams may be assigned to."""

    reports: Reports
    records: ExamRecords
    services: AppServices
    models: ModelRecords
    readers: Callable[[], list[str]]


@dataclass(frozen=True)
class Page:
    """A page of the app.

    Args:
        title_key: Of its title among the texts.
        content: What it shows at an address.
    """

    title_key: str
    content: Callable[[Address, Rooms], list[Any]]

    def title(self, address: Address) -> str:
        """Its title in the address's language; an exam's names the exam."""
        key = address.path.removeprefix(EXAM_PATH)[:8]
        return address.texts(self.title_key, key=key)


def _prefect_url(rooms: Rooms) -> str | None:
    """Of Prefect's pages, for engineers alone: its logs name objects."""
    return rooms.services.prefect_url if Role.ENGINEER in current_roles() else None


def _exam(address: Address, rooms: Rooms) -> list[Any]:
    has_originals = rooms.services.originals is not None
    return exam.content(address, rooms.reports, rooms.records, has_originals=has_originals)


_EXAM = Page("exam.title", _exam)
_PAGES = {
    CAMPAIGN_PATH: Page(
        "campaign.title", lambda address, rooms: campaign.content(address, rooms.reports)
    ),
    LIST_PATH: Page(
        "list.title",
        lambda address, rooms: priority_list.content(address, rooms.reports, rooms.readers()),
    ),
    CLASSIFY_PATH: Page(
        "classify.title",
        lambda address, rooms: classify.content(
            address, rooms.services.classifier, current_name()
        ),
    ),
    QUALITY_PATH: Page(
        "image_quality.title", lambda address, rooms: quality.content(address, rooms.reports)
    ),
    WHAT_IF_PATH: Page(
        "what_if.title", lambda address, rooms: what_if.content(address, rooms.reports)
    ),
    MODELS_PATH: Page(
        "models.title", lambda address, rooms: models.content(address, rooms.models)
    ),
    EVALUATIONS_PATH: Page(
        "evaluations.title",
        lambda address, rooms: evaluations.content(address, rooms.services.reports),
    ),
    DATA_SETS_PATH: Page(
        "data_sets.title",
        lambda address, rooms: data_sets.content(address, rooms.services.reports),
    ),
    NIGHTS_PATH: Page(
        "nights.title",
        lambda address, rooms: nights.content(address, rooms.reports, _prefect_url(rooms)),
    ),
}


def find_page(path: str) -> Page | None:
    """The page at a path, if there is one."""
    return _EXAM if path.startswith(EXAM_PATH) else _PAGES.get(path)
