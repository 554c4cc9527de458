"""Acts on a hit beside deciding: note, rest, opinion, outcome, closing, alike hits, alert, unmasking."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from starlette.responses import Response

from screening.alerts.nomination import NotReadError, Written, fields_of
from screening.casework import acts_on_hits, decisions, protected_rows
from screening.list_keeping.authoring import REFUSED, Author, import_first, propose
from screening.list_keeping.proposals import Act
from screening.protection import unmasking
from screening.review import accounts, claims, queue
from screening.review.office import Visit, wrong
from screening.review.reading import card_of, decided_only, found, hit_page, looked, shown
from screening.review.rendering import go, page
from screening.tables.codes import Category, Decision
from screening.tables.errors import ScreeningError, UsageError
from screening.tables.hit_acts import BorderOutcome, ClosingAnswer

_LONGEST_REST = timedelta(days=30)


def _acted(visit: Visit, act: Callable[[str], str]) -> Response:
    """Do an act on a hit that is shown to its reader, and tell it on the hit's page; or tell why not."""
    row = shown(visit) if not decided_only(visit) else found(visit)
    hit_id = str(row.row["hit_id"])
    try:
        notice = act(hit_id)
    except UsageError as fault:
        return hit_page(visit, status=422, fault=fault)
    if visit.session is not None:
        accounts.tell_next(visit.desk, visit.session, notice)
    return go(f"/hits/{hit_id}")


def note(visit: Visit) -> Response:
    """Leave a note for whoever goes on with a hit."""

    def act(hit_id: str) -> str:
        acts_on_hits.note(
            visit.store,
            hit_id,
            text=visit.word("text"),
            actor=visit.name,
            at=visit.now,
            review=visit.review,
        )
        return "The note stands on the hit."

    return _acted(visit, act)


def park(visit: Visit) -> Response:
    """Let a hit rest until some hours before its landing, or until a moment; an empty form ends the rest."""

    def act(hit_id: str) -> str:
        if visit.word("end"):
            claims.unpark(visit.desk, hit_id)
            return "The hit is back in the queue."
        until = _until(visit)
        if not visit.now < until <= visit.now + _LONGEST_REST:
            remedy = "name a moment that is still to come, within 30 days; hours before landing may be over"
            raise wrong("a hit does not rest until then", "park", remedy)
        remark = visit.word("remark", 400)
        if not remark:
            raise wrong("a rest has a reason", "park", "say what is waited for")
        claims.park(visit.desk, hit_id, visit.name, until, remark, visit.now)
        return f"The hit rests until {until:%Y-%m-%d %H:%M} UTC."

    return _acted(visit, act)


def _until(visit: Visit) -> datetime:
    hours, moment = visit.word("hours", 6), visit.word("until", 30)
    lands = found(visit).row["lands"]
    try:
        if moment:
            read = datetime.fromisoformat(moment)
            return read if read.tzinfo else read.replace(tzinfo=UTC)
        if lands and hours:
            return datetime.fromisoformat(lands) - timedelta(hours=float(hours))
    except (ValueError, OverflowError):
        pass
    remedy = "write hours before the landing, where that is known, or a moment in UTC"
    raise wrong("until when does it rest?", "park", remedy)


def outcome(visit: Visit) -> Response:
    """Tell back what became of a decided hit at the border."""

    def act(hit_id: str) -> str:
        if visit.word("outcome") not in set(BorderOutcome):
            raise wrong("no outcome is chosen", "the form", "choose one")
        told = acts_on_hits.Told(
            hit_id, BorderOutcome(visit.word("outcome")), visit.now, visit.word("remark", 400) or None
        )
        acts_on_hits.tell_back(visit.store, [told], actor=visit.name, at=visit.now, review=visit.review)
        return f"Told back: {told.outcome}."

    return _acted(visit, act)


def closing(visit: Visit) -> Response:
    """Answer whether a hit deserved a review."""

    def act(hit_id: str) -> str:
        if visit.word("answer") not in set(ClosingAnswer):
            raise wrong("no answer is chosen", "the form", "choose one")
        acts_on_hits.close(
            visit.store,
            hit_id,
            answer=ClosingAnswer(visit.word("answer")),
            actor=visit.name,
            at=visit.now,
            review=visit.review,
        )
        return f"Answered: {visit.word('answer')}."

    return _acted(visit, act)


def blind_page(visit: Visit) -> Response:
    """Show both sides of a hit without score, weights, decision or what others said."""
    row = shown(visit)
    looked(visit, "review.blind", [str(row.row["hit_id"])])
    return page(visit, "blind.html.j2", row=row, card=card_of(visit, row), night=None)


def opinion(visit: Visit) -> Response:
    """Keep a second opinion that was given without sight of the first."""

    def act(hit_id: str) -> str:
        if visit.word("decision") not in set(Decision):
            raise wrong("no opinion is chosen", "the form", "choose one of the three")
        acts_on_hits.opine(
            visit.store,
            hit_id,
            decision=Decision(visit.word("decision")),
            reason=visit.word("reason"),
            actor=visit.name,
            at=visit.now,
            night=date.fromisoformat(str(found(visit).row["night"])),
            evidence=visit.word("evidence", 64),
            review=visit.review,
        )
        return "Your opinion is kept. It decides nothing."

    return _acted(visit, act)


def alike(visit: Visit) -> Response:
    """Clear further hits of the same person and alert as this one was, an act of its own each."""

    def act(hit_id: str) -> str:
        row = found(visit)
        if (row.row["state"], row.row["decision"]) != ("decided", Decision.FALSE_MATCH):
            raise wrong(
                "this hit is not cleared", "alike", "decide it first; the others follow a false match"
            )
        rows = queue.of_person(visit.index(), visit.desk, row, visit.name, visit.now)
        same = {one.row["hit_id"]: one for one in rows if _same(one, row)}
        chosen = visit.form.get("hit", [])
        if not chosen or not set(chosen) <= set(same):
            raise wrong(
                "not all of these are open hits of this person and alert", "alike", "choose among those shown"
            )
        told = []
        for one in chosen:
            made = decisions.decide(
                visit.store,
                one,
                decision=Decision.FALSE_MATCH,
                reason=visit.word("reason"),
                analyst_id=visit.name,
                at=visit.now,
                night=date.fromisoformat(same[one].row["night"]),
                evidence=same[one].row["evidence_hash"],
                review=visit.review,
            )
            told.append("proposed" if isinstance(made, decisions.Proposed) else "decided")
        return f"{len(told)} more: {', '.join(sorted(set(told)))} false match, one act each."

    return _acted(visit, act)


def _same(one: queue.QueueRow, row: queue.QueueRow) -> bool:
    names = ("person_key", "alert_id")
    return one.row["state"] == "open" and all(one.row[name] == row.row[name] for name in names)


def nominate(visit: Visit) -> Response:
    """Propose an alert of the agency's own on this traveller; another person approves it."""

    def act(hit_id: str) -> str:
        hit, profile = card_of(visit, found(visit)).hit, visit.settings.profile
        if not visit.word("list", 41) or visit.word("category") not in set(Category):
            raise wrong("list or category is missing", "nominate", "choose both")
        written: dict[str, object] = {
            "name": ", ".join(part for part in (hit["surname"], hit["given_names"]) if part),
            "category": visit.word("category"),
            "instructions": visit.word("instructions", 1_000) or None,
            "born": hit["date_of_birth"].isoformat() if hit["date_of_birth"] else None,
            "sex": hit["sex"],
            "nationality": hit["nationality"],
        }
        if hit["documents"]:
            document = hit["documents"][0]
            written |= {"document": document["number"], "document_state": document["issuing_state"]}
        author = Author(visit.name, visit.word("reason", 400), visit.now)
        list_id = visit.word("list", 41)
        try:
            fields = fields_of({name: value for name, value in written.items() if value is not None})
        except NotReadError as fault:
            raise wrong(
                str(fault), "nominate", "write it at the command line: screening alerts nominate"
            ) from None
        try:
            import_first(visit.store, profile, visit.settings.profile_folder, list_id, author)
        except UsageError:
            raise
        except ScreeningError as fault:
            raise wrong(fault.what, fault.where, fault.remedy) from None
        [told] = propose(visit.store, profile, list_id, Act.NOMINATE, [Written("", fields)], author)
        if told.state == REFUSED:
            raise wrong(
                told.what, f"nominate, hit {hit_id[:12]}", "write what is missing, then the same again"
            )
        return f"Nominated as {(told.proposal_id or '')[:12]} for {list_id}; another person approves it."

    return _acted(visit, act)


def unmask(visit: Visit) -> Response:
    """Ask that masked columns of a hit are shown, in a case; another person approves it."""

    def act(hit_id: str) -> str:
        request_id = protected_rows.ask_to_unmask(
            visit.store,
            travellers=(),
            hits=[hit_id],
            case=visit.word("case", 100),
            reason=visit.word("reason", 400),
            actor=visit.name,
            at=visit.now,
        )
        approver = visit.settings.profile.masking.approver
        return f"Asked as {request_id[:12]}. Approves: {approver}."

    return _acted(visit, act)


def unmasked_page(visit: Visit) -> Response:
    """Show the masked columns of a hit to who asked, once another person has approved it."""
    row = shown(visit)
    hit_id = str(row.row["hit_id"])
    asked = [one for one in unmasking.requests(visit.store) if hit_id in one["hits"] and one["approved_by"]]
    mine = [one for one in asked if one["by"] == visit.name]
    if not mine:
        raise wrong(
            "no request of yours on this hit is approved", f"hit {hit_id[:12]}", "ask on the hit's page"
        )
    rows = unmasking.show(visit.store, mine[-1]["request_id"], actor=visit.name, at=visit.now)
    return page(visit, "unmasked.html.j2", row=row, rows=rows)
