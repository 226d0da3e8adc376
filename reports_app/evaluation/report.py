"""An evaluation as a page to read, a document to send, and a card to keep with the model.

All three are drawn from the tree that evaluation.json holds; nothing is fetched from anywhere.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports_app.evaluation.answers import FIRST_FACTS, answers_of, facts_of
from reports_app.evaluation.calibration import calibration
from reports_app.evaluation.cases import failures, repeatability, subgroups
from reports_app.evaluation.comparisons import comparisons, readers
from reports_app.evaluation.figures import figure_html
from reports_app.evaluation.localisation import external, localisation
from reports_app.evaluation.rule_out import rule_out
from reports_app.evaluation.sections import discrimination, operating_points
from reports_app.evaluation.views import Axis, Grid, Plot, Section
from reports_app.evaluation.work import decision, triage
from reports_app.texts.evaluation_checklist import ITEMS, answer

Tree = dict[str, Any]
FORMAT = 2
"""Of evaluation.json: a page shows what has it."""

NOT_HERE = "Not in this report"
"""Names the section on what could not be shown, and why."""

_TEMPLATES = Path(__file__).parent.parent / "templates"
_SECTIONS = (
    discrimination,
    operating_points,
    calibration,
    triage,
    rule_out,
    decision,
    comparisons,
    readers,
    subgroups,
    repeatability,
    localisation,
    external,
    failures,
)


def build_sections(report: Tree) -> list[Section]:
    """Every section of a report, in reading order; what it lacks stands together at the end."""
    built = [build(report) for build in _SECTIONS]
    lacking = [f"{one.title}: {' '.join(one.notes)}" for one in built if one.is_missing]
    full = [section for section in built if not section.is_missing]
    return [*full, *([Section(NOT_HERE, lacking)] if lacking else [])]


def build_checklist(report: Tree) -> Grid:
    """CLAIM 2024 and TRIPOD+AI, an answer to every item."""
    answers = answers_of(report)
    rows = [[item.claim, item.tripod, item.asks, answer(item, answers)] for item in ITEMS]
    return Grid("", ["CLAIM", "TRIPOD+AI", "Item", "Answer"], rows, is_text=True)


def render_html(report: Tree) -> str:
    """The whole report as one self-contained page."""
    sections = build_sections(report)
    is_first = iter([True])
    drawn = [
        [figure_html(plot, with_library=next(is_first, False)) for plot in section.plots]
        for section in sections
    ]
    facts = facts_of(report)
    return _render(
        "evaluation.html.jinja",
        report,
        sections=sections,
        drawn=drawn,
        facts=[fact for fact in facts if fact[0] in FIRST_FACTS],
        provenance=[fact for fact in facts if fact[0] not in FIRST_FACTS],
    )


def render_model_card(report: Tree) -> str:
    """The model card, in Markdown."""
    return _render("model_card.md.jinja", report, sections=build_sections(report))


def render_pdf(report: Tree) -> bytes:
    """The report as an A4 document."""
    content = {
        "title": _title(report),
        "notice": report["notice"],
        "made_at": report["made_at"],
        "facts": facts_of(report),
        "sections": [_section_data(section) for section in build_sections(report)],
        "checklist": asdict(build_checklist(report)),
    }
    return typst.compile(
        (_TEMPLATES / "evaluation.typ").read_bytes(),
        sys_inputs={"report": json.dumps(content)},
        format="pdf",
    )


def _section_data(section: Section) -> Tree:
    return asdict(section) | {"plots": [_plot_data(plot) for plot in section.plots]}


def _plot_data(plot: Plot) -> Tree:
    return asdict(plot) | {"x": _axis_data(plot.x), "y": _axis_data(plot.y)}


def _axis_data(axis: Axis) -> Tree:
    return {
        "label": axis.label,
        "ticks": list(axis.ticks),
        "texts": [axis.tick_text(value) for value in axis.ticks],
    }


def _title(report: Tree) -> str:
    return f"Evaluation of {report['about'].get('model_name', report['data']['file'])}"


def _render(template: str, report: Tree, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(
        **{
            "title": _title(report),
            "report": report,
            "facts": facts_of(report),
            "checklist": build_checklist(report),
            **values,
        }
    )
