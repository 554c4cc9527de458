"""What every list may hold and no importer need know: cells of several values, and signs of damage.

Runs over each record before it becomes rows, alike for all formats: parts cells of document numbers and
names,
tells names that are none or were damaged. It adds; what was published stays, but for a number that stands for
many or that nobody could carry, which is kept as text.
"""

from dataclasses import replace

from screening.alerts.damage import sign_of
from screening.alerts.model import AlertFinding, Identity, ListedDocument, Name, Record
from screening.alerts.name_cells import is_no_name, parted
from screening.alerts.number_cells import MOST_NUMBERS, Budget, read_numbers
from screening.tables.codes import NameKind

_MOST_DAMAGED = 200
_SKIPS_NAMES = frozenset({"un", "main", "ofac-xml", "sdn_advanced"})  # their importers know their own forms


def mend(record: Record, findings: list[AlertFinding], spend: Budget, damaged: list[str]) -> None:
    """Part the cells of a record and tell what is damaged.

    Args:
        record: changed in place.
        findings: gets one finding for each kind of deviation of the record.
        spend: how many numbers of ranges the import may still hold.
        damaged: gets the first names that show a wrong code page, to find out which one it was.
    """
    for identity in (record.own, *record.others):
        identity.documents = [
            one for document in identity.documents for one in _documents(document, record, findings, spend)
        ]
        _names(identity, record, findings, damaged)


def _documents(
    document: ListedDocument, record: Record, findings: list[AlertFinding], spend: Budget
) -> list[ListedDocument]:
    if document.number.isascii() and document.number.isalnum() and not document.number.endswith("x"):
        return [document]
    cell = read_numbers(document.number, ranges=False, most=MOST_NUMBERS)
    if cell.code is None:
        return [
            document
            if cell.numbers == (document.number,) or not cell.numbers
            else _numbered(document, cell.numbers[0])
        ]
    if not cell.refused and not spend(len(cell.numbers)):
        cell = replace(
            cell,
            numbers=(),
            code="list_document_range_refused",
            refused="the import holds too many numbers of ranges",
        )
    if cell.refused:
        record.remark("document_number", document.number)
        findings.append(
            AlertFinding(cell.code or "", record.file, record.source_id, f"kept as text: {cell.refused}")
        )
        return []
    findings.append(
        AlertFinding(cell.code or "", record.file, record.source_id, f"{len(cell.numbers)} numbers")
    )
    return [_numbered(document, number) for number in cell.numbers]


def _numbered(document: ListedDocument, number: str) -> ListedDocument:
    return replace(document, number=number)


def _names(identity: Identity, record: Record, findings: list[AlertFinding], damaged: list[str]) -> None:
    added: list[Name] = []
    known = {name.full for name in identity.names}
    for name in identity.names:
        if sign := sign_of(name.full):
            if len(damaged) < _MOST_DAMAGED:
                damaged.append(name.full)
            findings.append(
                AlertFinding("list_characters_damaged", record.file, record.source_id, f"a name has {sign}")
            )
        if name.kind is NameKind.PRIMARY and is_no_name(name.full):
            findings.append(
                AlertFinding(
                    "list_name_unlike", record.file, record.source_id, "the name is no name of a person"
                )
            )
            continue
        if record.file in _SKIPS_NAMES or name.kind in {NameKind.DERIVED, NameKind.ORIGINAL_SCRIPT}:
            continue
        for kind, text in parted(name.full):
            if text in known:
                continue
            known.add(text)
            surname, given = _parts(text, name if kind is NameKind.DERIVED else None)
            weak = kind is NameKind.ALIAS and name.kind is NameKind.WEAK
            added.append(Name(text, name.kind if weak else kind, surname, given, name.quality, name.source))
    if added:
        identity.names = [*identity.names, *added]
        findings.append(
            AlertFinding("list_name_parted", record.file, record.source_id, f"{len(added)} names added")
        )


def _parts(text: str, published: Name | None) -> tuple[str | None, str | None]:
    """Return surname and given names: those of the published name without its notes, or by the comma."""
    if published is not None and published.surname and published.given_names:
        surname, given = (
            next((bare for kind, bare in parted(part) if kind is NameKind.DERIVED), part)
            for part in (published.surname, published.given_names)
        )
        return surname, given
    family, comma, first = (part.strip() for part in text.partition(","))
    return (family, first) if comma and family and first else (None, None)
