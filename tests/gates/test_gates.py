import json
import tempfile
from datetime import date, datetime

import pyarrow as pa
import pytest

from screening.gates.judging import (
    ALLOWED,
    GATES,
    check_hits,
    check_manifests,
    check_suite,
    not_judged,
    suite,
)
from screening.profile.model import Gates
from screening.tables.analyst import EVIDENCE, HITS
from screening.tables.individual import DOCUMENTS, FLIGHTS, TRAVELLERS

NIGHT = date(2026, 11, 23)
LEG = "Q110-20261123-FRA-IAD"
SMALL = Gates(minimum=10)
PLANTED = "ZYXPLANTEDNAME"


def flights(travellers, legs=(LEG,)):
    return FLIGHTS.table(
        {
            "flight_id": leg,
            "carrier": "Q1",
            "number": "10",
            "marketing": [],
            "origin": "FRA",
            "destination": "IAD",
            "departure_local": datetime.fromisoformat("2026-11-23T17:30"),
            "service_date": NIGHT,
            "api_status": "final",
            "pnr_status": "missing",
            "travellers": travellers,
            "findings": [],
        }
        for leg in legs
    )


def travellers(size=20, **facts):
    """`facts`: column -> function of the ordinal."""
    standard = {
        "surname": lambda n: PLANTED,
        "given_names": lambda n: PLANTED,
        "date_of_birth": lambda n: date(1980, 1, 1 + n % 28),
        "nationality": lambda n: "FR",
        "role": lambda n: "passenger",
        "flight_id": lambda n: LEG,
    }
    return TRAVELLERS.table(
        {
            "traveller_id": f"t{n:04d}",
            "statement_ids": ["s"],
            "current": 1,
            "sources": ["api"],
            "person_key": f"p{n}",
            "name_as_sent": f"{PLANTED}/{PLANTED}",
            **{name: make(n) for name, make in (standard | facts).items()},
        }
        for n in range(size)
    )


def documents(size=20):
    return DOCUMENTS.table(
        {"traveller_id": f"t{n:04d}", "ordinal": 0, "type": "passport", "number": f"{PLANTED}{n}", "check_digit": "none"}
        for n in range(size)
    )  # fmt: skip


def manifests(people=None, *, legs=None, papers=None, gates=SMALL, quarantined=0, baseline=(), erased=()):
    people = travellers() if people is None else people
    legs = flights(people.num_rows) if legs is None else legs
    papers = documents() if papers is None else papers
    more = {"gates": gates, "quarantined": quarantined, "baseline": baseline, "erased": dict(erased)}
    return check_manifests(legs, people, papers, **more)


def hits(size=1, **facts):
    return HITS.table(
        {
            "hit_id": f"h{n}",
            "traveller_id": f"t{n:04d}",
            "flight_id": LEG,
            "person_key": "p",
            "surname": PLANTED,
            "documents": [],
            "alert_id": "own:1",
            "alert_ids": ["own:1"],
            "alert_name": PLANTED,
            "list": "own",
            "list_versions": ["own=1"],
            "category": "wanted",
            "severity": 4,
            "score": 1450,
            "threshold": 1200,
            "false_alerts_per_1000": 0.2,
            "evidence_hash": "e",
            "first_night": NIGHT,
            "late": False,
            "message_ids": [],
            **facts,
        }
        for n in range(size)
    )


def evidence(size=1, weights=(-2300, 3750)):
    return EVIDENCE.table(
        {
            "hit_id": f"h{n}",
            "alert_id": "own:1",
            "ordinal": ordinal,
            "kind": "prior" if ordinal == 0 else "name",
            "traveller_value": PLANTED,
            "relation": "same",
            "weight": weight,
        }
        for n in range(size)
        for ordinal, weight in enumerate(weights)
    )


def nights(*sizes, legs=1, **shares):
    """Figures of earlier nights."""
    return [{"travellers": float(size), "legs": float(legs), **shares} for size in sizes]


def failed(report):
    return {f"{r.frame}.{r.column}" if r.column else r.frame for r in report.results if not r.passed}


def test_a_sound_night_passes_and_every_expectation_gives_a_figure(capfd):
    report = manifests(baseline=nights(18, 22, 20))
    assert not report.failures
    assert failed(report) == set()
    assert len(report.results) == len(suite("manifests")["expectations"])
    assert all(r.observed and r.bound and r.notes for r in report.results)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("case", "fails"),
    [
        pytest.param({"people": travellers(surname=lambda n: None if n < 2 else "A")}, "travellers.surname", id="surnames"),
        pytest.param({"people": travellers(surname=lambda n: " " if n < 2 else "A")}, "travellers.surname", id="a blank is no surname"),
        pytest.param({"people": travellers(date_of_birth=lambda n: None if n < 5 else NIGHT)}, "travellers.date_of_birth", id="birth dates"),
        pytest.param({"people": travellers(nationality=lambda n: None if n < 9 else "FR")}, "travellers.nationality", id="nationalities"),
        pytest.param({"papers": documents(11)}, "travellers.document", id="documents"),
        pytest.param({"legs": flights(21)}, "flights.travellers_missing", id="a leg says more travellers than it has"),
        pytest.param({"legs": flights(20), "erased": {LEG: 1}}, "flights.travellers_missing", id="somebody erased is there"),
        pytest.param({"people": travellers(flight_id=lambda n: "Q9-none" if n == 3 else LEG), "legs": flights(19)}, "travellers.leg", id="a traveller without his leg"),
        pytest.param({"quarantined": 6}, "night.quarantined_share", id="too many set aside"),
        pytest.param({"baseline": nights(200, 210, 190)}, "night.travellers_of_usual", id="a feed that is a fifth of what is usual"),
        pytest.param({"baseline": nights(20, 20, 20, legs=8)}, "night.legs_of_usual", id="most flights are missing"),
        pytest.param({"baseline": nights(3, 3, 2)}, "night.travellers_beyond_usual", id="many times the usual traffic"),
    ],
)  # fmt: skip
def test_a_night_is_incomplete_for_what_is_wrong(case, fails):
    report = manifests(**case)
    assert report.failures
    assert failed(report) == {fails}


@pytest.mark.parametrize(
    ("case", "warns"),
    [
        pytest.param({"people": travellers(date_of_birth=lambda n: date(1850, 1, 1))}, "travellers.age", id="ages beyond man"),
        pytest.param({"people": travellers(date_of_birth=lambda n: date(2027, 1, 1))}, "travellers.age", id="born after departure"),
        pytest.param({"legs": flights(20, (LEG, "unreadable")), "people": travellers(40, flight_id=lambda n: LEG if n % 2 else "unreadable"), "papers": documents(40)}, "flights.flight_id", id="form of an identifier"),
    ],
)  # fmt: skip
def test_what_is_only_strange_warns(case, warns):
    report = manifests(**case)
    assert not report.failures
    assert failed(report) == {warns}
    assert [f"{r.frame}.{r.column}" for r in report.warnings] == [warns]


def test_below_the_minimum_shares_only_warn():
    nobody_named = travellers(surname=lambda n: None)
    report = manifests(nobody_named, gates=Gates(minimum=21))
    assert not report.failures
    assert [r.column for r in report.warnings] == ["surname"]
    assert manifests(nobody_named, gates=Gates(minimum=20)).failures


@pytest.mark.parametrize("size", [0, 1, 4])
def test_a_feed_that_is_a_fifth_of_what_is_usual_is_incomplete_however_few_it_has(size):
    report = manifests(
        travellers(size), papers=documents(size), gates=Gates(), baseline=nights(20, 20, 20, 30)
    )
    [found] = report.failures
    assert found.sentence == (
        f"travellers, against what is usual: {size} instead of 20, expected more than 20 % of the usual"
    )


def test_who_was_erased_by_right_is_not_missing():
    assert manifests(legs=flights(21), erased={LEG: 1}).failures == ()


@pytest.mark.parametrize("baseline", [(), (2000,), (2000, 2000)], ids=len)
def test_what_is_usual_is_not_known_from_fewer_than_three_nights(baseline):
    report = manifests(baseline=nights(*baseline))
    assert not report.failures
    told = [r.observed for r in report.results if (r.column or "").endswith("_usual")]
    assert len(told) == 7
    assert all(observed.startswith("not known: fewer than 3 nights") for observed in told)


def test_a_share_far_below_what_is_usual_is_told():
    people = travellers(nationality=lambda n: None if n < 7 else "FR")
    report = manifests(people, baseline=nights(20, 20, 20, nationality=1.0))
    assert not report.failures
    assert [r.sentence for r in report.warnings] == [
        "travellers with a nationality, against what is usual: 0.65 instead of 1, expected at least 80 % of the usual"
    ]


def test_an_empty_night_has_nothing_that_is_missing():
    report = manifests(travellers(0), legs=FLIGHTS.empty(), papers=DOCUMENTS.empty(), gates=Gates(minimum=0))
    assert not report.failures


def test_a_column_that_is_missing_fails_and_is_named():
    report = manifests(travellers().drop_columns(["surname"]))
    assert failed(report) == {"travellers", "travellers.surname"}
    observed = {r.column: r.observed for r in report.failures}
    assert observed[None] == "missing: surname"
    assert observed["surname"].startswith("could not be computed")


def test_results_do_not_depend_on_the_order_of_rows():
    people = travellers(surname=lambda n: None if n < 2 else "A")
    assert manifests(people) == manifests(people.take(pa.array(range(19, -1, -1))))


def test_sound_hits_pass():
    report = check_hits(hits(2), evidence(2), travellers(), gates=SMALL)
    assert failed(report) == set()
    assert check_hits(HITS.empty(), EVIDENCE.empty(), travellers(), gates=SMALL).failures == ()


@pytest.mark.parametrize(
    ("found", "reasons", "fails"),
    [
        pytest.param(hits(3), evidence(3), {"night.hits_per_1000"}, id="more hits than people can decide"),
        pytest.param(hits(), evidence(weights=(-2300, 3749)), {"hits.evidence_difference"}, id="evidence a centibit off"),
        pytest.param(hits(), EVIDENCE.empty(), {"hits.evidence", "hits.evidence_difference"}, id="a hit without explanation"),
        pytest.param(hits(score=1100), evidence(weights=(-2300, 3400)), {"hits.margin"}, id="below its threshold"),
        pytest.param(hits(severity=6), evidence(), {"hits.severity"}, id="severity outside 1 to 5"),
        pytest.param(hits(traveller_id="gone"), evidence(), {"hits.traveller"}, id="traveller not in the night"),
        pytest.param(hits(), evidence(2), {"night.orphaned_evidence"}, id="evidence without hit"),
    ],
)  # fmt: skip
def test_hits_are_unsound_for_what_is_wrong(found, reasons, fails):
    report = check_hits(found, reasons, travellers(), gates=SMALL)
    assert report.failures
    assert failed(report) == fails


def test_a_failure_says_figure_and_bound_in_words():
    report = manifests(travellers(surname=lambda n: None if n < 2 else "A"))
    [found] = report.failures
    assert found.sentence == "travellers with a surname: 90.00 % given, expected at least 98 % given"


def test_a_gate_that_could_not_be_judged_has_failed():
    report = not_judged("hits", "KeyError in judging.py:1", travellers=3, minimum=500)
    assert [found.sentence for found in report.failures] == [
        "gate hits: not judged (KeyError in judging.py:1), expected a judgement"
    ]


def test_a_gate_leaves_nothing_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert not manifests(baseline=nights(18, 22, 20)).failures
    assert list(tmp_path.iterdir()) == []


def test_no_value_of_a_person_comes_out_of_a_gate():
    broken = travellers(surname=lambda n: PLANTED if n < 9 else None).drop_columns(["nationality"])
    reports = [
        manifests(broken, quarantined=9, baseline=nights(1, 1, 1)),
        check_hits(hits(5, severity=9), evidence(6, (1,)), travellers(), gates=SMALL),
    ]
    for report in reports:
        assert report.failures
        text = json.dumps(report.rows()) + "".join(found.sentence for found in report.failures)
        assert PLANTED not in text
        assert "t0001" not in text
        assert "1980" not in text


@pytest.mark.parametrize("gate", GATES)
def test_suites_are_data_and_hold_only_expectations_that_tell_no_values(gate):
    expectations = suite(gate)["expectations"]
    assert {expectation["type"] for expectation in expectations} <= ALLOWED
    assert all("id" not in expectation for expectation in expectations)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"type": "expect_column_most_common_value_to_be_in_set"}, id="tells the most common name"
        ),
        pytest.param({"notes": ""}, id="does not say why"),
        pytest.param({"severity": "info"}, id="neither fails nor warns"),
        pytest.param({"meta": {}}, id="is about no frame"),
        pytest.param({"meta": {"frame": "hits"}}, id="has no words"),
    ],
)
def test_a_suite_that_is_not_fit_is_refused(change):
    expectation = suite("hits")["expectations"][1] | change
    with pytest.raises(ValueError, match="hits"):
        check_suite({"name": "hits", "expectations": [expectation]})
