"""Why a pair has its score: pieces of evidence in words, whose weights add up to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from screening.matching.agreements import Agreements, compare
from screening.matching.align import Grid, align, inherited, steps
from screening.matching.evidence import nationality, sex
from screening.matching.evidence.date_of_birth import CODE, FAR, NOT_GIVEN, RELATIONS, relations, weights
from screening.matching.evidence.document import WORDS
from screening.matching.index import Index
from screening.matching.model import KINDS, Model
from screening.matching.travellers import NO_DATE, DocumentPairs, Travellers
from screening.tables.codes import EvidenceKind

Piece = dict[str, object]
KIND_WORDS = {
    "exact": "same",
    "transliteration": "same name in another transliteration",
    "one_edit": "one letter differs",
    "transliteration_edit": "one letter differs after transliteration",
    "sound": "sounds alike",
    "two_edits": "two letters differ",
    "short_form": "short form",
    "prefix": "beginning of the name",
    "initial": "initial",
}
CONFLICT, OTHER_NAME, WEAK_ALIAS = "other names", "other name", "the list calls this name weak"
INHERITED = "names beside a conflict are often inherited together: what agrees beyond much counts in part"
JOINED_LISTED, JOINED_TRAVELLER = "written as one in the list", "written as one by the traveller"
MOVED = ", moved between surname and given names"
_CONTRADICTED = ", held down: date and names contradict"
_BESIDE = "(stated beside another value)"
_ALONE = "not weighed: the document alone led here"


@dataclass(frozen=True, slots=True)
class Pair:
    """A reading, a listed name (-1: document alone), a unit, the date and document that count (-1: none)."""

    reading: int
    name: int
    unit: int
    date: int
    document: int


class Context(Protocol):
    """What an explanation needs of the matcher."""

    travellers: Travellers
    index: Index
    model: Model
    found: Agreements
    documents: DocumentPairs


def evidence(context: Context, pair: Pair) -> list[Piece]:
    """Return the pieces of evidence of a pair, in the order name, date, sex, nationality, document."""
    name, born, state = [*_name(context, pair)], _date(context, pair), _nationality(context, pair)
    far = max(context.model.date_of_birth[relation] for relation in FAR)
    cap = context.model.nationality.contradicted_cap
    against = any(piece["relation"] in {CONFLICT, OTHER_NAME} for piece in name)
    if against and int(str(born["weight"])) <= far and int(str(state["weight"])) > cap:
        state = {**state, "relation": f"{state['relation']}{_CONTRADICTED}", "weight": cap}
    pieces = [*name, born, _sex(context, pair), state]
    if pair.name < 0:
        for piece in pieces:
            piece["weight"], piece["relation"] = 0, _ALONE
    pieces.append(_document(context, pair))
    return pieces


def _piece(kind: EvidenceKind, ours: str | None, theirs: str | None, relation: str, weight: int) -> Piece:
    return {
        "kind": str(kind),
        "traveller_value": ours or None,
        "alert_value": theirs or None,
        "relation": relation,
        "weight": int(weight),
    }


def _name(context: Context, pair: Pair) -> Iterator[Piece]:
    ours, theirs = context.travellers, context.index
    listed = pair.name
    if listed < 0:
        alert = int(theirs.unit_alert[pair.unit])
        first = int(theirs.names_from[alert])
        known = theirs.name_text[first] if first < int(theirs.names_from[alert + 1]) else None
        yield _piece(EvidenceKind.NAME, ours.text[pair.reading], known, _ALONE, 0)
        return
    m, n = int(theirs.names.count[listed]), int(ours.names.count[pair.reading])
    if n == 0:
        yield _piece(EvidenceKind.NAME, ours.text[pair.reading], theirs.name_text[listed], "not given", 0)
        return
    at = np.array([pair.reading]), np.array([listed])
    weights = context.model.name
    compared = compare(context.found, ours.names, theirs.names, *at, (m, n), weights.moved)
    if not compared.strong[0]:
        words = ours.text[pair.reading], theirs.name_text[listed]
        yield _piece(EvidenceKind.NAME, *words, OTHER_NAME, weights.other_name)
        return
    yield from _tokens(context, pair, compared.grid, m, n)


def _tokens(context: Context, pair: Pair, grid: Grid, m: int, n: int) -> Iterator[Piece]:
    ours, theirs = context.travellers, context.index
    aligned = align(grid, context.model.name, keep=True)
    own = [ours.names.singles[token] for token in ours.names.single[pair.reading, :n].tolist()]
    listed = [theirs.names.singles[token] for token in theirs.names.single[pair.name, :m].tolist()]
    left, unused, agreeing = set(range(m)), set(range(n)), 0
    for places, used, code in steps(aligned, 0, m, n):
        left -= set(places)
        unused -= set(used)
        if code > 200:
            weight, relation = int(grid.traveller_joined[0, places[0], used[0]]), JOINED_LISTED
        elif code > 100:
            weight, relation = int(grid.listed_joined[0, places[0], used[0]]), JOINED_TRAVELLER
        else:
            weight = int(grid.single[0, places[0], used[0]])
            relation = _relation(context, pair, places[0], used[0])
        words = " ".join(own[at] for at in used), " ".join(listed[at] for at in places)
        yield _piece(EvidenceKind.NAME, *words, relation, weight)
        agreeing += weight
    yield from _left_over(context, [own[at] for at in sorted(unused)], [listed[at] for at in sorted(left)])
    if theirs.name_weak[pair.name]:
        yield _piece(
            EvidenceKind.NAME, None, theirs.name_text[pair.name], WEAK_ALIAS, context.model.name.weak_alias
        )
    damped = int(inherited(np.array([agreeing], np.int32), context.model.name)[0])
    if unused and left and damped:
        yield _piece(EvidenceKind.NAME, None, None, INHERITED, damped)


def _relation(context: Context, pair: Pair, place: int, used: int) -> str:
    """Say how two tokens agree: by the strongest kind of their spellings with and without particles."""
    ours, theirs = context.travellers.names, context.index.names
    best: tuple[int, int] | None = None
    for own in (ours.single[pair.reading, used], ours.spelt[pair.reading, used]):
        for listed in (theirs.single[pair.name, place], theirs.spelt[pair.name, place]):
            at = int(context.found.single.find(np.array([own], np.int64), np.array([listed], np.int64))[0])
            if at >= 0:
                found = (-int(context.found.single.weight[at]), int(context.found.single.kind[at]))
                best = found if best is None else min(best, found)
    words = KIND_WORDS[KINDS[best[1]]] if best else "same"
    parts = (int(ours.part[pair.reading, used]), int(theirs.part[pair.name, place]))
    return f"{words}{MOVED}" if 0 not in parts and parts[0] != parts[1] else words


def _left_over(context: Context, own: list[str], listed: list[str]) -> Iterator[Piece]:
    """Yield the tokens left over: pairs of both sides are conflict, the rest stands on one side."""
    weights = context.model.name
    both = min(len(own), len(listed))
    extra = max(len(own), len(listed)) - both
    if both:
        words = " ".join(own), " ".join(listed)
        yield _piece(EvidenceKind.NAME, *words, CONFLICT, both * weights.conflict)
    if extra:
        side = "traveller" if len(own) > len(listed) else "alert"
        values = (
            None if both or side == "alert" else " ".join(own),
            None if both or side == "traveller" else " ".join(listed),
        )
        charge = weights.extra_traveller if side == "traveller" else weights.extra_listed
        count = "one more name" if extra == 1 else f"{extra} more names"
        yield _piece(EvidenceKind.NAME, *values, f"{count} only with the {side}", extra * charge)


def _date(context: Context, pair: Pair) -> Piece:
    ours, theirs = context.travellers.born, context.index
    reading = np.array([pair.reading])
    own = None
    if ours.first[pair.reading] != NO_DATE:
        first, last = (
            np.datetime_as_string(days[reading].astype("datetime64[D]"))[0]
            for days in (ours.first, ours.last)
        )
        own = str(first) if first == last else f"{first}..{last}"
    if pair.date < 0:
        begin, end = int(theirs.date_from[pair.unit]), int(theirs.date_from[pair.unit + 1])
        known = theirs.date_text[begin] if end > begin else None
        missing, words = RELATIONS[CODE[NOT_GIVEN[own is not None]]]
        return _piece(EvidenceKind.DATE_OF_BIRTH, own, known, words, context.model.date_of_birth[missing])
    relation = int(relations(ours.take(reading), theirs.dates.take(np.array([pair.date])))[0])
    weight = int(weights(context.model)[relation])
    words = RELATIONS[relation][1]
    settled = _settled(context, pair.reading)
    if (ours.first[settled], ours.last[settled]) != (ours.first[pair.reading], ours.last[pair.reading]):
        words = f"{words} {_BESIDE}"
    return _piece(EvidenceKind.DATE_OF_BIRTH, own, theirs.date_text[pair.date], words, weight)


def _settled(context: Context, reading: int) -> int:
    """Return the first reading of a traveller: as they were settled."""
    ids = context.travellers.ids
    while reading and ids[reading - 1] == ids[reading]:
        reading -= 1
    return reading


def _sex(context: Context, pair: Pair) -> Piece:
    said = context.index.facts[pair.unit].sexes
    sexes = context.travellers.sexes
    weight, relation = sex.compare(sexes[pair.reading], said, context.model)
    if sexes[pair.reading] != sexes[_settled(context, pair.reading)]:
        relation = f"{relation} {_BESIDE}"
    return _piece(EvidenceKind.SEX, context.travellers.sexes[pair.reading], ",".join(said), relation, weight)


def _nationality(context: Context, pair: Pair) -> Piece:
    facts = context.index.facts[pair.unit]
    found = nationality.compare(
        context.travellers.nationalities[pair.reading], facts.nationalities, facts.born_in, context.model
    )
    return _piece(
        EvidenceKind.NATIONALITY, found.traveller_value, found.alert_value, found.relation, found.weight
    )


def _document(context: Context, pair: Pair) -> Piece:
    if pair.document < 0:
        carried = ", ".join(number for number, _ in context.travellers.documents[pair.reading])
        return _piece(EvidenceKind.DOCUMENT, carried, None, "none agrees" if carried else "not given", 0)
    relation, own, listed = context.documents.detail[pair.document]
    weight = int(context.documents.weight[pair.document])
    return _piece(EvidenceKind.DOCUMENT, own, listed, WORDS[relation], weight)
