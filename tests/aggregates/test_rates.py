"""Rates of a month tell nobody: neither alone, nor beside the traffic tables, nor by a second edition."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.aggregates.definitions import RATES, TOTAL, VALUES
from screening.aggregates.rates import group, months_due, protect_rates, shares
from screening.tables.codes import Category

THRESHOLD = 5
PERIOD = "2026-11"
COUNTS = {
    "hits_by_decision": {
        ("wanted", "false_match"): 3,
        ("wanted", "undecided"): 2,
        ("document", "true_match"): 1,
        ("other", "false_match"): 17,
        ("refuse_entry", "false_match"): 41,
    },
    "people_screened": {("screened",): 4182, ("not_screened",): 2},
}


def told(exact=COUNTS, threshold=THRESHOLD):
    table = protect_rates(exact, period=PERIOD, nights=30, threshold=threshold)
    return {
        (row["definition"], *(row[name] for name in dimensions[row["definition"]])): row["value"]
        for row in table.to_pylist()
    }


dimensions = {each.name: each.dimensions for each in RATES}


def possible(value, step):
    """What a count may be, for a reader of its rounded value: controlled rounding moves by less than a step."""
    return range(max(0, value - step + 1), value + step)


def discloses(counts):
    return (len(counts) == 1 and counts[0] > 0) or (min(counts) >= 1 and max(counts) < THRESHOLD)


def test_naive_rates_tell_the_one_confirmed_document_and_ours_do_not():
    naive = [count for counts in COUNTS.values() for count in counts.values()]
    assert any(discloses(range(count, count + 1)) and count < THRESHOLD for count in naive)
    assert not any(discloses(possible(value, 5)) for value in told().values())


def test_people_named_less_people_of_the_traffic_tables_are_nobody_in_particular():
    """Both totals exact: the two whom no table counts, as they were withdrawn."""
    traffic, named = 4182, sum(COUNTS["people_screened"].values())
    assert 0 < named - traffic < THRESHOLD
    shown = told()["people_screened", TOTAL]
    differences = [count - traffic for count in possible(shown, 5)]
    assert min(differences) <= 0
    assert max(differences) >= THRESHOLD


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=20, max_size=20),
    st.sampled_from([2, 5, 10]),
)
def test_every_number_is_a_multiple_near_the_truth_and_sums_hold(numbers, threshold):
    keys = [(one, other) for one in VALUES["category"] for other in VALUES["decision"]]
    counts = dict(zip(keys, numbers, strict=True))
    shown = told({"hits_by_decision": counts}, threshold)
    step = max(5, threshold)
    assert all(value % step == 0 for value in shown.values())
    assert all(abs(shown["hits_by_decision", *key] - count) < step for key, count in counts.items())
    for category in (*VALUES["category"], TOTAL):
        parts = [shown["hits_by_decision", category, decision] for decision in VALUES["decision"]]
        assert sum(parts) == shown["hits_by_decision", category, TOTAL]


def test_a_share_stands_on_enough_people_or_is_not_given():
    table = protect_rates(COUNTS, period=PERIOD, nights=30, threshold=THRESHOLD)
    found = {(name, of): share for name, of, share in shares(table)}
    assert found["false hits among hits decided on", "wanted"] is None
    assert found["false hits among hits decided on", "refuse_entry"] == 1.0
    assert found["people not screened among people named", TOTAL] == pytest.approx(5 / 4185, abs=0.002)


def test_nobody_who_is_watched_or_protected_has_a_line():
    silent = {Category.VULNERABLE_PERSON, Category.DISCREET_CHECK, Category.MISSING_PERSON, Category.INQUIRY}
    assert {group(category) for category in silent} == {"other"}
    assert {group(category) for category in Category} == set(VALUES["category"])


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2026, 11, 30), ["2026-10"]),
        (date(2026, 12, 14), ["2026-10"]),
        (date(2026, 12, 15), ["2026-10", "2026-11"]),
    ],
)
def test_a_month_is_counted_when_there_was_time_to_decide(last, due):
    nights = [date(2026, 10, 30), date(2026, 11, 23), date(2026, 12, 15)]
    assert months_due(nights, last) == due


def test_a_value_that_no_dimension_knows_is_refused():
    with pytest.raises(ValueError, match="dimension"):
        told({"people_screened": {("landed",): 9}})
