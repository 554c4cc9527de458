"""Observed odds at the stated share of listed travellers, with and without a date of birth."""

import json
import math

import pyarrow as pa
import pytest

from screening.lab.calibration import calibration

LISTED, INNOCENT, NEAR = 100, 1000, 10


@pytest.fixture(scope="module")
def odds(root):
    return json.loads((root / "screening/matching/data/weights.json").read_text())["odds"]


def made(scores):
    """Give hits, truth and travellers; half of each kind without a date, own pairs of the listed at a score."""
    kinds = ["true"] * LISTED + ["inn_plain"] * INNOCENT + ["nm_name_year"] * NEAR
    ids = [f"p{at:04}" for at in range(len(kinds))]
    own = [["e"] if kind == "true" else [] for kind in kinds]
    truth = pa.table({"passenger_id": ids, "kind": kinds, "entity_ids": pa.array(own, pa.list_(pa.string()))})
    dobs = ["" if at % 2 else "1980-01-01" for at in range(len(ids))]
    travellers = pa.table({"passenger_id": ids[::-1], "dob": dobs[::-1]})
    who, entity, score = zip(*scores(ids, kinds), strict=True)
    return (
        pa.table({"passenger_id": who, "entity_id": entity, "score": pa.array(score, pa.float64())}),
        truth,
        travellers,
    )


def test_odds_are_those_of_the_share_of_listed_that_weights_state(odds):
    def scores(ids, kinds):
        for one, kind in zip(ids, kinds, strict=True):
            if kind == "true":
                yield one, "e", 13.0
                yield one, "other", 13.0  # a listed person's pair with somebody else is neither
            elif kind.startswith("nm_") or int(one[1:]) % 20 < 2:
                yield one, "e", 13.0

    given, missing = calibration(*made(scores), names=1000)
    share = odds["listed_share"]
    expected = pytest.approx(math.log2(10), abs=0.06)  # 50 of 50 to 50 of 500: ten times, before the share
    for row, said in ((given, "given"), (missing, "missing")):
        assert (row["date of birth"], row["bits"]) == (said, "12 to 16")
        assert (row["listed pairs"], row["innocent pairs"]) == (50, 50)
        prior = math.log2(share / (1 - share))
        assert row["observed log2 odds"] - prior == expected
        stated = 13.0 + odds["base"] / 100 + math.log2(share / 1000)
        assert row["stated log2 odds"] == pytest.approx(stated, abs=0.051)


def test_a_step_with_few_pairs_says_nothing():
    assert (
        calibration(*made(lambda ids, kinds: [(ids[0], "e", 20.0), (ids[LISTED], "e", 20.0)]), names=9) == []
    )
