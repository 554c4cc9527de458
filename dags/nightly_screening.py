"""One night from receive to attention; all stages live in screening.night."""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task

from screening.night import tasks, wiring


@dag(
    schedule=CronDataIntervalTimetable(tasks.cron(), timezone=tasks.time_zone()),
    start_date=pendulum.datetime(2026, 1, 1, tz=tasks.time_zone()),
    catchup=tasks.catch_up(),
    max_active_runs=1,
    params={"night": Param(None, type=["null", "string"], format="date", description="Label of the night")},
    default_args=tasks.DEFAULTS,
    tags=["screening"],
    doc_md=__doc__,
)
def nightly_screening() -> None:
    """Screen what came in since the last night."""

    @task
    def receive() -> str:
        return tasks.receive(get_current_context())

    wiring.wire(receive())


nightly_screening()
