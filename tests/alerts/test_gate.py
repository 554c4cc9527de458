"""The import gate, rule by rule, at its bounds: on the bound a version passes, one step beyond it is held."""

from collections import Counter
from datetime import date, timedelta

import pytest

from screening.alerts.assembling import assemble
from screening.alerts.dates import of_parts, unread
from screening.alerts.gate import check, completeness
from screening.alerts.model import (
    AlertFinding,
    BirthDate,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.profile.model import ListGate
from screening.tables.codes import ListedDocumentType, NameKind

GATE = ListGate(
    shrink=0.1, growth=0.2, changed=0.1, malformed=0.02, orphans=0.05, completeness_drop=0.1, stale_days=21
)
DAY = date(2026, 11, 23)


def people(ids, *, named="BOROVENKO, Yurgen", dated=None, documented=0, other=()):
    """Records of these ids: the first `dated` with a date, the first `documented` with a document."""
    records = []
    for place, number in enumerate(ids):
        record = Record(f"{number:03}", "test")
        record.own.names.append(Name("PETROV, Ivan" if number in other else named, NameKind.PRIMARY))
        if dated is None or place < dated:
            record.own.dates.append(BirthDate(of_parts(1948)))
        if place < documented:
            record.own.documents.append(ListedDocument(ListedDocumentType.PASSPORT, f"A{number:05}", "MD"))
        records.append(record)
    return records


def listed(records, *, counts=None, findings=(), published=None):
    return assemble(
        records,
        ImportOptions("list"),
        findings=list(findings),
        counts=Counter(counts or {}),
        published=published,
    )


def codes(result):
    return [reason.code for reason in result.reasons]


HUNDRED = range(100)


@pytest.mark.parametrize(
    ("after", "reasons"),
    [
        pytest.param(range(100), [], id="equal"),
        pytest.param(range(90), [], id="shrunk to the bound"),
        pytest.param(range(89), ["shrink"], id="shrunk beyond it"),
        pytest.param(range(120), [], id="grown to the bound"),
        pytest.param(range(121), ["growth"], id="grown beyond it"),
        pytest.param(range(200, 300), [], id="all replaced by as many: neither grown nor changed"),
    ],
)
def test_size_may_move_up_to_the_bounds(after, reasons):
    result = check(listed(people(after)), listed(people(HUNDRED)), GATE)
    assert codes(result) == reasons
    assert (result.held, result.refused, result.passed) == (bool(reasons), False, not reasons)


@pytest.mark.parametrize(
    ("changed", "reasons"), [(10, []), (11, ["changed"])], ids=["at the bound", "beyond"]
)
def test_alerts_may_change_up_to_the_bound(changed, reasons):
    new = listed(people(HUNDRED, other=range(changed)))
    assert codes(check(new, listed(people(HUNDRED)), GATE)) == reasons


@pytest.mark.parametrize(
    ("counts", "reasons"),
    [
        pytest.param({}, [], id="nothing counted"),
        pytest.param({"entries": 100, "malformed": 2}, [], id="malformed at the bound"),
        pytest.param({"entries": 100, "malformed": 3}, ["malformed"], id="malformed beyond it"),
        pytest.param({"malformed": 1}, ["malformed"], id="entries not counted: share of the alerts"),
        pytest.param({"companion_rows": 100, "orphan_rows": 5}, [], id="orphans at the bound"),
        pytest.param({"companion_rows": 100, "orphan_rows": 6}, ["orphans"], id="orphans beyond it"),
        pytest.param(
            {"companion_rows": 100, "orphan_rows": 1, "orphan_comments": 5},
            ["orphans"],
            id="comments count along",
        ),
        pytest.param({"companion_rows": 100, "orphan_comments": 90}, [], id="comments alone never hold"),
        pytest.param({"orphan_rows": 6}, [], id="no companion rows: no share"),
    ],
)
def test_what_a_version_says_of_itself_is_enough_to_hold_it(counts, reasons):
    assert codes(check(listed(people(range(10)), counts=counts), None, GATE)) == reasons


@pytest.mark.parametrize(
    ("code", "reasons"),
    [("list_file_cut", ["file_cut"]), ("list_encoding", []), ("list_unknown_column", [])],
)
def test_a_first_version_is_held_for_a_cut_file_only(code, reasons):
    new = listed(people(range(10)), findings=[AlertFinding(code, "test", None, "x")])
    assert codes(check(new, None, GATE)) == reasons


@pytest.mark.parametrize(
    ("new", "old", "reasons"),
    [
        pytest.param(["list_unknown_column"], [], ["unknown_column"], id="a new column"),
        pytest.param(["list_unknown_type"], [], ["unknown_type"], id="a new kind"),
        pytest.param(["list_unknown_code"], [], ["unknown_code"], id="new codes"),
        pytest.param(["list_unknown_code"], ["list_unknown_code"], [], id="the active version had them"),
        pytest.param([], ["list_unknown_code"], [], id="gone"),
        pytest.param(["list_date_unread"], [], [], id="a finding that is nothing of the format"),
        pytest.param(
            ["list_unknown_type", "list_unknown_code", "list_unknown_code"],
            [],
            ["unknown_code", "unknown_type"],
            id="each once, in order",
        ),
    ],
)
def test_what_the_active_version_did_not_have_holds_a_version(new, old, reasons):
    first, second = (
        listed(people(range(10)), findings=[AlertFinding(code, "test", None, "x") for code in each])
        for each in (old, new)
    )
    assert codes(check(second, first, GATE)) == reasons


@pytest.mark.parametrize(
    ("kind", "was", "now", "reasons"),
    [
        pytest.param("dated", 50, 40, [], id="dates at the bound"),
        pytest.param("dated", 50, 39, ["completeness"], id="dates beyond it"),
        pytest.param("dated", 40, 50, [], id="dates gained"),
        pytest.param("documented", 50, 40, [], id="documents at the bound"),
        pytest.param("documented", 50, 39, ["completeness"], id="documents beyond it"),
    ],
)
def test_completeness_may_fall_up_to_the_bound(kind, was, now, reasons):
    loose = GATE.model_copy(update={"changed": 1.0})
    old, new = (listed(people(HUNDRED, **{kind: number})) for number in (was, now))
    assert codes(check(new, old, loose)) == reasons


def test_completeness_counts_alerts_not_rows_and_only_dates_that_were_read():
    one, two = people(range(2), dated=1, documented=1)
    one.own.dates.append(BirthDate(of_parts(1950)))
    two.own.dates.append(BirthDate(unread("spring")))
    assert completeness(listed([one, two])) == (0.5, 0.5)
    assert completeness(listed([])) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("new", "old", "reasons"),
    [
        pytest.param(DAY, DAY, [], id="same day"),
        pytest.param(DAY - timedelta(1), DAY, ["older"], id="a day older"),
        pytest.param(DAY, DAY - timedelta(1), [], id="newer"),
        pytest.param(None, DAY, [], id="no date of its own"),
        pytest.param(DAY, None, [], id="the active version has none"),
    ],
)
def test_a_file_older_than_the_active_version_is_held(new, old, reasons):
    first, second = (listed(people(range(10)), published=day) for day in (old, new))
    assert codes(check(second, first, GATE)) == reasons


@pytest.mark.parametrize(
    ("canaries", "text"),
    [
        pytest.param((), None, id="none asked"),
        pytest.param(("000", "009"), None, id="all there"),
        pytest.param(("000", "777", "888"), "2 of 3", id="two lost"),
    ],
)
def test_a_canary_that_is_lost_holds_a_version_even_the_first(canaries, text):
    result = check(listed(people(range(10))), None, GATE, canaries=canaries)
    assert [(reason.code, reason.text[:6]) for reason in result.reasons] == (
        [("canary", text)] if text else []
    )


@pytest.mark.parametrize(
    ("published", "today", "warnings"),
    [
        pytest.param(DAY - timedelta(21), DAY, [], id="at the bound"),
        pytest.param(DAY - timedelta(22), DAY, ["stale"], id="a day beyond"),
        pytest.param(None, DAY, [], id="undated"),
        pytest.param(DAY - timedelta(99), None, [], id="age left out"),
    ],
)
def test_an_old_file_is_warned_about_and_passes(published, today, warnings):
    result = check(listed(people(range(10)), published=published), None, GATE, today=today)
    assert result.passed
    assert [warning.code for warning in result.warnings] == warnings


def test_alerts_with_too_little_data_are_counted_in_a_warning():
    result = check(listed(people(range(10), dated=7)), None, GATE)
    assert result.passed
    assert [(warning.code, warning.text.split()[0]) for warning in result.warnings] == [("insufficient", "3")]


def test_an_empty_version_is_refused_and_nobody_can_let_it_through():
    result = check(listed([]), listed(people(range(10))), GATE)
    assert (result.refused, result.held, result.passed, codes(result)) == (True, False, False, ["empty"])


def test_all_reasons_are_told_at_once():
    cut = [AlertFinding("list_file_cut", "test", None, "x")]
    new = listed(people(range(50), other=range(20), dated=0), counts={"malformed": 5}, findings=cut)
    result = check(new, listed(people(HUNDRED)), GATE, canaries=("099",))
    assert codes(result) == ["malformed", "file_cut", "shrink", "changed", "completeness", "canary"]
