"""Screens named flights of a night again, and those that share a message with them."""

from airflow.sdk import Param, dag, get_current_context, task

from screening.orchestration import schedule, task_order, tasks


@dag(
    schedule=None,
    max_active_runs=1,
    params={
        "night": Param(None, type=["null", "string"], format="date", description="Label of the night"),
        "flights": Param(
            [],
            type="array",
            items={"type": "string", "pattern": "^[0-9A-Za-z -]{3,40}$"},
            description="One a line, such as UA988-20261123-FRA-IAD",
        ),
        "all_failed": Param(False, type="boolean", description="All quarantined and failed flights"),
    },
    default_args=schedule.TASK_DEFAULTS,
    tags=["screening"],
    doc_md=__doc__,
)
def rerun_flights() -> None:
    """Run flights again and publish the night anew; other flights' rows stay."""

    @task
    def receive() -> str:
        return tasks.receive_again(get_current_context())

    task_order.put_in_order(receive())


rerun_flights()
