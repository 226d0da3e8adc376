"""The `mammo` command: arguments in, an exit code and sentences out.

Exit codes: 0 done, 1 finished with a stated failure, 2 wrong use. Each group lies in
`flows.commands`; the work is done elsewhere.
"""

import sys

import typer

from flows.commands import (
    calibrating,
    drill,
    lake,
    model,
    modelling,
    nights,
    privacy,
    publishing,
    reading,
    reporting,
    users,
)
from tasks.errors import Misconfigured, SmartMammoError

app = typer.Typer(
    name="mammo",
    help="Smart Mammo: reads a screening campaign's mammograms and lists who is read first, "
    "and why. Research software, not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (
    nights,
    reading,
    publishing,
    reporting,
    modelling,
    calibrating,
    model,
    privacy,
    users,
    lake,
    drill,
):
    app.add_typer(group.app)


def main() -> None:
    """Run the command; an error on purpose becomes one sentence."""
    try:
        app()
    except Misconfigured as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(2)
    except SmartMammoError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
