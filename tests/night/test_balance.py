"""A count that does not add up fails the legs concerned; only what nobody can trace stops the night."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.night.balance import imbalances, isolate, line
from screening.tables.analyst import HITS
from screening.tables.errors import BalanceError
from screening.tables.individual import FLIGHTS, LEDGER, MESSAGES, STATEMENTS, TRAVELLERS
from screening.tables.landing import INPUTS

NUMBERS = st.integers(min_value=0, max_value=10_000)
LEG, OTHER = "XQ401-20261123-ARN-VIE", "XQ402-20261123-ARN-VIE"
FILE = "f" * 64


def tables(*lines, messages=(), inputs=(), **found):
    return {
        "flights": FLIGHTS.empty(),
        "messages": MESSAGES.table(messages),
        "inputs": INPUTS.table(inputs),
        "statements": STATEMENTS.empty(),
        "travellers": TRAVELLERS.empty(),
        "hits": HITS.empty(),
        "ledger": LEDGER.table([row for rows in lines for row in rows]),
        **found,
    }


def message(*legs, status="ok"):
    return {
        "message_id": f"{FILE}:0",
        "input_id": FILE,
        "offset": 0,
        "length": 9,
        "source": "api",
        "type": "PAXLST",
        "version": "D:12B",
        "dialect": "paxlst",
        "function": "passengers",
        "action": "full",
        "read": 0,
        "complete": True,
        "flight_ids": list(legs),
        "status": status,
        "findings": [],
    }


def received(name="a.edi", **more):
    return {
        "input_id": FILE,
        "name": name,
        "kind": "edifact",
        "bytes": 9,
        "messages": 1,
        "status": "read",
    } | more


def texts(found):
    return [(one.unit, one.text) for one in found]


@settings(max_examples=60, deadline=None)
@given(
    passed=NUMBERS, aside=st.dictionaries(st.sampled_from(["duplicate", "quarantined", "merged"]), NUMBERS)
)
def test_a_line_adds_up_whatever_was_set_aside(passed, aside):
    assert not imbalances(tables(line("draw", LEG, "travellers", passed=passed, aside=aside)))


@pytest.mark.parametrize("column", ["received", "passed", "set_aside"])
def test_one_missing_traveller_is_found_and_named(column):
    rows = line("draw", LEG, "travellers", passed=7, aside={"merged": 2})
    rows[0 if column != "set_aside" else 1][column] += 1
    [(unit, text)] = texts(imbalances(tables(rows)))
    assert unit == LEG
    assert text.startswith("draw: travellers received")


def test_what_a_stage_passed_must_be_what_the_next_received_leg_by_leg():
    found = imbalances(
        tables(
            line("draw", LEG, "travellers", passed=7),
            line("settle", LEG, "travellers", passed=0, aside={"merged": 6}),
            line("draw", OTHER, "travellers", passed=3),
            line("settle", OTHER, "travellers", passed=0, aside={"merged": 3}),
        )
    )
    assert texts(found) == [(LEG, "draw passed 7 travellers, settle received 6")]


def test_a_codeshare_that_is_drawn_under_one_designator_and_settled_under_another_adds_up():
    assert not imbalances(
        tables(
            line("draw", LEG, "travellers", passed=7),
            line("settle", OTHER, "travellers", passed=0, aside={"merged": 7}),
        )
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(
            tables(line("settle", LEG, "travellers", passed=1)),
            (LEG, "travellers settled: 0 rows, 1 in the ledger"),
            id="a traveller who was settled is not there",
        ),
        pytest.param(
            tables(line("read", FILE, "travellers", passed=1)),
            (FILE, "travellers stated: 0 rows, 1 in the ledger"),
            id="a statement that was read is not there",
        ),
        pytest.param(
            tables(line("read", FILE, "messages", passed=2), messages=[message(LEG)]),
            (FILE, "messages: 1 rows, 2 in the ledger"),
            id="a message that was read is not there",
        ),
        pytest.param(
            tables(
                line("receive", "a.edi", "bytes", passed=9),
                line("read", FILE, "bytes", passed=8),
                inputs=[received()],
            ),
            (FILE, "receive passed 9 bytes, read received 8"),
            id="a byte that was received was not read",
        ),
    ],
)
def test_a_table_with_a_row_too_few_is_told_with_its_leg_or_input(given, said):
    assert texts(imbalances(given)) == [said]


def test_members_of_a_packed_file_are_counted_together():
    member = received("a.zip!x.edi", container="c" * 64)
    container = received("a.zip", input_id="c" * 64, kind="zip", status="unpacked")
    assert not imbalances(
        tables(
            line("receive", "a.zip", "bytes", passed=0, aside={"unpacked": 5}),
            line("receive", "a.zip!", "bytes", passed=9),
            line("read", FILE, "bytes", passed=9),
            inputs=[container, member],
        )
    )


@pytest.mark.parametrize("unit", [LEG, FILE, "a.edi"])
def test_what_does_not_add_up_fails_the_legs_concerned(unit):
    there = tables(line("draw", unit, "travellers", passed=7), messages=[message(LEG)], inputs=[received()])
    there["ledger"] = LEDGER.table([row | {"passed": 6} for row in there["ledger"].to_pylist()])
    failures = isolate(imbalances(there), there, night="2026-11-23")
    assert list(failures) == [LEG]
    assert failures[LEG].code == "balance_differs"
    assert "received 7, passed 6" in failures[LEG].text


def test_an_input_that_names_no_leg_fails_as_itself():
    there = tables(line("read", FILE, "messages", passed=1), inputs=[received()])
    assert list(isolate(imbalances(there), there, night="2026-11-23")) == ["input:ffffffffffff"]


def test_what_nobody_can_trace_stops_the_publication():
    there = tables(line("read", FILE, "messages", passed=1))
    with pytest.raises(BalanceError, match="messages: 0 rows, 1 in the ledger") as error:
        isolate(imbalances(there), there, night="2026-11-23")
    assert "nothing of this run is published" in error.value.effect
