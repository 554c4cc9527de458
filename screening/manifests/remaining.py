"""A manifest settled anew from the statements that remain: the same people under the same ids, fewer facts.

When statements come to the end of their term, what was settled from them must not outlive them. Who is who
was decided when all of them were there and is not decided again: from what remains alone two people may look
like one, or one like two. So each traveller keeps leg and id, and is made anew of the remaining statements
that they were made of, by the rules of `fill`; whoever has none left goes. Standing, and whether they were
counted, stay as concluded: they are no data that a carrier sent.

The person's key is made anew too, so that no pseudonym of a document outlives the document. Where the key of
the pseudonyms is not at hand, whoever lost documents gets one that links them with nobody.

Of travellers who are masked nothing can be settled: their rows stay as they are while a statement remains.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests import fill
from screening.manifests.identifiers import Pseudonym, assign_keys
from screening.manifests.settled import SettledTraveller
from screening.manifests.statements import OrderedStatements, gather, in_order
from screening.tables import individual as t
from screening.tables.codes import JoinBasis, Role, Source, Standing, StandingReason


def settle_remaining(
    travellers: pa.Table,
    documents: pa.Table,
    messages: pa.Table,
    statements: pa.Table,
    statement_documents: pa.Table,
    *,
    pseudonym: Pseudonym | None,
    masked: Collection[str] = (),
) -> tuple[pa.Table, pa.Table]:
    """Settle travellers anew from the statements that remain of those that they were settled from.

    Args:
        travellers: TRAVELLERS as published.
        documents: DOCUMENTS as published.
        messages: MESSAGES of the remaining statements; more do no harm.
        statements: STATEMENTS that remain; more do no harm.
        statement_documents: STATEMENT_DOCUMENTS of them.
        pseudonym: purpose and text -> keyed pseudonym; None where the key is not there.
        masked: ids of travellers whose columns are masked.

    Returns:
        TRAVELLERS and DOCUMENTS; the same rows where every statement of a traveller remains.
    """
    held = pc.unique(statements["statement_id"].combine_chunks())
    lists = travellers["statement_ids"].combine_chunks()
    there = pc.is_in(pc.list_flatten(lists), held)
    whose = pc.list_parent_indices(lists)
    losing = set(whose.filter(pc.invert(there)).to_pylist())
    if not losing:
        return travellers, documents
    left = set(whose.filter(there).to_pylist())
    number = range(travellers.num_rows)
    whole = travellers.filter(pa.array([row not in losing for row in number], pa.bool_()))
    rows = travellers.filter(
        pa.array([row in losing and row in left for row in number], pa.bool_())
    ).to_pylist()
    ids = set(held.to_pylist())
    for row in rows:
        _forget(row, ids)
    blank, open_ = set(masked), [row for row in rows if row["traveller_id"] not in set(masked)]
    kept = [row for row in rows if row["traveller_id"] in blank]
    had = set(documents["traveller_id"].to_pylist())
    made, of_made = _made(open_, had, messages, statements, statement_documents, pseudonym)
    every = [whole, made, t.TRAVELLERS.table(kept)]
    stays = pa.array(
        [*whole["traveller_id"].to_pylist(), *(row["traveller_id"] for row in kept)], pa.string()
    )
    as_before = documents.filter(pc.is_in(documents["traveller_id"], stays))
    return (
        t.TRAVELLERS.conform(pa.concat_tables(every)),
        t.DOCUMENTS.conform(pa.concat_tables([as_before, of_made])),
    )


def _forget(row: dict[str, Any], held: Collection[str]) -> None:
    """Leave the statements out that are gone; where none in force is left, the last of the others is."""
    current = [one for one in row["statement_ids"][: row["current"]] if one in held]
    old = [one for one in row["statement_ids"][row["current"] :] if one in held]
    row["statement_ids"] = [*current, *old] if current else [*old[-1:], *old[:-1]]
    row["current"] = len(current) or 1


def _made(
    rows: Sequence[dict[str, Any]],
    had_documents: Collection[str],
    messages: pa.Table,
    statements: pa.Table,
    statement_documents: pa.Table,
    pseudonym: Pseudonym | None,
) -> tuple[pa.Table, pa.Table]:
    if not rows:
        return t.TRAVELLERS.empty(), t.DOCUMENTS.empty()
    stated = _on_their_legs(rows, statements)
    wanted = pc.unique(stated["statement_id"].combine_chunks())
    carried = statement_documents.filter(pc.is_in(statement_documents["statement_id"], wanted))
    legs = sorted({row["flight_id"] for row in rows})
    ordered = gather(in_order(messages), stated, carried, {}, legs)
    place = {
        (ordered.statement_id[number], leg): number
        for leg, (first, after) in ordered.legs.items()
        for number in range(first, after)
    }
    by_leg: dict[str, list[SettledTraveller]] = {}
    for row in rows:
        by_leg.setdefault(row["flight_id"], []).append(_traveller(row, place, ordered))
    for made in by_leg.values():
        before = {each.traveller_id: each.person_key for each in made}
        if pseudonym is not None:
            assign_keys(ordered, made, pseudonym)
        for each in made if pseudonym is None else ():
            lost = each.traveller_id in had_documents
            each.person_key = each.traveller_id if lost else before[each.traveller_id]
    settled = [each for leg in sorted(by_leg) for each in by_leg[leg]]
    return fill.travellers(ordered, settled), fill.documents(settled)


def _on_their_legs(rows: Sequence[Mapping[str, Any]], statements: pa.Table) -> pa.Table:
    """Give each statement the leg on which its traveller stands: it may state a codeshare, or part of one."""
    wanted = pa.array(sorted({one for row in rows for one in row["statement_ids"]}), pa.string())
    ours = statements.filter(pc.is_in(statements["statement_id"], wanted))
    said: dict[str, dict[str, int]] = {}
    columns = (ours[name].to_pylist() for name in ("statement_id", "flight_id"))
    for number, (statement, leg) in enumerate(zip(*columns, strict=True)):
        said.setdefault(statement, {})[leg] = number
    stands = {(one, row["flight_id"]) for row in rows for one in row["statement_ids"]}
    places, legs = [], []
    for statement, leg in sorted(stands):
        options = said[statement]
        way = leg.partition("-")[2]
        same_way = [other for other in sorted(options) if other.partition("-")[2] == way]
        free = [other for other in sorted(options) if (statement, other) not in stands]
        places.append(options[next(iter([leg] if leg in options else [*same_way, *free, *sorted(options)]))])
        legs.append(leg)
    at = ours.schema.get_field_index("flight_id")
    table = ours.take(pa.array(places, pa.int64()))
    return t.STATEMENTS.conform(table.set_column(at, "flight_id", pa.array(legs, pa.string())))


def _traveller(
    row: Mapping[str, Any], place: Mapping[tuple[str, str], int], ordered: OrderedStatements
) -> SettledTraveller:
    numbers = [place[one, row["flight_id"]] for one in row["statement_ids"]]
    rows, old = numbers[: row["current"]], numbers[row["current"] :]
    sources = {ordered.message_of(number).source for number in numbers}
    both = len(sources) > 1 and row["join_basis"]
    role = ordered.role[rows[0]]
    infant = role == Role.PASSENGER and any(ordered.role[number] == Role.INFANT for number in rows)
    made = SettledTraveller(
        flight_id=row["flight_id"],
        rows=rows,
        marks=[],
        old=old,
        first=min(numbers),
        basis=JoinBasis(row["join_basis"]) if both else None,
        sources=tuple(str(source) for source in (Source.API, Source.PNR) if source in sources),
        role=str(Role.INFANT) if infant else role,
        crew=False,
        on_board=next((ordered.on_board[n] for n in rows if ordered.on_board[n] is not None), None),
        standing=Standing(row["standing"] or Standing.CONFIRMED),
        reason=StandingReason(row["standing_reason"]) if row["standing_reason"] else None,
        present=True,
        counted=row["counted"],
        last_named=max(numbers),
        traveller_id=row["traveller_id"],
        person_key=row["person_key"],
    )
    return made.with_documents(ordered)
