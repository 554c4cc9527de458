"""`screening alerts …`: what is printed and how a command ends."""

import json

import pytest
from typer.testing import CliRunner

from screening.cli.alerts import app
from screening.tables.errors import UsageError

HEADER = "document_number;issuing_state;status\n"


@pytest.fixture
def alerts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCREENING_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SCREENING_ACTOR", "anna")

    def run(*words):
        result = CliRunner().invoke(app, list(words))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def papers(tmp_path):
    def write(count):
        path = tmp_path / f"papers{count}.csv"
        path.write_text(HEADER + "".join(f"A{number:06};MDA;stolen\n" for number in range(count)))
        return str(path)

    return write


def test_a_list_goes_in_and_out_again(alerts, papers, tmp_path):
    told = json.loads(
        alerts("import", "documents", papers(10), "--list", "papers", "--format", "json").stdout
    )[0]
    assert (told["new"], told["active"], told["alerts"]) == (True, True, 10)
    assert alerts("export", "--list", "papers", "--out", "out.jsonl").exit_code == 0
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert {json.loads(line)["version"] for line in lines} == {told["version"]}
    again = alerts("import", "canonical", "out.jsonl", "--list", "copy", "--format", "json")
    assert json.loads(again.stdout)[0]["alerts"] == 10
    assert [row["list"] for row in json.loads(alerts("list", "--format", "json").stdout)] == [
        "copy",
        "papers",
    ]


def test_a_held_list_ends_with_1_and_is_released_by_name(alerts, papers):
    alerts("import", "documents", papers(10), "--list", "papers")
    held = alerts("import", "documents", papers(5), "--list", "papers", "--format", "json")
    assert held.exit_code == 1
    version = json.loads(held.stdout)[0]["version"]
    rows = json.loads(alerts("versions", "--list", "papers", "--format", "json").stdout)
    assert [(row["alerts"], row["active"]) for row in rows] == [(10, True), (5, False)]
    assert alerts("check", "--list", "papers", "--version", version).exit_code == 1
    with pytest.raises(UsageError, match="held back"):
        alerts("activate", "--list", "papers", "--version", version, "--reason", "why not")
    assert alerts("release", "--list", "papers", "--version", version, "--reason", "announced").exit_code == 0
    assert alerts("check", "--list", "papers").exit_code == 0


def test_a_difference_is_one_json_object(alerts, papers):
    alerts("import", "documents", papers(20), "--list", "papers")
    alerts("import", "documents", papers(21), "--list", "papers")
    rows = json.loads(alerts("versions", "--list", "papers", "--format", "json").stdout)
    old, new = (row["version"] for row in rows)
    told = json.loads(
        alerts("diff", "--list", "papers", "--from", old, "--to", new[:8], "--format", "json").stdout
    )
    assert told == {"added": ["A000020@MD"], "removed": [], "changed": [], "unchanged": 20, "restated": []}
    assert (
        "A000020@MD"
        in alerts("diff", "--list", "papers", "--from", old, "--to", new, "--format", "csv").stdout
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("import", "excel", "x", "--list", "papers"), id="unknown format"),
        pytest.param(("export", "--list", "papers", "--out", "x.docx"), id="unknown ending"),
        pytest.param(("check", "--list", "papers"), id="unknown list"),
        pytest.param(("versions", "--list", "../x"), id="a path for a list"),
    ],
)
def test_wrong_use_is_an_error_that_says_what_to_do(alerts, words):
    with pytest.raises(UsageError) as told:
        alerts(*words)
    assert told.value.remedy


@pytest.mark.parametrize(
    "command", ["import", "versions", "list", "diff", "check", "release", "activate", "export"]
)
def test_every_command_has_help_with_an_example(alerts, command):
    assert "Example" in alerts(command, "--help").stdout
