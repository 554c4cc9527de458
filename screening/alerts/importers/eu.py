"""The European Union's financial sanctions, XML 1.1 or CSV 1.1.

Both hold the same sub-records; the CSV has one row for each, with columns `NameAlias_WholeName`, which the
XML calls `nameAlias/@wholeName`. Names repeat for each amending regulation and are one name. `strong` says
little: only `false` makes an alias weak.

Source: European Commission (FPI), "Consolidated financial sanctions files: XML schema 1.1".
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from screening.alerts.assembling import assemble
from screening.alerts.births import listed_births
from screening.alerts.calendars import lunar
from screening.alerts.dates import ListedDate, circa, exact_day, of_parts, span
from screening.alerts.mapping import encoding_of, terms_of
from screening.alerts.model import (
    AlertFinding,
    BirthDate,
    Fact,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
    unique,
)
from screening.alerts.numbers import kind_of
from screening.alerts.source import (
    by_header,
    csv_rows,
    local_name,
    only_file,
    readable,
    refused,
    root_attribute,
    xml_elements,
)
from screening.alerts.states import state_named
from screening.alerts.terms import Words
from screening.alerts.text import clean, script
from screening.tables.codes import AlertStatus, FactKind, ListedDocumentStatus, ListedDocumentType, NameKind

_ROLE = "eu"
_AUTHORITY = "European Union"
_Values = Mapping[str, str]
_TYPES = {
    "passport": ListedDocumentType.PASSPORT, "diplomatic": ListedDocumentType.PASSPORT,
    "id": ListedDocumentType.NATIONAL_ID, "ssn": ListedDocumentType.NATIONAL_ID,
    "travel": ListedDocumentType.TRAVEL_DOCUMENT, "visa": ListedDocumentType.VISA,
    "fiscalcode": ListedDocumentType.OTHER, "tax": ListedDocumentType.OTHER,
    "regnumber": ListedDocumentType.OTHER,
    "driverslicence": ListedDocumentType.OTHER, "other": ListedDocumentType.OTHER,
}  # fmt: skip
_SEXES = {"m": "M", "f": "F"}
_FLAGS = (
    ("knownfalse", ListedDocumentStatus.FALSE), ("reportedlost", ListedDocumentStatus.LOST),
    ("revokedbyissuer", ListedDocumentStatus.REVOKED), ("knownexpired", ListedDocumentStatus.EXPIRED),
)  # fmt: skip
_PREFIXES = {
    "NameAlias": "namealias", "BirthDate": "birthdate", "Identification": "identification",
    "Citizenship": "citizenship", "Address": "address",
}  # fmt: skip
_NO_STATE = frozenset({"", "00"})
_GREGORIAN = frozenset({"", "gregorian"})


@dataclass(slots=True)
class _Entity:
    """One entity of either format: its own values and its sub-records by kind, keys in lower case."""

    values: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    remarks: list[str] = field(default_factory=list)


def _lower(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, value in attributes.items() if (text := clean(value))}


def _of_xml(data: bytes, name: str) -> Iterator[_Entity]:
    for element in xml_elements(data, name, ("sanctionEntity",), "export"):
        entity = _Entity(values=_lower({str(key): str(value) for key, value in element.attrib.items()}))
        for child in element:
            kind = local_name(child).lower()
            values = _lower({str(key): str(value) for key, value in child.attrib.items()})
            if kind == "subjecttype":
                entity.values["subject"] = values.get("classificationcode") or values.get("code", "")
            elif kind == "remark":
                entity.remarks.append(clean(child.text))
            else:
                entity.parts[kind].append(values)
        yield entity


def _of_csv(data: bytes, findings: list[AlertFinding], encoding: str | None) -> Iterator[_Entity]:
    rows = csv_rows(data, _ROLE, findings, delimiter=";", encoding=encoding)
    if "Entity_LogicalId" not in [value.strip() for value in rows[0].values]:
        raise refused("the header has no Entity_LogicalId", _ROLE, "check SOURCE and file")
    entities: dict[str, _Entity] = {}
    for row, values in by_header(rows[1:], rows[0], _ROLE, findings):
        number = clean(values["Entity_LogicalId"])
        if not number:
            findings.append(AlertFinding("list_row_malformed", _ROLE, str(row.number), "no Entity_LogicalId"))
            continue
        entity = entities.setdefault(number, _Entity(values={"logicalid": number}))
        groups: dict[str, dict[str, str]] = defaultdict(dict)
        for column, text in values.items():
            prefix, _, name = column.partition("_")
            if not (value := clean(text)):
                continue
            if prefix == "Entity":
                entity.values.setdefault(name.replace("_", "").lower(), value)
            elif prefix in _PREFIXES:
                groups[_PREFIXES[prefix]][name.replace("_", "").lower()] = value
        for kind, found in groups.items():
            if found not in entity.parts[kind]:
                entity.parts[kind].append(found)
    for entity in entities.values():
        told = entity.values
        told["subject"] = told.get("subjecttypeclassificationcode") or told.get("subjecttype", "")
        yield entity


def _state(values: _Values) -> str | None:
    code = values.get("countryiso2code", "")
    return None if code in _NO_STATE else state_named(code)


def _first(values: _Values, *names: str) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _born(values: _Values) -> ListedDate | None:
    """Read birthdate, else year, month and day, else the range of years; the lunar Hijri one is converted."""
    first, last = values.get("yearrangefrom", ""), values.get("yearrangeto", "")
    year, month = values.get("year", ""), _first(values, "monthofyear", "month")
    day = _first(values, "dayofmonth", "day")
    calendar = values.get("calendartype", "").lower()
    if calendar in {"islamic", "hijri"} and year.isdigit():
        return lunar(int(year), int(month) if month.isdigit() else 0, int(day) if day.isdigit() else 0)
    if calendar not in _GREGORIAN:
        return None
    known: ListedDate | None = None
    if values.get("birthdate"):
        moment = exact_day(values["birthdate"])
        known = of_parts(moment.year, moment.month, moment.day) if moment else None
    elif year.isdigit():
        known = of_parts(int(year), int(month) if month.isdigit() else 0, int(day) if day.isdigit() else 0)
    elif first.isdigit() and last.isdigit():
        known = span(of_parts(int(first)), of_parts(int(last)))
    return circa(known) if values.get("circa", "").lower() == "true" else known


class _Reader:
    """One entity to one record."""

    def __init__(self, entity: _Entity, words: Words) -> None:
        self.entity, self.words, self.findings = entity, words, words.findings
        self.record = Record(entity.values["logicalid"], _ROLE, authority=_AUTHORITY)

    def note(self, code: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, self.record.source_id, text))

    def source(self, part: str, values: _Values) -> str:
        return f"eu {self.record.source_id} {part} {values.get('logicalid', '')}".strip()

    def read(self) -> Record:
        record, values = self.record, self.entity.values
        record.valid_from = exact_day(values.get("designationdate"))
        if values.get("delistingdate"):
            record.status = AlertStatus.WITHDRAWN
        for name in ("eureferencenumber", "unitednationid", "designationdetails", "delistingdate", "remark"):
            record.remark(name, values.get(name, ""))
        for text in self.entity.remarks:
            record.remark("remark", text)
        programmes = {part["programme"] for part in self.entity.parts["regulation"] if part.get("programme")}
        record.legal_basis = "; ".join(sorted(programmes)) or values.get("regulationprogramme")
        self.words.category(sorted(programmes) or filter(None, [record.legal_basis]), record)
        self._names()
        for born in self.entity.parts["birthdate"]:
            self._birth(born)
        for citizenship in self.entity.parts["citizenship"]:
            code = citizenship.get("countryiso2code", "")
            if code in _NO_STATE:
                continue
            if state := self.words.state(code, record):
                record.own.facts.append(
                    Fact(FactKind.NATIONALITY, state, self.source("citizenship", citizenship))
                )
            elif not self.words.decides("state"):
                record.remark("citizenship", code)
                self.note("list_state_unread", "citizenship kept as text")
        for document in self.entity.parts["identification"]:
            self._document(document)
        for address in self.entity.parts["address"]:
            names = ("street", "pobox", "zipcode", "city", "region", "place", "countrydescription")
            record.remark("address", ", ".join(address[name] for name in names if address.get(name)))
        return record

    def _names(self) -> None:
        names: list[Name] = []
        for values in self.entity.parts["namealias"]:
            given = " ".join(filter(None, (values.get("firstname"), values.get("middlename"))))
            family = values.get("lastname", "")
            full = values.get("wholename") or " ".join(filter(None, (given, family)))
            said = values.get("gender", "")
            if said and (sex := self.words.sex(said, self.record, _SEXES)):
                self.record.own.facts.append(Fact(FactKind.SEX, sex, self.source("nameAlias", values)))
            for name in ("title", "function"):
                self.record.remark(name, values.get(name, ""))
            if not full:
                continue
            kind = NameKind.WEAK if values.get("strong", "").lower() == "false" else NameKind.ALIAS
            if script(full) not in {"Latn", "Zyyy"}:
                kind = NameKind.ORIGINAL_SCRIPT
            quality = f"strong={values['strong']}" if values.get("strong") else None
            parts = (family, given) if family and given else (None, None)
            names.append(Name(full, kind, parts[0], parts[1], quality, self.source("nameAlias", values)))
        names = unique(names, lambda name: (name.kind is NameKind.WEAK, name.full))
        # the Union marks no primary name: it files a person under the first strong one in Latin script
        first = next((place for place, name in enumerate(names) if name.kind is NameKind.ALIAS), 0)
        for place, listed in enumerate(names):
            kind = NameKind.PRIMARY if place == first else listed.kind
            self.record.own.names.append(replace(listed, kind=kind))

    def _birth(self, values: _Values) -> None:
        known = _born(values)
        shown = " ".join(f"{key}={text}" for key, text in values.items() if key != "logicalid")
        dated = any(values.get(key) for key in ("birthdate", "year", "yearrangefrom"))
        where = f"{self.source('birthdate', values)}: {shown}"
        if known is not None:
            self.record.own.dates.append(BirthDate(known, where))
        elif dated:
            text = values.get("birthdate") or shown
            self.record.own.dates.extend(
                listed_births(
                    text, where, role=_ROLE, record=self.record.source_id, findings=self.findings, order="dmy"
                )
            )
        country = "" if _state(values) is None else values.get("countrydescription", "")
        parts = (values.get("city"), values.get("place"), values.get("region"), country)
        if place := ", ".join(part for part in parts if part):
            self.record.own.facts.append(Fact(FactKind.BIRTH_PLACE, place, self.source("birthdate", values)))
        if state := _state(values):
            self.record.own.facts.append(
                Fact(FactKind.BIRTH_COUNTRY, state, self.source("birthdate", values))
            )

    def _issuer(self, values: _Values) -> str | None:
        code = values.get("countryiso2code", "")
        return None if code in _NO_STATE else self.words.state(code, self.record)

    def _document(self, values: _Values) -> None:
        number = _first(values, "number", "latinnumber")
        code = _first(values, "identificationtypecode", "typecode").lower()
        words = _first(values, "identificationtypedescription", "typedescription")
        if not number:
            self.record.remark("identification", " ".join(values.values()))
            self.note("list_document_without_number", "document kept as text")
            return
        kind = self.words.document_type(code, self.record, lambda said: _TYPES.get(said) or kind_of(words))
        if kind is None and not self.words.decides("document_type"):
            self.note("list_unknown_code", "type of document")
        status = next(
            (s for flag, s in _FLAGS if values.get(flag, "").lower() == "true"), ListedDocumentStatus.VALID
        )
        notes = [
            words,
            *(f"{name}: {values[name]}" for name in ("nameondocument", "issuedby") if values.get(name)),
        ]
        document = ListedDocument(
            kind or ListedDocumentType.OTHER,
            number,
            self._issuer(values),
            status,
            issued=exact_day(values.get("issueddate")),
            note="; ".join(filter(None, notes)) or None,
            source=self.source("identification", values),
        )
        known = {(d.type, d.number, d.state, d.status) for d in self.record.own.documents}
        if (document.type, document.number, document.state, document.status) not in known:
            self.record.own.documents.append(document)


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read the EU's list; persons become alerts, enterprises are counted.

    Raises:
        InputError: there is not one file, or it is neither whole XML 1.1 nor CSV 1.1.
    """
    name, data = only_file(files, (".xml", ".csv"), "eu")
    findings: list[AlertFinding] = []
    counts: Counter[str] = Counter()
    words = Words(terms_of(options), findings)
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if is_xml:
        data = readable(data, _ROLE, findings, encoding_of(options))
    records = []
    for entity in _of_xml(data, name) if is_xml else _of_csv(data, findings, encoding_of(options)):
        counts["entries"] += 1
        subject = entity.values.get("subject", "").lower()
        if subject in {"e", "enterprise"}:
            counts["entities"] += 1
        elif subject not in {"p", "person"}:
            counts["unknown_types"] += 1
            findings.append(
                AlertFinding("list_unknown_type", _ROLE, entity.values.get("logicalid"), "subject type")
            )
        elif not entity.values.get("logicalid"):
            counts["malformed"] += 1
            findings.append(AlertFinding("list_row_malformed", _ROLE, str(counts["entries"]), "no logicalId"))
        else:
            records.append(_Reader(entity, words).read())
    counts["malformed"] += sum(f.code == "list_row_malformed" and "columns" in f.text for f in findings)
    generated = root_attribute(data, "generationDate") if is_xml else None
    return assemble(records, options, findings=findings, counts=counts, published=exact_day(generated))


IMPORTER = Importer("eu", (".xml", ".csv"), read)
