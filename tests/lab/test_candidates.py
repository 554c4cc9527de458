"""The search loses no pair of exhaustive scoring, whatever the traveller's culture."""

from screening.lab.candidates import candidates
from screening.lab.evaluation import sets


def test_the_search_finds_every_pair_in_every_culture():
    rows = candidates(sets.unknown(sets.Size(150, 1_000, 100, 0), 5))
    assert rows[-1]["travellers"] == 1_000 == sum(row["travellers"] for row in rows[:-1])
    assert rows[-1]["pairs at 50"] > rows[-1]["pairs at 1"] > 50
    for row in rows:
        assert {row["found of them, 1"], row["found of them, 50"]} <= {"100.00 %", ""}, row["culture"]
