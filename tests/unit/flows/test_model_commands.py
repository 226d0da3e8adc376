"""`mammo model` as somebody meets it first: each wrong word is answered by a sentence."""

import shutil
import sys

import pytest

from flows.cli import main
from models.contract import MODEL_NAME
from tests.support.servers import MODEL_REPOSITORY


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Run a command over a repository of one version; its exit code and what it said."""
    repository = tmp_path / "repository"
    shutil.copytree(
        MODEL_REPOSITORY / MODEL_NAME / "1", repository / MODEL_NAME / "1", symlinks=True
    )
    monkeypatch.setenv("SMART_MAMMO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SMART_MAMMO_MODEL_REPOSITORY", str(repository))

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["mammo", "model", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        written = capsys.readouterr()
        return int(stopped.value.code or 0), written.out + written.err

    return run


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["list"], 0, "1  serving"),
        (["verify", "9"], 1, "There is no version 9 in"),
        (["compare", "9"], 1, "`mammo model list` shows those there are"),
        (["promote", "one"], 1, "There is no version one in"),
        (["promote", "1"], 2, "Version 1 is served already"),
        (["compare", "1"], 2, "Version 1 is the one that is served: name another"),
        (["rollback"], 2, "Version 1 is the first that was served"),
        (["package", "nowhere", "--version", "1"], 2, "Version 1 is taken"),
    ],
)
def test_each_command_answers_in_a_sentence(say, arguments, code, words):
    answered, said = say(*arguments)
    assert answered == code
    assert words in said
    assert "Traceback" not in said


def test_without_a_version_the_list_says_where_it_looked(say, tmp_path, monkeypatch):
    empty = tmp_path / "empty"
    monkeypatch.setenv("SMART_MAMMO_MODEL_REPOSITORY", str(empty))
    code, said = say("list")
    assert code == 0
    assert f"There is no version in {empty}: `mammo model package RUN` makes one" in said
    assert say("list", "--json") == (0, "[]\n")
