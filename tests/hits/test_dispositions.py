import datetime as dt

import pytest

from screening.hits.dispositions import dispose, in_force
from screening.profile.model import Clearing
from screening.tables.analyst import DISPOSITIONS
from screening.tables.codes import Category, Decision
from screening.tables.errors import UsageError

AT = dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC)
RULES = Clearing(days=30, second_person=(Category.WANTED,))
SAID = {
    "decision": Decision.FALSE_MATCH,
    "reason": " other father ",
    "analyst": "anna",
    "second": "ben",
    "at": AT,
}
NAME = {
    "kind": "name",
    "traveller_value": "OTHO",
    "alert_value": "Otho",
    "relation": "same",
    "weight": 900,
}
HIT = {
    "hit_id": "h1", "traveller_id": "t1", "flight_id": "XX1-20261124-TXL-LHR", "person_key": "person",
    "surname": "QUENZEBRAND", "given_names": "OTHO", "date_of_birth": dt.date(1970, 2, 1), "sex": "M",
    "nationality": None, "documents": [], "seat": None, "locator": None, "alert_id": "own:1", "alert_ids": ["own:1"],
    "alert_name": "Quenzebrand, Otho", "list": "own", "list_versions": ["own=v1"], "category": "wanted", "severity": 3,
    "score": 2000, "threshold": 1500, "false_alerts_per_1000": 0.5, "evidence_hash": "evidence",
    "first_night": dt.date(2026, 11, 23), "late": False, "disposition_id": None, "decision": None, "message_ids": [],
}  # fmt: skip


@pytest.fixture
def decide():
    def act(*, pieces=(NAME,), rules=RULES, earlier=(), category="wanted", **said):
        return dispose(
            HIT | {"category": category}, **{**SAID, **said}, second_person=rules.second_person, clear_days=rules.days,
            alert_hash="content", evidence=pieces, earlier=DISPOSITIONS.table(earlier),
        )  # fmt: skip

    return act


def test_a_false_match_writes_a_disposition_and_a_clearance_for_the_profiles_days(decide):
    made = decide(key_id="key-00000001")
    known = made.disposition["disposition_id"]
    assert made.disposition == {
        "disposition_id": known, "hit_id": "h1", "person_key": "person", "alert_id": "own:1", "decision": "false_match",
        "reason": "other father", "analyst": "anna", "second": "ben", "decided_at": AT, "evidence_hash": "evidence", "supersedes": None,
        "key_id": "key-00000001",
    }  # fmt: skip
    assert made.clearance == {
        "clearance_id": made.clearance["clearance_id"], "person_key": "person", "alert_id": "own:1", "alert_hash": "content",
        "evidence_hash": "evidence", "until": dt.date(2026, 12, 24), "disposition_id": known,
        "key_id": "key-00000001",
        "identity_hash": None,
    }  # fmt: skip


def test_ids_stay_the_same_for_good(decide):
    """They name files of the store; the same act recorded twice is one file."""
    made = decide()
    assert (made.disposition["disposition_id"], made.clearance["clearance_id"]) == (
        "0df2679c9055b564c0b9396749de45f5",
        "8aeccdd20a6ba1960ab314aee6b2e9f5",
    )


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"decision": Decision.TRUE_MATCH}, id="decision"),
        pytest.param({"analyst": "carl"}, id="analyst"),
        pytest.param({"at": AT + dt.timedelta(seconds=1)}, id="moment"),
    ],
)
def test_another_act_has_another_id(decide, more):
    assert decide(**more).disposition["disposition_id"] != decide().disposition["disposition_id"]


@pytest.mark.parametrize(
    ("more", "cleared"),
    [
        pytest.param({"decision": Decision.TRUE_MATCH}, False, id="true match"),
        pytest.param({"decision": Decision.INCONCLUSIVE}, False, id="inconclusive"),
        pytest.param({"pieces": [NAME | {"kind": "document", "weight": 1}]}, False, id="a document agrees"),
        pytest.param({"pieces": [NAME | {"kind": "document", "weight": -1}]}, False, id="a document speaks against"),
        pytest.param({"pieces": [NAME | {"kind": "document", "weight": 0}]}, True, id="a document says nothing"),
    ],
)  # fmt: skip
def test_only_a_false_match_without_document_clears(decide, more, cleared):
    assert (decide(**more).clearance is not None) is cleared


@pytest.mark.parametrize(
    ("more", "what", "remedy"),
    [
        pytest.param({"reason": ""}, "a decision needs a reason", "add --reason TEXT", id="no reason"),
        pytest.param({"reason": " \t"}, "a decision needs a reason", "add --reason TEXT", id="an empty reason"),
        pytest.param({"second": "anna"}, "the second person is the analyst", "a different person has to confirm it: `screening confirm HIT`", id="twice the same person"),
        pytest.param({"second": " ANNA "}, "the second person is the analyst", "a different person has to confirm it: `screening confirm HIT`", id="in other letters"),
        pytest.param({"second": "anna", "category": "inform"}, "the second person is the analyst", "a different person has to confirm it: `screening confirm HIT`", id="also where none is needed"),
        pytest.param({"second": None}, "alerts of the category wanted are decided by two persons", "propose it, and another person confirms it: `screening confirm HIT`", id="no second person"),
        pytest.param({"second": " "}, "alerts of the category wanted are decided by two persons", "propose it, and another person confirms it: `screening confirm HIT`", id="an empty second person"),
        pytest.param({"second": None, "decision": Decision.TRUE_MATCH}, "alerts of the category wanted are decided by two persons", "propose it, and another person confirms it: `screening confirm HIT`", id="confirmed alone"),
    ],
)  # fmt: skip
def test_a_decision_against_the_rules_is_refused(decide, more, what, remedy):
    with pytest.raises(UsageError) as caught:
        decide(**more)
    fault = caught.value
    assert (fault.what, fault.where, fault.effect, fault.remedy) == (
        what,
        "hit h1",
        "nothing was decided",
        remedy,
    )


def test_a_moment_without_time_zone_is_our_fault(decide):
    with pytest.raises(ValueError, match="time zone"):
        decide(at=dt.datetime(2026, 11, 24, 6))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"decision": Decision.INCONCLUSIVE}, id="left open"),
        pytest.param({"category": "inform"}, id="a category that asks for one"),
        pytest.param({"rules": Clearing(second_person=())}, id="a profile that asks for one"),
    ],
)
def test_one_person_is_enough(decide, more):
    assert decide(second=None, **more).disposition["second"] is None


def test_a_later_decision_supersedes_the_earlier_one_of_the_same_pair(decide):
    first = decide().disposition
    of_others = [
        first | {"disposition_id": f"d{n}"} | other
        for n, other in enumerate(
            ({"person_key": "other"}, {"alert_id": "own:2"}, {"evidence_hash": "new"}),
        )
    ]
    later = {"at": AT + dt.timedelta(days=1), "decision": Decision.TRUE_MATCH}
    for earlier, before in (([first, *of_others], first["disposition_id"]), (of_others, None)):
        made = decide(earlier=earlier, instead_of="d2", **later)
        assert made.disposition["supersedes"] == before


@pytest.mark.parametrize(
    ("rows", "decision", "instead_of", "refused"),
    [
        pytest.param([], Decision.TRUE_MATCH, None, None, id="nobody decided"),
        pytest.param([{}], Decision.TRUE_MATCH, None, None, id="the same again"),
        pytest.param([{}], Decision.FALSE_MATCH, None, "--instead-of d0", id="otherwise"),
        pytest.param([{}], Decision.INCONCLUSIVE, None, "--instead-of d0", id="opened again"),
        pytest.param([{}], Decision.FALSE_MATCH, "d", None, id="otherwise, and said"),
        pytest.param([{}], Decision.FALSE_MATCH, "", "leave --instead-of out", id="said of nothing"),
        pytest.param([], Decision.FALSE_MATCH, "d0", "leave --instead-of out", id="said of what is not there"),
        pytest.param([{"evidence_hash": "o"}], Decision.FALSE_MATCH, None, "--instead-of d0", id="on other evidence"),
        pytest.param([{"person_key": "o"}], Decision.FALSE_MATCH, None, None, id="of another person"),
        pytest.param([{"person_key": "o", "hit_id": "h1"}], Decision.FALSE_MATCH, None, "--instead-of d0", id="under another key, on this hit"),
        pytest.param([{"alert_id": "o"}], Decision.FALSE_MATCH, None, None, id="of another alert"),
        pytest.param([{"decision": "inconclusive"}], Decision.FALSE_MATCH, None, None, id="left open before"),
        pytest.param([{}, {"supersedes": "d0", "decision": "false_match"}], Decision.FALSE_MATCH, None, None, id="taken back"),
        pytest.param([{"hours": 2}, {"evidence_hash": "o", "decision": "false_match"}], Decision.TRUE_MATCH, None, None, id="the last counts"),
    ],
)  # fmt: skip
def test_who_decides_otherwise_names_what_is_contradicted(decide, rows, decision, instead_of, refused):
    pair = {"person_key": "person", "alert_id": "own:1", "evidence_hash": "evidence"}
    earlier = [disposition(f"d{place}", **{**pair, **row}) for place, row in enumerate(rows)]
    if refused is None:
        assert decide(earlier=earlier, decision=decision, instead_of=instead_of).disposition
        return
    with pytest.raises(UsageError) as caught:
        decide(earlier=earlier, decision=decision, instead_of=instead_of)
    assert refused in caught.value.remedy


def disposition(name, *, hours=0, supersedes=None, **more):
    row = {
        "disposition_id": name, "hit_id": "h", "person_key": "p", "alert_id": "own:1", "decision": "true_match", "reason": "r", "analyst": "a",
        "second": None, "decided_at": AT + dt.timedelta(hours=hours), "evidence_hash": "e", "supersedes": supersedes,
    }  # fmt: skip
    return row | more


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        pytest.param([], None, id="none"),
        pytest.param([disposition("z"), disposition("a", hours=1, supersedes="z")], "a", id="superseded"),
        pytest.param([disposition("z"), disposition("a", hours=-1, supersedes="z")], "a", id="superseded by a clock that is slow"),
        pytest.param([disposition("z"), disposition("a", hours=1)], "a", id="two at once: the later one"),
        pytest.param([disposition("a"), disposition("z")], "z", id="in the same moment: by id"),
    ],
)  # fmt: skip
def test_the_last_decision_that_none_supersedes_is_in_force(rows, last):
    for given in (rows, rows[::-1]):
        found = in_force(DISPOSITIONS.table(given))
        assert [(pair, row["disposition_id"]) for pair, row in found.items()] == (
            [(("p", "own:1", "e"), last)] if last else []
        )


def test_decisions_on_other_pairs_stand_beside_each_other():
    rows = [
        disposition("a"),
        disposition("b", person_key="q"),
        disposition("c", alert_id="own:2"),
        disposition("d", evidence_hash="f"),
    ]
    found = in_force(DISPOSITIONS.table(rows))
    assert {pair: row["disposition_id"] for pair, row in found.items()} == {
        ("p", "own:1", "e"): "a",
        ("q", "own:1", "e"): "b",
        ("p", "own:2", "e"): "c",
        ("p", "own:1", "f"): "d",
    }
