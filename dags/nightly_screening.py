"""Screens what came in since the last night: one night from receive to attention.

- **Unpausing starts the schedule**, and runs the last missed night at once. Have the inbox in place first.
- By hand: *Trigger*. `night` left empty is the last night that is over; a night that is published and has
  nothing new ends at `receive`, skipped.
- Red at `attention`: the night is published, and something needs a person. Its log names each reason, the
  path of the report and the command that lists the flights. Red elsewhere: that task's log says what to do.
- A night that failed a gate is let through by `let_through`, `let_through_by` and `reason`: its traffic
  tables are published, nothing is screened again.

- Late: who watches nights is told when one is not published by the profile's `schedule.published_by`.

What each state asks for: docs/operations.md.
"""

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag

from screening.orchestration import deadline, parameters, schedule, task_order, tasks
from screening.orchestration.notifier import RunNotifier


@dag(
    schedule=CronDataIntervalTimetable(schedule.cron(), timezone=schedule.time_zone()),
    start_date=pendulum.instance(schedule.first_point()),
    catchup=schedule.catch_up(),
    max_active_runs=1,
    max_active_tasks=schedule.tasks_at_once(),
    dagrun_timeout=schedule.RUN_TIME_OUTS["nightly_screening"],
    deadline=deadline.published_by(),
    on_failure_callback=RunNotifier(),
    params=parameters.NIGHTLY,
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "night"],
    description="Screens what came in since the last night. Unpausing starts the schedule.",
    doc_md=__doc__,
)
def nightly_screening() -> None:
    """Screen what came in since the last night."""
    task_order.night(tasks.receive)


nightly_screening()
