"""Travellers of a message as columns: one row each, objects only for whoever asks for them.

A manifest states the same few facts of hundreds of travellers. Held as columns of numbers that point into
tables of values they become Arrow columns without an object for each traveller (measured: the objects cost
more than reading the bytes). Travellers with a finding are few; they stand beside the columns as objects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from screening.messages.model import Document, Traveller
from screening.tables.codes import DocumentType, Role, Says, Sex

Numbers: TypeAlias = npt.NDArray[np.int64]
Value = TypeVar("Value")
NONE = -1  # place of a value that is absent


class Kind(NamedTuple):
    """A kind of document and the code that it was sent with."""

    as_sent: str
    type: DocumentType


@dataclass(slots=True)
class Values:
    """Tables of the values that columns point into; many messages share them.

    A date of birth and how it was written stand at the same place of two lists.
    """

    roles: list[Role] = field(default_factory=list)
    births: list[date] = field(default_factory=list)
    births_as_sent: list[str] = field(default_factory=list)
    sexes: list[Sex | None] = field(default_factory=list)
    states: list[str | None] = field(default_factory=list)
    ports: list[str | None] = field(default_factory=list)
    seats: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    expiries: list[date | None] = field(default_factory=list)


@dataclass(slots=True)
class Documents:
    """Documents of the travellers, a row each, in the order of the message.

    Attributes:
        owner: row of the traveller.
        kind, issuer, expiry: places in `Values.kinds`, `states`, `expiries`.
    """

    owner: Numbers
    number: list[str]
    kind: Numbers
    issuer: Numbers
    expiry: Numbers


@dataclass(slots=True)
class Columns:
    """Travellers without a finding, a row each.

    Attributes:
        ordinal: place in the message.
        offset, length: their bytes.
        role, birth, sex, nationality, residence, embarkation, debarkation: places in `values`, or NONE.
        seats: places in `Values.seats`; one row for the first seat of each traveller, one for the second …
        bags: row of the traveller and tag, in order.
        journey: place in `journeys`, the ordinals of the legs that are flown.
    """

    values: Values
    ordinal: Numbers
    offset: Numbers
    length: Numbers
    surname: list[str]
    given_names: list[str | None]
    locator: list[str | None]
    reference: list[str | None]
    role: Numbers
    birth: Numbers
    sex: Numbers
    nationality: Numbers
    residence: Numbers
    embarkation: Numbers
    debarkation: Numbers
    seats: Numbers
    bags: list[tuple[int, str]]
    documents: Documents
    journey: Numbers
    journeys: list[tuple[int, ...]]
    says: Says = Says.PRESENT
    on_board: bool | None = None

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.surname)

    def part(self, low: int, high: int, documents: tuple[int, int], bags: tuple[int, int]) -> "Columns":
        """Give the rows from `low` up to `high`, with their documents and bags."""
        mine = slice(low, high)
        papers = slice(*documents)
        journeys = self.journey[mine]
        first = int(journeys.min(initial=len(self.journeys)))
        return Columns(
            values=self.values,
            ordinal=self.ordinal[mine],
            offset=self.offset[mine],
            length=self.length[mine],
            surname=self.surname[mine],
            given_names=self.given_names[mine],
            locator=self.locator[mine],
            reference=self.reference[mine],
            role=self.role[mine],
            birth=self.birth[mine],
            sex=self.sex[mine],
            nationality=self.nationality[mine],
            residence=self.residence[mine],
            embarkation=self.embarkation[mine],
            debarkation=self.debarkation[mine],
            seats=self.seats[:, mine],
            bags=[(row - low, tag) for row, tag in self.bags[slice(*bags)]],
            documents=Documents(
                owner=self.documents.owner[papers] - low,
                number=self.documents.number[papers],
                kind=self.documents.kind[papers],
                issuer=self.documents.issuer[papers],
                expiry=self.documents.expiry[papers],
            ),
            journey=journeys - first,
            journeys=self.journeys[first : int(journeys.max(initial=first - 1)) + 1],
        )


class Crowd(Sequence[Traveller]):
    """The travellers of a message, in its order: most as columns, those with findings as objects.

    Attributes:
        columns: travellers without a finding.
        others: the others, in order; their ordinals are those that the columns lack.
    """

    __slots__ = ("_made", "columns", "others")
    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __init__(self, columns: Columns, others: list[Traveller]) -> None:
        self.columns = columns
        self.others = others
        self._made: list[Traveller] | None = None

    def __len__(self) -> int:
        """Give their number, without making any."""
        return len(self.columns) + len(self.others)

    def no_number_twice(self) -> bool:
        """Say that no two documents bear the same number."""
        numbers = list(self.columns.documents.number)
        numbers += [document.number for traveller in self.others for document in traveller.documents]
        return len(set(numbers)) == len(numbers)

    def _travellers(self) -> list[Traveller]:
        if self._made is None:
            together = [*_travellers(self.columns), *self.others]
            self._made = sorted(together, key=lambda traveller: traveller.ordinal)
        return self._made

    @overload
    def __getitem__(self, index: int) -> Traveller: ...

    @overload
    def __getitem__(self, index: slice) -> list[Traveller]: ...

    def __getitem__(self, index: int | slice) -> Traveller | list[Traveller]:
        """Give one or some of them."""
        return self._travellers()[index]

    def __iter__(self) -> Iterator[Traveller]:
        """Give all of them in order."""
        return iter(self._travellers())

    def __eq__(self, other: object) -> bool:
        """Compare with any list of travellers."""
        return self._travellers() == (other._travellers() if isinstance(other, Crowd) else other)

    def __repr__(self) -> str:
        """Say how many there are: who they are is personal data."""
        return f"Crowd({len(self)} travellers)"


def with_findings(travellers: Sequence[Traveller]) -> Sequence[Traveller]:
    """Give those who may have a finding or be set aside, without making the others."""
    return travellers.others if isinstance(travellers, Crowd) else travellers


def taken(values: Sequence[Value], places: Numbers) -> list[Value | None]:
    """Give the value at each place; None at NONE.

    >>> taken(["F", "M"], np.array([1, -1, 0]))
    ['M', None, 'F']
    """
    return [None if place == NONE else values[place] for place in places.tolist()]


def _travellers(columns: Columns) -> Iterator[Traveller]:
    """Make an object for each row."""
    values = columns.values
    documents: list[list[Document]] = [[] for _ in columns.surname]
    for owner, document in zip(columns.documents.owner.tolist(), _documents(columns), strict=True):
        documents[owner].append(document)
    bags: dict[int, tuple[str, ...]] = {}
    for row, tag in columns.bags:
        bags[row] = (*bags.get(row, ()), tag)
    births = columns.birth.tolist()
    sexes = taken(values.sexes, columns.sex)
    nationalities = taken(values.states, columns.nationality)
    residences = taken(values.states, columns.residence)
    embarked = taken(values.ports, columns.embarkation)
    debarked = taken(values.ports, columns.debarkation)
    seats = [[seat for seat in of if seat is not None] for of in _seats(columns)]
    for row, (surname, given) in enumerate(zip(columns.surname, columns.given_names, strict=True)):
        legs = columns.journeys[int(columns.journey[row])]
        yield Traveller(
            ordinal=int(columns.ordinal[row]),
            offset=int(columns.offset[row]),
            length=int(columns.length[row]),
            role=values.roles[int(columns.role[row])],
            surname=surname,
            given_names=given,
            given_names_as_sent=given,
            name_as_sent=f"{surname}/{given}" if given else surname,
            date_of_birth=values.births[births[row]],
            birth_as_sent=values.births_as_sent[births[row]],
            sex=sexes[row],
            nationality=nationalities[row],
            residence=residences[row],
            seats=dict(zip(legs, seats[row], strict=False)),
            locator=columns.locator[row],
            traveller_reference=columns.reference[row],
            embarkation=embarked[row],
            debarkation=debarked[row],
            legs=legs,
            documents=documents[row],
            bags=bags.get(row, ()),
            says=columns.says,
            on_board=columns.on_board,
        )


def _documents(columns: Columns) -> Iterator[Document]:
    values, documents = columns.values, columns.documents
    for number, kind, issuer, expiry in zip(
        documents.number,
        documents.kind.tolist(),
        taken(values.states, documents.issuer),
        taken(values.expiries, documents.expiry),
        strict=True,
    ):
        written, of = values.kinds[kind]
        yield Document(of, written, number, issuer, expiry)


def _seats(columns: Columns) -> Iterator[tuple[str | None, ...]]:
    if not len(columns.seats):
        return iter([()] * len(columns))
    return zip(*(taken(columns.values.seats, row) for row in columns.seats), strict=True)
