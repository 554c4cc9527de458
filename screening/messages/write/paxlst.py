"""Write the body of a UN PAXLST message (D.02B … D.15B): everything between UNH and UNT.

Source: UN/EDIFACT directories D.02B to D.15B, message PAXLST; WCO/IATA/ICAO API guidelines. Order of
segments: BGM RFF NAD COM, TDT (LOC DTM)…, each traveller NAD ATT DTM MEA GEI FTX LOC NAT RFF (DOC DTM
LOC)…, CNT.
"""

from datetime import date, datetime
from types import MappingProxyType

from screening.identity.states import icao_code
from screening.messages.model import Document, Leg, Message, Traveller
from screening.messages.write.segments import SegmentWriter
from screening.tables.codes import Action, DocumentType, Function, Role

VERSIONS = ("D:02B", "D:05B", "D:12B", "D:15B")
_BGM = MappingProxyType(
    {
        Function.PASSENGERS: "745",
        Function.CREW: "250",
        Function.FLIGHT_STATUS: "266",
        Function.MASTER_CREW_LIST: "336",
        Function.GATE_PASS: "655",
    }
)
_ACTIONS = MappingProxyType(
    {
        (Function.PASSENGERS, Action.UPDATE): "CP",
        (Function.PASSENGERS, Action.CANCEL): "XR",
        (Function.CREW, Action.FULL): "C",
        (Function.CREW, Action.UPDATE): "CC",
        (Function.FLIGHT_STATUS, Action.CLOSE): "CL",
        (Function.FLIGHT_STATUS, Action.CLOSE_NOT_BOARDED): "CLNB",
        (Function.FLIGHT_STATUS, Action.CLOSE_ON_BOARD): "CLOB",
        (Function.FLIGHT_STATUS, Action.CANCEL_FLIGHT): "XF",
        (Function.FLIGHT_STATUS, Action.CHANGE_FLIGHT): "CF",
    }
)
_NAD = MappingProxyType(
    {
        Role.PASSENGER: "FL",
        Role.INFANT: "FL",  # PAXLST has no mark for infants
        Role.CREW: "FM",
        Role.TRANSIT_PASSENGER: "DDU",
        Role.TRANSIT_CREW: "DDT",
    }
)
_DOCUMENT_CODES = MappingProxyType(
    {
        DocumentType.PASSPORT: "P",
        DocumentType.VISA: "V",
        DocumentType.NATIONAL_ID: "I",
        DocumentType.RESIDENCE: "A",
        DocumentType.CREW: "L",
        DocumentType.MILITARY: "M",
        DocumentType.TRAVEL_DOCUMENT: "T",
        DocumentType.OTHER: "F",
    }
)


def write_body(out: SegmentWriter, message: Message, sent: datetime) -> None:
    """Write BGM … CNT of one message.

    Args:
        out: where the segments go.
        message: what to say; `stated` is written as the count where it is set.
        sent: when the interchange is sent; not used by this dialect.
    """
    action = _ACTIONS.get((message.function, message.action), "")
    out.add("BGM", _BGM[message.function], action)
    if message.transaction:
        out.add("RFF", ("TN", message.transaction))
    out.add("NAD", "MS", "", "", f"{message.sender or 'DEPARTURE CONTROL'} API DESK")
    out.add("COM", ("0032 2 555 0100", "TE"), ("0032 2 555 0101", "FX"))
    _write_legs(out, message.legs)
    for traveller in message.travellers:
        _write_traveller(out, traveller, message)
    crew = message.function in {Function.CREW, Function.MASTER_CREW_LIST}
    stated = len(message.travellers) if message.stated is None else message.stated
    out.add("CNT", ("41" if crew else "42", str(stated)))


def _write_legs(out: SegmentWriter, legs: list[Leg]) -> None:
    """Each leg with its own TDT, or legs of one flight number under one; the border is crossed at 125/87."""
    border, before = out.options.border_leg, None
    for ordinal, leg in enumerate(legs):
        flight = (leg.carrier, leg.number)
        if not (out.options.legs_under_one_tdt and flight == before):
            out.add("TDT", "20", f"{leg.carrier}{leg.number:0>3}", "", "", leg.carrier)
        before = flight
        begin, end = ("125", "87") if ordinal == border else ("92", "92")
        _write_place(out, begin, leg.origin, "189", leg.departure)
        _write_place(out, end, leg.destination, "232", leg.arrival)


def _write_place(out: SegmentWriter, qualifier: str, airport: str, clock: str, at: datetime | None) -> None:
    out.add("LOC", qualifier, airport)
    if at is not None:
        out.add("DTM", (clock, f"{at:%y%m%d%H%M}", "201"))


def _write_traveller(out: SegmentWriter, traveller: Traveller, message: Message) -> None:
    first, _, second = (traveller.given_names or "").partition(" ")
    out.add("NAD", _NAD[traveller.role], "", "", (traveller.surname or "", first, second))
    if traveller.sex is not None:
        out.add("ATT", "2", "", str(traveller.sex))
    if traveller.date_of_birth is not None:
        _write_date(out, "329", traveller.date_of_birth)
    elif traveller.birth_as_sent:
        out.add("DTM", ("329", traveller.birth_as_sent))
    if traveller.bags:
        out.add("MEA", "CT", "", ("", str(len(traveller.bags))))
        for bag in traveller.bags:
            out.add("FTX", "BAG", "", "", bag)
    if out.options.verified:
        out.add("GEI", "4", "173")
    for qualifier, place in (
        ("174", icao_code(traveller.residence)),
        ("178", traveller.embarkation),
        ("179", traveller.debarkation),
    ):
        if place:
            out.add("LOC", qualifier, place)
    if traveller.nationality:
        out.add("NAT", "2", icao_code(traveller.nationality) or traveller.nationality)
    _write_references(out, traveller)
    for document in traveller.documents:
        _write_document(out, document)


def _write_references(out: SegmentWriter, traveller: Traveller) -> None:
    if traveller.locator:
        out.add("RFF", ("AVF", traveller.locator))
    if traveller.traveller_reference:
        out.add("RFF", ("ABO", traveller.traveller_reference))
    for _, seat in sorted(traveller.seats.items()):
        out.add("RFF", ("SEA", seat))


def _write_document(out: SegmentWriter, document: Document) -> None:
    code = _DOCUMENT_CODES[document.type] if document.type_as_sent is None else document.type_as_sent
    qualifier = out.options.document_qualifier
    out.add("DOC", (code, *qualifier.split(":")) if qualifier else code, document.number)
    if document.expiry is not None:
        _write_date(out, "36", document.expiry)
    if document.issuing_state:
        out.add("LOC", "91", icao_code(document.issuing_state) or document.issuing_state)


def _write_date(out: SegmentWriter, qualifier: str, day: date) -> None:
    if out.options.full_years:
        out.add("DTM", (qualifier, f"{day:%Y%m%d}", "102"))
    else:
        out.add("DTM", (qualifier, f"{day:%y%m%d}"))
