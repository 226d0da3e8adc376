"""How much a system loses from the set that it was made on to another one.

The two sets share no patient, so the variances of their AUCs add.
"""

from collections.abc import Mapping
from math import hypot
from typing import Any

from scipy.stats import norm

Tree = Mapping[str, Any]


def measure_drop(internal: Tree, external: Tree) -> dict[str, list[dict[str, Any]]]:
    """The AUC's loss of each scorer that both evaluations hold, with DeLong's interval.

    Args:
        internal: `scorers` of the evaluation on the system's own set.
        external: `scorers` of this one.

    Returns:
        By level, rows of scorer, internal, external, drop, low and high.

    Raises:
        ValueError: If no scorer has the same name in both.
    """
    common = [name for name in external if name in internal]
    if not common:
        raise ValueError("no scorer has the same name there as here")
    levels = [name for name in external[common[0]] if name in internal[common[0]]]
    return {
        level: [_drop(name, internal, external, level) for name in common] for level in levels
    }


def _drop(name: str, internal: Tree, external: Tree, level: str) -> dict[str, Any]:
    ours, theirs = external[name][level], internal[name][level]
    drop = theirs["auc"] - ours["auc"]
    errors = [side["auc_standard_error_delong"] for side in (ours, theirs)]
    reach = None if None in errors else float(norm.ppf(0.975)) * hypot(*errors)
    return {
        "scorer": name,
        "internal": theirs["auc"],
        "external": ours["auc"],
        "drop": drop,
        "low": None if reach is None else drop - reach,
        "high": None if reach is None else drop + reach,
    }
