r"""Which separators an interchange uses: what its UNA announces, and what its bytes really do.

An announcement counts only where the bytes bear it out: element and component separator are read off UNB
itself, the terminator off the place before the first UNG or UNH. What cannot be read off (release,
repetition) is taken from UNA. The body is never searched for "UNA" (MAGUNA is a name).

Source: ISO 9735-1, section 7.1; real messages with `*`/`$`, `-`/`*`, release `\`, five characters only, and a
typographic quote announced but not used.

>>> found = separators_of(b"UNA:+.? 'UNB+UNOA:4+A+B+200101:0000+1'UNH+1+PAXLST:D:02B:UN'", 9, 0)
>>> found.separators == DEFAULT, found.start, found.codes
(True, 0, ())
>>> found = separators_of(b"UNA:*.? $UNB*UNOA:4*A*B*200101:0000*1$UNH*1*PAXLST:D:02B:UN$", 9, 0)
>>> found.separators.element, found.separators.terminator, found.codes
('*', '$', ('una_other_characters',))
>>> separators_of(b"UNB+UNOA:4+A+B+200101:0000+1'UNH+1+PAXLST:D:02B:UN'", 0, 0).codes
('una_missing',)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from screening.messages.syntax.memory_map import STRETCH, forget
from screening.messages.syntax.segments import DEFAULT, WHITE, Data, Separators, as_bytes

_SIGN = rb"[!-/:-@\[-`{-~\x1c-\x1f]"
_FOLD = rb"(?: ?[\r\n]{1,2} ?)"  # a telex line ends anywhere, also within a tag
_FOLDED = rb"U" + _FOLD + rb"NB|UN" + _FOLD + rb"B"
# Tag, element separator, syntax identifier, component separator, version
_UNB = re.compile(
    rb"(?:" + _FOLDED + rb"|UNB(?: |" + _FOLD + rb")?)(" + _SIGN + rb")" + _FOLD + rb"?"
    rb"([A-Z0-9]{0,6}(?:" + _FOLD + rb"[A-Z0-9]{1,5})?)" + _FOLD + rb"?"
    rb"(" + _SIGN + rb")" + _FOLD + rb"?([0-9]?)"
)
# The plain tag is found at once; for a folded one each U is tried, 4 ms in 7 MB (measured).
_BEGINS = (re.compile(rb"UNB"), re.compile(_FOLDED))
_ALPHANUMERIC = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_UNOB_BARE = Separators("\x1f", "\x1d", ".", "", "", "\x1c")  # UNOB without UNA (ISO 9735, level B)
_TAG_LENGTH = 7  # bytes that a folded tag spans at most
_REACH = 4096  # bytes after UNB in which the first UNG or UNH must stand
_UNA_REACH = 32  # bytes before UNB in which a UNA may begin: 6 characters of up to 3 bytes and white space


@dataclass(frozen=True, slots=True)
class ServiceString:
    """Separators of one interchange and what deviated in their announcement.

    Attributes:
        start: first byte of UNA, or of UNB where there is none.
        codes: findings: una_missing, una_too_short, una_terminator_not_used, una_other_characters.
    """

    separators: Separators
    start: int
    codes: tuple[str, ...]


def interchange_starts(data: Data, start: int = 0) -> Iterator[int]:
    """Find each UNB that begins an interchange: at the start of a word, followed by two separators."""
    size = len(data)
    place = start
    while place < size:  # a stretch at a time, so that a mapped file does not pile up in memory
        stop = min(place + STRETCH, size)
        reach = min(stop + _TAG_LENGTH, size)
        begun = {found.start() for begins in _BEGINS for found in begins.finditer(data, place, reach)}
        for unb in sorted(begun):
            found = _UNB.match(data, unb) if unb < stop else None
            if found is not None and _begins(data, found):
                yield unb
        forget(data, stop)
        place = stop


def _begins(data: Data, found: re.Match[bytes]) -> bool:
    place = found.start()
    # `UNA:+.? UNB` of five characters ends in a sign; a letter before means a word such as RUNB
    return found[1] != b"?" and not (place and data[place - 1] in _ALPHANUMERIC)


def is_value(data: Data, unb: int, current: Separators) -> bool:
    """Say whether an UNB inside an interchange is a value (somebody's name) and begins no other interchange.

    It begins one where all of it looks like one (an identifier of four letters and a version), or where a
    terminator that is not released or a line's end stands before it or before its UNA.
    """
    found = _UNB.match(data, unb)
    if found is not None and len(_identifier(found)) == 4 and found[4]:
        return False
    before = data[max(0, unb - _UNA_REACH) : unb]
    una = before.rfind(b"UNA")
    terminator = as_bytes(current.terminator)
    for stretch in (before, before[:una]) if una >= 0 else (before,):
        bare = stretch.rstrip(WHITE)
        if b"\n" in stretch[len(bare) :]:
            return False
        if bare.endswith(terminator):
            return bool(current.release) and bare.endswith(as_bytes(current.release) + terminator)
    return True


def syntax_of(data: Data, unb: int) -> tuple[str, int]:
    r"""Return syntax identifier and version of the UNB at an offset; 0 where it names no version.

    >>> syntax_of(b"UNB+UNOC:3+A", 0), syntax_of(b"UN\r\nB+UNOA:4+A", 0), syntax_of(b"UNB+IATA+A", 0)
    (('UNOC', 3), ('UNOA', 4), ('IATA', 0))
    """
    found = _UNB.match(data, unb)
    if found is None:
        return "", 0
    return _identifier(found).decode("ascii"), int(found[4] or b"0")


def _identifier(found: re.Match[bytes]) -> bytes:
    return found[2].translate(None, b"\r\n ")


def separators_of(data: Data, unb: int, floor: int) -> ServiceString:
    """Decide the separators of the interchange whose UNB stands at `unb`.

    Args:
        data: the input.
        unb: offset of UNB.
        floor: first byte that may belong to this interchange (end of the one before).
    """
    found = _UNB.match(data, unb)
    if found is None:
        raise ValueError("no UNB at this offset")
    element, component = found[1].decode("latin_1"), found[3].decode("latin_1")
    version_four = found[4] == b"4"
    used = _terminator_used(data, unb, found[1])
    announced = _announced(data, unb, floor)
    if announced is None:
        return _without_una(_identifier(found), element, component, used, unb)
    start, signs = announced
    codes: list[str] = []
    if len(signs) >= 6:
        release, repetition, terminator = signs[3], signs[4], signs[5]
    else:
        codes.append("una_too_short")
        rest = [sign for sign in signs[2:] if sign not in {".", ","}]
        terminator = rest.pop() if rest else DEFAULT.terminator
        release = rest[0] if rest else DEFAULT.release
        repetition = rest[1] if len(rest) > 1 else " "
    if used is not None and as_bytes(terminator) != used:
        codes.append("una_terminator_not_used")
        terminator = used.decode("latin_1")
    if len(signs) < 2 or (signs[0], signs[1]) != (component, element):
        codes.append("una_terminator_not_used")
    decimal = signs[2] if len(signs) >= 6 else DEFAULT.decimal
    announced_signs = (*signs[:2], release, signs[-1] if signs else "")
    if announced_signs != (DEFAULT.component, DEFAULT.element, DEFAULT.release, DEFAULT.terminator):
        codes.append("una_other_characters")
    taken = {component, element, terminator}
    release = release if release.strip() and release not in taken else ""
    repetition = (
        repetition if version_four and repetition.strip() and repetition not in {*taken, release} else ""
    )
    return ServiceString(
        Separators(component, element, decimal, release, repetition, terminator),
        start,
        tuple(dict.fromkeys(codes)),
    )


def _without_una(
    identifier: bytes, element: str, component: str, used: bytes | None, unb: int
) -> ServiceString:
    if identifier == b"UNOB" and element == _UNOB_BARE.element:
        return ServiceString(_UNOB_BARE, unb, ())
    terminator = used.decode("latin_1") if used else DEFAULT.terminator
    release = DEFAULT.release if DEFAULT.release not in {component, element, terminator} else ""
    return ServiceString(Separators(component, element, ".", release, "", terminator), unb, ("una_missing",))


def _announced(data: Data, unb: int, floor: int) -> tuple[int, str] | None:
    """Return the offset of UNA and the characters it announces, trailing white space of its line removed."""
    low = max(floor, unb - _UNA_REACH)
    stretch = data[low:unb]
    place = stretch.rfind(b"UNA")
    if place < 0 or (place and stretch[place - 1] in _ALPHANUMERIC):
        return None
    written = stretch[place + 3 :]
    try:
        signs = written.decode("utf_8")
    except UnicodeDecodeError:
        signs = written.decode("latin_1")
    while len(signs) > 1 and signs[-1] in " \t\r\n" and (len(signs) > 6 or signs[-1] != " "):
        signs = signs[:-1]
    if len(signs.strip()) < 3 or len(signs) > 6 or any(sign.isalnum() for sign in signs):
        return None
    return low + place, signs


def _terminator_used(data: Data, unb: int, element: bytes) -> bytes | None:
    """Read the terminator off the bytes: what stands before the first UNG or UNH after UNB."""
    stretch = data[unb : unb + _REACH]
    found = re.search(rb"([^\s])(\s*)UN[GH] ?" + re.escape(element), stretch[3:])
    if found is None:
        return None
    sign = found[1]
    if sign[0] in _ALPHANUMERIC and found[2]:
        return found[2][-1:]  # a line end ends segments here
    if sign[0] in _ALPHANUMERIC or sign == element or sign[0] >= 0x80:
        return None
    return sign
