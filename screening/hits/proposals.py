"""Proposals: what a first person would decide, until a second one confirms it. They bind nothing.

Rules:

* The last proposal on a hit and its evidence is the one that waits; it names the one that it replaces.
* It waits no more when it is withdrawn, or when anything was decided on the hit and evidence after it.
* Who would decide otherwise than what waits names it; who would decide the same confirms it.
* Only another person confirms, compared as people (`four_eyes`).
"""

from collections.abc import Iterable

from screening.hits.four_eyes import same_person
from screening.tables.codes import Decision
from screening.tables.errors import UsageError
from screening.tables.rows import DispositionRow, HitRow, ProposalRow

Key = tuple[str, str, str]
"""hit_id, alert_id, evidence_hash: what a proposal is bound to."""


def waiting(proposals: Iterable[ProposalRow], decided: Iterable[DispositionRow]) -> dict[Key, ProposalRow]:
    """Return the proposals that wait for a second person, by what they are bound to.

    Args:
        proposals: PROPOSALS.
        decided: DISPOSITIONS; those of other hits change nothing.
    """
    last: dict[Key, ProposalRow] = {}
    for row in sorted(proposals, key=lambda one: (one["at_utc"], one["act_id"])):
        last[row["hit_id"], row["alert_id"], row["evidence_hash"]] = row
    for made in decided:
        key = made["hit_id"], made["alert_id"], made["evidence_hash"]
        if key in last and made["decided_at"] > last[key]["at_utc"]:
            del last[key]
    return {key: row for key, row in last.items() if row["decision"] is not None}


def check_proposed(
    hit: HitRow, decision: Decision, actor: str, waits: ProposalRow | None, instead_of: str | None
) -> bool:
    """Refuse to decide beside a waiting proposal without naming it, or the same once more.

    Returns:
        Is `instead_of` the waiting proposal?

    Raises:
        UsageError: the same is proposed already, or something else and it is not named.
    """
    if waits is None:
        return False
    named = bool(instead_of) and waits["act_id"].startswith(instead_of or "")
    where, short = f"hit {hit['hit_id']}", waits["act_id"][:12]
    if waits["decision"] == decision:
        own = same_person(waits["actor"], actor)
        raise UsageError(
            f"{'you have' if own else waits['actor'] + ' has'} proposed {decision} on this hit already",
            where=where,
            effect="nothing was decided",
            remedy="another person confirms it"
            + ("" if own else f": `screening confirm {hit['hit_id'][:12]} --proposal {short}`"),
        )
    if not named:
        raise UsageError(
            f"{waits['actor']} has proposed {waits['decision']} on this hit, "
            f"{waits['at_utc']:%Y-%m-%d %H:%M} UTC; it waits for a second person",
            where=where,
            effect="nothing was decided",
            remedy=f"`screening hit {hit['hit_id'][:12]}` shows why; to decide otherwise, say so: add "
            f"--instead-of {short}",
        )
    return True


def check_confirms(hit: HitRow, waits: ProposalRow, actor: str) -> None:
    """Refuse that the first person confirms their own proposal.

    Raises:
        UsageError: they do.
    """
    if same_person(waits["actor"], actor):
        raise UsageError(
            "the second person is the analyst",
            where=f"hit {hit['hit_id']}",
            effect="nothing was decided; the proposal waits",
            remedy="a different person has to confirm it: `screening confirm HIT`",
        )
