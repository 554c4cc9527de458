"""An agency with three lists and two nights: a booking of two with one surname, API of them later, one sought."""

import io
import json
import shutil
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

FIRST, SECOND = "2026-11-22", "2026-11-23"
MARTA = ("LINDQUIST", "MARTAELIN", "810412", "F", "SWE", "AA7712345")
JONAS = ("LINDQUIST", "JONASOLOV", "790101", "M", "SWE", "AA8823456")
PROFILE = """
lists = [
LISTS
]
[agency]
name = "Agency of the test"
time_zone = "Europe/Vienna"
[law]
purposes = ["border_checks"]
"""


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Agency:
    """A folder with a store that was run, and the command line in it."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def __call__(self, *words: str, typed: tuple[str, ...] = ()) -> Done:
        from screening.cli.main import app

        out, err, code = io.StringIO(), io.StringIO(), 0
        lines = io.StringIO("".join(f"{line}\n" for line in typed))
        with _in(self.folder, words, lines), redirect_stdout(out), redirect_stderr(err):
            try:
                app()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return Done(code, out.getvalue(), err.getvalue())

    def subject(self, word: str, *words: str, name="", born="", document="", state="") -> Done:
        asked = (name, born, document, state)
        return self("subject", word, *words, "--reason", "request 14/26", typed=asked)

    def acts(self) -> list[dict]:
        paths = sorted((self.store / "audit").glob("audit-*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]

    def rows(self, zone: str, night: str, table: str) -> list[dict]:
        import pyarrow.parquet as pq

        folder = self.store / zone / "current" / f"night={night}"
        files = [*folder.glob(f"{table}.parquet"), *folder.glob(f"{table}.*.parquet")]
        return [row for path in sorted(files) for row in pq.read_table(path).to_pylist()]


@contextmanager
def _in(folder: Path, words, lines):
    import os

    plain = {"COLUMNS": "400", "NO_COLOR": "1", "SCREENING_ACTOR": "anna"}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SCREENING_")]:
            patch.delenv(name)
        for name, value in plain.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["screening", *words])
        patch.setattr(sys, "stdin", lines)
        yield


def made(folder: Path, written, sought: list[dict] | None = None, nights=(FIRST, SECOND)) -> Agency:
    """Run the two nights, or all in one; the sought person is on API alone. A list for each who is sought."""
    folder.mkdir()
    agency = Agency(folder)
    lists = []
    for alert in sought or [written.sought]:
        name, category = alert["list"], alert["category"]
        (folder / f"{name}.jsonl").write_text(json.dumps(alert) + "\n")
        lists.append(
            f'{{ id = "{name}", source = "canonical", path = "{name}.jsonl", category = "{category}", severity = 3 }},'
        )
    (folder / "profile.toml").write_text(PROFILE.replace("LISTS", "\n".join(lists)))
    bookings = {"ABC123": [MARTA, JONAS], "DEF456": written.fillers[:2]}
    places = [folder / "inbox" / f"night={night}" for night in nights]
    for place in places:
        place.mkdir(parents=True)
    (places[0] / "push.edi").write_text(written.pnrgov(bookings))
    people = [MARTA, JONAS, *written.fillers[:2], written.ylva]
    (places[-1] / "api.edi").write_text(written.paxlst(people))
    for night in nights:
        done = agency("run", "--night", night, "--inbox", "inbox")
        assert done.code == 0, done.out + done.err
    return agency


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory, written) -> Agency:
    """Read only; what is asked is recorded."""
    return made(tmp_path_factory.mktemp("subject") / "agency", written)


@pytest.fixture
def own(two_nights, tmp_path) -> Agency:
    """A copy that a test may change."""
    shutil.copytree(two_nights.folder, tmp_path / "agency", symlinks=True)
    return Agency(tmp_path / "agency")
