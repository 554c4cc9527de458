import datetime as dt
from typing import NamedTuple

import pytest

from screening.hits.clearances import clearances_of
from screening.hits.cleared_content import Contents
from screening.hits.raising import evidence_hash
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES
from screening.tables.analyst import CLEARANCES


def piece(kind, traveller_value, alert_value, relation, weight):
    return {
        "kind": kind,
        "traveller_value": traveller_value,
        "alert_value": alert_value,
        "relation": relation,
        "weight": weight,
    }


def but(row, **changed):
    return {**row, **changed}


class Pair(NamedTuple):
    person_key: str
    alert_id: str
    evidence_hash: str


UNTIL = dt.date(2026, 11, 30)
PAIR = Pair("person", "own:1", "evidence")
NAME = piece("name", "OTHO", "Otho", "same", 900)


def clearance(number=0, **more):
    return PAIR._asdict() | {
        "clearance_id": f"c{number}", "alert_hash": "content", "until": UNTIL, "disposition_id": "d", **more
    }  # fmt: skip


def silences(
    *rows, pair=PAIR, pieces=(NAME,), content="content", night=UNTIL, told="{}", confirmed=(), **now
):
    alert = {
        "alert_id": pair.alert_id, "list": "own", "category": "inform", "severity": 3, "content_hash": content,
        "provenance": told, **now,
    }  # fmt: skip
    return clearances_of(CLEARANCES.table(rows), confirmed=confirmed).silences(
        pair.person_key, alert, pair.evidence_hash, name="Otho", contents=contents(pair.alert_id), night=night,
        pieces=pieces,
    )  # fmt: skip


def contents(alert_id, identity=0, **name):
    row = {
        "alert_id": alert_id, "ordinal": 3, "identity": identity, "full": "Otho", "kind": "primary",
        "script": "Latn", "provenance": "p", **name,
    }  # fmt: skip
    born = {"alert_id": alert_id, "ordinal": 0, "identity": identity, "value": "1970", "precision": "year", "provenance": "p"}  # fmt: skip
    beside = row | {"ordinal": 0, "identity": identity + 1, "full": "Somebody else", "kind": "alias"}
    tables = ALERT_NAMES.table([row, beside]), ALERT_DATES.table([born])
    return Contents(*tables, ALERT_DOCUMENTS.empty(), ALERT_FACTS.empty(), [alert_id])


def compared(**now):
    alert = {"alert_id": "own:1", "category": "inform", "severity": 3} | now
    return contents("own:1", **{k: v for k, v in now.items() if k in {"identity", "quality"}}).compared(alert, "Otho")[0]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "silent"),
    [
        pytest.param({}, True, id="on its last day"),
        pytest.param({"night": UNTIL - dt.timedelta(days=1)}, True, id="before it"),
        pytest.param({"night": UNTIL + dt.timedelta(days=1)}, False, id="the day after"),
        pytest.param({"content": "changed"}, False, id="the alert changed"),
        pytest.param({"pair": PAIR._replace(person_key="other")}, False, id="another person"),
        pytest.param({"pair": PAIR._replace(alert_id="own:2")}, False, id="another alert"),
        pytest.param({"pair": PAIR._replace(evidence_hash="new")}, False, id="other evidence"),
        pytest.param({"pieces": []}, True, id="no evidence given"),
        pytest.param({"pieces": [NAME, but(NAME, kind="document", weight=1)]}, False, id="a document agrees"),
        pytest.param({"pieces": [but(NAME, kind="document", weight=-1)]}, False, id="a document speaks against"),
        pytest.param({"pieces": [but(NAME, kind="document", weight=0)]}, True, id="a document says nothing"),
    ],
)  # fmt: skip
def test_a_clearance_silences_the_same_pair_until_its_last_day(more, silent):
    assert silences(clearance(), **more) is silent


@pytest.mark.parametrize(
    ("rows", "silent"),
    [
        pytest.param([], False, id="none"),
        pytest.param([clearance(0, until=dt.date(2026, 1, 1)), clearance(1)], True, id="an older one has ended"),
        pytest.param([clearance(0), clearance(1, until=dt.date(2026, 1, 1))], True, id="in any order"),
        pytest.param([clearance(0, alert_hash="old"), clearance(1)], True, id="one of the alert as it was"),
        pytest.param([clearance(0, alert_hash="old"), clearance(1, until=dt.date(2026, 1, 1))], False, id="what fits is of two clearances"),
        pytest.param([clearance(0, person_key="other"), clearance(1, alert_id="own:2"), clearance(2, evidence_hash="new")], False, id="all of others"),
    ],
)  # fmt: skip
def test_one_clearance_that_fits_wholly_is_enough(rows, silent):
    assert silences(*rows) is silent


MERGED = PAIR._replace(alert_id="own:9")
TOLD = '{"remarks": {"merged_from": ["own:1"]}}'


@pytest.mark.parametrize(
    ("bound", "more", "silent"),
    [
        pytest.param({}, {"content": "extended, or merged with another"}, True, id="the identity is the same"),
        pytest.param({"identity": 4}, {}, True, id="under another number"),
        pytest.param({"quality": "good"}, {}, False, id="its name is another"),
        pytest.param({}, {"category": "wanted"}, False, id="another category"),
        pytest.param({}, {"severity": 5}, False, id="more urgent"),
        pytest.param({}, {"pair": MERGED, "told": TOLD}, True, id="merged under another id"),
        pytest.param({}, {"pair": MERGED}, False, id="another alert of the same content"),
        pytest.param({}, {"pair": MERGED, "told": TOLD, "confirmed": [("person", "own:9")]}, False, id="merged, then a true match"),
    ],
)  # fmt: skip
def test_a_clearance_binds_to_the_identity_that_was_compared(bound, more, silent):
    assert silences(clearance(identity_hash=compared(**bound)), **more) is silent


def test_the_hash_of_evidence_stays_the_same_for_good():
    """Dispositions and clearances in stores are bound by it."""
    pieces = [piece("name", "ÖZGÜR", "Özgür", "same", 900), piece("sex", "M", None, "not given", 0)]
    assert evidence_hash(pieces) == "3344de55b2cd823039b3b6fb1b379cc9f1fe5515e67cebe4fd30fcc9cffa5864"


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        pytest.param({"weight": 901}, True, id="a new model's weight"),
        pytest.param({"kind": "sex"}, False, id="another kind"),
        pytest.param({"traveller_value": "OTTO"}, False, id="the traveller's value"),
        pytest.param({"traveller_value": None}, False, id="no value of the traveller"),
        pytest.param({"alert_value": "Otto"}, False, id="the alert's value"),
        pytest.param({"relation": "sounds alike"}, False, id="the relation"),
    ],
)
def test_evidence_is_other_evidence_when_something_else_was_compared(changed, same):
    assert (evidence_hash([but(NAME, **changed)]) == evidence_hash([NAME])) is same


def test_the_order_and_number_of_pieces_count():
    other = but(NAME, traveller_value="LI")
    assert len({evidence_hash(pieces) for pieces in ([NAME], [NAME, other], [other, NAME], [])}) == 4
