"""The viewer's tools: layers to switch, buttons, and the keys that do the same.

Each tool is declared once, with its key; the browser finds it by `data-tool`.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from reports_app.components import named, told
from reports_app.texts import Texts

DEFAULT_OPACITY = 50

TOOLS = {
    "window": "W",
    "pan": "P",
    "lens": "M",
    "one": "1",
    "fit": "0",
    "rotate": "R",
    "flip": "H",
    "invert": "I",
    "sync": "S",
    "alone": "F",
    "reset": "Esc",
    "help": "?",
}
"""Every tool with its key, in the order of the toolbar."""

MOVES = ("wheel", "zoom_keys", "arrows", "shift_arrows", "right_drag", "shift_drag", "double")
"""What pointer and arrows do, in the order of the help."""


def switches(t: Texts) -> list[Any]:
    """The layers over the pixels: regions and heat map."""
    return [
        dmc.Switch(id="show-regions", label=t("exam.regions"), checked=True, size="sm"),
        dmc.Switch(id="show-saliency", label=t("exam.saliency"), checked=False, size="sm"),
        dmc.Slider(
            id="saliency-opacity",
            value=DEFAULT_OPACITY,
            min=10,
            max=100,
            step=5,
            size="sm",
            w=140,
            label=None,
            thumbLabel=t("exam.opacity"),
        ),
    ]


def toolbar(t: Texts) -> list[html.Button]:
    """A button a tool."""
    return [
        html.Button(
            t(f"tool.{name}"),
            type="button",
            title=f"{t(f'tool.{name}_title')} ({key})",
            **told(tool=name),
        )
        for name, key in TOOLS.items()
    ]


def help_panel(t: Texts) -> html.Div:
    """Every key and what it does; hidden until asked for."""
    keys = [(key, t(f"tool.{name}_title")) for name, key in TOOLS.items()]
    moves = [(t(f"viewer.{name}_key"), t(f"viewer.{name}")) for name in MOVES]
    pairs = [
        html.Div([html.Dt(html.Kbd(key)), html.Dd(words)], className="key-line")
        for key, words in [*keys, *moves]
    ]
    return html.Div(html.Dl(pairs), className="keys", hidden=True, **named(t("tool.help")))
