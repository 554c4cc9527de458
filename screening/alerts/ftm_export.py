"""A list as FollowTheMoney entities, so that others read it without our code; one entity a line.

A person becomes a `Person` with `target: true`, each of its documents a `Passport` or `Identification` that
points at it; our importer `ftm` reads them back. What the vocabulary has no place for is said in `notes`
(category, validity, caveat, dates known only about) or in the account: a document without a person has no
entity there, as `holder` is required. An alert gets no `topics`: these accuse, and an alert may protect.

A caveat binds who reads it, not who loads the file: partners get signed packages (docs/exchange.md).

Source: followthemoney.tech, schemata Person, Passport, Identification.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from screening.tables.codes import ListedDocumentType, NameKind, Precision

FTM_ENDING = ".ftm.json"
_NAMES = {
    NameKind.PRIMARY: "name",
    NameKind.ALIAS: "alias",
    NameKind.ORIGINAL_SCRIPT: "alias",
    NameKind.DERIVED: "alias",
    NameKind.WEAK: "weakAlias",
    NameKind.FORMER: "previousName",
}
_GENDERS = {"M": "male", "F": "female", "X": "other"}
_TOLD = ("category", "severity", "caveat", "visibility", "instructions", "valid_from", "review_by", "expires")
_MOST_YEARS = 10
_Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entities:
    """Entities of a list.

    Attributes:
        lines: one JSON object a line.
        left_out: what has no place in the vocabulary, by kind: `documents_without_person`,
            `ranges_as_note` (a birth date of more years than can be listed).
    """

    lines: tuple[str, ...]
    left_out: Mapping[str, int]


def entities(items: Iterable[_Item]) -> Entities:
    """Write alerts as entities.

    Args:
        items: objects of the canonical model (screening.alerts.export.objects).
    """
    left: Counter[str] = Counter()
    lines: list[str] = []
    for item in items:
        if not item["names"]:
            left["documents_without_person"] += 1
            continue
        lines += [json.dumps(entity, ensure_ascii=False) + "\n" for entity in _entities(item, left)]
    return Entities(tuple(lines), dict(sorted(left.items())))


def _entities(item: _Item, left: Counter[str]) -> Iterator[dict[str, object]]:
    person = str(item["source_id"])
    primary = next((one for one in item["names"] if one["kind"] == NameKind.PRIMARY), item["names"][0])
    yield _entity(person, "Person", primary["full"], item["list"], _person(item, primary, left), target=True)
    for number, document in enumerate(item["documents"], start=1):
        passport = document["type"] == ListedDocumentType.PASSPORT
        notes = [] if document["status"] == "valid" else [f"status: {document['status']}"]
        properties = {
            "holder": [person],
            "number": [document["number"]],
            "country": _state(document["issuing_state"]),
            "startDate": [document["from"]],
            "endDate": [document["to"]],
            "type": [document["type"]],
            "summary": [*notes, document["note"]],
        }
        schema = "Passport" if passport else "Identification"
        key = f"{person}.document{number}"
        yield _entity(key, schema, document["number"], item["list"], properties, target=False)


def _person(item: _Item, primary: _Item, left: Counter[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name in item["names"]:
        found.setdefault(_NAMES[name["kind"]], []).append(name["full"])
    found.setdefault("name", [primary["full"]])
    notes = [f"{word}: {item[word]}" for word in _TOLD if item[word] is not None]
    dates: list[str] = []
    for born in item["dates_of_birth"]:
        texts = _dates(born)
        dates += texts
        if not texts:
            left["ranges_as_note"] += 1
        if born["precision"] in {Precision.CIRCA, Precision.RANGE}:
            notes.append(f"born {born['precision']} {born['value']}")
    notes += [f"born: {one['note']}" for one in item["unread_dates"]]
    return found | {
        "firstName": [primary["given_names"]],
        "lastName": [primary["surname"]],
        "birthDate": dates,
        "gender": [_GENDERS[one] for one in item["sex"] if one in _GENDERS],
        "nationality": [code for one in item["nationalities"] for code in _state(one)],
        "birthPlace": list(item["birth_places"]),
        "program": [item["legal_basis"]],
        "publisher": [item["authority"]],
        "notes": notes,
    }


def _dates(born: _Item) -> list[str]:
    """Return a birth date by prefix; a span as its years, as the vocabulary has none."""
    first, _, last = str(born["value"]).partition("..")
    if not last:
        return [first]
    years = range(int(first[:4]), int(last[:4]) + 1)
    return [f"{year:04}" for year in years] if len(years) <= _MOST_YEARS else []


def _state(code: str | None) -> list[str]:
    return [code.lower()] if code else []


def _entity(
    key: str, schema: str, caption: str, list_id: str, properties: Mapping[str, list[Any]], *, target: bool
) -> dict[str, object]:
    kept = {
        name: list(dict.fromkeys(value for value in values if value)) for name, values in properties.items()
    }
    return {
        "id": key,
        "caption": caption,
        "schema": schema,
        "properties": {name: values for name, values in sorted(kept.items()) if values},
        "datasets": [list_id],
        "referents": [],
        "target": target,
    }
