"""The texts: both languages complete, every stored code in words, numbers in each notation."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from reports_app.texts import TEXTS, Texts, language_of
from tasks.errors import RejectionReason
from tasks.publish.accounting import STATES

ES, EN = Texts("es"), Texts("en")
APP = Path(__file__).parents[3] / "reports_app"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_says_the_same_in_both_languages(key):
    text = TEXTS[key]
    assert text.es.strip()
    assert text.en.strip()
    assert placeholders(text.es) == placeholders(text.en)


def test_no_key_is_declared_twice():
    keys = [
        key
        for path in (APP / "texts").glob("*.py")
        for key in re.findall(
            r'^    "([a-z_A-Z0-9.]+)": Text\(', path.read_text(), re.MULTILINE
        )
    ]
    assert len(keys) == len(set(keys))


def test_every_key_that_a_page_names_exists():
    used = {
        key
        for path in APP.rglob("*.py")
        for key in re.findall(r'\bt\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text())
    }
    assert used
    assert used <= TEXTS.keys()


@pytest.mark.parametrize("reason", RejectionReason)
def test_every_rejection_reason_has_words(reason):
    assert f"reason.{reason.value}" in TEXTS


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_words(state):
    assert f"state.{state}" in TEXTS


def test_an_unknown_code_is_shown_as_it_is_and_none_as_unknown():
    assert ES.code("view", "XCCL") == "XCCL"
    assert ES.code("site", None) == "Sin dato"


def test_numbers_follow_the_notation_of_the_language():
    assert ES.number(1234.5, 1) == "1.234,5"
    assert EN.number(1234.5, 1) == "1,234.5"
    assert ES.number(None) == "\N{EN DASH}"


def test_percentages_keep_their_sign_on_the_line():
    assert ES.percent(0.051) == "5,1\N{NO-BREAK SPACE}%"


def test_dates_follow_the_language():
    assert ES.date(date(2026, 11, 24)) == "24-11-2026"
    assert EN.date(date(2026, 11, 24)) == "2026-11-24"


def test_moments_are_on_the_clock_of_santiago():
    assert ES.moment(datetime(2026, 11, 24, 2, 30, tzinfo=UTC)) == "23-11-2026 23:30"


@pytest.mark.parametrize(
    ("asked", "given"), [("en", "en"), ("es", "es"), ("fr", "es"), (None, "es")]
)
def test_spanish_is_the_default(asked, given):
    assert language_of(asked) == given
