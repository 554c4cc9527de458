"""Bytes are kept by class, come back whole, and say which of them are gone."""

import hashlib
import os
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.store.keeping import Settling, settle_landing
from screening.store.landing import (
    incoming,
    landed,
    missing,
    read_back,
    release_incoming,
    settled,
    sweep_landing,
    take_incoming,
    write_incoming,
)
from screening.tables.codes import RetentionClass
from screening.tables.errors import StoreError

API, PNR, UNREAD = RetentionClass.API, RetentionClass.PNR, RetentionClass.UNREAD
DATA = b"UNB+api'UNZ'" + b"UNB+pnr+secret'UNZ'" + b"??" + b"UNB+api2'UNZ'"
BLANKED = DATA.replace(b"secret", b"      ")
PIECES = [(0, 12, API), (12, 19, PNR), (31, 2, UNREAD), (33, 13, API)]


def settle(store, input_id, pieces=PIECES, data=BLANKED):
    """Settle an input whose night is then published."""
    kept = settle_landing(store, input_id, pieces, data)
    release_incoming(store, [input_id])
    return kept


@pytest.fixture
def input_id(store):
    return write_incoming(store, DATA)


def test_bytes_as_received_are_kept_until_they_are_settled(store, input_id):
    assert input_id == hashlib.sha256(DATA).hexdigest()
    assert write_incoming(store, DATA) == input_id
    assert (incoming(store), settled(store), landed(store, input_id)) == ([input_id], [], None)
    assert read_back(store, input_id) == DATA
    assert missing(store, input_id) == ()


def test_settled_bytes_lie_by_class_blanked_and_come_back_whole(store, input_id):
    kept = settle_landing(store, input_id, PIECES, BLANKED)
    assert kept == landed(store, input_id)
    assert kept.stored_sha256 == hashlib.sha256(BLANKED).hexdigest()
    assert {item.cls: (store.root / item.path).read_bytes() for item in kept.contents} == {
        API: BLANKED[:12] + BLANKED[33:],
        PNR: BLANKED[12:31],
        UNREAD: b"??",
    }
    assert read_back(store, input_id) == DATA  # a run taken up again reads what it read before
    assert release_incoming(store, [input_id, "0" * 64]) == 1
    assert read_back(store, input_id) == BLANKED
    assert (incoming(store), settled(store)) == ([], [input_id])
    assert all(b"secret" not in path.read_bytes() for path in store.root.rglob("*") if path.is_file())


def test_an_input_received_again_is_not_kept_twice(store, input_id):
    settle(store, input_id)
    assert write_incoming(store, DATA) == input_id
    assert incoming(store) == []


def test_settling_again_otherwise_leaves_no_file_of_before(store, input_id, tree):
    settle_landing(store, input_id, [(0, len(DATA), UNREAD)], DATA)
    settle(store, input_id)
    files = [name for name in tree(store.root) if name.startswith("landing/content")]
    assert len(files) == 3
    before = tree(store.root)
    settle_landing(store, input_id, list(reversed(PIECES)), BLANKED)
    assert tree(store.root) == before


def test_a_class_that_is_gone_is_named_with_its_pieces(store, input_id):
    kept = settle(store, input_id)
    (store.root / kept.contents[0].path).unlink()
    assert [(piece.offset, piece.length, piece.cls) for piece in missing(store, input_id)] == [
        PIECES[0],
        PIECES[3],
    ]
    with pytest.raises(StoreError, match=r"25 bytes of this input are gone .* \(api\)"):
        read_back(store, input_id)


def test_an_input_sent_again_after_its_term_is_taken_in_anew(store, input_id):
    kept = settle(store, input_id)
    (store.root / kept.contents[0].path).unlink()
    assert write_incoming(store, DATA) == input_id
    assert sweep_landing(store) == 0
    assert read_back(store, input_id) == DATA
    settle(store, input_id)
    assert read_back(store, input_id) == BLANKED


@pytest.mark.parametrize(
    ("pieces", "data"),
    [
        pytest.param(PIECES[1:], BLANKED, id="a gap at the start"),
        pytest.param(PIECES[:-1], BLANKED, id="a gap at the end"),
        pytest.param([*PIECES, (40, 3, PNR)], BLANKED, id="an overlap"),
        pytest.param([*PIECES, (46, 0, PNR)], BLANKED, id="an empty piece"),
        pytest.param([*PIECES, (46, 1, PNR)], BLANKED, id="beyond the end"),
    ],
)
def test_pieces_that_do_not_cover_the_input_are_refused_and_nothing_is_lost(store, input_id, pieces, data):
    with pytest.raises(StoreError, match="do not cover"):
        settle_landing(store, input_id, pieces, data)
    assert read_back(store, input_id) == DATA


def test_an_empty_input_has_no_piece(store):
    empty = write_incoming(store, b"")
    settle(store, empty, [], b"")
    assert read_back(store, empty) == b""


def test_damage_and_unknown_inputs_are_told(store, input_id):
    with pytest.raises(StoreError, match="not known"):
        read_back(store, "0" * 64)
    with pytest.raises(StoreError, match="no id"):
        read_back(store, "../../etc/passwd")
    path = store.root / "landing" / "incoming" / input_id
    path.write_bytes(DATA + b"x")
    with pytest.raises(StoreError, match="changed or damaged"):
        read_back(store, input_id)
    path.write_bytes(DATA)
    kept = settle(store, input_id)
    (store.root / kept.contents[1].path).write_bytes(b"x" * 19)
    with pytest.raises(StoreError, match="changed or damaged"):
        read_back(store, input_id)
    settle(store, input_id)
    assert read_back(store, input_id) == BLANKED
    (store.root / "landing" / "inputs" / f"{input_id}.json").write_bytes(b"{}")
    with pytest.raises(StoreError, match="list of an input's pieces"):
        read_back(store, input_id)


def test_what_dead_runs_left_is_swept(store, input_id):
    settle(store, input_id)
    (store.root / "landing" / "incoming" / input_id).write_bytes(DATA)
    half = store.root / "landing" / "content" / "api" / ".x.tmp"
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    assert sweep_landing(store, keep=[input_id]) == 1
    assert sweep_landing(store) == 1
    assert read_back(store, input_id) == BLANKED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.tuples(st.binary(min_size=1, max_size=30), st.sampled_from([API, PNR, UNREAD])), max_size=12
    )
)
def test_any_tiling_comes_back_as_it_was(store, parts):
    data = b"".join(part for part, _ in parts)
    pieces, at = [], 0
    for part, cls in parts:
        pieces.append((at, len(part), cls))
        at += len(part)
    input_id = write_incoming(store, data)
    kept = settle(store, input_id, pieces, data)
    assert read_back(store, input_id) == data
    assert sum(item.bytes for item in kept.contents) == len(data)


def test_stretches_of_any_length_are_kept_as_the_whole_is(store, input_id):
    kept = settle_landing(store, input_id, PIECES, BLANKED)
    with closing(Settling(store, input_id, len(DATA))) as settling:
        for offset, length, cls in PIECES:
            for place in range(offset, offset + length, 5):
                settling.add(cls, BLANKED[place : min(place + 5, offset + length)])
        assert settling.keep() == kept


def test_neighbours_of_one_class_are_one_piece(store):
    input_id = write_incoming(store, b"abcdef")
    kept = settle_landing(store, input_id, [(0, 2, API), (2, 2, API), (4, 2, PNR)], b"abcdef")
    assert [(piece.offset, piece.length, piece.cls) for piece in kept.pieces] == [(0, 4, API), (4, 2, PNR)]


def test_what_is_given_up_half_way_leaves_nothing(store, input_id):
    with closing(Settling(store, input_id, len(DATA))) as settling:
        settling.add(API, b"UNB")
    assert list((store.root / "landing" / "content" / "api").iterdir()) == []
    assert landed(store, input_id) is None


def test_what_is_shorter_than_the_input_is_refused(store, input_id):
    with closing(Settling(store, input_id, len(DATA))) as settling:
        settling.add(API, b"UNB")
        with pytest.raises(StoreError, match="do not cover"):
            settling.keep()
    assert landed(store, input_id) is None


def test_a_file_is_taken_in_as_its_bytes_are(store, tmp_path):
    (tmp_path / "in").write_bytes(DATA * 100_000)
    input_id = hashlib.sha256(DATA * 100_000).hexdigest()
    for _ in range(2):
        with (tmp_path / "in").open("rb") as stream:
            assert take_incoming(store, stream, expected=input_id)
    assert input_id == write_incoming(store, DATA * 100_000)
    assert incoming(store) == [input_id]
    assert [path.name for path in (store.root / "landing" / "incoming").iterdir()] == [input_id]


def test_a_file_that_changed_since_it_was_looked_at_is_not_taken_in(store, tmp_path):
    (tmp_path / "in").write_bytes(DATA)
    with (tmp_path / "in").open("rb") as stream:
        assert not take_incoming(store, stream, expected="0" * 64)
    assert list((store.root / "landing" / "incoming").iterdir()) == []
