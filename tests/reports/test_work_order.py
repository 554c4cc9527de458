"""How long until a hit counts: landing of a leg in, departure of a leg out, over clocks that change."""

from datetime import UTC, datetime

import pytest

from screening.identity.airports import zone
from screening.reports.work_order import Direction, timing

AT = "AT"


def leg(origin, departs, destination, lands):
    return {
        "origin": origin,
        "destination": destination,
        "departure_local": datetime.fromisoformat(departs) if departs else None,
        "arrival_local": datetime.fromisoformat(lands) if lands else None,
        "origin_zone": zone(origin),
        "destination_zone": zone(destination),
    }


@pytest.mark.parametrize(
    ("flight", "home", "moment", "way", "minutes"),
    [
        pytest.param(
            leg("ARN", "2026-11-23T09:15", "VIE", "2026-11-23T11:30"),
            AT,
            "2026-11-23T05:00",
            Direction.IN,
            330,
            id="a leg in counts by its landing",
        ),
        pytest.param(
            leg("VIE", "2026-11-23T09:15", "ARN", "2026-11-23T11:30"),
            AT,
            "2026-11-23T08:45",
            Direction.OUT,
            -30,
            id="a leg out by its departure, here half an hour ago",
        ),
        pytest.param(
            leg("DXB", "2026-10-24T22:30", "VIE", "2026-10-25T02:30"),
            AT,
            "2026-10-24T23:30",
            Direction.IN,
            60,
            id="an hour that comes twice is the first of the two",
        ),
        pytest.param(
            leg("DXB", "2026-10-24T23:30", "VIE", "2026-10-25T03:30"),
            AT,
            "2026-10-24T23:30",
            Direction.IN,
            180,
            id="after the clocks went back",
        ),
        pytest.param(
            leg("DXB", "2026-03-28T22:30", "VIE", "2026-03-29T02:30"),
            AT,
            "2026-03-29T00:30",
            Direction.IN,
            60,
            id="an hour that is left out is read with the offset before",
        ),
        pytest.param(
            leg("DXB", "2026-03-28T23:30", "VIE", "2026-03-29T03:30"),
            AT,
            "2026-03-29T00:30",
            Direction.IN,
            60,
            id="after the clocks went forward",
        ),
        pytest.param(
            leg("AKL", "2026-11-24T19:30", "LAX", "2026-11-24T10:30"),
            "US",
            "2026-11-24T06:30",
            Direction.IN,
            720,
            id="over the date line it lands before it left, by the clocks",
        ),
        pytest.param(
            leg("ARN", "2026-11-23T09:15", "VIE", None),
            AT,
            "2026-11-23T05:00",
            Direction.IN,
            None,
            id="no time of landing",
        ),
    ],
)
def test_when_a_leg_counts(flight, home, moment, way, minutes):
    when = timing(flight, home, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert (when.direction, when.minutes) == (way, minutes)
