"""Conformance cases of every transfer syntax, at the bits and signs that it may hold."""

from collections.abc import Iterator
from functools import partial

from pydicom import uid

from tasks.preprocess.codecs import CODECS
from tasks.synthetic.conformance import Case, rejected
from tasks.synthetic.conformance_picture import picture_bytes
from tasks.synthetic.encoding import ENCODERS, LOSSY_ENCODERS

RAW = (
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
)
_TOLERANCES = {8: 3, 12: 1, 16: 1}
"""By bits: 8 of them are no finer than the network input."""
_LOSS = 4


def syntax_cases() -> Iterator[Case]:
    """The cases of every transfer syntax."""
    for syntax in (*RAW, *ENCODERS):
        for bits, is_signed in ((12, False), (12, True), (16, False), (8, False)):
            yield _case(syntax, bits, _TOLERANCES[bits], is_signed=is_signed)
    for syntax in LOSSY_ENCODERS:
        bits = 8 if syntax == uid.JPEGBaseline8Bit else 12
        yield _case(syntax, bits, _LOSS, is_signed=False)
    yield Case(
        "any",
        "syntaxes",
        "JPIP Referenced, whose pixels lie elsewhere",
        _jpip,
        rejected("transfer_syntax_unsupported", decoder=None),
    )


def _case(syntax: uid.UID, bits: int, tolerance: int, *, is_signed: bool) -> Case:
    centre = 0 if is_signed else 1 << (bits - 1)
    build = partial(
        picture_bytes,
        is_signed=is_signed,
        transfer_syntax_uid=syntax,
        BitsStored=bits,
        WindowCenter=centre,
        WindowWidth=1 << bits,
    )
    sign = "signed" if is_signed else "unsigned"
    expected = {
        "transfer_syntax_uid": syntax,
        "decoder": CODECS[syntax].name,
        "bits_stored": bits,
        "is_signed": is_signed,
    }
    return Case(
        "any", "syntaxes", f"{syntax.name}, {bits} bits {sign}", build, expected, tolerance
    )


def _jpip() -> bytes:
    """A file that names a transfer syntax without decoder."""
    data = picture_bytes(transfer_syntax_uid=uid.JPEGLosslessSV1)
    return data.replace(uid.JPEGLosslessSV1.encode(), b"1.2.840.10008.1.2.4.94", 1)
