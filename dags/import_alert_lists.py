"""Fetches and imports every alert list of the profile once a day, each in a task of its own.

- **Unpausing starts the schedule.** A list comes from the connection `screening_list_ID` (an address or a
  folder), else from the path in the profile; one with neither is skipped (pink).
- Red: that list could not be fetched or read, or the import gate holds its new version back. The version in
  use stays, and the other lists are not touched. The log says what to do.
- Each new version that comes into use is an event of the list's asset; `rescreen_recent` starts on it.

How connections are written: docs/alert-lists.md.
"""

import pendulum
from airflow.sdk import dag

from screening.orchestration import schedule, task_order


@dag(
    schedule="@daily",
    start_date=pendulum.datetime(2026, 1, 1, tz=schedule.time_zone()),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=4,  # each reads its list whole into memory
    dagrun_timeout=schedule.RUN_TIME_OUTS["import_alert_lists"],
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "alert lists"],
    description="Fetches and imports the alert lists every day. Unpausing starts the schedule.",
    doc_md=__doc__,
)
def import_alert_lists() -> None:
    """Fetch and import every list of the profile."""
    task_order.import_lists()


import_alert_lists()
