"""Evidence of nationality: agreement weighs by how rare the State is in traffic; a birth country counts less.

Rule: log2(share among true pairs / share in traffic), of which `rarity` percent counts, capped. The
traveller's nationality and the issuing States of their documents are compared with all nationalities of the
alert; where none agrees, with its birth country. An alert with a birth country alone can agree but not
contradict: people are born abroad.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

from screening.matching.model import Model


@dataclass(frozen=True, slots=True)
class ComparedStates:
    """Result of one comparison."""

    weight: int
    relation: str
    traveller_value: str | None
    alert_value: str | None


def compare(
    traveller: Collection[str], nationalities: Collection[str], born_in: Collection[str], model: Model
) -> ComparedStates:
    """Compare States (inner codes) of a traveller with those of an alert.

    >>> from screening.matching.model import load_model
    >>> compare(["KP"], ["KP"], [], load_model()).weight > compare(["GB"], ["GB"], [], load_model()).weight
    True
    >>> compare(["KP"], ["FR"], ["KP"], load_model()).relation
    'nationality is the listed country of birth'
    >>> compare([], ["FR"], [], load_model()).weight
    0
    """
    ours, theirs = ",".join(sorted(traveller)) or None, ",".join(sorted(nationalities)) or None
    if not traveller or not (nationalities or born_in):
        return ComparedStates(0, "not given", ours, theirs)
    rules = model.nationality
    for listed, chance, relation in (
        (nationalities, rules.agrees, "same State"),
        (born_in, rules.birth, "nationality is the listed country of birth"),
    ):
        common = sorted(set(traveller) & set(listed))
        if common:
            share = max(rules.shares.get(state, rules.unlisted) for state in common)
            weight = min(rules.cap, round(rules.rarity * math.log2(max(chance / share, 1.0))))
            return ComparedStates(weight, relation, common[0], common[0])
    if not nationalities:
        return ComparedStates(0, "not given", ours, None)
    return ComparedStates(rules.conflict, "other State", ours, theirs)
