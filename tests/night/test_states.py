"""Never stuck: whatever became of the store, the next command goes on, or names the one that does."""

import json
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pyarrow.parquet as pq
import pytest

from screening.store.locks import exclusive, purging, undisturbed
from screening.store.zones import Store
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"
OTHER = "XQ402-20261123-ARN-VIE"
BOOKED = "XQ403-20261123-ARN-VIE"
ALONE = ("EKLUND", "SAGA", "880808", "F", "SWE", "AA1112223")
LATER = "2030-01-01T12:00:00+00:00"  # after every short term, and before the long ones of this profile
TERMS = "\n[retention]\napi = 48\nsettled = 48\nunread = 48\npnr = 87600\nhit = 87600\n"


def long_kept(agency):
    """Its API ends after two days; its bookings and hits stay for years."""
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + TERMS)
    return agency


@pytest.fixture
def agency(by_hand):
    return long_kept(by_hand)


@pytest.fixture(scope="module")
def straight(tmp_path_factory, screening, written):
    """One leg with API and bookings, screened; read only, copy it."""
    agency = long_kept(Agency(tmp_path_factory.mktemp("straight") / "agency", screening))
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    agency.send("b.edi", written.pnrgov({"ABC123": written.fillers}))
    agency.run(NIGHT)
    return agency


def purge(agency):
    return agency("retention", "purge", "--as", "anna", check=0, CLOCK_AT=LATER)


def left(agency):
    """Files of the store in which the one who is sought could stand."""
    zones = ("landing", "individual", "analyst", "work")
    paths = (path for zone in zones for path in (agency.store / zone).rglob("*") if path.is_file())
    return [path.relative_to(agency.store).as_posix() for path in paths if b"YLVALINN" in path.read_bytes()]


@pytest.mark.parametrize("point", ["landing.before_index", "revisions.before_current"])
def test_what_a_dead_run_left_goes_with_the_shortest_term_and_its_files_are_taken_anew(
    straight, tmp_path, promised, point
):
    agency = straight.copy(tmp_path / "agency")
    shutil.rmtree(agency.store)
    agency.run(NIGHT, check=-9, KILL_AT=point)
    assert list((agency.store / "work").rglob("*.*"))
    purge(agency)
    assert list((agency.store / "work").iterdir()) == []
    assert not list((agency.store / "landing" / "incoming").glob("*"))
    assert left(agency) == []
    proofs = [json.loads(path.read_text()) for path in (agency.store / "audit" / "purges").glob("*.json")]
    assert any(row["path"].startswith("work/") for proof in proofs for row in proof)
    agency.run(NIGHT)
    assert promised(agency.store) == promised(straight.store)


def ids(agency, leg=LEG):
    """Travellers of a leg: id by surname."""
    path = agency.store / "individual" / "current" / f"night={NIGHT}" / "travellers.parquet"
    rows = pq.read_table(path).to_pylist()
    return {row["surname"]: row["traveller_id"] for row in rows if row["flight_id"] == leg}


@pytest.fixture(scope="module")
def ended_once(tmp_path_factory, screening, written):
    """Legs with API and bookings, with API alone and with bookings alone, screened; then the term of API came."""
    agency = long_kept(Agency(tmp_path_factory.mktemp("ended") / "agency", screening))
    agency.send("a.edi", written.paxlst([written.ylva, *written.fillers[:1]], sent="261120:0100"))
    agency.send("b.edi", written.pnrgov({"ABC123": [written.ylva, *written.fillers[:2]]}))
    agency.send("c.edi", "some text\n" + written.paxlst(written.fillers, flight="XQ0402"))
    agency.send("p.edi", written.pnrgov({"ABC124": [ALONE]}, flight=("XQ", "403"), reference="3"))
    agency.run(NIGHT)
    agency.before = agency.status(NIGHT), ids(agency)
    purge(agency)
    return agency


@pytest.fixture
def ended(ended_once, tmp_path):
    return ended_once.copy(tmp_path / "agency")


def test_a_night_after_the_term_is_settled_with_what_remains(ended, written):
    def figures():
        found = json.loads((ended.store / "nights" / NIGHT / "CURRENT.json").read_text())["files"]
        return {row["table"]: row["sha256"] for row in found if row["zone"] == "aggregate"}

    [hit] = ended.json("hits", "--night", NIGHT)
    status, names = ended.before
    counted = figures()
    assert counted
    assert ended.json("quarantine", "list", "--night", NIGHT)[0]["flight_id"] == []

    # a re-run of what is gone is refused by the name of the rule
    done = ended("rerun", "--night", NIGHT, "--flight", OTHER, "--inbox", "inbox", check=3, CLOCK_AT=LATER)
    assert done.stderr.startswith(f"{OTHER}: not to be screened again: 2 of its inputs came to the end of")
    assert "(api on 2026-11-26 00:00 UTC" in done.stderr
    assert f"night {NIGHT}" in done.stderr
    done = ended("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=3, CLOCK_AT=LATER)
    assert "(api on 2026-11-26 00:00 UTC" in done.stderr
    named = re.findall(r"night=(\S+)/ and `screening ([^`]+)`", done.stderr)
    assert named == [(NIGHT, f"run --night {NIGHT}")]
    assert ended.status(NIGHT) == status

    # a leg all of whose bytes are there is screened again
    ended("rerun", "--night", NIGHT, "--flight", BOOKED, "--inbox", "inbox", check=0, CLOCK_AT=LATER)
    assert ended.status(NIGHT) == status
    assert set(ids(ended, BOOKED)) == {"EKLUND"}

    # a late file is settled with what remains
    ended.send("d.edi", written.paxlst(written.fillers[1:], sent="261122:2000", reference="2"))
    ended.run(NIGHT, CLOCK_AT=LATER)
    after = ended.status(NIGHT)
    assert set(after) == set(status)  # text before an interchange makes no row of its own
    assert (after[OTHER], after[BOOKED]) == (status[OTHER], status[BOOKED])
    assert (after[LEG]["travellers"], after[LEG]["outcome"]) == (4, "screened_with_findings")
    assert "settled from remains" in after[LEG]["reason"]
    assert [row["hit_id"] for row in ended.json("hits", "--night", NIGHT)] == [hit["hit_id"]]
    assert ids(ended)["QVARNSTEDT"] == names["QVARNSTEDT"]  # though the statement that gave the id is gone
    assert figures() == counted
    assert "nothing is new" in ended.run(NIGHT, CLOCK_AT=LATER).stdout
    ended("audit", "verify", check=0)

    # a later one keeps the ids; who is sought in it is found; the command that was named takes it in
    first = ids(ended)
    ended.send("e.edi", written.paxlst([written.fillers[0]], sent="261122:2100", reference="3"))
    late = [written.ylva, *written.fillers]
    ended.send(
        f"night={NIGHT}/again.edi", written.paxlst(late, flight="XQ0402", sent="261122:2000", reference="2")
    )
    ended(*named[0][1].split(), check=0, CLOCK_AT=LATER)
    assert ids(ended) == first
    found = {row["flight_id"]: row["hit_id"] for row in ended.json("hits", "--night", NIGHT)}
    assert set(found) == {LEG, OTHER}
    assert found[LEG] == hit["hit_id"]
    assert ended.status(NIGHT)[OTHER]["travellers"] == 4


def test_names_of_fellow_travellers_go_with_their_bookings_and_a_hit_stays(ended, written):
    page = ended.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html"
    assert "DRUMMOND" in page.read_text()
    travellers = re.search("Travellers .*", ended.run(NIGHT).stdout)[0]
    profile = ended.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("pnr = 87600", "pnr = 48"))
    purge(ended)
    assert "QVARNSTEDT" in page.read_text()
    assert "DRUMMOND" not in page.read_text()
    assert ended.json("retention", "due") == []
    assert re.search("Travellers .*", ended.run(NIGHT).stdout)[0] == travellers

    [hit] = ended.json("hits", "--night", NIGHT)
    ended.send("d.edi", written.paxlst(written.fillers, flight="XQ0401", sent="261122:2000", reference="2"))
    ended.run(NIGHT, CLOCK_AT=LATER)
    assert ended.json("hits", "--night", NIGHT) == [hit]  # its traveller is gone by rule
    assert ended.status(NIGHT)[LEG]["travellers"] == 3
    assert ended("decide", hit["hit_id"], "--decision", "inconclusive", "--reason", "seen").returncode == 0


def test_a_report_goes_with_the_hits_that_it_shows(straight, tmp_path):
    agency = straight.copy(tmp_path / "agency")
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


def test_a_purge_waits_for_runs_and_a_run_for_a_purge(straight, tmp_path, written):
    agency = straight.copy(tmp_path / "agency")
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
    agency.send("c.edi", written.paxlst(written.fillers, flight="XQ0402", sent="261122:2000", reference="2"))
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


def test_a_night_of_the_demonstration_key_can_be_run_again_when_keys_are_there(straight, tmp_path):
    agency = straight.copy(tmp_path / "agency")
    before = ids(agency)
    rotate(agency)
    agency("rerun", "--night", NIGHT, "--flight", LEG, "--inbox", "inbox", check=0, SCREENING_KEYS="keys")
    assert ids(agency) == before
