"""The heap in a process of its own: what it keeps is not asked for again."""

import subprocess
import sys

PROGRAM = """
import resource, sys
from models.heap import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        block = bytearray(b"1") * 8_000_000
        del block
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

usual = faults()
if not keep_freed_memory():
    sys.exit(0)
faults()
assert faults() < usual / 4, usual
"""


def test_freed_memory_is_used_again_without_the_kernel() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
