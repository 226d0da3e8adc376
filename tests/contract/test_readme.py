"""What the README and the documents say, against what is there."""

import re
import shlex
from pathlib import Path

import pytest
from typer import Context
from typer.main import get_group

from flows.cli import app
from tests.support.servers import ROOT

README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(program: str) -> list[list[str]]:
    """Arguments of each call of a program in the README's sh blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [
        shlex.split(line, comments=True) for block in blocks for line in block.splitlines()
    ]
    return [line[1:] for line in lines if line[:1] == [program]]


def links() -> list[tuple[Path, str]]:
    """Document and target of each link and image that stays in this repository."""
    found = [
        (document, target)
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    ]
    return [(document, target) for document, target in found if "://" not in target]


@pytest.mark.parametrize("arguments", commands("make"), ids=" ".join)
def test_every_make_command_is_a_target_with_its_line_of_help(arguments):
    [target] = arguments
    assert re.search(rf"^{target}:.*## \w", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("arguments", commands("mammo"), ids=" ".join)
def test_every_mammo_command_takes_its_options(arguments):
    command, options = get_group(app), list(arguments)
    while hasattr(command, "commands"):
        command = command.commands[options.pop(0)]
    _, left_over, _ = command.make_parser(Context(command)).parse_args(options)
    assert left_over == []


@pytest.mark.parametrize(
    ("document", "target"), links(), ids=lambda part: getattr(part, "name", part)
)
def test_every_link_and_image_leads_somewhere(document, target):
    file_name, _, anchor = target.partition("#")
    file = document.parent / file_name if file_name else document
    assert file.exists(), f"{document.name} points to {target}."
    assert not anchor or anchor in anchors(file)


def anchors(file: Path) -> list[str]:
    """Anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return [heading.replace(" ", "-") for heading in kept]


def test_every_folder_of_the_map_exists():
    whole_map = README.split("## Map")[1].split("\n## ")[0]
    folders = re.findall(r"^\| `([^`]+)/` \|", whole_map, re.MULTILINE)
    assert len(folders) >= 6
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
