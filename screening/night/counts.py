"""What a task of the night made, in one line of counts: for the log of whoever runs it.

Counts only: no name of a person, file or flight. Rows are taken from the lists of the work zone and of the
published revision, so that no table is read for it.
"""

from collections import Counter
from collections.abc import Mapping

from screening.night import fitness
from screening.night.chunks import shares
from screening.night.opened import Run
from screening.night.pieces import ReadUnit, read_units
from screening.night.stages import Task
from screening.store.current_json import current

_SAID = {
    "messages": "messages",
    "statements": "statements",
    "quarantine": "set aside",
    "flights": "flights",
    "travellers": "travellers",
    "documents": "documents",
    "hits": "hits",
    "evidence": "pieces of evidence",
    "failures": "flights failed",
}
_MADE: Mapping[Task, tuple[str, ...]] = {
    Task.READ: ("messages", "statements", "quarantine"),
    Task.SETTLE: ("flights", "travellers", "documents"),
    Task.SCREEN: ("hits", "evidence", "failures"),
    Task.PUBLISH: ("flights", "travellers", "hits", "quarantine"),
}


def counted(run: Run, task: Task, unit: str = "") -> str:
    """Say what a task made.

    Args:
        run: the run; the task has ended.
        task: one of read, settle, screen, publish.
        unit: the share or batch.

    Returns:
        A line such as `read: 47 files, 61 messages, 4183 statements, 9 set aside`.
    """
    if task is Task.PUBLISH:
        return f"{task}: {', '.join(_published(run))}"
    if run.published:
        return f"{task}: nothing left to do, the run is published"
    files, units = _read(run, unit) if task is Task.READ else ([], [(str(task), unit)])
    rows = {name: sum(run.work.rows(*found, name) for found in units) for name in _MADE[task]}
    return f"{task}: {', '.join(files + _said(task, rows))}"


def _read(run: Run, unit: str) -> tuple[list[str], list[ReadUnit]]:
    """How many files a share has, and where what was read of them lies."""
    mine = [share for share in shares(run.frozen.inputs) if share.unit == unit]
    chunks = {chunk.unit for share in mine for chunk in share.chunks}
    return [f"{sum(share.files for share in mine)} files"], read_units(run.work, chunks)


def _published(run: Run) -> list[str]:
    """Count the night as published; of a re-run too the whole night."""
    now = current(run.store, run.frozen.night)
    rows: Counter[str] = Counter()
    for file in now.files if now else ():
        rows[file.table] += file.rows
    failed = [record.name for record in fitness.records(run.store, run.frozen) if record.waits]
    gates = f"gates that wait for a person: {', '.join(failed)}" if failed else "no gate waits"
    return [f"revision {now.revision if now else 0}", *_said(Task.PUBLISH, rows), gates]


def _said(task: Task, rows: Mapping[str, int]) -> list[str]:
    return [f"{rows[name]} {_SAID[name]}" for name in _MADE[task]]
