"""What docs/privacy.md and the record say of headers, against the readers and the tables."""

from datetime import date

from pydicom.datadict import tag_for_keyword

from tasks.ingest.header import KEYWORDS
from tasks.lake.schemas import INSTANCES, TABLES
from tasks.preprocess.reading import HEADER_KEYWORDS
from tasks.privacy.processing_record import page, treatments
from tasks.privacy.profile import TREATMENTS, Action
from tasks.settings import Settings
from tests.support.servers import ROOT

FROM_THE_BUCKET = {"object_key", "etag"}
DOCUMENT = ROOT / "docs" / "privacy.md"


def record(**settings: object) -> str:
    return page(Settings(**settings), date(2026, 12, 1))


def test_every_attribute_that_a_reader_names_has_a_treatment_and_no_other():
    assert set(TREATMENTS) == {*KEYWORDS, *HEADER_KEYWORDS, "TransferSyntaxUID"}
    assert all(tag_for_keyword(keyword) for keyword in TREATMENTS)


def test_the_treatments_fill_every_column_that_comes_from_a_header():
    filled = {column for treatment in TREATMENTS.values() for column in treatment.columns}
    assert filled == set(INSTANCES.schema) - FROM_THE_BUCKET


def test_what_identifies_is_a_pseudonym_or_is_not_stored():
    for keyword, treatment in TREATMENTS.items():
        if treatment.basic_profile in {"U", "X"} or keyword.startswith("Patient"):
            assert treatment.action != Action.KEPT, keyword


def test_the_document_holds_the_table():
    stored = DOCUMENT.read_text().split("<!-- treatments -->\n")[1].split("<!-- end -->")[0]
    assert stored == "\n".join(treatments()) + "\n", (
        "Replace the table by tasks.privacy.processing_record.treatments()."
    )


def test_the_record_names_every_table_of_persons_and_no_secret():
    text = record(
        s3_endpoint="https://store.example",
        lake_url="s3://lake",
        pseudonym_key="k" * 32,
    )
    for table in TABLES:
        assert (f"| `{table.name}` |" in text) == (
            "exam_key" in table.schema
            or "patient_key" in table.schema
            or "sop_instance_key" in table.schema
        )
    assert "k" * 32 not in text
