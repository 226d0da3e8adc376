"""A version's record as a model card in Markdown, to be read beside the weights and in the app.

It says what the record holds and nothing more; what is not known is said to be so.
"""

from collections.abc import Iterable, Mapping
from typing import Any

UNKNOWN = "not stated"
MAX_DEPTH = 3
"""Of nested figures; deeper ones stay in model.json."""


def render_model_card(record: Mapping[str, Any]) -> str:
    """Write the card of a record.

    Args:
        record: As `model.json` holds it.
    """
    training = record.get("training", {})
    sections = [
        [f"# {record['model_name']}, version {record['model_version']}", "", record["notice"]],
        _section("What it is", _architecture(record)),
        _section("What it is for", [_INTENDED_USE]),
        _section("Training data", _lines(training.get("data") or {"data": UNKNOWN})),
        _section("How it was made", _lines(_how(record))),
        _section("Results", _lines(record.get("metrics") or {"results": UNKNOWN})),
        _section("Operating points", _operating_points(record.get("operating_points", []))),
        _section("Calibration", _lines(record.get("calibration", {}))),
        _section("Licences", _lines(record.get("licences", {}))),
        _section("Tensors", _tensors(record["contract"])),
        _section("Files", _files(record.get("files", {}))),
    ]
    return "\n".join("\n".join(section) for section in sections) + "\n"


_INTENDED_USE = (
    "It puts screening exams in an order of reading. It decides nothing, removes no exam from "
    "a list, and is no medical device."
)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return ["", f"## {title}", "", *lines]


def _architecture(record: Mapping[str, Any]) -> list[str]:
    return _lines({"status": record.get("status", UNKNOWN), **record.get("architecture", {})})


def _how(record: Mapping[str, Any]) -> dict[str, Any]:
    training = record.get("training", {})
    return {
        "command": training.get("command", UNKNOWN),
        "preprocessing": training.get("preprocessing_version", UNKNOWN),
        **record.get("software", {}),
    }


def _lines(figures: Mapping[str, Any], depth: int = 0) -> list[str]:
    """A nested mapping as a nested list."""
    lines: list[str] = []
    for name, value in figures.items():
        lead = f"{'  ' * depth}- {name.replace('_', ' ')}"
        if isinstance(value, Mapping) and {"value", "low", "high"} <= value.keys():
            lines.append(f"{lead}: {_interval(value)}")
        elif isinstance(value, Mapping):
            nested = _lines(value, depth + 1) if depth < MAX_DEPTH else []
            lines += [f"{lead}:", *nested]
        else:
            lines.append(f"{lead}: {_short(value)}")
    return lines


def _interval(estimate: Mapping[str, float]) -> str:
    low, high = _short(estimate["low"]), _short(estimate["high"])
    return f"{_short(estimate['value'])} (95 % interval {low} to {high})"


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value)
    return str(value)


def _operating_points(points: list[Mapping[str, Any]]) -> list[str]:
    if not points:
        return [f"{UNKNOWN.capitalize()}: this version cannot be promoted without them."]
    head = ["| name | threshold | sensitivity | specificity |", "|---|---:|---:|---:|"]
    rows = [
        f"| {point['name']} | {point['threshold']:.4f} | {_share(point, 'sensitivity')} "
        f"| {_share(point, 'specificity')} |"
        for point in points
    ]
    return [*head, *rows, "", f"On: {points[0]['data']}."]


def _share(point: Mapping[str, Any], name: str) -> str:
    low, high = point[f"{name}_low"], point[f"{name}_high"]
    return f"{point[name]:.3f} ({low:.3f} to {high:.3f})"


def _tensors(contract: Mapping[str, Any]) -> list[str]:
    tensors = [contract["input"], *contract["outputs"]]
    rows = [
        f"| {tensor['name']} | {tensor['dtype']} | {_shape(tensor['shape'])} "
        f"| {tensor['meaning']} |"
        for tensor in tensors
    ]
    return ["| tensor | type | shape | meaning |", "|---|---|---|---|", *rows]


def _shape(shape: Iterable[int]) -> str:
    """Sizes without brackets, which Markdown would take for a link."""
    return " × ".join(map(str, shape))  # noqa: RUF001  # the sign of multiplication is meant


def _files(files: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"- {name}: {facts['size_bytes']} bytes, SHA-256 `{facts['sha256']}`"
        for name, facts in files.items()
    ]
