"""The way back from quarantine: mended bytes are screened, nobody is counted twice, acts are kept."""

import io
import json
import re
import shlex
import signal
import zipfile

import pyarrow.parquet as pq
import pytest

from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG, OTHER, PACKED, BESIDE = (f"XQ40{number}-20261123-ARN-VIE" for number in (1, 2, 3, 4))


def rows(agency, zone, table, leg):
    path = agency.store / zone / "current" / f"night={NIGHT}" / f"{table}.parquet"
    return [row for row in pq.read_table(path).to_pylist() if row["flight_id"] == leg]


def entries(agency, *options):
    return agency.json("quarantine", "list", *options)


def revision(agency):
    return json.loads((agency.store / "nights" / NIGHT / "CURRENT.json").read_text())["revision"]


def audit(agency):
    return "".join(path.read_text() for path in sorted((agency.store / "audit").glob("audit-*.jsonl")))


def replay(agency, entry_id, file, check=0, **environment):
    return agency(
        "quarantine", "replay", entry_id, "--file", str(file), "--as", "anna", check=check, **environment
    )


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.fixture(scope="module")
def cut_once(tmp_path_factory, screening, written):
    agency = Agency(tmp_path_factory.mktemp("cut_off") / "agency", screening)
    whole = written.paxlst([*written.fillers, written.ylva])
    agency.send("cut.edi", whole[: whole.index("QVARNSTEDT") + 14])
    agency.send("other.edi", written.paxlst(written.fillers, flight="XQ0402"))
    agency.run(NIGHT, check=1)
    (agency.folder / "mended.edi").write_text(whole)
    return agency


@pytest.fixture
def cut_off(cut_once, tmp_path):
    """A night whose manifest was cut in the sought traveller; gives the agency, his entry, the mended file."""
    agency = cut_once.copy(tmp_path / "agency")
    [entry] = entries(agency)
    return agency, entry, agency.folder / "mended.edi"


def entry_of(agency, name):
    return next(row for row in entries(agency) if row["input"] == name)


def test_a_mended_cut_off_manifest_brings_the_missing_traveller_and_counts_nobody_twice(cut_off):
    agency, entry, mended = cut_off
    assert (entry["unit"], entry["flight_id"], entry["state"], entry["input"]) == (
        "traveller",
        [LEG],
        "open",
        "cut.edi",
    )
    before = {table: rows(agency, zone, table, OTHER) for zone, table in _TABLES}
    mended = mended.rename(mended.with_name("QVARNSTEDT.edi"))
    replay(agency, entry["id"], mended)
    status = agency.status(NIGHT)
    assert (status[LEG]["travellers"], status[LEG]["hits"]) == (4, 1)
    assert len({row["traveller_id"] for row in rows(agency, "individual", "travellers", LEG)}) == 4
    assert {table: rows(agency, zone, table, OTHER) for zone, table in _TABLES} == before
    [after] = entries(agency)
    assert (after["state"], after["actor"]) == ("replayed", "anna")
    agency("status", "--night", NIGHT, check=0)
    assert not list((agency.store / "landing" / "incoming").glob("*"))
    agency("audit", "verify", check=0)
    assert "quarantine.replay" in audit(agency)
    assert "QVARNSTEDT" not in audit(agency)

    acts, now, record = _acts(agency), revision(agency), audit(agency)
    done = replay(agency, entry["id"], mended)  # the same bytes once more
    assert "were replayed before" in done.stdout
    assert (_acts(agency), revision(agency), audit(agency)) == (acts, now, record)


def test_a_resend_of_equal_time_adds_whom_the_first_lost_whatever_their_order(by_hand, written, tmp_path):
    whole = written.paxlst([written.ylva, *written.fillers])
    whole = re.sub(r"CNT\+42:4'\r\n", "", whole)
    whole = re.sub(r"UNT\+(\d+)", lambda found: f"UNT+{int(found[1]) - 1}", whole)  # nothing states a number
    nameless = whole.replace("NAD+FL+++QVARNSTEDT:YLVALINN:TORBJORG'", "NAD+FL'").replace(
        "DOC+P+ZZ9081726'", "DOC+P'"
    )
    by_hand.send("nameless.edi", nameless)
    by_hand.run(NIGHT, check=1)
    [entry] = [row for row in entries(by_hand) if row["unit"] == "traveller"]
    for place, ending in enumerate(
        ("", "\r\n")
    ):  # another ending gives another hash, which decides the order
        agency = by_hand.copy(tmp_path / f"{place}")
        mended = agency.folder / "mended.edi"
        mended.write_bytes((whole + ending).encode())
        replay(agency, entry["id"], mended)
        row = agency.status(NIGHT)[LEG]
        assert (row["travellers"], row["hits"]) == (4, 1), place


def test_a_replay_that_was_killed_is_pending_and_taken_up_by_its_command_and_by_any_run(cut_off, tmp_path):
    agency, entry, mended = cut_off
    # the second record of the command is the re-run's: the act before it is written
    killed = replay(agency, entry["id"], mended, check=None, KILL_AT="audit.half_line:2")
    assert killed.returncode == -signal.SIGKILL
    assert [row["state"] for row in entries(agency)] == ["pending"]
    agency("status", "--night", NIGHT, check=1)
    other = agency.copy(tmp_path / "other")
    replay(agency, entry["id"], mended)
    assert len(_acts(agency)) == 1
    other("rerun", "--night", NIGHT, "--flight", OTHER, check=0)
    for one in (agency, other):
        assert [row["state"] for row in entries(one)] == ["replayed"]
        row = one.status(NIGHT)[LEG]
        assert (row["travellers"], row["hits"]) == (4, 1)


def test_mended_bytes_that_still_hold_errors_are_set_aside_anew(cut_off):
    agency, entry, mended = cut_off
    text = mended.read_text()
    mended.write_text(text[: text.index("YLVALINN") + 3])
    done = replay(agency, entry["id"], mended, check=1)
    assert "Set aside anew" in done.stdout
    states = {row["input"]: row["state"] for row in entries(agency)}
    assert states.pop("cut.edi") == "replayed"
    [(name, state)] = states.items()
    assert name.startswith("replay/")
    assert state == "open"
    assert agency.status(NIGHT)[LEG]["travellers"] == 3


def test_each_kind_of_file_that_was_set_aside_is_settled_in_its_own_way(by_hand, written):
    typed = written.paxlst([written.ylva], flight="XQ0402")
    member = written.paxlst([written.ylva], flight="XQ0403", reference="3")
    beside = written.paxlst(written.fillers, flight="XQ0404", reference="4")
    by_hand.send("good.edi", written.paxlst(written.fillers))
    by_hand.send("bad.edi", typed.replace("PAXLST", "INVOIC"))
    by_hand.send("b.zip", zipped({"x.edi": member.replace("PAXLST", "INVOIC"), "y.edi": beside}))
    by_hand.send("notes.txt", "shift notes: nothing to report\n")
    by_hand.send("empty.edi", b"")
    by_hand.send("photo.pdf", b"%PDF-1.7\x00\xff\xfe")
    by_hand.send("list.csv", b"surname;given;born\nDOE;JANE;1980\nROE;RICHARD;1981\n")
    by_hand.run(NIGHT, check=1)
    published = by_hand.status(NIGHT)

    # what holds nobody is released by the command that is printed
    for number, name in enumerate(("notes.txt", "empty.edi"), start=1):
        row, entry = published[f"input:{name}"], entry_of(by_hand, name)
        assert row["quarantined"] == 0, name
        by_hand(*shlex.split(row["mend"])[1:], check=0)
        again = by_hand("quarantine", "release", entry["id"], "--reason", "test file", check=0)
        assert "released before, by tester" in again.stdout
        assert len(_acts(by_hand)) == number
    after = by_hand.status(NIGHT)
    assert {name: row | {"reason": "", "mend": None} for name, row in published.items()} == {
        name: row | {"reason": "", "mend": None} for name, row in after.items()
    }
    assert {name for name, row in published.items() if row["mend"] and not after[name]["mend"]} == {
        "input:notes.txt",
        "input:empty.edi",
    }

    # what may hold somebody is not released by one person alone; its printed command takes the whole message
    printed = {}
    for name in ("photo.pdf", "list.csv"):
        row, entry = published[f"input:{name}"], entry_of(by_hand, name)["id"]
        assert row["quarantined"] is None, name
        by_hand("quarantine", "release", entry, "--reason", "not ours", check=2)
        printed[name] = row["mend"].replace(entry, "ENTRY")
    assert printed["photo.pdf"] == printed["list.csv"]
    whole = by_hand.folder / "whole.edi"
    whole.write_text(written.paxlst([written.ylva], flight="XQ0405", reference="5"))
    words = shlex.split(published["input:list.csv"]["mend"])[1:]
    by_hand(*[str(whole) if word == "FILE" else word for word in words], check=1)
    assert by_hand.status(NIGHT)["XQ405-20261123-ARN-VIE"]["hits"] == 1
    words = ("--reason", "not ours", "--second", "ben")
    by_hand("quarantine", "release", entry_of(by_hand, "photo.pdf")["id"], *words, check=0)

    # a message that names another type, also as the member of a zip, is mended by what holds it as it should be
    before = {table: rows(by_hand, zone, table, LEG) for zone, table in _TABLES}
    (by_hand.folder / "mended.edi").write_text(typed)
    (by_hand.folder / "mended.zip").write_bytes(zipped({"x.edi": member}))
    for name, mended, leg in _MENDED:
        waits = name == "bad.edi"  # the member after it
        replay(by_hand, entry_of(by_hand, name)["id"], by_hand.folder / mended, check=int(waits))
        row = by_hand.status(NIGHT)[leg]
        assert (row["travellers"], row["hits"]) == (1, 1), name
        assert {table: rows(by_hand, zone, table, LEG) for zone, table in _TABLES} == before, name
    by_hand("rerun", "--night", NIGHT, "--flight", BESIDE, "--flight", PACKED, check=0)
    status = by_hand.status(NIGHT)
    assert [status[leg]["travellers"] for leg in (LEG, OTHER, PACKED, BESIDE)] == [3, 1, 1, 3]

    by_hand("status", "--night", NIGHT, check=0)
    assert {row["input"]: row["state"] for row in entries(by_hand)} == {
        "notes.txt": "released",
        "empty.edi": "released",
        "photo.pdf": "released",
        "bad.edi": "replayed",
        "b.zip!x.edi": "replayed",
        "list.csv": "replayed",
    }
    report = by_hand.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html"
    assert "nothing that was set aside waits for a person" in report.read_text()
    assert "6 quarantine entries are replayed or released" in by_hand.run(NIGHT, check=0).stdout


def test_a_release_that_leaves_somebody_unscreened_says_how_many_and_needs_a_second_person(cut_off):
    agency, entry, _ = cut_off
    release = ("quarantine", "release", entry["id"], "--reason", "flew and was seen", "--as", "anna")
    assert entry["people"] == 1
    for second in ((), ("--second", " "), ("--second", "ANNA"), ("--second", "\uff41nna ")):
        done = agency(*release, *second, check=2)
        assert "second person" in done.stderr
    assert "1 traveller not screened" in agency(*release, check=2).stderr
    assert not _acts(agency)
    done = agency(*release, "--second", "ben", check=0)
    assert "is released. Inside: 1 traveller not screened." in done.stdout
    assert '"second:ben"' in audit(agency)
    agency("status", "--night", NIGHT, check=0)
    agency("status", check=0)


def test_a_large_file_is_given_in_parts_and_waits_until_everybody_came(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[intake]\nmax_file_bytes = 1200\n")
    by_hand.send("large.edi", written.paxlst([*written.fillers, *written.fillers, written.ylva]))
    by_hand.run(NIGHT, check=1)
    for part, people in enumerate(([*written.fillers, *written.fillers], [written.ylva])):
        row = by_hand.status(NIGHT)["input:large.edi"]
        assert row["quarantined"] == (7, 1)[part]
        path = by_hand.folder / f"{part}.edi"
        path.write_text(written.paxlst(people, sent=f"261122:180{part}"))
        words = [str(path) if word == "FILE" else word for word in shlex.split(row["mend"])[1:]]
        by_hand(*words, check=1 - part)
    assert "in order" in by_hand("nights").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "ffffffff"], "there is no such quarantine entry"),
        (["show", "notes.txt"], "there is no such quarantine entry"),
        (["replay", "{id}", "--file", "absent.edi"], "the mended file cannot be read"),
        (["replay", "{id}", "--file", "inbox/other.edi"], "these bytes were received before"),
        (["release", "{id}", "--reason", " "], "--reason is empty"),
    ],
    ids=["unknown", "no_id", "no_file", "received", "no_reason"],
)
def test_wrong_use_is_told_in_four_parts_and_records_nothing(cut_off, arguments, said):
    agency, entry, _ = cut_off
    before = audit(agency)
    done = agency("quarantine", *(text.format(id=entry["id"]) for text in arguments), check=2)
    assert said in done.stderr
    assert all(f"{part}:" in done.stderr for part in ("where", "effect", "remedy"))
    assert audit(agency) == before
    assert not _acts(agency)


def test_the_entrys_own_bytes_are_not_read_again_by_the_same_code(by_hand):
    # a night of its own, not the copied one: while sources are edited, an older night was made by other code
    by_hand.send("notes.txt", "shift notes: nothing to report\n")
    by_hand.run(NIGHT, check=1)
    [entry] = entries(by_hand)
    done = by_hand("quarantine", "replay", entry["id"], check=2)
    assert "this same code set them aside" in done.stderr
    assert not _acts(by_hand)


def test_the_entrys_own_bytes_are_read_again_by_other_code(cut_off):
    agency, entry, _ = cut_off
    for path in (agency.store / "nights" / NIGHT / "runs").glob("*/night.json"):
        frozen = json.loads(path.read_text())
        frozen["machine"]["code"] = "0.0.0+0000000000000000"
        path.write_text(json.dumps(frozen))
    done = agency("quarantine", "replay", entry["id"], check=1)
    assert "is still set aside" in done.stdout
    assert [row["state"] for row in entries(agency)] == ["open"]
    assert agency.status(NIGHT)[LEG]["travellers"] == 3


def test_an_entry_is_shown_masked_and_names_only_with_a_record(cut_off):
    agency, entry, _ = cut_off
    masked = agency("quarantine", "show", entry["id"], "--bytes", check=0).stdout
    assert "NAD FL" in masked
    assert "QVARNSTEDT" not in masked
    assert "show_names" not in audit(agency)
    [shown] = agency.json("quarantine", "show", entry["id"][:8], "--bytes", "--show-names")
    assert "QVARNSTEDT" in shown["bytes"]
    assert {finding["code"] for finding in shown["findings"]} >= set(entry["codes"])
    assert "quarantine.show_names" in audit(agency)


def _acts(agency):
    folder = agency.store / "individual" / "acts" / "quarantine_acts"
    return sorted(path.name for path in folder.glob("*.parquet"))


_MENDED = (("bad.edi", "mended.edi", OTHER), ("b.zip!x.edi", "mended.zip", PACKED))
_TABLES = (
    ("individual", "travellers"),
    ("individual", "flights"),
    ("individual", "outcomes"),
    ("analyst", "hits"),
)
