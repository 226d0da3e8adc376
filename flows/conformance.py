"""The conformance set against this installation: `mammo conformance`, and its page in docs.

`python -m flows.conformance > docs/conformance.md` writes the page.
"""

from collections.abc import Callable

from flows.services import load_settings
from tasks.errors import SmartMammoError
from tasks.ingest.conformance import declared, run_case, table
from tasks.preprocess.workers import WorkerPool
from tasks.synthetic.conformance_cases import CASES


def run_conformance(tell: Callable[[str], None]) -> bool:
    """Run every case in worker processes and tell of each, in the order of the table.

    Returns:
        Whether all are as declared.
    """
    settings = load_settings()
    numbers = range(len(CASES))
    with WorkerPool(
        settings.n_workers, settings.decode_timeout_s, settings.worker_memory_limit_bytes
    ) as pool:
        verdicts = dict(pool.map_unordered(run_case, numbers))
    differences = {
        number: (str(verdict),) if isinstance(verdict, SmartMammoError) else verdict.differences
        for number, verdict in verdicts.items()
    }
    for number in numbers:
        tell(_line(number, differences[number]))
    n_as_declared = sum(not differences[number] for number in numbers)
    tell(f"{len(CASES)} cases, {n_as_declared} as declared")
    return n_as_declared == len(CASES)


def _line(number: int, differences: tuple[str, ...]) -> str:
    case = CASES[number]
    verdict = f"DIFFERS: {'; '.join(differences)}" if differences else declared(case)
    return f"{case.vendor:<14}  {case.group:<10}  {case.title:<52}  {verdict}"


def page() -> str:
    """The set as a page of the documentation."""
    return (
        "# Conformance set\n\n"
        f"{len(CASES)} files, built in memory, each with what must be made of it. "
        "`mammo conformance` runs them against\nthe system as installed; its last line is "
        "`N cases, N as declared`. *Pixels ±n*: the network input differs from that of\nthe "
        "picture that every file shows by no more than n of 255 levels. "
        "One exam in every lossless syntax, polarity, depth and\nside has one score: "
        "`tests/e2e/test_equal_exams.py`, in a night of its own.\n\n"
        "Written by `python -m flows.conformance > docs/conformance.md`; a test compares.\n\n"
        f"{table()}\n"
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - the page is what this prints
