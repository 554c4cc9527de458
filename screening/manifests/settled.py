"""A settled traveller: which statements they are made of, before they become columns."""

from dataclasses import dataclass, field

from screening.manifests.documents import CarriedDocument
from screening.manifests.persons import SourcePerson
from screening.manifests.same import names_agree
from screening.manifests.statements import OrderedStatements
from screening.tables.codes import JoinBasis, Role, Source


@dataclass(slots=True, eq=False)
class SettledTraveller:
    """One traveller on one leg.

    Attributes:
        rows: statements in force, API before PNR, later before earlier: the first that says a thing is
        believed.
        marks: close-outs in force that name them.
        old: statements replaced by later ones, and cancellations that were followed by a new statement.
        first: their first statement by time.
    """

    flight_id: str
    rows: list[int]
    marks: list[int]
    old: list[int]
    first: int
    basis: JoinBasis | None
    sources: tuple[str, ...]
    role: str
    crew: bool
    on_board: bool | None
    documents: list[CarriedDocument] = field(default_factory=list)
    traveller_id: str = ""
    person_key: str = ""

    @classmethod
    def of(
        cls,
        ordered: OrderedStatements,
        flight_id: str,
        api: SourcePerson | None,
        pnr: SourcePerson | None,
        basis: JoinBasis | None = None,
    ) -> "SettledTraveller":
        """Make a traveller of what API, PNR or both say."""
        persons = [person for person in (api, pnr) if person is not None]
        tracks = [track for person in persons for track in person.tracks]
        rows = [row for person in persons for row in person.rows]
        marks = sorted((row for track in tracks if track.present for row in track.marks), reverse=True)
        in_force = {*rows, *marks}
        every = {row for track in tracks for row in track.rows()}
        sources = [source for source, person in ((Source.API, api), (Source.PNR, pnr)) if person is not None]
        return cls(
            flight_id=flight_id,
            rows=rows,
            marks=marks,
            old=sorted(every - in_force),
            first=min(every),
            basis=basis,
            sources=tuple(str(source) for source in sources),
            role=_role(ordered, rows),
            crew=any(person.crew for person in persons),
            on_board=_on_board(ordered, persons, rows),
        ).with_documents(ordered)

    def with_documents(self, ordered: OrderedStatements) -> "SettledTraveller":
        """Take the documents of the statements in force; where these hold none, of the earlier ones."""
        unite, identifiers = ordered.document_index.unite, ordered.statement_id
        self.documents = unite(identifiers[row] for row in self.rows)
        if not self.documents and (self.marks or self.old):
            self.documents = unite(identifiers[row] for row in self.stated(ordered))
        return self

    def stated(self, ordered: OrderedStatements) -> list[int]:
        """Return the rows whose facts are theirs: in force, then earlier ones under an agreeing name.

        An earlier statement under another name may have been about another person (a seat given away).
        """
        if not self.marks and not self.old:
            return self.rows
        first = self.rows[0]
        earlier = sorted((*self.marks, *self.old), reverse=True)
        return [*self.rows, *(row for row in earlier if names_agree(ordered, first, row))]

    def every(self) -> list[int]:
        """Return all rows, those in force first."""
        return [*self.rows, *self.marks, *self.old]


def _role(ordered: OrderedStatements, rows: list[int]) -> str:
    """Return the role of the first statement; API calls infants passengers, PNR tells them apart."""
    role = ordered.role[rows[0]]
    infant = role == Role.PASSENGER and any(ordered.role[row] == Role.INFANT for row in rows)
    return str(Role.INFANT) if infant else role


def _on_board(ordered: OrderedStatements, persons: list[SourcePerson], rows: list[int]) -> bool | None:
    marked = [
        (track.last, track.on_board)
        for person in persons
        for track in person.tracks
        if track.present and track.on_board is not None
    ]
    if marked:
        return max(marked)[1]
    return next((ordered.on_board[row] for row in rows if ordered.on_board[row] is not None), None)
