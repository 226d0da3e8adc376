"""Preambles that make a file a program are told, and nothing of them passes."""

import pytest

from tests.support.headers import mammogram, read_bytes

PREAMBLES = {
    "PE": b"MZ\x90\0",
    "ELF": b"\x7fELF\x02\x01\x01",
    "Mach-O": b"\xcf\xfa\xed\xfe\x07\0\0\x01",
    "fat Mach-O": b"\xca\xfe\xba\xbe\0\0\0\x02",
    "HTML": b"<!DOCTYPE html><script>alert(1)</script>",
    "page": b"  <HTML>",
    "TIFF": b"II*\0\x08\0\0\0",
    "big-endian TIFF": b"MM\0*\0\0\0\x08",
    "script": b"#!/bin/sh\n",
}


def with_preamble(preamble: bytes, data: bytes | None = None) -> bytes:
    return preamble.ljust(128, b"\0") + (data or mammogram())[128:]


@pytest.mark.parametrize("preamble", PREAMBLES.values(), ids=PREAMBLES)
def test_it_is_told_and_the_image_is_read_all_the_same(preamble):
    result = read_bytes(with_preamble(preamble))
    assert result.detail is not None
    assert "preamble" in result.detail
    assert result.reason is None
    assert result.instance == read_bytes(mammogram()).instance


def test_it_is_told_beside_a_reason():
    result = read_bytes(with_preamble(b"MZ", mammogram(Modality="CT")))
    assert "Modality" in str(result.detail)
    assert "PE" in str(result.detail)


def test_nothing_of_a_preamble_is_repeated():
    result = read_bytes(with_preamble(b"<html>12.345.678-5"))
    assert "12.345" not in f"{result.detail}{result.instance}"


@pytest.mark.parametrize("preamble", [b"", b"anything else", b"\0" * 128])
def test_an_ordinary_preamble_is_not_mentioned(preamble):
    assert read_bytes(with_preamble(preamble)).detail is None
