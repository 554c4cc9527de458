"""Statements settled into one current manifest for each leg, API and PNR joined traveller by traveller.

The rules stand in the modules of this room, in the order in which they are used: statements (their
order), legs (codeshares), pushes, tracks and supersede (what is in force), persons (one source), join (both),
documents, identifiers (ids that stay), fill (columns), and here the ledger.

A leg depends on the statements about it and on nothing else of the night, so it may be settled with any
others.
"""

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from screening.manifests import fill
from screening.manifests.codeshares import StatedLeg, flight, gather_legs, operating
from screening.manifests.finding_kinds import counted, finding
from screening.manifests.identifiers import Pseudonym, assign_ids, assign_keys, earlier_ids
from screening.manifests.join import Joined, join
from screening.manifests.other_facts import differing_by_leg
from screening.manifests.persons import SourcePerson, persons
from screening.manifests.provisional import moved, ties
from screening.manifests.settled import SettledTraveller
from screening.manifests.statements import OrderedStatements, gather, in_order
from screening.manifests.supersede import Followed, follow
from screening.tables import individual as t
from screening.tables.codes import Completeness, LedgerUnit, Meant, Standing, StandingReason
from screening.tables.model import SchemaError

STAGE = "settle"
_COUNTED = {
    "full_adds": "full manifest shares nobody with those before: added up",
    "full_states_part": "travellers are absent from a full manifest that may be a part: they still count",
    "cancel_without_traveller": "cancellations name nobody on the manifest, or not surely",
    "close_out_adds": "travellers are on the manifest by the close-out alone",
    "close_out_ambiguous": "travellers in the close-out could not be told from others",
    "flight_cancelled": "cancellation of the flight",
    "flight_changed": "change of the flight",
}


@dataclass(frozen=True, slots=True)
class SettledLegs:
    """Result of settling: FLIGHTS, TRAVELLERS, DOCUMENTS, and the LEDGER of the stage."""

    flights: pa.Table
    travellers: pa.Table
    documents: pa.Table
    ledger: pa.Table


@dataclass(slots=True)
class _Manifest:
    """A leg as it is settled.

    Attributes:
        emptied: rows that say of a booking that nobody of it is left.
        unassigned: rows of cancellations and close-outs that name nobody, or not surely.
    """

    leg: StatedLeg
    api: Followed
    pnr: Followed
    travellers: list[SettledTraveller] = field(default_factory=list)
    emptied: list[int] = field(default_factory=list)
    unassigned: list[int] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)


def settle(
    messages: pa.Table,
    message_legs: pa.Table,
    statements: pa.Table,
    statement_documents: pa.Table,
    *,
    scope: Sequence[str],
    earlier: pa.Table,
    pseudonym: Callable[[str, str], str],
    meant: Mapping[str, Meant] | None = None,
) -> SettledLegs:
    """Settle the legs in scope from all statements held about them.

    Args:
        messages: MESSAGES, tonight's and those drawn in; all that speak of the legs in scope.
        message_legs: MESSAGE_LEGS of these messages; codeshares, and what a provisional leg turns out to be,
            are found among the legs given here.
        statements: STATEMENTS of these messages, on all their legs.
        statement_documents: STATEMENT_DOCUMENTS of them.
        scope: flight ids; for a marketing designator's leg its operating leg is settled.
        earlier: traveller_id, flight_id, statement_ids of travellers settled before, whose ids stay.
        pseudonym: purpose and text -> keyed pseudonym.
        meant: operating carrier -> how it means its full manifests (profile); others: as the travellers tell.

    Returns:
        FLIGHTS: legs in scope of which a readable message speaks. TRAVELLERS and DOCUMENTS: who was ever
        named on them, with their standing.
        LEDGER: for each leg in scope, statements received = passed (one a traveller) + set aside.

    Raises:
        SchemaError: a statement belongs to no message, or to a leg that no message states.
    """
    with _without_collector():
        return _settle(
            messages,
            message_legs,
            statements,
            statement_documents,
            scope=scope,
            earlier=earlier,
            pseudonym=pseudonym,
            meant=meant or {},
        )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hold the cyclic collector off: no circles are made here, and looking for them took 2/3 of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _settle(
    messages: pa.Table,
    message_legs: pa.Table,
    statements: pa.Table,
    documents: pa.Table,
    *,
    scope: Sequence[str],
    earlier: pa.Table,
    pseudonym: Pseudonym,
    meant: Mapping[str, Meant],
) -> SettledLegs:
    in_time = in_order(messages)
    silent = {message.message_id for message in in_time if message.quarantined}
    root, unclear = operating(message_legs, silent)
    root = root | moved(ties(messages, message_legs, statements, documents), root)
    wanted = {root.get(leg, leg) for leg in scope}
    ordered = gather(in_time, statements, documents, root, sorted(wanted))
    legs = gather_legs(message_legs, in_time, root, wanted)
    manifests = [_manifest(ordered, leg, meant.get(str(leg.latest("carrier")))) for leg in legs]
    held = earlier_ids(earlier, root, wanted)
    for manifest in manifests:
        _identify(ordered, manifest, held.get(manifest.leg.flight_id, {}), pseudonym)
    travellers = [traveller for manifest in manifests for traveller in manifest.travellers]
    people = fill.travellers(ordered, travellers)
    differing = differing_by_leg(people)
    for manifest in manifests:
        number = differing.get(manifest.leg.flight_id, 0)
        manifest.findings += counted("facts_differ", number, *_FACTS_DIFFER)
    return SettledLegs(
        t.FLIGHTS.table(_flight(manifest, unclear) for manifest in manifests),
        people,
        fill.documents(travellers),
        _ledger(ordered, manifests, wanted),
    )


def _manifest(ordered: OrderedStatements, leg: StatedLeg, meant: Meant | None) -> _Manifest:
    rows: dict[int, list[int]] = {}
    for row in range(*ordered.legs.get(leg.flight_id, (0, 0))):
        rows.setdefault(ordered.message[row], []).append(row)
    speaking = [number for number in rows if not ordered.messages[number].quarantined]
    numbers = sorted({*leg.messages, *speaking})
    manifest = _Manifest(
        leg,
        follow(ordered, numbers, rows, api=True, meant=meant),
        follow(ordered, numbers, rows, api=False, meant=meant),
    )
    api, shared_api = persons(ordered, manifest.api.tracks())
    pnr, shared_pnr = persons(ordered, manifest.pnr.tracks())
    joined = join(ordered, api, pnr)
    _take_down(ordered, manifest, api, pnr, joined)
    manifest.findings = [
        *_about_messages(manifest),
        *counted("document_on_several_travellers", max(shared_api, shared_pnr), *_DOCUMENT_SHARED),
        *_about_standing(manifest),
        *_about_join(manifest, joined),
    ]
    return manifest


def _take_down(
    ordered: OrderedStatements,
    manifest: _Manifest,
    api: list[SourcePerson],
    pnr: list[SourcePerson],
    joined: Joined,
) -> None:
    leg = manifest.leg.flight_id
    taken = {number for number, _ in joined.pairs.values()}
    for number, person in enumerate(api):
        if number in joined.pairs:
            other, basis = joined.pairs[number]
            manifest.travellers.append(SettledTraveller.of(ordered, leg, person, pnr[other], basis))
        else:
            manifest.travellers.append(SettledTraveller.of(ordered, leg, person, None))
    for number, person in enumerate(pnr):
        if number not in taken:
            manifest.travellers.append(SettledTraveller.of(ordered, leg, None, person))
    manifest.travellers.sort(key=lambda traveller: traveller.first)
    manifest.emptied = [*manifest.api.emptied, *manifest.pnr.emptied]
    manifest.unassigned = [*manifest.api.unassigned, *manifest.pnr.unassigned]
    # the tracks have become travellers: of a night they would fill as much memory again
    manifest.api.streams, manifest.pnr.streams = [], []


_FACTS_DIFFER = (
    "traveller has two dates of birth, sexes or nationalities that differ",
    "travellers have two dates of birth, sexes or nationalities that differ",
)
_DOCUMENT_SHARED = (
    "document is stated by travellers who are not one person",
    "documents are stated by travellers who are not one person",
)


def _about_messages(manifest: _Manifest) -> list[dict[str, object]]:
    found = []
    for code, words in _COUNTED.items():
        number = manifest.api.counts.get(code, 0) + manifest.pnr.counts.get(code, 0)
        if number:
            found.append(finding(code, f"{number} x {words}"))
    return found


def _about_standing(manifest: _Manifest) -> list[dict[str, object]]:
    """Say how many stand on the leg by an earlier word only; they are screened."""
    reasons = [traveller.reason for traveller in manifest.travellers]
    one, several = (
        "traveller was named before and is not named",
        "travellers were named before and are not named",
    )
    again, close = "again by a later message: kept, unconfirmed", "by the close-out: kept, unconfirmed"
    left_out, not_closed = StandingReason.NOT_NAMED_AGAIN, StandingReason.NOT_IN_CLOSE_OUT
    return [
        *counted("not_named_again", reasons.count(left_out), f"{one} {again}", f"{several} {again}"),
        *counted("not_in_close_out", reasons.count(not_closed), f"{one} {close}", f"{several} {close}"),
    ]


def _about_join(manifest: _Manifest, joined: Joined) -> list[dict[str, object]]:
    if Completeness.MISSING in {manifest.api.status, manifest.pnr.status}:
        return []
    one = ("traveller fits several of the other source", "travellers fit several of the other source")
    refused = (
        "traveller shares a document or reference with a person of other name and birth",
        "travellers share a document or reference with persons of other name and birth",
    )
    present = [traveller for traveller in manifest.travellers if traveller.present]
    without_pnr = sum(1 for traveller in present if traveller.sources == ("api",) and not traveller.crew)
    without_api = sum(1 for traveller in present if traveller.sources == ("pnr",))
    return [
        *counted("join_ambiguous", joined.ambiguous, *one),
        *counted("join_contradicted", joined.contradicted, *refused),
        *counted(
            "api_without_pnr",
            without_pnr,
            "traveller of the API has no PNR",
            "travellers of the API have no PNR",
        ),
        *counted(
            "pnr_without_api",
            without_api,
            "traveller of the PNR has no API",
            "travellers of the PNR have no API",
        ),
    ]


def _identify(
    ordered: OrderedStatements, manifest: _Manifest, held: dict[str, str], pseudonym: Pseudonym
) -> None:
    leg = manifest.leg.flight_id
    merged, split = assign_ids(
        ordered,
        leg,
        manifest.travellers,
        held=held,
        pseudonym=pseudonym,
        stood_on=manifest.leg.stood_on,
    )
    assign_keys(ordered, manifest.travellers, pseudonym)
    manifest.findings += counted(
        "traveller_ids_merged", merged, "id was lost to an older one", "ids were lost to older ones"
    )
    manifest.findings += counted(
        "traveller_ids_split", split, "id had several travellers", "ids had several travellers"
    )


def _flight(manifest: _Manifest, unclear: Collection[str]) -> dict[str, object]:
    row, about = flight(manifest.leg, unclear)
    standings = [traveller.standing for traveller in manifest.travellers]
    return row | {
        "api_status": manifest.api.status,
        "pnr_status": manifest.pnr.status,
        "stated": manifest.api.stated,
        "travellers": len(manifest.travellers),
        "unconfirmed": standings.count(Standing.UNCONFIRMED),
        "withdrawn": standings.count(Standing.WITHDRAWN),
        "counted": sum(traveller.counted for traveller in manifest.travellers),
        "findings": [*about, *manifest.findings],
    }


def _ledger(ordered: OrderedStatements, manifests: Sequence[_Manifest], scope: Collection[str]) -> pa.Table:
    lines: list[dict[str, object]] = []
    by_leg = {manifest.leg.flight_id: manifest for manifest in manifests}
    for leg in sorted(scope):
        start, end = ordered.legs.get(leg, (0, 0))
        quarantined = sum(1 for row in range(start, end) if ordered.message_of(row).quarantined)
        manifest = by_leg.get(leg)
        if manifest is None and quarantined < end - start:
            raise SchemaError("message_legs: a leg of a statement is missing")
        travellers = manifest.travellers if manifest else []
        aside = {
            "merged": sum(len(each.rows) - 1 + len(each.marks) for each in travellers),
            "superseded": sum(len(each.old) for each in travellers),
            "withdrawn": len(manifest.emptied) if manifest else 0,
            "unattributed": len(manifest.unassigned) if manifest else 0,
            "quarantined": quarantined,
        }
        head = {"stage": STAGE, "unit": leg, "of": LedgerUnit.TRAVELLERS}
        lines.append(
            head | {"as": "passed", "received": end - start, "passed": len(travellers), "set_aside": 0}
        )
        lines += [
            head | {"as": kind, "received": 0, "passed": 0, "set_aside": number}
            for kind, number in aside.items()
            if number
        ]
    return t.LEDGER.table(lines)
