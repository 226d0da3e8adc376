"""Has the disk hold what a commit wrote, before who committed goes on.

The lake's library leaves that to the kernel, which waits up to half a minute and keeps no
order: after a power cut the log could name a file that has no bytes. That may still happen to
a commit that is cut in these milliseconds, but to none that was answered.
"""

from pathlib import Path

from tasks.lake.files import added_paths, flush_path


def flush(path: str, versions: range) -> None:
    """Flush the files that commits added, then their log entries and checkpoints.

    Args:
        path: A table's folder; nothing is done in S3, which answers when it holds an object.
        versions: Of the commits; one that is not there is left out.

    Raises:
        OSError: If the disk fails.
    """
    if path.startswith("s3://") or not versions:
        return
    table, log = Path(path), Path(path, "_delta_log")
    entries = [log / f"{version:020}.json" for version in versions]
    checkpoints = [entry.with_suffix(".checkpoint.parquet") for entry in entries]
    added = [
        table / name
        for entry in filter(Path.exists, entries)
        for name in added_paths(entry.read_bytes())
    ]
    folders = {file.parent for file in added}
    if 0 in versions:
        folders |= {table, table.parent}
    pointer = [log / "_last_checkpoint"] if any(map(Path.exists, checkpoints)) else []
    for file in [*added, *sorted(folders), *entries, *checkpoints, *pointer, log]:
        flush_path(file)
