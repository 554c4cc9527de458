"""What leaves for a partner: every field that it may have, no alert that it may not, in words of both."""

import json
from datetime import date

import pytest

from screening.alerts.exchange.model import AlertLine, WithdrawalReason
from screening.alerts.exchange.sharing import LEFT_OUT, Origin, share, withdrawn_since
from screening.alerts.exchange.terms import in_our_words
from screening.alerts.export import objects
from screening.alerts.ftm_export import entities
from screening.alerts.importers import canonical, ftm
from screening.alerts.model import ImportOptions
from screening.alerts.terms import parse_terms
from screening.profile.exchange import Partner, PartnerKey
from screening.tables.codes import Category, Tier
from tests.alerts.test_golden import CASES, imported

TODAY = date(2026, 11, 23)
KEY = (PartnerKey(public="A" * 43),)
FULL = Partner(id="bb", keys=KEY, categories=tuple(Category), caveats=("open",))


def alert(source_id="A-1", **other):
    base = {
        "list": "own", "source_id": source_id, "category": "inform", "severity": 3, "authority": "Police",
        "names": [{"full": "Orlenko, Tadeus", "kind": "primary"}], "status": "active",
    }  # fmt: skip
    line = {"sufficient": True, "legal_basis": "art. 1", "instructions": "call", "visibility": "few", **base}
    return canonical_objects([{**line, **other}])[0]


def canonical_objects(items):
    data = "".join(json.dumps(item) + "\n" for item in items).encode()
    return list(objects(canonical.read({"list.jsonl": data}, ImportOptions("own")), "0" * 16))


def shared(items, partner=FULL, origin=None, onward=None):
    return share(items, partner, list_id="own", issuer="aa", onward=onward or {}, origin=origin, today=TODAY)


def lines_of(found):
    return [json.loads(line) for line in found.lines.splitlines()]


@pytest.mark.parametrize("case", CASES)
def test_every_list_that_we_read_goes_out_and_comes_in_with_equal_content(case):
    before = imported(case)
    items = list(objects(before, "0" * 16))
    found = shared([{**item, "caveat": None} if item["caveat"] else item for item in items])
    sent = set(found.digests)
    after = canonical.read({"alerts.jsonl": found.lines}, ImportOptions("list"))
    assert after.counts.get("malformed", 0) == 0
    hashes = dict(
        zip(before.alerts["source_id"].to_pylist(), before.alerts["content_hash"].to_pylist(), strict=True)
    )
    came = dict(
        zip(after.alerts["source_id"].to_pylist(), after.alerts["content_hash"].to_pylist(), strict=True)
    )
    plain = {item["source_id"] for item in items if not item["caveat"]}
    assert {key: came[key] for key in sent & plain} == {key: hashes[key] for key in sent & plain}
    expired = {item["source_id"] for item in items if item["expires"] and item["expires"] < str(TODAY)}
    waiting = {item["source_id"] for item in items if item["status"] == "held"}
    assert sent == set(hashes) - expired - waiting


def test_a_new_key_of_the_export_must_be_decided_about():
    keys = set(alert())
    assert keys - LEFT_OUT == set(AlertLine.model_fields)


def test_a_full_line_keeps_all_an_identity_only_line_says_not_why_or_by_whom():
    item = alert(provenance={"file": "x", "record": "A-1", "remarks": {"note": ["secret source"]}})
    (full,) = lines_of(shared([item]))
    assert (full["legal_basis"], full["authority"], full["instructions"]) == ("art. 1", "Police", "call")
    (cut,) = lines_of(shared([item], FULL.model_copy(update={"tier": Tier.IDENTITY_ONLY})))
    assert cut["names"][0]["full"] == "Orlenko, Tadeus"
    assert (cut["category"], cut["visibility"], cut["authority"]) == ("inform", "few", "aa")
    assert {"legal_basis", "instructions", "provenance"}.isdisjoint(cut)
    assert "secret" not in json.dumps(cut)


def test_an_alert_that_protects_keeps_its_instruction_in_every_tier():
    tier = FULL.model_copy(update={"tier": Tier.IDENTITY_ONLY})
    (cut,) = lines_of(shared([alert(category="vulnerable_person")], tier))
    assert cut["instructions"] == "call"
    assert Category.VULNERABLE_PERSON not in Partner(id="bb", keys=KEY).categories  # to few


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param({"caveat": "closed"}, "caveat", id="caveat"),
        pytest.param({"category": "wanted"}, "category", id="category"),
        pytest.param({"status": "held"}, "status", id="held"),
        pytest.param({"expires": "2026-11-22"}, "status", id="its last day is over"),
    ],
)
def test_what_may_not_leave_stays_and_is_counted(other, why):
    partner = FULL.model_copy(update={"categories": (Category.INFORM,)})
    found = shared([alert(**other), alert("A-2", caveat="open"), alert("A-3", expires="2026-11-23")], partner)
    assert list(found.digests) == ["A-2", "A-3"]
    assert found.kept == {why: 1}


def test_an_alert_that_does_not_fit_into_the_format_stays_and_is_named_by_field():
    long = [{"type": "passport", "number": "1" * 300, "issuing_state": "MD", "status": "valid"}]
    found = shared([alert(), alert("A-2", names=[]), alert("A-3", documents=long)])
    assert list(found.digests) == ["A-1"]
    assert found.kept == {"schema": 2}
    assert found.unfit == {
        "A-2": "the object: contradicts itself",
        "A-3": "documents.0.number: is not allowed (string_too_long)",
    }


def test_the_tables_of_terms_that_made_the_words_are_named():
    told = {"file": "x", "record": "A-1", "remarks": {}}
    items = [alert() | {"provenance": told | {"terms": "Police 3"}}, alert("A-2") | {"provenance": told}]
    assert shared(items).terms == ("Police 3",)


@pytest.mark.parametrize(
    ("onward", "leaves"),
    [
        pytest.param({"open": ("any",)}, ["A-1"], id="to any"),
        pytest.param({"open": ("cc", "bb")}, ["A-1"], id="to this one"),
        pytest.param({"open": ("cc",)}, [], id="to another"),
        pytest.param({"open": ()}, [], id="to nobody"),
        pytest.param({}, [], id="not said"),
    ],
)
def test_what_came_from_elsewhere_goes_on_only_where_its_issuer_allows(onward, leaves):
    items = [alert(caveat="open"), alert("A-2")]
    ours = {"open": ("any",)}  # our own word does not count for another's alerts
    found = shared(items, origin=Origin("aa", onward), onward=ours)
    assert list(found.digests) == leaves
    assert [use.onward for use in found.caveats] == [onward.get("open")] * len(leaves)


def test_withdrawn_is_what_left_before_and_does_not_now_with_its_reason():
    found = shared([alert(), alert("A-2", caveat="closed"), alert("A-3", expires="2020-01-01")])
    told = withdrawn_since(
        ["A-1", "A-2", "A-3", "A-4"],
        found,
        {"A-1": WithdrawalReason.WITHDRAWN, "A-9": WithdrawalReason.EXPIRED},
    )
    assert told == {"A-2": "not_shared", "A-3": "expired", "A-4": "withdrawn", "A-9": "expired"}


TERMS = """field,code,ours,relation
category,inform,inform,exact
category,wanted,inquiry,broader
caveat,open,offen,exact
"""


def test_words_are_translated_and_what_has_no_row_waits():
    items = [
        alert(caveat="open"),
        alert("A-2", category="wanted"),
        alert("A-3", caveat="closed"),
        alert("A-4", category="inquiry"),
    ]
    found = shared(items, FULL.model_copy(update={"caveats": ("open", "closed")}))
    came = [AlertLine.model_validate_json(line) for line in found.lines.splitlines()]
    said = [in_our_words(one, parse_terms(TERMS.encode())) for one in came]
    assert [(one.line.category, one.line.caveat) for one in said] == [
        ("inform", "offen"), ("inquiry", None), ("inform", "closed"), ("inquiry", None),
    ]  # fmt: skip
    assert [(one.line.source_id, one.waits) for one in said if one.waits] == [
        ("A-3", "caveat"), ("A-4", "category"),
    ]  # fmt: skip
    assert [one.remarks for one in said if one.remarks] == [("category wanted: inquiry is broader",)]


def test_a_field_that_the_table_speaks_of_needs_a_row_for_each_word():
    items = [
        alert(
            documents=[{"type": "passport", "number": "K1", "issuing_state": "MD", "status": "valid"}],
            nationalities=["MD"],
        )
    ]
    line = AlertLine.model_validate_json(shared(items).lines)
    table = TERMS + "state,GE,GE,exact\n"
    assert in_our_words(line, parse_terms(table.encode())).waits == "state"
    table += "state,MD,RO,narrower\n"
    found = in_our_words(line, parse_terms(table.encode()))
    said = found.line
    assert (said.documents[0].issuing_state, said.nationalities, said.facts[0].value, found.waits) == (
        "RO",
        ("RO",),
        "RO",
        None,
    )


def test_follow_the_money_comes_back_as_the_same_persons():
    before = imported("ftm")
    out = entities(objects(before, "0" * 16))
    again = ftm.read({"a.ftm.json": "".join(out.lines).encode()}, ImportOptions("list"))
    for table, columns in (
        ("alerts", ["source_id"]),
        ("alert_names", ["alert_id", "full", "kind", "surname", "given_names"]),
        ("alert_dates", ["alert_id", "value", "precision"]),
        ("alert_documents", ["alert_id", "type", "number", "issuing_state", "to"]),
        ("alert_facts", ["alert_id", "kind", "value"]),
    ):
        assert (
            again.tables()[table].select(columns).to_pylist()
            == before.tables()[table].select(columns).to_pylist()
        )
    assert out.left_out == {}


def test_what_follow_the_money_has_no_place_for_is_counted_or_told():
    paper = alert(
        "P",
        names=[],
        documents=[{"type": "passport", "number": "L1", "issuing_state": "BA", "status": "lost"}],
    )
    about = alert("A-2", dates_of_birth=[{"value": "1960..1985", "precision": "range"}], caveat="closed")
    out = entities([paper, about])
    assert out.left_out == {"documents_without_person": 1, "ranges_as_note": 1}
    (person,) = (json.loads(line) for line in out.lines)
    assert {"caveat: closed", "born range 1960..1985"} <= set(person["properties"]["notes"])
    assert "topics" not in person["properties"]
    few = alert("A-3", dates_of_birth=[{"value": "1960..1962", "precision": "range"}])
    assert json.loads(entities([few]).lines[0])["properties"]["birthDate"] == ["1960", "1961", "1962"]
