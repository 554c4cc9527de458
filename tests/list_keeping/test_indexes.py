"""The index of a list is built once for its version, mapped after that, and made again where it is damaged."""

import os
import resource
import signal
import time
from datetime import timedelta

import numpy as np
import pytest

from screening.list_keeping.indexes import kept_index
from screening.list_keeping.lists import import_list
from screening.list_keeping.traffic_models import lists_of
from screening.matching.kept import taken_apart
from screening.matching.model import load_model
from screening.store.kept_indexes import UNUSED, kept_or_built
from screening.store.zones import Store
from tests.list_keeping.test_lists import AT, POLICY, rows

HERE = {"code": "1", "lock": "a"}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def opened(store, tmp_path):
    """Import the list with these alerts and return its index as a night takes it."""

    def index(*numbers, machine=HERE):
        (tmp_path / "list.csv").write_text(rows(*numbers))
        brought = import_list(store, POLICY, "documents", tmp_path / "list.csv", actor="anna", at=AT)
        pinned = {POLICY.id: brought.version}
        return kept_index(
            store, pinned, lists_of(store, pinned)[0], load_model(), traffic=None, machine=machine
        )

    return index


def files(store):
    return sorted((store.root / "alerts" / "_index").glob("*.index"))


def bytes_of(index):
    description, arrays = taken_apart(index)
    return description, [each.tobytes() for each in arrays]


def test_it_is_built_once_and_every_list_version_has_its_own(store, opened):
    built = bytes_of(opened("AB12345", "AB12346"))
    (first,) = files(store)
    written = first.stat().st_ino
    assert bytes_of(opened("AB12345", "AB12346")) == built
    assert first.stat().st_ino == written
    assert bytes_of(opened("AB12345", "AB12346", "AB12347")) != built
    assert len(files(store)) == 2
    assert first.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("other", [{"code": "2", "lock": "a"}, {"code": "1", "lock": "b"}])
def test_one_that_other_code_or_packages_made_is_not_taken(store, opened, other):
    opened("AB12345", "AB12346")
    opened("AB12345", "AB12346", machine=other)
    assert len(files(store)) == 2


@pytest.mark.parametrize("damage", ["a bit turned", "cut off", "emptied", "its head alone"])
def test_a_damaged_one_is_made_again(store, opened, damage):
    built = bytes_of(opened("AB12345", "AB12346"))
    (path,) = files(store)
    whole = path.read_bytes()
    turned = whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :]
    path.write_bytes(
        {"a bit turned": turned, "cut off": whole[:-99], "emptied": b"", "its head alone": whole[:64]}[damage]
    )
    assert bytes_of(opened("AB12345", "AB12346")) == built
    assert path.read_bytes() == whole


def test_one_that_nobody_opens_goes_when_another_is_written(store, opened):
    opened("AB12345", "AB12346")
    (old,) = files(store)
    before = old.stat().st_mtime - (UNUSED + timedelta(hours=1)).total_seconds()
    os.utime(old, (before, before))
    opened("AB12345", "AB12346", "AB12347")
    assert not old.exists()
    assert len(files(store)) == 1


def test_where_the_disk_is_full_the_index_serves_its_process(store):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
    try:
        found = kept_or_built(store, "name", {}, lambda: ("description", [np.arange(10_000)]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert found[0] == "description"
    assert found[1][0].tolist() == list(range(10_000))
    assert [path.name for path in (store.root / "alerts" / "_index").iterdir()] == [".lock"]


def test_of_many_workers_that_begin_at_once_one_builds_and_a_killed_one_holds_nobody_up(store, tmp_path):
    """The first to build is killed within it; of the others, begun meanwhile, one builds and all map the same."""
    began, built = tmp_path / "began", tmp_path / "built"

    def worker(dies):
        def build():
            with built.open("a") as told:
                told.write(f"{os.getpid()}\n")
            if dies:
                os.kill(os.getpid(), signal.SIGSTOP)  # until the others wait for it, and it is killed
            return "description", [np.arange(10_000)]

        if child := os.fork():
            return child
        code = 1
        try:
            with began.open("a") as told:
                told.write("x")
            found = kept_or_built(store, "name", {}, build)
            code = int(found[1][0].tolist() != list(range(10_000)))
        finally:
            os._exit(code)

    first = worker(dies=True)
    os.waitpid(first, os.WUNTRACED)
    others = [worker(dies=False) for _ in range(4)]
    while not began.exists() or len(began.read_text()) < 5:
        time.sleep(0.005)
    assert len(files(store)) == 0
    os.kill(first, signal.SIGKILL)
    assert [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in (first, *others)] == [-9, 0, 0, 0, 0]
    assert len(built.read_text().splitlines()) == 2  # the one that was killed, and one for all the others
    assert len(files(store)) == 1
