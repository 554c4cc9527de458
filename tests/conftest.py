"""Airflow's environment stands before its first import; nights are made once and copied."""

import gzip
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from tests.browser import browser, page
from tests.messages_by_hand import by_hand, written
from tests.warm import Server

if TYPE_CHECKING:
    from tests.s3 import Storage

__all__ = ["browser", "by_hand", "page", "written"]  # fixtures of all rooms

ROOT = Path(__file__).parent.parent
os.environ.update(
    {
        "AIRFLOW_HOME": mkdtemp(prefix="screening-tests-airflow-"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        "GX_ANALYTICS_ENABLED": "false",
        "SCREENING_TASK_RETRIES": "0",
    }
)
for _name in ("SCREENING_STORE", "SCREENING_PROFILE", "SCREENING_INBOX", "SCREENING_KEYS", "SCREENING_ACTOR"):
    os.environ.pop(_name, None)

NIGHT = date(2026, 11, 23)


_SLOW_ROOMS = (
    "tests/night",
    "tests/dags",
    "tests/alerts/test_shared_lists.py",  # real lists, tens of thousands of names
    "tests/messages/test_parts.py",  # thousands of damaged messages, read in many ways
    "tests/messages/test_reading_properties.py",
)
_SLOW_FIXTURES = {
    "screening",
    "by_hand",
    "agency",
    "made_night",
    "screened_night",
    "browser",
}  # whole nights, commands in processes, pages in a browser


def pytest_unconfigure() -> None:
    """Remove Airflow's home; pytest removes only what it has made itself."""
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by its room or by what it asks for; `make quick` leaves it out.

    Slow files come first, so that no worker sits with one at the end (with --no-loadscope-reorder).
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.nodeid.startswith(_SLOW_ROOMS) or fixtures & _SLOW_FIXTURES:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def _handlers_as_they_were() -> Iterator[None]:
    """Commands called in this process guard the root's handlers, which pytest keeps for all tests."""
    from screening.protection.logs import Discreet

    yield
    for handler in logging.getLogger().handlers:
        handler.filters = [kept for kept in handler.filters if not isinstance(kept, Discreet)]


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def made_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small generated night that needs a person (a note among the messages); read only, copy it."""
    from screening.lab.generate.night import Size, generate

    folder = tmp_path_factory.mktemp("made")
    generate(folder, NIGHT, Size(flights=8, travellers=240, alerts=150), seed=7)
    (folder / "inbox" / "NOTE_OF_THE_SHIFT.txt").write_text("transfer host restarted at 02:10\n")
    message = min((folder / "inbox").glob("*PAXLST*.edi"))
    packed = gzip.compress(message.read_bytes(), mtime=0)
    (folder / "inbox" / f"{message.name}.gz").write_bytes(packed)
    message.unlink()
    return folder


@pytest.fixture
def agency(made_night: Path, tmp_path: Path) -> Path:
    """A copy of the small night in a folder of its own: inbox/, alerts/, profile.toml; store/ is not there yet."""
    folder = tmp_path / "agency"
    shutil.copytree(made_night, folder)
    return folder


@pytest.fixture(scope="session")
def storage() -> Iterator["Storage"]:
    """Object storage in this process, with faults on demand; each test takes a store of its own."""
    pytest.importorskip("moto")
    pytest.importorskip("obstore")
    from tests.s3 import Storage

    with Storage() as storage:
        yield storage


Command = Callable[..., subprocess.CompletedProcess[str]]
_READ_AT_START = (
    "PYTHON",
    "LC_",
    "LANG",
    "OMP_",
    "OPENBLAS_",
    "ARROW_",
)  # too late for a process that is forked


@pytest.fixture(scope="session")
def screening() -> Iterator[Command]:
    """Run the command line in a process of its own, in an agency's folder; KILL_AT, FAIL_ON: tests/killed.py."""
    server = Server(ROOT)

    def call(
        folder: Path,
        *arguments: str,
        check: int | None = None,
        cold: bool = False,
        typed: str = "",
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        whole = {**_environment(), **environment}
        if cold or any(name.startswith(_READ_AT_START) for name in environment):
            done = subprocess.run(
                [sys.executable, str(ROOT / "tests" / "killed.py"), *arguments],
                cwd=folder,
                env=whole,
                input=typed,
                capture_output=True,
                text=True,
                timeout=280,
                check=False,
            )
        else:
            done = server.run(list(arguments), folder, whole, timeout=280, typed=typed)
        if check is not None:
            assert done.returncode == check, done.stdout + done.stderr
        return done

    yield call
    server.stop()


@pytest.fixture(scope="session")
def screened_night(made_night: Path, tmp_path_factory: pytest.TempPathFactory, screening: Command) -> Path:
    """The small night, screened; read only, copy it (`symlinks=True`)."""
    folder = tmp_path_factory.mktemp("screened") / "agency"
    shutil.copytree(made_night, folder)
    screening(folder, "run", "--night", NIGHT.isoformat(), "--inbox", "inbox", check=1)
    return folder


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
    return {**kept, "PYTHONPATH": str(ROOT), "SCREENING_ACTOR": "tester"}


@pytest.fixture(scope="session")
def promised() -> Callable[[Path], dict[str, str]]:
    """Hashes of every file in the same-bytes promise: published tables and landing content of a store."""
    import hashlib
    import json

    def hashes(store: Path) -> dict[str, str]:
        found = {}
        for current in sorted(store.glob("nights/*/CURRENT.json")):
            document = json.loads(current.read_text())
            found[f"{document['night']} frozen"] = document["frozen"]
            for entry in document["files"]:
                data = (store / entry["path"]).read_bytes()
                digest = hashlib.sha256(data).hexdigest()
                assert digest == entry["sha256"], entry["path"]
                found[f"{document['night']} {entry['zone']}/{Path(entry['path']).name}"] = digest
        for path in sorted((store / "landing" / "content").rglob("*.bin")):
            found[path.relative_to(store).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    return hashes
