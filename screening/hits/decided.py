"""Which decision stands on a hit, and whether it settles it.

`is_decided` says what needs nobody any more. What leaves the analysts (sheets, statements) and figures of a
moment go by the stricter `Decided`: a decision counts where it was made on the evidence that the hit has, and
a true match of before only while nothing supersedes it, on whatever hit of the person.
"""

from collections.abc import Iterable
from datetime import datetime

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


OPEN = frozenset({None, Decision.INCONCLUSIVE})
"""Decisions after which somebody still has to decide."""


class Decided:
    """Dispositions up to a moment, by hit.

    Args:
        rows: DISPOSITIONS.
        until: only what was decided up to then counts; None for all.
    """

    def __init__(self, rows: Iterable[DispositionRow], *, until: datetime | None = None) -> None:
        """Put the dispositions that stand by the hits that they are on."""
        known = [row for row in rows if until is None or row["decided_at"] <= until]
        self._gone = {row["supersedes"] for row in known if row["supersedes"]}
        self._of = latest(known)

    def decision(self, hit: HitRow) -> Decision | None:
        """Return the decision that stands on a hit; None where nobody has decided on it as it is."""
        own, before = self._of.get(hit["hit_id"]), hit["disposition_id"]
        fits = own is not None and own["evidence_hash"] == hit["evidence_hash"]
        if own is not None and fits and own["disposition_id"] != before:
            return Decision(own["decision"])
        stands = before is not None and before not in self._gone
        return Decision.TRUE_MATCH if stands and hit["decision"] == Decision.TRUE_MATCH else None
