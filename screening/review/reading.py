"""Pages that show hits: the queue, one hit, every hit of a traveller. Who looked is recorded."""

from datetime import date

from starlette.responses import Response

from screening.hits.audience import protects
from screening.protection.audit import append
from screening.review import claims, queue
from screening.review.cards import Card, card
from screening.review.office import Visit, wrong
from screening.review.rendering import page
from screening.tables.codes import Category, Decision, ReviewRole
from screening.tables.errors import StoreError, UsageError
from screening.tables.hit_acts import BorderOutcome

_BORDER = frozenset({ReviewRole.BORDER})


def decided_only(visit: Visit) -> bool:
    """Say whether the reader sees decided hits alone."""
    return visit.roles == _BORDER


def looked(visit: Visit, act: str, objects: list[str]) -> None:
    """Record that somebody looks; where that fails, hits are shown all the same, and it is said."""
    try:
        append(visit.store, visit.name, act, objects, None, visit.now)
    except StoreError as fault:
        told = f"Not recorded that you looked: {fault.what} ({fault.where})"
        visit.said.append(f"{told}; to do: {fault.remedy}")


def queue_page(visit: Visit) -> Response:
    """Show the hits that wait, in the order of work."""
    index = visit.index()
    wanted = queue.filters_of(visit.query, only="decided" if decided_only(visit) else None)
    shown = queue.page(index, visit.desk, wanted, visit.name, visit.now)
    looked(visit, "review.queue", [str(one.row["hit_id"]) for one in shown.rows])
    return page(
        visit,
        "queue.html.j2",
        wanted=wanted,
        shown=shown,
        counts={} if decided_only(visit) else queue.counts(index, visit.desk, visit.now),
        lists=queue.lists(index),
        states=("decided",) if decided_only(visit) else queue.STATES,
    )


def found(visit: Visit) -> queue.QueueRow:
    """Return the hit that the address names, as its reader may see it.

    Raises:
        UsageError: there is none, or it is not for the reader.
    """
    row = queue.one(visit.index(), visit.desk, visit.path["hit"], visit.name, visit.now)
    if row is None or not queue.may_see(row, decided_only=decided_only(visit)):
        raise NoSuchHitError(
            "there is no such hit for you",
            where=f"hit {visit.path['hit'][:12]}",
            effect="nothing was shown",
            remedy="go back to the queue; a hit leaves it when its term ends or its night is screened anew",
        )
    return row


class NoSuchHitError(UsageError):
    """The address names no hit that its reader may see."""


def shown(visit: Visit) -> queue.QueueRow:
    """Return the hit that the address names, where it is shown to the reader in full.

    Raises:
        UsageError: there is none, or it is shown to few; says whom to call.
    """
    row = found(visit)
    if row.call is not None:
        raise wrong("this hit is shown to few", f"hit {row.row['hit_id'][:12]}", f"call {row.call}")
    return row


def card_of(visit: Visit, row: queue.QueueRow) -> Card:
    """Return the card of a hit that is shown to its reader."""
    helps = protects(Category(row.row["category"]), visit.settings.profile.visibility)
    home = visit.settings.profile.agency.country

    def sees(hit_id: str) -> bool:
        other = queue.one(visit.index(), visit.desk, hit_id, visit.name, visit.now)
        return (
            other is not None
            and other.call is None
            and queue.may_see(other, decided_only=decided_only(visit))
        )

    return card(visit.store, row, protects=helps, home=home, now=visit.now, sees=sees)


def hit_page(
    visit: Visit, *, status: int = 200, fault: UsageError | None = None, conflict: str = ""
) -> Response:
    """Show one hit, with what the reader may do."""
    row = found(visit)
    hit_id = str(row.row["hit_id"])
    looked(visit, "review.hit", [hit_id])
    if row.call is not None:
        return page(visit, "few.html.j2", row=row)
    if decided_only(visit):
        return page(
            visit,
            "sheet.html.j2",
            row=row,
            card=card_of(visit, row),
            outcomes=list(BorderOutcome),
            night=None,
        )
    decision, reason = claims.draft(visit.desk, hit_id, visit.name)
    siblings = [
        one
        for one in queue.of_person(visit.index(), visit.desk, row, visit.name, visit.now)
        if one.row["hit_id"] != hit_id
    ]
    return page(
        visit,
        "card.html.j2",
        status=status,
        row=row,
        card=card_of(visit, row),
        night=date.fromisoformat(row.row["night"]),
        decision=decision,
        reason=reason,
        siblings=siblings,
        holder=claims.holder(visit.desk, hit_id, visit.now),
        fault=fault,
        conflict=conflict,
        decisions=list(Decision),
        outcomes=list(BorderOutcome),
        categories=list(Category),
        own_lists=[one.id for one in visit.settings.profile.lists if one.source == "own"],
    )


def person_page(visit: Visit) -> Response:
    """Show every hit of a traveller, and of the same person on other legs, on one screen."""
    row = shown(visit)
    rows = queue.of_person(visit.index(), visit.desk, row, visit.name, visit.now)
    looked(visit, "review.person", [str(one.row["hit_id"]) for one in rows])
    cards = [(one, card_of(visit, one)) for one in rows if one.call is None]
    return page(visit, "person.html.j2", row=row, rows=rows, cards=cards, night=None)
