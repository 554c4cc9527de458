"""Which decision stands on a hit, and since when."""

from datetime import UTC, datetime

import pytest

from screening.hits.decided import Decided
from screening.tables.codes import Decision

TRUE, FALSE, UNSURE = Decision.TRUE_MATCH, Decision.FALSE_MATCH, Decision.INCONCLUSIVE


def at(hour: int) -> datetime:
    return datetime(2026, 11, 24, hour, tzinfo=UTC)


def hit(before=None, decision=None, evidence="e"):
    return {"hit_id": "h", "evidence_hash": evidence, "disposition_id": before, "decision": decision}


def made(name, decision, hour=6, *, of="h", evidence="e", instead=None):
    own = {"disposition_id": name, "hit_id": of, "evidence_hash": evidence, "decision": str(decision)}
    return own | {"decided_at": at(hour), "supersedes": instead}


CASES = {
    "nobody decided": (hit(), [], None),
    "the last one counts": (hit(), [made("a", TRUE), made("b", UNSURE, 7, instead="a")], UNSURE),
    "other evidence decides nothing": (hit(), [made("a", TRUE, evidence="other")], None),
    "a sibling's decision decides nothing": (hit(), [made("a", FALSE, of="sibling")], None),
    "true before": (hit("a", "true_match"), [made("a", TRUE, of="earlier")], TRUE),
    "false before was raised again": (hit("a", "false_match"), [made("a", FALSE)], None),
    "true before, taken back on a sibling": (
        hit("a", "true_match"),
        [made("a", TRUE, of="earlier"), made("b", FALSE, 7, of="sibling", instead="a")],
        None,
    ),
    "true before, decided otherwise now": (
        hit("a", "true_match"),
        [made("a", TRUE, of="earlier"), made("b", FALSE, 7, instead="a")],
        FALSE,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_which_decision_stands(case):
    row, rows, stands = CASES[case]
    assert Decided(rows).decision(row) == stands
    assert Decided(reversed(rows)).decision(row) == stands


def test_what_is_decided_later_does_not_stand_yet():
    rows = [made("a", TRUE, 6), made("b", FALSE, 8, instead="a")]
    stood = [Decided(rows, until=at(hour)).decision(hit()) for hour in (5, 6, 7, 8)]
    assert stood == [None, TRUE, TRUE, FALSE]
