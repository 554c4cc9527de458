"""The matrix of docs/operations.md, cell by cell: what is printed in each state of the store is tried, and works.

A cell brings the store into its state, takes the command or the sentence that the program prints there, does
what it says and no more, and then the night is what it would have been without any of it.
"""

import json
import re
import resource
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import _environment

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"
LATER = "2030-01-01T12:00:00+00:00"
TERMS = "\n[retention]\napi = 48\nsettled = 48\nunread = 48\npnr = 87600\nhit = 87600\n"
CELLS: dict[str, Callable] = {}


def cell(state):
    """Take a function as the test of a row of the matrix."""

    def keep(function):
        CELLS[state] = function
        return function

    return keep


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    return tmp_path_factory.mktemp("straight") / "store"


@pytest.fixture
def agency(by_hand, written, straight):
    """An agency with two files in its inbox; `straight` is its store after an undisturbed run, `aside` a copy."""
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + TERMS)
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.send("b.edi", written.pnrgov({"ABC123": written.fillers}))
    if not straight.exists():
        by_hand.run(NIGHT)
        by_hand.store.rename(straight)
    by_hand.straight, by_hand.keys = straight, {}
    return by_hand


def publish(agency):
    shutil.copytree(agency.straight, agency.store, symlinks=True)


def do(agency, text, *, only=None):
    """Do what is printed between backticks, in its order; a command of ours must not end as unusable."""
    commands = re.findall(r"`([^`]+)`", text)
    chosen = [command for command in commands if only is None or command.startswith(only)]
    assert chosen, text
    for command in chosen:
        words = shlex.split(command)
        if words[0] != "screening":
            subprocess.run(words, cwd=agency.folder, check=True)
            continue
        more = ["--inbox", "inbox"] if words[1] in {"run", "rerun"} else []
        done = agency(*words[1:], *more, **agency.keys)
        assert done.returncode in {0, 1}, done.stderr


def remedy(done):
    """The remedy of an error on stderr; it names a file or a night."""
    assert done.returncode == 3, done.stdout + done.stderr
    where, text = re.search(r"where:  (.*)\n.*\n  remedy: (.*)", done.stderr, re.DOTALL).groups()
    assert where.strip()
    return text


def differences(agency):
    return json.loads(agency("audit", "verify", "--format", "json").stdout)[0]["differences"]


@pytest.fixture
def as_straight(agency, promised):
    """Compare the store with the undisturbed one."""

    def compare():
        assert promised(agency.store) == promised(agency.straight)
        assert not list((agency.store / "work").iterdir())
        assert differences(agency) == []

    return compare


@cell("a run was killed")
def killed(agency, as_straight):
    for point in ("landing.after_index", "revisions.before_current", "audit.half_line"):
        agency.run(NIGHT, check=-9, KILL_AT=point)
    agency.run(NIGHT)
    as_straight()


@cell("a run was killed, then its bytes were purged")
def killed_and_purged(agency, as_straight):
    agency.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    agency("retention", "purge", check=0, CLOCK_AT=LATER)
    agency.run(NIGHT)
    as_straight()


@cell("a purge was killed")
def purge_killed(agency):
    publish(agency)
    agency("retention", "purge", check=-9, CLOCK_AT=LATER, KILL_AT="retention.before_removal")
    agency("status", "--night", NIGHT, check=0)
    agency("retention", "purge", check=0, CLOCK_AT=LATER)
    assert agency.json("retention", "due") == []
    assert differences(agency) == []


def erase(agency, number, **more):
    """Erase the person with a document; who it is, is typed."""
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "killed.py", "subject", "erase", "--reason", "request 14/26"],
        input=f"\n\n{number}\n\n",
        cwd=agency.folder,
        env={**_environment(), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode


@cell("an erasure or correction was killed")
def erasure_killed(agency, written):
    publish(agency)
    surname, *_, number = written.fillers[0]
    assert surname in [row["surname"] for row in travellers(agency)]
    assert erase(agency, number, KILL_AT="rewriting.before_removal") == -9
    agency("status", "--night", NIGHT, check=0)
    assert erase(agency, number) == 0
    assert surname not in [row["surname"] for row in travellers(agency)]
    assert differences(agency) == []


@cell("a purge or another act on rows was killed, then a hold is to be set")
def hold_after_a_killed_act(agency, written):
    publish(agency)
    [hit] = agency.json("hits", "--night", NIGHT)
    assert erase(agency, written.fillers[0][-1], KILL_AT="rewriting.after_intent") == -9
    words = ("hold", "set", "--hit", hit["hit_id"], "--reason", "court", "--as", "anna")
    text = remedy(agency(*words))
    do(agency, text, only="screening retention")
    agency(*words, check=0)
    assert differences(agency) == []


@cell("the key of masked columns is gone")
def masking_key_gone(agency):
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + "[masking]\nafter_hours = 40\n")
    agency("keys", "new", "--folder", "keys", check=0)
    keys = {"SCREENING_KEYS": "keys", "CLOCK_AT": "2026-11-25T20:00:00+00:00"}
    agency.run(NIGHT, **keys)
    [hit] = agency.json("hits", "--night", NIGHT)
    agency("retention", "purge", check=0, **keys)
    asked = ("--hit", hit["hit_id"], "--case", "12/26", "--reason", "suspicion", "--as", "anna")
    agency("unmask", "request", *asked, check=0, **keys)
    [row] = agency.json("unmask", "list")
    agency("unmask", "approve", row["request_id"], "--reason", "order", "--as", "judge", check=0, **keys)
    show = ("unmask", "show", row["request_id"], "--as", "anna")
    kept = agency.folder / "safe"
    (agency.folder / "keys" / "masking").rename(kept)
    assert "key" in remedy(agency(*show, **keys))
    agency("status", "--night", NIGHT, check=0)
    kept.rename(agency.folder / "keys" / "masking")
    agency(*show, check=0, **keys)


def travellers(agency):
    import pyarrow.parquet as pq

    path = agency.store / "individual" / "current" / f"night={NIGHT}" / "travellers.parquet"
    return pq.read_table(path, partitioning=None).to_pylist()


@cell("a term ended, a flight is to be screened again")
def ended(agency, written):
    publish(agency)
    agency("retention", "purge", check=0, CLOCK_AT=LATER)
    text = remedy(agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", CLOCK_AT=LATER))
    [folder] = re.findall(r"(night=\S+)/", text)
    agency.send(f"{folder}/again.edi", written.paxlst([written.ylva, *written.fillers], reference="2"))
    do(agency, text)
    assert (agency.status(NIGHT)[LEG]["travellers"], agency.status(NIGHT)[LEG]["hits"]) == (4, 1)
    assert differences(agency) == []


@cell("a term ended, then a file came")
def late(agency, written):
    publish(agency)
    agency("retention", "purge", check=0, CLOCK_AT=LATER)
    agency.send("late.edi", written.paxlst(written.fillers, flight="XQ0402", reference="2"))
    agency.run(NIGHT, CLOCK_AT=LATER)
    assert agency.status(NIGHT)[LEG]["hits"] == 1
    assert agency.status(NIGHT)["XQ402-20261123-ARN-VIE"]["travellers"] == 3


@cell("the key in use is another")
def rotated(agency):
    agency("keys", "new", "--folder", "keys", check=0)
    agency.keys = {"SCREENING_KEYS": "keys"}
    first = (agency.folder / "keys" / "current").read_text().strip()
    agency.run(NIGHT, **agency.keys)
    agency("keys", "new", "--folder", "keys", check=0)
    words = ("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox")
    agency(*words, check=0, **agency.keys)
    (agency.folder / "keys" / first).rename(agency.folder / "safe")
    text = remedy(agency(*words, **agency.keys))
    [name, folder] = re.search(r"copy the file (\S+) from the agency's safe copy to (\S+)/", text).groups()
    shutil.copy(agency.folder / "safe", agency.folder / folder / name)
    do(agency, f"`chmod 600 {folder}/{name}`")
    agency(*words, check=0, **agency.keys)


@cell("a linked key is gone")
def linked_key_gone(agency):
    agency("keys", "new", "--folder", "keys", check=0)
    agency.keys = {"SCREENING_KEYS": "keys"}
    first = (agency.folder / "keys" / "current").read_text().strip()
    agency("keys", "rotate", "--reason", "seen", check=0, **agency.keys)
    agency.run(NIGHT, **agency.keys)
    words = ("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox")
    (agency.folder / "keys" / first).rename(agency.folder / "safe")
    text = remedy(agency(*words, **agency.keys))
    [name, folder] = re.search(r"copy the file (\S+) from the agency's safe copy to (\S+)/", text).groups()
    shutil.copy(agency.folder / "safe", agency.folder / folder / name)
    agency(*words, check=0, **agency.keys)
    (agency.folder / "keys" / first).unlink()
    do(agency, remedy(agency(*words, **agency.keys)), only="screening")
    agency(*words, check=0, **agency.keys)
    assert differences(agency) == []


@cell("the profile does not hold")
def profile_wrong(agency, as_straight):
    profile = agency.folder / "profile.toml"
    held = profile.read_text()
    profile.write_text(held + "\n[gates]\nminimun = 1\n")
    done = agency.run(NIGHT, check=2)
    assert "minimun" in done.stderr
    assert "profile.toml" in done.stderr
    profile.write_text(held)
    agency.run(NIGHT)
    as_straight()


@cell("the profile changed")
def profile_changed(agency, as_straight):
    agency.run(NIGHT, check=-9, KILL_AT="landing.after_index")
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\nnames = 0.9\n")
    done = agency.run(NIGHT, check=None)
    if done.returncode == 2:  # no such key: take one that there is
        profile.write_text(profile.read_text().replace("names = 0.9\n", ""))
        agency.run(NIGHT)
    as_straight()


@cell("other code had begun the run")
def other_code(agency, as_straight):
    agency.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    path = agency.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    path.write_text(re.sub(r'"code": "[^"]*"', '"code": "0.0.1+older"', path.read_text()))
    agency.run(NIGHT)
    as_straight()


@cell("the frozen set of a run that was not published is damaged")
def frozen_damaged(agency, as_straight):
    agency.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    path = agency.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    path.write_bytes(path.read_bytes()[:100])
    do(agency, remedy(agency.run(NIGHT, check=3)))
    as_straight()


@cell("the names of such a run's inputs are damaged")
def names_damaged(agency, as_straight):
    agency.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    path = agency.store / "landing" / "named" / f"{NIGHT}-0001.json"
    path.write_text(path.read_text().replace("b.edi", "c.edi"))
    do(agency, remedy(agency.run(NIGHT, check=3)))
    as_straight()


@cell("the profile that a night was frozen with is of another version")
def profile_of_another_version(agency, written, as_straight):
    publish(agency)
    path = agency.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    own = path.read_text()
    plain = json.loads(own)
    plain["pins"]["profile"]["screening"]["of_another_version"] = 1
    plain["machine"]["code"] = "0.0.1+older"
    path.write_text(json.dumps(plain))
    for shown in ("status", "nights", "hits", "report"):
        assert agency(shown).returncode in {0, 1}
    done = agency("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=3)
    assert done.stderr.startswith(
        f"the profile of night {NIGHT} is of another version: screening.of_another_v"
    )
    assert "use the version that froze it, 0.0.1+older" in remedy(done)
    assert not (path.parents[1] / "0002").exists()
    late = agency.send("c.edi", written.paxlst(written.fillers, flight="XQ0402", day="261124", reference="2"))
    agency.run("2026-11-24")
    late.unlink()
    shutil.rmtree(agency.store / "nights" / "2026-11-24")
    path.write_text(own)  # that version
    agency("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=0)


@cell("a file stands where the store is to be")
def no_folder(agency, as_straight):
    agency.store.write_text("")
    do(agency, remedy(agency("status", check=3)))
    agency.run(NIGHT)
    as_straight()


@cell("an input is poisoned")
def poisoned(agency, written):
    bad = agency.send("c.edi", b"UNB+UNOA:4+" + b"\x00\xff" * 50 + b"'")
    agency.run(NIGHT, check=1)
    assert agency.status(NIGHT)[LEG]["travellers"] == 4
    for row in agency.json("quarantine", "list", "--night", NIGHT):
        (agency.folder / "mended.edi").write_text(written.paxlst(written.fillers, flight="XQ0402"))
        command = next(one["mend"] for one in agency.json("status") if one["mend"])
        words = shlex.split(command.replace("FILE", "mended.edi").replace("NAME", "ben"))[1:]
        done = agency(*words, "--reason", "seen", "--as", "anna")
        assert done.returncode in {0, 1}, (row, done.stderr)
    agency("status", "--night", NIGHT, check=0)
    assert bad.exists()


@cell("the disk is full")
def disk_full(agency, as_straight):
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    words = [sys.executable, "-c", "from screening.cli.main import app; app()", "run", "--night", NIGHT]
    done = subprocess.run(
        [*words, "--inbox", "inbox"],
        cwd=agency.folder,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT), "SCREENING_ACTOR": "tester"},
        preexec_fn=small,
        capture_output=True,
        text=True,
        check=False,
    )
    remedy(done)
    agency.run(NIGHT)
    as_straight()


@cell("published tables are cut")
def tables_cut(agency, as_straight):
    publish(agency)
    files = json.loads((agency.store / "nights" / NIGHT / "CURRENT.json").read_text())["files"]
    cut = [file["path"] for file in files if file["table"] != "inputs"]
    for path in cut:
        (agency.store / path).unlink()
        (agency.store / path).write_bytes(b"PAR1 cut")
    found = differences(agency)
    assert len(found) == len(cut)
    [command] = {command for text in found for command in re.findall(r"`screening ([^`]+)`", text)}
    assert command in remedy(agency("hits", "--night", NIGHT))
    told = agency(*shlex.split(command), "--inbox", "inbox", check=0).stdout
    assert [line.partition("anew: ")[2] for line in told.splitlines() if line.startswith("Damaged")] == cut
    as_straight()


@cell("the published table `inputs` is cut")
def inputs_cut(agency, as_straight):
    publish(agency)
    [path] = (agency.store / "landing" / "revisions").rglob("inputs.parquet")
    held = path.read_bytes()
    path.unlink()
    path.write_bytes(b"PAR1 cut")
    assert remedy(agency("run", "--night", NIGHT, "--again", "--inbox", "inbox")).strip() == (
        "restore it from the backup"
    )
    path.write_bytes(held)
    as_straight()


@cell("the index of the lists is damaged or gone")
def index_damaged(agency, as_straight):
    publish(agency)
    [path] = (agency.store / "alerts" / "_index").glob("*.index")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert agency("run", "--night", NIGHT, "--again", "--inbox", "inbox").returncode in {0, 1}
    assert path.read_bytes() == whole
    as_straight()


@cell("CURRENT.json is damaged or gone")
def current_damaged(agency, as_straight):
    for harm in (lambda path: path.write_bytes(b"{"), Path.unlink):
        shutil.rmtree(agency.store, ignore_errors=True)
        publish(agency)
        harm(agency.store / "nights" / NIGHT / "CURRENT.json")
        [text] = differences(agency)
        do(agency, text)
        as_straight()


@cell("a folder of the store is open to others")
def open_modes(agency, as_straight):
    publish(agency)
    (agency.store / "analyst").chmod(0o777)
    do(agency, "`" + re.search(r"chmod [^\n`]+", remedy(agency("hits", "--night", NIGHT)))[0].strip() + "`")
    agency("hits", "--night", NIGHT, check=0)
    as_straight()


@cell("the disk was replaced, the record of acts was kept")
def disk_replaced(agency, promised):
    publish(agency)
    [hit] = agency.json("hits", "--night", NIGHT)
    words = ("decide", hit["hit_id"], "--decision", "inconclusive", "--reason", "seen", "--as", "anna")
    agency(*words, check=0)
    kept = agency.folder / "audit"
    (agency.store / "audit").rename(kept)
    shutil.rmtree(agency.store)
    agency.store.mkdir(mode=0o700)
    kept.rename(agency.store / "audit")
    found = differences(agency)
    assert len(found) == 3  # the night, the decision, the list
    do(agency, next(text for text in found if text.startswith("night")))
    [gone] = differences(agency)
    assert "decide again" in gone
    agency(*words, check=0)
    assert differences(agency) == []
    assert promised(agency.store) == promised(agency.straight)


@cell("the store comes from the backup of an earlier day")
def from_backup(agency, written, promised):
    publish(agency)
    backup = agency.folder / "backup"
    shutil.copytree(agency.store, backup, symlinks=True)
    agency.send("late.edi", written.paxlst(written.fillers, flight="XQ0402", reference="2"))
    agency.run(NIGHT)
    wanted = promised(agency.store)
    shutil.rmtree(agency.store)
    backup.rename(agency.store)
    agency.run(NIGHT)
    assert promised(agency.store) == wanted
    assert differences(agency) == []


@cell("the record of acts is empty")
def record_empty(agency, as_straight):
    publish(agency)
    shutil.move(agency.store / "audit", agency.folder / "audit")
    [text] = differences(agency)
    assert "restore the folder" in text
    shutil.rmtree(agency.store / "audit", ignore_errors=True)
    shutil.move(agency.folder / "audit", agency.store / "audit")
    as_straight()


@cell("another run holds the night")
def held(agency, as_straight):
    from datetime import date

    from screening.store.locks import exclusive
    from screening.store.zones import Store

    store = Store(agency.store)
    with exclusive(store.night_folder(date.fromisoformat(NIGHT)) / ".run", what="the night", wait=False):
        done = agency.run(NIGHT, check=3)
        assert NIGHT in done.stderr
        assert "wait until it ends" in remedy(done)
    agency.run(NIGHT)
    as_straight()


@pytest.mark.parametrize("state", CELLS)
def test_what_is_printed_in_each_state_works(state, request):
    function = CELLS[state]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    function(**{name: request.getfixturevalue(name) for name in names})


def test_the_matrix_of_the_operators_page_has_a_row_for_each_cell():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) +\| [^|]+\| [^|]+\|$", page.partition("## State of the store")[2], re.M)
    assert rows[1:] == list(CELLS)
