"""One tiny frame of each compressed transfer syntax, to show at start that its decoder works.

Made once by other people's encoders and stored as text; it decodes nothing itself.
"""

from base64 import b64decode
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate

ROWS, COLUMNS = 16, 8


@dataclass(frozen=True)
class CodecSample:
    """A frame of `sample_values`.

    Args:
        transfer_syntax_uid: Of the frame.
        frame: Base64; empty for a syntax that stores values as they are.
        bits: Bits Stored; of fewer than 12, the values' lowest are left out.
        tolerance: Greatest difference of a decoded value; 0 for a lossless syntax.
    """

    transfer_syntax_uid: uid.UID
    frame: str = ""
    bits: int = 12
    tolerance: int = 0

    @property
    def values(self) -> NDArray[np.uint16]:
        """[ROWS, COLUMNS] as they were encoded."""
        return np.right_shift(sample_values(), 12 - self.bits, dtype=np.uint16)

    def dataset(self) -> Dataset:
        """The frame with the attributes that decoding needs."""
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = self.transfer_syntax_uid
        dataset.Rows, dataset.Columns = ROWS, COLUMNS
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated, dataset.BitsStored = (8 if self.bits == 8 else 16), self.bits
        dataset.HighBit, dataset.PixelRepresentation = self.bits - 1, 0
        dataset.PixelData = self._pixel_data()
        return dataset

    def _pixel_data(self) -> bytes:
        if self.transfer_syntax_uid.is_encapsulated:
            return encapsulate([b64decode(self.frame)])
        order = "<" if self.transfer_syntax_uid.is_little_endian else ">"
        return self.values.astype(f"{order}u2").tobytes()


def sample_values() -> NDArray[np.uint16]:
    """The 12-bit ramp that every sample holds."""
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    return (211 * rows + 53 * columns).astype(np.uint16)


_RLE = """
AgAAAEAAAACOAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPwA
/gEAAPwB/wL/AfwCAAP+AvwD/QP9BPwE/gUABPwF/wb/Bf0G/wf/BvwHAAj+B/wI/Qj9CfwJ/goACfwK/wv/CvwL
AAz+C/wM/Qz9DQcANWqf1Ak+cwfTCD1yp9wRRgem2xBFeq/kGQd5ruMYTYK37AdMgbbrIFWKvwcfVIm+8yhdkgfy
J1yRxvswZQfF+i9kmc4DOAeYzQI3bKHWCwdroNUKP3Sp3gc+c6jdEkd8sQcRRnuw5RpPhAfkGU6DuO0iVwe37CFW
i8D1KgeKv/QpXpPI/Qddksf8MWab0A==
"""
_JPEG_BASELINE = """
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQIBAQEBAQIBAQECAgICAgICAgIDAwQDAwMD
AwICAwQDAwQEBAQEAgMFBQQEBQQEBAT/wAALCAAQAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACv/EAB0QAAAG
AwEAAAAAAAAAAAAAAAAGCCElM0NE4VH/2gAIAQEAAD8AOSQ0H0wztg4GmENB9MN5r8H/2Q==
"""
_JPEG_EXTENDED = """
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQIBAQEBAQIBAQECAgICAgICAgIDAwQDAwMD
AwICAwQDAwQEBAQEAgMFBQQEBQQEBAT/wQALDAAQAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAADv/EABwQAAAG
AwAAAAAAAAAAAAAAAAAKDCk3R1Rkc//aAAgBAQAAPwA5vkOUH1DTNuBQ/PVDTAIcoPqGmbcCh+eqP//Z
"""
_JPEG_LOSSLESS = """
/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAAQAAgBAREA/8QAFwABAQEBAAAAAAAAAAAAAAAAAAgGDP/aAAgBAQAE
AADn/wDa7Xa7Xa7Xa2mAtMBaYC0wFpgLTAWmAtMBaYC0wFpgLTAWmAtMBaYD/9k=
"""
_JPEG_LOSSLESS_SV1 = """
/9j/4AAQSkZJRgABAQAAAQABAAD/wwALDAAQAAgBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABggM/9oACAEBAAEA
AM/+1atWrVq1tNq1atWrVrabVq1atWrW02rVq1atWtptWrVq1atbTatWrVq1a2m1atWrVq1tNq1atWrVrabVq1at
WrW02rVq1atWtptWrVq1atbTatWrVq1a2m1atWrVq1tNq1atWrVrabVq1atWrW02rVq1atWv/9k=
"""
_JPEG_LS = """
/9j/6AAgU1BJRkYAAgAAAQAAABAAAAAIChAGAQAAASwAAAEs/+gACAAAAAH/2P/3AAsQABAACAEBEQD/+AANAf//
ABIAQwEUAED/2gAIAQEAAAAAo0xpjTGeZZjjTaaNUaJmmSxWCNVpq9XK1WKtVI0Wk0tDOzMrImbosbEwsC+vJk6C
6uLa0srCxc9XVlZVVGiwc5mzZMmLFXuawYMF69ernMXLly5atVrlrVqxYsWKxylatWrVqlW5KpUqUqVKqchSoUKF
ChpcdddddddocZZZZZZZnP/Z
"""
_JPEG_LS_NEAR = """
/9j/6AAgU1BJRkYAAgAAAQAAABAAAAAIChAGAQAAASwAAAEs/+gACAAAAAH/2P/3AAsQABAACAEBEQD/+AANAf//
ABgATQEiAED/2gAIAQEAAgAAorE4rJydOK1SLSkpUqVIpVKlLLLDKU1MsLsLsJTUuuusssqalmua1qlpaxrGMUtL
GMWxalpYta1rUlK1rUtTJSpalqUyUKWpSlMlDMzMzBQzKyswUMqsqsFCqrKrAP/Z
"""
_JPEG_2000 = """
/0//UQApAAAAAAAIAAAAEAAAAAAAAAAAAAAACAAAABAAAAAAAAAAAAABCwEB/1IADAAAAAEAAAQEAAH/XAAEQGD/
ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAC7AAH/k9/iqBIzUtsPtYBgyzua
owSNYDIrZ5EawsMewHqdzzsMy8efSUF0VHZkKVUw6sLysNyOIFOVm8jr/dPB0WyFGxL9DEWRLvFVdojSG5n44VC0
nfsIJZJrgP4BYt4wawPGy5M18cHVbqDFjKg3SMq5YZSRHY9bvmgJCUt97ltmtvH9tGUum3UTXX+zXpa3tARq9Xq9
Xojwr8Jsu0BGrHPeInETiJxE4icROInETiJv/9k=
"""
_JPEG_2000_LOSSY = """
/0//UQApAAAAAAAIAAAAEAAAAAAAAAAAAAAACAAAABAAAAAAAAAAAAABCwEB/1IADQECAAEAAAQEAACI/1wABUJg
AP9kACUAAUNyZWF0ZWQgYnkgT3BlbkpQRUcgdmVyc2lvbiAyLjUuNP+QAAoAAAAAAKsAAf+T38U0EjNS2w+1gGDL
O5qjBI1gMitnkRrCwx7Aep3POwzLx59JQXRUdmQpVTDqwvKw3I4gU5WbyOv908HRbIUbEv0MRZEu8VV2iNIbmfjh
ULSd+wglkmuA/gFi3jBrA8bLkzXxwdVuoMWMqDdIyrlhlJEdj1u+aAkJS33uW2a28f20ZS6bdRNdf7Nelre0BGr1
er1eiPCvwmy7QEasc//Z
"""
_HTJ2K = """
/0//UQApQAAAAAAIAAAAEAAAAAAAAAAAAAAACAAAABAAAAAAAAAAAAABDwEB/1AACAACAAAACv9SAAwAAgABAAIE
BEAB/1wACiCIkJCQiIiI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAAFwAAf+TwAAtUP9/Z/kb/oP3
Z3nS+jp8WfoEuoG1AMAAFTAABOBsNpv9CnECdQC00/6AgLQAwAArYAAVQCiKoiiKorp6enCCdwCkSUlJ9DGB7LYA
/9k=
"""

SAMPLES = (
    CodecSample(uid.ImplicitVRLittleEndian),
    CodecSample(uid.ExplicitVRLittleEndian),
    CodecSample(uid.ExplicitVRBigEndian),
    CodecSample(uid.DeflatedExplicitVRLittleEndian),
    CodecSample(uid.RLELossless, _RLE),
    CodecSample(uid.JPEGBaseline8Bit, _JPEG_BASELINE, bits=8, tolerance=3),
    CodecSample(uid.JPEGExtended12Bit, _JPEG_EXTENDED, tolerance=8),
    CodecSample(uid.JPEGLossless, _JPEG_LOSSLESS),
    CodecSample(uid.JPEGLosslessSV1, _JPEG_LOSSLESS_SV1),
    CodecSample(uid.JPEGLSLossless, _JPEG_LS),
    CodecSample(uid.JPEGLSNearLossless, _JPEG_LS_NEAR, tolerance=2),
    CodecSample(uid.JPEG2000Lossless, _JPEG_2000),
    CodecSample(uid.JPEG2000, _JPEG_2000_LOSSY, tolerance=8),
    CodecSample(uid.HTJ2KLossless, _HTJ2K),
    CodecSample(uid.HTJ2KLosslessRPCL, _HTJ2K),
    CodecSample(uid.HTJ2K, _HTJ2K),
)
"""A deflated data set is inflated as it is read, so its sample is what is left to decode."""
