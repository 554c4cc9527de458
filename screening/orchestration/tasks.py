"""What the DAG files call: the functions of `screening.night.run` with Airflow's context around them.

Results are ids and counts: XCom, logs and map names hold nothing else. Each task logs one line of counts. An
error that waiting will not mend (wrong profile, counts that nobody can trace) fails its task without retries;
a fault of the store may be tried again (`schedule.how`). Rooms are imported inside the functions, so that the
scheduler parses DAG files quickly.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from screening.night.settings import load_settings
from screening.orchestration import metrics
from screening.orchestration.schedule import is_long_over, night_of
from screening.tables.errors import ScreeningError, UsageError

if TYPE_CHECKING:
    from screening.night.opened import Run

ACTOR = "airflow"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LettingThrough:
    """Gates that a person lets the night through, with who and why; none where nobody asked for it."""

    gates: tuple[str, ...] = ()
    actor: str = ACTOR
    reason: str | None = None


def letting_through(context: Mapping[str, Any]) -> LettingThrough:
    """Read the parameters `let_through`, `let_through_by` and `reason` of a DAG run.

    The user whom Airflow knows to have triggered the run is recorded with the reason.

    Raises:
        UsageError: who or why is missing, or the name is none.
    """
    from screening.protection.actor import named

    params = context.get("params") or {}
    gates = tuple(str(gate) for gate in params.get("let_through") or ())
    if not gates:
        return LettingThrough()
    actor, reason = (str(params.get(name) or "").strip() for name in ("let_through_by", "reason"))
    if not actor or not reason:
        raise UsageError(
            "let_through needs let_through_by and reason",
            where="the parameters of the DAG run",
            effect="nothing was run",
            remedy="trigger the DAG again and say who lets the night through, and why; both are recorded",
        )
    user = getattr(context.get("dag_run"), "triggering_user_name", None)
    told = f"{reason} (triggered in Airflow by {user})" if user else reason
    return LettingThrough(gates, named(actor, "let_through_by"), told)


def has_its_turn(context: Mapping[str, Any]) -> bool:
    """Say whether no run of an earlier night is queued or running: in a back-fill Airflow sets no limit.

    Each night takes what came since the one before and looks at what that has published, so their order is
    ours to keep. A run that has failed is not waited for, and a run by hand waits for none.
    """
    if context["dag_run"].run_type == "manual":
        return True
    for state in ("queued", "running"):  # in this order: one that is started between both is seen
        earlier = context["ti"].get_previous_dagrun(state)
        if earlier is not None:
            _LOG.info("receive: waits for %s, which is %s", earlier.run_id, state)
            return False
    return True


def receive(context: Mapping[str, Any]) -> str:
    """Receive the night; skip the rest where nothing is new and nobody lets anything through.

    Returns:
        The run's id; where a person lets a published night through, that of its published run.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.night.frozen import published_frozen
    from screening.night.receive import published
    from screening.night.receive import receive as begin

    with explained():
        check_parameters(context)
        letting, night, settings = letting_through(context), night_of(context), load_settings()
        metrics.tell_inbox(settings)
        now = datetime.now(UTC)
        receipt = begin(
            settings, night, chosen=None, actor=ACTOR, now=now, addressed=is_long_over(context, now)
        )
        if receipt.frozen is not None:
            _LOG.info("receive: night %s, %d new files", night, receipt.files)
            return receipt.frozen.run
        stands = published_frozen(settings.store, night, published(settings.store, night).revision)
    if letting.gates and stands is not None:
        _LOG.info("receive: night %s, nothing is new; it is let through as it is published", night)
        return stands.run
    raise AirflowSkipException(f"night {night}: nothing is new")


def receive_again(context: Mapping[str, Any]) -> str:
    """Receive the re-run of the flights named in `params.flights`, or of all failed ones.

    Returns:
        The run's id.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.night.rerun import receive_again as begin

    params = context["params"]
    flights = [str(flight) for flight in params.get("flights") or []]
    with explained():
        check_parameters(context)
        letting_through(context)  # refused before anything runs
        night = night_of(context)
        again = begin(
            load_settings(),
            night,
            flights=flights,
            failed=bool(params.get("all_failed")) or not flights,
            actor=ACTOR,
            now=datetime.now(UTC),
        )
    if again.receipt.frozen is None:
        raise AirflowSkipException(f"night {night}: no flight has to be run again")
    _LOG.info(
        "receive: night %s, %d flights again, %d of them along as they share messages, %d new files",
        night,
        len(again.flights),
        len(again.along),
        again.receipt.files,
    )
    return again.receipt.frozen.run


def index(run: str) -> None:
    """Make the lists ready to be compared, once for their versions, while the night is read."""
    from screening.night import run as night

    with explained():
        night.index(_open(run))
    _LOG.info("index: the lists are ready")


def plan_read(run: str) -> list[dict[str, str]]:
    """Cut the inputs into shares.

    Returns:
        The arguments of each mapped `read` task.
    """
    from screening.night import run as night

    with explained():
        planned = night.plan_read(_open(run))
    return _planned("plan_read", run, planned, "shares of files")


def read(run: str, unit: str) -> None:
    """Read and scrub the inputs of one share."""
    from screening.night import run as night
    from screening.night.stages import Task

    with explained():
        opened = _open(run)
        night.read(opened, unit)
        _count(opened, Task.READ, unit)


def plan_settle(run: str) -> list[dict[str, str]]:
    """Cut the legs into shares; what earlier nights hold about them is drawn in.

    Returns:
        The arguments of each mapped `settle` task.
    """
    from screening.night import run as night

    with explained():
        planned = night.plan_settle(_open(run))
    return _planned("plan_settle", run, planned, "shares of flights")


def settle(run: str, unit: str) -> None:
    """Settle the legs of one share."""
    from screening.night import run as night
    from screening.night.stages import Task

    with explained():
        opened = _open(run)
        night.settle(opened, unit)
        _count(opened, Task.SETTLE, unit)


def plan(run: str) -> list[dict[str, str]]:
    """Group the legs into batches.

    Returns:
        The arguments of each mapped `screen` task.
    """
    from screening.night import run as night

    with explained():
        planned = night.plan(_open(run))
    return _planned("plan", run, planned, "batches")


def _planned(task: str, run: str, planned: list[dict[str, str]], of: str) -> list[dict[str, str]]:
    _LOG.info("%s: %d %s", task, len(planned), of)
    return [{"run": run, **one} for one in planned]


def screen(run: str, unit: str) -> None:
    """Screen one batch."""
    from screening.night import run as night
    from screening.night.stages import Task

    with explained():
        opened = _open(run)
        night.screen(opened, unit)
        _count(opened, Task.SCREEN, unit)


class Published(TypedDict):
    """What is published, and what the run was about: a re-run that changed nothing leaves no set of its own.

    Attributes:
        night: label of the night.
        revision: number of its publication.
        flights: flights that a re-run screened again; None of a run over the whole night.
        inputs: ids of the files that it read; none of a run over the whole night.
    """

    night: str
    revision: int
    flights: list[str] | None
    inputs: list[str]


def publish(run: str, context: Mapping[str, Any]) -> Published:
    """Publish the night; what a person lets through leaves, also where the night was published before.

    Returns:
        The night, and what `attention` judges.
    """
    from screening.night import run as night
    from screening.night.let_through import release
    from screening.night.receive import published
    from screening.night.stages import Task

    with explained():
        opened, letting = _open(run), letting_through(context)
        gates, actor, reason = letting.gates, letting.actor, letting.reason
        night.publish(opened, actor=actor, let_through=gates, reason=reason)
        if gates:
            release(opened.store, opened.frozen.night, gates, actor=actor, reason=reason)
        _count(opened, Task.PUBLISH)
        frozen = opened.frozen
        return {
            "night": frozen.night.isoformat(),
            "revision": published(opened.store, frozen.night).revision,
            "flights": None if frozen.flights is None else list(frozen.flights),
            "inputs": [] if frozen.flights is None else [entry.input_id for entry in frozen.inputs],
        }


def report(published: Published) -> str:
    """Write the night's report, and the files for statisticians.

    Returns:
        The night's label.
    """
    from screening.night.reporting import write_report
    from screening.night.statistics import write_statistics

    with explained():
        store, night = load_settings().store, date.fromisoformat(published["night"])
        page = write_report(store, night)
        write_statistics(store, night)
        _LOG.info("report: %s", page)
    return published["night"]


def attention(published: Published) -> None:
    """Fail, so that the run shows red, where something needs a person: of a re-run, its own flights.

    Each reason is a line of its own in the log, before the exception that Airflow prints with a traceback.
    """
    from airflow.sdk.exceptions import AirflowFailException

    from screening.night.attention import left_by, left_lying
    from screening.night.overtaken import overtaken_by
    from screening.night.reporting import report_path

    night, settings = date.fromisoformat(published["night"]), load_settings()
    store = settings.store
    metrics.tell_night(settings, night)
    with explained():
        left = left_by(store, night, published["flights"], published["inputs"])
        overtook, lying = overtaken_by(store, night), left_lying(settings, night)
    own = (*left.own, *(lying if published["flights"] is None else ()))
    found = f"report: {report_path(store, night)}   flights: screening status --night {night}"
    for phrase in own:
        _LOG.warning("needs a person: %s", phrase)
    for phrase in left.beside:
        _LOG.info("the flights of this re-run are in order; of the night still waits: %s", phrase)
    for later, what in overtook:
        _LOG.warning("night %s: %s; run it again, and it takes that up", later, what.text)
    _LOG.info(found)
    if own:
        raise AirflowFailException(f"{'; '.join(own)}   {found}")


def purge() -> int:
    """Remove what has come to the end of its term.

    Returns:
        Number of files removed.
    """
    from screening.night.purge import purge_now

    settings = load_settings()
    metrics.tell_inbox(settings)  # the one task that runs every hour
    with explained():
        done = purge_now(settings, datetime.now(UTC), ACTOR)
    removed, rows = sum(len(proof.files) for proof in done.files), sum(proof.rows for proof in done.rows)
    proofs = len(done.files) + len(done.rows)
    metrics.tell({"purge.files": removed, "purge.rows": rows})
    _LOG.info("purge: %d files and %d rows removed, %d proofs", removed, rows, proofs)
    return removed


def fetch_manifests() -> int:
    """Fetch what is new in the places of the profile into the inbox; one that fails stops no other.

    Returns:
        Number of files.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.orchestration.manifest_sources import fetch, unreachable

    settings = load_settings()
    places = settings.profile.intake.fetch_from
    if not places:
        raise AirflowSkipException("the profile names no place to fetch from (intake.fetch_from)")
    with explained():
        done = fetch(settings)
        _LOG.info(
            "fetch: %d files of %d places, %d still changing, %d places not read",
            done.files,
            len(places),
            done.changing,
            len(done.failed),
        )
        metrics.tell_inbox(settings)
        if done.failed:
            raise unreachable(done.failed)
    return done.files


def propose() -> str:
    """Propose a traffic model from all nights that are still held; a person activates it.

    Returns:
        The version.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.list_keeping import traffic_models
    from screening.store.current_json import nights

    store = load_settings().store
    with explained():
        held = nights(store)
        if not held:
            raise AirflowSkipException("no night is published")
        try:
            version, new = traffic_models.propose(store, held[0], held[-1], actor=ACTOR, at=datetime.now(UTC))
        except UsageError as few:  # the first nights of an agency: no fault, nothing to mend
            raise AirflowSkipException(few.what) from None
    _LOG.info("propose: %s is %s; in use when a person activates it", version, "new" if new else "known")
    return version


def _open(run: str) -> "Run":
    from screening.night.opened import open_run

    return open_run(load_settings(), run)


def _count(run: "Run", task: Any, unit: str = "") -> None:  # noqa: ANN401  (a Task, imported late)
    from screening.night.counts import counted

    _LOG.info(counted(run, task, unit))


def check_parameters(context: Mapping[str, Any]) -> None:
    """Refuse a parameter that the DAG does not have: Airflow takes any, and a slip would mean another night.

    Raises:
        UsageError: names the parameters there are.
    """
    known = set(context.get("params") or {})
    given = set(getattr(context.get("dag_run"), "conf", None) or {})
    declared = set(getattr(context.get("dag"), "params", None) or known)
    if given - declared:
        raise UsageError(
            f"{len(given - declared)} parameter(s) of the run are unknown to the DAG",
            where="the configuration of the DAG run",
            effect="nothing was run",
            remedy=f"parameters are: {', '.join(sorted(declared))}",
        )


@contextmanager
def explained() -> Iterator[None]:
    """Raise our four-part errors as Airflow's; tried again is only what a little time may mend."""
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    from screening.night.exceptions import place_of

    try:
        yield
    except ScreeningError as fault:
        for line in str(fault).splitlines():
            _LOG.error(line)
        if fault.waiting_helps:
            raise
        raise AirflowFailException(str(fault)) from None
    except AirflowException:
        raise
    except Exception as fault:  # noqa: BLE001  (Airflow logs the text of exceptions, which may hold a name)
        raise AirflowFailException(f"unforeseen: {place_of(fault)}") from None
