"""A random walk over a small store: whatever comes in whatever order, the end is that of the straight way.

    python tests/walk.py STEPS SEED     (make walk)

A walk does 25 steps drawn by seed: files arrive, nights run, are killed at a point, run again, screened again by
flight, replayed, decided on, purged; keys are rotated, the profile changes, the disk is full, the clock goes forward. No step
may end in another way than done, waiting for a person, or refused with a remedy. Then it is brought to its
end by plain commands and compared with a store that got the same files and nothing else.

Two kinds of walk: in one no term ends, and every published byte is compared; in the other terms end on the
way, and what is compared is what must not depend on it: flights, people on hits, and that nothing is stuck.
"""

import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.killed import POINTS
from tests.messages_by_hand import FILLERS, YLVA, Agency, paxlst, pnrgov

STEPS = 25  # of one walk
NIGHTS = ("2026-11-23", "2026-11-24")
_TERMS = "\n[retention]\napi = 48\nsettled = 48\nunread = 48\npnr = 87600\nhit = 87600\n"
Command = Callable[..., Any]


@dataclass
class Walk:
    """One walk and what it has done so far."""

    agency: Agency
    seed: int
    ends: bool
    """Terms end on the way."""
    draw: random.Random
    clock: datetime = datetime(2026, 11, 25, 3, tzinfo=UTC)
    files: dict[str, str] = field(default_factory=dict)
    mended: list[tuple[str, str, str]] = field(default_factory=list)
    """Replays: entry, name of the mended file, its text."""
    keys: bool = False
    steps: list[str] = field(default_factory=list)

    def call(self, *words: str, **more: str) -> Any:
        """Run a command; it must be done, wait for a person, or name a remedy."""
        more |= {"SCREENING_KEYS": "keys"} if self.keys else {}
        self.clock += timedelta(minutes=1)  # no two acts at one moment: decisions count up to one
        done = self.agency(*words, CLOCK_AT=self.clock.isoformat(), **more)
        killed = done.returncode == -9 and "KILL_AT" in more
        refused = (
            done.returncode in {2, 3} and "remedy:" in done.stderr and "program failed" not in done.stderr
        )
        if not (killed or refused or done.returncode in {0, 1}):
            raise AssertionError(f"{self.told()}\n{words} ended with {done.returncode}\n{done.stderr}")
        return done

    def told(self) -> str:
        """Return what is needed to walk again."""
        return f"seed {self.seed}, terms {'end' if self.ends else 'do not end'}: {' | '.join(self.steps)}"

    def run(self, night: str, **more: str) -> Any:
        """Run a night."""
        return self.call("run", "--night", night, "--inbox", "inbox", **more)


def arrive(walk: Walk) -> None:
    """A file of a carrier: a whole list, a part of one, bookings, or a note."""
    number = len(walk.files)
    people = walk.draw.sample([YLVA, *FILLERS], walk.draw.randint(1, 4))
    flight = walk.draw.choice(["XQ0401", "XQ0402"])
    sent = f"261122:{number // 60:02}{number % 60:02}"
    reference = str(number + 1)
    kind = walk.draw.choice(["api", "api", "pnr", "note"])
    if kind == "api":
        text = paxlst(people, flight=flight, sent=sent, reference=reference)
    elif kind == "pnr":
        text = pnrgov({f"ABC{number:03}": people}, flight=("XQ", flight[3:]), sent=sent, reference=reference)
    else:
        text = f"note {number} of the transfer host\n"
    name = f"{kind}{number:03}.edi"
    walk.files[name] = text
    walk.agency.send(name, text)


def run(walk: Walk) -> None:
    """A night, as every evening."""
    walk.run(walk.draw.choice(NIGHTS[:1]))


def again(walk: Walk) -> None:
    """A night over all its bytes."""
    walk.call("run", "--night", NIGHTS[0], "--again", "--inbox", "inbox")


def killed(walk: Walk) -> None:
    """A run that dies somewhere."""
    point = walk.draw.choice([name for name in POINTS if not name.startswith(("retention", "rewriting"))])
    walk.run(NIGHTS[0], KILL_AT=f"{point}:{walk.draw.randint(1, 3)}")


def rerun(walk: Walk) -> None:
    """A flight, or what failed."""
    chosen = walk.draw.choice([("--failed",), ("--flight", "XQ401"), ("--flight", "XQ402")])
    walk.call("rerun", "--night", NIGHTS[0], *chosen, "--inbox", "inbox")


def release(walk: Walk) -> None:
    """What was set aside holds nobody."""
    done = walk.call("quarantine", "list", "--night", NIGHTS[0], "--format", "json")
    rows = json.loads(done.stdout) if done.returncode in {0, 1} else []
    for row in rows[:1]:
        walk.call("quarantine", "release", row["id"], "--reason", "a note", "--as", "anna", "--second", "ben")


def replay(walk: Walk) -> None:
    """Mended bytes for what was set aside; perhaps killed."""
    done = walk.call("quarantine", "list", "--night", NIGHTS[0], "--format", "json")
    rows = json.loads(done.stdout) if done.returncode in {0, 1} else []
    for row in [row for row in rows if row["state"] == "open"][:1]:
        number = len(walk.mended)
        people = walk.draw.sample([YLVA, *FILLERS], walk.draw.randint(1, 2))
        text = paxlst(people, sent=f"261122:20{number:02}", reference=str(900 + number))
        walk.mended.append((row["id"], f"mended{number}.edi", text))
        point = walk.draw.choice([name for name in POINTS if not name.startswith(("retention", "rewriting"))])
        kill = {"KILL_AT": f"{point}:{walk.draw.randint(1, 3)}"} if walk.draw.random() < 0.5 else {}
        walk.call(*_replayed(walk.agency, walk.mended[-1]), **kill)


def _replayed(agency: Agency, mended: tuple[str, str, str]) -> tuple[str, ...]:
    """Put the mended file into the agency's folder; return the command that replays it."""
    entry, name, text = mended
    (agency.folder / name).write_text(text)
    return ("quarantine", "replay", entry, "--file", name, "--reason", "sent again", "--as", "anna")


def decide(walk: Walk) -> None:
    """A person decides on the best hit."""
    done = walk.call("hits", "--night", NIGHTS[0], "--format", "json")
    rows = json.loads(done.stdout) if done.returncode in {0, 1} else []
    for row in rows[:1]:
        words = ("--decision", "inconclusive", "--reason", "seen", "--as", "anna")
        walk.call("decide", row["hit_id"], "--night", NIGHTS[0], *words)


def purge(walk: Walk) -> None:
    """Terms are carried out; perhaps killed."""
    points = [name for name in POINTS if name.startswith(("retention", "rewriting"))]
    more = {"KILL_AT": walk.draw.choice(points)} if walk.draw.random() < 0.5 else {}
    walk.call("retention", "purge", "--as", "officer", **more)


def rotate(walk: Walk) -> None:
    """A new key: for nights that are frozen from now on."""
    walk.call("keys", "new", "--folder", "keys", "--as", "officer")
    walk.keys = True


def change_profile(walk: Walk) -> None:
    """Another bound: for nights that are frozen from now on."""
    path = walk.agency.folder / "profile.toml"
    held = path.read_text().partition("\n[schedule]")[0]
    path.write_text(f"{held}\n[schedule]\nbatches = {walk.draw.randint(1, 9)}\n")


def full(walk: Walk) -> None:
    """No room for a large file."""
    walk.run(NIGHTS[0], FILE_LIMIT="6000")


def forward(walk: Walk) -> None:
    """Some hours pass, or years where terms are to end."""
    walk.clock += timedelta(days=1500) if walk.ends and walk.draw.random() < 0.3 else timedelta(hours=1)


STEPS_DRAWN: dict[Callable[[Walk], None], int] = {
    arrive: 5, run: 5, again: 1, killed: 5, rerun: 3, release: 1, replay: 2, decide: 1, purge: 2, rotate: 1,
    change_profile: 1, full: 1, forward: 2,
}  # fmt: skip


def walk_once(seed: int, folder: Path, command: Command, *, steps: int = STEPS) -> Counter[str]:
    """Walk, come to the end, compare.

    Returns:
        How often each step was done.

    Raises:
        AssertionError: a step was stuck, or the end is another one; the text names seed and steps.
    """
    draw = random.Random(seed)
    walk = Walk(Agency(folder / "walk", command), seed, ends=seed % 2 == 1, draw=draw)
    profile = walk.agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + _TERMS)
    arrive(walk)
    for _ in range(steps):
        [step] = draw.choices(list(STEPS_DRAWN), weights=list(STEPS_DRAWN.values()))
        walk.steps.append(step.__name__)
        step(walk)
    _end(walk)
    _compare(walk, folder, command)
    return Counter(walk.steps)


def _end(walk: Walk) -> None:
    """Do what the page says after anything: start the same command again."""
    for words in (("retention", "purge"), ("run", "--night", NIGHTS[0], "--inbox", "inbox")):
        done = walk.call(*words)
        if done.returncode not in {0, 1}:
            raise AssertionError(f"{walk.told()}\n{words} is stuck:\n{done.stderr}")
    for mended in walk.mended:
        done = walk.call(*_replayed(walk.agency, mended))
        if done.returncode not in {0, 1}:
            raise AssertionError(f"{walk.told()}\nthe replay of {mended[:2]} is stuck:\n{done.stderr}")
    done = walk.call("audit", "verify", "--format", "json")
    if json.loads(done.stdout)[0]["differences"]:
        raise AssertionError(f"{walk.told()}\n{done.stdout}")


def _compare(walk: Walk, folder: Path, command: Command) -> None:
    straight = Agency(folder / "straight", command)
    shutil.copy(walk.agency.folder / "profile.toml", straight.folder)
    for name, text in walk.files.items():
        straight.send(name, text)
    if walk.ends:
        _run_straight(walk, straight)
        seen, wanted = (set(agency.status(NIGHTS[0])) for agency in (walk.agency, straight))
        found, sought = (
            {(row["flight_id"], row["surname"]) for row in agency.json("hits", "--night", NIGHTS[0])}
            for agency in (walk.agency, straight)
        )
        same = seen == wanted and found >= sought
    else:
        same = _rows(walk.agency) == _straight_rows(walk, straight)
    if not same:
        raise AssertionError(f"{walk.told()}\nthe end is not that of the straight way: {folder}")


def _straight_rows(walk: Walk, straight: Agency) -> dict[str, Any]:
    """Run the same files once, under the pins of the walk's night."""
    path = sorted((walk.agency.store / "nights" / NIGHTS[0] / "runs").glob("*/night.json"))[0]
    pins = json.loads(path.read_text())["pins"]
    profile = straight.folder / "profile.toml"
    held = profile.read_text().partition("\n[schedule]")[0]
    profile.write_text(f"{held}\n[schedule]\nbatches = {pins['profile']['schedule']['batches']}\n")
    more = {}
    if pins["key_id"] != "demonstration":
        shutil.copytree(walk.agency.folder / "keys", straight.folder / "keys")
        (straight.folder / "keys" / "current").write_text(pins["key_id"] + "\n")
        more = {"SCREENING_KEYS": "keys"}
    _run_straight(walk, straight, **more)
    return _rows(straight)


def _run_straight(walk: Walk, straight: Agency, **more: str) -> None:
    straight.run(NIGHTS[0], check=None, **more)
    for mended in walk.mended:
        straight(*_replayed(straight, mended), **more)


def _rows(agency: Agency) -> dict[str, Any]:
    """Published bytes by file, but of those tables that count how often the night was published."""
    document = json.loads((agency.store / "nights" / NIGHTS[0] / "CURRENT.json").read_text())
    return {
        f"{entry['zone']}/{Path(entry['path']).name}": entry["sha256"]
        for entry in document["files"]
        # corrections of what readers hold are held back (decision 9), and the figures behind it with them
        if entry["zone"] != "aggregate" and entry["table"] != "traffic_cells"
    }


def main() -> None:
    """Walk until so many steps are done."""
    from tests.conftest import _environment
    from tests.warm import Server

    wanted, seed = int(sys.argv[1]), int(sys.argv[2])
    server, done = Server(Path(__file__).parent.parent), Counter[str]()

    def command(folder: Path, *words: str, check: int | None = None, **more: str) -> Any:
        ended = server.run(list(words), folder, {**_environment(), **more}, timeout=280)
        assert check is None or ended.returncode == check, ended.stderr
        return ended

    failed = 0
    while done.total() < wanted:
        with tempfile.TemporaryDirectory(prefix="walk-") as held:
            try:
                done += walk_once(seed, Path(held), command)
            except AssertionError as stuck:
                failed += 1
                done["failed"] += STEPS
                sys.stdout.write(f"{stuck}\n\n")
                sys.stdout.flush()
        sys.stdout.write(f"seed {seed}: {done.total()} of {wanted} steps, {failed} walks failed\n")
        sys.stdout.flush()
        seed += 1
    server.stop()
    sys.stdout.write(f"{dict(done)}; {failed} walks failed\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    os.umask(0o022)
    main()
