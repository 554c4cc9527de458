"""Same frozen set, same bytes: whatever kills the run, however it is grouped, whoever runs beside it."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
RUN = ("run", "--night", NIGHT, "--inbox", "inbox")


@pytest.fixture(scope="module")
def undisturbed(screened_night, promised):
    return promised(screened_night / "store")


def test_a_second_run_finds_nothing_new(agency, screened_night, screening, promised, undisturbed):
    shutil.copytree(screened_night / "store", agency / "store", symlinks=True)
    again = screening(agency, *RUN, check=1)
    assert "nothing is new" in again.stdout
    assert promised(agency / "store") == undisturbed


def test_batches_decide_no_byte_of_any_table(agency, screening, promised, undisturbed):
    profile = agency / "profile.toml"
    profile.write_text(profile.read_text() + "\n[schedule]\nbatches = 1\n")
    screening(agency, *RUN, check=1)
    found = promised(agency / "store")
    # The profile is part of the frozen set, so the frozen hashes differ; the tables of people do not.
    for name in ("hits.parquet", "evidence.parquet"):
        assert found[f"{NIGHT} analyst/{name}"] == undisturbed[f"{NIGHT} analyst/{name}"]
    assert (
        found[f"{NIGHT} individual/travellers.parquet"]
        == undisturbed[f"{NIGHT} individual/travellers.parquet"]
    )


@pytest.mark.parametrize(
    "point",
    [
        "files.before_rename:3",
        "landing.before_index:2",
        "revisions.before_folder:1",
        "revisions.before_current:1",
        "revisions.after_current:1",
        "revisions.between_links:2",
        "audit.half_line:2",
    ],
)
def test_a_run_killed_at_a_point_ends_in_the_same_bytes(agency, screening, promised, undisturbed, point):
    killed = screening(agency, *RUN, KILL_AT=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    screening(agency, *RUN, check=1)
    assert promised(agency / "store") == undisturbed
    assert screening(agency, "audit", "verify").returncode == 0


def test_a_run_killed_at_random_moments_ends_in_the_same_bytes(agency, screening, promised, undisturbed):
    chance = random.Random(20261123)
    command = [sys.executable, "-c", "from screening.cli.main import app; app()", *RUN]
    for _ in range(4):
        process = subprocess.Popen(
            command, cwd=agency, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_env(agency)
        )
        time.sleep(chance.uniform(0.8, 4.0))
        process.kill()
        process.wait()
    screening(agency, *RUN, check=1)
    assert promised(agency / "store") == undisturbed
    assert not list((agency / "store" / "work").iterdir())


def test_two_runs_at_once_do_no_harm(agency, screening, promised, undisturbed):
    command = [sys.executable, "-c", "from screening.cli.main import app; app()", *RUN]
    both = [
        subprocess.Popen(
            command, cwd=agency, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_env(agency)
        )
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=200) for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([1, 3], [1, 1]), ended  # one waits for nobody: it is refused, or finds nothing new
    if codes == [1, 3]:
        refused = next(
            error for process, (_, error) in zip(both, ended, strict=True) if process.returncode == 3
        )
        assert "is held by" in refused
    assert promised(agency / "store") == undisturbed


def test_several_processes_write_the_bytes_of_one(agency, promised, undisturbed):
    large = "import screening.night.run as r; r._LARGE_BYTES = r._LARGE_TRAVELLERS = 0; "
    command = [sys.executable, "-c", large + "from screening.cli.main import app; app()", *RUN]
    done = subprocess.run(command, cwd=agency, env=_env(agency), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert promised(agency / "store") == undisturbed


TINY = "import screening.night.reading as r, screening.store.mapped as m; r.PIECE_BYTES, m.MAPPED_FROM = 700, 500; "


def test_inputs_read_in_pieces_have_the_bytes_of_inputs_read_at_once(agency, promised, undisturbed):
    command = [sys.executable, "-c", TINY + "from tests.killed import main; main()", *RUN]
    for point in ["files.before_rename:150", "landing.before_index:9", ""]:
        surroundings = {**_env(agency), "KILL_AT": point, "SCREENING_WORKERS": "1"}
        done = subprocess.run(
            command, cwd=agency, env=surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == (-signal.SIGKILL if point else 1), done.stderr
        if point.startswith("files"):
            assert list((agency / "store" / "work").glob("*/piece/*.json"))
    assert promised(agency / "store") == undisturbed


def test_pieces_that_a_killed_run_has_left_are_not_taken_for_those_of_the_next(
    agency, screening, promised, undisturbed
):
    command = [sys.executable, "-c", TINY + "from tests.killed import main; main()", *RUN]
    surroundings = {**_env(agency), "KILL_AT": "files.before_rename:150"}
    killed = subprocess.run(command, cwd=agency, env=surroundings, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    screening(agency, *RUN, check=1)
    assert promised(agency / "store") == undisturbed


def test_a_revision_of_all_inputs_has_the_bytes_of_one_run_on_all(agency, screening, promised, undisturbed):
    late = sorted((agency / "inbox").rglob("*.edi"))[-3:]
    aside = agency / "aside"
    aside.mkdir()
    for path in late:
        shutil.move(path, aside / path.name)
    screening(agency, *RUN, check=1)
    for path in late:
        shutil.move(aside / path.name, path)
    screening(agency, *RUN, check=1)
    current = json.loads((agency / "store" / "nights" / NIGHT / "CURRENT.json").read_text())
    assert current["revision"] == 2
    found = promised(agency / "store")
    # What was published in the aggregate zone before decides its pattern; all else is the same.
    different = {name for name in undisturbed if found.get(name) != undisturbed[name]}
    assert different <= {
        f"{NIGHT} aggregate/published.parquet",
        f"{NIGHT} aggregate/protection.parquet",
        f"{NIGHT} individual/traffic_cells.parquet",
    }


def _env(folder):
    import os
    from pathlib import Path

    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "SCREENING_ACTOR": "tester"}
