"""Addresses of the pages: what a path and its query ask for, and how to link to it.

The address is the only state of a page, so that every view can be sent to somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qs, quote, urlencode

from reports_app.campaign import UNKNOWN, CampaignFilter
from reports_app.texts import Language, Texts, language_of

CAMPAIGN_PATH = "/"
CAMPAIGN_FILES = "/campaign."
"""Before the kind of file that the campaign's figures are taken away as."""

LIST_PATH = "/list"
LIST_FILES = "/list."
"""Before the kind of file that a list is taken away as."""

EXAM_PATH = "/exam/"
NIGHTS_PATH = "/nights"
QUALITY_PATH = "/quality"
CLASSIFY_PATH = "/classify"
MODELS_PATH = "/models"
EVALUATIONS_PATH = "/evaluations"
DATA_SETS_PATH = "/data-sets"
WHAT_IF_PATH = "/what-if"

UNKNOWN_IN_ADDRESS = "?"
"""An unknown site or manufacturer in an address, where an empty value would be dropped."""


@dataclass(frozen=True)
class Address:
    """A page's path and query.

    Args:
        query: Each name with its values, in the order of the address.
    """

    path: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @classmethod
    def parse(cls, path: str | None, search: str | None) -> "Address":
        """Read the browser's path and search; what is missing is the campaign page."""
        values = parse_qs((search or "").removeprefix("?"), max_num_fields=50)
        return cls(
            path or CAMPAIGN_PATH, {name: tuple(given) for name, given in values.items()}
        )

    def first(self, name: str) -> str | None:
        """The first value of a name."""
        return next(iter(self.query.get(name, ())), None)

    @property
    def texts(self) -> Texts:
        """The texts of the language that the address asks for."""
        return Texts(self.language)

    @property
    def language(self) -> Language:
        """The language that the address asks for."""
        return language_of(self.first("lang"))

    def day(self, name: str) -> date | None:
        """A day of the query; None where it is missing or not a day."""
        try:
            return date.fromisoformat(self.first(name) or "")
        except ValueError:
            return None

    @property
    def campaign_filter(self) -> CampaignFilter:
        """The part of the campaign that the address asks for."""
        sites, manufacturers, age_bands, comunas = (
            tuple(
                UNKNOWN if value == UNKNOWN_IN_ADDRESS else value
                for value in self.query.get(name, ())
            )
            for name in ("site", "manufacturer", "age", "comuna")
        )
        return CampaignFilter(
            self.day("from"), self.day("to"), sites, manufacturers, age_bands, comunas
        )

    @property
    def search(self) -> str:
        """The query as the browser's search, with its question mark."""
        pairs = [
            (name, value) for name, values in self.query.items() for value in values if value
        ]
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def href(self) -> str:
        """The address as a link."""
        return self.path + self.search

    def having(self, **changes: str | tuple[str, ...] | None) -> "Address":
        """The same page with some values of the query replaced, or removed by None."""
        query = dict(self.query)
        for name, value in changes.items():
            query[name] = () if value is None else (value,) if isinstance(value, str) else value
        return Address(self.path, {name: values for name, values in query.items() if values})

    def to(self, path: str) -> "Address":
        """Another page in the same language."""
        return Address(path).having(lang=self.first("lang"))

    def to_exam(self, exam_key: str) -> "Address":
        """An exam's page in the same language."""
        return self.to(EXAM_PATH + quote(exam_key, safe=""))
