"""Settled anew from what remains: the same people under the same ids, and nothing that only gone statements said."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.manifests.remaining import settle_remaining
from screening.manifests.settle import settle
from screening.tables import individual as t

LEG = "QQ1-20261124-FRA-IAD"
SENT = datetime(2026, 11, 22, 10)
PEOPLE = [("SPECIMENA", "ANNA", "X1"), ("SPECIMENB", "BERT", "X2"), ("SPECIMENC", "CARL", "X3")]


def pseudonym(purpose, text):
    import hashlib

    return hashlib.sha256(f"{purpose}|{text}".encode()).hexdigest()[:32]


def stated(api, pnr):
    """Messages of both sources: one each, or none where nobody is in it; `api` and `pnr` name people by number."""
    messages, legs, statements, papers = [], [], [], []
    for source, who in (("api", api), ("pnr", pnr)):
        message = f"{source[0] * 64}:0"
        facts = {"source": source, "input_id": source[0] * 64, "offset": 0, "length": 1, "read": len(who)}
        kind = {"type": "PAXLST" if source == "api" else "PNRGOV", "version": "D:12B", "dialect": "x"}
        state = {"function": "passengers", "action": "full", "complete": True, "status": "ok", "findings": []}
        messages.append(
            {"message_id": message, "flight_ids": [LEG], "sent_local": SENT, **facts, **kind, **state}
        )
        leg = {"carrier": "QQ", "number": "1", "origin": "FRA", "destination": "IAD", "marketing": []}
        legs.append({"message_id": message, "flight_id": LEG, "ordinal": 0, **leg})
        for place, number in enumerate(who):
            surname, given_names, paper = PEOPLE[number]
            own = {"surname": surname, "given_names": given_names, "name_as_sent": f"{surname}/{given_names}"}
            said = {
                "says": "present",
                "role": "passenger",
                "findings": [],
                "source": source,
                "sent_local": SENT,
            }
            row = {
                "statement_id": f"{message}:{place}",
                "flight_id": LEG,
                "message_id": message,
                **own,
                **said,
            }
            row["locator"] = f"LOC{number}"
            if source == "api":
                row["nationality"] = "FR"
                papers.append(
                    {
                        "statement_id": row["statement_id"],
                        "ordinal": 0,
                        "type": "passport",
                        "number": paper,
                        "check_digit": "none",
                    }
                )
            statements.append(row)
    return (
        t.MESSAGES.table(messages),
        t.MESSAGE_LEGS.table(legs),
        t.STATEMENTS.table(statements),
        t.STATEMENT_DOCUMENTS.table(papers),
    )


def settled(messages, legs, statements, papers):
    empty = t.TRAVELLERS.empty().select(["traveller_id", "flight_id", "statement_ids"])
    return settle(messages, legs, statements, papers, scope=[LEG], earlier=empty, pseudonym=pseudonym)


def without(statements, papers, source):
    stays = statements.filter(pc.not_equal(statements["source"], source))
    ids = stays["statement_id"].combine_chunks()
    return stays, papers.filter(pc.is_in(papers["statement_id"], ids))


WHO = st.lists(st.sampled_from(range(len(PEOPLE))), unique=True, max_size=3)


@settings(max_examples=40, deadline=None)
@given(api=WHO, pnr=WHO)
def test_nobody_with_a_statement_left_is_lost_and_nothing_of_the_gone_source_stays(api, pnr):
    messages, legs, statements, papers = stated(api, pnr)
    whole = settled(messages, legs, statements, papers)
    left, kept = without(statements, papers, "api")
    rows, documents = settle_remaining(
        whole.travellers, whole.documents, messages, left, kept, pseudonym=pseudonym
    )
    ids = dict(
        zip(
            whole.travellers["surname"].to_pylist(), whole.travellers["traveller_id"].to_pylist(), strict=True
        )
    )
    assert dict(zip(rows["surname"].to_pylist(), rows["traveller_id"].to_pylist(), strict=True)) == {
        PEOPLE[number][0]: ids[PEOPLE[number][0]] for number in pnr
    }
    assert documents.num_rows == 0
    assert rows["nationality"].null_count == rows.num_rows
    anew = settled(messages, legs, left, kept).travellers  # the bookings alone
    columns = [
        "surname",
        "given_names",
        "locator",
        "sources",
        "statement_ids",
        "current",
        "last_named_by",
        "role",
    ]
    for column in columns:
        assert sorted(map(repr, rows[column].to_pylist())) == sorted(map(repr, anew[column].to_pylist()))


def test_what_loses_nothing_stays_as_it_is():
    messages, legs, statements, papers = stated([0, 1], [0, 2])
    whole = settled(messages, legs, statements, papers)
    again = settle_remaining(whole.travellers, whole.documents, messages, statements, papers, pseudonym=None)
    assert again == (whole.travellers, whole.documents)


def test_twice_is_once():
    messages, legs, statements, papers = stated([0, 1], [0, 2])
    whole = settled(messages, legs, statements, papers)
    left, kept = without(statements, papers, "pnr")
    once = settle_remaining(whole.travellers, whole.documents, messages, left, kept, pseudonym=pseudonym)
    assert settle_remaining(*once, messages, left, kept, pseudonym=pseudonym) == once


@pytest.mark.parametrize("keyed", [True, False], ids=["key at hand", "key lost"])
def test_a_key_made_of_a_document_does_not_outlive_the_document(keyed):
    messages, legs, statements, papers = stated([0], [0])
    whole = settled(messages, legs, statements, papers)
    left, kept = without(statements, papers, "api")
    rows, _ = settle_remaining(
        whole.travellers, whole.documents, messages, left, kept, pseudonym=pseudonym if keyed else None
    )
    assert rows["person_key"].to_pylist() != whole.travellers["person_key"].to_pylist()
    assert rows["traveller_id"] == whole.travellers["traveller_id"]


def test_a_statement_on_a_codeshare_stays_on_the_leg_of_its_traveller():
    messages, legs, statements, papers = stated([0], [0])
    whole = settled(messages, legs, statements, papers)
    left, kept = without(statements, papers, "api")
    other = pa.array(["ZZ77-20261124-FRA-IAD"] * left.num_rows)
    moved = left.set_column(left.schema.get_field_index("flight_id"), "flight_id", other)
    rows, _ = settle_remaining(whole.travellers, whole.documents, messages, moved, kept, pseudonym=pseudonym)
    assert rows["flight_id"].to_pylist() == [LEG]


def test_masked_travellers_keep_their_row_and_their_documents():
    messages, legs, statements, papers = stated([0], [0])
    whole = settled(messages, legs, statements, papers)
    left, kept = without(statements, papers, "api")
    masked = whole.travellers["traveller_id"].to_pylist()
    rows, documents = settle_remaining(
        whole.travellers, whole.documents, messages, left, kept, pseudonym=pseudonym, masked=masked
    )
    assert rows["person_key"] == whole.travellers["person_key"]
    assert documents == whole.documents
    assert rows["statement_ids"].to_pylist() == [left["statement_id"].to_pylist()]
