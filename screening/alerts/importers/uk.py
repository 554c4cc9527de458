"""The United Kingdom's lists, CSV: OFSI's ConList (until 2026, also as of 2018) and the UK Sanctions List.

The layouts are told apart by their columns. Each is a cross product: a person has one row for each name,
date, nationality or document, so rows are grouped by the person's id and their values taken as sets. Dates
are dd/mm/yyyy with `00`, `dd` or `mm` for what is unknown; `(1) A (2) B` are two values.

Source: OFSI, "Consolidated list: format guide"; FCDO, "UK Sanctions List: format" (layouts as in
docs/alert-lists.md; no whole public file was at hand).

>>> numbered("(1) Jordan (2) Moldova"), numbered("Jordan"), numbered("1) Qatar 2) Oman")
(['Jordan', 'Moldova'], ['Jordan'], ['Qatar', 'Oman'])
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.alerts.assembling import assemble
from screening.alerts.births import listed_births
from screening.alerts.dates import exact_day, slashed_date
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
    unique,
)
from screening.alerts.numbers import split_number
from screening.alerts.origins import add_nationality
from screening.alerts.source import SourceRow, by_header, csv_rows, only_file, refused
from screening.alerts.states import state_named, states_in
from screening.alerts.terms import Words
from screening.alerts.text import clean
from screening.tables.codes import FactKind, ListedDocumentType, NameKind

_ROLE = "uk"
_AUTHORITY = "UK, OFSI and FCDO"
_GIVEN = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5")
_PERSON = "individual"
_OTHER_KINDS = {"entity": "entities", "ship": "ships", "vessel": "ships"}
_NUMBERED = re.compile(r"(?:^|\s)\(?[0-9]{1,2}\)\s*")
_GENDER = re.compile(r"\(Gender\)\s*:\s*(\w+)", re.IGNORECASE)
_REFERENCE = re.compile(r"\(UK Sanctions List Ref\)\s*:?\s*([A-Z]{2,5}[0-9]{3,6})")
_SEXES = {"male": "M", "m": "M", "female": "F", "f": "F"}
_KINDS = {
    "primary name": NameKind.PRIMARY, "prime alias": NameKind.PRIMARY,
    "primary name variation": NameKind.ALIAS,
    "aka": NameKind.ALIAS, "alias": NameKind.ALIAS, "fka": NameKind.FORMER,
    "formerly known as": NameKind.FORMER,
    "also known as": NameKind.ALIAS, "": NameKind.ALIAS,
}  # fmt: skip
_KEPT = (
    "Title", "Position", "Other Information", "UK Statement of Reasons", "Sanctions Imposed",
    "UN Reference Number",
    "Phone number", "Email address", "Website", "Designation source", "Country", "Address Country",
    "Non-Latin Script Language", "Non-latin script language", "UK Sanctions List Date Designated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a layout keeps what it says; a field may be absent."""

    columns: Mapping[str, str]


_SANCTIONS_LIST = _Layout(
    {
        "id": "Unique ID", "kind": "Name type", "quality": "Alias strength", "group": "Designation Type",
        "script": "Name non-latin script", "born": "D.O.B", "nationality": "Nationality(/ies)",
        "passport": "Passport number", "passport_details": "Passport additional information",
        "national": "National Identifier number",
        "national_details": "National Identifier additional information",
        "sex": "Gender", "town": "Town of birth", "country": "Country of birth", "regime": "Regime Name",
        "listed": "Date Designated", "other": "Other Information",
    }
)  # fmt: skip
_CONLIST = _Layout(
    {
        "id": "Group ID", "kind": "Alias Type", "quality": "Alias Quality", "group": "Group Type",
        "script": "Name Non-Latin Script", "born": "DOB", "nationality": "Nationality",
        "passport": "Passport Number", "passport_details": "Passport Details",
        "national": "National Identification Number", "national_details": "National Identification Details",
        "town": "Town of Birth", "country": "Country of Birth", "regime": "Regime", "listed": "Listed On",
        "other": "Other Information",
    }
)  # fmt: skip
_CONLIST_2018 = _Layout({**_CONLIST.columns, "passport": "Passport Details", "national": "NI Number"})


def numbered(text: str) -> list[str]:
    """Return the values of `(1) A (2) B`; one value where nothing is numbered."""
    return [part for piece in _NUMBERED.split(clean(text)) if (part := piece.strip(" .,;"))]


def _layout(rows: Sequence[SourceRow], name: str) -> tuple[_Layout, int]:
    """Return the layout and the place of its header, which stands below a line with the date of the file."""
    for place, row in enumerate(rows[:3]):
        names = {value.strip() for value in row.values}
        if {"Unique ID", "Name 6", "Designation Type"} <= names:
            return _SANCTIONS_LIST, place
        if {"Group ID", "Name 6", "Group Type"} <= names:
            return (_CONLIST if "Passport Number" in names else _CONLIST_2018), place
    raise refused("no header of a UK list (Unique ID or Group ID, Name 6)", name, "check SOURCE and file")


class _Reader:
    """Rows of one layout to records."""

    def __init__(self, layout: _Layout, words: Words, counts: Counter[str]) -> None:
        self.layout, self.words, self.findings, self.counts = layout, words, words.findings, counts
        self.records: dict[str, Record] = {}

    def value(self, row: Mapping[str, str], name: str) -> str:
        return clean(row.get(self.layout.columns.get(name, ""), ""))

    def note(self, code: str, record: str, text: str) -> None:
        self.findings.append(AlertFinding(code, _ROLE, record, text))

    def source_id(self, row: Mapping[str, str]) -> str:
        """UK Unique ID; ConList: the UK Sanctions List reference, else the Group ID."""
        if reference := _REFERENCE.search(self.value(row, "other")):
            return reference[1]
        return self.value(row, "id")

    def read(self, number: int, row: Mapping[str, str]) -> None:
        group = self.value(row, "group").casefold()
        if group in _OTHER_KINDS:
            self.counts[_OTHER_KINDS[group]] += 1
            return
        source_id = self.source_id(row)
        if not source_id or group != _PERSON:
            self.counts["malformed"] += 1
            self.note(
                "list_row_malformed", str(number), "no id, or a kind of entry that no UK list has: shifted?"
            )
            return
        record = self.records.setdefault(source_id, Record(source_id, _ROLE, authority=_AUTHORITY))
        if record.legal_basis is None and (regime := self.value(row, "regime")):
            record.legal_basis = regime
            self.words.category([regime], record)
        listed = slashed_date(self.value(row, "listed"))
        record.valid_from = record.valid_from or (
            listed.start if listed else exact_day(self.value(row, "listed"))
        )
        self._names(record, row)
        self._facts(record, row)
        self._documents(record, row)
        for column in _KEPT:
            record.remark(column, clean(row.get(column, "")))
        address = ", ".join(
            clean(text) for name, text in row.items() if name.startswith("Address ") and clean(text)
        )
        record.remark("address", address)

    def _names(self, record: Record, row: Mapping[str, str]) -> None:
        family, given = (
            clean(row.get("Name 6", "")),
            " ".join(filter(None, (clean(row.get(n, "")) for n in _GIVEN))),
        )
        quality, word = self.value(row, "quality"), self.value(row, "kind").casefold()
        kind = _KINDS.get(word, NameKind.ALIAS)
        if word not in _KINDS:
            self.note("list_unknown_code", record.source_id, "type of name; taken as an alias")
        if quality.casefold().startswith("low") and kind is not NameKind.PRIMARY:
            kind = NameKind.WEAK
        if full := " ".join(filter(None, (given, family))):
            parts = (family or None, given or None) if family and given else (None, None)
            record.own.names.append(
                Name(full, kind, parts[0], parts[1], quality or None, f"uk {record.source_id} name")
            )
        if original := self.value(row, "script"):
            source = f"uk {record.source_id} {self.layout.columns['script']}"
            record.own.names.append(Name(original, NameKind.ORIGINAL_SCRIPT, source=source))

    def _facts(self, record: Record, row: Mapping[str, str]) -> None:
        for written in numbered(self.value(row, "born")):
            where = f"uk {record.source_id} DOB: {written}"
            record.own.dates.extend(
                listed_births(
                    written, where, role=_ROLE, record=record.source_id, findings=self.findings, order="dmy"
                )
            )
        for written in numbered(self.value(row, "nationality")):
            source = f"uk {record.source_id} nationality: {written}"
            add_nationality(record, written, source, _ROLE, self.findings, self.words)
        told = _GENDER.search(self.value(row, "other"))
        sex = self.value(row, "sex") or (told[1] if told else "")
        code = self.words.sex(sex, record, _SEXES) if sex else ""
        if code:
            record.own.facts.append(Fact(FactKind.SEX, code, f"uk {record.source_id} gender"))
        elif code is None:
            record.remark("sex", sex)
            self.note("list_unknown_code", record.source_id, "sex kept as text")
        towns, countries = numbered(self.value(row, "town")), numbered(self.value(row, "country"))
        for place in range(max(len(towns), len(countries))):
            parts = [values[place] for values in (towns, countries) if place < len(values)]
            record.own.facts.append(
                Fact(FactKind.BIRTH_PLACE, ", ".join(parts), f"uk {record.source_id} birth")
            )
        for country in countries:
            if state := state_named(country):
                record.own.facts.append(Fact(FactKind.BIRTH_COUNTRY, state, f"uk {record.source_id} birth"))

    def _documents(self, record: Record, row: Mapping[str, str]) -> None:
        told = numbered(self.value(row, "nationality"))
        nationalities = {state for text in told if (state := self.words.state(text, record))}
        for field_name, kind in (
            ("passport", ListedDocumentType.PASSPORT),
            ("national", ListedDocumentType.NATIONAL_ID),
        ):
            numbers, details = (
                numbered(self.value(row, field_name)),
                numbered(self.value(row, f"{field_name}_details")),
            )
            for place, written in enumerate(numbers):
                detail = details[place] if place < len(details) else " ".join(details)
                document = _document(kind, written, "" if detail == written else detail)
                if document is None:
                    record.remark(field_name, written)
                    self.note("list_document_without_number", record.source_id, "document kept as text")
                    continue
                state, note = document.state, document.note
                if state is None and len(nationalities) == 1:
                    state, note = (
                        next(iter(nationalities)),
                        f"{note or ''}; issuing state taken from the nationality",
                    )
                source = f"uk {record.source_id} {field_name}: {written}"
                record.own.documents.append(
                    ListedDocument(
                        document.type, document.number, state, note=note and note.strip("; "), source=source
                    )
                )


def _document(kind: ListedDocumentType, written: str, detail: str) -> ListedDocument | None:
    """Read "B9588401", or the 2018 layout's "Passport No: 592667 (Qatari passport issued on 3 May 2007)"."""
    number, bracket, inside = written.partition(" (")
    found = split_number(number if bracket and any(c.isdigit() for c in number) else written)
    if found is None:
        return None
    words = " ".join(filter(None, (detail, inside.rstrip(") ."))))
    named = states_in(words)
    state = state_named(found[1]) or (named[0] if len(named) == 1 else None)
    return ListedDocument(kind, found[0], state, note=words or None)


def _as_sets(record: Record) -> Record:
    """Take the values of a cross product once each."""
    own = record.own
    own.names = unique(own.names, lambda name: (name.kind, name.full))
    own.dates = unique(own.dates, lambda born: (born.date.value, born.date.precision, born.date.note))
    own.documents = unique(own.documents, lambda document: (document.type, document.number, document.state))
    return record


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read a UK list; individuals become alerts, the rest is counted.

    Raises:
        InputError: there is not one file, its header is no UK list's, or its rows stand one column off.
    """
    name, data = only_file(files, (".csv",), "uk")
    findings: list[AlertFinding] = []
    counts: Counter[str] = Counter()
    rows = csv_rows(data, _ROLE, findings, encoding=encoding_of(options))
    layout, place = _layout(rows, name)
    header = rows[place]
    reader = _Reader(layout, Words(terms_of(options), findings), counts)
    for row, values in by_header(rows[place + 1 :], header, _ROLE, findings):
        reader.read(row.number, values)
    total = len(rows) - place - 1
    counts["rows"] = counts["entries"] = total
    counts["malformed"] += sum(f.code == "list_row_malformed" and "columns" in f.text for f in findings)
    if counts["malformed"] * 2 > total:
        raise refused(
            f"{counts['malformed']} of {total} rows do not fit the header of {len(header.values)} columns: "
            "columns are shifted",
            name,
            "fetch the file again from its publisher; somebody saved it otherwise",
        )
    first = rows[0].values
    told = slashed_date(first[1]) if len(first) > 1 and place else None
    published = (
        told.start if told else exact_day(first[0].partition(":")[2].replace("-", " ")) if place else None
    )
    records = [_as_sets(record) for record in reader.records.values()]
    return assemble(records, options, findings=findings, counts=counts, published=published)


IMPORTER = Importer("uk", (".csv",), read)
