"""Commands that show how images are read: inspect, conformance."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def inspect(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files, folders or ZIP files.", metavar="PATH", exists=True, readable=False
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for scripts.")
    ] = False,
    png: Annotated[
        Path | None,
        typer.Option(
            help="Folder for two pictures a file: the network input, and the original with "
            "the crop drawn on it. They show a patient.",
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Say what the system makes of files: facts, their sources, state and reason.

    No server is needed and nothing is kept. A rejected file is an answer, not a failure.
    """
    from flows import inspection

    show = inspection.as_json if as_json else inspection.as_text
    n_files, n_accepted = inspection.inspect_paths(
        paths, png, lambda facts: typer.echo(show(facts))
    )
    if not as_json:
        typer.echo(f"{n_files} files, {n_accepted} accepted, {n_files - n_accepted} rejected")


@app.command()
def conformance() -> None:
    """Read the conformance set, every vendor's way and every trap, on this installation.

    The last line is "N cases, N as declared"; exit code 1 where a case is not.
    """
    from flows.conformance import run_conformance

    raise typer.Exit(0 if run_conformance(typer.echo) else 1)
