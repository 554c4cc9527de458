"""Evidence as numbers: what `match` explains of a pair, one column a coefficient of the model.

Rule: nothing is a column that an analyst does not read as a piece of evidence. Rarities are taken back from
the weights of the model that made the explanation, in bits before charges; other columns are counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.matching.evidence.date_of_birth import RELATIONS
from screening.matching.explain import (
    CONFLICT,
    INHERITED,
    JOINED_LISTED,
    JOINED_TRAVELLER,
    KIND_WORDS,
    LEFT_WORDS,
    MOVED,
    OTHER_NAME,
    WEAK_ALIAS,
    WRITTEN_AS_ONE,
)
from screening.matching.loops import LEFT_ALIKE, LEFT_BEGINS, LEFT_ONE, LEFT_PARTLY
from screening.matching.model import KINDS, Model

Floats = npt.NDArray[np.float64]
Piece = Mapping[str, object]
_KIND_OF = {words: kind for kind, words in KIND_WORDS.items()}
_DATE_OF = {words: name for name, words in RELATIONS}
_LEFT_OF = {
    LEFT_WORDS[LEFT_ALIKE]: "left_alike",
    LEFT_WORDS[LEFT_PARTLY]: "left_partly",
    LEFT_WORDS[LEFT_ONE]: "left_partly",
    LEFT_WORDS[LEFT_BEGINS]: "left_begins",
}
_EXACT_LIKE = ("exact", "transliteration")
_STATES = {
    "same State": "agrees",
    "nationality is the listed country of birth": "birth",
    "other State": "conflict",
}
_SEXES = {"same": "same", "other": "conflict"}

COLUMNS: tuple[str, ...] = (
    "rarity",
    "rarity_fuzzy",
    "matched",
    *(f"kind:{kind}" for kind in KINDS[1:]),
    "joined",
    "moved",
    "conflict",
    "extra_traveller",
    "extra_listed",
    "inherited",
    "left_alike",
    "left_partly",
    "left_begins",
    "weak_alias",
    *(f"date:{name}" for name, _ in RELATIONS),
    "sex:same",
    "sex:conflict",
    "state:rarity",
    "state:agrees",
    "state:birth",
    "state:conflict",
)
"""Columns of a pair; `kind:exact` has none, since `matched` counts it."""
AT = {name: at for at, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs as numbers.

    Attributes:
        traveller, alert: ids.
        score: centibits of the model that made the explanation.
        x: columns (pairs × COLUMNS).
    """

    traveller: tuple[str, ...]
    alert: tuple[str, ...]
    score: npt.NDArray[np.int64]
    x: Floats

    def take(self, at: npt.NDArray[np.int64]) -> "Pairs":
        """Return these pairs."""
        places = at.tolist()
        return Pairs(
            tuple(self.traveller[place] for place in places),
            tuple(self.alert[place] for place in places),
            self.score[at],
            self.x[at],
        )


def pairs_of(scored: pa.Table, model: Model) -> Pairs:
    """Return the pairs of a table of scores as numbers; those of which no name agrees are left out.

    What `other_name` weighs is judgement and no coefficient.

    Args:
        scored: SCORED of `match` with this model, of travellers and alerts without documents.
        model: the model.

    Raises:
        ValueError: an explanation has a relation that has no column.
    """
    named = [OTHER_NAME not in {piece["relation"] for piece in of} for of in scored["evidence"].to_pylist()]
    scored = scored.filter(pa.array(named, pa.bool_()))
    x = np.zeros((scored.num_rows, len(COLUMNS)))
    for row, evidence in enumerate(scored["evidence"].to_pylist()):
        for name, value in _columns(evidence, model):
            x[row, AT[name]] += value
    return Pairs(
        tuple(scored["traveller_id"].to_pylist()),
        tuple(scored["alert_id"].to_pylist()),
        np.array(scored["score"].to_pylist(), np.int64),
        x,
    )


def _columns(evidence: Sequence[Piece], model: Model) -> Iterator[tuple[str, float]]:
    for piece in evidence:
        relation, weight = str(piece["relation"]), int(str(piece["weight"]))
        match str(piece["kind"]):
            case "name":
                yield from _name(relation, weight, piece, model)
            case "date_of_birth":
                yield f"date:{_known(_DATE_OF, relation.removesuffix(' (stated beside another value)'))}", 1.0
            case "sex" if not relation.startswith("not given"):
                yield f"sex:{_known(_SEXES, relation.removesuffix(' (stated beside another value)'))}", 1.0
            case "nationality" if not relation.startswith("not given"):
                said = _known(_STATES, relation.partition(", held down")[0])
                yield f"state:{said}", 1.0
                if said != "conflict":
                    yield "state:rarity", _state_bits(str(piece["traveller_value"]), model)


def _state_bits(state: str, model: Model) -> float:
    rules = model.nationality
    return float(-np.log2(rules.shares.get(state, rules.unlisted)))


def _name(relation: str, weight: int, piece: Piece, model: Model) -> Iterator[tuple[str, float]]:
    rules = model.name
    if relation == CONFLICT:
        yield "conflict", weight / rules.conflict
    elif relation in _LEFT_OF:
        yield _LEFT_OF[relation], 1.0
    elif relation == WEAK_ALIAS:
        yield "weak_alias", 1.0
    elif relation == INHERITED:
        yield "inherited", -weight / (100 - rules.inherited_keeps)
    elif relation == WRITTEN_AS_ONE:  # says how the name was read, and weighs nothing
        return
    elif "only with the" in relation:
        side = "traveller" if relation.endswith("traveller") else "listed"
        first = relation.split(maxsplit=1)[0]
        yield f"extra_{side}", 1.0 if first == "one" else float(first)
    else:
        yield from _agreement(relation, weight, model)


def _agreement(relation: str, weight: int, model: Model) -> Iterator[tuple[str, float]]:
    rules = model.name
    joined = relation in {JOINED_LISTED, JOINED_TRAVELLER}
    moved = relation.endswith(MOVED)
    kind = "exact" if joined else _known(_KIND_OF, relation.removesuffix(MOVED))
    weight -= rules.joined * joined + rules.moved * moved + rules.matched - rules.kinds[KINDS.index(kind)]
    like = kind in _EXACT_LIKE
    yield ("rarity" if like else "rarity_fuzzy"), weight / (rules.rarity if like else rules.rarity_fuzzy)
    yield "matched", 1.0
    if kind != "exact":
        yield f"kind:{kind}", 1.0
    if joined:
        yield "joined", 1.0
    if moved:
        yield "moved", 1.0


def _known(names: Mapping[str, str], words: str) -> str:
    if words not in names:
        raise ValueError(f"screening.lab.fit.pieces: the relation {words!r} of an explanation has no column")
    return names[words]
