"""Which traffic tables are made, of whom, and what one unit of them is.

All tables have **one population**: everyone settled on a leg, passengers, crew, transit and infants alike,
whose close-out does not say that they stayed behind. Were the populations different, the difference of two
published totals would be the size of a group that nobody looked at (crew of a small night, for example).

Unit: a traveller on a leg, so that a person on two legs counts twice. Day: the service date, the local date
of departure. Each leg once, from its latest manifest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

TOTAL = "Total"
OTHER = "Other"
UNKNOWN = "unknown"

POPULATION = (
    "an estimate of who flew: everyone named on a leg of the service date but whom a later manifest, "
    "a cancellation or the close-out leaves out"
)
UNIT = "traveller on a leg"


@dataclass(frozen=True, slots=True)
class Definition:
    """One one-way table.

    Attributes:
        name: name in the tables `counts` and `published`.
        dimension: the column that it fills (tables.dimensions); the others are null.
        title: heading in reports.
        meaning: what a row is, for docs and the data dictionary.
        of_leg: is the value a fact of the leg, which timetables make public?
        population: who is counted.
        unit: what is counted.
    """

    name: str
    dimension: str
    title: str
    meaning: str
    of_leg: bool
    population: str = POPULATION
    unit: str = UNIT


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "by_route", "route", "Travellers by route", "ORIGIN-DESTINATION of the leg, IATA codes", of_leg=True
    ),
    Definition("by_carrier", "carrier", "Travellers by carrier", "operating carrier", of_leg=True),
    Definition(
        "by_hour",
        "hour",
        "Travellers by hour of departure",
        "hour of departure, local to its airport",
        of_leg=True,
    ),
    Definition(
        "by_nationality",
        "nationality",
        "Travellers by nationality",
        "nationality as settled, ISO 3166 alpha-2, else the ICAO 9303 code; `unknown` where not given",
        of_leg=False,
    ),
    Definition(
        "by_sex", "sex", "Travellers by sex", "M, F, X as in the document; else `unknown`", of_leg=False
    ),
    Definition(
        "by_age_band",
        "age_band",
        "Travellers by age",
        "completed years on the service date, in one fixed set of bands",
        of_leg=False,
    ),
    Definition(
        "by_role",
        "role",
        "Travellers by role",
        "passenger (infants included), crew or transit (passengers and crew alike)",
        of_leg=False,
    ),
)
BY_NAME = {definition.name: definition for definition in DEFINITIONS}

# One fixed set: bands 0-19 of one table and 0-24 of another differ by those of 20-24, who may be one person.
# The first two bounds are IATA's infant and child (Resolution 1753 and common fare rules: under 2, under 12).
_LAST_YEARS = (1, 11, 17, 24, 34, 44, 54, 64, 74)
_OLDEST = 120
ROLES = {
    "passenger": "passenger",
    "infant": "passenger",
    "crew": "crew",
    "transit_passenger": "transit",
    "transit_crew": "transit",
}


def age_band(born: date | None, on: date) -> str:
    """Put an age in its band.

    Args:
        born: date of birth; None where not given.
        on: service date.

    Returns:
        `FIRST-LAST` in years with two digits, `75+`, or `unknown` (not given, after `on`, over 120 years).

    >>> age_band(date(2024, 2, 29), on=date(2026, 2, 28)), age_band(date(2024, 2, 29), on=date(2026, 3, 1))
    ('00-01', '02-11')
    >>> age_band(date(1926, 11, 24), on=date(2026, 11, 23)), age_band(date(2027, 1, 1), on=date(2026, 11, 23))
    ('75+', 'unknown')
    """
    if born is None or born > on:
        return UNKNOWN
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if years > _OLDEST:
        return UNKNOWN
    first = 0
    for last in _LAST_YEARS:
        if years <= last:
            return f"{first:02d}-{last:02d}"
        first = last + 1
    return f"{first}+"


def ordered(dimension: str) -> Callable[[str, int | None], tuple[object, ...]]:
    """Return the order in which a person reads a table: hours and ages by value, the rest by size.

    Returns:
        A sort key over (value of the dimension, count); `unknown`, Other and Total come last.

    >>> sorted([("00-01", 5), ("unknown", 9), ("75+", 7)], key=lambda cell: ordered("age_band")(*cell))
    [('00-01', 5), ('75+', 7), ('unknown', 9)]
    """
    last = {UNKNOWN: 1, OTHER: 2, TOTAL: 3}

    def key(value: str, count: int | None) -> tuple[object, ...]:
        size = 0 if dimension in {"hour", "age_band"} else -(count or 0)
        return last.get(value, 0), size, value

    return key
