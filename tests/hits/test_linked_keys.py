"""What was decided under a key that is linked with the one in use holds, whatever the person_key was made of."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.hits.dispositions import clearance_table, disposition_table, taken_back
from screening.hits.person_keys import bind, other_keys
from screening.identity.person_key import text as text_of
from screening.tables.codes import Decision
from tests.hits.test_raising import decided, named, pair, world

BORN = dt.date(1970, 2, 1)
BY_NAME = text_of("QUENZEBRAND", "OTHO", BORN)
PAIRS = [pair("a:1", named(3000))]
LATER = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def under(key):
    return lambda purpose, text: f"{key}:{purpose}({text})"


# what the person_key of traveller t1, who holds P123456 of GB, may be made of
MADE_OF = pytest.mark.parametrize(
    "text",
    [
        pytest.param("P123456@GB", id="document"),
        pytest.param(BY_NAME, id="name and date of birth"),
        pytest.param("t1", id="their own id"),
    ],
)


def night(key, text, linked=(), **more):
    """A night under a key, in which traveller t1 has the person_key of a text."""
    return world(
        PAIRS,
        person={"person_key": under(key)("person", text)},
        pseudonym=under(key),
        linked=[under(one) for one in linked],
        **more,
    )


@MADE_OF
def test_clearance_decision_and_first_night_survive_a_new_key(text):
    before = night("old", text, night=dt.date(2026, 11, 20))
    made = decided(before)
    cleared = night("new", text, ["old"], clearances=clearance_table([made.clearance]))
    assert (cleared.silenced, cleared.hits.num_rows) == (1, 0)
    confirmed = decided(before, Decision.TRUE_MATCH).disposition
    raised = night(
        "new", text, ["old"], dispositions=disposition_table([confirmed]), earlier_hits=before.hits
    )
    [row] = raised.hits.to_pylist()
    assert (row["decision"], row["first_night"]) == ("true_match", dt.date(2026, 11, 20))
    assert row["person_key"] == under("new")("person", text)


@MADE_OF
@pytest.mark.parametrize("linked", [[], ["other"]], ids=["no key is linked", "another key is linked"])
def test_without_the_key_a_cleared_pair_is_raised_again(text, linked):
    made = decided(night("old", text))
    raised = night("new", text, linked, clearances=clearance_table([made.clearance]))
    assert (raised.silenced, raised.hits.num_rows) == (0, 1)


def test_keys_of_several_rotations_are_read_in_both_directions():
    for then, linked in (("first", ["second", "old"]), ("old", ["first", "third"]), ("new", ["old"])):
        made = decided(night(then, "P123456@GB"))
        for now in linked:
            raised = night(now, "P123456@GB", [*linked, then], clearances=clearance_table([made.clearance]))
            assert raised.silenced == 1


def test_a_person_key_that_nothing_held_explains_binds_to_nobody_else():
    made = decided(night("old", "X9@FR"))
    raised = night("new", "X9@FR", ["old"], clearances=clearance_table([made.clearance]))
    assert (raised.silenced, raised.hits.num_rows) == (0, 1)


def test_the_clearance_of_one_document_silences_no_other():
    made = decided(night("old", "P123456@GB"))
    raised = night("new", BY_NAME, ["old"], clearances=clearance_table([made.clearance]))
    assert raised.silenced == 0


@pytest.mark.parametrize("later", ["old", "new"], ids=["true match under the old key", "under the new key"])
def test_a_true_match_takes_back_what_was_cleared_under_another_key(later):
    """On other evidence: nothing supersedes the clearance, only the person ties the two."""
    cleared = decided(night("old" if later == "new" else "new", "P123456@GB"))
    other = world(
        [pair("a:1", named(3000, born="1970-02-02"))],
        person={"person_key": under(later)("person", "P123456@GB")},
        pseudonym=under(later),
    )
    confirmed = decided(other, Decision.TRUE_MATCH, at=LATER)
    tables = {
        "clearances": clearance_table([cleared.clearance]),
        "dispositions": disposition_table([cleared.disposition, confirmed.disposition]),
    }
    raised = night("new", "P123456@GB", ["old"], **tables)
    assert (raised.silenced, raised.hits.num_rows) == (0, 1)


def test_a_false_match_after_the_true_match_clears_anew_under_the_new_key():
    confirmed = decided(night("old", "P123456@GB"), Decision.TRUE_MATCH)
    cleared = decided(night("new", "P123456@GB"), at=LATER)
    raised = night(
        "new",
        "P123456@GB",
        ["old"],
        clearances=clearance_table([cleared.clearance]),
        dispositions=disposition_table([confirmed.disposition, cleared.disposition]),
    )
    assert raised.silenced == 1


def test_what_takes_back_one_persons_clearance_leaves_anothers_who_had_the_same_key():
    """Two whose names an earlier derivation wrote alike: a true match on one says nothing of the other."""
    made = decided(night("old", "P123456@GB"))
    old = made.disposition["person_key"]
    confirmed = {
        **decided(night("new", "P123456@GB"), Decision.TRUE_MATCH, at=LATER).disposition,
        "person_key": "one",
        "hit_id": "of one",
    }
    acts = disposition_table([made.disposition, confirmed])
    both, alone = ({old: frozenset(people)} for people in (("one", "two"), ("two",)))
    known = made.disposition["disposition_id"]
    assert taken_back(bind(acts, both)) == {(known, "one")}
    assert taken_back(bind(acts, alone)) == frozenset()


def test_a_decision_supersedes_the_one_under_a_linked_key():
    [hit] = night("new", "P123456@GB").hits.to_pylist()
    earlier = disposition_table([decided(night("old", "P123456@GB"), Decision.TRUE_MATCH).disposition])
    [first] = earlier["disposition_id"].to_pylist()
    others = other_keys([hit], {"t1": hit["documents"]}, under("new"), [under("old")])
    made = decided(night("new", "P123456@GB"), earlier=bind(earlier, others), instead_of=first, at=LATER)
    assert made.disposition["supersedes"] == first


@settings(max_examples=60, deadline=None)
@given(
    text=st.sampled_from(["P1@GB", "P2@", text_of("A", "B", BORN), "t1"]),
    keys=st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True),
    data=st.data(),
)
def test_other_keys_are_all_ids_of_the_person_whatever_the_order_of_keys_and_documents(text, keys, data):
    own, *linked = keys
    row = {
        "traveller_id": "t1", "person_key": under(own)("person", text), "surname": "A", "given_names": "B",
        "date_of_birth": BORN,
    }  # fmt: skip
    documents = [{"number": "P1", "issuing_state": "GB"}, {"number": "P2", "issuing_state": None}]
    found = other_keys(
        [row],
        {"t1": data.draw(st.permutations(documents))},
        under(own),
        [under(one) for one in data.draw(st.permutations(linked))],
    )
    assert found == {under(one)("person", text): frozenset({row["person_key"]}) for one in linked}
