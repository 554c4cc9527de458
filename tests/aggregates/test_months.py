"""A month says what its published days say, and nothing more."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.aggregates.months import month, quality_month
from screening.tables.aggregate import CARRIER_QUALITY, PROTECTION, PUBLISHED


def days(**cells):
    """PUBLISHED by sex: day01={"F": 40, "M": None, "Total": 70}."""
    return PUBLISHED.table(
        {
            "definition": "by_sex",
            "period": f"2026-11-{day.removeprefix('day')}",
            "sex": sex,
            "value": value,
            "status": "withheld" if value is None else "published",
        }
        for day, of_day in cells.items()
        for sex, value in of_day.items()
    )


def told(table):
    return {
        row["sex"]: (row["value"], row["at_least"], row["days"], row["days_withheld"])
        for row in table.to_pylist()
    }


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        pytest.param(days(day01={"F": 40}, day02={"F": 30}), {"F": (70, 70, 2, 0)}, id="the sum of the days"),
        pytest.param(days(day01={"F": 40}, day02={"F": None}), {"F": (None, 40, 2, 1)}, id="a day is withheld"),
        pytest.param(days(day01={"F": 40, "X": 6}, day02={"F": 30}), {"F": (70, 70, 2, 0), "X": (6, 6, 2, 0)},
                     id="no row on a day is nobody"),
    ],
)  # fmt: skip
def test_a_figure_is_given_where_all_its_days_are(published, expected):
    assert told(month(published, "2026-11")) == expected


def test_a_day_that_shows_its_total_only_says_nothing_of_its_cells():
    published = days(day01={"F": 40, "Total": 40}, day02={"Total": 30})
    protection = PROTECTION.table(
        [
            {"definition": "by_sex", "period": "2026-11-01", "state": "published", "cells": 2, "withheld": 0},
            {"definition": "by_sex", "period": "2026-11-02", "state": "left_out", "cells": 1, "withheld": 0},
        ]
    )
    found = told(month(published, "2026-11", protection=protection))
    assert found == {"F": (None, 40, 2, 1), "Total": (70, 70, 2, 0)}


def test_other_months_are_left_out():
    assert told(month(days(day01={"F": 40}), "2026-12")) == {}


@settings(max_examples=50, deadline=None)
@given(
    table=st.lists(
        st.dictionaries(st.sampled_from(["F", "M", "X"]), st.none() | st.integers(0, 90), min_size=1),
        min_size=1,
        max_size=6,
    )
)
def test_a_month_is_a_function_of_what_is_published(table):
    named = {f"day{number:02d}": of_day for number, of_day in enumerate(table, 1)}
    for sex, (value, at_least, held, withheld) in told(month(days(**named), "2026-11")).items():
        known = [of_day.get(sex, 0) for of_day in table]
        assert at_least == sum(count for count in known if count is not None)
        assert value == (None if None in known else at_least)
        assert (held, withheld) == (len(table), known.count(None))


def test_a_month_of_carriers_quality_is_made_of_its_published_nights_alone():
    rows = [
        {"carrier": "XQ", "night": date(2026, 11, day), "measure": measure, "value": value, "unit": unit}
        for day, measure, value, unit in [
            (1, "legs", 2.0, "legs"),
            (2, "legs", 3.0, "legs"),
            (1, "with_sex", 0.9, "share of travellers"),
            (2, "with_sex", 1.0, "share of travellers"),
        ]
    ]
    other = [{**rows[0], "night": date(2026, 12, 1), "value": 40.0}]
    found = quality_month(CARRIER_QUALITY.table(rows + other), "2026-11").to_pylist()
    assert [(row["measure"], row["value"], row["nights"]) for row in found] == [
        ("legs", 5.0, 2),
        ("with_sex", 0.95, 2),
    ]
