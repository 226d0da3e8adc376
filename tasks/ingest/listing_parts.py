"""A bucket's listing beside what is known of it, in parts by key that lie on disk meanwhile.

Memory does not grow with the bucket: who goes through them holds one part. It decides nothing.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

from tasks.errors import Retryable


class ListingParts:
    """The parts of one listing.

    Args:
        folder: For its files; empty.
        listed: Columns of what is listed, `object_key` among them.
        known: Columns of what is known.
    """

    def __init__(self, folder: Path, listed: pl.Schema, known: pl.Schema) -> None:
        self._folder, self._listed, self._known = folder, listed, known
        self._spans = list[tuple[str, str, Path]]()

    def put_listed(self, frame: pl.DataFrame) -> None:
        """Keep some of the listing: a part, or of one with the frames whose keys it overlaps.

        Nearly every store lists in the order of the keys' bytes; then no two frames do.
        """
        keys, path = frame.get_column("object_key"), self._path("listed", len(self._spans))
        self._spans.append((str(keys.min()), str(keys.max()), path))
        _append(frame, path)

    def put_known(self, frame: pl.DataFrame, keys: pl.Series) -> None:
        """Keep known rows, each in the part that its key would be listed in.

        The listing must be complete.
        """
        ends = pl.Series([last for last, _ in self._parts()][:-1], dtype=pl.String)
        parts = frame.with_columns(part=ends.search_sorted(keys)).partition_by(
            "part", as_dict=True, include_key=False
        )
        for (number,), rows in parts.items():
            _append(rows, self._path("known", number))

    def __iter__(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Give what is listed and what is known, part by part in the order of keys."""
        for number, (_, paths) in enumerate(self._parts()):
            yield (
                _read(self._listed, paths),
                _read(self._known, [self._path("known", number)]),
            )

    def _parts(self) -> list[tuple[str, list[Path]]]:
        """Each part's last key and the files of its listing; one without any where none is."""
        parts = list[tuple[str, list[Path]]]()
        for first, last, path in sorted(self._spans):
            if parts and first <= parts[-1][0]:
                end, paths = parts[-1]
                parts[-1] = max(end, last), [*paths, path]
            else:
                parts.append((last, [path]))
        return parts or [("", [])]

    def _path(self, kind: str, number: object) -> Path:
        return self._folder / f"{kind}-{number}.arrows"


def _append(frame: pl.DataFrame, path: Path) -> None:
    try:
        with path.open("ab") as sink:
            frame.write_ipc_stream(sink, compression="lz4")
    except OSError as error:
        raise Retryable(
            f"The bucket's listing finds no place on this machine ({error}): it needs about "
            f"200 bytes an object in {path.parent.parent}."
        ) from error


def _read(schema: pl.Schema, paths: Iterable[Path]) -> pl.DataFrame:
    frames = [frame for path in paths if path.exists() for frame in _frames(path)]
    return pl.concat([schema.to_frame(), *frames])


def _frames(path: Path) -> Iterator[pl.DataFrame]:
    with path.open("rb") as source:
        while source.tell() < path.stat().st_size:
            with pa.ipc.open_stream(source) as stream:
                yield pl.DataFrame(stream.read_all())
