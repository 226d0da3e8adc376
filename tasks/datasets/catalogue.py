"""The published data sets that can be imported, by name.

It refuses an unknown name with the list of the known ones.
"""

from types import ModuleType

from tasks.datasets import (
    cbis_ddsm,
    cbis_mass_patches,
    cdd_cesm,
    cmmd,
    inbreast,
    masses,
    mini_mias,
    rsna,
    vindr_mammo,
)
from tasks.datasets.records import Card
from tasks.errors import Misconfigured

_IMPORTERS: tuple[ModuleType, ...] = (
    mini_mias,
    cbis_ddsm,
    cbis_mass_patches,
    cdd_cesm,
    vindr_mammo,
    masses,
    inbreast,
    rsna,
    cmmd,
)
"""Each has a `CARD` and a function `read(source)`."""

IMPORTERS = {module.CARD.name: module for module in _IMPORTERS}


def find_importer(name: str) -> ModuleType:
    """The module of a data set.

    Raises:
        Misconfigured: If there is none of that name.
    """
    if name not in IMPORTERS:
        raise Misconfigured(f"No data set {name!r}: choose one of {', '.join(IMPORTERS)}.")
    return IMPORTERS[name]


def describe_licence(card: Card) -> str:
    """What whoever imports a set accepts, to be shown before."""
    kind = "digitised film" if card.is_film else "digital mammography"
    return f"{card.title}, {kind}\nLicence: {card.licence}\n{card.terms}\nCite: {card.citation}"
