"""Acts beside deciding: each is one immutable act, leaves the decision alone, and is refused with its reason."""

from datetime import date

from screening.list_keeping.proposals import proposals
from screening.store import acts
from screening.store.published import read_current
from screening.store.revisions import rewrite
from screening.tables import analyst
from screening.tables.codes import RetentionClass
from screening.tables.hit_acts import BORDER_OUTCOMES, CLOSINGS, NOTES, OPINIONS
from tests.review.test_morning import hits_by, stands, told

NIGHT = date(2026, 11, 23)


def test_notes_opinions_outcomes_and_answers_stand_on_the_hit(agency):
    anna, ben, border = (agency.log_in(name) for name in ("anna", "ben", "bo"))
    [hit, *_] = hits_by(agency, "inform")
    assert anna.act(hit, "note", text="phoned the carrier").status_code == 303
    assert anna.act(hit, "note", text=" ").status_code == 422
    anna.decide(hit, "true_match", "same passport, seen")
    blind = ben.get(f"/hits/{hit}/blind").text
    assert "same passport, seen" not in blind
    assert "Bits" not in blind
    assert ben.act(hit, "opinion", decision="false_match", reason="other face").status_code == 303
    token = border.get("/settings").text.split('name="token" value="')[1][:64]
    assert border.post(f"/hits/{hit}/outcome", token=token, outcome="positive").status_code == 303
    assert anna.act(hit, "outcome", outcome="eaten").status_code == 422
    assert anna.act(hit, "closing", answer="confirmed").status_code == 303
    counts = [
        acts.acts_on_hits(agency.store, spec).num_rows
        for spec in (NOTES, OPINIONS, BORDER_OUTCOMES, CLOSINGS)
    ]
    assert counts == [1, 1, 1, 1]
    text = anna.get(f"/hits/{hit}").text
    assert all(
        said in text
        for said in ("phoned the carrier", "other face", "positive", "answered at closing: confirmed")
    )
    assert stands(anna, hit) == "decided: true match by anna"


def test_a_parked_hit_leaves_the_queue_until_its_moment(agency):
    desk, [hit, *_] = agency.log_in("anna"), hits_by(agency, "inform")
    for form in ({}, {"until": "2026-11-24T04:00", "remark": "past"}, {"until": "2026-11-24T09:00"}, {"until": "soon", "remark": "x"}):  # fmt: skip
        assert desk.act(hit, "park", **form).status_code == 422
    assert desk.act(hit, "park", until="2026-11-24T09:00", remark="the embassy opens").status_code == 303
    assert hit not in agency.hits(query="state=open")
    assert agency.hits(query="state=parked") == [hit]
    agency.later(hours=5)
    assert hit in agency.hits(query="state=open")


def test_many_are_decided_at_once_only_for_one_person_and_alert_that_a_person_has_cleared(agency):
    rows = [
        row
        for row in read_current(agency.store, NIGHT, analyst.HITS).to_pylist()
        if row["category"] == "inform"
    ]

    def copied(files):
        key = (analyst.HITS.name, RetentionClass.HIT)
        same = [rows[0] | {"hit_id": f"{at:032x}"} for at in range(3)]
        return {key: analyst.HITS.table([*same, *rows])}

    rewrite(agency.store, NIGHT, copied)
    desk, same = agency.log_in("anna"), [f"{at:032x}" for at in range(3)]
    stranger = next(row["hit_id"] for row in rows if row["alert_id"] != rows[0]["alert_id"])
    assert "is not cleared" in told(desk.act(same[0], "alike", hit=same[1:], reason="the same man"))
    desk.decide(same[0])
    assert desk.act(same[0], "alike", hit=[same[1], stranger], reason="the same man").status_code == 422
    assert desk.act(same[0], "alike", hit=same[1:], reason="the same man").status_code == 303
    made = acts.dispositions(agency.store).to_pylist()
    assert sorted(row["hit_id"] for row in made) == same
    assert stands(desk, stranger) == "open"


def test_an_alert_is_nominated_from_the_screen_and_waits_for_another_person(agency):
    desk, [hit, *_] = agency.log_in("anna"), hits_by(agency, "inform")
    refused = desk.act(hit, "nominate", list="inform", category="wanted", reason="case 14/26")
    assert "publisher" in told(refused)
    done = desk.act(hit, "nominate", list="own-desk", category="inquiry", reason="case 14/26")
    assert done.status_code == 303, told(done)
    [waits] = proposals(agency.store, "own-desk")
    assert waits.by == "anna"
    assert "another person approves it" in told(desk.get(f"/hits/{hit}"))
