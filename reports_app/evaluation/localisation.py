"""The sections on where a system looks, and on what it loses on another set.

It reads the tree that evaluation.json holds and computes nothing.
"""

from typing import Any

from reports_app.evaluation.views import (
    SHARES,
    Axis,
    Grid,
    Plot,
    Section,
    Series,
    interval,
    missing,
    number,
    percent,
    share,
    style,
)

Tree = dict[str, Any]
_MOST_FALSE_MARKS = 4.0


def localisation(report: Tree) -> Section:
    """Pointing game, overlap and free-response ROC."""
    found = report["localisation"]
    if reason := found.get("not_computable"):
        return missing("Localisation", f"{reason}.")
    rows = [
        ["Strongest mark's middle in a lesion (images with lesions)", share(found["pointing"])],
        ["Lesions that a mark overlaps by 0.1 or more", share(found["found"])],
        ["Lesions that a mark overlaps by 0.5 or more", share(found["half_overlap"])],
        ["Mean of each lesion's highest overlap", number(found["mean_overlap"])],
        *(
            [f"Lesions found at {false} false marks an image", percent(value)]
            for false, value in found["sensitivity_at"].items()
        ),
    ]
    note = (
        f"{found['n_marks']:,} marks and {found['n_lesions']:,} lesions on "
        f"{found['n_images']:,} images. Overlap is intersection over union."
    )
    grid = Grid("Pointing game, overlap, free-response ROC", ["Figure", "Value"], rows)
    return Section("Localisation", [note], [_froc(found["froc"])], [grid])


def _froc(curve: Tree) -> Plot:
    shown = [
        (x, y)
        for x, y in zip(curve["false_marks_per_image"], curve["sensitivity"], strict=True)
        if x <= _MOST_FALSE_MARKS
    ]
    line = Series("marks", [x for x, _ in shown], [y for _, y in shown], *style(0))
    ticks = [_MOST_FALSE_MARKS * k / 4 for k in range(5)]
    axis = Axis("false marks an image", ticks, is_percent=False)
    return Plot("Free-response ROC", axis, Axis("share of lesions found", SHARES), [line])


def external(report: Tree) -> Section:
    """What is lost from the set that the system was made on."""
    found = report["external"]
    if reason := found.get("not_computable"):
        return missing("External set", f"{reason}.")
    header = ["Scorer", "AUC on its own set", "AUC here", "Drop (95 % CI)"]
    grids = [
        Grid(
            f"{level.capitalize()} level",
            header,
            [
                [
                    row["scorer"],
                    number(row["internal"]),
                    number(row["external"]),
                    interval(row["drop"], (row["low"], row["high"])),
                ]
                for row in rows
            ],
        )
        for level, rows in found.items()
    ]
    note = "Interval by DeLong's variances of both sets, which share no patient."
    return Section("External set", [note], [], grids)
