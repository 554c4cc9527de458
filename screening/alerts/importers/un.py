"""The United Nations Security Council's consolidated list, XML.

Source: UN, "Technical specification of the consolidated list" and sc-sanctions.xsd; docs/alert-lists.md for
what the files really do. FIRST_NAME … FOURTH_NAME stand in order of use: they are no surname and given names.
"""

import re
from collections import Counter
from collections.abc import Mapping

from lxml import etree

from screening.alerts.assembling import assemble
from screening.alerts.births import listed_births
from screening.alerts.dates import (
    ListedDate,
    circa,
    exact_day,
    of_parts,
    read_date,
    slashed_date,
    span,
    unread,
)
from screening.alerts.importers.un_aliases import AliasPiece, pieces_of
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
from screening.alerts.numbers import kind_of, split_number
from screening.alerts.origins import add_nationality
from screening.alerts.source import only_file, readable, root_attribute, xml_elements
from screening.alerts.states import state_named
from screening.alerts.terms import Words
from screening.alerts.text import clean
from screening.tables.codes import FactKind, ListedDocumentStatus, ListedDocumentType, NameKind

_ROLE = "un"
_AUTHORITY = "UN Security Council"
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_QUALITIES = {
    "good": NameKind.ALIAS,
    "low": NameKind.WEAK,
    "a.k.a.": NameKind.ALIAS,
    "f.k.a.": NameKind.FORMER,
}
_SEXES = {"male": "M", "m": "M", "female": "F", "f": "F"}
_KEPT = ("UN_LIST_TYPE", "REFERENCE_NUMBER", "COMMENTS1", "SUBMITTED_BY", "VERSIONNUM")
_KEPT_LISTS = ("TITLE", "DESIGNATION", "LAST_DAY_UPDATED")
_READ = frozenset(
    {
        "DATAID", *_NAME_PARTS, *_KEPT, *_KEPT_LISTS, "LISTED_ON", "DELISTED_ON", "NAME_ORIGINAL_SCRIPT",
        "GENDER",
        "NATIONALITY", "NATIONALITY2", "LIST_TYPE", "INDIVIDUAL_ALIAS", "INDIVIDUAL_ADDRESS",
        "INDIVIDUAL_DATE_OF_BIRTH", "INDIVIDUAL_PLACE_OF_BIRTH", "INDIVIDUAL_DOCUMENT",
        "SORT_KEY", "SORT_KEY_LAST_MOD",
    }
)  # fmt: skip
_EXPIRES = re.compile(
    r"(?:expir\w*|valid (?:until|to))\s*(?:on|:)?\s*([0-9]{1,2} [A-Za-z]+\.? [0-9]{4})", re.IGNORECASE
)
_STATUS = (
    ("revoked", ListedDocumentStatus.REVOKED), ("cancelled", ListedDocumentStatus.REVOKED),
    ("false", ListedDocumentStatus.FALSE), ("counterfeit", ListedDocumentStatus.FALSE),
    ("forged", ListedDocumentStatus.FALSE), ("stolen", ListedDocumentStatus.STOLEN),
    ("lost", ListedDocumentStatus.LOST), ("expired", ListedDocumentStatus.EXPIRED),
)  # fmt: skip


def _child(element: etree._Element, tag: str) -> str:
    return clean(element.findtext(tag))


class _Reader:
    """One INDIVIDUAL element to one record."""

    def __init__(self, element: etree._Element, words: Words, counts: Counter[str]) -> None:
        self.element, self.words, self.findings, self.counts = element, words, words.findings, counts
        self.record = Record(source_id=_child(element, "DATAID"), file=_ROLE, authority=_AUTHORITY)

    def note(self, code: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, self.record.source_id or None, text))

    def source(self, field: str, raw: str = "") -> str:
        return f"{_ROLE} {self.record.source_id} {field}" + (f": {raw}" if raw else "")

    def read(self) -> Record:
        element, record = self.element, self.record
        full = " ".join(part for tag in _NAME_PARTS if (part := _child(element, tag)))
        if full:
            record.own.names.append(
                Name(full, NameKind.PRIMARY, source=self.source("FIRST_NAME … FOURTH_NAME"))
            )
        if original := _child(element, "NAME_ORIGINAL_SCRIPT"):
            source = self.source("NAME_ORIGINAL_SCRIPT")
            record.own.names.append(Name(original, NameKind.ORIGINAL_SCRIPT, source=source))
        for tag in _KEPT:
            record.remark(tag, _child(element, tag))
        for tag in _KEPT_LISTS:
            for value in element.iterfind(f"{tag}/VALUE"):
                record.remark(tag, clean(value.text))
        record.legal_basis = _child(element, "UN_LIST_TYPE") or None
        self.words.category(filter(None, [record.legal_basis]), record)
        record.valid_from = exact_day(_child(element, "LISTED_ON"))
        self._facts()
        for alias in element.iterfind("INDIVIDUAL_ALIAS"):
            self._alias(alias)
        for born in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
            self._birth_date(born)
        for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
            self._document(document)
        for address in element.iterfind("INDIVIDUAL_ADDRESS"):
            record.remark("address", ", ".join(text for child in address if (text := clean(child.text))))
        self._strangers()
        return record

    def _facts(self) -> None:
        own = self.record.own
        if sex := _child(self.element, "GENDER"):
            code = self.words.sex(sex, self.record, _SEXES)
            if code:
                own.facts.append(Fact(FactKind.SEX, code, self.source("GENDER")))
            elif code is None:
                self.record.remark("GENDER", sex)
                self.note("list_unknown_code", "sex kept as text")
        for value in self.element.iterfind("NATIONALITY/VALUE"):
            if (text := clean(value.text)) and text.lower() not in {"na", "n/a", "unknown"}:
                source = self.source("NATIONALITY", text)
                add_nationality(self.record, text, source, _ROLE, self.findings, self.words)
        for place in self.element.iterfind("INDIVIDUAL_PLACE_OF_BIRTH"):
            self._place(
                own, [_child(place, tag) for tag in ("CITY", "STATE_PROVINCE")], _child(place, "COUNTRY")
            )
            self.record.remark("birth_place", _child(place, "NOTE"))

    def _place(self, identity: Identity, parts: list[str], country: str) -> None:
        text = ", ".join(part for part in (*parts, country) if part)
        if text:
            identity.facts.append(Fact(FactKind.BIRTH_PLACE, text, self.source("PLACE_OF_BIRTH")))
        if code := state_named(country):
            identity.facts.append(Fact(FactKind.BIRTH_COUNTRY, code, self.source("PLACE_OF_BIRTH")))

    def _alias(self, alias: etree._Element) -> None:
        written, quality, note = _child(alias, "ALIAS_NAME"), _child(alias, "QUALITY"), _child(alias, "NOTE")
        if not written:
            self.counts["empty_aliases"] += 1
            self.record.remark("alias_note", note)
            return
        self.counts[f"alias_elements_{quality.lower() or 'unmarked'}"] += 1
        kind = _QUALITIES.get(quality.lower(), NameKind.ALIAS)
        if quality.lower() not in _QUALITIES:
            self.note("list_unknown_code", "quality of an alias; taken as an alias")
        identity = self._alias_identity(alias, written)
        source = self.source("ALIAS_NAME", f"{written} [{note}]" if note else written)
        for piece in pieces_of(written, note) or [AliasPiece(written, None)]:
            identity.names.append(
                Name(piece.text, piece.kind or kind, quality=quality or None, source=source)
            )

    def _alias_identity(self, alias: etree._Element, written: str) -> Identity:
        """Put an alias with a birth date or place under its own identity: its date is not the person's."""
        identity = Identity()
        if born := _child(alias, "DATE_OF_BIRTH"):
            identity.dates.extend(self._births(born, self.source("ALIAS DATE_OF_BIRTH", born)))
        self._place(identity, [_child(alias, "CITY_OF_BIRTH")], _child(alias, "COUNTRY_OF_BIRTH"))
        if not identity.dates and not identity.facts:
            return self.record.own
        self.record.others.append(identity)
        return identity

    def _birth_date(self, born: etree._Element) -> None:
        kind, note = _child(born, "TYPE_OF_DATE").upper(), _child(born, "NOTE")
        values = {tag: _child(born, tag) for tag in ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR")}
        known = _known_date(values)
        if known is not None and kind == "APPROXIMATELY":
            known = circa(known)
        text = " ".join(value for value in (*values.values(), note) if value)
        if known is None:
            if not text:
                self.counts["empty_dates"] += 1
                return
            source = self.source("DATE_OF_BIRTH", f"{kind} {text}")
            if any(values.values()):
                self.record.own.dates.extend(self._births(text, source))
            else:  # words of a note: ages, other people's dates
                self.note("list_date_unread", "date of birth stands in a note only; kept as text")
                self.record.own.dates.append(BirthDate(unread(text), source))
            return
        if note:
            known = ListedDate(known.value, known.start, known.end, known.precision, known.calendar, note)
        self.record.own.dates.append(BirthDate(known, self.source("DATE_OF_BIRTH", f"{kind} {text}")))

    def _births(self, text: str, source: str) -> list[BirthDate]:
        return listed_births(
            text, source, role=_ROLE, record=self.record.source_id, findings=self.findings, order="dmy"
        )

    def _document(self, element: etree._Element) -> None:
        values = {child.tag: text for child in element if (text := clean(child.text))}
        if not values:
            self.counts["empty_documents"] += 1
            return
        words = " ".join(values.get(tag, "") for tag in ("TYPE_OF_DOCUMENT2", "NUMBER"))
        # the publisher's type stands, though it calls ration cards national identity; words are in the note
        kind = (
            self.words.document_type(
                values.get("TYPE_OF_DOCUMENT", ""), self.record, lambda said: kind_of(said) or kind_of(words)
            )
            or ListedDocumentType.OTHER
        )
        raw = "; ".join(f"{tag}={text}" for tag, text in values.items())
        note = "; ".join(values[tag] for tag in ("TYPE_OF_DOCUMENT2", "NOTE") if tag in values)
        found = split_number(values.get("NUMBER", ""))
        if found is None:
            # words only: the number is real, the kind is our reading of a sentence, so it stays `other`
            found, kind = (
                split_number(values.get("TYPE_OF_DOCUMENT2", "")) or _number_in_note(values.get("NOTE", "")),
                ListedDocumentType.OTHER,
            )
            self.note("list_document_without_number", "no NUMBER; the text is kept")
            self.counts["documents_without_number"] += 1
            self.record.remark("document", raw)
            if found is None:
                return
        number, words_of_state = found
        country = values.get("ISSUING_COUNTRY") or values.get("COUNTRY_OF_ISSUE")
        state = self.words.state(country, self.record) or state_named(words_of_state)
        if country and state is None:
            self.note("list_state_unread", "issuing state kept as text")
        lowered = f"{words} {note}".lower()
        status = next(
            (s for word, s in _STATUS if re.search(rf"\b{word}\b", lowered)), ListedDocumentStatus.VALID
        )
        expiry = _EXPIRES.search(f"{values.get('NUMBER', '')} {note}")
        self.record.own.documents.append(
            ListedDocument(
                kind, number, state, status,
                issued=exact_day(values.get("DATE_OF_ISSUE")),
                expires=exact_day(expiry[1]) if expiry else None,
                note=note or None,
                source=self.source("DOCUMENT", raw),
            )
        )  # fmt: skip

    def _strangers(self) -> None:
        for child in self.element:
            if child.tag not in _READ and (text := clean("".join(map(str, child.itertext())))):
                self.record.remark(child.tag, text)
                self.note("list_unknown_column", "element kept as text")


def _known_date(values: Mapping[str, str]) -> ListedDate | None:
    """Read DATE, else YEAR, else FROM_YEAR..TO_YEAR; TYPE_OF_DATE says EXACT also of a bare year."""
    if values["DATE"]:
        return read_date(values["DATE"]) or slashed_date(values["DATE"])
    if values["YEAR"]:
        return read_date(values["YEAR"])
    years = [int(values[tag]) for tag in ("FROM_YEAR", "TO_YEAR") if values[tag].isdigit()]
    return span(of_parts(years[0]), of_parts(years[1])) if len(years) == 2 else None


def _number_in_note(note: str) -> tuple[str, str | None] | None:
    """Find the number in words like "Tunisian passport number L723315, issued on 5 May 1998"."""
    found = re.match(
        r"(?P<words>[^0-9]*?(?:number|card|no\.?|ssn)\s*:?\s*)(?P<number>[A-Z]{0,3}-? ?[0-9][0-9A-Z/-]*)",
        note,
        re.IGNORECASE,
    )
    if found is None:
        return None
    words = split_number(f"{found['words']}{found['number']}")
    return (found["number"].strip(), words[1] if words else None)


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read the UN's XML: individuals become alerts, entities are counted.

    Raises:
        InputError: there is not exactly one file, or it is no whole CONSOLIDATED_LIST.
    """
    name, data = only_file(files, (".xml",), "un")
    findings: list[AlertFinding] = []
    data = readable(data, _ROLE, findings, encoding_of(options))
    counts: Counter[str] = Counter()
    words = Words(terms_of(options), findings)
    records = []
    for element in xml_elements(data, name, ("INDIVIDUAL", "ENTITY"), "CONSOLIDATED_LIST"):
        counts["entries"] += 1
        if element.tag == "ENTITY":
            counts["entities"] += 1
        elif _child(element, "DATAID"):
            records.append(_Reader(element, words, counts).read())
        else:
            counts["malformed"] += 1
            findings.append(AlertFinding("list_row_malformed", _ROLE, str(counts["entries"]), "no DATAID"))
    return assemble(
        records,
        options,
        findings=findings,
        counts=counts,
        published=exact_day(root_attribute(data, "dateGenerated")),
    )


IMPORTER = Importer("un", (".xml",), read)
