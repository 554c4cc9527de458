"""Every leg has an outcome, its reason and the command that mends it."""

from datetime import date, datetime

import pytest

from screening.night.outcomes import LegFailure, NightTables, outcomes
from screening.tables import analyst, individual, landing

LEG = "XQ401-20261123-ARN-VIE"


def flight(leg=LEG, findings=()):
    return {
        "flight_id": leg,
        "carrier": "XQ",
        "number": "401",
        "marketing": [],
        "origin": "ARN",
        "destination": "VIE",
        "departure_local": datetime(2026, 11, 23, 9, 15),
        "service_date": date(2026, 11, 23),
        "api_status": "final",
        "pnr_status": "missing",
        "travellers": 0,
        "findings": list(findings),
    }


def finding(code, level):
    return {"code": code, "level": level, "segment": None, "offset": 0, "text": code}


def aside(unit="message", leg=LEG, codes=("no_leg_with_date",), input_id="a", people=1, flight=None):
    return {
        "quarantine_id": f"{input_id}:{unit}",
        "input_id": input_id,
        "unit": unit,
        "flight_id": leg,
        "offset": 0,
        "length": 9,
        "class": "api",
        "codes": list(codes),
        "reason": "set aside",
        "people": people,
        "flight": flight,
    }


def given_input(name, status, input_id="a", reason=None):
    return {
        "input_id": input_id,
        "name": name,
        "kind": "edifact",
        "bytes": 9,
        "messages": 1,
        "status": status,
        "reason_code": reason,
    }


def traveller(place, standing):
    return {
        "traveller_id": f"t{place}",
        "flight_id": LEG,
        "statement_ids": [f"in:1:{place}"],
        "current": 1,
        "sources": ["api"],
        "person_key": f"p{place}",
        "role": "passenger",
        "name_as_sent": "NAME/GIVEN",
        "standing": standing,
    }


def told(flights=(), quarantine=(), inputs=(), travellers=()):
    return NightTables(
        individual.FLIGHTS.table(flights),
        individual.TRAVELLERS.table(travellers),
        individual.MESSAGES.empty(),
        individual.STATEMENTS.empty(),
        individual.QUARANTINE.table(quarantine),
        analyst.HITS.empty(),
        landing.INPUTS.table(inputs),
    )


def one(found, failures=None):
    [row] = outcomes(found, failures or {}, night="2026-11-23", pins_hash="p").to_pylist()
    return row


@pytest.mark.parametrize(
    ("found", "failures", "outcome", "code", "mended"),
    [
        pytest.param(told([flight()]), {}, "screened", None, False, id="nothing to say"),
        pytest.param(
            told([flight(findings=[finding("unt_count_differs", "info")])]),
            {},
            "screened",
            None,
            False,
            id="an info calls nobody",
        ),
        pytest.param(
            told([flight(findings=[finding("cnt_differs", "warning")])]),
            {},
            "screened_with_findings",
            "cnt_differs",
            False,
            id="a warning is told",
        ),
        pytest.param(
            told([flight()], [aside("traveller", codes=("name_missing",))]),
            {},
            "screened_with_findings",
            "name_missing",
            True,
            id="a traveller set aside",
        ),
        pytest.param(told([], [aside()]), {}, "quarantined", "no_leg_with_date", True, id="nothing usable"),
        pytest.param(
            told([flight()]),
            {LEG: LegFailure("unforeseen_error", "KeyError in x.py:1")},
            "failed",
            "unforeseen_error",
            True,
            id="our own fault",
        ),
        pytest.param(
            told([], [aside(leg=None, codes=("no_interchange",))], [given_input("n.txt", "quarantined")]),
            {},
            "quarantined",
            "no_interchange",
            True,
            id="a file that names no leg",
        ),
    ],
)
def test_outcome(found, failures, outcome, code, mended):
    row = one(found, failures)
    assert (row["outcome"], row["reason_code"], row["mend"] is not None) == (outcome, code, mended)
    assert row["mend"] is None or row["mend"].startswith("screening ")


@pytest.mark.parametrize(
    ("screened", "travellers"),
    [
        pytest.param(True, 4, id="withdrawn ones are screened"),
        pytest.param(False, 3, id="the profile leaves them out"),
    ],
)
def test_an_outcome_says_how_many_are_unconfirmed_and_withdrawn(screened, travellers):
    people = [
        traveller(place, word)
        for place, word in enumerate(("confirmed", "unconfirmed", "unconfirmed", "withdrawn"))
    ]
    found = told([flight(findings=[finding("not_named_again", "warning")])], travellers=people)
    [row] = outcomes(found, {}, night="2026-11-23", pins_hash="p", withdrawn_screened=screened).to_pylist()
    assert (row["travellers"], row["unconfirmed"], row["withdrawn"]) == (travellers, 2, 1)
    assert row["reason"] == "2 travellers unconfirmed; findings: not named again"


def test_text_after_an_interchange_is_no_flight_of_its_own():
    found = told([flight()], [aside("bytes", leg=None, codes=("text_after_unz",), people=0)])
    found = NightTables(
        **{
            **{name: getattr(found, name) for name in NightTables.__dataclass_fields__},
            "inputs": landing.INPUTS.table([given_input("a.edi", "read_in_part")]),
            "quarantine": individual.QUARANTINE.table([aside("bytes", leg=None, people=0)]),
            "messages": individual.MESSAGES.table([message()]),
        }
    )
    assert [row["flight_id"] for row in outcomes(found, {}, night="n", pins_hash="p").to_pylist()] == [LEG]


def message():
    return {
        "message_id": "a:0",
        "input_id": "a",
        "offset": 0,
        "length": 9,
        "source": "api",
        "type": "PAXLST",
        "version": "D:12B",
        "dialect": "paxlst",
        "function": "passengers",
        "action": "full",
        "read": 0,
        "complete": True,
        "flight_ids": [LEG],
        "status": "ok",
        "findings": [],
    }


def test_the_hash_of_a_leg_depends_on_pins_and_its_own_statements_only():
    alone = one(told([flight()]))["frozen"]
    both = outcomes(
        told([flight(), flight("XQ402-20261123-ARN-VIE")]), {}, night="n", pins_hash="p"
    ).to_pylist()
    assert {row["flight_id"]: row["frozen"] for row in both}[LEG] == alone
    assert outcomes(told([flight()]), {}, night="n", pins_hash="q").to_pylist()[0]["frozen"] != alone


def test_a_message_without_a_leg_beside_a_good_one_calls_a_person():
    """Whoever it holds was not screened, however good the other messages of its file are."""
    found = told([flight()], [aside(leg=None)], [given_input("a.edi", "read_in_part")])
    found = NightTables(
        **{
            **{name: getattr(found, name) for name in NightTables.__dataclass_fields__},
            "messages": individual.MESSAGES.table([message()]),
        }
    )
    rows = {
        row["flight_id"]: row["outcome"] for row in outcomes(found, {}, night="n", pins_hash="p").to_pylist()
    }
    assert rows == {LEG: "screened", "input:a": "quarantined"}


@pytest.mark.parametrize(
    ("entries", "people", "said"),
    [
        pytest.param([aside(people=80)], 80, "80 travellers not screened", id="counted"),
        pytest.param([aside(people=1)], 1, "1 traveller not screened", id="one"),
        pytest.param([aside(people=None)], None, "an unknown number of travellers not screened", id="unknown is never 0"),
        pytest.param(
            [aside("message", people=3), aside("traveller", people=1)], 4, "4 travellers not screened", id="of several entries"
        ),
        pytest.param(
            [aside("message", people=3), aside("traveller", people=None)],
            None,
            "an unknown number of travellers not screened",
            id="one of which is unknown",
        ),
    ],
)  # fmt: skip
def test_people_of_what_was_set_aside_are_counted(entries, people, said):
    row = one(told([], entries))
    assert row["quarantined"] == people
    assert said in row["reason"]


def test_people_of_a_failed_leg_were_not_screened():
    people = individual.TRAVELLERS.table([traveller(n, "confirmed") for n in range(7)])
    found = told([flight()], [aside("traveller", people=1)])
    found = NightTables(
        **{**{name: getattr(found, name) for name in NightTables.__dataclass_fields__}, "travellers": people}
    )
    row = one(found, {LEG: LegFailure("unforeseen_error", "KeyError in x.py:1")})
    assert (row["travellers"], row["quarantined"], row["flight"]) == (0, 8, "XQ401")


def test_a_leg_that_lost_its_travellers_has_an_unknown_number():
    row = one(
        told([flight()]), {LEG: LegFailure("balance_differs", "travellers settled: 0 rows, 7 in the ledger")}
    )
    assert row["quarantined"] is None


def test_an_input_without_leg_tells_people_and_flight_as_far_as_known():
    entry = aside(leg=None, people=80, flight="4X164")
    row = one(told([], [entry], [given_input("a.edi", "quarantined", reason="no_leg_with_date")]))
    assert (row["flight_id"], row["flight"], row["quarantined"]) == ("input:a", "4X164", 80)
    assert row["mend"] == "screening quarantine replay a:message --file FILE"


@pytest.mark.parametrize(
    ("code", "people"), [("file_empty", 0), ("no_message", 0), ("unb_missing", None)], ids=str
)
def test_an_input_whose_entry_is_gone_is_unknown_unless_it_held_nothing(code, people):
    assert one(told([], [], [given_input("a.edi", "quarantined", reason=code)]))["quarantined"] == people


def test_bytes_between_messages_that_hold_people_call_a_person():
    found = told([flight()], [aside("bytes", leg=None, people=2)], [given_input("a.edi", "read_in_part")])
    found = NightTables(
        **{
            **{name: getattr(found, name) for name in NightTables.__dataclass_fields__},
            "messages": individual.MESSAGES.table([message()]),
        }
    )
    rows = {row["flight_id"]: row for row in outcomes(found, {}, night="n", pins_hash="p").to_pylist()}
    assert rows["input:a"]["quarantined"] == 2
