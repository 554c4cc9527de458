"""Make a small store with the code that runs, and keep it for the releases to come.

    PYTHONPATH=CODE python tests/data/stores/make.py FILE.tar.xz

At each release that changes the form of the store its last code writes one, `format-N.tar.xz`: two nights of invented
people with a file that is no message, a late manifest, decisions of two people, a hold, an own alert that waits. Never
made again: `tests/store/test_older_stores.py` asks whether today's code reads what older code wrote. PYTHONPATH says
whose code; CODE may be an unpacked commit.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import date
from pathlib import Path

from screening.lab.generate.night import Size, generate

NIGHTS = ("2026-11-23", "2026-11-24")
_NOT_KEPT = ("store/alerts/_index", "store/work", "truth", "README.md", "made")


def screening(folder: Path, *words: str, codes: tuple[int, ...] = (0, 1)) -> str:
    """Run a command in the agency's folder."""
    start = [sys.executable, "-c", "from screening.cli.main import app; app()", *words]
    environment = {**os.environ, "SCREENING_ACTOR": "anna"}
    done = subprocess.run(start, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def column(text: str, name: str) -> list[str]:
    """Return one column of what a command printed as CSV."""
    head, *lines = text.splitlines()
    return [line.split(",")[head.split(",").index(name)] for line in lines]


def fill(folder: Path) -> None:
    """Run two nights in a folder, and let people act on them."""
    for number, night in enumerate(NIGHTS):
        made = folder / "made" / night
        generate(made, date.fromisoformat(night), Size(flights=3, travellers=30, alerts=30), seed=11 + number)
        if not number:
            for name in ("alerts", "profile.toml"):
                shutil.move(made / name, folder / name)
        late = max((made / "inbox").glob("*PNRGOV*"))
        shutil.copytree(made / "inbox", folder / "inbox", dirs_exist_ok=True)
        note = folder / "inbox" / f"NOTE_{number}.txt"
        note.write_text(f"transfer host restarted, {night}\n")
        away = (folder / "inbox" / late.name).rename(folder / late.name)
        screening(folder, "run", "--night", night, "--inbox", "inbox")
        away.rename(folder / "inbox" / away.name)
        screening(folder, "run", "--night", night, "--inbox", "inbox")  # the late one: a second revision
    hits = column(screening(folder, "hits", "--night", NIGHTS[0], "--format", "csv"), "hit_id")
    decision = ("--decision", "false_match", "--reason", "other birth place")
    for hit in (hits[0], hits[-1]):  # early code wants both persons in one command
        screening(folder, "decide", hit, *decision, "--as", "anna", codes=(0, 1, 2))
        screening(folder, "confirm", hit, "--as", "ben", codes=(0, 1, 2))
    screening(folder, "hold", "set", "--hit", hits[0], "--reason", "case 12", codes=(0, 2))
    entries = column(screening(folder, "quarantine", "list", "--night", NIGHTS[0], "--format", "csv"), "id")
    for entry in entries:
        screening(
            folder, "quarantine", "release", entry, "--reason", "a note", "--as", "ben", codes=(0, 1, 2)
        )
    screening(folder, "audit", "verify", codes=(0,))


def pack(folder: Path, target: Path) -> None:
    """Write the folder as an archive that says nothing of this machine."""

    def plain(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if item.name.startswith(_NOT_KEPT) or Path(item.name).suffix == ".tmp":
            return None
        item.uid = item.gid = item.mtime = 0
        item.uname = item.gname = ""
        return item

    with tarfile.open(target, "w:xz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name, filter=plain)


def main() -> None:
    """Make one store and pack it."""
    with tempfile.TemporaryDirectory() as temporary:
        fill(Path(temporary))
        pack(Path(temporary), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
