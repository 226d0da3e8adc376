"""The words and number formats of the pages, in Spanish (es-CL, the default) and English.

Each text is declared once, with both languages side by side; an unknown key is an error.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from reports_app.texts.campaign import CAMPAIGN
from reports_app.texts.catalogue import Text
from reports_app.texts.classify import CLASSIFY
from reports_app.texts.codes import CODES
from reports_app.texts.comparison import COMPARISON
from reports_app.texts.decision import DECISION
from reports_app.texts.evaluation import EVALUATION
from reports_app.texts.exam import EXAM
from reports_app.texts.grid import GRID
from reports_app.texts.indicators import INDICATORS
from reports_app.texts.models import MODELS
from reports_app.texts.nights import NIGHTS
from reports_app.texts.priority_list import PRIORITY_LIST
from reports_app.texts.quality import QUALITY
from reports_app.texts.reports import REPORTS
from reports_app.texts.shell import SHELL
from reports_app.texts.sign_in import SIGN_IN
from reports_app.texts.viewer import VIEWER
from reports_app.texts.what_if import WHAT_IF

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")

TIMEZONE = ZoneInfo("America/Santiago")

TEXTS: dict[str, Text] = (
    SHELL
    | SIGN_IN
    | CAMPAIGN
    | PRIORITY_LIST
    | EXAM
    | VIEWER
    | DECISION
    | CLASSIFY
    | QUALITY
    | INDICATORS
    | NIGHTS
    | CODES
    | GRID
    | COMPARISON
    | MODELS
    | EVALUATION
    | REPORTS
    | WHAT_IF
)

NO_VALUE = "\N{EN DASH}"
_SEPARATORS: dict[Language, dict[int, str]] = {
    "es": str.maketrans({",": ".", ".": ","}),
    "en": str.maketrans({}),
}
_DATE_FORMATS: dict[Language, str] = {"es": "%d-%m-%Y", "en": "%Y-%m-%d"}


def language_of(value: str | None) -> Language:
    """The language that an address asks for; Spanish where it names none that is known."""
    return value if value in LANGUAGES else "es"


@dataclass(frozen=True)
class Texts:
    """The texts of one language."""

    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, its placeholders filled."""
        text = TEXTS[key]
        return (text.es if self.language == "es" else text.en).format(**values)

    def code(self, kind: str, value: str | None) -> str:
        """The words for a stored code, such as ("reason", "not_dicom").

        A code that no text knows, such as a view that is not of screening, is shown as it is.
        """
        if value is None:
            return self("code.unknown")
        key = f"{kind}.{value}"
        return self(key) if key in TEXTS else value

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number in the language's notation; a dash where there is none."""
        if value is None:
            return NO_VALUE
        return f"{value:,.{decimals}f}".translate(_SEPARATORS[self.language])

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """A share of 0-1 as a percentage, with a no-break space."""
        if share is None:
            return NO_VALUE
        return f"{self.number(100 * share, decimals)}\N{NO-BREAK SPACE}%"

    def day_and_month(self, day: date) -> str:
        """A day without its year, in numbers, for the head of a column."""
        return day.strftime(self.plotly_date_format)

    def rate(self, share: float | None, scale: int) -> str:
        """A share of 0-1 per hundred or per thousand, with its unit."""
        if share is None or scale == 100:
            return self.percent(share)
        return f"{self.number(scale * share, 1)} {self('unit.per_1000')}"

    def date(self, day: date | None) -> str:
        """A day: 24-11-2026 in Spanish, 2026-11-24 in English."""
        return NO_VALUE if day is None else day.strftime(self.date_format)

    @property
    def date_format(self) -> str:
        """The format of a day, as strftime takes it."""
        return _DATE_FORMATS[self.language]

    def moment(self, moment: datetime | None) -> str:
        """A moment on the clock of Santiago, to the minute."""
        if moment is None:
            return NO_VALUE
        local = moment.astimezone(TIMEZONE)
        return f"{self.date(local.date())} {local:%H:%M}"

    @property
    def plotly_date_format(self) -> str:
        """The format of day and month on an axis, in numbers: no locale file is needed."""
        return "%d-%m" if self.language == "es" else "%m-%d"

    @property
    def plotly_separators(self) -> str:
        """Decimal and thousands separators, as Plotly's layout takes them."""
        return ",." if self.language == "es" else ".,"
