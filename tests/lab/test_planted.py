"""Each planted fault does to the night what faults.json says of it, and the truth counts who is screened."""

import json
from collections import Counter
from datetime import date

import pyarrow.parquet as pq
import pytest

from screening.lab.generate.faults import REPAIRABLE, REPAIRABLE_PNR
from screening.lab.generate.night import Size, generate

NIGHT = "2026-11-23"
SIZE = Size(flights=45, travellers=900, alerts=60)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def night(tmp_path_factory, screening):
    folder = tmp_path_factory.mktemp("planted")
    generate(folder, date.fromisoformat(NIGHT), SIZE, seed=11)
    screening(folder, "run", "--night", NIGHT, "--inbox", "inbox", check=1)
    return folder


@pytest.fixture(scope="module")
def faults(night):
    return json.loads((night / "truth" / "faults.json").read_text())


def rows(night, zone, table):
    folder = night / "store" / zone / "current" / f"night={NIGHT}"
    return [
        row for path in sorted(folder.glob(f"{table}*.parquet")) for row in pq.read_table(path).to_pylist()
        if path.name.partition(".")[0] == table
    ]  # fmt: skip


def test_every_kind_of_fault_is_planted(faults):
    kinds = {fault["fault"] for fault in faults}
    other = {"cut_off", "legs_without_date", "other_message_type", "text_file", "empty_file"}
    assert kinds >= {*REPAIRABLE, *other}
    assert kinds & set(REPAIRABLE_PNR)


def test_what_is_set_aside_is_the_unit_that_was_planted(night, faults):
    """And nothing else is: whole files, interchanges, messages and travellers, with their files' names."""
    inputs = {row["input_id"]: row["name"] for row in rows(night, "landing", "inputs")}
    aside = {}
    for row in rows(night, "individual", "quarantine"):
        name = inputs[row["input_id"]].partition("/")[0]
        aside.setdefault(name, set()).add(row["unit"])
    planted = {fault["file"]: fault["unit"] for fault in faults}
    for name, unit in planted.items():
        assert (unit == "none") == (not aside.get(name, set()) - {"bytes"}), name
        if unit not in {"none", "file"}:
            assert unit in aside[name], name
    assert set(aside) <= set(planted)


def test_each_leg_has_the_travellers_of_the_truth(night):
    """Nobody is lost; where a dialect has no locators (S0), API and PNR of a distorted name may stay two.

    The truth holds who flew in the end; whoever the last push left out is screened besides, unconfirmed.
    """
    truth = Counter()
    for row in pq.read_table(night / "truth" / "truth.parquet").to_pylist():
        truth[row["flight_id"]] += row["readable"]
    outcomes = {
        row["flight_id"]: row["travellers"] - row["unconfirmed"]
        for row in rows(night, "individual", "outcomes")
    }
    more = {leg: outcomes.get(leg, 0) - count for leg, count in truth.items()}
    assert {leg: n for leg, n in more.items() if n and not leg.startswith("S0")} == {}
    assert min(more.values()) >= 0


def test_no_fault_makes_a_leg_fail(night):
    assert {row["outcome"] for row in rows(night, "individual", "outcomes")} <= {
        "screened",
        "screened_with_findings",
        "quarantined",
    }


def test_whoever_was_planted_is_found_or_told_missing(night):
    """Recall over the night by the truth: the planted stand among its hits, but for the worst distorted."""
    listed = {
        (row["flight_id"], entity)
        for row in pq.read_table(night / "truth" / "truth.parquet").to_pylist()
        for entity in row["entity_ids"] or ()
    }
    found = {
        (row["flight_id"], alert) for row in rows(night, "analyst", "hits") for alert in row["alert_ids"]
    }
    assert len(listed) >= 5
    assert len(listed & found) >= 0.8 * len(listed)
