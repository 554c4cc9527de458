"""The DAGs really run: same bytes as the command line, red where a person is needed, nobody's name anywhere."""

import ast
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import pytest

from screening.night.stages import Task, tasks

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
_ATTENTION = "select state from task_instance where task_id = 'attention'"


@pytest.fixture(scope="module", autouse=True)
def database():
    """Airflow's database, made once; how an embedded run makes its own is tested in test_database.py."""
    from airflow.utils import db

    path = Path(os.environ["AIRFLOW_HOME"], "airflow.db")
    if not path.exists():
        db.initdb()
    return path


@pytest.fixture(scope="module")
def agency_with_airflow(made_night, database, tmp_path_factory):
    """Make a copy of the small night with an Airflow home of its own."""

    def make():
        folder = tmp_path_factory.mktemp("dag") / "agency"
        shutil.copytree(made_night, folder)
        (folder / "airflow").mkdir()
        with (
            closing(sqlite3.connect(database)) as made,
            closing(sqlite3.connect(folder / "airflow" / database.name)) as own,
        ):
            made.backup(own)  # the file alone lacks what stands in its journal
            own.execute("pragma foreign_keys = on")  # with all that hangs on them
            own.execute("delete from dag_run")  # of commands that other tests have run in that home
            own.commit()
        (folder / "airflow" / "airflow.db.ready").write_text(version("apache-airflow"))
        return folder

    return make


@pytest.fixture(scope="module")
def ran(agency_with_airflow):
    """The nightly DAG, run in a process of its own; a file takes the notices."""
    folder = agency_with_airflow()
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text() + '\n[notify]\nfile = "notices.jsonl"\n')
    return folder, _airflow(folder, "--night", NIGHT)


def _airflow(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SCREENING_", "AIRFLOW"))
    }
    environment = kept | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SCREENING_STORE": str(folder / "store"),
        "SCREENING_PROFILE": str(folder / "profile.toml"),
        "SCREENING_INBOX": str(folder / "inbox"),
        "AIRFLOW_HOME": str(folder / "airflow"),
    }
    return subprocess.run(
        [sys.executable, "-c", "from screening.cli.main import app; app()", "airflow", "run", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def test_the_dag_writes_the_bytes_of_the_command_line(ran, screened_night, promised):
    folder, done = ran
    assert done.returncode == 1, done.stdout + done.stderr
    assert promised(folder / "store") == promised(screened_night / "store")


def test_the_run_prints_a_summary_and_no_noise(ran):
    _, done = ran
    assert done.stderr == ""
    last = done.stdout.strip().splitlines()[-1]
    assert re.fullmatch(
        r"Done\. SCREENED=\d+ FINDINGS=\d+ QUARANTINED=\d+ FAILED=0 .*HITS=\d+ TOTAL=\d+", last
    )
    for word in ("Flights", "Travellers", "Hits", "report.html", "Parquet", "Airflow"):
        assert word in done.stdout
    assert "WARNING" not in done.stdout


def test_a_second_run_of_the_dag_says_that_nothing_is_new(ran):
    folder, _ = ran
    notices, told = folder / "notices.jsonl", folder / "store" / "nights" / NIGHT / "notices.json"
    notices.unlink()
    told.unlink()
    again = _airflow(folder, "--night", NIGHT)
    assert "nothing is new" in again.stdout
    assert len(notices.read_text().splitlines()) == 1  # how the night stands is told then too


def test_whoever_watches_is_told_once_by_the_notifiers_of_the_tasks(ran):
    folder, _ = ran
    [told] = [json.loads(line) for line in (folder / "notices.jsonl").read_text().splitlines()]
    assert (told["about"], told["state"]) == (f"night {NIGHT}", "needs a person")
    assert told["counts"]["waiting"] > 0
    assert f"screening status --night {NIGHT}" in told["text"]
    assert "NOTE_OF_THE_SHIFT" not in json.dumps(told)


def test_the_dag_run_is_red_because_a_person_is_needed(ran):
    folder, _ = ran
    with sqlite3.connect(folder / "airflow" / "airflow.db") as database:
        states = {row[0] for row in database.execute(_ATTENTION)}
        runs = [row[0] for row in database.execute("select state from dag_run order by id")]
    assert "failed" in states
    assert runs[0] == "failed"


def test_no_name_date_or_number_of_a_person_is_written_outside_the_zones(ran):
    import pyarrow.parquet as pq

    folder, done = ran
    zone = folder / "store" / "individual" / "current" / f"night={NIGHT}"
    people = pq.read_table(zone / "travellers.parquet").to_pylist()
    numbers = pq.read_table(zone / "documents.parquet")["number"].to_pylist()
    planted = {row["surname"] for row in people if row["surname"] and len(row["surname"]) >= 7}
    planted |= {number for number in numbers if len(number) >= 7}
    assert len(planted) > 100
    public = [done.stdout.encode(), done.stderr.encode()]
    outside = ("store/nights", "store/audit", "store/aggregate", "airflow")
    for place in outside:
        public += [path.read_bytes() for path in (folder / place).rglob("*") if path.is_file()]
    text = b"\n".join(public).upper()
    found = sorted(
        word
        for word in planted
        if re.search(rb"(?<![0-9A-Z])" + re.escape(word.encode()) + rb"(?![0-9A-Z])", text)
    )
    assert found == []


def test_the_tasks_of_the_dag_are_those_of_the_stages(root):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(root / "dags"))
    assert bag.import_errors == {}
    wanted = {str(task) for task in tasks()}
    for name in ("nightly_screening", "rerun_flights"):
        dag = bag.dags[name]
        assert set(dag.task_ids) == wanted
        assert dag.get_task("publish").trigger_rule == "all_done_min_one_success"
        assert dag.get_task("attention").retries == 0
    order = [str(task) for task in tasks()]
    assert order == [str(task) for task in Task]
    for name in ("nightly_screening", "rerun_flights"):
        dag = bag.dags[name]
        for before, after in pairwise(order):  # each task waits for the one before it, directly or not
            assert before in {task.task_id for task in dag.get_task(after).get_flat_relatives(upstream=True)}


def test_dag_files_hold_no_logic(root):
    for path in sorted((root / "dags").glob("*.py")):
        tree = ast.parse(path.read_text())
        kinds = {type(node) for node in ast.walk(tree)}
        assert not kinds & {ast.For, ast.While, ast.Try, ast.ListComp, ast.Lambda}, path.name
        assert not any(isinstance(node, ast.If) for node in ast.walk(tree)), path.name


@pytest.mark.parametrize(
    ("zone", "begins", "night"),
    [
        pytest.param("Europe/Berlin", "2026-06-30T23:00:00+00:00", "2026-07-01", id="summer, east of UTC"),
        pytest.param("Europe/Berlin", "2026-01-10T00:00:00+00:00", "2026-01-10", id="winter"),
        pytest.param("America/New_York", "2026-07-01T05:00:00+00:00", "2026-07-01", id="west of UTC"),
        pytest.param("Pacific/Auckland", "2026-07-01T13:00:00+00:00", "2026-07-02", id="far east"),
    ],
)
def test_the_night_is_the_local_date_on_which_its_interval_begins(tmp_path, monkeypatch, zone, begins, night):
    import pendulum

    from screening.orchestration import schedule

    profile = tmp_path / "profile.toml"
    profile.write_text(f'[agency]\ntime_zone = "{zone}"\n')
    monkeypatch.setenv("SCREENING_PROFILE", str(profile))
    schedule._schedule_settings.cache_clear()
    context = {"params": {"night": None}, "data_interval_start": pendulum.parse(begins)}
    assert schedule.night_of(context).isoformat() == night
    assert schedule.night_of({"params": {"night": "2025-05-05"}}).isoformat() == "2025-05-05"
    schedule._schedule_settings.cache_clear()


def test_the_rerun_dag_screens_a_mended_flight_and_leaves_the_others(agency_with_airflow, screening):
    folder = agency_with_airflow()
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndocument = 1.0\n")
    chosen = sorted((folder / "inbox").glob("*PAXLST*.edi"))[0]
    whole = chosen.read_bytes()
    chosen.write_bytes(whole.replace(b"PAXLST", b"INVOIC"))
    screening(folder, "run", "--night", NIGHT, check=1)
    before = _current(folder, "outcomes")
    late = folder / "inbox" / f"night={NIGHT}"
    late.mkdir()
    (late / chosen.name).write_bytes(whole)
    letting = ("--let-through", "manifests", "--as", "anna", "--reason", "documents by phone")
    done = _airflow(folder, "--night", NIGHT, "--dag", "rerun_flights", "--failed", *letting)
    assert "revision 2: needs a person" in done.stdout, done.stdout + done.stderr
    record = "".join(path.read_text() for path in (folder / "store" / "audit").glob("audit-*.jsonl"))
    [act] = [json.loads(line) for line in record.splitlines() if '"gate.let_through"' in line]
    assert act["actor"] == "anna"
    assert act["reason"].startswith("documents by phone (triggered in Airflow by ")
    after = _current(folder, "outcomes")
    kept = [leg for leg, row in before.items() if not leg.startswith("input:") and after[leg] == row]
    assert len(kept) >= len(before) - 3
    changed = [leg for leg, row in after.items() if row != before.get(leg)]
    assert any(after[leg]["travellers"] > before.get(leg, {"travellers": 0})["travellers"] for leg in changed)


def _current(folder, table):
    import pyarrow.parquet as pq

    path = folder / "store" / "individual" / "current" / f"night={NIGHT}" / f"{table}.parquet"
    return {row["flight_id"]: row for row in pq.read_table(path).to_pylist()}


def test_a_night_without_a_single_usable_flight_is_published_all_the_same(agency_with_airflow):
    folder = agency_with_airflow()
    for path in (folder / "inbox").iterdir():
        path.unlink()
    (folder / "inbox" / "note.txt").write_text("no messages tonight\n")
    done = _airflow(folder, "--night", NIGHT)
    assert "revision 1" in done.stdout, done.stdout + done.stderr
    note = hashlib.sha256(b"no messages tonight\n").hexdigest()
    assert set(_current(folder, "outcomes")) == {f"input:{note[:12]}"}
