"""What of an inbox a night takes in: equal bytes are left out only where they are in use."""

import pytest

pytestmark = pytest.mark.slow
FIRST, SECOND = "2020-11-23", "2020-11-24"  # so long ago that every term has ended
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


def test_purged_bytes_are_read_when_they_come_again(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(FIRST)
    by_hand("retention", "purge", "--as", "anna", check=0)
    by_hand.send("b.edi", written.paxlst([written.ylva]))
    by_hand.run(SECOND)
    assert by_hand.status(SECOND)[LEG]["hits"] == 1


def test_bytes_in_use_are_left_out_when_they_come_again(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(FIRST)
    by_hand.send("b.edi", written.paxlst([written.ylva]))
    by_hand.send("c.edi", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.run(SECOND)
    assert set(by_hand.status(SECOND)) == {"XQ402-20261123-ARN-VIE"}


def test_what_was_set_aside_is_told_again_when_it_comes_again(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.send("note.txt", b"nothing to report")
    by_hand.run(FIRST, check=1)
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.send("note2.txt", b"nothing to report")
    by_hand.run(SECOND, check=1)
    assert "input:note2.txt" in by_hand.status(SECOND)


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
