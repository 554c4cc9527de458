"""Proposes a traffic model every week: counts of held nights, and thresholds measured on them.

- **Unpausing starts the schedule.** A proposal screens nobody: a person puts it in use, with a reason
  (`screening model versions`, `screening model activate`).
- Skipped (pink): fewer than 1,000 different travellers are held, as on the first nights.
- Red: the store or a list cannot be read. The log says what to do.
"""

import pendulum
from airflow.sdk import dag

from screening.orchestration import schedule, task_order


@dag(
    schedule="@weekly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=schedule.RUN_TIME_OUTS["traffic_model"],
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "traffic model"],
    description="Proposes counts and thresholds of held nights every week; a person activates them.",
    doc_md=__doc__,
)
def traffic_model() -> None:
    """Count held nights, measure thresholds on them, store both as a version."""
    task_order.traffic_model()


traffic_model()
