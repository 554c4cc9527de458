"""The drill of docs/operations.md: its own commands copy a store in the middle of a run, and bring it back."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from screening.review.accounts import add_account
from screening.review.desk import desk_of
from screening.store.zones import Store
from screening.tables.codes import ReviewRole

ROOT = Path(__file__).parents[2]
NIGHT = "2026-11-23"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("\n## Backup\n")[1]
BACK_UP, RESTORE = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[:2]


def do(commands: str, folder: Path, tmp_path: Path) -> None:
    """Carry out commands of the page in a shell, where `screening` is this code."""
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    script = tools / "screening"
    start = "from screening.cli.main import app; app()"
    script.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT}' exec '{sys.executable}' -c '{start}' \"$@\"\n")
    script.chmod(0o755)
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "SCREENING_STORE": str(folder / "store"),
        "BACKUP": str(tmp_path / "backup"),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def desk_names(store: Path) -> list[str]:
    with desk_of(Store(store)).reading() as connection:
        return [row["name"] for row in connection.execute("select name from accounts")]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("flock"), reason="flock (util-linux) is not installed")
def test_a_store_lost_in_the_middle_of_a_night_comes_back_and_the_night_ends_the_same(
    by_hand, written, promised, tmp_path
):
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    undisturbed = by_hand.copy(tmp_path / "undisturbed")
    undisturbed.run(NIGHT)
    died = by_hand.run(NIGHT, check=None, KILL_AT="revisions.before_current")
    assert died.returncode == -9
    assert list((by_hand.store / "work").glob("*/*"))  # what it had made lies there
    at = datetime(2026, 11, 24, tzinfo=UTC)
    add_account(desk_of(Store(by_hand.store)), "anna", [ReviewRole.ANALYST], "a long password", at, cost=2**4)
    do(BACK_UP, by_hand.folder, tmp_path)
    shutil.rmtree(by_hand.store)
    do(RESTORE, by_hand.folder, tmp_path)
    assert desk_names(by_hand.store) == ["anna"]
    by_hand.run(NIGHT)
    assert promised(by_hand.store) == promised(undisturbed.store)
