"""The colours of figures and chips, fit for colour-blind readers.

Colours are never the only sign: every chip carries its number and every bar its label.
"""

INK = "#1d2733"
MUTED = "#5b6875"
GRID = "#e6e9ed"
ACCENT = "#0b5c7a"
ACCENT_SHADES = (
    "#eaf4f8", "#d2e6ee", "#a6cddd", "#77b2ca", "#4f9ab8",
    "#2b82a3", "#0b5c7a", "#0a536e", "#084860", "#063a4e",
)  # fmt: skip
"""The accent as the controls want it: ten shades, the seventh is `ACCENT`."""

WARNING = "#a34a00"

CATEGORIES = ("#0b5c7a", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#7a6a53", "#2b333c")
"""After Okabe and Ito, darkened at both ends: a grey seventh was the green-blind's pink."""

STATES = {
    "scored": "#0b5c7a",
    "unscorable": "#e69f00",
    "rejected": "#9aa5b1",
    "pending": "#56b4e9",
}

BANDS = (
    "#fff6d5", "#feeab0", "#fedb88", "#fec65f", "#fcab3e",
    "#f28f2a", "#de711a", "#c2540b", "#983a04", "#662506",
)  # fmt: skip
"""Bands 1 to 10: one ramp of yellow to brown, told apart by lightness alone."""

FINDINGS = {"mass": "#ffb000", "calcification": "#56b4e9", "no_finding": "#d5dae0"}


def ink_on_band(band: int) -> str:
    """The colour of a number on a band's chip."""
    return INK if band <= 6 else "#ffffff"
