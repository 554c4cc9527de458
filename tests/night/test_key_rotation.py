"""What people decided survives a new key; where it cannot, pairs are raised again and the night says so."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
KEYS = {"SCREENING_KEYS": "keys"}
NIGHTS = ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23")
OTHER_DOCUMENT = "YY1234567"  # not the listed one: a clearance silences no document


@pytest.fixture(scope="module")
def cleared_once(tmp_path_factory):
    return tmp_path_factory.mktemp("cleared") / "agency"


@pytest.fixture
def agency(by_hand, written, cleared_once):
    """A night under a first key, whose hit was cleared; made once for the module."""
    if cleared_once.exists():
        shutil.rmtree(by_hand.folder)
        shutil.copytree(cleared_once, by_hand.folder, symlinks=True)
        return by_hand
    by_hand("keys", "new", "--folder", "keys", "--as", "anna", check=0)
    night(by_hand, written, 0)
    [hit] = hits(by_hand, 0)
    words = ("--as", "anna", "--decision", "false_match", "--reason", "other father")
    by_hand("decide", hit["hit_id"], *words, check=0, **KEYS)
    shutil.copytree(by_hand.folder, cleared_once, symlinks=True)
    return by_hand


@pytest.fixture(scope="module")
def rotated_once(tmp_path_factory):
    return tmp_path_factory.mktemp("rotated") / "agency"


@pytest.fixture
def rotated(agency, written, rotated_once):
    """The same with a second key, linked to the `first`, and a night under it; what that printed is `told`."""
    agency.first = in_use(agency)
    if rotated_once.exists():
        shutil.rmtree(agency.folder)
        shutil.copytree(rotated_once, agency.folder, symlinks=True)
        return agency
    rotate(agency)
    (agency.folder / "told.txt").write_text(night(agency, written, 1).stdout)
    shutil.copytree(agency.folder, rotated_once, symlinks=True)
    return agency


def night(agency, written, number, **more):
    """Run a night in which the cleared person flies again."""
    surname, given, born, sex, state, _ = written.ylva
    text = written.paxlst(
        [(surname, given, born, sex, state, OTHER_DOCUMENT)],
        flight=f"XQ040{number + 1}",
        sent=f"2611{20 + number}:1800",
        reference=str(number + 1),
    )
    agency.send(f"{number}.edi", text)
    return agency("run", "--night", NIGHTS[number], "--inbox", "inbox", **{"check": 0, **KEYS, **more})


def hits(agency, number):
    place = agency.store / "analyst" / "current" / f"night={NIGHTS[number]}" / "hits.parquet"
    return pq.read_table(place).to_pylist()


def in_use(agency):
    return (agency.folder / "keys" / "current").read_text().strip()


def rotate(agency, **more):
    return agency(
        "keys", "rotate", "--reason", "a copy was lost", "--as", "anna", **{"check": 0, **KEYS, **more}
    )


def listed(agency):
    done = agency("keys", "list", "--format", "json", **KEYS)
    return {row["key_id"]: row for row in json.loads(done.stdout)}, done.returncode


def follow(agency, text):
    """Do the first command that a remedy prints."""
    command = re.search(r"`(?:screening )?([^`]+)`", text)[1].replace("WHY", "mended")
    return agency(*shlex.split(command), check=0, **KEYS)


def test_a_clearance_and_the_first_night_outlive_two_rotations(rotated, written):
    agency, first = rotated, rotated.first
    assert hits(agency, 1) == []
    assert "1 pairs stayed silent" in (agency.folder / "told.txt").read_text()
    rotate(agency)
    night(agency, written, 2)
    assert hits(agency, 2) == []
    pins = json.loads((agency.store / "nights" / NIGHTS[2] / "runs" / "0001" / "night.json").read_text())[
        "pins"
    ]
    assert (pins["key_id"], first in pins["linked"], len(pins["linked"])) == (in_use(agency), True, 2)
    place = agency.store / "individual" / "current" / f"night={NIGHTS[2]}" / "travellers.parquet"
    [traveller] = pq.read_table(place)["traveller_id"].to_pylist()
    steps = json.loads(
        agency("why", traveller, "watch:A1", "--format", "json", "--as", "anna", **KEYS).stdout
    )
    assert {row["step"]: row["result"] for row in steps}["clearance"] == "in_force"
    states, code = listed(agency)
    assert (states[first]["state"], states[first]["clearances"], code) == ("linked", 1, 0)
    agency("audit", "verify", check=0)
    lines = "".join(path.read_text() for path in (agency.store / "audit").glob("audit-*.jsonl")).splitlines()
    acts = [json.loads(line)["act"] for line in lines]
    assert (acts.count("keys.new"), acts.count("keys.link")) == (3, 2)


def test_a_person_who_decides_after_a_rotation_is_told_of_the_decision_before_it(agency, written):
    agency("keys", "new", "--folder", "keys", check=0)
    night(agency, written, 1)
    [hit] = hits(agency, 1)
    first, new = hits(agency, 0)[0], in_use(agency)
    assert hit["person_key"] != first["person_key"]
    [old] = {path.name for path in (agency.folder / "keys").glob("key-*")} - {new}
    agency("keys", "link", "--from", old, "--to", new, "--reason", "rotated by hand", check=0, **KEYS)
    words = ("decide", hit["hit_id"], "--as", "berta", "--decision", "true_match", "--reason", "seen")
    refused = agency(*words, check=2, **KEYS)
    assert "anna decided false_match on this traveller and alert" in refused.stderr
    told = json.loads(agency("trace", hit["hit_id"], "--format", "json", **KEYS).stdout)
    assert [row["where"].partition(" by ")[0] for row in told if row["step"] == "decision"] == ["false_match"]
    agency(*words, "--instead-of", re.search(r"--instead-of (\w+)", refused.stderr)[1], check=0, **KEYS)
    night(agency, written, 2)
    [hit] = hits(agency, 2)
    assert (hit["decision"], str(hit["first_night"])) == ("true_match", NIGHTS[0])

    (agency.folder / "keys" / old).unlink()
    assert f"the linked key `{old}` is not there" in agency(*words, check=3, **KEYS).stderr
    told = json.loads(agency("trace", hit["hit_id"], "--format", "json", check=0, **KEYS).stdout)
    assert any(old in row["where"] for row in told if row["what"].startswith("those under another key"))


def test_a_key_that_is_not_linked_is_said_and_the_printed_command_links_it(agency, written):
    first = in_use(agency)
    agency("keys", "new", "--folder", "keys", check=0)
    done = night(agency, written, 1)
    assert len(hits(agency, 1)) == 1
    assert f"1 clearances in force were made with the key {first}" in done.stdout
    states, code = listed(agency)
    assert (states[first]["state"], code) == ("not_linked", 1)
    follow(agency, states[first]["mend"])
    assert listed(agency)[1] == 0
    assert "made with the key" not in night(agency, written, 2).stdout
    assert hits(agency, 2) == []


def test_without_a_usable_linked_key_nights_go_on_and_raise_again(agency, written):
    first = in_use(agency)
    rotate(agency)
    key = agency.folder / "keys" / first
    safe = key.with_name("safe")
    for number, harm, mended, why in (
        (1, lambda: key.rename(safe), lambda: safe.rename(key), "is not there"),
        (2, lambda: key.chmod(0o640), lambda: key.chmod(0o600), "open to others"),
    ):
        harm()
        done = night(agency, written, number)
        assert len(hits(agency, number)) == 1, why
        assert f"made with the key {first}, which this night did not read" in done.stdout
        states, code = listed(agency)
        assert (why in states[first]["file"], states[first]["state"], code) == (True, "linked", 1)
        assert states[first]["mend"]
        mended()
        assert listed(agency)[1] == 0
    night(agency, written, 3)
    assert hits(agency, 3) == []


def test_a_night_that_read_a_key_that_is_lost_is_run_again_when_the_key_is_retired(rotated):
    agency, first = rotated, rotated.first
    again = ("run", "--night", NIGHTS[1], "--inbox", "inbox", "--again")
    before = (agency.store / "nights" / NIGHTS[1] / "CURRENT.json").read_text()
    (agency.folder / "keys" / first).unlink()
    done = agency(*again, check=3, **KEYS)
    assert f"the linked key `{first}` is not there" in done.stderr
    assert f"screening keys retire {first}" in done.stderr
    assert (agency.store / "nights" / NIGHTS[1] / "CURRENT.json").read_text() == before
    said = agency("keys", "retire", first, "--reason", "lost", "--as", "anna", check=0, **KEYS).stdout
    assert "1 clearances in force end with it" in said
    assert "made with the key" not in agency(*again, check=0, **KEYS).stdout
    assert len(hits(agency, 1)) == 1
    states, code = listed(agency)
    assert (states[first]["state"], code) == ("retired", 0)
    agency("audit", "verify", check=0)


def test_a_run_that_was_killed_goes_on_without_a_linked_key_that_is_lost_meanwhile(agency, written):
    first = in_use(agency)
    rotate(agency)
    night(agency, written, 1, check=-9, KILL_AT="landing.after_index")
    (agency.folder / "keys" / first).unlink()
    done = night(agency, written, 1)
    assert len(hits(agency, 1)) == 1
    assert f"made with the key {first}, which this night did not read" in done.stdout


def test_a_rotation_that_is_killed_leaves_a_key_in_use_that_reads_the_one_before(agency):
    """Before each file that it writes (new key, record of acts, the link, the key in use) and after the last."""
    first, whole = in_use(agency), agency.folder.with_name("whole")
    shutil.copytree(agency.folder, whole, symlinks=True)

    def dies(point):
        shutil.rmtree(agency.folder)
        shutil.copytree(whole, agency.folder, symlinks=True)
        ended = rotate(agency, check=None, KILL_AT=point).returncode
        if ended == 0:
            return False
        assert ended == -9, point
        assert in_use(agency) == first or listed(agency)[0][first]["state"] == "linked"
        rotate(agency)
        assert in_use(agency) != first
        assert listed(agency)[0][first]["state"] == "linked"
        done = agency("audit", "verify")
        if done.returncode:  # an act on record of which the kill left no file
            follow(agency, done.stderr + done.stdout)
            agency("audit", "verify", check=0)
        return True

    files = 0
    while dies(f"files.before_rename:{files + 1}"):
        files += 1
    assert files >= 5
    assert dies(f"files.after_rename:{files}")


def test_two_rotations_beside_a_run_lose_nothing(agency, written):
    first = in_use(agency)
    surname, given, born, sex, state, _ = written.ylva
    agency.send(
        "1.edi",
        written.paxlst([(surname, given, born, sex, state, OTHER_DOCUMENT)], flight="XQ0402", reference="2"),
    )
    words = ("keys", "rotate", "--reason", "two at once")
    command = [sys.executable, "-c", "from screening.cli.main import app; app()", *words]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "SCREENING_ACTOR": "tester", **KEYS}
    rotations = [
        subprocess.Popen(command, cwd=agency.folder, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    agency.run(NIGHTS[1], **KEYS)
    for rotation in rotations:
        said = rotation.communicate(timeout=280)[1]
        assert rotation.returncode == 0, said
    assert hits(agency, 1) == []
    states, code = listed(agency)
    assert (len(states), states[first]["state"], code) == (3, "linked", 0)
    assert sum(row["state"] == "linked" for row in states.values()) == 2
    night(agency, written, 2)
    assert hits(agency, 2) == []
    agency("audit", "verify", check=0)


def held(path):
    """Everything that a file of the store says, as text."""
    if path.suffix != ".parquet":
        return path.read_bytes().decode("utf-8", "replace")
    return json.dumps(pq.read_table(path).to_pylist(), default=str)


def test_no_file_tells_who_a_person_was_under_the_key_before(rotated):
    agency = rotated
    old = hits(agency, 0)[0]["person_key"]
    place = agency.store / "individual" / "current" / f"night={NIGHTS[1]}" / "travellers.parquet"
    [new] = pq.read_table(place)["person_key"].to_pylist()
    texts = {path: held(path) for path in agency.store.rglob("*") if path.is_file()}
    of_old, of_new = ({path for path, text in texts.items() if one in text} for one in (old, new))
    assert {path.stem for path in of_old} >= {"hits", "travellers"}
    assert {path.stem for path in of_new} >= {"travellers"}
    assert of_old.isdisjoint(of_new)
    secrets = [path.read_text().strip() for path in (agency.folder / "keys").glob("key-*")]
    assert not any(secret in text for secret in secrets for text in texts.values())
