"""At which moment a night begins and ends, also where the clocks change.

A night D is [D start, D+1 start) by the agency's clocks. In the night in which they go forward the start may
be an hour that is left out: then it begins when that hour would have struck by the time before. In the one in
which they go back the hour comes twice: then it begins with the second, as Airflow's schedule does, so that a
night begins at one moment for a command, a DAG run and a back-fill. All moments are UTC: two local times of
one zone compare by what the clock shows, not by which came first.

>>> begins(date(2026, 3, 29), time(2, 30), "Europe/Vienna").isoformat()
'2026-03-29T01:30:00+00:00'
>>> begins(date(2026, 10, 25), time(2, 30), "Europe/Vienna").isoformat()
'2026-10-25T01:30:00+00:00'
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def begins(night: date, start: time, zone: str) -> datetime:
    """Return the moment at which a night begins, in UTC."""
    local = datetime.combine(night, start, ZoneInfo(zone))
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def ends(night: date, start: time, zone: str) -> datetime:
    """Return the moment at which a night ends and its run begins, in UTC."""
    return begins(night + timedelta(days=1), start, zone)


def last_over(moment: datetime, start: time, zone: str) -> date:
    """Return the last night that has ended at a moment.

    >>> last_over(datetime(2026, 11, 24, 0, 0, tzinfo=UTC), time(1, 0), "Europe/Vienna")
    datetime.date(2026, 11, 23)
    """
    night = moment.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    return night if ends(night, start, zone) <= moment else night - timedelta(days=1)
