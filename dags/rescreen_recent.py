"""Compares travellers of held nights with the alerts that lists have added or changed since.

- Starts when a list has a new version in use (its asset), or by *Trigger*; `days` says how far back.
- Late hits join the hits of their night and are marked; hits of withdrawn alerts are closed with the reason.
  The log of `late_hits` names the nights and the command that shows them.
- A night that knows the lists in use is left alone; with none, the rest is skipped (pink).
- Red: that night could not be compared. The log says what to do; other nights are not touched.
"""

from airflow.sdk import dag

from screening.orchestration import parameters, schedule, task_order


@dag(
    schedule=task_order.any_list(),
    max_active_runs=1,
    max_active_tasks=2,
    dagrun_timeout=schedule.RUN_TIME_OUTS["rescreen_recent"],
    params=parameters.RESCREEN,
    default_args=schedule.TASK_DEFAULTS,
    tags=[*schedule.TAGS, "alert lists"],
    description="Compares travellers of held nights with what lists have added or changed since.",
    doc_md=__doc__,
)
def rescreen_recent() -> None:
    """Re-screen the nights of the last days against what lists have added or changed."""
    task_order.rescreen()


rescreen_recent()
