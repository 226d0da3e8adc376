"""The shapes of lesions, drawn on a square of their own: masses, spicules, calcifications.

A function of the lesion's own seed; where it lies and what lies behind it are not known here.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.synthetic.lesions import Lesion
from tasks.synthetic.texture import Field


def lesion_patch(lesion: Lesion, view: str, spacing_mm: float) -> Field:
    """Draw the lesion on a square of its own.

    Args:
        lesion: What to draw.
        view: CC or MLO: the shape differs a little between them.
        spacing_mm: Of a pixel; coarse ones are averaged from finer ones.

    Returns:
        [side, side], odd, display values to add; the lesion's centre is in its middle.
    """
    rng = np.random.default_rng((lesion.seed, view == "CC"))
    oversampling = max(1, round(spacing_mm / 0.1))
    fine_mm = spacing_mm / oversampling
    side = oversampling * (2 * int(np.ceil(_reach_mm(lesion) / spacing_mm)) + 1)
    draw = _mass if lesion.finding == "mass" else _calcifications
    patch = lesion.contrast * draw(rng, lesion, side, fine_mm)
    target = side // oversampling
    averaged = cv2.resize(patch, (target, target), interpolation=cv2.INTER_AREA)
    return np.asarray(averaged, np.float32)


def _reach_mm(lesion: Lesion) -> float:
    return 2.9 * lesion.radius_mm + 2 if lesion.finding == "mass" else lesion.radius_mm + 2


def _polar(side: int, spacing_mm: float) -> tuple[Field, Field]:
    axis = (np.arange(side, dtype=np.float32) - (side - 1) / 2) * np.float32(spacing_mm)
    rows, columns = np.meshgrid(axis, axis, indexing="ij")
    return np.hypot(rows, columns), np.arctan2(rows, columns)


def _mass(rng: np.random.Generator, lesion: Lesion, side: int, spacing_mm: float) -> Field:
    """A dense core; with irregularity its border waves, blurs and sends out spicules."""
    distance_mm, angle = _polar(side, spacing_mm)
    border_mm = lesion.radius_mm * _border(rng, lesion.irregularity, angle)
    edge_mm = 0.25 + 1.1 * max(0.0, lesion.irregularity - 0.25)
    core = 1 / (1 + np.exp(np.clip((distance_mm - border_mm) / edge_mm, -30, 30)))
    bulge = np.sqrt(np.clip(1 - (distance_mm / (1.05 * border_mm)) ** 2, 0, 1))
    shape = core * (0.6 + 0.4 * bulge)
    n_spicules = round(34 * max(0.0, lesion.irregularity - 0.42) / 0.58)
    if not n_spicules:
        return shape
    spicules = _spicules(rng, lesion, n_spicules, side, spacing_mm)
    return np.maximum(shape, 0.25 * shape + 0.75 * spicules)


def _border(rng: np.random.Generator, irregularity: float, angle: Field) -> Field:
    """Radius by direction: an ellipse, lobes, and finer waves with irregularity."""
    radius = 1 + rng.uniform(0.02, 0.12) * np.cos(2 * angle + rng.uniform(0, 6.28))
    for harmonic in range(3, 9):
        amplitude = 0.42 * max(0.0, irregularity - 0.12) / harmonic
        phase, share = rng.uniform(0, 6.28), rng.uniform(0.4, 1.2)
        radius = radius + amplitude * share * np.cos(harmonic * angle + phase)
    return np.maximum(radius, 0.4).astype(np.float32)


def _spicules(
    rng: np.random.Generator, lesion: Lesion, n_spicules: int, side: int, spacing_mm: float
) -> Field:
    """Fine lines away from the core, thinner and fainter outwards."""
    canvas = np.zeros((side, side), np.uint8)
    angles = np.linspace(0, 2 * np.pi, n_spicules, endpoint=False)
    for angle in angles + rng.normal(0, 0.14, n_spicules):
        reach = lesion.radius_mm * (1.2 + rng.beta(1.6, 1.6) * 1.5)
        stops = np.linspace(0.5 * lesion.radius_mm, reach, 5)
        directions = angle + np.cumsum(rng.normal(0, 0.05, 5))
        points = np.stack((stops * np.cos(directions), stops * np.sin(directions)), 1)
        width_mm = rng.uniform(0.35, 0.75)
        for part in range(4):
            fade = 1 - part / 5
            width_px = max(1, round(width_mm * fade / spacing_mm))
            _line(canvas, points[part : part + 2] / spacing_mm, int(255 * fade), width_px)
    blurred = cv2.GaussianBlur(canvas, (0, 0), max(0.6, 0.12 / spacing_mm))
    return blurred.astype(np.float32) / 255


def _line(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], value: int, width: int
) -> None:
    """Draw a polyline, antialiased; its points count from the canvas's middle."""
    middle = (canvas.shape[0] - 1) / 2
    fixed = np.round((points + middle) * 16).astype(np.int32)
    cv2.polylines(canvas, [fixed], False, value, width, cv2.LINE_AA, 4)


def _calcifications(
    rng: np.random.Generator, lesion: Lesion, side: int, spacing_mm: float
) -> Field:
    """A few round coarse grains, a cloud of hazy ones, or many fine ones of every shape."""
    canvas = np.zeros((side, side), np.uint8)
    n_grains = round(3 + 34 * lesion.irregularity**0.8 * rng.uniform(0.8, 1.25))
    axis = rng.uniform(0, np.pi)
    stretch = 1 - 0.55 * lesion.irregularity * rng.random()
    across = np.array([[np.cos(axis), -np.sin(axis)], [np.sin(axis), np.cos(axis)]])
    for _ in range(n_grains):
        spread = rng.normal(0, 0.42, 2) * (1, stretch)
        place = across @ np.clip(spread, -0.95, 0.95) * lesion.radius_mm
        _grain(rng, canvas, place / spacing_mm, lesion.irregularity, axis, spacing_mm)
    haze = 0.30 if 0.25 < lesion.irregularity < 0.55 else 0.10
    blurred = cv2.GaussianBlur(canvas, (0, 0), max(0.5, haze / spacing_mm))
    return blurred.astype(np.float32) / 255


def _grain(
    rng: np.random.Generator,
    canvas: NDArray[np.uint8],
    place_px: NDArray[np.float64],
    irregularity: float,
    axis: float,
    spacing_mm: float,
) -> None:
    """One grain: coarse and round where regular; a rod or a speck where not."""
    if rng.random() > irregularity * 1.1:
        width_mm, length_mm = rng.uniform(0.8, 1.6) * (1.15 - 0.75 * irregularity), 0.0
        value = 235
    else:
        width_mm = rng.uniform(0.22, 0.55)
        length_mm = rng.uniform(0.2, 1.6) if rng.random() < 0.55 else 0.0
        value = int(rng.uniform(120, 255))
    angle = axis + rng.normal(0, 0.5)
    half = length_mm / 2 / spacing_mm * np.array([np.cos(angle), np.sin(angle)])
    points = np.stack((place_px - half, place_px + half))
    _line(canvas, points, value, max(1, round(width_mm / spacing_mm)))
