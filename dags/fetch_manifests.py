"""Fetches manifests every quarter of an hour from the places of the profile into the inbox.

- **Unpausing starts the schedule.** Places stand in the profile (`intake.fetch_from`), each behind a
  connection of Airflow; without any the task is skipped (pink).
- Nothing at the source is changed. A night takes what is in the inbox when it begins: what comes later joins
  the next one.
- Red: a place could not be read; the others were. The log says what to do, and who watches nights is told.

How places and connections are written: docs/operations.md.
"""

import pendulum
from airflow.sdk import dag

from screening.orchestration import schedule, task_order


@dag(
    schedule="*/15 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=schedule.RUN_TIME_OUTS["fetch_manifests"],
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "inbox"],
    description="Fetches manifests from carriers and hosts into the inbox. Unpausing starts the schedule.",
    doc_md=__doc__,
)
def fetch_manifests() -> None:
    """Fetch what is new in every place of the profile."""
    task_order.fetch_manifests()


fetch_manifests()
