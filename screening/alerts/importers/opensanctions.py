"""OpenSanctions' simple table (`targets.simple.csv`): targets only, and lossy.

`countries` are those of any relation and `identifiers` have no type: the first stay remarks, the second
become documents of the type `other`, without Wikidata's item numbers, which no traveller carries.

Source: opensanctions.org/docs/bulk/csv.
"""

import re
from collections import Counter
from collections.abc import Mapping

from screening.alerts.assembling import assemble
from screening.alerts.births import listed_births
from screening.alerts.mapping import encoding_of
from screening.alerts.model import (
    AlertFinding,
    Imported,
    Importer,
    ImportOptions,
    ListedDocument,
    Name,
    Record,
)
from screening.alerts.source import by_header, csv_rows, only_file, refused
from screening.alerts.text import clean
from screening.tables.codes import ListedDocumentType, NameKind

_ROLE = "opensanctions"
_WIKIDATA = re.compile(r"Q[0-9]+")
_READ = frozenset({"id", "schema", "name", "aliases", "birth_date", "identifiers"})
_TRAFFIC = frozenset(
    {"first_seen", "last_seen", "last_change"}
)  # change with every export, say nothing of the person


def _values(text: str) -> list[str]:
    return [value for part in text.split(";") if (value := clean(part))]


def _record(row: Mapping[str, str], findings: list[AlertFinding]) -> Record:
    record = Record(clean(row["id"]), _ROLE)
    source = f"opensanctions {record.source_id}"
    primary = clean(row["name"])
    if primary:
        record.own.names.append(Name(primary, NameKind.PRIMARY, source=f"{source} name"))
    for text in dict.fromkeys(_values(row.get("aliases", ""))):
        if text != primary:
            record.own.names.append(Name(text, NameKind.ALIAS, source=f"{source} aliases"))
    for written in _values(row.get("birth_date", "")):
        where = f"{source} birth_date: {written}"
        record.own.dates.extend(
            listed_births(written, where, role=_ROLE, record=record.source_id, findings=findings)
        )
    for number in _values(row.get("identifiers", "")):
        if _WIKIDATA.fullmatch(number) or not any(character.isdigit() for character in number):
            record.remark("identifiers", number)
        else:
            record.own.documents.append(
                ListedDocument(ListedDocumentType.OTHER, number, source=f"{source} identifiers")
            )
    for column, text in row.items():
        if column not in _READ | _TRAFFIC:
            record.remark(column, clean(text))
    return record


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read the simple table; persons become alerts.

    Raises:
        InputError: there is not one file, or it has other columns.
    """
    name, data = only_file(files, (".csv",), "opensanctions")
    findings: list[AlertFinding] = []
    rows = csv_rows(data, _ROLE, findings, encoding=encoding_of(options))
    if not {"id", "schema", "name", "aliases"} <= {value.strip() for value in rows[0].values}:
        raise refused("the header has no id, schema, name, aliases", name, "check SOURCE and file")
    counts: Counter[str] = Counter(entries=len(rows) - 1)
    records = []
    for row, values in by_header(rows[1:], rows[0], _ROLE, findings):
        if values["schema"].strip() != "Person":
            counts["not_persons"] += 1
        elif not clean(values["id"]):
            findings.append(AlertFinding("list_row_malformed", _ROLE, str(row.number), "no id"))
        else:
            records.append(_record(values, findings))
    counts["malformed"] = sum(finding.code == "list_row_malformed" for finding in findings)
    return assemble(records, options, findings=findings, counts=counts)


IMPORTER = Importer("opensanctions", (".csv",), read)
