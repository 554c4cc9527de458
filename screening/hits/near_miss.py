"""Near misses: hits whose name and date of birth agree in a way that two different people often share.

Rule, from the evidence of the pair and the traveller's surname:

* `other_day`: every token of the listed name agrees, and the dates are of one year with another day that no
  slip and no other order of day and month explains (relation "same year, other day");
* `other_given_names`: the same day of birth, all of the surname agrees as a surname, none of the other names
  does, and names contradict;
* never where a document agrees, nor on a date that stands beside another one of the same traveller.

It orders and counts; it takes nothing from a hit. The words are those of screening.matching.explain.
"""

from collections.abc import Sequence

from screening.identity.names import tokens
from screening.identity.significant import significant
from screening.tables.codes import EvidenceKind, NearMiss
from screening.tables.rows import ScoredEvidence

SAME_DAY, OTHER_DAY = "same day", "same year, other day"
CONTRADICTED = frozenset({"other names", "other name"})
MOVED = ", moved between surname and given names"
ONLY_LISTED = "only with the alert"


def near_miss(surname: str | None, pieces: Sequence[ScoredEvidence]) -> NearMiss | None:
    """Say whether the evidence of a pair makes it a near miss, and of which kind.

    Args:
        surname: the traveller's.
        pieces: evidence of the pair.

    >>> def piece(kind, ours, theirs, relation, weight):
    ...     return dict(kind=kind, traveller_value=ours, alert_value=theirs, relation=relation, weight=weight)
    >>> name = piece("name", "QUENZEBRAND", "QUENZEBRAND", "same", 1500)
    >>> near_miss("Quenzebrand", [name, piece("date_of_birth", "1970-02-01", "1970-05-13", OTHER_DAY, -200)])
    <NearMiss.OTHER_DAY: 'other_day'>
    """
    if any(piece["kind"] == EvidenceKind.DOCUMENT and piece["weight"] > 0 for piece in pieces):
        return None
    names = [piece for piece in pieces if piece["kind"] == EvidenceKind.NAME]
    agreeing = [piece for piece in names if piece["alert_value"] and piece["weight"] > 0]
    agreed = {word for piece in agreeing for word in (piece["traveller_value"] or "").split()}
    contradicted = any(piece["relation"] in CONTRADICTED for piece in names)
    born = {piece["relation"] for piece in pieces if piece["kind"] == EvidenceKind.DATE_OF_BIRTH}
    if OTHER_DAY in born and agreed and not contradicted:
        whole = not any(piece["relation"].endswith(ONLY_LISTED) for piece in names)
        return NearMiss.OTHER_DAY if whole else None
    if SAME_DAY in born and contradicted:
        moved = any(piece["relation"].endswith(MOVED) for piece in agreeing)
        own = {part.token for part in significant(tokens(surname or ""))}
        return NearMiss.OTHER_GIVEN_NAMES if agreed and agreed == own and not moved else None
    return None
