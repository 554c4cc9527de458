"""Legs settled in groups, so that memory is bounded by a group and not by the night.

What is held in Python while legs are settled takes ten times the room of the same statements in Arrow. A
leg depends on the statements about it and on nothing else, so any cut into groups gives the same manifests
as long as it keeps together what may be one leg: the designators that list each other as marketing, and a
provisional leg with what it may be.

Legs that share a message need not share a group. Each group is given the whole messages that speak of its
legs, on all their legs, because a count that a message states (EQN) is of all of them; the rest of such a
message is settled in another group.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests.codeshares import listing
from screening.manifests.identifiers import Pseudonym
from screening.manifests.provisional import kin as kin_of
from screening.manifests.settle import SettledLegs, settle
from screening.tables import individual as t
from screening.tables.codes import Meant
from screening.tables.model import TableSpec

STATEMENTS_AT_ONCE = 50_000
"""Statements that a group may hold before it is closed: some 150 MB of Python objects."""

_NOTHING_TIED: Mapping[str, Collection[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Group:
    """Legs that are settled together.

    Attributes:
        legs: every designator of them that may be stated, in scope or not.
        scope: those of them that are to be settled.
    """

    legs: tuple[str, ...]
    scope: tuple[str, ...]


def groups(
    message_legs: pa.Table,
    statements: pa.Table,
    scope: Collection[str],
    *,
    tied: Mapping[str, Collection[str]] = _NOTHING_TIED,
    most: int = STATEMENTS_AT_ONCE,
) -> list[Group]:
    """Cut the legs in scope into groups.

    Args:
        message_legs: MESSAGE_LEGS of all messages that speak of the legs in scope.
        statements: STATEMENTS on them; only `flight_id` is read.
        scope: flight ids.
        tied: provisional legs and what they may be (provisional.ties).
        most: statements that a group holds at most; legs that may be one are never parted, so a group of
            them alone may hold more.

    Returns:
        Groups in the order of their first leg in scope; each leg in scope is in one of them. The cut depends
        on no order of rows.
    """
    sizes = _sizes(statements)
    wanted = set(scope)
    made: list[Group] = []
    legs: list[str] = []
    held = 0
    for kin in _kin(message_legs, wanted, tied):
        size = sum(sizes.get(leg, 0) for leg in kin)
        if legs and held + size > most:
            made.append(_group(legs, wanted))
            legs, held = [], 0
        legs += kin
        held += size
    return [*made, _group(legs, wanted)] if legs else made


def _sizes(statements: pa.Table) -> dict[str, int]:
    counted = statements.select(["flight_id"]).group_by("flight_id").aggregate([([], "count_all")])
    return dict(zip(counted["flight_id"].to_pylist(), counted["count_all"].to_pylist(), strict=True))


def _group(legs: Sequence[str], wanted: Collection[str]) -> Group:
    return Group(tuple(legs), tuple(leg for leg in legs if leg in wanted))


def _kin(
    message_legs: pa.Table, wanted: Collection[str], stood_in: Mapping[str, Collection[str]]
) -> list[list[str]]:
    """Return for each leg in scope all that may be one with it; those who share one are one list.

    Messages that were quarantined tie legs too: it costs room only, and `operating` alone decides.
    """
    listed, _ = listing(message_legs)
    tied: dict[str, set[str]] = {}
    for alias, by in listed.items():
        tied.setdefault(alias, set()).update(by)
        for leg in by:
            tied.setdefault(leg, set()).add(alias)
    for leg, other in kin_of(stood_in):
        tied.setdefault(leg, set()).add(other)
        tied.setdefault(other, set()).add(leg)
    found: list[list[str]] = []
    seen: set[str] = set()
    for first in sorted(wanted):
        if first in seen:
            continue
        kin, waiting = {first}, [first]
        while waiting:
            new = tied.get(waiting.pop(), set()) - kin
            kin |= new
            waiting += new
        seen |= kin
        found.append(sorted(kin))
    return found


def settle_in_groups(
    messages: pa.Table,
    message_legs: pa.Table,
    statements: pa.Table,
    statement_documents: pa.Table,
    *,
    cut: Sequence[Group],
    earlier: pa.Table,
    pseudonym: Pseudonym,
    meant: Mapping[str, Meant] | None = None,
) -> SettledLegs:
    """Settle group by group what `settle` would settle at once: the same tables, whatever the cut.

    Args:
        messages: as of `settle`; like the other three it may lie in many chunks, in any order of rows.
        message_legs: as of `settle`.
        statements: as of `settle`.
        statement_documents: as of `settle`.
        cut: result of `groups`, in any order.
        earlier: as of `settle`.
        pseudonym: as of `settle`.
        meant: as of `settle`.

    Returns:
        As `settle`.

    Raises:
        SchemaError: as `settle`.
    """
    parts = [
        settle(*stated, scope=group.scope, earlier=earlier, pseudonym=pseudonym, meant=meant)
        for group, stated in _each(messages, message_legs, statements, statement_documents, cut)
    ]
    return SettledLegs(
        _joined(t.FLIGHTS, [part.flights for part in parts]),
        _joined(t.TRAVELLERS, [part.travellers for part in parts]),
        _joined(t.DOCUMENTS, [part.documents for part in parts]),
        _joined(t.LEDGER, [part.ledger for part in parts]),
    )


def _joined(spec: TableSpec, parts: Sequence[pa.Table]) -> pa.Table:
    return spec.conform(pa.concat_tables([spec.empty(), *parts]))


def _each(
    messages: pa.Table,
    message_legs: pa.Table,
    statements: pa.Table,
    documents: pa.Table,
    cut: Sequence[Group],
) -> Iterator[tuple[Group, tuple[pa.Table, pa.Table, pa.Table, pa.Table]]]:
    """Yield each group with what is stated of its legs, one at a time."""
    named = statements.select(["flight_id", "message_id"])
    for group in cut:
        legs = pa.array(group.legs, pa.string())
        ours = message_legs.filter(pc.is_in(message_legs["flight_id"], legs))
        stated = named.filter(pc.is_in(named["flight_id"], legs))
        both = [*ours["message_id"].chunks, *stated["message_id"].chunks]
        speaking = pa.chunked_array(both, pa.string()).unique()
        stated = statements.filter(pc.is_in(statements["message_id"], speaking))
        theirs = pc.is_in(documents["statement_id"], stated["statement_id"].combine_chunks())
        yield (
            group,
            (
                messages.filter(pc.is_in(messages["message_id"], speaking)),
                ours,
                stated,
                documents.filter(theirs),
            ),
        )
