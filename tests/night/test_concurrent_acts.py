"""Two processes at once: what is left is what one after the other would leave, and the record of acts holds."""

import json
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import _environment
from tests.warm import Server

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
ROOT = Path(__file__).parents[2]
HEADER = "document_number;issuing_state;status\n"


@pytest.fixture(scope="module")
def run_once(tmp_path_factory):
    return tmp_path_factory.mktemp("concurrent") / "night"


@pytest.fixture
def agency(by_hand, written, run_once):
    """A night with one hit and one entry in quarantine, run once for the module."""
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.send("note.txt", "transfer host restarted\n")
    if run_once.exists():
        shutil.copytree(run_once, by_hand.store, symlinks=True)
    else:
        by_hand.run(NIGHT, check=1)
        shutil.copytree(by_hand.store, run_once, symlinks=True)
    return by_hand


@pytest.fixture(scope="module")
def at_once(screening):
    """Start two command lines together, each forked by a server of its own: exit code, stdout and stderr of each."""
    beside = Server(ROOT)
    beside.run(["--version"], ROOT, _environment(), 60)  # it is ready

    def both(agency, first, second):
        with ThreadPoolExecutor(2) as threads:
            one = threads.submit(screening, agency.folder, *first)
            other = threads.submit(beside.run, list(second), agency.folder, _environment(), 280)
            return [(done.returncode, done.stdout, done.stderr) for done in (one.result(), other.result())]

    yield both
    beside.stop()


def acts(agency):
    """Acts on record; the chain must hold."""
    agency("audit", "verify", check=0)
    lines = (path.read_text() for path in sorted((agency.store / "audit").glob("audit-*.jsonl")))
    return Counter(json.loads(line)["act"] for text in lines for line in text.splitlines())


def test_of_two_contradicting_decisions_the_later_one_has_to_say_so(agency, at_once):
    hit = agency.json("hits", "--night", NIGHT)[0]["hit_id"]
    before = acts(agency)
    words = [
        ("decide", hit, "--decision", decision, "--reason", "seen", "--as", name)
        for name, decision in (("anna", "false_match"), ("berta", "true_match"))
    ]
    first, second = at_once(agency, *words)
    assert sorted([first[0], second[0]]) == [0, 2], first[2] + second[2]
    assert "--instead-of" in first[2] + second[2]
    added = acts(agency) - before
    assert sum(added.values()) == 1
    stands = "false_match" if first[0] == 0 else "true_match"
    assert agency.json("hits", "--night", NIGHT)[0]["decision"] == stands


def test_two_imports_of_one_list_are_two_versions_of_which_one_is_in_use(by_hand, at_once):
    for name, numbers in (("one", range(20)), ("two", range(1, 21))):
        rows = "".join(f"A{number:06};MDA;stolen\n" for number in numbers)
        (by_hand.folder / f"{name}.csv").write_text(HEADER + rows)
    words = [("alerts", "import", "documents", f"{name}.csv", "--list", "papers") for name in ("one", "two")]
    ended = at_once(by_hand, *words)
    assert [code for code, _, _ in ended] == [0, 0], ended
    versions = by_hand.json("alerts", "versions", "--list", "papers")
    assert sorted(row["alerts"] for row in versions) == [20, 20]
    assert [row["active"] for row in versions] == [False, True]
    assert [row["sequence"] for row in versions] == [1, 2]
    acts(by_hand)


def test_two_imports_of_the_same_file_are_one_version(by_hand, at_once):
    (by_hand.folder / "one.csv").write_text(HEADER + "A000001;MDA;stolen\n")
    ended = at_once(by_hand, *[("alerts", "import", "documents", "one.csv", "--list", "papers")] * 2)
    assert [code for code, _, _ in ended] == [0, 0], ended
    assert [row["active"] for row in by_hand.json("alerts", "versions", "--list", "papers")] == [True]
    acts(by_hand)


def test_of_release_and_replay_of_one_entry_the_first_stands(agency, written, at_once):
    [entry] = agency.json("quarantine", "list")
    (agency.folder / "mended.edi").write_text(written.paxlst(written.fillers, flight="XQ0402"))
    released, replayed = at_once(
        agency,
        ("quarantine", "release", entry["id"], "--reason", "a note", "--as", "anna"),
        ("quarantine", "replay", entry["id"], "--file", "mended.edi", "--as", "berta", "--reason", "sent"),
    )
    [after] = agency.json("quarantine", "list")
    flights = agency.status(NIGHT)
    assert after["state"] in {"released", "replayed"}
    assert (released[0], replayed[0]) != (2, 2)
    assert ("XQ402-20261123-ARN-VIE" in flights) is (replayed[0] in {0, 1})
    assert after["state"] == "replayed" or released[0] == 0
    acts(agency)


def test_two_runs_of_one_night_publish_it_once(agency, promised, at_once):
    alone = promised(agency.store)
    shutil.rmtree(agency.store)
    ended = at_once(agency, *[("run", "--night", NIGHT, "--inbox", "inbox")] * 2)
    assert 1 in {code for code, _, _ in ended}  # the night holds a note: who published it exits 1
    for code, _, err in ended:
        assert code == 1 or (code == 3 and "is held by" in err), err
    assert promised(agency.store) == alone
    acts(agency)


def test_a_purge_beside_a_run_takes_nothing_of_it(agency, written, at_once):
    agency.send("b.edi", written.paxlst(written.fillers, day="261124", sent="261123:1800", reference="2"))
    run, purge = at_once(
        agency,
        ("run", "--night", "2026-11-24", "--inbox", "inbox"),
        ("retention", "purge", "--as", "anna"),
    )
    assert run[0] in {0, 1}, run[2]
    assert purge[0] == 0 or (purge[0] == 3 and "is held by" in purge[2]), purge[2]
    assert [row["travellers"] for row in agency.json("status", "--night", "2026-11-24")] == [3]
    acts(agency)
