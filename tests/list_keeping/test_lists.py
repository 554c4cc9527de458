"""Lists in the store: versions are for good, the gate holds back, a named person lets through, all is recorded."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from screening.list_keeping import lists
from screening.profile.load import parse_profile
from screening.profile.model import ListGate, ListPolicy
from screening.protection.audit import verify
from screening.store.zones import Store
from screening.tables.codes import Category
from screening.tables.errors import InputError, StoreError, UsageError

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = ListPolicy(id="own", category=Category.REFUSE_ENTRY, severity=4, authority="Border police")


def rows(*numbers):
    return "document_number;issuing_state;status\n" + "".join(f"{number};MDA;stolen\n" for number in numbers)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def bring(store, tmp_path):
    def bring_in(text, *, policy=POLICY, actor="anna"):
        path = tmp_path / "list.csv"
        path.write_text(text)
        return lists.import_list(store, policy, "documents", path, actor=actor, at=AT)

    return bring_in


TEN = [f"A{number:06}" for number in range(10)]


def acts(store):
    lines = (store.root / "audit").glob("audit-*.jsonl")
    return [json.loads(line)["act"] for path in sorted(lines) for line in path.read_text().splitlines()]


def test_the_first_version_that_passes_is_in_use(store, bring):
    result = bring(rows(*TEN))
    assert (result.new, result.active, result.alerts) == (True, True, 10)
    assert lists.active_version(store, "own") == result.version
    assert lists.known_lists(store) == ["own"]
    assert acts(store) == ["list.import", "list.activate"]
    assert verify(store).holds


def test_the_terms_of_the_policy_stand_in_every_alert(store, bring):
    opened = lists.open_version(store, "own", bring(rows("A1")).version)
    alert = opened.alerts.to_pylist()[0]
    assert (alert["alert_id"], alert["severity"], alert["authority"]) == ("own:A1@MD", 4, "Border police")
    assert alert["category"] == "document"  # the format says what its alerts are


def test_the_same_content_again_writes_nothing(store, bring):
    first = bring(rows(*TEN))
    before = {
        path: path.stat().st_mtime_ns
        for path in store.root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }
    again = bring(rows(*reversed(TEN)).replace("\n", "\r\n"))
    assert (again.version, again.new, again.active) == (first.version, False, True)
    after = {
        path: path.stat().st_mtime_ns
        for path in store.root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }
    assert after == before


def test_a_held_version_is_stored_and_the_last_good_one_stays_in_use(store, bring):
    good, held = bring(rows(*TEN)), bring(rows(*TEN[:5]))
    assert (held.new, held.active, held.gate.held) == (True, False, True)
    assert lists.active_version(store, "own") == good.version
    stored = lists.versions(store, "own")
    assert [(version.version, version.active) for version in stored] == [
        (good.version, True),
        (held.version, False),
    ]
    assert stored[1].held[0].startswith("shrink")
    assert lists.open_version(store, "own", held.version).alerts.num_rows == 5


def test_a_named_person_lets_a_held_version_through(store, bring):
    bring(rows(*TEN))
    held = bring(rows(*TEN[:5]))
    whole = lists.release(store, "own", held.version[:6], "berta", "half were found again", at=AT)
    assert lists.active_version(store, "own") == whole == held.version
    history = json.loads((store.root / "alerts/own/ACTIVE.json").read_text())["history"]
    assert (history[-1]["actor"], history[-1]["reason"]) == ("berta", "half were found again")
    assert acts(store)[-1] == "list.release"


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_let_through_without_a_reason(store, bring, reason):
    bring(rows(*TEN))
    held = bring(rows(*TEN[:5]))
    with pytest.raises(UsageError, match="reason"):
        lists.release(store, "own", held.version, "berta", reason, at=AT)
    assert lists.active_version(store, "own") != held.version


def test_a_version_that_is_not_held_cannot_be_released(store, bring):
    with pytest.raises(UsageError, match="not held"):
        lists.release(store, "own", bring(rows(*TEN)).version, "berta", "why not", at=AT)


def test_what_is_refused_leaves_no_trace(store, bring):
    good = bring(rows(*TEN))
    for text in ("", "<html></html>", "document_number;issuing_state;status\n;MDA;stolen\n"):
        with pytest.raises(InputError):
            bring(text)
    assert [version.version for version in lists.versions(store, "own")] == [good.version]


def test_a_version_that_somebody_changed_is_not_opened(store, bring):
    from screening.store.parquet import write_table

    version = bring(rows(*TEN)).version
    place = store.root / f"alerts/own/version={version}"
    opened = lists.open_version(store, "own", version)
    write_table(place / "alerts.parquet", opened.alerts.slice(0, 9))
    with pytest.raises(StoreError, match="not the one"):
        lists.open_version(store, "own", version)


def test_a_folder_without_its_last_file_is_no_version(store, bring):
    version = bring(rows(*TEN)).version
    (store.root / f"alerts/own/version={version}/version.json").unlink()
    assert lists.versions(store, "own") == []
    again = bring(rows(*TEN))
    assert (again.version, again.new, again.active) == (version, True, True)


@pytest.mark.parametrize("list_id", ["", "..", "a/b", "OWN", "x" * 50])
def test_an_id_that_no_profile_could_hold_is_refused(store, list_id):
    with pytest.raises(UsageError):
        lists.versions(store, list_id)


def test_an_unknown_format_names_those_that_there_are(store, tmp_path):
    with pytest.raises(UsageError) as told:
        lists.import_list(store, POLICY, "excel", tmp_path, actor="anna", at=AT)
    assert "documents" in told.value.remedy


def test_an_ambiguous_or_unknown_version_is_refused(store, bring):
    bring(rows(*TEN))
    for version in ("a", "ffffffffffff", ""):
        with pytest.raises(UsageError):
            lists.resolve(store, "own", version)


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_an_export_holds_every_alert(store, bring, tmp_path, name):
    version = bring(rows(*TEN)).version
    out = tmp_path / name
    assert lists.export_version(store, "own", None, out) == (version, {})
    if name.endswith(".jsonl"):
        found = [json.loads(line)["source_id"] for line in out.read_text().splitlines()]
    else:
        import pyarrow.parquet as pq

        found = pq.read_table(out)["source_id"].to_pylist()
    assert len(found) == 10


def test_lists_of_the_profile_are_imported_once(store, tmp_path):
    (tmp_path / "papers.csv").write_text(rows(*TEN))
    profile = parse_profile('[[lists]]\nid = "papers"\nsource = "documents"\npath = "papers.csv"\n', name="p")
    first = lists.ensure_lists(store, profile, tmp_path, "night", AT)
    assert [(result.list_id, result.active) for result in first] == [("papers", True)]
    assert lists.ensure_lists(store, profile, tmp_path, "night", AT) == []


def test_a_list_of_the_profile_that_cannot_be_read_is_named(store, tmp_path):
    profile = parse_profile('[[lists]]\nid = "papers"\nsource = "documents"\npath = "gone.csv"\n', name="p")
    with pytest.raises(InputError, match="papers"):
        lists.ensure_lists(store, profile, tmp_path, "night", AT)


def test_alerts_that_wait_are_told_with_the_night_and_the_command_that_names_them(store, tmp_path):
    from screening.night.reporting import _waiting_alerts

    (tmp_path / "terms.csv").write_text("field,code,ours,relation\nstate,MDA,MD,exact\n")
    (tmp_path / "list.csv").write_text(rows("A1") + "A2;ZZZ;stolen\n")
    done = lists.import_list(
        store, POLICY, "documents", tmp_path / "list.csv", terms=tmp_path / "terms.csv", actor="anna", at=AT
    )
    [note] = _waiting_alerts(store, SimpleNamespace(pins=SimpleNamespace(lists={"own": done.version})))
    assert note.startswith("1 alert waits in the list own for a person and can raise no hit")
    assert "`screening alerts check --list own`" in note


def test_a_version_that_comes_back_into_use_is_told_though_it_is_not_new(bring):
    gate = ListGate(shrink=1, growth=9, changed=1)
    policy = POLICY.model_copy(update={"gate": gate})
    told = [bring(rows(*numbers), policy=policy) for numbers in (TEN, TEN[1:], TEN, TEN)]
    assert [(one.new, one.came_into_use) for one in told] == [
        (True, True), (True, True), (False, True), (False, False),
    ]  # fmt: skip
