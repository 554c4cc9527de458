"""An open run: what a task needs to know of the night that it works on, whatever it does there.

Its own module, so that each task of a scheduler, a process of its own, imports the rooms of its stage alone.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from screening.night import input_names
from screening.night.frozen import (
    Frozen,
    frozen_path,
    load_frozen,
    load_unchanged,
    parse_run,
    refuse_other_code,
)
from screening.night.processes import give_back
from screening.night.settings import Settings
from screening.night.stages import STAGES, Task
from screening.protection.keys import Keys
from screening.store.current_json import Current, current
from screening.store.locks import undisturbed
from screening.store.work import Work
from screening.store.zones import Store, only
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

NIGHT = "night"  # unit of stages that run once a night
_Asked = ParamSpec("_Asked")
_Given = TypeVar("_Given")


def _zones(task: Task) -> frozenset[Zone]:
    return frozenset(zone for stage in STAGES if stage.task is task for zone in stage.opens())


def opening(
    task: Task,
) -> Callable[[Callable[Concatenate["Run", _Asked], _Given]], Callable[Concatenate["Run", _Asked], _Given]]:
    """Let a task open the zones that its stages declare, and no other; let no purge begin beside it."""
    zones = _zones(task)

    def wrap(
        function: Callable[Concatenate[Run, _Asked], _Given],
    ) -> Callable[Concatenate[Run, _Asked], _Given]:
        @functools.wraps(function)
        def inside(run: Run, /, *asked: _Asked.args, **named: _Asked.kwargs) -> _Given:
            give_back()
            with undisturbed(run.store), only(zones):
                return function(run, *asked, **named)

        return inside

    return wrap


@dataclass(frozen=True, slots=True)
class Run:
    """An open run: where its store is and what was frozen."""

    settings: Settings
    frozen: Frozen
    unchanged: bool = False  # it has ended with the tables that were published before

    @property
    def store(self) -> Store:
        """The store."""
        return self.settings.store

    @property
    def work(self) -> Work:
        """The run's work folder."""
        return Work(self.store, self.frozen.night, self.frozen.run)

    @property
    def keys(self) -> Keys:
        """Pseudonyms of the key that was frozen, also where another is in use now.

        Raises:
            StoreError: that key is not in the folder.
        """
        return self.frozen.keys(self.store)

    @property
    def published(self) -> Current | None:
        """The published revision, if it is this run's."""
        now = current(self.store, self.frozen.night)
        if self.unchanged:
            return now
        if now is None or now.revision < self.frozen.revision or now.frozen != self.frozen.hash:
            return None  # a purge makes revisions too, with the frozen set of the one before
        return now


def open_run(settings: Settings, run: str) -> Run:
    """Open a run by its id.

    Raises:
        StoreError: there is no such run.
        OtherCodeError: other code froze it, and it is not published yet.
    """
    night, revision = parse_run(run)
    frozen = load_frozen(settings.store, night, revision)
    ended = load_unchanged(settings.store, night, revision) if frozen is None else None
    if ended is not None:
        return Run(settings, ended, unchanged=True)
    if frozen is None:
        raise StoreError(
            f"there is no run {run}",
            where=str(frozen_path(settings.store, night, revision)),
            effect="nothing was done",
            remedy=f"`screening run --night {night}` begins one",
        )
    opened = Run(settings, input_names.restored(settings.store, frozen))
    if not opened.published:
        refuse_other_code(frozen)
    if opened.frozen.nameless and not opened.published:
        raise StoreError(
            f"run {run} lay so long that what it needs came to the end of its term",
            where=f"landing, names of the inputs of {run}",
            effect="it cannot go on; what is published stays",
            remedy=f"`screening run --night {night}` freezes the night anew",
        )
    return opened
