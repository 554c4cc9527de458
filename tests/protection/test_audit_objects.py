"""On object storage an act is an object of its own: writers race, die and lose answers, and the chain holds."""

import json
import shutil
import threading
from datetime import UTC, datetime, timedelta

import pytest

from screening.profile.model import Retention
from screening.protection.audit import append, head, mend, records, verify
from screening.protection.audit_records import Head, act_path
from screening.protection.audit_terms import forget_old_acts, old_acts_due
from screening.store import objects
from screening.store.objects import delete, put
from screening.store.zones import Store
from screening.tables.errors import StoreError

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OBJECT = "a" * 32


@pytest.fixture
def store(storage, tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "_PAUSES", (0.0, 0.01, 0.02))
    yield Store(storage.store(tmp_path.name))
    storage.whole()


@pytest.fixture
def folder(store):
    return store.root / "audit"


def record(store, count, at=AT):
    for number in range(count):
        append(store, "analyst7", "hit.decide", [f"{number:032x}"], "same person – seen", at)


def test_each_act_is_an_object_and_the_chain_is_that_of_a_folder(store, folder, tmp_path):
    assert (head(store), verify(store).holds) == (None, True)
    record(store, 3)
    beside = Store(tmp_path / "store")
    record(beside, 3)
    assert [path.name for path in sorted(folder.glob("audit-*"))] == [
        f"audit-{number:012d}.jsonl" for number in (1, 2, 3)
    ]
    lines = b"".join(path.read_bytes() for path in sorted(folder.glob("audit-*")))
    assert lines == (beside.root / "audit" / "audit-2026.jsonl").read_bytes()
    assert verify(store) == verify(beside)
    assert head(store) == head(beside) == verify(store).head
    assert not (folder / ".lock").exists()


def test_of_eight_who_write_at_once_each_act_is_there_once(store):
    threads = [
        threading.Thread(target=append, args=(store, f"analyst{who}", "hit.decide", [OBJECT]))
        for who in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verify(store).holds, verify(store).records) == (True, 8)
    assert {row["actor"] for row in records(store)} == {f"analyst{who}" for who in range(8)}
    assert head(store).seq == 8


@pytest.mark.parametrize("key", ["audit-000000000002", "head.json"])
@pytest.mark.parametrize("how", ["503", "lost"])
def test_an_answer_that_is_lost_records_an_act_once(store, storage, how, key):
    record(store, 1)
    storage.fail(how, "PUT", key)
    append(store, "ben", "hit.confirm", [OBJECT], at=AT)
    assert storage.whole()
    assert [row["act"] for row in records(store)] == ["hit.decide", "hit.confirm"]
    assert (verify(store).holds, head(store).seq) == (True, 2)


def test_writers_killed_between_record_and_head_leave_a_chain_that_goes_on(store, folder):
    record(store, 1)
    kept = (folder / "head.json").read_bytes()
    record(store, 2)
    put(folder / "head.json", kept)
    assert verify(store).holds
    record(store, 1)
    assert (verify(store).records, head(store).seq) == (4, 4)


def test_a_first_writer_killed_before_or_after_its_record_is_followed(store, folder):
    put(folder / "head.json", json.dumps({"seq": 0, "hash": "0" * 64}).encode())
    assert (verify(store).holds, head(store).seq) == (True, 0)
    kept = (folder / "head.json").read_bytes()
    record(store, 1)
    put(folder / "head.json", kept)
    assert mend(store, "officer1", "looked", AT) is None
    record(store, 1)
    assert (verify(store).holds, head(store).seq) == (True, 2)


DAMAGES = {
    "changed": (lambda folder: _change(act_path(folder, 3)), 3, "another"),
    "changed before the end": (lambda folder: _change(act_path(folder, 2)), 2, None),
    "removed": (lambda folder: delete(act_path(folder, 3)), 3, "missing"),
    "removed before the end": (lambda folder: delete(act_path(folder, 2)), 2, None),
    "head removed": (lambda folder: delete(folder / "head.json"), 4, "gone"),
    "head damaged": (lambda folder: put(folder / "head.json", b"{}"), 4, "damaged"),
    "put behind": (lambda folder: put(act_path(folder, 4), act_path(folder, 1).read_bytes()), 4, "missing"),
}


def _change(path):
    put(path, path.read_bytes().replace(b"seen", b"done"))


@pytest.fixture(scope="module")
def three(storage):
    """A chain of three acts, made once: names and bytes of its objects."""
    store = Store(storage.store("three"))
    record(store, 3)
    return {path.name: path.read_bytes() for path in (store.root / "audit").iterdir()}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_changed_is_found_and_nothing_is_written_behind_a_damaged_end(store, folder, three, damage):
    for name, data in three.items():
        put(folder / name, data)
    change, place, refusal = DAMAGES[damage]
    change(folder)
    assert (verify(store).holds, verify(store).broken) == (False, place)
    if refusal is not None:
        with pytest.raises(StoreError, match=r"chain|damaged"):
            record(store, 1)
    assert not verify(store, Head(3, "0" * 64)).holds


@pytest.mark.parametrize("gone", [["head.json"], ["audit-000000000002.jsonl", "audit-000000000003.jsonl"]])
def test_a_person_goes_on_where_the_end_was_lost_and_it_is_said(store, folder, gone):
    record(store, 3)
    for name in gone:
        delete(folder / name)
    assert mend(store, "officer1", "looked", AT).seq == verify(store).records
    assert (verify(store).holds, list(records(store))[-1]["act"]) == (True, "audit.mend")
    record(store, 1)
    assert verify(store).holds


def test_a_person_sets_a_damaged_end_aside_and_the_chain_goes_on(store, folder):
    record(store, 3)
    expected = head(store)
    _change(act_path(folder, 3))
    mended = mend(store, "officer1", "looked", AT)
    assert mended.seq == 3
    last = list(records(store))[-1]
    aside, kept = last["objects"]
    assert (last["act"], kept) == ("audit.mend", f"expected:3:{expected.hash}")
    assert b"done" in (folder / aside).read_bytes()
    assert mend(store, "officer1", "looked", AT) is None
    record(store, 1)
    assert (verify(store).holds, verify(store).repairs) == (True, 1)


def test_a_chain_moved_from_a_folder_and_back_goes_on(store, folder, tmp_path):
    before = Store(tmp_path / "store")
    record(before, 2)
    for path in (before.root / "audit").iterdir():
        put(folder / path.name, path.read_bytes())
    record(store, 2, AT + timedelta(days=400))
    assert (verify(store).holds, verify(store).records) == (True, 4)
    back = Store(tmp_path / "back")
    record(back, 1)
    shutil.rmtree(back.root / "audit")
    (back.root / "audit").mkdir(mode=0o700)
    for path in folder.glob("*"):
        if path.name != "audit-2026.jsonl":
            (back.root / "audit" / path.name).write_bytes(path.read_bytes())
    for number, line in enumerate((folder / "audit-2026.jsonl").read_bytes().splitlines(keepends=True), 1):
        (back.root / "audit" / f"audit-{number:012d}.jsonl").write_bytes(line)
    record(back, 2, AT + timedelta(days=400))
    assert (verify(back).holds, verify(back).records) == (True, 6)


def test_old_acts_go_by_whole_years_and_say_so(store, folder):
    terms = Retention(audit=24)
    for year in (2026, 2026, 2027, 2028):
        record(store, 1, datetime(year, 3, 1, tzinfo=UTC))
    late = datetime(2028, 6, 1, tzinfo=UTC)
    assert list(old_acts_due(store, terms, datetime(2026, 2, 1, tzinfo=UTC))) == []
    due = [one.path.rsplit("/")[-1] for one in old_acts_due(store, terms, late)]
    assert due == [f"audit-{number:012d}.jsonl" for number in (1, 2, 3)]
    gone = forget_old_acts(store, terms, actor="system", at=late)
    assert gone == due
    state = verify(store)
    assert (state.holds, state.records) == (True, 5)
    said = json.loads(act_path(folder, 5).read_bytes())["objects"]
    assert [text.split(":")[0] for text in said] == ["base", "file", "file"]
    assert said[1].startswith("file:audit-000000000001.jsonl..audit-000000000002.jsonl:")
    assert forget_old_acts(store, terms, actor="system", at=late) == []
