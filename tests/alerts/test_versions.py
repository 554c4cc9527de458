"""Versions, differences and the gate: what changed, and may it come into use?"""

from collections import Counter
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.alerts.assembling import assemble
from screening.alerts.dates import of_parts
from screening.alerts.diff import diff
from screening.alerts.gate import check
from screening.alerts.model import (
    AlertFinding,
    BirthDate,
    Fact,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.alerts.version import version_hash
from screening.profile.model import ListGate
from screening.tables.codes import FactKind, ListedDocumentType, NameKind

OPTIONS = ImportOptions("list")


def person(
    number,
    *,
    full="BOROVENKO, Yurgen",
    born=1948,
    sex="M",
    state="MD",
    passport="A1",
    place="Strelsk",
    note="",
):
    record = Record(str(number), "test")
    record.own.names.append(Name(full, NameKind.PRIMARY))
    if born:
        record.own.dates.append(BirthDate(of_parts(born)))
    record.own.facts += [
        Fact(FactKind.SEX, sex),
        Fact(FactKind.NATIONALITY, state),
        Fact(FactKind.BIRTH_PLACE, place),
    ]
    if passport:
        record.own.documents.append(ListedDocument(ListedDocumentType.PASSPORT, passport, state))
    record.remark("remarks", note)
    return record


def listed(records, *, counts=None, findings=(), published=None):
    return assemble(
        records, OPTIONS, findings=list(findings), counts=Counter(counts or {}), published=published
    )


def many(count, **changes):
    return [person(number, **changes) for number in range(count)]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        pytest.param({"full": "PETROV, Yurgen"}, ("names",), id="name"),
        pytest.param({"born": 1949}, ("dates_of_birth",), id="date"),
        pytest.param({"sex": "F"}, ("sex",), id="sex"),
        pytest.param(
            {"state": "JO"}, ("nationalities", "documents"), id="nationality and State of the passport"
        ),
        pytest.param({"passport": "A2"}, ("documents",), id="document"),
        pytest.param({"place": "Montvert"}, ("birth_places",), id="birth place"),
    ],
)
def test_a_change_is_told_by_field(change, fields):
    found = diff(listed([person(1)]), listed([person(1, **change)]))
    assert found.changed == {"1": fields}
    assert (found.added, found.removed, found.unchanged) == ((), (), 0)


def test_other_remarks_alone_are_no_change_but_told():
    found = diff(listed([person(1)]), listed([person(1, note="moved")]))
    assert (found.changed, found.restated, found.unchanged) == ({}, ("1",), 1)


def test_added_and_removed_are_told_by_source_id():
    found = diff(listed(many(3)), listed([person(2), person(3), person(4)]))
    assert (found.added, found.removed, found.unchanged) == (("3", "4"), ("0", "1"), 1)


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_the_hash_does_not_depend_on_the_order_of_anything(data):
    records = many(4)
    for number, record in enumerate(records):
        record.own.names += [Name(f"ALIAS {n}", NameKind.ALIAS) for n in range(3)]
        record.own.dates += [BirthDate(of_parts(1950 + n)) for n in range(number)]
    first = version_hash(listed(records))
    for record in records:
        record.own.names = data.draw(st.permutations(record.own.names))
        record.own.dates = data.draw(st.permutations(record.own.dates))
    assert version_hash(listed(data.draw(st.permutations(records)))) == first


def test_every_datum_counts_in_the_hash_and_remarks_too():
    variants = [
        {},
        {"full": "X Y"},
        {"born": 1949},
        {"sex": "F"},
        {"state": "JO"},
        {"passport": "B"},
        {"note": "n"},
    ]
    assert len({version_hash(listed([person(1, **variant)])) for variant in variants}) == len(variants)


def test_a_clearance_survives_other_remarks_and_falls_with_other_data():
    hashes = [
        listed([person(1, **variant)]).alerts["content_hash"][0].as_py()
        for variant in ({}, {"note": "n"}, {"born": 1949})
    ]
    assert hashes[0] == hashes[1] != hashes[2]


OLD = listed(many(100))


@pytest.mark.parametrize(
    ("new", "codes"),
    [
        pytest.param(OLD, [], id="the same"),
        pytest.param(listed(many(95)), [], id="five percent less"),
        pytest.param(listed(many(94)), ["shrink"], id="six percent less"),
        pytest.param(listed(many(110)), [], id="ten percent more"),
        pytest.param(listed(many(111)), ["growth"], id="eleven percent more"),
        pytest.param(
            listed([*many(11, born=1950), *many(100)[11:]]), ["changed"], id="eleven percent changed"
        ),
        pytest.param(
            listed([*many(11, born=None), *many(100)[11:]]),
            ["changed", "completeness"],
            id="dates went missing",
        ),
        pytest.param(
            listed(many(100), counts={"entries": 100, "malformed": 1}), ["malformed"], id="malformed"
        ),
        pytest.param(
            listed(many(100), counts={"companion_rows": 100, "orphan_rows": 2}), ["orphans"], id="orphans"
        ),
        pytest.param(
            listed(many(100), counts={"companion_rows": 5, "orphan_comments": 5}), [], id="comments alone"
        ),
        pytest.param(
            listed(many(100), findings=[AlertFinding("list_unknown_column", "f", None, "x")]),
            ["unknown_column"],
            id="a new column",
        ),
        pytest.param(
            listed(many(100), findings=[AlertFinding("list_file_cut", "f", None, "x")]),
            ["file_cut"],
            id="cut",
        ),
    ],
)
def test_the_gate_holds_what_deviates_too_far(new, codes):
    found = check(new, OLD, ListGate())
    assert [reason.code for reason in found.reasons] == codes
    assert found.held == bool(codes)
    assert not found.refused


def test_a_list_without_an_alert_is_refused_not_held():
    found = check(listed([]), OLD, ListGate())
    assert (found.refused, found.held) == (True, False)


def test_a_lost_canary_holds_the_first_version_too():
    assert [reason.code for reason in check(OLD, None, ListGate(), canaries=("99", "gone")).reasons] == [
        "canary"
    ]


@pytest.mark.parametrize(
    ("published", "held", "warned"),
    [
        pytest.param(date(2026, 11, 20), False, False, id="fresh"),
        pytest.param(date(2026, 10, 20), False, True, id="stale: warned only"),
        pytest.param(date(2026, 10, 1), True, True, id="older than the active one"),
    ],
)
def test_the_date_of_the_file_counts(published, held, warned):
    old = replace(OLD, published=date(2026, 10, 10))
    found = check(replace(OLD, published=published), old, ListGate(), today=date(2026, 11, 23))
    assert (found.held, "stale" in [reason.code for reason in found.warnings]) == (held, warned)


def test_tables_conform_and_alerts_are_sorted():
    found = listed(reversed(many(12)))
    assert found.alerts["alert_id"].to_pylist() == sorted(found.alerts["alert_id"].to_pylist())
    assert all(isinstance(table, pa.Table) and table.num_rows for table in found.tables().values())
