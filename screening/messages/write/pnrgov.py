"""Write the body of a PNRGOV message (10.1 … 21.1): everything between UNH and UNT.

Groups as in the IATA PNRGOV guide: header flight; SRC … (1 booking, 2 travellers, 3 tickets, 5 itinerary
legs, 6-7 check-in, 8 split, 10-12 history). `Booking.elements` are written where their group is:

    contact         CTCM remark (group 1)          payment         FOP (group 3)
    address         ADD 700 (group 1)              ticket          TKT of the first traveller, others
count on
    remark          IFT 4:28 free text (group 1)   frequent_flyer  FTI of the first traveller
    special_service SSR code (group 1)             group           TIF of type G
    former_name     TIF in history (group 11): a traveller who is no longer in the booking

Source: IATA/ICAO/WCO PNRGOV principles and EDIFACT implementation guide (versions above 13.1: an
assumption).
"""

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from screening.identity.states import icao_code
from screening.messages.model import Booking, Document, Leg, Message, Traveller
from screening.messages.write.segments import DocsPlace, SegmentWriter, Titles, WriteOptions
from screening.tables.codes import Action, DocumentType, Role, Sex

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CODES = MappingProxyType(
    {
        DocumentType.PASSPORT: "P",
        DocumentType.NATIONAL_ID: "I",
        DocumentType.RESIDENCE: "A",
        DocumentType.CREW: "L",
        DocumentType.MILITARY: "M",
        DocumentType.TRAVEL_DOCUMENT: "T",
        DocumentType.OTHER: "F",
    }
)
_CHILD_DAYS = 12 * 365


@dataclass(frozen=True, slots=True)
class _Version:
    """What one release of the message has that others do not."""

    name_status: bool  # TIF carries `:I` (individual) beside the surname
    booked: bool  # RCI carries date and time of booking
    operating_in_tra: bool  # the operating flight of a codeshare stands in TRA, not in a second TVL


VERSIONS: MappingProxyType[str, _Version] = MappingProxyType(
    {
        "10:1": _Version(name_status=False, booked=False, operating_in_tra=False),
        "11:1": _Version(name_status=True, booked=True, operating_in_tra=False),
        "13:1": _Version(name_status=True, booked=True, operating_in_tra=True),
        "17:1": _Version(name_status=True, booked=True, operating_in_tra=True),
        "21:1": _Version(name_status=True, booked=True, operating_in_tra=True),
    }
)


@dataclass(slots=True)
class _Party:
    """One booking with its travellers, their references and who carries which infant."""

    booking: Booking
    travellers: list[Traveller]
    references: list[str]
    infants: dict[int, int]  # place of the adult -> place of the infant


def write_body(out: SegmentWriter, message: Message, sent: datetime) -> None:
    """Write MSG … the last PNR of one message.

    Args:
        out: where the segments go.
        message: its first leg is the flight that is reported; bookings are written in order, each with the
            travellers of its locator; `stated` is the number of PNRs in the whole push.
        sent: when the interchange is sent; decides who is written as a child.

    Raises:
        ValueError: no such version is written, or a traveller's locator is of no booking of the message.
    """
    if message.version not in VERSIONS:
        raise ValueError(f"no writer for PNRGOV {message.version}")
    flight = message.legs[0]
    out.add("MSG", ("", "141" if message.action is Action.UPDATE else "22"))
    out.add("ORG", (flight.carrier, flight.origin))
    _write_flight(out, flight, (flight.carrier,), flight.number)
    out.add("EQN", str(len(message.bookings) if message.stated is None else message.stated))
    parties = _parties(message)
    for party in parties:
        _write_booking(out, party, message, sent)


def _parties(message: Message) -> list[_Party]:
    members: dict[str, list[Traveller]] = {booking.locator: [] for booking in message.bookings}
    for traveller in message.travellers:
        if traveller.locator not in members:
            raise ValueError("a traveller's locator is of no booking of the message")
        members[traveller.locator].append(traveller)
    return [_party(booking, members[booking.locator]) for booking in message.bookings]


def _party(booking: Booking, travellers: list[Traveller]) -> _Party:
    references = [t.booking_reference or str(place + 1) for place, t in enumerate(travellers)]
    adults = [place for place, traveller in enumerate(travellers) if traveller.role is not Role.INFANT]
    infants = [place for place, traveller in enumerate(travellers) if traveller.role is Role.INFANT]
    return _Party(booking, travellers, references, dict(zip(adults, infants, strict=False)))


def _write_booking(out: SegmentWriter, party: _Party, message: Message, sent: datetime) -> None:
    booking, flight, version = party.booking, message.legs[0], VERSIONS[message.version]
    carrier = booking.carrier or flight.carrier
    out.add("SRC")
    booked = (
        (f"{booking.booked:%d%m%y}", f"{booking.booked:%H%M}") if booking.booked and version.booked else ()
    )
    others = tuple(tuple(other.split(":")) for other in booking.other_locators)
    out.add("RCI", (carrier, booking.locator, "", *booked), *others)
    _write_booking_elements(out, party, carrier, sent)
    if out.options.docs is DocsPlace.BOOKING:
        _write_all_docs(out, party, carrier, None)
    if "group" in booking.elements:
        out.add("TIF", (booking.elements["group"], "I"), ("", "G"))
    for place, traveller in enumerate(party.travellers):
        _write_traveller(out, party, place, traveller, (carrier, version, sent))
    for ordinal, leg in enumerate(booking.itinerary or [flight]):
        _write_itinerary_leg(out, party, leg, message, sent, ordinal=ordinal)
    if booking.split_from:
        out.add("EQN", "1")
        out.add("RCI", (carrier, booking.split_from))
    if "former_name" in booking.elements:
        _write_history(out, booking, version, flight, sent)


def _write_booking_elements(out: SegmentWriter, party: _Party, carrier: str, sent: datetime) -> None:
    booking, elements = party.booking, party.booking.elements
    if "special_service" in elements:
        out.add("SSR", (elements["special_service"], "HK", "1", carrier))
    changed = booking.booked or sent
    out.add("DAT", ("700", f"{changed:%d%m%y}", f"{changed:%H%M}"))
    if "remark" in elements:
        out.add("IFT", ("4", "28", "", carrier), elements["remark"])
    if "contact" in elements:
        out.add("IFT", ("4", "28", "", carrier), f"CTCM {elements['contact']}")
    if booking.agency:
        out.add("ORG", (carrier, "BRU"), booking.agency, "", "", "A")
    if "address" in elements:
        out.add("ADD", "", ("700", *elements["address"].split("/")))


def _tif(
    party: _Party, place: int, version: _Version, options: WriteOptions, sent: date
) -> tuple[tuple[str, ...], ...]:
    traveller = party.travellers[place]
    given = traveller.given_names_as_sent or titled(traveller, options.titles, sent)
    infant = party.infants.get(place)
    carried = party.references[infant] if infant is not None and options.infant_tif else ""
    kind = "IN" if traveller.role is Role.INFANT else ("C" if _is_child(traveller, sent) else "A")
    surname = (traveller.surname or "", "I") if version.name_status else (traveller.surname or "",)
    return surname, (given, kind, party.references[place], carried)


def _is_child(traveller: Traveller, sent: date) -> bool:
    born = traveller.date_of_birth
    return born is not None and (sent - born).days < _CHILD_DAYS


def titled(traveller: Traveller, titles: Titles, sent: date) -> str:
    """Return given names as TIF has them: with a title by sex and age, glued or after a blank, or without.

    >>> titled(Traveller(0, 0, given_names="JOHN", sex=Sex.MALE), Titles.GLUED, date(2026, 11, 23))
    'JOHNMR'
    """
    given = traveller.given_names or ""
    if titles is Titles.NONE or not given or traveller.role is Role.INFANT or traveller.sex is None:
        return given
    child = _is_child(traveller, sent)
    title = {Sex.MALE: "MSTR" if child else "MR", Sex.FEMALE: "MISS" if child else "MRS"}.get(
        traveller.sex, ""
    )
    return f"{given} {title}".strip() if titles is Titles.SPACED else f"{given}{title}"


def _write_traveller(
    out: SegmentWriter, party: _Party, place: int, traveller: Traveller, host: tuple[str, _Version, datetime]
) -> None:
    carrier, version, sent = host
    options, elements = out.options, party.booking.elements
    if traveller.role is Role.INFANT and not options.infant_tif:
        return
    out.add("TIF", *_tif(party, place, version, options, sent.date()))
    if place == 0 and "frequent_flyer" in elements:
        out.add("FTI", (carrier, elements["frequent_flyer"]))
    if traveller.traveller_reference:
        out.add("REF", ("", traveller.traveller_reference))
    if options.docs is DocsPlace.TRAVELLER:
        _write_docs(out, party, place, carrier, None)
        infant = party.infants.get(place)
        if infant is not None and not options.infant_tif:
            _write_docs(out, party, infant, carrier, None)
    if "ticket" in elements and elements["ticket"].isdigit():
        out.add("TKT", (f"{int(elements['ticket']) + place:013}", "T", "1"))
        if place == 0 and "payment" in elements:
            out.add("FOP", tuple(elements["payment"].split(":")))


def _write_all_docs(out: SegmentWriter, party: _Party, carrier: str, leg: Leg | None) -> None:
    for place in range(len(party.travellers)):
        _write_docs(out, party, place, carrier, leg)


def _write_docs(out: SegmentWriter, party: _Party, place: int, carrier: str, leg: Leg | None) -> None:
    """SSR INFT, DOCS and DOCO of one traveller; an infant's point at the adult who carries it."""
    traveller, options = party.travellers[place], out.options
    carrying = next((adult for adult, infant in party.infants.items() if infant == place), place)
    reference: str | tuple[str, ...] = ("", "", party.references[carrying]) if options.docs_reference else ""
    route = (leg.origin, leg.destination) if leg else ("", "")

    def docs(code: str, text: str) -> None:
        out.add("SSR", (code, "HK", "1", carrier, "", "", *route, text), reference)

    if traveller.role is Role.INFANT:
        born = f"/{_named_day(traveller.date_of_birth)}" if traveller.date_of_birth else ""
        docs("INFT", f"{traveller.surname}/{traveller.given_names}{born}")
    passports = [document for document in traveller.documents if document.type is not DocumentType.VISA]
    if not passports and (traveller.date_of_birth or traveller.sex or traveller.nationality):
        docs("DOCS", _docs_text(traveller, None, options))
    for document in passports:
        docs("DOCS", _docs_text(traveller, document, options))
    for document in traveller.documents:
        if document.type is DocumentType.VISA:
            docs("DOCO", f"//V/{document.number}///{_state(document.issuing_state, options)}")


def _docs_text(traveller: Traveller, document: Document | None, options: WriteOptions) -> str:
    """Thirteen parts by `/`: type, state, number, nationality, birth, sex, expiry, surname, given, second."""
    sex = str(traveller.sex) if traveller.sex else ""
    if sex in {"M", "F"} and traveller.role is Role.INFANT:
        sex += "I"
    surname = (document and document.surname) or traveller.surname or ""
    given = (document and document.given_names) or traveller.given_names or ""
    first, _, second = given.partition(" ")
    parts = [
        "",
        (document.type_as_sent or _CODES.get(document.type, "P")) if document else "",
        _state(document.issuing_state, options) if document else "",
        document.number if document else "",
        _state(traveller.nationality, options),
        _named_day(traveller.date_of_birth) if traveller.date_of_birth else traveller.birth_as_sent or "",
        sex,
        _named_day(document.expiry) if document and document.expiry else "",
        surname,
        first,
    ]
    return "/".join([*parts, second] if second else parts)


def _state(inner: str | None, options: WriteOptions) -> str:
    if inner is None:
        return ""
    return inner if options.short_states else icao_code(inner) or inner


def _named_day(day: date) -> str:
    return f"{day.day:02}{_MONTHS[day.month - 1]}{day.year % 100:02}"


def _write_flight(
    out: SegmentWriter, leg: Leg, companies: tuple[str, ...], number: str, cabin: str = ""
) -> None:
    moments: list[str] = []
    for at in (leg.departure, leg.arrival):
        if at is not None:
            moments += [f"{at:%d%m%y}", f"{at:%H%M}"]
    designator = (number, cabin) if cabin else number
    out.add("TVL", tuple(moments), leg.origin, leg.destination, companies, designator)


def _write_itinerary_leg(
    out: SegmentWriter, party: _Party, leg: Leg, message: Message, sent: datetime, *, ordinal: int
) -> None:
    version, carrier = VERSIONS[message.version], party.booking.carrier or message.legs[0].carrier
    if leg.marketing:
        sold = leg.marketing[0]
        _write_flight(out, leg, (sold[:2], leg.carrier), sold[2:], "Y")
        if version.operating_in_tra:
            out.add("TRA", leg.carrier, (leg.number, "Y"))
        else:
            out.add("TVL", "", "", "", "", (leg.number, "Y"))
    else:
        _write_flight(out, leg, (leg.carrier,), leg.number, "Y")
    out.add("RPI", str(len(party.travellers)), "HK")
    is_reported = leg.flight_id == message.legs[0].flight_id
    if is_reported:
        seats = [
            (t.seats.get(0), reference)
            for t, reference in zip(party.travellers, party.references, strict=True)
        ]
        taken = [(seat, "", reference) for seat, reference in seats if seat]
        if taken:
            out.add(
                "SSR", ("SEAT", "HK", str(len(taken)), carrier, "", "", leg.origin, leg.destination), *taken
            )
    if out.options.docs is DocsPlace.LEG and (is_reported or (ordinal == 0 and not _reports(party, message))):
        _write_all_docs(out, party, carrier, leg)
    out.add("RCI", (carrier, party.booking.locator))
    if is_reported and out.options.check_in:
        _write_check_in(out, party, message, sent)


def _reports(party: _Party, message: Message) -> bool:
    return any(leg.flight_id == message.legs[0].flight_id for leg in party.booking.itinerary)


def _write_check_in(out: SegmentWriter, party: _Party, message: Message, sent: datetime) -> None:
    """Groups 6 and 7 repeat the travellers; readers must count them once."""
    version = VERSIONS[message.version]
    out.add("DAT", ("2", f"{sent:%d%m%y}", f"{sent:%H%M}"))
    for place, traveller in enumerate(party.travellers):
        if traveller.role is Role.INFANT:
            continue
        out.add("TRI", "", (f"{place + 1:03}", "", "", party.references[place]))
        out.add("TIF", *_tif(party, place, version, out.options, sent.date()))
        if 0 in traveller.seats:
            out.add("SSD", traveller.seats[0], "", "", "", "Y")
        for bag in traveller.bags:
            flight = message.legs[0]
            company = flight.carrier if bag.startswith(flight.carrier) else ""
            tag = (company, bag.removeprefix(company), "1", flight.destination)
            out.add("TBD", "", ("1", "23", "700"), "", "", tag)


def _write_history(
    out: SegmentWriter, booking: Booking, version: _Version, flight: Leg, sent: datetime
) -> None:
    surname, _, given = booking.elements["former_name"].partition("/")
    when = booking.booked or sent
    out.add("ABI", "1", ("", f"{flight.origin}RR"), flight.origin, "", flight.carrier)
    out.add("DAT", ("T", f"{when:%d%m%y}", f"{when:%H%M}"))
    out.add("SAC", "", "", "X")
    out.add("TIF", (surname, "I") if version.name_status else surname, (given, "A", "9"))
