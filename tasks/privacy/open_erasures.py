"""What an erasure has still to take out, noted in the lake until its end is proven.

Once her rows of `instances` are gone no table can tell which keys were hers: who is killed
midway goes on from this file.
"""

import json
from dataclasses import asdict

from tasks.lake.files import LakeFiles
from tasks.privacy.subject import Subject

FOLDER = "_erasures"


def note(files: LakeFiles, subject: Subject) -> None:
    """Write down whom to erase; again with more, if more was found."""
    values = {name: sorted(keys) for name, keys in asdict(subject).items()}
    files.write(_path(subject), json.dumps(values).encode())


def unfinished(files: LakeFiles) -> list[Subject]:
    """Read whose erasure was begun and not proven."""
    paths = [path for path in files.sizes(FOLDER) if path.endswith(".json")]
    return [_parse(files.read(path)) for path in paths]


def close(files: LakeFiles, subject: Subject) -> None:
    """Forget whom: the last step."""
    for path in files.sizes(FOLDER):
        is_torn = not path.endswith(".json")
        if is_torn or _parse(files.read(path)).patient_key & subject.patient_key:
            files.delete(path)


def with_unfinished(files: LakeFiles, subject: Subject, keys: frozenset[str]) -> Subject:
    """Add what an erasure of some patient keys had found before it was stopped."""
    for former in unfinished(files):
        if former.patient_key & keys:
            subject |= former
    return subject


def _path(subject: Subject) -> str:
    return f"{FOLDER}/{min(subject.patient_key)}.json"


def _parse(data: bytes) -> Subject:
    return Subject(**{name: frozenset(keys) for name, keys in json.loads(data).items()})
