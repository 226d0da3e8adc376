"""Commands of a model change: package, verify, shadow, compare, promote, rollback, list."""

import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands.options import JsonPath

app = typer.Typer(
    name="model",
    no_args_is_help=True,
    help="Change the model: only when the new one has proven itself. In this order: package, "
    "verify, shadow, compare, gate, promote; rollback takes the last promotion back.",
)

Version = Annotated[str, typer.Argument(help="Its number, as `mammo model list` shows it.")]
Target = Annotated[
    str | None,
    typer.Option(
        help="host:port of a Triton that serves it already; a private one if left out."
    ),
]
By = Annotated[str | None, typer.Option(help="Who decides; this system's user if left out.")]


@app.command()
def package(
    source: Annotated[
        Path,
        typer.Argument(
            help="A training run's folder, or a version's folder or archive.", metavar="RUN"
        ),
    ],
    version: Annotated[
        str | None, typer.Option(help="The next free number if left out.")
    ] = None,
) -> None:
    """Make a version folder with its record, sealed; it is not served yet."""
    typer.echo(f"Packaged: {_steps().package(source, version)}")


@app.command()
def verify(version: Version, target: Target = None, json_path: JsonPath = None) -> None:
    """Prove a version in a Triton of its own: contract, golden set, repeats, time, memory."""
    from tasks.redeploy.report_text import verification_text

    report = _steps().verify(version, target)
    _show(report, verification_text(report), json_path)


@app.command()
def shadow(
    version: Version,
    nights: Annotated[int, typer.Option(help="Published lists, from the last.", min=1)] = 7,
    target: Target = None,
) -> None:
    """Have a version score past nights, beside the served one; no list changes."""
    from flows.progress import progress_bars

    with progress_bars():
        n_images = _steps().shadow(version, nights, target)
    typer.echo(f"{n_images} images scored now under version {version}; no list was touched.")


@app.command()
def compare(
    version: Version,
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.json, .md and .html.")
    ] = None,
    json_path: JsonPath = None,
) -> None:
    """Compare a version with the served one on the exams that both scored."""
    from tasks.redeploy.report_text import comparison_text

    report = _steps().compare(version)
    _show(report, comparison_text(report), json_path)
    if out:
        _write_comparison(out, report)


@app.command()
def promote(
    version: Version,
    override: Annotated[
        str | None, typer.Option(help="Why rules that fail are overruled; it is recorded.")
    ] = None,
    by: By = None,
) -> None:
    """Serve a version from the next night on, if it has proven itself."""
    decision = _steps().promote(version, by or getpass.getuser(), override)
    typer.echo(
        f"Version {version} is served from the next night on. Evidence: {decision.evidence}"
    )


@app.command()
def rollback(by: By = None) -> None:
    """Serve the version served before, from the next night on."""
    version = _steps().roll_back(by or getpass.getuser())
    typer.echo(f"Version {version} is served from the next night on.")


@app.command("list")
def list_versions(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Show versions, states, and who moved what when on what evidence."""
    steps = _steps()
    listed = steps.versions()
    if as_json:
        typer.echo(json.dumps(listed, indent=2))
        return
    if not listed:
        typer.echo(
            f"There is no version in {steps.repository.resolve()}: `mammo model package RUN` "
            "makes one of a training, SMART_MAMMO_MODEL_REPOSITORY names another repository."
        )
    for row in listed:
        typer.echo(f"{row['version']:>4}  {row['state']:<10}  {_history(row)}".rstrip())


@app.command()
def gate(version: Version) -> None:
    """Show each rule of the gate and whether it holds; exit code 1 where one does not."""
    from tasks.redeploy.report_text import gate_text

    findings = _steps().findings(version)
    typer.echo(gate_text(findings))
    raise typer.Exit(0 if all(finding.holds for finding in findings) else 1)


def _steps() -> Any:
    from flows.model_steps import Redeployment
    from flows.services import load_settings

    return Redeployment.of(load_settings())


def _show(report: dict[str, Any], text: str, json_path: Path | None) -> None:
    typer.echo(text)
    if json_path:
        json_path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _write_comparison(out: Path, report: dict[str, Any]) -> None:
    from reports_app.comparison_report import comparison_markdown, render_comparison

    out.mkdir(parents=True, exist_ok=True)
    (out / "comparison.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (out / "comparison.md").write_text(comparison_markdown(report), encoding="utf-8")
    (out / "comparison.html").write_text(render_comparison(report), encoding="utf-8")
    typer.echo(out / "comparison.html")


def _history(row: dict[str, Any]) -> str:
    if row["problem"]:
        return row["problem"]
    if not row["action"]:
        return ", ".join(row["reports"])
    why = f"; overruled: {row['override']}" if row["override"] else ""
    return (
        f"{row['moved_at'][:16]} {row['action']} by {row['operator']}: {row['evidence']}{why}"
    )
