"""What a carrier sends about a flight: API manifests, crew lists, close-outs, PNR pushes."""

import gzip
import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from screening.lab.generate.carriers import RECIPIENT
from screening.lab.generate.flights import Flight, country
from screening.lab.generate.noise import as_hosts_write
from screening.lab.generate.parties import Party, Passenger, names_as_sent
from screening.messages.model import Booking, Leg, Message, Traveller
from screening.messages.write.interchange import US_VERSION, Interchange, write
from screening.messages.write.pnrgov import titled
from screening.messages.write.segments import WriteOptions
from screening.tables.codes import Action, Function, MessageType, Role, Source

_ZIP_DAY = (2020, 1, 1, 0, 0, 0)  # a fixed day: an archive's bytes must not depend on when it was made


@dataclass(frozen=True, slots=True)
class Sent:
    """One file of the inbox."""

    name: str
    data: bytes


@dataclass(slots=True)
class Manifest:
    """A flight with everybody on it."""

    flight: Flight
    parties: list[Party]
    crew: list[Passenger]


def file_stem(flight: Flight, what: str) -> str:
    """Return a file's name without sequence and ending, as hosts build it.

    The number is padded to four digits: `Q00412_20261123_PAXLST`.
    """
    leg = flight.legs[-1]
    return f"{leg.carrier}{leg.number:0>4}_{flight.border_departure:%Y%m%d}_{what}"


def api_files(manifest: Manifest, rng: random.Random) -> Iterator[Sent]:
    """Return the API files of a flight: manifest, crew, and for interactive hosts the close-out."""
    flight = manifest.flight
    if not flight.has_api:
        return
    departure = flight.departure
    travellers = _api_travellers(manifest)
    crew = [_api_traveller(flight, member, None, place) for place, member in enumerate(manifest.crew)]
    sent = departure - timedelta(minutes=rng.randrange(5, 50))
    control = _control(sent, rng)
    if flight.carrier.interactive:
        yield Sent(f"{file_stem(flight, 'PAXLST')}_001.edi", _interactive(flight, manifest, sent, rng))
        out = Action.CLOSE_ON_BOARD
        closing = [_api_message(flight, travellers, Function.FLIGHT_STATUS, out, f"CLO{control}")]
        yield Sent(
            f"{file_stem(flight, 'CLOSEOUT')}_001.edi",
            _api(flight, departure, _control(departure, rng), closing),
        )
    else:
        messages = [_api_message(flight, travellers, Function.PASSENGERS, Action.FULL, None)]
        if not flight.carrier.crew_in_own_file:
            messages.append(_api_message(flight, crew, Function.CREW, Action.FULL, None))
        yield Sent(f"{file_stem(flight, 'PAXLST')}_001.edi", _api(flight, sent, control, messages))
    if flight.carrier.crew_in_own_file:
        messages = [_api_message(flight, crew, Function.CREW, Action.FULL, None)]
        early = sent - timedelta(minutes=30)
        yield Sent(
            f"{file_stem(flight, 'CREW')}_001.edi", _api(flight, early, _control(early, rng), messages)
        )


def earlier_api_file(manifest: Manifest, rng: random.Random) -> Sent:
    """Return a manifest sent two hours before the last one, which replaces it; some are not yet on it."""
    flight = manifest.flight
    sent = flight.departure - timedelta(hours=2)
    travellers = _api_travellers(manifest)
    kept = travellers[: max(1, len(travellers) - 3)]
    messages = [_api_message(flight, kept, Function.PASSENGERS, Action.FULL, None)]
    return Sent(f"{file_stem(flight, 'PAXLST')}_000.edi", _api(flight, sent, _control(sent, rng), messages))


def pnr_files(manifest: Manifest, rng: random.Random) -> Iterator[Sent]:
    """Return the PNR pushes of a flight that fall into the night, the earlier ones first."""
    flight = manifest.flight
    if not flight.has_pnr:
        return
    hours = [24 * flight.days_ahead]
    if flight.days_ahead == 0 and flight.carrier.pushes and rng.random() < 0.25:
        hours.insert(0, 24)
    for place, before in enumerate(hours):
        final = before == 0
        held = [party for party in manifest.parties if (not party.withdrawn if final else not party.late)]
        sent = flight.border_departure - timedelta(hours=before, minutes=rng.randrange(3, 15))
        data = write([_push(flight, held, sent, _control(sent, rng))])
        yield Sent(f"{file_stem(flight, 'PNRGOV')}_{before:02}H_{place + 1:03}.edi", data)


def _control(sent: datetime, rng: random.Random) -> str:
    return f"{sent:%y%m%d%H%M}{rng.randrange(10**4):04}"


def _api_travellers(manifest: Manifest) -> list[Traveller]:
    travellers: list[Traveller] = []
    for party in manifest.parties:
        if party.withdrawn:
            continue
        for member in party.members:
            if member.in_api:
                travellers.append(_api_traveller(manifest.flight, member, party, len(travellers)))
    return travellers


def _api_traveller(flight: Flight, member: Passenger, party: Party | None, ordinal: int) -> Traveller:
    surname, given = names_as_sent(member, diacritics=flight.carrier.diacritics)
    seats = {len(flight.legs) - 1: member.seat} if member.seat else {}
    return Traveller(
        ordinal=ordinal,
        offset=0,
        role=member.role,
        surname=surname,
        given_names=given,
        date_of_birth=member.born,
        sex=member.sex,
        nationality=member.nationality,
        seats=seats,
        locator=party.locator if party else None,
        traveller_reference=member.reference or None,
        embarkation=flight.legs[member.first_leg].origin,
        debarkation=flight.legs[-1].destination,
        documents=member.documents,
        bags=member.bags,
    )


def _api_message(
    flight: Flight, travellers: list[Traveller], function: Function, action: Action, transaction: str | None
) -> Message:
    return Message(
        index=0, offset=0, length=0, type=MessageType.PAXLST, version=flight.carrier.api_version, dialect="",
        source=Source.API, function=function, action=action, transaction=transaction,
        sender=flight.carrier.code, legs=list(flight.legs), travellers=travellers,
    )  # fmt: skip


def _api(flight: Flight, sent: datetime, control: str, messages: Sequence[Message]) -> bytes:
    sender = f"{flight.carrier.code}DCS"
    for place, message in enumerate(messages, start=1):
        message.reference = f"{control[-8:]}{place:02}"
    options = _api_options(flight)
    return write([Interchange(sender, RECIPIENT, sent, control, messages, options)])


def _api_options(flight: Flight) -> WriteOptions:
    options = flight.carrier.api
    border = len(flight.legs) - 1 if flight.inbound else 0
    if border != options.border_leg:
        options = replace(options, border_leg=border)
    if flight.carrier.api_version == US_VERSION:
        places = {
            place: f"{country(place)}{place}"
            for leg in flight.legs
            for place in (leg.origin, leg.destination)
        }
        options = replace(options, locodes=places)
    return options


def _interactive(flight: Flight, manifest: Manifest, first: datetime, rng: random.Random) -> bytes:
    """One interchange a party, as check-in goes on; the manifest is their sum."""
    interchanges, ordinal = [], 0
    begin = first - timedelta(hours=3)
    parties = [
        party for party in manifest.parties if not party.withdrawn and any(m.in_api for m in party.members)
    ]
    for place, party in enumerate(parties):
        travellers = [
            _api_traveller(flight, member, party, ordinal) for member in party.members if member.in_api
        ]
        sent = begin + timedelta(minutes=180 * place // max(1, len(parties)))
        control = _control(sent, rng)
        message = _api_message(flight, travellers, Function.PASSENGERS, Action.FULL, f"{control}{place:04}")
        message.reference = f"{place + 1:06}"
        sender = f"{flight.carrier.code}DCS"
        interchanges.append(Interchange(sender, RECIPIENT, sent, control, [message], _api_options(flight)))
    return write(interchanges)


def _push(flight: Flight, parties: list[Party], sent: datetime, control: str) -> Interchange:
    """One push: all PNRs of the flight, in as many messages as the host's size asks for."""
    with_pnr = [party for party in parties if any(member.in_pnr for member in party.members)]
    size = flight.carrier.parts_of
    slices = [with_pnr[at : at + size] for at in range(0, len(with_pnr), size)] or [[]]
    messages = []
    for place, part in enumerate(slices, start=1):
        several = len(slices) > 1
        message = Message(
            index=place - 1, offset=0, length=0, type=MessageType.PNRGOV, version=flight.carrier.pnr_version,
            dialect="", source=Source.PNR, reference=str(place), sender=flight.carrier.code,
            part=place if several else None, last_part=place == len(slices) if several else None,
            stated=len(with_pnr), legs=[flight.legs[-1]],
        )  # fmt: skip
        message.bookings = [_booking(flight, party) for party in part]
        message.travellers = [
            traveller for party in part for traveller in _pnr_travellers(flight, party, sent.date())
        ]
        messages.append(message)
    return Interchange(flight.carrier.code, RECIPIENT, sent, control, messages, flight.carrier.pnr)


def _booking(flight: Flight, party: Party) -> Booking:
    boarding = party.members[0].first_leg
    return Booking(
        locator=party.locator,
        carrier=flight.carrier.code,
        booked=party.booked,
        agency=party.agency,
        party_size=len(party.members),
        itinerary=[*flight.legs[boarding:], *_onward(flight, party)],
        elements=party.elements,
    )


def _onward(flight: Flight, party: Party) -> list[Leg]:
    """A connection from the agency's airport for transit passengers: a leg that is not reported."""
    if party.members[0].role is not Role.TRANSIT_PASSENGER:
        return []
    begin = flight.landing + timedelta(minutes=95)
    onward = "CDG" if flight.legs[0].origin != "CDG" else "AMS"
    return [Leg("X0", "998", flight.legs[-1].destination, onward, begin, begin + timedelta(minutes=65))]


def _pnr_travellers(flight: Flight, party: Party, sent: date) -> list[Traveller]:
    travellers = []
    for place, member in enumerate(party.members, start=1):
        if not member.in_pnr:
            continue
        surname, given = names_as_sent(member, diacritics=False)
        traveller = Traveller(
            ordinal=place - 1,
            offset=0,
            role=Role.INFANT if member.role is Role.INFANT else Role.PASSENGER,
            surname=surname,
            given_names=as_hosts_write(member.booked_given),
            date_of_birth=member.born,
            sex=member.sex,
            nationality=member.nationality,
            seats={0: member.seat} if member.seat else {},
            locator=party.locator,
            traveller_reference=member.reference,
            booking_reference=str(place),
            documents=[
                replace(document, surname=surname, given_names=given) for document in member.documents
            ],
            bags=member.bags,
        )
        if not member.documents_in_pnr:
            # Nothing but the name and its title is known to the booking
            traveller.given_names_as_sent = titled(traveller, flight.carrier.pnr.titles, sent)
            traveller.documents = []
            traveller.date_of_birth = traveller.sex = traveller.nationality = None
        travellers.append(traveller)
    return travellers


def compressed(file: Sent) -> Sent:
    """Write the file as gzip, with no time in its header."""
    return Sent(f"{file.name}.gz", gzip.compress(file.data, compresslevel=9, mtime=0))


def packed(name: str, members: Sequence[Sent]) -> Sent:
    """Write several files as one zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.name, date_time=_ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.data, compresslevel=9)
    return Sent(name, out.getvalue())


__all__ = ["Manifest", "Sent", "api_files", "compressed", "earlier_api_file", "packed", "pnr_files"]
