"""The readers' benchmark measures both readers on the same bytes and writes its section of the page."""

import json

import pytest
from typer.testing import CliRunner

from screening.cli.laboratory import benchmark


@pytest.mark.slow
def test_both_types_are_measured_beside_pydifact_on_the_same_bytes_and_a_page_keeps_what_stands_around(
    tmp_path,
):
    page = tmp_path / "benchmarks.md"
    page.write_text("# Speed\n\n<!-- read: generated -->\nold\n<!-- read: end -->\n\nThe end.\n")
    words = ["read", "--travellers", "1600", "--rounds", "1", "--format", "json", "--out", str(page)]
    done = CliRunner().invoke(benchmark.app, words)
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout.split("written to")[0])
    assert [(row["type"], row["reader"].partition(" ")[0].strip(",")) for row in rows] == [
        (kind, whose) for kind in ("PAXLST", "PNRGOV") for whose in ("ours", "ours", "pydifact", "pydifact")
    ]
    for row in rows:
        assert min(row[figure] for figure in ("MB/s", "messages/s", "travellers/s")) > 0
    assert [row["times"] for row in rows if row["reader"] == "ours, bytes to tables"] == [1.0, 1.0]
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
