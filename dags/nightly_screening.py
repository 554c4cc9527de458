"""One night from receive to attention; all stages live in screening.night."""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task

from screening.night import tasks


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
    def receive() -> str | None:
        return tasks.receive(get_current_context())

    @task(map_index_template="{{ label }}", show_return_value_in_logs=False)
    def screen(run: str, unit: str, label: str) -> None:
        get_current_context()["label"] = label  # numbers and carriers, never people
        tasks.screen(run, unit)

    @task(trigger_rule="all_done_min_one_success")
    def publish(run: str) -> str:
        return tasks.publish(run)

    received = receive()
    read = task(tasks.read)(received)
    settled = task(tasks.settle)(read)
    planned = task(tasks.plan)(settled)
    published = publish(settled)
    screen.expand_kwargs(planned) >> published
    task(tasks.report)(published) >> task(retries=0)(tasks.attention)(published)


nightly_screening()
