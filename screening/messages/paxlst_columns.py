"""Read the travellers of a PAXLST manifest as columns, all segments of a message at a time.

Every segment gets the number of what it states (`paxlst_spellings`); what is left is arithmetic on numbers:
which traveller, which document a segment belongs to. A traveller with anything unusual (a released sign, a
fold, a fault, an unknown segment) is read by the long way, segment by segment; a message whose structure is
unusual is read so as a whole. Nothing is decided here; a test holds both ways equal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from screening.messages.crowd import NONE, Columns, Crowd, Documents, Numbers
from screening.messages.kept import placeholder
from screening.messages.model import Leg
from screening.messages.paxlst_legs import flown
from screening.messages.paxlst_spellings import HEAD, SHIFT, Spellings, Stated
from screening.messages.paxlst_walk import ON_BOARD, Walk, says_of
from screening.messages.syntax import FOLDS, Separators, as_bytes

Flags = npt.NDArray[np.bool_]
Item = TypeVar("Item")
LongWay = Callable[[int, int], bool]
_PLACE = (1 << SHIFT) - 1
_PORTS = 17  # bits of a place in the table of ports
_OF_NAMES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.\n"


@dataclass(slots=True)
class Manifest:
    """A message whose travellers stand in its segments from `low` up to `high`.

    Attributes:
        walk: the message, its header read.
        low: the first traveller's NAD.
        high: the first segment behind the last traveller's; the message has one.
        legs: its legs, each with a date.
        long_way: reads the segments of one traveller into `walk.travellers`; gives False if they turn out
            not to be those of one traveller.
    """

    walk: Walk
    low: int
    high: int
    legs: list[Leg]
    long_way: LongWay


def read_columns(manifests: Sequence[Manifest], spellings: Spellings) -> list[Crowd | None]:
    """Read the travellers of messages, together: many are small, and arithmetic costs by the call.

    Args:
        manifests: messages of one way of writing and one date; at least one.
        spellings: of this way of writing and date.

    Returns:
        For each its travellers with their legs and seats bound; None if it must be read the long way.
    """
    body = _Body.of(manifests, spellings)
    people = _People(body, manifests[0].walk)
    columns = people.columns(manifests)
    return [
        Crowd(part, list(manifest.walk.travellers)) if _read_others(body, place, manifest) else None
        for place, (manifest, part) in enumerate(zip(manifests, columns, strict=True))
    ]


def _read_others(body: "_Body", place: int, manifest: Manifest) -> bool:
    """Read the odd travellers of a message the long way; False if its structure turns out to be unusual."""
    first, last = body.bounds[place : place + 2].tolist()
    shift = manifest.low - int(body.begins[first])
    for ordinal in np.flatnonzero(body.odd[first:last]).tolist():
        manifest.walk.ordinal = ordinal
        begin, end = (body.begins[first + ordinal : first + ordinal + 2] + shift).tolist()
        if not manifest.long_way(begin, end):
            return False
    return True


def unfolded(pieces: list[bytes]) -> list[bytes]:
    """Give segments without the line ends that stand in their values, as the long way reads them."""
    return [piece.translate(None, FOLDS) for piece in pieces]


@dataclass(slots=True)
class _Body:
    """Segments of all travellers of some messages.

    Attributes:
        pieces: their bytes.
        stated, place: what each states and where its value stands.
        owner: its traveller.
        begins: segment with which each traveller begins, and the number of segments.
        bounds: traveller with which each message begins, and the number of travellers.
        odd: travellers that must be read the long way; grows while columns are made.
    """

    pieces: list[bytes]
    spellings: Spellings
    stated: Numbers
    place: Numbers
    owner: Numbers
    begins: Numbers
    bounds: Numbers
    odd: Flags

    @classmethod
    def of(cls, manifests: Sequence[Manifest], spellings: Spellings) -> "_Body":
        """Number the segments and find their travellers; each message begins with one."""
        walk = manifests[0].walk
        pieces: list[bytes] = []
        for one in manifests:
            mine = one.walk.raw.pieces[one.low : one.high]
            pieces += unfolded(mine) if one.walk.raw.folded else mine
        numbers = np.fromiter(map(spellings.known.get, pieces, repeat(0)), np.int64, len(pieces))
        unknown = np.flatnonzero(numbers == 0)
        begun = spellings.heads.get
        numbers[unknown] = [
            begun(piece[:HEAD]) or spellings.number(piece, walk)
            for piece in map(pieces.__getitem__, unknown.tolist())
        ]
        stated = numbers >> SHIFT
        first = stated == Stated.NAME
        strange = np.flatnonzero(stated == Stated.OTHER)
        for index in strange.tolist():
            first[index] = pieces[index].startswith(b"NAD")
        owner = np.cumsum(first) - 1
        begins = np.append(np.flatnonzero(first), len(pieces))
        odd = np.zeros(len(begins) - 1, np.bool_)
        odd[owner[strange]] = True
        bounds = np.searchsorted(begins, np.cumsum([0, *(one.high - one.low for one in manifests)]))
        return cls(pieces, spellings, stated, numbers & _PLACE, owner, begins, bounds, odd)

    def at(self, stated: Stated) -> Numbers:
        """Give the segments that state this."""
        return np.flatnonzero(self.stated == stated)

    def doubt(self, segments: Numbers, sound: Sequence[bool] | Flags) -> None:
        """Read the travellers of segments that are not sound the long way."""
        self.odd[self.owner[segments[~np.array(sound, np.bool_)]]] = True


class _People:
    """Columns of all travellers of some messages; rows that are odd hold anything."""

    def __init__(self, body: _Body, walk: Walk) -> None:
        self._body = body
        count = len(body.odd)
        self._places = np.full((len(Stated), count), NONE)
        self._places[body.stated, body.owner] = body.place  # of several the last one, as the long way does
        body.odd |= self._places[Stated.BIRTH] == NONE
        self._surnames, self._given_names = _names(body, walk, count)
        self._locators = _texts(body, Stated.LOCATOR, count)
        self._references = _texts(body, Stated.REFERENCE, count)
        self._seats = _seats(body, count)
        self._bags = _bags(body, walk)
        self._documents = _documents(body, walk)

    def columns(self, manifests: Sequence[Manifest]) -> list[Columns]:
        """Give the columns of those who are not odd, message by message."""
        body = self._body
        rows = np.flatnonzero(~body.odd)
        bounds = np.searchsorted(rows, body.bounds)
        message = np.repeat(np.arange(len(manifests)), np.diff(bounds))
        whole = self._whole(manifests, rows, message)
        paper = np.searchsorted(whole.documents.owner, bounds).tolist()
        bags = np.searchsorted([row for row, _ in whole.bags], bounds).tolist()
        limits = bounds.tolist()
        parts = []
        for place, manifest in enumerate(manifests):
            low, high = limits[place : place + 2]
            part = whole.part(low, high, tuple(paper[place : place + 2]), tuple(bags[place : place + 2]))
            part.says = says_of(manifest.walk.message.action)
            part.on_board = ON_BOARD.get(manifest.walk.message.action)
            parts.append(part)
        return parts

    def _whole(self, manifests: Sequence[Manifest], rows: Numbers, message: Numbers) -> Columns:
        body = self._body
        places = self._places[:, rows]
        offset, length = _bytes_of(body, manifests, rows, message)
        journey, journeys = _journeys(places, message, manifests, body.spellings)
        row_of = np.cumsum(~body.odd) - 1
        documents = self._documents
        kept = np.flatnonzero(~body.odd[documents.owner])
        return Columns(
            values=body.spellings.values,
            ordinal=rows - body.bounds[message],
            offset=offset,
            length=length,
            surname=_chosen(self._surnames, rows),
            given_names=_chosen(self._given_names, rows),
            locator=_chosen(self._locators, rows),
            reference=_chosen(self._references, rows),
            role=places[Stated.NAME],
            birth=places[Stated.BIRTH],
            sex=places[Stated.SEX],
            nationality=places[Stated.NATIONALITY],
            residence=places[Stated.RESIDENCE],
            embarkation=places[Stated.EMBARKATION],
            debarkation=places[Stated.DEBARKATION],
            seats=self._seats[:, rows],
            bags=[(int(row_of[row]), tag) for row, tag in self._bags if not body.odd[row]],
            documents=Documents(
                owner=row_of[documents.owner[kept]],
                number=_chosen(documents.number, kept),
                kind=documents.kind[kept],
                issuer=documents.issuer[kept],
                expiry=documents.expiry[kept],
            ),
            journey=journey,
            journeys=journeys,
        )


def _bytes_of(
    body: _Body, manifests: Sequence[Manifest], rows: Numbers, message: Numbers
) -> tuple[Numbers, Numbers]:
    """Give offset and length of each traveller; the last of a message ends where the next segment begins."""
    starts = np.concatenate(
        [np.frombuffer(one.walk.raw.starts, np.int64)[one.low : one.high + 1] for one in manifests]
    )
    offset = starts[body.begins[rows] + message]  # each message has one start more than segments
    return offset, starts[body.begins[rows + 1] + message] - offset


def _chosen(items: list[Item], rows: Numbers) -> list[Item]:
    return items if len(rows) == len(items) else [items[row] for row in rows.tolist()]


def _names(body: _Body, walk: Walk, count: int) -> tuple[list[str], list[str | None]]:
    """Give surname and given names of each traveller: capitals and what may stand between, else he is odd."""
    component = walk.syntax.separators.component
    segments = body.at(Stated.NAME)
    prefixes = body.spellings.prefixes
    pieces = [
        (body.pieces[index], prefixes[role])
        for index, role in zip(segments.tolist(), body.place[segments].tolist(), strict=True)
    ]
    begun = [piece.startswith(prefix) for piece, prefix in pieces]
    names = [piece[len(prefix) :] for piece, prefix in pieces]
    allowed = _allowed(walk.syntax.separators)
    if b"\n".join(names).translate(None, allowed):
        names = [b"" if name.translate(None, allowed) else name for name in names]
    texts = b"\n".join(names).decode("ascii").split("\n")
    surnames, given_names = _parted(texts, component)
    stands_in = list(map(placeholder, surnames))
    if any(stands_in):
        stands_in = [
            first and (not given or placeholder(given))
            for first, given in zip(stands_in, given_names, strict=True)
        ]
    sound = [
        right and upper and bool(surname) and not strange
        for right, upper, surname, strange in zip(
            begun, map(str.isupper, texts), surnames, stands_in, strict=True
        )
    ]
    body.doubt(segments, sound)
    rows = body.owner[segments].tolist()
    return _spread(surnames, rows, count, ""), _spread(given_names, rows, count, None)


def _parted(texts: list[str], component: str) -> tuple[list[str], list[str | None]]:
    """Give surnames and given names; blanks about them are dropped, further given names joined by one."""
    parted = [text.partition(component) for text in texts]
    surnames = [surname.strip() for surname, _, _ in parted]
    given_names: list[str | None] = [given.strip() or None for _, _, given in parted]
    for place, given in enumerate(given_names):
        if given is not None and component in given:
            parts = [part.strip() for part in given.split(component)]
            given_names[place] = " ".join(filter(None, parts)) or None
    return surnames, given_names


def _spread(items: list[Item], rows: list[int], count: int, absent: Item) -> list[Item]:
    """Put items at their rows."""
    if len(items) == count:
        return items
    spread = [absent] * count
    for row, item in zip(rows, items, strict=True):
        spread[row] = item
    return spread


@lru_cache(maxsize=64)
def _allowed(signs: Separators) -> bytes:
    """Give the bytes of which a plain name is made: no service character but the one between its parts."""
    service = b"".join(
        as_bytes(sign) for sign in (signs.element, signs.release, signs.repetition, signs.terminator)
    )
    return _OF_NAMES.translate(None, service) + as_bytes(signs.component)


def _texts(body: _Body, stated: Stated, count: int) -> list[str | None]:
    """Give a value of letters and digits behind its head."""
    segments = body.at(stated)
    texts: list[str | None] = [None] * count
    values = [body.pieces[index][HEAD:] for index in segments.tolist()]
    sound = list(map(bytes.isalnum, values))
    if not all(sound):
        body.doubt(segments, sound)
        values = [value if fine else b"" for value, fine in zip(values, sound, strict=True)]
    for row, text in zip(
        body.owner[segments].tolist(), b"\n".join(values).decode("ascii").split("\n"), strict=bool(values)
    ):
        texts[row] = text
    return texts


def _seats(body: _Body, count: int) -> Numbers:
    """Give a row of first seats, a row of second seats and so on."""
    segments = body.at(Stated.SEAT)
    owner = body.owner[segments]
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner, "left")
    seats = np.full((int(turn.max()) + 1 if len(turn) else 0, count), NONE)
    seats[turn, owner] = body.place[segments]
    return seats


def _bags(body: _Body, walk: Walk) -> list[tuple[int, str]]:
    """Give travellers and tags of bags with one tag of letters and digits."""
    segments = body.at(Stated.BAG)
    between = walk.syntax.element * 2
    pieces = [body.pieces[index] for index in segments.tolist()]
    sound = [piece[HEAD : HEAD + 2] == between and piece[HEAD + 2 :].isalnum() for piece in pieces]
    body.doubt(segments, sound)
    rows = body.owner[segments].tolist()
    return [
        (row, piece[HEAD + 2 :].decode("ascii"))
        for row, piece, fine in zip(rows, pieces, sound, strict=True)
        if fine
    ]


def _documents(body: _Body, walk: Walk) -> Documents:
    """Give documents with the state and expiry that follow each; one without a state makes its owner odd."""
    segments = body.at(Stated.DOCUMENT)
    kinds, numbers, sound = [], [], []
    element, kind_of = walk.syntax.element, body.spellings.kind
    for index in segments.tolist():
        head, _, number = body.pieces[index].rpartition(element)
        kind = kind_of(head[4:])
        kinds.append(kind)
        sound.append(kind != NONE and number.isalnum())
        numbers.append(number.decode("latin_1").upper())
    body.doubt(segments, sound)
    owner = body.owner[segments]
    details = np.flatnonzero((body.stated == Stated.EXPIRY) | (body.stated == Stated.ISSUER))
    document = np.searchsorted(segments, details) - 1
    inside = document >= 0
    inside[inside] = owner[document[inside]] == body.owner[details[inside]]
    body.doubt(details, inside)
    details, document = details[inside], document[inside]
    of = np.full((len(Stated), len(segments)), NONE)
    of[body.stated[details], document] = body.place[details]
    body.odd[owner[of[Stated.ISSUER] == NONE]] = True
    return Documents(owner, numbers, np.array(kinds, np.int64), of[Stated.ISSUER], of[Stated.EXPIRY])


def _journeys(
    places: Numbers, message: Numbers, manifests: Sequence[Manifest], spellings: Spellings
) -> tuple[Numbers, list[tuple[int, ...]]]:
    """Give each traveller's place among all journeys, and the legs of each journey."""
    ports = spellings.values.ports
    ends = np.stack((message, places[Stated.EMBARKATION], places[Stated.DEBARKATION]))
    coded = ((ends[0] << SHIFT) + ends[1] + 1 << _PORTS) + ends[2] + 1
    _, first, journey = np.unique(coded, return_index=True, return_inverse=True)
    known = [
        (manifests[which].legs, *(ports[place] if place != NONE else None for place in between))
        for which, *between in ends[:, first].T.tolist()
    ]
    return journey, [flown(legs, start, end) for legs, start, end in known]
