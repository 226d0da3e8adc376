"""The 128 bytes before a DICOM file's prefix: nothing of them is used, stored or passed on.

A file may be a program and an image at once (CVE-2019-11687); it is told, and read.

References:
    DICOM PS3.10 7.1; a TIFF header there is allowed, for files of two personalities.
"""

import re

PREAMBLE_BYTES = 128

_SIGNATURES = {
    rb"MZ": "a Windows program (PE)",
    rb"\x7fELF": "a Linux program (ELF)",
    rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe": "a Mac program (Mach-O)",
    rb"\xca\xfe\xba\xbe": "a Mac program (Mach-O of several machines)",
    rb"#!": "a script",
    rb"II\*\0|MM\0\*": "a TIFF image",
    rb"(?i)\s*(<!doctype|<html|<script|<svg|<!--)": "an HTML page",
    rb"%PDF": "a PDF document",
}


def describe_preamble(head: bytes) -> str | None:
    """Say what another program would take the file for; None where it is as it should be.

    Args:
        head: The file's first bytes.
    """
    preamble = head[:PREAMBLE_BYTES]
    for signature, name in _SIGNATURES.items():
        if re.match(signature, preamble):
            return f"Its preamble is the beginning of {name}; it is not used."
    return None
