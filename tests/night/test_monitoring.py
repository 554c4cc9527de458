"""What monitoring is told: fixed names, and of files nothing but their number and age (under Airflow: tests/dags)."""

import os
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from screening.night.monitoring import METRICS, inbox_figures
from screening.store.zones import store_at

OLD = 1_700_000_000


def test_each_metric_stands_in_the_table_of_operations(root):
    page = (root / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `screening\.([a-z_.]+)` \| (.+) \|$", page, re.MULTILINE)
    assert dict(rows) == METRICS
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name) for name in METRICS)


@pytest.mark.parametrize(
    ("lying", "found"),
    [
        pytest.param({}, (0, 0), id="an empty inbox"),
        pytest.param({"a.edi": 5, "night=2026-11-23/b.edi": 60}, (2, 60), id="the oldest of all folders"),
        pytest.param({".a.edi": 99, ".part/b.edi": 99, "c.edi": 1}, (1, 1), id="none that is on its way"),
        pytest.param({"a.edi": -3600}, (1, 0), id="a clock that is ahead"),
    ],
)
def test_the_oldest_unread_file_is_told_by_its_age_alone(tmp_path, lying, found):
    for name, age in lying.items():
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (OLD - age, OLD - age))
    settings = SimpleNamespace(store=store_at(tmp_path / "store"), inbox=tmp_path / "inbox")
    told = inbox_figures(settings, datetime.fromtimestamp(OLD, UTC))
    assert (told["inbox.unread"], told["inbox.oldest_seconds"]) == found
