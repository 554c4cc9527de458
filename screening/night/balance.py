"""Nothing is lost, nothing counted twice: what went in equals what came out and what was set aside.

Each stage writes ledger lines; `imbalances` adds them up before publication and compares them with the tables
about to be published. The sums tie stages together: what a stage passed is what the next one received
(statements of earlier nights that were drawn in stand on a line of their own). What does not add up fails the
legs concerned, never the other ones; only what nobody can trace to a leg or an input stops the publication.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.night.outcomes import BALANCE_DIFFERS, LegFailure
from screening.night.quarantine_entries import row_of_input
from screening.tables.codes import InputStatus, MessageStatus
from screening.tables.errors import BalanceError

# (stage, of) -> (stage, of): what the first passed, the second must have received, leg by leg.
_CHAIN = (("draw", "settle"), ("settle", "screen"))
_TEXT = "the counts of this flight do not add up, so that somebody may be missing: {}"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A count that does not add up.

    Attributes:
        unit: leg, or input (by id or name), as the ledger calls it.
        text: stage and numbers; no name of a person or a file.
    """

    unit: str
    text: str


def imbalances(tables: Mapping[str, pa.Table]) -> list[Imbalance]:
    """Find what does not add up in the tables about to be published.

    Args:
        tables: inputs, messages, statements, travellers, hits and ledger of the night.
    """
    ledger = tables["ledger"]
    return [
        *_within(ledger),
        *(found for before, after in _CHAIN for found in _between(ledger, before, after)),
        *_bytes_read(ledger, tables["inputs"]),
        *_read(tables["messages"], tables["statements"], ledger),
        *_differing(
            "travellers settled",
            _counted(tables["travellers"]["flight_id"]),
            _by_unit(ledger, "settle", "passed"),
        ),
        *_hits_of_nobody(tables["hits"], tables["travellers"]),
    ]


def isolate(
    found: Sequence[Imbalance], tables: Mapping[str, pa.Table], *, night: str
) -> dict[str, LegFailure]:
    """Say which legs fail for what does not add up.

    Args:
        found: what `imbalances` found.
        tables: inputs, messages, flights and ledger of the night.
        night: label, for the error.

    Returns:
        Failures by leg; by `input:ID` where an input names no leg.

    Raises:
        BalanceError: a count belongs to no leg and no input of the night.
    """
    if not found:
        return {}
    legs = set(tables["flights"]["flight_id"].to_pylist())
    legs |= set(pc.list_flatten(tables["messages"]["flight_ids"]).to_pylist())
    named = _units_of_inputs(tables["inputs"], tables["messages"])
    failures: dict[str, LegFailure] = {}
    lost = []
    for one in found:
        concerned = {one.unit} if one.unit in legs else named.get(one.unit, set())
        if not concerned:
            lost.append(one)
        for leg in sorted(concerned):
            failures.setdefault(leg, LegFailure(BALANCE_DIFFERS, _TEXT.format(one.text)))
    if lost:
        raise BalanceError(
            f"the counts do not add up: {'; '.join(f'{one.unit[:80]}: {one.text}' for one in lost[:5])}",
            where=f"night {night}, ledger",
            effect="nothing of this run is published; the last published revision stays",
            remedy="this is a fault of the program: keep the store's work folder and report it; "
            "`screening run` tries again",
        )
    return failures


def _units_of_inputs(inputs: pa.Table, messages: pa.Table) -> dict[str, set[str]]:
    """Rows of outcomes by input, under its id and that of the file that it was packed in."""
    legs: dict[str, set[str]] = defaultdict(set)
    for row in messages.select(["input_id", "flight_ids"]).to_pylist():
        legs[row["input_id"]].update(row["flight_ids"])
    found: dict[str, set[str]] = defaultdict(set)
    rows = [row for row in inputs.to_pylist() if row["status"] != InputStatus.DUPLICATE]
    for row in rows:
        concerned = legs.get(row["input_id"]) or {row_of_input(row["input_id"])}
        for unit in (row["input_id"], row["name"], row["container"]):
            if unit is not None:
                found[unit] |= concerned
    return found


def _within(ledger: pa.Table) -> list[Imbalance]:
    """In each stage and unit: received = passed + set aside."""
    sums = (
        ledger.group_by(["stage", "unit", "of"], use_threads=False)
        .aggregate([("received", "sum"), ("passed", "sum"), ("set_aside", "sum")])
        .sort_by([("stage", "ascending"), ("unit", "ascending"), ("of", "ascending")])
    )
    missing = pc.subtract(sums["received_sum"], pc.add(sums["passed_sum"], sums["set_aside_sum"]))
    wrong = sums.append_column("missing", missing).filter(pc.not_equal(missing, 0))
    return [
        Imbalance(
            row["unit"],
            f"{row['stage']}: {row['of']} received {row['received_sum']}, passed {row['passed_sum']}, "
            f"set aside {row['set_aside_sum']}",
        )
        for row in wrong.to_pylist()
    ]


def _between(ledger: pa.Table, before: str, after: str) -> list[Imbalance]:
    """What a stage passed of travellers is what the next received.

    Legs are looked at one by one only where the sums differ: a codeshare's statements are drawn under one
    designator and settled under another.
    """
    passed, received = _by_unit(ledger, before, "passed"), _by_unit(ledger, after, "received")
    if not passed or not received or passed.total() == received.total():
        return []
    return [
        Imbalance(leg, f"{before} passed {passed[leg]} travellers, {after} received {received[leg]}")
        for leg in sorted(passed.keys() | received.keys())
        if passed[leg] != received[leg]
    ]


def _bytes_read(ledger: pa.Table, inputs: pa.Table) -> list[Imbalance]:
    """The bytes that `receive` passed on are those that were read, file by file."""
    rows = [row for row in inputs.to_pylist() if row["status"] != InputStatus.DUPLICATE]
    file_of = {row["input_id"]: row["container"] or row["input_id"] for row in rows}
    passed, received = Counter[str](), Counter[str]()
    called = {row["name"]: row["input_id"] for row in rows if row["container"] is None}  # by earlier code
    for unit, number in _by_unit(ledger, "receive", "passed", "bytes").items():
        bare = unit.removesuffix("!")  # `ID!` stands for the members of a packed file
        passed[called.get(unit) or called.get(bare, bare)] += number
    for unit, number in _by_unit(ledger, "read", "received", "bytes").items():
        received[file_of.get(unit, unit)] += number
    return [
        Imbalance(name, f"receive passed {passed[name]} bytes, read received {received[name]}")
        for name in sorted(passed.keys() | received.keys())
        if passed[name] != received[name]
    ]


def _read(messages: pa.Table, statements: pa.Table, ledger: pa.Table) -> list[Imbalance]:
    """Messages and travellers stated are those that `read` passed on, input by input."""
    good = messages.filter(pc.not_equal(messages["status"], str(MessageStatus.QUARANTINED)))
    once = pc.split_pattern(pc.unique(statements["statement_id"]), ":", max_splits=1)
    return [
        *_differing("messages", _counted(good["input_id"]), _by_unit(ledger, "read", "passed", "messages")),
        *_differing(
            "travellers stated", _counted(pc.list_element(once, 0)), _by_unit(ledger, "read", "passed")
        ),
    ]


def _hits_of_nobody(hits: pa.Table, travellers: pa.Table) -> list[Imbalance]:
    settled = set(travellers["flight_id"].to_pylist())
    return [
        Imbalance(leg, "a hit on a flight without travellers")
        for leg in sorted(set(hits["flight_id"].to_pylist()) - settled)
    ]


def _differing(what: str, rows: Counter[str], counted: Counter[str]) -> list[Imbalance]:
    return [
        Imbalance(unit, f"{what}: {rows[unit]} rows, {counted[unit]} in the ledger")
        for unit in sorted(rows.keys() | counted.keys())
        if rows[unit] != counted[unit]
    ]


def _counted(values: pa.Array | pa.ChunkedArray) -> Counter[str]:
    return Counter({row["values"]: row["counts"] for row in pc.value_counts(values).to_pylist()})


def _by_unit(ledger: pa.Table, stage: str, column: str, of: str = "travellers") -> Counter[str]:
    chosen = ledger.filter(pc.and_(pc.equal(ledger["stage"], stage), pc.equal(ledger["of"], of)))
    found = Counter[str]()
    rows: list[dict[str, Any]] = chosen.select(["unit", column]).to_pylist()
    for row in rows:
        found[row["unit"]] += row[column]
    return found


def line(
    stage: str, unit: str, of: str, *, passed: int, aside: dict[str, int] | None = None, came: str = "passed"
) -> list[dict[str, object]]:
    """Make the ledger lines of one stage and unit: one `passed` and one for each reason of setting aside."""
    parts = {reason: number for reason, number in (aside or {}).items() if number}
    rows: list[dict[str, object]] = [
        {
            "stage": stage,
            "unit": unit,
            "of": of,
            "as": came,
            "received": passed + sum(parts.values()),
            "passed": passed,
            "set_aside": 0,
        }
    ]
    rows.extend(
        {
            "stage": stage,
            "unit": unit,
            "of": of,
            "as": reason,
            "received": 0,
            "passed": 0,
            "set_aside": number,
        }
        for reason, number in parts.items()
    )
    return rows
