"""Invented legs and travellers for the tests of aggregates."""

from datetime import date, datetime, time

import pytest

from screening.tables.individual import FLIGHTS, TRAVELLERS

DAY = date(2026, 11, 23)


@pytest.fixture
def flight():
    """Make a row of FLIGHTS."""

    def make(*, carrier="Q1", number="10", origin="FRA", destination="IAD", hour=17, day=DAY):
        return {
            "flight_id": f"{carrier}{number}-{day:%Y%m%d}-{origin}-{destination}",
            "carrier": carrier,
            "number": number,
            "marketing": [],
            "origin": origin,
            "destination": destination,
            "departure_local": datetime.combine(day, time(hour, 30)),
            "service_date": day,
            "api_status": "final",
            "pnr_status": "missing",
            "travellers": 0,
            "findings": [],
        }

    return make


@pytest.fixture
def traveller():
    """Make a row of TRAVELLERS."""

    def make(ordinal, flight_id, **facts):
        return {
            "traveller_id": f"t{ordinal}",
            "flight_id": flight_id,
            "statement_ids": ["s"],
            "current": 1,
            "sources": ["api"],
            "person_key": f"p{ordinal}",
            "role": "passenger",
            "name_as_sent": "INVENTED/NAME",
            "nationality": "FR",
            "sex": "F",
            "date_of_birth": date(1980, 1, 1),
            **facts,
        }

    return make


@pytest.fixture
def tables():
    """Make FLIGHTS and TRAVELLERS from rows."""
    return lambda flights, travellers: (FLIGHTS.table(flights), TRAVELLERS.table(travellers))
