"""Does the search lose pairs? Its pairs beside those of scoring every pair, by culture of the traveller.

Exhaustive matching aligns every traveller with every name, so the list is short; the bounds of the search
know nothing of its length.
"""

from collections import Counter

import pyarrow as pa

from screening.lab import evaluation_tables
from screening.lab.evaluation import sets
from screening.matching.index import build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.matching.thresholds import threshold

_RATES = (1.0, 50.0)
"""False alerts per 1,000: a threshold in use, and the floor down to which `screening match` writes."""


def candidates(made: sets.EvaluationSet) -> list[dict[str, object]]:
    """Return by culture how many of the pairs that exhaustive scoring keeps the search finds.

    Args:
        made: an evaluation set.

    Returns:
        Rows of culture (`all` last), travellers, and for each rate the pairs of exhaustive scoring at or
        above its score and the share of them that the search has with the same score.
    """
    model = load_model()
    index = build_index(evaluation_tables.alert_tables(made.alerts), model)
    identities = evaluation_tables.identities(made.travellers)
    scores = [threshold(model, rate, len(index.name_alert)) for rate in _RATES]
    every = match(identities, index, floor=min(scores), exhaustive=True)
    found = set(_pairs(match(identities, index, floor=min(scores))))
    culture = dict(
        zip(made.truth["passenger_id"].to_pylist(), made.truth["culture"].to_pylist(), strict=True)
    )
    travellers, kept, both = Counter(culture.values()), Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for pair in _pairs(every):
        for at, score in enumerate(scores):
            kept[culture[pair[0]], at] += pair[2] >= score
            both[culture[pair[0]], at] += pair[2] >= score and pair in found
    rows = [_row(name, travellers[name], kept, both, (name,)) for name in sorted(travellers)]
    return [*rows, _row("all", travellers.total(), kept, both, tuple(travellers))]


def _pairs(scored: pa.Table) -> list[tuple[str, str, int]]:
    columns = (scored[name].to_pylist() for name in ("traveller_id", "alert_id", "score"))
    return list(zip(*columns, strict=True))


def _row(
    name: str,
    travellers: int,
    kept: Counter[tuple[str, int]],
    both: Counter[tuple[str, int]],
    cultures: tuple[str, ...],
) -> dict[str, object]:
    row: dict[str, object] = {"culture": name, "travellers": travellers}
    for at, rate in enumerate(_RATES):
        pairs, found = (sum(counted[one, at] for one in cultures) for counted in (kept, both))
        row[f"pairs at {rate:g}"] = pairs
        row[f"found of them, {rate:g}"] = f"{100 * found / pairs:.2f} %" if pairs else ""
    return row


__all__ = ["candidates"]
