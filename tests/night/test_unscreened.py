"""Whoever was not screened is counted: status, summary, report and figures of the night say the same truth."""

import gzip
import json
import re

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"


def test_the_unscreened_of_a_faulty_night_are_counted_as_they_are(by_hand, written):
    """Each fault with the people in it; None where the bytes allow no count."""
    many = [(f"{surname}{'ABCDEFGH'[n]}", *rest) for n in range(8) for surname, *rest in written.fillers]

    def sent(flight, people):
        return written.paxlst(people, flight=flight)

    def mislabelled(flight, people):
        return sent(flight, people).replace("PAXLST:D", "INVOIC:D")

    wrong_type = mislabelled("XQ0402", many)
    no_envelope = re.sub(r"^UNA.*?UNH", "UNH", mislabelled("XQ0403", many[:5]), flags=re.DOTALL)
    stated = mislabelled("XQ0404", many[:7]).replace("NAD+FL+++", "N#D#")
    faulty = {
        "wrong_type.edi": (wrong_type.encode(), 24),
        "no_envelope.edi": (no_envelope.encode(), 5),
        "stated.edi": (stated.encode(), 7),
        "cut.gz": (gzip.compress(sent("XQ0405", many).encode())[:90], None),
        "photo.pdf": (b"%PDF-1.7\x00\xff", None),
        "note.txt": (b"The host is down until 23:00.\n", 0),
        "empty.edi": (b"", 0),
    }
    by_hand.send("good.edi", sent("XQ0401", [written.ylva, *written.fillers]))
    whole = sent("XQ0406", many[:4])
    by_hand.send("cut.edi", whole[: whole.rindex("NAD+FL") + 14])
    for name, (data, _) in faulty.items():
        by_hand.send(name, data)
    told = by_hand.run(NIGHT, check=1).stdout

    status = by_hand.status(NIGHT)
    assert {name: status[f"input:{name}"]["quarantined"] for name in faulty} == {
        name: people for name, (_, people) in faulty.items()
    }
    cut = status["XQ406-20261123-ARN-VIE"]
    assert (cut["travellers"], cut["quarantined"]) == (3, 1)
    assert (status[LEG]["travellers"], status[LEG]["quarantined"], status[LEG]["hits"]) == (4, 0, 1)
    assert all(row["mend"] for name, row in status.items() if name != LEG)

    first, *rest = told.splitlines()
    assert (
        "24 travellers of XQ402, 7 travellers of XQ404, 5 travellers of XQ403, at least 1 traveller of "
        in first
    )
    assert "an unknown number of travellers in 2 files not screened; 2 files that hold nobody" in first
    assert any(
        line.split() == "Travellers 7 on flights, 37 not screened, and an unknown number in 2 files".split()
        for line in rest
    )
    known = [row["people"] for row in by_hand.json("quarantine", "list")]
    assert sum(number or 0 for number in known) == 37
    assert known.count(None) == 2
    revision = json.loads((by_hand.store / "nights" / NIGHT / "CURRENT.json").read_text())["revision"]
    figures = json.loads(
        (by_hand.store / "nights" / NIGHT / "runs" / f"{revision:04d}" / "figures.json").read_text()
    )
    assert figures["travellers_quarantined"][0] == 37
    report = (by_hand.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html").read_text()
    assert first.partition("revision 1: ")[2] in report.replace("\n", " ")


def test_a_message_that_ends_between_two_travellers_is_not_in_order_until_a_whole_one_comes(by_hand, written):
    whole = written.paxlst([*written.fillers, written.ylva])
    by_hand.send("cut.edi", whole[: whole.rindex("NAD+FL")])
    told = by_hand.run(NIGHT, check=1).stdout
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["quarantined"], row["reason_code"]) == (3, None, "unt_missing")
    assert "an unknown number of travellers of XQ401 not screened" in told.splitlines()[0]
    by_hand.send(f"night={NIGHT}/whole.edi", whole)
    by_hand(*row["mend"].split()[1:], check=0)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["quarantined"], row["mend"]) == (4, 0, None)


@pytest.mark.parametrize(
    ("harm", "missing"),
    [
        pytest.param(lambda text: text.replace("NAD+FL", "N##+FL"), 4, id="all"),
        pytest.param(lambda text: re.sub(r"CNT.42:4'\r\n", "", text.replace("NAD+FL", "N##+FL")), None, id="no count"),
        pytest.param(lambda text: text.replace("NAD+FL+++QVARN", "N##+FL+++QVARN"), 1, id="one of them"),
        pytest.param(lambda text: re.sub(r"NAD.FL.*?(?=CNT)", "", text, flags=re.DOTALL), 4, id="none named, 4 stated"),
    ],
)  # fmt: skip
def test_who_is_stated_and_cannot_be_read_is_not_called_in_order(by_hand, written, harm, missing):
    whole = written.paxlst([*written.fillers, written.ylva])
    by_hand.send("a.edi", harm(whole))
    first = by_hand.run(NIGHT, check=1).stdout.splitlines()[0]
    row = by_hand.status(NIGHT)[LEG]
    assert (row["quarantined"], row["reason_code"]) == (missing, "travellers_not_read")
    number = {None: "an unknown number of travellers", 1: "1 traveller"}.get(missing, f"{missing} travellers")
    assert f"{number} of XQ401 not screened" in first
    by_hand.send(f"night={NIGHT}/whole.edi", whole.replace("UNH+1+", "UNH+2+"))
    by_hand(*row["mend"].split()[1:], "--inbox", "inbox", check=0)
    row = by_hand.status(NIGHT)[LEG]
    # of one lost name the document stood with the neighbour: compared there too, and kept
    assert (row["travellers"], row["quarantined"], row["mend"], row["hits"]) == (
        4,
        0,
        None,
        1 + (missing == 1),
    )


def test_a_wrong_count_of_a_message_that_was_read_whole_calls_nobody(by_hand, written):
    by_hand.send("a.edi", written.paxlst([*written.fillers, written.ylva], count=9))
    by_hand.run(NIGHT, check=0)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["quarantined"], row["reason_code"]) == (4, 0, "cnt_differs")


def test_travellers_of_a_leg_that_does_not_add_up_are_counted_and_a_rerun_mends_it(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402"))
    other = "XQ402-20261123-ARN-VIE"
    told = by_hand.run(NIGHT, check=1, MISCOUNT_ON=other).stdout
    row = by_hand.status(NIGHT)[other]
    assert (row["outcome"], row["reason_code"], row["quarantined"]) == ("failed", "balance_differs", 3)
    assert by_hand.status(NIGHT)[LEG]["hits"] == 1
    assert "3 travellers of XQ402 not screened" in told.splitlines()[0]
    by_hand(*row["mend"].split()[1:], check=0)
    folder = by_hand.store / "individual" / "current" / f"night={NIGHT}"
    outcomes = {
        one["flight_id"]: one["outcome"] for one in pq.read_table(folder / "outcomes.parquet").to_pylist()
    }
    assert outcomes == {LEG: "screened", other: "screened"}
