"""Parsers of hostile bytes let out nothing but what they state."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.parsers import TARGETS, parse, seeds
from tests.support.servers import ROOT

FUZZ_S = 1800
SEEDS = seeds()
LIES = [b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xd8", b"SQ"]

patches = st.lists(
    st.tuples(
        st.integers(0, 1 << 13), st.one_of(st.sampled_from(LIES), st.binary(max_size=12))
    ),
    max_size=6,
)


def test_each_parser_has_sound_seeds():
    parsed = {seed[0] % len(TARGETS) for seed in SEEDS if parse(seed) == "parsed"}
    assert parsed >= {0, 1, 3, 4, 5}


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(seed=st.sampled_from(SEEDS), changes=patches, n_cut=st.integers(0, 2000))
def test_damaged_seeds_end_in_a_stated_way(seed, changes, n_cut):
    data = bytearray(seed)
    for at, patch in changes:
        place = 1 + at % (len(data) - 1)
        data[place : place + len(patch)] = patch
    assert parse(bytes(data[: max(1, len(data) - n_cut)]))


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=600))
def test_anything_at_all_ends_in_a_stated_way(data):
    assert parse(data)


@pytest.mark.long
@pytest.mark.timeout(FUZZ_S + 600)
def test_half_an_hour_of_fuzzing_finds_nothing(tmp_path: Path):
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("There is no atheris for this Python: `make fuzz` says why.")
    command = [sys.executable, "-m", "tests.support.fuzz", str(FUZZ_S), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done " in done.stderr
