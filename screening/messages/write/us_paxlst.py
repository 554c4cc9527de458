"""Write the body of a PAXLST message in the US dialect (version 001:000).

One PDT a traveller: `PDT+P/number:expiry:issuer+SURNAME:GIVEN:MIDDLE:birth:sex+PAX|CRW+from:to`. States
are ISO alpha-2; nationality, residence, seats and locators have no place in it.

Source: real bytes (docs/messages.md); CEDIPAX layout of the US Customs Service.
"""

from datetime import datetime

from screening.messages.model import Message, Traveller
from screening.messages.write.segments import SegmentWriter
from screening.tables.codes import DocumentType, Role

_CREW = frozenset({Role.CREW, Role.TRANSIT_CREW})
_CODES = {DocumentType.PASSPORT: "P", DocumentType.VISA: "V", DocumentType.RESIDENCE: "A"}


def write_body(out: SegmentWriter, message: Message, sent: datetime) -> None:
    """Write CTA … the last PDT of one message.

    Args:
        out: where the segments go.
        message: what to say; only the first document of each traveller has a place.
        sent: when the interchange is sent; not used by this dialect.
    """
    out.add("CTA", "IC", ("", "API DESK"), ("1-555-010-0100", "TE"), ("1-555-010-0101", "FX"))
    for leg in message.legs:
        out.add("TDT", "", f"{leg.carrier}{leg.number:0>3}", "40", leg.carrier)
        for qualifier, airport, clock, at in (
            ("005", leg.origin, "136", leg.departure),
            ("008", leg.destination, "132", leg.arrival),
        ):
            out.add("LOC", qualifier, _place(out, airport))
            if at is not None:
                out.add("DTM", clock, f"{at:%y%m%d}", f"{at:%H%M}")
    out.add("UNS", "D")
    for traveller in message.travellers:
        _write_traveller(out, traveller)


def _place(out: SegmentWriter, airport: str) -> tuple[str, ...]:
    return (out.options.locodes.get(airport, airport), "50")


def _write_traveller(out: SegmentWriter, traveller: Traveller) -> None:
    first, _, middle = (traveller.given_names or "").partition(" ")
    born = traveller.date_of_birth
    name = (
        traveller.surname or "",
        first,
        middle,
        f"{born:%y%m%d}" if born else traveller.birth_as_sent or "",
        "" if traveller.sex is None else str(traveller.sex),
    )
    locodes = out.options.locodes
    journey = tuple(
        locodes.get(port, port) for port in (traveller.embarkation, traveller.debarkation) if port
    )
    out.add("PDT", _document(traveller), name, "CRW" if traveller.role in _CREW else "PAX", journey)


def _document(traveller: Traveller) -> tuple[str, ...]:
    if not traveller.documents:
        return ("",)
    document = traveller.documents[0]
    code = document.type_as_sent or _CODES.get(document.type, "P")
    expiry = f"{document.expiry:%y%m%d}" if document.expiry else ""
    return (f"{code}/{document.number}", expiry, document.issuing_state or "")
