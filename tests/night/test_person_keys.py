"""A night of today's code honours what was decided when names were romanised otherwise."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from anyascii import anyascii

from screening.protection.keys import load_keys
from screening.store.parquet import write_table
from screening.tables.analyst import CLEARANCES, DISPOSITIONS

pytestmark = pytest.mark.slow
SURNAME, GIVEN, BORN = "QVARNSTEDT", "YLVALIŊN", date(1984, 3, 17)


def first_key():
    """The key that this person had until November 2026: anyascii writes Ŋ as NG."""
    given = "".join(filter(str.isalnum, anyascii(GIVEN).upper()))
    return load_keys(production=False).pseudonym(
        "person", f"{SURNAME}/{given}/{(BORN - date(1970, 1, 1)).days}"
    )


def undocumented(written, **more):
    """A list of one person without a document, in UTF-8."""
    text = written.paxlst([(SURNAME, GIVEN, f"{BORN:%y%m%d}", "F", "SWE", "-")], **more).replace(
        "UNOA:4", "UNOW:4"
    )
    return text.replace("DOC+P+-'\r\n", "").replace("DTM+36:310101'\r\nLOC+91+SWE'\r\n", "")


def decide(by_hand, decision, night):
    [hit] = by_hand.json("hits", "--night", night)
    by_hand(
        "decide", hit["hit_id"], "--as", "anna", "--decision", decision, "--reason", "other father", check=0
    )


def under_the_first_key(by_hand):
    """Write the acts as the code of that time would have: the key is all that differs."""
    for spec in (DISPOSITIONS, CLEARANCES):
        for path in (by_hand.store / "analyst" / "acts" / spec.name).glob("*.parquet"):
            table = pq.read_table(path)
            place = table.schema.get_field_index("person_key")
            changed = table.set_column(place, table.schema.field(place), pa.array([first_key()]))
            path.unlink()
            write_table(path, spec.conform(changed), spec)


def hits(by_hand, night):
    return pq.read_table(
        by_hand.store / "analyst" / "current" / f"night={night}" / "hits.parquet"
    ).to_pylist()


def test_decisions_made_under_the_first_derivation_bind(by_hand, written):
    by_hand.send("a.edi", undocumented(written, sent="261120:1800"))
    by_hand.run("2026-11-20")
    decide(by_hand, "inconclusive", "2026-11-20")
    under_the_first_key(by_hand)

    by_hand.send("b.edi", undocumented(written, flight="XQ0402", sent="261121:1800", reference="2"))
    by_hand.run("2026-11-21")
    [row] = hits(by_hand, "2026-11-21")
    assert row["person_key"] != first_key()
    assert row["decision"] == "inconclusive"

    decide(by_hand, "false_match", "2026-11-21")
    acts = pq.read_table(by_hand.store / "analyst" / "acts" / "dispositions")
    assert acts["supersedes"].drop_null().to_pylist() == [row["disposition_id"]]
    under_the_first_key(by_hand)

    by_hand.send("c.edi", undocumented(written, flight="XQ0403", sent="261122:1800", reference="3"))
    by_hand.run("2026-11-22")
    assert hits(by_hand, "2026-11-22") == []
    [traveller] = pq.read_table(
        by_hand.store / "individual" / "current" / "night=2026-11-22" / "travellers.parquet"
    )["traveller_id"].to_pylist()
    steps = by_hand.json("why", traveller, "watch:A1", "--as", "anna")
    assert {row["step"]: row["result"] for row in steps}["clearance"] == "in_force"
