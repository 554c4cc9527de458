"""Persons of one source on a leg: tracks of several senders, functions and bookings that are one traveller.

Two tracks are one person when they state the same document and their names agree and no birth date
contradicts (a passenger list and a crew list, two bookings, two senders); or the same booking locator and
reference; or, from different senders or functions, when name and birth date are equal and no documents
differ. Travellers who share a
document and nothing else stay apart, and the document is counted: somebody may travel on another's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from screening.manifests.same import Key, contradicts, documents_differ, names_agree
from screening.manifests.statements import OrderedStatements
from screening.manifests.tracks import Track


@dataclass(slots=True, eq=False)
class SourcePerson:
    """One traveller of one source: the series about them, and what these say now."""

    tracks: list[Track]
    present: bool  # do they count as on the manifest?
    rows: list[int] = field(default_factory=list)  # in force, latest first

    @property
    def crew(self) -> bool:
        """Are they stated as crew?"""
        return any(track.crew for track in in_force(self.tracks))


def persons(ordered: OrderedStatements, tracks: list[Track]) -> tuple[list[SourcePerson], int]:
    """Return the persons of one source, and the number of documents that several of them state.

    Returns:
        Persons in the order of their first statement, withdrawn ones included.
    """
    if not tracks:
        return [], 0
    parent = list(range(len(tracks)))
    shared: set[str] = set()
    groups: dict[Key, list[int]] = {}
    for number, track in enumerate(tracks):
        for key in _keys(ordered, track.last):
            held = groups.setdefault(key, [])
            for other in held:
                if _one(ordered, key, track, tracks[other]):
                    parent[_root(parent, number)] = _root(parent, other)
                elif key[0] == "document" and track.present and tracks[other].present:
                    shared.add(str(key[1]))
            held.append(number)
    made: dict[int, list[Track]] = {}
    for number, track in enumerate(tracks):
        made.setdefault(_root(parent, number), []).append(track)
    found = [_person(own) for own in made.values()]
    return sorted(found, key=_first), len(shared)


def _keys(ordered: OrderedStatements, row: int) -> list[Key]:
    found: list[Key] = [("document", document) for document in ordered.document_keys[row]]
    if ordered.locator[row] and ordered.booking_reference[row]:
        found.append(("reference", ordered.locator[row], ordered.booking_reference[row]))
    if ordered.name[row] and ordered.born[row] is not None:
        found.append(("born", ordered.name[row], ordered.born[row]))
    return found


def _one(ordered: OrderedStatements, key: Key, track: Track, other: Track) -> bool:
    if key[0] == "born":
        return track.home != other.home and not documents_differ(ordered, track.last, other.last)
    agree = names_agree(ordered, track.last, other.last) or not (
        ordered.name[track.last] or ordered.name[other.last]
    )
    return agree and not contradicts(ordered, track.last, other.last)


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _person(tracks: list[Track]) -> SourcePerson:
    own = sorted(tracks, key=lambda track: min(track.rows()))
    rows = [row for track in in_force(own) for row in track.current]
    present = any(track.present for track in own)
    return SourcePerson(own, present=present, rows=sorted(rows, reverse=True))


def in_force(tracks: Sequence[Track]) -> Sequence[Track]:
    """Return the tracks by which somebody is known: those not withdrawn, or all where every one is."""
    return [track for track in tracks if not track.withdrawn] or tracks


def _first(person: SourcePerson) -> int:
    return min(min(track.rows()) for track in person.tracks)
