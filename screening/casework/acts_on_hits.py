"""What people do on a hit beside deciding: note, tell of the border, answer at closing, give an opinion.

Each is an immutable act under the one lock of acts; none decides anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from screening.casework.acting import act_on, frozen_of, given, record, seen
from screening.casework.found import find_hit
from screening.hits.roles import DECIDES, TELLS_BACK, check_role
from screening.profile.review import Review
from screening.store import acts
from screening.store.zones import Store
from screening.tables.codes import Decision
from screening.tables.errors import UsageError
from screening.tables.hit_acts import (
    BORDER_OUTCOMES,
    CLOSINGS,
    NOTES,
    OPINIONS,
    BorderOutcome,
    ClosingAnswer,
)
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import BorderOutcomeRow, ClosingRow, HitRow, NoteRow, OpinionRow

_EVERYBODY = Review()


def note(
    store: Store, hit_id: str, *, text: str, actor: str, at: datetime, review: Review = _EVERYBODY
) -> NoteRow:
    """Leave a note on a hit for whoever goes on with it.

    Raises:
        UsageError: no such hit, no text, or the actor is no analyst or supervisor.
    """
    check_role(actor, review, DECIDES)
    own = {"text": given(text, "--text", "the note")}
    return cast("NoteRow", _done(store, hit_id, "hit.note", NOTES, own, actor, at))


def close(
    store: Store, hit_id: str, *, answer: ClosingAnswer, actor: str, at: datetime, review: Review = _EVERYBODY
) -> ClosingRow:
    """Answer at the closing of a hit whether it deserved a review; the last answer counts.

    Raises:
        UsageError: no such hit, or the actor is no analyst or supervisor.
    """
    check_role(actor, review, DECIDES)
    return cast("ClosingRow", _done(store, hit_id, "hit.close", CLOSINGS, {"answer": str(answer)}, actor, at))


def opine(
    store: Store,
    hit_id: str,
    *,
    decision: Decision,
    reason: str,
    actor: str,
    at: datetime,
    night: date | None = None,
    evidence: str | None = None,
    review: Review = _EVERYBODY,
) -> OpinionRow:
    """Give a second opinion without sight of the first; it decides nothing.

    Raises:
        UsageError: no such hit, its evidence is another one now, no reason, or the actor may not.
    """
    check_role(actor, review, DECIDES)
    own = {"decision": str(decision), "reason": given(reason, "--reason", "the reason")}
    row = _done(store, hit_id, "hit.opinion", OPINIONS, own, actor, at, night, evidence)
    return cast("OpinionRow", row)


def _done(
    store: Store,
    hit_id: str,
    act: str,
    spec: TableSpec,
    own: Mapping[str, object],
    actor: str,
    at: datetime,
    night: date | None = None,
    evidence: str | None = None,
) -> dict[str, object]:
    label, hit = (
        find_hit(store, hit_id)
        if night is None and evidence is None
        else seen(store, hit_id, night, evidence)
    )
    with acts.deciding(store):
        key_id = frozen_of(store, label, hit).pins.key_id
        row = act_on(spec, label, hit, actor=actor, at=at, key_id=key_id, own=own)
        record(store, act, spec, row)
    return row


@dataclass(frozen=True, slots=True)
class Told:
    """What a border point tells back of a hit.

    Attributes:
        hit_id: the hit, or an unambiguous beginning of its id.
        outcome: what became of it.
        at: when it happened, UTC; None where it is not said.
        remark: in the officer's words; None without.
    """

    hit_id: str
    outcome: BorderOutcome
    at: datetime | None = None
    remark: str | None = None


def tell_back(
    store: Store, told: Sequence[Told], *, actor: str, at: datetime, review: Review = _EVERYBODY
) -> list[tuple[BorderOutcomeRow, bool]]:
    """Record what became of hits at the border: all of them, or none where one is refused.

    The same told again (hit, outcome, moment, remark) is known and not written twice.

    Args:
        store: the store.
        told: one an outcome.
        actor: who tells.
        at: now, UTC; the moment of those that say none.
        review: who may tell.

    Returns:
        The rows in the order of `told`, and whether each is new.

    Raises:
        UsageError: no such hit, one is told twice otherwise at the same moment, or the actor may not.
    """
    check_role(actor, review, TELLS_BACK)
    found = [(one, *_told_on(store, one, place)) for place, one in enumerate(told, 1)]
    with acts.deciding(store):
        known = {
            row["act_id"]: row for row in rows_of(acts.acts_on_hits(store, BORDER_OUTCOMES), BorderOutcomeRow)
        }
        rows: list[tuple[BorderOutcomeRow, bool]] = []
        for one, label, hit in found:
            own = {"outcome": str(one.outcome), "remark": (one.remark or "").strip() or None}
            moment = one.at or at
            row = cast(
                "BorderOutcomeRow",
                act_on(
                    BORDER_OUTCOMES,
                    label,
                    hit,
                    actor=actor,
                    at=moment,
                    key_id=frozen_of(store, label, hit).pins.key_id,
                    name=moment.isoformat(),
                    own=own,
                ),
            )
            rows.append((known.get(row["act_id"], row), row["act_id"] not in known))
            known.setdefault(row["act_id"], row)
        for row, new in rows:
            if new:
                record(store, "hit.outcome", BORDER_OUTCOMES, row)
    return rows


def _told_on(store: Store, one: Told, place: int) -> tuple[date, HitRow]:
    try:
        return find_hit(store, one.hit_id)
    except UsageError as fault:
        raise UsageError(
            f"outcome {place}: {fault.what}",
            where=fault.where,
            effect="nothing was recorded",
            remedy=fault.remedy,
        ) from None
