"""An own alert from its nomination to its closed hit, by the command line."""

import json

import pytest

FIRST, SECOND, THIRD = (f"2026-11-{day}" for day in range(23, 26))
WHY = ("--reason", "case 14/26")
PROFILE = """
lists = [{ id = "own", category = "inform", severity = 3, authority = "Example desk" }]
[agency]
time_zone = "Europe/Vienna"
[authoring]
legal_basis = "Border Act, section 7"
"""


@pytest.fixture
def desk(by_hand, written):
    (by_hand.folder / "watch.jsonl").unlink()
    (by_hand.folder / "profile.toml").write_text(PROFILE)
    return by_hand


def told(desk, *words, check=None):
    """Rows of a command in JSON."""
    done = desk("alerts", *words, "--format", "json", check=check)
    return json.loads(done.stdout)


def nominate(desk, author="anna", **fields):
    row = {
        "name": "QVARNSTEDT, Ylvalinn Torbjorg",
        "date_of_birth": "1984-03-17",
        "nationality": "SE",
        **fields,
    }
    (desk.folder / "new.jsonl").write_text(json.dumps(row) + "\n")
    return told(desk, "nominate", "new.jsonl", "--list", "own", *WHY, "--as", author, check=0)[0]


def approve(desk, proposal, name="ben", check=0):
    return told(desk, "approve", proposal, "--reason", "checked", "--as", name, check=check)[0]


def night(desk, written, label, people, number):
    day = label[2:].replace("-", "")
    desk.send(f"{label}.edi", written.paxlst(people, day=day, sent=f"{day}:0500", reference=str(number)))
    desk.run(label, check=None)
    return desk.json("hits", "--night", label)


def test_nominated_approved_hit_cleared_silent_changed_raised_withdrawn_closed(desk, written):
    person = (*written.ylva[:5], "YY1234567")  # not the listed document: a clearance silences none
    people = [person, *written.fillers]
    made = nominate(desk, source_id="n1")
    assert (made["state"], made["source_id"]) == ("pending", "n1")
    same = desk("alerts", "approve", made["proposal_id"], *WHY, "--as", "ＡＮＮＡ", check=2)
    assert "who wrote a proposal does not approve it" in same.stderr
    assert not (
        desk.store / "alerts" / "own" / "ACTIVE.json"
    ).exists()  # nothing goes live without the approver
    assert approve(desk, made["proposal_id"])["in_use"] is True

    [hit] = night(desk, written, FIRST, people, 1)
    assert (hit["alert_id"], hit["state"], hit["closed"]) == ("own:n1", "open", None)
    desk("decide", hit["hit_id"], "--decision", "false_match", "--reason", "seen", "--as", "carl", check=0)
    assert desk.json("hits", "--night", FIRST)[0]["state"] == "decided"
    [cleared] = desk.json("clearances", "list")
    assert (cleared["alert_id"], cleared["analyst"], cleared["reason"]) == ("own:n1", "carl", "seen")

    # who is meant has not changed: another day of expiry raises nobody again
    longer = told(desk, "extend", "own:n1", "--expires", "2029-01-31", "--review-by", "2028-01-31", *WHY, "--as", "anna")  # fmt: skip
    approve(desk, longer[0]["proposal_id"])
    [cleared] = desk.json("clearances", "list")
    assert cleared["state"] == "in_force"
    assert night(desk, written, SECOND, people, 2) == []

    amended = told(desk, "amend", "--list", "own", "--alert", "n1", "--nationality", "SE;FI", *WHY, "--as", "anna")  # fmt: skip
    assert amended[0]["changed"] == ["nationalities"]
    approve(desk, amended[0]["proposal_id"])
    assert [row["state"] for row in desk.json("clearances", "list", "--all")] == ["alert_changed"]
    [again] = night(desk, written, THIRD, people, 3)
    assert (again["alert_id"], again["state"]) == ("own:n1", "open")

    gone = told(desk, "withdraw", "own:n1", "--reason", "found, case closed", "--as", "anna")
    said = desk("alerts", "approve", gone[0]["proposal_id"], "--reason", "checked", "--as", "ben", check=0)
    assert f"Night {THIRD}: 1 hits of a withdrawn alert, closed" in said.stdout
    [closed] = desk.json("hits", "--night", THIRD)
    assert closed["state"] == "closed"
    assert "withdrawn on" in closed["closed"]
    assert "found, case closed" in closed["closed"]
    report = (desk.store / "analyst" / "reports" / f"night={THIRD}" / "report.html").read_text()
    assert "Nobody need act on this hit" in report
    asked = ("--name", "QVARNSTEDT, Ylvalinn Torbjorg", "--born", "1984-03-17", "--reason", "desk")
    assert {row["standing"] for row in desk.json("lookup", *asked)} == {"not_in_force"}
    assert len(desk.json("alerts", "versions", "--list", "own")) == 4
    [verified] = desk.json("audit", "verify")
    assert (verified["holds"], verified["differences"]) == (True, [])
    record = "".join(path.read_text() for path in (desk.store / "audit").glob("*.jsonl"))
    assert "QVARNSTEDT" not in record.upper()
    acts = [json.loads(line)["act"] for line in record.splitlines()]
    for act in ("nominate", "amend", "extend", "withdraw", "approve"):
        assert f"alert.{act}" in acts


ROLES = """
[visibility]
role = "protection"
roles = [{ name = "protection", actors = ["eva"], contact = "protection desk, extension 112" }]
"""


def test_who_is_protected_is_shown_to_few_and_a_clearance_is_ended_by_a_person(desk, written):
    (desk.folder / "profile.toml").write_text(PROFILE + ROLES)
    child = nominate(desk, source_id="n1", category="vulnerable_person", severity=5)
    other = {"name": "DRUMMOND, Isla May", "date_of_birth": "1975-06-30", "nationality": "GB"}
    plain = nominate(desk, source_id="n2", **other)
    hidden = told(desk, "pending", child["proposal_id"], "--as", "carl")[0]
    assert hidden["alert"] == "shown to few: call protection desk, extension 112"
    assert told(desk, "pending", child["proposal_id"], "--as", "anna")[0]["alert"]["source_id"] == "n1"
    for one in (child, plain):
        approve(desk, one["proposal_id"])
    night(desk, written, FIRST, [written.ylva, *written.fillers], 1)

    carls = desk.json("hits", "--night", FIRST, "--as", "carl")
    [few] = [row for row in carls if row["call"]]
    assert few["call"] == "protection desk, extension 112"
    assert {name for name, value in few.items() if value is not None} == {
        *("hit_id", "flight_id", "severity", "late", "lands_at", "state", "call")
    }
    [seen] = [
        row for row in desk.json("hits", "--night", FIRST, "--as", "EVA") if row["alert_id"] == "own:n1"
    ]
    assert (seen["surname"], seen["call"]) == ("QVARNSTEDT", None)
    assert seen["instructions"].startswith("A person to protect, suspected of nothing. Protect:")
    report = (desk.store / "analyst" / "reports" / f"night={FIRST}" / "report.html").read_text()
    assert "There is a hit here that is shown to few. Call" in report
    assert "own:n1" not in report
    assert "vulnerable" not in report
    for words in (("decide", few["hit_id"], "--decision", "true_match", *WHY), ("trace", few["hit_id"])):
        assert "call protection desk" in desk(*words, "--as", "carl", check=2).stderr
    pair = ("why", seen["traveller_id"], "own:n1", "--as", "carl")
    assert "call protection desk" in desk(*pair, check=2).stderr
    asked = ("lookup", "--name", "QVARNSTEDT, Ylvalinn Torbjorg", "--born", "1984-03-17", "--reason", "desk")
    said = desk(*asked, "--as", "carl", check=0).stdout
    assert "SHOWN TO FEW  an alert is like this person: call protection desk, extension 112" in said
    assert "n1" not in said
    assert "PROTECT  own:n1" in desk(*asked, "--as", "eva", check=0).stdout

    [open_] = [row for row in carls if row["alert_id"] == "own:n2"]
    desk("decide", open_["hit_id"], "--decision", "false_match", "--reason", "seen", "--as", "carl", check=0)
    [cleared] = desk.json("clearances", "list", "--due", "365")
    assert desk.json("clearances", "list", "--due", "30") == []
    ended = ("clearances", "end", cleared["clearance_id"][:8])
    assert "an end has a reason" in desk(*ended, "--reason", " ", check=2).stderr
    desk(*ended, "--reason", "the document was another's", "--as", "ben", check=0)
    assert "does not stand any more" in desk(*ended, "--reason", "again", check=2).stderr
    assert desk.json("clearances", "list") == []
    [row] = [row for row in desk.json("hits", "--night", FIRST) if row["hit_id"] == open_["hit_id"]]
    assert (row["state"], row["decision"]) == ("open", "inconclusive")
    [verified] = desk.json("audit", "verify")
    assert verified["differences"] == []
