"""OFAC's remarks: one text of phrases, in which most of what identifies a person stands.

Phrases are parted by `;`, the last one ends in `.`. A weak alias is `a.k.a. 'X'`, where X may itself hold
apostrophes and semicolons: it ends at an apostrophe before the phrase's end.

Source: OFAC, "Data formats and data schemas" (dat_spec.txt); docs/alert-lists.md for what the files really
do.

>>> phrases("DOB 1951; a.k.a. 'ABU-'UMAR'; a.k.a. 'X; Y'; Gender Male.")
['DOB 1951', "a.k.a. 'ABU-'UMAR'", "a.k.a. 'X; Y'", 'Gender Male']
>>> listed_document("Passport D489833(9) (Hong Kong) expires 13 Dec 2014").number
'D489833(9)'
>>> listed_document("National ID No. NIC: 277-93-113495 (Pakistan)").state
'PK'
>>> listed_document("Passport issued 21 Jun 1992 in Amman, Jordan") is None
True
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from screening.alerts.births import listed_births
from screening.alerts.dates import exact_day
from screening.alerts.model import AlertFinding, Fact, ListedDocument, Name, Record
from screening.alerts.numbers import kind_of
from screening.alerts.origins import add_birth_place, add_nationality
from screening.alerts.states import state_named
from screening.alerts.terms import Words
from screening.alerts.text import clean
from screening.identity.documents import normalise_number
from screening.tables.codes import FactKind, ListedDocumentType, NameKind

_ALT = re.compile(r"^alt\.\s+", re.IGNORECASE)
_WEAK = re.compile(r"^a\.k\.a\.\s+'(.*)'(?:\s*\([^()']*\))?$", re.DOTALL)
_KNOWN_START = re.compile(
    r"^\s*(?:alt\. )?(?:DOB|POB|nationality|citizen|Gender|a\.k\.a\.|(?:\w+ )?Passport|Linked To)(?!\w)",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(DOB|POB|nationality|citizen|Gender)\s*(:?)\s+(.+)$", re.IGNORECASE)
_FALSE_NAME = re.compile(
    r"(?:issued )?under the (?:alias )?name (?:of )?([^:;()]+?)(?::\s*(.*))?$", re.IGNORECASE | re.DOTALL
)
_AND = re.compile(r"\s+and\s+(?=[^;]*?(?:No\.|Number|Passport))")
_NOT_A_DOCUMENT = re.compile(
    r"^(?:phone|fax|digital currency|email|website|chinese commercial code|linked to|additional sanctions|"
    r"secondary sanctions|transactions prohibited|executive order|caatsa|interpol|swift|member|alt\. |"
    r"named in|telephone|bik|individual's height|aircraft|vessel|organization|deputy|minister|head of|"
    r"director|chair|president|commander|judge)",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"^(?:additional sanctions information|secondary sanctions risk|transactions prohibited|executive order|"
    r"caatsa section|linked to:|phone number|email address|digital currency address|website|ofac)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?P<label>(?:[A-Z][A-Za-z.'/ -]*?\b)?(?:passport laissez-passer|passport booklet|"
    r"passport no\.|passport number|passport|"
    r"laissez-passer|identification document|electoral|militar nacional|fiscal code|identidad|"
    r"c\.u\.r\.p\.|r\.f\.c\.|d\.n\.i\.|n\.i\.e\.|i\.f\.e\.|c\.u\.i\.p\.|c\.u\.i\.t\.|c\.u\.i\.|\bno\.|\bnumber|\bcard|"
    r"registration id|identification)|"
    r"CURP|RFC|SSN|NIT|RUC|RTN|CNP(?: \(Personal Numerical Code\))?|VisaNumberID|Matricula Mercantil No|"
    r"C\.U\.R\.P\.|R\.F\.C\.|D\.N\.I\.|N\.I\.E\.|I\.F\.E\.|C\.U\.I\.P\.|C\.U\.I\.T\.|C\.U\.I\.|"
    r"Tarjeta Profesional)"
    r"(?![A-Za-z])[\s:#]*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TAIL = re.compile(
    r",?\s*\b(?P<word>issued under|issued in|issued by|issued|issue date|expires|expired|expire date)\b",
    re.IGNORECASE,
)
_STATE = re.compile(r"\s*\((?P<state>[^()]*[A-Za-z]{2}[^()]*)\)\s*$")
_INNER = re.compile(r"^(?:CNIC|NIC|RNE|T\.I\.|R\.E\.)\s*:?\s*", re.IGNORECASE)
_SIDE = re.compile(r"\s*\((?:Abogado|[a-z ]+)\)", re.IGNORECASE)


def phrases(remark: str) -> list[str]:
    """Return the phrases of a remark; semicolons inside a quoted alias part nothing."""
    found: list[str] = []
    open_alias = False
    for part in remark.split(";"):
        if open_alias and not _KNOWN_START.match(part):
            found[-1] += ";" + part
        else:
            found.append(part.strip())
        ending = found[-1].rstrip().removesuffix(".")
        open_alias = found[-1].startswith("a.k.a. '") and not (
            ending.endswith("'") and len(ending) > len("a.k.a. '")
        )
    if open_alias:  # never closed: the semicolons parted phrases after all
        last = found.pop().split(";")
        found.extend(part.strip() for part in last)
    if found:
        found[-1] = found[-1].removesuffix(".")
    return [clean(phrase) for phrase in found if phrase.strip()]


def split_name(written: str) -> tuple[str | None, str | None]:
    """Return surname and given names of "SURNAME, Given"; a name without comma has no known parts."""
    surname, comma, given = written.partition(",")
    return (surname.strip() or None, given.strip() or None) if comma else (None, None)


def name_of(written: str, kind: NameKind, source: str, quality: str | None = None) -> Name:
    """Return a name in OFAC's form."""
    surname, given = split_name(written)
    return Name(written, kind, surname, given, quality, source)


def listed_document(
    phrase: str,
    source: str = "",
    *,
    state_of: Callable[[str], str | None] = state_named,
    type_of: Callable[[str], ListedDocumentType | None] = kind_of,
) -> ListedDocument | None:
    """Read a phrase that names a document with a number; None where it is no such phrase.

    Args:
        phrase: of a remark.
        source: where it stood.
        state_of: reads the State in brackets.
        type_of: reads the label.
    """
    if _NOT_A_DOCUMENT.match(phrase):
        return None
    found = _LABEL.match(phrase)
    if found is None:
        return None
    label, rest = (
        found["label"],
        found["rest"].strip(" .:#()")
        if found["rest"].count("(") != found["rest"].count(")")
        else found["rest"].strip(" .:#"),
    )
    tail = _TAIL.search(rest)
    body, tail_text = (rest[: tail.start()], rest[tail.start() :]) if tail else (rest, "")
    body = _INNER.sub("", body.strip(" ,:"))
    state_text = None
    if bracket := _STATE.search(body):
        state_text, body = bracket["state"], body[: bracket.start()]
    number, comma, after = body.partition(",")
    if comma:
        state_text = state_text or after.strip()
    state = state_of(state_text) if state_text else None
    if state_text is None:
        number, state = _trailing_state(number)
    number = _SIDE.sub("", number).strip(" .,")
    if not any(character.isdigit() for character in number):
        return None
    kind = type_of(label) or (kind_of(phrase) if "identification" in label.lower() else None)
    notes = [label, after.strip() if comma and state_text != after.strip() else "", tail_text.strip(" ,")]
    if state_text and state is None:
        notes.append(state_text)
    return ListedDocument(
        type=kind or ListedDocumentType.OTHER,
        number=number,
        state=state or (None if state_text else _label_state(label)),
        issued=_tail_date(tail_text, "issued|issue date"),
        expires=_tail_date(tail_text, "expires|expired|expire date"),
        note="; ".join(note for note in notes if note) or None,
        source=source,
    )


def _trailing_state(number: str) -> tuple[str, str | None]:
    """Part "AF465508 Colombia": the words after the last digit may name a state."""
    last = max((place for place, c in enumerate(number) if c.isdigit()), default=-1)
    head, tail = number[: last + 1], number[last + 1 :].strip(" .")
    if tail and " " in number[last + 1 :] and (state := state_named(tail)):
        return head, state
    return number, None


def _label_state(label: str) -> str | None:
    """Return the state in words like "Kenyan ID No." or "U.S.A. Passport"."""
    words = label.split()
    return next(
        (code for size in (2, 1) if (code := state_named(" ".join(words[:size]))) and len(words) > size), None
    )


def _tail_date(tail: str, words: str) -> date | None:
    found = re.search(rf"\b(?:{words})\s+([0-9]{{1,2}} [A-Za-z]+ [0-9]{{4}})", tail, re.IGNORECASE)
    return exact_day(found[1]) if found else None


def merge_document(record: Record, document: ListedDocument) -> None:
    """Add a document; one of the same kind and number that adds a state, a date or a note is the same."""
    key = normalise_number(document.number)
    for place, known in enumerate(record.own.documents):
        same_state = known.state == document.state or None in {known.state, document.state}
        if known.type is document.type and normalise_number(known.number) == key and same_state:
            parts = f"{known.note or ''}; {document.note or ''}".split("; ")
            notes = [part for part in dict.fromkeys(parts) if part]
            record.own.documents[place] = replace(
                known,
                state=known.state or document.state,
                issued=known.issued or document.issued,
                expires=known.expires or document.expires,
                note="; ".join(notes) or None,
            )
            return
    record.own.documents.append(document)


def read_remark(record: Record, remark: str, role: str, words: Words, *, cut: bool) -> None:
    """Put what a remark says into the record; what follows no known form is kept as text.

    Args:
        record: gets names, dates, documents, facts and remarks.
        remark: the whole remark, continuation included.
        role: file that it stood in.
        words: the list's terms; their findings get what could not be read.
        cut: the remark stops in mid-word and its last phrase may mislead: it is kept as text only.
    """
    parts = phrases(remark)
    if cut and parts:
        record.remark("remarks", parts.pop())
    unknown = 0
    for part in parts:
        if not _read_phrase(record, part, f"{role} {record.source_id} remarks: {part}", role, words):
            record.remark("remarks", part)
            unknown += not _SILENT.match(_ALT.sub("", part)) and part not in record.remarks.get("title", [])
    if unknown:
        words.findings.append(
            AlertFinding(
                "list_phrase_unknown",
                role,
                record.source_id,
                f"{unknown} phrases of the remarks kept as text",
            )
        )


def _read_phrase(record: Record, part: str, source: str, role: str, words: Words) -> bool:
    if weak := _WEAK.match(part):
        record.own.names.append(name_of(weak[1].strip(), NameKind.WEAK, source))
        return True
    phrase = _ALT.sub("", part)
    if phrase.count("(") < phrase.count(")"):
        phrase = phrase.removesuffix(")")
    if false_name := _FALSE_NAME.search(phrase):
        record.own.names.append(Name(false_name[1].strip(), NameKind.DERIVED, source=source))
        record.remark("remarks", part)
        rest = false_name[2]
        if rest:
            return _read_phrase(record, rest.strip(), source, role, words)
        phrase = phrase[: false_name.start()].strip()
    if field := _FIELD.match(phrase):
        return _read_field(
            record, field[1].lower(), field[3].strip(), source, role, words, again=bool(field[2])
        )
    for piece in _AND.split(phrase) if " and " in phrase else [phrase]:
        document = listed_document(
            piece,
            source,
            state_of=lambda said: words.state(said, record),
            type_of=lambda said: words.document_type(said, record, kind_of),
        )
        if document is None:
            if re.match(r"^(?:diplomatic |\S+ )?passport\b", piece, re.IGNORECASE):
                words.findings.append(
                    AlertFinding(
                        "list_document_without_number", role, record.source_id, "a passport without number"
                    )
                )
            return False
        merge_document(record, document)
    return True


def _read_field(
    record: Record,
    word: str,
    value: str,
    source: str,
    role: str,
    words: Words,
    *,
    again: bool,
) -> bool:
    if word == "dob":
        found = listed_births(value, source, role=role, record=record.source_id, findings=words.findings)
        # "Alt. DOB: …" with a colon stands in a bracket that tells an entry again by its source
        held = {each.date.value for each in record.own.dates} if again else set()
        record.own.dates.extend(
            born for born in found if born.date.value is None or born.date.value not in held
        )
        return True
    if word == "gender":
        sex = words.sex(value, record, {"male": "M", "female": "F"})
        if sex is None:
            text = "sex kept as text"
            words.findings.append(AlertFinding("list_unknown_code", role, record.source_id, text))
            return False
        if sex:
            record.own.facts.append(Fact(FactKind.SEX, sex, source))
        return True
    if word == "pob":
        add_birth_place(record, value, source)
        return True
    add_nationality(record, value, source, role, words.findings, words)
    return True
