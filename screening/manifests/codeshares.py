"""Legs: what messages state of them, and which designators are one leg.

Codeshares (message-formats.md, section 6): a leg that messages state under a designator which another leg
of the same origin, destination and date of departure lists as marketing is that other, operating leg. Where
a designator is listed by several legs, or two legs list each other, nothing says who operates: they stay
apart, with a finding.

Where messages disagree about times, the latest message is believed (statements.py, order).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from screening.identity.airports import zone
from screening.manifests.finding_kinds import counted, finding
from screening.manifests.statements import SentMessage

_DESIGNATOR = re.compile(r"^([A-Z0-9]{2}[A-Z]?)0*([0-9]+[A-Z]?)$", re.ASCII)
Row = dict[str, object]


@dataclass(slots=True)
class StatedLeg:
    """What messages state of one operating leg.

    Attributes:
        messages: numbers of the messages that speak of it, in order, quarantined ones left out.
        rows: what they state, in the same order; `aliases` are statements under a marketing designator,
            or of a leg that is named in part.
        stood_on: message -> provisional leg that it states; ids that were made there stay.
    """

    flight_id: str
    messages: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    stood_on: dict[int, str] = field(default_factory=dict)

    @property
    def is_provisional(self) -> bool:
        """Is the leg itself one that no message names whole?"""
        return all(row["provisional"] for row in self.rows)

    def times(self, column: str) -> set[datetime]:
        """Return the different times that are stated, those of aliases included."""
        times = {row[column] for row in (*self.rows, *self.aliases)}
        return {time for time in times if isinstance(time, datetime)}

    def latest(self, column: str) -> object:
        """Return the latest value that is stated."""
        return next((row[column] for row in reversed(self.rows) if row[column] is not None), None)

    def marketing(self) -> list[str]:
        """Return the codeshare designators, without the leg's own."""
        own = _name(self.rows[-1])
        listed = {name for row in (*self.rows, *self.aliases) for name in _strings(row["marketing"])}
        listed.update(_name(row) for row in self.aliases if not row["provisional"])
        return sorted({_designator(name) for name in listed} - {own, ""})


def _name(row: Row) -> str:
    return f"{row['carrier'] or ''}{row['number'] or ''}"


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _designator(written: str) -> str:
    """Return a designator without leading zeros.

    >>> _designator("LH0123"), _designator("U21"), _designator("LH12A")
    ('LH123', 'U21', 'LH12A')
    """
    found = _DESIGNATOR.match(written.strip().upper())
    return f"{found[1]}{found[2]}" if found else written.strip().upper()


def listing(message_legs: pa.Table, silent: Collection[str] = ()) -> tuple[dict[str, set[str]], set[str]]:
    """Find which legs list a designator as marketing, on the same route and day.

    Args:
        message_legs: MESSAGE_LEGS, `message_id`, `flight_id` and `marketing`.
        silent: messages that say nothing (quarantined).

    Returns:
        Marketing leg -> the legs that list it, whether it is stated itself or not; and the stated legs.
    """
    listed: dict[str, set[str]] = {}
    stated: set[str] = set()
    columns = (message_legs[name].to_pylist() for name in ("message_id", "flight_id", "marketing"))
    for message_id, leg, marketing in zip(*columns, strict=True):
        if message_id in silent:
            continue
        stated.add(leg)
        own, _, rest = leg.partition("-")
        for name in marketing:
            alias = f"{_designator(name)}-{rest}"
            if _designator(name) != own:
                listed.setdefault(alias, set()).add(leg)
    return listed, stated


def operating(message_legs: pa.Table, silent: Collection[str] = ()) -> tuple[dict[str, str], set[str]]:
    """Find the operating leg of each leg that is stated under a marketing designator.

    Args:
        message_legs: MESSAGE_LEGS, `flight_id` and `marketing`.
        silent: messages that say nothing (quarantined).

    Returns:
        Marketing leg -> operating leg, and the legs about which the messages contradict each other.
    """
    listed, stated = listing(message_legs, silent)
    root: dict[str, str] = {}
    unclear: set[str] = set()
    for alias in sorted(stated & listed.keys()):
        found = _roots(alias, listed, frozenset())
        if len(found) == 1 and alias not in found:
            root[alias] = found.pop()
        else:
            unclear.add(alias)
    return root, unclear


def _roots(leg: str, listed: Mapping[str, set[str]], seen: frozenset[str]) -> set[str]:
    if leg in seen:
        return {leg, *seen}  # a circle: several roots, none of them the one
    if leg not in listed:
        return {leg}
    return {root for other in sorted(listed[leg]) for root in _roots(other, listed, seen | {leg})}


def gather_legs(
    message_legs: pa.Table, messages: Sequence[SentMessage], root: Mapping[str, str], scope: Collection[str]
) -> list[StatedLeg]:
    """Collect what messages state of the legs in scope.

    Args:
        message_legs: MESSAGE_LEGS in any order, doubled rows allowed.
        messages: all messages in the order of time.
        root: result of `operating`.
        scope: operating legs.

    Returns:
        Legs that at least one readable message states, by flight_id.
    """
    number = {message.message_id: place for place, message in enumerate(messages)}
    names = ("flight_id", "carrier", "number", "marketing", "origin", "destination", "departure_local",
             "arrival_local", "provisional")  # fmt: skip
    columns = [message_legs[name].to_pylist() for name in ("message_id", *names)]
    found: dict[tuple[int, str], Row] = {}
    for message_id, *values in zip(*columns, strict=True):
        place = number.get(message_id)
        if place is not None and not messages[place].quarantined and root.get(values[0], values[0]) in scope:
            found[place, values[0]] = dict(zip(names, values, strict=True))
    legs: dict[str, StatedLeg] = {}
    for (place, flight_id), row in sorted(found.items(), key=lambda item: item[0]):
        leg = legs.setdefault(root.get(flight_id, flight_id), StatedLeg(root.get(flight_id, flight_id)))
        (leg.rows if flight_id == leg.flight_id else leg.aliases).append(row)
        if row["provisional"] and flight_id != leg.flight_id:
            leg.stood_on[place] = flight_id
        if not leg.messages or leg.messages[-1] != place:
            leg.messages.append(place)
    return [legs[name] for name in sorted(legs) if legs[name].rows]


def flight(leg: StatedLeg, unclear: Collection[str]) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the columns of FLIGHTS that messages state of a leg, and findings about it."""
    departure, origin, destination = (
        leg.latest(name) for name in ("departure_local", "origin", "destination")
    )
    moment = departure or leg.latest("arrival_local")
    zones = zone(str(origin)), zone(str(destination))
    row = {
        "flight_id": leg.flight_id,
        "carrier": leg.latest("carrier"),
        "number": leg.latest("number"),
        "marketing": leg.marketing(),
        "origin": origin,
        "destination": destination,
        "departure_local": departure,
        "arrival_local": leg.latest("arrival_local"),
        "origin_zone": zones[0],
        "destination_zone": zones[1],
        "service_date": moment.date() if isinstance(moment, datetime) else None,
        "provisional": leg.is_provisional,
    }
    return row, [*_about(leg, zones, unclear=leg.flight_id in unclear)]


def _about(
    leg: StatedLeg, zones: tuple[str | None, str | None], *, unclear: bool
) -> Iterable[dict[str, object]]:
    for column, event in (("departure_local", "departure"), ("arrival_local", "arrival")):
        times = len(leg.times(column))
        if times > 1:
            yield finding(
                "leg_time_differs", f"messages state {times} times of {event}; the latest is believed"
            )
    unknown = 0 if leg.is_provisional else zones.count(None)
    yield from counted(
        "airport_unknown", unknown, "airport of the leg is unknown", "airports of the leg are unknown"
    )
    names = sorted({_name(row) for row in leg.aliases if not row["provisional"]})
    if names:
        yield finding("codeshare_folded", f"also stated as {', '.join(names)}; settled as this leg")
    yield from counted(
        "provisional_settled",
        sum(1 for row in leg.aliases if row["provisional"]),
        "manifest that names the leg in part is settled with it",
        "manifests that name the leg in part are settled with it",
    )
    if unclear:
        yield finding("codeshare_ambiguous", "messages contradict each other about who operates this leg")
