"""The first line of a night: is it in order, and if not, who was not screened, by flight as far as known.

People who were not screened stand apart from files that hold nobody. What people have replayed or released
asks for nothing any more. One place says it for terminal, report, exit code and Airflow.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables.codes import Outcome
from screening.tables.rows import OutcomeRow

IN_ORDER, NEEDS_A_PERSON, INCOMPLETE = "in order", "needs a person", "incomplete"
CUT = frozenset({"traveller_cut_off"})  # whoever follows the cut is not in the bytes
LEG_INCOMPLETE = "leg_incomplete"  # everybody was screened; the carrier is who mends it
NOT_READ = "travellers_not_read"  # stated by the sender, and not to be read
SCHEDULE_UNREAD = "schedule_unreadable"  # of the file that says which flights are due
_NAMED = 3  # flights named in one line
_DONE = "a person has replayed or released what was set aside"
_ARRIVED = "its messages came, and another night has received them"


@dataclass(frozen=True, slots=True)
class Settled:
    """What of a night's quarantine people have replayed or released.

    Attributes:
        entries: people who still wait of these entries, by id; 0 where it is settled, None where not known.
        legs: rows of `outcomes` all of whose entries are settled.
        waiting: people who still wait, of rows some of whose entries are settled; None where not known.
        arrived: flights that were missing and of which another night has received something.
    """

    entries: Mapping[str, int | None] = field(default_factory=dict)
    legs: frozenset[str] = frozenset()
    waiting: Mapping[str, int | None] = field(default_factory=dict)
    arrived: frozenset[str] = frozenset()


NOTHING = Settled()


@dataclass(frozen=True, slots=True)
class Headline:
    """What the first line says.

    Attributes:
        state: in order, needs a person, incomplete.
        phrases: why; none where the night is in order.
        calls: does it call a person (exit 1, red)? Not for as few as the profile tolerates.
    """

    state: str
    phrases: tuple[str, ...] = ()
    calls: bool = True

    @property
    def text(self) -> str:
        """The first line."""
        return f"{self.state}: {'; '.join(self.phrases)}" if self.phrases else self.state


def after_acts(outcomes: Iterable[OutcomeRow], settled: Settled) -> list[OutcomeRow]:
    """Return the outcomes with what people have settled taken off; a settled row names no remedy."""
    found = []
    for row in outcomes:
        leg, changed = row["flight_id"], dict(row)
        if row["outcome"] != Outcome.FAILED and leg in settled.legs:
            changed |= {"quarantined": 0, "mend": None, "reason": _DONE}
        elif row["outcome"] == Outcome.EXPECTED and leg in settled.arrived:
            changed |= {"quarantined": 0, "mend": None, "reason": _ARRIVED}
        elif row["outcome"] != Outcome.FAILED and leg in settled.waiting:
            changed["quarantined"] = settled.waiting[leg]
        found.append(cast("OutcomeRow", changed))
    return found


def is_open(row: OutcomeRow, settled: Settled = NOTHING) -> bool:
    """Say whether an outcome asks a person for something."""
    if row["outcome"] == Outcome.FAILED:
        return True
    if row["flight_id"] in settled.legs or (row["reason_code"] == LEG_INCOMPLETE and row["quarantined"] == 0):
        return False
    return row["outcome"] == Outcome.QUARANTINED or row["quarantined"] != 0 or row["mend"] is not None


def people_aside(quarantine: pa.Table, outcomes: Iterable[OutcomeRow], settled: Settled = NOTHING) -> int:
    """Count the people who were not screened, each once.

    They stand in what was set aside, on flights that failed, or are stated by the sender and could not be
    read.

    Args:
        quarantine: what was set aside.
        outcomes: what became of each flight and input.
        settled: what people have replayed or released.
    """
    ids, people = quarantine["quarantine_id"].to_pylist(), quarantine["people"].to_pylist()
    waiting = sum(settled.entries.get(one, number) or 0 for one, number in zip(ids, people, strict=True))
    others = [row for row in outcomes if row["outcome"] == Outcome.FAILED or row["reason_code"] == NOT_READ]
    return waiting + sum(row["quarantined"] or 0 for row in others)


def named_outside(outside: pa.Table) -> int:
    """Count the travellers whom messages name and the mandate leaves out; API and PNR may name one person.

    Args:
        outside: OUTSIDE_MANDATE; a message that is outside as a whole counts once, whatever its legs.
    """
    whole = outside.filter(outside["whole"]).group_by("message_id").aggregate([("travellers", "max")])
    part = outside.filter(pc.invert(outside["whole"]))
    return (pc.sum(whole["travellers_max"]).as_py() or 0) + (pc.sum(part["travellers"]).as_py() or 0)


def headline(
    outcomes: Sequence[OutcomeRow],
    failures: Sequence[str] = (),
    *,
    settled: Settled = NOTHING,
    overtaken: str | None = None,
    tolerated: int = 0,
) -> Headline:
    """Write the first line of a night.

    Args:
        outcomes: what became of each flight and input.
        failures: sentences on gates that the night failed and nobody let it through.
        settled: what people have replayed or released.
        overtaken: what earlier nights have published since, that this one was made without.
        tolerated: travellers set aside singly that call nobody, by the profile.
    """
    open_rows = [row for row in after_acts(outcomes, settled) if is_open(row, settled)]
    unscreened = _unscreened(open_rows)
    others = [
        *_missing(open_rows),
        *_failed_without_people(open_rows),
        *_nobody(open_rows),
        *_by_document(open_rows),
        *([overtaken] if overtaken else []),
    ]
    if failures:
        return Headline(INCOMPLETE, (*failures, *unscreened, *others))
    if _tolerable(open_rows, tolerated) and unscreened and not overtaken:
        told = f"{unscreened[0]}, as few as the profile tolerates without a call"
        return Headline(NEEDS_A_PERSON, (told,), calls=False)
    phrases = (*unscreened, *others)
    return Headline(NEEDS_A_PERSON if phrases else IN_ORDER, phrases)


def _tolerable(rows: Sequence[OutcomeRow], tolerated: int) -> bool:
    single = all(row["outcome"] == Outcome.SCREENED_WITH_FINDINGS for row in rows)
    return (
        single
        and all(row["quarantined"] is not None for row in rows)
        and (sum(row["quarantined"] or 0 for row in rows) <= tolerated)
    )


def _unscreened(rows: Sequence[OutcomeRow]) -> list[str]:
    """`80 travellers of 4X164 and at least 3 travellers of an unknown flight not screened`."""
    known: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    cut: set[str] = set()
    for row in rows:
        flight = f"of {row['flight']}" if row["flight"] else _place(row)
        if row["outcome"] == Outcome.EXPECTED:
            continue  # nothing of it is here: it is missing, not set aside
        if row["quarantined"] is None:
            unknown[flight] += 1
        elif row["quarantined"]:
            known[flight] += row["quarantined"]
            cut |= {flight} if row["reason_code"] in CUT else set()
    parts = [
        f"{'at least ' if flight in cut else ''}{_travellers(number)} {flight}"
        for flight, number in _largest(known)
    ]
    rest = known.total() - sum(number for _, number in _largest(known))
    if rest:
        parts.append(f"{_travellers(rest)} of {len(known) - _NAMED} other flights")
    parts += _uncounted(unknown)
    if not parts:
        return []
    return [
        f"{', '.join(parts[:-1])} and {parts[-1]} not screened" if parts[1:] else f"{parts[0]} not screened"
    ]


def _uncounted(unknown: Counter[str]) -> list[str]:
    files = unknown.pop("in files", 0)
    parts = [f"an unknown number of travellers {flight}" for flight in sorted(unknown)[:_NAMED]]
    if len(unknown) > _NAMED:
        parts.append(f"an unknown number of travellers of {len(unknown) - _NAMED} other flights")
    if files:
        parts.append(f"an unknown number of travellers in {files} file{'' if files == 1 else 's'}")
    return parts


def _place(row: OutcomeRow) -> str:
    return "in files" if row["quarantined"] is None else "of an unknown flight"


def _largest(known: Counter[str]) -> list[tuple[str, int]]:
    ordered = sorted(known.items(), key=lambda found: (-found[1], found[0]))
    return ordered if len(ordered) <= _NAMED + 1 else ordered[:_NAMED]


def _travellers(number: int) -> str:
    return f"{number} traveller{'' if number == 1 else 's'}"


def _missing(rows: Sequence[OutcomeRow]) -> list[str]:
    """`2 expected flights without a message: XQ401, XQ402`."""
    unread = any(row["reason_code"] == SCHEDULE_UNREAD for row in rows)
    told = ["the schedule of expected flights cannot be read as a whole"] if unread else []
    names = sorted(row["flight"] or row["flight_id"] for row in rows if row["outcome"] == Outcome.EXPECTED)
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = f"{len(names)} expected flight{'' if len(names) == 1 else 's'} without a message"
        told.append(f"{what}: {', '.join(names[:_NAMED])}{more}")
    return told


def _failed_without_people(rows: Sequence[OutcomeRow]) -> list[str]:
    failed = sum(row["outcome"] == Outcome.FAILED and row["quarantined"] == 0 for row in rows)
    return [f"{failed} flight{'' if failed == 1 else 's'} without travellers failed"] if failed else []


def _nobody(rows: Sequence[OutcomeRow]) -> list[str]:
    empty = sum(
        row["outcome"] == Outcome.QUARANTINED
        and row["quarantined"] == 0
        and row["reason_code"] != SCHEDULE_UNREAD
        for row in rows
    )
    return (
        [f"{empty} file{' that holds' if empty == 1 else 's that hold'} nobody to look at"] if empty else []
    )


def _by_document(rows: Sequence[OutcomeRow]) -> list[str]:
    legs = [
        row["flight"] or row["flight_id"]
        for row in rows
        if row["outcome"] == Outcome.SCREENED_WITH_FINDINGS and row["quarantined"] == 0
    ]
    return (
        [f"travellers of {', '.join(sorted(legs)[:_NAMED])} compared by their documents alone"]
        if legs
        else []
    )
