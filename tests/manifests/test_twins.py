"""Two legs that may be one flight name each other; two that may not say nothing."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.manifests.twins import CODE, tell_twins
from screening.tables import individual as t

MIDNIGHT = datetime(2026, 11, 23, 23, 50)


def flight(leg, departure=MIDNIGHT, origin="DOH", destination="BRU"):
    return {
        "flight_id": leg, "carrier": leg[:2], "number": "1", "marketing": [], "origin": origin,
        "destination": destination, "departure_local": departure,
        "service_date": departure.date() if departure else None, "api_status": "final",
        "pnr_status": "missing", "travellers": 0, "findings": [], "provisional": departure is None,
    }  # fmt: skip


def traveller(leg, person, role="passenger", key=None, surname=None):
    return {
        "traveller_id": f"{leg}:{person}", "flight_id": leg, "statement_ids": [f"m:{person}"], "current": 1,
        "sources": ["api"], "person_key": key or person, "role": role, "name_as_sent": person,
        "surname": surname, "given_names": surname and "JANE",
    }  # fmt: skip


def told(flights, people, near=(), near_people=()):
    table = tell_twins(
        t.FLIGHTS.table(flights),
        t.TRAVELLERS.table(people),
        t.FLIGHTS.table(near),
        t.TRAVELLERS.table(near_people),
    )
    return {
        row["flight_id"]: [one["text"] for one in row["findings"] if one["code"] == CODE]
        for row in table.to_pylist()
    }


def on(leg, *people, **facts):
    return [traveller(leg, person, **facts) for person in people]


@pytest.mark.parametrize(
    ("other", "people", "names"),
    [
        pytest.param(
            flight("B", MIDNIGHT + timedelta(minutes=30)), on("B", "a", "b", "c"), True, id="midnight"
        ),
        pytest.param(flight("B"), on("B", "a"), True, id="one of three, and the smaller leg whole"),
        pytest.param(flight("B", None), on("B", "a", "b"), True, id="no date"),
        pytest.param(flight("B", origin=None), on("B", "a", "b"), True, id="no place"),
        pytest.param(flight("B"), on("B", "a", "x", "y", "z"), False, id="one rebooked"),
        pytest.param(flight("B"), on("B", "a", "b", role="crew"), False, id="crew"),
        pytest.param(flight("B", origin="DXB"), on("B", "a", "b"), False, id="another place"),
        pytest.param(flight("B", MIDNIGHT + timedelta(hours=25)), on("B", "a", "b"), False, id="next day"),
        pytest.param(flight("B"), on("B", "x", "y"), False, id="nobody shared"),
    ],
)
def test_legs_that_may_be_one_flight_name_each_other(other, people, names):
    found = told([flight("A"), other], on("A", "a", "b", "c", "d") + people)
    assert [bool(found["A"]), bool(found["B"])] == [names, names]
    if names:
        assert " B:" in found["A"][0]
        assert " A:" in found["B"][0]
        assert not any(person in found["A"][0] for person in ("m:", "A:a"))


def test_people_of_a_booking_without_documents_are_known_by_their_names():
    api = [traveller("A", "a", surname="DOE"), traveller("A", "b", surname="ROE")]
    pnr = [traveller("B", "a", key="x", surname="DOE"), traveller("B", "b", key="y", surname="ROE")]
    found = told([flight("A"), flight("B", MIDNIGHT + timedelta(hours=3))], api + pnr)
    assert found["A"] == ["perhaps one flight with B: 2 of the travellers are on both"]


def test_a_leg_of_the_night_before_is_named_by_tonights_alone():
    found = told([flight("A")], on("A", "a", "b"), [flight("B")], on("B", "a", "b"))
    assert list(found) == ["A"]
    assert found["A"] == ["perhaps one flight with B: 2 of the travellers are on both"]


@given(st.permutations(range(6)))
def test_no_order_of_rows_matters_and_telling_twice_tells_once(order):
    people = on("A", "a", "b", "c") + on("B", "a", "b", "c")
    flights = [flight("A"), flight("B")]
    none = (t.FLIGHTS.empty(), t.TRAVELLERS.empty())
    once = tell_twins(t.FLIGHTS.table(flights), t.TRAVELLERS.table(people), *none)
    shuffled = t.TRAVELLERS.table([people[place] for place in order])
    assert tell_twins(once, shuffled, *none).equals(once)
