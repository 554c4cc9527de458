"""Decisions on duplicates: bound to content, reapplied, taken back, asked anew; groups keep apart what was kept apart."""

import datetime as dt
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.alerts.merging import groups, identity_hashes, judge
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS

ANNA = {"name": "QUENZEBRAND, Otho", "born": "1970-02-01"}
OTTO = {"name": "QUENZEBRANDT, Otto", "born": "1970-02-01"}


def parts(**people):
    """Alerts `list__id`: name, born, severity."""
    heads, names, dates = [], [], []
    for key, person in people.items():
        of, _, source_id = key.partition("__")
        alert_id = f"{of}:{source_id}"
        content = "|".join(str(value) for value in person.values())
        heads.append(
            {"alert_id": alert_id, "list": of, "source_id": source_id, "category": "inform", "severity": person.get("severity", 3),
             "authority": "a", "status": "active", "sufficient": True, "content_hash": content, "provenance": "p"}
        )  # fmt: skip
        names.append(
            {"alert_id": alert_id, "ordinal": 0, "identity": 0, "full": person["name"], "kind": "primary", "script": "Latn",
             "provenance": key}
        )  # fmt: skip
        day = dt.date.fromisoformat(person["born"])
        dates.append(
            {"alert_id": alert_id, "ordinal": 0, "identity": 0, "value": person["born"], "from": day, "to": day,
             "precision": "day", "provenance": key}
        )  # fmt: skip
    return SimpleNamespace(
        alerts=ALERTS.table(heads), names=ALERT_NAMES.table(names), dates=ALERT_DATES.table(dates),
        documents=ALERT_DOCUMENTS.empty(), facts=ALERT_FACTS.empty(),
    )  # fmt: skip


def act(kind, seen, *, at=1, one="a:1", other="b:7"):
    content = dict(
        zip(*(seen.alerts[name].to_pylist() for name in ("alert_id", "content_hash")), strict=True)
    )
    identity = identity_hashes(seen, [one, other])
    return {
        "act_id": f"{at:032}", "act": kind, "one": one, "other": other, "one_content": content[one], "other_content": content[other],
        "one_identity": identity[one], "other_identity": identity[other], "actor": "anna", "reason": "r",
        "at_utc": dt.datetime(2026, 11, at, tzinfo=dt.UTC),
    }  # fmt: skip


def judged(acts, now):
    named = {one[side] for one in acts for side in ("one", "other")}
    return judge(acts, now.alerts, identity_hashes(now, named))


SEEN = parts(a__1=ANNA, b__7=OTTO)


@pytest.mark.parametrize(
    ("now", "standing", "stale"),
    [
        pytest.param(parts(a__1=ANNA, b__7=OTTO, b__8=ANNA), {("a:1", "b:7")}, set(), id="same content"),
        pytest.param(parts(a__1=ANNA, b__99=OTTO), {("a:1", "b:99")}, set(), id="same content, another id"),
        pytest.param(parts(a__1=ANNA, b__7={**OTTO, "severity": 5}), {("a:1", "b:7")}, set(), id="other severity"),
        pytest.param(parts(a__1=ANNA, b__7={**OTTO, "born": "1971-02-01"}), set(), {("a:1", "b:7")}, id="other birth date"),
        pytest.param(parts(a__1={**ANNA, "name": "X, Y"}, b__7=OTTO), set(), {("a:1", "b:7")}, id="other name"),
        pytest.param(parts(a__1=ANNA, c__7=OTTO), set(), set(), id="another list"),
        pytest.param(parts(a__1=ANNA), set(), set(), id="one is gone"),
    ],
)  # fmt: skip
def test_a_decision_holds_while_both_sides_say_the_same_and_is_asked_anew_when_one_changes(
    now, standing, stale
):
    found = judged([act("merge", SEEN)], now)
    assert set(found.standing) == standing
    assert set(found.stale) == stale


def test_the_latest_act_counts_and_unmerge_takes_it_back():
    acts = [act("merge", SEEN, at=1), act("keep_apart", SEEN, at=2)]
    assert judged(acts, SEEN).standing["a:1", "b:7"]["act"] == "keep_apart"
    assert judged([*acts, act("unmerge", SEEN, at=3)], SEEN).standing == {}
    assert judged([*acts, act("unmerge", SEEN, at=3), act("merge", SEEN, at=4)], SEEN).of("merge") == [
        ("a:1", "b:7")
    ]


PAIRS = st.lists(st.sampled_from(list(combinations("abcdef", 2))), max_size=8, unique=True)


@settings(max_examples=60, deadline=None)
@given(merged=PAIRS, apart=PAIRS)
def test_groups_are_disjoint_and_never_hold_a_pair_that_was_kept_apart(merged, apart):
    found = groups(merged, apart)
    members = [one for group in found for one in group]
    assert len(members) == len(set(members))
    assert not any(set(pair) <= set(group) for pair in apart for group in found)
    if not apart:
        assert all(any(set(pair) <= set(group) for group in found) for pair in merged)
