r"""Elements of a booking that a profile may permit, and texts that it calls sensitive.

The elements are those of annex I of Directive (EU) 2016/681, by its words; nothing that the profile does not
permit is kept. Card numbers are masked to their last four digits whatever the sender did. Meal, medical and
remark texts can tell religion or health: they are never kept, only counted, and their places are handed on so
that landing blanks them. A text that landing has blanked is counted alike, so that a re-run gives the same
findings. Raw host text (LTS) repeats SSR and remarks word for word and goes with them.

Source: Directive (EU) 2016/681 annex I, articles 6(4) and 13(4); ICAO Doc 9944; IATA PNRGOV guide.

>>> mask("4235792300387826"), mask("XXXXXXXX1186"), contact_in("YY CTCE MOLLY..LOBB//EXAMPLE.COM")
('XXXXXXXXXXXX7826', 'XXXXXXXX1186', 'CTCE MOLLY_LOBB@EXAMPLE.COM')
>>> contact_in("EK CTC M 5432109876"), contact_in("THIS PASSENGER IS A VIP")
('CTC M 5432109876', None)
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from screening.messages.pnrgov.ssr_docs import text_of
from screening.messages.syntax.segments import Segment, whole_number
from screening.profile.model import Intake

_TICKET = re.compile(r"[0-9]{13,14}", re.ASCII)
_REMARK = ["4", "28"]
_SPONSOR = ["4", "43"]
_OTHER_SERVICE = frozenset({"OTHS", "OSI", "RMKS"})
_POOLS = frozenset({"HP", "MP"})
_UNITS = {"700": "KG", "701": "LB"}
_TEXT = 8  # component of SSR that holds the free text
_REFERENCE = 2  # component of SSR's further elements that names the traveller
_CODES_KEPT = 500
_LONGEST_CODE = 3  # status, number, carrier, airports
_SHOWN = 4  # digits of a card that may be stored (PCI DSS 3.4)


def mask(number: str) -> str:
    """Return a card number with all but its last four characters masked."""
    bare = number.strip()
    hidden = max(len(bare) - _SHOWN, 0)
    return "X" * hidden + bare[hidden:]


@lru_cache(maxsize=4096)  # a text is asked for its contact twice: is it sensitive, and what to keep
def contact_in(text: str) -> str | None:
    """Return the contact that a remark holds (AIRIMP CTC codes, perhaps behind a carrier), else None."""
    bare = text.strip()
    upper = bare.upper()
    if upper.startswith("OSI "):
        bare, upper = bare[4:].lstrip(), upper[4:].lstrip()
    if not upper.startswith("CTC"):
        carrier, _, rest = upper.partition(" ")
        if len(carrier) not in {2, 3} or not rest.lstrip().startswith("CTC"):
            return None
        bare = bare[len(carrier) :].lstrip()
    if bare[:4].upper() == "CTCE":
        # Telex has no such signs: `//` is @, `..` is _, `./` is - (AIRIMP).
        return bare.replace("//", "@").replace("..", "_").replace("./", "-")
    return bare


@dataclass(slots=True)
class Elements:
    """Permitted elements of one booking, each value once, in the order of the message."""

    permitted: frozenset[str]
    values: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        """Keep a value if the profile permits its element."""
        value = value.strip()
        if value and name in self.permitted:
            known = self.values.get(name)
            if known is None:
                self.values[name] = {value: None}
            else:
                known[value] = None

    def flat(self) -> dict[str, str]:
        """Return the elements as text, by name."""
        values = self.values
        return {name: "; ".join(values[name]) for name in sorted(values)}


def agency_of(segment: Segment) -> str:
    """Return the originator of a booking: system and place, agency and office, location, country."""
    parts = [
        ":".join([part for part in map(str.strip, element) if part]) for element in segment.fields()[1:5]
    ]
    parts.append(segment.get(5).strip())
    return " ".join([part for part in parts if part])


def address_of(segment: Segment) -> str:
    """Return address and telephone of an ADD, a contact code in its text resolved."""
    parts = [part.strip() for part in segment.element(1)[1:]]
    return ", ".join(contact_in(part) or part for part in parts if part)


def payment_of(segment: Segment) -> list[str]:
    """Return each form of payment of a FOP: kind, amount, card company, masked number; no expiry."""
    found = []
    for element in segment.fields()[1:]:
        parts = [part.strip() for part in element] + [""] * 5
        stated = (parts[0], parts[2], parts[3], mask(parts[4]))
        found.append(":".join([part for part in stated if part]))
    return found


def frequent_flyer_of(segment: Segment) -> list[str]:
    """Return carrier and number of each programme of an FTI."""
    return [
        " ".join([part for part in map(str.strip, element[:2]) if part]) for element in segment.fields()[1:]
    ]


def ticket_in(text: str) -> str:
    """Return the ticket number in an SSR TKNE's text, which may also hold a name."""
    found = _TICKET.search(text)
    return found[0] if found else ""


def bags_of(segment: Segment) -> tuple[str, tuple[str, ...]]:
    """Return number and weight of a TBD's bags as text, and their tags; `tag:n` stands for n tags in a row.

    Where each bag has its tag already, n is the bag's own number and no row (the guide's example 1 has three
    bags, three tags and 2, 3 and 722356 behind them). `HP` and `MP` (head and member of a pool) name other
    travellers' bags, no tag.
    """
    pieces, weight, unit = (segment.get(1, place).strip() for place in range(3))
    stated = [[segment.get(place, part).strip() for part in range(3)] for place in range(2, segment.count())]
    stated = [[company, tag, row] for company, tag, row in stated if tag and company not in _POOLS]
    each = whole_number(pieces) == len(stated)
    tags: dict[str, None] = {}
    for company, tag, row in stated:
        is_row = row.isdecimal() and tag.isdecimal() and len(row) <= 2 and not each
        steps = int(row) if is_row else 1
        tags[f"{company}{tag}"] = None
        for step in range(1, steps):
            tags[f"{company}{int(tag) + step:0{len(tag)}}"] = None
    kind = _UNITS.get(unit, "")
    text = " ".join(filter(None, (f"{pieces}PC" if pieces else "", f"{weight}{kind}" if weight else "")))
    return text, tuple(tags)


def sponsor_of(segment: Segment) -> str | None:
    """Return who pays for the ticket (IFT 4:43), else None."""
    if _subject(segment) != _SPONSOR:
        return None
    return ", ".join(filter(None, (segment.get(place).strip() for place in range(1, segment.count()))))


def contacts_of(segment: Segment) -> list[str]:
    """Return the contacts in the texts of an IFT."""
    found = [contact_in(element[0]) for element in segment.fields()[2:]]
    return [contact for contact in found if contact]


def _subject(segment: Segment) -> list[str]:
    return segment.fields()[1][:2] if segment.count() else []


def _is_text(component: int, value: str) -> bool:
    """Say whether a component of an SSR's first element may hold free text: some hosts put it too early.

    By place and length alone: blanks that landing put there are told from codes as the text was.
    """
    return bool(value) and (component >= _TEXT or (component > 0 and len(value) > _LONGEST_CODE))


def _carries_text(segment: Segment) -> bool:
    """Say whether an SSR holds more than codes and a traveller's reference (`+::2`)."""
    if any(_is_text(component, value) for component, value in enumerate(segment.element(0))):
        return True
    return any(
        value
        for place in range(1, segment.count())
        for component, value in enumerate(segment.element(place))
        if component != _REFERENCE
    )


class Sensitive:
    """Finds the texts that the profile calls sensitive, in whatever group they stand."""

    def __init__(self, intake: Intake) -> None:
        self.spans: list[tuple[int, int]] = []
        self.services = 0
        self.texts = 0
        self.first: Segment | None = None
        self._codes = frozenset(intake.sensitive_ssr)
        self._harmless: set[str] = set()  # codes seen that are neither sensitive nor remarks
        self._remarks = intake.sensitive_remarks
        self._contacts = "contact" in intake.permitted_elements

    def service(self, segment: Segment) -> bool:
        """Look at an SSR; true where it is sensitive."""
        code = segment.get(0)
        if code in self._harmless:
            return False
        if code in self._codes or (code and not code.strip()):
            self.services += 1
            self._blank_service(segment, code_too=True)
            return True
        if self._remarks and code in _OTHER_SERVICE:
            if not _carries_text(segment) or self._is_contact(text_of(segment)):
                return False
            self.texts += 1
            self._blank_service(segment, code_too=False)
            return True
        if len(self._harmless) < _CODES_KEPT:
            self._harmless.add(code)
        return False

    def free_text(self, segment: Segment) -> bool:
        """Look at an IFT; true where it is a remark without contact."""
        if not self._remarks or _subject(segment) != _REMARK:
            return False
        texts = [element[0] for element in segment.fields()[2:]]
        if not any(texts) or any(map(self._is_contact, texts)):
            return False
        self.texts += 1
        self._from(segment, segment.span(1)[0])
        return True

    def host_text(self, segment: Segment) -> bool:
        """Look at an LTS; true where remarks are sensitive."""
        if not self._remarks:
            return False
        self.texts += 1
        self._from(segment, segment.span(0)[0])
        return True

    def _is_contact(self, text: str) -> bool:
        return self._contacts and contact_in(text) is not None

    def _blank_service(self, segment: Segment, *, code_too: bool) -> None:
        self.first = self.first or segment
        if code_too:
            self._span(segment, *segment.span(0, 0))
        for component, value in enumerate(segment.element(0)):
            if _is_text(component, value):
                self._span(segment, *segment.span(0, component))
        if segment.count() > 1:
            self._from(segment, segment.span(1)[0])

    def _from(self, segment: Segment, start: int) -> None:
        self.first = self.first or segment
        self._span(segment, start, segment.offset + len(segment.raw) - start)

    def _span(self, segment: Segment, offset: int, length: int) -> None:
        """Take note of a text; a release sign at its end stays, or the segment would end there."""
        if offset + length == segment.offset + len(segment.raw):
            length -= _released_end(segment)
        if length > 0:
            self.spans.append((offset, length))


def _released_end(segment: Segment) -> int:
    """Return the length of the release sign that stands before what ends a segment; 0 where none does."""
    sign, raw = segment.syntax.release, segment.raw
    signs, stop = 0, len(raw)
    while sign and raw.endswith(sign, 0, stop):
        signs, stop = signs + 1, stop - len(sign)
    return len(sign) if signs % 2 else 0
