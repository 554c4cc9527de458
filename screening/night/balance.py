"""Nothing is lost, nothing counted twice: what went in equals what came out and what was set aside.

Each stage writes ledger lines; `check` adds them up before publication, and the run refuses to publish when a
byte, a message or a traveller is missing. The sums tie stages together: what a stage passed is what the next
one received (statements of earlier nights that were drawn in stand on a line of their own).
"""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables.errors import BalanceError

# (stage, of) -> (stage, of): what the first passed, the second must have received.
_CHAIN = (
    ("receive", "read", "bytes"),
    ("draw", "settle", "travellers"),
    ("settle", "screen", "travellers"),
)


def check(ledger: pa.Table, *, night: str) -> None:
    """Add up the ledger of one night.

    Args:
        ledger: LEDGER with the lines of all stages.
        night: label, for the error.

    Raises:
        BalanceError: a stage or a passage between two stages does not add up; names stage, unit and numbers.
    """
    _refuse([*_within(ledger), *_between(ledger)], night)


def _refuse(faults: Sequence[str], night: str) -> None:
    if faults:
        raise BalanceError(
            f"the counts do not add up: {'; '.join(faults[:5])}",
            where=f"night {night}, ledger",
            effect="nothing of this run is published; the last published revision stays",
            remedy="this is a fault of the program: keep the store's work folder and report it; "
            "`screening run` tries again",
        )


def check_published(tables: Mapping[str, pa.Table], failed: Collection[str], *, night: str) -> None:
    """Compare the tables about to be published with the ledger: a row for each thing counted, and no other.

    Args:
        tables: messages, statements, travellers, hits and ledger of the night.
        failed: legs on which our code failed; they may have no hit.
        night: label, for the error.

    Raises:
        BalanceError: a table holds more or fewer rows than the ledger says.
    """
    ledger = tables["ledger"]
    settled = _total(ledger, "settle", "travellers", "passed")
    compared = [
        *_heard(tables["messages"], tables["statements"], ledger),
        ("travellers settled", tables["travellers"].num_rows, settled),
    ]
    faults = _differing(compared)
    hit_legs = set(tables["hits"]["flight_id"].to_pylist())
    if not hit_legs.isdisjoint(failed):
        faults.append("a failed flight has hits")
    if not hit_legs <= set(tables["travellers"]["flight_id"].to_pylist()):
        faults.append("a hit on a flight without travellers")
    _refuse(faults, night)


def check_spoken(messages: pa.Table, statements: pa.Table, ledger: pa.Table, *, night: str) -> None:
    """Compare what is about to be settled with what the read stage says that it passed on.

    Args:
        messages: MESSAGES of the night.
        statements: STATEMENTS of the night.
        ledger: LEDGER of the read stage.
        night: label, for the error.

    Raises:
        BalanceError: a message or a traveller that was read is not among them, or one too many is.
    """
    _refuse(_differing(_heard(messages, statements, ledger)), night)


Compared = tuple[str, int, int | None]  # what, rows of a table, count in the ledger


def _heard(messages: pa.Table, statements: pa.Table, ledger: pa.Table) -> list[Compared]:
    spoken = pc.count_distinct(statements["statement_id"]).as_py() if statements.num_rows else 0
    good = pc.sum(pc.not_equal(messages["status"], "quarantined")).as_py() or 0
    return [
        ("messages", good, _total(ledger, "read", "messages", "passed")),
        ("travellers stated", spoken, _total(ledger, "read", "travellers", "passed")),
    ]


def _differing(compared: Sequence[Compared]) -> list[str]:
    return [
        f"{what}: {rows} rows, {counted} in the ledger"
        for what, rows, counted in compared
        if rows != (counted or 0)
    ]


def _within(ledger: pa.Table) -> list[str]:
    """In each stage and unit: received = passed + set aside."""
    sums = (
        ledger.group_by(["stage", "unit", "of"], use_threads=False)
        .aggregate([("received", "sum"), ("passed", "sum"), ("set_aside", "sum")])
        .sort_by([("stage", "ascending"), ("unit", "ascending"), ("of", "ascending")])
    )
    missing = pc.subtract(sums["received_sum"], pc.add(sums["passed_sum"], sums["set_aside_sum"]))
    wrong = sums.append_column("missing", missing).filter(pc.not_equal(missing, 0))
    return [
        f"{row['stage']} {row['unit'][:80]}: {row['of']} received {row['received_sum']}, "
        f"passed {row['passed_sum']}, set aside {row['set_aside_sum']}"
        for row in wrong.to_pylist()
    ]


def _between(ledger: pa.Table) -> list[str]:
    """What a stage passed is what the next received."""
    faults = []
    for before, after, of in _CHAIN:
        passed, received = _total(ledger, before, of, "passed"), _total(ledger, after, of, "received")
        if passed is not None and received is not None and passed != received:
            faults.append(f"{before} passed {passed} {of}, {after} received {received}")
    return faults


def _total(ledger: pa.Table, stage: str, of: str, column: str) -> int | None:
    chosen = ledger.filter(pc.and_(pc.equal(ledger["stage"], stage), pc.equal(ledger["of"], of)))
    return pc.sum(chosen[column]).as_py() if chosen.num_rows else None


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
