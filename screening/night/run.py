"""One night from receive to attention: the functions that the command line and the DAGs call alike.

    receive ─► read ─► settle ─► plan ─► screen (each batch) ─► publish ─► report ─► attention

Tasks pass a run's id (`2026-11-23-0001`) and batch units; tables go through the work zone. Every function may
be called again, also at the same time by another process: it writes the same bytes. When the run has been
published already, the functions after `receive` have nothing left to do.
"""

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Concatenate, ParamSpec, TypeVar

import pyarrow as pa

from screening.night import batches, fitness, input_names, publishing, settling
from screening.night.balance import line
from screening.night.frozen import (
    Frozen,
    frozen_path,
    load_frozen,
    load_unchanged,
    parse_run,
    refuse_other_code,
    save_frozen,
    set_unchanged,
)
from screening.night.opening import Carried, MemberPlace, can_be_read, carried, doubled_members
from screening.night.outcomes import LegFailure
from screening.night.processes import each, give_back
from screening.night.publication_record import record_publication
from screening.night.reading import Chunk, chunks, read_chunk
from screening.night.received import Received
from screening.night.settings import Settings
from screening.night.sightings import note_received
from screening.night.stages import STAGES, Task
from screening.protection import audit
from screening.protection.keys import Keys
from screening.store.landing import release_incoming
from screening.store.locks import night_lock, undisturbed
from screening.store.revisions import Current, current, read_current
from screening.store.revisions import publish as publish_revision
from screening.store.work import Work, sweep_dead
from screening.store.zones import Store, only
from screening.tables import analyst, individual
from screening.tables.codes import InputStatus, Use, Zone
from screening.tables.errors import ScreeningError, StoreError

NIGHT = "night"  # unit of stages that run once a night
_NOBODY = "none"
_LARGE_BYTES = 20_000_000  # below, starting a process (2 s) costs more than it brings
_LARGE_TRAVELLERS = 40_000
Counted = Callable[[int, int], None]
_Asked = ParamSpec("_Asked")
_Given = TypeVar("_Given")


def _zones(task: Task) -> frozenset[Zone]:
    return frozenset(zone for stage in STAGES if stage.task is task for zone in stage.opens())


def _opening(
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


def _untold(done: int, of: int) -> None:
    """Tell nobody how far a stage is."""


@_opening(Task.READ)
def read(run: Run, *, counted: Counted = _untold) -> int:
    """Read and scrub every input; chunks that are there already are kept.

    Args:
        run: the run.
        counted: is told how many files are read, and of how many.

    Returns:
        Number of inputs.

    Raises:
        StoreError: bytes came to the end of their term after the night was received.
    """
    if run.published:
        return len(run.frozen.inputs)
    with run.work.alive():
        known = carried(run.store, run.frozen.night)
        done = set(run.work.units("read"))
        missing = [chunk for chunk in chunks(run.frozen.inputs) if chunk.unit not in done]
        if not missing:
            return len(run.frozen.inputs)
        _refuse_gone(run, known, missing)
        intake = run.frozen.agency_profile().intake
        nights_before = [date.fromisoformat(found.night) for found in run.frozen.pins.earlier]
        doubled = doubled_members(
            run.store,
            run.frozen.inputs,
            intake,
            known,
            _kept_bytes(run.frozen, known),
            Received(run.store, nights_before),
        )
        large = sum(entry.size for chunk in missing for entry in chunk.inputs) > _LARGE_BYTES
        one = functools.partial(_read_chunk, run, known, doubled)
        total = sum(len(chunk.inputs) for chunk in missing)
        for files in accumulate(each(one, missing, large=large)):
            counted(files, total)
    return len(run.frozen.inputs)


def _refuse_gone(run: Run, known: Carried, missing: Sequence[Chunk]) -> None:
    """Refuse to go on without bytes that a purge between two tasks has removed; the night is frozen anew."""
    gone = [one for chunk in missing for one in chunk.inputs if not can_be_read(run.store, one, known)]
    if gone:
        night = run.frozen.night
        raise StoreError(
            f"{len(gone)} inputs of run {run.frozen.run} came to the end of their term before they were read",
            where=f"night {night}",
            effect="this run cannot go on; what is published stays",
            remedy=f"`screening run --night {night}`, or the DAG again from its first task: the night is "
            "frozen anew from what is there",
        )


def _kept_bytes(frozen: Frozen, known: Carried) -> set[str]:
    """Ids of files that a re-run does not read again, and of their members that are no double of another."""
    kept = {entry.input_id for entry in frozen.kept}
    rows = known.inputs.select(["input_id", "container", "status"]).to_pylist()
    return {
        row["input_id"]
        for row in rows
        if (row["container"] or row["input_id"]) in kept and row["status"] != InputStatus.DUPLICATE
    }


def _read_chunk(run: Run, known: Carried, doubled: Collection[MemberPlace], chunk: Chunk) -> int:
    """Read one chunk, perhaps in a process of its own."""
    with only(_zones(Task.READ)):
        intake, pieces = run.frozen.agency_profile().intake, settling.Pieces(run.work, chunk.unit)
        tables = read_chunk(run.store, chunk, intake, known, doubled, collect=pieces.begin)
        run.work.write("read", chunk.unit, {**tables, "pieces": pieces.listed()})
    return len(chunk.inputs)


@_opening(Task.SETTLE)
def settle(run: Run) -> int:
    """Settle the legs in scope.

    Returns:
        Number of legs.
    """
    if run.published:
        return int(read_current(run.store, run.frozen.night, individual.FLIGHTS).num_rows)
    with run.work.alive():
        if NIGHT not in run.work.units("settle"):
            run.work.write("settle", NIGHT, _settled(run))
        settled = settled_tables(run)
    return int(settled["flights"].num_rows)


@_opening(Task.PLAN)
def plan(run: Run) -> list[dict[str, str]]:
    """Group the legs into batches.

    Returns:
        Unit and label of each batch, in order; neither holds personal data. A night without a leg has one
        batch without legs: Airflow skips what follows an empty mapping, and the night must be published.
    """
    planned = [{"unit": batch.unit, "label": batch.label} for batch in _batches(run)]
    return planned or [{"unit": _NOBODY, "label": "no flights"}]


def screen_all(run: Run, planned: Sequence[Mapping[str, str]], *, counted: Counted = _untold) -> int:
    """Screen every planned batch, large nights in several processes.

    Args:
        run: the run.
        planned: batches.
        counted: is told how many batches are screened, and of how many.

    Returns:
        Number of legs on which our code failed.
    """
    people = 0 if run.published else sum(_flights(run)["travellers"].to_pylist())
    one = functools.partial(screen, run)
    failed = 0
    units = [batch["unit"] for batch in planned]
    for number, legs in enumerate(each(one, units, large=people > _LARGE_TRAVELLERS), 1):
        failed += legs
        counted(number, len(units))
    return failed


@_opening(Task.SCREEN)
def screen(run: Run, unit: str) -> int:
    """Screen one batch.

    Returns:
        Number of legs on which our code failed.
    """
    if run.published:
        return 0
    with run.work.alive():
        if unit == _NOBODY:
            return 0
        if unit not in run.work.units("screen"):
            batch = next(found for found in _batches(run) if found.unit == unit)
            screened = batches.screen(
                run.frozen,
                run.keys,
                batches.watch(run.store, run.frozen),
                batches.decided(run.store, run.frozen),
                _settled_of(run, batch),
                batch,
            )
            failures = sorted(screened.failures.items())
            run.work.write(
                "screen",
                unit,
                {
                    "hits": screened.hits,
                    "evidence": screened.evidence,
                    "ledger": screened.ledger,
                    "silenced": pa.table({"pairs": pa.array([screened.silenced], pa.int64())}),
                    "failures": pa.table(
                        {
                            "flight_id": pa.array([leg for leg, _ in failures], pa.string()),
                            "code": pa.array([failure.code for _, failure in failures], pa.string()),
                            "text": pa.array([failure.text for _, failure in failures], pa.string()),
                        }
                    ),
                },
            )
        return int(run.work.read("screen", unit, "failures").num_rows)


@_opening(Task.PUBLISH)
def publish(run: Run, *, actor: str, let_through: Collection[str] = (), reason: str | None = None) -> Current:
    """Publish the night as one whole.

    Legs of batches that left nothing (a task died for good) and legs whose counts do not add up are recorded
    as failed: they are mended by `rerun`, and the others do not wait for them. A night that fails a gate is
    published all the same; its tables of the aggregate zone stay as they were until a person lets it through.

    Raises:
        BalanceError: counts do not add up, and nobody can tell whose.
    """
    with night_lock(run.store, run.frozen.night):
        done = run.published
        if done is not None:
            record_publication(run.store, done, actor)
            _end(run)
            return done
        with run.work.alive():
            parts = _parts(run)
            tables = publishing.assemble(run.store, run.frozen, parts)
            judged = _judged(run, tables, parts.silenced, let_through)
            for gate in sorted(let_through):
                audit.append(run.store, actor, "gate.let_through", [run.frozen.run, gate], reason)
            published = publish_revision(
                run.store,
                run.frozen.night,
                run.frozen.hash,
                publishing.publications(tables | judged),
                kept=set(publishing.KEPT) - set(judged),
                purposes=run.frozen.agency_profile().law.purposes,
            )
            record_publication(run.store, published, actor)
        _end(run)
    return published


def _judged(
    run: Run, tables: dict[str, pa.Table], silenced: int, let_through: Collection[str]
) -> dict[str, pa.Table]:
    """Judge the night and write down what was found.

    Returns:
        Figures of the night, and the tables of the aggregate zone unless these wait for a person; nothing
        where all stays as it is.
    """
    if run.frozen.gone:  # too few are left to be judged or counted: what was published of the night stands
        fitness.keep(run.store, run.frozen)
        return {}
    health = publishing.night_health(run.frozen, tables, silenced)
    aside = publishing.set_aside(tables)
    reports = fitness.judge(
        run.frozen, tables, quarantined=aside, baseline=fitness.baseline(run.store, run.frozen)
    )
    leaving: dict[str, pa.Table] = {}
    try:
        if run.frozen.agency_profile().law.allows(Use.STATISTICS):
            leaving = publishing.aggregated(run.store, run.frozen, tables)
    except ScreeningError:
        raise
    except Exception as fault:  # noqa: BLE001  (a table for statisticians must keep no hit back)
        people = tables["travellers"].num_rows
        reports.append(fitness.broken(run.frozen, fitness.AGGREGATES, people, fault))
    fitness.note(run.store, run.frozen, reports, let_through, health)
    held = any(report.failures and report.name not in let_through for report in reports)
    return {"night_health": health} | ({} if held else leaving)


def settled_tables(run: Run) -> dict[str, pa.Table]:
    """Flights, travellers and documents of the run, from the work zone."""
    names = ("flights", "travellers", "documents", "ledger", "scope")
    return {name: run.work.read("settle", NIGHT, name) for name in names}


def _settled_of(run: Run, batch: batches.Batch) -> dict[str, pa.Table]:
    """Flights, travellers and documents of a batch; the rest of the night is let go."""
    return batches.part(
        {name: run.work.read("settle", NIGHT, name) for name in ("flights", "travellers", "documents")},
        batch.flight_ids,
    )


def _settled(run: Run) -> dict[str, pa.Table]:
    """Settle; what was read is let go before the result is written."""
    return settling.settle_night(run.store, run.frozen, run.keys, settling.spoken(run.work))


def _gathered(run: Run) -> dict[str, pa.Table]:
    return settling.gather(run.work)


def _batches(run: Run) -> list[batches.Batch]:
    return batches.plan(_flights(run), run.frozen.agency_profile().schedule.batches)


def _flights(run: Run) -> pa.Table:
    if run.published:
        return read_current(run.store, run.frozen.night, individual.FLIGHTS)
    return run.work.read("settle", NIGHT, "flights")


def _parts(run: Run) -> publishing.Parts:
    settled = settled_tables(run)
    hits, evidence, ledger = [], [], []
    failures: dict[str, LegFailure] = {}
    silenced = 0
    done = set(run.work.units("screen"))
    for batch in _batches(run):
        if batch.unit not in done:
            failures |= dict.fromkeys(batch.flight_ids, _LOST)
            ledger.append(_lost_lines(settled["flights"], batch.flight_ids))
            continue
        hits.append(run.work.read("screen", batch.unit, "hits"))
        evidence.append(run.work.read("screen", batch.unit, "evidence"))
        ledger.append(run.work.read("screen", batch.unit, "ledger"))
        silenced += run.work.read("screen", batch.unit, "silenced")["pairs"][0].as_py()
        for row in run.work.read("screen", batch.unit, "failures").to_pylist():
            failures[row["flight_id"]] = LegFailure(row["code"], row["text"])
    return publishing.Parts(
        read=_gathered(run),
        settled=settled,
        hits=analyst.HITS.conform(pa.concat_tables([analyst.HITS.empty(), *hits])),
        evidence=analyst.EVIDENCE.conform(pa.concat_tables([analyst.EVIDENCE.empty(), *evidence])),
        ledger=individual.LEDGER.conform(pa.concat_tables([individual.LEDGER.empty(), *ledger])),
        silenced=silenced,
        failures=failures,
    )


_LOST = LegFailure("batch_lost", "the task that screened this flight's batch ended without a result")


def _lost_lines(flights: pa.Table, legs: Collection[str]) -> pa.Table:
    rows = [
        row
        for leg, number in zip(
            flights["flight_id"].to_pylist(), flights["travellers"].to_pylist(), strict=True
        )
        if leg in legs
        for row in line("screen", leg, "travellers", passed=0, aside={"failed": number})
    ]
    return individual.LEDGER.table(rows)


def _end(run: Run) -> None:
    """Empty the work folder; a frozen set that became no revision of its own is forgotten."""
    now = current(run.store, run.frozen.night)
    if now is not None and now.revision < run.frozen.revision:
        set_unchanged(run.store, run.frozen)
    elif now is not None and now.revision > run.frozen.revision:
        fitness.carry(run.store, run.frozen, now.revision)
        save_frozen(run.store, dataclasses.replace(run.frozen, revision=now.revision))
    if not run.frozen.nameless:
        note_received(run.store, run.settings.inbox, run.frozen.inputs)
    input_names.forget(run.store, run.frozen.run)
    release_incoming(run.store, [entry.input_id for entry in run.frozen.inputs])
    run.work.clear()
    sweep_dead(run.store, night=run.frozen.night)
