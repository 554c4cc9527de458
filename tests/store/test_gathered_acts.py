"""Acts that are read from one file are those that lie apart, and the copy goes before any of them does."""

from datetime import UTC, datetime

import pytest

from screening.protection import rewriting
from screening.store import acts, once
from screening.store.zones import Store
from screening.tables.analyst import DISPOSITIONS

SEEN = "REASONTHATNAMES"


def row(number):
    return {
        "disposition_id": f"d{number}", "hit_id": f"h{number}", "person_key": "p", "alert_id": "own:1",
        "decision": "false_match", "reason": f"{SEEN}{number}", "analyst": "anna", "second": None,
        "decided_at": datetime(2026, 11, 24, tzinfo=UTC), "evidence_hash": "e", "supersedes": None, "key_id": "key-1",
    }  # fmt: skip


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with three decisions, which were gathered, and a fourth."""
    monkeypatch.setattr(once, "_WORTH", 3)
    made = Store(tmp_path / "store")
    for number in (1, 2, 3):
        acts.record(made, DISPOSITIONS.table([row(number)]), None)
    acts.gather_acts(made)
    acts.record(made, DISPOSITIONS.table([row(4)]), None)
    monkeypatch.setattr(once, "_ACTS", {})  # as a process that begins
    return made


def gathered(store):
    return store.root / "analyst" / "acts" / "dispositions.gathered"


def ids(store):
    return acts.dispositions(store)["disposition_id"].to_pylist()


def test_gathered_acts_are_read_from_one_file(store, monkeypatch):
    read = []
    whole = once.read_table
    monkeypatch.setattr(once, "read_table", lambda path, spec: read.append(path.name) or whole(path, spec))
    assert ids(store) == ["d1", "d2", "d3", "d4"]
    assert read == ["dispositions.gathered", "d4.parquet"]
    assert ids(store) == ["d1", "d2", "d3", "d4"]
    assert len(read) == 2


def test_few_acts_are_not_gathered_again(store):
    before = gathered(store).stat().st_mtime_ns
    acts.gather_acts(store)
    assert gathered(store).stat().st_mtime_ns == before


def test_with_an_act_goes_the_copy_of_it(store):
    rewriting._remove(store, ["analyst/acts/dispositions/d2.parquet"])
    left = b"".join(path.read_bytes() for path in store.root.rglob("*") if path.is_file())
    assert f"{SEEN}2".encode() not in left
    assert ids(store) == ["d1", "d3", "d4"]
    acts.gather_acts(store)
    assert gathered(store).exists()


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"PAR1"), lambda path: path.unlink()])
def test_where_the_copy_is_damaged_or_an_act_of_it_gone_the_files_of_the_acts_hold(store, damage):
    damage(gathered(store))
    assert ids(store) == ["d1", "d2", "d3", "d4"]


def test_an_act_that_somebody_else_removed_is_not_read_from_the_copy_and_the_next_night_drops_it(
    store, monkeypatch
):
    (store.root / "analyst" / "acts" / "dispositions" / "d2.parquet").unlink()
    assert ids(store) == ["d1", "d3", "d4"]
    monkeypatch.setattr(once, "_WORTH", 4)
    acts.gather_acts(store)
    assert not gathered(store).exists()


def test_who_looks_for_changes_reads_the_files_and_hears_of_a_copy_that_differs(store):
    assert acts.differing_copies(store) == []
    changed = DISPOSITIONS.table([row(2) | {"decision": "true_match"}])
    acts.record(store, changed, None)  # somebody wrote over a file that was gathered
    assert acts.differing_copies(store) == [gathered(store)]
    decided = {r["disposition_id"]: r["decision"] for r in acts.dispositions(store).to_pylist()}
    assert decided["d2"] == "true_match"
    gathered(store).unlink()
    assert acts.differing_copies(store) == []
