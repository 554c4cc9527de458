"""Rows end by kind and outcome: who has no hit goes, who has one stays, under the same ids; holds keep rows."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from screening.night.frozen import load_frozen  # noqa: F401  (imported before a command is forked)
from screening.night.purge import due_now, purge_now
from screening.night.settings import load_settings
from screening.protection.rewriting import rewriting_proofs
from screening.store.current_json import current
from screening.store.published import read_current
from screening.tables import analyst, individual
from screening.tables.codes import RetentionClass
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"
ENDED = datetime(2026, 11, 24, 0, tzinfo=UTC)  # 01:00 in Vienna: the night's end, where the clocks begin


@pytest.fixture
def settings(by_hand, monkeypatch):
    """Settings of the agency in this process, by whatever terms are written to its profile."""
    monkeypatch.chdir(by_hand.folder)
    (by_hand.folder / "keys").mkdir(mode=0o700, exist_ok=True)

    def read(terms: str = ""):
        path = by_hand.folder / "profile.toml"
        plain = path.read_text().partition("# terms")[0]
        path.write_text(f"{plain}# terms\n{terms}")
        return load_settings()

    return read


@pytest.fixture(scope="module")
def once(tmp_path_factory, screening, written):
    """One leg: Ylva (a hit) by API and booking, one by both, one by booking alone, one by API alone; copy it."""
    agency = Agency(tmp_path_factory.mktemp("once") / "agency", screening)
    agency.send("a.edi", written.paxlst([written.ylva, written.fillers[0], written.fillers[2]]))
    agency.send("b.edi", written.pnrgov({"ABC123": [written.ylva, *written.fillers[:2]]}))
    agency.run(NIGHT)
    return agency


@pytest.fixture
def night(by_hand, once):
    shutil.copytree(once.folder, by_hand.folder, symlinks=True, dirs_exist_ok=True)
    return by_hand


def table(settings, spec):
    return read_current(settings.store, datetime.fromisoformat(NIGHT).date(), spec)


def people(settings):
    rows = table(settings, individual.TRAVELLERS).to_pylist()
    return {row["surname"]: (row["flight_id"], row["traveller_id"]) for row in rows}


def after(hours):
    return ENDED + timedelta(hours=hours)


def test_when_api_ends_bookings_are_settled_anew_under_the_same_ids(night, settings):
    own = settings("[retention]\napi = 48\npnr = 4320\nhit = 8760\n")
    before, rows = people(own), table(own, individual.TRAVELLERS).to_pylist()
    assert due_now(own, after(48) - timedelta(seconds=1)) == ()
    purge_now(own, after(48), "robot")
    left = people(own)
    assert left == {name: before[name] for name in ("QVARNSTEDT", "OKONJO", "DRUMMOND")}
    assert {
        str(cls) for cls in {file.cls for file in current(own.store, datetime(2026, 11, 23).date()).files}
    } >= {"pnr"}
    for row in table(own, individual.TRAVELLERS).to_pylist():
        earlier = next(one for one in rows if one["traveller_id"] == row["traveller_id"])
        assert row["sources"] == ["pnr"]
        assert set(row["statement_ids"]) < set(earlier["statement_ids"]) or earlier["sources"] == ["pnr"]
        assert row["person_key"] == earlier["person_key"]  # the booking states the same document
        assert row["standing"] == earlier["standing"]
    assert table(own, individual.COUNTS).num_rows == 0
    assert table(own, analyst.HITS).num_rows == 1
    night("audit", "verify", check=0)


TERMS = """[retention]
api = 48
pnr = 4320
hit = 43800
[[retention.terms]]
kind = "api"
outcome = "hit"
hours = 20000
[[retention.terms]]
kind = "pnr"
outcome = "none"
hours = 1000
[[retention.terms]]
kind = "pnr"
outcome = "hit"
hours = 10000
"""


def test_who_has_no_hit_goes_and_who_has_one_stays(night, settings):
    own = settings(TERMS)
    before = people(own)
    purge_now(own, after(48), "robot")
    assert set(people(own)) == {"QVARNSTEDT", "OKONJO", "DRUMMOND"}
    by_ylva = [row for row in table(own, individual.TRAVELLERS).to_pylist() if row["surname"] == "QVARNSTEDT"]
    assert by_ylva[0]["sources"] == ["api", "pnr"]
    purge_now(own, after(1000), "robot")
    assert people(own) == {"QVARNSTEDT": before["QVARNSTEDT"]}
    assert set(table(own, individual.STATEMENTS)["surname"].to_pylist()) == {"QVARNSTEDT"}
    assert table(own, individual.STATEMENT_DOCUMENTS).num_rows == 2
    assert table(own, individual.BOOKINGS).num_rows == 1
    assert table(own, individual.DOCUMENTS).num_rows == 1
    purge_now(own, after(10000), "robot")
    [left] = table(own, individual.TRAVELLERS).to_pylist()
    assert left["sources"] == ["api"]
    assert table(own, individual.BOOKINGS).num_rows == 0
    purge_now(own, after(20000), "robot")
    assert table(own, individual.TRAVELLERS).num_rows == 0
    assert table(own, analyst.HITS).num_rows == 1
    purge_now(own, after(43800), "robot")
    assert table(own, analyst.HITS).num_rows == table(own, analyst.EVIDENCE).num_rows == 0


@pytest.mark.parametrize(
    ("decision", "outcome"), [("true_match", "confirmed"), ("false_match", "none"), ("inconclusive", "hit")]
)
def test_the_outcome_follows_the_decision_that_stands(night, settings, decision, outcome):
    terms = "".join(
        f'[[retention.terms]]\nkind = "{kind}"\noutcome = "{each}"\nhours = {hours}\n'
        for kind in ("pnr", "api")
        for each, hours in (("none", 100), ("hit", 200), ("confirmed", 300))
    )
    own = settings(terms)
    [hit] = night.json("hits", "--night", NIGHT)
    night("decide", hit["hit_id"], "--decision", decision, "--reason", "seen", "--as", "anna", check=0)
    stays = {"none": 100, "hit": 200, "confirmed": 300}[outcome]
    purge_now(own, after(stays - 1), "robot")
    assert "QVARNSTEDT" in people(own)
    purge_now(own, after(stays), "robot")
    assert "QVARNSTEDT" not in people(own)


@pytest.mark.parametrize(
    ("clock", "begins"),
    [
        pytest.param("receipt", datetime(2026, 11, 23, 0, tzinfo=UTC), id="start of the interval"),
        pytest.param("load", ENDED, id="end of the interval"),
        pytest.param("departure", ENDED, id="departed before the load: load"),
    ],
)
def test_a_clock_begins_with_receipt_load_or_departure(night, settings, clock, begins):
    term = f'[[retention.terms]]\nkind = "pnr"\nhours = 10\nclock = "{clock}"\n'
    own = settings(term)
    at = begins + timedelta(hours=10)
    assert not [item for item in due_now(own, at - timedelta(seconds=1)) if item.cls is RetentionClass.PNR]
    assert [item for item in due_now(own, at) if item.cls is RetentionClass.PNR]


def test_departure_counts_where_it_is_later_than_the_load(by_hand, written, settings):
    by_hand.send("b.edi", written.pnrgov({"ABC123": written.fillers}, day="251126"))
    by_hand.run(NIGHT)
    own = settings('[[retention.terms]]\nkind = "pnr"\nhours = 10\nclock = "departure"\n')
    departs = datetime(2026, 11, 25, 8, 15, tzinfo=UTC)  # 09:15 in Stockholm
    purge_now(own, departs + timedelta(hours=10, seconds=-1), "robot")
    assert table(own, individual.STATEMENTS).num_rows == 3
    purge_now(own, departs + timedelta(hours=10), "robot")
    assert table(own, individual.STATEMENTS).num_rows == 0


def test_rows_under_hold_stay_and_the_rest_goes(night, settings):
    own = settings("[retention]\napi = 48\npnr = 48\nhit = 48\n")
    held = people(own)["DRUMMOND"][1]
    night("hold", "set", "--traveller", held[:10], "--reason", "proceedings", "--as", "anna", check=0)
    [hold] = night.json("hold", "list")
    assert (hold["travellers"], hold["stands"]) == ([held], True)
    told = [item for item in due_now(own, after(48)) if getattr(item, "held", 0)]
    assert {item.table for item in told} >= {"statements"}
    purge_now(own, after(48), "robot")
    assert people(own) == {"DRUMMOND": (LEG, held)}
    [proof] = rewriting_proofs(own.store)
    assert proof.document["objects"] == ["held:statements:1", "held:hits:0"]
    assert table(own, analyst.HITS).num_rows == 0
    assert table(own, individual.DOCUMENTS).num_rows == 1
    purge_now(own, after(50000), "robot")
    assert people(own) == {"DRUMMOND": (LEG, held)}
    night("hold", "release", hold["hold_id"][:8], "--reason", "closed", "--as", "anna", check=0)
    purge_now(own, after(50000), "robot")
    assert people(own) == {}
    assert table(own, individual.STATEMENTS).num_rows == 0


def test_a_hold_on_a_hit_keeps_the_hit_its_evidence_and_its_traveller(night, settings):
    own = settings("[retention]\napi = 48\npnr = 48\nhit = 48\n")
    [hit] = night.json("hits", "--night", NIGHT)
    until = ("--until", "2026-12-24")
    night("hold", "set", "--hit", hit["hit_id"], "--reason", "court", *until, "--as", "anna", check=0)
    purge_now(own, after(48), "robot")
    assert set(people(own)) == {"QVARNSTEDT"}
    assert table(own, analyst.EVIDENCE).num_rows > 0
    purge_now(own, datetime(2026, 12, 24, 12, tzinfo=UTC), "robot")
    assert table(own, analyst.HITS).num_rows == 1
    purge_now(own, datetime(2026, 12, 25, tzinfo=UTC), "robot")
    assert (people(own), table(own, analyst.HITS).num_rows) == ({}, 0)


def test_a_second_purge_changes_nothing(night, settings):
    own = settings(TERMS)
    purge_now(own, after(1000), "robot")

    def tree():
        files = (path for path in Path("store").rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files if path.name != ".lock"}  # who takes one signs it

    before = tree()
    done = purge_now(own, after(1000), "robot")
    assert (done.files, done.rows) == ((), ())
    assert tree() == before
    assert due_now(own, after(1000)) == ()


def test_a_later_night_forgets_what_it_drew_from_an_earlier_one(night, written, settings):
    bookings = written.pnrgov({"ABC124": [written.fillers[2], written.fillers[1]]}, sent="261123:0600")
    night.send("night=2026-11-24/c.edi", bookings)
    night.run("2026-11-24")
    own = settings("[retention]\napi = 48\npnr = 4320\n")
    second = datetime(2026, 11, 24).date()
    before = {
        row["surname"]: row for row in read_current(own.store, second, individual.TRAVELLERS).to_pylist()
    }
    assert before["HARTNAGEL"]["sources"] == ["api", "pnr"]
    purge_now(own, after(48), "robot")  # the end of the first night's API, a day before the second's
    left = {row["surname"]: row for row in read_current(own.store, second, individual.TRAVELLERS).to_pylist()}
    assert {name: row["traveller_id"] for name, row in left.items()} == {
        name: row["traveller_id"] for name, row in before.items()
    }
    assert left["HARTNAGEL"]["sources"] == ["pnr"]
    assert left["DRUMMOND"] == before["DRUMMOND"]


def test_an_older_revision_holds_nobody_longer(night, written, settings):
    night.send("c.edi", written.pnrgov({"ABC124": written.fillers[1:2]}, flight=("XQ", "403"), reference="2"))
    night.run(NIGHT)
    own = settings("[retention]\napi = 48\npnr = 48\n")
    assert [path for path in Path("store/individual").rglob("*.parquet") if b"OKONJO" in whole(path)]
    purge_now(own, after(48), "robot")
    held = [path for path in Path("store/individual").rglob("*.parquet") if b"OKONJO" in whole(path)]
    assert held == []


def whole(path):
    return str(pq.read_table(path, partitioning=None).to_pylist()).encode()


def test_a_purge_of_rows_killed_anywhere_is_ended_by_the_next(night, settings):
    """It is killed a little further each time, and at last it ends."""
    own = settings(TERMS)
    purge, at = ("retention", "purge", "--as", "anna"), after(1000).isoformat()
    for point in (
        "rewriting.after_intent",
        "revisions.before_current",
        "rewriting.before_removal:3",
        "rewriting.before_end",
    ):
        assert night(*purge, CLOCK_AT=at, KILL_AT=point).returncode == -9, point
    night(*purge, check=0, CLOCK_AT=at)
    assert set(people(own)) == {"QVARNSTEDT"}
    assert due_now(own, after(1000)) == ()
    assert not list(Path("store").rglob("*.begun"))
    assert not [path for path in Path("store/individual").rglob("*.parquet") if b"DRUMMOND" in whole(path)]
    night("audit", "verify", check=0)
