"""The command that turns outcomes into calibrations: calibrate."""

import json
from typing import Annotated

import typer

from flows.commands.options import JsonPath

app = typer.Typer()


@app.command()
def calibrate(
    recall_rate: Annotated[
        float, typer.Option(help="Highest share of the programme to recall.")
    ] = 0.07,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")
    ] = False,
    json_path: JsonPath = None,
) -> None:
    """Fit probabilities, bands and operating points on the programme's own outcomes.

    Each manufacturer and software with 20 cancers among 200 exams of known outcome has its own;
    the others share one. The next list uses them; former rows stay, with their date.
    """
    from flows.calibrating import calibrate as fit

    done = fit(recall_rate, is_dry=dry_run)
    for row in done.calibrations:
        scope = " ".join(str(row[name]) for name in ("manufacturer", "software_versions"))
        typer.echo(
            f"{scope}: slope {row['slope']:.2f}, intercept {row['intercept']:.2f}; "
            f"{row['n_cancers']} cancers; {row['data']}."
        )
    for note in done.notes:
        typer.echo(note)
    for point in done.points:
        typer.echo(
            f"{point['name']} ({point['manufacturer']}): at {point['threshold']:.3f} "
            f"sensitivity {_share(point, 'sensitivity')}, specificity "
            f"{_share(point, 'specificity')}."
        )
    written = "Nothing was written." if dry_run else f"{done.n_rescored} exams scored anew."
    typer.echo(f"Model {done.model_version}: {written}")
    if json_path:
        figures = {"calibrations": done.calibrations, "operating_points": done.points}
        json_path.write_text(json.dumps(figures, indent=2, default=str) + "\n")


def _share(point: dict[str, float], name: str) -> str:
    low, high = point[f"{name}_low"], point[f"{name}_high"]
    return f"{point[name]:.1%} ({low:.1%} to {high:.1%})"
