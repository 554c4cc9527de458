"""The DAGs really run: same bytes as the command line, red where a person is needed, nobody's name anywhere.

To start Airflow costs more than a night: one agency lives through everything, in two processes.
"""

import ast
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from screening.night.stages import STAGES, Task, Unit, tasks

pytestmark = pytest.mark.slow
NIGHT, EMPTY, MENDED = "2026-11-23", "2026-11-24", "2026-11-25"
DUE = '[schedule]\npublished_by = 06:00:00\nreports_at = "https://agency.example/reports"\n'
NOTE = "no messages tonight\n"
RUN = f"airflow run --night {NIGHT}"

HALF_MADE = """
import os, signal, sys
from pathlib import Path
from screening.orchestration.embedded import _ready_database, prepare
prepare(Path(sys.argv[1]), quiet=True)
from alembic import command
command.stamp = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
_ready_database(Path(sys.argv[1]))
"""
CALL = "from screening.cli.main import app; app()"
CALLS = """
import shlex, sys
from screening.cli.main import app
for line in sys.stdin:
    sys.argv[1:] = shlex.split(line)
    try:
        app()
    except SystemExit as end:
        print(f"ended with {end.code}", flush=True)
"""


def _begin(folder: Path, code: str, *words: str, **more) -> subprocess.Popen[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SCREENING_", "AIRFLOW")) or name.startswith("AIRFLOW_CONN_")
    }
    environment = kept | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SCREENING_STORE": str(folder / "store"),
        "SCREENING_PROFILE": str(folder / "profile.toml"),
        "SCREENING_INBOX": str(folder / "inbox"),
        "AIRFLOW_HOME": str(folder / "airflow"),
    }
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    words = (sys.executable, "-c", code, *words)
    return subprocess.Popen(words, cwd=folder, env=environment, text=True, **streams)


def _database(folder, question):
    with closing(sqlite3.connect(folder / "airflow" / "airflow.db")) as database, database:
        return database.execute(question).fetchall()


@pytest.fixture(scope="module")
def half_made(made_night, tmp_path_factory, airflow_api):
    """The small night, with a database of Airflow's that a kill left half made; a file takes the notices."""
    folder = tmp_path_factory.mktemp("dag") / "agency"
    shutil.copytree(made_night, folder)
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text() + '\n[notify]\nfile = "notices.jsonl"\n' + DUE)
    home = folder / "airflow"
    home.mkdir()
    (home / "airflow.db").touch()  # as one that was killed still earlier left it
    killed = _begin(folder, HALF_MADE, str(home))
    killed.communicate(timeout=250)
    assert killed.returncode == -signal.SIGKILL
    assert (home / "airflow.db").stat().st_size > 0
    assert not (home / "airflow.db.ready").exists()
    return folder


@pytest.fixture(scope="module")
def ended(half_made):
    """The nightly DAG, ended by `kill` within a task."""
    process = _begin(half_made, CALL, *RUN.split())
    end = time.monotonic() + 120  # a busy machine takes half a minute to start Airflow
    while not (half_made / "store" / "nights" / NIGHT / "runs").exists():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise AssertionError(f"no task has begun: {process.communicate()}")
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    return half_made, subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture(scope="module")
def call(ended):
    """Command lines in one fresh interpreter, one after the other."""
    folder, _ = ended
    with (folder.parent / "errors").open("w+") as errors:
        process = _begin(folder, CALLS, stdin=subprocess.PIPE, stderr=errors)

        def given(line: str) -> subprocess.CompletedProcess[str]:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            out, last = "", process.stdout.readline()
            while last and not last.startswith("ended with "):
                out, last = out + last, process.stdout.readline()
            err = errors.read()
            assert last, out + err
            return subprocess.CompletedProcess(line, int(last.removeprefix("ended with ")), out, err)

        yield given
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def ran(ended, call):
    """The nightly DAG that goes on and comes to its end."""
    folder, _ = ended
    return folder, call(RUN)


def test_a_database_that_a_kill_left_empty_or_half_made_is_made_anew(ran):
    folder, _ = ran
    assert _database(folder, "select count(*) from alembic_version") == [(1,)]
    assert _database(folder, "select count(*) from slot_pool") == [(1,)]  # else no task would start


def test_a_night_that_is_ended_within_a_task_says_what_stands_and_the_command_that_goes_on(ended):
    _, done = ended
    assert (done.returncode, done.stdout) == (143, "")
    assert done.stderr == (
        f"ended by SIGTERM: night {NIGHT}: nothing is published yet; goes on: screening {RUN}\n"
    )


def test_the_dag_that_goes_on_writes_the_bytes_of_the_command_line(ran, screened_night, promised):
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


def test_the_dag_run_is_red_because_a_person_is_needed(ran):
    folder, _ = ran
    last = "(select run_id from dag_run order by id limit 1 offset 1)"  # the first was ended
    assert _database(folder, f"select state from dag_run where run_id = {last}") == [("failed",)]
    red = f"select task_id from task_instance where state = 'failed' and run_id = {last}"
    assert _database(folder, red) == [("attention",)]


def test_a_publication_is_an_event_whether_or_not_the_night_needs_a_person(ran):
    folder, _ = ran
    told = (
        "select e.extra from asset_event e join asset a on a.id = e.asset_id where a.name = 'published_night'"
    )
    ((extra,),) = _database(folder, f"{told} order by e.id limit 1")
    assert json.loads(extra) == {"night": NIGHT, "revision": 1, "run": f"{NIGHT}-0001"}


def test_a_red_run_has_a_link_to_the_report_of_the_night_that_it_published(ran):
    folder, _ = ran
    links = _database(folder, "select task_id, value from xcom where key = '_link_ReportLink' order by 1")
    address = json.dumps(f"https://agency.example/reports/night={NIGHT}/report.html")
    assert links == [("attention", address), ("report", address)]


def test_airflow_keeps_the_deadline_of_the_nightly_dag_alone(ran):
    folder, _ = ran
    asked = "select distinct d.name, s.dag_id from deadline_alert d join serialized_dag s on s.id = d.serialized_dag_id"
    assert _database(folder, asked) == [("published by", "nightly_screening")]


def test_a_run_has_a_note_of_its_night_and_at_its_end_how_that_stands(ran, airflow_api):
    folder, _ = ran
    first, *_, last = airflow_api.notes
    assert (first[0], first[2]) == ("nightly_screening", f"night {NIGHT}")
    assert last[2].startswith(f"night {NIGHT}, needs a person: ")
    assert f"Next: screening status --night {NIGHT}" in last[2]
    (state,) = _database(folder, f"select state from dag_run where run_id = '{last[1]}'")
    assert state == ("failed",)
    assert "NOTE_OF_THE_SHIFT" not in json.dumps(airflow_api.notes)


@pytest.fixture(scope="module")
def again(ran, call):
    """The same night a second time, after its notice was lost."""
    folder, _ = ran
    notices, told = folder / "notices.jsonl", folder / "store" / "nights" / NIGHT / "notices.json"
    first = notices.read_text()
    notices.unlink()
    told.unlink()
    return first, call(RUN).stdout, notices.read_text()


def test_whoever_watches_is_told_once_by_the_notifiers_of_the_tasks(again):
    first, _, _ = again
    [told] = [json.loads(line) for line in first.splitlines()]
    assert (told["about"], told["state"]) == (f"night {NIGHT}", "needs a person")
    assert told["counts"]["waiting"] > 0
    assert f"screening status --night {NIGHT}" in told["text"]
    assert "NOTE_OF_THE_SHIFT" not in json.dumps(told)


def test_a_second_run_of_the_dag_says_that_nothing_is_new(again):
    first, printed, then = again
    assert "nothing is new" in printed
    [was], [now] = ([json.loads(line) for line in lines.splitlines()] for lines in (first, then))
    assert (now["about"], now["state"]) == (
        was["about"],
        was["state"],
    )  # how the night stands is told then too


@pytest.fixture(scope="module")
def empty(ran, again, call):
    """A night of one note, by a database that an older Airflow has made."""
    folder, _ = ran
    for path in (folder / "inbox").iterdir():
        path.unlink()
    (folder / "inbox" / "note.txt").write_text(NOTE)
    _database(folder, "update slot_pool set description = 'ours'")
    (folder / "airflow" / "airflow.db.ready").write_text("3.0.0")
    return folder, call(f"airflow run --night {EMPTY} --sample")


def test_a_night_without_a_single_usable_flight_is_published_all_the_same(empty):
    folder, done = empty
    assert "revision 1" in done.stdout, done.stdout + done.stderr
    assert (done.returncode, "`screening status` would exit 1" in done.stdout) == (0, True)  # as of a sample
    note = hashlib.sha256(NOTE.encode()).hexdigest()
    assert set(_current(folder, EMPTY, "outcomes")) == {f"input:{note[:12]}"}


def test_a_whole_database_is_kept_when_airflow_is_updated(empty):
    folder, _ = empty
    assert _database(folder, "select description from slot_pool") == [("ours",)]
    assert (folder / "airflow" / "airflow.db.ready").read_text() != "3.0.0"


@pytest.fixture(scope="module")
def mended(empty, call, written):
    """A night of which one message came spoilt and then whole, by the DAG for re-runs; some have no date of birth."""
    folder, _ = empty
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndate_of_birth = 1.0\n")
    undated = [(*person[:2], "", *person[3:]) for person in written.fillers]
    whole = written.paxlst(undated, flight="XQ0402", reference="2", day="261125", origin="CPH")
    folder_of_night = folder / "inbox" / f"night={MENDED}"
    folder_of_night.mkdir()
    (folder_of_night / "a.edi").write_text(written.paxlst(written.fillers, day="261125"))
    (folder_of_night / "b.edi").write_text(whole.replace("PAXLST", "INVOIC"))
    assert call(f"run --night {MENDED}").returncode == 1
    before = _current(folder, MENDED, "outcomes")
    (folder_of_night / "late.edi").write_text(whole)
    letting = f"--let-through manifests --as anna --reason {shlex.quote('dates by phone')}"
    done = call(f"airflow run --night {MENDED} --dag rerun_flights --failed {letting}")
    return folder, done, before, _current(folder, MENDED, "outcomes")


def test_the_rerun_dag_screens_a_mended_flight_and_leaves_the_others(mended):
    _, done, before, after = mended
    assert "revision 2: needs a person" in done.stdout, done.stdout + done.stderr
    first, second = "XQ401-20261125-ARN-VIE", "XQ402-20261125-CPH-VIE"
    assert first in before
    assert after[first] == before[first]
    assert before.get(second, {"travellers": 0})["travellers"] == 0
    assert after[second]["travellers"] == 3


def test_a_person_lets_the_night_through_from_the_rerun_dag(mended):
    folder, *_ = mended
    record = "".join(path.read_text() for path in (folder / "store" / "audit").glob("audit-*.jsonl"))
    [act] = [json.loads(line) for line in record.splitlines() if '"gate.let_through"' in line]
    assert act["actor"] == "anna"
    assert act["reason"].startswith("dates by phone (triggered in Airflow by ")


def test_no_name_date_or_number_of_a_person_is_written_outside_the_zones(ran, mended):
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
        if word.encode() in text
        and re.search(rb"(?<![0-9A-Z])" + re.escape(word.encode()) + rb"(?![0-9A-Z])", text)
    )
    assert found == []


def _current(folder, night, table):
    import pyarrow.parquet as pq

    path = folder / "store" / "individual" / "current" / f"night={night}" / f"{table}.parquet"
    return {row["flight_id"]: row for row in pq.read_table(path).to_pylist()}


def test_the_tasks_of_the_dag_are_those_of_the_stages(root):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(root / "dags"))
    assert bag.import_errors == {}
    wanted = {str(task) for task in tasks()}
    for name in ("nightly_screening", "rerun_flights"):
        dag = bag.dags[name]
        assert set(dag.task_ids) == wanted
        assert dag.get_task("publish").trigger_rule == "all_done_min_one_success"
        assert dag.get_task("publish").upstream_task_ids == {
            "plan",
            "screen",
        }  # without manifests it never runs
        assert {task.task_id for task in dag.tasks if task.is_mapped} == {
            str(one.task) for one in STAGES if one.unit is not Unit.NIGHT
        }
        assert dag.get_task("attention").retries == 0
    order = [str(task) for task in tasks() if task is not Task.INDEX]
    assert list(tasks()) == list(Task)
    for name in ("nightly_screening", "rerun_flights"):
        dag = bag.dags[name]
        for before, after in pairwise(order):  # each task waits for the one before it, directly or not
            assert before in {task.task_id for task in dag.get_task(after).get_flat_relatives(upstream=True)}
        index = dag.get_task("index")  # beside reading and settling
        assert (index.upstream_task_ids, index.downstream_task_ids) == ({"receive"}, {"plan"})


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
