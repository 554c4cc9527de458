"""Nothing is published when a byte, a message or a traveller is missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.night import balance
from screening.night.balance import check, line
from screening.tables.analyst import HITS
from screening.tables.errors import BalanceError
from screening.tables.individual import LEDGER, MESSAGES, STATEMENTS, TRAVELLERS

NUMBERS = st.integers(min_value=0, max_value=10_000)


def ledger(*lines):
    return LEDGER.table([row for rows in lines for row in rows])


@settings(max_examples=60, deadline=None)
@given(
    passed=NUMBERS, aside=st.dictionaries(st.sampled_from(["duplicate", "quarantined", "merged"]), NUMBERS)
)
def test_a_line_adds_up_whatever_was_set_aside(passed, aside):
    check(ledger(line("settle", "XQ401", "travellers", passed=passed, aside=aside)), night="2026-11-23")


@pytest.mark.parametrize("column", ["received", "passed", "set_aside"])
def test_one_missing_traveller_is_found_and_named(column):
    rows = line("settle", "XQ401", "travellers", passed=7, aside={"merged": 2})
    rows[0 if column != "set_aside" else 1][column] += 1
    with pytest.raises(BalanceError) as error:
        check(ledger(rows), night="2026-11-23")
    assert "settle XQ401: travellers" in str(error.value)
    assert "nothing of this run is published" in error.value.effect


def test_what_a_stage_passed_must_be_what_the_next_received():
    with pytest.raises(BalanceError, match="settle passed 7 travellers, screen received 6"):
        check(
            ledger(line("settle", "A", "travellers", passed=7), line("screen", "A", "travellers", passed=6)),
            night="2026-11-23",
        )


def test_a_table_with_a_row_too_few_is_refused():
    tables = {
        "ledger": ledger(line("settle", "A", "travellers", passed=1)),
        "messages": MESSAGES.empty(),
        "statements": STATEMENTS.empty(),
        "travellers": TRAVELLERS.empty(),
        "hits": HITS.empty(),
    }
    with pytest.raises(BalanceError, match="travellers settled: 0 rows, 1 in the ledger"):
        balance.check_published(tables, [], night="2026-11-23")


def test_what_is_settled_must_be_what_was_read():
    seen = ledger(line("read", "A", "travellers", passed=1))
    with pytest.raises(BalanceError, match="travellers stated: 0 rows, 1 in the ledger"):
        balance.check_spoken(MESSAGES.empty(), STATEMENTS.empty(), seen, night="2026-11-23")
    balance.check_spoken(MESSAGES.empty(), STATEMENTS.empty(), ledger(), night="2026-11-23")
