"""What matching costs and finds: ours and its peers on the same tables, each in a process of its own.

Seconds are wall and processor time of the process from its start, reading and writing of the tables included;
memory is the proportional set size of its tree, sampled twenty times a second. What it found is judged by
`evaluate`, the same for all.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from screening.lab.benchmark import tree_mib
from screening.lab.evaluate import evaluate
from screening.lab.peers import Peer, hits_of

RATES = (0.2, 1.0, 5.0)
_INTERVAL = 0.05
_SCREENING = (sys.executable, "-c", "from screening.cli.main import app; app()")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost: wall seconds, processor seconds, peak memory of its tree in MiB."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Matched:
    """What one way of matching cost and found.

    Attributes:
        method: whose.
        cost: of the process.
        pairs: pairs that it wrote.
        recall: rate of false alerts per 1,000 to recall, its low and its high end.
    """

    method: str
    cost: Cost
    pairs: int
    recall: dict[float, tuple[float, float, float]]

    def row(self) -> dict[str, object]:
        """Return it as a row of a table."""
        found = {f"recall at {rate:g}": interval(self.recall[rate]) for rate in RATES}
        return {
            "method": self.method,
            **found,
            "seconds": round(self.cost.seconds, 1),
            "CPU seconds": round(self.cost.cpu_seconds, 1),
            "peak MiB": round(self.cost.peak_mib),
            "pairs": self.pairs,
        }


def interval(recall: tuple[float, float, float]) -> str:
    """Write a recall with its interval.

    >>> interval((0.9341, 0.925, 0.942))
    '.934 (.925-.942)'
    """
    share, low, high = (f"{value:.3f}".removeprefix("0") for value in recall)
    return f"{share} ({low}-{high})"


def compared(
    tables: Path, work: Path, tell: Callable[[str], None], peers: Iterable[Peer] = tuple(Peer)
) -> list[Matched]:
    """Match the tables of a folder by ours and its peers.

    Args:
        tables: folder of an evaluation set (travellers, alerts, truth, history).
        work: folder for hits and counts.
        tell: shows a line of progress.
        peers: which.
    """
    found = [ours(tables, work, "ours, shipped shares")]
    tell(str(found[-1].row()))
    if pq.read_metadata(tables / "history.parquet").num_rows:
        counts = count(tables, work)
        found.append(ours(tables, work, "ours, counts of earlier traffic", counts))
        tell(str(found[-1].row()))
    for peer in peers:
        out = work / "peer.parquet"
        code = "import sys; from screening.lab.benchmark_match import run_peer; run_peer(*sys.argv[1:])"
        cost = measured([sys.executable, "-c", code, str(peer), str(tables), str(out)])
        found.append(judged(str(peer), cost, tables, out))
        tell(str(found[-1].row()))
    return found


def ours(tables: Path, work: Path, method: str, counts: Path | None = None) -> Matched:
    """Match the tables of a folder by `screening match`; hits stay in `work`/hits.parquet."""
    out = work / "hits.parquet"
    named = ("--travellers", str(tables / "travellers.parquet"), "--alerts", str(tables / "alerts.parquet"))
    with_counts = ("--counts", str(counts)) if counts else ()
    return judged(
        method, measured([*_SCREENING, "match", *named, "--out", str(out), *with_counts]), tables, out
    )


def count(tables: Path, work: Path) -> Path:
    """Count the earlier travellers of a folder by `screening model count`."""
    out = work / "counts.parquet"
    travellers = str(tables / "history.parquet")
    measured([*_SCREENING, "model", "count", "--travellers", travellers, "--out", str(out)])
    return out


def run_peer(peer: str, tables: str, out: str) -> None:
    """Match as a peer does and write its hits; the measured process does this."""
    folder = Path(tables)
    read = (pq.read_table(folder / f"{name}.parquet") for name in ("travellers", "alerts"))
    pq.write_table(hits_of(Peer(peer), *read), out)


def judged(method: str, cost: Cost, tables: Path, out: Path) -> Matched:
    """Judge the hits that a process wrote."""
    hits = pq.read_table(out)
    rows = evaluate(hits, pq.read_table(tables / "truth.parquet"), RATES)
    recall = {
        float(str(row["false_alerts_per_1000"])): (
            _number(row["recall"]),
            _number(row["low"]),
            _number(row["high"]),
        )
        for row in rows
        if row["slice"] == "all"
    }
    return Matched(method, cost, hits.num_rows, recall)


def _number(value: object) -> float:
    return float(str(value if value is not None else 0))


def measured(command: Sequence[str]) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; its own words stand on stderr.
    """
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (our own command)
    peak = 0.0
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        peak = max(peak, tree_mib(process.pid))
        time.sleep(_INTERVAL)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the measured process ended with exit code {process.returncode}")
    return Cost(time.monotonic() - begun, used.ru_utime + used.ru_stime, peak)


__all__ = [
    "RATES",
    "Cost",
    "Matched",
    "compared",
    "count",
    "interval",
    "judged",
    "measured",
    "ours",
    "run_peer",
]
