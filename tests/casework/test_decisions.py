"""A decision binds to what its analyst saw, and nobody contradicts another without saying so."""

import json
import re
import unicodedata

import pytest

from screening.casework import decisions
from screening.tables.errors import UsageError

FIRST, SECOND = "2026-11-23", "2026-11-24"
ZOE = "Zoë"


@pytest.fixture
def two_nights(by_hand, written):
    """The sought person on a leg, with a birth date and without document; the next night a fuller message."""
    plain = (*written.ylva[:5], "")
    by_hand.send("a.edi", written.paxlst([plain, *written.fillers]))
    by_hand.run(FIRST)
    by_hand.send("b.edi", written.paxlst([written.ylva, *written.fillers], sent="261123:0600", reference="2"))
    by_hand.run(SECOND)
    return by_hand


def test_near_misses_of_a_night_are_listed_last_whatever_their_severity_and_counted_apart(by_hand, written):
    path = by_hand.folder / "watch.jsonl"
    sought = json.loads(path.read_text())
    other = sought | {"alert_id": "watch:B2", "source_id": "B2", "severity": 5, "documents": []}
    other["names"] = [
        sought["names"][0]
        | {"full": "WOLLEGARTH, Isbrand", "surname": "WOLLEGARTH", "given_names": "Isbrand"}
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in (sought, other | {"sex": []})))
    people = [
        ("WOLLEGARTH", "ISBRAND", "840926", "M", "SWE", "B7654321"),
        ("WOLLEGARTH", "KORBINIAN", "840317", "M", "SWE", "B7654322"),
        written.ylva,
    ]
    by_hand.send("a.edi", written.paxlst([*people, *written.fillers]))
    summary = by_hand.run(FIRST).stdout
    rows = by_hand.json("hits", "--night", FIRST)
    assert [(row["given_names"], row["severity"], row["near_miss"]) for row in rows] == [
        ("YLVALINN TORBJORG", 3, None),
        ("KORBINIAN", 5, "other_given_names"),
        ("ISBRAND", 5, "other_day"),
    ]
    assert "2 of them near misses, listed last" in summary
    assert "HITS=3 " in summary


def decide(agency, hit, decision="false_match", *more, name="anna", check=None):
    words = ("decide", hit, "--decision", decision, "--reason", "seen", "--as", name, *more)
    return agency(*words, check=check)


def test_a_decision_binds_to_the_evidence_that_was_looked_at(two_nights):
    [early], [late] = (two_nights.json("hits", "--night", night) for night in (FIRST, SECOND))
    assert early["hit_id"] == late["hit_id"]
    assert early["evidence_hash"] != late["evidence_hash"]
    hit = early["hit_id"]

    unsaid = decide(two_nights, hit, check=2)
    assert "differing evidence" in unsaid.stderr
    assert "--night" in unsaid.stderr
    changed = decide(two_nights, hit, "false_match", "--night", SECOND, "--evidence", early["evidence_hash"], check=2)  # fmt: skip
    assert "the evidence has changed" in changed.stderr

    done = decide(two_nights, hit, "false_match", "--evidence", early["evidence_hash"][:8], check=0)
    assert "QVARNSTEDT" in done.stdout
    assert "XQ401-20261123-ARN-VIE" in done.stdout
    assert f"night {FIRST}" in done.stdout
    assert "alert watch:A1" in done.stdout
    [row] = decisions.acts.dispositions(decisions.Store(two_nights.store)).to_pylist()
    assert row["evidence_hash"] == early["evidence_hash"]


def test_who_decides_otherwise_says_so_and_a_true_match_takes_the_clearance_back(two_nights):
    [early] = two_nights.json("hits", "--night", FIRST)
    hit = early["hit_id"]
    decide(two_nights, hit, "false_match", "--night", FIRST, check=0)
    store = decisions.Store(two_nights.store)
    assert decisions.acts.clearances(store, decisions.acts.dispositions(store)).num_rows == 1

    refused = decide(two_nights, hit, "true_match", "--night", SECOND, name="ben", check=2)
    assert "anna decided false_match" in refused.stderr
    shown = two_nights("trace", hit, check=0).stdout
    assert "false_match by anna" in " ".join(shown.split())
    [added] = re.findall(r"--instead-of (\w+)", refused.stderr)
    decide(two_nights, hit, "true_match", "--night", SECOND, "--instead-of", added, name="ben", check=0)
    made = decisions.acts.dispositions(store)
    assert made.num_rows == 2
    assert decisions.acts.clearances(store, made).num_rows == 0  # on other evidence, and yet no longer silent

    wrong = decide(two_nights, hit, "true_match", "--night", SECOND, "--instead-of", "ffff", check=2)
    assert "is not the last decision" in wrong.stderr


def test_one_person_is_not_two_however_the_name_is_composed(two_nights):
    [hit] = two_nights.json("hits", "--night", FIRST)
    for name, other in ((ZOE, unicodedata.normalize("NFD", ZOE)), (ZOE, "ZO\u00cb"), ("carl", "ＣＡＲＬ")):
        words = ("false_match", "--night", FIRST, "--second", other)
        assert "second person is the analyst" in decide(two_nights, hit["hit_id"], *words, name=name, check=2).stderr  # fmt: skip


def test_the_beginning_of_an_id_that_two_nights_share_is_refused(monkeypatch):
    rows = {FIRST: [{"hit_id": "ab12"}], SECOND: [{"hit_id": "ab34"}]}
    monkeypatch.setattr(decisions, "nights", lambda store: [*rows])
    monkeypatch.setattr(decisions, "read_current", lambda store, night, spec: night)
    monkeypatch.setattr(decisions, "rows_of", lambda night, kind: rows[night])
    with pytest.raises(UsageError, match="fits several hits") as caught:
        decisions.find_hit(None, "ab")
    assert f"{FIRST}, {SECOND}" in caught.value.where
    assert decisions.find_hit(None, "ab1") == (FIRST, {"hit_id": "ab12"})
    with pytest.raises(UsageError, match="there is no hit"):
        decisions.find_hit(None, "")
