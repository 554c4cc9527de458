"""The first line says who was not screened, by flight, and apart from that which files hold nobody."""

import pytest

from screening.reports.headline import Settled, after_acts, headline, is_open


def row(flight, people, outcome="quarantined", code="no_leg_with_date", mend="screening …", leg=None):
    return {
        "flight_id": leg or f"input:{flight}.edi",
        "outcome": outcome,
        "reason_code": code,
        "reason": None,
        "mend": mend,
        "frozen": "f",
        "travellers": 0,
        "quarantined": people,
        "hits": 0,
        "flight": flight,
    }


def fine(flight="XQ401"):
    return row(flight, 0, "screened", None, None, f"{flight}-20261123-ARN-VIE")


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        pytest.param([], "in order", id="nothing came in that needs anybody"),
        pytest.param([fine()], "in order", id="everybody was screened"),
        pytest.param([row("4X164", 80)], "needs a person: 80 travellers of 4X164 not screened", id="counted"),
        pytest.param([row("4X164", 1)], "needs a person: 1 traveller of 4X164 not screened", id="one"),
        pytest.param(
            [row("4X164", 1, "screened_with_findings", "traveller_cut_off")],
            "needs a person: at least 1 traveller of 4X164 not screened",
            id="cut off",
        ),
        pytest.param(
            [row("4X164", 80), row("XQ1", 3), row("XQ1", 2)],
            "needs a person: 80 travellers of 4X164 and 5 travellers of XQ1 not screened",
            id="two flights",
        ),
        pytest.param(
            [row(f"XQ{n}", n) for n in range(1, 7)],
            "needs a person: 6 travellers of XQ6, 5 travellers of XQ5, 4 travellers of XQ4 and "
            "6 travellers of 3 other flights not screened",
            id="many flights",
        ),
        pytest.param(
            [row(None, None), row(None, None), row("XQ1", None)],
            "needs a person: an unknown number of travellers of XQ1 and an unknown number of travellers in "
            "2 files not screened",
            id="unknown is never nobody",
        ),
        pytest.param([row(None, 9)], "needs a person: 9 travellers of an unknown flight not screened", id="no flight"),
        pytest.param(
            [row(None, 0), row(None, 0), row("4X164", 80)],
            "needs a person: 80 travellers of 4X164 not screened; 2 files that hold nobody to look at",
            id="files that hold nobody stand apart",
        ),
        pytest.param(
            [row("XQ401", 7, "failed", "unforeseen_error")],
            "needs a person: 7 travellers of XQ401 not screened",
            id="a failed flight",
        ),
        pytest.param(
            [row("XQ401", 0, "failed", "unforeseen_error")],
            "needs a person: 1 flight without travellers failed",
            id="a failed flight without travellers",
        ),
        pytest.param(
            [row("XQ401", 0, "screened_with_findings", "traveller_without_name")],
            "needs a person: travellers of XQ401 compared by their documents alone",
            id="compared by a document alone",
        ),
    ],
)  # fmt: skip
def test_first_line(rows, line):
    assert headline(rows).text == line


def test_a_gate_that_failed_stands_first():
    text = headline([row("4X164", 80)], ["travellers with a nationality: 44 %, expected 60 %"]).text
    assert text == (
        "incomplete: travellers with a nationality: 44 %, expected 60 %; 80 travellers of 4X164 not screened"
    )


@pytest.mark.parametrize(("tolerated", "calls"), [(0, True), (1, True), (2, False)])
def test_as_few_as_the_profile_tolerates_call_nobody_and_are_told(tolerated, calls):
    found = headline([row("XQ401", 2, "screened_with_findings", "name_missing")], tolerated=tolerated)
    assert (found.state, found.calls) == ("needs a person", calls)
    assert "2 travellers of XQ401 not screened" in found.text


def test_what_was_replayed_or_released_asks_for_nothing():
    rows = [row("4X164", 80), row("XQ1", 3)]
    settled = Settled(legs=frozenset({"input:4X164.edi"}), waiting={"input:XQ1.edi": 1})
    assert headline(rows, settled=settled).text == "needs a person: 1 traveller of XQ1 not screened"
    done, open_row = after_acts(rows, settled)
    assert (done["mend"], done["quarantined"], open_row["quarantined"]) == (None, 0, 1)
    assert not is_open(done, settled)


def test_a_failed_flight_is_mended_by_no_release():
    failed = row("XQ401", 7, "failed", "unforeseen_error")
    settled = Settled(legs=frozenset({failed["flight_id"]}))
    assert headline([failed], settled=settled).state == "needs a person"
