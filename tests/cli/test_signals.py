"""Ctrl-C and `kill`: one line that says what stands and what goes on, the exit code, and the same bytes after."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from screening.store.current_json import current
from screening.store.zones import Store
from tests.messages_by_hand import Agency

ROOT = Path(__file__).parents[2]
NIGHT = "2026-11-23"
CALL = "from screening.cli.main import app; app()"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


def begin(folder: Path, *words: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
    return subprocess.Popen(
        [sys.executable, "-c", CALL, *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise AssertionError(f"{path.name} did not come: {process.communicate()}")
        time.sleep(0.02)


def content(store: Path):
    """What the published night holds, table by table; the bytes bear the moment of its frozen set."""
    now = current(Store(store), date.fromisoformat(NIGHT))
    return {(file.table, file.cls, file.rows) for file in now.files}


@pytest.fixture(scope="module")
def straight(tmp_path_factory, screening, written):
    """A night that nobody ended."""
    agency = Agency(tmp_path_factory.mktemp("straight") / "by_hand", screening)
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.run(NIGHT)
    return agency.store


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, id="Ctrl-C"), pytest.param(signal.SIGTERM, id="kill")]
)
def test_a_night_that_is_ended_says_what_stands_and_goes_on_by_the_command_that_it_names(
    number, by_hand, written, straight
):
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    line = f"run --night {NIGHT} --inbox inbox"
    process = begin(by_hand.folder, *line.split())
    wait_for(by_hand.store / "nights" / NIGHT / "runs", process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (CODES[number], "")
    assert err == (
        f"ended by {signal.Signals(number).name}: night {NIGHT}: nothing is published yet; "
        f"goes on: screening {line}\n"
    )
    assert "Done. " in by_hand(*line.split(), check=0).stdout
    assert content(by_hand.store) == content(straight)


def test_a_command_without_a_night_says_that_it_can_be_given_again(agency):
    process = begin(agency, "lookup", "--name", "-", "--reason", "case")  # waits for standard input
    time.sleep(3)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert err == "ended by SIGTERM: what was published stands; the same command, given again, goes on\n"


def test_a_signal_that_was_ignored_stays_so():
    code = (
        "import os, signal\n"
        "from screening.cli.signals import ends_with_a_word\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with ends_with_a_word():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


POOL = """
import sys, time
from pathlib import Path
from screening.cli.signals import ends_with_a_word
from screening.night.processes import each
def work(sign):
    Path(sign).touch()
    time.sleep(60)
if __name__ == "__main__":
    with ends_with_a_word():
        list(each(work, sys.argv[1:], large=True))
"""


@pytest.mark.slow
def test_the_processes_of_a_large_night_end_with_it(tmp_path):
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    signs = [tmp_path / "first", tmp_path / "second"]
    process = subprocess.Popen(
        [sys.executable, str(script), *map(str, signs)], start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCREENING_WORKERS": "2"}, text=True,
    )  # fmt: skip
    for sign in signs:
        wait_for(sign, process)  # both have begun to work
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)  # also waits until nobody holds its streams
    assert process.returncode == 143
    assert err.startswith("ended by SIGTERM: ")  # Python's own cleaner of semaphores may add what it removed
    assert "Traceback" not in err
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("a process is left")
