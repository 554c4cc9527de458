"""How the tasks of a night hang together in Airflow; both DAGs share it.

    read ─► settle ─► plan ─► screen (each batch) ─► publish ─► report ─► attention

`publish` runs also when batches have failed (their legs are recorded as failed), and not when `settle` has:
without it there is nothing to publish. A night that fails a gate is published all the same. A run has the
colour of its last task, so `attention` is the last.
"""

from typing import Any

from screening.orchestration import tasks


def put_in_order(received: Any) -> None:  # noqa: ANN401  (Airflow's own argument types)
    """Put the tasks after `receive` into the DAG that is being defined.

    Args:
        received: the task that gives the run's id.
    """
    from airflow.sdk import get_current_context, task

    make: Any = task  # its typed form knows plain arguments only, not the results of other tasks

    def screen(run: str, unit: str, label: str) -> None:
        context: Any = get_current_context()
        context["label"] = label  # numbers and carriers, never people
        tasks.screen(run, unit)

    mapped = make(map_index_template="{{ label }}", show_return_value_in_logs=False)(screen)
    settled = make(tasks.settle)(make(tasks.read)(received))
    published = make(trigger_rule="all_done_min_one_success")(tasks.publish)(settled)
    mapped.expand_kwargs(make(tasks.plan)(settled)) >> published
    make(tasks.report)(published) >> make(retries=0)(tasks.attention)(published)
