"""Alerts that are one person by a person's decision: documents, names and dates of all of them count.

Rule: beside the alerts as published, each alert of a group is compared once more with all that the group
says: its own values first, then those of the others under further ordinals; the person's own identity (0) is
one, other identities stay apart. Of both comparisons of a traveller the one that scores higher counts, the
alert's own where they are equal. So what was compared stays as it was, with its hash and its clearances,
wherever the others add nothing; and nothing is changed in any list.
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from screening.matching.index import AlertTables
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES
from screening.tables.model import TableSpec
from screening.tables.work import BORROWED, SCORED

_PARTS: Mapping[str, TableSpec] = {
    "names": ALERT_NAMES,
    "dates": ALERT_DATES,
    "documents": ALERT_DOCUMENTS,
    "facts": ALERT_FACTS,
}


def merged_tables(tables: AlertTables, groups: Sequence[Sequence[str]]) -> AlertTables:
    """Return the alerts of groups, each with what all of its group say.

    Args:
        tables: alerts as published.
        groups: ids of the alerts that are one person; no id stands in two.
    """
    ids = pa.array(sorted(alert_id for group in groups for alert_id in group), pa.string())

    def of_groups(table: pa.Table) -> pa.Table:
        return table.filter(pc.is_in(table["alert_id"], ids))

    rows: dict[str, dict[str, list[dict[str, object]]]] = {}
    for part in _PARTS:
        by: dict[str, list[dict[str, object]]] = {}
        for row in of_groups(getattr(tables, part)).to_pylist():
            by.setdefault(row["alert_id"], []).append(row)
        rows[part] = by
    found: dict[str, list[dict[str, object]]] = {part: [] for part in _PARTS}
    for group in groups:
        for alert_id in group:
            own_first = [alert_id, *(other for other in group if other != alert_id)]
            for part, added in _together(alert_id, own_first, rows).items():
                found[part] += added
    parts = {part: spec.table(found[part]) for part, spec in _PARTS.items()}
    return AlertTables(of_groups(tables.alerts), **parts)


def _together(
    alert_id: str, members: Sequence[str], rows: Mapping[str, Mapping[str, list[dict[str, object]]]]
) -> dict[str, list[dict[str, object]]]:
    """Write the rows of all members under one id."""
    found: dict[str, list[dict[str, object]]] = {part: [] for part in _PARTS}
    beyond = 0  # identities above the person's own that are taken
    for member in members:
        highest = beyond
        for part in _PARTS:
            for row in rows[part].get(member, []):
                identity = int(str(row["identity"]))
                placed = identity and identity + beyond
                highest = max(highest, placed)
                found[part].append(
                    {**row, "alert_id": alert_id, "ordinal": len(found[part]), "identity": placed}
                )
        beyond = highest
    return found


def all_names(names: pa.Table, merged: pa.Table) -> pa.Table:
    """Return ALERT_NAMES as published and, under further ordinals, those that alerts have by their group."""
    known = set(zip(names["alert_id"].to_pylist(), names["ordinal"].to_pylist(), strict=True))
    further = [
        place
        for place, key in enumerate(
            zip(merged["alert_id"].to_pylist(), merged["ordinal"].to_pylist(), strict=True)
        )
        if key not in known
    ]
    return ALERT_NAMES.conform(pa.concat_tables([names, merged.take(pa.array(further, pa.int64()))]))


def better(own: pa.Table, together: pa.Table) -> pa.Table:
    """Return the pairs of both comparisons, of one that stands in both the higher, the own if they are equal.

    Args:
        own: SCORED with alerts as published.
        together: SCORED with what their groups say.
    """
    if not together.num_rows:
        return own
    merged = pc.is_in(own["alert_id"], pc.unique(together["alert_id"]))
    borrowed = [row | {"routes": row["routes"] | BORROWED} for row in together.to_pylist()]
    chosen = {
        (row["traveller_id"], row["alert_id"]): row
        for row in sorted([*borrowed, *own.filter(merged).to_pylist()], key=lambda row: int(row["score"]))
    }  # the sort is stable: own pairs come after equal ones
    return SCORED.conform(pa.concat_tables([own.filter(pc.invert(merged)), SCORED.table(chosen.values())]))
