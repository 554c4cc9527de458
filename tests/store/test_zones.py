"""A stage opens what it declares; nobody else opens anything."""

import os

import pytest

from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError


def test_a_stage_reaches_only_the_zones_that_it_declares(store):
    opener = open_zones(store, {Zone.AGGREGATE})
    assert opener.path(Zone.AGGREGATE, "a", "b.parquet") == store.root / "aggregate" / "a" / "b.parquet"
    with pytest.raises(StoreError, match="individual"):
        opener.path(Zone.INDIVIDUAL)
    with pytest.raises(StoreError, match="not declared"):
        store.path(Zone.INDIVIDUAL, declared={Zone.AGGREGATE})
    assert sorted(path.name for path in store.root.iterdir()) == ["FORMAT.json", "aggregate", "nights"]


@pytest.mark.parametrize(
    "parts", [("..", "individual"), ("/etc",), ("a/../../individual",), ("",), ("a\0b",)], ids=repr
)
def test_no_path_leads_out_of_its_zone(store, parts):
    with pytest.raises(StoreError, match="leads out"):
        open_zones(store, {Zone.AGGREGATE}).path(Zone.AGGREGATE, *parts)


def test_folders_are_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        store = Store(tmp_path / "deep" / "store")
        open_zones(store, set(Zone))
        folders = [store.root, store.nights_folder, *(store.root / zone for zone in Zone)]
        assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701, 0o702, 0o720])
@pytest.mark.parametrize("part", ["", "analyst"], ids=["root", "zone"])
def test_a_folder_open_to_others_is_refused_with_the_command_that_mends_it(store, part, mode):
    open_zones(store, {Zone.ANALYST})
    folder = store.root / part if part else store.root
    folder.chmod(mode)
    with pytest.raises(StoreError, match=f"{mode:04o}") as caught:
        open_zones(store, {Zone.ANALYST})
    assert caught.value.remedy == f"chmod 700 {folder}"
    folder.chmod(0o700)
    open_zones(store, {Zone.ANALYST})


def test_a_group_may_be_given_the_right_to_read(store):
    open_zones(store, {Zone.ANALYST})
    (store.root / "analyst").chmod(0o750)
    open_zones(store, {Zone.ANALYST})


def test_a_store_of_another_user_is_refused(store, monkeypatch):
    open_zones(store, {Zone.ANALYST})
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(StoreError, match="runs as user 4711") as caught:
        open_zones(store, {Zone.ANALYST})
    assert "chown -R 4711" in caught.value.remedy


def test_a_file_in_the_place_of_the_store_is_told(tmp_path):
    (tmp_path / "store").write_bytes(b"")
    with pytest.raises(StoreError, match="a file stands where"):
        open_zones(Store(tmp_path / "store"), {Zone.ANALYST})
