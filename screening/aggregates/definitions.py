"""Which traffic tables are made, of whom, and what one unit of them is.

All tables have **one population**: everyone settled on a leg, passengers, crew, transit and infants alike,
whose close-out does not say that they stayed behind. Were the populations different, the difference of two
published totals would be the size of a group that nobody looked at (crew of a small night, for example).

Unit: a traveller on a leg, so that a person on two legs counts twice. Day: the service date, the local date
of departure. Each leg once, from its latest manifest.

The set is **closed under coarsening**: with a table by route and region there are those by direction and
region, and by region. So every sum that ties two tables runs over cells that are protected themselves.
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
class Dimension:
    """What travellers are counted by.

    Attributes:
        name: column (tables.dimensions).
        title: words for a heading.
        meaning: what a value is, for docs and the data dictionary.
        variable: what it is a level of; region and nationality are two levels of one variable.
        coarser: name of the next coarser level; None where that is Total.
    """

    name: str
    title: str
    meaning: str
    variable: str
    coarser: str | None = None


_DIMENSIONS = (
    Dimension("route", "route", "ORIGIN-DESTINATION of the leg, IATA codes", "route", "direction"),
    Dimension(
        "direction",
        "direction",
        "of the leg, for the agency's State: in, out, domestic, abroad (neither end in it), unknown",
        "route",
    ),
    Dimension("carrier", "carrier", "operating carrier", "carrier"),
    Dimension("hour", "hour of departure", "hour of departure, local to its airport", "hour"),
    Dimension(
        "nationality",
        "nationality",
        "nationality as settled, ISO 3166 alpha-2, else the ICAO 9303 code; `unknown` where not given",
        "nationality",
        "region",
    ),
    Dimension(
        "region",
        "world region",
        "region of the nationality, UN M49 (002 Africa, 019 Americas, 142 Asia, 150 Europe, 009 Oceania); "
        "`other` for documents of no State in it, `unknown` where not given",
        "nationality",
    ),
    Dimension("sex", "sex", "M, F, X as in the document; else `unknown`", "sex"),
    Dimension("age_band", "age", "completed years on the service date, in fixed bands", "age_band"),
    Dimension(
        "role",
        "role",
        "passenger (infants included), crew or transit (passengers and crew alike)",
        "role",
    ),
    Dimension(
        "party_size",
        "size of the party",
        "travellers of one booking (locator) on the leg; `unknown` where no booking is held",
        "party_size",
    ),
)
_OF_RATES = (
    Dimension(
        "category",
        "category of the alert",
        "refuse_entry, wanted, document; `other` for all that watch, protect, seek or inform",
        "category",
    ),
    Dimension(
        "decision",
        "decision",
        "the one in force when the month was counted: false_match, true_match (confirmed), inconclusive; "
        "`undecided`; `no_longer_held` where the hit's term had ended",
        "decision",
    ),
    Dimension(
        "screening", "screening", "screened, or not_screened (set aside, or their leg failed)", "screening"
    ),
    Dimension(
        "identity",
        "what the alert identifies by",
        "the best it holds: document, birth_day (a full birth date), birth_partly, name_only",
        "identity",
    ),
    Dimension(
        "measure", "measure", "as in table `carrier_quality`; findings are left out in SDMX", "measure"
    ),
)
DIMENSION = {dimension.name: dimension for dimension in (*_DIMENSIONS, *_OF_RATES)}


@dataclass(frozen=True, slots=True)
class Definition:
    """One table.

    Attributes:
        name: name in the tables `counts` and `published`.
        dimensions: columns that it fills (tables.dimensions); the others are null.
        population: who is counted.
        unit: what is counted.
        estimate: are the figures estimates rather than counts of who flew?
        counted: word of the title for what is counted.
        day: to which day, and so month, something counts.
        whole: are the figures whole numbers?
    """

    name: str
    dimensions: tuple[str, ...]
    population: str = POPULATION
    unit: str = UNIT
    estimate: bool = True
    counted: str = "Travellers"
    day: str = "service date, the local date of departure"
    whole: bool = True

    @property
    def title(self) -> str:
        """Heading in reports.

        >>> BY_NAME["region_sex_age"].title
        'Travellers by world region, sex and age'
        """
        words = [DIMENSION[name].title for name in self.dimensions]
        return f"{self.counted} by " + (
            words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
        )

    @property
    def meaning(self) -> str:
        """What a row is."""
        return "; ".join(DIMENSION[name].meaning for name in self.dimensions)


_ONE_WAY = (
    "route", "direction", "carrier", "hour", "nationality", "region", "sex", "age_band", "role", "party_size",
)  # fmt: skip
DEFINITIONS: tuple[Definition, ...] = (
    *(Definition(f"by_{name}", (name,)) for name in _ONE_WAY),
    Definition("nationality_sex", ("nationality", "sex")),
    Definition("direction_nationality", ("direction", "nationality")),
    Definition("route_region", ("route", "region")),
    Definition("direction_region", ("direction", "region")),
    Definition("carrier_hour", ("carrier", "hour")),
    Definition("region_sex_age", ("region", "sex", "age_band")),
    Definition("direction_role_party", ("direction", "role", "party_size")),
)
BY_NAME = {definition.name: definition for definition in DEFINITIONS}
_NIGHT = "the night that raised or named it"
RATES: tuple[Definition, ...] = (
    Definition(
        "hits_by_decision",
        ("category", "decision"),
        population="every hit of the month's nights, near misses included; what a clearance silenced is none",
        unit="hit in a night",
        estimate=False,
        counted="Hits",
        day=_NIGHT,
    ),
    Definition(
        "people_screened",
        ("screening",),
        population="everybody named on a leg in the month's nights, whether they flew or not",
        unit="person on a leg in a night, of those set aside as far as they could be counted",
        counted="People",
        day=_NIGHT,
    ),
    Definition(
        "list_quality",
        ("category", "identity"),
        population="every alert of the list versions in use in the night that counted the month",
        unit="alert",
        estimate=False,
        counted="Alerts",
        day="the night that counted the month",
    ),
)
"""Tables of a month about hits, people set aside and lists (aggregates.rates): rounded counts."""
QUALITY = Definition(
    "carrier_quality",
    ("carrier", "measure"),
    population="legs and travellers of each night as settled, provisional legs included",
    unit="stands with each measure",
    counted="Quality of data",
    day="night",
    whole=False,
)
"""A month of `carrier_quality`, from its published nights alone."""
VALUES: dict[str, tuple[str, ...]] = {
    "category": ("refuse_entry", "wanted", "document", "other"),
    "decision": ("false_match", "true_match", "inconclusive", "undecided", "no_longer_held"),
    "screening": ("screened", "not_screened"),
    "identity": ("document", "birth_day", "birth_partly", "name_only"),
}
"""Closed sets of the dimensions of RATES."""
ONE_WAY = DEFINITIONS[: len(_ONE_WAY)]
TIMETABLE = "timetable"
TIMETABLE_DIMENSIONS = ("carrier", "route", "hour")
"""Legs as timetables make them public. Nothing of it is published; it ties the tables of legs together."""

# One fixed set: bands 0-19 of one table and 0-24 of another differ by those of 20-24, who may be one person.
# The first two bounds are IATA's infant and child (Resolution 1753 and common fare rules: under 2, under 12).
_LAST_YEARS = (1, 11, 17, 24, 34, 44, 54, 64, 74)
_OLDEST = 120
_LAST_OF_PARTY = (1, 2, 4, 9)
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
    return UNKNOWN if years > _OLDEST else _band(years, 0, _LAST_YEARS, 2)


def party_band(people: int) -> str:
    """Put the size of a party in its band.

    >>> [party_band(people) for people in (1, 2, 3, 9, 10, 240)]
    ['1', '2', '3-4', '5-9', '10+', '10+']
    """
    return _band(people, 1, _LAST_OF_PARTY, 1)


def _band(number: int, first: int, lasts: tuple[int, ...], digits: int) -> str:
    for last in lasts:
        if number <= last:
            low, high = f"{first:0{digits}d}", f"{last:0{digits}d}"
            return low if low == high else f"{low}-{high}"
        first = last + 1
    return f"{first}+"


def _bands(first: int, lasts: tuple[int, ...], digits: int) -> tuple[str, ...]:
    starts = [first, *(last + 1 for last in lasts)]
    return tuple(_band(start, first, lasts, digits) for start in starts)


AGE_BANDS = _bands(0, _LAST_YEARS, 2)
PARTY_BANDS = _bands(1, _LAST_OF_PARTY, 1)


def ordered(dimension: str) -> Callable[[str, int | None], tuple[object, ...]]:
    """Return the order in which a person reads a table: hours and bands by value, the rest by size.

    Returns:
        A sort key over (value of the dimension, count); `unknown`, Other and Total come last.

    >>> sorted([("00-01", 5), ("unknown", 9), ("75+", 7)], key=lambda cell: ordered("age_band")(*cell))
    [('00-01', 5), ('75+', 7), ('unknown', 9)]
    """
    last = {UNKNOWN: 1, OTHER: 2, TOTAL: 3}

    def key(value: str, count: int | None) -> tuple[object, ...]:
        size = 0 if dimension in {"hour", "age_band"} else -(count or 0)
        start = value.rstrip("+").partition("-")[0]
        number = int(start) if dimension == "party_size" and start.isdigit() else 0
        return last.get(value, 0), size if dimension != "party_size" else number, value

    return key
