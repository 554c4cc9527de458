"""Publish: put the night together, check that nothing is missing, and make it visible as one whole."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.counts import count
from screening.aggregates.definitions import VALUES
from screening.aggregates.quality import protect_quality
from screening.aggregates.rates import group
from screening.gates.frames import measured, traveller_frame
from screening.manifests.quality import WHOLES, carrier_quality
from screening.manifests.twins import tell_twins
from screening.night import balance, remains
from screening.night.expected import with_missing, without_missing
from screening.night.frozen import Frozen
from screening.night.outcomes import LegFailure, NightTables, outcomes
from screening.night.quarantine_entries import row_of_input
from screening.night.rates import rates
from screening.night.scope import nights_just_before
from screening.night.stages import stage
from screening.night.traffic import traffic
from screening.reports.headline import named_outside, people_aside
from screening.store.published import read_current
from screening.store.revisions import Publication
from screening.store.zones import Store, only
from screening.tables import aggregate, analyst, individual, landing
from screening.tables.codes import InputStatus, Outcome, RetentionClass, Source
from screening.tables.declared import BY_NAME
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import OutcomeRow

_BY_MESSAGE = (individual.MESSAGE_LEGS, individual.STATEMENTS, individual.BOOKINGS)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the stages before have made.

    Attributes:
        read: tables of the read stage.
        settled: flights, travellers, documents, ledger, scope.
        hits, evidence, ledger: tables of the screen stage.
        silenced: pairs that a clearance keeps silent.
        failures: legs on which our code failed.
    """

    read: dict[str, pa.Table]
    settled: dict[str, pa.Table]
    hits: pa.Table
    evidence: pa.Table
    ledger: pa.Table
    silenced: int
    failures: dict[str, LegFailure]


def assemble(store: Store, frozen: Frozen, parts: Parts) -> dict[str, pa.Table]:
    """Make every table of the revision.

    A re-run replaces what it read and settled anew and keeps every other row of the revision that it builds
    on.

    Args:
        store: the store.
        frozen: the frozen set.
        parts: what the stages made.

    Returns:
        All published tables but those of `aggregated` and the figures of the night, by name.

    Raises:
        BalanceError: counts do not add up, and nobody can tell whose.
    """
    merged = _merged(store, frozen, parts)
    near = nights_just_before(store, frozen.pins.earlier, frozen.night)
    merged["flights"] = _with_twins(frozen, parts, merged, near)
    failures = _unbalanced(frozen, parts, merged) | parts.failures
    tables = NightTables(
        flights=merged["flights"],
        travellers=merged["travellers"],
        messages=merged["messages"],
        statements=merged["statements"],
        quarantine=merged["quarantine"],
        hits=merged["hits"],
        inputs=merged["inputs"],
        outside=merged["outside_mandate"],
    )
    fresh = outcomes(
        tables,
        failures,
        night=frozen.night.isoformat(),
        pins_hash=frozen.pins_hash,
        withdrawn_screened=frozen.agency_profile().screening.withdrawn,
    )
    kept = _kept_outcomes(store, frozen, parts, fresh, merged["flights"])
    merged["outcomes"] = with_missing(store, frozen, kept, merged["flights"])
    with only(stage("count").opens()):
        merged["counts"] = count(merged["flights"], merged["travellers"])
    return merged


def _with_twins(
    frozen: Frozen, parts: Parts, merged: dict[str, pa.Table], near: tuple[pa.Table, pa.Table]
) -> pa.Table:
    """Note which legs may be one flight; whose travellers are gone by rule keep what was noted before."""
    noted = tell_twins(merged["flights"], merged["travellers"], *near)
    if not frozen.gone:
        return noted
    scope = parts.settled["scope"]["flight_id"].to_pylist()
    both = [_without(merged["flights"], "flight_id", scope), _only(noted, "flight_id", scope)]
    return individual.FLIGHTS.conform(pa.concat_tables(both))


def aggregated(store: Store, frozen: Frozen, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Make the tables that leave the agency, traffic, quality, rates; and the exact cells of traffic.

    Args:
        store: the store, for what earlier nights have published.
        frozen: the frozen set.
        tables: counts, flights, travellers, documents, messages, message_legs of the night.
    """
    with only(stage("count").opens() | stage("withhold").opens()):
        made = traffic(store, frozen, tables["flights"], tables["counts"])
    with only(stage("rate").opens()):
        closed = rates(store, frozen)
    return made | {"carrier_quality": _quality(frozen, tables), "rates": closed}


def _unbalanced(frozen: Frozen, parts: Parts, merged: dict[str, pa.Table]) -> dict[str, LegFailure]:
    """Legs of this run whose counts do not add up.

    A re-run answers for what it read and settled itself: of other legs the term of some tables may have come.
    """
    found = balance.imbalances(merged if frozen.flights is None else merged | {"hits": parts.hits})
    if frozen.flights is not None:
        read = parts.read["inputs"]
        ours = {*parts.settled["scope"]["flight_id"].to_pylist(), *read["input_id"].to_pylist()}
        ours |= {*read["name"].to_pylist(), *parts.settled["flights"]["flight_id"].to_pylist()}
        found = [one for one in found if one.unit in ours]
    return balance.isolate(found, merged, night=frozen.night.isoformat())


def _quality(frozen: Frozen, merged: dict[str, pa.Table]) -> pa.Table:
    measured = carrier_quality(
        merged["messages"],
        merged["message_legs"],
        merged["flights"],
        merged["travellers"],
        night=frozen.night,
        documents=merged["documents"],
    )
    return protect_quality(measured, WHOLES, threshold=frozen.agency_profile().disclosure.threshold)


def publications(tables: dict[str, pa.Table]) -> list[Publication]:
    """Split each table by retention class, as it is stored.

    Args:
        tables: the tables, by name; messages among them where the class of another follows from theirs.
    """
    found = []
    for name, table in sorted(tables.items()):
        spec = BY_NAME[name]
        if len(spec.classes) == 1:
            found.append(Publication(spec, spec.classes[0], table))
            continue
        classes = _classes(spec, table, tables["messages"])
        found.extend(
            Publication(spec, cls, table.filter(pc.equal(classes, str(cls)))) for cls in spec.classes
        )
    return found


def _classes(spec: TableSpec, table: pa.Table, messages: pa.Table) -> pa.ChunkedArray:
    """Retention class of each row of a table of several classes."""
    if "class" in table.column_names:
        return table["class"]
    if "source" in table.column_names:
        return table["source"]
    source = dict(zip(messages["message_id"].to_pylist(), messages["source"].to_pylist(), strict=True))
    if "message_id" in table.column_names:
        ids = table["message_id"].to_pylist()
    else:
        ids = [statement.rpartition(":")[0] for statement in table["statement_id"].to_pylist()]
    return pa.chunked_array([pa.array([source.get(found, Source.API) for found in ids], pa.string())])


def _merged(store: Store, frozen: Frozen, parts: Parts) -> dict[str, pa.Table]:
    read, settled = parts.read, parts.settled
    fresh = {
        **{name: table for name, table in read.items() if name != "ledger"},
        "flights": settled["flights"],
        "travellers": settled["travellers"],
        "documents": settled["documents"],
        "hits": parts.hits,
        "evidence": parts.evidence,
        "ledger": pa.concat_tables([read["ledger"], settled["ledger"], parts.ledger]),
    }
    if frozen.flights is None:
        return {name: BY_NAME[name].conform(table) for name, table in fresh.items()}
    return _over_base(store, frozen, fresh, settled["scope"]["flight_id"].to_pylist())


def _over_base(
    store: Store, frozen: Frozen, fresh: dict[str, pa.Table], scope: Sequence[str]
) -> dict[str, pa.Table]:
    """Replace the rows of the legs in scope in the published revision by fresh ones."""
    base = {name: read_current(store, frozen.night, BY_NAME[name]) for name in fresh}
    legs, wanted = pa.array(scope, pa.string()), set(scope)

    def touches(table: pa.Table) -> set[str]:
        return {
            message
            for message, named in zip(
                table["message_id"].to_pylist(), table["flight_ids"].to_pylist(), strict=True
            )
            if not named or not wanted.isdisjoint(named)
        }

    received = fresh["inputs"].select(["input_id", "name", "container", "status"]).to_pylist()
    files = {row["input_id"] for row in received if row["container"] is None}
    reread = {row["input_id"] for row in received if row["status"] != InputStatus.DUPLICATE}
    old_messages = {
        row["message_id"]
        for row in base["messages"].select(["message_id", "input_id", "flight_ids"]).to_pylist()
        if row["input_id"] in reread and (not row["flight_ids"] or not wanted.isdisjoint(row["flight_ids"]))
    }
    new_messages = touches(fresh["messages"])
    kept, chosen = dict(base), dict(fresh)
    for name in ("messages", *(spec.name for spec in _BY_MESSAGE)):
        kept[name] = _without(base[name], "message_id", old_messages)
        chosen[name] = _only(
            fresh[name], "message_id", new_messages - set(kept["messages"]["message_id"].to_pylist())
        )
    statements = set(chosen["statements"]["statement_id"].to_pylist())
    kept["statement_documents"] = _only(
        base["statement_documents"], "statement_id", set(kept["statements"]["statement_id"].to_pylist())
    )
    chosen["statement_documents"] = _only(fresh["statement_documents"], "statement_id", statements)
    kept["inputs"] = _inputs_beside(frozen, base["inputs"], files, reread)
    for name in ("byte_ranges", "quarantine", "outside_mandate"):
        kept[name] = _without(base[name], "input_id", reread)
    for name in ("flights", "travellers", "hits"):
        kept[name] = base[name].filter(pc.invert(pc.is_in(base[name]["flight_id"], legs)))
    if frozen.gone:
        again = remains.remembered(base["hits"], fresh["hits"], legs)
        kept["hits"] = pa.concat_tables([kept["hits"], again])
    kept["documents"] = _only(
        base["documents"], "traveller_id", set(kept["travellers"]["traveller_id"].to_pylist())
    )
    kept["evidence"] = _only(base["evidence"], "hit_id", set(kept["hits"]["hit_id"].to_pylist()))
    # `ID!`: members of a packed file. Earlier code named these units by name.
    units = reread | files | {row["name"] for row in received}
    kept["ledger"] = _without(base["ledger"], "unit", set(scope) | units | {f"{unit}!" for unit in units})
    return {name: BY_NAME[name].conform(pa.concat_tables([kept[name], chosen[name]])) for name in fresh}


def _inputs_beside(
    frozen: Frozen, base: pa.Table, files: Collection[str], reread: Collection[str]
) -> pa.Table:
    """Rows of files that a re-run did not take up again, and of their members.

    One whose bytes were gone and came again by another name stays as a duplicate.
    """
    stays = {(entry.name, entry.input_id) for entry in frozen.kept} if frozen.gone else set()
    rows = [
        row | {"status": InputStatus.DUPLICATE} if frozen.gone and row["input_id"] in reread else row
        for row in base.to_pylist()
        if (row["container"] or row["input_id"]) not in files or (row["name"], row["input_id"]) in stays
    ]
    return landing.INPUTS.table(rows)


def _only(table: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], pa.array(sorted(values), pa.string())))


def _without(table: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table[column], pa.array(sorted(values), pa.string()))))


def _kept_outcomes(
    store: Store, frozen: Frozen, parts: Parts, fresh: pa.Table, flights: pa.Table
) -> pa.Table:
    """Outcomes of a re-run: fresh ones of the legs in scope and of what is new, all others as they were.

    A leg out of scope is told anew where it has gained or lost a finding that names another leg.
    """
    if frozen.flights is None:
        return fresh
    base = without_missing(read_current(store, frozen.night, individual.OUTCOMES))
    scope = set(parts.settled["scope"]["flight_id"].to_pylist())
    known = set(base["flight_id"].to_pylist())
    read = parts.read["inputs"].select(["name", "input_id"]).to_pylist()
    reread = {row_of_input(row["input_id"]) for row in read}
    reread |= {f"{individual.OF_INPUT}{row['name']}" for row in read}  # of an earlier version
    scope |= _told_otherwise(read_current(store, frozen.night, individual.FLIGHTS), flights)
    replaced = {leg for leg in known if leg in scope or leg in reread}
    new = {leg for leg in fresh["flight_id"].to_pylist() if leg in replaced or leg not in known}
    if frozen.gone:  # an input whose messages are gone by rule only seems to name no leg
        new -= {leg for leg in new if leg.startswith("input:") and leg not in reread}
    kept = _without(base, "flight_id", replaced)
    return individual.OUTCOMES.conform(pa.concat_tables([kept, _only(fresh, "flight_id", new)]))


def _told_otherwise(before: pa.Table, now: pa.Table) -> set[str]:
    """Legs whose findings are not what they were."""
    columns = [
        dict(zip(table["flight_id"].to_pylist(), table["findings"].to_pylist(), strict=True))
        for table in (before, now)
    ]
    return {leg for leg, findings in columns[0].items() if columns[1].get(leg, findings) != findings}


def night_health(frozen: Frozen, merged: dict[str, pa.Table], silenced: int) -> pa.Table:
    """Make the figures of the night as a whole; later nights are compared with them.

    Args:
        frozen: the frozen set.
        merged: what `assemble` made.
        silenced: pairs that a clearance keeps silent.
    """
    outcome = merged["outcomes"]["outcome"].to_pylist()
    figures: list[tuple[str, float, str]] = [
        ("flights", len(outcome) - outcome.count(Outcome.EXPECTED), "legs"),
        ("flights_screened", sum(word.startswith("screened") for word in outcome), "legs"),
        ("flights_quarantined", outcome.count(Outcome.QUARANTINED), "legs"),
        ("flights_failed", outcome.count(Outcome.FAILED), "legs"),
        ("travellers", merged["travellers"].num_rows, "travellers on legs"),
        ("travellers_quarantined", set_aside(merged), "people not screened, as far as counted"),
        (
            "travellers_unconfirmed",
            pc.sum(merged["outcomes"]["unconfirmed"]).as_py() or 0,
            "travellers on legs",
        ),
        ("travellers_withdrawn", pc.sum(merged["outcomes"]["withdrawn"]).as_py() or 0, "travellers on legs"),
        *_outside_figures(merged["outside_mandate"]),
        *_due_figures(frozen, outcome.count(Outcome.EXPECTED)),
        ("messages", merged["messages"].num_rows, "messages"),
        ("inputs", merged["inputs"].num_rows, "files"),
        ("hits", merged["hits"].num_rows, "hits"),
        *_hits_by_group(merged["hits"]),
        ("hits_silenced", silenced, "pairs screened in this revision"),
    ]
    people = traveller_frame(merged["travellers"], merged["flights"], merged["documents"])
    figures += [
        (name, value, "legs" if name == "legs" else "share of travellers for whom it is given")
        for name, value in measured(people, merged["flights"].num_rows).items()
        if name != "travellers"
    ]
    return individual.NIGHT_HEALTH.table(
        {"night": frozen.night, "measure": measure, "value": float(value), "unit": unit}
        for measure, value, unit in figures
    )


def _hits_by_group(hits: pa.Table) -> list[tuple[str, float, str]]:
    """Hits by the groups in which months tell them: hits may be gone by rule when the month is counted."""
    groups = [group(category) for category in hits["category"].to_pylist()]
    return [(f"hits_{name}", groups.count(name), "hits") for name in VALUES["category"]]


def _outside_figures(outside: pa.Table) -> list[tuple[str, float, str]]:
    """What the mandate leaves out; no figure of a night of which it leaves out nothing."""
    if not outside.num_rows:
        return []
    messages = pc.count_distinct(outside.filter(outside["whole"])["message_id"]).as_py()
    return [
        ("messages_outside_mandate", messages, "messages, nothing of them stored"),
        ("travellers_outside_mandate", named_outside(outside), "travellers named in messages, not stored"),
    ]


def _due_figures(frozen: Frozen, left: int) -> list[tuple[str, float, str]]:
    """Flights that were due; no figure of a night without a schedule."""
    if frozen.expected is None:
        return []
    return [
        ("flights_expected", len(frozen.expected.waited_for), "legs due by the schedule"),
        ("flights_missing", left, "legs due of which nothing came"),
    ]


def set_aside(tables: dict[str, pa.Table]) -> int:
    """Count the people who were not screened, as far as they could be counted."""
    return people_aside(tables["quarantine"], rows_of(tables["outcomes"], OutcomeRow))


# They wait where a night is incomplete, and what their figures are made of with them.
LEAVING = (*(spec.name for spec in aggregate.TABLES), individual.TRAFFIC_CELLS.name)
KEPT = (*LEAVING, individual.NIGHT_HEALTH.name)  # what a run that makes them not leaves as it was
PUBLISHED_TABLES: tuple[TableSpec, ...] = (
    landing.INPUTS,
    landing.BYTE_RANGES,
    *(spec for spec in individual.TABLES if spec is not individual.QUARANTINE_ACTS),
    analyst.HITS,
    analyst.EVIDENCE,
    *aggregate.TABLES,
)
CLASSES = tuple(RetentionClass)
