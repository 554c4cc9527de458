"""The file that says which flights are due: CSV, a line a flight number and its days.

    carrier,number,origin,destination,departure,arrival,days,from,until,dates,cancelled,also
    XQ,401,ARN,VIE,09:15,11:30,12345,2026-10-25,2027-03-27,,2026-12-24;2026-12-25,ZQ7401
    QX,412,DOH,BRU,23:50,05:40+1,,,,2026-11-23;2026-11-26,,

Times are local to the airport; an arrival on another date than the departure says so (+1, -1). A flight is
due on the days of the week that are named (1 is Monday; none named: all of them) between two dates, or on
single dates. `cancelled` takes dates of departure off, or `all`; `also` names what it is sold under. Columns
from `arrival` on may be absent. A line that cannot be read is left out and told by its number.
"""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from screening.messages.designators import airport, designator
from screening.messages.one_designator import called

NEEDED = ("carrier", "number", "origin", "destination", "departure")
FURTHER = ("arrival", "days", "from", "until", "dates", "cancelled", "also")
_ALL = "all"
_CLOCK = re.compile(r"^([0-9]{1,2}):?([0-9]{2})$")
_ARRIVAL = re.compile(r"^(?P<clock>[0-9]{1,2}:?[0-9]{2})(?P<days>[+-][0-9])?$")


@dataclass(frozen=True, slots=True, order=True)
class DueFlight:
    """A flight on one date; designators and places as legs have them.

    Attributes:
        also: designators that it is sold under.
        departure, arrival: local, ISO form; an arrival may be unknown.
        cancelled: it does not fly, so nothing is waited for.
    """

    carrier: str
    number: str
    origin: str
    destination: str
    departure: str
    arrival: str | None = None
    also: tuple[str, ...] = ()
    cancelled: bool = False

    @property
    def flight_id(self) -> str:
        """The leg that its messages would name."""
        day = datetime.fromisoformat(self.departure)
        return f"{self.carrier}{self.number}-{day:%Y%m%d}-{self.origin}-{self.destination}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a schedule file says of some days.

    Attributes:
        flights: each flight on each of the days, by its id.
        unread: lines that cannot be read, by number.
        fault: why nothing can be read; empty where it can.
    """

    flights: tuple[DueFlight, ...] = ()
    unread: tuple[int, ...] = ()
    fault: str = ""

    @property
    def waited_for(self) -> tuple[DueFlight, ...]:
        """Flights that are not cancelled."""
        return tuple(one for one in self.flights if not one.cancelled)

    def seen_again(self, now: "Schedule") -> "Schedule":
        """Return what is due after another look at the schedule.

        A flight stays due until a line says that it is cancelled: that its line is gone, as next season's
        file has others, takes nothing off, and what was not due then is not waited for afterwards. Only
        where the first look could not read all, what is read now comes in addition.
        """
        if now.fault:
            return self
        partly = bool(self.fault or self.unread)
        known = {one.flight_id: one for one in self.flights}
        known |= {one.flight_id: one for one in now.flights if partly or one.flight_id in known}
        flights = tuple(known[name] for name in sorted(known))
        return Schedule(flights, now.unread if partly else ())


def read_schedule(text: str, days: Collection[date], names: Mapping[str, str]) -> Schedule:
    r"""Read which flights are due on some dates of departure.

    Args:
        text: the file.
        days: local dates of departure that are asked for.
        names: designators that the profile says are one (`same_designators`).

    >>> text = "carrier,number,origin,destination,departure\nXQ,0401,ARN,VIE,09:15\nXQ,402,VIE,ARN,soon\n"
    >>> found = read_schedule(text, [date(2026, 11, 23)], {})
    >>> [flight.flight_id for flight in found.flights], found.unread
    (['XQ401-20261123-ARN-VIE'], (3,))
    """
    reader = csv.DictReader(text.removeprefix("\ufeff").splitlines(), strict=True)
    try:
        heads = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error:
        heads = []
    if (
        not set(NEEDED) <= set(heads)
        or not set(heads) <= {*NEEDED, *FURTHER}
        or len(heads) != len(set(heads))
    ):
        return Schedule(fault=f"its first line does not name the columns {', '.join(NEEDED)}")
    reader.fieldnames = heads
    flights: set[DueFlight] = set()
    unread = []
    try:
        for row in reader:
            try:
                flights.update(_on(row, days, names))
            except ValueError:
                unread.append(reader.line_num)
    except csv.Error:
        return Schedule(fault=f"line {reader.line_num} is no CSV")
    by_id = {one.flight_id: one for one in sorted(flights)}  # of two lines the one that cancels it is last
    return Schedule(tuple(by_id[name] for name in sorted(by_id)), tuple(unread))


def _on(
    row: Mapping[str | None, str | None], days: Collection[date], names: Mapping[str, str]
) -> Iterator[DueFlight]:
    """Give the flight of a line on each of the days on which it is due.

    Raises:
        ValueError: a cell cannot be read.
    """
    if None in row:
        raise ValueError("more cells than columns")
    cell = {str(name): (value or "").strip() for name, value in row.items()}
    carrier, number = called(*_designator(cell["number"], cell["carrier"]), names)
    origin, destination = airport(cell["origin"]), airport(cell["destination"])
    if not (origin and destination):
        raise ValueError("no airport")
    leaves = _clock(cell["departure"])
    lands = _ARRIVAL.match(cell.get("arrival", ""))
    if cell.get("arrival") and lands is None:
        raise ValueError("no time of arrival")
    also = tuple("".join(called(*_designator(name, ""), names)) for name in _listed(cell.get("also", "")))
    taken_off = cell.get("cancelled", "").lower()
    off = set() if taken_off == _ALL else {date.fromisoformat(one) for one in _listed(taken_off)}
    dates = {date.fromisoformat(one) for one in _listed(cell.get("dates", ""))}
    week, first, last = _week(cell.get("days", "")), _day(cell.get("from", "")), _day(cell.get("until", ""))
    for day in days:
        weekly = day.isoweekday() in week and (first or day) <= day <= (last or day)
        if not (day in dates if dates else weekly):
            continue
        arrival = None
        if lands is not None:
            at = datetime.combine(day + timedelta(days=int(lands["days"] or 0)), _clock(lands["clock"]))
            arrival = at.isoformat(timespec="minutes")
        departure = datetime.combine(day, leaves).isoformat(timespec="minutes")
        cancelled = taken_off == _ALL or day in off
        yield DueFlight(carrier, number, origin, destination, departure, arrival, also, cancelled)


def _designator(written: str, carrier: str) -> tuple[str, str]:
    found, number, _ = designator(written, carrier)
    if not (found and number):
        raise ValueError("no designator")
    return found, number


def _listed(text: str) -> list[str]:
    return [one for one in re.split(r"[;,\s]+", text) if one]


def _clock(text: str) -> time:
    found = _CLOCK.match(text)
    if found is None:
        raise ValueError("no time")
    return time(int(found[1]), int(found[2]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _week(text: str) -> set[int]:
    """Read days of the week, as `12345` or `1.3.5..`; none named are all.

    >>> _week("1.3"), len(_week(""))
    ({1, 3}, 7)
    """
    bare = re.sub(r"[.\-\s]", "", text)
    if not re.fullmatch(r"[1-7]*", bare):
        raise ValueError("no days of the week")
    return {int(digit) for digit in bare} or set(range(1, 8))
