"""A comparison of two model versions as a page and as Markdown, to be sent and kept.

Both are drawn from the tree that comparison.json holds; nothing is fetched from anywhere.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports_app.comparison_sections import comparison_facts, comparison_sections
from reports_app.evaluation.figures import figure_html
from reports_app.evaluation.views import Grid, Section
from reports_app.texts import Language, Texts

Tree = Mapping[str, Any]
_TEMPLATES = Path(__file__).parent / "templates"


def render_comparison(report: Tree, language: Language = "en") -> str:
    """The comparison as one self-contained page."""
    t = Texts(language)
    sections = comparison_sections(report, t)
    is_first = iter([True])
    drawn = [
        [figure_html(plot, with_library=next(is_first, False)) for plot in section.plots]
        for section in sections
    ]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("comparison.html.jinja").render(
        title=_title(report, t),
        language=language,
        report={"notice": t("comparison.notice")},
        facts=comparison_facts(report, t),
        sections=sections,
        drawn=drawn,
    )


def comparison_markdown(report: Tree, language: Language = "en") -> str:
    """The comparison's notes and tables as Markdown."""
    t = Texts(language)
    facts = [f"- {name}: {value}" for name, value in comparison_facts(report, t)]
    parts = [f"# {_title(report, t)}", t("comparison.notice"), "\n".join(facts)]
    for section in comparison_sections(report, t):
        parts += _section_markdown(section)
    return "\n\n".join(parts) + "\n"


def _title(report: Tree, t: Texts) -> str:
    versions = (report["model_version"], report["against_version"])
    return t("comparison.title", candidate=versions[0], serving=versions[1])


def _section_markdown(section: Section) -> list[str]:
    tables = [_grid_markdown(grid) for grid in section.grids]
    return [f"## {section.title}", *section.notes, *tables]


def _grid_markdown(grid: Grid) -> str:
    """A table; a bar within a cell would part it."""
    rows = [grid.header, ["---", *["---:"] * (len(grid.header) - 1)], *grid.rows]
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    head = [f"### {grid.title}", ""] if grid.title else []
    return "\n".join([*head, *lines])
