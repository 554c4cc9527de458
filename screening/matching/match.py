"""The entry of this room: which alerts each traveller could be, how surely and why.

1. Vocabularies of tokens are compared once (`tokens`, `edits`), exactly, so nothing is lost there.
2. For each reading, the listed names that hold an agreeing token are found with the most that they can weigh;
   those that can reach the floor are aligned exactly (`loops`), by State of the traveller (`rarity`).
3. Documents lead to pairs of their own, whatever the name.
4. The best reading, name and identity of each traveller and alert is explained (`explain`).

`exhaustive` leaves out the bounds: every pair is aligned. Both give the same table (tested).
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.matching.explain import Alignment, Pair, evidence
from screening.matching.index import Index
from screening.matching.score import Group, Judge, Scored
from screening.matching.travellers import Travellers, lay_out
from screening.tables.collector import collector_paused
from screening.tables.work import SCORED

Ints = npt.NDArray[np.int64]


@collector_paused()
def match(
    identities: pa.Table, index: Index, *, floor: int | dict[str, int], exhaustive: bool = False
) -> pa.Table:
    """Score travellers against alerts.

    Args:
        identities: IDENTITIES; one row a reading of a traveller's name.
        index: `build_index` of the alerts.
        floor: lowest score that is kept, centibits; one number, or one for each list.
        exhaustive: align every pair instead of candidates only.

    Returns:
        SCORED: pairs at or above the floor, one row a traveller and alert with its best reading, listed name
        and identity; the evidence adds up to the score. A pair with the same document (number and State)
        is kept whatever the floor.
    """
    if not identities.num_rows or not len(index.alert_ids):
        return SCORED.empty()
    travellers = lay_out(identities, index)
    floors = _floors(index, floor)
    judge = Judge(travellers, index)
    rows: list[Mapping[str, object]] = []
    for group in judge.groups():
        parts = [judge.by_document(group, floors), judge.by_name(group, floors, every=exhaustive)[0]]
        rows += _explained(best(parts, travellers, index), judge, group)
    return SCORED.table(rows)


def _floors(index: Index, floor: int | dict[str, int]) -> Ints:
    """Return the floor of each alert."""
    if isinstance(floor, int):
        return np.full(len(index.alert_ids), floor, np.int64)
    return np.array([floor[of] for of in index.lists], np.int64)[index.list_of]


def best(parts: list[Scored], travellers: Travellers, index: Index) -> Scored:
    """Choose the best of each traveller and alert; the routes of all of them are kept."""
    reading, name, unit, score, route = (
        np.concatenate([getattr(part, field) for part in parts])
        for field in ("reading", "name", "unit", "score", "route")
    )
    who, alert = travellers.number[reading], index.unit_alert[unit]
    # With equal scores the document's pair comes first only when a name stands in it, then the smaller
    # ordinal.
    order = np.lexsort((reading, -route, name, name < 0, -score, alert, who))
    who, alert, route = who[order], alert[order], route[order]
    first = np.ones(len(order), bool)
    first[1:] = (who[1:] != who[:-1]) | (alert[1:] != alert[:-1])
    begins = np.flatnonzero(first)
    routes = np.bitwise_or.reduceat(route, begins) if len(begins) else route
    chosen = order[begins]
    return Scored(reading[chosen], name[chosen], unit[chosen], score[chosen], routes)


def _explained(found: Scored, judge: Judge, group: Group) -> list[dict[str, object]]:
    index = judge.index
    rows: list[dict[str, object]] = []
    _, dates = judge.date_places(found.reading, found.unit)
    _, documents = judge.document_weight(found.reading, found.unit)
    named = np.flatnonzero(found.name >= 0)
    steps: list[Alignment | None] = [None] * len(found.name)
    taken, left = judge.name_steps(group, found.reading[named], found.name[named])[2]
    for at, *alignment in zip(named.tolist(), taken, left, strict=True):
        steps[at] = Alignment(*alignment)
    columns = (found.reading, found.name, found.unit, found.score, found.route, dates, documents)
    for at, (reading, name, unit, score, route, date_place, document_place) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        pieces = evidence(judge, Pair(reading, name, unit, date_place, document_place, steps[at]))
        rows.append(
            {
                "traveller_id": judge.travellers.ids[reading],
                "alert_id": index.alert_ids[int(index.unit_alert[unit])].as_py(),
                "alert_name": int(index.name_ordinal[name]) if name >= 0 else -1,
                "routes": route,
                "score": score,
                "evidence": pieces,
            }
        )
    return rows
