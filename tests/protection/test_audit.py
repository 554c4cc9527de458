"""Whatever was changed, cut, moved or torn is found, at its place; a kill leaves a record that goes on."""

import hashlib
import json
import resource
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.protection.audit import append, head, mend, verify
from screening.protection.audit_records import Head
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
        "purpose": "review",
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


def followed(line, **changes):
    """A record with other values and a hash that fits them."""
    record_ = {key: value for key, value in json.loads(line).items() if key != "hash"} | changes
    spelt = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    body = json.dumps(record_, **spelt).encode()
    return json.dumps(record_ | {"hash": hashlib.sha256(body).hexdigest()}, **spelt).encode() + b"\n"


def edited(lines, name):
    acts = {
        "taken out": lambda: lines[:1] + lines[2:],
        "moved": lambda: [lines[1], lines[0], lines[2]],
        "doubled": lambda: [lines[0], lines[0], *lines[1:]],
        "end cut off": lambda: lines[:2],
        "all gone": lambda: [],
        "empty line": lambda: [lines[0], b"\n", *lines[1:]],
        "blank added": lambda: [lines[0], lines[1].replace(b'":"', b'": "', 1), lines[2]],
        "other content": lambda: [lines[0], lines[1].replace(b"analyst7", b"analyst8"), lines[2]],
        "a key less": lambda: [lines[0], lines[1].replace(b'"act":"hit.decide",', b""), lines[2]],
        "a list": lambda: [lines[0], b"[]\n", lines[2]],
        "no end": lambda: [*lines[:2], lines[2].rstrip()],
        "another chain": lambda: [*lines[:2], followed(lines[2], previous="a" * 64)],
    }
    return acts[name]()


@pytest.mark.parametrize(
    ("name", "broken", "where", "reason"),
    [
        ("taken out", 2, f"{YEAR_FILE}, line 2", "record 2 is missing or out of place"),
        ("moved", 1, f"{YEAR_FILE}, line 1", "record 1 is missing or out of place"),
        ("doubled", 2, f"{YEAR_FILE}, line 2", "record 2 is missing or out of place"),
        ("end cut off", 3, "head.json", "records up to 3 are known from head.json, but are gone"),
        ("all gone", 1, "head.json", "records up to 3 are known from head.json, but are gone"),
        ("empty line", 2, f"{YEAR_FILE}, line 2", "the line is not JSON"),
        ("blank added", 2, f"{YEAR_FILE}, line 2", "the line is spelt otherwise than it was written"),
        ("other content", 2, f"{YEAR_FILE}, line 2", "its hash does not fit its content"),
        ("a key less", 2, f"{YEAR_FILE}, line 2", "the line is no record"),
        ("a list", 2, f"{YEAR_FILE}, line 2", "the line is no record"),
        ("no end", 3, f"{YEAR_FILE}, line 3", "the line has no end"),
        ("another chain", 3, f"{YEAR_FILE}, line 3", "it does not follow the record before"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 14 else "",
)
def test_lines_taken_out_put_in_or_moved_are_found_at_their_place(store, folder, name, broken, where, reason):
    record(store, 3)
    lines = (folder / YEAR_FILE).read_bytes().splitlines(keepends=True)
    (folder / YEAR_FILE).write_bytes(b"".join(edited(lines, name)))
    state = verify(store)
    good = [line for line in lines if json.loads(line)["seq"] < broken]
    last = json.loads(good[-1]) if good else None
    assert (state.holds, state.broken, state.records, state.repairs) == (False, broken, broken - 1, 0)
    assert (state.where, state.reason) == (where, reason)
    assert state.head == (Head(last["seq"], last["hash"]) if last else None)


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
    state = verify(store)
    assert (state.broken, state.where, state.reason) == (4, "head.json", "head.json is gone")
    assert (state.records, state.head.seq, state.repairs) == (3, 3, 0)


def test_the_first_record_may_stand_without_a_head_as_it_is_written_before_it(store, folder):
    record(store, 1)
    (folder / "head.json").unlink()
    state = verify(store)
    assert (state.holds, state.records, state.repairs) == (True, 1, 0)
    record(store, 1)
    assert verify(store).holds


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"{}", id="without its keys"),
        pytest.param(b'{"seq": 3}', id="a key less"),
        pytest.param(b'{"seq": "3", "hash": "a"}', id="sequence as text"),
        pytest.param(b'{"seq": 3, "hash": "a", "at": "x"}', id="a key more"),
        pytest.param(b"[3]", id="a list"),
        pytest.param(b"{", id="no JSON"),
    ],
)
def test_a_damaged_head_is_found_and_nothing_is_written_behind_it(store, folder, damage):
    record(store, 3)
    (folder / "head.json").write_bytes(damage)
    state = verify(store)
    assert (state.broken, state.where, state.reason) == (4, "head.json", "head.json is damaged")
    assert (state.records, state.head.seq, state.repairs) == (3, 3, 0)
    with pytest.raises(StoreError, match="damaged") as caught:
        head(store)
    assert "head kept outside" in caught.value.remedy
    assert caught.value.where == str(folder / "head.json")
    with pytest.raises(StoreError):
        record(store, 1)


def test_a_store_without_acts_has_no_head(store):
    assert head(store) is None
    state = verify(store, anchor=Head(4, "a" * 64))
    assert (state.broken, state.where, state.records) == (1, "no audit folder", 0)


def test_another_head_of_the_same_place_is_found(store):
    record(store, 3)
    state = verify(store, anchor=Head(2, "a" * 64))
    assert (state.broken, state.where) == (2, "the head kept outside")
    assert state.reason == "record 2 is another one than the head kept outside says"
    assert (state.records, state.head) == (3, head(store))


def test_of_two_heads_that_do_not_fit_the_stores_own_is_told(store, folder):
    record(store, 3)
    (folder / "head.json").write_text(json.dumps({"seq": 3, "hash": "a" * 64}))
    state = verify(store, anchor=Head(2, "b" * 64))
    assert (state.broken, state.where) == (3, "head.json")


def test_a_head_ahead_of_the_chain_stops_writing_and_one_record_behind_does_not(store, folder):
    record(store, 2)
    before = (folder / "head.json").read_bytes()
    record(store, 1)
    now = (folder / "head.json").read_bytes()
    (folder / "head.json").write_bytes(before)
    record(store, 1)
    assert (verify(store).holds, verify(store).records) == (True, 4)
    (folder / "head.json").write_bytes(now.replace(b'"seq": 3', b'"seq": 5').replace(b'"seq":3', b'"seq":5'))
    with pytest.raises(StoreError, match=r"ends with record 4, head\.json says 5") as caught:
        record(store, 1)
    assert caught.value.where == str(folder / YEAR_FILE)


def test_other_files_in_the_folder_are_no_part_of_the_chain(store, folder):
    record(store, 1)
    (folder / "audit-old.jsonl").write_bytes(b"notes\n")
    record(store, 1)
    assert (verify(store).holds, verify(store).records) == (True, 2)


def test_a_time_in_another_zone_is_written_in_utc_and_its_year_is_that_of_utc(store, folder):
    append(store, "a", "act", [], None, datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))))
    assert json.loads((folder / YEAR_FILE).read_bytes())["at"] == "2026-12-31T23:30:00.000000Z"


def test_without_a_time_the_record_has_that_of_the_clock(store, folder):
    before = datetime.now(UTC)
    append(store, "a", "act", [])
    path = next(folder.glob("audit-*.jsonl"))
    assert before <= datetime.fromisoformat(json.loads(path.read_bytes())["at"]) <= datetime.now(UTC)


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
    assert (note["actor"], note["act"], note["reason"]) == ("officer1", "audit.mend", "disk replaced")
    assert note["at"] == "2026-11-23T01:00:00.000000Z"
    assert b"analyst8" in (folder / note["objects"][0]).read_bytes()
    assert not verify(store, anchor=before).holds
    assert mend(store, "officer1", "again", AT) is None
    assert verify(store).records == 2
    record(store, 1)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"seq":3', b'"seq":4'))
    assert (verify(store).broken, verify(store).repairs) == (3, 1)
    path.write_bytes(whole)
    (folder / "head.json").write_bytes(b"{}")
    assert (verify(store).where, verify(store).repairs) == ("head.json", 1)
    (folder / "head.json").unlink()
    assert (verify(store).where, verify(store).repairs) == ("head.json", 1)


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


@pytest.mark.parametrize("before", [0, 2])
def test_a_kill_after_a_kill_at_the_head_leaves_a_chain_that_goes_on(store, before):
    record(store, before)
    for point in ("audit.before_head", "audit.before_head:2", "audit.before_head"):
        assert dies_at(point, lambda: record(store, 1)) == -signal.SIGKILL
    record(store, 1)
    state = verify(store)
    assert (state.holds, state.records, state.repairs) == (True, before + 3, 0)


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
