"""What readers of all tables of a date, of its earlier editions and of the timetable cannot learn."""

from datetime import date
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.aggregates.cells import cells as cells_of
from screening.aggregates.definitions import BY_NAME, DEFINITIONS, TIMETABLE, TOTAL
from screening.aggregates.protecting import balance, protect_date
from screening.tables.individual import COUNTS, TRAFFIC_CELLS

DAY = date(2026, 11, 23)
PERIOD = "2026-11-23"
THRESHOLD = 5
COUNTRY = "DE"


def counts(legs):
    """COUNTS of invented legs: (carrier, route, hour, {nationality: travellers})."""
    return COUNTS.table(
        {
            "definition": "each",
            "flight_id": f"leg-{ordinal}",
            "service_date": DAY,
            "carrier": carrier,
            "route": route,
            "hour": hour,
            "nationality": nationality,
            "sex": "F",
            "age_band": "18-24",
            "role": "crew",
            "party_size": "unknown",
            "count": size,
        }
        for ordinal, (carrier, route, hour, people) in enumerate(legs)
        for nationality, size in people.items()
        if size
    )


def by(nationalities):
    return counts([("Q1", "FRA-IAD", "17", nationalities)])


def publish(table, earlier=()):
    exact = cells_of(table, day=DAY, country=COUNTRY)
    return protect_date(exact, period=PERIOD, country=COUNTRY, threshold=THRESHOLD, earlier=earlier)


def shown(edition, definition="by_nationality"):
    rows = edition.published.filter(pc.equal(edition.published["definition"], definition)).to_pylist()
    names = BY_NAME[definition].dimensions
    return {tuple(row[name] for name in names): row["value"] for row in rows}


def one_way(edition, definition="by_nationality"):
    return {value: count for (value,), count in shown(edition, definition).items()}


@pytest.mark.parametrize(
    ("given_cells", "withheld"),
    [
        pytest.param({"FR": 40, "DE": 30}, set(), id="nothing small, nothing withheld"),
        pytest.param({"FR": 5}, set(), id="the threshold itself is safe"),
        pytest.param({"FR": 40, "DE": 30, "IS": 3}, {"IS", "DE"}, id="a small cell takes the next smallest"),
        pytest.param({"FR": 40, "IS": 3, "MT": 4}, {"IS", "MT"}, id="two small cells hide one another"),
        pytest.param(
            {"FR": 40, "DE": 30, "IS": 3, "MT": 2},
            {"IS", "MT", "DE"},
            id="not where each holds somebody, so that neither can reach the threshold",
        ),
        pytest.param({"FR": 40, "IS": 3}, {"IS", "FR"}, id="of two cells none can stand"),
        pytest.param(
            {"FR": 40, "MT": 4, "IS": 1}, {"FR", "MT", "IS"}, id="a lone traveller subtracts himself"
        ),
    ],
)
def test_small_cells_are_withheld_with_what_would_give_them_away(given_cells, withheld):
    edition = publish(by(given_cells))
    found = one_way(edition)
    assert found.pop(TOTAL) == sum(given_cells.values())
    assert {value for value, count in found.items() if count is None} == withheld
    assert {value: count for value, count in found.items() if count is not None} == {
        value: count for value, count in given_cells.items() if value not in withheld
    }


def test_a_total_below_the_threshold_withholds_all_and_names_nobodys_nationality():
    edition = publish(by({"FR": 3, "DE": 1}))
    assert {row["value"] for row in edition.published.to_pylist()} == {None}
    assert edition.published.num_rows == len(DEFINITIONS)
    assert one_way(edition) == {TOTAL: None}
    assert set(edition.protection["state"].to_pylist()) == {"too_few"}


def test_a_status_never_says_why_a_cell_is_withheld_and_the_timetable_stays_inside():
    published = publish(by({"FR": 40, "IS": 3, "MT": 4})).published
    assert set(published["status"].to_pylist()) == {"published", "withheld"}
    assert TIMETABLE not in published["definition"].to_pylist()
    assert [row["value"] is None for row in published.to_pylist()] == [
        row["status"] == "withheld" for row in published.to_pylist()
    ]


def test_a_cell_of_two_tables_is_withheld_in_both_or_in_none():
    edition = publish(by({"FR": 40, "DE": 30, "IS": 3}))
    single = one_way(edition)
    for definition in ("nationality_sex", "direction_nationality"):
        place = BY_NAME[definition].dimensions.index("nationality")
        margin = {
            key[place]: value for key, value in shown(edition, definition).items() if key[1 - place] == TOTAL
        }
        assert margin == single


def test_a_region_less_its_other_states_tells_no_small_state():
    edition = publish(by({"FR": 40, "DE": 30, "IS": 3, "US": 50, "CA": 20}))
    states, regions = one_way(edition), one_way(edition, "by_region")
    assert states["IS"] is None
    europe = [states[state] for state in ("FR", "DE")]
    assert regions["150"] is None or None in europe


def test_a_threshold_that_protects_nobody_is_refused():
    exact = cells_of(by({"FR": 9}), day=DAY, country=COUNTRY)
    with pytest.raises(ValueError, match="threshold"):
        protect_date(exact, period=PERIOD, country=COUNTRY, threshold=1)


# Legs: by carrier, route and hour with the timetable


def test_a_small_leg_is_not_told_by_its_carrier_and_the_carriers_other_route():
    legs = [
        ("Q1", "FRA-IAD", "17", {"FR": 20}),
        ("Q1", "FRA-EWR", "18", {"FR": 3}),
        ("Q2", "FRA-BOS", "17", {"FR": 40}),
        ("Q2", "FRA-ORD", "18", {"FR": 30}),
        ("Q3", "FRA-LHR", "17", {"FR": 25}),
    ]
    edition = publish(counts(legs))
    assert derivable(edition, legs) == []
    carriers, routes = one_way(edition, "by_carrier"), one_way(edition, "by_route")
    assert None in (carriers["Q1"], routes["FRA-IAD"])


LEGS = st.lists(
    st.tuples(
        st.sampled_from(["Q1", "Q2", "Q3"]),
        st.sampled_from(["FRA-IAD", "FRA-EWR", "LHR-FRA", "FRA-MUC"]),
        st.sampled_from(["05", "12", "17"]),
        st.sampled_from([1, 2, 3, 4, 6, 20, 40, 90]).map(lambda size: {"FR": size}),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=10, deadline=None)
@given(legs=LEGS)
def test_no_small_leg_follows_from_the_tables_of_legs_together(legs):
    assert derivable(publish(counts(legs)), legs) == []


def derivable(edition, legs):
    """Small counts of atoms that exact linear algebra gives: independent of the product's own check."""
    atoms = sorted({leg[:3] for leg in legs})
    sizes = {atom: sum(sum(leg[3].values()) for leg in legs if leg[:3] == atom) for atom in atoms}
    places = {"carrier": 0, "route": 1, "hour": 2}
    rows = []
    for definition in ("by_carrier", "by_route", "by_hour", "carrier_hour"):
        names = BY_NAME[definition].dimensions
        for key, value in shown(edition, definition).items():
            if value is not None:
                rows.append(
                    [
                        int(
                            all(
                                wanted in (TOTAL, atom[places[name]])
                                for name, wanted in zip(names, key, strict=True)
                            )
                        )
                        for atom in atoms
                    ]
                )
    if not rows:
        return []
    return [
        atom
        for index, atom in enumerate(atoms)
        if sizes[atom] < THRESHOLD
        and rank(rows) == rank([*rows, [int(place == index) for place in range(len(atoms))]])
    ]


def rank(rows):
    rows = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(found, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for other in range(found + 1, len(rows)):
            factor = rows[other][column] / rows[found][column]
            rows[other] = [a - factor * b for a, b in zip(rows[other], rows[found], strict=True)]
        found += 1
    return found


# Corrections: what two publications tell together


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"FR": 40, "DE": 30}, {"FR": 50, "DE": 30}, id="many latecomers may show"),
        pytest.param(
            {"FR": 40, "DE": 30, "ES": 20}, {"FR": 43, "DE": 30, "ES": 30}, id="few hide among others"
        ),
        pytest.param({"FR": 40, "DE": 30}, {"FR": 40, "DE": 30, "IS": 9}, id="nobody before"),
        pytest.param({"FR": 40, "MT": 4, "IS": 2}, {"FR": 40, "MT": 4, "IS": 9}, id="it was small before"),
        pytest.param({"FR": 40, "DE": 6}, {"FR": 40}, id="a group that was withdrawn"),
        pytest.param({"FR": 40, "DE": 30}, {"FR": 43, "DE": 27}, id="as many left as came"),
        pytest.param({"FR": 3}, {"FR": 20}, id="a table that was withheld as a whole"),
    ],
)
def test_no_cell_that_both_editions_show_changes_by_few(first, second):
    before = publish(by(first))
    after = publish(by(second), earlier=[before])
    assert one_way(after)[TOTAL] in {sum(first.values()), sum(second.values()), None}
    for definition in BY_NAME:
        then, now = shown(before, definition), shown(after, definition)
        for key in set(then) | set(now):
            a, b = then.get(key, 0), now.get(key, 0)
            assert a is None or b is None or abs(a - b) not in range(1, THRESHOLD), (definition, key)


@pytest.mark.parametrize("late", [1, 4, -1, -4])
def test_a_correction_by_a_few_is_not_published_and_the_report_says_so(late):
    before = publish(by({"FR": 40, "DE": 30}))
    after = publish(by({"FR": 40 + late, "DE": 30}), earlier=[before])
    assert after.published.equals(before.published)
    assert set(after.protection["state"].to_pylist()) == {"earlier_stands"}


def test_latecomers_who_are_few_each_time_are_held_against_every_edition():
    first = publish(by({"FR": 40, "DE": 30}))
    second = publish(by({"FR": 50, "DE": 30}), earlier=[first])
    third = publish(
        by({"FR": 42, "DE": 30}), earlier=[first, second]
    )  # 8 fewer than second, 2 more than first
    assert third.published.equals(second.published)


def test_nothing_new_changes_nothing():
    before = publish(by({"FR": 40, "IS": 3, "DE": 9}))
    assert publish(by({"FR": 40, "IS": 3, "DE": 9}), earlier=[before]) is before


def test_a_date_whose_legs_were_all_withdrawn_is_corrected_to_nothing():
    before = publish(by({"FR": 40}))
    after = publish(COUNTS.empty(), earlier=[before])
    assert one_way(after) == {TOTAL: 0}


@settings(max_examples=4, deadline=None)
@given(
    people=st.dictionaries(st.sampled_from(["FR", "DE", "US", "CN", "IS"]), st.integers(1, 30), min_size=1),
    data=st.data(),
)
def test_the_same_legs_give_the_same_tables_in_any_order(people, data):
    table = counts([("Q1", "FRA-IAD", "17", people), ("Q2", "LHR-FRA", "05", people)])
    order = data.draw(st.permutations(range(table.num_rows)))
    one, other = publish(table), publish(table.take(pa.array(order, pa.int64())))
    assert one.published.equals(other.published)


# What protection cost


def test_the_cost_is_told_from_published_figures_alone():
    edition = publish(by({"FR": 40, "DE": 30, "IS": 3}))
    assert balance(edition.published, {}).equals(edition.protection)
    row = next(row for row in edition.protection.to_pylist() if row["definition"] == "by_nationality")
    assert (row["cells"], row["withheld"]) == (4, 2)
    assert (row["travellers"], row["travellers_withheld"]) == (73, 33)
    assert row["state"] == "cells_withheld"


def test_cells_hold_every_margin_and_the_timetable():
    exact = cells_of(by({"FR": 40, "IS": 3}), day=DAY, country=COUNTRY)
    assert exact.schema.equals(TRAFFIC_CELLS.schema)
    sums = {}
    for row in exact.to_pylist():
        if row["definition"] == "nationality_sex":
            sums[row["nationality"], row["sex"]] = row["count"]
    assert sums == {
        ("FR", "F"): 40, ("IS", "F"): 3, (TOTAL, "F"): 43, ("FR", TOTAL): 40, ("IS", TOTAL): 3, (TOTAL, TOTAL): 43,
    }  # fmt: skip
    assert TIMETABLE in exact["definition"].to_pylist()
