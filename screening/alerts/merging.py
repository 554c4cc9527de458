"""Which alerts are one person by a person's decision: bound to content, reapplied, undone, asked anew.

Rules:

* A decision (merge, keep apart, unmerge) is on a pair of contents. In any later version it holds for alerts
  of the same list with the same `content_hash`, under whatever id, and for the same ids while what says who
  they are (names, dates, facts, documents: `identity_hashes`) is the same: another review date asks nobody.
* Where either side says something else, the decision holds no more: the pair is proposed again with what was
  decided before. Until then the two are two, so that nothing is hidden by a merge that nobody judged.
* The latest act on a pair counts; `unmerge` takes the one before back.
* Merged pairs make groups: who is merged with one is merged with all. A pair that was kept apart never comes
  into one group: the act that would do it is refused, and where contents meet anew it is left out.

A list version is never changed by any of this.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables.codes import MergeAct
from screening.tables.rows import MergeActRow

Pair = tuple[str, str]
_SAID = (
    ("names", ("identity", "kind", "full", "surname", "given_names")),
    ("dates", ("identity", "value", "precision", "calendar", "note")),
    ("documents", ("identity", "type", "number", "issuing_state")),
    ("facts", ("identity", "kind", "value")),
)


class AlertParts(Protocol):
    """Alerts and what is said of them: one list version, or several together."""

    @property
    def alerts(self) -> pa.Table:
        """ALERTS."""

    @property
    def names(self) -> pa.Table:
        """ALERT_NAMES."""

    @property
    def dates(self) -> pa.Table:
        """ALERT_DATES."""

    @property
    def documents(self) -> pa.Table:
        """ALERT_DOCUMENTS."""

    @property
    def facts(self) -> pa.Table:
        """ALERT_FACTS."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided about the alerts of some list versions.

    Attributes:
        standing: pair of alert ids, the smaller first -> the act that holds.
        stale: pair of ids -> the last act on it, where a side has changed since: it is asked anew.
    """

    standing: Mapping[Pair, MergeActRow]
    stale: Mapping[Pair, MergeActRow]

    def of(self, act: MergeAct) -> list[Pair]:
        """Return the pairs for which an act holds, in the order in which they were decided."""
        found = [(row["at_utc"], pair) for pair, row in self.standing.items() if row["act"] == act]
        return [pair for _, pair in sorted(found)]


def identity_hashes(found: AlertParts, wanted: Collection[str]) -> dict[str, str]:
    """Return a hash over what says who an alert is, for the wanted alerts that are there.

    Its order, its terms (severity, review date …) and where it stood do not matter.
    """
    there = set(found.alerts["alert_id"].to_pylist())
    said: dict[str, list[str]] = {alert_id: [] for alert_id in wanted if alert_id in there}
    ids = pa.array(sorted(said), pa.string())
    for name, columns in _SAID:
        table: pa.Table = getattr(found, name)
        for row in table.filter(pc.is_in(table["alert_id"], ids)).to_pylist():
            text = json.dumps([name, *(row[column] for column in columns)], ensure_ascii=False, default=str)
            said[row["alert_id"]].append(text)
    return {
        alert_id: hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()
        for alert_id, texts in said.items()
    }


def judge(acts: Sequence[MergeActRow], alerts: pa.Table, identities: Mapping[str, str]) -> Judged:
    """Find what holds for the alerts of some list versions.

    Args:
        acts: what was decided, in any order.
        alerts: ALERTS of the versions together.
        identities: `identity_hashes` of the alerts that acts name.
    """
    by_content: dict[tuple[str, str], list[str]] = {}
    names = ("alert_id", "list", "content_hash")
    there = set()
    for alert_id, of, content in zip(*(alerts[name].to_pylist() for name in names), strict=True):
        there.add(alert_id)
        by_content.setdefault((of, content), []).append(alert_id)

    def sides(alert_id: str, content: str, identity: str) -> set[str]:
        found = set(by_content.get((alert_id.partition(":")[0], content), ()))
        return found | ({alert_id} if identities.get(alert_id) == identity else set())

    standing: dict[Pair, MergeActRow] = {}
    last: dict[Pair, MergeActRow] = {}
    for act in sorted(acts, key=lambda row: (row["at_utc"], row["act_id"])):
        last[act["one"], act["other"]] = act
        for one in sides(act["one"], act["one_content"], act["one_identity"]):
            for other in sides(act["other"], act["other_content"], act["other_identity"]):
                pair = (one, other) if one < other else (other, one)
                if one == other:
                    continue
                if act["act"] == MergeAct.UNMERGE:
                    standing.pop(pair, None)
                else:
                    standing[pair] = act
    stale = {
        pair: act
        for pair, act in last.items()
        if act["act"] != MergeAct.UNMERGE and pair not in standing and there.issuperset(pair)
    }
    return Judged(standing, stale)


def groups(merged: Iterable[Pair], apart: Collection[Pair]) -> list[tuple[str, ...]]:
    """Return the groups that merged pairs make, each sorted, in the order of their smallest id.

    Args:
        merged: pairs, in the order in which they were decided.
        apart: pairs that never come into one group; the later merge that would do it is left out.

    >>> groups([("a", "b"), ("b", "c"), ("d", "e")], {("a", "c")})
    [('a', 'b'), ('d', 'e')]
    """
    member: dict[str, frozenset[str]] = {}
    for one, other in merged:
        whole = member.get(one, frozenset({one})) | member.get(other, frozenset({other}))
        if not divided(whole, apart):
            member |= dict.fromkeys(whole, whole)
    return sorted({tuple(sorted(whole)) for whole in member.values()})


def divided(whole: Collection[str], apart: Iterable[Pair]) -> Pair | None:
    """Return a pair of a group that was kept apart; None where there is none."""
    return next((pair for pair in sorted(apart) if pair[0] in whole and pair[1] in whole), None)
