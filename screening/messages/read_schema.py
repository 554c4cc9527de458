"""JSON Schema of what `screening read --format json` prints, one object a line (schemas/read.schema.json)."""

from collections.abc import Iterable
from typing import Any

from screening.tables.codes import Action, Function, Level, MessageStatus, MessageType, Role


def _maybe(kind: str, **more: object) -> dict[str, object]:
    return {"type": [kind, "null"], **more}


def _words(words: Iterable[object]) -> list[str]:
    return [str(word) for word in words]


_FINDING = {
    "type": "object",
    "required": ["code", "level", "segment", "offset", "text"],
    "properties": {
        "code": {"type": "string", "description": "docs/findings.md"},
        "level": {"enum": _words(Level)},
        "segment": _maybe("integer", description="number in the message, UNH is 1"),
        "offset": {"type": "integer", "description": "bytes from the start of the file"},
        "text": {"type": "string", "description": "never a name, date or number of a person"},
    },
}
_LEG = {
    "type": "object",
    "required": ["carrier", "number", "origin", "destination", "departure", "arrival"],
    "properties": {
        "carrier": _maybe("string"),
        "number": _maybe("string", description="without leading zeros"),
        "origin": _maybe("string", description="IATA"),
        "destination": _maybe("string", description="IATA"),
        "departure": _maybe("string", description="YYYY-MM-DDTHH:MM, local to the airport"),
        "arrival": _maybe("string", description="YYYY-MM-DDTHH:MM, local to the airport"),
    },
}
_DOCUMENT = {
    "type": "object",
    "required": ["type", "number", "issuing_state", "expiry"],
    "properties": {
        "type": _maybe("string", description="code as sent"),
        "number": _maybe("string"),
        "issuing_state": _maybe("string", description="ICAO three letters"),
        "expiry": _maybe("string", format="date"),
    },
}
_TRAVELLER = {
    "type": "object",
    "required": [
        "surname",
        "given_names",
        "date_of_birth",
        "sex",
        "nationality",
        "documents",
        "locator",
        "status",
    ],
    "properties": {
        "surname": _maybe("string"),
        "given_names": _maybe("string"),
        "date_of_birth": _maybe("string", format="date"),
        "sex": {"enum": ["M", "F", "X", None]},
        "nationality": _maybe("string", description="ICAO three letters"),
        "documents": {"type": "array", "items": _DOCUMENT},
        "locator": _maybe("string"),
        "status": {"enum": ["ok", "quarantined"]},
        "role": {"enum": _words(Role)},
        "birth_part": _maybe("string", description="YYYY or YYYY-MM, where no more is known"),
        "other_births": {"type": "array", "items": {"type": "string"}},
        "other_sexes": {"type": "array", "items": {"enum": ["M", "F", "X"]}},
        "other_nationalities": {"type": "array", "items": {"type": "string"}},
    },
}
READ_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "screening read, one message",
    "type": "object",
    "required": [
        "file",
        "index",
        "type",
        "version",
        "reference",
        "function",
        "status",
        "findings",
        "flights",
        "travellers",
    ],
    "properties": {
        "file": {"type": "string", "description": "path as given"},
        "index": {"type": "integer", "description": "place of the message in its file, from 0"},
        "type": {
            "enum": [*_words(MessageType), None],
            "description": "null: the file holds no message, or nothing of the message may be processed",
        },
        "version": _maybe("string", description="D:12B, 13:1 or 001:000"),
        "reference": _maybe("string"),
        "function": {"enum": [*_words(Function), None]},
        "action": {"enum": _words(Action)},
        "status": {"enum": [*_words(MessageStatus), "outside_mandate"]},
        "stated": _maybe("integer", description="travellers (CNT) or bookings (EQN) that it states"),
        "complete": {"type": "boolean", "description": "false where travellers may be missing"},
        "findings": {"type": "array", "items": _FINDING},
        "flights": {"type": "array", "items": _LEG},
        "travellers": {"type": "array", "items": _TRAVELLER},
    },
}
