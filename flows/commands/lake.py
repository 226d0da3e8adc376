"""Commands that keep the lake: its schema, its files, its copies."""

from collections.abc import Iterable
from typing import Annotated

import typer

lake = typer.Typer(
    no_args_is_help=True, help="Keep the lake: its schema, its files, its copies."
)
app = typer.Typer()
app.add_typer(lake, name="lake")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")]
ByExam = Annotated[
    bool,
    typer.Option("--by-exam", help="Also sort tables without payloads by exam (z-order)."),
]


@lake.command()
def keep(by_exam: ByExam = False) -> None:
    """Check, compact, vacuum, and back up to SMART_MAMMO_BACKUP_URL: what each week needs.

    The deployment `weekly` does so by itself. A damaged lake stays as it is,
    and so does its backup; then the exit code is 1.
    """
    from flows.upkeep import keep_lake

    _tell(keep_lake(by_exam=by_exam))


@lake.command()
def migrate(dry_run: DryRun = False) -> None:
    """Bring tables of an earlier version of this system to its schema.

    A night does so by itself before it writes. The past stays readable.
    """
    from flows.upkeep import migrate_lake

    _say(migrate_lake(is_dry=dry_run), "Every table has this version's schema.")


@lake.command()
def compact(dry_run: DryRun = False, by_exam: ByExam = False) -> None:
    """Join the small files that nights leave; no row changes, and nights may run meanwhile."""
    from flows.upkeep import compact_lake

    _say(compact_lake(is_dry=dry_run, by_exam=by_exam), "There is nothing to join.")


@lake.command()
def vacuum(dry_run: DryRun = False) -> None:
    """Delete files that only versions older than SMART_MAMMO_LAKE_RETENTION_DAYS need."""
    from flows.upkeep import vacuum_lake

    _say(vacuum_lake(is_dry=dry_run), "There is nothing to delete.")


@lake.command()
def check(
    with_values: Annotated[
        bool, typer.Option("--values", help="Decode every value; hold pixels to their digests.")
    ] = False,
) -> None:
    """Prove that every table is whole, each file as it was written; else exit code 1.

    What is derived from other tables is held to them.
    """
    from flows.upkeep import check_lake

    _tell(check_lake(with_values=with_values))


@lake.command()
def rebuild(dry_run: DryRun = False) -> None:
    """Make exam_summaries anew from the tables that it is derived from.

    The first night of a month does so by itself. Nights may run meanwhile.
    """
    from flows.upkeep import rebuild_lake

    _say(rebuild_lake(is_dry=dry_run), "Every derived row is as the tables say.")


@lake.command()
def backup(
    target: Annotated[str, typer.Argument(help="Folder or s3://bucket/prefix of the copy.")],
) -> None:
    """Copy the lake with its past, or bring a copy up to date; nights may run meanwhile.

    What an erasure took out of the lake leaves the copy, too. The key of the pseudonyms lies
    elsewhere: keep it elsewhere.
    """
    from flows.upkeep import back_up_lake

    typer.echo(back_up_lake(target))


@lake.command()
def restore(
    source: Annotated[str, typer.Argument(help="Folder or s3://bucket/prefix of the copy.")],
) -> None:
    """Copy a backup to where the settings put the lake, which must be empty, and check it."""
    from flows.upkeep import restore_lake

    _tell(restore_lake(source))


def _say(sentences: Iterable[str], otherwise: str) -> None:
    said = False
    for sentence in sentences:
        typer.echo(sentence)
        said = True
    if not said:
        typer.echo(otherwise)


def _tell(findings: Iterable[tuple[str, bool]]) -> None:
    has_problem = False
    for sentence, is_problem in findings:
        has_problem |= is_problem
        typer.secho(sentence, fg="red" if is_problem else None, err=is_problem)
    raise typer.Exit(1 if has_problem else 0)
