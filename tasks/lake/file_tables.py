"""The table of what the lake's own files were when they were written.

It stands among all the others in `tasks.lake.schemas`; `tasks.lake.digests` fills it.
"""

from tasks.lake.columns import Table, text, timestamp, whole

LAKE_FILES = Table(
    "lake_files",
    "a file of another table, as it was written",
    ("path",),
    (
        text("path", "Below the lake's URL, beginning with the table's name."),
        whole("size_bytes", "Size, in bytes."),
        text("sha256", "SHA-256 of its bytes, in hexadecimal digits."),
        timestamp("recorded_at", "When the digest was made; of the bytes as they were then."),
    ),
)
