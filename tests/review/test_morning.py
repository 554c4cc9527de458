"""What analysts do: the queue, a decision, two at once, a second person, the way back."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from screening.casework import decisions
from screening.night.reporting import view
from screening.reports.work_order import Part
from screening.review import claims, queue
from screening.review.accounts import add_account
from screening.review.desk import desk_of
from screening.review.index import bring_up, index_of
from screening.store import acts
from screening.store.published import read_current
from screening.store.revisions import rewrite
from screening.tables import analyst
from screening.tables.codes import Decision, RetentionClass
from screening.tables.errors import UsageError

NIGHT = date(2026, 11, 23)


def stands(desk, hit: str) -> str:
    return re.search(r"Stands: <b>([^<]*)", desk.get(f"/hits/{hit}").text).group(1)


def told(answer) -> str:
    return " ".join(re.findall(r'role="(?:alert|status)">\s*(?:<p>)?(?:<b>)?([^<]*)', answer.text))


def hits_by(agency, category: str) -> list[str]:
    rows = read_current(agency.store, NIGHT, analyst.HITS).to_pylist()
    return [row["hit_id"] for row in rows if row["category"] == category]


def test_a_decision_of_one_person_is_recorded_and_opens_the_next_hit(agency):
    desk, [hit, *_] = agency.log_in("anna"), hits_by(agency, "inform")
    answer = desk.decide(hit)
    assert answer.status_code == 303
    assert answer.headers["location"] != f"/hits/{hit}"
    assert "Decided: false match" in told(desk.get(answer.headers["location"]))
    assert stands(desk, hit) == "decided: false match by anna"
    [row] = acts.dispositions(agency.store).to_pylist()
    assert (row["hit_id"], row["decision"], row["analyst"], row["reason"]) == (hit, "false_match", "anna", "born elsewhere")  # fmt: skip


def test_where_two_persons_decide_the_first_proposes_and_another_one_confirms_by_an_act_of_their_own(agency):
    anna, ben, [hit, *_] = agency.log_in("anna"), agency.log_in("ben"), hits_by(agency, "refuse_entry")
    anna.decide(hit, "true_match")
    assert acts.dispositions(agency.store).num_rows == 0
    assert stands(anna, hit) == "proposed: true match by anna"
    own = anna.act(hit, "confirm")
    assert own.status_code == 422
    assert "second person is the analyst" in own.text
    assert hit in agency.hits("ben", "state=proposed")
    claims.settle(desk_of(agency.store), hit, "anna")
    assert ben.act(hit, "confirm").status_code == 303
    [row] = acts.dispositions(agency.store).to_pylist()
    assert (row["analyst"], row["second"], row["decision"]) == ("anna", "ben", "true_match")


def test_a_decision_needs_a_choice_and_a_reason_and_keeps_what_was_typed(agency):
    desk, [hit, *_] = agency.log_in("anna"), hits_by(agency, "inform")
    assert desk.decide(hit, "").status_code == 422
    assert desk.decide(hit, "anything").status_code == 422
    answer = desk.decide(hit, "false_match", "  ")
    assert answer.status_code == 422
    assert "needs a reason" in told(answer)
    assert acts.dispositions(agency.store).num_rows == 0


def test_who_comes_second_is_told_who_was_first_and_when_and_keeps_their_draft(agency):
    anna, ben, [hit, *_] = agency.log_in("anna"), agency.log_in("ben"), hits_by(agency, "inform")
    seen = ben.form(hit)
    anna.decide(hit)
    answer = ben.post(f"/hits/{hit}/decide", **seen, decision="true_match", reason="seen <his> passport")
    assert answer.status_code == 409
    assert "anna decided false match on this hit, 2026-11-24 05:00 UTC" in told(answer)
    assert "seen &lt;his&gt; passport" in answer.text
    assert acts.dispositions(agency.store).num_rows == 1
    assert "seen &lt;his&gt; passport" in agency.log_in("ben").get(f"/hits/{hit}").text


def test_many_at_once_make_one_decision(agency):
    [hit, *_] = hits_by(agency, "inform")
    desks = [agency.log_in(name) for name in ("anna", "ben", "sue", "anna", "ben", "sue")]
    forms = [desk.form(hit) for desk in desks]

    def sent(pair):
        desk, form = pair
        return desk.post(f"/hits/{hit}/decide", **form, decision="false_match", reason="by one").status_code

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(sent, zip(desks, forms, strict=True)))
    assert codes == [303, 409, 409, 409, 409, 409]
    assert acts.dispositions(agency.store).num_rows == 1


def test_what_the_command_line_decides_stands_in_the_queue_at_once(agency):
    desk, [hit, other, *_] = agency.log_in("anna"), hits_by(agency, "inform")
    seen = desk.form(hit)
    assert hit in agency.hits(query="state=open")
    decisions.decide(agency.store, hit, decision=Decision.FALSE_MATCH, reason="at the terminal", analyst_id="carl", at=datetime(2026, 11, 24, 6, tzinfo=UTC))  # fmt: skip
    assert hit not in agency.hits(query="state=open")
    assert stands(desk, hit) == "decided: false match by carl"
    assert desk.post(f"/hits/{hit}/decide", **seen, decision="true_match", reason="late").status_code == 409
    assert stands(desk, other).startswith("open")
    with pytest.raises(decisions.StandsOtherwiseError, match="carl decided false_match"):
        decisions.decide(agency.store, hit, decision=Decision.FALSE_MATCH, reason="once more", analyst_id="anna", at=agency.clock, stood="")  # fmt: skip


def test_a_claim_holds_others_off_until_it_is_given_back_taken_over_or_old(agency):
    anna, ben, [hit, *_] = agency.log_in("anna"), agency.log_in("ben"), hits_by(agency, "inform")
    assert anna.act(hit, "claim").status_code == 303
    assert hit in agency.hits("anna", "mine=1")
    assert hit not in agency.hits("ben", "mine=1")
    refused = ben.decide(hit)
    assert refused.status_code == 409
    assert "anna has been working on this hit since 05:00 UTC" in told(refused)
    assert ben.act(hit, "claim").status_code == 409
    assert ben.act(hit, "claim", over="anna").status_code == 303
    assert anna.decide(hit).status_code == 409
    assert ben.act(hit, "release").status_code == 303
    assert anna.decide(hit).status_code == 303


def test_the_last_act_is_taken_back_within_its_time_by_who_did_it(agency):
    anna, ben, [hit, *_] = agency.log_in("anna"), agency.log_in("ben"), hits_by(agency, "inform")
    anna.decide(hit)
    assert "they undo it, or a supervisor" in ben.act(hit, "undo", reason="I think otherwise").text
    claims.settle(desk_of(agency.store), hit, "ben")
    assert anna.act(hit, "undo", reason="wrong row").status_code == 303
    assert stands(anna, hit) == "open: inconclusive by anna"
    assert "wrong row" in anna.get(f"/hits/{hit}").text


def test_a_decision_leaves_the_travellers_other_hits_alone(agency):
    rows = read_current(agency.store, NIGHT, analyst.HITS).to_pylist()

    def one_person(files):
        key = (analyst.HITS.name, RetentionClass.HIT)
        plain = [row for row in rows if row["category"] == "inform"]
        same = [
            row | {"traveller_id": plain[0]["traveller_id"], "person_key": plain[0]["person_key"]}
            for row in plain
        ]
        return {key: analyst.HITS.table(same)}

    rewrite(agency.store, NIGHT, one_person)
    desk, [hit, *others] = agency.log_in("anna"), hits_by(agency, "inform")
    shown = desk.get(f"/people/{hit}").text
    assert all(one in shown for one in (hit, *others))
    desk.decide(hit)
    assert [stands(desk, one) for one in others] == ["open"] * len(others)


def test_the_queue_filters_by_its_address_and_refuses_what_it_cannot_read(agency):
    rows = {row["hit_id"]: row for row in read_current(agency.store, NIGHT, analyst.HITS).to_pylist()}
    whole = agency.hits()
    assert sorted(whole) == sorted(rows)
    assert agency.hits(query="severity=5") == [one for one in whole if rows[one]["severity"] == 5]
    assert agency.hits(query="list=inform") == [one for one in whole if rows[one]["list"] == "inform"]
    flight = rows[whole[0]]["flight_id"]
    assert agency.hits(query=f"flight={flight[:6].lower()}")[0] == whole[0]
    assert agency.hits(query="lands=2030-01-01T00:00") == []
    assert agency.hits(query="night=2026-11-22") == []
    desk = agency.log_in("anna")
    for query in ("state=none", "severity=9", "lands=soon", "night=today", "after=1_2"):
        assert desk.get(f"/queue?{query}").status_code == 400


def test_pages_of_the_queue_hold_each_hit_once_also_when_some_are_decided_between_them(agency):
    [model, *_] = read_current(agency.store, NIGHT, analyst.HITS).to_pylist()

    def many(files):
        key = (analyst.HITS.name, RetentionClass.HIT)
        copies = [
            model | {"hit_id": f"{at:032x}", "score": model["threshold"] + at % 7 * 100} for at in range(230)
        ]
        return {key: analyst.HITS.table(copies)}

    rewrite(agency.store, NIGHT, many)
    index, desk = index_of(agency.store), desk_of(agency.store)
    bring_up(index, agency.store, agency.settings.profile, agency.clock)
    seen, after = [], ""
    while True:
        page = queue.page(index, desk, queue.Filters(after=after), "anna", agency.clock)
        seen += [one.row["hit_id"] for one in page.rows]
        if not page.more:
            break
        with index.writing() as db:
            db.execute("update hits set state = 'decided' where hit_id = ?", (seen[0],))
        after = page.more
    assert len(seen) == len(set(seen)) == 230
    overs = [int(one, 16) % 7 for one in seen]
    assert overs == sorted(overs, reverse=True)


def test_the_queue_has_the_order_of_the_report(agency):
    seen = read_current(agency.store, NIGHT, analyst.HITS).num_rows
    for moment in (
        agency.clock,
        datetime(2026, 11, 22, 6, tzinfo=UTC),
        datetime(2026, 11, 23, 9, tzinfo=UTC),
    ):
        agency.clock = moment
        report = [hit.row["hit_id"] for hit in view(agency.store, NIGHT, moment).hits]
        assert len(report) == seen
        weights = {
            hit.row["hit_id"]: (list(Part).index(hit.part), -hit.weight)
            for hit in view(agency.store, NIGHT, moment).hits
        }
        ours = [weights[one] for one in agency.hits()]
        assert ours == sorted(ours)
        assert sorted(agency.hits()) == sorted(report)


def test_the_index_is_made_again_when_it_is_lost_or_damaged_and_rows_go_with_their_night(agency):
    whole = agency.hits()
    path = index_of(agency.store).path
    assert path.stat().st_mode & 0o077 == 0
    for made in (path.unlink, lambda: path.write_bytes(b"no database" * 1000)):
        for beside in path.parent.glob("index.sqlite-*"):
            beside.unlink()
        made()
        assert agency.hits() == whole

    def emptied(files):
        return {(analyst.HITS.name, RetentionClass.HIT): analyst.HITS.empty()}

    held = read_current(agency.store, NIGHT, analyst.HITS)["hit_id"][0].as_py()
    rewrite(agency.store, NIGHT, emptied)
    everything = b"".join(one.read_bytes() for one in path.parent.glob("index.sqlite*"))
    assert held.encode() not in everything  # before anybody opens the application again
    assert agency.hits() == []


def test_who_looked_is_recorded(agency):
    desk, hit = agency.log_in("aud"), agency.hits()[0]
    desk.get("/queue?state=all")
    desk.get(f"/hits/{hit}")
    desk.get(f"/people/{hit}")
    lines = "".join(
        path.read_text() for path in sorted(Path(agency.store.root, "audit").glob("audit-*.jsonl"))
    )
    for act in ("review.queue", "review.hit", "review.person"):
        assert re.search(
            f'"act":"{act}","actor":"aud"|"actor":"aud".*"act":"{act}"|"act":"{act}".*"actor":"aud"', lines
        )


def test_the_border_sees_decided_hits_alone_as_a_short_sheet(agency):
    border, anna, [hit, other, *_] = agency.log_in("bo"), agency.log_in("anna"), hits_by(agency, "inform")
    assert border.get(f"/hits/{hit}").status_code == 404
    assert agency.hits("bo") == []
    anna.decide(hit, "true_match")
    assert agency.hits("bo") == [hit]
    assert agency.hits("bo", "state=open") == [hit]
    sheet = border.get(f"/hits/{hit}").text
    assert "Instruction:" in sheet
    assert "Evidence, in bits" not in sheet
    assert border.get(f"/hits/{other}").status_code == 404


def test_an_account_needs_a_name_a_role_and_a_password_that_is_not_guessed(agency):
    desk, at = desk_of(agency.store), agency.clock
    for name, password in (("Anna", "long enough, surely"), ("new person", "long enough, surely"), ("carl", "short"), ("carl.carl.carl", "carl.carl.carl")):  # fmt: skip
        with pytest.raises(UsageError):
            add_account(desk, name, ["analyst"], password, at)
    with pytest.raises(UsageError, match="needs a role"):
        add_account(desk, "carl", [], "long enough, surely", at)
