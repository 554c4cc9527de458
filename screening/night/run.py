"""One night from receive to attention: the functions that the command line and the DAGs call alike.

    receive ─► plan_read ─► read, each share ─► plan_settle ─► settle, each share ─► plan
       └─► index ──────────────────────────────────────────────────────────────────────┤
                              attention ◄─ report ◄─ publish ◄─ screen, each batch ◄───┘

Tasks pass a run's id (`2026-11-23-0001`) and units of shares and batches; tables go through the work zone.
Every function may be called again, also at the same time by another process: it writes the same bytes. When
the run has been published already, the functions after `receive` have nothing left to do.

Each task of a scheduler is a process of its own: rooms that only one of them needs are imported within it.
"""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

import pyarrow as pa

from screening.night.opened import NIGHT, Run, opening
from screening.night.processes import each
from screening.night.shares import NOBODY, planned
from screening.night.stages import Task
from screening.store.current_json import Current
from screening.tables.codes import InputStatus
from screening.tables.errors import StoreError

if TYPE_CHECKING:
    from screening.night.chunks import Chunk
    from screening.night.frozen import Frozen
    from screening.night.opening import Carried

_LARGE_BYTES = 20_000_000  # below, starting a process (2 s) costs more than it brings
_LARGE_STATEMENTS = 100_000
_LARGE_TRAVELLERS = 40_000
_DOUBLED = "doubled"
Counted = Callable[[int, int], None]


def _untold(done: int, of: int) -> None:
    """Tell nobody how far a stage is."""


@opening(Task.INDEX)
def index(run: Run) -> None:
    """Make the lists ready to be compared, while the night is read; what is kept is left as it is."""
    from screening.night import batches

    if not run.published:
        batches.watch(run.store, run.frozen)


@opening(Task.PLAN_READ)
def plan_read(run: Run) -> list[dict[str, str]]:
    """Cut the inputs into shares, and find members of compressed files that are not to be read twice.

    Returns:
        Unit and label of each share, in order; neither holds personal data.

    Raises:
        StoreError: bytes came to the end of their term after the night was received.
    """
    from screening.night.chunks import shares

    if run.published:
        return planned([], nothing="published")
    cut = shares(run.frozen.inputs)
    with run.work.alive():
        if NIGHT not in run.work.units(Task.PLAN_READ):
            run.work.write(Task.PLAN_READ, NIGHT, {_DOUBLED: _doubled(run)})
    return planned([(share.unit, f"{share.files} files") for share in cut], nothing="no files")


def _doubled(run: Run) -> pa.Table:
    """Members whose bytes stand elsewhere too: to know it, every compressed file is unpacked."""
    from screening.night.chunks import chunks
    from screening.night.opening import carried, doubled_members
    from screening.night.received import Received

    known = carried(run.store, run.frozen.night)
    _refuse_gone(run, known, list(chunks(run.frozen.inputs)))
    nights_before = [date.fromisoformat(found.night) for found in run.frozen.pins.earlier]
    doubled = sorted(
        doubled_members(
            run.store,
            run.frozen.inputs,
            run.frozen.agency_profile().intake,
            known,
            _kept_bytes(run.frozen, known),
            Received(run.store, nights_before),
        )
    )
    return pa.table(
        {
            "container": pa.array([container for container, _ in doubled], pa.string()),
            "ordinal": pa.array([ordinal for _, ordinal in doubled], pa.int64()),
        }
    )


def read_all(run: Run, cut: Sequence[Mapping[str, str]], *, counted: Counted = _untold) -> int:
    """Read every share, large nights in several processes.

    Args:
        run: the run.
        cut: shares.
        counted: is told how many files are read, and of how many.

    Returns:
        Number of inputs.
    """
    from screening.night.chunks import shares

    there = {share.unit: share for share in shares(run.frozen.inputs)}
    waiting = [share for one in cut if (share := there.get(one["unit"])) and _missing(run, share.chunks)]
    size = sum(entry.size for share in waiting for chunk in share.chunks for entry in chunk.inputs)
    one = functools.partial(read, run)
    total = sum(share.files for share in waiting)
    units = [share.unit for share in waiting]
    for files in accumulate(each(one, units, large=size > _LARGE_BYTES)):
        counted(files, total)
    return len(run.frozen.inputs)


@opening(Task.READ)
def read(run: Run, unit: str) -> int:
    """Read and scrub the inputs of one share; chunks that are there already are kept.

    Returns:
        Number of inputs.

    Raises:
        StoreError: bytes came to the end of their term after the night was received.
    """
    if run.published or unit == NOBODY:
        return 0
    from screening.night.chunks import shares
    from screening.night.opening import carried
    from screening.night.pieces import Pieces
    from screening.night.reading import read_chunk

    share = next(found for found in shares(run.frozen.inputs) if found.unit == unit)
    with run.work.alive():
        missing = _missing(run, share.chunks)
        if not missing:
            return share.files
        known = carried(run.store, run.frozen.night)
        _refuse_gone(run, known, missing)
        rows = run.work.read(Task.PLAN_READ, NIGHT, _DOUBLED).to_pylist()
        doubled = {(row["container"], row["ordinal"]) for row in rows}
        intake = run.frozen.agency_profile().intake
        for chunk in missing:
            pieces = Pieces(run.work, chunk.unit)
            tables = read_chunk(run.store, chunk, intake, known, doubled, collect=pieces.begin)
            run.work.write("read", chunk.unit, {**tables, "pieces": pieces.listed()})
    return share.files


def _missing(run: Run, chunks: Sequence["Chunk"]) -> list["Chunk"]:
    """Chunks that no process has read to their end."""
    done = set(run.work.units("read"))
    return [chunk for chunk in chunks if chunk.unit not in done]


def _refuse_gone(run: Run, known: "Carried", missing: Sequence["Chunk"]) -> None:
    """Refuse to go on without bytes that a purge between two tasks has removed; the night is frozen anew."""
    from screening.night.opening import gone

    lost = gone(run.store, (one for chunk in missing for one in chunk.inputs), known)
    if lost:
        night = run.frozen.night
        raise StoreError(
            f"{len(lost)} inputs of run {run.frozen.run} came to the end of their term before they were read",
            where=f"night {night}",
            effect="this run cannot go on; what is published stays",
            remedy=f"`screening run --night {night}`, or the DAG again from its first task: the night is "
            "frozen anew from what is there",
        )


def _kept_bytes(frozen: "Frozen", known: "Carried") -> set[str]:
    """Ids of files that a re-run does not read again, and of their members that are no double of another."""
    kept = {entry.input_id for entry in frozen.kept}
    rows = known.inputs.select(["input_id", "container", "status"]).to_pylist()
    return {
        row["input_id"]
        for row in rows
        if (row["container"] or row["input_id"]) in kept and row["status"] != InputStatus.DUPLICATE
    }


@opening(Task.PLAN_SETTLE)
def plan_settle(run: Run) -> list[dict[str, str]]:
    """Cut the legs in scope into shares; what earlier nights hold about them is drawn in once.

    Returns:
        Unit and label of each share, in order; neither holds personal data.
    """
    from screening.night import settling

    if run.published:
        return planned([], nothing="published")
    with run.work.alive():
        if NIGHT not in run.work.units(Task.PLAN_SETTLE):
            run.work.write(Task.PLAN_SETTLE, NIGHT, settling.cut_night(run.store, run.frozen, run.work))
        cut = settling.shares_of(run.work)
    return planned([(share.unit, f"{len(share.scope)} flights") for share in cut], nothing="no flights")


def settle_all(run: Run, cut: Sequence[Mapping[str, str]], *, counted: Counted = _untold) -> None:
    """Settle every share, large nights in several processes.

    Args:
        run: the run.
        cut: shares.
        counted: is told how many shares are settled, and of how many.
    """
    from screening.night import settling

    statements = 0 if run.published else sum(share.statements for share in settling.shares_of(run.work))
    units = [share["unit"] for share in cut]
    one = functools.partial(settle, run)
    for number, _ in enumerate(each(one, units, large=statements > _LARGE_STATEMENTS), 1):
        counted(number, len(units))


@opening(Task.SETTLE)
def settle(run: Run, unit: str) -> int:
    """Settle the legs of one share.

    Returns:
        Number of legs.
    """
    if run.published or unit == NOBODY:
        return 0
    from screening.night import settling

    with run.work.alive():
        if unit not in run.work.units("settle"):
            share = next(found for found in settling.shares_of(run.work) if found.unit == unit)
            settled = settling.settle_share(run.store, run.frozen, run.keys, run.work, share)
            run.work.write("settle", unit, settled)
        return run.work.rows("settle", unit, "flights")


@opening(Task.PLAN)
def plan(run: Run) -> list[dict[str, str]]:
    """Group the legs into batches.

    Returns:
        Unit and label of each batch, in order; neither holds personal data.
    """
    from screening.night.batch_plan import batches_of

    if run.published:
        return planned([], nothing="published")
    return planned([(batch.unit, batch.holds) for batch in batches_of(run)], nothing="no flights")


def screen_all(run: Run, cut: Sequence[Mapping[str, str]], *, counted: Counted = _untold) -> int:
    """Screen every batch, large nights in several processes.

    Args:
        run: the run.
        cut: batches.
        counted: is told how many batches are screened, and of how many.

    Returns:
        Number of legs on which our code failed.
    """
    from screening.night.settling import flights_in

    people = 0 if run.published else sum(flights_in(run.work)["travellers"].to_pylist())
    one = functools.partial(screen, run)
    failed = 0
    units = [batch["unit"] for batch in cut]
    for number, legs in enumerate(each(one, units, large=people > _LARGE_TRAVELLERS), 1):
        failed += legs
        counted(number, len(units))
    return failed


@opening(Task.SCREEN)
def screen(run: Run, unit: str) -> int:
    """Screen one batch.

    Returns:
        Number of legs on which our code failed.
    """
    if run.published or unit == NOBODY:
        return 0
    from screening.night import batches
    from screening.night.batch_plan import batches_of
    from screening.night.settling import settled_about

    with run.work.alive():
        if unit not in run.work.units("screen"):
            batch = next(found for found in batches_of(run) if found.unit == unit)
            screened = batches.screen(
                run.frozen,
                run.keys,
                batches.watch(run.store, run.frozen),
                batches.decided(run.store, run.frozen),
                settled_about(run.work, batch.flight_ids),
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


@opening(Task.PUBLISH)
def publish(run: Run, *, actor: str, let_through: Collection[str] = (), reason: str | None = None) -> Current:
    """Publish the night as one whole.

    Legs of batches that left nothing (a task died for good) and legs whose counts do not add up are recorded
    as failed: they are mended by `rerun`, and the others do not wait for them. A night that fails a gate is
    published all the same; its tables of the aggregate zone stay as they were until a person lets it through.

    Raises:
        BalanceError: counts do not add up, and nobody can tell whose.
    """
    from screening.night import publication, publishing
    from screening.night.publication_record import record_publication
    from screening.protection import audit
    from screening.store.locks import night_lock
    from screening.store.revisions import publish as publish_revision

    with night_lock(run.store, run.frozen.night):
        done = run.published
        if done is not None:
            record_publication(run.store, done, actor)
            publication.end(run)
            return done
        with run.work.alive():
            parts = publication.parts(run)
            tables = publishing.assemble(run.store, run.frozen, parts)
            judged = publication.judged(run, tables, parts.silenced, let_through)
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
        publication.end(run)
    return published
