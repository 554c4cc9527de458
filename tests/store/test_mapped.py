"""Bytes of large files: mapped, and in files without a name while they are unpacked."""

import hashlib
import mmap
from contextlib import closing

import pytest

from screening.messages.syntax.memory_map import forget, sha256_of
from screening.store import mapped as module
from screening.store.keeping import settle_landing
from screening.store.landing import nameless, open_back, write_incoming
from screening.store.mapped import Counted, Nameless, mapped
from screening.tables.codes import RetentionClass

DATA = bytes(range(256)) * 64


@pytest.fixture(params=[pytest.param(1 << 20, id="in memory"), pytest.param(1000, id="mapped")])
def limit(request, monkeypatch):
    monkeypatch.setattr(module, "MAPPED_FROM", request.param)
    return request.param


def test_a_file_gives_its_bytes_however_large(tmp_path, limit):
    (tmp_path / "in").write_bytes(DATA)
    (tmp_path / "empty").write_bytes(b"")
    with mapped(tmp_path / "in") as data:
        assert isinstance(data, bytes if limit > len(DATA) else mmap.mmap)
        assert (data[:], sha256_of(data)) == (DATA, hashlib.sha256(DATA).hexdigest())
        forget(data, len(data))
        assert data[10:20] == DATA[10:20], "pages given back are read again"
    with mapped(tmp_path / "empty") as data:
        assert data[:] == b""


def test_what_is_unpacked_has_no_name_and_is_gone_when_it_is_closed(tmp_path, limit):
    with closing(Nameless(tmp_path / "landing")) as room:
        for start in range(0, len(DATA), 100):
            room.write(DATA[start : start + 100])
        assert list((tmp_path / "landing").iterdir()) == []
        assert (room.size, room.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
        with room.data() as data:
            assert data[:] == DATA
    assert list((tmp_path / "landing").iterdir()) == []


def test_an_exception_on_its_way_is_not_hidden_by_a_search_that_it_holds(tmp_path, limit):
    (tmp_path / "in").write_bytes(DATA)
    held = []

    def search():
        with mapped(tmp_path / "in") as data:
            held.append(memoryview(data))
            raise LookupError

    with pytest.raises(LookupError):
        search()


def test_counted_bytes_are_hashed_and_dropped():
    room = Counted()
    room.write(DATA)
    room.write(DATA)
    room.close()
    assert (room.size, room.sha256) == (2 * len(DATA), hashlib.sha256(DATA * 2).hexdigest())


def test_an_input_of_several_classes_comes_back_whole_and_leaves_no_file(store, limit):
    input_id = write_incoming(store, DATA)
    half = len(DATA) // 2
    pieces = [(0, half, RetentionClass.API), (half, len(DATA) - half, RetentionClass.PNR)]
    kept = settle_landing(store, input_id, pieces, DATA)
    (store.root / "landing" / "incoming" / input_id).unlink()
    with open_back(store, input_id) as data:
        assert data[:] == DATA
    assert [(piece.offset, piece.length) for piece in kept.pieces] == [(0, half), (half, half)]
    assert list((store.root / "landing" / "incoming").iterdir()) == []
    nameless(store).close()
