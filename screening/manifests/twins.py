"""Two legs that may be one flight: a delay over midnight, a date in UTC, UAL beside UA.

Rule: legs that share their airports, as far as these are known, depart within a day of each other, and have
at least a third of the passengers of the smaller one in common are told, each with a finding that names the
other. Nothing else is done: everybody on both is screened, and only the agency can say that two designators
are one (profile, `intake.designators`). A person on two legs is known by the person key, or by the name: a
booking may say no more. Crew fly a route twice a day and say nothing.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

import pyarrow as pa

from screening.manifests.finding_kinds import finding
from screening.manifests.statements import comparable_names
from screening.tables import individual as t
from screening.tables.codes import Role

CODE = "perhaps_one_flight"
_A_DAY = timedelta(days=1)
_SHARE = 3  # of the smaller leg's passengers: one in three
_MOST = 50  # whoever stands more often is no person but a name that stands in for some (TBA)
_CREW = frozenset({str(Role.CREW), str(Role.TRANSIT_CREW)})
_FLIGHT = ("flight_id", "origin", "destination", "departure_local", "service_date")
_Stands = tuple[str, int]  # leg, and number of a passenger on it


@dataclass(frozen=True, slots=True)
class _Leg:
    origin: str | None
    destination: str | None
    departure: datetime | None
    day: date | None

    def may_be(self, other: "_Leg") -> bool:
        """Say whether places and times allow both to be one flight; what is unknown allows it."""
        for one, two in ((self.origin, other.origin), (self.destination, other.destination)):
            if one is not None and two is not None and one != two:
                return False
        if self.departure is not None and other.departure is not None:
            return abs(self.departure - other.departure) <= _A_DAY
        return self.day is None or other.day is None or abs(self.day - other.day) <= _A_DAY


def tell_twins(
    flights: pa.Table, travellers: pa.Table, near_flights: pa.Table, near_travellers: pa.Table
) -> pa.Table:
    """Note for each leg which others may be the same flight.

    Args:
        flights: FLIGHTS of the night.
        travellers: TRAVELLERS of the night; flight_id, person_key, names and role are read.
        near_flights: FLIGHTS of the nights just before; a leg that the night itself has is left out.
        near_travellers: TRAVELLERS of them.

    Returns:
        The night's FLIGHTS with these findings anew; depends on no order of rows.
    """
    own = set(flights["flight_id"].to_pylist())
    legs = _legs(near_flights) | _legs(flights)
    keys: dict[object, set[_Stands]] = defaultdict(set)
    sizes: Counter[str] = Counter()
    _add_passengers(keys, sizes, near_travellers, set(near_flights["flight_id"].to_pylist()) - own)
    _add_passengers(keys, sizes, travellers, own)
    shared: dict[tuple[str, str], tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for stands in keys.values():
        if len(stands) <= _MOST and len({leg for leg, _ in stands}) > 1:
            for (one, first), (two, second) in combinations(sorted(stands), 2):
                if one != two:
                    shared[one, two][0].add(first)
                    shared[one, two][1].add(second)
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (one, two), both in sorted(shared.items()):
        number = min(map(len, both))
        if number * _SHARE >= min(sizes[one], sizes[two]) and legs[one].may_be(legs[two]):
            found[one].append((two, number))
            found[two].append((one, number))
    return _with_findings(flights, found)


def _legs(flights: pa.Table) -> dict[str, _Leg]:
    columns = (flights[name].to_pylist() for name in _FLIGHT)
    return {leg: _Leg(*facts) for leg, *facts in zip(*columns, strict=True)}


def _add_passengers(
    keys: dict[object, set[_Stands]], sizes: Counter[str], travellers: pa.Table, legs: set[str]
) -> None:
    """Add who stands on some legs, by what tells them, and count them."""
    columns = (travellers[name].to_pylist() for name in ("flight_id", "person_key", "role"))
    names = zip(*(comparable_names(travellers[name]) for name in ("surname", "given_names")), strict=True)
    for leg, key, role, name in zip(*columns, names, strict=True):
        if leg in legs and role not in _CREW:
            stands = (leg, sizes[leg])
            sizes[leg] += 1
            keys[key].add(stands)
            if all(name):
                keys[name].add(stands)


def _with_findings(flights: pa.Table, found: dict[str, list[tuple[str, int]]]) -> pa.Table:
    column = []
    for leg, before in zip(flights["flight_id"].to_pylist(), flights["findings"].to_pylist(), strict=True):
        kept = [one for one in before if one["code"] != CODE]
        kept += [
            finding(CODE, f"perhaps one flight with {other}: {number} of the travellers are on both")
            for other, number in found.get(leg, ())
        ]
        column.append(kept)
    place = flights.schema.get_field_index("findings")
    kind = t.FLIGHTS.schema.field("findings").type
    return t.FLIGHTS.conform(flights.set_column(place, "findings", pa.array(column, kind)))
