"""Flights that are due by the agency's schedule: which a night waits for, and of which nothing came.

A flight is due in the night in which its hour comes: its departure, less the hours that the profile names
(`intake.expected.hours_before`). What is due is frozen with the night; a line that cancels it counts with the
next run. A schedule that cannot be read stops no night; it is told as a file to look at.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.airports import utc, zone
from screening.manifests.expected import EXPECTED, RECEIVED, missing
from screening.messages.one_designator import same_designators
from screening.night.frozen import Frozen, published_frozen
from screening.night.schedule_file import DueFlight, Schedule, read_schedule
from screening.night.scope import read_earlier
from screening.night.settings import Settings
from screening.profile.hours import begins, ends
from screening.reports.headline import SCHEDULE_UNREAD
from screening.store.current_json import Current, current, nights
from screening.store.published import read_columns, read_current
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.codes import Outcome

SCHEDULE = f"{individual.OF_INPUT}schedule"  # its row in `outcomes`, where not all of it can be read
MISSING = "manifest_missing"
_BEFORE = timedelta(days=7)  # what came longer before a flight is due is not looked for: no push is so early
_SINCE = timedelta(days=7)


def due(settings: Settings, night: date) -> Schedule | None:
    """Return the flights that are due in a night, by the schedule as it lies; None without a schedule."""
    asked, agency = settings.profile.intake.expected, settings.profile.agency
    if asked.path is None:
        return None
    try:
        text = (settings.profile_folder / asked.path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        return Schedule(fault=f"the file cannot be read ({type(fault).__name__})")
    start, before = settings.profile.schedule.start, timedelta(hours=asked.hours_before)
    span = range(-2, before.days + 4)  # dates of departure are local to airports from UTC-12 to UTC+14
    names = same_designators((one.one, one.also) for one in settings.profile.intake.designators)
    found = read_schedule(text, [night + timedelta(days=number) for number in span], names)
    first, last = (moment(night, start, agency.time_zone) for moment in (begins, ends))
    flights = [one for one in found.flights if first <= _leaves(one, agency.time_zone) - before < last]
    return Schedule(tuple(flights), found.unread, found.fault)


def due_again(settings: Settings, night: date, before: Current) -> tuple[Schedule | None, bool]:
    """Return what is due in a published night after another look at the schedule, and whether it is other.

    None where the night began without a schedule.
    """
    frozen = published_frozen(settings.store, night, before.revision)
    was = frozen.expected if frozen is not None else None
    now = due(settings, night) if was is not None else None
    if was is None or now is None:
        return was, False
    again = was.seen_again(now)
    return again, again != was


def _leaves(flight: DueFlight, home: str) -> datetime:
    local = datetime.fromisoformat(flight.departure)
    found = utc(local, zone(flight.origin))
    return found or local.replace(tzinfo=ZoneInfo(home)).astimezone(UTC)


def with_missing(store: Store, frozen: Frozen, outcomes: pa.Table, flights: pa.Table) -> pa.Table:
    """Add to a night's outcomes the flights that are due and of which nothing came.

    Args:
        store: the store, for flights of which something came in an earlier night.
        frozen: the frozen set.
        outcomes: OUTCOMES; rows of a revision before about such flights are taken off.
        flights: FLIGHTS of the night.
    """
    kept = without_missing(outcomes)
    if frozen.expected is None:
        return kept
    near = [one for one in frozen.pins.earlier if frozen.night - date.fromisoformat(one.night) <= _BEFORE]
    before = [read_earlier(store, one, individual.FLIGHTS).select(RECEIVED) for one in near]
    told = [read_earlier(store, one, individual.OUTCOMES)["flight_id"].to_pylist() for one in near]
    legs = {leg for named in (kept["flight_id"].to_pylist(), *told) for leg in named}
    received = pa.concat_tables([flights.select(RECEIVED), *before, _of_ids(legs)])
    left = missing(_table(frozen.expected.waited_for), received)
    night = frozen.night.isoformat()
    rows = [_row(row, frozen, night) for row in left.to_pylist()]
    rows += _of_file(frozen.expected, frozen, night)
    return individual.OUTCOMES.conform(pa.concat_tables([kept, individual.OUTCOMES.table(rows)]))


def without_missing(outcomes: pa.Table) -> pa.Table:
    """Return the outcomes of what came."""
    named = pc.or_(
        pc.equal(outcomes["outcome"], str(Outcome.EXPECTED)), pc.equal(outcomes["flight_id"], SCHEDULE)
    )
    return outcomes.filter(pc.invert(named))


def arrived_since(store: Store, night: date) -> frozenset[str]:
    """Return the flights that were missing in a published night, and of which another one knows now.

    A later one, or an earlier one that a file has come into since.
    """
    stated = read_columns(store, night, individual.OUTCOMES, ["flight_id", "outcome"])
    waiting = stated.filter(pc.equal(stated["outcome"], str(Outcome.EXPECTED)))["flight_id"].to_pylist()
    others = [one for one in nights(store) if night - _BEFORE <= one <= night + _SINCE and one != night]
    if not waiting or not others:
        return frozenset()
    came = [read_current(store, one, individual.FLIGHTS).select(RECEIVED) for one in others]
    legs = {
        leg
        for one in others
        for leg in without_missing(read_current(store, one, individual.OUTCOMES))["flight_id"].to_pylist()
    }
    held = current(store, night)
    frozen = published_frozen(store, night, held.revision) if held else None
    known = frozen.expected.waited_for if frozen is not None and frozen.expected is not None else ()
    asked = [flight for flight in known if flight.flight_id in set(waiting)]
    left = missing(_table(asked), pa.concat_tables([*came, _of_ids(legs)]))["flight_id"].to_pylist()
    return frozenset({flight.flight_id for flight in asked} - set(left))


def _table(flights: Iterable[DueFlight]) -> pa.Table:
    rows = [
        {
            "flight_id": one.flight_id,
            "carrier": one.carrier,
            "number": one.number,
            "also": list(one.also),
            "origin": one.origin,
            "destination": one.destination,
            "departure_local": datetime.fromisoformat(one.departure),
            "arrival_local": datetime.fromisoformat(one.arrival) if one.arrival else None,
        }
        for one in flights
    ]
    return pa.Table.from_pylist(rows, schema=EXPECTED)


def _of_ids(legs: Iterable[str]) -> pa.Table:
    """Legs that were named and not settled: what was set aside is not missing."""
    rows = []
    for leg in sorted(legs):
        parts = leg.split("-")
        if not leg.startswith(individual.OF_INPUT) and len(parts) == 4 and parts[1].isdigit():
            rows.append(
                {
                    "flight_id": leg,
                    "carrier": parts[0],
                    "number": "",
                    "marketing": [],
                    "origin": parts[2],
                    "destination": parts[3],
                    "service_date": datetime.strptime(parts[1], "%Y%m%d").date(),  # noqa: DTZ007  (a local date)
                }
            )
    schema = pa.schema([individual.FLIGHTS.schema.field(name) for name in RECEIVED])
    return pa.Table.from_pylist(rows, schema=schema)


def _row(row: dict[str, object], frozen: Frozen, night: str) -> dict[str, object]:
    leaves, lands = row["departure_local"], row["arrival_local"]
    times = f"it departs {leaves:%Y-%m-%d %H:%M}" + (f" and lands {lands:%Y-%m-%d %H:%M}" if lands else "")
    return _asking(frozen) | {
        "flight_id": row["flight_id"],
        "outcome": Outcome.EXPECTED,
        "reason_code": MISSING,
        "reason": f"no message about this flight came; by the schedule {times} (local). Ask the carrier, "
        f"put the file into the inbox under night={night}/ and run the command; or mark it cancelled in the "
        "schedule, and the same",
        "mend": f"screening run --night {night}",
        "quarantined": None,
        "flight": f"{row['carrier']}{row['number']}",
    }


def _of_file(schedule: Schedule, frozen: Frozen, night: str) -> list[dict[str, object]]:
    if not schedule.fault and not schedule.unread:
        return []
    lines = f"line{'s' * (len(schedule.unread) != 1)} {_some(schedule.unread)} cannot be read"
    return [
        _asking(frozen)
        | {
            "flight_id": SCHEDULE,
            "outcome": Outcome.QUARANTINED,
            "reason_code": SCHEDULE_UNREAD,
            "reason": f"the schedule of expected flights: {schedule.fault or lines}; whether a manifest of "
            "these flights is missing is not known. Mend it and run the command",
            "mend": f"screening run --night {night}",
            "quarantined": 0,
            "flight": None,
        }
    ]


def _asking(frozen: Frozen) -> dict[str, object]:
    nobody = dict.fromkeys(("travellers", "hits", "unconfirmed", "withdrawn"), 0)
    return {"frozen": frozen.pins_hash, **nobody}


def _some(lines: Sequence[int]) -> str:
    """Name lines, the first few of many.

    >>> _some([3, 4]), _some(range(1, 12))
    ('3, 4', '1, 2, 3, 4, 5 and 6 more')
    """
    named = ", ".join(map(str, lines[:5]))
    return f"{named} and {len(lines) - 5} more" if len(lines) > 5 else named
