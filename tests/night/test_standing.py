"""Whom a message leaves out or withdraws, in a whole night: screened, told, and counted only where they count."""

import pyarrow.parquet as pq
import pytest

from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"


def table(agency, zone, name):
    return pq.read_table(agency.store / zone / "current" / f"night={NIGHT}" / f"{name}.parquet").to_pylist()


LEFT_OUT, CANCELLED, ADDED, LATER = (
    "XQ401-20261123-ARN-VIE",
    "XQ402-20261123-ARN-GRZ",
    "XA403-20261123-ARN-LNZ",
    "XQ404-20261123-ARN-INN",
)


def send(agency, written, leg):
    """A whole list, then a part of it without the listed traveller, who is then cancelled, or not."""
    ylva, fillers = written.ylva, written.fillers
    name, _, _, destination = leg.split("-")

    def sent(number, people, moment, **more):
        text = written.paxlst(
            people,
            flight=f"{name[:2]}0{name[2:]}",
            destination=destination,
            sent=moment,
            reference=number,
            **more,
        )
        agency.send(f"{name}{number}.edi", text)

    if leg == LATER:
        sent("1", [ylva, *fillers], "261122:0600")
        agency.run("2026-11-22")
    else:
        sent("1", [ylva, *fillers], "261123:0600")
    sent("2", fillers[:2], "261123:0700")
    if leg == CANCELLED:
        sent("3", [ylva], "261123:0800", function="745+XR")


@pytest.fixture(scope="module")
def night(tmp_path_factory, screening, written):
    """A night with every leg, under a profile that says of a carrier that its messages add; read only."""
    agency = Agency(tmp_path_factory.mktemp("standing") / "agency", screening)
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + '\n[[manifests.carriers]]\ncarrier = "XA"\nmessages = "add"\n')
    for leg in (LATER, LEFT_OUT, CANCELLED, ADDED):
        send(agency, written, leg)
    agency.run(NIGHT)
    agency.hits = {hit["flight_id"]: hit for hit in agency.json("hits", "--night", NIGHT)}
    return agency


def figures(agency, leg):
    row = agency.status(NIGHT)[leg]
    return row["travellers"], row["unconfirmed"], row["withdrawn"], row["hits"]


def counted(agency, leg):
    return sum(cell["count"] for cell in table(agency, "individual", "counts") if cell["route"] == leg[-7:])


def test_whoever_is_not_named_again_is_screened_and_told(night):
    assert figures(night, LEFT_OUT) == (4, 2, 0, 1)
    assert night.status(NIGHT)[LEFT_OUT]["reason"].startswith("2 travellers unconfirmed; ")
    hit = night.hits[LEFT_OUT]
    assert (hit["standing"], hit["standing_reason"]) == ("unconfirmed", "not_named_again")
    steps = {step["step"]: step["where"] for step in night.json("trace", hit["hit_id"])}
    assert steps["standing"].startswith("Unconfirmed. A later message could have named this traveller")
    assert hit["last_named_by"] in steps["standing"]
    report = (night.store / f"analyst/reports/night={NIGHT}/report.html").read_text()
    assert steps["standing"] in report
    assert counted(night, LEFT_OUT) == 2


def test_the_withdrawn_are_screened_by_default(night):
    hit = night.hits[CANCELLED]
    assert (hit["standing"], hit["standing_reason"]) == ("withdrawn", "cancelled")


def test_a_list_that_comes_in_a_later_night_leaves_nobody_out(night):
    assert figures(night, LATER) == (4, 2, 0, 1)


def test_what_the_profile_says_of_a_carrier_reaches_the_counts_and_not_the_screening(night):
    assert figures(night, ADDED) == (4, 0, 0, 1)
    assert counted(night, ADDED) == 4


def test_the_profile_says_whether_the_withdrawn_are_screened(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[screening]\nwithdrawn = false\n")
    send(by_hand, written, CANCELLED)
    by_hand.run(NIGHT)
    assert figures(by_hand, CANCELLED) == (3, 1, 1, 0)
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
