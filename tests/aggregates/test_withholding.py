from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.aggregates.definitions import DEFINITIONS, OTHER, TOTAL
from screening.aggregates.withholding import Before, Fold, fold, withhold
from screening.tables.individual import COUNTS
from screening.tables.model import SchemaError

DAY = date(2026, 11, 23)
THRESHOLD = 5
OF_LEG = [definition for definition in DEFINITIONS if definition.of_leg]


def counts(legs, day=DAY):
    """COUNTS of invented legs: (carrier, route, hour, travellers, nationalities or None)."""
    rows = []
    for ordinal, (carrier, route, hour, size, nationalities) in enumerate(legs):
        facts = {
            "carrier": carrier,
            "route": route,
            "hour": hour,
            "sex": "F",
            "age_band": "18-24",
            "role": "crew",
        }
        for definition in DEFINITIONS:
            split = nationalities if definition.dimension == "nationality" and nationalities else None
            cells = split or {facts.get(definition.dimension, "FR"): size}
            rows += [
                {
                    "definition": definition.name,
                    "flight_id": f"{day:%m%d}-{ordinal}",
                    "service_date": day,
                    definition.dimension: value,
                    "count": count,
                }
                for value, count in cells.items()
                if count
            ]
    return COUNTS.table(rows)


def by(nationalities, day=DAY):
    return counts([("Q1", "FRA-IAD", "17", sum(nationalities.values()), nationalities)], day)


def cells(published, definition="by_nationality", dimension="nationality"):
    return {row[dimension]: row["value"] for row in published.to_pylist() if row["definition"] == definition}


def publish(table, earlier=None, closed=(DAY,)):
    return withhold(table, closed=closed, threshold=THRESHOLD, earlier=earlier)


@pytest.mark.parametrize(
    ("given_cells", "published"),
    [
        pytest.param({"FR": 40, "DE": 30}, {"FR": 40, "DE": 30, TOTAL: 70}, id="nothing small, nothing folded"),
        pytest.param({"FR": 5}, {"FR": 5, TOTAL: 5}, id="the threshold itself is safe"),
        pytest.param({"FR": 40, "IS": 3, "MT": 4}, {"FR": 40, OTHER: 7, TOTAL: 47}, id="small cells fold together"),
        pytest.param({"FR": 40, "IS": 3, "MT": 2}, {"FR": 40, OTHER: 5, TOTAL: 45}, id="they reach the threshold exactly"),
        pytest.param({"FR": 40, "DE": 30, "IS": 3}, {"FR": 40, OTHER: 33, TOTAL: 73}, id="a single small cell takes the next smallest"),
        pytest.param({"FR": 30, "DE": 30, "IS": 3}, {"FR": 30, OTHER: 33, TOTAL: 63}, id="ties go by the value's text"),
        pytest.param({"FR": 40, "IS": 3}, {OTHER: 43, TOTAL: 43}, id="of two cells none can stand"),
        pytest.param({"FR": 40, "MT": 4, "IS": 1}, {OTHER: 45, TOTAL: 45}, id="a lone traveller subtracts himself from Other"),
        pytest.param({"FR": 3, "DE": 3}, {OTHER: 6, TOTAL: 6}, id="only small cells, safe total"),
        pytest.param({"FR": 3, "DE": 1}, {OTHER: None, TOTAL: None}, id="an unsafe total withholds all and names nobody's nationality"),
    ],
)  # fmt: skip
def test_small_cells_are_folded_until_no_difference_of_cells_is_small(given_cells, published):
    assert cells(publish(by(given_cells))) == published


@pytest.mark.parametrize(
    ("given_cells", "also", "before", "decision"),
    [
        pytest.param({"FR": 40, "A": 1, "B": 2, "C": 3}, (), None, Fold(frozenset("ABC")),
                     id="Other less the lone traveller reaches the threshold"),
        pytest.param({"FR": 40, "IS": 3, "XX": 0}, (), None, Fold(frozenset({"FR", "IS"})),
                     id="a cell of nobody is neither small nor of help"),
        pytest.param({"FR": 40, "DE": 30}, ("DE",), None, Fold(frozenset({"DE"})), id="folded for another reason"),
        pytest.param({}, (), None, Fold(), id="no cells"),
        pytest.param({"FR": 1}, (), None, Fold(withheld=True), id="a lone traveller"),
        pytest.param({"FR": 45}, (), Before({"FR": 40}, 0, 40), Fold(), id="a change of the threshold is safe"),
        pytest.param({"FR": 44}, (), Before({"FR": 40}, 0, 40), Fold(unchanged=True), id="one fewer is not"),
        pytest.param({"FR": 41}, (), Before({"FR": 40}, 0, 40), Fold(unchanged=True), id="one latecomer"),
        pytest.param({"FR": 36}, (), Before({"FR": 40}, 0, 40), Fold(unchanged=True), id="nor four who left"),
        pytest.param({"FR": 35}, (), Before({"FR": 40}, 0, 40), Fold(), id="five who left"),
        pytest.param({"FR": 20, "DE": 30}, (), Before({}, 0, None), Fold(frozenset({"FR", "DE"})),
                     id="nobody knows what stood in a withheld table"),
        pytest.param({"FR": 40, "IS": 20}, (), Before({"FR": 40}, 7, 47), Fold(frozenset({"IS"})),
                     id="it may have stood in Other"),
        pytest.param({"FR": 40, "IS": 20}, (), Before({"FR": 40}, 0, 40), Fold(), id="it cannot where there was no Other"),
        pytest.param({"FR": 43, "DE": 30, "ES": 30}, (), Before({"FR": 40, "DE": 30, "ES": 20}, 0, 90),
                     Fold(frozenset({"FR", "ES"})), id="what changed hides a small change, though what did not is as small"),
        pytest.param({"FR": 60, "ES": 20, "IS": 4, "MT": 10}, (), Before({"FR": 40, "DE": 6, "ES": 20}, 7, 73),
                     Fold(frozenset({"FR", "IS", "MT"})), id="a value that vanished may stand in Other now"),
        pytest.param({"FR": 60, "ES": 20, "IS": 4, "MT": 9}, (), Before({"FR": 40, "ES": 20}, 7, 67),
                     Fold(frozenset({"IS", "MT"})), id="Other changed by enough"),
        pytest.param({"FR": 60, "ES": 20, "IS": 4, "MT": 5}, (), Before({"FR": 40, "ES": 20}, 7, 67),
                     Fold(frozenset({"FR", "IS", "MT"})), id="Other changed by too few"),
        pytest.param({"FR": 60, "ES": 20, "IS": 4, "MT": 3}, (), Before({"FR": 40, "ES": 20}, 7, 67),
                     Fold(frozenset({"IS", "MT"})), id="Other did not change"),
    ],
)  # fmt: skip
def test_which_cells_go_into_other(given_cells, also, before, decision):
    assert fold(given_cells, threshold=THRESHOLD, also=also, before=before) == decision


def test_rows_say_definition_period_value_and_status_sorted():
    table = publish(by({"FR": 40, "DE": 30, "IS": 3, "MT": 4}))
    rows = [row for row in table.to_pylist() if row["definition"] == "by_nationality"]
    assert {(row["period"], row["nationality"], row["value"], row["status"]) for row in rows} == {
        ("2026-11-23", "DE", 30, "published"),
        ("2026-11-23", "FR", 40, "published"),
        ("2026-11-23", OTHER, 7, "folded"),
        ("2026-11-23", TOTAL, 77, "published"),
    }
    withheld = publish(by({"FR": 2}))
    assert {(row["definition"], row["value"]) for row in withheld.to_pylist()} == {
        (definition.name, None) for definition in DEFINITIONS
    }
    assert withheld.num_rows == 2 * len(DEFINITIONS)


def test_what_was_published_of_another_date_is_no_earlier_version():
    tomorrow = DAY + timedelta(days=1)
    other = publish(by({"FR": 40}, tomorrow), closed=(tomorrow,))
    assert cells(publish(by({"FR": 43}), earlier=other)) == {"FR": 43, TOTAL: 43}


def test_status_says_what_became_of_a_cell():
    table = publish(by({"FR": 40, "IS": 3, "MT": 4}))
    own = {row["nationality"]: row["status"] for row in table.to_pylist() if row["nationality"]}
    assert own == {"FR": "published", OTHER: "folded", TOTAL: "published"}
    statuses = {row["status"] for row in publish(by({"FR": 2})).to_pylist()}
    assert statuses == {"withheld"}


def test_only_closed_service_dates_are_published_each_by_itself():
    tomorrow = DAY + timedelta(days=1)
    table = pa.concat_tables([by({"FR": 9}), by({"FR": 8}, tomorrow)])
    assert cells(publish(table)) == {"FR": 9, TOTAL: 9}
    both = publish(table, closed=(tomorrow, DAY))
    assert both.column("period").unique().to_pylist() == ["2026-11-23", "2026-11-24"]
    assert publish(table, closed=()).num_rows == 0


def test_a_leg_that_stands_twice_is_refused():
    with pytest.raises(SchemaError, match="doubled key"):
        publish(pa.concat_tables([by({"FR": 9}), by({"FR": 9})]))


def test_a_threshold_that_protects_nobody_is_refused():
    with pytest.raises(ValueError, match="threshold"):
        withhold(by({"FR": 9}), closed=[DAY], threshold=1)


CELLS = st.dictionaries(st.sampled_from("ABCDEFGHIJ"), st.integers(1, 30), max_size=10)


@settings(max_examples=100, deadline=None)
@given(cells_=CELLS, threshold=st.integers(2, 9))
def test_no_sum_or_difference_of_published_cells_is_small(cells_, threshold):
    decision = fold(cells_, threshold=threshold)
    total = sum(cells_.values())
    assert decision.withheld == (0 < total < threshold)
    if decision.withheld:
        return
    shown = [count for value, count in cells_.items() if value not in decision.away]
    if decision.away:
        shown.append(sum(cells_[value] for value in decision.away))
    assert sum(shown) == total
    for size in range(1, len(shown) + 1):
        for some in combinations(shown, size):
            assert sum(some) >= threshold
            assert not 0 < total - sum(some) < threshold


@settings(max_examples=100, deadline=None)
@given(cells_=CELLS, data=st.data())
def test_the_decision_does_not_depend_on_the_order_of_cells(cells_, data):
    shuffled = dict(data.draw(st.permutations(list(cells_.items()))))
    assert fold(cells_, threshold=THRESHOLD) == fold(shuffled, threshold=THRESHOLD)


# Corrections: what two publications tell together


def correction(first, second):
    before = publish(by(first))
    return cells(before), cells(publish(by(second), earlier=before))


@pytest.mark.parametrize(
    ("first", "second", "published"),
    [
        pytest.param({"FR": 40, "DE": 30}, {"FR": 40, "DE": 30}, {"FR": 40, "DE": 30, TOTAL: 70}, id="nothing new changes nothing"),
        pytest.param({"FR": 40, "DE": 30}, {"FR": 50, "DE": 30}, {"FR": 50, "DE": 30, TOTAL: 80}, id="many latecomers may show"),
        pytest.param({"FR": 40, "DE": 30}, {"FR": 43, "DE": 30}, {"FR": 40, "DE": 30, TOTAL: 70}, id="three latecomers do not show in Total: the first stays"),
        pytest.param({"FR": 40, "DE": 30, "ES": 20}, {"FR": 43, "DE": 30, "ES": 30}, {"DE": 30, OTHER: 73, TOTAL: 103}, id="three of them hide among others"),
        pytest.param({"FR": 40, "DE": 30}, {"FR": 40, "DE": 30, "IS": 9}, {"FR": 40, "DE": 30, "IS": 9, TOTAL: 79}, id="nobody was folded, so it was nobody before"),
        pytest.param({"FR": 40, "MT": 4, "IS": 2}, {"FR": 40, "MT": 4, "IS": 9}, {"FR": 40, OTHER: 13, TOTAL: 53}, id="what stood in Other stays in it"),
        pytest.param({"FR": 3}, {"FR": 20}, {OTHER: 20, TOTAL: 20}, id="a withheld table opens as a whole only"),
        pytest.param({"FR": 40, "DE": 6}, {"FR": 40}, {"FR": 40, TOTAL: 40}, id="a group that was withdrawn"),
    ],
)  # fmt: skip
def test_a_correction_never_shows_a_few_latecomers(first, second, published):
    assert correction(first, second)[1] == published


def test_a_date_whose_legs_were_all_withdrawn_is_corrected_to_nothing():
    before = publish(by({"FR": 40}))
    assert cells(publish(COUNTS.empty(), earlier=before)) == {TOTAL: 0}


def test_a_table_new_in_a_correction_does_not_tell_the_total_that_the_others_hide():
    before = publish(by({"FR": 40}))
    fewer = before.filter(pa.compute.not_equal(before["definition"], "by_role"))
    after = publish(by({"FR": 42}), earlier=fewer)
    assert after.equals(fewer)


@settings(max_examples=100, deadline=None)
@given(first=CELLS, change=st.dictionaries(st.sampled_from("ABCDEFGHIJ"), st.integers(-30, 30)))
def test_no_cell_changes_by_few_between_a_publication_and_its_correction(first, change):
    then = fold(first, threshold=THRESHOLD)
    total = sum(first.values())
    shown = {} if then.withheld else {v: n for v, n in first.items() if v not in then.away}
    other = sum(first[v] for v in then.away)
    before = Before(shown, other, None if then.withheld else total)
    second = {v: n for v in set(first) | set(change) if (n := max(0, first.get(v, 0) + change.get(v, 0)))}
    now = fold(second, threshold=THRESHOLD, before=before)
    if now == Fold(unchanged=True) or now.withheld or then.withheld:
        return
    for value, count in second.items():
        if value not in now.away:
            assert count >= THRESHOLD
            assert not 0 < abs(count - shown.get(value, 0)) < THRESHOLD
    assert not 0 < abs(sum(second.values()) - total) < THRESHOLD
    if now.away and set(second) - now.away:
        moved = sum(shown.get(value, 0) for value in now.away)
        assert not 0 < abs(sum(second[value] for value in now.away) - other - moved) < THRESHOLD


# Linked tables: by carrier, route and hour with the timetable


def test_a_small_leg_is_not_told_by_its_carrier_and_the_carriers_other_route():
    legs = [
        ("Q1", "FRA-IAD", "17", 20, None),
        ("Q1", "FRA-EWR", "18", 3, None),
        ("Q2", "FRA-BOS", "17", 40, None),
        ("Q2", "FRA-ORD", "18", 30, None),
        ("Q3", "FRA-LHR", "17", 25, None),
    ]
    published = publish(counts(legs))
    assert derivable(published, legs) == []
    # Each table by itself would have published Q1 = 23 and FRA-IAD = 20.
    carriers, routes = cells(published, "by_carrier", "carrier"), cells(published, "by_route", "route")
    assert not ({"Q1"} <= set(carriers) and {"FRA-IAD"} <= set(routes))


LEGS = st.lists(
    st.tuples(
        st.sampled_from(["Q1", "Q2", "Q3"]),
        st.sampled_from(["A-B", "A-C", "A-D", "A-E"]),
        st.sampled_from(["05", "12", "17"]),
        st.sampled_from([1, 2, 3, 4, 6, 20, 40, 90]),
        st.none(),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=60, deadline=None)
@given(legs=LEGS)
def test_no_small_leg_follows_from_the_tables_of_legs_together(legs):
    assert derivable(publish(counts(legs)), legs) == []


def derivable(published, legs):
    """Small counts of atoms that exact linear algebra gives: independent of the product's own check."""
    atoms = sorted({leg[:3] for leg in legs})
    sizes = {atom: sum(leg[3] for leg in legs if leg[:3] == atom) for atom in atoms}
    places = {"carrier": 0, "route": 1, "hour": 2}
    rows = []
    for definition in OF_LEG:
        place = places[definition.dimension]
        shown = cells(published, definition.name, definition.dimension)
        if shown[TOTAL] is None:
            return []
        for value in shown:
            if value == OTHER:
                rows.append([int(atom[place] not in shown) for atom in atoms])
            elif value != TOTAL:
                rows.append([int(atom[place] == value) for atom in atoms])
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
