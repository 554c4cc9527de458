"""Working tables are complete or absent, and go with their run."""

import os
import time
from datetime import date

import pyarrow as pa
import pytest

from screening.store.work import Work, sweep_dead
from screening.tables.errors import StoreError
from screening.tables.model import SchemaError


@pytest.fixture
def work(store, night):
    return Work(store, night, "run-1")


def test_what_a_stage_left_is_read_by_the_next(work, documents):
    plain = pa.table({"count": [1, 2]})
    work.write("read", "abc", {"statement_documents": documents(5), "scribbles": plain})
    assert work.read("read", "abc", "statement_documents").equals(documents(5))
    assert work.read("read", "abc", "scribbles").equals(plain)
    assert work.tables("read", "abc") == ("scribbles", "statement_documents")
    assert work.units("read") == ["abc"]
    assert work.units("settle") == []
    assert (work.folder / "read" / "abc.statement_documents.parquet").is_file()


def test_a_unit_without_its_list_is_not_there(work, documents):
    work.write("read", "abc", {"statement_documents": documents(5)})
    (work.folder / "read" / "abc.json").unlink()
    assert work.units("read") == []
    with pytest.raises(StoreError, match="has not left"):
        work.read("read", "abc", "statement_documents")


def test_a_unit_written_twice_is_the_same_bytes(work, documents, tree):
    work.write("read", "abc", {"statement_documents": documents(50)})
    before = tree(work.folder)
    work.write(
        "read",
        "abc",
        {"statement_documents": pa.concat_tables([documents(50).slice(9), documents(50).slice(0, 9)])},
    )
    assert tree(work.folder) == before


def test_a_declared_table_is_held_to_its_declaration(work):
    with pytest.raises(SchemaError):
        work.write("read", "abc", {"statement_documents": pa.table({"a": [1]})})
    assert work.units("read") == []


@pytest.mark.parametrize("name", ["..", "a/b", "", ".x", "a" * 200], ids=repr)
def test_names_are_file_names(store, night, work, name):
    with pytest.raises(ValueError, match="letters, digits"):
        work.write(name, "abc", {})
    with pytest.raises(ValueError, match="letters, digits"):
        work.write("read", name, {})
    with pytest.raises(ValueError, match="letters, digits"):
        Work(store, night, name)


def test_a_published_run_leaves_nothing(work, documents, store):
    work.write("read", "abc", {"statement_documents": documents(5)})
    work.clear()
    work.clear()
    assert list((store.root / "work").iterdir()) == []


def test_dead_runs_of_the_callers_night_go_at_once(store, night, documents):
    runs = [Work(store, day, run) for day, run in ((night, "a"), (night, "b"), (date(2026, 11, 24), "c"))]
    for run in runs:
        run.write("read", "abc", {"statement_documents": documents(5)})
    assert sweep_dead(store, night=night, keep="b") == ["a"]
    assert [run.folder.exists() for run in runs] == [False, True, True]


def test_runs_of_other_nights_go_when_nobody_holds_or_touches_them(store, night, documents):
    idle, busy, fresh = (Work(store, date(2026, 11, 1), run) for run in ("idle", "busy", "fresh"))
    for run in (idle, busy, fresh):
        run.write("read", "abc", {"statement_documents": documents(5)})
    long_ago = time.time() - 24 * 3600
    with busy.alive():
        for run in (idle, busy):
            os.utime(run.folder, (long_ago, long_ago))
        assert sweep_dead(store, night=night) == ["idle"]
        assert sweep_dead(store, night=date(2026, 11, 1), keep="fresh") == []
    assert sweep_dead(store, night=date(2026, 11, 1), keep="fresh") == ["busy"]


def test_a_run_killed_before_it_signed_is_swept_when_idle(store, night):
    folder = Work(store, night, "x").folder
    folder.mkdir()
    assert sweep_dead(store, night=night) == []
    os.utime(folder, (0, 0))
    assert sweep_dead(store) == ["x"]
