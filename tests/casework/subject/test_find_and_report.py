"""What is held on one person is found in every zone and handed out; nothing of anybody else, nothing secret."""

import json
import re
import stat

import pytest

from tests.casework.subject.conftest import FIRST, SECOND, made

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


@pytest.mark.parametrize(
    ("category", "caveat"),
    [("discreet_check", None), ("inform", None), ("wanted", None), ("document", "do not tell the holder")],
)
def test_a_hit_that_must_not_be_told_leaves_no_trace(tmp_path, written, category, caveat):
    """The document of who is sought and of who is not are the same, byte by byte."""
    listed = made(tmp_path / "listed", written, category=category, sought={"caveat": caveat})
    other = {"name": "x", "names": [{**written.sought["names"][0], "full": "NOBODY, Atall"}]}
    other |= {"documents": [], "dates_of_birth": []}
    other["names"][0] |= {"surname": "NOBODY", "given_names": "Atall"}
    unlisted = made(tmp_path / "unlisted", written, category=category, sought=other)
    hits = [len(agency.rows("analyst", SECOND, "hits")) for agency in (listed, unlisted)]
    assert hits == [1, 0]
    one, two = (agency.subject("report", **YLVA) for agency in (listed, unlisted))
    assert plain(one) == plain(two)
    assert re.search(r"not in the document: hit \w+, alert watch:A1", one.err)
    assert (caveat or "no caveat") in one.err
    assert two.err == ""


def test_a_hit_that_may_be_told_is_told_with_its_decision(tmp_path, written):
    agency = made(tmp_path / "agency", written, category="document")
    (hit,) = agency.rows("analyst", SECOND, "hits")
    agency("decide", hit["hit_id"], "--decision", "false_match", "--reason", "reissued")
    done = agency.subject("report", **YLVA)
    assert done.err == ""
    (part,) = [part for part in json.loads(done.out)["parts"] if "a person looked at" in part["title"]]
    assert part["rows"][0]["decision"] == "false match"
    assert "reissued" not in done.out
