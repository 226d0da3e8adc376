"""Commands of those who make models: import, explore, train, predict, evaluate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import AcceptLicence, ImportFrom, JsonPath

app = typer.Typer()


@app.command("import")
def import_data_set(
    name: Annotated[str, typer.Argument(help="Such as mini-mias, cbis-ddsm, cdd-cesm.")],
    source: Annotated[Path, typer.Option("--from", help="Folder in the set's own layout.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="The licence is printed; you accept it.")
    ] = False,
    lake: Annotated[
        str | None, typer.Option(help="Lake to write; one a set if left out.")
    ] = None,
    json_path: JsonPath = None,
) -> None:
    """Import a public data set into tables, counted against its published counts."""
    from flows.importing import run_import

    run_import(name, source, accept_licence=accept_licence, lake_url=lake, json_path=json_path)


@app.command()
def explore(
    data: Annotated[str, typer.Argument(help="An imported set's name, or its lake.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the page; below the home if left out.")
    ] = None,
) -> None:
    """Show an imported set: counts, gaps, sizes, brightness, balance, copies, a gallery."""
    from flows.exploring import kept_reports, run_exploration

    for path in run_exploration(data, out or kept_reports().explorations / Path(data).name):
        typer.echo(path)


@app.command()
def train(
    folder: Annotated[
        Path, typer.Option(help="State of the run; with generated exams about 2.5 GB.")
    ] = Path(".smart-mammo/training"),
    repository: Annotated[Path, typer.Option(help="Triton's model repository.")] = Path(
        "triton_repo"
    ),
    version: Annotated[str, typer.Option(help="Version to write.")] = "1",
    workers: Annotated[int, typer.Option(help="Processes that generate exams.", min=1)] = 2,
    data: Annotated[
        str | None,
        typer.Option(help="Train on this: a lake that `mammo import` wrote, or a set's name."),
    ] = None,
    source: ImportFrom = None,
    accept_licence: AcceptLicence = False,
    start: Annotated[
        Path | None, typer.Option(help="Version folder whose weights training starts from.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="At most.", min=1)] = None,
    backbone: Annotated[
        str | None, typer.Option(help="Without --start: such as efficientnet_lite0, resnet18.")
    ] = None,
    weights: Annotated[
        str, typer.Option(help="Of the backbone: none, or imagenet where they can be had.")
    ] = "none",
    split: Annotated[
        Path | None,
        typer.Option(help="Instead of the set's own: object_key or sop_instance_key, split."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of split, weights and order.")] = 1,
    folds: Annotated[
        int | None,
        typer.Option(
            help="Instead of a version: train so many networks, and score every patient of the "
            "set by one that never saw her.",
            min=3,
        ),
    ] = None,
) -> None:
    """Train a model, prove it on patients it never saw, and package it.

    Without --data: the demonstration model, on generated exams. With it: on an imported set, by
    the recipe for crops or for whole images. A run that was killed goes on when called again.
    """
    if data is None:
        if folds is not None:
            raise typer.BadParameter("Give --data: folds are of its patients.")
        from flows.training.demonstration import main as run_training

        run_training(folder, repository, version, workers)
        return
    from flows.training.imported import TrainingRequest, run_lake_training

    request = TrainingRequest(
        data, source, accept_licence, start, epochs, seed, backbone, weights, split
    )
    if folds is not None:
        from flows.training.folds import run_lake_folds

        typer.echo(json.dumps(run_lake_folds(request, folder, folds), indent=2))
        return
    proof = run_lake_training(request, folder, repository, version)
    typer.echo(json.dumps(proof, indent=2))
    typer.echo(f"Written to {repository}; curves: tensorboard --logdir {folder}")


@app.command()
def predict(
    model: Annotated[
        Path, typer.Option(help="A version's folder, or the folder of a training.")
    ],
    data: Annotated[
        str, typer.Option(help="A lake that `mammo import` wrote, or a set's name.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the tables; made if absent.")],
    source: ImportFrom = None,
    accept_licence: AcceptLicence = False,
    trained_on: Annotated[
        Path | None,
        typer.Option(
            help="Whose patients to leave out; of a training's folder, its own split."
        ),
    ] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Instead of CSV.")] = False,
) -> None:
    """Score an imported set: tables of scores, marks and lesions, as `evaluate` reads them."""
    from flows.training.prediction import run_prediction

    for line in run_prediction(
        data,
        model,
        out,
        source=source,
        accept_licence=accept_licence,
        trained_on=trained_on,
        ending="parquet" if parquet else "csv",
    ):
        typer.echo(line)


@app.command()
def evaluate(
    scores: Annotated[
        Path | None, typer.Option(help="CSV or Parquet: scores and truth.")
    ] = None,
    exam_column: Annotated[str, typer.Option(help="Names the exam.")] = "exam_key",
    truth_column: Annotated[str, typer.Option(help="0 or 1: malignancy.")] = "is_cancer",
    from_lake: Annotated[
        bool,
        typer.Option("--from-lake", help="Instead: the programme's own scores and outcomes."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report; below the home if left out.")
    ] = None,
    breast_column: Annotated[str | None, typer.Option(help="Names the breast.")] = None,
    image_column: Annotated[str | None, typer.Option(help="Names the image.")] = None,
    patient_column: Annotated[str | None, typer.Option(help="Names the patient.")] = None,
    repeat_column: Annotated[str | None, typer.Option(help="Numbers repeats.")] = None,
    subgroup_column: Annotated[list[str] | None, typer.Option(help="Report by it too.")] = None,
    ignored_column: Annotated[list[str] | None, typer.Option(help="Not a scorer.")] = None,
    reader_prefix: Annotated[
        str, typer.Option(help="Scorers named so are human readers; empty: none is.")
    ] = "Reader",
    prevalence: Annotated[
        float, typer.Option(help="Cancers per exam in the programme; 0.0051 is the BCSC's.")
    ] = 0.0051,
    recall_rate: Annotated[
        float, typer.Option(help="Highest share of exams that the programme recalls.")
    ] = 0.07,
    exams_per_day: Annotated[int, typer.Option(help="That the programme reads.")] = 60,
    trained_on: Annotated[
        Path | None,
        typer.Option(help="What the system was trained on, such as a run's split.csv."),
    ] = None,
    images: Annotated[
        str | None, typer.Option(help="Lake of both sides' images: near-copies are sought too.")
    ] = None,
    marks: Annotated[
        Path | None, typer.Option(help="Boxes drawn: image, top, left, bottom, right, score.")
    ] = None,
    lesions: Annotated[
        Path | None, typer.Option(help="Lesions: image, top, left, bottom, right.")
    ] = None,
    internal: Annotated[
        Path | None, typer.Option(help="evaluation.json on the system's own set: the drop.")
    ] = None,
    about: Annotated[Path | None, typer.Option(help="TOML: what no table can tell.")] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
) -> None:
    """Evaluate any system's scores: page, PDF, model card and figures as JSON.

    Every other numeric column of the table is a scorer.
    """
    from flows.evaluation import evaluate as run_evaluation
    from flows.evaluation_evidence import Evidence
    from flows.exploring import kept_reports

    if (scores is None) != from_lake:
        raise typer.BadParameter("Give --scores or --from-lake.", param_hint="--scores")
    if scores is None:
        from flows.calibrating import SUBGROUPS, write_programme_scores

        out = out or kept_reports().evaluations / "programme"
        scores, told = write_programme_scores(out)
        patient_column, subgroup_column = "patient_key", list(SUBGROUPS)
        typer.echo(told)
    files = run_evaluation(
        scores,
        out or kept_reports().evaluations / scores.stem,
        exam_column=exam_column,
        truth_column=truth_column,
        breast_column=breast_column,
        image_column=image_column,
        patient_column=patient_column,
        repeat_column=repeat_column,
        subgroup_columns=tuple(subgroup_column or ()),
        ignored_columns=tuple(ignored_column or ()),
        reader_prefix=reader_prefix,
        prevalence=prevalence,
        recall_rate=recall_rate,
        exams_per_day=exams_per_day,
        evidence=Evidence(trained_on, images, marks, lesions, internal),
        about=about,
        seed=seed,
    )
    for path in (files.figures, files.page, files.document, files.model_card):
        typer.echo(path)
