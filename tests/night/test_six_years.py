"""A store ages through six years by an accelerated clock: whatever a term has ended is found in no byte of it.

Every file is searched raw, unpacked where it is packed, and column by column where it is Parquet. What is sealed
must not be found either; with its key it is opened apart.
"""

import gzip
import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from screening.night.purge import due_now, purge_now
from screening.night.settings import load_settings
from screening.protection.audit import verify
from screening.protection.keys import make_key, put_in_use
from screening.protection.masked import masked_nights, read_masked
from screening.store.current_json import nights
from screening.store.published import verify_night
from tests.messages_by_hand import FILLERS, SOUGHT

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
ENDED = datetime(2026, 11, 24, tzinfo=UTC)  # 01:00 in Vienna
MONTH, YEAR = 730, 8760  # hours

PROFILE = f"""
[retention]
api = 48
pnr = {6 * MONTH}
hit = {2 * YEAR}
list = {4 * YEAR}
record = {5 * YEAR}
audit = {5 * YEAR}
[[retention.terms]]
kind = "pnr"
outcome = "hit"
hours = {2 * YEAR}
[[retention.terms]]
kind = "pnr"
outcome = "confirmed"
hours = {5 * YEAR}
[[retention.terms]]
kind = "hit"
outcome = "confirmed"
hours = {5 * YEAR}
[masking]
after_hours = {3 * MONTH}
"""
API_ONLY, PLAIN, HELD = FILLERS[2], FILLERS[0], FILLERS[1]
OPEN = ("BRANDVOLDSEN", "SOLVEIGA RUNHILD", "770523", "F", "NOR", "NO7654321")
CONFIRMED = ("QVARNSTEDT", "YLVALINN TORBJORG", "840317", "F", "SWE", "SE1234567")
TOKENS = {
    "api only": API_ONLY[5],
    "plain": PLAIN[5],
    "held": HELD[5],
    "open hit": OPEN[5],
    "confirmed": CONFIRMED[5],
    "reason": "WORDSOFTHEANALYST",
    "file name": "NAMEOFAFILE",
    "list": "LISTED99XX",
}


@pytest.fixture
def store(by_hand, written, monkeypatch):
    """A screened night with two hits (one confirmed), a hold, and a list that was replaced."""
    keys = by_hand.folder / "keys"
    put_in_use(keys, make_key(keys))
    with_keys = {"SCREENING_KEYS": str(keys)}
    monkeypatch.setenv("SCREENING_KEYS", str(keys))
    monkeypatch.chdir(by_hand.folder)
    first = {**SOUGHT, "documents": [{**SOUGHT["documents"][0], "number": TOKENS["list"]}]}
    second = {**first, "alert_id": "watch:A2", "source_id": "A2", "nationalities": ["NO"], "documents": []}
    second["names"] = [
        {
            **SOUGHT["names"][0],
            "full": "BRANDVOLDSEN, Solveiga Runhild",
            "surname": OPEN[0],
            "given_names": OPEN[1],
        }
    ]
    second["dates_of_birth"] = [
        {**SOUGHT["dates_of_birth"][0], "value": "1977-05-23", "from": "1977-05-23", "to": "1977-05-23"}
    ]
    listed = by_hand.folder / "watch.jsonl"
    listed.write_text("".join(json.dumps(row) + "\n" for row in (first, second)))
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + PROFILE)
    by_hand.send(f"{TOKENS['file name']}.edi", written.paxlst([CONFIRMED, OPEN, PLAIN, API_ONLY]))
    by_hand.send(
        "b.edi.gz", gzip.compress(written.pnrgov({"ABC123": [CONFIRMED, OPEN, PLAIN, HELD]}).encode())
    )
    by_hand.run(NIGHT, **with_keys)
    hits = {row["surname"]: row["hit_id"] for row in by_hand.json("hits", "--night", NIGHT)}
    then = {"CLOCK_AT": ENDED.isoformat()}
    said = ("--decision", "true_match", "--reason", TOKENS["reason"], "--as", "anna")
    by_hand("decide", hits[CONFIRMED[0]], *said, check=0, **then, **with_keys)
    held = next(row["traveller_id"] for row in rows("travellers") if row["surname"] == HELD[0])
    by_hand("hold", "set", "--traveller", held, "--reason", "court", "--as", "anna", check=0, **then)
    listed.write_text(json.dumps({**first, "documents": [], "names": SOUGHT["names"]}) + "\n")
    for path in (by_hand.store).rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (ENDED.timestamp(), ENDED.timestamp()))
    return by_hand


def rows(table):
    path = Path("store") / "individual" / "current" / f"night={NIGHT}" / f"{table}.parquet"
    return pq.read_table(path, partitioning=None).to_pylist()


def found_in(root):
    """Names of planted values that any byte of the store holds."""
    found = set()
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data += gzip.decompress(data)
        if data[:4] == b"PAR1":
            data += repr(pq.read_table(path, partitioning=None).to_pylist()).encode()
        found |= {name for name, token in TOKENS.items() if token.encode() in data}
    return found


def sealed_in(store):
    """Names of planted values that are sealed and can be opened with their key."""
    text = repr(
        [table.to_pylist() for night in masked_nights(store) for table in read_masked(store, night).values()]
    )
    return {name for name, token in TOKENS.items() if token in text}


PEOPLE = {"api only", "plain", "held", "open hit", "confirmed"}
BESIDE = {"reason", "file name", "list"}
AGES = [  # hours, what is found, what is sealed
    (47, PEOPLE | BESIDE, set()),
    (48, PEOPLE - {"api only"} | BESIDE, set()),
    (3 * MONTH, BESIDE, {"plain", "held", "open hit", "confirmed"}),
    (6 * MONTH, BESIDE, {"held", "open hit", "confirmed"}),
    (2 * YEAR, BESIDE, {"held", "confirmed"}),
    (3 * YEAR, BESIDE, {"confirmed"}),  # the hold is released a moment before
    (5 * YEAR, {"reason", "list"}, set()),  # the record of acts; the list was in use for two years
    (6 * YEAR, set(), set()),
]


def replace_list(store, then):
    """Put a version in use that names nobody by document any more."""
    by = ("--list", "watch", "--as", "anna")
    store("alerts", "import", "canonical", "watch.jsonl", *by, **then)
    known = store.json("alerts", "versions", "--list", "watch")
    version = next(row["version"] for row in known if not row["active"])
    store("alerts", "release", "--version", version, "--reason", "fewer", *by, check=0, **then)


def test_what_a_term_has_ended_is_found_nowhere_through_six_years(store):
    settings = load_settings()
    assert found_in(store.store) == PEOPLE | BESIDE
    for hours, found, sealed in AGES:
        now = ENDED + timedelta(hours=hours)
        then = {
            "CLOCK_AT": (now - timedelta(minutes=1)).isoformat(),
            "SCREENING_KEYS": os.environ["SCREENING_KEYS"],
        }
        if hours == 2 * YEAR:
            replace_list(store, then)
        if hours == 3 * YEAR:
            [hold] = store.json("hold", "list")
            store("hold", "release", hold["hold_id"], "--reason", "closed", "--as", "anna", check=0, **then)
        assert due_now(settings, now) or hours == 47
        purge_now(settings, now, "robot")
        assert (hours, found_in(store.store), sealed_in(settings.store)) == (hours, found, sealed)
        assert due_now(settings, now) == ()
        assert [verify_night(settings.store, night) for night in nights(settings.store)] == [[]]
        assert verify(settings.store).holds
        done = store("audit", "verify", SCREENING_KEYS=os.environ["SCREENING_KEYS"])
        assert done.returncode == 0, done.stdout
    assert list((store.folder / "keys").rglob("mask-*")) == []
    assert date.fromisoformat(NIGHT) in nights(settings.store)
