"""A decision binds to what its analyst saw, and nobody contradicts another without saying so."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from screening.casework import acts_on_hits as on_hits
from screening.casework import decisions, found
from screening.casework.border_file import read_outcomes
from screening.casework.lookup import Asked
from screening.casework.record import differences
from screening.casework.subject.erasing import erase
from screening.casework.subject.person import find
from screening.casework.subject.places import places
from screening.night.settings import load_settings
from screening.profile.model import Retention
from screening.profile.review import Review
from screening.protection.zone_terms import endings
from screening.store import acts
from screening.store.zones import Store
from screening.tables import hit_acts
from screening.tables.codes import Decision
from screening.tables.errors import UsageError
from screening.tables.hit_acts import BorderOutcome, ClosingAnswer
from tests.messages_by_hand import Agency

FIRST, SECOND = "2026-11-23", "2026-11-24"
ZOE = "Zoë"


@pytest.fixture(scope="module")
def two_nights_once(tmp_path_factory, screening, written):
    """The sought person on a leg, with a birth date and without document; the next night a fuller message."""
    agency = Agency(tmp_path_factory.mktemp("two") / "agency", screening)
    plain = (*written.ylva[:5], "")
    agency.send("a.edi", written.paxlst([plain, *written.fillers]))
    agency.run(FIRST)
    agency.send("b.edi", written.paxlst([written.ylva, *written.fillers], sent="261123:0600", reference="2"))
    agency.run(SECOND)
    return agency


@pytest.fixture
def two_nights(two_nights_once, tmp_path):
    return two_nights_once.copy(tmp_path / "agency")


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
    found = [(row["given_names"], row["severity"], row["near_miss"]) for row in rows]
    assert found[0] == ("YLVALINN TORBJORG", 3, None)
    assert sorted(found[1:]) == [("ISBRAND", 5, "other_day"), ("KORBINIAN", 5, "other_given_names")]
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
    [row] = acts.dispositions(Store(two_nights.store)).to_pylist()
    assert row["evidence_hash"] == early["evidence_hash"]


def test_who_decides_otherwise_says_so_and_a_true_match_takes_the_clearance_back(two_nights):
    [early] = two_nights.json("hits", "--night", FIRST)
    hit = early["hit_id"]
    decide(two_nights, hit, "false_match", "--night", FIRST, check=0)
    store = Store(two_nights.store)
    assert acts.clearances(store, acts.dispositions(store)).num_rows == 1

    refused = decide(two_nights, hit, "true_match", "--night", SECOND, name="ben", check=2)
    assert "anna decided false_match" in refused.stderr
    shown = two_nights("trace", hit, check=0).stdout
    assert "false_match by anna" in " ".join(shown.split())
    [added] = re.findall(r"--instead-of (\w+)", refused.stderr)
    decide(two_nights, hit, "true_match", "--night", SECOND, "--instead-of", added, name="ben", check=0)
    made = acts.dispositions(store)
    assert made.num_rows == 2
    assert acts.clearances(store, made).num_rows == 0  # on other evidence, and yet no longer silent

    wrong = decide(two_nights, hit, "true_match", "--night", SECOND, "--instead-of", "ffff", check=2)
    assert "is not the last decision" in wrong.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory, screening, written):
    """A night with one hit on an alert of a category that asks for two persons; copy it."""
    agency = Agency(tmp_path_factory.mktemp("made") / "agency", screening)
    path = agency.folder / "watch.jsonl"
    path.write_text(path.read_text().replace('"inform"', '"wanted"'))
    agency.send("a.edi", written.paxlst([(*written.ylva[:5], ""), *written.fillers]))  # no document
    agency.run(FIRST)
    return agency


@pytest.fixture
def night_of_wanted(made, tmp_path):
    return made.copy(tmp_path / "agency")


AT = datetime(2026, 11, 24, 6, tzinfo=UTC)


def test_a_proposal_binds_nothing_until_another_person_confirms_it(night_of_wanted):
    agency = night_of_wanted
    store, [hit] = Store(agency.store), agency.json("hits")
    said = decide(agency, hit["hit_id"], "true_match", name=ZOE, check=0).stdout
    [printed] = re.findall(r"^  screening (confirm .*)$", said, re.M)
    assert acts.dispositions(store).num_rows == 0
    [row] = agency.json("hits")
    assert (row["state"], row["decision"], row["proposed"]) == ("proposed", None, "true_match")

    for name in (ZOE, unicodedata.normalize("NFD", ZOE), "ZO\u00cb"):
        refused = agency(*printed.split(), "--as", name, check=2).stderr
        assert "the second person is the analyst" in refused
    assert (
        "has proposed true_match" in decide(agency, hit["hit_id"], "true_match", name="ben", check=2).stderr
    )
    otherwise = decide(agency, hit["hit_id"], "false_match", name="ben", check=2).stderr
    [named] = re.findall(r"--instead-of (\w+)", otherwise)
    decide(agency, hit["hit_id"], "false_match", "--instead-of", named, name="ben", check=0)
    assert "does not wait" in agency(*printed.split(), "--as", "carl", check=2).stderr

    card = agency("hit", hit["hit_id"][:8], check=0, COLUMNS="60").stdout
    for words in ("QVARNSTEDT", "not given", "instruction    inform the duty officer", "Europe/Vienna", "UTC)", "proposed       false match by ben"):  # fmt: skip
        assert words in card
    assert max(map(len, card.splitlines())) <= 110
    [shown] = agency.json("hit", hit["hit_id"])
    assert sum(piece["weight"] for piece in shown["evidence"]) == shown["score"]
    assert agency.json("hits", "--open", "--lands-after", "2026-11-23T10:00", "--sort", "landing")
    for none in (("--decided",), ("--lands-after", "2026-11-23T11:00"), ("--severity", "4"), ("--list", "x")):
        assert agency.json("hits", *none) == []
    done = agency("confirm", hit["hit_id"][:8], "--as", ZOE, check=0).stdout
    assert f"proposed by ben, confirmed by {ZOE}" in done
    [made] = acts.dispositions(store).to_pylist()
    assert (made["decision"], made["analyst"], made["second"]) == ("false_match", "ben", ZOE)
    assert acts.clearances(store, acts.dispositions(store)).num_rows == 1
    assert agency.json("hits")[0]["state"] == "decided"
    assert "nothing is proposed" in agency("confirm", hit["hit_id"], "--as", "carl", check=2).stderr
    traced = agency.json("trace", hit["hit_id"])
    assert [row["where"].split()[0] for row in traced if row["step"] == "proposal"] == ["true_match", "false_match"]  # fmt: skip

    back = agency("undo", hit["hit_id"], "--reason", "wrong row", "--as", ZOE, check=0).stdout
    assert "Undone: the decision false_match of ben and" in back
    assert acts.clearances(store, acts.dispositions(store)).num_rows == 0
    assert agency.json("hits")[0]["state"] == "open"
    assert differences(store) == []


def test_what_is_undone_by_whom_and_until_when(night_of_wanted):
    store = Store(night_of_wanted.store)
    [hit] = night_of_wanted.json("hits")
    one = hit["hit_id"]
    review = Review(analysts=("anna", "ben", "carl"), supervisors=("dora",), undo_minutes=10)

    def act(function, minutes=0, **more):
        return function(store, one, at=AT + timedelta(minutes=minutes), review=review, **more)

    def propose(decision=Decision.TRUE_MATCH, **more):
        return act(decisions.decide, decision=decision, reason="seen", analyst_id="anna", **more)

    with pytest.raises(UsageError, match="erik is no analyst or supervisor"):
        act(decisions.decide, decision=Decision.TRUE_MATCH, reason="seen", analyst_id="erik")
    with pytest.raises(UsageError, match="nothing is decided or proposed"):
        act(decisions.undo, actor="anna", reason="x")
    propose()
    with pytest.raises(UsageError, match="proposed by anna"):
        act(decisions.undo, actor="ben", reason="x")
    assert act(decisions.undo, actor="anna", reason="x").was_proposed
    with pytest.raises(UsageError, match="nothing is proposed"):
        act(decisions.confirm, actor="ben")
    propose(minutes=1)
    act(decisions.confirm, minutes=2, actor="ben")
    with pytest.raises(UsageError, match="more than 10 minutes ago"):
        act(decisions.undo, minutes=20, actor="anna", reason="x")
    assert not act(decisions.undo, minutes=9, actor="dora", reason="x").was_proposed

    # Who decides alone where that is enough settles what waits; a decision since then outdates a proposal.
    first = propose(minutes=21)
    left = propose(minutes=22, decision=Decision.INCONCLUSIVE, instead_of=first.proposal["act_id"][:9])
    assert left.disposition["decision"] == "inconclusive"
    with pytest.raises(UsageError, match="nothing is proposed"):
        act(decisions.confirm, minutes=23, actor="ben")
    assert differences(store) == []


def test_other_acts_on_hits_are_recorded_and_go_with_their_person(night_of_wanted):
    agency, store = night_of_wanted, Store(night_of_wanted.store)
    [hit] = agency.json("hits")
    one = hit["hit_id"]
    agency("note", one, "--text", " waits for the desk ", "--as", "anna", check=0)
    on_hits.opine(store, one, decision=Decision.TRUE_MATCH, reason="alike", actor="ben", at=AT)
    on_hits.close(store, one, answer=ClosingAnswer.VALUABLE, actor="anna", at=AT)
    table = agency.folder / "outcomes.csv"
    table.write_text(f"hit_id,outcome,at,remark\n{one[:9]},missed,2026-11-23T06:40,\n{one},positive,,=1\n")
    with pytest.raises(UsageError, match="outcome 2: there is no hit"):
        on_hits.tell_back(store, [on_hits.Told(one, BorderOutcome.MET), on_hits.Told("zz", BorderOutcome.MET)], actor="gate7", at=AT)  # fmt: skip
    table.write_text(table.read_text().replace("positive,,", "positive,2026-11-23T07:00Z,"))
    assert "2 outcomes recorded." in agency("outcome", "--file", "outcomes.csv", check=0).stdout
    assert "0 outcomes recorded, 2 known" in agency("outcome", "--file", "outcomes.csv", check=0).stdout
    rows = {spec.name: acts.acts_on_hits(store, spec).to_pylist() for spec in hit_acts.TABLES}
    assert {name: len(each) for name, each in rows.items()} == {
        "proposals": 0, "notes": 1, "border_outcomes": 2, "closings": 1, "opinions": 1
    }  # fmt: skip
    assert rows["notes"][0]["text"] == "waits for the desk"
    assert acts.dispositions(store).num_rows == 0  # none of them decides
    assert agency.json("hits")[0]["state"] == "open"
    assert differences(store) == []
    assert "desk" not in (store.root / "audit").joinpath("audit-2026.jsonl").read_text()

    [path] = (store.root / "analyst" / "acts" / "notes").glob("*.parquet")
    path.rename(path.with_suffix(".away"))
    assert any(rows["notes"][0]["act_id"] in one for one in differences(store))
    path.with_suffix(".away").rename(path)

    ends = {
        p.parent.name
        for p, _, _ in endings(store, Retention(), ends=lambda night: AT, received={}, pinned=())
    }
    assert ends.isdisjoint(spec.name for spec in hit_acts.TABLES)  # the hit is there
    decide(agency, one, "true_match", check=0)
    agency("confirm", one, "--as", "ben", check=0)
    agency("undo", one, "--reason", "wrong", "--as", "ben", check=0)
    decide(agency, one, "false_match", check=0)
    agency("confirm", one, "--as", "ben", check=0)
    settings = load_settings(profile=agency.folder / "profile.toml")
    settings = replace(settings, store=store)
    asked = Asked(name="QVARNSTEDT, YLVALINN TORBJORG", born="1984-03-17")
    found_places = places(find(settings, asked, now=AT), store)
    assert {"proposals", "notes", "border_outcomes"} <= {one.table for one in found_places}
    erase(settings, asked, reason="request 1", actor="anna", now=datetime.now(UTC))
    assert [acts.acts_on_hits(store, spec).num_rows for spec in hit_acts.TABLES] == [0] * 5
    assert differences(store) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param(None, "no such file", id="missing"),
        pytest.param(b"\xff\xfe", "no CSV", id="no text"),
        pytest.param(b"hit,outcome\n", "columns", id="other columns"),
        pytest.param(b"hit_id,outcome\n", "no outcome", id="empty"),
        pytest.param(b"hit_id,outcome\na,met\nb,seen\nc,met,x\n", "2 of 3 rows", id="wrong rows"),
        pytest.param(b"hit_id,outcome,at\na,met,today\n", "1 of 1 rows", id="no time"),
    ],
)
def test_a_file_of_outcomes_is_read_whole_or_refused(text, what):
    with pytest.raises(UsageError, match=what):
        read_outcomes(text, "o.csv")


def test_the_beginning_of_an_id_that_two_nights_share_is_refused(monkeypatch):
    rows = {FIRST: ["ab12cdef01"], SECOND: ["ab12cdef02"]}
    monkeypatch.setattr(found, "nights", lambda store: [*rows])
    monkeypatch.setattr(found, "hit_ids", lambda store, night: pa.chunked_array([rows[night]]))
    monkeypatch.setattr(found, "_rows", lambda store, night, text: [{"hit_id": rows[night][0]}])
    with pytest.raises(UsageError, match="fits several hits") as caught:
        found.find_hit(None, "ab")
    assert f"{FIRST}, {SECOND}" in caught.value.where
    assert found.find_hit(None, "ab12cdef01") == (FIRST, {"hit_id": "ab12cdef01"})
    assert found.short_id(None, "ab12cdef01") == "ab12cdef01"
    with pytest.raises(UsageError, match="there is no hit"):
        found.find_hit(None, "")
