"""A store in a folder and one on object storage are the same to whoever uses them."""

import hashlib
import threading
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from screening.store import acts, keeping, landing
from screening.store.current_json import current, nights, revision, superseded
from screening.store.current_links import mend_links
from screening.store.files import (
    GrowingFile,
    is_locked,
    link_file,
    make_folder,
    names_in,
    read_json,
    remove_tree,
    sha256_file,
    sweep_temporaries,
    write_bytes,
    write_json,
)
from screening.store.locks import exclusive, night_lock, purging, shared, under_way, undisturbed
from screening.store.object_path import ObjectPath
from screening.store.once import acts_in
from screening.store.parquet import read_table, write_table
from screening.store.published import read_current, read_revision, verify_night
from screening.store.revisions import publish, rewrite, withdraw
from screening.store.work import Work, sweep_dead
from screening.store.zones import Store, store_at
from screening.tables.analyst import EVIDENCE
from screening.tables.codes import RetentionClass
from screening.tables.errors import BusyError, StoreError
from screening.tables.individual import STATEMENT_DOCUMENTS
from screening.tables.work import SCORED


@pytest.fixture(params=["folder", "objects"])
def store(request, tmp_path):
    if request.param == "folder":
        return Store(tmp_path / "store")
    storage = request.getfixturevalue("storage")
    return store_at(storage.store(tmp_path.name))


def test_what_is_written_is_read_listed_and_gone_again(store):
    folder = store.root / "landing" / "inputs"
    assert (names_in(folder), folder.exists(), folder.is_dir()) == ([], False, False)
    assert write_bytes(folder / "a.json", b"{}") == hashlib.sha256(b"{}").hexdigest()
    write_json(folder / "b.json", {"ü": 1})
    write_bytes(store.root / "landing" / "content" / "api" / "c.bin", b"abc")
    assert sorted(names_in(folder)) == ["a.json", "b.json"]
    assert (folder.is_dir(), folder.is_file(), (folder / "a.json").is_file()) == (True, False, True)
    assert read_json(folder / "b.json") == {"ü": 1}
    found = [path.relative_to(store.root).as_posix() for path in sorted(store.root.glob("landing/*/*.json"))]
    assert found == ["landing/inputs/a.json", "landing/inputs/b.json"]
    assert [path.name for path in store.root.glob("landing/*")] != []
    assert list(store.root.glob("*/inputs/b.json")) == [folder / "b.json"]
    assert sorted(path.name for path in store.root.rglob("*") if path.is_file()) == [
        "a.json",
        "b.json",
        "c.bin",
    ]
    assert (folder / "a.json").stat().st_size == 2
    link_file(folder / "a.json", folder / "deep" / "d.json")
    assert (folder / "deep" / "d.json").samefile(folder / "a.json")
    (folder / "a.json").replace(folder / "e.json")
    (folder / "b.json").unlink()
    (folder / "b.json").unlink(missing_ok=True)
    assert sorted(path.name for path in folder.iterdir()) == ["deep", "e.json"]
    remove_tree(folder)
    assert not folder.exists()
    for missing in (folder / "a.json", folder):
        with pytest.raises(FileNotFoundError):
            missing.stat()
    with pytest.raises(StoreError, match="missing"):
        read_json(folder / "a.json")


def test_a_table_has_the_same_bytes_everywhere(store, tmp_path, documents):
    table = documents(100)
    here = write_table(store.root / "x.parquet", table, STATEMENT_DOCUMENTS)
    assert here == write_table(tmp_path / "apart.parquet", table, STATEMENT_DOCUMENTS)
    assert here.sha256 == sha256_file(store.root / "x.parquet")
    assert read_table(store.root / "x.parquet", STATEMENT_DOCUMENTS).equals(table)
    assert read_table(store.root / "x.parquet", columns=["ordinal"]).column_names == ["ordinal"]
    write_bytes(store.root / "x.parquet", b"PAR1")
    with pytest.raises(StoreError, match="damaged"):
        read_table(store.root / "x.parquet", STATEMENT_DOCUMENTS)
    with pytest.raises(StoreError, match="missing"):
        read_table(store.root / "y.parquet", STATEMENT_DOCUMENTS)


def test_a_growing_file_is_there_when_it_is_kept_and_never_before(store):
    folder = store.root / "landing" / "incoming"
    file = GrowingFile(folder)
    file.write(b"ab")
    file.write(b"c")
    assert (file.size, file.sha256) == (3, hashlib.sha256(b"abc").hexdigest())
    assert not (folder / "kept").exists()
    file.keep(folder / "kept")
    file.discard()
    other = GrowingFile(folder)
    other.write(b"x")
    other.discard()
    assert (names_in(folder), (folder / "kept").read_bytes()) == (["kept"], b"abc")
    assert not is_locked(folder / "kept")
    assert sweep_temporaries(folder) == 0


def test_inputs_are_kept_by_class_and_read_back(store):
    data = b"UNB+UNOA'" + b"secret" + b"UNZ'"
    input_id = landing.write_incoming(store, data)
    pieces = [(0, 9, RetentionClass.API), (9, 6, RetentionClass.PNR), (15, 4, RetentionClass.API)]
    blanked = data.replace(b"secret", b" " * 6)
    keeping.settle_landing(store, input_id, pieces, blanked)
    assert landing.read_back(store, input_id) == data
    assert landing.incoming(store) == landing.settled(store) == [input_id]
    assert landing.release_incoming(store, [input_id]) == 1
    assert landing.read_back(store, input_id) == blanked
    kept = landing.landed(store, input_id)
    (store.root / kept.contents[1].path).unlink()
    assert landing.missing(store, input_id) == (kept.pieces[1],)
    assert landing.held(store, [input_id]) == set()
    with pytest.raises(StoreError, match="6 bytes of this input are gone"):
        landing.read_back(store, input_id)


def test_a_night_is_published_withdrawn_rewritten_and_told_by_its_commit_point(
    store, night, whole_night, documents
):
    first = publish(store, night, "f", whole_night())
    assert publish(store, night, "f", whole_night()) == first
    assert (current(store, night), revision(store, night, 1), nights(store)) == (first, first, [night])
    assert read_current(store, night, STATEMENT_DOCUMENTS).num_rows == 40
    key = (STATEMENT_DOCUMENTS.name, RetentionClass.API)
    second = rewrite(store, night, lambda held: {key: documents(5)} if len(held[key]) == 30 else {})
    assert second.revision == 2
    assert read_current(store, night, STATEMENT_DOCUMENTS).num_rows == 15
    third = withdraw(store, night, {(EVIDENCE.name, RetentionClass.HIT)})
    assert third.revision == 3
    assert read_current(store, night, EVIDENCE).num_rows == 0
    assert read_revision(store, first, EVIDENCE).num_rows > 0
    assert [path.rsplit("/", 1)[1] for path in superseded(store, night)] == [
        "evidence.parquet",
        "evidence.parquet",
        "statement_documents.api.parquet",
    ]
    assert revision(store, night, 2) == second
    assert verify_night(store, night) == []
    assert mend_links(store) == 0


def test_a_damaged_file_gets_its_bytes_back_when_they_are_published_again(store, night, whole_night):
    first = publish(store, night, "f", whole_night())
    path = store.root / first.files[0].path
    path.unlink()
    write_bytes(path, b"flipped")
    with pytest.raises(StoreError, match="changed or damaged"):
        read_current(store, night, EVIDENCE)
    assert verify_night(store, night) == [first.files[0].path]
    assert publish(store, night, "f", whole_night()) == first
    assert verify_night(store, night) == []


def test_a_publication_that_fails_leaves_what_was_there(store, night, whole_night):
    first = publish(store, night, "f", whole_night())
    before = sorted(path.relative_to(store.root).as_posix() for path in store.root.rglob("*.parquet"))

    def broken(_):
        raise RuntimeError("asked for by a test")

    with pytest.raises(RuntimeError):
        rewrite(store, night, broken)
    assert current(store, night) == first
    assert before == sorted(path.relative_to(store.root).as_posix() for path in store.root.rglob("*.parquet"))


def test_a_lock_is_held_by_one_and_free_after_it(store, night):
    path = store.night_folder(night) / ".lock"
    with night_lock(store, night):
        assert is_locked(path)
        with pytest.raises(BusyError, match="held by process"), night_lock(store, night):
            pass
        with night_lock(store, night + timedelta(days=1)):
            pass
    assert not is_locked(path)
    with pytest.raises(RuntimeError), night_lock(store, night):
        raise RuntimeError
    with night_lock(store, night):
        pass


def test_of_many_who_wait_each_has_the_lock_alone(store):
    inside, seen = [], []

    def work(number):
        with exclusive(store.root / "audit" / ".lock", what="it", wait=True):
            inside.append(number)
            seen.append(len(inside))
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 6


def test_a_purge_waits_for_nobody_and_disturbs_nobody(store, night):
    with undisturbed(store), undisturbed(store):
        with exclusive(store.night_folder(night) / ".run", what="the night", wait=False):
            assert under_way(store) == ["2026-11-23"]
            with pytest.raises(BusyError, match="a run of night 2026-11-23"), purging(store):
                pass
        with pytest.raises(BusyError), purging(store):
            pass
    with purging(store), pytest.raises(BusyError), purging(store):
        pass
    with purging(store):
        pass
    assert under_way(store) == []


def test_a_run_hands_its_tables_on_and_is_swept_when_it_is_dead(store, night):
    run = Work(store, night, "2026-11-23-0001")
    with run.alive():
        run.write("screen", "u1", {SCORED.name: SCORED.empty(), "free": pa.table({"n": [1, 2]})})
        assert (run.units("screen"), run.tables("screen", "u1")) == (["u1"], (SCORED.name, "free")[::-1])
        assert run.rows("screen", "u1", "free") == 2
        assert run.read("screen", "u1", "free")["n"].to_pylist() == [1, 2]
        assert under_way(store) == ["2026-11-23"]
        assert sweep_dead(store, night=night) == []
    assert sweep_dead(store, night=date(2026, 1, 1)) == []
    assert sweep_dead(store, night=night) == ["2026-11-23-0001"]
    assert not run.folder.exists()
    with run.alive():
        run.clear()
    assert not run.folder.exists() or not run.units("screen")


def test_acts_are_read_each_from_its_own_file(store):
    spec = STATEMENT_DOCUMENTS
    folder = store.root / "analyst" / "acts" / "given"
    make_folder(folder)
    assert acts_in(folder, spec).num_rows == 0
    row = {
        "ordinal": 0,
        "type": "passport",
        "type_as_sent": None,
        "number": "X",
        "issuing_state": "UT",
        "expiry": date(2030, 1, 1),
        "check_digit": "none",
    }
    for name in ("a", "b"):
        write_table(folder / f"{name}.parquet", spec.table([row | {"statement_id": name}]), spec)
    assert acts_in(folder, spec)["statement_id"].to_pylist() == ["a", "b"]
    (folder / "a.parquet").unlink()
    assert acts_in(folder, spec)["statement_id"].to_pylist() == ["b"]
    with acts.deciding(store):
        assert is_locked(store.root / "audit" / ".decisions.lock")


def test_what_holds_together_is_said_of_both_kinds(store):
    with shared(store.root / "nights" / ".retention"):
        assert is_locked(store.root / "nights" / ".retention")
    assert isinstance(store.root / "x", type(store.root))
    assert isinstance(store.root, ObjectPath) == str(store.root).startswith("s3://")
    assert datetime.now(UTC) - datetime.fromtimestamp(_written(store), UTC) < timedelta(minutes=5)


def _written(store):
    write_bytes(store.root / "alerts" / "x.json", b"1")
    return (store.root / "alerts" / "x.json").stat().st_mtime
