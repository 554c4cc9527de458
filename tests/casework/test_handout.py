"""From decided hits to what leaves: sheets for border points, statements, labels, a shift; one night by hand."""

import base64
import csv
import io
import json
import shutil
import stat
from copy import copy
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.cli.conftest import call
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow

NIGHT = "2026-11-23"
PROFILE = """
lists = [{ id = "watch", source = "canonical", path = "watch.jsonl", category = "inform", severity = 3 }]
[agency]
time_zone = "Europe/Vienna"
[[visibility.roles]]
name = "protectors"
actors = ["vera"]
contact = "desk for protection, 4711"
"""
# surname, given names, born, number -> what its alert says, what is decided on it
PEOPLE = {
    "plain": ("QVARNSTEDT", "YLVALINN", "840317", "ZZ9081726", {}, "true_match"),
    "discreet": (
        *("WOLLEGARTH", "ISBRAND", "720926", "ZZ9081727"),
        {"category": "discreet_check", "instructions": "note seat and bags", "caveat": "source at risk"},
        "true_match",
    ),
    "untold": (
        *("HYRTENBERG", "LEOPOLDINE", "690412", "ZZ9081728"),
        {"category": "discreet_check", "instructions": None},
        "true_match",
    ),
    "caveat": (
        *("BRACKWATER", "TOMASINO", "910101", "ZZ9081729"),
        {"caveat": "armed; do not name the source"},
        "true_match",
    ),
    "few": ("ELDERGLEN", "PHILOMENA", "050505", "ZZ9081730", {"visibility": "protectors"}, "true_match"),
    "false": ("KASTELORIZ", "DIMITRINA", "810807", "ZZ9081731", {"category": "document"}, "false_match"),
    "open": ("NORDHAMMAR", "SIGVALDE", "770702", "ZZ9081732", {"category": "wanted"}, None),
}


def alert_of(sought, name):
    surname, given, born, number, own, _ = PEOPLE[name]
    day = f"{'20' if born < '20' else '19'}{born[:2]}-{born[2:4]}-{born[4:]}"
    full = {"full": f"{surname}, {given}", "surname": surname, "given_names": given}
    return sought | {
        "alert_id": f"watch:{name}",
        "source_id": name,
        "authority": "Authority of the list",
        "names": [sought["names"][0] | full],
        "dates_of_birth": [sought["dates_of_birth"][0] | {"value": day, "from": day, "to": day}],
        "documents": [sought["documents"][0] | {"number": number}],
        **own,
    }


def started(folder, *words, check=None, typed="", **environment):
    """Run a command in this process, with lines typed; as the fixture `screening` does in one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(typed))
        done = call(folder, *words, **environment)
    assert check in (None, done.code), done.out + done.err
    return SimpleNamespace(returncode=done.code, stdout=done.out, stderr=done.err)


@pytest.fixture(scope="module")
def night(tmp_path_factory, written):
    """A night in which seven people are hits, each decided as PEOPLE says, and a key to sign with."""
    agency = Agency(tmp_path_factory.mktemp("handout") / "agency", started)
    (agency.folder / "profile.toml").write_text(PROFILE)
    alerts = [alert_of(written.sought, name) for name in PEOPLE]
    (agency.folder / "watch.jsonl").write_text("".join(json.dumps(one) + "\n" for one in alerts))
    people = [(*person[:3], "F", "SWE", person[3]) for person in PEOPLE.values()]
    agency.send("a.edi", written.paxlst([*people, *written.fillers]))
    agency.run(NIGHT)
    for name, hit in hits_of(agency).items():
        decision = PEOPLE[name][-1]
        if decision:
            agency("decide", hit, "--decision", decision, "--reason", "seen", "--as", "vera", check=0)
    agency("keys", "new", "--folder", "keys", check=0)
    agency("keys", "signing", "new", check=0, **KEYS)
    return agency


@pytest.fixture
def decided(night, tmp_path):
    """A copy of that night."""
    agency = copy(night)
    agency.folder = tmp_path / "agency"
    shutil.copytree(night.folder, agency.folder, symlinks=True)
    return agency


KEYS = {"SCREENING_KEYS": "keys"}


def hits_of(agency):
    rows = agency.json("hits", "--night", NIGHT, "--as", "vera")
    return {row["alert_id"].partition(":")[2]: row["hit_id"] for row in rows}


def sheet(agency, *words, **more):
    done = agency("handout", "--night", NIGHT, "--for", "desk3", "--format", "json", *words, check=0, **more)
    made = json.loads(done.stdout)
    return {row["hit_id"]: row for row in made["hits"]}, made, done.stderr


def acts(agency, act):
    paths = sorted((agency.store / "audit").glob("audit-*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    return [row for row in rows if row["act"] == act]


def test_a_border_point_gets_what_was_decided_true_and_of_it_what_may_be_told(decided):
    hits = hits_of(decided)
    rows, made, left_out = sheet(decided, "--airport", "vie", "--as", "vera", "--reason", "desk_3")
    assert set(rows) == {hits[name] for name in ("plain", "discreet", "caveat", "few")}
    assert hits["untold"] in left_out
    assert not any(hits[name] in left_out for name in ("false", "open"))

    plain = rows[hits["plain"]]
    assert (plain["name"], plain["alert_id"]) == ("QVARNSTEDT, YLVALINN", "watch:plain")
    assert (plain["asks"], plain["instructions"]) == ("inform", "inform the duty officer")

    discreet = rows[hits["discreet"]]
    assert discreet["instructions"] == "note seat and bags The person must not notice that they are checked."
    hidden = ("asks", "caveat", "alert_id", "alert_name", "authority", "decision", "alert_ends")
    assert [discreet[name] for name in hidden] == [None] * len(hidden)
    assert "source at risk" not in json.dumps(made)

    caveat = rows[hits["caveat"]]
    assert caveat["caveat"] == "armed; do not name the source"
    assert (caveat["alert_id"], caveat["alert_name"], caveat["authority"]) == (None, None, None)

    few = rows[hits["few"]]
    assert few["call"] == "desk for protection, 4711"
    assert "ELDERGLEN" not in json.dumps(made)  # who takes it may not see her, whoever makes it

    assert "Valid until" in made["note"]
    [act] = acts(decided, "hits.handout")
    assert (act["actor"], act["reason"]) == ("vera", "desk_3")
    assert {"to:desk3", "airport:VIE", *rows} < set(act["objects"])


def test_a_sheet_is_one_page_for_its_owner_and_a_table_that_is_no_formula(decided):
    elsewhere, _, _ = sheet(decided, "--airport", "FRA")
    assert elsewhere == {}
    out = decided.folder / "vie.html"
    decided("handout", "--for", "vera", "--out", str(out), "--as", "vera", check=0)
    page = out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "<h2>" in page
    assert "ELDERGLEN, PHILOMENA" in page
    assert not any(sign in page for sign in ("<script", "<link", "src=", "http:", "https:"))
    table = decided("handout", "--for", "desk3", "--format", "csv", "--as", "vera", check=0).stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 4
    assert {row["made_for"] for row in rows} == {"desk3"}
    assert decided("handout", "--for", "desk3", "--airport", "VIENNA", check=2).stdout == ""


def test_without_a_record_there_is_no_sheet_and_no_statement(decided):
    (decided.store / "audit" / "head.json").write_text("{")
    assert decided("handout", "--for", "desk3", check=3).stdout == ""
    out = decided.folder / "night.jws"
    done = decided("statement", "night", "--out", str(out), "--reason", "x", **KEYS)
    assert done.returncode == 3
    assert not out.exists()


def person(agency, number, *words):
    """State something of a person, named by the number of their document, and return what is signed."""
    command = ("--night", NIGHT, "--out", "one.jws", "--reason", "request 14", *words)
    agency("statement", "person", *command, check=0, typed=f"\n\n{number}\n\n", **KEYS)
    return opened((agency.folder / "one.jws").read_text().strip())[1]


def opened(document):
    """Take a compact JWS apart without any of our code: header, payload, what is signed, signature."""
    head, payload, signature = document.split(".")

    def plain(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    return json.loads(plain(head)), json.loads(plain(payload)), f"{head}.{payload}".encode(), plain(signature)


def test_a_statement_of_a_night_is_checked_by_its_public_key_alone(decided):
    out = decided.folder / "night.jws"
    words = ("--out", str(out), "--reason", "court", "--as", "vera")
    said = decided("statement", "night", *words, check=0, **KEYS).stdout
    head, fields, signed, signature = opened(out.read_text().strip())
    shown = decided("keys", "signing", "list", "--format", "json", **KEYS)
    public = json.loads(shown.stdout)[0]["public"]
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(public + "="))
    key.verify(signature, signed)
    with pytest.raises(InvalidSignature):
        key.verify(signature, signed[:-1] + b"A")
    assert (head["alg"], head["typ"]) == ("EdDSA", "screening-statement+jws")
    current = json.loads((decided.store / "nights" / NIGHT / "CURRENT.json").read_text())
    assert fields["night"]["frozen"] == current["frozen"]
    [listed] = fields["lists"]
    version = decided.json("alerts", "versions", "--list", "watch")[0]["version"]
    assert (listed["list"], listed["version"], listed["false_alerts_per_1000"]) == ("watch", version, 1.0)
    assert listed["threshold_bits"] > 0
    assert fields["screened"] == {"flights": 1, "travellers": 10, "not_screened": 0, "uncounted": 0}
    assert (fields["answer"], fields["for"]) == ("cannot_be_stated", "oversight")
    assert "10 travellers on 1 flights" in said
    assert not any(one[0] in out.read_text() + said for one in PEOPLE.values())

    held = decided("statement", "verify", str(out), "--key", public, check=0)
    assert held.stdout.startswith("The signature holds.")
    out.write_text(out.read_text().replace(".", ".A", 1))
    broken = decided("statement", "verify", str(out), "--key", public, check=3)
    assert "does not hold" in broken.stderr
    [act] = acts(decided, "statement.sign")
    assert act["reason"] == "court"


def test_what_a_person_is_told_is_the_same_for_the_discreetly_sought_and_for_nobody(decided):
    number = {name: one[3] for name, one in PEOPLE.items()} | {"nobody": "511222333"}
    nobody = person(decided, number["nobody"])
    told = {name: person(decided, number[name]) for name in ("discreet", "open", "few", "false")}
    oversight = ("--for", "oversight", "--as")
    whole = {
        name: person(decided, number[name], *oversight, "vera")["answer"]
        for name in ("nobody", "discreet", "few", "false")
    }
    hidden = person(decided, number["few"], *oversight, "anna")["answer"]
    assert nobody["answer"] == "no_hit"
    for name in ("discreet", "open", "few"):  # of categories that are not told: no trace of them
        assert told[name]["answer"] == "no_hit"
        assert told[name]["text"][-4:] == nobody["text"][-4:]
    assert told["false"]["answer"] == "hits_all_decided_false"
    assert [one["compared"] for one in nobody["person"]["flights"]] == [True]
    assert whole == {
        "nobody": "no_hit",
        "discreet": "cannot_be_stated",
        "few": "cannot_be_stated",
        "false": "hits_all_decided_false",
    }
    assert hidden == "cannot_be_stated"
    record = json.dumps(acts(decided, "statement.sign"))
    assert not any(one[0] in record or one[3] in record for one in PEOPLE.values())


def test_labels_and_shift_tell_what_was_decided_and_name_no_traveller(decided):
    rows = decided.json("evaluate", "--from-decisions", "--as", "vera")
    whole = next(row for row in rows if row["by"] == "all")
    assert [whole[name] for name in ("hits", "true", "false", "open")] == [7, 5, 1, 1]
    alerts = [row for row in rows if row["section"] == "alert"]
    assert alerts[0]["what"] == "watch:false"
    plain = decided.json("evaluate", "--from-decisions", "--as", "anna", "--from", NIGHT, "--to", NIGHT)
    assert "watch:few" not in json.dumps(plain)
    assert "shown to few" in json.dumps(plain)
    words = ("--decision", "true_match", "--reason", "seen", "--as", "vera")
    decided("decide", hits_of(decided)["open"], *words, check=0)  # a proposal: wanted asks for two
    shift = decided.json("shift", "--from", "2020-01-01T00:00", "--to", "2099-01-01T00:00")
    told = {(row["figure"], row["of"]): row["value"] for row in shift}
    assert (told["came", None], told["decided", None], told["open at the end", None]) == (7, 6, 1)
    assert (told["decided by", "vera"], told["wait for a second person", None]) == (6, 1)
    text = json.dumps([rows, shift])
    assert not any(one[0] in text or one[3] in text for one in PEOPLE.values())


def test_what_deserved_no_review_is_counted_with_its_alert(decided):
    from screening.casework.acts_on_hits import close
    from screening.store.zones import Store
    from screening.tables.hit_acts import ClosingAnswer

    answers = (ClosingAnswer.CONFIRMED, ClosingAnswer.FALSE)  # the last one counts
    for minute, answer in enumerate(answers):
        at = datetime(2026, 11, 24, 6, minute, tzinfo=UTC)
        close(Store(decided.store), hits_of(decided)["false"], answer=answer, actor="vera", at=at)
    rows = decided.json("evaluate", "--from-decisions", "--as", "vera")
    [row] = [row for row in rows if row["what"] == "watch:false"]
    assert (row["needless"], row["confirmed"]) == (1, 0)
    checked = decided.json(
        "alerts", "check", "--list", "watch", "--no-load", "--no-duplicates", "--as", "vera"
    )
    [row] = [row for row in checked if row["check"] == "decided hits" and row["what"] == "false"]
    assert (row["false"], row["needless"]) == (1, 1)


def test_who_has_no_role_gets_nothing(decided):
    profile = decided.folder / "profile.toml"
    roles = '[review]\nanalysts = ["vera"]\nborder = ["desk3"]\nstatisticians = ["stan"]\n'
    profile.write_text(profile.read_text() + roles)
    told = ("--reason", "x", "--out", "x.jws")
    shift = ("shift", "--from", "2020-01-01T00:00", "--to", "2099-01-01T00:00")
    for words in (
        ("handout", "--for", "x"),
        shift,
        ("statement", "night", *told),
        ("evaluate", "--from-decisions"),
    ):
        assert decided(*words, "--as", "stan", check=2, **KEYS).stdout == ""
    assert decided(*shift, "--as", "desk3", check=2).stdout == ""
    assert decided("handout", "--for", "desk3", "--as", "desk3", check=0).stdout.startswith("<!DOCTYPE html>")
