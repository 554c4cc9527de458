"""Every list format against invented samples that hold its traps; UPDATE_GOLDEN=1 rewrites what is expected."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from screening.alerts.export import objects
from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.alerts.version import version_hash

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "ofac": "ofac",
    "ofac_xml": "ofac-xml",
    "un": "un",
    "uk_conlist": "uk",
    "uk_sanctions_list": "uk",
    "eu": "eu",
    "documents": "documents",
    "own": "own",
    "ftm": "ftm",
    "senzing": "senzing",
    "opensanctions": "opensanctions",
}


def files_of(case):
    return {
        path.name: path.read_bytes() for path in sorted((GOLDEN / case).iterdir()) if path.suffix != ".toml"
    }


def options_of(case):
    mapping = GOLDEN / case / "mapping.toml"
    return ImportOptions("list", mapping=mapping.read_bytes() if mapping.exists() else None)


def imported(case, files=None):
    return IMPORTERS[CASES[case]].read(files or files_of(case), options_of(case))


def told(case):
    found = imported(case)
    return {
        "alerts": list(objects(found, "VERSION")),
        "counts": dict(found.counts),
        "findings": [[f.code, f.file, f.record, f.text] for f in found.findings],
        "published": str(found.published),
    }


@pytest.mark.parametrize("case", CASES)
def test_a_format_is_read_as_its_sample_says(case):
    path = GOLDEN / f"{case}.json"
    found = told(case)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    assert found == json.loads(path.read_text())


@pytest.mark.parametrize("case", CASES)
def test_an_export_read_again_is_the_same_version(case):
    first = imported(case)
    text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects(first, "V"))
    again = IMPORTERS["canonical"].read({"export.jsonl": text.encode()}, ImportOptions("list"))
    assert version_hash(again) == version_hash(first)


@pytest.mark.parametrize("case", ["ofac", "documents", "own"])
def test_another_order_and_other_line_ends_are_the_same_version(case):
    turned = {}
    for name, data in files_of(case).items():
        lines = [line for line in data.strip(b"\x1a\r\n").replace(b"\r\n", b"\n").split(b"\n") if line]
        header = [] if case == "ofac" else [lines.pop(0)]
        turned[name] = b"\n".join([*header, *reversed(lines)]) + b"\n"
    assert version_hash(imported(case, turned)) == version_hash(imported(case))


@pytest.mark.parametrize("case", CASES)
def test_findings_never_carry_what_they_are_about(case):
    found = imported(case)
    names = {name for full in found.names["full"].to_pylist() for name in full.split() if len(name) > 3}
    values = names | set(found.documents["number"].to_pylist())
    for finding in found.findings:
        assert not [value for value in values if value in finding.text]


@pytest.mark.parametrize(
    ("case", "dropped"), [("ftm", 2), ("own", 1), ("senzing", 1)], ids=["ftm", "own", "senzing"]
)
def test_special_categories_are_dropped_and_counted(case, dropped):
    found = imported(case)
    assert found.counts["special_categories_dropped"] == dropped
    assert "secret" not in json.dumps(list(objects(found, "V")))


def kinds(found, source_id):
    rows = found.names.filter(found.names["alert_id"].to_pandas() == f"list:{source_id}").to_pylist()
    return Counter(row["kind"] for row in rows)


def test_weak_aliases_end_at_the_quote_before_the_phrase_ends():
    names = {row["full"] for row in imported("ofac").names.to_pylist() if row["kind"] == "weak"}
    assert names == {"ABU-'UMAR", "'ALI AL-KHAL", "X; THE SECOND", "THE CLERK"}


def test_a_cut_remark_goes_on_in_the_comments_without_a_blank():
    numbers = imported("ofac").documents["number"].to_pylist()
    assert any(number.endswith("1112345") for number in numbers)


def test_the_last_phrase_of_a_cut_remark_without_continuation_is_kept_as_text_only():
    files = {name: data for name, data in files_of("ofac").items() if "comments" not in name}
    found = imported("ofac", files)
    assert not [row for row in found.documents.to_pylist() if row["alert_id"] == "list:9004"]
    assert [f.record for f in found.findings if f.code == "list_remark_cut"] == ["9004"]
    provenance = {row["source_id"]: row["provenance"] for row in found.alerts.to_pylist()}
    assert "Passport Q77" in provenance["9004"]


def test_an_alias_with_a_date_of_its_own_is_an_identity_of_its_own():
    found = imported("un")
    alias = next(row for row in found.names.to_pylist() if row["full"] == "Tarim Hilmand")
    dates = {row["value"]: row["identity"] for row in found.dates.to_pylist()}
    assert alias["identity"] == dates["1980-08-08"] == 1
    assert dates["1948"] == 0


def test_only_targets_of_followthemoney_are_listed():
    found = imported("ftm")
    assert found.alerts["source_id"].to_pylist() == ["E1"]
    assert found.documents.to_pylist()[0]["issuing_state"] == "MD"  # told by the passport's own entity


def test_a_document_alert_is_its_number_and_state():
    found = imported("documents")
    assert set(found.alerts["category"].to_pylist()) == {"document"}
    assert "L5512986@DE" in found.alerts["source_id"].to_pylist()
    assert (found.counts["doubled"], found.counts["rejected"]) == (1, 1)
