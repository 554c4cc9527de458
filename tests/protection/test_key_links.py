"""Keys are read together only by an act of a person, and only while both can be loaded."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.protection.key_links import (
    Act,
    _links,
    clearances_by_key,
    link,
    linked_with,
    readable,
    retire,
    retired,
    rotate,
    states,
)
from screening.protection.keys import DEMONSTRATION_ID, current_id, key_ids, make_key, put_in_use
from screening.store import acts
from screening.tables.analyst import CLEARANCES, DISPOSITIONS
from screening.tables.errors import StoreError, UsageError

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
WHY = Act("anna", "a copy was lost", AT)
TODAY = AT.date()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "keys"
    monkeypatch.setenv("SCREENING_KEYS", str(path))
    put_in_use(path, make_key(path))
    return path


def clear(store, key_id, number=0, until=date(2027, 1, 1)):
    """A decision and its clearance, as `decide` writes them."""
    disposition = {
        "disposition_id": f"d{number}", "hit_id": f"h{number}", "person_key": f"p{number}", "alert_id": "a:1",
        "decision": "false_match", "reason": "seen", "analyst": "anna", "decided_at": AT, "evidence_hash": "e",
        "key_id": key_id,
    }  # fmt: skip
    clearance = {
        "clearance_id": f"c{number}", "person_key": f"p{number}", "alert_id": "a:1", "alert_hash": "x",
        "evidence_hash": "e", "until": until, "disposition_id": f"d{number}", "key_id": key_id,
    }  # fmt: skip
    acts.record(store, DISPOSITIONS.table([disposition]), CLEARANCES.table([clearance]))


def record(store):
    lines = "".join(path.read_text() for path in (store.root / "audit").glob("*.jsonl")).splitlines()
    return [(line["act"], line["objects"], line["actor"], line["reason"]) for line in map(json.loads, lines)]


def test_a_rotation_makes_links_and_puts_in_use_and_records_each(store, folder):
    first = current_id(folder)
    before, new = rotate(store, folder, replace(WHY, second="berta"))
    assert (before, current_id(folder)) == (first, new)
    assert linked_with(store, new) == readable(store, new) == (first,)
    assert linked_with(store, first) == (new,)
    [made, linked] = record(store)
    assert made == ("keys.new", [new], "anna", "a copy was lost")
    assert (linked[0], linked[1][1:], linked[2]) == ("keys.link", [first, new, "second:berta"], "anna")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(["ab"], {"a": "b", "b": "a", "c": ""}, id="both ways"),
        pytest.param(["ab", "bc"], {"a": "bc", "c": "ab"}, id="from key to key"),
        pytest.param(["ab", "ac"], {"b": "ac", "c": "ab"}, id="two rotations at once"),
        pytest.param(["ab", "bc", "b"], {"a": "", "b": "", "c": ""}, id="a retired key carries nothing on"),
        pytest.param(["ab", "bc", "a"], {"b": "c", "c": "b", "a": ""}, id="the oldest is retired"),
        pytest.param(["ab", "a", "ba"], {"a": "b", "b": "a"}, id="linked anew"),
        pytest.param(["ab", "cd"], {"a": "b", "c": "d"}, id="strangers stay strangers"),
    ],
)
def test_links_hold_from_key_to_key_until_one_is_retired(store, folder, steps, expected):
    keys = dict(zip("abcd", (make_key(folder) for _ in range(4)), strict=True))
    for number, step in enumerate(steps):
        act = replace(WHY, at=AT + timedelta(minutes=number))
        one, *other = (keys[letter] for letter in step)
        if other:
            assert link(store, folder, one, other[0], act)
        else:
            retire(store, one, act)
    for letter, others in expected.items():
        assert linked_with(store, keys[letter]) == tuple(sorted(keys[one] for one in others))


def test_the_later_act_counts_although_the_clock_went_back(store, folder):
    first, new = rotate(store, folder, WHY)
    retire(store, first, replace(WHY, at=AT - timedelta(days=1)))
    assert (linked_with(store, new), retired(store)) == ((), {first})
    assert link(store, folder, first, new, replace(WHY, at=AT - timedelta(days=2)))
    assert (linked_with(store, new), retired(store)) == ((first,), set())


def test_what_is_linked_already_is_not_recorded_twice(store, folder):
    first, new = rotate(store, folder, WHY)
    before = record(store)
    assert not link(store, folder, new, first, WHY)
    assert record(store) == before


@pytest.mark.parametrize(
    ("more", "other", "fault", "message"),
    [
        pytest.param({"reason": " "}, None, UsageError, "needs a reason", id="no reason"),
        pytest.param({"needs_second": True}, None, UsageError, "takes two persons", id="four eyes"),
        pytest.param({"needs_second": True, "second": "ANNA"}, None, UsageError, "is the first", id="one person"),
        pytest.param({"second": "anna"}, None, UsageError, "is the first", id="twice herself, unasked"),
        pytest.param({}, "same", UsageError, "with itself", id="itself"),
        pytest.param({}, DEMONSTRATION_ID, UsageError, "demonstration key", id="the key that all know"),
        pytest.param({}, "key-00000000", StoreError, "missing", id="a key that is not there"),
        pytest.param({}, "../keys", StoreError, "no such key id", id="climbs"),
    ],
)  # fmt: skip
def test_a_link_that_may_not_be_is_refused_and_nothing_is_recorded(
    store, folder, more, other, fault, message
):
    first = current_id(folder)
    wanted = {None: make_key(folder), "same": first}.get(other, other)
    with pytest.raises(fault, match=message):
        link(store, folder, first, wanted, replace(WHY, **more))
    assert (record(store), linked_with(store, first)) == ([], ())


@pytest.mark.parametrize("more", [{"reason": ""}, {"needs_second": True}], ids=["no reason", "four eyes"])
def test_a_rotation_that_is_refused_makes_no_key(store, folder, more):
    before = key_ids(folder), current_id(folder)
    with pytest.raises(UsageError):
        rotate(store, folder, replace(WHY, **more))
    assert (key_ids(folder), current_id(folder), record(store)) == (*before, [])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda folder, key: (folder / key).chmod(0o640), "open to others", id="key open"),
        pytest.param(lambda folder, key: (folder / key).unlink(), "missing", id="key gone"),
        pytest.param(lambda folder, key: (folder / key).write_text("0" * 63), "damaged", id="key cut"),
        pytest.param(lambda folder, key: folder.chmod(0o755), "open to others", id="folder open"),
        pytest.param(lambda folder, key: (folder / "current").unlink(), "missing", id="none in use"),
    ],
)
def test_no_rotation_from_a_key_or_folder_that_cannot_be_trusted(store, folder, spoil, message):
    spoil(folder, current_id(folder))
    left = key_ids(folder)
    with pytest.raises(StoreError, match=message):
        rotate(store, folder, WHY)
    assert (key_ids(folder), record(store)) == (left, [])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda key: key.unlink(), id="missing"),
        pytest.param(lambda key: key.chmod(0o604), id="open to others"),
        pytest.param(lambda key: key.write_text("0" * 63), id="damaged"),
    ],
)
def test_a_linked_key_that_cannot_be_loaded_is_left_out_and_listed_with_its_remedy(store, folder, spoil):
    first, new = rotate(store, folder, WHY)
    clear(store, first)
    spoil(folder / first)
    assert (readable(store, new), linked_with(store, new)) == ((), (first,))
    [_, state] = states(store, new, TODAY)
    assert (state.key_id, state.state, state.clearances) == (first, "linked", 1)
    assert state.file != "there"
    assert state.mend


def test_keys_are_listed_with_what_they_still_carry(store, folder):
    first, new = rotate(store, folder, WHY)
    stray = make_key(folder)
    clear(store, first, 1, until=TODAY)
    clear(store, first, 2, until=TODAY + timedelta(days=9))
    clear(store, first, 3, until=TODAY - timedelta(days=1))
    clear(store, stray, 4)
    clear(store, None, 5)
    clear(store, DEMONSTRATION_ID, 6)
    found = {state.key_id: state for state in states(store, new, TODAY)}
    assert next(iter(found)) == new
    told = {key_id: (state.state, state.clearances) for key_id, state in found.items()}
    assert told == {
        new: ("in_use", 0), first: ("linked", 2), stray: ("not_linked", 1), DEMONSTRATION_ID: ("not_linked", 1),
    }  # fmt: skip
    assert found[first].until == TODAY + timedelta(days=9)
    assert f"keys link --from {stray} --to {new}" in found[stray].mend
    assert "keys link" not in found[DEMONSTRATION_ID].mend
    assert [state.mend for state in (found[new], found[first])] == [None, None]
    assert {key: len(rows) for key, rows in clearances_by_key(store, TODAY, until=None).items()} == {
        first: 2, stray: 1, DEMONSTRATION_ID: 1,
    }  # fmt: skip


def test_of_a_key_that_was_lost_while_in_use_the_list_says_what_is_left_to_do(store, folder):
    lost = current_id(folder)
    clear(store, lost)
    (folder / lost).unlink()
    new = make_key(folder)
    put_in_use(folder, new)
    [_, state] = states(store, new, TODAY)
    assert (state.state, state.clearances) == ("not_linked", 1)
    assert state.mend.startswith("copy its file back, then `screening keys link")
    assert f"`screening keys retire {lost} --reason WHY`" in state.mend
    assert retire(store, lost, WHY) == 1
    assert states(store, new, TODAY)[1].mend is None


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "still there"])
def test_a_retired_key_is_read_no_more_and_needs_no_mending(store, folder, lost):
    first, new = rotate(store, folder, WHY)
    clear(store, first)
    if lost:
        (folder / first).unlink()
    assert (
        retire(store, first, replace(WHY, needs_second=True)) == 1
    )  # it only raises more: one person will do
    [_, state] = states(store, new, TODAY)
    assert (state.state, state.mend, readable(store, new)) == ("retired", None, ())
    assert record(store)[-1][0] == "keys.retire"


def test_a_key_of_which_nothing_is_known_is_not_retired(store, folder):
    with pytest.raises(UsageError, match="linked with no other"):
        retire(store, "key-00000000", WHY)
    assert record(store) == []


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8))
def test_a_link_stands_where_neither_key_was_retired_after_it(steps):
    """A step of one key twice retires it."""
    rows = [
        {"act": "retire" if one == other else "link", "key_id": one, "other": None if one == other else other}
        for one, other in steps
    ]
    gone = {one: at for at, (one, other) in enumerate(steps) if one == other}
    made = {frozenset(step): at for at, step in enumerate(steps) if len(set(step)) == 2}
    assert _links(rows) == {pair for pair, at in made.items() if all(gone.get(key, -1) < at for key in pair)}
