"""OFAC's CSV files: the SDN list and the consolidated list, with their companions.

Source: OFAC, "Data formats and data schemas" (dat_spec.txt). No header; `-0-` is null; a lone 0x1A may end a
file; `sdn_comments.csv` continues remarks that reach 1,000 characters, in mid-word, so it joins without a
blank.
"""

import re
from collections import Counter
from collections.abc import Mapping

from screening.alerts.assembling import assemble
from screening.alerts.importers.ofac_remarks import name_of, read_remark
from screening.alerts.mapping import encoding_of, terms_of
from screening.alerts.model import AlertFinding, Imported, Importer, ImportOptions, Record
from screening.alerts.source import SourceRow, csv_rows, refused
from screening.alerts.terms import Words
from screening.alerts.text import clean
from screening.tables.codes import NameKind

_LIMIT = 1000  # characters of a remark; a longer one goes on in the comments file
_WIDTHS = {"main": 12, "alt": 5, "add": 6, "comments": 2}
_ROLES = (
    ("comments", re.compile(r"comments", re.IGNORECASE)),
    ("alt", re.compile(r"(?:^|[/_])(?:cons_)?alt", re.IGNORECASE)),
    ("add", re.compile(r"(?:^|[/_])(?:cons_)?add", re.IGNORECASE)),
    ("main", re.compile(r"(?:^|[/_])(?:sdn|cons_prim)", re.IGNORECASE)),
)
_KINDS = {"aka": NameKind.ALIAS, "fka": NameKind.FORMER, "nka": NameKind.ALIAS}
_NOT_PERSONS = {"": "entities", "entity": "entities", "vessel": "vessels", "aircraft": "aircraft"}
_AUTHORITY = "US Treasury, OFAC"


def _value(text: str) -> str:
    """Return a value; `-0-` with or without blank is none."""
    cleaned = clean(text)
    return "" if cleaned == "-0-" else cleaned


def _role(name: str, files: int) -> str | None:
    found = next((role for role, pattern in _ROLES if pattern.search(name)), None)
    return found or ("main" if files == 1 else None)


def _tables(
    files: Mapping[str, bytes], findings: list[AlertFinding], encoding: str | None
) -> dict[str, list[SourceRow]]:
    tables: dict[str, list[SourceRow]] = {role: [] for role in _WIDTHS}
    csv_files = {name: data for name, data in files.items() if name.lower().endswith(".csv")} or dict(files)
    for name in sorted(csv_files):
        role = _role(name.rsplit("/", 1)[-1], len(csv_files))
        if role is None:
            findings.append(
                AlertFinding("list_unknown_type", "folder", None, "a file of unknown role was not read")
            )
            continue
        for row in csv_rows(csv_files[name], role, findings, encoding=encoding):
            if len(row.values) == _WIDTHS[role] and row.values[0].strip().isdigit():
                tables[role].append(row)
            else:
                text = f"{len(row.values)} columns instead of {_WIDTHS[role]}, or no identifier"
                findings.append(AlertFinding("list_row_malformed", role, str(row.number), text))
    if not tables["main"]:
        raise refused("no row of 12 columns: this is no sdn.csv or cons_prim.csv", ", ".join(sorted(files)))
    return tables


def _comments(
    rows: list[SourceRow], main: dict[str, SourceRow], findings: list[AlertFinding]
) -> dict[str, str]:
    """Return the continuation of each remark that is cut; others are orphans of another publication."""
    joined: dict[str, str] = {}
    for row in rows:
        number = row.values[0].strip()
        entry = main.get(number)
        if entry is not None and len(entry.values[11].rstrip("\r\n")) >= _LIMIT:
            joined[number] = joined.get(number, "") + row.values[1]
        else:
            findings.append(
                AlertFinding("list_orphan_row", "comments", number, "no cut remark of that entry")
            )
    return joined


def _record(row: SourceRow, comment: str | None, words: Words) -> Record:
    number, name, _, program, title = (_value(value) for value in row.values[:5])
    record = Record(source_id=number, file="main", authority=_AUTHORITY)
    if name:
        record.own.names.append(name_of(name, NameKind.PRIMARY, f"main {number} name"))
    record.legal_basis = program.replace("] [", "; ") or None
    words.category([code for part in program.split("] [") if (code := part.strip("[] "))], record)
    for part in title.split("; "):
        record.remark("title", part)
    for column, value in zip(
        ("call_sign", "vessel_type", "tonnage", "gross_tonnage", "flag", "owner"),
        row.values[5:11],
        strict=True,
    ):
        record.remark(column, _value(value))
    remark = row.values[11]
    cut = len(remark.rstrip("\r\n")) >= _LIMIT
    if cut and comment is None:
        words.findings.append(
            AlertFinding("list_remark_cut", "main", number, "the remark goes on in a file not at hand")
        )
    whole = _value(remark + (comment or "")) if not cut else (remark + (comment or ""))
    if whole:
        read_remark(record, whole, "main", words, cut=cut and comment is None)
    return record


def _add_aliases(
    rows: list[SourceRow],
    persons: dict[str, Record],
    entries: dict[str, SourceRow],
    findings: list[AlertFinding],
) -> int:
    orphans = 0
    for row in rows:
        number, alt, kind, name, remark = (_value(value) for value in row.values)
        if number not in entries:
            orphans += 1
            findings.append(
                AlertFinding("list_orphan_row", "alt", number, "alias of an entry that is not there")
            )
        elif number in persons and name:
            if kind not in _KINDS:
                findings.append(
                    AlertFinding("list_unknown_code", "alt", number, "kind of alias; taken as an alias")
                )
            source = f"alt {number}/{alt} {kind}" + (f": {remark}" if remark else "")
            persons[number].own.names.append(name_of(name, _KINDS.get(kind, NameKind.ALIAS), source))
    return orphans


def _add_addresses(
    rows: list[SourceRow],
    persons: dict[str, Record],
    entries: dict[str, SourceRow],
    findings: list[AlertFinding],
) -> int:
    orphans = 0
    for row in rows:
        number, _, street, city, country, remark = (_value(value) for value in row.values)
        if number not in entries:
            orphans += 1
            findings.append(
                AlertFinding("list_orphan_row", "add", number, "address of an entry that is not there")
            )
        elif number in persons:
            persons[number].remark(
                "address", ", ".join(part for part in (street, city, country, remark) if part)
            )
    return orphans


def read(files: Mapping[str, bytes], options: ImportOptions) -> Imported:
    """Read OFAC's CSV files: individuals become alerts, everything else is counted.

    Raises:
        InputError: no file holds rows of the main layout, or one is empty, a web page or no CSV.
    """
    findings: list[AlertFinding] = []
    tables = _tables(files, findings, encoding_of(options))
    entries: dict[str, SourceRow] = {row.values[0].strip(): row for row in tables["main"]}
    comments = _comments(tables["comments"], entries, findings)
    counts: Counter[str] = Counter(entries=len(tables["main"]))
    words = Words(terms_of(options), findings)
    persons: dict[str, Record] = {}
    doubled: list[Record] = []
    for row in tables["main"]:
        number, kind = row.values[0].strip(), _value(row.values[2]).lower()
        if kind == "individual":
            record = _record(row, comments.get(number), words)
            if persons.setdefault(number, record) is not record:
                doubled.append(record)
        else:
            counts[_NOT_PERSONS.get(kind, "unknown_types")] += 1
            if kind not in _NOT_PERSONS:
                findings.append(AlertFinding("list_unknown_type", "main", number, "kind of entry is unknown"))
    orphans = _add_aliases(tables["alt"], persons, entries, findings)
    orphans += _add_addresses(tables["add"], persons, entries, findings)
    counts["companion_rows"] = sum(len(tables[role]) for role in ("alt", "add", "comments"))
    counts["orphan_rows"] = orphans
    counts["orphan_comments"] = sum(f.code == "list_orphan_row" and f.file == "comments" for f in findings)
    counts["malformed"] = sum(finding.code == "list_row_malformed" for finding in findings)
    return assemble([*persons.values(), *doubled], options, findings=findings, counts=counts)


IMPORTER = Importer("ofac", (".csv",), read)
