"""What bombs are made of: a small mammogram, its start, its frame, and places to cut it."""

import struct
from functools import cache
from io import BytesIO

from pydicom import dcmread, dcmwrite
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tasks.synthetic.dicom import build_mammogram_bytes
from tasks.synthetic.encoding import ENCODERS
from tests.support.mammograms import draw_breast

STORED = draw_breast(64, 48)
UNDEFINED = 0xFFFFFFFF
ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)


@cache
def whole_file(syntax: UID = ExplicitVRLittleEndian) -> bytes:
    return build_mammogram_bytes(STORED, transfer_syntax_uid=syntax)


def file_start(syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """A file's start up to its data set."""
    data = whole_file(syntax)
    return data[: 144 + int.from_bytes(data[140:144], "little")]


def data_set() -> bytes:
    return whole_file()[len(file_start()) :]


def find_pixels() -> int:
    return data_set().rindex(struct.pack("<HH", 0x7FE0, 0x0010))


def insert_before(tag: tuple[int, int], inserted: bytes) -> bytes:
    """A mammogram with bytes in front of an element."""
    at = whole_file().index(struct.pack("<HH", *tag), len(file_start()))
    return whole_file()[:at] + inserted + whole_file()[at:]


def write_element(group: int, element: int, vr: bytes, value: bytes, length: int = -1) -> bytes:
    n_bytes = len(value) if length < 0 else length
    return struct.pack("<HH2sHI", group, element, vr, 0, n_bytes) + value


def with_value(group: int, element: int, value: bytes) -> bytes:
    """A mammogram in implicit VR, where any value may be long."""
    data = whole_file(ImplicitVRLittleEndian)
    at = data.index(struct.pack("<HH", group, element), 132)
    (length,) = struct.unpack_from("<I", data, at + 4)
    written = struct.pack("<HHI", group, element, len(value)) + value
    return data[:at] + written + data[at + 8 + length :]


def with_frame(syntax: UID, frame: bytes, rows: int = 64, columns: int = 48) -> bytes:
    """A mammogram whose frame is replaced."""
    dataset = dcmread(BytesIO(whole_file(syntax)))
    dataset.Rows, dataset.Columns = rows, columns
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


@cache
def encoded_frame(syntax: UID) -> bytes:
    return ENCODERS[syntax](STORED, 12)
