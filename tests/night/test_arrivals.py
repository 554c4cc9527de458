"""What of an inbox a night takes in: equal bytes are left out only where they are in use."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.slow
TODAY = datetime.now(UTC).date()  # terms of messages have ended after 30 days, those of records have not
FIRST, SECOND = ((TODAY - timedelta(days=days)).isoformat() for days in (30, 29))
LEG = "XQ401-20261123-ARN-VIE"


def limits(agency, text):
    path = agency.folder / "profile.toml"
    path.write_text(path.read_text().partition("[intake]")[0] + f"[intake]\n{text}\n")


@pytest.mark.parametrize("name", ["large.edi", "again.edi"])
def test_bytes_that_a_limit_refused_are_read_when_the_limit_is_larger(by_hand, written, name):
    limits(by_hand, "max_file_bytes = 500")
    by_hand.send("large.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.send("small.edi", written.paxlst(written.fillers[:1], flight="XQ0402"))
    by_hand.run(FIRST, check=1)
    assert by_hand.status(FIRST)["input:large.edi"]["reason_code"] == "file_too_large"
    (by_hand.folder / "inbox" / "large.edi").rename(by_hand.folder / "inbox" / name)
    limits(by_hand, "max_file_bytes = 9000")
    by_hand.run(SECOND)
    assert by_hand.status(SECOND)[LEG]["hits"] == 1


@pytest.mark.parametrize("name", ["a.edi", "b.edi"])
def test_purged_bytes_are_read_when_they_come_again_and_not_while_they_are_left_lying(by_hand, written, name):
    path = by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(FIRST)
    by_hand("retention", "purge", "--as", "anna", check=0)
    by_hand.run(SECOND, check=3)
    path.unlink()
    by_hand.send(name, written.paxlst([written.ylva]))
    by_hand.run(SECOND)
    assert by_hand.status(SECOND)[LEG]["hits"] == 1


def test_bytes_in_use_are_left_out_when_they_come_again(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(FIRST)
    by_hand.send("b.edi", written.paxlst([written.ylva]))
    by_hand.send("c.edi", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.run(SECOND)
    assert set(by_hand.status(SECOND)) == {"XQ402-20261123-ARN-VIE"}


@pytest.mark.parametrize("name", ["note.txt", "note2.txt"])
def test_what_was_set_aside_is_told_again_when_it_comes_again(by_hand, written, name):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.send("left.txt", b"left where it came")
    note = by_hand.send("note.txt", b"nothing to report")
    by_hand.run(FIRST, check=1)
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402"))
    note.unlink()
    by_hand.send(name, b"nothing to report")
    by_hand.run(SECOND, check=1)
    assert [row for row in by_hand.status(SECOND) if row.startswith("input:")] == [f"input:{name}"]


def test_an_empty_file_is_told_each_time(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.send("empty.edi", b"")
    by_hand.send("other.edi", b"")
    by_hand.run(FIRST, check=1)
    assert {"input:empty.edi", "input:other.edi"} < set(by_hand.status(FIRST))
    entry = by_hand.json("quarantine", "list", "--night", FIRST)[0]["id"]
    by_hand("quarantine", "release", entry, "--as", "anna", "--reason", "known", check=0)
    by_hand.run(FIRST, check=0)
    by_hand.run(SECOND, check=3)  # nothing else came
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.run(SECOND, check=1)
    assert {"input:empty.edi", "input:other.edi"} < set(by_hand.status(SECOND))


def test_what_came_again_comes_again_after_a_run_that_was_killed(by_hand, written):
    path = by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(FIRST)
    by_hand("retention", "purge", "--as", "anna", check=0)
    path.unlink()
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    (by_hand.folder / "watch.jsonl").rename(by_hand.folder / "away.jsonl")
    profile = by_hand.folder / "profile.toml"
    whole = profile.read_text()
    profile.write_text(whole.replace('id = "watch"', 'id = "other"'))
    by_hand.run(SECOND, check=3)  # its list is not there
    profile.write_text(whole)
    by_hand.run(SECOND)
    assert by_hand.status(SECOND)[LEG]["hits"] == 1
