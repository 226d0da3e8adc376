"""Everything that is held about a person, as files that she can read: JSON, PNG and a README.

It leaves out nothing but other persons, and adds nothing: plain identifiers are not held.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import polars as pl

from models.contract import IMAGE, SALIENCY, Tensor
from tasks.errors import Misconfigured
from tasks.lake.columns import Table
from tasks.lake.schemas import AUDIT, OBJECTS
from tasks.lake.store import Lake
from tasks.privacy.subject import Subject, identity_columns, tables_of_persons

_PICTURES: dict[str, Tensor] = {"pixels": IMAGE, "saliency": SALIENCY}
"""Columns of bytes, and the tensor whose shape they have."""

_README = """\
# Sus datos / Your data

## Español

Esta carpeta contiene todo lo que el sistema Smart Mammo guarda sobre usted al {day}. Se entrega
en respuesta a su solicitud de acceso o de portabilidad (Ley 19.628, modificada por la Ley
21.719).

- Cada archivo `.json` es una tabla: `columns` explica cada columna y `rows` contiene sus filas.
- `pictures/` contiene las imágenes que el modelo recibió (recortadas y reducidas) y los mapas
  de lo que le pareció sospechoso. Los nombres de los archivos están en las filas.
- Su nombre, su RUN, su fecha de nacimiento y su dirección no están: el sistema no los guarda.
  En lugar de ellos hay seudónimos, que solo el programa puede relacionar con usted.
- Los puntajes son de un programa de investigación que ordena exámenes para su lectura. No son
  un diagnóstico. Las mamografías originales y su informe están en el archivo clínico del
  programa.
- Usted puede pedir que se corrijan o se borren estos datos.

Filas por tabla: {counts}

## English

This folder holds everything that the system Smart Mammo keeps about you on {day}. It answers
your request for access or portability (Law 19.628 as changed by Law 21.719, Chile).

- Each `.json` file is a table: `columns` explains each column, and `rows` holds your rows.
- `pictures/` holds the images that the model was given (cropped and reduced), and maps of what
  it found suspicious. The rows name the files.
- Your name, national number, birth date and address are not here: the system does not keep
  them. Pseudonyms stand in their place, which only the programme can connect with you.
- The scores come from research software that puts exams in an order for their readers. They are
  no diagnosis. The original mammograms and the report on them are in the programme's archive.
- You may ask for these data to be corrected or erased.

Rows by table: {counts}
"""


def export_subject(lake: Lake, subject: Subject, folder: Path, day: date) -> dict[str, int]:
    """Write everything that is held about a person.

    Args:
        lake: With the tables.
        subject: Whose.
        folder: Made for this; only its owner can read it.
        day: Of the export, for the README.

    Returns:
        How many rows were written, by table; only tables that hold some.

    Raises:
        Misconfigured: If the folder exists and is not empty.
    """
    check_empty(folder)
    pictures = folder / "pictures"
    pictures.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    counts: dict[str, int] = {}
    for table in (*tables_of_persons(), AUDIT):
        rows = _rows(lake, table, subject)
        if rows:
            counts[table.name] = len(rows)
            readable = [_readable(row, pictures) for row in rows]
            _write(folder / f"{table.name}.json", table, readable)
    listed = ", ".join(f"{name} {n}" for name, n in counts.items())
    (folder / "README.md").write_text(_README.format(day=day.isoformat(), counts=listed))
    return counts


def check_empty(folder: Path) -> None:
    """See that nothing lies where an export is to be written.

    Raises:
        Misconfigured: If something does.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Misconfigured(f"{folder} is not empty: name a new folder for the export.")


def _rows(lake: Lake, table: Table, subject: Subject) -> list[dict[str, Any]]:
    is_hers = pl.lit(value=False)
    for name in identity_columns(table):
        is_hers |= pl.col(name).is_in(sorted(subject.named(name)))
    if table == OBJECTS:
        is_hers |= pl.col("object_key").is_in(sorted(subject.object_key))
    return lake.read(table, where=is_hers).sort(table.key).to_dicts()


def _readable(row: dict[str, Any], pictures: Path) -> dict[str, Any]:
    """A row with its payloads as pictures beside it."""
    return {name: _value(name, value, row, pictures) for name, value in row.items()}


def _value(name: str, value: Any, row: dict[str, Any], pictures: Path) -> Any:
    if name in _PICTURES and isinstance(value, bytes):
        version = row.get("model_version", row["preprocessing_version"])
        path = pictures / f"{row['sop_instance_key']}-{name}-{version[:12]}.png"
        path.write_bytes(_png(value, _PICTURES[name]))
        return f"{pictures.name}/{path.name}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _png(payload: bytes, tensor: Tensor) -> bytes:
    height, width = tensor.shape[-2:]
    pixels = np.frombuffer(payload, np.uint8).reshape(height, width)
    return cv2.imencode(".png", pixels)[1].tobytes()


def _write(path: Path, table: Table, rows: list[dict[str, Any]]) -> None:
    content = {
        "table": table.name,
        "row": f"One row is {table.row}.",
        "columns": {column.name: column.meaning for column in table.columns},
        "rows": rows,
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
