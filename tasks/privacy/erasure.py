"""Erases a person: every row about her, from every table and every version, and proves it.

The order is what makes it safe to stop: first the note of what is hers, then the tombstones,
then the rows, then the past; the note goes when nothing of hers is found any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tasks.errors import ContractViolation, RejectionReason
from tasks.ingest.containers import container_of
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.digests import record
from tasks.lake.files import LakeFiles
from tasks.lake.history import Forgotten, forget
from tasks.lake.objects import change_objects
from tasks.lake.schemas import AUDIT, LAKE_FILES, OBJECTS, TABLES
from tasks.lake.search import Searched, search
from tasks.lake.store import Lake
from tasks.privacy import open_erasures
from tasks.privacy.subject import Subject, identity_columns, tables_of_persons
from tasks.privacy.tombstones import DETAIL, keep_out

_NOT_SEARCHED = (AUDIT.name, open_erasures.FOLDER)


@dataclass(frozen=True)
class Erasure:
    """What was done.

    Args:
        n_rows: Rows deleted from the latest version, by table; only tables that held some.
        forgotten: What was taken out of former versions, all tables together.
        n_objects_deleted: Objects deleted from the bucket.
        searched: The proof.
    """

    n_rows: dict[str, int]
    forgotten: Forgotten
    n_objects_deleted: int
    searched: Searched


@dataclass(frozen=True)
class Eraser:
    """Erases in one lake.

    Args:
        lake: With the tables.
        files: Of the same lake.
        pseudonymiser: The programme's.
        say: Takes a sentence about each step.
    """

    lake: Lake
    files: LakeFiles
    pseudonymiser: Pseudonymiser
    say: Callable[[str], object] = lambda _: None

    def erase(
        self, subject: Subject, now: datetime, store: ObjectStore | None = None
    ) -> Erasure:
        """Erase a person; called again after a stop it goes on, after its end it finds nothing.

        Args:
            subject: Whom, with what an unfinished erasure had found.
            now: Becomes the time of tombstones and states.
            store: Where her objects are deleted, too; None leaves them there.

        Raises:
            ContractViolation: If something of hers is still found; it is named.
            Retryable: If a storage does not answer, or somebody writes rows of hers meanwhile.
        """
        open_erasures.note(self.files, subject)
        keep_out(self.lake, self.pseudonymiser, subject.exam_key, now)
        self._release_objects(subject, now)
        n_rows = self._delete_rows(subject)
        n_deleted = self._delete_objects(subject, store) if store else 0
        forgotten = self._forget(subject, with_objects=store is not None)
        self._record_digests()
        searched = self.prove(subject)
        open_erasures.close(self.files, subject)
        return Erasure(n_rows, forgotten, n_deleted, searched)

    def prove(self, subject: Subject) -> Searched:
        """Search every file of the lake for her pseudonyms.

        Raises:
            ContractViolation: If one is found, or a file cannot be read.
        """
        self.say("Searching every file of the lake for her pseudonyms.")
        searched = search(self.files, subject.pseudonyms, _NOT_SEARCHED)
        if left := (*searched.found_in, *searched.unreadable):
            raise ContractViolation(
                f"Not proven: {len(left)} files still hold a pseudonym of hers or cannot be "
                f"read, the first is {left[0]}. Run the same command again; if it stays, that "
                "table is not of this version of the system."
            )
        return searched

    def _release_objects(self, subject: Subject, now: datetime) -> None:
        """Let the rows of her objects say no more than that they are not to be read."""
        self.say(f"Marking {len(subject.object_key)} objects of the bucket as erased.")
        is_hers = pl.col("exam_key").is_in(sorted(subject.exam_key))
        places = self.lake.read(OBJECTS, columns=list(OBJECTS.key), where=is_hers)
        released = {
            "state": "rejected",
            "reason": RejectionReason.ERASED.value,
            "detail": DETAIL,
            "sha256": None,
            "sop_instance_key": None,
            "exam_key": None,
        }
        changes = [{**place, **released} for place in places.iter_rows(named=True)]
        change_objects(self.lake, changes, now)

    def _delete_rows(self, subject: Subject) -> dict[str, int]:
        n_rows: dict[str, int] = {}
        for table in tables_of_persons():
            self.say(f"Deleting her rows of {table.name}.")
            n_rows[table.name] = sum(
                self.lake.delete(table, name, sorted(subject.named(name)))
                for name in identity_columns(table)
            )
        return {name: n for name, n in n_rows.items() if n}

    def _delete_objects(self, subject: Subject, store: ObjectStore) -> int:
        """Delete her objects from the bucket, then their rows: none is left to account for."""
        object_keys = sorted(_whole_objects(subject))
        self.say(f"Deleting {len(object_keys)} objects from the bucket.")
        for object_key in object_keys:
            store.delete(object_key)
        self.lake.delete(OBJECTS, "object_key", object_keys)
        containers = {container_of(key) for key in subject.object_key - set(object_keys)}
        for container_key in sorted(filter(None, containers)):
            self.say(
                f"{container_key} holds images of hers, and perhaps others': take hers out "
                "of it. Here they stay set aside as erased."
            )
        return len(object_keys)

    def _forget(self, subject: Subject, *, with_objects: bool) -> Forgotten:
        total = Forgotten()
        for table in tables_of_persons():
            if self.lake.version(table) is not None:
                self.say(f"Taking her rows out of former versions of {table.name}.")
                keys = subject.pseudonyms
                if table == OBJECTS and with_objects:
                    keys |= _whole_objects(subject)
                total += forget(self.lake, self.files, table, keys)
        return total

    def _record_digests(self) -> None:
        """Record the files that were written anew; the first record is left to a night."""
        if self.lake.version(LAKE_FILES) is not None:
            record(self.lake, self.files, TABLES, thoroughly=True)


def _whole_objects(subject: Subject) -> frozenset[str]:
    """Her objects that are nobody else's: not those within a ZIP file or a table."""
    return frozenset(key for key in subject.object_key if container_of(key) is None)
