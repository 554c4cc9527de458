"""Never stuck: whatever became of the store, the next command goes on, or names the one that does."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pyarrow.parquet as pq
import pytest

from screening.store.locks import exclusive, purging, undisturbed
from screening.store.zones import Store

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"
OTHER = "XQ402-20261123-ARN-VIE"
LATER = "2030-01-01T12:00:00+00:00"  # after every short term, and before the long ones of this profile
TERMS = "\n[retention]\napi = 48\nsettled = 48\nunread = 48\npnr = 87600\nhit = 87600\n"


@pytest.fixture
def agency(by_hand):
    """An agency whose API ends after two days and whose bookings and hits stay for years."""
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + TERMS)
    return by_hand


def purge(agency):
    return agency("retention", "purge", "--as", "anna", check=0, CLOCK_AT=LATER)


KILLED = [
    "landing.before_index",
    "revisions.before_current",
]


@pytest.mark.parametrize("point", KILLED)
def test_a_run_killed_and_purged_takes_its_files_anew(agency, written, promised, point):
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.send("b.edi", written.pnrgov({"ABC123": written.fillers}))
    agency.run(NIGHT)
    straight = promised(agency.store)
    agency.store.rename(agency.folder / "straight")
    agency.run(NIGHT, check=-9, KILL_AT=point)
    purge(agency)
    assert not list((agency.store / "landing" / "incoming").glob("*"))
    agency.run(NIGHT)
    assert promised(agency.store) == straight


def ids(agency):
    """Travellers of the leg: id by surname."""
    path = agency.store / "individual" / "current" / f"night={NIGHT}" / "travellers.parquet"
    rows = pq.read_table(path).to_pylist()
    return {row["surname"]: row["traveller_id"] for row in rows if row["flight_id"] == LEG}


@pytest.fixture
def ended(agency, written):
    """A leg with API and bookings and one with API alone, screened; then the term of API came."""
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers[:1]], sent="261120:0100"))
    agency.send("b.edi", written.pnrgov({"ABC123": [written.ylva, *written.fillers[:2]]}))
    agency.send("c.edi", "some text\n" + written.paxlst(written.fillers, flight="XQ0402"))
    agency.run(NIGHT)
    agency.before = agency.status(NIGHT), ids(agency)
    purge(agency)
    return agency


def test_a_late_file_after_the_term_is_settled_with_what_remains(ended, written):
    [hit] = ended.json("hits", "--night", NIGHT)
    status, names = ended.before
    assert ended.json("quarantine", "list", "--night", NIGHT)[0]["flight_id"] == []
    ended.send("d.edi", written.paxlst(written.fillers[1:], sent="261122:2000", reference="2"))
    ended.run(NIGHT, CLOCK_AT=LATER)
    after = ended.status(NIGHT)
    assert set(after) == set(status)  # text before an interchange makes no row of its own
    assert after[OTHER] == status[OTHER]
    assert (after[LEG]["travellers"], after[LEG]["outcome"]) == (4, "screened_with_findings")
    assert "settled from remains" in after[LEG]["reason"]
    assert [row["hit_id"] for row in ended.json("hits", "--night", NIGHT)] == [hit["hit_id"]]
    assert ids(ended)["QVARNSTEDT"] == names["QVARNSTEDT"]  # though the statement that gave the id is gone
    assert "nothing is new" in ended.run(NIGHT, CLOCK_AT=LATER).stdout
    ended("audit", "verify", check=0)

    first = ids(ended)
    ended.send("e.edi", written.paxlst([written.fillers[0]], sent="261122:2100", reference="3"))
    ended.run(NIGHT, CLOCK_AT=LATER)
    assert ids(ended) == first
    assert [row["hit_id"] for row in ended.json("hits", "--night", NIGHT)] == [hit["hit_id"]]


def test_who_is_sought_in_a_late_file_is_found_after_the_term(ended, written):
    late = written.paxlst(
        [written.ylva, *written.fillers], flight="XQ0402", sent="261122:2000", reference="2"
    )
    ended.send("d.edi", late)
    ended.run(NIGHT, CLOCK_AT=LATER)
    assert {row["flight_id"] for row in ended.json("hits", "--night", NIGHT)} == {LEG, OTHER}
    assert ended.status(NIGHT)[OTHER]["travellers"] == 4


def test_a_hit_whose_traveller_is_gone_by_rule_stays(ended, written):
    ended.send("d.edi", written.paxlst(written.fillers, flight="XQ0401", sent="261122:2000", reference="2"))
    profile = ended.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("pnr = 87600", "pnr = 48"))
    purge(ended)
    [hit] = ended.json("hits", "--night", NIGHT)
    ended.run(NIGHT, CLOCK_AT=LATER)
    assert ended.json("hits", "--night", NIGHT) == [hit]
    assert ended.status(NIGHT)[LEG]["travellers"] == 3
    assert ended("decide", hit["hit_id"], "--decision", "inconclusive", "--reason", "seen").returncode == 0


def test_traffic_and_figures_of_a_night_stay_when_it_is_settled_from_what_remains(ended, written):
    def published():
        found = json.loads((ended.store / "nights" / NIGHT / "CURRENT.json").read_text())["files"]
        return {row["table"]: row["sha256"] for row in found if row["zone"] == "aggregate"}

    before = published()
    assert before
    ended.send("d.edi", written.paxlst(written.fillers[1:], sent="261122:2000", reference="2"))
    ended.run(NIGHT, CLOCK_AT=LATER)
    assert published() == before


def test_a_rerun_after_the_term_is_refused_by_the_name_of_the_rule(ended, written):
    done = ended("rerun", "--night", NIGHT, "--flight", OTHER, "--inbox", "inbox", check=3, CLOCK_AT=LATER)
    assert done.stderr.startswith(f"{OTHER}: not to be screened again: 2 of its inputs came to the end of")
    assert "(api on 2026-11-26 00:00 UTC" in done.stderr
    assert f"night {NIGHT}" in done.stderr
    done = ended("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=3, CLOCK_AT=LATER)
    assert "(api on 2026-11-26 00:00 UTC" in done.stderr
    assert ended.status(NIGHT) == ended.before[0]
    named = re.findall(r"night=(\S+)/ and `screening ([^`]+)`", done.stderr)
    assert named == [(NIGHT, f"run --night {NIGHT}")]
    late = written.paxlst(written.fillers, flight="XQ0402", sent="261122:2000", reference="2")
    ended.send(f"night={NIGHT}/again.edi", late)
    ended(*named[0][1].split(), check=0, CLOCK_AT=LATER)
    assert ended.status(NIGHT)[OTHER]["travellers"] == 3


def test_a_leg_all_of_whose_bytes_are_there_is_screened_again_after_the_term(agency, written):
    agency.send("a.edi", written.paxlst(written.fillers, flight="XQ0402"))
    agency.send("b.edi", written.pnrgov({"ABC123": [written.ylva]}))
    agency.run(NIGHT)
    before = agency.status(NIGHT)
    purge(agency)
    agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", check=0, CLOCK_AT=LATER)
    assert agency.status(NIGHT) == before
    assert set(ids(agency)) == {"QVARNSTEDT"}


def left(agency):
    """Files of the store in which somebody could stand."""
    zones = ("landing", "individual", "analyst", "work")
    paths = (path for zone in zones for path in (agency.store / zone).rglob("*") if path.is_file())
    return [path.relative_to(agency.store).as_posix() for path in paths if b"YLVALINN" in path.read_bytes()]


@pytest.mark.parametrize("point", KILLED)
def test_what_a_dead_run_left_goes_with_the_shortest_term(agency, written, point):
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.run(NIGHT, check=-9, KILL_AT=point)
    assert list((agency.store / "work").rglob("*.*"))
    purge(agency)
    assert list((agency.store / "work").iterdir()) == []
    assert left(agency) == []
    proofs = [json.loads(path.read_text()) for path in (agency.store / "audit" / "purges").glob("*.json")]
    assert any(row["path"].startswith("work/") for proof in proofs for row in proof)


def test_a_report_goes_with_the_hits_that_it_shows(agency, written):
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.run(NIGHT)
    purge(agency)
    assert [path for path in left(agency) if "reports" in path]  # hits stay for years here
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("hit = 87600", "hit = 100"))
    purge(agency)
    assert left(agency) == []
    agency("report", "--night", NIGHT, check=0)
    assert left(agency) == []
    agency("status", "--night", NIGHT, check=0)


def test_what_was_set_aside_can_still_be_replayed_or_released_after_its_term(agency, written):
    broken = written.paxlst(written.fillers).replace("UNH+", "UNH+X+", 1)
    agency.send("a.edi", written.paxlst([written.ylva], flight="XQ0402"))
    agency.send("b.edi", broken[: len(broken) // 2])
    agency.send("note.txt", "transfer host restarted\n")
    agency.run(NIGHT, check=1)
    entries = agency.json("quarantine", "list", "--night", NIGHT)
    assert len(entries) >= 2
    purge(agency)
    assert agency.json("quarantine", "list", "--night", NIGHT) == entries
    (agency.folder / "mended.edi").write_text(written.paxlst(written.fillers, sent="261122:2000"))
    for entry in entries:
        words = (
            ("release", "--second", "ben")
            if entry["input"] == "note.txt"
            else ("replay", "--file", "mended.edi")
        )
        done = agency("quarantine", words[0], entry["id"], *words[1:], "--reason", "seen", "--as", "anna")
        assert done.returncode in {0, 1}, done.stderr
    assert agency.status(NIGHT)[LEG]["travellers"] >= 3


def test_a_purge_waits_for_runs_and_a_run_for_a_purge(agency, written):
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.run(NIGHT)
    before = agency.status(NIGHT)
    store = Store(agency.store)
    with (
        exclusive(store.night_folder(date(2026, 11, 24)) / ".run", what="a night", wait=False),
        undisturbed(store),
    ):
        done = agency("retention", "purge", "--as", "anna", check=3, CLOCK_AT=LATER)
        assert done.stderr.startswith("the store is held by a run of night 2026-11-24\n")
        assert "`screening retention purge`" in done.stderr
    assert agency("audit", "verify").returncode == 0
    agency.send("b.edi", written.paxlst(written.fillers, flight="XQ0402", sent="261122:2000", reference="2"))
    with ThreadPoolExecutor(1) as threads:
        with purging(store):
            running = threads.submit(agency.run, NIGHT)
            time.sleep(1.5)
            assert not running.done()
            assert agency.store.joinpath("nights", NIGHT, "runs", "0002").exists() is False
        running.result()
    assert set(agency.status(NIGHT)) == {*before, OTHER}
    purge(agency)


def rotate(agency):
    agency("keys", "new", "--folder", "keys", "--as", "anna", check=0)
    return (agency.folder / "keys" / "current").read_text().strip()


def test_a_night_of_an_older_key_goes_on_with_it(agency, written):
    """Received, published, re-run, decided on: the key in use is that of new nights only."""
    first, keys = rotate(agency), {"SCREENING_KEYS": "keys"}
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.run(NIGHT, check=-9, KILL_AT="landing.after_index", **keys)
    rotate(agency)
    agency.run(NIGHT, **keys)
    before = ids(agency)
    agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", check=0, **keys)
    agency.send("b.edi", written.paxlst(written.fillers, sent="261122:2000", reference="2"))
    agency.run(NIGHT, **keys)
    assert ids(agency) == before
    [hit] = agency.json("hits", "--night", NIGHT)
    words = ("decide", hit["hit_id"], "--decision", "inconclusive", "--reason", "seen")
    agency(*words, check=0, **keys)
    agency("why", before["QVARNSTEDT"], "watch:A1", "--night", NIGHT, check=0, **keys)

    (agency.folder / "keys" / first).rename(agency.folder / "safe")
    done = agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", check=3, **keys)
    assert done.stderr.startswith(f"night {NIGHT} was frozen with the key `{first}`, which is not there")
    assert f"copy the file {first} from the agency's safe copy to keys/" in done.stderr
    (agency.folder / "safe").rename(agency.folder / "keys" / first)
    agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", check=0, **keys)
    assert ids(agency) == before


def test_a_night_of_the_demonstration_key_can_be_run_again_when_keys_are_there(agency, written):
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.run(NIGHT)
    before = ids(agency)
    rotate(agency)
    agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", check=0, SCREENING_KEYS="keys")
    assert ids(agency) == before


def test_names_of_fellow_travellers_leave_the_report_when_their_bookings_go(agency, written):
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("pnr = 87600", "pnr = 48"))
    agency.send("b.edi", written.pnrgov({"ABC123": [written.ylva, *written.fillers]}))
    agency.run(NIGHT)
    page = agency.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html"
    assert "HARTNAGEL" in page.read_text()
    before = agency.run(NIGHT, check=None).stdout
    purge(agency)
    assert "QVARNSTEDT" in page.read_text()
    assert "HARTNAGEL" not in page.read_text()
    assert agency.json("retention", "due") == []
    assert (
        re.search("Travellers .*", agency.run(NIGHT, check=None).stdout)[0]
        == re.search("Travellers .*", before)[0]
    )
