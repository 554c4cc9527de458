"""Same frozen set, same bytes: whatever kills the run, however it is grouped, whoever runs beside it."""

import gzip
import json
import os
import random
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

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
        "work.before_cut:1",
        "work.after_share:1",
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


def test_shares_done_in_pieces_by_several_processes_have_the_bytes_of_a_night_done_at_once(
    straight, tmp_path, promised
):
    """Killed twice; what the first has left is not taken for the pieces of a run that reads at once."""
    agency = straight.copy(tmp_path / "agency")
    shutil.rmtree(agency.store)
    tiny = {"PIECES_OF": "200", "SCREENING_WORKERS": "1", "SMALL_SHARES": "1"}
    agency.run(NIGHT, check=-signal.SIGKILL, KILL_AT="files.before_rename:30", **tiny)
    assert list((agency.store / "work").glob("*/piece/*.json"))
    at_once = agency.copy(tmp_path / "at_once")
    agency.run(NIGHT, check=-signal.SIGKILL, KILL_AT="landing.before_index:3", **tiny)
    agency.run(NIGHT, check=1, **tiny | {"SCREENING_WORKERS": "2", "LARGE": "1"})
    at_once.run(NIGHT, check=1)
    for one in (agency, at_once):
        assert promised(one.store) == promised(straight.store)


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
