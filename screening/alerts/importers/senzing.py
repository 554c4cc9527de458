"""Senzing's JSON, one record a line: flat keys (NAME_LAST) or lists of objects (NAMES, DATES).

Source: Senzing, "Generic Entity Specification". Religion is no attribute of it; what is unknown stays a
remark.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from screening.alerts.assembling import assemble
from screening.alerts.births import listed_births
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
from screening.tables.codes import FactKind, ListedDocumentType, NameKind

_ROLE = "senzing"
_NUMBERS = {
    "PASSPORT": ListedDocumentType.PASSPORT, "NATIONAL_ID": ListedDocumentType.NATIONAL_ID,
    "SSN": ListedDocumentType.NATIONAL_ID, "DRIVERS_LICENSE": ListedDocumentType.OTHER,
    "TAX_ID": ListedDocumentType.OTHER,
}  # fmt: skip
_KINDS = {
    "PRIMARY": NameKind.PRIMARY, "ALIAS": NameKind.ALIAS, "AKA": NameKind.ALIAS, "MAIDEN": NameKind.FORMER,
    "FORMER": NameKind.FORMER, "WEAK": NameKind.WEAK, "WEAK_ALIAS": NameKind.WEAK,
}  # fmt: skip
_SEXES = {"m": "M", "male": "M", "f": "F", "female": "F"}
_SPECIAL = re.compile(r"RELIGION|ETHNIC|POLITIC")
_TRAFFIC = frozenset({"DATA_SOURCE", "RECORD_ID", "RECORD_TYPE", "LAST_CHANGE", "URL"})


def _groups(item: Mapping[str, object]) -> Iterator[dict[str, str]]:
    """Yield the flat keys as one group, and each object of each list as one."""
    yield {
        key: text
        for key, value in item.items()
        if isinstance(value, str | int) and (text := clean(str(value)))
    }
    for value in item.values():
        for part in value if isinstance(value, list) else []:
            if isinstance(part, dict):
                yield {str(key): text for key, given in part.items() if (text := clean(str(given)))}


class _Reader:
    """One line to one record."""

    def __init__(self, source_id: str, words: Words, counts: Counter[str]) -> None:
        self.record, self.counts = Record(source_id, _ROLE), counts
        self.words, self.findings = words, words.findings

    def read(self, item: Mapping[str, object]) -> Record:
        for group in _groups(item):
            used = self._name(group) | self._facts(group) | self._documents(group)
            for key, text in group.items():
                if _SPECIAL.search(key):
                    self.counts["special_categories_dropped"] += 1
                elif key not in used | _TRAFFIC:
                    self.record.remark(key, text)
        return self.record

    def _source(self, key: str) -> str:
        return f"senzing {self.record.source_id} {key}"

    def _name(self, group: Mapping[str, str]) -> set[str]:
        """A group may hold several names with prefixes: PRIMARY_NAME_LAST, ALIAS_NAME_FULL."""
        used: set[str] = set()
        prefixes = {
            key[: key.index("NAME_")]
            for key in group
            if re.search(r"(?:^|_)NAME_(?:FULL|FIRST|MIDDLE|LAST)$", key)
        }
        for prefix in sorted(prefixes):
            keys = {
                part: f"{prefix}NAME_{part}"
                for part in ("FULL", "FIRST", "MIDDLE", "LAST", "TYPE", "PREFIX", "SUFFIX")
            }
            given = " ".join(group[keys[part]] for part in ("FIRST", "MIDDLE") if keys[part] in group)
            family = group.get(keys["LAST"], "")
            full = group.get(keys["FULL"]) or " ".join(filter(None, (given, family)))
            word = group.get(keys["TYPE"], "").upper() or prefix.strip("_")
            has_primary = any(name.kind is NameKind.PRIMARY for name in self.record.own.names)
            kind = _KINDS.get(word, NameKind.ALIAS if has_primary else NameKind.PRIMARY)
            parts = (family, given) if family and given else (None, None)
            self.record.own.names.append(
                Name(full, kind, parts[0], parts[1], source=self._source(keys["FULL"]))
            )
            used |= {key for part, key in keys.items() if part not in {"PREFIX", "SUFFIX"}}
        return used

    def _facts(self, group: Mapping[str, str]) -> set[str]:
        for key, text in group.items():
            if key == "DATE_OF_BIRTH":
                where = f"{self._source(key)}: {text}"
                self.record.own.dates.extend(
                    listed_births(
                        text, where, role=_ROLE, record=self.record.source_id, findings=self.findings
                    )
                )
            elif key == "GENDER":
                code = self.words.sex(text, self.record, _SEXES)
                if code:
                    self.record.own.facts.append(Fact(FactKind.SEX, code, self._source(key)))
                elif code is None:
                    self.record.remark(key, text)
            elif key in {"NATIONALITY", "CITIZENSHIP"}:
                add_nationality(self.record, text, self._source(key), _ROLE, self.findings, self.words)
            elif key == "PLACE_OF_BIRTH":
                add_birth_place(self.record, text, self._source(key))
        return {"DATE_OF_BIRTH", "GENDER", "NATIONALITY", "CITIZENSHIP", "PLACE_OF_BIRTH"}

    def _documents(self, group: Mapping[str, str]) -> set[str]:
        used: set[str] = set()
        for word, kind in _NUMBERS.items():
            number = group.get(f"{word}_NUMBER") or (group.get("SSN") if word == "SSN" else None)
            if not number:
                continue
            place = group.get(f"{word}_COUNTRY")
            state = self.words.state(place, self.record) if place else "US" if word == "SSN" else None
            if place and state is None and not self.words.decides("state"):
                self.record.remark(f"{word}_COUNTRY", place)
                self.findings.append(
                    AlertFinding(
                        "list_state_unread", _ROLE, self.record.source_id, "issuing state kept as text"
                    )
                )
            note = group.get(f"{word}_STATE")
            source = self._source(f"{word}_NUMBER")
            known = self.words.document_type(word, self.record, _NUMBERS.get) or kind
            self.record.own.documents.append(ListedDocument(known, number, state, note=note, source=source))
            used |= {f"{word}_NUMBER", f"{word}_COUNTRY", f"{word}_STATE", word}
        return used


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read Senzing lines; persons become alerts, organizations are counted.

    Raises:
        InputError: there is not one file, or no line of it is a record.
    """
    name, data = only_file(files, (".json", ".jsonl", ".ndjson"), "senzing")
    check_bytes(data, name)
    findings: list[AlertFinding] = []
    data = readable(data, _ROLE, findings, encoding_of(options))
    counts: Counter[str] = Counter()
    words = Words(terms_of(options), findings)
    records = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        counts["entries"] += 1
        try:
            item = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            item = None
        source_id = clean(str(item.get("RECORD_ID", ""))) if isinstance(item, dict) else ""
        if not source_id:
            counts["malformed"] += 1
            findings.append(
                AlertFinding("list_row_malformed", _ROLE, str(number), "no record with RECORD_ID")
            )
        elif str(item.get("RECORD_TYPE", "PERSON")).upper() != "PERSON":
            counts["not_persons"] += 1
        else:
            records.append(_Reader(source_id, words, counts).read(item))
    if counts["entries"] == counts["malformed"]:
        raise refused("no line is a Senzing record", name, "check SOURCE and file")
    return assemble(records, options, findings=findings, counts=counts)


IMPORTER = Importer("senzing", (".json", ".jsonl", ".ndjson"), read)
