"""The conformance set, case by case, and its page."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from flows.conformance import page
from tasks.ingest import conformance
from tasks.ingest.conformance import run_case
from tasks.ingest.inspection import FACTS
from tasks.preprocess.codecs import CODECS
from tasks.synthetic.conformance_cases import CASES
from tasks.synthetic.conformance_vendors import VENDORS


@pytest.mark.parametrize(
    "number",
    range(len(CASES)),
    ids=lambda number: f"{CASES[number].vendor}: {CASES[number].title}",
)
def test_a_case_is_as_declared(number: int) -> None:
    assert run_case(number).differences == ()


def test_the_set_holds_every_vendor_and_syntax_and_no_case_twice() -> None:
    assert len(CASES) >= 120
    assert set(VENDORS) < {case.vendor for case in CASES}
    assert set(CODECS) <= {case.expected.get("transfer_syntax_uid") for case in CASES}
    names = Counter((case.vendor, case.group, case.title) for case in CASES)
    assert [name for name, n in names.items() if n > 1] == []
    assert all(set(case.expected) <= set(FACTS) for case in CASES)


def test_a_case_that_is_not_as_declared_is_told(monkeypatch) -> None:
    wrong = replace(CASES[0], expected={"view_position": "MLO"}, tolerance=-1)
    monkeypatch.setattr(conformance, "CASES", (wrong,))
    first, second = run_case(0).differences
    assert first == "view_position is CC, not MLO"
    assert second.startswith("a pixel is off by")


def test_the_page_in_docs_is_the_set() -> None:
    stored = Path(__file__).parents[4] / "docs" / "conformance.md"
    assert stored.read_text() == page(), (
        "Run: python -m flows.conformance > docs/conformance.md"
    )
