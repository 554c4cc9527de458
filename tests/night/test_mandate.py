"""A whole night under a mandate: what is outside is told and not stored, run again it says the same."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"
FAR = "XQ77-20261123-JFK-VIE"
PROFILES = Path(__file__).parents[2] / "docs" / "profiles"
EXAMPLES = {path.stem for path in PROFILES.glob("*.toml")}
UNION_ONLY_SELECTED = """
[law]
purposes = ["terrorism", "serious_crime"]
[law.uses]
screening = ["terrorism", "serious_crime"]
[intake.flights]
home = ["AT"]
region = ["AT", "SE"]
intra_region = "selected"
domestic = "none"
elsewhere = "none"
"""
DECISION = """
[[intake.flights.selected]]
id = "AT-7"
authority = "Example court"
since = 2026-11-01
review = 2026-11-15
until = 2026-12-31
flights = ["XQ401"]
"""


def table(agency, zone, name):
    return pq.read_table(agency.store / zone / "current" / f"night={NIGHT}" / f"{name}.parquet").to_pylist()


def under(agency, text):
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + text)


def send(agency, written):
    agency.send("a.edi", written.paxlst([written.ylva, written.fillers[0]]))
    agency.send("b.edi", written.pnrgov({"LOC123": [written.ylva], "LOC456": [written.fillers[1]]}))
    agency.send("c.edi", written.paxlst(written.fillers[1:], flight="XQ0077", origin="JFK", reference="3"))


def stored(agency):
    return b"".join(
        path.read_bytes()
        for path in sorted(agency.store.rglob("*"))
        if path.is_file() and path.suffix in {".bin", ".parquet", ".json", ".jsonl", ".html"}
    )


def under_example(agency, name):
    profile = agency.folder / "profile.toml"
    lists = profile.read_text().partition("[agency]")[0]
    example = re.sub(r"(?m)^home = .*$", 'home = ["AT"]', (PROFILES / f"{name}.toml").read_text())
    profile.write_text(lists + example)


def test_a_flight_outside_is_told_and_not_stored(by_hand, written, promised):
    under_example(by_hand, "eu-pnr")
    send(by_hand, written)
    done = by_hand.run(NIGHT, check=0)
    assert "OUTSIDE=1" in done.stdout
    command = f"screening profile outside --night {NIGHT}"
    assert f"; 4 named in messages outside the mandate, not screened ({command})" in done.stdout
    assert by_hand.json("profile", "outside") == by_hand.json(*command.split()[1:])
    report = by_hand.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html"
    assert "<b>4</b>named in messages outside the mandate" in report.read_text()
    rows = by_hand.status(NIGHT)
    assert rows[FAR]["outcome"].startswith("screened")
    row = rows[LEG]
    assert (row["outcome"], row["reason_code"], row["travellers"], row["mend"]) == (
        "outside_mandate",
        "not_selected",
        0,
        None,
    )
    assert row["reason"] == (
        "outside the mandate, not stored: 2 travellers named in 1 API message: no decision selects the flight; "
        "2 travellers named in 1 PNR message: no decision selects the flight"
    )
    told = by_hand.json("profile", "outside", "--night", NIGHT)
    assert [(one["flight_id"], one["source"], one["messages"], one["travellers"]) for one in told] == [
        (LEG, "api", 1, 2),
        (LEG, "pnr", 1, 2),
    ]
    assert {one["flight_id"] for one in table(by_hand, "individual", "travellers")} == {FAR}
    figures = {one["measure"]: one["value"] for one in table(by_hand, "individual", "night_health")}
    assert (figures["messages_outside_mandate"], figures["travellers_outside_mandate"]) == (2, 4)
    landed = b"".join(path.read_bytes() for path in (by_hand.store / "landing").rglob("*.bin"))
    assert not any(value.encode() in landed for value in (written.ylva[0], written.ylva[5], "LOC123"))
    assert written.fillers[1][0].encode() in landed
    before = promised(by_hand.store)
    by_hand("run", "--night", NIGHT, "--inbox", "inbox", "--again", check=0)
    assert promised(by_hand.store) == before

    # published files of persons name their purposes, and are not used for others
    files = json.loads((by_hand.store / f"nights/{NIGHT}/CURRENT.json").read_text())["files"]
    purposes = {zone: {tuple(one.get("purposes", ())) for one in files if one["zone"] == zone} for zone in
                ("landing", "individual", "analyst", "aggregate")}  # fmt: skip
    of_persons = {("terrorism", "serious_crime")}
    assert purposes == {
        "landing": of_persons,
        "individual": of_persons,
        "analyst": of_persons,
        "aggregate": {()},
    }
    by_hand("audit", "verify", check=0)
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text().partition("[law]")[0] + '[law]\npurposes = ["border_checks"]\n')
    by_hand.send("later.edi", written.paxlst([written.fillers[2]], reference="9"))
    refused = by_hand("run", "--night", "2026-11-24", "--inbox", "inbox", check=2)
    assert "was received for serious_crime, terrorism, the profile is for border_checks" in refused.stderr


def test_a_selected_flight_is_screened_and_a_review_that_is_due_is_told(by_hand, written):
    under(by_hand, UNION_ONLY_SELECTED + DECISION)
    send(by_hand, written)
    by_hand.run(NIGHT, check=0)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["outcome"], row["hits"]) == ("screened_with_findings", 1)
    assert "selection review due" in row["reason"]
    assert by_hand.json("profile", "outside", "--night", NIGHT) == []
    files = json.loads((by_hand.store / f"nights/{NIGHT}/CURRENT.json").read_text())["files"]
    zones = {one["zone"] for one in files}
    assert zones == {"landing", "individual", "analyst"}  # the profile allows screening, and no statistics
    assert "traffic_cells" not in {one["table"] for one in files}


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param("valid_from = 2026-11-24", id="not yet"),
        pytest.param("valid_to = 2026-11-22", id="no longer"),
    ],
)
def test_a_night_in_which_the_profile_does_not_hold_is_refused(by_hand, written, dates):
    under(by_hand, f"\n[law]\n{dates}\n")
    sent = by_hand.send("a.edi", written.paxlst([written.ylva]))
    refused = by_hand.run(NIGHT, check=2)
    assert "the profile is not valid in the night 2026-11-23" in refused.stderr
    assert "nobody was screened" in refused.stderr
    assert sent.exists()
    assert written.ylva[0].encode() not in stored(by_hand)


@pytest.mark.parametrize("example", sorted(EXAMPLES - {"eu-pnr"}))  # that one's night is the first above
def test_a_night_under_each_example(example, by_hand, written):
    under_example(by_hand, example)
    send(by_hand, written)
    by_hand.run(NIGHT)
    rows = by_hand.json("status", "--night", NIGHT)
    told = by_hand.json("profile", "outside", "--night", NIGHT)
    outside = {row["flight_id"] for row in rows if row["outcome"] == "outside_mandate"}
    assert {row["flight_id"] for row in told} >= outside
    assert outside == (
        {LEG} if example.startswith("eu-") else set()
    )  # one flies within the Union, one into it
    held = {row["flight_id"] for row in table(by_hand, "individual", "travellers")}
    assert held == {LEG, FAR} - outside
