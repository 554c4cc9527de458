"""Requests are tried again, and a lost answer is no lost act."""

import hashlib
import os
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from screening.profile.model import Retention
from screening.protection.zone_terms import clear_machine
from screening.store import objects
from screening.store.current_json import current, revision
from screening.store.files import read_json, write_bytes
from screening.store.kept_indexes import kept_or_built
from screening.store.object_path import store_path
from screening.store.objects import copy, delete, delete_below, get, head, put, put_if, put_new
from screening.store.published import verify_night
from screening.store.revisions import publish, rewrite
from screening.store.zones import Store, beside
from screening.tables.codes import RetentionClass, Zone
from screening.tables.errors import StoreError, UnreachableError
from screening.tables.individual import STATEMENT_DOCUMENTS


@pytest.fixture
def root(storage, tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "_PAUSES", (0.0, 0.01, 0.02))
    yield storage.store(tmp_path.name)
    storage.whole()


def test_of_eight_who_put_at_once_one_succeeds(root):
    for number in range(3):
        path = root / f"{number}.json"
        before = put(path, b"0") if number else None
        tags = []

        def race(who, path=path, before=before, tags=tags):
            data = b"%d" % who
            tags.append(put_if(path, data, before) if before else put_new(path, data))

        threads = [threading.Thread(target=race, args=(who,)) for who in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [tag for tag in tags if tag is not None]
        assert won == [head(path).tag]
        assert get(path)[0] != b"0"


ACTS = {
    "put": ("PUT", lambda path: put(path, b"new"), b"new"),
    "put_new": ("PUT", lambda path: put_new(path.with_name("fresh.json"), b"new"), b"old"),
    "put_if": ("PUT", lambda path: put_if(path, b"new", head(path).tag), b"new"),
    "get": ("GET", lambda path: get(path)[0] == b"old", b"old"),
    "head": ("HEAD", head, b"old"),
    "copy": ("COPY", lambda path: copy(path, path.with_name("copy.json")) or True, b"old"),
    "delete": ("POST", lambda path: delete(path) or True, None),
    "delete_below": ("POST", lambda path: delete_below(path.parent) or True, None),
    "list": ("LIST", lambda path: [path] == list(path.parent.glob("*")), b"old"),
}


@pytest.mark.parametrize(
    ("act", "how"),
    [
        (act, how)
        for act, (method, *_) in ACTS.items()
        for how in ("503", "lost", "refused", "slow", "cut")
        if how != "cut" or method in {"GET", "LIST"}  # the others have no bytes to cut
    ],
)
def test_a_fault_that_passes_changes_nothing_of_what_comes_out(root, storage, act, how):
    method, do, after = ACTS[act]
    path = root / "folder" / "x.json"
    put(path, b"old")
    storage.fail(how, method, "", times=1)
    assert do(path)
    assert storage.whole()
    assert (get(path)[0] if head(path) else None) == after
    fresh = path.with_name("fresh.json")
    assert (get(fresh)[0] if head(fresh) else None) == (b"new" if act == "put_new" else None)


def test_an_answer_lost_is_told_from_a_race_lost(root, storage):
    path = root / "x.json"
    storage.fail("lost", "PUT", "x.json")
    assert put_new(path, b"mine") == head(path).tag
    storage.fail("503", "PUT", "x.json")
    assert put_new(path, b"theirs too late") is None
    storage.fail("503", "PUT", "x.json")
    assert put_if(path, b"another", "0" * 32) is None
    assert get(path)[0] == b"mine"
    assert put_new(path, b"mine") is None, "the first try was certain"
    assert put_if(path.with_name("gone.json"), b"x", head(path).tag) is None


@pytest.mark.parametrize(
    ("how", "key", "what"),
    [
        ("503", "x.json", "does not answer"),
        ("503", "nothing", "no such bucket"),
        ("refused", "x.json", "answer"),
    ],
)
def test_a_fault_that_stays_is_told_in_four_parts_and_nothing_is_concluded(root, storage, how, key, what):
    path = root / "x.json" if key != "nothing" else store_path("s3://nobodys/x.json")
    storage.fail(how, "PUT", key, times=9)
    storage.fail(how, "HEAD", key, times=9)
    storage.fail(how, "LIST", key, times=9)
    storage.fail(how, "GET", key, times=9)
    with pytest.raises(UnreachableError, match=what) as told:
        put(path, b"x")
    assert "AWS_ENDPOINT_URL" in told.value.remedy
    assert not isinstance(told.value, StoreError), "whoever mends damaged files must not take it for one"
    with pytest.raises(UnreachableError):
        (path / "folder").exists()
    with pytest.raises(UnreachableError):
        list(path.iterdir())
    if key != "nothing":
        with pytest.raises(UnreachableError):
            read_json(path)


def test_large_objects_come_and_go_in_parts(root, monkeypatch, tmp_path):
    monkeypatch.setattr(objects, "_WHOLE", 5 << 20)
    monkeypatch.setattr(objects, "_PART", 5 << 20)
    data = os.urandom(6 << 20)
    (tmp_path / "x").write_bytes(data)
    with (tmp_path / "x").open("rb") as stream:
        put(root / "x.bin", stream)
    with (root / "x.bin").open("rb") as stream:
        assert hashlib.file_digest(stream, "sha256").digest() == hashlib.sha256(data).digest()
        assert os.fstat(stream.fileno()).st_size == len(data)


def test_a_forked_process_is_refused_instead_of_waiting_for_ever(root):
    put(root / "x.json", b"1")
    child = os.fork()
    if not child:
        try:
            get(root / "x.json")
        except StoreError as refused:
            os._exit(7 if "forked" in refused.what else 1)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_who_lost_the_race_publishes_nothing_and_says_so(root, night, whole_night, documents):
    store = Store(root)
    first = publish(store, night, "f", whole_night())
    commit = root / "nights" / "2026-11-23" / "CURRENT.json"

    def meanwhile(_):
        put(commit, commit.read_bytes() + b" ")  # as one whose lease was lost
        return {(STATEMENT_DOCUMENTS.name, RetentionClass.API): documents(1)}

    with pytest.raises(StoreError, match="in the meantime"):
        rewrite(store, night, meanwhile)
    assert current(store, night) == first
    assert publish(store, night, "g", whole_night(change=1)).revision == 2


def test_a_kill_after_the_commit_point_leaves_a_record_to_be_written_by_the_next(root, night, whole_night):
    store = Store(root)
    first = publish(store, night, "f", whole_night())
    record = root / "nights" / "2026-11-23" / "revisions" / "0001.json"
    delete(record)
    assert revision(store, night, 1) == first
    assert publish(store, night, "g", whole_night()).revision == 2
    assert record.exists()
    assert verify_night(store, night) == []


def test_what_must_be_mapped_lies_on_this_machine_and_as_private(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = beside(Store(root), Zone.ALERTS)
    assert folder.parts[:-2] == (tmp_path / "store-local").parts
    monkeypatch.setenv("SCREENING_LOCAL", str(tmp_path / "own"))
    folder = beside(Store(root), Zone.ALERTS)
    assert folder.is_relative_to(tmp_path / "own")
    assert folder != beside(Store(root / "other"), Zone.ALERTS)
    write_bytes(folder / "x", b"1")
    assert beside(Store(root), Zone.ALERTS) == folder
    folder.chmod(0o755)
    with pytest.raises(StoreError, match="open to others"):
        beside(Store(root), Zone.ALERTS)
    assert beside(Store(tmp_path), Zone.ALERTS) == tmp_path / "alerts"


def test_an_index_of_lists_that_have_ended_leaves_this_machine_with_a_purge(root, tmp_path, monkeypatch):
    monkeypatch.setenv("SCREENING_LOCAL", str(tmp_path / "own"))
    store, now = Store(root), datetime.now(UTC)
    write_bytes(root / "alerts" / "inform" / "version=there" / "version.json", b"{}")
    for name in ("there", "gone"):
        kept_or_built(store, name, {"lists": {"inform": name}}, lambda: ({}, [np.arange(3)]))
    lines = beside(store, Zone.ALERTS) / "_exchange" / "arriving" / "own.jsonl"
    write_bytes(lines, b"of a killed act")
    pinned, terms = {("inform", "there")}, Retention(unread=24)
    for hours, left in ((0, ["own.jsonl", "there.index"]), (25, ["there.index"]), (49, [])):
        clear_machine(store, terms, pinned=pinned, lists=[], now=now + timedelta(hours=hours, seconds=1))
        found = sorted(
            path.name for path in (tmp_path / "own").rglob("*.*") if path.suffix in {".index", ".jsonl"}
        )
        assert found == left
