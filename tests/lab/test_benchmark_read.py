"""The readers' benchmark measures both readers on the same bytes and writes its section of the page."""

import json

import pytest
from typer.testing import CliRunner

from screening.cli.laboratory import benchmark
from screening.lab.benchmark_read import read_speeds


@pytest.mark.slow
def test_both_types_are_measured_beside_pydifact_on_the_same_bytes():
    speeds = read_speeds(1600, seed=1, rounds=1, tell=lambda text: None)
    assert [(one.type, one.reader.partition(" ")[0].strip(",")) for one in speeds] == [
        (kind, whose) for kind in ("PAXLST", "PNRGOV") for whose in ("ours", "ours", "pydifact", "pydifact")
    ]
    for one in speeds:
        assert min(one.megabytes, one.messages, one.travellers, one.seconds) > 0
    assert [one.ratio for one in speeds if one.reader == "ours, bytes to tables"] == [1.0, 1.0]


@pytest.mark.slow
def test_a_page_keeps_what_stands_around_its_section(tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text("# Speed\n\n<!-- read: generated -->\nold\n<!-- read: end -->\n\nThe end.\n")
    words = ["read", "--travellers", "1600", "--rounds", "1", "--out", str(page)]
    done = CliRunner().invoke(benchmark.app, words)
    assert done.exit_code == 0, done.output
    text = page.read_text()
    assert text.startswith("# Speed\n\n<!-- read: generated -->\n\nPAXLST ")
    assert text.endswith("<!-- read: end -->\n\nThe end.\n")
    assert "old" not in text
    assert text.count("| PNRGOV | ") == 4


@pytest.mark.slow
def test_a_tiny_night_is_measured_stage_by_stage(root):
    words = ["night", "--flights", "2", "--travellers", "60", "--alerts", "20", "--format", "json"]
    done = CliRunner(env={"PYTHONPATH": str(root)}).invoke(benchmark.app, words)
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    assert [row["stage"] for row in rows][-1] == "whole"
    assert len(rows) > 5
    assert len({row["stage"] for row in rows}) == len(rows)
    assert all(row["seconds"] >= 0 and row["peak_mib"] > 50 for row in rows)
    assert rows[-1]["seconds"] >= max(row["seconds"] for row in rows[:-1])
    assert rows[-1]["peak_mib"] == max(row["peak_mib"] for row in rows)
