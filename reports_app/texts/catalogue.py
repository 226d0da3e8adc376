"""What a text is: its two languages side by side, so that neither can be forgotten.

The texts themselves stand in the modules beside this one, a page each.
"""

from typing import NamedTuple


class Text(NamedTuple):
    """One text; `{name}` are placeholders, the same ones in both languages."""

    es: str
    en: str
