"""What became of each leg: screened, screened with findings, quarantined or failed, and what mends it.

Pure: tables in, table out. A leg is in scope when an input of the night says something about it; an input
that is set aside and names no leg at all stands here too, as `input:NAME`, so that nobody overlooks it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from screening.night.finding_kinds import ENTRIES
from screening.tables import individual
from screening.tables.codes import InputStatus, Level, Outcome, QuarantineUnit

_WHOLE = {QuarantineUnit.MESSAGE, QuarantineUnit.INTERCHANGE, QuarantineUnit.FILE}
_WEIGHT = {Level.INFO: 0, Level.WARNING: 1, Level.ERROR: 2}


@dataclass(frozen=True, slots=True)
class LegFailure:
    """An exception of ours on one leg: its code and a sentence without personal data."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NightTables:
    """Tables that outcomes are worked out from.

    Attributes:
        flights, travellers, messages, statements, quarantine, hits, inputs: tables of the night.
    """

    flights: pa.Table
    travellers: pa.Table
    messages: pa.Table
    statements: pa.Table
    quarantine: pa.Table
    hits: pa.Table
    inputs: pa.Table


def outcomes(
    tables: NightTables, failures: Mapping[str, LegFailure], *, night: str, pins_hash: str
) -> pa.Table:
    """Tell the outcome of every leg of the night.

    Args:
        tables: the night's tables.
        failures: legs on which our own code failed.
        night: label, for the commands that mend.
        pins_hash: hash of pins and machine (`Frozen.pins_hash`).

    Returns:
        OUTCOMES, one row a leg, and one for each input that names no leg.
    """
    findings = _findings_by_leg(tables)
    set_aside = _set_aside_by_leg(tables)
    hits = _count(tables.hits, "flight_id")
    statements = _statements_by_leg(tables.travellers)
    travellers = _count(tables.travellers, "flight_id")
    settled = set(tables.flights["flight_id"].to_pylist())
    rows = []
    for leg in sorted(settled | set(set_aside) | set(failures)):
        codes, quarantined = set_aside.get(leg, ((), 0))
        row: dict[str, object] = {
            "flight_id": leg,
            "frozen": _leg_hash(pins_hash, leg, statements.get(leg, ())),
            "travellers": travellers.get(leg, 0),
            "quarantined": quarantined,
            "hits": hits.get(leg, 0),
        }
        if leg in failures:
            row |= _failed(failures[leg], leg, night) | {"travellers": 0, "hits": 0}
        elif leg not in settled:
            row |= _unusable(codes, leg, night)
        else:
            row |= _screened(findings.get(leg, {}), codes, quarantined, leg, night)
        rows.append(row)
    rows.extend(_inputs_without_leg(tables, night, pins_hash))
    return individual.OUTCOMES.table(rows)


def _failed(failure: LegFailure, leg: str, night: str) -> dict[str, object]:
    return {
        "outcome": Outcome.FAILED,
        "reason_code": failure.code,
        "reason": failure.text,
        "mend": f"screening rerun --night {night} --flight {leg}",
    }


def _unusable(codes: Sequence[str], leg: str, night: str) -> dict[str, object]:
    return {
        "outcome": Outcome.QUARANTINED,
        "reason_code": codes[0] if codes else "nothing_said",
        "reason": "no message about this leg can be used; ask the carrier to send it again, "
        f"put the file into the inbox under night={night}/ and run the command",
        "mend": f"screening rerun --night {night} --flight {leg}",
    }


def _screened(
    findings: Mapping[str, Level], codes: Sequence[str], quarantined: int, leg: str, night: str
) -> dict[str, object]:
    notable = sorted((code for code, level in findings.items() if level is not Level.INFO))
    if not notable and not codes:
        return {"outcome": Outcome.SCREENED, "reason_code": None, "reason": None, "mend": None}
    worst = sorted(notable, key=lambda code: (-_WEIGHT[findings[code]], code))
    named = list(dict.fromkeys([*codes, *worst]))
    mend = f"screening rerun --night {night} --flight {leg}" if codes else None
    aside = f"{quarantined} travellers set aside; " if quarantined else ""
    return {
        "outcome": Outcome.SCREENED_WITH_FINDINGS,
        "reason_code": named[0],
        "reason": f"{aside}findings: {', '.join(named[:6])}{' …' if len(named) > 6 else ''}",
        "mend": mend,
    }


def _inputs_without_leg(tables: NightTables, night: str, pins_hash: str) -> Iterable[dict[str, object]]:
    """Inputs of which a message, or all, was set aside without naming a leg."""
    named = {
        row["input_id"]
        for row in tables.messages.select(["input_id", "flight_ids"]).to_pylist()
        if row["flight_ids"]
    }
    named |= {
        row["input_id"]
        for row in tables.quarantine.select(["input_id", "flight_id"]).to_pylist()
        if row["flight_id"]
    }
    aside: dict[str, list[str]] = defaultdict(list)
    for row in tables.quarantine.select(["input_id", "unit", "flight_id", "codes"]).to_pylist():
        # A whole message that names no leg may hold anybody, also beside good messages of the same file.
        whole = row["unit"] in _WHOLE and row["flight_id"] is None
        if whole or row["input_id"] not in named:
            aside[row["input_id"]].extend(row["codes"])
    told: set[str] = set()  # members of one name share a line
    for row in tables.inputs.to_pylist():
        codes = aside.get(row["input_id"], [row["reason_code"]] if row["reason_code"] else [])
        if not codes or row["status"] == "duplicate" or row["name"] in told:
            continue
        told.add(row["name"])
        reason = "what was set aside names no leg to be screened; its bytes are kept in quarantine"
        mend = f"screening rerun --night {night} --failed"
        if row["status"] == InputStatus.REFUSED:
            reason, mend = _refusal(codes[0], row["input_id"], night)
        yield {
            "flight_id": f"input:{row['name']}",
            "outcome": Outcome.QUARANTINED,
            "reason_code": codes[0],
            "reason": reason,
            "mend": mend,
            "frozen": _leg_hash(pins_hash, row["input_id"], ()),
            "travellers": 0,
            "quarantined": 0,
            "hits": 0,
        }


def _refusal(code: str, input_id: str, night: str) -> tuple[str, str]:
    """Say why an entry of the inbox was not taken in and what to do, and the command that ends it."""
    kind = next(kind for kind in ENTRIES if kind.code == code)
    command = f"screening run --night {night}"
    if code == "entry_name_not_utf8":  # what stands under it was read
        command = f'screening quarantine release {input_id[:12]}:file --reason "transfer looked at"'
    return f"{kind.meaning} {kind.remedy}", command


def _findings_by_leg(tables: NightTables) -> dict[str, dict[str, Level]]:
    """Worst level of each finding's code, by leg: the leg's own findings and those of its messages."""
    found: dict[str, dict[str, Level]] = defaultdict(dict)

    def add(leg: str, findings: Iterable[Mapping[str, str]]) -> None:
        for finding in findings:
            level = Level(finding["level"])
            before = found[leg].get(finding["code"], Level.INFO)
            found[leg][finding["code"]] = max(level, before, key=_WEIGHT.__getitem__)

    for row in tables.flights.select(["flight_id", "findings"]).to_pylist():
        add(row["flight_id"], row["findings"])
    of_travellers = _findings_of_travellers(tables.statements)
    for row in tables.messages.select(["message_id", "flight_ids", "findings"]).to_pylist():
        own = [
            finding
            for finding in row["findings"]
            if (row["message_id"], finding["code"], finding["offset"]) not in of_travellers
        ]
        for leg in row["flight_ids"]:
            add(leg, own)
    return found


def _findings_of_travellers(statements: pa.Table) -> set[tuple[str, str, int]]:
    """Findings about single travellers (a title, a missing birth date): they say nothing of the manifest.

    A message repeats them; they stand in `statements` and in the report, and set no flight's outcome.
    """
    some = statements.filter(pc.greater(pc.list_value_length(statements["findings"]), 0))
    return {
        (message, finding["code"], finding["offset"])
        for message, findings in zip(
            some["message_id"].to_pylist(), some["findings"].to_pylist(), strict=True
        )
        for finding in findings
    }


def _set_aside_by_leg(tables: NightTables) -> dict[str, tuple[tuple[str, ...], int]]:
    """Codes and number of travellers set aside, by leg."""
    legs_of = dict(
        zip(tables.messages["message_id"].to_pylist(), tables.messages["flight_ids"].to_pylist(), strict=True)
    )
    codes: dict[str, dict[str, None]] = defaultdict(dict)
    travellers: dict[str, int] = defaultdict(int)
    for row in tables.quarantine.sort_by("quarantine_id").to_pylist():
        legs = legs_of.get(row["message_id"]) or ([row["flight_id"]] if row["flight_id"] else [])
        for leg in legs:
            codes[leg].update(dict.fromkeys(row["codes"]))
            travellers[leg] += row["unit"] == "traveller"
    return {leg: (tuple(found), travellers[leg]) for leg, found in codes.items()}


def _statements_by_leg(travellers: pa.Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for leg, ids in zip(
        travellers["flight_id"].to_pylist(), travellers["statement_ids"].to_pylist(), strict=True
    ):
        found[leg].extend(ids)
    return found


def _leg_hash(pins_hash: str, leg: str, statements: Iterable[str]) -> str:
    joined = "\n".join([pins_hash, leg, *sorted(set(statements))])
    return hashlib.sha256(joined.encode()).hexdigest()


def _count(table: pa.Table, column: str) -> dict[str, int]:
    counted = table.group_by(column).aggregate([(column, "count")])
    return dict(zip(counted[column].to_pylist(), counted[f"{column}_count"].to_pylist(), strict=True))
