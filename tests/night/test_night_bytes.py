"""Same frozen set, same bytes: whatever kills the run, however it is grouped, whoever runs beside it."""

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.conftest import _environment
from tests.messages_by_hand import Agency

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


@pytest.fixture(scope="module")
def straight(tmp_path_factory, screening, written):
    """A small night of two legs and a note, run by a fresh interpreter; read only, copy it."""
    agency = Agency(tmp_path_factory.mktemp("straight") / "agency", screening)
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.send("b.edi", written.pnrgov({"ABC123": written.fillers}))
    other = written.paxlst(written.fillers[:1], flight="XQ0402", reference="2")
    agency.send("c.edi.gz", gzip.compress(other.encode(), mtime=0))
    agency.send("note.txt", "transfer host restarted\n")
    screening(agency.folder, *RUN, check=1, cold=True)
    return agency


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
def test_a_run_killed_at_a_point_ends_in_the_same_bytes(straight, tmp_path, promised, point):
    agency = straight.copy(tmp_path / "agency")
    shutil.rmtree(agency.store)
    agency.run(NIGHT, check=-signal.SIGKILL, KILL_AT=point)
    agency.run(NIGHT, check=1)
    assert promised(agency.store) == promised(straight.store)
    agency("audit", "verify", check=0)


def test_a_run_killed_at_random_moments_ends_in_the_same_bytes(agency, screening, promised, undisturbed):
    chance = random.Random(20261123)
    lock = agency / "store" / "nights" / NIGHT / ".run"
    with ThreadPoolExecutor(1) as other:
        for _ in range(4):
            lock.unlink(missing_ok=True)  # who held it is dead
            running = other.submit(screening, agency, *RUN)
            while not lock.exists() or not lock.read_text():
                time.sleep(0.01)
                assert not running.done(), running.result().stderr
            time.sleep(chance.uniform(0, 2))
            with suppress(ProcessLookupError):
                os.kill(json.loads(lock.read_text())["pid"], signal.SIGKILL)
            assert running.result().returncode in {-signal.SIGKILL, 1}  # 1: it was faster
    screening(agency, *RUN, check=1)
    assert promised(agency / "store") == undisturbed
    assert not list((agency / "store" / "work").iterdir())


TINY = "import screening.night.reading as r, screening.store.mapped as m; r.PIECE_BYTES, m.MAPPED_FROM = 700, 500; "
LARGE = "import screening.night.run as n; n._LARGE_BYTES = n._LARGE_TRAVELLERS = 0; "


def test_inputs_read_in_pieces_by_several_processes_have_the_bytes_of_inputs_read_at_once(
    agency, tmp_path, screening, promised, undisturbed
):
    """Killed twice; what the first has left is not taken for the pieces of a run that reads at once."""

    def run(settings, **more):
        return subprocess.run(
            [sys.executable, "-c", settings + "from tests.killed import main; main()", *RUN],
            cwd=agency, env={**_environment(), **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    for point in ("files.before_rename:150", "landing.before_index:9"):
        killed = run(TINY, KILL_AT=point, SCREENING_WORKERS="1")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        if point.startswith("files"):
            assert list((agency / "store" / "work").glob("*/piece/*.json"))
            shutil.copytree(agency, tmp_path / "at_once", symlinks=True)
    done = run(TINY + LARGE, SCREENING_WORKERS="2")
    assert done.returncode == 1, done.stderr
    assert promised(agency / "store") == undisturbed
    screening(tmp_path / "at_once", *RUN, check=1)
    assert promised(tmp_path / "at_once" / "store") == undisturbed


def test_a_revision_of_all_inputs_has_the_bytes_of_one_run_on_all(straight, tmp_path, promised):
    """A leg known by its bookings gets its API, and another leg comes."""
    agency = straight.copy(tmp_path / "agency")
    shutil.rmtree(agency.store)
    late = [agency.folder / "inbox" / name for name in ("a.edi", "c.edi.gz")]
    for path in late:
        path.rename(agency.folder / path.name)
    agency.run(NIGHT, check=1)
    for path in late:
        (agency.folder / path.name).rename(path)
    agency.run(NIGHT, check=1)
    current = json.loads((agency.store / "nights" / NIGHT / "CURRENT.json").read_text())
    assert current["revision"] == 2
    alone, found = promised(straight.store), promised(agency.store)
    # What was published in the aggregate zone before decides its pattern; all else is the same.
    assert {name for name in alone | found if found.get(name) != alone.get(name)} <= {
        f"{NIGHT} aggregate/published.parquet",
        f"{NIGHT} aggregate/protection.parquet",
        f"{NIGHT} individual/traffic_cells.parquet",
    }
