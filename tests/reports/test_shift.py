"""A shift in numbers, on hits and decisions whose times are known."""

from datetime import UTC, datetime

from screening.reports.shift import Acts, Came, shift
from screening.tables.codes import Decision

TRUE, FALSE, UNSURE = Decision.TRUE_MATCH, Decision.FALSE_MATCH, Decision.INCONCLUSIVE


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def came(name, hour, *, lands=None, closed=False, evidence="e", severity=3):
    row = {"hit_id": name, "evidence_hash": evidence, "disposition_id": None, "decision": None}
    return Came(row | {"severity": severity}, at(hour), at(*lands) if lands else None, closed)


def made(name, of, decision, hour, minute=0, *, by="anna", second=None, instead=None):
    own = {"disposition_id": name, "hit_id": of, "evidence_hash": "e", "decision": str(decision)}
    return own | {"decided_at": at(hour, minute), "analyst": by, "second": second, "supersedes": instead}


def figures(hits, rows=(), undos=(), waiting=0):
    found = shift(hits, Acts(list(rows), frozenset(undos), waiting), at(6), at(14))
    return {(row["figure"], row["of"]): row["value"] for row in found}


def test_open_at_the_start_came_and_open_at_the_end_add_up():
    hits = [came("old", 1), came("decided before", 1), came("new", 8), came("left", 9), came("later", 15)]
    rows = [
        made("a", "decided before", FALSE, 5),
        made("b", "old", TRUE, 7),
        made("c", "new", FALSE, 8, 30),
        made("d", "left", UNSURE, 10),
        made("e", "left", TRUE, 14),
    ]
    told = figures(hits, rows)
    assert told["open at the start", None] == 1
    assert told["came", None] == 2
    assert told["open at the end", None] == 1
    assert told["oldest open", "left"] == 5.0
    assert told["decided", None] == 3
    assert [told["decided", word] for word in Decision] == [1, 1, 1]
    assert told["minutes to a decision, median", None] == 195.0  # of 360 and 30


def test_a_decision_at_the_last_moment_is_of_the_next_shift():
    assert figures([came("h", 7)], [made("a", "h", TRUE, 14)])["decided", None] == 0
    assert figures([came("h", 5)], [made("a", "h", TRUE, 6)])["decided", None] == 1


def test_who_decided_confirmed_contradicted_and_took_back():
    rows = [
        made("a", "h", FALSE, 7),
        made("b", "h", TRUE, 8, by="ben", second="carla", instead="a"),
        made("c", "h", UNSURE, 9, by="ben", instead="b"),
    ]
    told = figures([came("h", 1)], rows, undos={"c"}, waiting=2)
    assert (told["decided by", "anna"], told["decided by", "ben"], told["confirmed by", "carla"]) == (1, 1, 1)
    assert (told["contrary to an earlier decision", None], told["undone", None]) == (1, 1)
    assert told["undone by", "ben"] == 1
    assert told["open at the end", None] == 1
    assert told["wait for a second person", None] == 2


def test_what_landed_while_open_is_counted_at_the_moment_of_landing():
    hits = [
        came("open", 5, lands=(9, 0)),
        came("decided before", 5, lands=(9, 0)),
        came("decided after", 5, lands=(9, 0)),
        came("came after", 10, lands=(9, 0)),
        came("lands later", 5, lands=(20, 0)),
        came("unknown", 5),
    ]
    rows = [made("a", "decided before", TRUE, 8), made("b", "decided after", TRUE, 10)]
    told = figures(hits, rows)
    assert told["landed while open", None] == 2
    assert told["landing not known", None] == 1


def test_a_hit_whose_alert_has_ended_is_no_work_that_is_left():
    told = figures([came("ended", 5, closed=True), came("left", 5, severity=5)])
    assert (told["open at the end", None], told["alert ended since, needs nobody", None]) == (1, 1)
    assert told["open at the end", "severity 5"] == 1


def test_a_hit_whose_evidence_has_changed_is_open_again():
    hits = [came("h", 1), came("h", 9, evidence="other")]
    told = figures(hits, [made("a", "h", TRUE, 7)])
    assert (told["open at the start", None], told["came", None], told["open at the end", None]) == (1, 0, 1)
