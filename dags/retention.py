"""Removes every hour what has come to the end of its term: some laws count in hours.

- **Unpausing starts the schedule**: what is due is removed within the hour, for good. The terms stand in the
  profile, section `retention`.
- Red: something that is due is still there. The log says what to do; the next run goes on where it stood.
- Airflow's own history and logs are not covered.
"""

import pendulum
from airflow.sdk import dag

from screening.orchestration import schedule, task_order


@dag(
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=schedule.RUN_TIME_OUTS["retention"],
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "retention"],
    description="Removes every hour what has come to its term, and keeps the proof. Unpausing starts it.",
    doc_md=__doc__,
)
def retention() -> None:
    """Remove what is due and keep the proof."""
    task_order.retention()


retention()
