"""Precision and promises from decided hits; what cannot be known is said to be not known."""

from itertools import product

import pytest

from screening.hits.labels import COLUMNS, FEW, Burden, Label, alert_figures, figures, wilson
from screening.tables.codes import Decision

TRUE, FALSE, UNSURE = Decision.TRUE_MATCH, Decision.FALSE_MATCH, Decision.INCONCLUSIVE


def label(decision=None, **other) -> Label:
    own = {
        **{"month": "2026-11", "list_id": "own", "category": "inform", "alert_id": "own:1", "few": False},
        **{"above": 150, "rate": 0.5, "kinds": frozenset({"name"}), "by_document": False, "answers": ()},
    }
    return Label(**(own | other), decision=decision)


def row_of(rows, section, by, what, month=None):
    [row] = [
        row
        for row in rows
        if (row["section"], row["by"], row["what"], row["month"]) == (section, by, what, month)
    ]
    return row


def test_precision_is_of_true_and_false_alone_with_its_interval_and_the_rest_beside():
    labels = [label(TRUE)] * 3 + [label(FALSE)] + [label(UNSURE)] * 2 + [label()] * 4
    row = row_of(figures(labels, []), "precision", "all", "all")
    assert [row[name] for name in ("hits", "true", "false", "inconclusive", "open")] == [10, 3, 1, 2, 4]
    low, high = wilson(3, 4)
    assert (row["value"], row["low"], row["high"]) == (0.75, round(low, 4), round(high, 4))


def test_without_a_decision_there_is_no_share():
    row = row_of(figures([label()], []), "precision", "all", "all")
    assert (row["value"], row["low"], row["said"]) == (None, None, "nothing is decided")


@pytest.mark.parametrize(
    ("by", "name", "one", "other"),
    [
        ("list", "list_id", "own", "un"),
        ("category", "category", "inform", "wanted"),
        ("month", "month", "2026-10", "2026-11"),
    ],
)
def test_figures_are_told_apart_by_list_category_and_month(by, name, one, other):
    rows = figures([label(TRUE, **{name: one}), label(FALSE, **{name: other})], [])
    assert row_of(rows, "precision", by, one)["value"] == 1.0
    assert row_of(rows, "precision", by, other)["value"] == 0.0


def test_figures_are_told_apart_by_score_and_evidence():
    rows = figures(
        [label(TRUE, above=900, kinds=frozenset({"document", "name"})), label(FALSE, above=20)], []
    )
    assert row_of(rows, "precision", "bits above the threshold", "8 and more")["true"] == 1
    assert row_of(rows, "precision", "bits above the threshold", "0 to 1")["false"] == 1
    assert row_of(rows, "precision", "kind of evidence", "name + document")["true"] == 1
    assert row_of(rows, "precision", "kind of evidence", "name")["false"] == 1


def test_recall_is_said_to_be_unknown_and_has_no_figure():
    [row] = [row for row in figures([label(TRUE)], []) if row["section"] == "recall"]
    assert "cannot be known" in row["said"]
    assert row["value"] is None


def test_a_promise_is_held_by_month_and_over_all_months():
    burdens = [Burden("own", "2026-10", 1.0, 40_000, 20, 1), Burden("own", "2026-11", 1.0, 9_000, 40, 0)]
    rows = figures([], burdens)
    assert row_of(rows, "promise", "list", "own", "2026-10")["said"] == "kept"
    assert row_of(rows, "promise", "list", "own", "2026-11")["said"] == "exceeded"
    whole = row_of(rows, "promise", "list", "own")
    assert (whole["travellers"], whole["false"], whole["value"]) == (49_000, 60, round(60 / 49, 3))


@pytest.mark.parametrize(("false", "undecided"), list(product((0, 5, 60), (0, 5, 200))))
def test_a_kept_promise_stays_kept_when_open_hits_turn_out_true(false, undecided):
    from screening.hits.labels import verdict

    if verdict(Burden("own", "", 1.0, 100_000, false, undecided)) == "kept":
        assert verdict(Burden("own", "", 1.0, 100_000, false, 0)) == "kept"


def test_another_n_tells_what_it_takes_away_and_owns_that_it_does_not_know_what_it_adds():
    labels = [
        label(TRUE, rate=0.8),
        label(FALSE, rate=0.8),
        label(FALSE, rate=0.05),
        label(FALSE, rate=300.0, by_document=True),
    ]
    rows = figures(labels, [Burden("own", "2026-11", 1.0, 1000, 3, 0)])
    fewer = row_of(rows, "threshold", "own", "0.5 per 1,000")
    assert (fewer["true"], fewer["false"], fewer["said"]) == (0, 2, "less 1 true, 1 false, 0 open")
    more = row_of(rows, "threshold", "own", "2 per 1,000")
    assert more["hits"] is None
    assert "not known" in more["said"]


def test_alerts_come_worst_first_with_their_answers_and_those_shown_to_few_as_one():
    labels = [
        label(TRUE, alert_id="own:good", answers=("confirmed",)),
        *[label(FALSE, alert_id="own:bad", answers=("false",))] * 2,
        label(FALSE, alert_id="own:few", few=True),
        label(TRUE, alert_id="own:secret", few=True),
    ]
    rows = alert_figures(labels)
    assert [row["what"] for row in rows] == ["own:bad", FEW, "own:good"]
    assert (rows[0]["needless"], rows[2]["confirmed"], rows[1]["hits"]) == (2, 1, 2)


def test_all_rows_have_the_same_columns():
    rows = figures([label(TRUE)], [Burden("own", "2026-11", None, 10, 0, 0)])
    assert {tuple(row) for row in rows} == {COLUMNS}
