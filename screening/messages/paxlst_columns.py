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
from screening.messages.syntax import Separators, as_bytes

Flags = npt.NDArray[np.bool_]
Item = TypeVar("Item")
LongWay = Callable[[int, int], bool]
_PLACE = (1 << SHIFT) - 1
_OF_NAMES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.\n"
FOLDS = b"\r\n"


def read_columns(
    walk: Walk, low: int, high: int, legs: Sequence[Leg], spellings: Spellings, long_way: LongWay
) -> Crowd | None:
    """Read the travellers that stand in the segments from `low` up to `high`.

    Args:
        walk: the message, its header read.
        low: the first traveller's NAD.
        high: the first segment behind the last traveller's; the message has one.
        legs: the message's legs, each with a date.
        spellings: of this way of writing and date.
        long_way: reads the segments of one traveller into `walk.travellers`; gives False if they turn out
            not to be those of one traveller.

    Returns:
        The travellers with their legs and seats bound; None if the message must be read the long way.
    """
    body = _Body.of(walk, low, high, spellings)
    people = _People(body, walk)
    others = np.flatnonzero(body.odd).tolist()
    for ordinal in others:
        walk.ordinal = ordinal
        if not long_way(int(body.begins[ordinal]), int(body.begins[ordinal + 1])):
            return None
    return Crowd(people.columns(legs), list(walk.travellers))


def unfolded(pieces: list[bytes]) -> list[bytes]:
    """Give segments without the line ends that stand in their values, as the long way reads them."""
    if not any(map(b"".join(pieces).__contains__, FOLDS)):
        return pieces
    return [piece.translate(None, FOLDS) for piece in pieces]


@dataclass(slots=True)
class _Body:
    """Segments of all travellers of a message.

    Attributes:
        pieces: their bytes.
        stated, place: what each states and where its value stands.
        owner: its traveller.
        begins: segment of the message where each traveller begins, and where the last ends.
        odd: travellers that must be read the long way; grows while columns are made.
    """

    pieces: list[bytes]
    spellings: Spellings
    stated: Numbers
    place: Numbers
    owner: Numbers
    begins: Numbers
    odd: Flags

    @classmethod
    def of(cls, walk: Walk, low: int, high: int, spellings: Spellings) -> "_Body":
        """Number the segments and find their travellers."""
        pieces = unfolded(walk.raw.pieces[low:high])
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
        begins = np.flatnonzero(first)
        odd = np.zeros(len(begins), np.bool_)
        odd[owner[strange]] = True
        return cls(pieces, spellings, stated, numbers & _PLACE, owner, np.append(begins + low, high), odd)

    def at(self, stated: Stated) -> Numbers:
        """Give the segments that state this."""
        return np.flatnonzero(self.stated == stated)

    def doubt(self, segments: Numbers, sound: Sequence[bool] | Flags) -> None:
        """Read the travellers of segments that are not sound the long way."""
        self.odd[self.owner[segments[~np.array(sound, np.bool_)]]] = True


class _People:
    """Columns of all travellers of a message; rows that are odd hold anything."""

    def __init__(self, body: _Body, walk: Walk) -> None:
        self._body, self._walk = body, walk
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

    def columns(self, legs: Sequence[Leg]) -> Columns:
        """Give the columns of those who are not odd."""
        body, places, message = self._body, self._places, self._walk.message
        rows = np.flatnonzero(~body.odd)
        starts = np.frombuffer(self._walk.raw.starts, np.int64)[body.begins]
        journey, journeys = _journeys(places[:, rows], legs, body.spellings)
        row_of = np.cumsum(~body.odd) - 1
        documents = self._documents
        kept = np.flatnonzero(~body.odd[documents.owner])
        return Columns(
            values=body.spellings.values,
            ordinal=rows,
            offset=starts[:-1][rows],
            length=np.diff(starts)[rows],
            surname=_chosen(self._surnames, rows),
            given_names=_chosen(self._given_names, rows),
            locator=_chosen(self._locators, rows),
            reference=_chosen(self._references, rows),
            role=places[Stated.NAME, rows],
            birth=places[Stated.BIRTH, rows],
            sex=places[Stated.SEX, rows],
            nationality=places[Stated.NATIONALITY, rows],
            residence=places[Stated.RESIDENCE, rows],
            embarkation=places[Stated.EMBARKATION, rows],
            debarkation=places[Stated.DEBARKATION, rows],
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
            says=says_of(message.action),
            on_board=ON_BOARD.get(message.action),
        )


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
    surnames = [""] * count
    given_names: list[str | None] = [None] * count
    sound = []
    for row, text, right in zip(body.owner[segments].tolist(), texts, begun, strict=True):
        surname, _, given = text.partition(component)
        if component in given:
            given = " ".join(part.strip() for part in given.split(component) if part.strip())
        surname, given = surname.strip(), given.strip()
        surnames[row], given_names[row] = surname, given or None
        stands_in = placeholder(surname) and (not given or placeholder(given))
        sound.append(right and bool(surname) and text.isupper() and not stands_in)
    body.doubt(segments, sound)
    return surnames, given_names


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
    places: Numbers, legs: Sequence[Leg], spellings: Spellings
) -> tuple[Numbers, list[tuple[int, ...]]]:
    """Give each traveller's place among the journeys of the message, and the legs of each journey."""
    ports = spellings.values.ports
    ends = (places[Stated.EMBARKATION] << SHIFT) + places[Stated.DEBARKATION]
    _, first, journey = np.unique(ends, return_index=True, return_inverse=True)
    known = [
        [ports[place] if place != NONE else None for place in places[stated, first].tolist()]
        for stated in (Stated.EMBARKATION, Stated.DEBARKATION)
    ]
    return journey, [flown(list(legs), *between) for between in zip(*known, strict=True)]
