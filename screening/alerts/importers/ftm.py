"""FollowTheMoney entities as OpenSanctions publishes them (`entities.ftm.json`), one entity a line.

Only persons with `target: true` are listed; relatives, associates and holders of positions in the same file
are context. `nationality` counts, `country` is any relation and stays a remark. Passports and identifications
are entities of their own that point at their holder. Religion, ethnicity and politics are dropped and
counted.

Source: followthemoney.tech, schemata Person, Passport, Identification; opensanctions.org/docs.
"""

import json
from collections import Counter
from collections.abc import Mapping

from screening.alerts.assembling import assemble
from screening.alerts.births import listed_births
from screening.alerts.dates import read_date
from screening.alerts.mapping import encoding_of, terms_of
from screening.alerts.model import (
    AlertFinding,
    Fact,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.alerts.origins import add_birth_place, add_nationality
from screening.alerts.source import check_bytes, only_file, readable, refused
from screening.alerts.terms import Words
from screening.alerts.text import clean
from screening.identity.documents import normalise_number
from screening.tables.codes import FactKind, ListedDocumentType, NameKind

_ROLE = "ftm"
_SPECIAL = frozenset({"religion", "ethnicity", "political", "politicalParty"})
_SEXES = {"male": "M", "m": "M", "female": "F", "f": "F"}
_NAMES = (
    ("name", NameKind.ALIAS), ("alias", NameKind.ALIAS), ("weakAlias", NameKind.WEAK),
    ("previousName", NameKind.FORMER),
)  # fmt: skip
_NUMBERS = (
    ("passportNumber", ListedDocumentType.PASSPORT), ("idNumber", ListedDocumentType.NATIONAL_ID),
    ("socialSecurityNumber", ListedDocumentType.NATIONAL_ID), ("taxNumber", ListedDocumentType.OTHER),
)  # fmt: skip
_READ = frozenset(
    {name for name, _ in _NAMES} | {name for name, _ in _NUMBERS}
    | {"firstName", "lastName", "birthDate", "nationality", "gender", "birthPlace", "birthCountry", "program"}
)  # fmt: skip
_HELD = {"Passport": ListedDocumentType.PASSPORT, "Identification": ListedDocumentType.OTHER}
_Properties = Mapping[str, list[str]]


def _properties(entity: Mapping[str, object]) -> _Properties:
    """Return the properties as cleaned lists; what is no list of texts is no property."""
    raw = entity.get("properties")
    found: dict[str, list[str]] = {}
    for name, values in (raw if isinstance(raw, dict) else {}).items():
        texts = (
            [clean(value) for value in values if isinstance(value, str)] if isinstance(values, list) else []
        )
        found[str(name)] = [text for text in texts if text]
    return found


def _lines(data: bytes, findings: list[AlertFinding], counts: Counter[str]) -> list[dict[str, object]]:
    entities = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        counts["entries"] += 1
        try:
            entity = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            entity = None
        if (
            isinstance(entity, dict)
            and isinstance(entity.get("id"), str)
            and isinstance(entity.get("schema"), str)
        ):
            entities.append(entity)
        else:
            counts["malformed"] += 1
            findings.append(
                AlertFinding("list_row_malformed", _ROLE, str(number), "no entity with id and schema")
            )
    return entities


def _names(record: Record, caption: str, properties: _Properties) -> None:
    """Take every spelling once; the caption is the one that the publisher files the person under."""
    source = f"ftm {record.source_id}"
    first = caption or next(iter(properties.get("name", [])), "")
    family, given = properties.get("lastName", []), properties.get("firstName", [])
    seen = {first}
    if first:
        whole = (
            len(family) == 1
            and len(given) == 1
            and {first} <= {f"{given[0]} {family[0]}", f"{family[0]}, {given[0]}"}
        )
        parts = (family[0], given[0]) if whole else (None, None)
        record.own.names.append(Name(first, NameKind.PRIMARY, parts[0], parts[1], source=f"{source} caption"))
    for name, kind in _NAMES:
        for text in properties.get(name, []):
            if text not in seen:
                seen.add(text)
                record.own.names.append(Name(text, kind, source=f"{source} {name}"))
    for name in ("firstName", "lastName"):
        for text in properties.get(name, []):
            record.remark(name, text)


def _facts(record: Record, properties: _Properties, words: Words) -> None:
    source = f"ftm {record.source_id}"
    for written in properties.get("nationality", []):
        add_nationality(record, written, f"{source} nationality", _ROLE, words.findings, words)
    for written in properties.get("gender", []):
        code = words.sex(written, record, _SEXES)
        if code:
            record.own.facts.append(Fact(FactKind.SEX, code, f"{source} gender"))
        elif code is None:
            record.remark("gender", written)
    for written in (*properties.get("birthPlace", []), *properties.get("birthCountry", [])):
        add_birth_place(record, written, f"{source} birthPlace")


def _remarks(record: Record, properties: _Properties, counts: Counter[str]) -> None:
    """Keep what has no column; drop what an alert must not carry."""
    for name, values in properties.items():
        if name in _SPECIAL:
            counts["special_categories_dropped"] += len(values)
        elif name not in _READ:
            for text in values:
                record.remark(name, text)


def _person(
    entity: Mapping[str, object], properties: _Properties, words: Words, counts: Counter[str]
) -> Record:
    record = Record(str(entity["id"]), _ROLE)
    source = f"ftm {record.source_id}"
    _names(record, clean(str(entity.get("caption") or "")), properties)
    for written in properties.get("birthDate", []):
        where = f"{source} birthDate: {written}"
        record.own.dates.extend(
            listed_births(written, where, role=_ROLE, record=record.source_id, findings=words.findings)
        )
    _facts(record, properties, words)
    for name, kind in _NUMBERS:
        for number in properties.get(name, []):
            _add_document(record, ListedDocument(kind, number, source=f"{source} {name}"))
    record.legal_basis = "; ".join(sorted(properties.get("program", []))) or None
    words.category(properties.get("topics", []), record)
    referents = entity.get("referents")
    for referent in referents if isinstance(referents, list) else []:
        record.remark("referents", clean(str(referent)))
    _remarks(record, properties, counts)
    return record


def _add_document(record: Record, document: ListedDocument) -> None:
    """Add a document; the entity that tells the State of a number goes before the bare number."""
    key = normalise_number(document.number)
    for place, known in enumerate(record.own.documents):
        if normalise_number(known.number) == key and None in {known.state, document.state}:
            if known.state is None:
                record.own.documents[place] = document
            return
    record.own.documents.append(document)


def _held_document(
    entity: Mapping[str, object], properties: _Properties, schema: str, holder: Record, our: Words
) -> ListedDocument | None:
    numbers = properties.get("number", []) or properties.get("passportNumber", [])
    if not numbers:
        return None
    states = [code for text in properties.get("country", []) if (code := our.state(text, holder))]
    start, end = (read_date(next(iter(properties.get(name, [])), "")) for name in ("startDate", "endDate"))
    words = properties.get("type", [])
    named = our.document_type(words[0], holder, _type_named) if len(words) == 1 else None
    return ListedDocument(
        named or _HELD[schema],
        numbers[0],
        states[0] if len(states) == 1 else None,
        issued=start.start if start and start.start == start.end else None,
        expires=end.start if end and end.start == end.end else None,
        note="; ".join([*([] if named else words), *properties.get("summary", [])]) or None,
        source=f"ftm {entity['id']} number",
    )


def _type_named(word: str) -> ListedDocumentType | None:
    return ListedDocumentType(word) if word in set(ListedDocumentType) else None


class _Reader:
    """Entities of one file: listed persons, and documents that point at their holders."""

    def __init__(self, words: Words, counts: Counter[str]) -> None:
        self.words, self.findings, self.counts = words, words.findings, counts
        self.records: dict[str, Record] = {}
        self.held: list[tuple[str, Mapping[str, object]]] = []

    def take(self, entity: Mapping[str, object]) -> None:
        schema, properties = str(entity["schema"]), _properties(entity)
        if schema in _HELD:
            self.held.extend((holder, entity) for holder in properties.get("holder", []))
        elif schema != "Person":
            self.counts["not_persons"] += 1
        elif entity.get("target") is True:
            self.counts["persons_in_file"] += 1
            record = _person(entity, properties, self.words, self.counts)
            self.records.setdefault(record.source_id, record)
        else:
            self.counts["persons_in_file"] += 1
            self.counts["not_listed"] += 1
            self.counts["special_categories_dropped"] += sum(
                len(properties.get(name, [])) for name in _SPECIAL
            )

    def finish(self) -> list[Record]:
        for holder, entity in self.held:
            if (record := self.records.get(holder)) is None:
                continue
            schema = str(entity["schema"])
            document = _held_document(entity, _properties(entity), schema, record, self.words)
            if document is not None:
                _add_document(record, document)
        if dropped := self.counts["special_categories_dropped"]:
            self.findings.append(
                AlertFinding("list_special_category_dropped", _ROLE, None, f"{dropped} values")
            )
        return list(self.records.values())


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read FollowTheMoney lines; target persons become alerts.

    Raises:
        InputError: there is not one file, or no line of it is an entity.
    """
    name, data = only_file(files, (".json", ".jsonl", ".ndjson"), "ftm")
    check_bytes(data, name)
    findings: list[AlertFinding] = []
    data = readable(data, _ROLE, findings, encoding_of(options))
    counts: Counter[str] = Counter()
    entities = _lines(data, findings, counts)
    if not entities:
        raise refused("no line is a FollowTheMoney entity", name, "check SOURCE and file")
    reader = _Reader(Words(terms_of(options), findings), counts)
    for entity in entities:
        reader.take(entity)
    return assemble(reader.finish(), options, findings=findings, counts=counts)


IMPORTER = Importer("ftm", (".ftm.json",), read)
