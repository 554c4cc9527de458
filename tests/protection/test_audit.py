"""Whatever was changed, cut, moved or torn is found, at its place; a kill leaves a record that goes on."""

import json
import resource
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.protection.audit import Head, append, head, mend, verify
from screening.tables.errors import StoreError
from tests.killed import dies_at

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
YEAR_FILE = "audit-2026.jsonl"


def record(store, count, at=AT):
    for number in range(count):
        append(store, "analyst7", "hit.decide", [f"{number:032x}"], "same person – seen", at)


@pytest.fixture
def folder(store):
    return store.root / "audit"


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """A chain of 5 records over two years, made once."""
    from screening.store.zones import Store

    store = Store(tmp_path_factory.mktemp("chain") / "store")
    record(store, 3)
    record(store, 2, datetime(2027, 1, 1, tzinfo=UTC))
    return store


def test_a_record_says_who_did_what_to_which_object_when_and_why(store, folder):
    first = append(store, "analyst7", "hit.decide", ["a" * 32, "own:1"], "ruled out", AT)
    line = (folder / YEAR_FILE).read_bytes()
    assert json.loads(line) == {
        "seq": 1,
        "at": "2026-11-23T01:00:00.000000Z",
        "actor": "analyst7",
        "act": "hit.decide",
        "objects": ["a" * 32, "own:1"],
        "reason": "ruled out",
        "previous": "0" * 64,
        "hash": first.hash,
    }
    assert line.endswith(b"\n")
    assert head(store) == first == Head(1, first.hash)
    assert (folder / YEAR_FILE).stat().st_mode & 0o777 == 0o600


def test_a_chain_that_nobody_touched_holds(store):
    assert verify(store).holds
    record(store, 4)
    state = verify(store)
    assert (state.holds, state.records, state.head, state.repairs) == (True, 4, head(store), 0)
    assert verify(store, anchor=state.head).holds


def test_the_chain_goes_on_in_a_new_year_and_when_the_clock_is_set_back(chain):
    folder = chain.root / "audit"
    assert sorted(path.name for path in folder.glob("*.jsonl")) == [YEAR_FILE, "audit-2027.jsonl"]
    assert (verify(chain).holds, verify(chain).records) == (True, 5)


def test_a_clock_set_back_does_not_write_into_an_older_file(store, folder):
    record(store, 1, datetime(2027, 1, 1, tzinfo=UTC))
    record(store, 1)
    assert [path.name for path in folder.glob("*.jsonl")] == ["audit-2027.jsonl"]
    assert verify(store).holds


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found(store, chain, data):
    folder = store.root / "audit"
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(chain.root / "audit", folder)
    name = data.draw(st.sampled_from([YEAR_FILE, "audit-2027.jsonl", "head.json"]))
    whole = bytearray((folder / name).read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    whole[at] = byte
    (folder / name).write_bytes(whole)
    if name == "head.json" and json_equal(whole, (chain.root / "audit" / name).read_bytes()):
        return  # white space of head.json says nothing
    state = verify(store)
    assert not state.holds
    assert state.broken is not None


def json_equal(one, two):
    try:
        return json.loads(one) == json.loads(two)
    except ValueError:
        return False


def edited(lines, name):
    acts = {
        "taken out": lambda: lines[:1] + lines[2:],
        "moved": lambda: [lines[1], lines[0], lines[2]],
        "doubled": lambda: [lines[0], lines[0], *lines[1:]],
        "end cut off": lambda: lines[:2],
        "all gone": lambda: [],
        "empty line": lambda: [lines[0], b"\n", *lines[1:]],
        "blank added": lambda: [lines[0], lines[1].replace(b'":"', b'": "', 1), lines[2]],
    }
    return acts[name]()


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("taken out", 2),
        ("moved", 1),
        ("doubled", 2),
        ("end cut off", 3),
        ("all gone", 1),
        ("empty line", 2),
        ("blank added", 2),
    ],
)
def test_lines_taken_out_put_in_or_moved_are_found_at_their_place(store, folder, name, broken):
    record(store, 3)
    lines = (folder / YEAR_FILE).read_bytes().splitlines(keepends=True)
    (folder / YEAR_FILE).write_bytes(b"".join(edited(lines, name)))
    state = verify(store)
    assert (state.holds, state.broken) == (False, broken)
    assert state.reason


def test_a_file_that_is_gone_is_found(store, folder):
    record(store, 2)
    record(store, 2, datetime(2027, 1, 1, tzinfo=UTC))
    (folder / YEAR_FILE).unlink()
    assert verify(store).broken == 1
    shutil.rmtree(folder)
    assert not verify(store, anchor=Head(4, "a" * 64)).holds


def test_a_chain_written_anew_is_found_by_a_head_kept_outside(store, folder):
    record(store, 3)
    outside = head(store)
    shutil.rmtree(folder)
    append(store, "intruder", "hit.decide", ["0" * 32], None, AT)
    record(store, 2)
    assert verify(store).holds
    state = verify(store, anchor=outside)
    assert (state.holds, state.broken, state.where) == (False, 3, "the head kept outside")


def test_a_head_that_is_gone_is_found(store, folder):
    record(store, 3)
    (folder / "head.json").unlink()
    assert verify(store).reason == "head.json is gone"


@pytest.mark.parametrize("kept", [1, 40, 200, -1], ids=["one byte", "start", "middle", "all but its end"])
def test_a_torn_line_is_closed_by_a_repair_record_and_its_bytes_are_kept(store, folder, kept):
    record(store, 2)
    before = head(store)
    whole = (folder / YEAR_FILE).read_bytes()
    saved = (folder / "head.json").read_bytes()
    record(store, 1)
    torn = (folder / YEAR_FILE).read_bytes()[len(whole) :][:kept]
    (folder / YEAR_FILE).write_bytes(whole + torn)
    (folder / "head.json").write_bytes(saved)
    assert verify(store).broken == 3
    last = append(store, "analyst7", "hit.decide", ["b" * 32], None, AT)
    state = verify(store, anchor=before)
    assert (state.holds, state.records, state.repairs) == (True, 4, 1)
    assert last.seq == 4
    repair = json.loads((folder / YEAR_FILE).read_bytes().splitlines()[2])
    assert (repair["act"], repair["actor"]) == ("audit.repair", "system")
    assert (folder / repair["objects"][0]).read_bytes() == torn


def test_nothing_is_written_behind_a_complete_line_that_does_not_hold_until_a_person_has_looked(
    store, folder
):
    record(store, 2)
    before = head(store)
    path = folder / YEAR_FILE
    good = path.read_bytes()
    path.write_bytes(good.replace(b"analyst7", b"analyst8"))
    with pytest.raises(StoreError, match="more than the last line"):
        append(store, "analyst7", "hit.decide", [], None, AT)
    first, second = good.splitlines(keepends=True)
    path.write_bytes(first + second.replace(b"analyst7", b"analyst8"))
    with pytest.raises(StoreError, match="broken at its end") as caught:
        append(store, "analyst7", "hit.decide", [], None, AT)
    assert "screening audit mend" in caught.value.remedy
    mend(store, "officer1", "disk replaced", AT)
    state = verify(store)
    assert (state.holds, state.records, state.repairs) == (True, 2, 1)
    note = json.loads(path.read_bytes().splitlines()[1])
    assert note["objects"][1] == f"expected:2:{before.hash}"
    assert b"analyst8" in (folder / note["objects"][0]).read_bytes()
    assert not verify(store, anchor=before).holds
    with pytest.raises(StoreError, match="not damaged"):
        mend(store, "officer1", "again", AT)


def test_a_cut_off_end_is_mended_without_setting_a_good_line_aside(store, folder):
    record(store, 4)
    lines = (folder / YEAR_FILE).read_bytes().splitlines(keepends=True)
    (folder / YEAR_FILE).write_bytes(b"".join(lines[:2]))
    with pytest.raises(StoreError, match=r"ends with record 2, head\.json says 4"):
        append(store, "analyst7", "hit.decide", [], None, AT)
    mend(store, "officer1", "backup restored", AT)
    state = verify(store)
    assert (state.holds, state.records) == (True, 3)
    assert list(folder.glob("aside-*")) == []


def test_long_records_are_found_from_the_end(store):
    record(store, 1)
    append(store, "a", "long.act", ["c" * 64] * 500, None, AT)
    append(store, "a", "long.act", ["d" * 64] * 500, None, AT)
    assert append(store, "a", "short", [], None, AT).seq == 4
    assert verify(store).holds


@pytest.mark.parametrize("act", ["", "Decide", "hit decide", "x\n"], ids=repr)
def test_an_act_is_a_word_and_its_time_knows_its_zone(store, act):
    with pytest.raises(ValueError, match="lower-case word"):
        append(store, "a", act, [])
    with pytest.raises(ValueError, match="knows its zone"):
        append(store, "a", "act", [], at=datetime(2026, 1, 1))


def test_records_of_several_writers_stand_in_one_chain(store):
    threads = [threading.Thread(target=record, args=(store, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = verify(store)
    assert (state.holds, state.records) == (True, 20)


@pytest.mark.parametrize(("point", "lost"), [("audit.half_line", 1), ("audit.before_head", 0)])
def test_a_kill_while_recording_leaves_a_chain_that_goes_on(store, point, lost):
    record(store, 2)
    before = head(store)
    assert dies_at(point, lambda: record(store, 1)) == -signal.SIGKILL
    record(store, 1)
    state = verify(store, anchor=before)
    assert (state.holds, state.records, state.repairs) == (True, 4, lost)


FULL_DISK = """
import resource, sys
from pathlib import Path
from screening.protection.audit import append
from screening.store.zones import Store
from screening.tables.errors import StoreError
size = (Path(sys.argv[1]) / "audit" / "audit-2026.jsonl").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
from datetime import datetime, UTC
try:
    append(Store(Path(sys.argv[1])), "a", "act", ["e" * 64], None, datetime(2026, 11, 24, tzinfo=UTC))
except StoreError as fault:
    print(fault)
    sys.exit(3)
"""


def test_a_full_disk_leaves_no_half_line(store, folder):
    record(store, 3)
    before = (folder / YEAR_FILE).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(store.root)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "not recorded, so it was not done" in done.stdout
    assert (folder / YEAR_FILE).read_bytes() == before
    assert verify(store).holds
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
