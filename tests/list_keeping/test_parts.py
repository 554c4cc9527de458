"""Large lists lie in parts: unchanged rows are stored once, and each version stands by itself."""

from datetime import UTC, datetime

import pytest

from screening.list_keeping import lists, parts
from screening.profile.model import ListPolicy
from screening.store.zones import Store
from screening.tables.codes import Category
from screening.tables.errors import StoreError

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = ListPolicy(id="own", category=Category.DOCUMENT)
COUNT = 400


@pytest.fixture
def bring(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "WHOLE", 100)
    monkeypatch.setattr(parts, "PART", 20)
    store = Store(tmp_path / "store")

    def bring_in(numbers):
        path = tmp_path / "list.csv"
        lines = "".join(f"A{number:06};MDA;stolen\n" for number in numbers)
        path.write_text("document_number;issuing_state;status\n" + lines)
        return lists.import_list(store, POLICY, "documents", path, actor="anna", at=AT)

    bring_in.store = store
    return bring_in


def files(store, version):
    return sorted((store.root / "alerts" / "own" / f"version={version}").glob("*.parquet"))


def test_a_list_in_parts_opens_as_it_was_imported(bring):
    result = bring(range(COUNT))
    opened = lists.open_version(bring.store, "own", result.version)
    assert opened.alerts["source_id"].to_pylist() == [f"A{number:06}@MD" for number in range(COUNT)]
    assert opened.documents.num_rows == COUNT
    assert len(files(bring.store, result.version)) == 2 * parts.parts_of(COUNT, None)


def test_unchanged_parts_are_stored_once_and_a_version_outlives_the_one_before(bring):
    first = bring(range(COUNT))
    second = bring([*range(1, COUNT), COUNT + 7])
    new = [path for path in files(bring.store, second.version) if path.stat().st_nlink == 1]
    assert 0 < len(new) <= 4  # at most two parts of two tables hold what came and what went
    for path in files(bring.store, first.version):
        path.unlink()
    assert lists.open_version(bring.store, "own", second.version).alerts.num_rows == COUNT


def test_a_part_that_somebody_changed_is_not_taken_over(bring):
    first = bring(range(COUNT))
    spoilt = files(bring.store, first.version)[0]
    spoilt.write_bytes(b"PAR1" + spoilt.read_bytes()[4:-1] + b"x")
    with pytest.raises(StoreError):
        lists.open_version(bring.store, "own", first.version)
    (bring.store.root / "alerts" / "own" / "ACTIVE.json").unlink()
    second = bring(range(COUNT + 1))
    assert lists.open_version(bring.store, "own", second.version).alerts.num_rows == COUNT + 1
