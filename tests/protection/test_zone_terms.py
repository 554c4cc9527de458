"""What lies beside the nights has its term too, and nothing goes that is in use."""

import json
import os
import signal
from datetime import UTC, date, datetime, timedelta

import pytest

from screening.profile.model import Agency, Retention, Schedule, Term
from screening.protection.audit import append, head, verify
from screening.protection.audit_terms import forget_old_acts, old_acts_due
from screening.protection.retention import due, night_end
from screening.protection.terms import outcomes_of
from screening.store import acts
from screening.store.files import write_json
from screening.store.kept_indexes import kept_or_built
from screening.store.revisions import Publication, publish
from screening.store.zones import open_zones
from screening.tables.analyst import CLEARANCES, DISPOSITIONS, HITS
from screening.tables.codes import RetentionClass, Zone
from tests.killed import dies_at

FIRST = date(2026, 11, 22)
DECIDED = datetime(2026, 11, 25, 12, tzinfo=UTC)
TERMS = Retention(
    hit=100,
    list=1000,
    record=2000,
    audit=9000,
    terms=(Term(kind="hit", outcome="confirmed", hours=300), Term(kind="hit", outcome="none", hours=50)),
)
HIT = {
    "hit_id": "1" * 32,
    "traveller_id": "2" * 32,
    "flight_id": "QQ1-20261124-FRA-IAD",
    "person_key": "3" * 32,
    "documents": [],
    "alert_id": "watch:1",
    "alert_ids": ["watch:1"],
    "list": "watch",
    "list_versions": ["watch=a"],
    "category": "inform",
    "severity": 1,
    "score": 1,
    "threshold": 1,
    "false_alerts_per_1000": 1.0,
    "evidence_hash": "e",
    "first_night": FIRST,
    "late": False,
    "message_ids": [],
}


def ends(night):
    return night_end(night, Schedule(), Agency())


def due_at(store, now, pinned=()):
    return {item.path: item.due for item in due(store, TERMS, ends=ends, now=now, pinned=pinned)}


def disposition(number, decision, *, at=DECIDED, supersedes=None, evidence="e"):
    return {
        "disposition_id": f"{number:032x}",
        "hit_id": HIT["hit_id"],
        "person_key": HIT["person_key"],
        "alert_id": HIT["alert_id"],
        "decision": decision,
        "reason": "seen",
        "analyst": "anna",
        "decided_at": at,
        "evidence_hash": evidence,
        "supersedes": supersedes and f"{supersedes:032x}",
    }


def decide(store, row, until=None):
    clearance = until and CLEARANCES.table(
        [
            {key: row[key] for key in ("person_key", "alert_id", "evidence_hash", "disposition_id")}
            | {"clearance_id": "c" + row["disposition_id"][1:], "alert_hash": "h", "until": until}
        ]
    )
    acts.record(store, DISPOSITIONS.table([row]), clearance)


def paths(store, *names):
    return {f"analyst/acts/dispositions/{number:032x}.parquet" for number in names}


@pytest.mark.parametrize(
    ("decision", "hours"), [("true_match", 300), ("false_match", 50), ("inconclusive", 100)]
)
def test_a_decision_has_the_term_of_its_outcome(store, decision, hours):
    decide(store, disposition(1, decision))
    at = DECIDED + timedelta(hours=hours)
    assert due_at(store, at - timedelta(seconds=1)) == {}
    assert set(due_at(store, at)) == paths(store, 1)


def test_a_decision_stays_while_its_clearance_silences(store):
    decide(store, disposition(1, "false_match"), until=date(2026, 12, 31))
    assert due_at(store, datetime(2026, 12, 31, 23, tzinfo=UTC)) == {}
    found = due_at(store, datetime(2027, 1, 1, tzinfo=UTC))
    assert set(found) == paths(store, 1) | {f"analyst/acts/clearances/c{'0' * 30}1.parquet"}


def test_a_decision_stays_while_a_hit_is_there_that_it_is_about(store):
    decide(store, disposition(1, "inconclusive"))
    publish(store, FIRST, "f", [Publication(HITS, RetentionClass.HIT, HITS.table([HIT]))])
    assert due_at(store, DECIDED + timedelta(days=900)) == {}


def test_what_supersedes_a_decision_stays_as_long_as_that(store):
    decide(store, disposition(1, "true_match"))
    decide(store, disposition(2, "false_match", at=DECIDED + timedelta(hours=1), supersedes=1))
    assert due_at(store, DECIDED + timedelta(hours=299)) == {}
    assert set(due_at(store, DECIDED + timedelta(hours=300))) == paths(store, 1, 2)


@pytest.mark.parametrize(
    ("decided", "outcome"),
    [
        pytest.param([], "hit", id="open"),
        pytest.param([disposition(1, "inconclusive")], "hit", id="inconclusive"),
        pytest.param([disposition(1, "true_match")], "confirmed", id="true"),
        pytest.param(
            [disposition(1, "true_match", evidence="other")], "confirmed", id="true on other evidence"
        ),
        pytest.param([disposition(1, "false_match")], "none", id="false"),
        pytest.param([disposition(1, "false_match", evidence="other")], "hit", id="false on other evidence"),
        pytest.param(
            [
                disposition(1, "true_match"),
                disposition(2, "false_match", supersedes=1, at=DECIDED + timedelta(hours=1)),
            ],
            "none",
            id="taken back",
        ),
        pytest.param(
            [disposition(1, "false_match"), disposition(2, "true_match", at=DECIDED + timedelta(hours=1))],
            "confirmed",
            id="confirmed later",
        ),
    ],
)
def test_the_outcome_of_a_hit_is_what_was_decided_on_it(decided, outcome):
    assert outcomes_of(HITS.table([HIT]), DISPOSITIONS.table(decided)) == {HIT["hit_id"]: outcome}


def lists(store):
    root = open_zones(store, [Zone.ALERTS]).path(Zone.ALERTS, "watch")
    for version in ("a", "b", "c"):
        write_json(root / f"version={version}" / "version.json", {"imported_at": DECIDED.isoformat()})
        (root / f"version={version}" / "alerts.parquet").write_bytes(version.encode())
    left = (DECIDED + timedelta(hours=10)).isoformat()
    history = [{"version": "a", "at": DECIDED.isoformat()}, {"version": "b", "at": left}]
    write_json(root / "ACTIVE.json", {"version": "b", "history": history})


def of(version):
    return {f"alerts/watch/version={version}/{name}" for name in ("version.json", "alerts.parquet")}


def test_a_list_version_goes_after_it_was_put_out_of_use_and_never_while_it_is_in_use(store):
    lists(store)
    at = DECIDED + timedelta(hours=1000)
    assert set(due_at(store, at - timedelta(seconds=1))) == set()
    assert set(due_at(store, at)) == of("c")  # it never was in use
    assert set(due_at(store, at + timedelta(hours=10))) == of("a") | of("c")
    assert set(due_at(store, at + timedelta(days=9999))) == of("a") | of("c")


def test_a_list_version_that_a_night_needs_stays(store):
    lists(store)
    late = DECIDED + timedelta(days=9999)
    assert set(due_at(store, late, pinned={("watch", "a")})) == of("c")


@pytest.mark.parametrize(
    ("versions", "hours"),
    [
        pytest.param({"watch": "b"}, 48, id="of versions in use: when nobody opens it"),
        pytest.param({"watch": "a"}, 1, id="of a version whose term ends: then"),
        pytest.param({"watch": "gone"}, 0, id="of a version that is gone"),
        pytest.param(None, 0, id="its head is damaged"),
    ],
)
def test_an_index_does_not_outlive_its_lists(store, versions, hours):
    lists(store)
    kept_or_built(store, "name", {"lists": versions}, lambda: ("", []))
    path = store.root / "alerts" / "_index" / "name.index"
    if versions is None:
        path.write_bytes(b"damaged")
    at = DECIDED + timedelta(hours=1009)
    os.utime(path, (at.timestamp(), at.timestamp()))
    ends = at + timedelta(hours=hours)
    assert "alerts/_index/name.index" not in due_at(store, ends - timedelta(seconds=1))
    assert "alerts/_index/name.index" in due_at(store, ends)


def test_names_of_files_of_the_inbox_go_with_the_record(store):
    seen = open_zones(store, [Zone.LANDING]).path(Zone.LANDING, "seen", "x.json")
    write_json(seen, {"file": "mark"})
    fetched = open_zones(store, [Zone.LANDING]).path(Zone.LANDING, "fetched", "y.json")
    write_json(fetched, ["hash"])
    for path in (seen, fetched):
        os.utime(path, (DECIDED.timestamp(), DECIDED.timestamp()))
    at = DECIDED + timedelta(hours=2000)
    assert due_at(store, at - timedelta(seconds=1)) == {}
    assert set(due_at(store, at)) == {"landing/seen/x.json", "landing/fetched/y.json"}


def test_a_frozen_set_but_the_last_goes_when_the_night_holds_nobody_any_more(store, publish_night):
    publish_night(store, FIRST, ["a" * 64], ["a" * 64])
    last = store.night_folder(FIRST) / "runs" / "0002" / "night.json"
    write_json(last, {})
    folder = store.night_folder(FIRST) / "runs" / "0001"
    write_json(folder / "night.json", {})
    name = folder.joinpath("night.json").relative_to(store.root).as_posix()
    assert name not in due_at(store, ends(FIRST) + timedelta(hours=2000))
    publish(store, FIRST, "g", [])
    assert name not in due_at(store, ends(FIRST) + timedelta(hours=1999))
    ended = due_at(store, ends(FIRST) + timedelta(hours=2000))
    assert name in ended
    assert last.relative_to(store.root).as_posix() not in ended  # a late file takes its pins


YEARS = [datetime(year, 6, 1, tzinfo=UTC) for year in (2026, 2027, 2028, 2029)]


@pytest.fixture
def chain(store):
    """Acts over four years, a file a year."""
    for number, at in enumerate(YEARS):
        append(store, "anna", "list.activate", ["watch", f"v{number}"], None, at)
        append(store, "anna", "test.act", [f"object{number}"], None, at)
    return store


def files(store):
    return sorted(path.name for path in (store.root / "audit").glob("audit-*.jsonl"))


def test_files_of_the_record_go_after_their_term_and_the_chain_holds(chain):
    before = head(chain)
    at = YEARS[1] + timedelta(hours=9000)
    assert [item.path for item in old_acts_due(chain, TERMS, at)] == ["audit/audit-2026.jsonl"]
    gone = forget_old_acts(chain, TERMS, actor="robot", at=YEARS[1] + timedelta(hours=9000))
    assert gone == ["audit-2026.jsonl"]
    assert files(chain) == ["audit-2027.jsonl", "audit-2028.jsonl", "audit-2029.jsonl"]
    state = verify(chain, before)
    assert (state.holds, state.records) == (True, 9)
    forget_old_acts(chain, TERMS, actor="robot", at=YEARS[3] + timedelta(days=9999))
    assert files(chain) == ["audit-2056.jsonl"]  # the act of removing them
    assert verify(chain).holds
    last = json.loads((chain.root / "audit" / files(chain)[0]).read_bytes().splitlines()[-1])
    assert "list:watch:v3" in last["objects"]  # the version in use is said again
    assert forget_old_acts(chain, TERMS, actor="robot", at=YEARS[3] + timedelta(days=9999)) == []


def test_no_file_of_the_record_goes_before_the_one_ahead_of_it_also_when_the_clock_was_set_back(store):
    moments = [datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    for at in (*moments, datetime(2026, 6, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)):
        append(store, "anna", "test.act", ["object"], None, at)
    assert files(store) == ["audit-2026.jsonl", "audit-2027.jsonl", "audit-2028.jsonl"]
    between = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=TERMS.audit)
    assert list(old_acts_due(store, TERMS, between)) == []
    assert forget_old_acts(store, TERMS, actor="robot", at=between) == []
    later = moments[0] + timedelta(hours=TERMS.audit + 1)
    assert forget_old_acts(store, TERMS, actor="robot", at=later) == ["audit-2026.jsonl", "audit-2027.jsonl"]
    assert verify(store).holds


def test_a_file_that_goes_without_an_act_is_seen(chain):
    (chain.root / "audit" / "audit-2026.jsonl").unlink()
    assert verify(chain).broken == 1
    first = json.loads((chain.root / "audit" / "audit-2027.jsonl").read_bytes().splitlines()[0])
    write_json(chain.root / "audit" / "base.json", {str(first["seq"] - 1): first["previous"]})
    state = verify(chain)
    assert (state.holds, state.where) == (False, "base.json")
    assert "no act says so" in state.reason


@pytest.mark.parametrize("point", ["audit.after_base", "audit.half_line", "audit.before_forgetting"])
def test_forgetting_that_was_killed_is_ended_by_the_next(chain, point):
    at = YEARS[2] + timedelta(hours=9000)
    assert dies_at(point, lambda: forget_old_acts(chain, TERMS, actor="robot", at=at)) == -signal.SIGKILL
    assert point == "audit.half_line" or verify(chain).holds
    assert forget_old_acts(chain, TERMS, actor="robot", at=at) == ["audit-2026.jsonl", "audit-2027.jsonl"]
    assert verify(chain).holds
    assert len(files(chain)) == 2


def test_nothing_of_the_record_goes_before_its_term(chain):
    assert forget_old_acts(chain, TERMS, actor="robot", at=YEARS[0] + timedelta(hours=TERMS.audit)) == []
    assert len(files(chain)) == 4
