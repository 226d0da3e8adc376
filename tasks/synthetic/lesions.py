"""Lesions with known truth: what they are, where they lie in the breast, how they look.

One number, the irregularity, runs from smooth and round to spiculated or finely linear; the
assessment and the truth of cancer both follow from it. Positions in pixels are made elsewhere.
"""

from dataclasses import dataclass

import numpy as np

MALIGNANT_FROM = 0.5
"""Irregularity from which a lesion is cancer."""

_RANGES = {"benign": (0.0, 0.22), "suspicious": (0.32, 0.70), "malignant": (0.74, 1.0)}


@dataclass(frozen=True)
class Lesion:
    """A lesion of one breast.

    Args:
        finding: mass or calcification.
        assessment: benign, suspicious or malignant.
        irregularity: 0 smooth, round or coarse; 1 spiculated, or fine linear.
        radius_mm: Of the mass without its spicules, or of the cluster.
        contrast: Display value that it adds, 0-1.
        from_nipple: Depth behind the nipple, as part of the breast's depth.
        lateral: Towards the outer side, -1 to 1 of the half height.
        upper: Towards the shoulder, -1 to 1 of the half height.
        views: In which views it can be seen.
        seed: Of its shape.
    """

    finding: str
    assessment: str
    irregularity: float
    radius_mm: float
    contrast: float
    from_nipple: float
    lateral: float
    upper: float
    views: tuple[str, ...]
    seed: int

    @property
    def is_malignant(self) -> bool:
        """Whether it is cancer."""
        return self.irregularity >= MALIGNANT_FROM

    def offset(self, view: str) -> float:
        """Rows from the nipple downwards, in half heights: what the projection makes of it."""
        if view == "CC":
            return -self.lateral
        return -(self.lateral + self.upper) / np.sqrt(2)


def draw_lesion(rng: np.random.Generator, *, is_malignant: bool) -> Lesion:
    """Draw a lesion of known truth; one in four looks neither clearly benign nor malignant."""
    if rng.random() < 0.25:
        assessment = "suspicious"
        low, high = _RANGES[assessment]
        low, high = (MALIGNANT_FROM, high) if is_malignant else (low, MALIGNANT_FROM - 0.06)
    else:
        assessment = "malignant" if is_malignant else "benign"
        low, high = _RANGES[assessment]
    finding = "mass" if rng.random() < 0.6 else "calcification"
    radius_mm = rng.uniform(3.5, 10) if finding == "mass" else rng.uniform(4, 9)
    contrast = rng.uniform(0.13, 0.30) if finding == "mass" else rng.uniform(0.35, 0.65)
    hidden = rng.random()
    return Lesion(
        finding,
        assessment,
        float(rng.uniform(low, high)),
        float(radius_mm),
        float(contrast),
        float(rng.uniform(0.25, 0.72)),
        float(rng.uniform(-0.45, 0.6)),
        float(rng.uniform(-0.45, 0.6)),
        ("CC",) if hidden < 0.04 else ("MLO",) if hidden < 0.08 else ("CC", "MLO"),
        int(rng.integers(1 << 31)),
    )


def extent_mm(lesion: Lesion) -> float:
    """Half the side of the box that a reader would draw around it."""
    return lesion.radius_mm * (1 + 0.5 * max(0.0, lesion.irregularity - 0.3)) + 0.5
