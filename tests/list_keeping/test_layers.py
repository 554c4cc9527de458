"""Large lists lie in layers: unchanged rows are stored once, each version stands by itself, what has gone goes."""

from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.alerts.version import SHORT, version_hash
from screening.list_keeping import layers, lists
from screening.list_keeping.folding import fold
from screening.list_keeping.versions import open_alerts
from screening.profile.model import ListGate, ListPolicy, Profile, Retention
from screening.store.zones import Store
from screening.tables.codes import Category
from screening.tables.errors import StoreError

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ANY = ListGate(shrink=1, growth=1000, changed=1, completeness_drop=1)
POLICY = ListPolicy(id="own", category=Category.DOCUMENT, gate=ANY)
COUNT = 400


@pytest.fixture
def bring(tmp_path, monkeypatch):
    return bringer(tmp_path, monkeypatch)


def bringer(folder, monkeypatch):
    monkeypatch.setattr(layers, "WHOLE", 10)
    store = Store(folder / "store")

    def bring_in(numbers, lost=()):
        path = folder / "list.csv"
        lines = (f"A{number:06};MDA;{'lost' if number in lost else 'stolen'}\n" for number in numbers)
        path.write_text("document_number;issuing_state;status\n" + "".join(lines))
        return lists.import_list(store, POLICY, "documents", path, actor="anna", at=AT)

    bring_in.store = store
    return bring_in


def place(store, version):
    return store.root / "alerts" / "own" / f"version={version}"


def files(store, version):
    return sorted(place(store, version).glob("*.parquet"))


def written(store, version):
    """Bytes that a version alone holds."""
    return sum(path.stat().st_size for path in files(store, version) if path.stat().st_nlink == 1)


def on_the_disk(store):
    """Return the ids of all alerts of which any file of any version holds a row."""
    return {
        text.removeprefix("own:").split("@")[0]
        for path in store.root.rglob("*.parquet")
        for text in pq.read_table(path)["alert_id"].to_pylist()
    }


def forget(store, version):
    for path in place(store, version).iterdir():
        path.unlink()
    place(store, version).rmdir()


def holds(store, version):
    """Return the version's rows as they open, after a look at each by its hash."""
    opened = lists.open_version(store, "own", version)
    assert version_hash(opened)[:SHORT] == version
    assert open_alerts(store, "own", version).equals(opened.alerts)
    return {text.split("@")[0]: word for text, word in zip(
        opened.alerts["source_id"].to_pylist(), opened.documents["status"].to_pylist(), strict=True
    )}  # fmt: skip


def test_a_change_all_over_a_list_stores_only_the_alerts_that_changed(bring):
    count = 10_000
    whole = written(bring.store, bring(range(count)).version)
    second = bring(range(count), lost=range(0, count, 100))
    assert written(bring.store, second.version) < 0.1 * whole + 12_000  # a file costs some 2 KiB
    assert list(holds(bring.store, second.version).values()).count("lost") == count // 100


def test_a_version_outlives_the_one_before(bring):
    first = bring(range(COUNT))
    second = bring([*range(1, COUNT), COUNT + 7], lost=[3])
    forget(bring.store, first.version)
    held = holds(bring.store, second.version)
    assert (len(held), "A000000" in held, held["A000003"]) == (COUNT, False, "lost")


def test_an_alert_that_left_is_gone_from_the_disk_with_the_last_version_that_held_it(bring):
    first = bring(range(COUNT))
    second = bring(range(1, COUNT))
    third = bring(range(1, COUNT), lost=[5])
    base = files(bring.store, second.version)[0]
    assert fold(bring.store) == 0  # the first version has the alert
    assert "A000000" in on_the_disk(bring.store)
    forget(bring.store, first.version)
    assert fold(bring.store) == 1
    assert fold(bring.store) == 0
    assert "A000000" not in on_the_disk(bring.store)
    for version in (second.version, third.version):
        assert len(holds(bring.store, version)) == COUNT - 1
    shared = files(bring.store, second.version)[0]
    assert (base.exists(), shared.stat().st_nlink) == (False, 2)


def test_a_purge_takes_what_no_version_has_from_files_that_others_use(bring, tmp_path):
    from screening.night.purge import purge_now
    from screening.night.settings import Settings

    bring(range(COUNT))
    second = bring(range(1, COUNT))
    own = Settings(bring.store, tmp_path, Profile(lists=(POLICY,), retention=Retention(list=1)), tmp_path)
    purge_now(own, AT + timedelta(hours=2), "robot")
    assert [version.version for version in lists.versions(bring.store, "own")] == [second.version]
    assert len(holds(bring.store, second.version)) == COUNT - 1
    assert "A000000" not in on_the_disk(bring.store)


def test_a_fold_that_was_killed_is_ended_by_the_next(bring, monkeypatch):
    first = bring(range(COUNT))
    second, third = bring(range(1, COUNT)), bring(range(1, COUNT), lost=[5])
    forget(bring.store, first.version)
    calls = []

    def dies(path, document):
        calls.append(path)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return written_json(path, document)

    from screening.list_keeping import folding

    written_json = folding.write_json
    with monkeypatch.context() as context:
        context.setattr(folding, "write_json", dies)
        with pytest.raises(KeyboardInterrupt):
            fold(bring.store)
    assert len(holds(bring.store, second.version)) == len(holds(bring.store, third.version)) == COUNT - 1
    fold(bring.store)
    assert len(holds(bring.store, second.version)) == len(holds(bring.store, third.version)) == COUNT - 1
    assert "A000000" not in on_the_disk(bring.store)


def test_a_layer_that_somebody_changed_is_not_taken_over(bring):
    first = bring(range(COUNT))
    spoilt = files(bring.store, first.version)[0]
    spoilt.write_bytes(b"PAR1" + spoilt.read_bytes()[4:-1] + b"x")
    with pytest.raises(StoreError):
        lists.open_version(bring.store, "own", first.version)
    (bring.store.root / "alerts" / "own" / "ACTIVE.json").unlink()
    second = bring(range(COUNT + 1))
    assert len(holds(bring.store, second.version)) == COUNT + 1


def test_versions_are_counted_on_after_a_purge(bring):
    first = bring(range(COUNT))
    bring(range(COUNT), lost=[1])
    forget(bring.store, first.version)
    third = bring(range(COUNT), lost=[2])
    assert lists.versions(bring.store, "own")[-1].version == third.version


STATES = st.tuples(st.sets(st.integers(0, 60), min_size=11), st.sets(st.integers(0, 60)))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(states=st.lists(STATES, min_size=2, max_size=5), drop=st.sets(st.integers(0, 4)))
def test_any_history_opens_as_it_was_written_whatever_is_purged(states, drop, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        bring = bringer(tmp_path_factory.mktemp("history"), patched)
        made = {bring(sorted(numbers), lost).version: (numbers, lost) for numbers, lost in states}
        stale = [version for n, version in enumerate(made) if n in drop]
        for version in stale:
            forget(bring.store, version)
        fold(bring.store)
        alive = set()
        for version, (numbers, lost) in made.items():
            if version not in stale:
                words = {f"A{n:06}": "lost" if n in lost else "stolen" for n in numbers}
                assert holds(bring.store, version) == words
                alive |= set(words)
        assert on_the_disk(bring.store) == alive
