"""What of an inbox a night takes in: equal bytes are left out only where they are in use."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.slow
TODAY = datetime.now(UTC).date()  # terms of messages have ended after 30 days, those of records have not
FIRST, SECOND, THIRD = ((TODAY - timedelta(days=days)).isoformat() for days in (30, 29, 28))


def leg(number):
    return f"XQ{number}-20261123-ARN-VIE"


def limits(agency, text):
    path = agency.folder / "profile.toml"
    path.write_text(path.read_text().partition("[intake]")[0] + f"[intake]\n{text}\n")


def sent_again(agency, old, new):
    """The bytes of a file come once more, under its name or another."""
    path = agency.folder / "inbox" / old
    data = path.read_bytes()
    path.unlink()
    agency.send(new, data)


def test_what_came_before_is_left_out_where_it_is_in_use_and_told_again_where_it_is_set_aside(
    by_hand, written
):
    limits(by_hand, "max_file_bytes = 1500")
    many = [(f"{surname}{letter}", *rest) for letter in "ABC" for surname, *rest in written.fillers]
    for number in (411, 412):
        by_hand.send(f"large{number}.edi", written.paxlst([written.ylva, *many], flight=f"XQ0{number}"))
    by_hand.send("small.edi", written.paxlst(written.fillers[:1], flight="XQ0413"))
    by_hand.send("used.edi", written.paxlst([written.ylva], flight="XQ0414"))
    for name in ("left", "same", "other"):
        by_hand.send(f"{name}.txt", f"nothing to report, {name}".encode())
    by_hand.send("empty.edi", b"")
    by_hand.send("empty2.edi", b"")
    by_hand.run(FIRST, check=1)
    status = by_hand.status(FIRST)
    assert status["input:large411.edi"]["reason_code"] == "file_too_large"
    assert {"input:empty.edi", "input:empty2.edi"} < set(status)
    entry = next(
        row["id"]
        for row in by_hand.json("quarantine", "list", "--night", FIRST)
        if row["input"] == "empty.edi"
    )
    by_hand("quarantine", "release", entry, "--as", "anna", "--reason", "known", check=0)
    status = by_hand.status(FIRST)
    assert [status[f"input:{name}.edi"]["mend"] for name in ("empty", "empty2")] == [None, None]
    by_hand.run(SECOND, check=3)  # nothing else came

    limits(by_hand, "max_file_bytes = 9000")  # what a smaller one refused is read under its name or another
    (by_hand.folder / "inbox" / "large412.edi").rename(by_hand.folder / "inbox" / "again.edi")
    by_hand.send("used2.edi", written.paxlst([written.ylva], flight="XQ0414"))
    sent_again(by_hand, "same.txt", "same.txt")
    sent_again(by_hand, "other.txt", "other2.txt")
    by_hand.send("new.edi", written.paxlst(written.fillers, flight="XQ0415"))
    by_hand.run(SECOND, check=1)
    status = by_hand.status(SECOND)
    assert set(status) == {
        *(leg(number) for number in (411, 412, 415)),
        *(f"input:{name}" for name in ("same.txt", "other2.txt", "empty.edi", "empty2.edi")),
    }
    assert [status[leg(number)]["hits"] for number in (411, 412)] == [1, 1]


def test_purged_bytes_are_read_when_they_come_again_and_not_while_they_are_left_lying(by_hand, written):
    for number in (401, 402, 403):
        by_hand.send(f"{number}.edi", written.paxlst([written.ylva], flight=f"XQ0{number}"))
    by_hand.run(FIRST)
    by_hand("retention", "purge", "--as", "anna", check=0)
    by_hand.run(SECOND, check=3)
    sent_again(by_hand, "401.edi", "401.edi")
    sent_again(by_hand, "402.edi", "other.edi")
    by_hand.run(SECOND)
    assert {name: row["hits"] for name, row in by_hand.status(SECOND).items()} == {leg(401): 1, leg(402): 1}

    sent_again(by_hand, "403.edi", "403.edi")
    profile = by_hand.folder / "profile.toml"
    whole = profile.read_text()
    profile.write_text(whole.replace('id = "watch"', 'id = "other"'))
    (by_hand.folder / "watch.jsonl").rename(by_hand.folder / "away.jsonl")
    by_hand.run(THIRD, check=3)  # its list is not there: what came again comes again after it
    profile.write_text(whole)
    by_hand.run(THIRD)
    assert by_hand.status(THIRD)[leg(403)]["hits"] == 1
