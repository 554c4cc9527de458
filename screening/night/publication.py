"""The last step of a run: what its stages have left is put together, judged, and cleared away."""

import dataclasses
from collections.abc import Collection

import pyarrow as pa

from screening.night import fitness, input_names, publishing, settling
from screening.night.balance import line
from screening.night.batch_plan import batches_of
from screening.night.chunks import units_of
from screening.night.frozen import save_frozen, set_unchanged
from screening.night.opened import NIGHT, Run
from screening.night.outcomes import LegFailure
from screening.night.pieces import gather
from screening.night.sightings import note_received
from screening.night.stages import Task
from screening.store.current_json import current
from screening.store.landing import release_incoming
from screening.store.work import sweep_dead
from screening.tables import analyst, individual
from screening.tables.codes import Use
from screening.tables.errors import ScreeningError

_LOST = LegFailure("batch_lost", "the task that screened this flight's batch ended without a result")


def judged(
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


def parts(run: Run) -> publishing.Parts:
    """Put together what the stages have left; legs of batches that left nothing have failed."""
    scope = run.work.read(Task.PLAN_SETTLE, NIGHT, "scope")
    settled = settling.settled_in(run.work, *settling.SETTLED) | {"scope": scope}
    hits, evidence, ledger = [], [], []
    failures: dict[str, LegFailure] = {}
    silenced = 0
    done = set(run.work.units("screen"))
    for batch in batches_of(run):
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
        read=gather(run.work, units_of(run.frozen.inputs)),
        settled=settled,
        hits=analyst.HITS.conform(pa.concat_tables([analyst.HITS.empty(), *hits])),
        evidence=analyst.EVIDENCE.conform(pa.concat_tables([analyst.EVIDENCE.empty(), *evidence])),
        ledger=individual.LEDGER.conform(pa.concat_tables([individual.LEDGER.empty(), *ledger])),
        silenced=silenced,
        failures=failures,
    )


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


def end(run: Run) -> None:
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
