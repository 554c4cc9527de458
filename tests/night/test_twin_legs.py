"""A flight that is told as two legs, and the profile that says that two designators are one."""

import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
UA, UAL = "UA401-20261123-ARN-VIE", "UAL401-20261123-ARN-VIE"


def test_two_designators_are_told_and_then_made_one_by_the_profile(by_hand, written):
    people = [written.ylva, *written.fillers]
    by_hand.send("a.edi", written.paxlst(people, flight="UA0401"))
    other = written.paxlst(people, flight="UA0401", sent="261122:1900", reference="2")
    by_hand.send("b.edi", other.replace("TDT+20+UA0401+++UA'", "TDT+20+UAL0401+++UAL'"))
    by_hand.run(NIGHT)
    status = by_hand.status(NIGHT)
    assert {leg: row["reason_code"] for leg, row in status.items()} == {
        UA: "perhaps_one_flight",
        UAL: "perhaps_one_flight",
    }
    assert {row["travellers"] for row in status.values()} == {4}

    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + '[[intake.designators]]\none = "UA"\nalso = ["UAL"]\n')
    by_hand("profile", "check", "profile.toml", check=0)
    by_hand.run(NIGHT, SCREENING_STORE="other")
    rows = by_hand("status", "--night", NIGHT, "--format", "csv", SCREENING_STORE="other").stdout
    assert UA in rows
    assert UAL not in rows


def test_a_flight_told_again_behind_midnight_names_the_leg_of_the_night_before(by_hand, written):
    people = [written.ylva, *written.fillers]
    late = written.paxlst(people).replace("2611230915", "2611232350").replace("2611231130", "2611240120")
    by_hand.send("late.edi", late)
    by_hand.run(NIGHT)
    later = written.paxlst(people, day="261124", sent="261123:2330", reference="2")
    by_hand.send("later.edi", later.replace("2611240915", "2611240030"))
    by_hand.run("2026-11-24")
    [row] = by_hand.status("2026-11-24").values()
    assert row["flight_id"] == "XQ401-20261124-ARN-VIE"
    assert row["reason_code"] == "perhaps_one_flight"
