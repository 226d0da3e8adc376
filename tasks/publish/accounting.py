"""Total accounting: every object of the bucket in exactly one state, with a reason.

The sums are checked, not assumed: a night whose sums do not agree publishes nothing.
"""

from dataclasses import dataclass

import polars as pl

from tasks.errors import ContractViolation

STATES = ("scored", "unscorable", "rejected", "pending")


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


def count_objects(objects: pl.DataFrame | pl.LazyFrame) -> Accounting:
    """Count the objects that the last listing showed.

    Args:
        objects: At least object_key, state, reason and gone_at of `objects`; lazily where they
            are those of all years.

    Raises:
        ContractViolation: If a key stands in two versions at once, a state is unknown, or an
            object that was set aside has no reason.
    """
    current = objects.lazy().filter(pl.col("gone_at").is_null())
    counts = current.group_by("state", "reason").len().collect(engine="streaming")
    _check_states(counts)
    _check_keys(current)
    by_state = dict(counts.group_by("state").agg(pl.col("len").sum()).iter_rows())
    reasons = counts.drop_nulls("reason").group_by("reason").agg(pl.col("len").sum())
    return Accounting(
        total=sum(by_state.values()),
        **{state: by_state.get(state, 0) for state in STATES},
        reasons=dict(reasons.sort("reason").iter_rows()),
    )


def _check_states(counts: pl.DataFrame) -> None:
    if unknown := set(counts["state"]) - set(STATES):
        raise ContractViolation(f"`objects` holds the unknown states {sorted(unknown)}.")
    is_set_aside = pl.col("state").is_in(["unscorable", "rejected"])
    unexplained = counts.filter(is_set_aside != pl.col("reason").is_not_null())
    if not unexplained.is_empty():
        raise ContractViolation(
            f"{unexplained['len'].sum()} rows of `objects` are set aside without a reason, or "
            "the reverse."
        )


def _check_keys(current: pl.LazyFrame) -> None:
    """Hold eight bytes a key: where hashes differ the keys do. Only else are the keys read."""
    hashes = current.select(pl.col("object_key").hash()).collect(engine="streaming").to_series()
    if hashes.n_unique() == hashes.len():
        return
    keys = current.select("object_key").collect().to_series()
    if twice := keys.len() - keys.n_unique():
        raise ContractViolation(
            f"{twice} object keys stand in `objects` in more than one present version."
        )
