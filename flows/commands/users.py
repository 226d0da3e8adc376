"""Commands of those who keep the accounts of the app."""

from typing import Annotated

import typer

from reports_app.access.roles import Role

app = typer.Typer()
user = typer.Typer(help="Who may sign in to the app of this machine, and as what.")
app.add_typer(user, name="user")


@user.command()
def add(
    name: Annotated[str, typer.Argument(help="Up to 64 letters, digits, dots, @ or dashes.")],
    role: Annotated[
        list[Role],
        typer.Option(
            help="manager: statistics alone; radiologist: lists and exams; engineer: models "
            "and nights. More than one may be given."
        ),
    ],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            help="12 characters or more.",
        ),
    ],
) -> None:
    """Add an account, or give it another password and other roles."""
    from flows.doors import build_accounts
    from flows.services import load_settings

    account = build_accounts(load_settings()).add(name, frozenset(role), password)
    typer.echo(f"{account.name} may sign in as {', '.join(sorted(account.roles))}.")


@user.command()
def remove(name: Annotated[str, typer.Argument(help="As `mammo user list` shows it.")]) -> None:
    """Remove an account; its sessions end with their next request."""
    from flows.doors import build_accounts
    from flows.services import load_settings

    build_accounts(load_settings()).remove(name)
    typer.echo(f"{name} can no longer sign in.")


@user.command("list")
def list_users() -> None:
    """Show who may sign in."""
    from flows.doors import build_accounts
    from flows.services import load_settings

    for account in build_accounts(load_settings()).all():
        typer.echo(f"{account.name}: {', '.join(sorted(account.roles))}")
