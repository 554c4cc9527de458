"""Why a pair has its score: pieces of evidence in words, whose weights add up to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from screening.matching.evidence import nationality, sex
from screening.matching.evidence.date_of_birth import RELATIONS
from screening.matching.evidence.document import WORDS
from screening.matching.index import Index
from screening.matching.loops import (
    LEFT_ALIKE,
    LEFT_BEGINS,
    LEFT_ONE,
    LEFT_PARTLY,
    NO_DATE,
    NOT_GIVEN,
    NOT_LISTED,
    Rules,
    contradicted,
    inherited,
)
from screening.matching.loops import relation as date_relation
from screening.matching.model import KINDS, Model
from screening.matching.travellers import DocumentPairs, Travellers
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
LEFT_WORDS = {
    LEFT_ALIKE: "what is left over, written as one, is much alike",
    LEFT_PARTLY: "what is left over, written as one, is partly alike",
    LEFT_ONE: "partly alike",
    LEFT_BEGINS: "one begins with all of the other",
}
WRITTEN_AS_ONE = "written as one by the traveller, read apart as in the list"
MOVED = ", moved between surname and given names"
_CONTRADICTED = ", held down: date and names contradict"
_BESIDE = "(stated beside another value)"
_ALONE = "not weighed: the document alone led here"


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the names of a pair agree, and how what is left over is alike (`loops.align_pairs`)."""

    steps: npt.NDArray[np.int32]
    left: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pair:
    """A reading, a listed name (-1: document alone), a unit, the date and document that count (-1: none).

    `aligned` tells how the names agree.
    """

    reading: int
    name: int
    unit: int
    date: int
    document: int
    aligned: Alignment | None


class Context(Protocol):
    """What an explanation needs of the matcher."""

    travellers: Travellers
    index: Index
    model: Model
    documents: DocumentPairs
    date: npt.NDArray[np.int32]
    rules: Rules


def evidence(context: Context, pair: Pair) -> list[Piece]:
    """Return the pieces of evidence of a pair, in the order name, date, sex, nationality, document."""
    name, born, state = [*_name(context, pair)], _date(context, pair), _nationality(context, pair)
    if any(piece["relation"] in {CONFLICT, OTHER_NAME} for piece in name):
        weight = int(str(state["weight"]))
        beyond = contradicted(weight, int(str(born["weight"])), context.date, context.rules)
        if beyond:
            state |= {"relation": f"{state['relation']}{_CONTRADICTED}", "weight": weight - beyond}
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
        known = theirs.text(first) if first < int(theirs.names_from[alert + 1]) else None
        yield _piece(EvidenceKind.NAME, ours.text(pair.reading), known, _ALONE, 0)
        return
    if int(ours.names.count[pair.reading]) == 0:
        yield _piece(EvidenceKind.NAME, ours.text(pair.reading), theirs.text(listed), "not given", 0)
        return
    taken: list[list[int]] = [] if pair.aligned is None else pair.aligned.steps.tolist()
    steps = [step for step in taken if step[0] >= 0]
    if steps:
        if written := ours.written_as_one[pair.reading].as_py():
            yield _piece(EvidenceKind.NAME, written, ours.text(pair.reading), WRITTEN_AS_ONE, 0)
        yield from _tokens(context, pair, steps)
    else:
        other = context.rules.other_name
        yield _piece(EvidenceKind.NAME, ours.text(pair.reading), theirs.text(listed), OTHER_NAME, other)
    if theirs.listed.weak[listed]:
        yield _piece(EvidenceKind.NAME, None, theirs.text(listed), WEAK_ALIAS, context.rules.weak)


def _tokens(context: Context, pair: Pair, steps: list[list[int]]) -> Iterator[Piece]:
    ours, theirs = context.travellers.names, context.index.names
    m, n = int(theirs.count[pair.name]), int(ours.count[pair.reading])
    own = [ours.singles.tokens[token] for token in ours.single[pair.reading, :n].tolist()]
    listed = [theirs.singles.tokens[token] for token in theirs.single[pair.name, :m].tolist()]
    left, unused, agreeing = set(range(m)), set(range(n)), 0
    for i, j, plane, weight, kind in steps:
        places = range(i, i + 1 + (plane if plane <= 2 else 0))
        used = [(j + after) % n for after in range(plane - 1 if plane > 2 else 1)]
        left -= set(places)
        unused -= set(used)
        words = " ".join(own[at] for at in used), " ".join(listed[at] for at in places)
        if plane == 0:
            parts = int(ours.part[pair.reading, j]), int(theirs.part[pair.name, i])
            relation = KIND_WORDS[KINDS[kind]] + (MOVED if 0 not in parts and parts[0] != parts[1] else "")
        else:
            relation = JOINED_TRAVELLER if plane <= 2 else JOINED_LISTED
        yield _piece(EvidenceKind.NAME, *words, relation, weight)
        agreeing += weight
    how, j, i = (0, -1, -1) if pair.aligned is None else pair.aligned.left.tolist()
    if how:
        ones, others = (unused, left) if j < 0 else ({j}, {i})
        words = " ".join(own[at] for at in sorted(ones)), " ".join(listed[at] for at in sorted(others))
        yield _piece(EvidenceKind.NAME, *words, LEFT_WORDS[how], _left_weight(context.rules, how))
        unused, left = unused - ones, left - others
    yield from _left_over(context, [own[at] for at in sorted(unused)], [listed[at] for at in sorted(left)])
    damped = inherited(agreeing, context.rules)
    if unused and left and damped:
        yield _piece(EvidenceKind.NAME, None, None, INHERITED, damped)


def _left_weight(rules: Rules, how: int) -> int:
    by_kind = {LEFT_ALIKE: rules.left_alike, LEFT_BEGINS: rules.left_begins}
    return by_kind.get(how, rules.left_partly)


def _left_over(context: Context, own: list[str], listed: list[str]) -> Iterator[Piece]:
    """Yield the tokens left over: pairs of both sides are conflict, the rest stands on one side."""
    rules = context.rules
    both = min(len(own), len(listed))
    extra = max(len(own), len(listed)) - both
    if both:
        words = " ".join(own), " ".join(listed)
        yield _piece(EvidenceKind.NAME, *words, CONFLICT, both * rules.conflict)
    if extra:
        side = "traveller" if len(own) > len(listed) else "alert"
        weight = rules.extra_traveller if len(own) > len(listed) else rules.extra_listed
        values = (
            None if both or side == "alert" else " ".join(own),
            None if both or side == "traveller" else " ".join(listed),
        )
        count = "one more name" if extra == 1 else f"{extra} more names"
        yield _piece(EvidenceKind.NAME, *values, f"{count} only with the {side}", extra * weight)


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
        relation = NOT_LISTED if own else NOT_GIVEN
        begin, end = int(theirs.date_from[pair.unit]), int(theirs.date_from[pair.unit + 1])
        known = theirs.date_text[begin].as_py() if end > begin else None
        return _piece(
            EvidenceKind.DATE_OF_BIRTH, own, known, RELATIONS[relation][1], int(context.date[relation])
        )
    relation = date_relation(ours, pair.reading, theirs.dates, pair.date)
    weight = int(context.date[relation])
    words = RELATIONS[relation][1]
    settled = _settled(context, pair.reading)
    if (ours.first[settled], ours.last[settled]) != (ours.first[pair.reading], ours.last[pair.reading]):
        words = f"{words} {_BESIDE}"
    return _piece(EvidenceKind.DATE_OF_BIRTH, own, theirs.date_text[pair.date].as_py(), words, weight)


def _settled(context: Context, reading: int) -> int:
    """Return the first reading of a traveller: as they were settled."""
    ids = context.travellers.ids
    while reading and ids[reading - 1] == ids[reading]:
        reading -= 1
    return reading


def _sex(context: Context, pair: Pair) -> Piece:
    said = context.index.facts(pair.unit).sexes
    sexes = context.travellers.sexes
    weight, relation = sex.compare(sexes[pair.reading], said, context.model)
    if sexes[pair.reading] != sexes[_settled(context, pair.reading)]:
        relation = f"{relation} {_BESIDE}"
    return _piece(EvidenceKind.SEX, context.travellers.sexes[pair.reading], ",".join(said), relation, weight)


def _nationality(context: Context, pair: Pair) -> Piece:
    facts = context.index.facts(pair.unit)
    found = nationality.compare(
        context.travellers.states[context.travellers.states_of[pair.reading]],
        facts.nationalities,
        facts.born_in,
        context.model,
    )
    return _piece(
        EvidenceKind.NATIONALITY, found.traveller_value, found.alert_value, found.relation, found.weight
    )


def _document(context: Context, pair: Pair) -> Piece:
    if pair.document < 0:
        carried = ", ".join(number for number, _ in context.travellers.carried(pair.reading))
        return _piece(EvidenceKind.DOCUMENT, carried, None, "none agrees" if carried else "not given", 0)
    relation, own, listed = context.documents.detail[pair.document]
    weight = int(context.documents.weight[pair.document])
    return _piece(EvidenceKind.DOCUMENT, own, listed, WORDS[relation], weight)
