"""The model: weights, token shares and thresholds, read from data files and named by the hash of them.

Weights are whole centibits (log2 odds x 100); `docs/matching.md` gives the reason for each. The frequencies
of name tokens and nationalities come from here, or from counts of earlier nights that a person has put in use
(`traffic.py`), and never from the night's own traffic, so that no row of a leg depends on another leg
(docs/architecture.md, locality).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KINDS: tuple[str, ...] = (
    "exact",
    "transliteration",
    "one_edit",
    "transliteration_edit",
    "sound",
    "two_edits",
    "short_form",
    "prefix",
    "initial",
)
"""Kinds of agreement of two tokens, strongest first; an agreement counts as the strongest that it is."""

FILES = ("weights.json", "tokens.json", "states.json")


@dataclass(frozen=True, slots=True)
class NameWeights:
    """Weights of the name, in centibits.

    Attributes:
        rarity: percent of a token's rarity that counts where it agrees exactly or by transliteration.
        rarity_fuzzy: the same for the other kinds.
        kinds: what is taken off the rarity of a token, by kind of agreement.
        token_cap: the most that one token can say.
        matched: for each agreeing token: among several, some agree by chance.
        conflict: for each pair of tokens left over on both sides.
        extra_traveller: for each token left over with the traveller alone.
        extra_listed: for each token left over with the alert alone.
        moved: for a token that is surname on one side and given name on the other.
        joined: for two tokens of one side written as one on the other.
        other_name: the name, where nothing but an initial agrees.
        weak_alias: for a listed name that its list calls weak.
        inherited_from: with a conflict, what agrees beyond this counts in part: names of one field are
            inherited together, so they are not independent (chains of fathers' names lead all false alerts).
        inherited_keeps: percent of it that counts.
        left_alike: for tokens left over on both sides that are much alike when written as one.
        left_partly: for those, or one of each side, that are partly alike.
        left_begins: for one that begins with all of the other.
        unseen_exact: bits of a token that the shares do not hold, by its length.
        unseen_fuzzy: how much more often such a token agrees inexactly, by kind.
    """

    rarity: int
    rarity_fuzzy: int
    kinds: tuple[int, ...]
    token_cap: int
    matched: int
    conflict: int
    extra_traveller: int
    extra_listed: int
    moved: int
    joined: int
    other_name: int
    weak_alias: int
    inherited_from: int
    inherited_keeps: int
    left_alike: int
    left_partly: int
    left_begins: int
    unseen_exact: tuple[int, ...]
    unseen_fuzzy: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nationality:
    """Weights of the nationality: agreement by its share in traffic.

    Attributes:
        rarity: percent of the rarity that counts.
        agrees, birth: share of true pairs whose State, or whose country of birth, is the listed one.
        cap: the most that it can say.
        contradicted_cap: the most that it can say where the date is far and names contradict.
        conflict: another State.
        shares, unlisted: shares of States in traffic.
    """

    rarity: int
    agrees: float
    birth: float
    cap: int
    contradicted_cap: int
    conflict: int
    shares: Mapping[str, float]
    unlisted: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """What people are called and where they are from: earlier travellers (`traffic.py`) or a list's.

    Attributes:
        tokens: share of each token among all tokens of travellers' names; of a list the part that counts.
        by_state: State -> all tokens of its travellers, and how many of them bear each.
        states: State -> share of the travellers who hold it; who holds two counts with both.
        travellers: how many were counted.
    """

    tokens: Mapping[str, float]
    by_state: Mapping[str, tuple[int, Mapping[str, int]]]
    states: Mapping[str, float]
    travellers: int


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that turns a comparison into centibits; compared and hashed by its version alone.

    `traffic` is None until a person has put counts of earlier nights in use (docs/matching.md); `listed`
    counts the names of the lists in use, which the pinned list versions name.

    Attributes:
        token_shares: share of a token in traffic, or half its share among the people where it is most common,
            whichever is larger.
        overall_shares: share of a token in all traffic.
        state_shares: share of a token within the tokens of a State's people, where it is common there.
    """

    version: str
    name: NameWeights
    token_shares: Mapping[str, float]
    overall_shares: Mapping[str, float]
    state_shares: Mapping[str, Mapping[str, float]]
    date_of_birth: Mapping[str, int]
    sex: Mapping[str, int]
    nationality: Nationality
    document: Mapping[str, int]
    thresholds: Mapping[str, object]
    traffic: Traffic | None = None
    listed: Traffic | None = None


@cache
def load_model() -> Model:
    """Read the model shipped with the package.

    Returns:
        The model; `version` is the sha256 of its data files, so that a changed weight is another model.
    """
    folder = files("screening.matching").joinpath("data")
    return model_of({name: folder.joinpath(name).read_bytes() for name in FILES})


def model_of(raw: Mapping[str, bytes]) -> Model:
    """Return the model of these data files.

    Args:
        raw: bytes of weights.json, tokens.json and states.json by name.
    """
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(len(raw[name]).to_bytes(8, "big") + raw[name])
    weights, shares, states = (json.loads(raw[name]) for name in FILES)
    overall = {token: count / shares["per"] for token, count in shares["shares"].items()}
    within = {
        state: {token: count / shares["per"] for token, count in counts.items()}
        for state, counts in shares["by_state"].items()
    }
    return Model(
        version=digest.hexdigest(),
        name=_name_weights(weights["name"]),
        token_shares=_most(overall, within),
        overall_shares=overall,
        state_shares=within,
        date_of_birth=weights["date_of_birth"],
        sex=weights["sex"],
        nationality=Nationality(
            **weights["nationality"],
            shares={state: count / states["per"] for state, count in states["shares"].items()},
            unlisted=states["unlisted"] / states["per"],
        ),
        document=weights["document"],
        thresholds=weights["thresholds"],
    )


def _most(overall: Mapping[str, float], within: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the larger of a token's share in traffic and half its share where it is most common."""
    most = dict(overall)
    for shares in within.values():
        for token, share in shares.items():
            most[token] = max(most.get(token, 0.0), share / 2)
    return most


def _name_weights(read: Mapping[str, object]) -> NameWeights:
    kinds, exact, fuzzy = read["kinds"], read["unseen_exact"], read["unseen_fuzzy"]
    if not isinstance(kinds, dict) or not isinstance(exact, dict) or not isinstance(fuzzy, dict):
        raise TypeError("weights.json: kinds, unseen_exact and unseen_fuzzy are objects")
    numbers = {name: value for name, value in read.items() if isinstance(value, int)}
    return NameWeights(
        kinds=tuple(kinds[kind] for kind in KINDS),
        unseen_exact=tuple(exact[str(length)] for length in range(1, len(exact) + 1)),
        unseen_fuzzy=tuple(fuzzy.get(kind, 0) for kind in KINDS),
        **numbers,
    )
