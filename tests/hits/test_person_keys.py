"""What was decided under an earlier derivation of a person's key holds for that person."""

import datetime as dt

import pytest
from anyascii import anyascii

from screening.hits.dispositions import clearance_table, disposition_table
from screening.hits.person_keys import bind, other_keys
from screening.tables.analyst import CLEARANCES
from screening.tables.codes import Decision
from tests.hits.test_raising import NIGHT, decided, named, pair, world

BORN = dt.date(1970, 2, 1)
DAYS = (BORN - dt.date(1970, 1, 1)).days


def pseudonym(purpose, text):
    return f"{purpose}({text})"


def first_key(surname, given_names):
    """The key as it was made until November 2026."""
    names = ["".join(filter(str.isalnum, anyascii(name).upper())) for name in (surname, given_names)]
    return pseudonym("person", f"{names[0]}/{names[1]}/{DAYS}")


GREEK = {
    "surname": "Ρουσσοπουλος",
    "given_names": "Ανδρεϊ",
    "person_key": f"person(ROUSSOPOULOS/ANDREI/{DAYS})",
}
FIRST = first_key("Ρουσσοπουλος", "Ανδρεϊ")
PAIRS = [pair("a:1", named(3000))]


def act(person_key, decision=Decision.FALSE_MATCH, **more):
    return decided(world(PAIRS, person={**GREEK, "person_key": person_key}), decision, **more)


def test_the_two_derivations_differ_for_this_name():
    assert FIRST == f"person(ROYSSOPOYLOS/ANDREI/{DAYS})" != GREEK["person_key"]


@pytest.mark.parametrize(
    "key", [pytest.param(FIRST, id="earlier"), pytest.param(GREEK["person_key"], id="now")]
)
def test_a_clearance_silences_the_pair_under_whichever_key_it_was_made(key):
    clearances = clearance_table([act(key).clearance])
    raised = world(PAIRS, person=GREEK, clearances=clearances)
    assert (raised.silenced, raised.hits.num_rows) == (1, 0)


@pytest.mark.parametrize(
    "key", [pytest.param(FIRST, id="earlier"), pytest.param(GREEK["person_key"], id="now")]
)
def test_a_hit_shows_what_was_decided_and_when_it_was_first_raised(key):
    before = world(PAIRS, person={**GREEK, "person_key": key}, night=dt.date(2026, 11, 20))
    dispositions = disposition_table([decided(before, Decision.TRUE_MATCH).disposition])
    raised = world(PAIRS, person=GREEK, dispositions=dispositions, earlier_hits=before.hits)
    (row,) = (row for row in raised.hits.to_pylist() if row["traveller_id"] == "t1")
    assert (row["decision"], row["first_night"]) == ("true_match", dt.date(2026, 11, 20))
    assert row["person_key"] == GREEK["person_key"]


def test_the_later_decision_counts_whichever_key_either_has():
    first = act(FIRST, Decision.TRUE_MATCH).disposition
    second = act(GREEK["person_key"], Decision.INCONCLUSIVE, at=dt.datetime(2026, 11, 25, tzinfo=dt.UTC))
    raised = world(PAIRS, person=GREEK, dispositions=disposition_table([first, second.disposition]))
    assert raised.hits["decision"].to_pylist() == ["inconclusive"]


@pytest.mark.parametrize(
    ("held", "made"),
    [(GREEK["person_key"], FIRST), (FIRST, GREEK["person_key"])],
    ids=["earlier act", "earlier hit"],
)
def test_a_decision_supersedes_the_one_under_the_other_key(held, made):
    earlier = disposition_table([act(made).disposition])
    hit = {**GREEK, "traveller_id": "t1", "person_key": held, "date_of_birth": BORN}
    [first] = earlier["disposition_id"].to_pylist()
    bound = bind(earlier, other_keys([hit], {}, pseudonym))
    assert act(held, Decision.TRUE_MATCH, earlier=bound, instead_of=first).disposition["supersedes"] == first


def test_an_act_stays_with_somebody_whose_key_in_use_it_names():
    """ROYSSOPOYLOS in Latin letters has one key, which was the Greek's: what was decided binds both."""
    clearances = clearance_table([act(FIRST).clearance])
    people = [
        {**GREEK, "traveller_id": "t1", "date_of_birth": BORN},
        {
            **GREEK,
            "traveller_id": "t2",
            "surname": "ROYSSOPOYLOS",
            "date_of_birth": BORN,
            "person_key": FIRST,
        },
    ]
    bound = bind(clearances, other_keys(people, {}, pseudonym))
    assert sorted(bound["person_key"].to_pylist()) == sorted([FIRST, GREEK["person_key"]])


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({**GREEK, "date_of_birth": None}, id="no date of birth: the key is the traveller's own"),
        pytest.param({**GREEK, "person_key": "person(P1@GR)", "date_of_birth": BORN}, id="key of a document"),
        pytest.param({"surname": "ROUSSO", "given_names": None, "person_key": f"person(ROUSSO//{DAYS})",
                      "date_of_birth": BORN}, id="a name that is written alike by both"),
    ],
)  # fmt: skip
def test_others_have_no_other_key(row):
    assert other_keys([{**row, "traveller_id": "t1"}], {}, pseudonym) == {}


def test_without_other_keys_acts_stay_as_they_are():
    clearances = clearance_table([act("x").clearance])
    assert bind(clearances, {}) is clearances
    assert bind(clearances, {"y": frozenset({"z"})}).equals(clearances)
    assert bind(CLEARANCES.empty(), {"y": frozenset({"z"})}).num_rows == 0


def test_an_earlier_clearance_ends_on_its_day_as_any():
    clearance = act(FIRST).clearance
    raised = world(
        PAIRS,
        person=GREEK,
        clearances=clearance_table([clearance]),
        night=clearance["until"] + dt.timedelta(days=1),
    )
    assert raised.silenced == 0
    assert clearance["until"] > NIGHT
