"""The matrix of docs/operations.md, cell by cell: what is printed in each state of the store is tried, and works.

A cell brings the store into its state, takes the command or the sentence that the program prints there, does
what it says and no more, and then the night is what it would have been without any of it.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from screening.night.frozen import machine
from tests.messages_by_hand import Agency

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
def straight(tmp_path_factory, screening, written):
    """An agency with two files in its inbox, after an undisturbed run; read only, copy it."""
    agency = Agency(tmp_path_factory.mktemp("straight") / "agency", screening)
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + TERMS)
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.send("b.edi", written.pnrgov({"ABC123": written.fillers}))
    agency.run(NIGHT)
    return agency


@pytest.fixture
def published(straight, tmp_path):
    """A copy of the agency whose night is published."""
    agency = straight.copy(tmp_path / "agency")
    agency.straight, agency.keys = straight.store, {}
    return agency


@pytest.fixture
def agency(published):
    """The agency before its first run."""
    shutil.rmtree(published.store)
    return published


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory, straight):
    agency = straight.copy(tmp_path_factory.mktemp("killed") / "agency")
    shutil.rmtree(agency.store)
    agency.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    return agency


@pytest.fixture
def killed(agency, killed_once):
    """The agency whose first run was killed just before it was published."""
    shutil.copytree(killed_once.store, agency.store, symlinks=True)
    return agency


@pytest.fixture(scope="module")
def erasure_killed_once(tmp_path_factory, straight, written):
    agency = straight.copy(tmp_path_factory.mktemp("erasure") / "agency")
    assert erase(agency, written.fillers[0][-1], KILL_AT="rewriting.after_intent") == -9
    return agency


@pytest.fixture
def erasure_killed(published, erasure_killed_once):
    """The agency whose night is published, and an erasure was killed."""
    shutil.rmtree(published.store)
    shutil.copytree(erasure_killed_once.store, published.store, symlinks=True)
    return published


@pytest.fixture(scope="module")
def keyed_once(tmp_path_factory, straight):
    agency = straight.copy(tmp_path_factory.mktemp("keyed") / "agency")
    shutil.rmtree(agency.store)
    keys = {"SCREENING_KEYS": "keys"}
    agency("keys", "new", "--folder", "keys", check=0)
    agency.first = (agency.folder / "keys" / "current").read_text().strip()
    agency("keys", "rotate", "--reason", "seen", check=0, **keys)
    agency.run(NIGHT, **keys)
    return agency


@pytest.fixture
def keyed(keyed_once, tmp_path):
    """An agency of two keys: its night is of the second, to which the `first` is linked."""
    agency = keyed_once.copy(tmp_path / "keyed")
    agency.keys = {"SCREENING_KEYS": "keys"}
    return agency


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
def as_straight(published, promised):
    """Compare the store with the undisturbed one."""

    def compare():
        assert promised(published.store) == promised(published.straight)
        assert not list((published.store / "work").iterdir())
        assert differences(published) == []

    return compare


@cell("a run was killed")
def run_killed(killed, as_straight):
    killed.run(NIGHT, check=-9, KILL_AT="audit.half_line")
    killed.run(NIGHT)
    as_straight()


@cell("a run was killed, then its bytes were purged")
def killed_and_purged(killed, as_straight):
    killed("retention", "purge", check=0, CLOCK_AT=LATER)
    killed.run(NIGHT)
    as_straight()


@cell("a purge was killed")
def purge_killed(published):
    published("retention", "purge", check=-9, CLOCK_AT=LATER, KILL_AT="retention.before_removal")
    published("status", "--night", NIGHT, check=0)
    published("retention", "purge", check=0, CLOCK_AT=LATER)
    assert published.json("retention", "due") == []
    assert differences(published) == []


def erase(agency, number, **more):
    """Erase the person with a document; who it is, is typed."""
    typed = f"\n\n{number}\n\n"
    return agency("subject", "erase", "--reason", "request 14/26", typed=typed, **more).returncode


@cell("an erasure or correction was killed")
def erasure_is_ended(erasure_killed, written):
    agency = erasure_killed
    surname, *_, number = written.fillers[0]
    assert surname in [row["surname"] for row in travellers(agency)]
    agency("status", "--night", NIGHT, check=0)
    assert erase(agency, number) == 0
    assert surname not in [row["surname"] for row in travellers(agency)]
    assert differences(agency) == []


@cell("a purge or another act on rows was killed, then a hold is to be set")
def hold_after_a_killed_act(erasure_killed):
    agency = erasure_killed
    [hit] = agency.json("hits", "--night", NIGHT)
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
def ended(published, written):
    published("retention", "purge", check=0, CLOCK_AT=LATER)
    text = remedy(published("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", CLOCK_AT=LATER))
    [folder] = re.findall(r"(night=\S+)/", text)
    published.send(f"{folder}/again.edi", written.paxlst([written.ylva, *written.fillers], reference="2"))
    do(published, text)
    assert (published.status(NIGHT)[LEG]["travellers"], published.status(NIGHT)[LEG]["hits"]) == (4, 1)
    assert differences(published) == []


@cell("a term ended, then a file came")
def late(published, written):
    published("retention", "purge", check=0, CLOCK_AT=LATER)
    published.send("late.edi", written.paxlst(written.fillers, flight="XQ0402", reference="2"))
    published.run(NIGHT, CLOCK_AT=LATER)
    assert published.status(NIGHT)[LEG]["hits"] == 1
    assert published.status(NIGHT)["XQ402-20261123-ARN-VIE"]["travellers"] == 3


RERUN = ("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox")


def copy_back(agency, text):
    """Copy the key from the agency's safe, as the remedy says; give its path."""
    [name, folder] = re.search(r"copy the file (\S+) from the agency's safe copy to (\S+)/", text).groups()
    return Path(shutil.copy(agency.folder / "safe", agency.folder / folder / name))


@cell("the key in use is another")
def rotated(keyed):
    of_night = (keyed.folder / "keys" / "current").read_text().strip()
    keyed("keys", "new", "--folder", "keys", check=0)
    (keyed.folder / "keys" / of_night).rename(keyed.folder / "safe")
    path = copy_back(keyed, remedy(keyed(*RERUN, **keyed.keys)))
    assert path.name == of_night
    do(keyed, f"`chmod 600 {path}`")
    keyed(*RERUN, check=0, **keyed.keys)


@cell("a linked key is gone")
def linked_key_gone(keyed):
    (keyed.folder / "keys" / keyed.first).rename(keyed.folder / "safe")
    path = copy_back(keyed, remedy(keyed(*RERUN, **keyed.keys)))
    assert path.name == keyed.first
    keyed(*RERUN, check=0, **keyed.keys)
    path.unlink()
    do(keyed, remedy(keyed(*RERUN, **keyed.keys)), only="screening")
    keyed(*RERUN, check=0, **keyed.keys)
    assert differences(keyed) == []


@cell("the profile does not hold")
def profile_wrong(published, as_straight):
    agency = published
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
def profile_changed(killed, as_straight):
    profile = killed.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\n")
    killed.run(NIGHT)
    as_straight()


@cell("other code had begun the run")
def other_code(killed, as_straight):
    path = killed.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    path.write_text(re.sub(r'"code": "[^"]*"', '"code": "0.0.1+older"', path.read_text()))
    killed.run(NIGHT)
    assert json.loads(path.read_text())["machine"] == machine()
    as_straight()


@cell("the frozen set of a run that was not published is damaged")
def frozen_damaged(killed, as_straight):
    path = killed.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    path.write_bytes(path.read_bytes()[:100])
    do(killed, remedy(killed.run(NIGHT, check=3)))
    as_straight()


@cell("the names of such a run's inputs are damaged")
def names_damaged(killed, as_straight):
    path = killed.store / "landing" / "named" / f"{NIGHT}-0001.json"
    path.write_text(path.read_text().replace("b.edi", "c.edi"))
    do(killed, remedy(killed.run(NIGHT, check=3)))
    as_straight()


@cell("the profile that a night was frozen with is of another version")
def profile_of_another_version(published, written):
    path = published.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    own = path.read_text()
    plain = json.loads(own)
    plain["pins"]["profile"]["screening"]["of_another_version"] = 1
    plain["machine"]["code"] = "0.0.1+older"
    path.write_text(json.dumps(plain))
    for shown in ("status", "nights", "hits", "report"):
        assert published(shown).returncode in {0, 1}
    done = published("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=3)
    assert done.stderr.startswith(
        f"the profile of night {NIGHT} is of another version: screening.of_another_v"
    )
    assert "use the version that froze it, 0.0.1+older" in remedy(done)
    assert not (path.parents[1] / "0002").exists()
    published.send("c.edi", written.paxlst(written.fillers, flight="XQ0402", day="261124", reference="2"))
    published.run("2026-11-24")
    path.write_text(own)  # that version
    assert differences(published) == []


@cell("an older release wrote the store")
def older_release(published):
    (published.store / "FORMAT.json").unlink()
    refused = published("status", check=3).stderr
    assert "the store has format 1" in refused
    [migrate, _] = re.findall(r"`screening ([^`]+)`", refused)
    published(*shlex.split(migrate), check=0)
    published("status", check=0)


@cell("a newer release wrote the store")
def newer_release(published):
    backup = shutil.copytree(published.store, published.folder / "backup", symlinks=True)
    (published.store / "FORMAT.json").write_text('{"format": 99, "written_by": "9.1.0"}')
    refused = published("run", "--night", NIGHT, "--inbox", "inbox", check=3).stderr
    assert "install release 9.1.0 or a later one again, or restore the backup" in refused
    shutil.rmtree(published.store)
    backup.rename(published.store)
    published("status", check=0)


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
    remedy(agency.run(NIGHT, check=3, FILE_LIMIT="6000"))
    agency.run(NIGHT)
    as_straight()


@cell("published tables are cut")
def tables_cut(published, as_straight):
    files = json.loads((published.store / "nights" / NIGHT / "CURRENT.json").read_text())["files"]
    cut = [file["path"] for file in files if file["table"] != "inputs"]
    for path in cut:
        (published.store / path).unlink()
        (published.store / path).write_bytes(b"PAR1 cut")
    found = differences(published)
    assert len(found) == len(cut)
    [command] = {command for text in found for command in re.findall(r"`screening ([^`]+)`", text)}
    assert command in remedy(published("hits", "--night", NIGHT))
    told = published(*shlex.split(command), "--inbox", "inbox", check=0).stdout
    assert [line.partition("anew: ")[2] for line in told.splitlines() if line.startswith("Damaged")] == cut
    as_straight()


@cell("the published table `inputs` is cut")
def inputs_cut(published, as_straight):
    [path] = (published.store / "landing" / "revisions").rglob("inputs.parquet")
    held = path.read_bytes()
    path.unlink()
    path.write_bytes(b"PAR1 cut")
    assert remedy(published("run", "--night", NIGHT, "--again", "--inbox", "inbox")).strip() == (
        "restore it from the backup"
    )
    path.write_bytes(held)
    as_straight()


@cell("the index of the lists is damaged or gone")
def index_damaged(published, as_straight):
    [path] = (published.store / "alerts" / "_index").glob("*.index")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert published("run", "--night", NIGHT, "--again", "--inbox", "inbox").returncode in {0, 1}
    assert path.read_bytes() == whole
    as_straight()


@cell("CURRENT.json is damaged or gone")
def current_damaged(published, as_straight):
    for harm in (lambda path: path.write_bytes(b"{"), Path.unlink):
        harm(published.store / "nights" / NIGHT / "CURRENT.json")
        [text] = differences(published)
        do(published, text)
        as_straight()


@cell("a folder of the store is open to others")
def open_modes(published, as_straight):
    (published.store / "analyst").chmod(0o777)
    do(
        published,
        "`" + re.search(r"chmod [^\n`]+", remedy(published("hits", "--night", NIGHT)))[0].strip() + "`",
    )
    published("hits", "--night", NIGHT, check=0)
    as_straight()


@cell("the disk was replaced, the record of acts was kept")
def disk_replaced(published, promised):
    [hit] = published.json("hits", "--night", NIGHT)
    words = ("decide", hit["hit_id"], "--decision", "inconclusive", "--reason", "seen", "--as", "anna")
    published(*words, check=0)
    kept = published.folder / "audit"
    (published.store / "audit").rename(kept)
    shutil.rmtree(published.store)
    published.store.mkdir(mode=0o700)
    kept.rename(published.store / "audit")
    found = differences(published)
    assert len(found) == 3  # the night, the decision, the list
    do(published, next(text for text in found if text.startswith("night")))
    [gone] = differences(published)
    assert "decide again" in gone
    published(*words, check=0)
    assert differences(published) == []
    assert promised(published.store) == promised(published.straight)


@cell("the store comes from the backup of an earlier day")
def from_backup(published, written, promised):
    backup = published.folder / "backup"
    shutil.copytree(published.store, backup, symlinks=True)
    published.send("late.edi", written.paxlst(written.fillers, flight="XQ0402", reference="2"))
    published.run(NIGHT)
    wanted = promised(published.store)
    shutil.rmtree(published.store)
    backup.rename(published.store)
    published.run(NIGHT)
    assert promised(published.store) == wanted
    assert differences(published) == []


@cell("the record of acts is empty")
def record_empty(published, as_straight):
    shutil.move(published.store / "audit", published.folder / "audit")
    [text] = differences(published)
    assert "restore the folder" in text
    shutil.rmtree(published.store / "audit", ignore_errors=True)
    shutil.move(published.folder / "audit", published.store / "audit")
    as_straight()


@cell("another run holds the night")
def held(published, as_straight):
    from datetime import date

    from screening.store.locks import exclusive
    from screening.store.zones import Store

    store = Store(published.store)
    with exclusive(store.night_folder(date.fromisoformat(NIGHT)) / ".run", what="the night", wait=False):
        done = published.run(NIGHT, check=3)
        assert NIGHT in done.stderr
        assert "wait until it ends" in remedy(done)
    published.run(NIGHT)
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
