"""Figures as PNG files, by Debian's Chromium: no further package draws them."""

import subprocess
import tempfile
from pathlib import Path

import plotly.graph_objects as go

WIDTH, HEIGHT = 900, 560


def write_picture(figure: go.Figure, path: Path) -> None:
    """Write a figure as a PNG file."""
    figure.update_layout(
        showlegend=len(figure.to_dict()["data"]) > 2,
        template="plotly_white",
        width=WIDTH,
        height=HEIGHT,
        margin_t=20,
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "figure.html"
        figure.write_html(page, include_plotlyjs=True, config={"displayModeBar": False})
        options = [
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            "--virtual-time-budget=5000",
            f"--window-size={WIDTH + 20},{HEIGHT + 20}",
            f"--screenshot={path.resolve()}",
        ]
        subprocess.run(["chromium", *options, page.as_uri()], check=True, capture_output=True)
