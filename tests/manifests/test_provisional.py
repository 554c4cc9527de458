"""Provisional legs: their people are settled, move to the one leg that fits, and keep their ids."""

import hashlib
import re

import pytest

from screening.manifests.groups import groups, settle_in_groups
from screening.manifests.provisional import ties
from screening.manifests.settle import settle
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables import individual as t
from tests.messages_by_hand import FILLERS, YLVA, paxlst, pnrgov

WHOLE, NEXT_DAY = "XQ401-20261123-ARN-VIE", "XQ401-20261124-ARN-VIE"
STATED = ("messages", "message_legs", "statements", "statement_documents")


def undated(text):
    return re.sub(r"DTM\+(189|232):\d+:201'", "", text)


def told(*texts):
    readings = [
        read_input(text.encode(), Intake(), input_id=hashlib.sha256(text.encode()).hexdigest())
        for text in texts
    ]
    tables = tabulate(readings)
    return [tables[name] for name in STATED]


def pseudonym(purpose, text):
    return hashlib.sha256(f"{purpose}|{text}".encode()).hexdigest()[:32]


def settled(tables, scope=None, earlier=None):
    scope = scope or sorted(set(tables[1]["flight_id"].to_pylist()))
    held = t.TRAVELLERS.empty() if earlier is None else earlier
    cut = groups(tables[1], tables[2], scope, tied=ties(*tables), most=1)
    grouped = settle_in_groups(*tables, cut=cut, earlier=held, pseudonym=pseudonym)
    whole = settle(*tables, scope=scope, earlier=held, pseudonym=pseudonym)
    assert grouped.travellers.equals(whole.travellers)
    assert grouped.flights.equals(whole.flights)
    return whole


def people(settled_legs):
    found = {}
    for row in settled_legs.travellers.to_pylist():
        found.setdefault(row["flight_id"], []).append(row["surname"])
    return {leg: sorted(names) for leg, names in found.items()}


def test_people_of_an_undated_manifest_stand_on_a_leg_that_holds_what_is_known():
    found = settled(told(undated(paxlst([YLVA, *FILLERS]))))
    [flight] = found.flights.to_pylist()
    assert flight["flight_id"].startswith("XQ401-UNDATED-ARN-VIE-")
    assert (flight["provisional"], flight["service_date"], flight["departure_local"]) == (True, None, None)
    assert (flight["carrier"], flight["number"], flight["origin"], flight["destination"]) == (
        "XQ", "401", "ARN", "VIE",
    )  # fmt: skip
    assert flight["travellers"] == 4


def test_two_manifests_never_share_a_provisional_leg():
    found = settled(told(undated(paxlst([YLVA])), undated(paxlst(FILLERS, sent="261122:1900"))))
    assert sorted(map(len, people(found).values())) == [1, 3]


@pytest.mark.parametrize(
    "dated",
    [
        pytest.param(
            paxlst([YLVA, *FILLERS], sent="261122:2000").replace("XQ0401261123", "REF1"),
            id="API that shares a traveller",
        ),
        pytest.param(pnrgov({"ABCDEF": [YLVA]}), id="PNR that shares a traveller"),
        pytest.param(paxlst([FILLERS[0]], sent="261122:2000"), id="API of the same transaction"),
        pytest.param(
            re.sub("SSR.DOCS.*", "", pnrgov({"ABCDEF": [YLVA]})),
            id="PNR without documents, by locator and name",
        ),
    ],
)
def test_they_move_to_the_one_leg_that_fits(dated):
    located = undated(paxlst([YLVA, *FILLERS])).replace("DOC+P", "RFF+AVF:ABCDEF'\r\nDOC+P", 1)
    found = settled(told(located, dated))
    assert people(found)[WHOLE] == ["DRUMMOND", "HARTNAGEL", "OKONJO", "QVARNSTEDT"]
    [flight] = found.flights.to_pylist()
    assert not flight["provisional"]
    assert "provisional_settled" in {one["code"] for one in flight["findings"]}


def test_ids_stay_when_they_move():
    first = undated(paxlst([YLVA, *FILLERS]))
    before = settled(told(first))
    earlier = before.travellers.select(["traveller_id", "flight_id", "statement_ids"])
    mended = told(first, paxlst([YLVA, *FILLERS], sent="261122:2000"))
    in_a_later_night, in_the_same = settled(mended, earlier=earlier), settled(mended)
    ids = [
        dict(zip(*(one.travellers[name].to_pylist() for name in ("surname", "traveller_id")), strict=True))
        for one in (before, in_a_later_night, in_the_same)
    ]
    assert ids[0] == ids[1] == ids[2]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param(
            [paxlst(FILLERS[:1]).replace("XQ0401261123", "ANOTHER")], id="nobody and nothing is shared"
        ),
        pytest.param([paxlst([YLVA], flight="XQ0402")], id="another number"),
        pytest.param([paxlst([YLVA], destination="GRZ")], id="another place"),
        pytest.param(
            [paxlst([YLVA]), paxlst([YLVA], day="261124", reference="2")], id="two legs that fit alike"
        ),
    ],
)
def test_else_they_stay_where_they_are(others):
    provisional = undated(paxlst([YLVA])).replace("XQ0401261123", "REF1")
    found = people(settled(told(provisional, *others)))
    assert [names for leg, names in found.items() if "UNDATED" in leg] == [["QVARNSTEDT"]]


def test_a_date_that_is_known_must_be_the_legs():
    nameless = paxlst([YLVA]).replace("TDT+20+XQ0401+++XQ'", "TDT+20+++XQ'")
    found = people(settled(told(nameless, paxlst([YLVA], day="261124", sent="261123:0600", reference="2"))))
    assert len(found) == 2
    assert NEXT_DAY in found
