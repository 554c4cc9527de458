"""Inputs are kept while the next ones are read: all of them at the end, or the fault is told."""

import pytest

from screening.store.keeping import KeptBehind, Settling
from screening.store.landing import landed, read_back, release_incoming, write_incoming
from screening.tables.codes import RetentionClass
from screening.tables.errors import StoreError

TEXTS = [f"UNB+{number}'".encode() for number in range(40)]


@pytest.fixture
def begun(store):
    """Inputs whose bytes were added and are not kept yet; of one that is to fail too few."""

    def begin(text: bytes, missing: int = 0) -> Settling:
        settling = Settling(store, write_incoming(store, text), len(text) + missing)
        settling.add(RetentionClass.API, text)
        return settling

    return begin


@pytest.mark.parametrize("at_once", [0, 1, 4])
def test_on_leaving_the_block_every_input_is_kept(store, begun, at_once):
    with KeptBehind(at_once) as keeping:
        for text in TEXTS:
            keeping.keep(begun(text))
    ids = [write_incoming(store, text) for text in TEXTS]
    assert release_incoming(store, ids) == len(TEXTS)
    assert [read_back(store, found) for found in ids] == TEXTS
    assert not list((store.root / "landing" / "content" / "api").glob(".*"))


def keep_two(begun, then=None):
    with KeptBehind(4) as keeping:
        keeping.keep(begun(TEXTS[0], missing=1))
        keeping.keep(begun(TEXTS[1]))
        if then is not None:
            raise then


def test_a_fault_is_told_at_the_latest_on_leaving_and_the_others_are_kept(store, begun):
    with pytest.raises(StoreError, match="do not cover"):
        keep_two(begun)
    first, second = (write_incoming(store, text) for text in TEXTS[:2])
    assert landed(store, first) is None
    assert landed(store, second) is not None
    assert len(list((store.root / "landing" / "content" / "api").iterdir())) == 1


def test_where_none_may_wait_a_fault_is_told_of_its_own_input(begun):
    with KeptBehind(0) as keeping:
        keeping.keep(begun(TEXTS[0]))
        with pytest.raises(StoreError, match="do not cover"):
            keeping.keep(begun(TEXTS[1], missing=1))
        keeping.keep(begun(TEXTS[2]))


def test_what_ends_the_block_is_told_and_not_what_waited(store, begun):
    with pytest.raises(KeyError):
        keep_two(begun, then=KeyError())
    assert landed(store, write_incoming(store, TEXTS[1])) is not None
