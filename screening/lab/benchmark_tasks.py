"""What each task of a night costs in a process of its own, as under a scheduler, and what more workers bring.

    python -m screening.lab.benchmark_tasks --travellers 100000 --alerts 100000 --workers 2

A generated night (`--folder`: one that is there, of `screening generate`) goes through the tasks of the
DAG, each a fresh interpreter, mapped ones so many at once as there are workers. CPU seconds are those of the
task's process; `start` is what it takes until the run is open. The model adds up what these seconds would be
with more workers: mapped tasks are dealt out, the others wait for one another, each waits for the scheduler.

Source: Amdahl, Validity of the single processor approach, AFIPS 30 (1967).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

SCHEDULER_SECONDS = 1.6  # a task that does nothing, under LocalExecutor and CeleryExecutor of Airflow 3.3
_NIGHT = date(2026, 11, 23)
_MAPPED = {"read": "plan_read", "settle": "plan_settle", "screen": "plan"}
_CALL = "import sys; from screening.lab.benchmark_tasks import task; task(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class TaskCost:
    """One task that has run: CPU seconds, those until its run was open; peak memory in MiB; what it gave."""

    task: str
    cpu_seconds: float
    start: float
    peak_mib: float
    gave: object


def task(name: str, run: str, unit: str) -> None:
    """Do one task in this process and print what it cost; the measured processes do this."""
    from screening.night.settings import load_settings

    settings = load_settings()
    gave: object = None
    start = 0.0
    if name == "lists":
        from screening.list_keeping.lists import ensure_lists

        ensure_lists(
            settings.store, settings.profile, settings.profile_folder, "benchmark", datetime.now(UTC)
        )
    elif name == "receive":
        from screening.night.receive import receive

        frozen = receive(settings, _NIGHT, chosen=None, actor="benchmark", now=datetime.now(UTC)).frozen
        gave = frozen.run if frozen else None
    elif name == "report":
        from screening.night.reporting import write_report
        from screening.night.statistics import write_statistics

        write_report(settings.store, _NIGHT)
        write_statistics(settings.store, _NIGHT)
    else:
        from screening.night import run as stages
        from screening.night.opened import open_run

        opened = open_run(settings, run)
        start = time.process_time()
        more = {"actor": "benchmark"} if name == "publish" else {}
        done = getattr(stages, name)(opened, *([unit] if unit else []), **more)
        gave = done if name in _MAPPED.values() else None
    print(json.dumps({"start": start, "gave": gave}))  # noqa: T201


def _measured(name: str, environment: dict[str, str], run: str = "", unit: str = "") -> TaskCost:
    words = [sys.executable, "-c", _CALL, name, run, unit]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        told = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{name} failed")
    gave = json.loads(told)
    cpu = usage.ru_utime + usage.ru_stime
    return TaskCost(name, cpu, gave["start"], usage.ru_maxrss / 1024, gave["gave"])


def tasks_cost(folder: Path, store: Path, workers: int) -> tuple[list[TaskCost], float]:
    """Run a night task by task.

    Args:
        folder: of `screening generate`.
        store: where its store is to be.
        workers: how many mapped tasks run at once.

    Returns:
        The cost of each task, in order, and the wall seconds of the whole.
    """
    environment = os.environ | {
        "SCREENING_STORE": str(store),
        "SCREENING_PROFILE": str(folder / "profile.toml"),
        "SCREENING_INBOX": str(folder / "inbox"),
    }
    _measured("lists", environment)  # another DAG imports them
    begun = time.perf_counter()
    costs = [_measured("receive", environment)]
    run = str(costs[0].gave)
    with ThreadPoolExecutor(workers) as pool:
        index = pool.submit(_measured, "index", environment, run)
        for mapped, plan in _MAPPED.items():
            if mapped == "screen":
                costs.append(index.result())
            costs.append(_measured(plan, environment, run))
            units = [one["unit"] for one in costs[-1].gave]  # type: ignore[attr-defined]  # rows of JSON
            costs += pool.map(lambda unit, task=mapped: _measured(task, environment, run, unit), units)
    costs += [_measured(name, environment, run) for name in ("publish", "report")]
    return costs, time.perf_counter() - begun


def with_workers(costs: Sequence[TaskCost], workers: int) -> float:
    """Return the seconds of a night on so many workers, by the model.

    >>> one, two = (TaskCost("read", seconds, 0, 0, None) for seconds in (3.0, 5.0))
    >>> [round(with_workers([one, two, one], workers), 1) for workers in (1, 2, 8)]
    [15.8, 9.2, 6.6]
    """
    seconds = 0.0
    for name in dict.fromkeys(cost.task for cost in costs):
        if name == "index" and workers > 1:
            continue  # beside reading, which takes longer
        free = [0.0] * workers
        for each in sorted((cost.cpu_seconds for cost in costs if cost.task == name), reverse=True):
            free[free.index(min(free))] += each + SCHEDULER_SECONDS
        seconds += max(free)
    return seconds


def main() -> None:
    """Print the cost of each task, and the model."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--travellers", type=int, default=100_000)
    options.add_argument("--alerts", type=int, default=100_000)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--folder", type=Path, help="a night that is there, of the 23rd of November 2026")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="screening-tasks-") as name:
        folder = asked.folder or _generated(Path(name), asked.travellers, asked.alerts)
        costs, wall = tasks_cost(folder.absolute(), Path(name) / "store", asked.workers)
    for line in _told(costs, wall, asked.workers):
        print(line)  # noqa: T201


def _generated(folder: Path, travellers: int, alerts: int) -> Path:
    from screening.lab.generate.night import Size, generate

    size = Size(flights=max(1, travellers // 167), travellers=travellers, alerts=alerts)
    generate(folder / "night", _NIGHT, size, 1)
    return folder / "night"


def _told(costs: Sequence[TaskCost], wall: float, workers: int) -> list[str]:
    lines = ["| task | times | CPU s each | of which start | CPU s together | peak memory, MiB |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for name in dict.fromkeys(cost.task for cost in costs):
        ours = [cost for cost in costs if cost.task == name]
        whole, start = (
            sum(found) for found in zip(*((one.cpu_seconds, one.start) for one in ours), strict=True)
        )
        peak, number = max(cost.peak_mib for cost in ours), len(ours)
        lines.append(
            f"| {name} | {number} | {whole / number:.1f} | {start / number:.1f} | {whole:.1f} | {peak:.0f} |"
        )
    whole = sum(cost.cpu_seconds for cost in costs)
    mapped = sum(cost.cpu_seconds for cost in costs if cost.task in _MAPPED)
    told = (
        f"{whole:.1f} CPU s together, {mapped / whole:.0%} of it in mapped tasks; {wall:.1f} s by the clock"
    )
    lines += ["", f"{told} with {workers} at once. By the model:"]
    lines += ["", "| workers | seconds | so many times as fast |", "|---:|---:|---:|"]
    alone = with_workers(costs, 1)
    for number in (1, 2, 4, 8, 16):
        seconds = with_workers(costs, number)
        lines.append(f"| {number} | {seconds:.0f} | {alone / seconds:.1f} |")
    return lines


if __name__ == "__main__":
    main()
