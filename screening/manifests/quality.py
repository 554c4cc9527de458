"""Data quality of each carrier and night: what a letter to the carrier quotes.

Measures: legs and how many of them have API and PNR, how many manifests are final; travellers and the share
of them with birth date, document, nationality, sex; API without PNR and the reverse; lateness against the
schedule of pushes (-72, -48, -24 h, -0): how long before departure API and PNR were last sent, how many PNR
pushes a leg had; messages and findings by code.

UNB times carry no zone. They are read as UTC, as most systems send them, and the unit says so: a carrier
that sends local time shows a constant offset, which is a finding for the letter by itself. Departures are
put into UTC by the zone of their airport; a leg of an unknown airport counts in everything but lateness.

Travellers are those who count in traffic: whom a later manifest left out would be lacking in every share.

Nothing here is about a person: shares are of all travellers of a carrier and night.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.airports import utc
from screening.manifests.codeshares import operating
from screening.tables import aggregate
from screening.tables.codes import Action, Completeness, MessageStatus, Role, Source

_TRAVELLERS = "share of travellers"
_LEGS = "share of legs"
_HOURS = "hours before departure, sent times read as UTC"
_FACTS = ("date_of_birth", "nationality", "sex")
_NOBODYS = "unknown"  # the carrier of a registration, or of a provisional leg
_CREW = (str(Role.CREW), str(Role.TRANSIT_CREW))
_STATES = frozenset({Action.FULL, Action.UPDATE, Action.CLOSE_ON_BOARD, Action.CLOSE_NOT_BOARDED})
# pushes are asked for at these hours before departure; one counts for the nearest (message-formats.md, 3)
_SCHEDULE = {72: (60.0, 1000.0), 48: (36.0, 60.0), 24: (12.0, 36.0), 0: (-1000.0, 12.0)}

Measure = tuple[str, float, str]
WHOLES = {"api_without_pnr": "travellers_in_api", "pnr_without_api": "travellers_in_pnr"}
"""Measures that hold of how many travellers a share is one, where that is not `travellers`."""


@dataclass(slots=True)
class _CarrierCounts:
    """Counts of one carrier; keys of `legs` and `travellers` are `all` and what they have."""

    legs: Counter[str] = field(default_factory=Counter)
    travellers: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    hours: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    pushes: list[int] = field(default_factory=list)


def carrier_quality(
    messages: pa.Table,
    message_legs: pa.Table,
    flights: pa.Table,
    travellers: pa.Table,
    *,
    night: date,
    documents: pa.Table | None = None,
) -> pa.Table:
    """Measure each carrier's data of a night.

    Args:
        messages: MESSAGES about the legs, all those held.
        message_legs: MESSAGE_LEGS of them.
        flights: FLIGHTS as settled.
        travellers: TRAVELLERS as settled.
        night: the night.
        documents: DOCUMENTS as settled; without them their share is not measured.

    Returns:
        CARRIER_QUALITY, one row a carrier and measure; a measure without anything to measure has no row.
    """
    carriers: dict[str, _CarrierCounts] = defaultdict(_CarrierCounts)
    flights, message_legs = _with_carriers(flights), _with_carriers(message_legs)
    _count_legs(carriers, flights)
    _count_travellers(carriers, flights, travellers, documents)
    _count_messages(carriers, messages, message_legs)
    _measure_lateness(carriers, flights, messages, message_legs, night)
    return aggregate.CARRIER_QUALITY.table(
        {"carrier": carrier, "night": night, "measure": measure, "value": value, "unit": unit}
        for carrier, counted in carriers.items()
        for measure, value, unit in _measures(counted)
    )


def _with_carriers(legs: pa.Table) -> pa.Table:
    place = legs.schema.get_field_index("carrier")
    return legs.set_column(place, "carrier", pc.fill_null(legs["carrier"], _NOBODYS))


def _count_legs(carriers: dict[str, _CarrierCounts], flights: pa.Table) -> None:
    columns = (flights[name].to_pylist() for name in ("carrier", "api_status", "pnr_status"))
    for carrier, api, pnr in zip(*columns, strict=True):
        legs = carriers[carrier].legs
        legs["all"] += 1
        for source, status in (("api", api), ("pnr", pnr)):
            legs[source] += status != Completeness.MISSING
            legs[f"{source}_final"] += status == Completeness.FINAL


def _count_travellers(
    carriers: dict[str, _CarrierCounts], flights: pa.Table, travellers: pa.Table, documents: pa.Table | None
) -> None:
    travellers = travellers.filter(pc.fill_null(travellers["counted"], True))
    place = pc.index_in(travellers["flight_id"], flights["flight_id"].combine_chunks())
    has: dict[str, pa.ChunkedArray] = {name: pc.is_valid(travellers[name]) for name in _FACTS}
    if documents is not None:
        has["document"] = pc.is_in(travellers["traveller_id"], documents["traveller_id"].combine_chunks())
    # what is in one source only is a lead where both sources speak of the leg; crew has no booking
    missing = str(Completeness.MISSING)
    spoken = pc.and_(
        pc.not_equal(flights["api_status"], missing), pc.not_equal(flights["pnr_status"], missing)
    )
    both = pc.take(spoken, place)
    api, pnr = (_holds(travellers["sources"], source) for source in (Source.API, Source.PNR))
    crew = pc.is_in(travellers["role"], pa.array(_CREW))
    has["in_api"] = pc.and_(both, pc.and_(api, pc.invert(crew)))
    has["in_pnr"] = pc.and_(both, pnr)
    has["api_without_pnr"] = pc.and_(has["in_api"], pc.invert(pnr))
    has["pnr_without_api"] = pc.and_(has["in_pnr"], pc.invert(api))
    names = list(has)
    columns = (has[name].to_pylist() for name in names)
    for carrier, *facts in zip(pc.take(flights["carrier"], place).to_pylist(), *columns, strict=True):
        counted = carriers[carrier].travellers
        counted["all"] += 1
        for name, fact in zip(names, facts, strict=True):
            counted[name] += bool(fact)


def _holds(lists: pa.ChunkedArray, word: str) -> pa.Array:
    whole = lists.combine_chunks()
    parents = pc.filter(pc.list_parent_indices(whole), pc.equal(pc.list_flatten(whole), str(word)))
    return pc.is_in(pa.array(range(len(whole)), parents.type), parents)


def _count_messages(carriers: dict[str, _CarrierCounts], messages: pa.Table, message_legs: pa.Table) -> None:
    of: dict[str, set[str]] = defaultdict(set)
    columns = (message_legs[name].to_pylist() for name in ("message_id", "carrier"))
    for message, carrier in zip(*columns, strict=True):
        of[message].add(carrier)
    rows = (messages[name].to_pylist() for name in ("message_id", "status", "findings"))
    for message, status, findings in zip(*rows, strict=True):
        for carrier in of[message]:
            counted = carriers[carrier].messages
            counted["all"] += 1
            counted[f"status:{status}"] += 1
            counted.update({f"finding:{found['code']}" for found in findings})


def _measure_lateness(
    carriers: dict[str, _CarrierCounts],
    flights: pa.Table,
    messages: pa.Table,
    message_legs: pa.Table,
    night: date,
) -> None:
    sent = _sent_times(messages, message_legs)
    names = ("flight_id", "carrier", "departure_local", "origin_zone", "service_date")
    for flight, carrier, local, zone, day in zip(*(flights[name].to_pylist() for name in names), strict=True):
        counted = carriers[carrier]
        departure = utc(local, zone)
        if departure is None:
            continue
        for source in Source:
            before = [_hours(departure, time) for time in sent.get((flight, str(source)), ())]
            if before:
                counted.hours[str(source)].append(min(before))
                counted.legs[f"{source}_dated"] += 1
                counted.legs[f"{source}_after_departure"] += min(before) < 0
            if source is Source.PNR and before and day <= night:
                _schedule(counted, before)


def _schedule(counted: _CarrierCounts, before: list[float]) -> None:
    counted.pushes.append(len(before))
    counted.legs["departed"] += 1
    for hours, (least, most) in _SCHEDULE.items():
        counted.legs[f"push_{hours}"] += any(least <= one < most for one in before)


def _hours(departure: datetime, sent: datetime) -> float:
    return (departure - sent.replace(tzinfo=UTC)).total_seconds() / 3600


def _sent_times(messages: pa.Table, message_legs: pa.Table) -> dict[tuple[str, str], set[datetime]]:
    """Return the times at which each leg's manifests were sent, by source."""
    names = ("message_id", "source", "action", "status", "sent_local")
    said = {
        message: (source, sent)
        for message, source, action, status, sent in zip(
            *(messages[name].to_pylist() for name in names), strict=True
        )
        if status != MessageStatus.QUARANTINED and action in _STATES and sent is not None
    }
    root, _ = operating(message_legs, set(messages["message_id"].to_pylist()) - said.keys())
    found: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    columns = (message_legs[name].to_pylist() for name in ("message_id", "flight_id"))
    for message, flight in zip(*columns, strict=True):
        if message in said:
            source, sent = said[message]
            found[root.get(flight, flight), source].add(sent)
    return found


def _measures(counted: _CarrierCounts) -> Iterable[Measure]:
    legs, travellers = counted.legs, counted.travellers
    for name, number in (
        ("legs", legs["all"]),
        ("legs_with_api", legs["api"]),
        ("legs_with_pnr", legs["pnr"]),
    ):
        yield name, float(number), "legs"
    yield "travellers", float(travellers["all"]), "travellers"
    for name in ("in_api", "in_pnr"):
        yield f"travellers_{name}", float(travellers[name]), "travellers"
    yield from _share(legs, "api_final", "api", _LEGS + " with API")
    yield from _share(legs, "pnr_final", "pnr", _LEGS + " with PNR")
    for name in (*_FACTS, "document"):
        if name in travellers or name in _FACTS:
            yield from _share(travellers, name, "all", _TRAVELLERS, f"with_{name}")
    yield from _share(
        travellers, "api_without_pnr", "in_api", _TRAVELLERS + " in API, legs with both, no crew"
    )
    yield from _share(travellers, "pnr_without_api", "in_pnr", _TRAVELLERS + " in PNR, legs with both")
    for source in Source:
        if counted.hours[str(source)]:
            yield f"{source}_last_sent", median(counted.hours[str(source)]), f"median {_HOURS}"
        yield from _share(legs, f"{source}_after_departure", f"{source}_dated", f"{_LEGS}, {_HOURS}")
    if counted.pushes:
        yield "pnr_pushes", float(median(counted.pushes)), "median pushes a departed leg"
    for hours in _SCHEDULE:
        yield from _share(legs, f"push_{hours}", "departed", _LEGS + " departed", f"pnr_push_at_{hours}h")
    yield "messages", float(counted.messages["all"]), "messages"
    for name, number in counted.messages.items():
        if name != "all":
            yield name, float(number), "messages"


def _share(
    counted: Mapping[str, int], part: str, whole: str, unit: str, name: str | None = None
) -> Iterable[Measure]:
    if counted[whole]:
        yield name or part, counted[part] / counted[whole], unit
