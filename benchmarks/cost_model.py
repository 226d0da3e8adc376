"""From measured unit costs to ten million exams a year: what breaks first, as table and plot.

Linear in exams, by unit costs that other benchmarks measured; it measures nothing itself.

    python -m benchmarks.cost_model [--plot docs/images/scale.png]
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go

from benchmarks.pictures import write_picture

NIGHTS = 365
IMAGES_PER_EXAM = 4
HOST_MB = 24_000
"""Memory of the machine that everything was measured on."""

NIGHT_H = 6
"""From 02:00 to the first reader."""

HOST_CORES = 2


@dataclass(frozen=True)
class UnitCosts:
    """What one exam, image or key costs.

    Args:
        core_s_per_exam: Of a whole night, by `benchmarks.night` at 96 exams: 0.31 s on 2 cores.
        object_mb_per_exam: Four generated images of 4096 x 3328, JPEG Lossless, of
            `benchmarks.plans`; those of real breasts may be two or three times as large.
        lake_mb_per_exam: Four network inputs uncompressed, and 13 kB of rows.
        discovery_s_per_key: CPU, by `benchmarks.million_keys`.
        discovery_mb_per_key: Peak memory, by `benchmarks.million_keys`.
        publish_mb_per_exam: Peak memory of the list's step for each exam of all years, by
            `benchmarks.history` from 50 000 to 200 000 of them.
    """

    core_s_per_exam: float = 0.62
    object_mb_per_exam: float = 16.0
    lake_mb_per_exam: float = 2.1
    discovery_s_per_key: float = 55e-6
    discovery_mb_per_key: float = 0.06e-3
    publish_mb_per_exam: float = 0.56e-3


@dataclass(frozen=True)
class Programme:
    """A programme of so many exams a year, after so many years."""

    exams_per_year: int
    years: int = 1
    costs: UnitCosts = UnitCosts()

    @property
    def exams_per_night(self) -> float:
        """Exams that a night scores."""
        return self.exams_per_year / NIGHTS

    @property
    def n_keys(self) -> int:
        """Objects in the bucket."""
        return self.exams_per_year * self.years * IMAGES_PER_EXAM

    @property
    def compute_h(self) -> float:
        """Hours of a night on the host's cores, discovery aside."""
        return self.exams_per_night * self.costs.core_s_per_exam / HOST_CORES / 3600

    @property
    def read_gbit_s(self) -> float:
        """What the bucket must give, spread over the night."""
        return self.exams_per_night * self.costs.object_mb_per_exam * 8e-3 / (NIGHT_H * 3600)

    @property
    def discovery_h(self) -> float:
        """Hours of listing, on one core."""
        return self.n_keys * self.costs.discovery_s_per_key / 3600

    @property
    def discovery_mb(self) -> float:
        """Peak memory of discovery."""
        return self.n_keys * self.costs.discovery_mb_per_key

    @property
    def publish_mb(self) -> float:
        """Peak memory of publishing."""
        return self.exams_per_year * self.years * self.costs.publish_mb_per_exam

    @property
    def lake_tb(self) -> float:
        """Network inputs and rows."""
        return self.exams_per_year * self.years * self.costs.lake_mb_per_exam / 1e6


SIZES = (216 * NIGHTS, 300_000, 1_000_000, 10_000_000)


def as_markdown(programmes: Sequence[Programme]) -> str:
    """A table for `docs/scale.md`."""
    lines = [
        "| exams a year | a night | compute, 2 cores | bucket read | listing, 1 core "
        "| discovery, peak | publishing, peak | lake |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.exams_per_year:,} | {one.exams_per_night:,.0f} | {one.compute_h:.2f} h "
        f"| {one.read_gbit_s:.2f} Gbit/s | {one.discovery_h * 60:.1f} min "
        f"| {one.discovery_mb / 1000:.1f} GB | {one.publish_mb / 1000:.1f} GB "
        f"| {one.lake_tb:.1f} TB |".replace(",", " ")
        for one in programmes
    ]
    return "\n".join(lines)


def draw(path: Path) -> None:
    """Share of what one machine has, over exams a year: at 1 something breaks."""
    sizes = [10**power * digit for power in (4, 5, 6) for digit in (1, 2, 5)] + [10_000_000]
    programmes = [Programme(size) for size in sizes]
    shares = {
        "publishing: memory of 24 GB": [one.publish_mb / HOST_MB for one in programmes],
        "discovery: memory of 24 GB": [one.discovery_mb / HOST_MB for one in programmes],
        "compute: 6 h on 2 cores": [one.compute_h / NIGHT_H for one in programmes],
        "listing: 6 h on 1 core": [one.discovery_h / NIGHT_H for one in programmes],
        "bucket: 1 Gbit/s": [one.read_gbit_s for one in programmes],
    }
    figure = go.Figure(
        [go.Scatter(x=sizes, y=share, name=name) for name, share in shares.items()]
    )
    figure.add_hline(1, line_dash="dash")
    figure.update_xaxes(type="log", title="exams a year (state after one year)")
    figure.update_yaxes(type="log", title="share of one machine")
    write_picture(figure, path)


def main() -> None:
    """Print the table, draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    print(as_markdown([Programme(size) for size in SIZES]))
    if options.plot:
        draw(options.plot)


if __name__ == "__main__":
    main()
