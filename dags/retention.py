"""Removes every hour what has come to the end of its term: some laws count in hours."""

import pendulum
from airflow.sdk import dag, task

from screening.orchestration import schedule, tasks


@dag(
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=schedule.TASK_DEFAULTS,
    tags=["screening"],
    doc_md=__doc__,
)
def retention() -> None:
    """Remove what is due and keep the proof."""
    task(tasks.purge)()


retention()
