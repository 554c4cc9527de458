"""Which decision stands on a hit, and whether it settles it."""

from collections.abc import Iterable

from screening.tables.codes import Decision
from screening.tables.rows import DispositionRow, HitRow


def latest(decided: Iterable[DispositionRow]) -> dict[str, DispositionRow]:
    """Return the last decision on each hit that nothing supersedes, by hit_id."""
    rows = list(decided)
    superseded = {row["supersedes"] for row in rows}
    in_order = sorted(rows, key=lambda row: (row["decided_at"], row["disposition_id"]))
    return {row["hit_id"]: row for row in in_order if row["disposition_id"] not in superseded}


def is_decided(hit: HitRow, own: DispositionRow | None) -> bool:
    """Say whether somebody has decided on a hit as it stands in its night.

    A false match from before, on the same evidence, decides nothing: the pair was raised again, because the
    alert has changed, the clearance has ended, or a document agrees.

    Args:
        hit: the hit.
        own: the last decision on it that nothing supersedes.
    """
    if own is not None and own["disposition_id"] != hit["disposition_id"]:
        return own["decision"] != Decision.INCONCLUSIVE
    return hit["decision"] == Decision.TRUE_MATCH
