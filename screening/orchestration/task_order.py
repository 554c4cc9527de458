"""How the tasks of a night hang together in Airflow; both DAGs of nights share it.

    receive ─► plan_read ─► read, each share ─► plan_settle ─► settle, each share ─► plan
       └─► index ──────────────────────────────────────────────────────────────────────┤
                              attention ◄─ report ◄─ publish ◄─ screen, each batch ◄───┘

Nights are received in their order, however many runs Airflow has begun: `receive` waits, off its worker,
while a run of an earlier night is queued or running.

`publish` runs also when batches have failed (their legs are recorded as failed), and not when a task before
them has: without manifests there is nothing to publish. A night that fails a gate is published all the same.
A run has the colour of its last task, so `attention` is the last.

Who is told: how the night stands, when `attention` has judged it and where nothing was new; else that a task
failed, but of no batch: its flights are recorded as failed, and `attention` tells of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from airflow.sdk import (  # noqa: TID253  (only DAG files import this)
    Asset,
    AssetAlias,
    AssetAny,
    PokeReturnValue,
    get_current_context,
    task,
)

from screening.orchestration import list_tasks, tasks
from screening.orchestration.links import ReportLink
from screening.orchestration.notifier import FetchingNotifier, NightNotifier, RetentionNotifier
from screening.orchestration.run_notes import write_note
from screening.orchestration.schedule import TIME_OUTS, TURN

_NIGHTS = Asset("published_night")  # an event each publication, whether or not the night needs a person
_AGAIN = AssetAlias("published_again")  # a re-screened night adds such an event only where it found something
_LISTS = AssetAlias("alert_lists")  # each task of a list adds the event of its own
_make: Any = task  # its typed form knows plain arguments only, not the results of other tasks


def night(begin: Callable[[Mapping[str, Any]], str]) -> None:
    """Put the tasks of a night into the DAG that is being defined.

    Args:
        begin: receives the night or the re-run, and gives the run's id.
    """

    def receive() -> PokeReturnValue:
        context = get_current_context()
        if not tasks.has_its_turn(context):
            return PokeReturnValue(False)
        run = begin(context)
        write_note(context, lambda: f"night {run[:10]}")
        return PokeReturnValue(True, run)

    def publish(planned: list[dict[str, str]]) -> tasks.Published:
        context: Any = get_current_context()
        run = planned[0]["run"]
        done = tasks.publish(run, context)
        said = {"night": done["night"], "revision": done["revision"], "run": run}
        context["outlet_events"][_NIGHTS].extra = said
        return done

    receive.__doc__, publish.__doc__ = begin.__doc__, tasks.publish.__doc__
    judged = NightNotifier(judged=True)
    received = _step(receive, make=task.sensor, on_skipped_callback=judged, **TURN)()
    read = _each(tasks.read, _step(tasks.plan_read)(received))
    cut = _step(tasks.plan_settle)(received)
    settled = _each(tasks.settle, read >> cut)
    planned = _step(tasks.plan)(received)
    [settled, _step(tasks.index)(received)] >> planned
    lists = [list_asset(list_id) for list_id in list_tasks.list_ids()]
    screened = _each(tasks.screen, planned, inlets=lists, on_failure_callback=None)
    published = _step(publish, trigger_rule="all_done_min_one_success", outlets=[_NIGHTS])(planned)
    screened >> published
    told = {"on_failure_callback": judged, "on_success_callback": judged}
    reported, judgement = _step(tasks.report)(published), _step(tasks.attention, retries=0, **told)(published)
    reported >> judgement
    for last in (reported, judgement):
        last.operator.operator_extra_links = (ReportLink(),)


def _each(function: Callable[[str, str], None], planned: Any, **how: Any) -> Any:  # noqa: ANN401  (Airflow's own)
    """Map a task over what was planned; an instance is named by numbers and carriers, never by people."""

    def labelled(run: str, unit: str, label: str) -> None:
        context: Any = get_current_context()
        context["label"] = label
        function(run, unit)

    labelled.__name__, labelled.__doc__ = function.__name__, function.__doc__
    return _step(labelled, map_index_template="{{ label }}", **how).expand_kwargs(planned)


def retention() -> None:
    """Put the hourly purge into the DAG that is being defined."""
    _step(
        tasks.purge,
        on_failure_callback=RetentionNotifier(failed=True),
        on_success_callback=RetentionNotifier(failed=False),
    )()


def fetch_manifests() -> None:
    """Put the fetching of manifests into the DAG that is being defined."""
    _step(
        tasks.fetch_manifests,
        on_failure_callback=FetchingNotifier(failed=True),
        on_success_callback=FetchingNotifier(failed=False),
    )()


def traffic_model() -> None:
    """Put the weekly proposal of a traffic model into the DAG that is being defined."""
    _step(tasks.propose, on_failure_callback=None)()


def list_asset(list_id: str) -> Asset:
    """Return the asset of an alert list; its events are versions that came into use."""
    return Asset(f"alert_list_{list_id}")


def any_list() -> Any:  # noqa: ANN401  (an AssetAny)
    """Return what starts a re-screen: a version of any list of the profile; None without a list."""
    assets = [list_asset(list_id) for list_id in list_tasks.list_ids()]
    return AssetAny(*assets) if assets else None


def import_lists() -> None:
    """Put the import of every list, a task each, into the DAG that is being defined."""

    def import_list(list_id: str) -> list_tasks.ImportedList:
        context: Any = get_current_context()
        context["label"] = list_id
        done = list_tasks.import_list(list_id)
        # a version that was there before may come back into use; a try before may have died after the import
        if done["came_into_use"] or context["ti"].try_number > 1:
            said = {"list": done["list"], "version": done["version"]}
            context["outlet_events"][_LISTS].add(list_asset(list_id), extra=said)
        return done

    import_list.__doc__ = list_tasks.import_list.__doc__
    each = _step(import_list, map_index_template="{{ label }}", outlets=[_LISTS], on_failure_callback=None)
    each.expand_kwargs(_step(list_tasks.lists_to_import, on_failure_callback=None)())


def rescreen() -> None:
    """Put the re-screen of held nights, a task each, into the DAG that is being defined."""

    def waiting() -> list[dict[str, str]]:
        return list_tasks.waiting(get_current_context())

    def rescreen(night: str) -> list_tasks.RescreenedNight:
        context: Any = get_current_context()
        context["label"] = night
        done = list_tasks.rescreen(night)
        if done["late"] or context["ti"].try_number > 1:  # a try before may have died after publication
            said = {"night": night, "revision": done["revision"], "run": done["run"]}
            context["outlet_events"][_AGAIN].add(_NIGHTS, extra=said)
        return done

    waiting.__doc__, rescreen.__doc__ = list_tasks.waiting.__doc__, list_tasks.rescreen.__doc__
    each = _step(rescreen, map_index_template="{{ label }}", outlets=[_AGAIN], on_failure_callback=None)
    nights = each.expand_kwargs(_step(waiting, on_failure_callback=None)())
    _step(list_tasks.late_hits, on_failure_callback=None)(nights)


def _step(function: Callable[..., Any], make: Any = _make, **how: Any) -> Any:  # noqa: ANN401  (Airflow's own)
    """Make a task: how long it may take, and who is told when it fails."""
    usual = {
        "execution_timeout": TIME_OUTS[function.__name__],
        "on_failure_callback": NightNotifier(judged=False),
        "doc_md": function.__doc__,
    }
    if make is _make:
        usual["show_return_value_in_logs"] = False  # the line of counts says it
    return make(**(usual | how))(function)
