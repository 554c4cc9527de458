"""The page for statisticians: offline, without script, with tables for every plot."""

import re
from datetime import date

import pytest

from screening.reports.statistics_html import render
from screening.reports.statistics_view import READING, build
from screening.tables.aggregate import CARRIER_QUALITY, MONTHLY, PROTECTION, PUBLISHED

PERIOD = "2026-11-23"
PEOPLE = {("150", "F"): 40, ("150", "M"): None, ("142", "F"): 7}


def rows(period=PERIOD):
    cells = [
        *(
            {"definition": "by_sex", "sex": sex, "value": value}
            for sex, value in [("F", 47), ("M", None), ("Total", 80)]
        ),
        *(
            {
                "definition": "region_sex_age",
                "region": region,
                "sex": sex,
                "age_band": "18-24",
                "value": value,
            }
            for (region, sex), value in PEOPLE.items()
        ),
        {"definition": "by_route", "route": "Total", "value": 80},
    ]
    return PUBLISHED.table(
        {"period": period, "status": "withheld" if cell["value"] is None else "published", **cell}
        for cell in cells
    )


PROTECTED = PROTECTION.table(
    [
        {"definition": "by_sex", "period": PERIOD, "state": "cells_withheld", "cells": 3, "withheld": 1,
         "travellers": 80, "travellers_withheld": 33},
        {"definition": "by_route", "period": PERIOD, "state": "left_out", "cells": 1, "withheld": 0,
         "travellers": 80, "travellers_withheld": 80},
        {"definition": "by_hour", "period": PERIOD, "state": "too_few", "cells": 1, "withheld": 1},
    ]
)  # fmt: skip


def view(**more):
    return build(rows(), period=PERIOD, agency="Example <agency>", protection=PROTECTED, **more)


def test_the_page_says_what_was_withheld_what_it_cost_and_how_to_read_it():
    built = view()
    assert built.protection.rows[0][0] == "Travellers by route"
    by_name = {row[0]: row[1:] for row in built.protection.rows}
    assert by_name["Travellers by sex"][:4] == ("3", "1", "33.3 %", "41.2 %")
    assert by_name["Travellers by hour of departure"][3] == "withheld"
    assert by_name["Travellers by route"][-1].startswith("only the grand total")
    text = render(built)
    assert all(sentence.split("`")[0].split(":")[0] in text for sentence in READING)


def test_cells_without_a_row_are_nobody_and_withheld_ones_say_so():
    regions = {table.title: table.rows for table in view().crossed}
    europe = regions["Travellers by world region, sex and age: Europe"]
    assert europe == (("F", "40"), ("M", "withheld"))
    assert regions["Travellers by world region, sex and age: Asia"] == (("F", "7"),)


def test_the_page_needs_nothing_from_outside_and_runs_nothing():
    quality = CARRIER_QUALITY.table(
        [
            {
                "carrier": "Q1",
                "night": date(2026, 11, 23),
                "measure": "late",
                "value": 0.1,
                "unit": "share",
            }
        ]
    )
    text = render(view(carrier_quality=quality))
    assert "<script" not in text
    assert re.findall(r"""(?:src|href)=["'](?!#)""", text) == []
    assert "url(" not in text
    assert "Example &lt;agency&gt;" in text
    assert text == render(view(carrier_quality=quality))


def test_every_plot_has_a_title_and_its_numbers_as_a_table():
    text = render(view())
    plots = text.count('role="img"')
    assert plots == text.count(': bar chart, numbers in the table below"') > 0
    assert text.count("<details><summary>Numbers:") == plots


@pytest.mark.parametrize(
    ("at_least", "told"),
    [pytest.param(30, "at least 30", id="some days"), pytest.param(0, "withheld", id="none")],
)
def test_a_month_tells_at_least_what_its_days_do(at_least, told):
    monthly = MONTHLY.table(
        [
            {"definition": "by_sex", "period": "2026-11", "sex": "F", "at_least": at_least, "days": 2,
             "days_withheld": 1, "status": "withheld"},
            {"definition": "by_sex", "period": "2026-11", "sex": "Total", "value": 90, "at_least": 90, "days": 2,
             "days_withheld": 0, "status": "published"},
        ]
    )  # fmt: skip
    built = build(monthly, period="2026-11", agency="", protection=PROTECTED)
    assert built.drawn[0].rows == (("F", told), ("Total", "90"))
    assert built.protection.columns[1] == "day"
