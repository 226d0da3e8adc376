"""A programme's tables as files: both languages, each error by its line, never twice."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from reports_app import campaign
from tasks.lake.schemas import FOLLOW_UPS, OUTCOMES, TARGETS
from tasks.lake.store import Lake
from tasks.publish.programme import read_programme_facts
from tasks.publish.register_files import AGE_BANDS, FILE_KINDS, OUTCOME_FILE
from tasks.publish.table_file import TableFileError, import_file
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
    assert import_file(filled, OUTCOME_FILE, english, "import", NOW) == 1
    again = spanish(f"{ONE};D;radiologo;4a;b;sí;;24-11-2026")
    assert import_file(filled, OUTCOME_FILE, again, "import", NOW) == 0
    row = filled.read(OUTCOMES, where=pl.col("exam_key") == ONE).row(0, named=True)
    assert (row["breast"], row["birads_assessment"]) == ("R", "4A")
    assert (row["recalled"], row["is_malignant"]) == (True, None)
    assert row["read_date"] == date(2026, 11, 24)


def test_a_second_import_commits_nothing(filled):
    data = spanish(f"{TWO};ambas;biopsia;;;;no;")
    assert import_file(filled, OUTCOME_FILE, data, "import", NOW) == 1
    version = filled.version(OUTCOMES)
    assert import_file(filled, OUTCOME_FILE, data, "import", NOW.replace(hour=13)) == 0
    assert filled.version(OUTCOMES) == version


def test_what_is_imported_counts_in_the_programme(filled):
    import_file(filled, OUTCOME_FILE, spanish(f"{TWO};I;biopsia;;;;si;"), "import", NOW)
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
    with pytest.raises(TableFileError) as told:
        import_file(filled, OUTCOME_FILE, spanish(good, cells), "import", NOW)
    assert [error.line for error in told.value.errors] == [3]
    assert sentence in str(told.value)
    assert filled.read(OUTCOMES).height == n_rows


@pytest.mark.parametrize("data", [b"", b"a;b\n1;2\n", "exam_key\ná".encode("latin-1")])
def test_a_file_that_is_no_table_of_outcomes_is_refused(filled, data):
    with pytest.raises(TableFileError, match="Line 1"):
        import_file(filled, OUTCOME_FILE, data, "import", NOW)


@pytest.mark.parametrize("kind", FILE_KINDS.values(), ids=FILE_KINDS)
def test_a_kind_of_file_has_its_tables_columns(kind):
    written = {"recorded_by", "recorded_at"}
    assert set(kind.columns) == set(kind.table.schema) - written
    assert set(kind.table.key) <= {
        name for name, column in kind.columns.items() if column.is_needed
    }
    names = [name for column in kind.columns.values() for name in column.names]
    assert len(names) == len(set(names))
    assert all(name in column.names for name, column in kind.columns.items())


def test_a_register_fills_what_indicators_need(filled):
    registrations = f"examen;comuna;prevision;movil;primer_tamizaje\n{ONE};Ancud;B;si;no\n"
    follow_ups = f"examen;invasor;tamano_mm;fecha_diagnostico\n{ONE};si;8,5;24-11-2026\n"
    for name, text in (("registrations", registrations), ("follow-ups", follow_ups)):
        assert import_file(filled, FILE_KINDS[name], text.encode(), "import", NOW) == 1
    facts = read_programme_facts(filled).filter(exam_key=ONE).row(0, named=True)
    assert (facts["comuna"], facts["is_first_screen"]) == ("Ancud", False)
    assert (facts["tumour_size_mm"], facts["diagnosis_date"]) == (8.5, date(2026, 11, 24))


def test_a_later_file_leaves_what_it_has_no_column_for(filled):
    kind = FILE_KINDS["follow-ups"]
    first = f"exam_key,biopsy_done\n{TWO},yes\n".encode()
    second = f"exam_key,staging_date\n{TWO},2026-11-20\n".encode()
    for data in (first, second):
        assert import_file(filled, kind, data, "import", NOW) == 1
    row = filled.read(FOLLOW_UPS, where=pl.col("exam_key") == TWO).row(0, named=True)
    assert (row["biopsy_done"], row["staging_date"]) == (True, date(2026, 11, 20))


def test_targets_need_no_exam(filled):
    head = "comuna;grupo_edad;primer_dia;ultimo_dia;mujeres"
    text = f"{head}\nAncud;50_59;01-01-2025;31-12-2026;410\n"
    assert import_file(filled, FILE_KINDS["targets"], text.encode(), "import", NOW) == 1
    assert filled.read(TARGETS)["n_women"].to_list() == [410]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("Ancud;50_59;2025-01-01;2026-12-31;many", "not a whole number"),
        ("Ancud;50-59;2025-01-01;2026-12-31;5", "age_band is '50-59'"),
        (";50_59;2025-01-01;2026-12-31;5", "No comuna"),
    ],
)
def test_a_target_that_cannot_be_used_is_told(filled, cells, sentence):
    text = f"comuna;age_band;first_day;last_day;n_women\n{cells}\n"
    with pytest.raises(TableFileError, match=sentence):
        import_file(filled, FILE_KINDS["targets"], text.encode(), "import", NOW)


def test_the_ages_are_the_apps():
    assert AGE_BANDS == campaign.AGE_BANDS
