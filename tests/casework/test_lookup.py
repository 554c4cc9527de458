"""Asking for one person, and asking why: as in a night, on the record, and the record names nobody."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from screening.casework.lookup import BELOW, HIT, NEAR, NOT_IN_FORCE, Asked, lookup
from screening.casework.why import FAULTS, why
from screening.list_keeping import lists
from screening.night.settings import Settings, load_settings
from screening.profile.model import ListPolicy, Profile
from screening.protection.audit import verify
from screening.store.zones import Store
from screening.tables.codes import Sex
from screening.tables.errors import InputError, StoreError, UsageError

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FULL = "QVARNSTEDT, Ylvalinn Torbjorg"
WATCH = ListPolicy(id="watch", path="watch.jsonl")


class Desk:
    """A store with one list, and somebody who asks."""

    def __init__(self, folder: Path, alerts: list[dict]) -> None:
        self.folder, self.alerts = folder, alerts
        self.store = Store(folder / "store")
        self.policy(WATCH)
        self.bring("watch", alerts)

    def policy(self, *policies: ListPolicy) -> None:
        self.settings = Settings(self.store, self.folder, Profile(lists=policies), self.folder)

    def bring(self, list_id: str, alerts: list[dict]) -> None:
        path = self.folder / f"{list_id}.jsonl"
        path.write_text("".join(json.dumps(alert | {"list": list_id}) + "\n" for alert in alerts))
        policy = self.settings.profile.policy(list_id)
        assert lists.import_list(self.store, policy, "canonical", path, actor="anna", at=AT).active

    def ask(self, name=None, *, reason="case 14/26", chosen=None, **asked):
        return lookup(
            self.settings, Asked(name=name, **asked), reason=reason, actor="anna", at=AT, chosen=chosen
        )

    def acts(self) -> list[dict]:
        paths = sorted((self.store.root / "audit").glob("audit-*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


@pytest.fixture
def desk(tmp_path, written):
    return Desk(tmp_path, [written.sought])


def relations(found):
    return {piece["kind"]: piece["relation"] for piece in found.evidence if piece["kind"] != "name"}


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        pytest.param(FULL, {}, id="as listed"),
        pytest.param("ylvalinn torbjorg qvarnstedt", {}, id="given names first, no comma"),
        pytest.param("Qvarnstedt Ylvalinn", {}, id="surname first, no comma, one name left out"),
        pytest.param("Mrs Ylvalinn Qvarnstedt", {}, id="with a title"),
        pytest.param("KVARNSTEDT, Ylvalin", {"born": "1984-03-17"}, id="other spelling"),
        pytest.param("Qvarnstedt", {"born": "1984", "nationality": "SWE", "sex": Sex.FEMALE}, id="one name"),
        pytest.param(
            "FNU, Nobody", {"document": "zz 908-1726", "state": "SWE"}, id="another name, her document"
        ),
    ],
)
def test_a_listed_person_is_found_however_the_name_is_written(desk, name, asked):
    [found] = desk.ask(name, **asked).found
    assert (found.standing, found.alert["alert_id"]) == (HIT, "watch:A1")
    assert sum(piece["weight"] for piece in found.evidence) == found.score >= found.threshold


def test_without_a_comma_no_order_costs_anything(desk):
    scores = {
        desk.ask(name).found[0].score
        for name in (FULL, FULL.replace(",", ""), "Ylvalinn Torbjorg Qvarnstedt")
    }
    assert len(scores) == 1


@pytest.mark.parametrize(
    ("born", "relation"),
    [
        pytest.param("1984-03-17", "same day", id="day"),
        pytest.param("1984-03", "in the listed year", id="month"),
        pytest.param("1984", "in the listed year", id="year"),
        pytest.param(None, "not given by the traveller", id="nothing"),
    ],
)
def test_what_is_known_of_the_birth_is_compared(desk, born, relation):
    [found] = desk.ask(FULL, born=born).found
    assert relations(found)["date_of_birth"] == relation


@pytest.mark.parametrize(
    ("state", "relation"),
    [
        pytest.param("SE", "same number and State", id="with its State"),
        pytest.param(None, "same number, State not known", id="without a State"),
    ],
)
def test_a_document_is_found_alone(desk, state, relation):
    [found] = desk.ask(document="ZZ-9081726", state=state).found
    assert found.standing == HIT
    assert relations(found)["document"] == relation
    assert sum(piece["weight"] for piece in found.evidence) == found.score


def test_a_document_of_a_list_without_names_is_found(desk):
    path = desk.folder / "lost.csv"
    path.write_text("document_number;issuing_state;status\nK7654321;MDA;stolen\n")
    lists.import_list(desk.store, ListPolicy(id="lost"), "documents", path, actor="anna", at=AT)
    [found] = desk.ask(document="K7654321", state="MDA", chosen=["lost"]).found
    assert (found.standing, found.alert_name) == (HIT, None)
    assert desk.ask(FULL, chosen=["lost"]).found == ()


@pytest.mark.parametrize(
    ("above", "standing"),
    [
        pytest.param(0, HIT, id="at the threshold"),
        pytest.param(-1, BELOW, id="just below"),
        pytest.param(-NEAR, BELOW, id="8 bits below"),
        pytest.param(-NEAR - 1, None, id="more than 8 bits below"),
    ],
)
def test_pairs_are_marked_by_the_threshold_of_their_list(desk, above, standing):
    score = desk.ask(FULL).found[0].score
    desk.policy(WATCH.model_copy(update={"threshold_bits": (score - above) / 100}))
    assert [found.standing for found in desk.ask(FULL).found] == ([standing] if standing else [])


def test_a_listed_document_is_a_hit_whatever_the_threshold(desk):
    desk.policy(WATCH.model_copy(update={"threshold_bits": 90.0}))
    [found] = desk.ask(document="ZZ9081726", state="SE").found
    assert found.standing == HIT
    assert found.score < found.threshold - NEAR


def test_hits_come_first_and_an_alert_not_in_force_is_marked(desk, written):
    over = written.sought | {"source_id": "B2", "alert_id": "other:B2", "expires": "2026-11-22"}
    last_day = written.sought | {"source_id": "B3", "alert_id": "other:B3", "expires": "2026-11-23"}
    far = written.sought | {
        "source_id": "B4",
        "alert_id": "other:B4",
        "names": [
            {
                **written.sought["names"][0],
                "full": "OKONJO, Bakari",
                "surname": "OKONJO",
                "given_names": "Bakari",
            }
        ],
        "documents": [],
    }
    desk.bring("other", [over, last_day, far])
    answer = desk.ask(FULL, born="1984-03-17")
    assert [(found.standing, found.alert["alert_id"]) for found in answer.found] == [
        (HIT, "other:B3"),
        (HIT, "watch:A1"),
        (NOT_IN_FORCE, "other:B2"),
    ]
    assert set(answer.lists) == {"other", "watch"}


def test_the_act_is_recorded_and_the_record_names_nobody(desk):
    desk.ask(FULL, born="1984-03-17", document="ZZ9081726", state="SE")
    act = desk.acts()[-1]
    assert (act["act"], act["actor"], act["reason"]) == ("person.lookup", "anna", "case 14/26")
    assert act["objects"][-1] == f"watch={lists.active_version(desk.store, 'watch')}"
    assert all(len(one) == 32 for one in act["objects"][:2])
    assert verify(desk.store).holds
    for path in (desk.store.root / "audit").rglob("*"):
        data = path.read_bytes().upper() if path.is_file() else b""
        for word in (b"QVARNSTEDT", b"YLVALINN", b"TORBJORG", b"1984", b"9081726"):
            assert word not in data


def test_the_same_question_has_the_same_pseudonym(desk):
    for name in (FULL, "torbjorg ylvalinn QVARNSTEDT", "Drummond, Isla"):
        desk.ask(name)
    first, same, other = (act["objects"][0] for act in desk.acts()[-3:])
    assert first == same != other


def test_nothing_is_answered_that_cannot_be_recorded(desk):
    path = next((desk.store.root / "audit").glob("audit-*.jsonl"))
    path.write_bytes(path.read_bytes() + b'{"seq": 1}\n')
    with pytest.raises(StoreError, match="audit chain"):
        desk.ask(FULL)


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        pytest.param({}, "--name or --document", id="nobody"),
        pytest.param({"name": "12 .", "born": "1984"}, "--name", id="name without letters"),
        pytest.param({"name": "TBA"}, "--name", id="placeholder"),
        pytest.param({"name": FULL, "born": "17.03.1984"}, "--born", id="date in another form"),
        pytest.param({"name": FULL, "born": "1984-02-30"}, "--born", id="no such day"),
        pytest.param({"name": FULL, "born": "1984-13"}, "--born", id="no such month"),
        pytest.param({"name": FULL, "born": "2026-11-24"}, "--born", id="tomorrow"),
        pytest.param({"name": FULL, "born": "2027"}, "--born", id="next year"),
        pytest.param({"name": FULL, "nationality": "ZZZ"}, "--nationality", id="no such nationality"),
        pytest.param({"name": FULL, "state": "SE"}, "--state", id="State without document"),
        pytest.param({"document": "ZZ9081726", "state": "Q"}, "--state", id="no such State"),
        pytest.param({"document": "Z-12"}, "--document", id="number too short to be compared"),
        pytest.param({"name": FULL, "reason": "  "}, "--reason", id="no reason"),
        pytest.param(
            {"name": FULL, "reason": "where is Mrs Qvarnstedt?"}, "--reason", id="reason with the name"
        ),
        pytest.param(
            {"document": "ZZ9081726", "reason": "passport zz 9081726 found"},
            "--reason",
            id="reason with the number",
        ),
        pytest.param({"name": FULL, "chosen": ["nosuch"]}, "--list", id="unknown list"),
    ],
)
def test_wrong_use_names_the_option_and_repeats_nothing(desk, asked, option):
    before = len(desk.acts())
    with pytest.raises(UsageError) as raised:
        desk.ask(**asked)
    assert raised.value.where == option
    assert raised.value.exit_code == 2
    for word in ("qvarnstedt", "1984-", "9081726", "17.03"):
        assert word not in str(raised.value).casefold()
    assert len(desk.acts()) == before


def test_a_list_of_the_profile_is_never_left_out_in_silence(desk):
    desk.policy(WATCH, ListPolicy(id="second", path="second.jsonl"))
    with pytest.raises(InputError, match="`second` has no active version"):
        desk.ask(FULL)
    assert desk.ask(FULL, chosen=["watch"]).found


def test_a_store_without_a_list_is_an_error_that_says_how_to_add_one(tmp_path):
    settings = Settings(Store(tmp_path / "empty"), tmp_path, Profile(), tmp_path)
    with pytest.raises(InputError) as raised:
        lookup(settings, Asked(name=FULL), reason="test", actor="anna", at=AT)
    assert "alerts import" in raised.value.remedy
    assert not (tmp_path / "empty").exists()


@pytest.fixture(scope="module")
def screened(screened_night, tmp_path_factory):
    """The generated night, screened; tests only read it and add to its audit record."""
    folder = tmp_path_factory.mktemp("asked") / "agency"
    shutil.copytree(screened_night, folder, symlinks=True)
    return folder


@pytest.fixture
def asked_night(screened, monkeypatch):
    monkeypatch.chdir(screened)
    return load_settings()


def table(folder, zone, name):
    return pq.read_table(
        folder / "store" / zone / "current" / "night=2026-11-23" / f"{name}.parquet"
    ).to_pylist()


def explain(settings, traveller, alert, night=None):
    return why(settings, traveller, alert, night=night, actor="anna", at=AT)


def test_why_of_every_hit_adds_up_to_its_score(screened, asked_night):
    hits = table(screened, "analyst", "hits")
    assert len(hits) > 5
    for hit in hits:
        for alert_id in hit["alert_ids"]:
            found = explain(asked_night, hit["traveller_id"][:12], alert_id)
            assert (found.verdict, found.night) == ("hit", date(2026, 11, 23))
            assert sum(piece["weight"] for piece in found.evidence) == found.score
            assert found.rows()[-1]["detail"].endswith(hit["hit_id"])
            if alert_id == hit["alert_id"]:
                assert (found.score, found.threshold) == (hit["score"], hit["threshold"])
            steps = {step.step: step.result for step in (*found.before, *found.after)}
            assert steps["scored_again"] == "same"
            assert "candidate" in {steps["route_name"], steps["route_document"]}


def test_why_of_other_pairs_says_what_was_missing_and_none_was_lost(screened, asked_night):
    hits = table(screened, "analyst", "hits")
    raised = {(hit["traveller_id"], alert_id) for hit in hits for alert_id in hit["alert_ids"]}
    travellers = table(screened, "individual", "travellers")[::60]
    verdicts = set()
    for place, traveller in enumerate(travellers):
        for hit in hits[place % 3 :: 3]:
            pair = (traveller["traveller_id"], hit["alert_id"])
            if pair in raised:
                continue
            found = explain(asked_night, *pair)
            verdicts.add(found.verdict)
            if found.verdict == "below_threshold":
                assert sum(piece["weight"] for piece in found.evidence) == found.score < found.threshold
                [score] = [step for step in found.after if step.step == "score"]
                missing = f"{(found.threshold - found.score) / 100:.2f} bits were missing"
                assert score.detail.startswith(missing)
    assert {"below_threshold", "not_comparable"} <= verdicts
    assert not verdicts & FAULTS


def test_a_lookup_gives_the_score_of_the_night(screened, asked_night):
    known = {row["traveller_id"]: row for row in table(screened, "individual", "travellers")}
    compared = 0
    for hit in table(screened, "analyst", "hits"):
        traveller, documents = known[hit["traveller_id"]], hit["documents"]
        plain = f"{traveller['surname']}/{traveller['given_names']}" == traveller["name_as_sent"]
        if len(documents) != 1 or traveller["other_names"] or not plain or not hit["date_of_birth"]:
            continue
        answer = lookup(
            asked_night,
            Asked(
                name=f"{hit['surname']}, {hit['given_names']}",
                born=hit["date_of_birth"].isoformat(),
                sex=Sex(hit["sex"]) if hit["sex"] else None,
                nationality=hit["nationality"],
                document=documents[0]["number"],
                state=documents[0]["issuing_state"],
            ),
            reason="the same as in the night",
            actor="anna",
            at=AT,
        )
        scores = {found.alert["alert_id"]: found.score for found in answer.found}
        assert scores[hit["alert_id"]] == hit["score"]
        compared += 1
    assert compared >= 2


def test_the_record_of_why_holds_no_number_of_a_document(screened, asked_night):
    for hit in table(screened, "analyst", "hits"):
        explain(asked_night, hit["traveller_id"], hit["alert_id"])
        path = sorted((screened / "store" / "audit").glob("audit-*.jsonl"))[-1]
        act = json.loads(path.read_text().splitlines()[-1])
        by_number = hit["category"] == "document"
        assert (act["act"], act["objects"][0]) == ("pair.why", hit["traveller_id"])
        assert (act["objects"][1] == hit["alert_id"]) != by_number
        numbers = [document["number"] for document in hit["documents"]]
        assert not [number for number in numbers if number in json.dumps(act["objects"])]


@pytest.mark.parametrize(
    ("traveller", "alert", "where"),
    [
        pytest.param("", "", "TRAVELLER", id="beginning that fits several travellers"),
        pytest.param("nosuch", "", "TRAVELLER", id="no such traveller"),
        pytest.param(None, "nosuch:1", "ALERT", id="list that was not asked"),
        pytest.param(None, "{list}:nosuch", "ALERT", id="no such alert"),
        pytest.param(None, "{list}:", "ALERT", id="beginning that fits several alerts"),
    ],
)
def test_why_names_what_it_cannot_find(screened, asked_night, traveller, alert, where):
    hit = table(screened, "analyst", "hits")[0]
    with pytest.raises(UsageError) as raised:
        explain(
            asked_night,
            hit["traveller_id"] if traveller is None else traveller,
            alert.format(list=hit["list"]),
        )
    assert raised.value.where.startswith(where)


def test_both_commands_print_rows_and_tables_that_add_up(screened, screening):
    hit = table(screened, "analyst", "hits")[0]
    pair = ("why", hit["traveller_id"], hit["alert_id"])
    rows = json.loads(screening(screened, *pair, "--format", "json", check=0).stdout)
    pieces = [row for row in rows if row["step"] == "evidence"]
    assert sum(row["weight"] for row in pieces) == pieces[-1]["running"] == hit["score"]
    shown = screening(screened, *pair, check=0).stdout
    assert f"{hit['score'] / 100:.2f}" in shown
    assert f"it is the hit {hit['hit_id']}" in shown
    question = (
        "lookup",
        "--name",
        f"{hit['surname']}, {hit['given_names']}",
        "--reason",
        "case 4",
        "--as",
        "anna",
    )
    found = screening(screened, *question, check=0).stdout
    assert hit["alert_id"] in found
    assert "threshold of the list" in found
    header, *lines = screening(screened, *question, "--format", "csv", check=0).stdout.splitlines()
    assert header.startswith("standing,alert_id,list,list_version")
    assert lines
    act = json.loads(
        sorted((screened / "store" / "audit").glob("audit-*.jsonl"))[-1].read_text().splitlines()[-1]
    )
    assert (act["act"], act["actor"]) == ("person.lookup", "anna")


def test_without_criteria_the_command_exits_2_and_names_the_options(screened, screening):
    done = screening(screened, "lookup", "--reason", "case 4", check=2)
    assert "--name or --document" in done.stderr
    assert "--reason" in screening(screened, "lookup", "--name", "DOE, JANE", check=2).stderr


@pytest.mark.slow
def test_why_tells_that_the_leg_was_not_screened(by_hand, written, monkeypatch):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run("2026-11-23", check=1, FAIL_ON="XQ401-20261123-ARN-VIE")
    monkeypatch.chdir(by_hand.folder)
    travellers = by_hand.store / "individual" / "current" / "night=2026-11-23" / "travellers.parquet"
    [traveller] = pq.read_table(travellers)["traveller_id"].to_pylist()
    found = explain(load_settings(), traveller, "watch:A1")
    assert found.verdict == "not_screened"
    assert found.score > found.threshold
