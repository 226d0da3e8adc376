"""The pins against the dependencies that they are pins of."""

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.servers import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEPENDENCIES = [
    Requirement(line)
    for lines in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for line in lines
]


def pins(file_name: str) -> dict[str, Requirement]:
    """Requirements of a constraints file by canonical name."""
    lines = (line.split("#")[0].strip() for line in (ROOT / file_name).read_text().splitlines())
    found = [Requirement(line) for line in lines if line]
    by_name = {str(canonicalize_name(pin.name)): pin for pin in found}
    assert len(by_name) == len(found), f"{file_name} pins a package twice."
    return by_name


@pytest.fixture(scope="module")
def pinned() -> dict[str, Requirement]:
    return pins("constraints.txt")


@pytest.mark.parametrize("dependency", DEPENDENCIES, ids=str)
def test_every_dependency_is_pinned_within_its_bounds(dependency, pinned):
    pin = pinned[canonicalize_name(dependency.name)]
    [exact] = pin.specifier
    assert dependency.specifier.contains(exact.version)


@pytest.mark.parametrize("file_name", ["constraints.txt", "constraints-triton.txt"])
def test_every_pin_names_one_version(file_name):
    for pin in pins(file_name).values():
        assert [part.operator for part in pin.specifier] == ["=="], str(pin)
