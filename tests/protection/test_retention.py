"""Each class goes at its own time, from every revision and from landing, with a proof; a kill changes nothing."""

import hashlib
import json
import os
import signal
from datetime import UTC, date, datetime, timedelta

import pytest

from screening.night.purge import due_now, purge_now
from screening.night.settings import Settings
from screening.profile.model import Agency, Profile, Retention, Schedule
from screening.protection.audit import verify
from screening.protection.retention import due, first_nights, night_end, proofs, purge, term
from screening.protection.rewriting import rewriting_proofs
from screening.store.current_json import current
from screening.store.current_links import mend_links
from screening.store.files import write_bytes
from screening.store.keeping import settle_landing
from screening.store.landing import missing, read_back, release_incoming, write_incoming
from screening.store.published import read_current, verify_night
from screening.store.zones import open_zones
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


def settings(store):
    profile = Profile(agency=Agency(time_zone="Europe/Berlin"), retention=TERMS)
    return Settings(store=store, inbox=store.root / "inbox", profile=profile, profile_folder=store.root)


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


@pytest.mark.parametrize(
    ("cls", "hours"),
    [
        ("api", 11), ("pnr", 12), ("settled", 11), ("unread", 11), ("hit", 15), ("list", 16), ("aggregate", 17),
        ("record", 18), ("audit", 19), ("model", 20),
    ],
)  # fmt: skip
def test_each_class_has_the_term_of_the_profile(cls, hours):
    terms = Retention(
        api=11, pnr=12, settled=13, unread=14, hit=15, list=16, aggregate=17, record=18, audit=19, model=20
    )
    assert term(terms, RetentionClass(cls)) == timedelta(hours=hours)


def test_what_is_made_of_both_goes_with_the_shorter_term_or_sooner():
    shorter = Retention(api=30, pnr=20, settled=7, unread=9)
    assert term(shorter, RetentionClass.SETTLED) == timedelta(hours=7)
    assert term(shorter, RetentionClass.UNREAD) == timedelta(hours=9)
    longer = Retention(api=30, pnr=20, settled=25, unread=25)
    assert term(longer, RetentionClass.SETTLED) == term(longer, RetentionClass.UNREAD) == timedelta(hours=20)


def test_nothing_is_due_before_its_hour(store, two_nights):
    clock = ends(FIRST) + timedelta(hours=48)
    assert due_now(settings(store), clock - timedelta(seconds=1)) == ()
    assert {item.cls for item in due_now(settings(store), clock)} == {"api", "unread"}


def test_a_class_is_due_as_rows_of_its_night_and_as_bytes_in_landing(store, two_nights):
    one, _ = two_nights
    found = due_now(settings(store), ends(FIRST) + timedelta(hours=48))
    api = [item.path for item in found if item.cls is RetentionClass.API]
    assert [path.rpartition("/")[0] for path in sorted(api)] == [
        "individual/revisions/night=2026-11-22/0002",
        "landing/content/api",
    ]
    assert one in max(api)


def test_a_manifest_that_drew_in_an_earlier_input_is_settled_anew_with_that_input(store, two_nights):
    purge_now(settings(store), ends(FIRST) + timedelta(hours=48), "robot")
    assert read_current(store, SECOND, TRAVELLERS).num_rows == 0
    assert read_current(store, SECOND, STATEMENT_DOCUMENTS).num_rows == 2


def test_an_input_that_no_night_published_has_the_shortest_term_from_its_writing(store):
    input_id = write_incoming(store, b"never read")
    assert due_at(store, datetime.now(UTC)) == ()
    found = due_at(store, datetime.now(UTC) + timedelta(hours=49))
    assert [(item.path, item.cls) for item in found] == [(f"landing/incoming/{input_id}", "unread")]


def test_a_settled_input_that_no_night_published_is_kept_from_its_writing(store):
    input_id = write_incoming(store, b"apipnr?1")
    settle_landing(store, input_id, [(0, 3, RetentionClass.API), (3, 5, RetentionClass.PNR)], b"apipnr?1")
    release_incoming(store, [input_id])
    (api,) = (store.root / "landing" / "content" / "api").iterdir()
    os.utime(api, (AT.timestamp(), AT.timestamp()))
    clock = AT + timedelta(hours=48)
    assert due_at(store, clock - timedelta(seconds=1)) == ()
    (item,) = due_at(store, clock)
    assert (item.cls, item.due, item.night, item.table) == (RetentionClass.API, clock, None, None)
    assert (item.path, item.sha256) == (
        api.relative_to(store.root).as_posix(),
        hashlib.sha256(b"api").hexdigest(),
    )


def test_an_input_belongs_to_the_night_that_received_it_first(store, publish_night):
    publish_night(store, FIRST, ["a" * 64], ["a" * 64])
    publish_night(store, SECOND, ["a" * 64, "b" * 64], ["b" * 64])
    assert first_nights(store) == {"a" * 64: FIRST, "b" * 64: SECOND}


def test_a_manifest_of_unknown_inputs_has_the_clock_of_its_own_night(store, publish_night):
    publish_night(store, FIRST, ["a" * 64], ["c" * 64])
    clock = ends(FIRST) + timedelta(hours=48)
    assert due_now(settings(store), clock - timedelta(seconds=1)) == ()
    purge_now(settings(store), clock, "robot")
    assert read_current(store, FIRST, TRAVELLERS).num_rows == 0


@pytest.mark.parametrize(
    ("folder", "last"),
    [
        pytest.param("day=2026-11-23", date(2026, 11, 23), id="a service date"),
        pytest.param("month=2026-11", date(2026, 11, 30), id="a month, from its last day"),
        pytest.param("day=2028-02-29", date(2028, 2, 29), id="leap day"),
        pytest.param("month=2028-02", date(2028, 2, 29), id="a leap February"),
        pytest.param("month=2027-02", date(2027, 2, 28), id="a February"),
        pytest.param("month=2026-12", date(2026, 12, 31), id="the end of a year"),
        pytest.param("somebody's", None, id="a folder that somebody put beside them"),
    ],
)
def test_files_for_statisticians_have_the_term_of_aggregates(store, folder, last):
    place = open_zones(store, [Zone.AGGREGATE]).path(Zone.AGGREGATE, "reports", folder)
    write_bytes(place / "index.html", b"figures")
    if last is None:
        assert due_at(store, AT + timedelta(days=36_500)) == ()
        return
    clock = ends(last) + timedelta(hours=TERMS.aggregate)
    assert due_at(store, clock - timedelta(seconds=1)) == ()
    (item,) = due_at(store, clock)
    assert (item.cls, item.path) == (RetentionClass.AGGREGATE, f"aggregate/reports/{folder}/index.html")


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


def test_a_purge_removes_what_is_due_and_keeps_the_proof(store, two_nights, tree):
    one, two = two_nights
    before = tree(store.root)
    items = due_at(store, AT)
    done = purge_now(settings(store), AT, "robot")
    [files], [rows] = done.files, done.rows
    assert files.files == items
    left = tree(store.root)
    assert {path for path in before if path not in left and not path.startswith("aggregate")} == {
        *(item.path for item in items),
        *(f"individual/revisions/night=2026-11-22/000{n}/statement_documents.api.parquet" for n in (1, 2)),
        *(f"individual/revisions/night=2026-11-22/000{n}/travellers.parquet" for n in (1, 2)),
        "individual/revisions/night=2026-11-23/0001/travellers.parquet",
    }
    assert due_now(settings(store), AT) == ()
    assert read_current(store, FIRST, TRAVELLERS).num_rows == 0
    assert read_current(store, FIRST, STATEMENT_DOCUMENTS).num_rows == 1
    assert read_current(store, FIRST, INPUTS)["input_id"].to_pylist() == [one]
    assert (current(store, FIRST).revision, current(store, FIRST).frozen) == (3, "f1")
    assert [verify_night(store, night) for night in (FIRST, SECOND)] == [[], []]
    assert {piece.cls for piece in missing(store, one)} == {"api", "unread"}
    assert read_back(store, two) == b"apipnr?2"
    with pytest.raises(StoreError, match="gone at the end of their term"):
        read_back(store, one)
    assert proofs(store) == (files,)
    assert list(rewriting_proofs(store)) == [rows]
    lines = [
        json.loads(line)
        for line in (store.root / "audit" / "audit-2026.jsonl").read_bytes().splitlines()[-2:]
    ]
    assert [(line["act"], line["actor"]) for line in lines] == [
        ("retention.rows", "robot"),
        ("retention.purge", "robot"),
    ]
    assert lines[0]["objects"][-2:] == [current(store, night).seal for night in (FIRST, SECOND)]
    assert lines[1]["objects"] == [files.proof_id, f"files:{len(items)}"]


def test_a_proof_says_of_each_file_what_it_was_and_when_its_term_ended(store, two_nights):
    items = due_at(store, AT)
    (proof,) = purge(store, items, actor="robot", at=AT)
    data = (store.root / "audit" / "purges" / f"{proof.proof_id}.json").read_bytes()
    assert proof.proof_id == hashlib.sha256(data).hexdigest()
    rows = json.loads(data)
    assert rows == [item.row() for item in items]
    assert rows[0] == {
        "path": items[0].path,
        "sha256": items[0].sha256,
        "class": "api",
        "due": "2026-11-25T00:00:00+00:00",
        "night": None,
        "table": None,
    }
    (line,) = [
        row
        for row in map(json.loads, (store.root / "audit" / "audit-2026.jsonl").read_bytes().splitlines())
        if row["act"] == "retention.purge"
    ]
    assert (line["reason"], line["at"]) == ("end of term", "2026-11-25T12:00:00.000000Z")


def test_proofs_stand_in_the_order_of_their_ids_and_a_purge_not_ended_is_none(store, two_nights):
    items = due_at(store, AT)
    for item in items:
        purge(store, (item,), actor="robot", at=AT)
    ids = [proof.proof_id for proof in proofs(store)]
    assert len(ids) == len(items) == 2
    assert ids == sorted(ids)
    (store.root / "audit" / "purges" / "x.begun").write_bytes(b"[]")
    assert [proof.proof_id for proof in proofs(store)] == ids


def test_the_order_in_which_files_are_named_makes_no_other_proof(store, two_nights):
    items = due_at(store, AT)
    (proof,) = purge(store, items[::-1], actor="robot", at=AT)
    assert proof.files == items


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
    own = settings(store)
    assert dies_at(point, lambda: purge_now(own, AT, "robot")) == -signal.SIGKILL
    assert [verify_night(store, night) for night in (FIRST, SECOND)] == [[], []]

    done = purge_now(own, AT, "robot")
    mend_links(store)
    assert done.files[-1].files == items or not done.files
    assert due_now(own, AT) == ()
    left = tree(store.root)
    assert not [item.path for item in items if item.path in left]
    assert current(store, FIRST).revision == 3
    assert verify(store).holds
    assert [name for name in left if name.endswith(".begun")] == []
    [proof] = proofs(store)
    assert proof.files == items


def test_a_damaged_list_of_a_purge_removes_nothing(store, two_nights, tree):
    folder = store.root / "audit" / "purges"
    folder.mkdir(parents=True)
    (store.root / "audit").chmod(0o700)
    (folder / "x.begun").write_bytes(b'[{"path": "../../etc/passwd"}]')
    before = tree(store.root)
    with pytest.raises(StoreError, match="list of a purge is damaged") as caught:
        purge(store, (), actor="robot", at=AT)
    assert caught.value.where == str(folder / "x.begun")
    assert caught.value.effect == "nothing was removed"
    assert "start the purge again" in caught.value.remedy
    assert {k: v for k, v in tree(store.root).items() if not k.startswith("audit/")} == {
        k: v for k, v in before.items() if not k.startswith("audit/")
    }
