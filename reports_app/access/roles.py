"""The roles, and which of them enters which room of the app: declared once, for every address.

An address or a callback that no rule names is closed to everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from reports_app.links import (
    CAMPAIGN_FILES,
    CAMPAIGN_PATH,
    CLASSIFY_PATH,
    DATA_SETS_PATH,
    EVALUATIONS_PATH,
    EXAM_PATH,
    LIST_FILES,
    LIST_PATH,
    MODELS_PATH,
    NIGHTS_PATH,
    QUALITY_PATH,
    WHAT_IF_PATH,
)


class Role(StrEnum):
    """What somebody is to the programme.

    A manager sees statistics, and neither identifiers nor images; a radiologist reads; an
    engineer watches models and nights.
    """

    MANAGER = "manager"
    RADIOLOGIST = "radiologist"
    ENGINEER = "engineer"


EVERYBODY = frozenset(Role)
READERS = frozenset({Role.RADIOLOGIST})
ENGINEERS = frozenset({Role.ENGINEER})


@dataclass(frozen=True)
class Room:
    """An address, or all below one where it ends in a slash, and who may enter."""

    path: str
    roles: frozenset[Role]

    def holds(self, path: str) -> bool:
        """Whether an address lies in the room."""
        if self.path != CAMPAIGN_PATH and self.path.endswith("/"):
            return path.startswith(self.path)
        return path == self.path


ROOMS = (
    Room(CAMPAIGN_PATH, EVERYBODY),
    *(
        Room(CAMPAIGN_FILES + kind, EVERYBODY)
        for kind in ("pdf", "csv", "xlsx", "json", "canscreen5")
    ),
    Room(QUALITY_PATH, EVERYBODY),
    Room(WHAT_IF_PATH, EVERYBODY),
    Room(NIGHTS_PATH, frozenset({Role.MANAGER, Role.ENGINEER})),
    Room(LIST_PATH, READERS),
    *(Room(LIST_FILES + kind, READERS) for kind in ("csv", "xlsx", "json", "pdf")),
    Room(EXAM_PATH, READERS),
    Room(MODELS_PATH, ENGINEERS),
    Room(EVALUATIONS_PATH, ENGINEERS),
    Room(DATA_SETS_PATH, ENGINEERS),
    Room(CLASSIFY_PATH, READERS),
    Room(f"{CLASSIFY_PATH}/", READERS),
)
"""Every address with data behind it; what Dash itself asks for is no room."""

CALLBACKS = {
    "page.children": EVERYBODY,  # the router, which asks for the role of each address itself
    "url.search": EVERYBODY,  # filters to an address: it holds no data
    "what-if-answer.children": EVERYBODY,
    "priority-list.getRowsResponse": READERS,
    "list-answer.children": READERS,
    "decision-answer.children": READERS,
}
"""Who may call what Dash runs on the server, by its first output."""


def may_call(roles: Collection[Role], output: str) -> bool:
    """Whether one of the roles may have a callback run.

    Args:
        roles: Of whoever asks.
        output: As Dash writes it: id.property, several between dots, a hash after an @.
    """
    first = output.strip(".").split("...")[0].split("@")[0]
    return not CALLBACKS.get(first, frozenset[Role]()).isdisjoint(roles)


def may_enter(roles: Collection[Role], path: str) -> bool:
    """Whether one of the roles opens an address; an address without a room opens to nobody."""
    room = next((room for room in ROOMS if room.holds(path)), None)
    return room is not None and not room.roles.isdisjoint(roles)


def is_room(path: str) -> bool:
    """Whether an address has data behind it."""
    return any(room.holds(path) for room in ROOMS)
