"""A settled traveller: which statements they are made of, before they become columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from screening.manifests.documents import CarriedDocument
from screening.manifests.persons import SourcePerson, in_force
from screening.manifests.same import names_agree
from screening.manifests.statements import OrderedStatements
from screening.manifests.tracks import Track
from screening.tables.codes import Action, JoinBasis, Role, Source, Standing, StandingReason


@dataclass(slots=True, eq=False)
class SettledTraveller:
    """One traveller on one leg.

    Attributes:
        rows: statements in force, API before PNR, later before earlier: the first that says a thing is
        believed. Of whom everything withdrew: what was said of them last.
        marks: close-outs in force that name them.
        old: statements replaced by later ones, and cancellations that were followed by a new statement.
        first: their first statement by time.
        standing: whether they are still meant to be on the leg, and `reason` why not.
        present: on the manifest by the rules of supersede and pushes, whoever flew.
        counted: part of the estimate of who flew.
        last_named: the last row that names them otherwise than to withdraw them.
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
    standing: Standing
    reason: StandingReason | None
    present: bool
    counted: bool
    last_named: int
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
        marks = sorted((row for track in in_force(tracks) for row in track.marks), reverse=True)
        every = {row for track in tracks for row in track.rows()}
        on_board = _on_board(ordered, tracks, rows)
        standing, reason = _standing(tracks, on_board)
        present = any(person.present for person in persons)
        sources = [source for source, person in ((Source.API, api), (Source.PNR, pnr)) if person is not None]
        return cls(
            flight_id=flight_id,
            rows=rows,
            marks=marks,
            old=sorted(every - {*rows, *marks}),
            first=min(every),
            basis=basis,
            sources=tuple(str(source) for source in sources),
            role=_role(ordered, rows),
            crew=any(person.crew for person in persons),
            on_board=on_board,
            standing=standing,
            reason=reason,
            present=present,
            counted=present and on_board is not False,
            last_named=max((row for row in every if not _withdraws(ordered, row)), default=max(every)),
        ).with_documents(ordered)

    def with_documents(self, ordered: OrderedStatements) -> "SettledTraveller":
        """Take the documents of all their statements: what a later message leaves out may be listed."""
        identifiers = ordered.statement_id
        self.documents = ordered.document_index.unite(identifiers[row] for row in self.stated(ordered))
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


def _standing(tracks: Sequence[Track], on_board: bool | None) -> tuple[Standing, StandingReason | None]:
    """Return the best that a source says, after what the close-out says."""
    if on_board is False:
        if any(track.named_as_left for track in tracks):
            return Standing.WITHDRAWN, StandingReason.NOT_BOARDED
        return Standing.UNCONFIRMED, StandingReason.NOT_IN_CLOSE_OUT
    best = min(tracks, key=lambda track: (_BEST_FIRST.index(track.standing), -max(track.rows())))
    return best.standing, best.reason


_BEST_FIRST = tuple(Standing)


def _withdraws(ordered: OrderedStatements, row: int) -> bool:
    return ordered.withdrawn[row] or ordered.message_of(row).action == Action.CANCEL


def _on_board(ordered: OrderedStatements, tracks: Sequence[Track], rows: list[int]) -> bool | None:
    marked = [
        (track.last, track.on_board) for track in tracks if track.present and track.on_board is not None
    ]
    if marked:
        return max(marked)[1]
    return next((ordered.on_board[row] for row in rows if ordered.on_board[row] is not None), None)
