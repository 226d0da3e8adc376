"""docs/runbook.md against the alarms and the sentences that stand in the source."""

import re

import pytest

from flows.alarms import ALARMS
from tests.support.sentences import sentences
from tests.support.servers import ROOT

PAGE = (ROOT / "docs" / "runbook.md").read_text()
ROWS = re.findall(r"^\| `{1,2} ?(.+?) ?`{1,2} \|", PAGE, re.MULTILINE)
SETTING = "SMART_MAMMO_…: …"
"""Made of a name and pydantic's sentence: its source has nothing to compare."""


def as_pattern(row: str) -> re.Pattern[str]:
    return re.compile(r".*".join(re.escape(part) for part in row.split("…")))


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_each_alarm_has_its_entry_with_what_to_do_and_when_it_is_over(alarm):
    [entry] = re.findall(rf"^## {alarm.name}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    assert [
        word for word in ("**Means.**", "**Do.**", "**Over when**") if word not in entry
    ] == []


def test_each_failure_sentence_of_a_night_has_its_row():
    patterns = [as_pattern(row) for row in ROWS]
    without = {
        sentence: place
        for sentence, place in sentences().items()
        if sentence.strip("….() got") and not any(one.match(sentence) for one in patterns)
    }
    assert without == {}, "a sentence without its row in docs/runbook.md"


@pytest.mark.parametrize("row", sorted(set(ROWS) - {SETTING}))
def test_each_row_is_a_sentence_of_the_source(row):
    assert any(as_pattern(row).match(sentence) for sentence in sentences())


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_each_test_that_is_said_to_walk_it_exists(path):
    assert (ROOT / path).exists()
