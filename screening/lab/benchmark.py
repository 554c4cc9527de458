"""Time and memory of a whole night, stage by stage, in a process of its own.

Memory is the proportional set size (shared pages counted once) summed over the process tree, sampled twenty
times a second; the peak of each stage is kept. Making the night's files is not measured.
"""

import cProfile
import multiprocessing
import os
import platform
import pstats
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from screening.lab.generate.night import Size, generate
from screening.night.session import run_night
from screening.night.settings import load_settings

_INTERVAL = 0.05
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class StageCost:
    """What one stage cost: wall seconds, and peak memory of the process tree in MiB while it ran."""

    stage: str
    seconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a night cost.

    Attributes:
        stages: in order.
        seconds: wall time from the first stage's begin to the last one's end.
        peak_mib: peak memory of the process tree.
        widest: functions with the largest own time, as (place, share of the whole); only when profiled.
    """

    stages: tuple[StageCost, ...]
    seconds: float
    peak_mib: float
    widest: tuple[tuple[str, float], ...] = ()


def night_cost(
    night: date,
    *,
    flights: int,
    travellers: int,
    alerts: int,
    seed: int,
    tell: Callable[[str], None],
    profile: bool = False,
    kept: Path | None = None,
) -> Cost:
    """Generate a night of a size and screen it once, from an empty store.

    Args:
        night: label.
        flights: number of flights.
        travellers: number of travellers, about.
        alerts: number of listed names, about.
        seed: seed of the generator.
        tell: shows a line of progress.
        profile: profile it too (slower; seconds are then no measurement).
        kept: folder in which the night is made, or was made before; None for one that is removed.
    """
    with tempfile.TemporaryDirectory(prefix="screening-benchmark-") as folder:
        root = kept or Path(folder)
        if not (root / "truth").is_dir():
            tell(f"making {travellers:,} travellers on {flights} flights, {alerts:,} alerts")
            generate(root, night, Size(flights=flights, travellers=travellers, alerts=alerts), seed)
        shutil.rmtree(root / "store", ignore_errors=True)
        try:
            return _measured(root, night, tell, profile=profile)
        finally:
            shutil.rmtree(root / "store", ignore_errors=True)


def _measured(root: Path, night: date, tell: Callable[[str], None], *, profile: bool) -> Cost:
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sending, str(root), night.isoformat(), profile))
    process.start()
    sending.close()
    marks: list[tuple[float, str]] = []
    widest: tuple[tuple[str, float], ...] = ()
    peaks: dict[str, float] = {}
    stage = "start"
    begun = time.monotonic()
    while True:
        peaks[stage] = max(peaks.get(stage, 0.0), tree_mib(process.pid or 0))
        if not receiving.poll(_INTERVAL):
            if not process.is_alive():
                break
            continue
        try:
            kind, value = receiving.recv()
        except EOFError:
            break
        if kind == "profile":
            widest = value
        else:
            stage = str(value)
            marks.append((time.monotonic(), stage))
            tell(f"  {stage}")
    ended = time.monotonic()
    process.join()
    if process.exitcode != 0 or not marks:
        raise RuntimeError(f"the measured night ended with exit code {process.exitcode}")
    stops = [*(moment for moment, _ in marks[1:]), ended]
    stages = tuple(
        StageCost(name, stop - start, peaks.get(name, 0.0))
        for (start, name), stop in zip(marks, stops, strict=True)
        if name != "end"
    )
    return Cost(stages, ended - begun, max(peaks.values()), widest)


def _child(sending: Connection, root: str, night: str, profile: bool) -> None:
    folder = Path(root)
    os.environ.update(
        {
            "SCREENING_STORE": str(folder / "store"),
            "SCREENING_PROFILE": str(folder / "profile.toml"),
            "SCREENING_INBOX": str(folder / "inbox"),
        }
    )

    def tell(text: str) -> None:
        if text.endswith(" …") and not text.startswith(" "):
            sending.send(("stage", text.removesuffix(" …")))

    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    run_night(load_settings(), date.fromisoformat(night), actor="benchmark", tell=tell)
    if profiler:
        profiler.disable()
        sending.send(("profile", _widest(profiler)))
    sending.send(("stage", "end"))
    sending.close()


def _widest(profiler: cProfile.Profile) -> tuple[tuple[str, float], ...]:
    profiled = pstats.Stats(profiler).get_stats_profile()
    total = max(profiled.total_tt, 1e-9)
    own = sorted(
        (
            (entry.tottime / total, f"{Path(entry.file_name).name}:{entry.line_number} {name}")
            for name, entry in profiled.func_profiles.items()
        ),
        reverse=True,
    )
    return tuple((place, round(share, 3)) for share, place in own[:8])


def tree_mib(pid: int) -> float:
    """Return the memory of a process and its children in MiB, pages that they share counted once."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0
    for process in family:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return float(total) / _MIB


def machine_line() -> str:
    """Say on what machine figures were measured, without its name."""
    memory = psutil.virtual_memory().total // _MIB // 1024
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{memory} GiB, {platform.system()}"
    )
