"""What became of each leg: screened, screened with findings, quarantined or failed, and what mends it.

Pure: tables in, table out. A leg is in scope when an input of the night says something about it; an input
of which something is set aside that names no leg stands here too, as `input:ID`, so that nobody overlooks
it. People who were not screened are counted on each of these rows; where their number is not known it is
null, never 0.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.night.finding_kinds import ENTRIES
from screening.night.outside import outcomes_outside
from screening.night.quarantine_entries import EMPTY, row_of_input, short, stands_apart
from screening.night.remedies import not_screened, remedy
from screening.reports.headline import CUT, LEG_INCOMPLETE, NOT_READ
from screening.reports.text import words
from screening.tables import individual
from screening.tables.codes import Completeness, InputStatus, Level, Outcome, Standing

BALANCE_DIFFERS = "balance_differs"
_NOT_CONFIRMED = (Standing.UNCONFIRMED, Standing.WITHDRAWN)
_NOT_UNDERSTOOD = frozenset({"unknown_segment", "segment_out_of_place"})
_WEIGHT = {Level.INFO: 0, Level.WARNING: 1, Level.ERROR: 2}


@dataclass(frozen=True, slots=True)
class LegFailure:
    """An exception of ours on one leg: its code and a sentence without personal data."""

    code: str
    text: str


@dataclass(slots=True)
class _Aside:
    """What was set aside of a leg or an input.

    Attributes:
        codes: findings, in order.
        people: people in it whom nobody compared; None where not known.
        entries: ids of the quarantine entries.
        flight: first designator that stands in it.
    """

    codes: dict[str, None] = field(default_factory=dict)
    people: int | None = 0
    entries: list[str] = field(default_factory=list)
    flight: str | None = None

    def take(self, row: Mapping[str, Any]) -> None:
        """Add a row of `quarantine`."""
        self.codes.update(dict.fromkeys(row["codes"]))
        self.people = None if self.people is None or row["people"] is None else self.people + row["people"]
        self.entries.append(row["quarantine_id"])
        self.flight = self.flight or row["flight"]

    def add(self, other: "_Aside") -> None:
        """Add what was set aside of another leg, which is settled as this one."""
        self.codes.update(other.codes)
        self.people = None if self.people is None or other.people is None else self.people + other.people
        self.entries += other.entries
        self.flight = self.flight or other.flight

    def remedy(self, night: str) -> tuple[str, str | None]:
        """Say what to do, and the command; of several entries the command of the first."""
        if not self.entries:
            return "", None
        way, command = remedy([*self.codes], self.people, short(self.entries[0]))
        more = len(self.entries) - 1
        return (f"{way} ({more} more: screening quarantine list --night {night})" if more else way), command


@dataclass(frozen=True, slots=True)
class NightTables:
    """Tables that outcomes are worked out from.

    Attributes:
        flights, travellers, messages, statements, quarantine, hits, inputs: tables of the night.
        outside: OUTSIDE_MANDATE of the night.
    """

    flights: pa.Table
    travellers: pa.Table
    messages: pa.Table
    statements: pa.Table
    quarantine: pa.Table
    hits: pa.Table
    inputs: pa.Table
    outside: pa.Table = field(default_factory=individual.OUTSIDE_MANDATE.empty)


def outcomes(
    tables: NightTables,
    failures: Mapping[str, LegFailure],
    *,
    night: str,
    pins_hash: str,
    withdrawn_screened: bool = True,
) -> pa.Table:
    """Tell the outcome of every leg of the night.

    Args:
        tables: the night's tables.
        failures: legs on which our own code failed.
        night: label, for the commands that mend.
        pins_hash: hash of pins and machine (`Frozen.pins_hash`).
        withdrawn_screened: are withdrawn travellers screened (profile)?

    Returns:
        OUTCOMES, one row a leg, and one for each input that names no leg.
    """
    findings = _findings_by_leg(tables)
    set_aside = _set_aside_by_leg(tables)
    cut = _cut_legs(tables)
    unread = _not_read(tables)
    hits = _count(tables.hits, "flight_id")
    statements = _statements_by_leg(tables.travellers)
    travellers = _count(tables.travellers, "flight_id")
    unconfirmed, withdrawn = (_count_standing(tables.travellers, one) for one in _NOT_CONFIRMED)
    settled = {
        leg: f"{carrier or ''}{number or ''}" or None
        for leg, carrier, number in zip(
            *(tables.flights[name].to_pylist() for name in ("flight_id", "carrier", "number")), strict=True
        )
    }
    incomplete = set(tables.flights.filter(tables.flights["provisional"])["flight_id"].to_pylist())
    set_aside = _with_their_legs(set_aside, settled, tables)
    outside = outcomes_outside(tables.outside)
    rows = []
    for leg in sorted({*settled, *set_aside, *failures, *outside}):
        aside = set_aside.get(leg, _Aside())
        row: dict[str, object] = {
            "flight_id": leg,
            "frozen": _leg_hash(pins_hash, leg, statements.get(leg, ())),
            "travellers": travellers.get(leg, 0) - (0 if withdrawn_screened else withdrawn.get(leg, 0)),
            "quarantined": aside.people,
            "hits": hits.get(leg, 0),
            "unconfirmed": unconfirmed.get(leg, 0),
            "withdrawn": withdrawn.get(leg, 0),
            "flight": settled.get(leg) or aside.flight or _designator(leg),
        }
        if leg in failures:
            row |= _failed(failures[leg], leg, night)
            row |= {
                "travellers": 0,
                "quarantined": _lost(failures[leg], travellers.get(leg, 0), aside.people),
            }
        elif leg not in settled and leg in outside and not aside.entries:
            row |= outside[leg]
        elif leg not in settled:
            row |= _unusable(aside, leg, night)
        else:
            row |= _screened(findings.get(leg, {}), aside, unconfirmed.get(leg, 0), night)
            if leg in incomplete and not aside.entries:
                row |= _incomplete(night)
            if leg in cut and not aside.entries:
                row |= _cut_short(leg, night)
            elif leg in unread and not aside.entries:
                row |= _not_understood(unread[leg], leg, night)
        rows.append(row)
    rows.extend(_inputs_without_leg(tables, failures, night, pins_hash))
    return individual.OUTCOMES.table(rows)


def _designator(leg: str) -> str | None:
    """Take the designator off a leg's id; an input has none."""
    return None if leg.startswith(individual.OF_INPUT) else leg.partition("-")[0] or None


def _lost(failure: LegFailure, settled: int, aside: int | None) -> int | None:
    """People of a failed leg: all that were settled on it, and those set aside before."""
    if aside is None or (not settled and failure.code == BALANCE_DIFFERS):
        return None
    return settled + aside


def _failed(failure: LegFailure, leg: str, night: str) -> dict[str, object]:
    chosen = "--failed" if leg.startswith(individual.OF_INPUT) else f"--flight {leg}"
    return {
        "outcome": Outcome.FAILED,
        "reason_code": failure.code,
        "reason": failure.text,
        "mend": f"screening rerun --night {night} {chosen}",
    }


def _unusable(aside: _Aside, leg: str, night: str) -> dict[str, object]:
    way, command = aside.remedy(night)
    return {
        "outcome": Outcome.QUARANTINED,
        "reason_code": next(iter(aside.codes), "nothing_said"),
        "reason": f"no message about this flight can be used: {not_screened(aside.people)}; {way}",
        "mend": command or f"screening rerun --night {night} --flight {leg}",
    }


def _screened(
    findings: Mapping[str, Level], aside: _Aside, unconfirmed: int, night: str
) -> dict[str, object]:
    notable = sorted((code for code, level in findings.items() if level is not Level.INFO))
    if not notable and not aside.codes:
        return {"outcome": Outcome.SCREENED, "reason_code": None, "reason": None, "mend": None}
    worst = sorted(notable, key=lambda code: (-_WEIGHT[findings[code]], code))
    named = list(dict.fromkeys([*aside.codes, *worst]))
    way, command = aside.remedy(night)
    told = f"findings: {', '.join(map(words, named[:6]))}{' …' if len(named) > 6 else ''}"
    if unconfirmed:
        told = f"{unconfirmed} traveller{'s' * (unconfirmed != 1)} unconfirmed; {told}"
    if aside.entries:
        alone = "compared by a document alone" if aside.people == 0 else not_screened(aside.people)
        alone = f"the message is cut off: at least {alone}" if CUT & aside.codes.keys() else alone
        told = f"{alone}: {way}; {told}"
    return {
        "outcome": Outcome.SCREENED_WITH_FINDINGS,
        "reason_code": named[0],
        "reason": told,
        "mend": command,
    }


def _cut_short(leg: str, night: str) -> dict[str, object]:
    """Tell of a message that ends between two travellers: nobody knows who would have followed."""
    return {
        "outcome": Outcome.SCREENED_WITH_FINDINGS,
        "reason_code": "unt_missing",
        "reason": "the message is cut off, and how many travellers are missing is not known; ask the carrier "
        f"to send it again, put it into the inbox under night={night}/ and run the command",
        "mend": f"screening rerun --night {night} --flight {leg}",
        "quarantined": None,
    }


def _cut_legs(tables: NightTables) -> set[str]:
    """Legs of a message without its end that does not hold as many as it states, where no whole one came."""
    columns = ["flight_ids", "findings", "source", "function", "complete", "stated", "read"]
    messages = tables.messages.select(columns).to_pylist()
    final = {
        row["flight_id"]
        for row in tables.flights.select(["flight_id", "api_status", "pnr_status"]).to_pylist()
        if Completeness.FINAL in {row["api_status"], row["pnr_status"]}
    }
    whole: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in messages:
        for leg in row["flight_ids"] if row["complete"] else ():
            kind = (leg, row["source"], row["function"])
            whole[kind] = max(whole[kind], row["read"])
    return {
        leg
        for row in messages
        if row["stated"] != row["read"] and any(found["code"] == "unt_missing" for found in row["findings"])
        for leg in row["flight_ids"]
        if leg not in final and whole[leg, row["source"], row["function"]] < max(1, row["read"])
    }


def _not_read(tables: NightTables) -> dict[str, int | None]:
    """People whom a message states and nobody could read, by its first leg; None where not known.

    A count that is wrong by itself is a finding and no more. It counts where segments of the message were not
    understood, or where nobody at all was read, unless as many stand on the leg by another word.
    """
    travellers = _count(tables.travellers, "flight_id")
    read: dict[tuple[str, str], int] = defaultdict(int)
    columns = ["flight_ids", "findings", "source", "complete", "stated", "read"]
    messages = [row for row in tables.messages.select(columns).to_pylist() if row["flight_ids"]]
    for row in messages:
        for leg in row["flight_ids"]:
            read[leg, row["source"]] = max(read[leg, row["source"]], row["read"])
    found: dict[str, int | None] = {}
    for row in messages:
        leg, codes = row["flight_ids"][0], {one["code"] for one in row["findings"]}
        damaged = bool(codes & _NOT_UNDERSTOOD)
        if "cnt_differs" in codes and (damaged or not row["read"]):
            missing = (row["stated"] or 0) - max(row["read"], travellers.get(leg, 0))
            if missing > 0 and found.get(leg, 0) is not None:
                found[leg] = max(missing, found.get(leg) or 0)
        elif damaged and not row["read"] and not row["stated"] and not read[leg, row["source"]]:
            found[leg] = None
    return found


def _not_understood(people: int | None, leg: str, night: str) -> dict[str, object]:
    return {
        "outcome": Outcome.SCREENED_WITH_FINDINGS,
        "reason_code": NOT_READ,
        "reason": f"not all of the message could be read: {not_screened(people)}; ask the carrier to send it "
        f"again, put it into the inbox under night={night}/ and run the command",
        "mend": f"screening rerun --night {night} --flight {leg}",
        "quarantined": people,
    }


def _incomplete(night: str) -> dict[str, object]:
    return {
        "outcome": Outcome.SCREENED_WITH_FINDINGS,
        "reason_code": LEG_INCOMPLETE,
        "reason": "flight, date or places cannot be read: its travellers were screened and count in no "
        "traffic table; ask the carrier to send it again, put the file into the inbox under "
        f"night={night}/ and run the command: they move to the leg that it names",
        "mend": f"screening rerun --night {night} --failed",
    }


def _inputs_without_leg(
    tables: NightTables, failures: Mapping[str, LegFailure], night: str, pins_hash: str
) -> Iterable[dict[str, object]]:
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
    found: dict[str, _Aside] = defaultdict(_Aside)
    for row in tables.quarantine.sort_by("quarantine_id").to_pylist():
        if stands_apart(row, named):
            found[row["input_id"]].take(row)
    command: str | None
    told: set[str] = set()  # files of equal bytes share a line
    for row in tables.inputs.to_pylist():
        leg = row_of_input(row["input_id"])
        aside = found.get(row["input_id"]) or _whole_input(row)
        if not aside.codes or row["status"] == InputStatus.DUPLICATE or leg in failures or leg in told:
            continue
        told.add(leg)
        if row["status"] == InputStatus.REFUSED:
            way, command = _refusal(row["reason_code"], row["input_id"], night)
        else:
            do, command = aside.remedy(night)
            way = f"{_what(aside.people)}; {do}"
        yield {
            "flight_id": leg,
            "outcome": Outcome.QUARANTINED,
            "reason_code": next(iter(aside.codes)),
            "reason": way,
            "mend": command,
            "frozen": _leg_hash(pins_hash, row["input_id"], ()),
            "travellers": 0,
            "quarantined": aside.people,
            "hits": 0,
            "unconfirmed": 0,
            "withdrawn": 0,
            "flight": aside.flight,
        }


def _refusal(code: str, input_id: str, night: str) -> tuple[str, str]:
    """Say why an entry of the inbox was not taken in and what to do, and the command that ends it."""
    kind = next(kind for kind in ENTRIES if kind.code == code)
    command = f"screening run --night {night}"
    if code == "entry_name_not_utf8":  # what stands under it was read
        command = f'screening quarantine release {input_id[:12]}:file --reason "transfer looked at"'
    return f"{kind.meaning} {kind.remedy}", command


def _what(people: int | None) -> str:
    told = "no manifest stands in it" if people == 0 else not_screened(people)
    return f"what was set aside names no flight and date: {told}"


def _whole_input(row: Mapping[str, Any]) -> _Aside:
    """Take an input that was set aside without an entry: it held nothing, or its entry came to its term."""
    code = row["reason_code"]
    if code is None:
        return _Aside()
    people = 0 if code in EMPTY else None
    return _Aside({code: None}, people, [f"{row['input_id']}:file"])


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


def _set_aside_by_leg(tables: NightTables) -> dict[str, _Aside]:
    """What was set aside of each leg that it names."""
    legs_of = dict(
        zip(tables.messages["message_id"].to_pylist(), tables.messages["flight_ids"].to_pylist(), strict=True)
    )
    found: dict[str, _Aside] = defaultdict(_Aside)
    for row in tables.quarantine.sort_by("quarantine_id").to_pylist():
        for leg in legs_of.get(row["message_id"]) or ([row["flight_id"]] if row["flight_id"] else []):
            found[leg].take(row)
    return dict(found)


def _with_their_legs(
    set_aside: dict[str, _Aside], settled: Collection[str], tables: NightTables
) -> dict[str, _Aside]:
    """Put what was set aside of a leg that was settled as another (provisional, codeshare) with that."""
    elsewhere = set(set_aside) - set(settled)
    if not elsewhere:
        return set_aside
    messages = {
        message: leg
        for message, legs in zip(
            tables.messages["message_id"].to_pylist(), tables.messages["flight_ids"].to_pylist(), strict=True
        )
        for leg in legs
        if leg in elsewhere
    }
    whole: dict[str, str] = {}
    columns = (tables.travellers[name].to_pylist() for name in ("flight_id", "statement_ids"))
    for leg, statements in zip(*columns, strict=True):
        for statement in statements:
            named = messages.get(statement.rpartition(":")[0])
            if named is not None:
                whole[named] = leg
    found: dict[str, _Aside] = defaultdict(_Aside)
    for leg, aside in sorted(set_aside.items()):
        found[whole.get(leg, leg)].add(aside)
    return found


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


def _count_standing(travellers: pa.Table, standing: Standing) -> dict[str, int]:
    return _count(travellers.filter(pc.equal(travellers["standing"], str(standing))), "flight_id")


def _count(table: pa.Table, column: str) -> dict[str, int]:
    counted = table.group_by(column).aggregate([(column, "count")])
    return dict(zip(counted[column].to_pylist(), counted[f"{column}_count"].to_pylist(), strict=True))
