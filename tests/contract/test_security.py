"""docs/security.md against the tests that it names, and settings against what is printed."""

import re

import pytest

from tasks.settings import Settings
from tests.support.servers import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
THREATS = re.findall(r"^\| ([^|]+) \| [^|]+ \| `([^`:]+)::(\w+)` \|$", PAGE, re.MULTILINE)
SECRETS = ("pseudonym_key", "oidc_client_secret", "alarm_url")


@pytest.mark.parametrize(("threat", "file", "test"), THREATS, ids=[row[2] for row in THREATS])
def test_each_threat_has_its_test(threat: str, file: str, test: str):
    source = (ROOT / file).read_text()
    assert re.search(rf"^def {test}\(", source, re.MULTILINE), threat


def test_every_row_of_the_table_names_a_test():
    table = PAGE.split("## Threats and their tests")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len(THREATS) == len(rows) - 1 >= 25


def test_no_secret_of_the_settings_is_shown():
    settings = Settings(**dict.fromkeys(SECRETS, "http://hidden-value"))
    shown = f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"
    assert "hidden-value" not in shown


def test_every_setting_that_is_a_secret_is_typed_as_one():
    pattern = "key|secret|password|alarm_url"
    names = {name for name in Settings.model_fields if re.search(pattern, name)}
    typed = {
        name for name in names if "SecretStr" in str(Settings.model_fields[name].annotation)
    }
    assert names == typed == set(SECRETS)
