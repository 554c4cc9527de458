"""Counts as an agency with history has them: earlier travellers of one traffic, by the product's own rule.

A part of the fit sees such counts, a part the shipped shares alone: weights must serve an agency's first
night and its later ones.
"""

from functools import lru_cache

import pyarrow as pa

from screening.lab.fit.listed import draw_person, people_shares
from screening.lab.fit.noise import noisy_name
from screening.lab.fit.peoples import peoples, stream
from screening.matching.traffic import count_traffic
from screening.tables.work import IDENTITIES


@lru_cache(maxsize=8)
def earlier_counts(seed: str, travellers: int) -> pa.Table:
    """Count earlier travellers.

    Args:
        seed: of the traffic, whose peoples are the same.
        travellers: how many earlier ones are counted.

    Returns:
        TRAFFIC_COUNTS.
    """
    shares = people_shares(f"traffic {seed}")
    rows: list[dict[str, object]] = []
    for number in range(travellers):
        rng = stream(f"{seed} earlier {number}")
        people = shares.draw(rng)
        named = draw_person(rng, "", people).named
        surname, given, _ = noisy_name(rng, named.surname, named.given, peoples()[people.key], named.sex)
        rows.append(
            {
                "traveller_id": f"earlier-{number}",
                "flight_id": "earlier",
                "reading": 0,
                "surname_tokens": list(surname),
                "given_tokens": list(given),
                "maybe_cut": False,
                "placeholder": not (surname or given),
                "born_from": None,
                "born_to": None,
                "sex": None,
                "nationalities": [named.state] if named.state else [],
                "document_keys": [],
            }
        )
    return count_traffic(IDENTITIES.table(rows))
