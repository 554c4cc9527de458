"""Provisional legs settled as the leg that they turn out to be.

Rule: a provisional leg (a manifest whose flight, date or places cannot be read) is settled as a whole leg
when its known parts fit that leg, the two share a transaction reference of one sender or at least one
traveller (document; name and birth date; name and locator), and no other leg in scope does so too. Else it
stays: a wrong leg would be worse than an incomplete one, and its people are screened either way.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests.statements import comparable_names
from screening.tables.codes import MessageStatus

_CARRIERS = ("[A-Z0-9]{2}", "[A-Z]{3}")
_A_DAY = timedelta(days=1)
_KNOWN = ("message_id", "flight_id", "carrier", "number", "marketing", "origin", "destination",
          "departure_local", "arrival_local")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownParts:
    """What a message states of a leg."""

    carrier: str | None
    number: str | None
    marketing: tuple[str, ...]
    origin: str | None
    destination: str | None
    departure: date | None
    arrival: date | None

    def fits(self, whole: "KnownParts") -> bool:
        """Say whether a whole leg may be this one: nothing that is known speaks against it."""
        return (
            self._name_fits(whole)
            and self.origin in {None, whole.origin}
            and self.destination in {None, whole.destination}
            and self._day_fits(whole)
        )

    def _name_fits(self, whole: "KnownParts") -> bool:
        if self.carrier in {None, whole.carrier} and self.number in {None, whole.number}:
            return True
        carrier, number = self.carrier or "", self.number or ""
        if not number:
            return any(name.startswith(carrier) for name in whole.marketing)
        carriers = (carrier,) if carrier else _CARRIERS
        return any(re.fullmatch(f"(?:{'|'.join(carriers)}){number}", name) for name in whole.marketing)

    def _day_fits(self, whole: "KnownParts") -> bool:
        if self.departure is not None and whole.departure is not None:
            return self.departure == whole.departure
        if self.arrival is not None and whole.arrival is not None:
            return self.arrival == whole.arrival
        days = (self.departure or self.arrival, whole.departure or whole.arrival)
        return days[0] is None or days[1] is None or abs(days[0] - days[1]) <= _A_DAY


def fitting(message_legs: pa.Table, scope: Collection[str]) -> dict[str, set[str]]:
    """Find the legs in scope that a provisional leg may be by its known parts alone.

    Args:
        message_legs: MESSAGE_LEGS.
        scope: legs that may be meant.

    Returns:
        Provisional leg -> whole legs; none without any.
    """
    provisional = _true(message_legs["provisional"])
    if not pc.any(provisional).as_py():
        return {}
    standing = _parts(message_legs.filter(provisional))
    wanted = pc.is_in(message_legs["flight_id"], pa.array(sorted(set(scope)), pa.string()))
    whole = _parts(message_legs.filter(pc.and_(wanted, pc.invert(provisional))))
    found: dict[str, set[str]] = {}
    for leg, said in standing.items():
        fits = {
            other for other, states in whole.items() if any(one.fits(two) for one in said for two in states)
        }
        if fits:
            found[leg] = fits
    return found


def _true(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, False)


def _parts(message_legs: pa.Table) -> dict[str, set[KnownParts]]:
    found: dict[str, set[KnownParts]] = defaultdict(set)
    for _, leg, carrier, number, marketing, origin, destination, departure, arrival in zip(
        *(message_legs[name].to_pylist() for name in _KNOWN), strict=True
    ):
        days = (_day(departure), _day(arrival))
        found[leg].add(KnownParts(carrier, number, tuple(marketing), origin, destination, *days))
    return found


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def ties(
    messages: pa.Table, message_legs: pa.Table, statements: pa.Table, documents: pa.Table
) -> dict[str, set[str]]:
    """Find the whole legs that each provisional leg fits and shares a transaction or a traveller with.

    Args:
        messages: MESSAGES; those in quarantine say nothing.
        message_legs: MESSAGE_LEGS of them.
        statements: STATEMENTS of them.
        documents: STATEMENT_DOCUMENTS of these.
    """
    silent = messages.filter(pc.equal(messages["status"], str(MessageStatus.QUARANTINED)))["message_id"]
    speaking = message_legs.filter(pc.invert(pc.is_in(message_legs["message_id"], silent.combine_chunks())))
    found = fitting(speaking, speaking["flight_id"].unique().to_pylist())
    if not found:
        return {}
    legs = {*found, *(leg for fits in found.values() for leg in fits)}
    shared = _travellers(statements, documents, legs)
    for leg, references in _transactions(messages, speaking, legs).items():
        shared[leg] |= references
    tied = {leg: {other for other in fits if shared[leg] & shared[other]} for leg, fits in found.items()}
    return {leg: others for leg, others in tied.items() if others}


def _transactions(
    messages: pa.Table, message_legs: pa.Table, legs: Collection[str]
) -> dict[str, set[object]]:
    columns = (messages[name].to_pylist() for name in ("message_id", "sender", "transaction"))
    said = {
        message: (sender, reference) for message, sender, reference in zip(*columns, strict=True) if reference
    }
    found: dict[str, set[object]] = defaultdict(set)
    columns = (message_legs[name].to_pylist() for name in ("message_id", "flight_id"))
    for message, leg in zip(*columns, strict=True):
        if leg in legs and message in said:
            found[leg].add(said[message])
    return found


def _travellers(statements: pa.Table, documents: pa.Table, legs: Collection[str]) -> dict[str, set[object]]:
    """Return what tells the travellers of each leg: documents, names with birth date or locator."""
    ours = statements.filter(pc.is_in(statements["flight_id"], pa.array(sorted(legs), pa.string())))
    names = zip(comparable_names(ours["surname"]), comparable_names(ours["given_names"]), strict=True)
    known = zip(ours["date_of_birth"].to_pylist(), ours["locator"].to_pylist(), strict=True)
    found: dict[str, set[object]] = defaultdict(set)
    stood: dict[str, list[str]] = defaultdict(list)
    columns = (ours[name].to_pylist() for name in ("statement_id", "flight_id"))
    for statement, leg, name, beside in zip(*columns, names, known, strict=True):
        stood[statement].append(leg)
        if any(name):
            found[leg].update((*name, fact) for fact in beside if fact is not None)
    theirs = documents.filter(pc.is_in(documents["statement_id"], pa.array(sorted(stood), pa.string())))
    columns = (theirs[name].to_pylist() for name in ("statement_id", "number", "issuing_state"))
    for statement, number, state in zip(*columns, strict=True):
        for leg in stood[statement]:
            found[leg].add((number, state))
    return found


def moved(tied: Mapping[str, Collection[str]], root: Mapping[str, str]) -> dict[str, str]:
    """Return the one leg as which each provisional leg is settled; none for one that may be several.

    Args:
        tied: result of `ties`.
        root: operating leg of each marketing leg (codeshares.operating).

    >>> moved({"X": {"UA1", "LH2"}, "Y": {"UA1"}}, {"LH2": "UA1"}), moved({"X": {"UA1", "UA2"}}, {})
    ({'X': 'UA1', 'Y': 'UA1'}, {})
    """
    found = {leg: {root.get(other, other) for other in others} for leg, others in tied.items()}
    return {leg: next(iter(others)) for leg, others in sorted(found.items()) if len(others) == 1}


def kin(tied: Mapping[str, Collection[str]]) -> Iterable[tuple[str, str]]:
    """Yield each provisional leg with each leg that it may be: they are settled together."""
    for leg, others in tied.items():
        for other in others:
            yield leg, other
