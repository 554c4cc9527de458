"""Whom a message leaves out or withdraws, in a whole night: screened, told, and counted only where they count."""

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
LEG = "XQ401-20261123-ARN-VIE"
NIGHT = "2026-11-23"


def table(agency, zone, name):
    return pq.read_table(agency.store / zone / "current" / f"night={NIGHT}" / f"{name}.parquet").to_pylist()


def send(agency, written, *, cancelled):
    """A whole list, then a part of it without the listed traveller, who is then cancelled, or not."""
    ylva, fillers = written.ylva, written.fillers
    agency.send("a.edi", written.paxlst([ylva, *fillers], sent="261123:0600"))
    agency.send("b.edi", written.paxlst(fillers[:2], sent="261123:0700", reference="2"))
    if cancelled:
        agency.send("c.edi", written.paxlst([ylva], sent="261123:0800", reference="3", function="745+XR"))


def test_whoever_is_not_named_again_is_screened_and_told(by_hand, written):
    send(by_hand, written, cancelled=False)
    by_hand.run(NIGHT)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["unconfirmed"], row["withdrawn"], row["hits"]) == (4, 2, 0, 1)
    assert row["reason"].startswith("2 travellers unconfirmed; ")
    [hit] = by_hand.json("hits", "--night", NIGHT)
    assert (hit["standing"], hit["standing_reason"]) == ("unconfirmed", "not_named_again")
    steps = {step["step"]: step["where"] for step in by_hand.json("trace", hit["hit_id"])}
    assert steps["standing"].startswith("Unconfirmed. A later message could have named this traveller")
    assert hit["last_named_by"] in steps["standing"]
    report = (by_hand.store / f"analyst/reports/night={NIGHT}/report.html").read_text()
    assert steps["standing"] in report
    assert sum(cell["count"] for cell in table(by_hand, "individual", "counts") if cell["route"]) == 2


def test_the_profile_says_whether_the_withdrawn_are_screened(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[screening]\nwithdrawn = false\n")
    send(by_hand, written, cancelled=True)
    by_hand.run(NIGHT)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["unconfirmed"], row["withdrawn"], row["hits"]) == (3, 1, 1, 0)
    [gone] = [one for one in table(by_hand, "individual", "travellers") if one["standing"] == "withdrawn"]
    assert (gone["surname"], gone["standing_reason"], gone["counted"]) == (
        written.ylva[0],
        "cancelled",
        False,
    )
    lines = [line for line in table(by_hand, "individual", "ledger") if line["stage"] == "screen"]
    assert {line["as"]: line["passed"] + line["set_aside"] for line in lines} == {"passed": 3, "withdrawn": 1}
    why = by_hand.json("why", gone["traveller_id"], "watch:A1")
    assert why[-1]["result"] == "withdrawn"


def test_the_withdrawn_are_screened_by_default(by_hand, written):
    send(by_hand, written, cancelled=True)
    by_hand.run(NIGHT)
    [hit] = by_hand.json("hits", "--night", NIGHT)
    assert (hit["standing"], hit["standing_reason"]) == ("withdrawn", "cancelled")


def test_a_list_that_comes_in_a_later_night_leaves_nobody_out(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers], sent="261122:0600"))
    by_hand.run("2026-11-22")
    by_hand.send("b.edi", written.paxlst(written.fillers[:2], sent="261123:0700", reference="2"))
    by_hand.run(NIGHT)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["unconfirmed"], row["hits"]) == (4, 2, 1)


def test_what_the_profile_says_of_a_carrier_reaches_the_counts_and_not_the_screening(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + '\n[[manifests.carriers]]\ncarrier = "XQ"\nmessages = "add"\n')
    send(by_hand, written, cancelled=False)
    by_hand.run(NIGHT)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["unconfirmed"], row["hits"]) == (4, 0, 1)
    assert sum(cell["count"] for cell in table(by_hand, "individual", "counts") if cell["route"]) == 4
