"""A file of an earlier night comes when a later one is published; and corrections of corrections over nights."""

import json

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
FIRST, SECOND = "2026-11-22", "2026-11-23"
BOTH, LATE = "XQ401-20261123-ARN-VIE", "XQ510-20261122-ARN-VIE"
CROWD = [
    (f"EXAMPLE{'ABCDEFGHIJ'[i // 10]}{'ABCDEFGHIJ'[i % 10]}", "KIM", "800101", "F", "SWE", f"B{7000000 + i}")
    for i in range(72)
]


def rows(agency, night, zone, table):
    path = agency.store / zone / "current" / f"night={night}" / f"{table}.parquet"
    return pq.read_table(path).to_pylist()


def ids(agency, night, leg):
    return {
        row["surname"]: row["traveller_id"]
        for row in rows(agency, night, "individual", "travellers")
        if row["flight_id"] == leg
    }


def total(agency, day):
    """What statisticians get of a day: the grand total of its travellers."""
    made = agency.store / "aggregate" / "reports" / f"day={day}" / "data-by_route.csv"
    [line] = [line for line in made.read_text().splitlines() if ",_T," in line]
    return line


def test_a_late_file_of_an_earlier_night_overtakes_the_later_one_and_that_takes_it_up(
    by_hand, written, tmp_path, promised
):
    """XQ401 is pushed before and lands in the second night, which also hears of XQ500 of the day before again."""
    (bakari, isla, _), ylva = written.fillers, written.ylva
    profile = by_hand.folder / "profile.toml"
    profile.write_text(
        profile.read_text()
        + '[intake.expected]\npath = "schedule.csv"\n[notify]\nfile = "notices.jsonl"\n[disclosure]\nthreshold = 3\n'
    )
    (by_hand.folder / "schedule.csv").write_text(
        "carrier,number,origin,destination,departure,dates\nXQ,402,ARN,VIE,09:15,2026-11-23\n"
    )
    by_hand.send("push.edi", written.pnrgov({"QK7RT2": [bakari, isla]}, sent="261121:0900"))
    by_hand.send("500.edi", written.paxlst(CROWD[:20], flight="XQ0500", day="261122", sent="261122:0500"))
    second = {
        "401.edi": written.paxlst([bakari, isla], sent="261123:0500"),
        "500b.edi": written.paxlst(CROWD[:22], flight="XQ0500", day="261122", sent="261122:0800"),
    }
    late = {
        "push2.edi": written.pnrgov({"QK7RT2": [bakari, isla], "MM4LP9": [ylva]}, sent="261121:1500"),
        "510.edi": written.paxlst(CROWD[22:62], flight="XQ0510", day="261122", sent="261121:1900"),
        "402.edi": written.paxlst(CROWD[62:], flight="XQ0402", sent="261122:1900"),
    }
    in_order = by_hand.copy(tmp_path / "in_order")
    for name, text in late.items():
        in_order.send(f"night={FIRST}/{name}", text)
    for agency in (by_hand, in_order):
        agency.run(FIRST)
        for name, text in second.items():
            agency.send(name, text)
    in_order.run(SECOND)
    assert "1 expected flight without a message: XQ402" in by_hand.run(SECOND, check=1).stdout
    before = ids(by_hand, FIRST, BOTH) | ids(by_hand, SECOND, BOTH)

    closed = total(by_hand, FIRST)

    # the late files: compared at once, in the night whose they are; the later night says that it is overtaken
    for name, text in late.items():
        by_hand.send(f"night={FIRST}/{name}", text)
    done = by_hand.run(FIRST)
    assert f"In this order: screening run --night {SECOND}" in done.stdout
    assert by_hand.status(FIRST)[BOTH]["hits"] == 1
    assert total(by_hand, FIRST) == closed  # the later night has published that day, and corrects it itself
    told = by_hand("status", "--night", SECOND, check=1).stdout
    assert told.startswith(
        f"Night {SECOND}: needs a person: night {FIRST} has since received more of flight XQ401 "
        f"and the traffic of {FIRST}, {SECOND}\n"
    )
    assert f"It takes them up by: screening run --night {SECOND}" in told
    assert by_hand.status(SECOND)["XQ402-20261123-ARN-VIE"]["mend"] is None  # it is missing no more
    [_, notice] = [json.loads(one) for one in (by_hand.folder / "notices.jsonl").read_text().splitlines()]
    assert (notice["about"], notice["state"], notice["counts"]["overtaken"]) == (
        f"night {SECOND}",
        "needs a person",
        3,
    )
    assert json.loads(by_hand("nights", "--format", "json").stdout)[0]["state"] == "needs a person"

    # what it prints is what mends it: nobody lost, nobody twice, ids as they were, as if all had come in time
    done = by_hand.run(SECOND)
    assert "since revision 1: flights as before, travellers +1, hits +1" in done.stdout
    assert set(by_hand.status(SECOND)) == {BOTH, "XQ500-20261122-ARN-VIE"}
    for night in (FIRST, SECOND):
        for zone, table in _TABLES:
            assert rows(by_hand, night, zone, table) == rows(in_order, night, zone, table), table
    assert before.items() <= ids(by_hand, SECOND, BOTH).items()
    assert ",62," in total(by_hand, FIRST)
    assert ",13," in total(by_hand, SECOND)

    # and nothing more happens
    stands = promised(by_hand.store)
    for night in (FIRST, SECOND):
        assert "nothing is new" in by_hand.run(night).stdout
        assert by_hand("status", "--night", night, check=0).stdout.startswith(f"Night {night}: in order\n")
    assert promised(by_hand.store) == stands


def test_a_correction_of_a_correction_over_nights_one_of_them_out_of_order(by_hand, written):
    """The latest word as sent is believed, all that was ever said is compared, everybody counts once."""
    ylva, (bakari, isla, korbinian) = written.ylva, written.fillers

    def of(person, document):
        return (*person[:5], document)

    said = {  # night -> what comes in it, and which document of Isla's is believed then
        "2026-11-20": ("261119:0800", [ylva, bakari, of(isla, "511222000")], "511222000"),
        "2026-11-21": ("261121:0800", [ylva, bakari, of(isla, "511222333")], "511222333"),
        "2026-11-22": ("261120:0800", [korbinian, of(isla, "511222111")], "511222333"),
    }
    known: dict[str, str] = {}
    for place, (night, (sent, people, believed)) in enumerate(said.items()):
        by_hand.send(f"{place}.edi", written.paxlst(people, sent=sent, reference=str(place)))
        by_hand.run(night)
        found = ids(by_hand, night, BOTH)
        assert known.items() <= found.items()
        known = found
        documents = [
            row["number"]
            for row in rows(by_hand, night, "individual", "documents")
            if row["traveller_id"] == found["DRUMMOND"]
        ]
        assert documents[0] == believed
        assert len(documents) == place + 1
        counted = [
            row["surname"] for row in rows(by_hand, night, "individual", "travellers") if row["counted"]
        ]
        assert sorted(counted) == ["DRUMMOND", "OKONJO", "QVARNSTEDT"]
    assert (by_hand.status(night)[BOTH]["travellers"], by_hand.status(night)[BOTH]["unconfirmed"]) == (4, 1)


def test_a_decided_hit_keeps_its_id_when_an_older_message_comes_late(by_hand, written, promised):
    """Ids are made of what was said first; this was, and came last."""
    by_hand.send("1.edi", written.paxlst([written.ylva, written.fillers[0]], sent="261123:0500"))
    by_hand.run(SECOND)
    [hit] = rows(by_hand, SECOND, "analyst", "hits")
    decided = "--as", "anna", "--decision", "true_match", "--reason", "same person"
    by_hand("decide", hit["hit_id"], *decided, check=0)
    by_hand.send("2.edi", written.paxlst([written.ylva], sent="261122:1900", reference="2"))
    by_hand.run(SECOND)
    [after] = rows(by_hand, SECOND, "analyst", "hits")
    assert (after["hit_id"], after["traveller_id"]) == (hit["hit_id"], hit["traveller_id"])
    assert [row["state"] for row in by_hand.json("hits", "--night", SECOND)] == ["decided"]
    by_hand("trace", hit["hit_id"], check=0)
    sheet = by_hand("handout", "--airport", "VIE", "--for", "desk3", "--night", SECOND, "--out", "sheet.csv")
    assert sheet.stdout.startswith("1 hits written")
    stands = promised(by_hand.store)
    by_hand("run", "--night", SECOND, "--inbox", "inbox", "--again", check=0)
    assert promised(by_hand.store) == stands


_TABLES = (
    ("individual", "travellers"),
    ("individual", "documents"),
    ("individual", "flights"),
    ("individual", "counts"),
    ("analyst", "hits"),
    ("analyst", "evidence"),
)
