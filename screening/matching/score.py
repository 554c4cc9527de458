"""The score of a pair: name, date of birth, sex, nationality and documents, in centibits.

A pair that a document leads to is scored twice: with everything, and by the document alone. The better
counts, as the bearer of a stolen document need not be like its owner.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.matching.agreements import Agreements, compare
from screening.matching.align import align
from screening.matching.evidence import nationality, sex
from screening.matching.evidence.date_of_birth import FAR, NOT_GIVEN, relations
from screening.matching.evidence.date_of_birth import weights as date_weights
from screening.matching.index import Index
from screening.matching.model import Model
from screening.matching.travellers import NO_DATE, DocumentPairs, Travellers

Ints = npt.NDArray[np.int64]
Weights = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
NAME, DOCUMENT, EXHAUSTIVE = 1, 4, 8
"""Bits of `routes` (screening.tables.work.CANDIDATES)."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs above the floor, before the best of each is chosen; name -1: document alone."""

    reading: Ints
    name: Ints
    unit: Ints
    score: Ints
    route: Ints


class Judge:
    """Scores pairs of readings and listed names; holds what all pairs need."""

    def __init__(
        self, travellers: Travellers, index: Index, model: Model, found: Agreements, documents: DocumentPairs
    ) -> None:
        self.travellers, self.index, self.model = travellers, index, model
        self.found, self.documents = found, documents
        self.date_weights = date_weights(model)
        self.most_date = int(self.date_weights.max())
        self.far_date = max(model.date_of_birth[name] for name in FAR)
        self.no_date = [model.date_of_birth[name] for name in NOT_GIVEN]
        self._facts()
        self.document_code = documents.reading * len(index.facts) + documents.unit

    def _facts(self) -> None:
        """Weigh sex and nationality once for each distinct set on both sides."""
        facts = self.index.facts
        ours = sorted(set(self.travellers.nationalities))
        theirs = sorted({(one.nationalities, one.born_in) for one in facts})
        self.nation = np.array(
            [[nationality.compare(a, b, c, self.model).weight for b, c in theirs] for a in ours], np.int32
        ).reshape(len(ours), len(theirs))
        our_number = {states: at for at, states in enumerate(ours)}
        their_number = {states: at for at, states in enumerate(theirs)}
        self.our_nation = np.array([our_number[states] for states in self.travellers.nationalities], np.int64)
        self.their_nation = np.array(
            [their_number[one.nationalities, one.born_in] for one in facts], np.int64
        )
        sexes = (None, "F", "M")
        sets = sorted({one.sexes for one in facts})
        self.sex = np.array([[sex.compare(a, b, self.model)[0] for b in sets] for a in sexes], np.int32)
        set_number = {said: at for at, said in enumerate(sets)}
        self.our_sex = np.array(
            [sexes.index(said) if said in sexes else 0 for said in self.travellers.sexes], np.int64
        )
        self.their_sex = np.array([set_number[one.sexes] for one in facts], np.int64)

    def facts_weight(self, readings: Ints, units: Ints) -> Ints:
        """Return the weight of sex and nationality of each pair."""
        nation = self.nation[self.our_nation[readings], self.their_nation[units]]
        weight: Ints = nation.astype(np.int64) + self.sex[self.our_sex[readings], self.their_sex[units]]
        return weight

    def contradicted(self, readings: Ints, units: Ints, date: Ints, conflict: Bools) -> Ints:
        """Return what the nationality says too much where the date is far and names contradict."""
        nation = self.nation[self.our_nation[readings], self.their_nation[units]].astype(np.int64)
        beyond = np.maximum(nation - self.model.nationality.contradicted_cap, 0)
        return np.where(conflict & (date <= self.far_date), beyond, 0)

    def date_places(self, readings: Ints, units: Ints) -> tuple[Ints, Ints]:
        """Return weight of each pair's dates of birth and the place of the listed date (-1: not given)."""
        begin, end = self.index.date_from[units], self.index.date_from[units + 1]
        ours = self.travellers.born.first[readings] != NO_DATE
        given = ours & (end > begin)
        weight = np.where(ours, self.no_date[1], self.no_date[0]).astype(np.int64)
        place = np.full(len(readings), -1, np.int64)
        at, offset = np.flatnonzero(given), 0
        while len(at):
            listed = begin[at] + offset
            relation = relations(self.travellers.born.take(readings[at]), self.index.dates.take(listed))
            new = self.date_weights[relation].astype(np.int64)
            better = (place[at] < 0) | (new > weight[at])
            weight[at[better]], place[at[better]] = new[better], listed[better]
            offset += 1
            at = at[begin[at] + offset < end[at]]
        return weight, place

    def document_weight(self, readings: Ints, units: Ints) -> tuple[Ints, Ints]:
        """Return weight of the documents of each pair and its place in `documents` (-1: none agrees)."""
        if not len(self.document_code):
            return np.zeros(len(readings), np.int64), np.full(len(readings), -1, np.int64)
        wanted = readings * len(self.index.facts) + units
        place = np.minimum(np.searchsorted(self.document_code, wanted), len(self.document_code) - 1)
        place = np.where(self.document_code[place] == wanted, place, -1)
        return np.where(place >= 0, self.documents.weight[place], 0).astype(np.int64), place

    def name_weight(self, readings: Ints, names: Ints) -> tuple[Ints, Bools]:
        """Align the names of each pair: weight, and whether tokens contradict."""
        score, conflict = np.zeros(len(readings), np.int64), np.zeros(len(readings), np.bool_)
        shape = self.index.names.count[names].astype(np.int64) * 16 + self.travellers.names.count[readings]
        for value in np.unique(shape).tolist():
            m, n = value // 16, value % 16
            if m == 0 or n == 0:
                continue
            at = np.flatnonzero(shape == value)
            step = max(1, 2_000_000 // ((1 << n) * m))
            for start in range(0, len(at), step):
                part = at[start : start + step]
                score[part], conflict[part] = self._aligned(readings[part], names[part], (m, n))
        return score, conflict

    def _aligned(self, readings: Ints, names: Ints, shape: tuple[int, int]) -> tuple[Ints, Bools]:
        weights = self.model.name
        compared = compare(
            self.found, self.travellers.names, self.index.names, readings, names, shape, weights.moved
        )
        score = np.full(len(readings), weights.other_name, np.int64)
        conflict = np.ones(len(readings), np.bool_)
        strong = np.flatnonzero(compared.strong)
        if len(strong):
            aligned = align(compared.grid.take(strong), weights)
            weak = np.where(self.index.name_weak[names[strong]], weights.weak_alias, 0)
            score[strong], conflict[strong] = aligned.score + weak, aligned.conflict
        return score, conflict

    def by_name(self, readings: Ints, names: Ints, bound: Weights | None, floors: Ints, route: int) -> Scored:
        """Score pairs, those first left out whose bound does not reach the floor (bound None: all stay)."""
        units = self.index.name_unit[names]
        floor = floors[self.index.name_alert[names]]
        rest = self.facts_weight(readings, units)
        if bound is not None:
            keep = np.flatnonzero(bound + rest + self.most_date >= floor)
            readings, names, units, floor = readings[keep], names[keep], units[keep], floor[keep]
            rest, bound = rest[keep], bound[keep]
        date = self.date_places(readings, units)[0]
        rest = rest + date
        if bound is not None:
            keep = np.flatnonzero(bound + rest >= floor)
            readings, names, units, floor, rest, date = (
                readings[keep], names[keep], units[keep], floor[keep], rest[keep], date[keep],
            )  # fmt: skip
        name, conflict = self.name_weight(readings, names)
        score = rest + name - self.contradicted(readings, units, date, conflict)
        keep = np.flatnonzero(score >= floor)
        return Scored(
            readings[keep], names[keep], units[keep], score[keep], np.full(len(keep), route, np.int64)
        )

    def by_document(self, floors: Ints) -> Scored:
        """Score pairs that a document leads to: with every name of the unit, and by the document alone.

        The same number and State stay whatever the floor: such a document is a hit on any list.
        """
        readings, units = self.documents.reading, self.documents.unit
        of_unit: dict[int, list[int]] = {}
        for name, unit in enumerate(self.index.name_unit.tolist()):
            of_unit.setdefault(unit, []).append(name)
        listed = [of_unit.get(unit, []) for unit in units.tolist()]
        with_name = np.repeat(np.arange(len(readings)), [len(names) for names in listed]).astype(np.int64)
        names = np.array([name for of in listed for name in of], np.int64)
        reading, unit = readings[with_name], units[with_name]
        date = self.date_places(reading, unit)[0]
        weight, conflict = self.name_weight(reading, names)
        score = self.facts_weight(reading, unit) + date + weight + self.documents.weight[with_name]
        score = score - self.contradicted(reading, unit, date, conflict)
        reading, unit = np.concatenate([reading, readings]), np.concatenate([unit, units])
        names = np.concatenate([names, np.full(len(readings), -1, np.int64)])
        score = np.concatenate([score, self.documents.weight.astype(np.int64)])
        same = np.array([detail[0] == "same" for detail in self.documents.detail], np.bool_)
        always = np.concatenate([same[with_name], same])
        keep = np.flatnonzero(always | (score >= floors[self.index.unit_alert[unit]]))
        route = np.full(len(keep), DOCUMENT, np.int64)
        return Scored(reading[keep], names[keep], unit[keep], score[keep], route)
