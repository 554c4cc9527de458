import datetime as dt

import pytest

from screening.hits.dispositions import clearance_table, dispose, disposition_table
from screening.hits.raising import Before, ListsInUse, People, raise_hits
from screening.tables.alerts import ALERT_NAMES, ALERTS
from screening.tables.analyst import CLEARANCES, DISPOSITIONS, HITS
from screening.tables.codes import Category, Decision
from screening.tables.errors import UsageError
from screening.tables.individual import DOCUMENTS, FLIGHTS, TRAVELLERS
from screening.tables.work import SCORED

NIGHT = dt.date(2026, 11, 23)
BEGINS = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)


def piece(kind, ours, theirs, relation, weight):
    return {
        "kind": kind,
        "traveller_value": ours,
        "alert_value": theirs,
        "relation": relation,
        "weight": weight,
    }


def named(score, name="OTHO", born="1970-02-01"):
    return [
        piece("name", "OTHO", name, "same", score - 1350),
        piece("date_of_birth", born, born, "same day", 1350),
    ]


def document(weight=2400, relation="same number and State"):
    return [
        piece("name", "OTHO", "X", "not weighed", 0),
        piece("document", "P123456 GB", "P123456 GB", relation, weight),
    ]


def pair(alert_id, evidence, traveller="t1", name=0):
    return {
        "traveller_id": traveller, "alert_id": alert_id, "alert_name": name, "routes": 1,
        "score": sum(one["weight"] for one in evidence), "evidence": evidence,
    }  # fmt: skip


def alert(alert_id, **more):
    return {
        "alert_id": alert_id, "list": alert_id.split(":")[0], "source_id": alert_id, "category": "wanted", "severity": 3,
        "authority": "a", "status": "active", "sufficient": True, "content_hash": f"hash of {alert_id}", "provenance": "p", **more,
    }  # fmt: skip


ALERT_ROWS = (alert("a:1"), alert("b:1", severity=5), alert("b:2"))
NAMES = {"a:1": "Quenzebrand, Otho", "b:1": "Otho QUENZEBRAND", "b:2": "Quenzebrand, Otto"}


def world(
    pairs,
    *,
    alerts=ALERT_ROWS,
    departure=dt.datetime(2026, 11, 24, 9, 0),
    zone="Europe/Berlin",
    person=None,
    **more,
):
    flight = {
        "flight_id": "XX1-20261124-TXL-LHR", "carrier": "XX", "number": "1", "marketing": [], "origin": "TXL",
        "destination": "LHR", "departure_local": departure, "origin_zone": zone, "service_date": departure.date(),
        "api_status": "final", "pnr_status": "missing", "travellers": 2, "findings": [],
    }  # fmt: skip
    people = [
        {
            "traveller_id": key, "flight_id": flight["flight_id"], "statement_ids": ["in:100:1", "in:200:4", "old:5:1"],
            "current": 2, "sources": ["api"], "person_key": f"person of {key}", "role": "passenger", "surname": "QUENZEBRAND",
            "given_names": "OTHO", "name_as_sent": "QUENZEBRAND/OTHO", "seat": "12A", "date_of_birth": dt.date(1970, 2, 1), **(person or {}),
        }
        for key in ("t1", "t2")
    ]  # fmt: skip
    documents = [
        {
            "traveller_id": "t1",
            "ordinal": 0,
            "type": "passport",
            "number": "P123456",
            "issuing_state": "GB",
            "check_digit": "none",
        }
    ]
    names = [
        {
            "alert_id": key,
            "ordinal": 0,
            "identity": 0,
            "full": full,
            "kind": "primary",
            "script": "Latn",
            "provenance": "p",
        }
        for key, full in NAMES.items()
    ]
    lists = ListsInUse(
        alerts=ALERTS.table(alerts), names=ALERT_NAMES.table(names), thresholds=more.pop("thresholds", {"a": 2000, "b": 2200}),
        versions={"a": "v1", "b": "v2"}, rate=lambda score, of: score / {"a": 10, "b": 20}[of],
    )  # fmt: skip
    before = Before(
        more.pop("clearances", CLEARANCES.empty()), more.pop("dispositions", DISPOSITIONS.empty()),
        more.pop("earlier_hits", HITS.empty()),
    )  # fmt: skip
    moment = {"night": NIGHT, "night_begins": BEGINS, "pseudonym": lambda purpose, text: f"{purpose}({text})"}
    return raise_hits(
        SCORED.table(pairs), People(TRAVELLERS.table(people), DOCUMENTS.table(documents), FLIGHTS.table([flight])),
        lists, before, **{**moment, **more},
    )  # fmt: skip


def test_a_pair_at_the_threshold_of_its_list_is_a_hit_and_below_it_none():
    raised = world(
        [
            pair("a:1", named(2000)),
            pair("b:2", named(2199, born="1971-01-02")),
            pair("a:1", named(1999), "t2"),
        ]
    )
    assert raised.hits["alert_id"].to_pylist() == ["a:1"]
    row = raised.hits.to_pylist()[0]
    assert (row["hit_id"], row["threshold"], row["false_alerts_per_1000"]) == ("hit(t1|a:1)", 2000, 200.0)
    assert row["message_ids"] == ["in:100", "in:200"]


def test_a_hit_says_the_standing_and_the_message_that_named_the_traveller_last():
    said = {"standing": "withdrawn", "standing_reason": "cancelled", "last_named_by": "in:200"}
    [row] = world([pair("a:1", named(2000))], person=said).hits.to_pylist()
    assert {name: row[name] for name in said} == said
    assert row["documents"][0]["number"] == "P123456"


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        pytest.param(named(3000), None, id="name and date"),
        pytest.param(
            [
                piece("name", "QUENZEBRAND OTHO", "QUENZEBRAND OTHO", "same", 3000),
                piece("date_of_birth", "1970-02-01", "1970-05-13", "same year, other day", -200),
            ],
            "other_day",
            id="other day",
        ),
        pytest.param(
            [
                piece("name", "QUENZEBRAND", "QUENZEBRAND", "same", 2000),
                piece("name", "OTHO", "PIETERNEL", "other names", -500),
                piece("date_of_birth", "1970-02-01", "1970-02-01", "same day", 1350),
            ],
            "other_given_names",
            id="other given names",
        ),
    ],
)
def test_a_hit_says_whether_it_is_a_near_miss_by_its_best_alert(evidence, kind):
    raised = world([pair("a:1", evidence), pair("b:2", named(2200, born="1971-01-02"))])
    assert dict(
        zip(raised.hits["alert_id"].to_pylist(), raised.hits["near_miss"].to_pylist(), strict=True)
    ) == {
        "a:1": kind,
        "b:2": None,
    }


def test_the_same_document_is_a_hit_below_the_threshold():
    low = {"a": 9000, "b": 9000}
    assert world([pair("a:1", document(), name=-1)], thresholds=low).hits.num_rows == 1
    assert world([pair("a:1", document(1600, "number alike"), name=-1)], thresholds=low).hits.num_rows == 0


def test_alerts_of_one_person_are_one_hit_and_namesakes_stay_two():
    raised = world([pair("a:1", named(3000)), pair("b:1", named(2900)), pair("b:2", named(2800))])
    rows = {row["hit_id"]: row for row in raised.hits.to_pylist()}
    assert {key: row["alert_ids"] for key, row in rows.items()} == {
        "hit(t1|a:1)": ["a:1", "b:1"],
        "hit(t1|b:2)": ["b:2"],
    }
    assert rows["hit(t1|a:1)"]["list_versions"] == ["a=v1", "b=v2"]
    assert raised.evidence.num_rows == 6


def test_with_equal_scores_the_more_severe_alert_is_the_best():
    raised = world([pair("a:1", named(3000)), pair("b:1", named(3000))])
    assert raised.hits["alert_id"].to_pylist() == ["b:1"]
    assert raised.hits["hit_id"].to_pylist() == ["hit(t1|a:1)"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"status": "held"}, id="held"),
        pytest.param({"expires": NIGHT - dt.timedelta(days=1)}, id="expired"),
        pytest.param({"valid_from": NIGHT + dt.timedelta(days=1)}, id="not yet valid"),
    ],
)
def test_an_alert_that_is_not_in_use_raises_nothing(more):
    assert world([pair("a:1", named(3000))], alerts=[alert("a:1", **more)]).hits.num_rows == 0


@pytest.mark.parametrize(
    ("departure", "zone", "late"),
    [
        pytest.param(dt.datetime(2026, 11, 24, 1, 59), "Europe/Berlin", True, id="00:59 UTC"),
        pytest.param(dt.datetime(2026, 11, 24, 2, 0), "Europe/Berlin", False, id="01:00 UTC"),
        pytest.param(dt.datetime(2026, 11, 23, 21, 0), "America/New_York", False, id="02:00 UTC"),
        pytest.param(dt.datetime(2026, 11, 20, 2, 0), None, False, id="zone unknown"),
    ],
)
def test_late_is_a_leg_that_had_departed_when_the_night_began(departure, zone, late):
    raised = world([pair("a:1", named(3000))], departure=departure, zone=zone)
    assert raised.hits["late"].to_pylist() == [late]


def test_a_hit_raised_before_names_its_first_night():
    first = world([pair("a:1", named(3000))], night=dt.date(2026, 11, 20))
    again = world(
        [pair("a:1", named(3000)), pair("b:2", named(2800, born="1971-01-02"))], earlier_hits=first.hits
    )
    assert dict(
        zip(again.hits["alert_id"].to_pylist(), again.hits["first_night"].to_pylist(), strict=True)
    ) == {
        "a:1": dt.date(2026, 11, 20),
        "b:2": NIGHT,
    }


def decided(raised, decision=Decision.FALSE_MATCH, **more):
    hit = raised.hits.to_pylist()[0]
    settings = {
        "reason": "other father", "analyst": "A", "second": "B", "at": dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC),
        "second_person": (Category.WANTED,), "clear_days": 30, "alert_hash": "hash of a:1",
        "evidence": raised.evidence.to_pylist(), "earlier": DISPOSITIONS.empty(),
    }  # fmt: skip
    return dispose(hit, decision=decision, **{**settings, **more})


def test_a_decision_stays_with_the_pair_while_the_evidence_is_the_same():
    before = world([pair("a:1", named(3000))])
    table = disposition_table([decided(before, Decision.TRUE_MATCH).disposition])
    same = world([pair("a:1", named(3000))], dispositions=table).hits.to_pylist()[0]
    other = world([pair("a:1", named(3000, born="1970-02-02"))], dispositions=table).hits.to_pylist()[0]
    assert (same["decision"], other["decision"]) == ("true_match", None)


def test_a_new_weight_does_not_reopen_a_decision():
    before = world([pair("a:1", named(3000))])
    table = disposition_table([decided(before, Decision.TRUE_MATCH).disposition])
    assert world([pair("a:1", named(3100))], dispositions=table).hits["decision"].to_pylist() == [
        "true_match"
    ]


@pytest.mark.parametrize(
    ("evidence", "alerts", "night", "silenced"),
    [
        pytest.param(named(3000), ALERT_ROWS, NIGHT, 1, id="same evidence"),
        pytest.param(named(3000), ALERT_ROWS, dt.date(2026, 12, 24), 1, id="last day"),
        pytest.param(named(3000), ALERT_ROWS, dt.date(2026, 12, 25), 0, id="run out"),
        pytest.param(named(3000), [alert("a:1", content_hash="new")], NIGHT, 0, id="alert changed"),
        pytest.param(named(3000, born="1970-02-03"), ALERT_ROWS, NIGHT, 0, id="other evidence"),
        pytest.param([*named(3000), *document()[1:]], ALERT_ROWS, NIGHT, 0, id="a document agrees"),
    ],
)
def test_a_cleared_pair_is_silent_but_counted(evidence, alerts, night, silenced):
    clearance = decided(world([pair("a:1", named(3000))])).clearance
    raised = world(
        [pair("a:1", evidence)], alerts=alerts, night=night, clearances=clearance_table([clearance])
    )
    assert (raised.silenced, raised.hits.num_rows) == (silenced, 1 - silenced)


def test_a_document_hit_is_never_cleared():
    raised = world([pair("a:1", document(), name=-1)])
    assert decided(raised).clearance is None


@pytest.mark.parametrize(
    ("more", "remedy"),
    [
        pytest.param({"reason": "  "}, "--reason", id="no reason"),
        pytest.param({"second": None}, "screening confirm", id="no second person"),
        pytest.param({"second": " a "}, "screening confirm", id="second person is the analyst"),
    ],
)
def test_a_decision_against_the_rules_is_refused(more, remedy):
    with pytest.raises(UsageError) as caught:
        decided(world([pair("a:1", named(3000))]), **more)
    assert remedy in caught.value.remedy


def test_one_person_may_leave_a_hit_open_and_decide_in_other_categories():
    raised = world([pair("a:1", named(3000))])
    assert decided(raised, Decision.INCONCLUSIVE, second=None).clearance is None
    assert decided(raised, second=None, second_person=(Category.REFUSE_ENTRY,)).clearance is not None


def test_a_later_decision_supersedes_the_earlier_one():
    raised = world([pair("a:1", named(3000))])
    first = decided(raised).disposition
    later = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    second = decided(
        raised,
        Decision.TRUE_MATCH,
        at=later,
        earlier=disposition_table([first]),
        instead_of=first["disposition_id"],
    ).disposition
    assert second["supersedes"] == first["disposition_id"]
    table = disposition_table([second, first])
    assert world([pair("a:1", named(3000))], dispositions=table).hits["decision"].to_pylist() == [
        "true_match"
    ]


def test_hits_do_not_depend_on_the_order_of_pairs_or_other_travellers():
    pairs = [pair("a:1", named(3000)), pair("b:1", named(2900)), pair("a:1", named(2500), "t2")]
    both = world(pairs)
    assert world(pairs[::-1]).hits.equals(both.hits)
    alone = world(pairs[:2])
    assert alone.hits.to_pylist() == [row for row in both.hits.to_pylist() if row["traveller_id"] == "t1"]
