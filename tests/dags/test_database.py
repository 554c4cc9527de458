"""Airflow's database of embedded runs: one that a kill left unfinished is made anew, a whole one is kept."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READY = """
import sys
from pathlib import Path
from screening.orchestration.embedded import _ready_database, prepare
home = Path(sys.argv[1])
prepare(home, quiet=True)
if sys.argv[2:] == ["killed"]:
    import os, signal
    from alembic import command
    command.stamp = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
_ready_database(home)
"""


def _make_ready(home, *more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return subprocess.run(
        [sys.executable, "-c", READY, str(home), *more],
        env={**kept, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _count(home, table):
    with sqlite3.connect(home / "airflow.db") as database:
        return database.execute(f"select count(*) from {table}").fetchone()[0]


@pytest.mark.slow
def test_a_database_that_a_kill_left_empty_or_half_made_is_made_anew_and_a_whole_one_kept(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "airflow.db").touch()
    assert _make_ready(home, "killed").returncode == -signal.SIGKILL
    assert (home / "airflow.db").exists()
    assert not (home / "airflow.db.ready").exists()

    done = _make_ready(home)
    assert done.returncode == 0, done.stderr
    assert _count(home, "alembic_version") == 1
    assert _count(home, "slot_pool") == 1  # without its pool no task would start

    with sqlite3.connect(home / "airflow.db") as database:
        database.execute("update slot_pool set description = 'ours'")
    (home / "airflow.db.ready").write_text("3.0.0")  # as an update of Airflow finds it
    done = _make_ready(home)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(home / "airflow.db") as database:
        assert database.execute("select description from slot_pool").fetchall() == [("ours",)]
