"""Outcomes from a programme's table: both languages, each error by its line, never twice."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tasks.lake.schemas import OUTCOMES
from tasks.lake.store import Lake
from tasks.publish.outcome_file import OutcomeFileError, import_outcomes
from tasks.publish.programme import read_programme_facts
from tests.support.lake_fixture import exam_key, fill_lake

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ONE, TWO = exam_key(0), exam_key(1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    url = str(tmp_path_factory.mktemp("outcomes"))
    fill_lake(Lake(url), n_exams=3)
    return Lake(url)


def spanish(*lines: str) -> bytes:
    header = "Examen;Mama;Fuente;BIRADS;Densidad;Rellamada;Cancer;Fecha_lectura"
    return "\r\n".join([header, *lines]).encode("utf-8-sig")


def test_both_languages_make_the_same_rows(filled):
    english = (
        "exam_key,breast,source,birads_assessment,breast_density,recalled,is_malignant,read_date\n"
        f"{ONE},R,reader,4A,B,yes,,2026-11-24\n"
    ).encode()
    assert import_outcomes(filled, english, "import", NOW) == 1
    again = spanish(f"{ONE};D;radiologo;4a;b;sí;;24-11-2026")
    assert import_outcomes(filled, again, "import", NOW) == 0
    row = filled.read(OUTCOMES, where=pl.col("exam_key") == ONE).row(0, named=True)
    assert (row["breast"], row["birads_assessment"]) == ("R", "4A")
    assert (row["recalled"], row["is_malignant"]) == (True, None)
    assert row["read_date"] == date(2026, 11, 24)


def test_a_second_import_commits_nothing(filled):
    data = spanish(f"{TWO};ambas;biopsia;;;;no;")
    assert import_outcomes(filled, data, "import", NOW) == 1
    version = filled.version(OUTCOMES)
    assert import_outcomes(filled, data, "import", NOW.replace(hour=13)) == 0
    assert filled.version(OUTCOMES) == version


def test_what_is_imported_counts_in_the_programme(filled):
    import_outcomes(filled, spanish(f"{TWO};I;biopsia;;;;si;"), "import", NOW)
    facts = read_programme_facts(filled).filter(exam_key=TWO)
    assert facts["is_cancer"].to_list() == [True]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (";D;radiologo;2;;no;;", "knows no exam ''"),
        ("f" * 32 + ";D;radiologo;2;;no;;", "knows no exam"),
        (f"{ONE};X;radiologo;2;;no;;", "breast is 'X'"),
        (f"{ONE};;radiologo;2;;no;;", "No breast"),
        (f"{ONE};D;radiologo;7;;no;;", "birads_assessment is '7'"),
        (f"{ONE};D;radiologo;2;;tal vez;;", "recalled is 'TAL VEZ'"),
        (f"{ONE};D;radiologo;2;;no;;31-02-2026", "not a day"),
        (f"{ONE};I;registro;;;;no;", "as in line 2"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_nothing_is_written(filled, cells, sentence):
    good = f"{ONE};I;registro;;;;no;"
    n_rows = filled.read(OUTCOMES).height
    with pytest.raises(OutcomeFileError) as told:
        import_outcomes(filled, spanish(good, cells), "import", NOW)
    assert [error.line for error in told.value.errors] == [3]
    assert sentence in str(told.value)
    assert filled.read(OUTCOMES).height == n_rows


@pytest.mark.parametrize("data", [b"", b"a;b\n1;2\n", "exam_key\ná".encode("latin-1")])
def test_a_file_that_is_no_table_of_outcomes_is_refused(filled, data):
    with pytest.raises(OutcomeFileError, match="Line 1"):
        import_outcomes(filled, data, "import", NOW)
