"""`python -m flows.training` remakes the demonstration model."""

import typer

from flows.training.demonstration import main

typer.run(main)
