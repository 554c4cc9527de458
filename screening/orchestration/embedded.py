"""Run a DAG in this process, with SQLite and no server; or start Airflow's own pages with the same DAGs.

The two keep separate Airflow homes: on a shared one a scheduler would take up what a killed embedded run left
`running` and start its tasks a second time.
"""

import http
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from screening.night.settings import load_settings
from screening.orchestration.run_notes import CONNECTION
from screening.profile.hours import begins, ends
from screening.store.files import make_folder, write_bytes
from screening.store.locks import exclusive
from screening.store.object_path import ObjectPath, store_path
from screening.tables.errors import BusyError, StoreError, UsageError

Tell = Callable[[str], None]
_BUNDLE = "screening"  # name of our DAGs in an Airflow that has others
_SERVING = "serving.json"  # in Airflow's home: which processes serve its pages, and where


@dataclass(slots=True)
class Ran:
    """What an embedded run did.

    Attributes:
        state: Airflow's state of the DAG run: success or failed.
        seconds: wall time by task, in the order in which they began; mapped instances added up.
        failed: tasks that failed, with the text of their exception where it was one of ours.
        skipped: tasks that had nothing to do.
    """

    state: str = "failed"
    seconds: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def dags_folder() -> Path:
    """Folder of the DAG files: `screening_dags` beside the package in a wheel, `dags` in a clone.

    Never within the package: a clone and a wheel of it are then the same code to a night.

    Raises:
        UsageError: the package was installed without them.
    """
    import screening

    beside = Path(screening.__file__).parent.parent
    folders = beside / "screening_dags", beside / "dags"
    for folder in folders:
        if folder.is_dir():
            return folder
    raise UsageError(
        "the DAG files are not beside the package",
        where=str(folders[0]),
        effect="Airflow has nothing to run",
        remedy="install the wheel again, or run from a clone of the repository",
    )


def dag_bundles() -> str:
    """Return what Airflow's `[dag_processor] dag_bundle_config_list` is to be, so that it has our DAGs."""
    from airflow.configuration import conf

    ours = {
        "name": _BUNDLE,
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(dags_folder())},
    }
    set_up: Any = conf.getjson("dag_processor", "dag_bundle_config_list") or []
    return json.dumps([*(bundle for bundle in set_up if bundle.get("name") != _BUNDLE), ours])


def airflow_home(name: str) -> Path:
    """Airflow's home for one use, beside the store; AIRFLOW_HOME overrides it.

    Of a store on object storage it lies in the current folder.
    """
    given = os.environ.get("AIRFLOW_HOME")
    if given:
        return Path(given)
    store = store_path(os.environ.get("SCREENING_STORE") or "store")
    return (Path.cwd() if isinstance(store, ObjectPath) else store.absolute().parent) / name


def prepare(home: Path, *, quiet: bool) -> None:
    """Set Airflow's environment; must come before its first import.

    Args:
        home: Airflow's home.
        quiet: not one line of Airflow's on any stream (an embedded run tells its progress itself).
    """
    make_folder(home)
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder()),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "GX_ANALYTICS_ENABLED": "false",
    }
    if quiet:
        settings["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
    os.environ.update(settings)


def run_dag(dag_id: str, conf: Mapping[str, Any], *, tell: Tell) -> Ran:
    """Run one DAG to its end in this process.

    Args:
        dag_id: the DAG.
        conf: its parameters; ids and dates only, Airflow stores them.
        tell: shows a line of progress to a person.

    Raises:
        StoreError: Airflow's database cannot be made, or a DAG file does not load.
    """
    home = airflow_home("airflow-embedded")
    prepare(home, quiet=True)
    os.environ["SCREENING_TASK_RETRIES"] = "0"  # an embedded run is watched: waiting helps nobody
    os.environ.pop("SCREENING_POOL", None)  # that of another Airflow
    tell("starting Airflow in this process (some 10 s)")
    _ready_database(home)
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.listener import get_listener_manager

    bag = DagBag(str(dags_folder()))
    if dag_id not in bag.dags:
        faults = "; ".join(text.strip().splitlines()[-1] for text in bag.import_errors.values())
        raise StoreError(
            f"the DAG {dag_id} does not load: {faults or 'it is not there'}",
            where=str(dags_folder()),
            effect="nothing was run",
            remedy="look at the file named; `screening run` does the same without Airflow",
        )
    # A scheduler's matter; Airflow 3.3.2 breaks off on one when a run is green (its issue 73428).
    bag.dags[dag_id].deadline = None
    ran = Ran()
    listener = _progress(ran, tell)
    manager = get_listener_manager()
    manager.pm.register(listener)
    try:
        result = bag.dags[dag_id].test(run_conf=dict(conf))
    finally:
        manager.pm.unregister(listener)
    ran.state = str(getattr(result.state, "value", result.state))
    for instance in result.get_task_instances():
        if str(instance.state) == "skipped":
            ran.skipped.append(instance.task_id)
    return ran


def _ready_database(home: Path) -> None:
    with exclusive(home / ".database", what="Airflow's database", wait=True):
        ready, now = home / "airflow.db.ready", metadata.version("apache-airflow")
        if ready.exists() and ready.read_text() == now:
            return
        if not _has_revision(home / "airflow.db"):  # empty or half made: nothing has ever run on it
            for ending in ("", "-journal", "-wal", "-shm"):
                (home / f"airflow.db{ending}").unlink(missing_ok=True)
        from airflow.utils import db

        db.initdb()  # one of another version, or stamped and not filled, gets what it lacks
        write_bytes(ready, now.encode())


def _has_revision(database: Path) -> bool:
    """Has Airflow stamped this database with the version of its tables, as it does when all are there?"""
    if not database.exists():
        return False
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as opened:
        return bool(opened.execute("select count(*) from alembic_version").fetchone()[0])
    return False


def _progress(ran: Ran, tell: Tell) -> object:
    from airflow.listeners import hookimpl

    begun: dict[tuple[str, int], float] = {}
    on_end = signal.getsignal(signal.SIGTERM)

    def name(instance: Any) -> str:  # noqa: ANN401  (Airflow hands over several kinds)
        label = getattr(instance, "rendered_map_index", None)
        return f"{instance.task_id} {label}" if label else str(instance.task_id)

    def end(instance: Any, word: str) -> None:  # noqa: ANN401
        started = begun.pop((instance.task_id, instance.map_index), time.monotonic())
        took = time.monotonic() - started
        ran.seconds[instance.task_id] = ran.seconds.get(instance.task_id, 0.0) + took
        tell(f"  {name(instance):<44} {word} {took:6.1f} s")

    class Progress:
        @hookimpl
        def on_task_instance_running(self, previous_state: object, task_instance: Any) -> None:  # noqa: ANN401
            begun[task_instance.task_id, task_instance.map_index] = time.monotonic()
            # Airflow's task runner has just put a handler there that lets a task of ours go on as if nothing
            # had come.
            signal.signal(signal.SIGTERM, on_end)

        @hookimpl
        def on_task_instance_success(self, previous_state: object, task_instance: Any) -> None:  # noqa: ANN401
            end(task_instance, "done  ")

        @hookimpl
        def on_task_instance_failed(self, previous_state: object, task_instance: Any, error: object) -> None:  # noqa: ANN401
            skipped = type(error).__name__ == "AirflowSkipException"
            if not skipped:
                ran.failed[task_instance.task_id] = str(error)
            end(task_instance, "skipped" if skipped else "failed")

    return Progress()


def backfill(first: date, last: date, *, failed: bool, dry_run: bool, tell: Tell) -> int:
    """Let the scheduler run the nights of a span in their order, one at a time.

    Airflow's dates are UTC and its own limit of active runs does not hold for a back-fill: so the nights are
    given as the moments at which they begin in the agency's time zone, and one at a time is said here.

    Args:
        first: first night.
        last: last night.
        failed: also nights whose DAG run failed; else those that have none.
        dry_run: only list what would be run.
        tell: shows a line to a person: each night, with the moment under which Airflow lists it.

    Returns:
        Exit code of `airflow backfill create`.

    Raises:
        UsageError: the span is none, or a night of it is before the first one or not over.
        StoreError: no Airflow was ever served here.
    """
    schedule = load_settings().profile.schedule
    zone = ZoneInfo(load_settings().profile.agency.time_zone)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    moments = [begins(night, schedule.start, zone.key) for night in span]
    over = ends(last, schedule.start, zone.key) <= datetime.now(UTC)
    early = schedule.first_night is not None and first < schedule.first_night
    if first > last or early or not over:
        raise UsageError(
            f"there are no nights to run from {first} to {last}"
            + (f": the first night of this agency is {schedule.first_night}" if early else "")
            + (f": the night {last} is not over" if not over else ""),
            where="--from and --to",
            effect="nothing was run",
            remedy="name the first and the last night, both as local dates",
        )
    if not os.environ.get("AIRFLOW_HOME"):  # else the installation that it belongs to has its own settings
        _refuse_unserved(airflow_home("airflow"))
        prepare(airflow_home("airflow"), quiet=False)
    tell(
        f"{len(span)} nights of {zone.key}, and the moment in UTC at which each begins, as Airflow lists it:"
    )
    for night, moment in zip(span, moments, strict=True):
        tell(f"  {night}   {moment:%Y-%m-%d %H:%M}")
    sys.stdout.flush()
    bounds = [moment.astimezone(zone) for moment in (moments[0], moments[-1])]
    command = [str(Path(sys.executable).parent / "airflow"), "backfill", "create"]
    command += ["--dag-id", "nightly_screening", "--max-active-runs", "1"]
    command += ["--from-date", bounds[0].isoformat(), "--to-date", bounds[1].isoformat()]
    command += ["--reprocess-behavior", "failed" if failed else "none", *(["--dry-run"] if dry_run else [])]
    return subprocess.run(command, check=False).returncode  # noqa: S603  (our own environment's airflow)


def _refuse_unserved(home: Path) -> None:
    """Refuse a back-fill where no Airflow has ever looked for DAGs: it would ask for its database only."""
    if not _has_revision(home / "airflow.db"):
        raise StoreError(
            "there is no Airflow that could run the nights: none was ever served beside this store",
            where=str(home),
            effect="nothing was run",
            remedy="`screening airflow serve` starts one; give the same command again beside it. For an "
            "installation of your own set AIRFLOW_HOME. Without Airflow: `screening run` for each night, in "
            "order",
        )


def serve(*, port: int, tell: Tell) -> int:
    """Start `airflow standalone` with the same DAGs and wait for it.

    Says the address and how to log in; ends all its processes when this one is ended.

    Returns:
        Its exit code.

    Raises:
        BusyError: it is up already, or the port is taken.
        StoreError: it ended before it had come up.
    """
    home = airflow_home("airflow")
    prepare(home, quiet=False)
    with only_one(home, port):
        return _serve(home, port, tell)


@contextmanager
def only_one(home: Path, port: int) -> Iterator[None]:
    """Refuse a second Airflow on one home, and a port that another program has.

    Raises:
        BusyError: with the command that ends the first, or that takes another port.
    """
    first = _first(home)
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(home / ".serving", what="Airflow", wait=False))
        except BusyError:
            raise _is_up(home, first.get("port", port), f"kill {first.get('pid', '')}".strip()) from None
        if _is_taken(first.get("port", port)) and _lives(first.get("group")):  # its command was killed
            raise _is_up(home, first.get("port", port), f"kill -- -{first['group']}")
        if _is_taken(port):
            raise BusyError(
                f"port {port} of this machine is taken by another program",
                where=f"127.0.0.1:{port}",
                effect="Airflow was not started",
                remedy="take another: `screening airflow serve --port N`",
            )
        yield


def _is_up(home: Path, port: int, command: str) -> BusyError:
    return BusyError(
        f"Airflow is up already: http://127.0.0.1:{port}",
        where=str(home),
        effect="a second one was not started; the first goes on",
        remedy=f"use that one, or end it: {command}",
    )


def _first(home: Path) -> dict[str, int]:
    """Process, process group and port of the Airflow that was started last; empty where none was."""
    try:
        found = json.loads((home / _SERVING).read_text())
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, int)}


def _is_taken(port: int) -> bool:
    with closing(socket.socket()) as asked:
        asked.settimeout(2)
        return asked.connect_ex(("127.0.0.1", port)) == 0


def _lives(group: int | None) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(group, 0)
            return True
    return False


def _serve(home: Path, port: int, tell: Tell) -> int:
    password = _password(home)
    programs = Path(sys.executable).parent
    os.environ.update(
        {
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",  # it starts its parts by name
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__CORE__PARALLELISM": "2",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            f"AIRFLOW_CONN_{CONNECTION.upper()}": f"http://admin:{quote(password)}@127.0.0.1:{port}",
        }
    )
    log = home / "standalone.log"
    tell(f"Airflow starts (20 to 60 s): http://127.0.0.1:{port}   user admin, password {password}")
    tell(f"Its log: {log}   DAGs start paused.   Ctrl-C ends it.")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _interrupt())
    with log.open("ab") as stream:
        process = subprocess.Popen(  # noqa: S603  (our own environment's airflow, fixed arguments)
            [str(programs / "airflow"), "standalone"],
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        write_bytes(
            home / _SERVING,
            json.dumps({"pid": os.getpid(), "group": process.pid, "port": port}).encode(),
        )
        _wait_until_up(process, port, log)
        tell("Airflow is up.")
        return process.wait()
    except KeyboardInterrupt:
        tell("Airflow is ended; `screening airflow serve` starts it again.")
        return 0
    finally:
        _end(process)


def _wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    address = f"http://127.0.0.1:{port}/"
    while True:
        if process.poll() is not None:
            raise StoreError(
                f"Airflow ended before it had come up (exit code {process.returncode})",
                where=str(log),
                effect="its pages are not there; nights run without them",
                remedy="look at the end of the log; is the port taken? (`screening airflow serve --port N`)",
            )
        with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            if answer.status == http.HTTPStatus.OK:
                return
        time.sleep(1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Airflow and all that it has started: a signal to it alone would leave its parts running."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        os.killpg(process.pid, signal.SIGKILL)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _password(home: Path) -> str:
    path = home / "passwords.json"
    if not path.exists():
        write_bytes(path, json.dumps({"admin": secrets.token_urlsafe(12)}).encode())
    password: str = json.loads(path.read_text())["admin"]
    return password
