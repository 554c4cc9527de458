"""Screens named flights of a night again, and those that share a message with them; all other rows stay.

- By hand only: *Trigger*. `flights` left empty means all quarantined and failed ones of the night.
- Keeps the night's lists, profile and model; takes today's code, and new files that speak of these flights.
- Green: these flights are in order, whatever else of the night still waits (the log of `attention` says it).
- Red at `attention`: one of these flights still needs a person.

What each state asks for: docs/operations.md.
"""

from airflow.sdk import dag

from screening.orchestration import parameters, schedule, task_order, tasks
from screening.orchestration.notifier import RunNotifier


@dag(
    schedule=None,
    max_active_runs=1,
    max_active_tasks=schedule.tasks_at_once(),
    dagrun_timeout=schedule.RUN_TIME_OUTS["rerun_flights"],
    on_failure_callback=RunNotifier(),
    params=parameters.RERUN,
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "by hand"],
    description="Screens named flights of a night again, after a fault or a mended file.",
    doc_md=__doc__,
)
def rerun_flights() -> None:
    """Run flights again and publish the night anew; other flights' rows stay."""
    task_order.night(tasks.receive_again)


rerun_flights()
