"""The log of a night: one record is one line, whatever it quotes."""

import io
import json
import logging
import subprocess
import sys

import pytest

from tasks.logs import ROOM, configure_logs, ensure_logs
from tests.support.servers import ROOT

KEY = "a/b\r\n2026-11-26 ERROR forged\x1b[2J\u2028.dcm"


def written(log_format, message: str, *values: object, **more: object) -> str:
    handler = configure_logs(log_format)
    stream = io.StringIO()
    handler.setStream(stream)
    logging.getLogger(f"{ROOM}.night").warning(message, *values, extra=more)
    return stream.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_key_forges_no_line(log_format):
    text = written(log_format, "%s cannot be read", KEY, object_key=KEY)
    assert len(text.splitlines()) == 1
    assert text.removesuffix("\n").isprintable()


def test_a_record_keeps_its_facts_as_json():
    line = json.loads(written("json", "read: %d", 3, step="read", headers=3))
    facts = {"level": "WARNING", "logger": f"{ROOM}.night", "message": "read: 3"}
    assert line.items() >= {**facts, "step": "read", "headers": 3}.items()
    assert line["at"].startswith("20")


def test_progress_has_no_lines():
    handler = configure_logs("json")
    assert not handler.filter(logging.makeLogRecord({"name": f"{ROOM}.progress"}))


def test_it_is_configured_once():
    handlers = [configure_logs("text"), configure_logs("json")]
    assert [one for one in handlers if one in logging.getLogger(ROOM).handlers] == handlers[1:]


WORKER = """
from datetime import UTC, date, datetime
from tasks.run import Run
from tasks.telemetry import Telemetry
run = Run("0" * 32, date(2026, 11, 26), datetime.now(UTC))
for name in ("preprocess", "score"):
    with Telemetry(None, {log_format!r}).step(name, run, exams=2) as told:
        told["images"] = 8
"""


@pytest.mark.parametrize(
    ("log_format", "steps"), [("json", ["preprocess", "score"]), ("text", [])]
)
def test_a_worker_tells_its_steps_as_the_night_does(log_format, steps):
    command = [sys.executable, "-c", WORKER.format(log_format=log_format)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["step"] for line in lines] == steps
    assert all(line["images"] == 8 for line in lines)


def test_a_process_that_has_a_log_keeps_it():
    handler = configure_logs("text")
    ensure_logs("json")
    assert handler in logging.getLogger(ROOM).handlers
