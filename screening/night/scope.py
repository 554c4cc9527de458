"""Which legs a night settles, and which statements of earlier nights are drawn in for them.

In scope is every leg about which the night's inputs say something, whatever its date. A leg in scope is
settled from all statements held about it, earlier nights' included, so that a -72 h push, a -24 h push and
the API at close-out are one manifest that grows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests.codeshares import operating
from screening.manifests.provisional import fitting
from screening.night.frozen import EarlierNight
from screening.store.current_json import current, revision
from screening.store.published import read_current, read_revision
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

_NEAR = timedelta(days=2)
STATED = (
    individual.MESSAGES,
    individual.MESSAGE_LEGS,
    individual.STATEMENTS,
    individual.STATEMENT_DOCUMENTS,
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What earlier nights hold about the legs in scope.

    Attributes:
        stated: MESSAGES, MESSAGE_LEGS, STATEMENTS, STATEMENT_DOCUMENTS by name.
        travellers: traveller_id, flight_id, statement_ids as earlier nights settled them, oldest first.
        scope: legs in scope, those under which the same leg was stated elsewhere (codeshares) included.
    """

    stated: dict[str, pa.Table]
    travellers: pa.Table
    scope: list[str]


def scope_of(messages: pa.Table) -> list[str]:
    """Return the legs that messages speak of, sorted; quarantined messages included where they name one."""
    return sorted(set(pc.list_flatten(messages["flight_ids"]).to_pylist()))


def linked(message_legs: Iterable[tuple[str, str]], start: Collection[str]) -> list[str]:
    """Return the legs that share messages with the given ones, directly or by way of others, sorted.

    Args:
        message_legs: pairs of message_id and flight_id.
        start: legs to begin with; part of the result.
    """
    by_message: dict[str, list[str]] = {}
    by_leg: dict[str, list[str]] = {}
    for message, leg in message_legs:
        by_message.setdefault(message, []).append(leg)
        by_leg.setdefault(leg, []).append(message)
    found, waiting = set(start), list(start)
    while waiting:
        for message in by_leg.get(waiting.pop(), ()):
            for leg in by_message[message]:
                if leg not in found:
                    found.add(leg)
                    waiting.append(leg)
    return sorted(found)


def draw(
    store: Store,
    earlier: Sequence[EarlierNight],
    scope: Sequence[str],
    tonight: pa.Table,
    *,
    reread: Collection[str] = (),
) -> Drawn:
    """Read what earlier nights hold about the legs in scope.

    Args:
        store: the store.
        earlier: nights at the revision that was frozen.
        scope: legs.
        tonight: MESSAGE_LEGS of this night; with those of earlier nights they tell which legs are one.
        reread: inputs whose messages are among tonight's, also where the night's own revision is drawn from.

    Raises:
        StoreError: a frozen revision is gone and its successor was made from other statements.
    """
    stated_by = {
        night: not_of(read_earlier(store, night, individual.MESSAGE_LEGS), reread)
        for night in sorted(earlier)
    }
    every = pa.concat_tables([tonight, *stated_by.values()])
    whole = codeshares(every, scope)
    # provisional legs of earlier nights come along where they may be one of these: settling decides
    legs = pa.array(sorted({*whole, *fitting(every, whole)}), pa.string())
    # Bytes that an earlier night set aside, or of which a part is gone, may have come again: tonight's count.
    again = tonight["message_id"].combine_chunks()
    gathered: dict[str, list[pa.Table]] = {spec.name: [] for spec in STATED}
    travellers = []
    for night, stated in stated_by.items():
        if not stated.num_rows or not pc.any(pc.is_in(stated["flight_id"], legs)).as_py():
            continue
        statements = not_of(read_earlier(store, night, individual.STATEMENTS), reread)
        statements = statements.filter(pc.is_in(statements["flight_id"], legs))
        ours = stated.filter(pc.is_in(stated["flight_id"], legs))
        statements, ours = _without(statements, again), _without(ours, again)
        messages = read_earlier(store, night, individual.MESSAGES)
        documents = read_earlier(store, night, individual.STATEMENT_DOCUMENTS)
        settled = read_earlier(store, night, individual.TRAVELLERS)
        gathered["statements"].append(statements)
        gathered["message_legs"].append(ours)
        gathered["messages"].append(messages.filter(pc.is_in(messages["message_id"], ours["message_id"])))
        gathered["statement_documents"].append(
            documents.filter(pc.is_in(documents["statement_id"], statements["statement_id"]))
        )
        travellers.append(
            settled.filter(pc.is_in(settled["flight_id"], legs)).select(
                ["traveller_id", "flight_id", "statement_ids"]
            )
        )
    empty = individual.TRAVELLERS.empty().select(["traveller_id", "flight_id", "statement_ids"])
    return Drawn(
        stated={
            spec.name: spec.conform(pa.concat_tables([spec.empty(), *gathered[spec.name]])) for spec in STATED
        },
        travellers=pa.concat_tables([empty, *travellers]).combine_chunks(),
        scope=whole,
    )


def _without(table: pa.Table, messages: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["message_id"], messages)))


def not_of(table: pa.Table, inputs: Collection[str]) -> pa.Table:
    """Return a table without the rows of messages of some inputs."""
    if not inputs:
        return table
    origin = pc.list_element(pc.split_pattern(table["message_id"], ":", max_splits=1), 0)
    return table.filter(pc.invert(pc.is_in(origin, pa.array(sorted(inputs), pa.string()))))


def codeshares(message_legs: pa.Table, scope: Sequence[str]) -> list[str]:
    """Add to the scope the other designators under which its legs were stated.

    A leg may come under its marketing designator in one night and its operating one in another.
    """
    root, _ = operating(message_legs)
    wanted = {root.get(leg, leg) for leg in scope}
    return sorted({*scope, *wanted, *(alias for alias, leg in root.items() if leg in wanted)})


def earlier_hits(store: Store, earlier: Sequence[EarlierNight]) -> pa.Table:
    """Read the hits of earlier nights, oldest night first, so that a hit can name its first night."""
    columns = ["person_key", "alert_id", "alert_ids", "evidence_hash", "first_night"]
    tables = [read_earlier(store, night, analyst.HITS).select(columns) for night in sorted(earlier)]
    return pa.concat_tables([analyst.HITS.empty().select(columns), *tables]).combine_chunks()


def nights_just_before(
    store: Store, earlier: Sequence[EarlierNight], night: date
) -> tuple[pa.Table, pa.Table]:
    """Read flights and travellers of the nights whose legs may depart within a day of this night's."""
    near = sorted(one for one in earlier if night - date.fromisoformat(one.night) <= _NEAR)
    found = []
    for spec in (individual.FLIGHTS, individual.TRAVELLERS):
        tables = [read_earlier(store, one, spec) for one in near]
        found.append(pa.concat_tables([spec.empty(), *tables]).combine_chunks())
    return found[0], found[1]


def read_earlier(store: Store, night: EarlierNight, spec: TableSpec) -> pa.Table:
    """Read a table of an earlier night as frozen; where retention took the revision, what remains of it."""
    label = date.fromisoformat(night.night)
    now = current(store, label)
    if now is not None and now.revision == night.revision:
        return read_current(store, label, spec)
    frozen = revision(store, label, night.revision)
    if frozen is None:
        raise StoreError(
            f"revision {night.revision} of night {night.night} is gone",
            where=str(store.night_folder(label)),
            effect="the night that builds on it cannot be run again with the same bytes",
            remedy="restore it from the backup, or run a new night instead",
        )
    return read_revision(store, frozen, spec)
