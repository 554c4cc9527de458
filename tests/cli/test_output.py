import csv
import io
import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.cli.narrow import blocks
from screening.cli.output import Format, fail, plain, progress, say, show
from screening.tables.codes import Outcome
from screening.tables.errors import UsageError

ROWS = [
    {"flight_id": "Q110", "travellers": 12, "outcome": Outcome.SCREENED, "day": date(2026, 11, 23)},
    {"flight_id": "Q111", "travellers": None, "reason": "cut, off"},
]


def printed(capsys, rows, shape, **more):
    show(rows, shape, **more)
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_json_is_an_array_of_objects_with_iso_dates_and_nulls(capsys):
    assert json.loads(printed(capsys, ROWS, Format.JSON)) == [
        {"flight_id": "Q110", "travellers": 12, "outcome": "screened", "day": "2026-11-23", "reason": None},
        {"flight_id": "Q111", "travellers": None, "outcome": None, "day": None, "reason": "cut, off"},
    ]


def test_csv_has_a_header_and_empty_nulls(capsys):
    rows = list(csv.reader(io.StringIO(printed(capsys, ROWS, Format.CSV))))
    assert rows == [
        ["flight_id", "travellers", "outcome", "day", "reason"],
        ["Q110", "12", "screened", "2026-11-23", ""],
        ["Q111", "", "", "", "cut, off"],
    ]


def test_columns_name_order_and_choice_and_stand_without_rows(capsys):
    assert printed(capsys, ROWS, Format.CSV, columns=["travellers", "flight_id"]).splitlines()[1] == "12,Q110"
    assert printed(capsys, [], Format.CSV, columns=["a", "b"]) == "a,b\n"
    assert json.loads(printed(capsys, [], Format.JSON)) == []
    assert "a" in printed(capsys, [], Format.TABLE, columns=["a"])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("[/x]", id="would raise as markup"),
        pytest.param("[bold]A[/bold]", id="would forge"),
        pytest.param(":smile:", id="would become an emoji"),
        pytest.param("x" * 400, id="longer than any terminal"),
    ],
)
def test_a_name_is_printed_as_it_is(name, capsys):
    assert name in printed(capsys, [{"name": name}], Format.TABLE, title="[red]T")


def test_a_heading_wider_than_its_table_stays_one_line(capsys):
    heading = "0 added, 0 removed, 1 changed, 51 unchanged"
    assert printed(capsys, [{"a": 1}], Format.TABLE, title=heading).splitlines()[0] == heading


MEND = 'screening quarantine replay 2f073997a9a1:7635:38 --file FILE --reason "sent again"'
FLIGHTS = [
    {
        "flight_id": "L0105-20261123-MAD-BRU",
        **{f"figure_{number}": number for number in range(6)},
        "reason": "the message is cut off: ask the carrier to send it again, and give that file " * 2,
        "mend": MEND,
    },
    {"flight_id": "L0106-20261123-MAD-BRU", "figure_0": 7, "mend": None},
]


def at_a_terminal(capsys, monkeypatch, rows, columns):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "dumb-not"}.items():
        monkeypatch.setenv(name, value)
    return re.sub(r"\x1b\[\d*m", "", printed(capsys, rows, Format.TABLE))


@pytest.mark.parametrize("columns", [60, 80, 100, 119, 120, 160])
def test_a_command_stands_whole_on_its_own_line_in_a_terminal_too_narrow_for_the_table(
    columns, capsys, monkeypatch
):
    lines = at_a_terminal(capsys, monkeypatch, FLIGHTS, columns).splitlines()
    assert f"    {MEND}" in lines
    assert all(len(line) <= columns for line in lines if MEND not in line)
    first, second = lines.index("L0105-20261123-MAD-BRU"), lines.index("L0106-20261123-MAD-BRU")
    assert second - first <= 9
    assert " ".join(" ".join(lines[first:second]).split()).count("ask the carrier to send it again") == 2


def test_a_table_that_fits_stays_a_table_and_one_of_few_columns_is_folded(capsys, monkeypatch):
    head, rule, row = at_a_terminal(capsys, monkeypatch, [{"flight_id": "Q1", "mend": "x"}], 60).splitlines()
    assert (head.split(), set(rule), row.split()) == (["flight_id", "mend"], {"\u2500"}, ["Q1", "x"])
    folded = at_a_terminal(capsys, monkeypatch, [{"key": "k", "value": "v " * 60}], 60)
    assert folded.split()[:2] == ["key", "value"]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.text("ab ", max_size=60), min_size=4, max_size=4), max_size=4),
    width=st.integers(20, 119),
)
def test_no_value_is_lost_in_a_block(rows, width):
    names = ["id", "a_name", "other", "mend"]
    said = "".join(line for line, _ in blocks(names, rows, width)).replace(" ", "")
    for row in rows:
        for value in row:
            assert value.replace(" ", "") in said


@pytest.mark.parametrize("shape", Format)
@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\x07", "\u202e", "\u2066", "\u2028"])
def test_no_sign_that_steers_a_terminal_is_printed(sign, shape, capsys):
    out = printed(capsys, [{"name": f"A{sign}B"}], shape, title=f"T{sign}")
    assert sign not in out
    if shape is Format.JSON:
        assert json.loads(out) == [{"name": f"A{sign}B"}]


@settings(max_examples=60, deadline=None)
@given(value=st.text() | st.integers() | st.floats() | st.none() | st.lists(st.text(), max_size=3))
def test_any_value_can_be_printed_in_any_shape(value):
    with pytest.MonkeyPatch.context() as patch:
        for shape in Format:
            out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
            patch.setattr("sys.stdout", out)
            show([{"v": value}], shape)
            out.flush()
            assert out.buffer.getvalue()


def test_a_file_name_that_is_no_unicode_can_be_printed_as_json(capsys):
    assert json.loads(printed(capsys, [{"file": "a\udcff"}], Format.JSON)) == [{"file": "a\udcff"}]


def test_text_that_a_spreadsheet_would_compute_is_quoted_in_csv_numbers_are_not(capsys):
    out = printed(capsys, [{"a": "=1+1", "b": -2, "c": "-x", "d": "@x"}], Format.CSV)
    assert out.splitlines()[1] == "'=1+1,-2,'-x,'@x"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(
            datetime(2026, 11, 23, 6, 12, tzinfo=UTC), "2026-11-23T06:12:00+00:00", id="time with zone"
        ),
        pytest.param({"b", "a"}, "a; b", id="a set in order"),
        pytest.param([], "", id="empty list"),
        pytest.param([{"k": None}], '{"k": null}', id="mapping in a list"),
        pytest.param(float("nan"), "", id="not a number"),
    ],
)
def test_values_are_written_plainly(value, text):
    assert plain(value) == text


def test_progress_speaks_only_to_a_terminal(capsys, monkeypatch):
    progress("reading")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    progress("reading\x1b[2J")
    assert capsys.readouterr() == ("", "reading [2J\n")


def test_an_error_is_told_in_four_parts_on_stderr(capsys):
    fail(
        UsageError("no such night\x1b", where="--night", effect="nothing was done", remedy="screening tables")
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "no such night ",
        "  where:  --night",
        "  effect: nothing was done",
        "  remedy: screening tables",
    ]


def test_prose_keeps_its_lines(capsys):
    say("one\ntwo\x1b")
    assert capsys.readouterr() == ("one\ntwo \n", "")


def test_a_table_of_hits_has_what_a_person_reads_the_other_shapes_all(told, command):
    line = ("hits", "--night", told.ids["night"])
    whole = command(told.folder, *line, "--format", "json").json()
    table = command(told.folder, *line).out
    for hit in whole:
        assert hit["hit_id"] in table
        assert hit["lands_at"][:16].replace("T", " ") in table
        assert hit["evidence_hash"] not in table
