"""An address on object storage is a path, and is never taken for a file."""

import os
import pickle
import shutil
import sqlite3

import pytest

from screening.store.files import by_hand
from screening.store.object_path import ObjectPath, store_path
from screening.tables.errors import StoreError


def test_an_address_is_a_path_with_the_parts_of_one():
    root = store_path("s3://agency/a b//c/")
    path = root / "night=2026-11-23" / "x.json"
    assert str(path) == "s3://agency/a b/c/night=2026-11-23/x.json"
    assert (path.bucket, path.key) == ("agency", "a b/c/night=2026-11-23/x.json")
    assert path.relative_to(root).as_posix() == "night=2026-11-23/x.json"
    assert pickle.loads(pickle.dumps(path)) == path == store_path(str(path)) == path.resolve()
    assert (path.name, path.stem, path.parent.parent, path.with_suffix(".y").name) == (
        "x.json",
        "x",
        root,
        "x.y",
    )
    assert sorted([root / "b", root / "a"]) == [root / "a", root / "b"]
    assert not path.is_relative_to(store_path("/agency"))
    assert store_path("//agency").parts[0] == "//"
    assert not isinstance(store_path("//agency"), ObjectPath)


@pytest.mark.parametrize(
    "act",
    [
        open,
        os.stat,
        os.unlink,
        os.utime,
        shutil.rmtree,
        sqlite3.connect,
        lambda path: path.open("w"),
        lambda path: path.open("ab"),
        lambda path: path.write_text("x"),
        lambda path: path.write_bytes(b"x"),
        lambda path: path.touch(),
        lambda path: path.mkdir(),
        lambda path: path.rmdir(),
        lambda path: path.rename("x"),
        lambda path: path.hardlink_to("x"),
        lambda path: path.symlink_to("x"),
        lambda path: path.chmod(0o600),
    ],
)
def test_whatever_takes_it_for_a_file_is_refused_in_four_parts(act, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="object storage") as refused:
        act(store_path("s3://agency/x"))
    assert "SCREENING_STORE" in refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_person_is_told_the_command_for_where_the_file_lies(tmp_path):
    path = store_path("s3://agency/x")
    assert by_hand("rm -r", path) == "`aws s3 rm --recursive s3://agency/x`"
    assert by_hand("cp", path, path / "y") == "`aws s3 cp s3://agency/x s3://agency/x/y`"
    assert by_hand("rm -r", tmp_path) == f"`rm -r {tmp_path}`"
