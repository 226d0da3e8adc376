"""docs/tables.md against the declarations."""

from pathlib import Path

from tasks.lake.documentation import page
from tasks.lake.schemas import TABLES


def test_the_page_is_the_one_in_docs():
    stored = Path(__file__).parents[4] / "docs" / "tables.md"
    assert stored.read_text() == page(), (
        "Run: python -m tasks.lake.documentation > docs/tables.md"
    )


def test_every_column_is_on_the_page():
    lines = page().splitlines()
    for table in TABLES:
        for column in table.columns:
            assert any(f"`{column.name}`" in line and column.meaning in line for line in lines)
