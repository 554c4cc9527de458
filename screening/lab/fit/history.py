"""Shares of tokens as an agency with history has them: counted from earlier travellers of the same traffic.

Rule: a token's share is the largest of the shipped one, its share among the history's tokens, and half its
share among those of one State (shrunk by 200 tokens of the overall share); tokens seen fewer than five times
leave no trace. Half of the fit sees such shares, half the shipped ones: weights must serve an agency's first
night and its later ones.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from screening.lab.fit.listed import draw_person, people_shares
from screening.lab.fit.noise import noisy_name
from screening.lab.fit.peoples import peoples, stream

_LEAST = 5
_SHRINK = 200.0


@lru_cache(maxsize=8)
def with_history(tokens: bytes, seed: str, travellers: int) -> bytes:
    """Return tokens.json with the counts of earlier travellers.

    Args:
        tokens: the shipped shares.
        seed: of the traffic, whose peoples are the same.
        travellers: how many earlier ones are counted.
    """
    overall: Counter[str] = Counter()
    by_state: dict[str, Counter[str]] = {}
    for state, names in _earlier(seed, travellers):
        overall.update(names)
        by_state.setdefault(state, Counter()).update(names)
    total = sum(overall.values())
    shares = {token: count / total for token, count in overall.items() if count >= _LEAST}
    for counts in by_state.values():
        of_state = sum(counts.values())
        for token, count in counts.items():
            if count >= _LEAST:
                within = (count + _SHRINK * overall[token] / total) / (of_state + _SHRINK)
                shares[token] = max(shares[token], within / 2)
    read = json.loads(tokens)
    known: Mapping[str, int] = read["shares"]
    merged = {
        token: max(known.get(token, 0), round(shares.get(token, 0.0) * read["per"]), 1)
        for token in sorted({*known, *shares})
    }
    return json.dumps({**read, "shares": merged}).encode()


def _earlier(seed: str, travellers: int) -> Iterable[tuple[str, tuple[str, ...]]]:
    shares = people_shares(f"traffic {seed}")
    for number in range(travellers):
        rng = stream(f"{seed} earlier {number}")
        people = shares.draw(rng)
        named = draw_person(rng, "", people).named
        surname, given, _ = noisy_name(rng, named.surname, named.given, peoples()[people.key], named.sex)
        yield named.state, (*surname, *given)
