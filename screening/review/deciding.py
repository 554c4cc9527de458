"""Acts on a hit from its page: claim, decide, confirm, undo, and back to the queue.

Two at once: the form carries the act that stood when the page was shown. Where another one stands by now, or
somebody else holds the hit, nothing is done: the answer is 409 with who and when, and what was typed is kept.
"""

from datetime import date
from threading import Lock

from starlette.responses import Response

from screening.casework import decisions
from screening.review import accounts, claims, queue
from screening.review.office import Visit, wrong
from screening.review.reading import hit_page, shown
from screening.review.rendering import go
from screening.tables.codes import Decision
from screening.tables.errors import UsageError

_ONE_AT_A_TIME = Lock()


def claim(visit: Visit) -> Response:
    """Take a hit; one that somebody else holds only by naming them."""
    row = shown(visit)
    hit_id = str(row.row["hit_id"])
    held = claims.claim(visit.desk, hit_id, visit.name, visit.now, over=visit.word("over", 64) or None)
    if held is not None:
        return hit_page(visit, status=409, conflict=_held(held))
    return go(f"/hits/{hit_id}")


def release(visit: Visit) -> Response:
    """Give a hit back to the queue."""
    hit_id = str(shown(visit).row["hit_id"])
    claims.release(visit.desk, hit_id, visit.name)
    return go("/queue")


def draft(visit: Visit) -> Response:
    """Keep what was typed so far."""
    hit_id = str(shown(visit).row["hit_id"])
    _keep(visit, hit_id)
    return go(f"/hits/{hit_id}")


def decide(visit: Visit) -> Response:
    """Decide, or propose where the category asks for a second person."""
    with _ONE_AT_A_TIME:  # a form that was sent twice is one decision
        row, hit_id, conflict = _begun(visit)
        if conflict:
            return hit_page(visit, status=409, conflict=conflict)
        if visit.word("decision") not in set(Decision):
            return _not_done(visit, wrong("no decision is chosen", "the form", "choose one of the three"))
        try:
            made = decisions.decide(
                visit.store,
                hit_id,
                decision=Decision(visit.word("decision")),
                reason=visit.word("reason"),
                analyst_id=visit.name,
                at=visit.now,
                night=_night(row),
                evidence=visit.word("evidence", 64),
                instead_of=visit.word("instead_of", 64) or None,
                stood=visit.word("stood", 64),
                review=visit.review,
            )
        except decisions.StandsOtherwiseError as fault:  # at the command line, a moment ago
            _keep(visit, hit_id)
            return hit_page(visit, status=409, conflict=f"{fault.what.replace('_', ' ')}. Nothing was done.")
        except UsageError as fault:
            return _not_done(visit, fault)
    word = visit.word("decision").replace("_", " ")
    if isinstance(made, decisions.Proposed):
        return _done(visit, hit_id, f"Proposed: {word}. Another person confirms it.")
    silent = f" The pair stays silent until {made.until} while neither side changes." if made.until else ""
    return _done(visit, hit_id, f"Decided: {word}.{silent}")


def confirm(visit: Visit) -> Response:
    """Confirm what another person has proposed: an act of one's own."""
    with _ONE_AT_A_TIME:
        row, hit_id, conflict = _begun(visit)
        if conflict:
            return hit_page(visit, status=409, conflict=conflict)
        try:
            made = decisions.confirm(
                visit.store,
                hit_id,
                actor=visit.name,
                at=visit.now,
                night=_night(row),
                proposal=visit.word("stood", 64),
                review=visit.review,
            )
        except UsageError as fault:
            return _not_done(visit, fault)
    word = made.disposition["decision"].replace("_", " ")
    return _done(visit, hit_id, f"Confirmed: {word}, proposed by {made.disposition['analyst']}.")


def undo(visit: Visit) -> Response:
    """Take the last act on a hit back; it is open again."""
    with _ONE_AT_A_TIME:
        row, hit_id, conflict = _begun(visit)
        if conflict:
            return hit_page(visit, status=409, conflict=conflict)
        try:
            back = decisions.undo(
                visit.store,
                hit_id,
                actor=visit.name,
                reason=visit.word("reason"),
                at=visit.now,
                night=_night(row),
                review=visit.review,
            )
        except UsageError as fault:
            return _not_done(visit, fault)
    claims.settle(visit.desk, hit_id, visit.name)
    what = "proposal" if back.was_proposed else "decision"
    _tell(visit, f"Taken back: the {what} {back.decision.replace('_', ' ')}. The hit is open again.")
    return go(f"/hits/{hit_id}")


def _begun(visit: Visit) -> tuple[queue.QueueRow, str, str]:
    """Find the hit as its reader saw it, and claim it; say who else was there first."""
    row = shown(visit)
    hit_id = str(row.row["hit_id"])
    if visit.word("stood", 64) != row.row["stood"]:
        _keep(visit, hit_id)
        return row, hit_id, _stands(row)
    held = claims.claim(visit.desk, hit_id, visit.name, visit.now)
    if held is not None:
        _keep(visit, hit_id)
        return row, hit_id, _held(held)
    return row, hit_id, ""


def _stands(row: queue.QueueRow) -> str:
    at = str(row.row["acted_at"] or "")[:16].replace("T", " ")
    if not row.row["people"]:
        return "This hit stands otherwise than when you opened it: look at it again. Nothing was done."
    word = str(row.row["decision"]).replace("_", " ")
    verb = "proposed" if row.row["state"] == "proposed" else "decided"
    return (
        f"{row.row['people']} {verb} {word} on this hit, {at} UTC, after you had opened it. Nothing was done."
    )


def _held(held: claims.Claim) -> str:
    return f"{held.name} has been working on this hit since {held.at:%H:%M} UTC. Nothing was done."


def _night(row: queue.QueueRow) -> date:
    return date.fromisoformat(row.row["night"])


def _keep(visit: Visit, hit_id: str) -> None:
    claims.keep_draft(
        visit.desk, hit_id, visit.name, visit.word("decision", 40), visit.word("reason"), visit.now
    )


def _not_done(visit: Visit, fault: UsageError) -> Response:
    _keep(visit, visit.path["hit"])
    return hit_page(visit, status=422, fault=fault)


def _tell(visit: Visit, notice: str) -> None:
    if visit.session is not None:
        accounts.tell_next(visit.desk, visit.session, notice)


def _done(visit: Visit, hit_id: str, notice: str) -> Response:
    """Clear the desk of the hit, and open the next one."""
    claims.settle(visit.desk, hit_id, visit.name)
    _tell(visit, f"{notice} Hit {hit_id[:12]}: open it to undo.")
    query = {name: values[0] for name, values in visit.form.items() if name.startswith("q_")}
    wanted = queue.filters_of({name.removeprefix("q_"): value for name, value in query.items()})
    following = queue.page(visit.index(), visit.desk, wanted, visit.name, visit.now, size=3)
    free = [
        one
        for one in following.rows
        if one.claimed in (None, visit.name) and one.call is None and one.row["hit_id"] != hit_id
    ]
    return go(f"/hits/{free[0].row['hit_id']}" if free else "/queue")
