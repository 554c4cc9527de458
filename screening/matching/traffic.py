"""Names and States of the agency's own earlier traffic: counted, and taken into a model.

Rule: shipped shares know some peoples and not others, and a token that they do not know counts as rare.
Counts of earlier travellers mend that. Each traveller counts once, with the name as settled (reading 0) and
each different token of it once, under every State that they hold (nationality, issuing State), under '' where
none is known, and under '*' for all together. A token that fewer than `FEWEST_BEARERS` travellers bear is
left out but counted in the totals: no count leads to one person's rare name, and such tokens fall to what the
model says of unseen ones. A State of fewer than `FEWEST_OF_STATE` travellers has no rows of its own.

The overall share of a token becomes the larger of the shipped one and the counted one: a name that the
shipped shares know as common stays common where few of its bearers have travelled yet. Shares of States are
the counted ones, drawn towards the shipped by `PRIOR` travellers.
"""

import hashlib
from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from screening.matching.model import Model, Traffic
from screening.matching.names import parted
from screening.tables.codes import CountKind
from screening.tables.traffic import EVERYWHERE, TRAFFIC_COUNTS, UNKNOWN_STATE

FEWEST_BEARERS = 5
FEWEST_OF_STATE = 50
PRIOR = 200


def count_traffic(identities: pa.Table) -> pa.Table:
    """Count travellers and the tokens of their names by State.

    Args:
        identities: IDENTITIES; a traveller counts with reading 0.

    Returns:
        TRAFFIC_COUNTS; the same whatever the order of the rows.
    """
    settled = identities.filter(pc.equal(identities["reading"], 0))
    travellers: Counter[str] = Counter()
    bearers: Counter[tuple[str, str]] = Counter()
    wanted = ("surname_tokens", "given_tokens", "nationalities", "placeholder")
    for surname, given, states, nameless in zip(*(settled[name].to_pylist() for name in wanted), strict=True):
        groups = (EVERYWHERE, *(sorted(set(states)) or (UNKNOWN_STATE,)))
        travellers.update(groups)
        if not nameless:
            borne = {token.token for token, _ in parted(surname, given)}
            bearers.update((state, token) for state in groups for token in borne)
    kept = {state for state, n in travellers.items() if state == EVERYWHERE or n >= FEWEST_OF_STATE}
    totals: Counter[str] = Counter()
    for (state, _), n in bearers.items():
        totals[state] += n
    rows: list[dict[str, object]] = []
    for state in kept:
        rows.append({"kind": CountKind.TRAVELLERS, "state": state, "count": travellers[state]})
        rows.append({"kind": CountKind.TOKENS, "state": state, "count": totals[state]})
    rows += [
        {"kind": CountKind.TOKEN, "state": state, "token": token, "count": n}
        for (state, token), n in bearers.items()
        if state in kept and n >= FEWEST_BEARERS
    ]
    return TRAFFIC_COUNTS.table(rows)


def counts_hash(counts: pa.Table) -> str:
    """Return the sha256 of the counts themselves, whatever file they stand in."""
    rows = zip(*(TRAFFIC_COUNTS.conform(counts)[name].to_pylist() for name in _COLUMNS), strict=True)
    text = "\n".join("\t".join("" if value is None else str(value) for value in row) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


_COLUMNS = ("kind", "state", "token", "count")


def traffic_of(counts: pa.Table) -> Traffic:
    """Return the counts as shares and numbers to look up."""
    travellers: dict[str, int] = {}
    totals: dict[str, int] = {}
    tokens: dict[str, dict[str, int]] = {}
    for kind, state, token, n in zip(*(counts[name].to_pylist() for name in _COLUMNS), strict=True):
        if kind == CountKind.TOKEN:
            tokens.setdefault(state, {})[token] = n
        else:
            (travellers if kind == CountKind.TRAVELLERS else totals)[state] = n
    everybody, all_tokens = travellers.pop(EVERYWHERE, 0), totals.pop(EVERYWHERE, 0)
    return Traffic(
        tokens={token: n / all_tokens for token, n in tokens.pop(EVERYWHERE, {}).items()},
        by_state={state: (total, tokens.get(state, {})) for state, total in totals.items()},
        states={state: n / everybody for state, n in travellers.items()},
        travellers=everybody,
    )


def with_traffic(model: Model, counts: pa.Table) -> Model:
    """Return the model as it is for travellers who are like the counted ones.

    Args:
        model: shipped weights and shares.
        counts: TRAFFIC_COUNTS.

    Returns:
        The model with `traffic`; its version names the counts too.
    """
    traffic = traffic_of(TRAFFIC_COUNTS.conform(counts))
    shares = dict(model.token_shares)
    for token, share in traffic.tokens.items():
        shares[token] = max(share, shares.get(token, 0.0))
    shipped, part = model.nationality, PRIOR / (PRIOR + traffic.travellers)
    known = (set(shipped.shares) | set(traffic.states)) - {UNKNOWN_STATE}
    states = {
        state: (1 - part) * traffic.states.get(state, 0.0)
        + part * shipped.shares.get(state, shipped.unlisted)
        for state in sorted(known)
    }
    return replace(
        model,
        version=hashlib.sha256(f"{model.version} {counts_hash(counts)}".encode()).hexdigest(),
        token_shares=shares,
        nationality=replace(shipped, shares=states, unlisted=part * shipped.unlisted),
        traffic=traffic,
    )
