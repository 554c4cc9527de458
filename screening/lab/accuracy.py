"""The tables of docs/accuracy.md: recall by set, list and history, kept promises, calibration, slices.

Every set is made anew by `screening.lab.evaluation`, matched by `screening match` in a process of its own,
with the shipped shares and with counts of so many earlier travellers, and judged by `evaluate`. A promise is
the score that the product says N of 1,000 innocents reach: without history its shipped table for the size of
the list, with history `screening thresholds` on part of the earlier travellers. It is kept when no more of
the set's own innocents reach it.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from screening.lab.benchmark_match import Matched, count, ours
from screening.lab.calibration import calibration
from screening.lab.evaluate import best_scores, evaluate
from screening.lab.evaluation import sets
from screening.lab.evaluation.lists import names_in
from screening.lab.evaluation.write import write
from screening.matching.model import load_model
from screening.matching.thresholds import threshold

KINDS = (LISTED, UNKNOWN, TWO_LISTS) = ("listed", "unknown", "two-lists")
PROMISED = (1.0, 5.0)
_MEASURED_ON = 25_000
"""Earlier travellers that thresholds are measured on: 25 of them at 1 per 1,000."""
_SLICE_RATE = 1.0
_FEWEST = 60
"""Values that fewer listed people carry are left out of the slices: the interval would be ±5 points."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        kinds: which of KINDS.
        listed: public alert list, or None for an invented one.
        other: public list whose people travel in the set `two-lists`, or None: the set is left out.
        names: sizes of list.
        histories: how many earlier travellers are counted, each in turn; 0 is none.
        travellers, true: of each set.
        seed: of all sets.
    """

    kinds: Sequence[str]
    listed: pa.Table | None
    other: pa.Table | None
    names: Sequence[int]
    histories: Sequence[int]
    travellers: int
    true: int
    seed: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Rows of the four tables."""

    recall: list[dict[str, object]]
    promises: list[dict[str, object]]
    slices: list[dict[str, object]]
    calibration: list[dict[str, object]]


def accuracy(plan: Plan, work: Path, tell: Callable[[str], None]) -> Accuracy:
    """Measure all sets.

    Args:
        plan: what to measure.
        work: folder for tables and hits.
        tell: shows a line of progress.
    """
    found = Accuracy([], [], [], [])
    for kind, names, made in _sets(plan):
        folder = work / "set"
        write(folder, made)
        last = (kind, names) == (kind, max(plan.names))
        for earlier in plan.histories:
            pq.write_table(made.history.slice(0, earlier), folder / "history.parquet")
            counts = count(folder, work) if earlier else None
            one = ours(folder, work, kind, counts)
            head = {"set": kind, "names": f"{names:,}", "history": f"{earlier:,}" if earlier else "none"}
            found.recall.append(head | _cells(one))
            found.promises.append(head | _kept(folder, work, names, counts))
            tell(f"{kind}, {names:,} names, {earlier:,} earlier travellers: {one.recall}")
        if last:
            found.slices.extend({"set": kind} | row for row in _slices(folder, work))
            found.calibration.extend({"set": kind} | row for row in _calibrated(folder, work))
    return found


def _sets(plan: Plan) -> Iterator[tuple[str, int, sets.EvaluationSet]]:
    for names in sorted(plan.names):
        size = sets.Size(names, plan.travellers, plan.true, max(plan.histories))
        if LISTED in plan.kinds:
            yield LISTED, names, sets.listed(plan.listed, size, plan.seed)
        if UNKNOWN in plan.kinds:
            yield UNKNOWN, names, sets.unknown(size, plan.seed)
        if TWO_LISTS in plan.kinds and plan.listed is not None and plan.other is not None:
            linked = replace(size, true=0)
            yield TWO_LISTS, names, sets.two_lists(plan.other, plan.listed, linked, plan.seed)


def _cells(one: Matched) -> dict[str, object]:
    row = one.row()
    return {name: row[name] for name in row if name not in {"method", "seconds"}}


def _kept(folder: Path, work: Path, names: int, counts: Path | None) -> dict[str, object]:
    """Return for each promised rate how many of 1,000 innocents of the set reach its score."""
    truth = pq.read_table(folder / "truth.parquet")
    scores = best_scores(pq.read_table(work / "hits.parquet"), truth)
    innocent = scores.best[scores.innocent]
    listed = scores.best[scores.listed]
    promised = _shipped(names) if counts is None else _measured(folder, work, counts)
    row: dict[str, object] = {}
    for rate in PROMISED:
        row[f"bits for {rate:g}"] = round(promised[rate], 1)
        row[f"false alerts at {rate:g}"] = round(1000 * float((innocent >= promised[rate]).mean()), 2)
        row[f"recall there, {rate:g}"] = round(float((listed >= promised[rate]).mean()), 3)
    return row


def _shipped(names: int) -> dict[float, float]:
    model = load_model()
    return {rate: threshold(model, rate, names) / 100 for rate in PROMISED}


def _measured(folder: Path, work: Path, counts: Path) -> dict[float, float]:
    """Ask `screening thresholds` for the scores that earlier travellers reach at the rates."""
    sample = work / "sample.parquet"
    pq.write_table(pq.read_table(folder / "history.parquet").slice(0, _MEASURED_ON), sample)
    tables = [
        "--travellers",
        str(sample),
        "--alerts",
        str(folder / "alerts.parquet"),
        "--counts",
        str(counts),
    ]
    told = subprocess.run(  # noqa: S603  (our own command)
        [
            sys.executable,
            "-c",
            "from screening.cli.main import app; app()",
            "thresholds",
            *tables,
            "--format",
            "json",
        ],
        stdout=subprocess.PIPE,
        check=True,
    )
    found = {float(row["rate"]): float(row["score"]) for row in json.loads(told.stdout)}
    return {rate: found[rate] for rate in PROMISED}


def _calibrated(folder: Path, work: Path) -> list[dict[str, object]]:
    """Return what scores of the last match state beside what is observed."""
    tables = (work / "hits.parquet", folder / "truth.parquet", folder / "travellers.parquet")
    hits, truth, travellers = (pq.read_table(table) for table in tables)
    return calibration(hits, truth, travellers, names_in(pq.read_table(folder / "alerts.parquet")))


def _slices(folder: Path, work: Path) -> Iterator[dict[str, object]]:
    """Yield the slices of the last match at 1 per 1,000."""
    rows = evaluate(
        pq.read_table(work / "hits.parquet"), pq.read_table(folder / "truth.parquet"), (_SLICE_RATE,)
    )
    for row in rows:
        near = row["slice"] == "near_miss"
        if row["slice"] == "all" or (not near and int(str(row["listed"])) < _FEWEST):
            continue
        yield {
            "slice": row["slice"],
            "value": row["value"],
            "recall": "" if near else f"{row['recall']:.3f} ({row['low']:.3f}-{row['high']:.3f})",
            "listed": row["near"] if near else row["listed"],
            "false alerts per 1,000": "" if near or row["per_1000"] is None else row["per_1000"],
            "times the mean": "" if near or row["times_mean"] is None else row["times_mean"],
            "near misses above": row["near_misses"] if near else "",
        }


__all__ = ["KINDS", "PROMISED", "Accuracy", "Plan", "accuracy"]
