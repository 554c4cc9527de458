"""When a night starts, which night a DAG run is about, how often a task is tried and how long it may take.

DAG files are parsed every few seconds: nothing here imports Airflow or a room of tables.
"""

import os
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from screening.night.settings import Settings, load_settings
from screening.profile.hours import ends, last_over

OWNER = "screening"
_ANY_FIRST = date(2026, 1, 1)  # without catch-up only the last missed night is run
TAGS = ("screening",)
TASK_DEFAULTS = {
    "owner": OWNER,
    "retries": int(os.environ.get("SCREENING_TASK_RETRIES", "1")),
    # a disk that hiccups, a worker that died: half a minute, then twice as long each time
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "pool": os.environ.get("SCREENING_POOL", "default_pool"),  # one that is not there would let tasks wait
}
# A task that hangs (a disk that answers no more) must end the same night, and no slow one may be cut. A night
# of 250,000 travellers takes 4 to 48 s a task on two cores (docs/benchmarks.md): these are sixty times that.
TIME_OUTS = {
    "receive": timedelta(minutes=30),
    "index": timedelta(hours=1),
    "plan_read": timedelta(minutes=30),  # every compressed file is unpacked
    "read": timedelta(hours=1),  # a file is never cut: one that holds a whole night is read by one task
    "plan_settle": timedelta(minutes=30),
    "settle": timedelta(hours=1),
    "plan": timedelta(minutes=10),
    "screen": timedelta(hours=1),
    "publish": timedelta(minutes=30),
    "report": timedelta(minutes=30),
    "attention": timedelta(minutes=10),
    "propose": timedelta(hours=2),  # 100,000 travellers against every list
    "lists_to_import": timedelta(minutes=10),
    "import_list": timedelta(hours=1),
    "waiting": timedelta(minutes=10),
    "rescreen": timedelta(hours=1),
    "late_hits": timedelta(minutes=10),
    "fetch_manifests": timedelta(minutes=50),
    "purge": timedelta(minutes=50),  # the next one begins after an hour
}
# A run whose tasks never start (no worker, no such pool) has no task that could end it, and holds up all that
# come after it. It ends before the next one is due, and later than its tasks would end it.
RUN_TIME_OUTS = {
    "nightly_screening": timedelta(hours=23),
    "rerun_flights": timedelta(hours=23),
    "import_alert_lists": timedelta(hours=23),
    "rescreen_recent": timedelta(hours=23),
    "traffic_model": timedelta(hours=6),
    "retention": timedelta(hours=3),
    "fetch_manifests": timedelta(hours=3),
}
_USUAL_TASKS = 16  # Airflow's own default of max_active_tasks_per_dag
# A night that waits for an earlier one asks so often, and fails after so long: no task of the earlier one
# runs any more by then, so somebody has to look at Airflow.
TURN = {"mode": "reschedule", "poke_interval": timedelta(seconds=30), "timeout": timedelta(hours=12)}


@lru_cache(maxsize=1)
def _schedule_settings() -> Settings:
    return load_settings(any_format=True)  # a DAG file is parsed by any code; its tasks look at the store


def cron() -> str:
    """Cron expression of the night's start, in the agency's time zone."""
    start = _schedule_settings().profile.schedule.start
    return f"{start.minute} {start.hour} * * *"


def time_zone() -> str:
    """The agency's time zone."""
    return _schedule_settings().profile.agency.time_zone


def catch_up() -> bool:
    """Does the agency want nights that were missed to be run?"""
    return _schedule_settings().profile.schedule.catch_up


def tasks_at_once() -> int:
    """How many tasks of one night may run beside one another: all its batches, if there are workers."""
    return max(_USUAL_TASKS, _schedule_settings().profile.schedule.batches)


def due_after() -> timedelta | None:
    """How long after its begin a night is to be published; None where the profile does not say.

    In the two nights a year in which clocks change this is an hour off, as Airflow adds it to a moment.

    >>> _after(time(1, 0), time(6, 30)), _after(time(22, 0), time(4, 0))
    (datetime.timedelta(days=1, seconds=19800), datetime.timedelta(days=1, seconds=21600))
    """
    stated = _schedule_settings().profile.schedule
    return None if stated.published_by is None else _after(stated.start, stated.published_by)


def _after(start: time, due: time) -> timedelta:
    begun, ends = (timedelta(hours=at.hour, minutes=at.minute) for at in (start, due))
    return timedelta(days=1) + (ends - begun) % timedelta(days=1)


def first_point() -> datetime:
    """Return the midnight before the first night that the schedule may run, in the agency's time zone."""
    from zoneinfo import ZoneInfo

    first = _schedule_settings().profile.schedule.first_night or _ANY_FIRST
    return datetime.combine(first, time(), ZoneInfo(time_zone()))


def is_long_over(context: Mapping[str, Any], now: datetime) -> bool:
    """Say whether a DAG run that nobody has given a night is about one whose successor is over too.

    After an outage, or in a back-fill, what lies in the inbox without a night's folder came for the latest
    night; an earlier one would be published with the travellers of another day.
    """
    given = (context.get("params") or {}).get("night")
    if given or context.get("data_interval_end") is None:
        return False
    successor = night_of(context) + timedelta(days=1)
    return ends(successor, _schedule_settings().profile.schedule.start, time_zone()) <= now


def night_of(context: Mapping[str, Any]) -> date:
    """Return the night that a DAG run is about.

    The parameter `night` if given; else the local date on which the data interval begins (all dates of
    Airflow's context are UTC: in summer the interval of a night in Berlin begins on the day before); else,
    for a run by hand, the last night that is over.
    """
    from zoneinfo import ZoneInfo

    given = (context.get("params") or {}).get("night")
    if given:
        return date.fromisoformat(str(given))
    begins = context.get("data_interval_start")
    if begins is not None:
        local: datetime = datetime.fromtimestamp(begins.timestamp(), ZoneInfo(time_zone()))
        return local.date()
    run_after: datetime = context["dag_run"].run_after
    return last_over(run_after, _schedule_settings().profile.schedule.start, time_zone())
