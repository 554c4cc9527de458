"""The score of a pair: name, date of birth, sex, nationality and documents, in centibits.

A pair that a document leads to is scored twice: with everything, and by the document alone. The better
counts, as the bearer of a stolen document need not be like its owner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.matching import loops
from screening.matching.agreements import agreements
from screening.matching.evidence import nationality, sex
from screening.matching.evidence.date_of_birth import weights as date_weights
from screening.matching.index import Index
from screening.matching.model import KINDS, Model
from screening.matching.names import side
from screening.matching.travellers import DocumentPairs, Travellers, document_pairs

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
NAME, DOCUMENT, EXHAUSTIVE = 1, 4, 8
"""Bits of `routes` (screening.tables.work.CANDIDATES)."""
_ROWS = 200_000  # rows of one part of a search's result, 6 MB; never fewer than the names of the list
_SEXES = (None, "F", "M")


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs at or above the floor; name -1: document alone."""

    reading: Ints
    name: Ints
    unit: Ints
    score: Ints
    route: Ints


@dataclass(frozen=True, slots=True)
class Group:
    """Readings of one set of States, and the weights that hold for them."""

    readings: Ints
    weights: loops.Weights


class Judge:
    """Scores pairs of readings and listed names; holds what all pairs need."""

    def __init__(self, travellers: Travellers, index: Index) -> None:
        self.travellers, self.index, self.model = travellers, index, index.model
        model = index.model
        self.documents: DocumentPairs = document_pairs(travellers, index, model)
        self.date = date_weights(model)
        self.rules = rules(model, index)
        self._own = side(travellers.names)
        self._near = agreements(travellers.names, index.names, index.beside)
        tokens = len(index.names.singles.tokens)
        sections = len(index.listed.sections.list)
        self._room = loops.scratch(tokens, len(index.names.joined), len(index.name_unit), sections)
        self._sex = np.array([[sex.compare(a, b, model)[0] for b in index.sexes] for a in _SEXES], np.int32)
        self._our_sex = np.array(
            [_SEXES.index(said) if said in _SEXES else 0 for said in travellers.sexes], np.int64
        )
        self._document_code = self.documents.reading * len(index.unit_alert) + self.documents.unit

    def groups(self) -> Iterator[Group]:
        """Yield the readings by their set of States; all readings of a traveller stand in one group."""
        order = np.argsort(self.travellers.states_of, kind="stable").astype(np.int64)
        begin = np.searchsorted(self.travellers.states_of[order], np.arange(len(self.travellers.states) + 1))
        for at, states in enumerate(self.travellers.states):
            yield Group(
                order[begin[at] : begin[at + 1]],
                loops.Weights(
                    token=self.index.rarity.of(states),
                    joined=self.index.joined_weights,
                    nation=self._nation(states),
                    sex=self._sex,
                    date=self.date,
                ),
            )

    def _nation(self, states: Sequence[str]) -> Numbers:
        """Weigh a traveller's States against each set of the list's."""
        mine = set(states)
        found = [
            nationality.compare(states, known, born, self.model).weight
            if not mine.isdisjoint(known) or not mine.isdisjoint(born)
            else self.model.nationality.conflict
            if known and mine
            else 0
            for known, born in self.index.nations
        ]
        return np.array(found, np.int32)

    def by_name(self, group: Group, floors: Ints, *, every: bool) -> tuple[Scored, Ints]:
        """Score the pairs that names lead to.

        Args:
            group: readings.
            floors: lowest score kept, by alert.
            every: align every listed name instead of those whose bound can reach the floor.

        Returns:
            Pairs at or above their floor, and the bound of each one's name.
        """
        list_floors = np.full(len(self.index.lists), np.iinfo(np.int32).max // 2, np.int64)
        np.minimum.at(list_floors, self.index.list_of, floors)
        least, lowest = floors.astype(np.int32), list_floors.astype(np.int32)
        out = np.empty((max(_ROWS, len(self.index.name_unit)), 4), np.int64)
        parts, done = [np.empty((0, 4), np.int64)], 0
        while done < len(group.readings):
            rows, done = loops.search(
                group.readings, done, self._own, self.travellers.born, self._our_sex, self.index.theirs,
                self.index.listed, self.index.dates, self._near, group.weights, self.rules, least, lowest,
                every, self._room, out,
            )  # fmt: skip
            parts.append(out[:rows].copy())
        found = np.concatenate(parts)
        unit = self.index.name_unit[found[:, 1]]
        route = np.full(len(found), EXHAUSTIVE if every else NAME, np.int64)
        return Scored(found[:, 0], found[:, 1], unit, found[:, 2], route), found[:, 3]

    def by_document(self, group: Group, floors: Ints) -> Scored:
        """Score pairs that a document leads to: with every name of the unit, and by the document alone.

        The same number and State stay whatever the floor: such a document is a hit on any list.
        """
        chosen = np.flatnonzero(np.isin(self.documents.reading, group.readings))
        readings, units = self.documents.reading[chosen], self.documents.unit[chosen]
        documents = self.documents.weight[chosen].astype(np.int64)
        listed = [self.index.names_of_unit(unit) for unit in units.tolist()]
        with_name = np.repeat(np.arange(len(readings)), [len(names) for names in listed]).astype(np.int64)
        names = np.array([name for of in listed for name in of], np.int64)
        reading, unit = readings[with_name], units[with_name]
        date = self.date_places(reading, unit)[0]
        name, conflict, _ = self.name_steps(group, reading, names)
        score = self.facts_weight(group, reading, unit) + date + name + documents[with_name]
        score -= np.where(conflict, self._contradicted(group, unit, date), 0)
        reading, unit = np.concatenate([reading, readings]), np.concatenate([unit, units])
        names = np.concatenate([names, np.full(len(readings), -1, np.int64)])
        score = np.concatenate([score, documents])
        same = np.array([self.documents.detail[at][0] == "same" for at in chosen.tolist()], np.bool_)
        always = np.concatenate([same[with_name], same])
        keep = np.flatnonzero(always | (score >= floors[self.index.unit_alert[unit]]))
        route = np.full(len(keep), DOCUMENT, np.int64)
        return Scored(reading[keep], names[keep], unit[keep], score[keep], route)

    def _contradicted(self, group: Group, units: Ints, date: Ints) -> Ints:
        """Return what the nationality says too much where names contradict and the date is far."""
        nation = group.weights.nation[self.index.listed.nation[units]].astype(np.int64)
        return np.array(
            [
                loops.contradicted(*pair, self.date, self.rules)
                for pair in zip(nation.tolist(), date.tolist(), strict=True)
            ],
            np.int64,
        )

    def name_steps(
        self, group: Group, readings: Ints, names: Ints
    ) -> tuple[Ints, Ints, tuple[Numbers, Numbers]]:
        """Align the names of pairs of one group: weight, whether they contradict, steps and what is left."""
        order = np.argsort(readings, kind="stable")
        steps = np.empty((len(readings), loops.MOST, 5), np.int32)
        score = np.empty((2, len(readings)), np.int64)
        left = np.empty((len(readings), 3), np.int32)
        laid, over = np.empty_like(steps), np.empty_like(left)
        score[:, order] = loops.align_pairs(
            readings[order], names[order], self._own, self.index.theirs, self._near, group.weights,
            self.rules, self._room, laid, over,
        )  # fmt: skip
        steps[order], left[order] = laid, over
        weak = np.where(self.index.listed.weak[names], self.rules.weak, 0) if len(names) else 0
        return score[0] + weak, score[1], (steps, left)

    def facts_weight(self, group: Group, readings: Ints, units: Ints) -> Ints:
        """Return the weight of sex and nationality of each pair."""
        listed = self.index.listed
        nation = group.weights.nation[listed.nation[units]].astype(np.int64)
        weight: Ints = nation + self._sex[self._our_sex[readings], listed.sex[units]]
        return weight

    def date_places(self, readings: Ints, units: Ints) -> tuple[Ints, Ints]:
        """Return weight of each pair's dates of birth and the place of the listed date (-1: not given)."""
        begin, end = self.index.date_from[units], self.index.date_from[units + 1]
        found = loops.date_places(self.travellers.born, readings, self.index.dates, begin, end, self.date)
        return found[0], found[1]

    def document_weight(self, readings: Ints, units: Ints) -> tuple[Ints, Ints]:
        """Return weight of the documents of each pair and its place in `documents` (-1: none agrees)."""
        if not len(self._document_code):
            return np.zeros(len(readings), np.int64), np.full(len(readings), -1, np.int64)
        wanted = readings * len(self.index.unit_alert) + units
        place = np.minimum(np.searchsorted(self._document_code, wanted), len(self._document_code) - 1)
        place = np.where(self._document_code[place] == wanted, place, -1)
        return np.where(place >= 0, self.documents.weight[place], 0).astype(np.int64), place


def rules(model: Model, index: Index) -> loops.Rules:
    """Return the rules of names as the loops take them."""
    name, initials = model.name, index.rarity.weights[:, KINDS.index("initial")]
    return loops.Rules(
        conflict=name.conflict,
        extra_traveller=name.extra_traveller,
        extra_listed=name.extra_listed,
        moved=name.moved,
        joined=name.joined,
        other_name=name.other_name,
        inherited_from=name.inherited_from,
        inherited_keeps=name.inherited_keeps,
        contradicted_cap=model.nationality.contradicted_cap,
        weak=name.weak_alias,
        initial=max(0, int(initials.max())) if len(initials) else 0,
        left_alike=name.left_alike,
        left_partly=name.left_partly,
        left_begins=name.left_begins,
    )
