"""Killed at any point and started again, a night leaves the bytes of an undisturbed one."""

import runpy
import shutil
import signal
from pathlib import Path

import pytest

from screening.store.current_json import current
from screening.store.published import read_current, verify_night
from screening.store.zones import Store
from screening.tables.individual import NIGHT_HEALTH
from tests.killed import POINTS as KNOWN
from tests.killed import dies_at

SCENARIO = Path(__file__).parent / "crash_scenario.py"
# Passages of a point in the scenario: 1 incoming, 2-3 content, 4 list, 5-6 tables, 7 record, 8 CURRENT.json.
POINTS = [
    *(f"files.before_rename:{passage}" for passage in range(1, 9)),
    *(f"files.after_rename:{passage}" for passage in (1, 3, 4, 6, 7, 8)),
    "landing.before_index",
    "landing.after_index",
    "revisions.before_folder:1",
    "revisions.before_folder:2",
    "revisions.before_current",
    "revisions.after_current",
    "revisions.between_links:1",
]


@pytest.fixture(scope="module")
def scenario():
    return runpy.run_path(str(SCENARIO))


@pytest.fixture(scope="module")
def undisturbed(scenario, tmp_path_factory):
    """A store before the night, and one after it."""
    before = tmp_path_factory.mktemp("before") / "store"
    scenario["earlier"](before)
    after = tmp_path_factory.mktemp("after") / "store"
    shutil.copytree(before, after, symlinks=True)
    scenario["run"](after)
    return before, after


@pytest.mark.parametrize("point", POINTS)
def test_a_night_killed_and_started_again_leaves_the_same_bytes(tmp_path, tree, scenario, undisturbed, point):
    before, after = undisturbed
    root = tmp_path / "store"
    shutil.copytree(before, root, symlinks=True)
    assert dies_at(point, lambda: scenario["run"](root)) == -signal.SIGKILL

    store, night = Store(root), scenario["NIGHT"]
    assert verify_night(store, night) == []
    value = read_current(store, night, NIGHT_HEALTH)["value"].to_pylist()
    assert value == [float(current(store, night).revision)]  # the old revision or the new one, whole

    scenario["run"](root)
    assert tree(root) == tree(after)


def test_every_point_of_the_store_is_tried():
    here = {point.partition(":")[0] for point in POINTS}
    elsewhere = {
        point for point in KNOWN if point.startswith(("audit.", "retention.", "rewriting.", "work."))
    }
    assert here | elsewhere == set(KNOWN)
