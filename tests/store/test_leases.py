"""A lease is held by one; it ends with its process, or its term; who lost it writes nothing more."""

import json
import os
import time

import pytest

from screening.store import leases, objects
from screening.store.locks import exclusive, purging, undisturbed
from screening.store.objects import get, head, put
from screening.store.zones import Store
from screening.tables.errors import BusyError, StoreError


@pytest.fixture
def store(storage, tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "_PAUSES", (0.0, 0.01))
    yield Store(storage.store(tmp_path.name))
    storage.whole()


@pytest.fixture
def path(store):
    return store.root / "nights" / ".lock"


def _taken(path, wait=False):
    return exclusive(path, what="it", wait=wait)


def _holds(path, **said):
    """Somebody else holds it: another machine, unless told otherwise."""
    put(
        path,
        json.dumps({"pid": 1, "host": "elsewhere", "among": "elsewhere", "started": "now"} | said).encode(),
    )


def test_it_says_who_holds_it_and_is_free_afterwards(path):
    with _taken(path):
        said = json.loads(path.read_bytes())
        assert (said["pid"], set(said)) == (
            os.getpid(),
            {"pid", "host", "among", "clock", "started", "token", "beat"},
        )
    assert get(path)[0] == b"{}"


def test_that_of_a_process_which_ended_on_this_machine_is_taken_over_at_once(path):
    me = leases._me()
    for ended in ({"pid": 2**22 + 1}, {"clock": "0"}):
        _holds(path, **(me | ended))
        with _taken(path):
            pass
    _holds(path, **me)
    with pytest.raises(BusyError, match=f"process {os.getpid()} on"), _taken(path):
        pass


def test_that_of_another_machine_is_taken_over_after_its_term(path, monkeypatch):
    _holds(path)
    with pytest.raises(BusyError, match="process 1 on elsewhere"), _taken(path):
        pass
    monkeypatch.setattr(leases, "_TERM", -1.0)
    assert not leases.is_held(path)
    taken = leases._Lease(path, alone=True)
    assert leases._took(taken)
    assert taken.tag == head(path).tag


def test_what_nobody_of_ours_wrote_is_waited_for(path):
    put(path, b"not ours")
    with pytest.raises(BusyError), _taken(path):
        pass


def test_it_is_renewed_while_it_is_held(path, monkeypatch):
    monkeypatch.setattr(leases, "_BEAT", 0.01)
    with _taken(path):
        for _ in range(500):
            if json.loads(path.read_bytes())["beat"] > 2:
                break
            time.sleep(0.01)
        assert json.loads(path.read_bytes())["beat"] > 2
    assert get(path)[0] == b"{}"


def test_who_lost_it_writes_nothing_more(path, monkeypatch):
    other = path.with_name("x.json")
    monkeypatch.setattr(leases, "_BEAT", 0.01)
    theirs = []

    def goes_on():
        theirs.append(put(path, b'{"pid": 1, "among": "elsewhere"}'))
        for _ in range(500):
            put(other, b"1")
            time.sleep(0.01)

    with pytest.raises(StoreError, match="lost its lock") as lost, _taken(path):
        goes_on()
    assert "nothing more is written" in lost.value.effect
    assert [head(path).tag] == theirs, "what another holds is not given back"
    put(other, b"2")


def test_who_stood_still_for_a_term_has_lost_it(path, monkeypatch):

    def stands_still():
        monkeypatch.setattr(leases, "_now", lambda: time.clock_gettime(time.CLOCK_BOOTTIME) + 61)
        put(path.with_name("x.json"), b"1")

    with pytest.raises(StoreError, match="lost its lock"), _taken(path):
        stands_still()
    assert head(path.with_name("x.json")) is None


def test_a_renewal_that_fails_is_tried_again_by_the_next(path, storage, monkeypatch):
    monkeypatch.setattr(leases, "_BEAT", 0.01)
    with _taken(path):
        storage.fail("503", "PUT", r"\.lock\?", times=2)
        for _ in range(500):
            if json.loads(path.read_bytes())["beat"] > 2:
                break
            time.sleep(0.01)
        assert storage.whole()


def test_many_share_one_and_a_dead_one_holds_nobody_up(store, monkeypatch):
    retention = store.nights_folder / ".retention"
    with undisturbed(store), undisturbed(store):
        assert len([one for one in retention.iterdir() if not one.name.startswith(".")]) == 2
        with pytest.raises(BusyError), purging(store):
            pass
    assert list(retention.iterdir()) == []
    _holds(retention / "dead", **(leases._me() | {"clock": "0"}))
    with purging(store):
        pass
    _holds(retention / "far")
    with pytest.raises(BusyError), purging(store):
        pass


def test_who_shares_it_waits_for_one_who_holds_it_alone(store, monkeypatch):
    monkeypatch.setattr(leases, "_LONGEST_WAIT", 0.01)
    order = []
    retention = store.nights_folder / ".retention"
    answers = iter([True, True, False])
    monkeypatch.setattr(leases, "_held_alone", lambda path: order.append(path) or next(answers))
    with undisturbed(store):
        assert order == [retention] * 3
        assert len([one for one in retention.iterdir() if not one.name.startswith(".")]) == 1
