"""One night from receive to attention; all stages live in screening.night."""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task

from screening.orchestration import schedule, task_order, tasks


@dag(
    schedule=CronDataIntervalTimetable(schedule.cron(), timezone=schedule.time_zone()),
    start_date=pendulum.datetime(2026, 1, 1, tz=schedule.time_zone()),
    catchup=schedule.catch_up(),
    max_active_runs=1,
    params={"night": Param(None, type=["null", "string"], format="date", description="Label of the night")},
    default_args=schedule.TASK_DEFAULTS,
    tags=["screening"],
    doc_md=__doc__,
)
def nightly_screening() -> None:
    """Screen what came in since the last night."""

    @task
    def receive() -> str:
        return tasks.receive(get_current_context())

    task_order.put_in_order(receive())


nightly_screening()
