"""What a drill does to a night that is under way, each fault under its name.

A fault strikes once, at the moment that the drill chooses; healing is `flows.drill.runs`' work.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from flows.drill.servers import DrillServers, kill_worker
from tasks.ingest.object_store import ObjectStore
from tasks.synthetic.trouble import GeneratedObject

SPOILT_SHARE = 0.15


@dataclass(frozen=True)
class Scene:
    """What a fault can reach.

    Args:
        night: The process of `mammo campaign`, which may have ended.
        servers: Those that it asks.
        store: The bucket, past the proxy.
        late: Objects that are stored, or stored as they shall be, while the night runs.
        another_night: Starts a second night beside it.
        chance: Of whatever the fault chooses.
    """

    night: psutil.Popen
    servers: DrillServers
    store: ObjectStore
    late: Sequence[GeneratedObject]
    another_night: Callable[[], object]
    chance: random.Random


def _kill_night(scene: Scene) -> None:
    for process in [*scene.night.children(recursive=True), scene.night]:
        process.kill()


def _kill_worker(scene: Scene) -> None:
    kill_worker(scene.night, scene.chance)


def _kill_triton(scene: Scene) -> None:
    scene.servers.kill("triton")


def _kill_stub(scene: Scene) -> None:
    scene.servers.kill_stub(scene.chance)


def _kill_s3(scene: Scene) -> None:
    scene.servers.kill("s3")


def _kill_prefect(scene: Scene) -> None:
    scene.servers.kill("prefect")


def _spoil_answers(scene: Scene) -> None:
    scene.servers.proxy.share = SPOILT_SHARE


def _throttle_lists(scene: Scene) -> None:
    """Some are fewer than a night's tries, some more."""
    scene.servers.proxy.n_lists_refused = scene.chance.randint(1, 12)


def _spoil_triton(fault: str) -> "Fault":
    def spoil(scene: Scene) -> None:
        proxy = scene.servers.triton_proxy
        proxy.fault, proxy.share = fault, scene.chance.choice((0.6, 1.0))

    return spoil


def _fill_disk(scene: Scene) -> None:
    """Let no file of the night grow any more: writes fail as on a full disk, with EFBIG."""
    scene.night.rlimit(psutil.RLIMIT_FSIZE, (4096, 4096))


def _start_another(scene: Scene) -> None:
    scene.another_night()


def _store_late(scene: Scene) -> None:
    for item in scene.late:
        scene.store.write(item.object_key, item.data)


Fault = Callable[[Scene], None]

FAULTS: dict[str, Fault] = {
    "kill_night": _kill_night,
    "kill_worker": _kill_worker,
    "kill_triton": _kill_triton,
    "kill_triton_stub": _kill_stub,
    "kill_s3": _kill_s3,
    "kill_prefect": _kill_prefect,
    "spoilt_answers": _spoil_answers,
    "throttled_lists": _throttle_lists,
    "triton_slow": _spoil_triton("triton_slow"),
    "triton_refuses": _spoil_triton("triton_refuses"),
    "triton_nan": _spoil_triton("triton_nan"),
    "full_disk": _fill_disk,
    "two_nights": _start_another,
    "late_view": _store_late,
    "replaced_object": _store_late,
}
"""In the order in which a plan takes them in turn."""

WITHHOLDS = frozenset({"late_view"})
AT_ONCE = frozenset({"throttled_lists", "triton_slow", "triton_refuses", "triton_nan"})
"""Before the night's first row: a listing is its first work, and scoring is soon over."""

REPLACES = frozenset({"replaced_object"})
