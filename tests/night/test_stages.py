"""The pipeline as data: order, zones and tables fit together."""

import re
from datetime import date

import pytest

from screening.night.session import run_night
from screening.night.settings import load_settings
from screening.night.stages import STAGES, Task, Unit, stage, tasks
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError


def test_every_table_named_by_a_stage_is_declared():
    for found in STAGES:
        assert set(found.reads) | set(found.writes) <= set(BY_NAME)


def test_what_a_stage_reads_was_written_before_or_comes_from_earlier_nights_or_lists():
    outside = (
        {"inputs", "night_health", "clearances", "dispositions"}
        | {
            "published",
            "protection",
            "traffic_cells",
            "rates",
        }
        | {name for name, spec in BY_NAME.items() if spec.zone is Zone.ALERTS}
    )
    written: set[str] = set()
    for found in STAGES:
        assert set(found.reads) <= written | outside, found.name
        written |= set(found.writes)


def test_counting_and_withholding_open_neither_hits_nor_alerts_nor_landing():
    for name in ("count", "withhold"):
        assert not stage(name).opens() & {Zone.ANALYST, Zone.ALERTS, Zone.LANDING, Zone.AUDIT}


def test_a_zone_that_a_stage_does_not_declare_is_refused(tmp_path):
    opener = open_zones(Store(tmp_path / "store"), stage("withhold").opens())
    assert opener.path(Zone.AGGREGATE, "x").name == "x"
    with pytest.raises(StoreError, match="not declared"):
        opener.path(Zone.ANALYST, "hits")


def test_tasks_come_in_the_order_of_the_stages_each_once():
    assert list(tasks()) == list(Task)
    assert {found.unit for found in STAGES if found.task is Task.SCREEN} == {Unit.BATCH}


@pytest.mark.slow
def test_the_command_line_goes_through_the_tasks_in_their_order(by_hand, written, monkeypatch):
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402"))
    monkeypatch.chdir(by_hand.folder)
    told: list[str] = []
    session = run_night(load_settings(), date(2026, 11, 23), actor="tester", tell=told.append)
    # planned with what is planned; made by the first batch; told by the exit code
    inside = {Task.PLAN_READ, Task.PLAN_SETTLE, Task.PLAN, Task.INDEX, Task.ATTENTION}
    assert list(session.seconds) == [str(task) for task in tasks() if task not in inside]
    counted = [re.fullmatch(r"  (\d+) of (\d+) (files read|batches screened), \d+ s", line) for line in told]
    ends = {line[3]: line[1] == line[2] for line in counted if line}
    assert ends == {"files read": True, "batches screened": True}
