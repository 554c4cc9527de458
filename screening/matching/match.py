"""The entry of this room: which alerts each traveller could be, how surely and why.

1. Vocabularies of tokens are compared once (`tokens`), exactly, so nothing is lost there.
2. A sparse product of travellers × tokens, tokens × neighbours and neighbours × listed names gives every
   pair that shares an agreeing token, with the most that its name can weigh (`candidates`).
3. Pairs whose bound with sex, nationality and date of birth reaches the floor are aligned exactly (`align`).
4. Documents lead to pairs of their own, whatever the name.
5. The best reading, name and identity of each traveller and alert is explained (`explain`).

`exhaustive` leaves out step 2 and the bounds: every pair is aligned. Both give the same table (tested).
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.matching.agreements import agreements
from screening.matching.candidates import every, proposals
from screening.matching.explain import Pair, evidence
from screening.matching.index import Index
from screening.matching.model import Model
from screening.matching.score import EXHAUSTIVE, NAME, Judge, Scored
from screening.matching.travellers import Travellers, document_pairs, lay_out
from screening.tables.work import SCORED

Ints = npt.NDArray[np.int64]


def match(
    identities: pa.Table, index: Index, model: Model, *, floor: int | dict[str, int], exhaustive: bool = False
) -> pa.Table:
    """Score travellers against alerts.

    Args:
        identities: IDENTITIES; one row a reading of a traveller's name.
        index: `build_index` of the alerts with the same model.
        model: weights.
        floor: lowest score that is kept, centibits; one number, or one for each list.
        exhaustive: align every pair instead of candidates only.

    Returns:
        SCORED: pairs at or above the floor, one row a traveller and alert with its best reading, listed name
        and identity; the evidence adds up to the score. A pair with the same document (number and State)
        is kept whatever the floor.
    """
    travellers = lay_out(identities)
    if not travellers.ids or not index.alert_ids:
        return SCORED.empty()
    floors = _floors(index, floor)
    found = agreements(
        travellers.names, index.names, index.single_weights, index.pair_weights, model.name.joined
    )
    documents = document_pairs(travellers, index, model)
    judge = Judge(travellers, index, model, found, documents)
    parts = [judge.by_document(floors)]
    pairs = every(travellers, index) if exhaustive else proposals(travellers, index, model, found)
    for readings, names, bound in pairs:
        parts.append(judge.by_name(readings, names, bound, floors, EXHAUSTIVE if exhaustive else NAME))
    return _table(_best(parts, travellers, index), judge)


def _floors(index: Index, floor: int | dict[str, int]) -> Ints:
    """Return the floor of each alert."""
    if isinstance(floor, int):
        return np.full(len(index.alert_ids), floor, np.int64)
    return np.array([floor[of] for of in index.lists], np.int64)


def _best(parts: list[Scored], travellers: Travellers, index: Index) -> Scored:
    """Choose the best of each traveller and alert; the routes of all of them are kept."""
    reading, name, unit, score, route = (
        np.concatenate([getattr(part, field) for part in parts])
        for field in ("reading", "name", "unit", "score", "route")
    )
    traveller = np.cumsum(
        np.r_[0, [a != b for a, b in zip(travellers.ids, travellers.ids[1:], strict=False)]]
    )
    who, alert = traveller[reading], index.unit_alert[unit]
    # With equal scores the document's pair comes first only when a name stands in it, then the smaller
    # ordinal.
    order = np.lexsort((reading, -route, name, name < 0, -score, alert, who))
    who, alert, route = who[order], alert[order], route[order]
    first = np.ones(len(order), bool)
    first[1:] = (who[1:] != who[:-1]) | (alert[1:] != alert[:-1])
    begins = np.flatnonzero(first)
    routes = np.bitwise_or.reduceat(route, begins) if len(begins) else route
    best = order[begins]
    return Scored(reading[best], name[best], unit[best], score[best], routes)


def _table(best: Scored, judge: Judge) -> pa.Table:
    index = judge.index
    _, dates = judge.date_places(best.reading, best.unit)
    _, documents = judge.document_weight(best.reading, best.unit)
    rows: list[Mapping[str, object]] = []
    columns = (best.reading, best.name, best.unit, best.score, best.route, dates, documents)
    for reading, name, unit, score, route, date_place, document_place in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        pieces = evidence(judge, Pair(reading, name, unit, date_place, document_place))
        rows.append(
            {
                "traveller_id": judge.travellers.ids[reading],
                "alert_id": index.alert_ids[index.unit_alert[unit]],
                "alert_name": int(index.name_ordinal[name]) if name >= 0 else -1,
                "routes": route,
                "score": score,
                "evidence": pieces,
            }
        )
    return SCORED.table(rows)
