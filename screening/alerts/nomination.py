"""What an author writes of an alert: rows of a file, or options, to objects of the canonical model.

Rules:

* A file is JSON Lines (one object a line), a JSON array, or CSV with a header. Fields are those of the
  canonical model (docs/interfaces.md); in CSV a cell holds JSON, or plain values parted by `;`. Beside them
  the plain fields of PLAIN are taken: `name`, `date_of_birth`, `document_number` …
* Only what is written is read: a field that is not there, and an empty cell of CSV, says nothing; null takes
  a value away.
* A field that nobody knows is refused, never left out. No text of a fault holds a value.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from screening.alerts.dates import read_date
from screening.alerts.importers.canonical import record_of
from screening.alerts.model import Record
from screening.alerts.states import state_named
from screening.alerts.sufficiency import missing as missing_data
from screening.alerts.text import clean, decode
from screening.profile.authoring import Authoring
from screening.profile.model import ListPolicy
from screening.tables.codes import Category, FactKind

Object = dict[str, Any]
TERMS = (
    *("category", "severity", "authority", "legal_basis", "visibility", "caveat", "instructions"),
    *("valid_from", "review_by", "expires"),
)
WHO = ("names", "dates_of_birth", "sex", "nationalities", "birth_places", "documents")
PLAIN = (
    *("name", "surname", "given_names", "aliases", "date_of_birth", "born", "nationality", "birth_place"),
    *("document", "document_number", "document_type", "document_state", "issuing_state", "document_status"),
)
_OURS = ("source_id", "alert_id", "list", "reason")
_DERIVED = (*("version", "sufficient", "status", "content_hash", "provenance", "identity"),)
"""Fields of an export that say nothing new: they are read over."""
_WHOLE = ("facts", "unread_dates")
"""Fields of an export that say to which identity a value belongs."""
_FACTS = {
    "sex": (FactKind.SEX,),
    "nationalities": (FactKind.NATIONALITY,),
    "birth_places": (FactKind.BIRTH_PLACE, FactKind.BIRTH_COUNTRY),
}
_ADULT = timedelta(days=6575)


class NotReadError(Exception):
    """What an author wrote cannot be read; the text names the field, never the value."""


@dataclass(frozen=True, slots=True)
class Written:
    """One alert as its author wrote it.

    Attributes:
        place: line or row of the file; empty where it was written as options.
        fields: canonical fields that were written, and `source_id`, `list`, `reason`.
        fault: why it cannot be read, else empty.
    """

    place: str
    fields: Mapping[str, Any]
    fault: str = ""


def read_file(data: bytes) -> list[Written]:
    """Read the alerts of a file; JSON is told by its first sign.

    Raises:
        NotReadError: the file holds nothing, or no rows.
    """
    text, _ = decode(data)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if not start:
        raise NotReadError("the file is empty")
    rows = _json(text) if start in {"{", "["} else _csv(text)
    return [_written(place, row) for place, row in rows]


def _json(text: str) -> Iterator[tuple[str, Any]]:
    text = text.lstrip("\ufeff")
    if text.lstrip().startswith("["):
        try:
            rows = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            raise NotReadError("the file begins like a JSON array and is none") from None
        yield from ((f"item {number}", row) for number, row in enumerate(rows, 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (json.JSONDecodeError, RecursionError):
                yield f"line {number}", None


def _csv(text: str) -> Iterator[tuple[str, Any]]:
    text = text.lstrip("\ufeff")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 2):
            if None in row or None in row.values():
                yield f"row {number}", None
            elif any(str(value).strip() for value in row.values()):
                yield (
                    f"row {number}",
                    {str(key).strip(): value for key, value in row.items() if value.strip()},
                )
    except csv.Error:
        raise NotReadError("the CSV cannot be read: a quotation mark is not closed, or stands amid") from None


def _written(place: str, row: object) -> Written:
    if not isinstance(row, dict):
        return Written(place, {}, "it is no object, or has more or fewer cells than the header")
    try:
        return Written(place, fields_of(row))
    except NotReadError as fault:
        return Written(place, {}, str(fault))


def fields_of(row: Mapping[str, Any]) -> Object:
    """Return the canonical fields that a row writes.

    >>> fields_of({"name": "Doe, John", "date_of_birth": "1970; 1971-02", "severity": "4"})["dates_of_birth"]
    [{'value': '1970', 'precision': 'year'}, {'value': '1971-02', 'precision': 'month'}]

    Raises:
        NotReadError: a field is unknown, or its value cannot be read.
    """
    known = {*_OURS, *TERMS, *WHO, *PLAIN, *_DERIVED, *_WHOLE}
    strange = sorted(set(row) - known)
    if strange:
        raise NotReadError(
            f"there is no field `{clean(str(strange[0]))[:40]}`; "
            f"fields: {', '.join([*_OURS, *TERMS, *WHO, *PLAIN])}"
        )
    given = {name: _value(value) for name, value in row.items() if name not in _DERIVED}
    found: Object = {name: given[name] for name in (*_OURS, *TERMS) if name in given}
    if isinstance(found.get("severity"), str):
        found["severity"] = int(found["severity"]) if found["severity"].isdecimal() else found["severity"]
    names = [*_listed(given.get("names")), *_plain_names(given)]
    if names or "names" in given:
        found["names"] = [_name(one, first=place == 0) for place, one in enumerate(names)]
    born = [*_listed(given.get("dates_of_birth")), *_listed(given.get("date_of_birth"))]
    born += _listed(given.get("born"))
    if born or "dates_of_birth" in given:
        found["dates_of_birth"] = [_birth_date(one) for one in born]
    documents = [*_listed(given.get("documents")), *_plain_documents(given)]
    if documents or "documents" in given:
        found["documents"] = [_document(one) for one in documents]
    for name, alone in (("sex", None), ("nationalities", "nationality"), ("birth_places", "birth_place")):
        values = [*_listed(given.get(name)), *(_listed(given.get(alone)) if alone else [])]
        if values or name in given:
            found[name] = [_fact(name, one) for one in values]
    found |= {name: _listed(given[name]) for name in _WHOLE if given.get(name)}
    return found


def _value(value: object) -> object:
    """Return a cell's value: JSON where it looks so, no value where it is empty."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    if text[:1] in {"[", "{"}:
        try:
            return json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            raise NotReadError("a cell begins like JSON and is none") from None
    return text or None


def _listed(value: object) -> list[Any]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return list(value) if isinstance(value, list | tuple) else [value]


def _plain_names(given: Mapping[str, Any]) -> list[Any]:
    names: list[Any] = [] if given.get("name") is None else [given["name"]]
    if given.get("surname") or given.get("given_names"):
        names.append({"surname": given.get("surname"), "given_names": given.get("given_names")})
    return names + _listed(given.get("aliases"))


def _plain_documents(given: Mapping[str, Any]) -> list[Any]:
    number = given.get("document_number") or given.get("document")
    about = {
        "type": given.get("document_type"),
        "issuing_state": given.get("document_state") or given.get("issuing_state"),
        "status": given.get("document_status"),
    }
    if number is None:
        if any(about.values()):
            raise NotReadError("a document needs its number: document_number")
        return []
    return [{"number": number, **{name: value for name, value in about.items() if value}}]


def _name(value: object, *, first: bool) -> Object:
    name = {"full": value} if isinstance(value, str) else _mapping(value, "names")
    surname, given = name.get("surname"), name.get("given_names")
    if not name.get("full"):
        name["full"] = ", ".join(str(part) for part in (surname, given) if part)
    elif not surname and not given and str(name["full"]).count(",") == 1:
        name["surname"], name["given_names"] = (part.strip() for part in str(name["full"]).split(","))
    if not name["full"]:
        raise NotReadError("names: a name without letters")
    return {"kind": "primary" if first else "alias", "identity": 0} | name


def _birth_date(value: object) -> Object:
    if not isinstance(value, str | int):
        return _mapping(value, "dates_of_birth")
    known = read_date(str(value))
    if known is None or known.value is None:
        raise NotReadError("dates_of_birth: write YYYY-MM-DD, YYYY-MM, YYYY, `circa YYYY` or YYYY..YYYY")
    return {"value": known.value, "precision": str(known.precision)}


def _document(value: object) -> Object:
    if isinstance(value, str):
        number, _, state = (part.strip() for part in value.partition("/"))
        value = {"number": number, **({"issuing_state": state} if state else {})}
    document = {"type": "passport", "status": "valid", "identity": 0} | _mapping(value, "documents")
    if document.get("issuing_state"):
        document["issuing_state"] = _state(document["issuing_state"], "documents.issuing_state")
    return document


def _fact(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise NotReadError(f"{name} is no list of texts")
    if name == "nationalities":
        return _state(value, name)
    if name == "sex":
        sex = {"MALE": "M", "FEMALE": "F"}.get(value.upper(), value.upper())
        if sex not in {"M", "F", "X"}:
            raise NotReadError("sex: write M, F or X")
        return sex
    return value


def _state(value: object, field: str) -> str:
    code = state_named(value) if isinstance(value, str) else None
    if code is None:
        raise NotReadError(f"{field}: no State that is known; write SE or SWE")
    return code


def _mapping(value: object, field: str) -> Object:
    if not isinstance(value, dict):
        raise NotReadError(f"{field} is no list of objects")
    return dict(value)


def amended(base: Mapping[str, Any], fields: Mapping[str, Any]) -> Object:
    """Return an alert with the written fields put in place of its own, each as a whole.

    Args:
        base: object of the canonical model as it is exported, with `facts`.
        fields: `fields_of`.

    Raises:
        NotReadError: the result does not keep the shape.
    """
    made = dict(base) | {name: fields[name] for name in (*TERMS, *WHO, *_WHOLE) if name in fields}
    if "facts" in fields:
        return checked(made)
    facts = list(base.get("facts", ()))
    for name, kinds in _FACTS.items():
        if name in fields:
            plain = {"source_id": "-", "category": "inform", "severity": 1, name: fields[name]}
            new = [{"kind": str(f.kind), "value": f.value, "identity": 0} for f in record_of(plain).own.facts]
            facts = [fact for fact in facts if fact.get("kind") not in kinds] + new
    made["facts"] = facts
    if "dates_of_birth" in fields and "unread_dates" not in fields:
        made["unread_dates"] = []
    return checked(made)


def checked(item: Object) -> Object:
    """Return an object that keeps the shape.

    Raises:
        NotReadError: it does not; the text names the field.
    """
    try:
        record_of(item)
    except ValueError as fault:
        raise NotReadError(str(fault)) from None
    return item


def lacks(item: Mapping[str, Any], own: Authoring) -> list[str]:
    """Say in words what an own alert lacks: minimum data, legal basis, dates that follow one another."""
    record = record_of(item)
    found = missing_of(record)
    if own.require_legal_basis and not record.legal_basis:
        found.append("a legal basis (--legal-basis, or authoring.legal_basis of the profile)")
    begins, review, ends = record.valid_from, record.review_by, record.expires
    if ends is None or review is None:
        found.append("a day of review and one of expiry")
    elif not (begins or review) <= review <= ends:
        found.append("days in order: valid_from, then review_by, then expires")
    return found


def missing_of(record: Record) -> list[str]:
    """Say in words what a record lacks of the minimum data."""
    identities = [record.own, *record.others]
    return missing_data(
        record.category or Category.INFORM,
        names=[name.full for i in identities for name in i.names],
        dates=sum(d.date.value is not None for i in identities for d in i.dates),
        nationalities=sum(f.kind is FactKind.NATIONALITY for i in identities for f in i.facts),
        documents=[(d.number, d.state) for i in identities for d in i.documents],
    )


def nominated(
    fields: Mapping[str, Any],
    source_id: str,
    policy: ListPolicy,
    own: Authoring,
    protecting: Sequence[Category],
    today: date,
) -> Object:
    """Return a new alert with what the profile says where its author is silent.

    Args:
        fields: `fields_of`.
        source_id: its id in the list.
        policy: of the list: category, severity, authority.
        own: legal basis, days of review and expiry, instruction of what protects.
        protecting: categories of alerts that protect.
        today: day of the nomination.

    Raises:
        NotReadError: a field does not fit the model.
    """
    item: Object = {
        "source_id": source_id,
        "category": str(policy.category),
        "severity": policy.severity,
        "authority": policy.authority,
        "names": [],
        "dates_of_birth": [],
        "documents": [],
    }
    item |= {name: value for name, value in fields.items() if name not in _OURS and value is not None}
    try:
        category = Category(item["category"])
    except ValueError:
        raise NotReadError(f"category: one of {', '.join(Category)}") from None
    review, expiry = own.days(category)
    item.setdefault("legal_basis", own.legal_basis)
    item.setdefault("expires", (today + timedelta(days=expiry)).isoformat())
    last = str(item["expires"])
    item.setdefault("review_by", min((today + timedelta(days=review)).isoformat(), last))
    checked({"sex": [], **item})
    if category in protecting:
        item.setdefault("instructions", own.protecting_instructions)
        if _is_child(item, today):
            item.setdefault("caveat", "A child: its best interests come first; decide within 12 hours.")
    return amended({"facts": [], **item}, {name: item[name] for name in (*_FACTS, "facts") if name in item})


def _is_child(item: Mapping[str, Any], today: date) -> bool:
    record = record_of({"sex": [], **item})
    last = [d.date.end for d in record.own.dates if d.date.end]
    return bool(last) and min(last) + _ADULT > today
