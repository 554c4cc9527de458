"""A list of which a copy may be kept for hours only: it goes in use or not, and nobody is screened with a rest."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from screening.list_keeping import lists
from screening.list_keeping.copies import copy_in_use, reduce_copies
from screening.list_keeping.traffic_models import lists_of
from screening.profile.model import ListPolicy, Profile, Retention
from screening.protection.zone_terms import list_endings
from screening.store.zones import Store
from screening.tables.codes import Category
from screening.tables.errors import StoreError
from tests.list_keeping.test_layers import ANY, on_the_disk

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = ListPolicy(id="own", category=Category.DOCUMENT, gate=ANY, copy_hours=48)
PROFILE = Profile(lists=(POLICY,))


def later(hours):
    return AT + timedelta(hours=hours)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def bring(store, numbers, at=AT):
    path = store.root.parent / "list.csv"
    lines = (f"A{number:06};MDA;stolen\n" for number in numbers)
    path.write_text("document_number;issuing_state;status\n" + "".join(lines))
    return lists.import_list(store, POLICY, "documents", path, actor="anna", at=at).version


def ends(store, pinned=(), policy=POLICY):
    found = list_endings(store, Retention(), pinned, {"own": policy})
    return {path.parent.name.removeprefix("version="): end for path, end in found}


def test_a_copy_goes_in_use_or_not_and_one_that_is_fetched_again_is_fresh(store):
    first = bring(store, range(5))
    assert ends(store) == {first: later(48)}
    assert ends(store, pinned={("own", first)}) == {first: later(48)}
    assert (copy_in_use(store, POLICY, later(47)), copy_in_use(store, POLICY, later(48))) == (first, None)
    assert bring(store, range(5), at=later(40)) == first
    assert ends(store) == {first: later(88)}
    second = bring(store, range(6), at=later(50))
    assert ends(store) == {first: later(88), second: later(98)}


def test_a_term_of_its_own_for_versions_out_of_use(store):
    first, _ = bring(store, range(5)), bring(store, range(6), at=later(1))
    own = POLICY.model_copy(update={"copy_hours": None, "keep_hours": 10})
    assert ends(store, policy=own) == {first: later(11)}


def test_what_hits_need_stays_and_nobody_is_screened_with_it(store):
    version = bring(store, range(9))
    name = lists.open_version(store, "own", version).alerts["alert_id"].to_pylist()[3]
    needed = {("own", version): {name}}
    assert reduce_copies(store, PROFILE, needed, later(47), "anna") == ()
    [done] = reduce_copies(store, PROFILE, needed, later(48), "anna")
    assert (done.alerts, done.kept) == (9, 1)
    assert on_the_disk(store) == {name.removeprefix("own:").split("@")[0]}
    assert lists.open_version(store, "own", version).alerts["alert_id"].to_pylist() == [name]
    assert lists.active_version(store, "own") is None
    with pytest.raises(StoreError, match="has ended"):
        lists_of(store, {"own": version})
    assert reduce_copies(store, PROFILE, needed, later(49), "anna") == ()
    assert ends(store, pinned=needed) == {}
    assert ends(store) == {version: later(48)}
    acts = [json.loads(line) for line in (store.root / "audit/audit-2026.jsonl").read_text().splitlines()]
    assert acts[-1]["act"] == "retention.copy"
    assert acts[-1]["objects"][:3] == [f"own={version}", "alerts:9", "kept:1"]
    assert bring(store, range(9), at=later(60)) == version
    assert lists.active_version(store, "own") == version
    assert lists.open_version(store, "own", version).alerts.num_rows == 9
    assert ends(store) == {version: later(108)}
