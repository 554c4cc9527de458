"""Legs: codeshares, several legs of a flight, times, airports, states of the sources."""

from datetime import datetime

import pytest

OPERATING, MARKETING = "QX12-20261124-FRA-IAD", "QY8012-20261124-FRA-IAD"


def test_a_marketing_designators_leg_is_settled_on_the_operating_leg(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", locator="L1"), leg=OPERATING, marketing=["QY08012"])
    night.pnr("08:00", kit.person("ADAM/ANNA", locator="L1"), leg=MARKETING)
    for scope in ((OPERATING,), (MARKETING,), (OPERATING, MARKETING)):
        settled = night.settle(*scope)
        (flight,) = settled.flights.to_pylist()
        assert (flight["flight_id"], flight["marketing"], flight["travellers"]) == (OPERATING, ["QY8012"], 1)
        assert kit.codes(settled) == ["codeshare_folded"]
        assert settled.travellers["join_basis"].to_pylist() == ["locator_and_name"]
        assert set(settled.travellers["flight_id"].to_pylist()) == {OPERATING}


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([(OPERATING, ["QY8012"]), ("QZ7-20261124-FRA-IAD", ["QY8012"]), (MARKETING, [])],
                     id="two legs list it"),
        pytest.param([(OPERATING, ["QY8012"]), (MARKETING, ["QX12"])], id="two legs list each other"),
    ],
)  # fmt: skip
def test_who_operates_is_not_guessed(kit, statements):
    night = kit.Night()
    for leg, marketing in statements:
        night.api("08:00", kit.person("ADAM/ANNA"), leg=leg, marketing=marketing)
    settled = night.settle()
    assert settled.flights.num_rows == len(statements)
    assert "codeshare_ambiguous" in kit.codes(settled, MARKETING)


def test_codeshares_of_codeshares_end_at_the_operating_leg(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"), leg=OPERATING, marketing=["QY8012"])
    night.pnr("08:00", kit.person("BERG/BELA"), leg=MARKETING, marketing=["QZ1"])
    night.pnr("08:00", kit.person("CERNY/CARL"), leg="QZ1-20261124-FRA-IAD", sender="QZ")
    assert night.settle().flights["flight_id"].to_pylist() == [OPERATING]


@pytest.mark.parametrize(
    "other", ["QY8012-20261125-FRA-IAD", "QY8012-20261124-FRA-JFK"], ids=["another day", "another route"]
)
def test_a_codeshare_is_of_the_same_route_and_day(kit, other):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"), leg=OPERATING, marketing=["QY8012"])
    night.pnr("08:00", kit.person("BERG/BELA"), leg=other)
    assert night.settle().flights.num_rows == 2


def test_a_traveller_counts_once_on_each_leg_that_he_flies(kit):
    second = "QX12-20261124-IAD-SFO"
    night = kit.Night()
    both = {"locator": "L1"}
    night.api("08:00", kit.person("ADAM/ANNA", None, "A1@DE", **both), kit.person("BERG/BELA", legs=[second]),
              leg=[OPERATING, second])  # fmt: skip
    night.pnr("08:00", kit.person("ADAM/ANNA", None, "A1@DE", **both), leg=[OPERATING, second])
    settled = night.settle()
    assert kit.names(settled, OPERATING) == ["ADAM/ANNA"]
    assert kit.names(settled, second) == ["ADAM/ANNA", "BERG/BELA"]
    keys = [row["person_key"] for row in settled.travellers.to_pylist() if row["surname"] == "ADAM"]
    ids = {row["traveller_id"] for row in settled.travellers.to_pylist()}
    assert len(set(keys)) == 1
    assert len(ids) == 3
    assert settled.documents.num_rows == 2


def test_the_latest_message_is_believed_about_times(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"), departure="2026-11-24T12:45")
    night.pnr("06:00", kit.person("ADAM/ANNA"), departure="2026-11-24T12:00")
    settled = night.settle()
    assert settled.flights["departure_local"].to_pylist() == [datetime.fromisoformat("2026-11-24T12:45")]
    assert "leg_time_differs" in kit.codes(settled)


def test_zones_come_from_the_airports_and_unknown_ones_are_told(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"), leg="QX12-20261124-FRA-QQQ")
    (flight,) = night.settle().flights.to_pylist()
    assert (flight["origin_zone"], flight["destination_zone"]) == ("Europe/Berlin", None)
    assert [finding["code"] for finding in flight["findings"]] == ["airport_unknown"]


@pytest.mark.parametrize(
    ("message", "api", "pnr"),
    [
        pytest.param([("api", {})], "final", "missing", id="API alone"),
        pytest.param([("pnr", {})], "missing", "final", id="PNR alone"),
        pytest.param([("api", {"function": "crew"})], "incomplete", "missing", id="crew alone is no API of passengers"),
        pytest.param([("api", {"action": "update"})], "incomplete", "missing", id="only a change"),
        pytest.param([("api", {"stated": 7})], "incomplete", "missing", id="CNT differs"),
        pytest.param([("api", {"complete": False}), ("api", {"action": "close_on_board"})], "final", "missing",
                     id="CLOB lists everybody"),
        pytest.param([("api", {"complete": False}), ("api", {"action": "close"})], "incomplete", "missing",
                     id="CL does not mend a cut manifest"),
        pytest.param([("pnr", {"action": "update"})], "missing", "incomplete", id="only changed bookings"),
        pytest.param([("api", {"action": "cancel_flight", "function": "flight_status"})], "incomplete", "missing",
                     id="cancelled without more"),
    ],
)  # fmt: skip
def test_how_much_of_each_source_is_there(kit, message, api, pnr):
    night = kit.Night()
    for place, (source, ordered) in enumerate(message):
        night.say(source, f"08:0{place}", [kit.person("ADAM/ANNA", "1980-01-01")], **ordered)
    (flight,) = night.settle().flights.to_pylist()
    assert (flight["api_status"], flight["pnr_status"]) == (api, pnr)


def test_stated_is_the_count_of_the_manifests_in_force(kit):
    night = kit.Night()
    people = [kit.person(f"ADAM/T{n}", f"19{n}0-01-01") for n in range(6, 9)]
    night.api("08:00", *people, stated=3)
    night.api("09:00", *people[:2], stated=2)
    night.api("09:00", kit.person("CREW/C", role="crew"), stated=1, function="crew")
    assert night.settle().flights["stated"].to_pylist() == [2]
