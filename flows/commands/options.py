"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

JsonPath = Annotated[
    Path | None, typer.Option("--json", help="Also write the figures to this file.")
]

ImportFrom = Annotated[
    Path | None, typer.Option("--from", help="Import --data from this folder first.")
]
AcceptLicence = Annotated[
    bool, typer.Option("--accept-licence", help="Of the set that is imported.")
]
