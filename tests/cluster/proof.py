"""What a night on two workers lives through: the kill of each part of the cluster, and nights in their order.

    make cluster-test CASES="worker-read redis order"

Brings up the cluster of deploy/one-machine in a folder of its own, runs one night undisturbed, then once for
each case with its fault, and compares every published table with that of the embedded run (`order`: back-fills
nights that Airflow is asked to run all at once; `one-worker`: without the second; `objects`: the store on object storage, moto's in this process).
Exit 1 where a night did not end by itself, or ended in other bytes. Half an hour on two cores: no part of
`make test`.

FLIGHTS (300), TRAVELLERS (12000) and NIGHTS (5, those of `order`) may be set from outside.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from screening.store.object_path import ObjectPath, store_path
from screening.store.objects import delete_below
from tests.s3 import Storage

HERE = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CLUSTER", "var/cluster-test")).absolute()
SCRIPT = HERE / "deploy" / "one-machine" / "cluster"
SCREENING = HERE / ".venv" / "bin" / "screening"
AIRFLOW = HERE / ".venv" / "bin" / "airflow"
NIGHT = "2026-11-23"
IN_A_ROW = [
    (date(2026, 11, 13) - timedelta(days=before)).isoformat()
    for before in reversed(range(int(os.environ.get("NIGHTS", "5"))))
]
DAG = "nightly_screening"
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker1", "worker2")
_LONGEST = 1200.0  # seconds: a night that takes longer did not end by itself
_POLL = 0.05


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Task:
    """One try of a task of Airflow's."""

    task: str
    place: int
    state: str | None
    tried: int
    pid: int | None
    began: float | None
    ended: float | None


@dataclass
class Cluster:
    """The running cluster, seen through its database and its processes."""

    env: dict[str, str]
    _opened: Any = field(default=None)

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database; one that restarts is asked again."""
        import psycopg2

        address = urlsplit(self.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", ""))
        until = time.monotonic() + 120
        while True:
            try:
                if self._opened is None:
                    self._opened = psycopg2.connect(address.geturl())
                    self._opened.autocommit = True
                with self._opened.cursor() as cursor:
                    cursor.execute(question, values)
                    return list(cursor.fetchall())
            except psycopg2.Error:
                self._opened = None
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def tasks(self, run: str) -> list[Task]:
        """All tries of the tasks of a run, earlier ones first."""
        columns = (
            "task_id, map_index, state, try_number, pid, extract(epoch from start_date), "
            "extract(epoch from end_date)"
        )
        found = [
            row
            for table in ("task_instance_history", "task_instance")
            for row in self.rows(
                f"select {columns} from {table} where dag_id = %s and run_id = %s order by try_number",
                DAG,
                run,
            )
        ]
        return [Task(*row[:5], *(None if one is None else float(one) for one in row[5:])) for row in found]

    def running(self, run: str, task: str) -> Task | None:
        """A task of the run that works now."""
        now = (one for one in self.tasks(run) if one.state == "running" and one.pid)
        return next((one for one in now if one.task == task), None)

    def state(self, run: str) -> tuple[str, float, float] | None:
        """State of a run, and when it began and ended."""
        found = self.rows(
            "select state, extract(epoch from start_date), extract(epoch from end_date) from dag_run "
            "where dag_id = %s and run_id = %s",
            DAG,
            run,
        )
        return (found[0][0], float(found[0][1] or 0), float(found[0][2] or 0)) if found else None

    def part(self, name: str) -> psutil.Process:
        """The process of a part; one that is being started again is waited for."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            told = self.control("pid", name).strip()
            if told.isdigit() and int(told):
                return psutil.Process(int(told))
            time.sleep(0.2)
        raise TimeoutError(f"{name} does not come back")

    def control(self, *arguments: str) -> str:
        done = subprocess.run(
            [SCRIPT, "ctl", *arguments], env=self.env, capture_output=True, text=True, check=False
        )
        return done.stdout

    def worker_of(self, pid: int) -> str:
        """The worker whose process a task is."""
        for name in ("worker1", "worker2"):
            if any(child.pid == pid for child in self.part(name).children(recursive=True)):
                return name
        raise LookupError(f"no worker has the process {pid}")

    def send(self, name: str, what: int) -> list[psutil.Process]:
        """Send a signal to a part and all its children at once, as a machine that dies does."""
        first = self.part(name)
        reached = [first, *first.children(recursive=True)]
        for process in reached:
            with suppress(ProcessLookupError):
                os.kill(process.pid, what)
        return reached

    def quiet(self) -> None:
        """Wait until no run goes on: unpausing runs the last missed night, which has no file here."""
        time.sleep(10)
        until = time.monotonic() + _LONGEST
        while self.rows("select 1 from dag_run where state in ('queued', 'running')"):
            if time.monotonic() > until:
                raise TimeoutError("a run does not end")
            time.sleep(1)

    def healthy(self, parts: Collection[str] = PARTS) -> None:
        """Wait until every part runs again."""
        until = time.monotonic() + 180
        while any("RUNNING" not in self.control("status", name) for name in parts):
            if time.monotonic() > until:
                raise TimeoutError(self.control("status"))
            time.sleep(1)


@dataclass(frozen=True)
class Case:
    """A fault: what happens while which task runs."""

    what: str
    task: str
    act: Callable[[Cluster, Task], Callable[[], None] | None]


def _kill_worker(cluster: Cluster, task: Task) -> None:
    cluster.send(cluster.worker_of(task.pid or 0), signal.SIGKILL)


def _kill(*names: str) -> Callable[[Cluster, Task], None]:
    def act(cluster: Cluster, task: Task) -> None:
        del task
        for name in names:
            cluster.send(name, signal.SIGKILL)

    return act


def _restart_database(cluster: Cluster, task: Task) -> None:
    del task
    os.kill(
        cluster.part("postgres").pid, signal.SIGQUIT
    )  # PostgreSQL's own immediate end: no goodbye to anybody


def _stop_worker(cluster: Cluster, task: Task) -> Callable[[], None]:
    stopped = cluster.send(cluster.worker_of(task.pid or 0), signal.SIGSTOP)

    def go_on() -> None:
        for process in stopped:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)

    return go_on


CASES: dict[str, Case] = {
    **{
        f"worker-{task}": Case(f"`kill -9` of the worker in `{task}`", task, _kill_worker)
        for task in ("plan_read", "read", "plan_settle", "settle", "screen", "publish")
    },
    "scheduler": Case("`kill -9` of the scheduler", "screen", _kill("scheduler")),
    "api-server": Case("`kill -9` of the API server", "screen", _kill("api-server")),
    "redis": Case("`kill -9` of Redis", "read", _kill("redis")),
    "postgres": Case("PostgreSQL ends at once", "screen", _restart_database),
    "stopped": Case("worker stopped in `screen`, goes on after the night", "screen", _stop_worker),
    "machine": Case("`kill -9` of everything at once", "screen", _kill("redis", "postgres", *PARTS)),
}


def published(store: Path, night: str) -> dict[str, str]:
    """Every published table of a night and its hash."""
    current = json.loads((store / "nights" / night / "CURRENT.json").read_text())
    return {f"{one['table']} {one['class']}": one["sha256"] for one in current["files"]}


def emptied(store: Path) -> None:
    """Begin with an empty store."""
    if isinstance(store, ObjectPath):
        delete_below(store)
    else:
        shutil.rmtree(store, ignore_errors=True)


def command(*arguments: str, env: dict[str, str], **changed: str) -> float:
    """Run a command of ours to its end.

    Returns:
        Seconds.
    """
    begun = time.monotonic()
    done = subprocess.run(arguments, env=env | changed, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - begun


def make_nights() -> None:
    """Generate the night of the faults, and small ones in a row; each has its own folder of one inbox."""
    inbox = FOLDER / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    sizes = [(NIGHT, os.environ.get("FLIGHTS", "300"), os.environ.get("TRAVELLERS", "12000"))]
    sizes += [(night, "8", "400") for night in IN_A_ROW]
    for seed, (night, flights, travellers) in enumerate(sizes):
        made = FOLDER / "made" / night
        size = ["--flights", flights, "--travellers", travellers, "--alerts", "10000", "--seed", str(seed)]
        command(str(SCREENING), "generate", "--out", str(made), "--night", night, *size, env=dict(os.environ))
        shutil.copytree(made / "inbox", inbox / f"night={night}")
    first = FOLDER / "made" / NIGHT
    shutil.rmtree(FOLDER / "alerts", ignore_errors=True)
    shutil.copytree(first / "alerts", FOLDER / "alerts")
    schedule = f'\n[schedule]\nfirst_night = "{IN_A_ROW[0]}"\n'
    (FOLDER / "profile.toml").write_text((first / "profile.toml").read_text() + schedule)


@contextmanager
def cluster_up(env: dict[str, str]) -> Iterator[Cluster]:
    """The cluster, until the block ends."""
    process = subprocess.Popen(
        [SCRIPT, "up"], env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            say(line.rstrip())
            if "up. " in line:
                break
        else:
            raise RuntimeError("the cluster did not come up")
        told = subprocess.run(["bash", "-c", f'eval "$({SCRIPT} env)" && env -0'], env=env, capture_output=True, text=True, check=True)  # fmt: skip
        variables = dict(line.split("=", 1) for line in told.stdout.split("\0") if "=" in line)
        yield Cluster(env | variables)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(180)  # its workers have a minute for what they do


def begin(cluster: Cluster, run: str) -> None:
    """Trigger the night as a run of that id."""
    conf = json.dumps({"night": NIGHT})
    command(str(AIRFLOW), "dags", "trigger", DAG, "--conf", conf, "--run-id", run, env=cluster.env)


def to_the_end(cluster: Cluster, run: str) -> tuple[str, float, float]:
    """Wait for a run.

    Returns:
        State, and when it began and ended.
    """
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        now = cluster.state(run)
        if now and now[0] in ("success", "failed"):
            return now
        time.sleep(0.5)
    raise TimeoutError(f"{run}: {[(one.task, one.state) for one in cluster.tasks(run)]}")


def disturbed(cluster: Cluster, name: str, case: Case | None, wanted: dict[str, str]) -> dict[str, object]:
    """Run the night once, with its fault, and compare."""
    store, run = store_path(cluster.env["SCREENING_STORE"]), f"{name}-{int(time.time())}"
    emptied(store)
    begin(cluster, run)
    struck, afterwards = 0.0, None
    if case:
        until = time.monotonic() + _LONGEST
        while (task := cluster.running(run, case.task)) is None:
            if time.monotonic() > until or (cluster.state(run) or ("",))[0] in ("success", "failed"):
                raise TimeoutError(f"{name}: {case.task} was not met running")
            time.sleep(_POLL)
        time.sleep(0.3)  # in the middle, not at its first line
        struck = time.time()
        afterwards = case.act(cluster, task)
    _, began, ended = to_the_end(cluster, run)
    same = published(store, NIGHT) == wanted
    if afterwards:
        afterwards()
        time.sleep(30)  # what was stopped goes on with its task, which another has done
        same = same and published(store, NIGHT) == wanted
    again = [one for one in cluster.tasks(run) if one.tried > 1 and one.began and one.task != "receive"]
    judged = [
        one for one in cluster.tasks(run) if one.task != "attention" and one.state not in ("success", None)
    ]
    lost = sorted({one.task for one in judged} - {one.task for one in again})
    return {
        "case": case.what if case else "nothing",
        "seconds": round(ended - began, 1),
        "same_bytes": same,
        "tried_again": sorted({one.task for one in again}),
        "again_after": round(min((one.began or 0) for one in again) - struck, 1)
        if again and struck
        else None,
        "lost": lost,
    }


def by_one_worker(cluster: Cluster, wanted: dict[str, str]) -> dict[str, object]:
    """Run the night undisturbed while the second worker does not run."""
    cluster.control("stop", "worker2")
    cluster.healthy([name for name in PARTS if name != "worker2"])
    try:
        return disturbed(cluster, "one-worker", None, wanted) | {"case": "nothing, one worker"}
    finally:
        cluster.control("start", "worker2")


def in_a_row(cluster: Cluster) -> dict[str, object]:
    """Back-fill nights that Airflow is asked to run at once; compare with one after another."""
    alone = {"SCREENING_STORE": str(FOLDER / "one-after-another")}
    shutil.rmtree(FOLDER / "one-after-another", ignore_errors=True)
    inbox, seconds = cluster.env["SCREENING_INBOX"], 0.0
    for night in IN_A_ROW:
        seconds += command(str(SCREENING), "run", "--night", night, "--inbox", inbox, env=cluster.env | alone)
    wanted = {night: published(FOLDER / "one-after-another", night) for night in IN_A_ROW}
    store = Path(cluster.env["SCREENING_STORE"])
    shutil.rmtree(store, ignore_errors=True)
    before = (date.fromisoformat(IN_A_ROW[0]) - timedelta(days=1)).isoformat()  # Airflow's dates are UTC
    begun = time.time()
    command(
        str(AIRFLOW), "backfill", "create", "--dag-id", DAG, "--from-date", f"{before}T12:00:00+00:00",
        "--to-date", f"{IN_A_ROW[-1]}T12:00:00+00:00", "--max-active-runs", "5", env=cluster.env,
    )  # fmt: skip
    until = time.monotonic() + _LONGEST + 120 * len(IN_A_ROW)
    while time.monotonic() < until:
        runs = cluster.rows(
            "select run_id, state from dag_run where dag_id = %s and run_type = 'backfill'", DAG
        )
        if runs and all(state in ("success", "failed") for _, state in runs):
            break
        time.sleep(1)
    took = time.time() - begun
    equal = [night for night in IN_A_ROW if published(store, night) == wanted[night]]
    return {
        "case": f"{len(IN_A_ROW)} nights back-filled at once",
        "seconds": round(took, 1),
        "same_bytes": equal == IN_A_ROW,
        "one_after_another": round(seconds, 1),
        "runs": len(runs),
    }


def on_object_storage(env: dict[str, str], wanted: dict[str, str]) -> Iterator[dict[str, object]]:
    """The night with its store on object storage: embedded, undisturbed, and a worker killed."""
    with Storage() as storage:
        store = storage.store("proof")
        place = {"SCREENING_STORE": str(store), "SCREENING_LOCAL": str(FOLDER / "local")}
        there = env | storage.environment | place
        seconds = embedded(there)
        same = published(store, NIGHT) == wanted
        yield {"case": "embedded, on object storage", "seconds": round(seconds, 1), "same_bytes": same}
        with cluster_up(there) as cluster:
            for name in ("undisturbed", "worker-screen"):
                cluster.healthy()
                found = disturbed(cluster, f"objects-{name}", CASES.get(name), wanted)
                yield found | {"case": f"{found['case']}, on object storage"}


def embedded(env: dict[str, str]) -> float:
    """The night by Airflow in one process; seconds."""
    return command(str(SCREENING), "airflow", "run", "--night", NIGHT, env=env, SCREENING_WORKERS="1")


def main(chosen: list[str]) -> int:
    """Run the cases; say each, and write them to proof.json."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: the cluster goes with it
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("store", "made", "embedded"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    say("proof: generating the nights")
    make_nights()
    env = dict(os.environ) | {
        "SCREENING_STORE": str(FOLDER / "store"),
        "SCREENING_PROFILE": str(FOLDER / "profile.toml"),
        "SCREENING_INBOX": str(FOLDER / "inbox"),
        "PATH": f"{HERE / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    told: list[dict[str, object]] = []

    def tell(found: dict[str, object]) -> None:
        told.append(found)
        say(f"proof: {json.dumps(found)}")
        (FOLDER / "proof.json").write_text(json.dumps(told, indent=2) + "\n")

    seconds = embedded(env | {"SCREENING_STORE": str(FOLDER / "embedded")})
    wanted = published(FOLDER / "embedded", NIGHT)
    tell({"case": "embedded, one process", "seconds": round(seconds, 1), "same_bytes": True})
    with cluster_up(env) as cluster:
        command(str(AIRFLOW), "dags", "unpause", DAG, "-y", env=cluster.env)
        cluster.quiet()
        for name in ["undisturbed", *(one for one in CASES if not chosen or one in chosen)]:
            cluster.healthy()
            tell(disturbed(cluster, name, CASES.get(name), wanted))
        if not chosen or "one-worker" in chosen:
            cluster.healthy()
            tell(by_one_worker(cluster, wanted))
        if not chosen or "order" in chosen:
            cluster.healthy()
            tell(in_a_row(cluster))
    if not chosen or "objects" in chosen:
        for found in on_object_storage(env, wanted):
            tell(found)
    say(table(told))
    return 0 if all(one["same_bytes"] for one in told) else 1


def table(told: list[dict[str, object]]) -> str:
    """The cases as a table of docs/operations.md."""
    lines = [
        "| what happens | night, s | tried again | first again after, s | same bytes |",
        "|---|---:|---|---:|---|",
    ]
    for one in told:
        again = ", ".join(str(task) for task in one.get("tried_again") or [])  # type: ignore[attr-defined]
        after = one.get("again_after")
        lines.append(
            f"| {one['case']} | {one['seconds']} | {again} | {'' if after is None else after} | {'yes' if one['same_bytes'] else 'NO'} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
