"""Count the travellers of each leg by everything that tables are made of, before any protection.

The result lies in the individual zone: small cells are people. It is kept by leg, so that a later manifest
replaces the leg's rows and a service date is the sum over its legs.
"""

import hashlib

import pandas as pd
import pyarrow as pa

from screening.aggregates.definitions import ROLES, UNKNOWN, age_band, party_band
from screening.tables.individual import COUNTS
from screening.tables.model import SchemaError

_ALONE = ""  # group-by would leave null keys out
EACH = "each"  # the only definition of this table; earlier versions held one after another
_FLIGHT = ["flight_id", "service_date", "carrier", "origin", "destination", "departure_local", "provisional"]
_TRAVELLER = [
    "flight_id", "counted", "on_board", "nationality", "sex", "date_of_birth", "role", "locator",
]  # fmt: skip
_BY = ["carrier", "route", "nationality", "sex", "age_band", "role", "hour", "party_size"]


def count(flights: pa.Table, travellers: pa.Table) -> pa.Table:
    """Count travellers by leg and all dimensions together.

    Args:
        flights: FLIGHTS; flight_id, service_date, carrier, origin, destination, departure_local and
            provisional are read.
        travellers: TRAVELLERS; flight_id, counted, on_board, nationality, sex, date_of_birth, role, locator
            are read.

    Returns:
        COUNTS: one row a leg and combination of values, of those who are `counted` (definitions.POPULATION);
        a leg without them has none. Nor is anybody counted on a provisional leg: they may stand on the leg
        itself as well.

    Raises:
        SchemaError: a traveller's leg is not among the flights: counts would not add up to the manifests.
    """
    legs = _legs(flights)
    people = travellers.select(_TRAVELLER).to_pandas()
    if not people["flight_id"].isin(legs["flight_id"]).all():
        raise SchemaError("travellers: a traveller stands on a leg that is not among the flights")
    # Not `== True`: null counts (no close-out; a table from before `counted`), only a plain False does not.
    left = people["counted"].eq(False).fillna(False) | people["on_board"].eq(False).fillna(False)
    people = people[~left.astype(bool)].merge(legs, on="flight_id", how="left", validate="many_to_one")
    people = people[~people["provisional"]]
    people["nationality"] = people["nationality"].fillna(UNKNOWN)
    people["sex"] = people["sex"].fillna(UNKNOWN)
    people["role"] = people["role"].map(ROLES)
    people["age_band"] = _age_bands(people["date_of_birth"], people["service_date"])
    people["party_size"] = _party_sizes(people)
    people["party"] = _parties(people)
    return _counted(people)


def _legs(flights: pa.Table) -> pd.DataFrame:
    legs: pd.DataFrame = flights.select(_FLIGHT).to_pandas()
    legs["provisional"] = legs["provisional"].eq(True).fillna(False).astype(bool)
    legs["carrier"] = legs["carrier"].fillna(UNKNOWN)  # a registration has none
    legs["route"] = legs["origin"] + "-" + legs["destination"]
    legs["hour"] = pd.to_datetime(legs["departure_local"]).dt.strftime("%H").fillna(UNKNOWN)
    return legs.drop(columns=["origin", "destination", "departure_local"])


def _age_bands(born: pd.Series, on: pd.Series) -> list[str]:
    # A night has some 25,000 different pairs of dates: each is worked out once.
    known: dict[tuple[object, object], str] = {}
    bands = []
    for pair in zip(born, on, strict=True):
        band = known.get(pair)
        if band is None:
            birth = None if pd.isna(pair[0]) else pair[0]
            band = known[pair] = age_band(birth, pair[1])
        bands.append(band)
    return bands


def _party_sizes(people: pd.DataFrame) -> list[str]:
    """Band of how many counted travellers share the booking on the leg."""
    sizes = people.groupby(["flight_id", "locator"], sort=False)["flight_id"].transform("size")
    return [UNKNOWN if pd.isna(size) else party_band(int(size)) for size in sizes]


def _parties(people: pd.DataFrame) -> list[str]:
    """Who travels together: a booking, on all its legs of a carrier; the crew of a leg; else nobody known.

    A hash, as a booking's locator is not needed here: it ties the legs of a booking over nights and runs.
    """
    named = zip(people["flight_id"], people["carrier"], people["locator"], people["role"], strict=True)
    known: dict[str, str] = {}
    found = []
    for leg, carrier, locator, role in named:
        text = f"crew|{leg}" if role == "crew" else "" if pd.isna(locator) else f"{carrier}|{locator}"
        if text and text not in known:
            known[text] = hashlib.sha256(text.encode()).hexdigest()[:16]
        found.append(known[text] if text else _ALONE)
    return found


def _counted(people: pd.DataFrame) -> pa.Table:
    by = ["flight_id", "service_date", *_BY, "party"]
    cells = people.groupby(by, sort=True, observed=True).size()
    keys = cells.index.to_frame(index=False)
    nothing = pa.nulls(len(keys), pa.string())
    return COUNTS.columns_table(
        {
            "definition": pa.array([EACH] * len(keys), pa.string()),
            "flight_id": pa.array(keys["flight_id"].tolist(), pa.string()),
            "service_date": pa.array(keys["service_date"].tolist(), pa.date32()),
            "origin": nothing,
            "destination": nothing,
            **{name: pa.array(keys[name].tolist(), pa.string()) for name in _BY},
            "count": pa.array(cells.tolist(), pa.int64()),
            "party": pa.array([party or None for party in keys["party"]], pa.string()),
        }
    )
