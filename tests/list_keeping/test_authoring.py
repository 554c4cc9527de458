"""Own alerts: written by one, approved by another, put in use through the gate; nothing of two authors is lost."""

import json
import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from screening.alerts.nomination import NotReadError, Written, fields_of, read_file
from screening.casework.record import differences
from screening.list_keeping import approving, authoring, due, lists
from screening.list_keeping.authoring import Author
from screening.list_keeping.proposals import Act, State, proposals
from screening.profile.load import parse_profile
from screening.profile.model import ListPolicy
from screening.protection.audit import records
from screening.protection.zone_terms import endings
from screening.store.zones import Store
from screening.tables.errors import UsageError
from tests.messages_by_hand import SOUGHT

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PROFILE = parse_profile('lists = [{ id = "own", authority = "Desk", canaries = [] }]', name="test")
PERSON = {
    "name": "QVARNSTEDT, Ylvalinn",
    "date_of_birth": "1984-03-17",
    "nationality": "SE",
    "source_id": "n1",
}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def written(**fields):
    return Written("", fields_of(fields))


def say(store, act, *rows, name="anna", at=AT, profile=PROFILE, reason="case 14/26"):
    return authoring.propose(store, profile, "own", act, rows, Author(name, reason, at))


def decide(store, *ids, name="ben", at=AT, profile=PROFILE, approve=True, reason="checked"):
    known = [one for one in proposals(store) if one.proposal_id in ids]
    [outcome] = approving.decide(store, profile, known, Author(name, reason, at), approve=approve)
    return outcome


def in_use(store):
    opened = lists.open_version(store, "own", lists.active_version(store, "own"))
    return {row["source_id"]: row for row in opened.alerts.to_pylist()}


def live(store, **more):
    """One alert in use."""
    [told] = say(store, Act.NOMINATE, written(**(PERSON | more)))
    assert decide(store, told.proposal_id).result.active
    return told.source_id


def test_nothing_is_in_use_before_another_person_approves(store):
    [told] = say(store, Act.NOMINATE, written(**PERSON))
    assert (told.state, lists.active_version(store, "own")) == ("pending", None)
    for name in ("anna", "ANNA", " Anna"):
        with pytest.raises(UsageError, match="does not approve"):
            decide(store, told.proposal_id, name=name)
    named = PROFILE.model_copy(
        update={"authoring": PROFILE.authoring.model_copy(update={"approvers": ("eva",)})}
    )
    with pytest.raises(UsageError, match="names who approves"):
        decide(store, told.proposal_id, profile=named)
    assert lists.active_version(store, "own") is None
    decide(store, told.proposal_id, name="Eva", profile=named)
    row = in_use(store)["n1"]
    assert (row["review_by"], row["expires"]) == (date(2027, 11, 23), date(2029, 11, 22))
    assert (row["authority"], row["status"], row["sufficient"]) == ("Desk", "active", True)
    said = [(each["act"], each["actor"]) for each in records(store)]
    assert said == [
        ("alert.nominate", "anna"),
        ("alert.approve", "Eva"),
        ("list.import", "Eva"),
        ("list.activate", "Eva"),
    ]
    assert "QVARNSTEDT" not in json.dumps(list(records(store)), default=str).upper()
    assert differences(store) == []


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        pytest.param({"date_of_birth": None, "nationality": None}, "a birth date", id="a name alone"),
        pytest.param({"name": "Otho"}, "a name of two parts", id="a short name"),
        pytest.param({"category": "document"}, "number and issuing State", id="a document without one"),
        pytest.param({"expires": "2026-12-01", "review_by": "2027-01-01"}, "days in order", id="lapses before review"),
        pytest.param({"expires": "soon"}, "expires is no day", id="no day"),
        pytest.param({"severity": 9}, "severity", id="no such severity"),
        pytest.param({"category": "bad"}, "category: one of", id="no such category"),
        pytest.param({"reason": "seen with Qvarnstedt"}, "holds a part of the alert's names", id="a reason that names"),
    ],
)  # fmt: skip
def test_a_nomination_that_falls_short_is_refused_with_what_is_missing(store, changed, lacks):
    good = written(**(PERSON | {"source_id": "n2"}))
    bad, other = say(store, Act.NOMINATE, written(**(PERSON | changed)), good)
    assert bad.state == "refused"
    assert lacks in bad.what
    assert other.state == "pending"  # the rest goes on
    assert [one.source_id for one in proposals(store)] == ["n2"]


def test_a_legal_basis_may_be_asked_for_or_be_the_profiles(store):
    own = PROFILE.authoring
    strict = PROFILE.model_copy(update={"authoring": own.model_copy(update={"require_legal_basis": True})})
    assert "a legal basis" in say(store, Act.NOMINATE, written(**PERSON), profile=strict)[0].what
    basis = PROFILE.model_copy(update={"authoring": own.model_copy(update={"legal_basis": "Act, s. 7"})})
    [told] = say(store, Act.NOMINATE, written(**PERSON), profile=basis)
    decide(store, told.proposal_id)
    assert in_use(store)["n1"]["legal_basis"] == "Act, s. 7"


def test_the_same_again_is_the_same_proposal_and_what_is_on_the_list_is_told(store):
    first, again = (say(store, Act.NOMINATE, written(**PERSON))[0] for _ in range(2))
    assert (again.state, again.proposal_id) == ("pending", first.proposal_id)
    assert say(store, Act.NOMINATE, written(**(PERSON | {"severity": 5})))[0].state == "refused"
    decide(store, first.proposal_id)
    assert say(store, Act.NOMINATE, written(**PERSON))[0].state == "unchanged"
    assert "amend" in say(store, Act.NOMINATE, written(**(PERSON | {"severity": 5})))[0].what


def test_a_nomination_without_an_id_gets_the_same_one_each_time(store):
    person = {name: value for name, value in PERSON.items() if name != "source_id"}
    [told] = say(store, Act.NOMINATE, written(**person))
    assert told.source_id.startswith("n-")
    decide(store, told.proposal_id)
    assert say(store, Act.NOMINATE, written(**person))[0].state == "unchanged"


def test_changes_of_two_authors_meet_and_the_same_field_is_refused_not_lost(store):
    live(store)
    [severe] = say(store, Act.AMEND, written(source_id="n1", severity=5), name="anna")
    [told] = say(store, Act.AMEND, written(source_id="n1", instructions="call the desk"), name="carl")
    [late] = say(store, Act.AMEND, written(source_id="n1", severity=2), name="dora")
    for one in (severe, told):
        assert decide(store, one.proposal_id).told[0].state == State.APPROVED
    refused = decide(store, late.proposal_id).told[0]
    assert refused.state == "refused"
    assert "changed severity meanwhile" in refused.what
    row = in_use(store)["n1"]
    assert (row["severity"], row["instructions"]) == (5, "call the desk")
    assert [one.proposal_id for one in proposals(store) if one.state is State.PENDING] == [late.proposal_id]
    assert (
        decide(store, late.proposal_id, name="dora", approve=False).result is None
    )  # taken back by its author
    assert [version.active for version in lists.versions(store, "own")] == [False, False, True]


def test_authors_at_the_same_time_lose_nothing(store):
    def nominate(number):
        fields = PERSON | {"source_id": f"n{number}", "date_of_birth": f"19{70 + number}"}
        [told] = say(store, Act.NOMINATE, written(**fields), name=f"author{number}")
        decide(store, told.proposal_id, name=f"approver{number}")

    threads = [threading.Thread(target=nominate, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(in_use(store)) == [f"n{number}" for number in range(6)]
    assert differences(store) == []


def test_what_the_gate_holds_back_is_in_the_next_version(store):
    live(store)
    careful = PROFILE.model_copy(
        update={"lists": (ListPolicy(id="own", authority="Desk", canaries=("n9",)),)}
    )
    [told] = say(store, Act.NOMINATE, written(**(PERSON | {"source_id": "n2"})))
    held = decide(store, told.proposal_id, profile=careful)
    assert (held.result.active, held.result.gate.held) == (False, True)
    assert sorted(in_use(store)) == ["n1"]
    [more] = say(store, Act.NOMINATE, written(**(PERSON | {"source_id": "n3"})))
    decide(store, more.proposal_id)
    assert sorted(in_use(store)) == ["n1", "n2", "n3"]


def test_an_approval_that_was_cut_off_is_ended_by_the_next(store, monkeypatch):
    [told] = say(store, Act.NOMINATE, written(**PERSON))

    def cut(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lists, "keep_approved", cut)
        with pytest.raises(KeyboardInterrupt):
            decide(store, told.proposal_id)
    assert lists.active_version(store, "own") is None
    assert decide(store, told.proposal_id).result.active  # the same again
    assert sorted(in_use(store)) == ["n1"]


def test_a_file_that_would_lose_an_approved_alert_is_held_back(store, tmp_path):
    live(store)
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(SOUGHT) + "\n")
    result = lists.import_list(store, PROFILE.policy("own"), "canonical", path, actor="carl", at=AT)
    assert "approved_alerts" in {reason.code for reason in result.gate.reasons}
    assert sorted(in_use(store)) == ["n1"]


def test_a_publishers_list_is_not_ours_to_change(store, tmp_path):
    policy = PROFILE.model_copy(update={"lists": (ListPolicy(id="own", source="ofac"),)})
    with pytest.raises(UsageError, match="a publisher's"):
        say(store, Act.NOMINATE, written(**PERSON), profile=policy)


def test_an_extension_has_the_profiles_days_and_a_withdrawn_alert_leaves_the_list_later(store):
    live(store)
    year = AT + timedelta(days=365)
    [longer] = say(store, Act.EXTEND, written(source_id="n1"), at=year)
    decide(store, longer.proposal_id, at=year)
    assert in_use(store)["n1"]["review_by"] == date(2028, 11, 22)
    [gone] = say(store, Act.WITHDRAW, written(source_id="n1"), at=year, reason="found")
    [other] = say(store, Act.NOMINATE, written(**(PERSON | {"source_id": "n2"})), at=year)
    decide(store, gone.proposal_id, at=year)
    assert in_use(store)["n1"]["status"] == "withdrawn"
    decide(store, other.proposal_id, at=year + timedelta(days=91))
    assert sorted(in_use(store)) == ["n2"]


def test_what_is_overdue_or_ends_soon_is_listed_the_worst_first(store):
    for number, (review, expires) in enumerate(
        [("2027-06-01", "2028-06-01"), ("2026-12-01", "2026-12-20"), ("2027-01-01", "2027-01-10")], 1
    ):
        live(store, source_id=f"n{number}", review_by=review, expires=expires)
    rows = due.due(store, date(2027, 1, 5), 120)
    assert [(row["state"], row["source_id"], row["days"]) for row in rows] == [
        ("review_overdue", "n3", -4),
        ("lapsed", "n2", -16),
    ]
    assert [row["state"] for row in due.due(store, date(2027, 1, 1), 30)] == ["expires_soon", "lapsed"]
    assert due.notes(store, date(2027, 1, 5), 120)[0].startswith(
        "1 alerts are overdue for review; 1 alerts have"
    )


def test_a_slipped_in_approval_is_seen(store):
    [told] = say(store, Act.NOMINATE, written(**PERSON))
    folder = store.root / "alerts" / "own" / "proposals"
    forged = {"state": "approved", "by": "ben", "at": AT.isoformat(), "reason": "x", "alert": None}
    (folder / f"{told.proposal_id}.decided.json").write_text(json.dumps(forged))
    assert "is not as an act recorded it" in differences(store)[0]


def test_decided_proposals_have_the_term_of_lists_and_waiting_ones_stay(store):
    live(store)
    say(store, Act.NOMINATE, written(**(PERSON | {"source_id": "n2"})))
    ended = [
        (path.name, moment)
        for path, cls, moment in endings(store, PROFILE.retention, ends=lambda _: AT, received={}, pinned=())
        if cls == "list"
    ]
    assert len(ended) == 2
    assert {moment for _, moment in ended} == {AT + timedelta(hours=43800)}


CSV = 'name,aliases,date_of_birth,nationality,document_number,document_state\n"DOE, Jane",J D;Janie,1970,GBR,X1,GBR\n'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(CSV, ["DOE, Jane", "J D", "Janie"], id="CSV, plain"),
        pytest.param('source_id;names\n1;"[{""full"": ""DOE, Jane""}]"\n', ["DOE, Jane"], id="CSV, canonical cells"),
        pytest.param('{"names": ["DOE, Jane"]}\n', ["DOE, Jane"], id="JSON Lines, plain"),
        pytest.param(json.dumps(SOUGHT) + "\n", ["QVARNSTEDT, Ylvalinn Torbjorg"], id="JSON Lines, our export"),
        pytest.param(json.dumps([SOUGHT]), ["QVARNSTEDT, Ylvalinn Torbjorg"], id="a JSON array"),
    ],
)  # fmt: skip
def test_files_are_read_in_the_canonical_fields(text, names):
    [one] = read_file(text.encode())
    assert one.fault == ""
    assert [name["full"] for name in one.fields["names"]] == names


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param('{"nmae": "x"}', "there is no field `nmae`", id="a field that nobody knows"),
        pytest.param('{"name": "x", ', "it is no object", id="broken JSON"),
        pytest.param("name,born\nOtho\n", "fewer cells", id="a cell is missing"),
        pytest.param('{"born": "long ago"}', "dates_of_birth: write", id="a date that is none"),
        pytest.param('{"nationality": "Atlantis"}', "no State that is known", id="a State that is none"),
    ],
)
def test_what_cannot_be_read_is_told_by_field_without_its_value(text, fault):
    [one] = read_file(text.encode())
    assert fault in one.fault
    assert "Atlantis" not in one.fault


def test_an_empty_file_is_no_file_of_alerts():
    with pytest.raises(NotReadError, match="empty"):
        read_file(b"\n")


def test_an_alert_that_protects_has_an_instruction_of_its_own_and_a_child_a_caveat(store):
    child = PERSON | {"category": "vulnerable_person", "date_of_birth": "2015-05-01"}
    [told] = say(store, Act.NOMINATE, written(**child))
    decide(store, told.proposal_id)
    row = in_use(store)["n1"]
    assert "not suspected of anything" in row["instructions"]
    assert row["caveat"].startswith("A child")
    assert row["expires"] == date(2027, 11, 23)
