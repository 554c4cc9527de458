"""What `screening read` prints: one JSON object a message (docs/interfaces.md)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from screening.identity.states import icao_code
from screening.messages.model import Document, Leg, Message, Reading, Traveller
from screening.tables.findings import Finding


def describe(reading: Reading, file: str) -> list[dict[str, object]]:
    """Build the JSON objects of one input; as `describe_parts`."""
    return list(describe_parts([reading], file))


def describe_parts(parts: Iterable[Reading], file: str) -> Iterator[dict[str, object]]:
    """Build the JSON objects of one input as it is read.

    Args:
        parts: what was read of it, in order (`read_parts`).
        file: the path as it was given.

    Yields:
        One object a message; a file without any gives one with type null and its findings.
    """
    described = False
    findings: list[Finding] = []
    for part in parts:
        findings += part.findings
        for message in part.messages:
            yield _message(message, file)
            described = True
        for index in dict.fromkeys(one.index for one in part.outside if one.whole):
            yield _nothing_of(file, index, "outside_mandate", [])
            described = True
    if not described:
        yield _nothing_of(file, 0, "quarantined", findings)


def _nothing_of(file: str, index: int, status: str, findings: list[Finding]) -> dict[str, object]:
    """Describe a file without a message, or a message of which nothing may be kept."""
    return {
        "file": file,
        "index": index,
        "type": None,
        "version": None,
        "reference": None,
        "function": None,
        "status": status,
        "findings": _findings(findings),
        "flights": [],
        "travellers": [],
    }


def all_findings(message: Message) -> list[Finding]:
    """Return the findings of a message and of its travellers, in the order of the bytes, each once."""
    found = list(message.findings)
    for traveller in message.travellers:
        found += traveller.findings
    return sorted(dict.fromkeys(found), key=lambda one: (one.offset, one.segment or 0, one.code, one.text))


def _findings(findings: list[Finding]) -> list[dict[str, object]]:
    return [finding.row() for finding in findings]


def _message(message: Message, file: str) -> dict[str, object]:
    return {
        "file": file,
        "index": message.index,
        "type": str(message.type),
        "version": message.version,
        "reference": message.reference,
        "function": str(message.function),
        "action": str(message.action),
        "status": str(message.status),
        "stated": message.stated,
        "complete": message.complete,
        "findings": _findings(all_findings(message)),
        "flights": [_leg(leg) for leg in message.legs],
        "travellers": [_traveller(traveller) for traveller in message.travellers],
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="minutes") if at is not None else None


def _leg(leg: Leg) -> dict[str, object]:
    return {
        "carrier": leg.carrier or None,
        "number": leg.number or None,
        "origin": leg.origin or None,
        "destination": leg.destination or None,
        "departure": _time(leg.departure),
        "arrival": _time(leg.arrival),
    }


def _traveller(traveller: Traveller) -> dict[str, object]:
    born = traveller.date_of_birth
    return {
        "surname": traveller.surname,
        "given_names": traveller.given_names,
        "date_of_birth": born.isoformat() if born is not None else None,
        "sex": str(traveller.sex) if traveller.sex is not None else None,
        "nationality": icao_code(traveller.nationality),
        "documents": [_document(document) for document in traveller.documents],
        "locator": traveller.locator,
        "status": "quarantined" if traveller.quarantined else "ok",
        "role": str(traveller.role),
        **_further(traveller),
    }


def _further(traveller: Traveller) -> dict[str, object]:
    """Return what few travellers have: a part of a date, further values of a fact."""
    found = {
        "birth_part": traveller.birth_part,
        "other_births": list(traveller.other_births),
        "other_sexes": [str(sex) for sex in traveller.other_sexes],
        "other_nationalities": [icao_code(state) for state in traveller.other_nationalities],
    }
    return {name: value for name, value in found.items() if value}


def _document(document: Document) -> dict[str, object]:
    return {
        "type": document.type_as_sent,
        "number": document.number or None,
        "issuing_state": icao_code(document.issuing_state),
        "expiry": document.expiry.isoformat() if document.expiry is not None else None,
    }
