"""Total accounting: every object of the bucket in exactly one state, with a reason.

The sums are checked, not assumed: a night whose sums do not agree publishes nothing.
"""

from dataclasses import dataclass

import polars as pl

from tasks.errors import ContractViolation

STATES = ("scored", "unscorable", "rejected", "pending")

COUNTED_COLUMNS = ("object_key", "state", "reason", "gone_at")
"""Of `objects`, what is counted: little enough for millions of rows."""


@dataclass(frozen=True)
class Accounting:
    """How many objects of the bucket are in which state, and why."""

    total: int
    scored: int
    unscorable: int
    rejected: int
    pending: int
    reasons: dict[str, int]

    @property
    def counts(self) -> dict[str, int]:
        """The total and the states, as JSON and tables show them."""
        return {"total": self.total, **{state: getattr(self, state) for state in STATES}}


def count_objects(objects: pl.DataFrame) -> Accounting:
    """Count the objects that the last listing showed.

    Args:
        objects: `COUNTED_COLUMNS` of `objects`.

    Raises:
        ContractViolation: If a key stands in two versions at once, a state is unknown, or an
            object that was set aside has no reason.
    """
    current = objects.filter(pl.col("gone_at").is_null())
    _check(current)
    by_state = dict(current.group_by("state").len().iter_rows())
    reasons = (
        current.filter(pl.col("reason").is_not_null()).group_by("reason").len().sort("reason")
    )
    return Accounting(
        total=current.height,
        **{state: by_state.get(state, 0) for state in STATES},
        reasons=dict(reasons.iter_rows()),
    )


def _check(current: pl.DataFrame) -> None:
    if twice := current.height - current["object_key"].n_unique():
        raise ContractViolation(
            f"{twice} object keys stand in `objects` in more than one present version."
        )
    if unknown := set(current["state"].unique()) - set(STATES):
        raise ContractViolation(f"`objects` holds the unknown states {sorted(unknown)}.")
    is_set_aside = pl.col("state").is_in(["unscorable", "rejected"])
    if unexplained := current.filter(is_set_aside != pl.col("reason").is_not_null()).height:
        raise ContractViolation(
            f"{unexplained} rows of `objects` are set aside without a reason, or the reverse."
        )
