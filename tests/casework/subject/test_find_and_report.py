"""What is held on one person is found in every zone and handed out; nothing of anybody else, nothing secret."""

import json
import re
import shutil
import stat

import pytest

from tests.casework.subject.conftest import FIRST, SECOND, Agency, made
from tests.casework.subject.conftest import JONAS as JONAS_SENT
from tests.casework.subject.conftest import MARTA as MARTA_SENT
from tests.messages_by_hand import FILLERS
from tests.messages_by_hand import YLVA as YLVA_SENT

BAKARI_SENT, ISLA_SENT, _ = FILLERS

MARTA = {"document": "AA-77 12345", "state": "SWE"}
YLVA = {"document": "ZZ9081726", "state": "SE"}
NAMED = {"name": "Lindquist, Marta Elin", "born": "1981-04-12"}


@pytest.mark.parametrize("asked", [MARTA, NAMED, MARTA | NAMED], ids=["document", "name", "both"])
def test_all_zones_are_looked_through(two_nights, asked):
    done = two_nights.subject("find", "--format", "json", **asked)
    assert (done.code, done.err) == (0, "")
    found = {(row["zone"], row["night"], row["table"]): row["rows"] for row in json.loads(done.out)}
    sure = {key: rows for key, rows in found.items() if key[2] != "acts"}
    assert sure == {
        ("individual", FIRST, "statements"): 1,
        ("individual", FIRST, "statement_documents"): 1,
        ("individual", FIRST, "travellers"): 1,
        ("individual", FIRST, "documents"): 1,
        ("individual", FIRST, "bookings"): 1,
        ("individual", SECOND, "statements"): 1,
        ("individual", SECOND, "statement_documents"): 1,
        ("individual", SECOND, "travellers"): 1,
        ("individual", SECOND, "documents"): 1,
        ("landing", None, "bytes"): 1,
        ("individual", None, "person_key"): 1,
        ("individual", None, "traffic model"): 0,
        ("aggregate", None, "published"): 0,
    }


def test_hits_reports_and_lists_are_found(two_nights):
    found = json.loads(two_nights.subject("find", "--format", "json", **YLVA).out)
    tables = {row["table"]: row["rows"] for row in found}
    assert (tables["hits"], tables["report"], tables["alerts"]) == (1, 1, 1)
    assert tables["evidence"] > 1


def test_who_is_only_like_is_counted_and_not_taken(two_nights):
    done = two_nights.subject("find", "--format", "json", name="Lindquist, Marta", born="1981-04-12")
    strengths = {row["strength"] for row in json.loads(done.out) if row["rows"]}
    assert strengths == {"only like"}
    assert "nobody is found" in done.err
    assert two_nights.subject("report", name="Lindquist, Marta", born="1981-04-12").code == 2


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"name": "Lindquist, Marta"},
        {"born": "1981-04-12"},
        {"document": "A1"},
        {"document": "AA7712345", "state": "Atlantis"},
        {"name": "Lindquist", "born": "1981"},
    ],
    ids=["nothing", "no birth", "no name", "too short", "no State", "a year"],
)
def test_what_cannot_be_read_is_refused_and_not_repeated(two_nights, asked):
    done = two_nights.subject("find", **asked)
    assert (done.code, done.out) == (2, "")
    for value in asked.values():
        assert value not in done.err


def test_the_record_names_nobody(two_nights):
    two_nights.subject("find", **NAMED | MARTA)
    done = two_nights("subject", "find", "--reason", "for Marta", typed=("Lindquist, Marta", "1981-04-12"))
    assert done.code == 2
    last = two_nights.acts()[-1]
    assert (last["act"], last["actor"], last["reason"]) == ("subject.find", "anna", "request 14/26")
    text = json.dumps(two_nights.acts()).upper()
    for value in ("LINDQUIST", "MARTA", "1981-04-12", "7712345"):
        assert value not in text


def test_the_document_holds_all_of_the_person_and_nothing_of_others(two_nights, tmp_path):
    for name in ("answer.html", "answer.json"):
        path = tmp_path / name
        done = two_nights.subject("report", "--out", str(path), **MARTA)
        assert (done.code, done.err) == (0, "")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text()
        for value in (
            "LINDQUIST",
            "MARTAELIN",
            "1981-04-12",
            "AA7712345",
            "ABC123",
            FIRST,
            SECOND,
            "by law for border checks",
        ):
            assert value in text, value
        for value in ("JONAS", "1979-01-01", "AA8823456", "OKONJO", "DEF456", "QVARNSTEDT"):
            assert value not in text, value
    assert two_nights.acts()[-1]["act"] == "subject.report"
    assert "<script" not in (tmp_path / "answer.html").read_text()


@pytest.mark.parametrize("out", ["answer.txt", "store/answer.html", "none/answer.html"])
def test_the_document_is_never_written_where_others_look(two_nights, out):
    done = two_nights.subject("report", "--out", out, **MARTA)
    assert (done.code, "--out" in done.err) == (2, True)


def plain(done) -> dict:
    document = json.loads(done.out)
    document.pop("made_at")
    document["parts"] = [part for part in document["parts"] if part["title"] != "Your own requests"]
    return document


# Who is sought on which list: all of a flight.
NOT_TOLD = {
    "inform": (YLVA_SENT, "SE", {"category": "inform"}),
    "discreet": (BAKARI_SENT, "NG", {"category": "discreet_check"}),
    "wanted": (ISLA_SENT, "GB", {"category": "wanted"}),
    "caveat": (JONAS_SENT, "SE", {"category": "document", "caveat": "do not tell the holder"}),
}
TOLD = {"told": (MARTA_SENT, "SE", {"category": "document"})}


def sought(written, list_id, person, state, more) -> dict:
    surname, given, born, sex, _, number = person
    day = f"19{born[:2]}-{born[2:4]}-{born[4:]}"
    name = {"full": f"{surname}, {given}", "surname": surname, "given_names": given}
    return written.sought | {
        "alert_id": f"{list_id}:A1", "list": list_id, "sex": [sex], "nationalities": [state],
        "names": [written.sought["names"][0] | name],
        "dates_of_birth": [{"value": day, "from": day, "to": day, "precision": "day", "identity": 0}],
        "documents": [written.sought["documents"][0] | {"number": number, "issuing_state": state}],
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def listed(tmp_path_factory, written):
    """Everybody of the flight is sought, each on a list of another kind; read only."""
    alerts = [sought(written, list_id, *of) for list_id, of in (NOT_TOLD | TOLD).items()]
    return made(tmp_path_factory.mktemp("listed") / "agency", written, alerts, nights=(SECOND,))


@pytest.fixture(scope="module")
def unlisted(tmp_path_factory, written):
    """The same lists seek people who are nowhere; read only."""
    nobody = [("NOBODY", "ATALL", "330303", "F", "SWE", f"XX000000{n}") for n in range(5)]
    alerts = [
        sought(written, list_id, person, state, more)
        for person, (list_id, (_, state, more)) in zip(nobody, (NOT_TOLD | TOLD).items(), strict=True)
    ]
    return made(tmp_path_factory.mktemp("unlisted") / "agency", written, alerts, nights=(SECOND,))


@pytest.mark.parametrize("list_id", NOT_TOLD)
def test_a_hit_that_must_not_be_told_leaves_no_trace(listed, unlisted, list_id):
    """The document of who is sought and of who is not are the same, byte by byte."""
    hits = listed.rows("analyst", SECOND, "hits")
    assert sorted(hit["alert_ids"] for hit in hits) == sorted([f"{one}:A1"] for one in NOT_TOLD | TOLD)
    assert unlisted.rows("analyst", SECOND, "hits") == []
    person, state, more = NOT_TOLD[list_id]
    one, two = (agency.subject("report", document=person[-1], state=state) for agency in (listed, unlisted))
    assert plain(one) == plain(two)
    assert re.search(rf"not in the document: hit \w+, alert {list_id}:A1", one.err)
    assert more.get("caveat", "no caveat") in one.err
    assert two.err == ""


def test_a_hit_that_may_be_told_is_told_with_its_decision(listed, tmp_path):
    shutil.copytree(listed.folder, tmp_path / "agency", symlinks=True)
    agency = Agency(tmp_path / "agency")
    [hit] = [hit for hit in agency.rows("analyst", SECOND, "hits") if hit["alert_ids"] == ["told:A1"]]
    assert agency("decide", hit["hit_id"], "--decision", "false_match", "--reason", "reissued").code == 0
    done = agency.subject("report", **MARTA)
    assert done.err == ""
    (part,) = [part for part in json.loads(done.out)["parts"] if "a person looked at" in part["title"]]
    assert part["rows"][0]["decision"] == "false match"
    assert "reissued" not in done.out
