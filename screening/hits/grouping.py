"""What decides that two alerts are one hit.

Several lists name one person, and one list names somebody twice. An analyst should see them once, with all
their alerts. Two alerts that the same traveller matches are one hit when either

* they hold the traveller's same document: both have document evidence of the same number (the list's writing
  of it decides, normalised by the matcher); or
* they name the same person: the same tokens of the name (in any order) and the same date of birth to the day;
* or a person has decided that both are one (`screening alerts merge`).

A name alone or a year alone never joins: brothers and namesakes stay two hits, since joining them would hide
one. Grouping looks at the traveller's own pairs only, so no hit depends on another traveller.
"""

from collections.abc import Mapping, Sequence

from screening.identity.names import tokens
from screening.tables.codes import EvidenceKind
from screening.tables.rows import ScoredEvidence


def group(
    pairs: Mapping[str, tuple[str, Sequence[ScoredEvidence]]], together: Mapping[str, str] | None = None
) -> list[tuple[str, ...]]:
    """Group the alerts of one traveller.

    Args:
        pairs: for each alert_id the listed name that fits best ("" where a document alone led there) and the
            pieces of evidence.
        together: alert_id -> smallest id of the alerts that are one person by a person's decision.

    Returns:
        Groups of alert ids, each sorted, in the order of their smallest id.

    >>> born = {"kind": "date_of_birth", "alert_value": "1970-02-01", "weight": 1350}
    >>> group({"a:1": ("Doe, John", [born]), "b:7": ("John DOE", [born]), "b:9": ("Doe, Jane", [born])})
    [('a:1', 'b:7'), ('b:9',)]
    """
    by_mark: dict[str, str] = {}
    leader = {alert_id: alert_id for alert_id in pairs}

    def lead(alert_id: str) -> str:
        while leader[alert_id] != alert_id:
            alert_id = leader[alert_id]
        return alert_id

    for alert_id in sorted(pairs):
        decided = [f"decided:{together[alert_id]}"] if together and alert_id in together else []
        for mark in [*_marks(*pairs[alert_id]), *decided]:
            other = by_mark.setdefault(mark, alert_id)
            one, two = sorted((lead(alert_id), lead(other)))
            leader[two] = one
    groups: dict[str, list[str]] = {}
    for alert_id in sorted(pairs):
        groups.setdefault(lead(alert_id), []).append(alert_id)
    return [tuple(groups[first]) for first in sorted(groups)]


def _marks(name: str, pieces: Sequence[ScoredEvidence]) -> list[str]:
    """Return what this alert shares with others of the same person."""
    marks = []
    for piece in pieces:
        value = piece["alert_value"] or ""
        if piece["kind"] == EvidenceKind.DOCUMENT and piece["weight"] > 0 and value:
            marks.append(f"document:{value.split(maxsplit=1)[0]}")
        words = sorted(tokens(name))
        if piece["kind"] == EvidenceKind.DATE_OF_BIRTH and len(value) == len("YYYY-MM-DD") and len(words) > 1:
            marks.append(f"person:{' '.join(words)}:{value}")
    return marks
