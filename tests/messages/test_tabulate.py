"""Tables of readings: statements for each leg, quarantine, ledger that adds up; blanking; explaining."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from screening.cli import read as commands
from screening.messages.explain import explain
from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake

LEGS = (
    "TDT+20+XY1'LOC+92+AAA'DTM+189:2611230800:201'LOC+92+BBB'DTM+232:2611231000:201'"
    "LOC+125+BBB'DTM+189:2611231100:201'LOC+87+CCC'DTM+232:2611231500:201'"
)
PEOPLE = (
    "NAD+FL+++DOE:JANE'DTM+329:800201'LOC+178+AAA'LOC+179+CCC'RFF+SEA:1A'DOC+P+X1'LOC+91+GBR'"
    "NAD+FL+++ROE:JOHN'DTM+329:800201'LOC+178+BBB'LOC+179+CCC'"
    "NAD+FL+++'DTM+329:800201'DOC+P+X2'LOC+91+GBR'"
    "NAD+FL+++'DTM+329:800201'"
)


def text(people=PEOPLE, legs=LEGS, reference="1"):
    body = "BGM+745'" + legs + people
    return f"UNH+{reference}+PAXLST:D:12B:UN:IATA'{body}UNT+{body.count(chr(39)) + 2}+{reference}'"


def whole(*messages):
    return (
        "UNA:+.? 'UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'" + "".join(messages) + f"UNZ+{len(messages)}+77'"
    ).encode()


UNDATED = "TDT+20+XY1'LOC+125+AAA'LOC+87+CCC'"
DATA = whole(text(), text(people="", legs=UNDATED, reference="2")) + b"\nEND"


def test_one_statement_a_traveller_and_leg():
    table = tabulate([read_input(DATA, Intake(), input_id="in")])["statements"]
    rows = table.select(["statement_id", "flight_id", "surname", "seat"]).to_pylist()
    ends = [(row["statement_id"][-1], row["flight_id"][-7:], row["surname"], row["seat"]) for row in rows]
    assert ends == [
        ("0", "AAA-BBB", "DOE", "1A"),
        ("0", "BBB-CCC", "DOE", None),
        ("1", "BBB-CCC", "ROE", None),
        ("2", "AAA-BBB", None, None),
        ("2", "BBB-CCC", None, None),
    ]


def test_what_is_set_aside_stands_in_quarantine_with_its_place():
    table = tabulate([read_input(DATA, Intake(), input_id="in")])["quarantine"]
    rows = {row["quarantine_id"]: row for row in table.to_pylist()}
    assert sorted((row["unit"], row["class"], *row["codes"]) for row in rows.values()) == sorted(
        [
            ("bytes", "unread", "text_after_unz"),
            ("message", "api", "no_leg_with_date"),
            *[("traveller", "api", "traveller_without_name")] * 2,
        ]
    )
    for row in rows.values():
        assert 0 <= row["offset"] < row["offset"] + row["length"] <= len(DATA)
        assert "DOE" not in row["reason"]


def test_the_ledger_adds_up_for_bytes_messages_and_travellers():
    rows = tabulate([read_input(DATA, Intake(), input_id="in")])["ledger"].to_pylist()
    sums = {
        of: [
            sum(row[name] for row in rows if row["of"] == of) for name in ("received", "passed", "set_aside")
        ]
        for of in ("bytes", "messages", "travellers")
    }
    assert sums["messages"] == [2, 1, 1]
    assert sums["travellers"] == [4, 3, 1]
    assert sums["bytes"][0] == len(DATA) == sums["bytes"][1] + sums["bytes"][2]


def test_tables_do_not_depend_on_the_order_of_inputs():
    one, two = read_input(DATA, Intake(), input_id="a"), read_input(whole(text()), Intake(), input_id="b")
    for name, table in tabulate([one, two]).items():
        assert table.equals(tabulate([two, one])[name]), name


def test_blanking_keeps_length_and_everything_else():
    data = whole(text())
    reading = read_input(data, Intake())
    assert blank(data, reading) == data
    reading.sensitive.append((data.find(b"DOE"), 3))
    assert blank(data, reading) == data.replace(b"DOE", b"   ")


def test_explaining_masks_people_unless_asked():
    reading = read_input(DATA, Intake())
    masked, shown = explain(DATA, reading), explain(DATA, reading, show_names=True)
    assert "DOE" not in masked
    assert "800201" not in masked
    assert "DOE:JANE" in shown
    assert "traveller_without_name" in masked
    assert "TDT 20+XY1" in masked


@pytest.fixture
def run():
    app = typer.Typer()
    app.command("read")(commands.read)
    app.command("explain")(commands.explain)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_read_prints_one_json_line_a_message(run, tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.edi").write_bytes(DATA)
    (tmp_path / "in" / "note.txt").write_text("nothing")
    result = run("read", str(tmp_path / "in"), "--format", "json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(Path(row["file"]).name, row["index"], row["type"], row["status"]) for row in rows] == [
        ("a.edi", 0, "PAXLST", "repaired"),
        ("a.edi", 1, "PAXLST", "quarantined"),
        ("note.txt", 0, None, "quarantined"),
    ]
    assert [one["code"] for one in rows[2]["findings"]] == ["unb_missing"]


def test_explain_prints_masked_text(run, tmp_path: Path):
    (tmp_path / "a.edi").write_bytes(DATA)
    result = run("explain", str(tmp_path / "a.edi"))
    assert result.exit_code == 0
    assert "DOE" not in result.stdout
