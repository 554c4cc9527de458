"""Each class goes at its own time, from every revision and from landing, with a proof; a kill changes nothing."""

import json
import os
import signal
from datetime import UTC, date, datetime, timedelta

import pytest

from screening.profile.model import Agency, Retention, Schedule
from screening.protection.audit import verify
from screening.protection.retention import due, night_end, proofs, purge, term
from screening.store.landing import missing, read_back, write_incoming
from screening.store.revisions import current, mend_links, read_current, verify_night
from screening.tables.codes import RetentionClass, Zone
from screening.tables.errors import StoreError
from screening.tables.individual import STATEMENT_DOCUMENTS, TRAVELLERS
from screening.tables.landing import INPUTS
from tests.killed import dies_at

FIRST, SECOND = date(2026, 11, 22), date(2026, 11, 23)
TERMS = Retention(api=48, pnr=4320, settled=48, unread=168)
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ends(night):
    return night_end(night, Schedule(), Agency(time_zone="Europe/Berlin"))


def due_at(store, now):
    return due(store, TERMS, ends=ends, now=now)


@pytest.mark.parametrize(
    ("night", "zone", "end"),
    [
        pytest.param(date(2026, 7, 1), "Europe/Berlin", "2026-07-01T23:00:00+00:00", id="summer"),
        pytest.param(date(2026, 12, 1), "Europe/Berlin", "2026-12-02T00:00:00+00:00", id="winter"),
        pytest.param(
            date(2026, 3, 28), "Europe/London", "2026-03-29T01:00:00+00:00", id="the hour that is missing"
        ),
        pytest.param(date(2026, 11, 22), "Pacific/Kiritimati", "2026-11-22T11:00:00+00:00", id="far east"),
    ],
)
def test_a_night_ends_when_the_next_begins_in_the_agencys_zone(night, zone, end):
    assert night_end(night, Schedule(), Agency(time_zone=zone)).isoformat() == end


@pytest.mark.parametrize("cls", list(RetentionClass), ids=str)
def test_every_class_but_work_has_a_term_and_none_outlives_what_it_is_made_of(cls):
    length = term(Retention(settled=90_000, unread=90_000), cls)
    assert (length is None) is (cls is RetentionClass.WORK)
    if cls in {RetentionClass.SETTLED, RetentionClass.UNREAD}:
        assert length == timedelta(hours=Retention().api)


def test_nothing_is_due_before_its_hour(store, two_nights):
    clock = ends(FIRST) + timedelta(hours=48)
    assert due_at(store, clock - timedelta(seconds=1)) == ()
    assert {item.cls for item in due_at(store, clock)} == {"api", "settled", "unread"}


def test_a_class_is_due_in_every_revision_and_in_landing(store, two_nights):
    one, _ = two_nights
    found = due_at(store, ends(FIRST) + timedelta(hours=48))
    api = [item.path for item in found if item.cls is RetentionClass.API]
    assert [path.rpartition("/")[0] for path in api] == [
        "individual/revisions/night=2026-11-22/0001",
        "individual/revisions/night=2026-11-22/0002",
        "landing/content/api",
    ]
    assert one in api[2]
    assert [item.path for item in found] == sorted(item.path for item in found)


def test_a_manifest_that_drew_in_an_earlier_input_goes_with_that_input(store, two_nights):
    found = due_at(store, ends(FIRST) + timedelta(hours=48))
    settled = {item.night for item in found if item.cls is RetentionClass.SETTLED}
    assert settled == {FIRST, SECOND}


def test_an_input_that_no_night_published_has_the_shortest_term_from_its_writing(store):
    input_id = write_incoming(store, b"never read")
    assert due_at(store, datetime.now(UTC)) == ()
    found = due_at(store, datetime.now(UTC) + timedelta(hours=49))
    assert [(item.path, item.cls) for item in found] == [(f"landing/incoming/{input_id}", "unread")]


def test_what_a_dead_run_left_unnamed_has_the_shortest_term(store, two_nights):
    half = store.root / "individual" / "revisions" / "night=2026-11-25" / ".part-0001" / "travellers.parquet"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    loose = store.root / "landing" / "content" / "api" / ("a" * 64 + "-0.bin")
    loose.write_bytes(b"loose")
    for path in (half, loose):
        os.utime(path, (ends(FIRST).timestamp(), ends(FIRST).timestamp()))
    now = ends(FIRST) + timedelta(hours=48)
    assert half.name not in {
        item.path.rpartition("/")[2] for item in due_at(store, now) if item.table is None
    }
    os.utime(
        half.parent, (ends(FIRST).timestamp(), ends(FIRST).timestamp())
    )  # else it could be one being published
    items = due_at(store, now)
    left = {half.relative_to(store.root).as_posix(), loose.relative_to(store.root).as_posix()}
    assert left <= {item.path for item in items}
    purge(store, items, actor="robot", at=AT)
    assert not half.exists()
    assert not loose.exists()


def test_a_purge_removes_what_is_due_and_keeps_the_proof(store, two_nights):
    one, two = two_nights
    items = due_at(store, AT)
    (proof,) = purge(store, items, actor="robot", at=AT)
    assert proof.files == items
    assert not [item.path for item in items if (store.root / item.path).exists()]
    assert due_at(store, AT) == ()
    assert read_current(store, FIRST, TRAVELLERS).num_rows == 0
    assert read_current(store, FIRST, STATEMENT_DOCUMENTS).num_rows == 1
    assert read_current(store, FIRST, INPUTS)["input_id"].to_pylist() == [one]
    assert (current(store, FIRST).revision, current(store, FIRST).frozen) == (3, "f1")
    assert [verify_night(store, night) for night in (FIRST, SECOND)] == [[], []]
    assert {piece.cls for piece in missing(store, one)} == {"api", "unread"}
    assert read_back(store, two) == b"apipnr?2"
    with pytest.raises(StoreError, match="gone at the end of their term"):
        read_back(store, one)
    assert proofs(store) == (proof,)
    line = json.loads((store.root / "audit" / "audit-2026.jsonl").read_bytes().splitlines()[-1])
    assert (line["act"], line["actor"], line["objects"]) == (
        "retention.purge",
        "robot",
        [proof.proof_id, f"files:{len(items)}"],
    )


def test_nothing_due_is_no_act(store, two_nights):
    assert purge(store, (), actor="robot") == ()
    assert verify(store).records == 0


POINTS = [
    "retention.after_intent",
    "retention.before_removal:1",
    "retention.before_removal:2",
    "retention.before_proof",
    "revisions.before_current",
    "revisions.after_current",
]


@pytest.mark.parametrize("point", POINTS)
def test_a_purge_killed_anywhere_is_ended_by_the_next(store, two_nights, tree, point):
    items = due_at(store, AT)
    assert dies_at(point, lambda: purge(store, items, actor="robot", at=AT)) == -signal.SIGKILL
    assert [verify_night(store, night) for night in (FIRST, SECOND)] == [[], []]

    (proof,) = purge(store, (), actor="robot", at=AT)
    mend_links(store)
    assert proof.files == items
    assert due_at(store, AT) == ()
    left = tree(store.root)
    assert not [item.path for item in items if item.path in left]
    assert current(store, FIRST).revision == 3
    assert verify(store).holds
    assert [name for name in left if name.endswith(".begun")] == []
    assert (store.root / Zone.AUDIT / "purges" / f"{proof.proof_id}.json").exists()


def test_a_damaged_list_of_a_purge_removes_nothing(store, two_nights, tree):
    folder = store.root / "audit" / "purges"
    folder.mkdir(parents=True)
    (store.root / "audit").chmod(0o700)
    (folder / "x.begun").write_bytes(b'[{"path": "../../etc/passwd"}]')
    before = tree(store.root)
    with pytest.raises(StoreError):
        purge(store, (), actor="robot", at=AT)
    assert {k: v for k, v in tree(store.root).items() if not k.startswith("audit/")} == {
        k: v for k, v in before.items() if not k.startswith("audit/")
    }
