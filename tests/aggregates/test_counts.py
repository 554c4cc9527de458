from collections import Counter
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.aggregates.counts import count
from screening.tables.individual import COUNTS
from screening.tables.model import SchemaError


def cells(table, dimension):
    sums = Counter()
    for row in table.to_pylist():
        sums[row[dimension]] += row["count"]
    return dict(sums)


def test_everyone_on_the_leg_is_counted_once_by_each_dimension(flight, traveller, tables):
    leg = flight()
    flights, travellers = tables(
        [leg],
        [
            traveller(1, leg["flight_id"]),
            traveller(2, leg["flight_id"], nationality="D", sex="M", date_of_birth=date(2010, 5, 5)),
            traveller(3, leg["flight_id"], nationality=None, sex=None, date_of_birth=None, role="crew"),
            traveller(4, leg["flight_id"], sex="X", role="transit_crew"),
            traveller(5, leg["flight_id"], role="infant", date_of_birth=date(2026, 1, 1)),
        ],
    )
    table = count(flights, travellers)
    assert cells(table, "route") == {"FRA-IAD": 5}
    assert cells(table, "carrier") == {"Q1": 5}
    assert cells(table, "hour") == {"17": 5}
    assert cells(table, "nationality") == {"FR": 3, "D": 1, "unknown": 1}
    assert cells(table, "sex") == {"F": 2, "M": 1, "X": 1, "unknown": 1}
    assert cells(table, "age_band") == {"45-54": 2, "12-17": 1, "unknown": 1, "00-01": 1}
    assert cells(table, "role") == {"passenger": 3, "crew": 1, "transit": 1}


@pytest.mark.parametrize(
    ("locators", "sizes"),
    [
        pytest.param(["A", "A", "B"], {"2": 2, "1": 1}, id="those of one booking"),
        pytest.param(["A", None, None], {"1": 1, "unknown": 2}, id="no booking is not one booking"),
        pytest.param(["A"] * 4, {"3-4": 4}, id="in bands"),
    ],
)
def test_a_party_is_who_stands_in_one_booking_of_the_leg(locators, sizes, flight, traveller, tables):
    leg, other = flight(), flight(number="11")
    rows = [traveller(n, leg["flight_id"], locator=locator) for n, locator in enumerate(locators)]
    elsewhere = traveller(99, other["flight_id"], locator="A")  # the same booking on another leg
    table = count(*tables([leg, other], [*rows, elsewhere]))
    own = table.filter(pa.compute.equal(table["flight_id"], leg["flight_id"]))
    assert cells(own, "party_size") == sizes


@pytest.mark.parametrize(
    ("on_board", "counted"),
    [
        pytest.param(None, 1, id="no close-out"),
        pytest.param(True, 1, id="boarded"),
        pytest.param(False, 0, id="stayed behind"),
    ],
)
def test_whoever_is_known_to_have_stayed_behind_is_not_traffic(on_board, counted, flight, traveller, tables):
    leg = flight()
    flights, travellers = tables(
        [leg],
        [traveller(1, leg["flight_id"], on_board=on_board), traveller(2, leg["flight_id"], on_board=True)],
    )
    assert cells(count(flights, travellers), "route") == {"FRA-IAD": 1 + counted}


@pytest.mark.parametrize(
    ("counted", "number"),
    [
        pytest.param(True, 1, id="part of the estimate"),
        pytest.param(False, 0, id="left out or withdrawn"),
        pytest.param(None, 1, id="settled by an earlier version, which dropped whom it did not count"),
    ],
)
def test_traffic_counts_only_who_is_counted(counted, number, flight, traveller, tables):
    leg = flight()
    flights, travellers = tables(
        [leg],
        [traveller(1, leg["flight_id"], counted=counted), traveller(2, leg["flight_id"], counted=True)],
    )
    assert cells(count(flights, travellers), "route") == {"FRA-IAD": 1 + number}


def test_a_person_on_two_legs_counts_on_both(flight, traveller, tables):
    one, two = flight(), flight(number="11", origin="IAD", destination="SFO", hour=5)
    flights, travellers = tables([one, two], [traveller(1, one["flight_id"]), traveller(1, two["flight_id"])])
    table = count(flights, travellers)
    assert cells(table, "route") == {"FRA-IAD": 1, "IAD-SFO": 1}
    assert cells(table, "hour") == {"17": 1, "05": 1}


def test_a_night_without_travellers_counts_nothing(flight, tables):
    assert count(*tables([flight()], [])).equals(COUNTS.empty())
    assert count(*tables([], [])).equals(COUNTS.empty())


def test_a_traveller_without_a_leg_is_refused_not_dropped(flight, traveller, tables):
    with pytest.raises(SchemaError, match="not among the flights"):
        count(*tables([flight()], [traveller(1, "Q9-none")]))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(["Q1", "Q2"]),
            st.sampled_from([None, "FR", "DE"]),
            st.sampled_from([None, "F", "M", "X"]),
            st.sampled_from(["passenger", "crew", "infant"]),
        ),
        max_size=30,
    ),
    data=st.data(),
)
def test_counts_do_not_depend_on_the_order_of_rows_and_add_up_to_the_manifest(
    people, data, flight, traveller, tables
):
    legs = {carrier: flight(carrier=carrier) for carrier in ("Q1", "Q2")}
    rows = [
        traveller(n, legs[carrier]["flight_id"], nationality=nationality, sex=sex, role=role)
        for n, (carrier, nationality, sex, role) in enumerate(people)
    ]
    flights, travellers = tables(list(legs.values()), rows)
    order = data.draw(st.permutations(range(len(rows))))
    table = count(flights, travellers)
    assert table.equals(count(flights, travellers.take(pa.array(order, pa.int64()))))
    assert sum(table["count"].to_pylist()) == len(rows)
