"""Where no night has run, a command that tells of nights says so and writes nothing."""

import sys

import pytest

from flows.cli import main

TELLING = {
    "list": ["list", "--out", "out.csv"],
    "statistics": ["statistics", "--out", "out.csv"],
    "campaign": ["report", "campaign", "--out", "out.pdf"],
    "exam": ["report", "exam", "0123abcd", "--out", "out.pdf"],
    "sr": ["sr", "0123abcd", "--out", "out", "--reason", "a test"],
    "calibrate": ["calibrate"],
    "evaluate": ["evaluate", "--from-lake", "--out", "out"],
    "audit": ["audit"],
}


@pytest.mark.parametrize("arguments", TELLING.values(), ids=TELLING)
def test_it_says_where_it_looked_and_what_to_set(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMART_MAMMO_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "argv", ["mammo", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"There is no lake at {tmp_path / 'nowhere' / 'lake'}: set SMART_MAMMO" in said
    assert list(tmp_path.iterdir()) == []
