"""World region of a nationality, and direction of a route: the coarser levels of both.

Regions are those of the UN's M49 (Africa, Americas, Asia, Europe, Oceania), as data/regions.csv has them for
every ISO 3166 code; Kosovo, which M49 does not list, is put with Europe. Documents of no State (ICAO 9303:
XXA stateless, UNO, …), Antarctica and States that are no more stand in `other`.

Source: UN Statistics Division, Standard country or area codes for statistical use (M49),
unstats.un.org/unsd/methodology/m49.

>>> region("FR"), region("XK"), region("XXA"), region("unknown")
('150', '150', 'other', 'unknown')
>>> direction("FRA-IAD", "DE"), direction("IAD-FRA", "DE"), direction("FRA-MUC", "DE")
('out', 'in', 'domestic')
>>> direction("LHR-IAD", "DE"), direction("FRA-???", "DE")
('abroad', 'unknown')
"""

import csv
from functools import cache
from importlib import resources

from screening.aggregates.definitions import UNKNOWN
from screening.identity import airports

NAMES = {"002": "Africa", "019": "Americas", "142": "Asia", "150": "Europe", "009": "Oceania"}
NO_REGION = "other"
DIRECTIONS = ("in", "out", "domestic", "abroad", UNKNOWN)


@cache
def regions() -> dict[str, str]:
    """Return the M49 region of each State."""
    text = resources.files("screening.aggregates").joinpath("data", "regions.csv").read_text("utf-8")
    return {row["state"]: row["region"] for row in csv.DictReader(text.splitlines())}


def region(nationality: str) -> str:
    """Return the M49 region of a nationality, `other`, or `unknown` as the nationality itself."""
    return UNKNOWN if nationality == UNKNOWN else regions().get(nationality, NO_REGION)


def direction(route: str, country: str) -> str:
    """Say which way a route goes.

    Args:
        route: ORIGIN-DESTINATION.
        country: of the agency, ISO 3166 alpha-2.

    Returns:
        One of DIRECTIONS; `unknown` where an end is no known airport.
    """
    ends = [airports.country(end) for end in route.split("-", 1)]
    if len(ends) < 2 or None in ends:
        return UNKNOWN
    starts, lands = (end == country for end in ends)
    if starts:
        return "domestic" if lands else "out"
    return "in" if lands else "abroad"
