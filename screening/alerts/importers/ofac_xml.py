"""OFAC's advanced XML (`sdn_advanced.xml`, `cons_advanced.xml`).

Values stand as numeric ids; every id is resolved through the file's own `ReferenceValueSets`, never through
numbers known by heart. A name's parts say through `NamePartGroups` what they are. 1 January to 31 December
means the year, the first to the last of a month means the month.

Source: UN 1267/1988 advanced sanctions data model, as OFAC publishes it since 2018 (sdn_advanced.xsd); no
public file was at hand, the tests' sample is invented after the schema.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from lxml import etree

from screening.alerts.assembling import assemble
from screening.alerts.dates import ListedDate, circa, of_parts, span
from screening.alerts.mapping import encoding_of, terms_of
from screening.alerts.model import (
    AlertFinding,
    BirthDate,
    Fact,
    Identity,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.alerts.numbers import kind_of
from screening.alerts.origins import add_birth_place, add_nationality
from screening.alerts.source import local_name, only_file, readable, xml_elements
from screening.alerts.terms import Words, take_over
from screening.alerts.text import clean, script, word_key
from screening.tables.codes import FactKind, ListedDocumentStatus, ListedDocumentType, NameKind

_ROLE = "ofac-xml"
_AUTHORITY = "US Treasury, OFAC"
_TAGS = ("DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty", "SanctionsEntry")
_FAMILY = frozenset({"last name", "maiden name", "patronymic", "matronymic"})
_WHOLE = frozenset({"entity name", "nickname", "vessel name", "aircraft name"})
_SILENT_FEATURES = frozenset(
    {"birthdate", "place of birth", "nationality country", "citizenship country", "gender"}
)
_SEXES = {"male": "M", "female": "F"}
_FRAUDULENT = frozenset({"fraudulent", "false"})


def _all(element: etree._Element, *path: str) -> Iterator[etree._Element]:
    """Yield the elements at a path of local names, in any namespace."""
    if not path:
        yield element
        return
    for child in element:
        if isinstance(child.tag, str) and local_name(child) == path[0]:
            yield from _all(child, *path[1:])


def _text(element: etree._Element, *path: str) -> str:
    return next((text for found in _all(element, *path) if (text := clean(found.text))), "")


def _day(element: etree._Element, *path: str) -> date | None:
    for found in _all(element, *path):
        numbers = [_text(found, part) for part in ("Year", "Month", "Day")]
        if all(number.isdigit() for number in numbers):
            known = of_parts(*(int(number) for number in numbers))
            return known.start if known else None
    return None


def _period(element: etree._Element) -> ListedDate | None:
    """Read a DatePeriod: from the first day that Start can mean to the last that End can mean."""
    first = _day(element, "Start", "From") or _day(element, "Start", "To")
    last = _day(element, "End", "To") or _day(element, "End", "From") or first
    if first is None or last is None:
        return None
    known = span(of_parts(first.year, first.month, first.day), of_parts(last.year, last.month, last.day))
    if first == last:
        known = of_parts(first.year, first.month, first.day)
    elif first.day == 1 and last == first.replace(day=monthrange(first.year, first.month)[1]):
        known = of_parts(first.year, first.month)
    about = any(
        found.get("Approximate") == "true" for part in ("Start", "End") for found in _all(element, part)
    )
    return circa(known) if about else known


class _Reader:
    """The file's value sets, places and documents, and with them its parties."""

    def __init__(self, words: Words, counts: Counter[str]) -> None:
        self.words, self.findings, self.counts = words, words.findings, counts
        self.values: dict[tuple[str, str], str] = {}
        self.party_types: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.documents: dict[str, list[ListedDocument]] = defaultdict(list)
        self.holders: dict[str, Record] = {}
        self.programmes: dict[str, set[str]] = defaultdict(set)
        self.profiles: dict[str, str] = {}
        self.published: date | None = None

    def value(self, kind: str, number: str | None) -> str:
        return self.values.get((kind, number or ""), "")

    def take(self, element: etree._Element) -> Record | None:
        """Take one element of the file; a person gives a record."""
        kind = local_name(element)
        if kind == "DateOfIssue":
            numbers = [_text(element, part) for part in ("Year", "Month", "Day")]
            known = of_parts(*map(int, numbers)) if all(number.isdigit() for number in numbers) else None
            self.published = self.published or (known.start if known else None)
        elif kind == "ReferenceValueSets":
            self._sets(element)
        elif kind == "Location":
            self._place(element)
        elif kind == "IDRegDocument":
            self._document(element)
        elif kind == "SanctionsEntry":
            for measure in _all(element, "SanctionsMeasure"):
                if comment := _text(measure, "Comment"):
                    self.programmes[element.get("ProfileID", "")].add(comment)
        else:
            return self._party(element)
        return None

    def _sets(self, element: etree._Element) -> None:
        for value_set in element:
            for value in value_set:
                if isinstance(value.tag, str):
                    kind = local_name(value)
                    self.values[kind, value.get("ID", "")] = clean(value.text)
                    if kind == "PartySubType":
                        self.party_types[value.get("ID", "")] = value.get("PartyTypeID", "")

    def _place(self, element: etree._Element) -> None:
        parts = [_text(part, "LocationPartValue", "Value") for part in _all(element, "LocationPart")]
        parts += [self.value("Country", found.get("CountryID")) for found in _all(element, "LocationCountry")]
        if not any(True for _ in _all(element, "LocationCountry")):
            parts += [
                self.value("AreaCode", found.get("AreaCodeID")) for found in _all(element, "LocationAreaCode")
            ]
        self.places[element.get("ID", "")] = ", ".join(part for part in parts if part)

    def _document(self, element: etree._Element) -> None:
        number, words = (
            _text(element, "IDRegistrationNo"),
            self.value("IDRegDocType", element.get("IDRegDocTypeID")),
        )
        identity = element.get("IdentityID", "")
        if not number:
            self.findings.append(
                AlertFinding("list_document_without_number", _ROLE, identity, "no IDRegistrationNo")
            )
            return
        country = self.value("Country", element.get("IssuedBy-CountryID"))
        dates: dict[str, date | None] = {}
        for dated in _all(element, "DocumentDate"):
            word = self.value("IDRegDocDateType", dated.get("IDRegDocDateTypeID")).lower()
            period = next((_period(found) for found in _all(dated, "DatePeriod")), None)
            dates["expires" if "expir" in word else "issued"] = period.start if period else None
        false = self.value("Validity", element.get("ValidityID")).lower() in _FRAUDULENT
        holder = self.holders.setdefault(identity, Record(identity, _ROLE))
        state = self.words.state(country, holder)
        kind = self.words.document_type(words, holder, kind_of) or ListedDocumentType.OTHER
        notes = [words, "" if state else country, _text(element, "Comment")]
        self.documents[identity].append(
            ListedDocument(
                kind,
                number,
                state,
                ListedDocumentStatus.FALSE if false else ListedDocumentStatus.VALID,
                issued=dates.get("issued"),
                expires=dates.get("expires"),
                note="; ".join(filter(None, notes)) or None,
                source=f"{_ROLE} identity {identity} IDRegDocument",
            )
        )

    def _party(self, party: etree._Element) -> Record | None:
        self.counts["entries"] += 1
        number, profile = party.get("FixedRef", ""), next(_all(party, "Profile"), None)
        if not number or profile is None:
            self.counts["malformed"] += 1
            self.findings.append(
                AlertFinding("list_row_malformed", _ROLE, number or None, "no FixedRef or no Profile")
            )
            return None
        kind = self.value("PartyType", self.party_types.get(profile.get("PartySubTypeID", "")))
        if word_key(kind) != "individual":
            word = self.value("PartySubType", profile.get("PartySubTypeID")) or kind or "unknown"
            self.counts[f"left_out_{word_key(word).replace(' ', '_')}"] += 1
            if not kind:
                self.findings.append(
                    AlertFinding("list_unknown_type", _ROLE, number, "kind of party is unknown")
                )
            return None
        record = Record(number, _ROLE, authority=_AUTHORITY)
        record.remark("comment", _text(party, "Comment"))
        self.profiles[profile.get("ID", "")] = number
        owners: dict[str, Identity] = {}
        for identity in _all(profile, "Identity"):
            is_own = identity.get("Primary", "true") == "true" or not owners
            target = record.own if is_own else Identity()
            if not is_own:
                record.others.append(target)
            owners[identity.get("ID", "")] = target
            self._identity(record, identity, target)
        for feature in _all(profile, "Feature"):
            self._feature(record, feature)
        return record

    def _identity(self, record: Record, identity: etree._Element, target: Identity) -> None:
        groups = {
            group.get("ID", ""): word_key(self.value("NamePartType", group.get("NamePartTypeID")))
            for group in _all(identity, "NamePartGroups", "MasterNamePartGroup", "NamePartGroup")
        }
        for alias in _all(identity, "Alias"):
            word = word_key(self.value("AliasType", alias.get("AliasTypeID")))
            kind = NameKind.ALIAS
            if alias.get("Primary") == "true":
                kind = NameKind.PRIMARY
            elif alias.get("LowQuality") == "true":
                kind = NameKind.WEAK
            elif word.startswith("f k a"):
                kind = NameKind.FORMER
            for documented in _all(alias, "DocumentedName"):
                if name := _name(documented, groups, kind, f"{_ROLE} {record.source_id} {word}"):
                    target.names.append(name)
        target.documents.extend(self.documents.get(identity.get("ID", ""), []))
        if holder := self.holders.get(identity.get("ID", "")):
            take_over(holder, record)

    def _feature(self, record: Record, feature: etree._Element) -> None:
        word = word_key(self.value("FeatureType", feature.get("FeatureTypeID")))
        for version in _all(feature, "FeatureVersion"):
            source = f"{_ROLE} {record.source_id} {word}"
            places = [
                self.places.get(found.get("LocationID", ""), "") for found in _all(version, "VersionLocation")
            ]
            details = [
                self.value("DetailReference", found.get("DetailReferenceID")) or clean(found.text)
                for found in _all(version, "VersionDetail")
            ]
            if word == "birthdate":
                self._birth(record, version, source)
            elif word == "gender" and (sex := self.words.sex(" ".join(details), record, _SEXES)) is not None:
                record.own.facts.extend([Fact(FactKind.SEX, sex, source)] if sex else [])
            elif word in {"nationality country", "citizenship country"}:
                for written in filter(None, (*places, *details)):
                    add_nationality(record, written, source, _ROLE, self.findings, self.words)
            elif word == "place of birth":
                for written in filter(None, (*places, *details)):
                    add_birth_place(record, written, source)
            else:
                record.remark(word or "feature", "; ".join(filter(None, (*details, *places))))
            if word in _SILENT_FEATURES:
                record.remark(f"{word} comment", _text(version, "Comment"))

    def _birth(self, record: Record, version: etree._Element, source: str) -> None:
        for period in _all(version, "DatePeriod"):
            known = _period(period)
            if known is None:
                text = AlertFinding(
                    "list_date_unread", _ROLE, record.source_id, "date of birth without a day"
                )
                self.findings.append(text)
            else:
                record.own.dates.append(BirthDate(known, source))


def _name(documented: etree._Element, groups: Mapping[str, str], kind: NameKind, source: str) -> Name | None:
    """Put a name together as OFAC's CSV spells it: "SURNAME, Given"."""
    family: list[str] = []
    given: list[str] = []
    for value in _all(documented, "DocumentedNamePart", "NamePartValue"):
        text, word = clean(value.text), groups.get(value.get("NamePartGroupID", ""), "")
        if text:
            (family if word in _FAMILY or word in _WHOLE else given).append(text)
    surname, names = " ".join(family), " ".join(given)
    full = ", ".join(part for part in (surname, names) if part)
    if not full:
        return None
    if script(full) not in {"Latn", "Zyyy"}:
        kind = NameKind.ORIGINAL_SCRIPT
    parts = (surname, names) if surname and names else (None, None)
    return Name(full, kind, parts[0], parts[1], source=source)


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read OFAC's advanced XML; individuals become alerts, other parties are counted.

    Raises:
        InputError: there is not one file, or it is no whole document `Sanctions`.
    """
    name, data = only_file(files, (".xml",), "ofac-xml")
    findings: list[AlertFinding] = []
    data = readable(data, _ROLE, findings, encoding_of(options))
    counts: Counter[str] = Counter()
    words = Words(terms_of(options), findings)
    reader = _Reader(words, counts)
    records = [
        record for element in xml_elements(data, name, _TAGS, "Sanctions") if (record := reader.take(element))
    ]
    programmes = {
        reader.profiles[key]: texts for key, texts in reader.programmes.items() if key in reader.profiles
    }
    for record in records:
        record.legal_basis = "; ".join(sorted(programmes.get(record.source_id, ()))) or None
        words.category(sorted(programmes.get(record.source_id, ())), record)
    return assemble(records, options, findings=findings, counts=counts, published=reader.published)


IMPORTER = Importer("ofac-xml", (".xml",), read)
