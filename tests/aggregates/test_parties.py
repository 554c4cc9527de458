"""Families and crews are one respondent in the tables of a date."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from screening.aggregates.cells import cells as cells_of
from screening.aggregates.definitions import BY_NAME
from screening.aggregates.parties import parties
from screening.aggregates.protecting import protect_date
from screening.tables.individual import COUNTS

DAY, COUNTRY, THRESHOLD = date(2026, 11, 23), "DE", 5


def counts(*groups):
    """COUNTS of one leg: (nationality, travellers, party)."""
    return COUNTS.table(
        {
            "definition": "each",
            "flight_id": "leg",
            "service_date": DAY,
            "carrier": "Q1",
            "route": "FRA-IAD",
            "hour": "17",
            "nationality": nationality,
            "sex": "F",
            "age_band": "18-24",
            "role": "passenger",
            "party_size": "unknown",
            "count": size,
            "party": party,
        }
        for nationality, size, party in groups
    )


def published(table, *, with_parties=True):
    exact = cells_of(table, day=DAY, country=COUNTRY)
    found = parties(table, exact, country=COUNTRY, threshold=THRESHOLD) if with_parties else []
    edition = protect_date(exact, period="2026-11-23", country=COUNTRY, threshold=THRESHOLD, parties=found)
    rows = edition.published.filter(pc.equal(edition.published["definition"], "by_nationality"))
    return dict(zip(rows["nationality"].to_pylist(), rows["value"].to_pylist(), strict=True))


def test_a_nationality_that_is_one_family_is_withheld():
    table = counts(("FR", 40, None), ("DE", 30, None), ("IS", 6, "f"))
    assert published(table, with_parties=False)["IS"] == 6
    shown = published(table)
    assert shown["IS"] is None
    assert shown["DE"] is None  # else the total less the others tells it
    assert shown["FR"] == 40


@pytest.mark.parametrize(
    ("people", "withheld"),
    [
        pytest.param(
            [("IS", 6, "f"), ("IS", 3, None)], True, id="a family and three others: four respondents"
        ),
        pytest.param([("IS", 6, "f"), ("IS", 4, None)], False, id="a family and four others: five"),
        pytest.param([("IS", 3, "f"), ("IS", 3, "g")], True, id="two families: the larger counts as one"),
        pytest.param([("IS", 6, None)], False, id="six of whom nothing is known"),
    ],
)
def test_the_largest_party_counts_as_one(people, withheld):
    table = counts(("FR", 40, None), ("DE", 30, None), *people)
    assert (published(table)["IS"] is None) is withheld


def test_only_parties_that_matter_are_handed_on_with_every_cell_of_theirs():
    table = counts(("FR", 40, None), ("FR", 2, "g"), ("DE", 30, None), ("IS", 6, "f"))
    exact = cells_of(table, day=DAY, country=COUNTRY)
    (family,) = parties(table, exact, country=COUNTRY, threshold=THRESHOLD)
    assert set(family.values()) == {6}
    assert {name for name, _ in family} == set(BY_NAME)
    of = exact.filter(pc.equal(exact["definition"], "by_nationality"))
    rows = [of["nationality"][row].as_py() for name, row in family if name == "by_nationality"]
    assert sorted(rows) == ["IS", "Total"]


def test_parties_do_not_depend_on_the_order_of_rows():
    table = counts(("FR", 40, None), ("IS", 6, "f"), ("IS", 1, "g"), ("DE", 5, "h"), ("DE", 1, None))
    turned = pa.concat_tables([table.slice(3), table.slice(0, 3)])
    exact = cells_of(table, day=DAY, country=COUNTRY)
    found = [parties(one, exact, country=COUNTRY, threshold=THRESHOLD) for one in (table, turned)]
    assert found[0] == found[1]
