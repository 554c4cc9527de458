"""A publisher's files as rows and elements: what every format needs before its own rules begin.

What cannot be this list at all is refused (InputError): nothing in it, a web page instead of a file, XML that
stops in the middle or reaches outside itself, a file larger than any list. No text of an error quotes the
file.
"""

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from screening.alerts.model import AlertFinding
from screening.alerts.text import decode
from screening.tables.errors import InputError

MAX_BYTES = 512 * 1024 * 1024  # OpenSanctions' whole default set is below it; a bomb is not
MAX_FIELD = 16 * 1024 * 1024
MOST_RATIO = 200
_SEP = re.compile(r"\ufeff?\"?sep=(\\t|[^\r\n\"])\"?[^\S\r\n]*\r?\n", re.IGNORECASE)
_HTML = re.compile(rb"^\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ASCII = 0x80
_ENDS = "\x1a\x00 \t\r\n"


def refused(what: str, name: str, remedy: str = "fetch the file again from its publisher") -> InputError:
    """Return the error for a file that cannot be this list."""
    return InputError(
        what, where=name, effect="nothing of it was imported; the active version stays in use", remedy=remedy
    )


def check_bytes(data: bytes, name: str) -> None:
    """Refuse what no list can be.

    Raises:
        InputError: the file is empty, a web page, too large, or packed.
    """
    if not data.strip(_ENDS.encode()):
        raise refused("the file is empty", name)
    if _HTML.match(data[:512].removeprefix(b"\xef\xbb\xbf")):
        raise refused(
            "the file is a web page, not a list", name, "fetch it again; the address may have moved"
        )
    if len(data) > MAX_BYTES:
        raise refused(f"the file is larger than {MAX_BYTES} bytes", name)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a CSV file: its number, counted from 1 with headers, and its values."""

    number: int
    values: Sequence[str]


_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_PAGE = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)")
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{2,5})|([0-9]{3,6}));")
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u([0-9A-Fa-f]{4})")


def readable(data: bytes, role: str, findings: list[AlertFinding], encoding: str | None) -> bytes:
    r"""Return XML or JSON of which the characters are what they were meant to be, as UTF-8.

    Both say their encoding, and are damaged all the same: by text that was encoded twice before it came into
    them, also written as references (`&#195;&#188;`) or escapes (`\u00c3\u00bc`), and by bytes that are not
    what the file declares. Mended as in CSV (`text.decode`): by itself where that explains the whole file,
    else by the mapping's `encoding`.

    Args:
        data: the file.
        role: what to call it in findings.
        findings: gets what was done.
        encoding: what the mapping says that the text was written in.

    Raises:
        InputError: XML that is not in the encoding which it declares, and no key says in which it is.
    """
    is_xml = data[:400].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data  # both parsers read it by its mark
    plain = data
    if is_xml:
        head = _DECLARED.match(data.removeprefix(codecs.BOM_UTF8))
        page = _PAGE.search(head[0]) if head else None
        foreign = page is not None and page[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}
        if data.isascii():
            plain = _REFERENCE.sub(_referred, data)
        elif not _is_utf8(data):
            if foreign and encoding is None:
                return data  # by the page that it declares
            if encoding is None:
                raise refused(
                    "the characters are not in the encoding that the file declares",
                    role,
                    "name the one that it was written in as `encoding` of a mapping file (--mapping)",
                )
        elif foreign:
            findings.append(AlertFinding("list_encoding", role, None, "of the whole file"))
            return _undeclared(data)
    elif data.isascii():
        plain = _ESCAPE.sub(_escaped, data)
    if plain.isascii():
        return data
    text, codes = decode(plain, encoding)
    findings.extend(AlertFinding(code, role, None, "of the whole file") for code in codes)
    if text.encode() == plain.removeprefix(codecs.BOM_UTF8):
        return data
    return _undeclared(text.encode()) if is_xml else text.encode()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _undeclared(data: bytes) -> bytes:
    """Return XML without its declaration: it is UTF-8 then."""
    return _DECLARED.sub(b"", data.removeprefix(codecs.BOM_UTF8), count=1)


def _referred(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16) if found[1] else int(found[2])
    return found[0] if number < _ASCII or 0xD800 <= number < 0xE000 else chr(number).encode()


def _escaped(found: re.Match[bytes]) -> bytes:
    number = int(found[2], 16)
    return found[0] if number < _ASCII or 0xD800 <= number < 0xE000 else found[1] + chr(number).encode()


def csv_rows(
    data: bytes,
    role: str,
    findings: list[AlertFinding],
    *,
    delimiter: str = ",",
    encoding: str | None = None,
) -> list[SourceRow]:
    """Return the rows of a CSV file; empty ones and the lone 0x1A at the end of old files are no rows.

    A first line `sep=;` names the separator for a spreadsheet and is no row.

    Args:
        data: the file.
        role: what to call it in findings and errors.
        findings: gets encoding and cut ends.
        delimiter: sign between values, unless the file names it.
        encoding: what the mapping says that the file is written in.

    Raises:
        InputError: the file cannot be a list, or a quote swallows more than any value may hold.
    """
    return list(stream_rows(data, role, findings, delimiter=delimiter, encoding=encoding))


def stream_rows(
    data: bytes,
    role: str,
    findings: list[AlertFinding],
    *,
    delimiter: str = ",",
    encoding: str | None = None,
) -> Iterator[SourceRow]:
    """Yield the rows of `csv_rows` one at a time; the file is checked before the first is asked for."""
    check_bytes(data, role)
    text, codes = decode(data, encoding)
    findings.extend(AlertFinding(code, role, None, "of the whole file") for code in codes)
    text = text.rstrip(_ENDS) + "\n"
    skipped = 0
    if named := _SEP.match(text):
        delimiter, text, skipped = named[1].replace("\\t", "\t"), text[named.end() :], 1
    if not text.strip(_ENDS):
        raise refused("the file has no row", role)
    if text.count('"') % 2:
        findings.append(AlertFinding("list_file_cut", role, None, "a quote is opened and never closed"))
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return _rows(reader, role, skipped)


def _rows(reader: Iterator[list[str]], role: str, skipped: int) -> Iterator[SourceRow]:
    number = skipped
    try:
        for number, values in enumerate(reader, start=1 + skipped):
            if any(value.strip(_ENDS) for value in values):
                yield SourceRow(number, values)
    except csv.Error as fault:
        raise refused(f"row {number + 1} is no CSV", role) from fault


def unpacked(files: Mapping[str, bytes], endings: Sequence[str]) -> dict[str, bytes]:
    """Return files with what is packed (zip, gzip) unpacked; a spreadsheet is a zip and stays whole.

    Args:
        files: bytes by name.
        endings: endings that the format takes; other members of an archive are left out.

    Raises:
        InputError: an archive is damaged, locked, unpacks too far, or holds nothing that fits.
    """
    found: dict[str, bytes] = {}
    for name, data in files.items():
        if data.startswith(b"PK\x03\x04") and b"[Content_Types].xml" not in data[:4096] + data[-65536:]:
            found.update(_zip_members(data, name, endings))
        elif data.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                try:
                    plain = packed.read(min(MAX_BYTES, max(len(data), 4096) * MOST_RATIO) + 1)
                except (OSError, EOFError, zlib.error) as fault:
                    raise refused("the packed file is damaged", name) from fault
            if len(plain) > min(MAX_BYTES, max(len(data), 4096) * MOST_RATIO):
                raise refused("the packed file unpacks too far", name)
            found[name.removesuffix(".gz")] = plain
        else:
            found[name] = data
    return found


def _zip_members(data: bytes, name: str, endings: Sequence[str]) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir()
                and member.filename.lower().endswith(tuple(endings))
                and not member.filename.startswith("__MACOSX/")
            ]
            total = sum(member.file_size for member in members)
            if total > MAX_BYTES or total > max(len(data), 4096) * MOST_RATIO:
                raise refused(f"the archive unpacks to {total} bytes", name)
            if not members:
                raise refused(f"the archive holds no file that ends in {', '.join(endings)}", name)
            return {member.filename.rpartition("/")[2]: archive.read(member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, zlib.error) as fault:
        raise refused(
            "the archive is damaged or locked", name, "unpack it and name the file itself"
        ) from fault


def by_header(
    rows: Iterable[SourceRow], header: SourceRow, role: str, findings: list[AlertFinding]
) -> Iterator[tuple[SourceRow, dict[str, str]]]:
    """Yield each row as values by column name; a row of another width is set aside with a finding.

    Blank values behind the last column are none: spreadsheets write them.
    """
    names = [name.strip() for name in header.values]
    for line in rows:
        row = line
        if len(row.values) > len(names) and not any(value.strip() for value in row.values[len(names) :]):
            row = SourceRow(row.number, row.values[: len(names)])
        if len(row.values) != len(names):
            findings.append(
                AlertFinding(
                    "list_row_malformed",
                    role,
                    str(row.number),
                    f"{len(row.values)} columns instead of {len(names)}",
                )
            )
            continue
        yield row, dict(zip(names, row.values, strict=True))


def only_file(files: Mapping[str, bytes], endings: Sequence[str], source: str) -> tuple[str, bytes]:
    """Return the one file of a format that has one.

    Raises:
        InputError: there is none, or more than one.
    """
    fitting = {name: data for name, data in files.items() if name.lower().endswith(tuple(endings))} or dict(
        files
    )
    if len(fitting) != 1:
        raise refused(
            f"{len(fitting)} files where `{source}` takes one ({', '.join(endings)})",
            ", ".join(sorted(fitting)) or "(no file)",
            "name the file itself",
        )
    return next(iter(fitting.items()))


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; a damaged one is a name like any other."""
    return str(element.tag).rpartition("}")[2]


def xml_elements(data: bytes, name: str, tags: Sequence[str], root: str) -> Iterator[etree._Element]:
    """Yield the elements of the named tags, one at a time, each emptied when the next is asked for.

    Entities are not resolved, no document type is loaded, nothing is fetched: a list needs none of it, and a
    file that declares a document type is refused at its first element.

    Args:
        data: the file.
        name: what to call it in errors.
        tags: local names, in any namespace.
        root: local name that the document element must have.

    Raises:
        InputError: the file is no XML of that root, stops in the middle, or declares a document type.
    """
    check_bytes(data, name)
    wanted = set(tags)
    try:
        context = etree.iterparse(
            io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        seen_root = False
        for event, element in context:
            local = local_name(element)
            if event == "start":
                if not seen_root and local != root:
                    raise refused(f"the document is not `{root}`", name, "check SOURCE and file")
                if not seen_root and element.getroottree().docinfo.doctype:
                    raise refused("the file declares a document type; no publisher's list does", name)
                seen_root = True
            elif local in wanted:
                yield element
                element.clear()
    except etree.XMLSyntaxError as fault:
        raise refused(f"the file is no whole XML (line {fault.lineno})", name) from None


def root_attribute(data: bytes, attribute: str) -> str | None:
    """Return an attribute of the document element, found in the first bytes."""
    found = re.search(rb"\b" + attribute.encode() + rb'="([^"<>]{1,64})"', data[:4096])
    return found[1].decode("ascii", errors="replace") if found else None
