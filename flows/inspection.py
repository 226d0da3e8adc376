"""What the system makes of files of this machine, without any server: `mammo inspect`.

Files are read in worker processes, as in a night: one that kills its decoder is a line too.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from pydicom.uid import UID

from flows.services import load_settings
from tasks.errors import Rejected, SmartMammoError
from tasks.ingest.inspection import ACCEPTED, Facts
from tasks.ingest.inspection_job import InspectionJob, inspect_job, rejected_facts
from tasks.ingest.local_files import list_files
from tasks.preprocess.workers import WorkerPool
from tasks.services import header_limits, read_limits
from tasks.settings import Settings


def inspect_paths(
    paths: list[Path], picture_folder: Path | None, tell: Callable[[Facts], None]
) -> tuple[int, int]:
    """Inspect files, folders and ZIP files.

    Args:
        paths: Of any of them.
        picture_folder: Where pictures go; made if it is not there.
        tell: Called with the facts of each file, in the order of the files.

    Returns:
        How many files there were, and how many of them were accepted.
    """
    settings = load_settings()
    if picture_folder:
        picture_folder.mkdir(parents=True, exist_ok=True)
    n_files = n_accepted = 0
    for facts in _inspect(_jobs(paths, picture_folder, settings), settings):
        tell(facts)
        n_files += 1
        n_accepted += facts["state"] == ACCEPTED
    return n_files, n_accepted


def _jobs(
    paths: list[Path], picture_folder: Path | None, settings: Settings
) -> Iterator[InspectionJob]:
    limits = (header_limits(settings), read_limits(settings))
    for number, file in enumerate(list_files(paths, limits[0].container), 1):
        yield InspectionJob(number, file, *limits, picture_folder)


def _inspect(jobs: Iterator[InspectionJob], settings: Settings) -> Iterator[Facts]:
    """The facts of each file, in order; those that are ready early wait."""
    waiting: dict[int, Facts] = {}
    next_number = 1
    with WorkerPool(
        settings.n_workers, settings.decode_timeout_s, settings.worker_memory_limit_bytes
    ) as pool:
        for job, result in pool.map_unordered(inspect_job, jobs):
            waiting[job.number] = _facts(job, result)
            while next_number in waiting:
                yield waiting.pop(next_number)
                next_number += 1


def _facts(job: InspectionJob, result: Facts | SmartMammoError) -> Facts:
    if isinstance(result, Rejected):
        return rejected_facts(job, result.reason.value, result.detail)
    if isinstance(result, SmartMammoError):
        raise result
    return result


def as_json(facts: Facts) -> str:
    """One line for a script."""
    return json.dumps(facts, ensure_ascii=False)


def as_text(facts: Facts) -> str:
    """A few lines for a person: the verdict first, then what it rests on."""
    verdict = facts["state"]
    if facts["reason"]:
        verdict += f": {facts['reason']}. {facts['detail']}"
    lines = [f"{facts['path']}", f"  {verdict}", *_projection(facts), *_pixels(facts)]
    return "\n".join(lines)


def _projection(facts: Facts) -> list[str]:
    if facts["sop_class_uid"] is None:
        return []
    modifiers = f" ({facts['view_modifiers']})" if facts["view_modifiers"] else ""
    return [
        f"  {facts['image_laterality'] or '?'} by {facts['image_laterality_source']}, "
        f"{facts['view_position'] or '?'}{modifiers} by {facts['view_position_source']}, "
        f"{facts['presentation_intent_type']}"
        + (", synthetic 2D" if facts["is_synthetic_2d"] else ""),
        f"  {facts['manufacturer']} {facts['manufacturer_model_name']} "
        f"{facts['software_versions']}; rules applied: "
        f"{', '.join(facts['manufacturer_rules']) or 'none'}",
        f"  {facts['rows']} x {facts['columns']}, {facts['bits_stored']} bits, "
        f"{facts['photometric_interpretation']}; {UID(facts['transfer_syntax_uid']).name} "
        f"by {facts['decoder']}",
    ]


def _pixels(facts: Facts) -> list[str]:
    if facts["scale"] is None:
        return []
    wall = "right" if facts["is_flipped"] else "left"
    return [
        f"  values by {facts['voi']}" + (", inverted" if facts["is_inverted"] else ""),
        f"  chest wall at the {wall}; the header puts it at the "
        f"{facts['chest_wall_side'] or '?'} by {facts['chest_wall_side_source']}"
        + (": wrong side" if facts["is_on_wrong_side"] else ""),
        f"  breast on {facts['breast_area_fraction']:.0%} of the image; crop "
        f"{facts['crop_height_px']} x {facts['crop_width_px']} at "
        f"{facts['crop_top_px']}, {facts['crop_left_px']}",
        f"  technical quality: {facts['quality_flags'] or 'nothing found'}",
    ]
