"""Masked columns leave the tables, lie sealed, and are shown in a case on the approval of another person."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from screening.night.purge import due_now, purge_now
from screening.night.settings import load_settings
from screening.protection.keys import make_key, put_in_use
from screening.protection.masked import drop_key, read_masked
from screening.store.published import read_current
from screening.tables import analyst, individual
from screening.tables.errors import ProfileError
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LABEL = datetime.fromisoformat(NIGHT).date()
ENDED = datetime(2026, 11, 24, tzinfo=UTC)
MASKED_AT = ENDED + timedelta(hours=100)
TERMS = """
[retention]
api = 1000
pnr = 1000
settled = 1000
hit = 2000
[masking]
after_hours = 100
approvers = ["judge.k", "Zoë"]
[notify]
file = "notices.jsonl"
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory, screening, written):
    """A night with a hit, under a key of its own; copy it."""
    agency = Agency(tmp_path_factory.mktemp("once") / "agency", screening)
    keys = agency.folder / "keys"
    put_in_use(keys, make_key(keys))
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + TERMS)
    agency.send("a.edi", written.paxlst([written.ylva, written.fillers[0]]))
    agency.send("b.edi", written.pnrgov({"ABC123": [written.ylva, *written.fillers[:2]]}))
    agency.run(NIGHT, SCREENING_KEYS="keys")
    return agency


@pytest.fixture
def night(once, tmp_path, monkeypatch):
    agency = once.copy(tmp_path / "agency")
    monkeypatch.setenv("SCREENING_KEYS", str(agency.folder / "keys"))
    monkeypatch.chdir(agency.folder)
    return agency


def table(settings, spec):
    return read_current(settings.store, LABEL, spec)


def found(store, token):
    return [
        path
        for path in sorted(store.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and "alerts" not in path.parts
        and (
            token.encode() in path.read_bytes()
            or (
                path.suffix == ".parquet"
                and token in repr(pq.read_table(path, partitioning=None).to_pylist())
            )
        )
    ]


NAMES = ["OKONJO", "DRUMMOND", "511222333", "B1112223", "1990-01-01", "datetime.date(1990"]


def test_masked_columns_are_found_nowhere_and_the_rest_stays(night):
    settings = load_settings()
    before = {
        spec: table(settings, spec) for spec in (individual.TRAVELLERS, individual.STATEMENTS, analyst.HITS)
    }
    purge_now(settings, MASKED_AT - timedelta(seconds=1), "robot")
    assert found(night.store, "DRUMMOND")
    purge_now(settings, MASKED_AT, "robot")
    assert {token: found(night.store, token) for token in NAMES} == {token: [] for token in NAMES}
    for spec, rows in before.items():
        after = table(settings, spec)
        for column in ("flight_id", "locator", "seat", "person_key", "statement_ids", "standing", "score"):
            if column in rows.column_names:
                assert after[column] == rows[column]
        sealed = read_masked(settings.store, LABEL)[spec.name]
        assert sealed["surname"].to_pylist() == rows["surname"].to_pylist()
    assert table(settings, individual.BOOKINGS)["party_size"].null_count == 1
    assert set(table(settings, individual.DOCUMENTS)["number"].to_pylist()) == {""}
    assert due_now(settings, MASKED_AT) == ()
    done = purge_now(settings, MASKED_AT, "robot")
    assert (done.files, done.rows) == ((), ())
    night("audit", "verify", check=0)
    assert night("hits", "--night", NIGHT).returncode == 0


def test_masked_rows_keep_their_ids_when_statements_end(night):
    settings = load_settings()
    before = table(settings, individual.TRAVELLERS)["traveller_id"]
    purge_now(settings, MASKED_AT, "robot")
    profile = night.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("api = 1000", "api = 48"))
    purge_now(load_settings(), MASKED_AT, "robot")
    assert table(settings, individual.TRAVELLERS)["traveller_id"] == before
    assert set(table(settings, individual.STATEMENTS)["source"].to_pylist()) == {"pnr"}
    assert len(read_masked(settings.store, LABEL)["statements"]) == 3


def test_only_what_the_profile_names_is_masked(night):
    profile = night.folder / "profile.toml"
    profile.write_text(
        profile.read_text().replace("after_hours", 'elements = ["names"]\noutcomes = ["none"]\nafter_hours')
    )
    settings = load_settings()
    purge_now(settings, MASKED_AT, "robot")
    rows = {row["surname"]: row for row in table(settings, individual.TRAVELLERS).to_pylist()}
    assert set(rows) == {"QVARNSTEDT", None}  # a hit that is open is no `none`
    assert rows[None]["date_of_birth"] is not None
    assert table(settings, individual.BOOKINGS)["party_size"].null_count == 0


def test_a_dropped_key_leaves_masked_columns_unreadable_and_terms_go_on(night):
    settings = load_settings()
    purge_now(settings, MASKED_AT, "robot")
    assert drop_key(settings.store, LABEL)
    purge_now(settings, ENDED + timedelta(hours=2000), "robot")
    assert not list(Path("store/individual/masked").glob("*.sealed"))
    assert due_now(settings, ENDED + timedelta(hours=2000)) == ()


def test_masked_columns_go_at_a_term_of_their_own(night):
    profile = night.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("after_hours", "keep_hours = 500\nafter_hours"))
    settings = load_settings()
    purge_now(settings, ENDED + timedelta(hours=499), "robot")
    assert read_masked(settings.store, LABEL)
    purge_now(settings, ENDED + timedelta(hours=500), "robot")
    assert read_masked(settings.store, LABEL) == {}
    assert table(settings, individual.TRAVELLERS).num_rows == 3
    purge_now(settings, ENDED + timedelta(hours=501), "robot")


def test_a_hold_keeps_masked_columns_beyond_their_own_term(night):
    profile = night.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("after_hours", "keep_hours = 500\nafter_hours"))
    settings = load_settings()
    rows = table(settings, individual.TRAVELLERS).to_pylist()
    held = next(row["traveller_id"] for row in rows if row["surname"] == "DRUMMOND")
    night("hold", "set", "--traveller", held, "--reason", "court", "--as", "anna", check=0)
    purge_now(settings, ENDED + timedelta(hours=500), "robot")
    left = read_masked(settings.store, LABEL)
    assert {name: len(rows) for name, rows in left.items()} == {
        "statements": 1, "statement_documents": 1, "travellers": 1, "documents": 1, "bookings": 1,
    }  # fmt: skip
    assert left["travellers"]["surname"].to_pylist() == ["DRUMMOND"]
    assert purge_now(settings, ENDED + timedelta(hours=501), "robot").rows == ()


def test_in_production_nothing_is_masked_under_the_key_that_everybody_knows(night, monkeypatch):
    profile = night.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("[agency]", "[agency]\nproduction = true"))
    monkeypatch.delenv("SCREENING_KEYS")
    with pytest.raises(ProfileError, match="names no key folder"):
        purge_now(load_settings(), MASKED_AT, "robot")


@pytest.fixture
def asked(night, monkeypatch):
    settings = load_settings()
    keys = {"SCREENING_KEYS": str(night.folder / "keys")}
    [hit] = night.json("hits", "--night", NIGHT)
    purge_now(settings, MASKED_AT, "robot")

    def call(*words, check=0, at=MASKED_AT):
        return night("unmask", *words, check=check, CLOCK_AT=at.isoformat(), **keys)

    words = ("--hit", hit["hit_id"][:8], "--case", "12/26", "--reason", "suspicion")
    call("request", *words, "--as", "anna")
    [row] = night.json("unmask", "list")
    return call, row["request_id"], night


def test_masked_columns_are_shown_to_who_asked_when_another_has_approved(asked):
    call, request_id, night = asked
    before = {
        path: path.read_bytes() for path in sorted(Path("store/individual").rglob("*")) if path.is_file()
    }
    assert "not approved" in call("show", request_id, "--as", "anna", check=2).stderr
    call("approve", request_id[:8], "--reason", "order 4 Gs", "--as", "judge.k")
    told = [json.loads(line) for line in (night.folder / "notices.jsonl").read_text().splitlines()]
    assert told[-1]["about"] == f"unmasking {request_id}"
    assert "QVARNSTEDT" not in json.dumps(told)
    shown = call("show", request_id, "--as", "ANNA", "--format", "json").stdout
    assert "QVARNSTEDT" in shown
    assert "OKONJO" not in shown
    assert "ZZ9081726" in shown
    assert "only who asked" in call("show", request_id, "--as", "judge.k", check=2).stderr
    late = MASKED_AT + timedelta(days=8)
    assert "more than 7 days" in call("show", request_id, "--as", "anna", check=2, at=late).stderr
    assert {
        path: path.read_bytes() for path in sorted(Path("store/individual").rglob("*")) if path.is_file()
    } == before
    acts = [json.loads(line) for line in Path("store/audit/audit-2026.jsonl").read_text().splitlines()]
    acts = [(act["act"], act["actor"]) for act in acts if act["act"].startswith("unmask")]
    assert acts == [("unmask.request", "anna"), ("unmask.approve", "judge.k"), ("unmask.show", "ANNA")]


def test_who_asked_or_may_not_cannot_approve_and_who_may_is_compared_as_a_person_and_approves_once(asked):
    call, request_id, _ = asked
    for actor, why in (
        ("Anna", "who asked cannot approve"),
        ("ａｎｎａ", "who asked cannot approve"),
        ("bert", "only court or competent authority approves"),  # nobody whom the profile names
    ):
        assert why in call("approve", request_id, "--reason", "x", "--as", actor, check=2).stderr, actor
    call("approve", request_id, "--reason", "x", "--as", "ZOE\u0308")
    assert (
        "approved already" in call("approve", request_id, "--reason", "x", "--as", "judge.k", check=2).stderr
    )
