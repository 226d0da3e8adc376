"""An imported set as one page to keep: counts, gaps, brightness, balance, copies, a gallery.

It draws the figures of `tasks.datasets.exploration` and fetches nothing from anywhere.
"""

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports_app.evaluation.views import Grid
from reports_app.palette import CATEGORIES
from reports_app.plotting import CONFIG, empty_figure
from reports_app.texts import Texts
from reports_app.texts.evaluation import report_words
from tasks.datasets.exploration_pixels import N_BINS, as_uri

Tree = dict[str, Any]
NOTICE = "Research software, not a medical device: not for clinical use."
_TEMPLATES = Path(__file__).parent / "templates"
_HEIGHT_PX = 260
_ENGLISH = Texts("en")


def render_exploration(figures: Tree) -> str:
    """The page, with plotly.js and all pictures in it."""
    plots = exploration_plots(figures)
    drawn = [
        pio.to_html(plot, config=dict(CONFIG), include_plotlyjs=place == 0, full_html=False)
        for place, plot in enumerate(plots)
    ]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
    )
    return environment.get_template("exploration.html.jinja").render(
        title=f"Data set {figures['data_set']} ({figures['kind']})",
        notice=NOTICE,
        summary=summarise(figures),
        plots=drawn,
        tables=exploration_tables(figures),
        gallery=[{**picture, "uri": as_uri(picture)} for picture in figures["gallery"]],
    )


def summarise(figures: Tree) -> str:
    """Sizes and copies in a sentence."""
    copies = figures["copies"]
    return (
        f"{figures['n_images']} images of {figures['n_patients']} patients, "
        f"{figures['n_files']} with a file. {copies['n_equal']} are equal to another; "
        f"{copies['n_pairs']} pairs are near-copies, {copies['n_across_patients']} of them "
        f"across patients and {copies['n_across_splits']} across splits."
    )


def exploration_plots(figures: Tree, t: Texts = _ENGLISH) -> list[go.Figure]:
    """A bar chart of each column with more than one value, and brightness by label."""
    counts = {name: of for name, of in figures["counts"].items() if len(of) > 1}
    bars = [_bars(name, of, t) for name, of in counts.items()]
    return [_brightness(figures["intensity"], t), *bars]


def _bars(name: str, counts: dict[str, int], t: Texts) -> go.Figure:
    figure = empty_figure(t, None, report_words("images", t.language), height=_HEIGHT_PX)
    figure.add_bar(
        x=list(counts), y=list(counts.values()), marker_color=CATEGORIES[0], name=_words(name)
    )
    figure.update_xaxes(type="category")
    return figure.update_layout(
        title={"text": report_words(_words(name), t.language)}, margin={"t": 40}
    )


def _brightness(histograms: dict[str, list[float]], t: Texts) -> go.Figure:
    title, across, up = (
        report_words(words, t.language)
        for words in ("brightness", "display value", "share of the breast's pixels")
    )
    figure = empty_figure(t, across, up, height=_HEIGHT_PX)
    step = 256 // N_BINS
    for place, (label, shares) in enumerate(histograms.items()):
        figure.add_scatter(
            x=[step * bin_ for bin_ in range(N_BINS)],
            y=shares,
            name=label,
            line={"color": CATEGORIES[place % len(CATEGORIES)], "shape": "hv"},
        )
    below = {"y": -0.35, "yanchor": "top"}
    return figure.update_layout(title={"text": title}, margin={"t": 40}, legend=below)


def exploration_tables(figures: Tree) -> list[Grid]:
    """Gaps, sizes, splits, and malignancy by what should not tell it."""
    gaps = [[_words(name), f"{share:.1%}"] for name, share in figures["missing"].items()]
    sizes = [[value, str(n)] for value, n in figures["sizes"].items()]
    spacings = [[value, str(n)] for value, n in figures["spacings_mm"].items()]
    return [
        Grid("Missing values", ["column", "share"], gaps),
        Grid("Pixels of the files", ["rows x columns", "images"], sizes),
        Grid("Detector spacing", ["mm", "images"], spacings),
        Grid(
            "The set's own split",
            ["part", "images", "patients", "malignant images"],
            [[str(value) for value in part.values()] for part in figures["splits"]],
        ),
        Grid(
            "Malignant images by other columns",
            ["column", "value", "images", "malignant", "95 % interval"],
            _covariate_rows(figures["covariates"]),
        ),
    ]


def _covariate_rows(covariates: Tree) -> list[list[str]]:
    return [
        [
            _words(name),
            row["value"],
            str(row["n"]),
            f"{row['share']:.1%}",
            f"{row['low']:.1%} to {row['high']:.1%}",
        ]
        for name, rows in covariates.items()
        if len(rows) > 1
        for row in rows
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")
