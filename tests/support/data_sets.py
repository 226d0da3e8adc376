"""Miniature data sets: pictures, tables and a pool without processes."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tasks.errors import Rejected, Retryable

DATA = Path(__file__).parents[3] / "shared" / "data"
"""Real files, where the machine has them."""


def real_files(folder: str) -> Path:
    if not (DATA / folder).exists():
        pytest.skip(f"{DATA / folder} is absent")
    return DATA / folder


class HereAndNow:
    """A pool without processes, which hands errors back as a pool does."""

    def map_unordered(
        self, function: Callable[[Any], Any], items: Iterable[Any]
    ) -> Iterator[tuple[Any, Any]]:
        for item in items:
            try:
                yield item, function(item)
            except (Rejected, Retryable) as error:
                yield item, error


def breast_picture(
    side_px: int = 256, *, is_right: bool = False, seed: int = 0
) -> NDArray[np.uint8]:
    """A bright half-ellipse with texture at the chest wall's side."""
    picture = np.zeros((side_px, side_px), np.uint8)
    centre, axes = (0, side_px // 2), (side_px // 2, side_px * 2 // 5)
    cv2.ellipse(picture, centre, axes, 0, 0, 360, (150,), cv2.FILLED)
    noise = np.random.default_rng(seed).normal(0, 40, (8, 8)).astype(np.float32)
    texture = cv2.resize(noise, picture.shape, interpolation=cv2.INTER_CUBIC)
    textured = np.clip(picture + texture, 40, 255).astype(np.uint8)
    textured[picture == 0] = 0
    return np.ascontiguousarray(textured[:, ::-1]) if is_right else textured


def write_picture(path: Path, picture: NDArray[np.uint8]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture)
    return path


def write_table(path: Path, rows: Sequence[Mapping[str, object]], delimiter: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path
