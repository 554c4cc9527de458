"""`screening decide`, `confirm`, `undo`, `note`, `outcome`: what people do with hits.

Every command says back whom, which alert and which flight it was about. Printed commands can be pasted as
they stand.
"""

import shlex
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who
from screening.tables.codes import Decision
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.night.settings import Settings
    from screening.store.zones import Store
    from screening.tables.rows import HitRow

_Hit = Annotated[str, typer.Argument(help="Id of the hit, or its first digits.")]
_Evidence = Annotated[
    str | None,
    typer.Option(help="Evidence that you looked at: its hash in `screening hits`, or its first digits."),
]
_Night = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Night whose hit you looked at, where several have it."),
]
_SHORT = 12
"""Digits of an act's id, in commands that are printed."""


def decide(
    hit: _Hit,
    decision: Annotated[Decision, typer.Option(help="What you decide.")],
    reason: Annotated[str, typer.Option(help="Why; recorded.")],
    actor: Actor = None,
    night: _Night = None,
    evidence: _Evidence = None,
    instead_of: Annotated[
        str | None,
        typer.Option(help="Earlier decision or waiting proposal that you contradict, by id or first digits."),
    ] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Record a decision on a hit. A false match keeps the pair silent while neither side changes.

    Where the profile asks for a second person (clearing.second_person) it is a proposal: nothing is decided
    before somebody else confirms it. Says back whom, which alert and which flight it was about. Refused where
    the evidence is not what you looked at, or where somebody decided or proposed otherwise and you don't say
    that you contradict them.

    Example: screening decide 3f2a --as anna --decision false_match --reason "other birth place, seen"
    """
    from screening.casework.decisions import Decided
    from screening.casework.decisions import decide as act

    settings, name = _seen(hit, actor)
    made = act(
        settings.store,
        hit,
        decision=decision,
        reason=reason,
        analyst_id=name,
        at=datetime.now(UTC),
        night=_day(night),
        evidence=evidence,
        instead_of=instead_of,
        review=settings.profile.review,
    )
    decided = isinstance(made, Decided)
    own = made.disposition_id if isinstance(made, Decided) else made.proposal["act_id"]
    until = made.until if isinstance(made, Decided) else None
    if shape is not Format.TABLE:
        row = _row(made.night, made.hit, "decided" if decided else "proposed", own)
        show([row | {"decision": str(decision), "until": until}], shape)
        return
    _about(made.night, made.hit)
    if decided:
        say(f"Recorded: {decision} as {own}{_silent(until)}")
    else:
        short = _short(settings.store, made.hit)
        say(f"Proposed: {decision} as {own}; nothing is decided before another person confirms it:")
        say(f"  screening confirm {short} --proposal {own[:_SHORT]}")


def confirm(
    hit: _Hit,
    actor: Actor = None,
    night: _Night = None,
    proposal: Annotated[
        str | None, typer.Option(help="Proposal that you looked at, by its id or first digits.")
    ] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Confirm, as the second person, what another has proposed on a hit: now it is decided.

    Refused to who proposed it, and where somebody has decided otherwise since.

    Example: screening confirm 3f2a --as ben
    """
    from screening.casework.decisions import confirm as act

    settings, name = _seen(hit, actor)
    made = act(
        settings.store,
        hit,
        actor=name,
        at=datetime.now(UTC),
        night=_day(night),
        proposal=proposal,
        review=settings.profile.review,
    )
    decision = made.disposition["decision"]
    if shape is not Format.TABLE:
        row = _row(made.night, made.hit, "decided", made.disposition_id)
        show([row | {"decision": decision, "until": made.until}], shape)
        return
    _about(made.night, made.hit)
    first = made.disposition["analyst"]
    say(
        f"Recorded: {decision}, proposed by {first}, confirmed by {name}, as {made.disposition_id}"
        f"{_silent(made.until)}"
    )


def undo(
    hit: _Hit,
    reason: Annotated[str, typer.Option(help="Why; recorded.")],
    actor: Actor = None,
    night: _Night = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Take back the last decision or waiting proposal on a hit; the hit is open again.

    By who acted, or a supervisor, within the profile's time (review.undo_minutes). Nothing is removed: it is
    an act of its own.

    Example: screening undo 3f2a --reason "wrong row" --as anna
    """
    from screening.casework.decisions import undo as act

    settings, name = _seen(hit, actor)
    made = act(
        settings.store,
        hit,
        actor=name,
        reason=reason,
        at=datetime.now(UTC),
        night=_day(night),
        review=settings.profile.review,
    )
    if shape is not Format.TABLE:
        row = _row(made.night, made.hit, "open", None)
        show([row | {"undone": made.decision, "by": made.by, "was_proposed": made.was_proposed}], shape)
        return
    _about(made.night, made.hit)
    what = "proposal" if made.was_proposed else "decision"
    say(f"Undone: the {what} {made.decision} of {made.by}. The hit is open again.")


def note(
    hit: _Hit,
    text: Annotated[str, typer.Option(help="The note, for whoever goes on with the hit.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Leave a note on a hit, for whoever goes on with it. It decides nothing.

    Example: screening note 3f2a --text "waits for the answer of the desk" --as anna
    """
    from screening.casework.acts_on_hits import note as act

    settings, name = _seen(hit, actor)
    made = act(
        settings.store, hit, text=text, actor=name, at=datetime.now(UTC), review=settings.profile.review
    )
    if shape is Format.TABLE:
        say(f"Noted on hit {_short_id(settings.store, made['hit_id'])} as {made['act_id']}.")
    else:
        show([{"hit_id": made["hit_id"], "act_id": made["act_id"]}], shape)


def outcome(
    hit: Annotated[str | None, typer.Argument(help="Id of the hit, or its first digits.")] = None,
    met: Annotated[bool, typer.Option("--met", help="Was met; nothing is said of who it was.")] = False,
    missed: Annotated[bool, typer.Option("--missed", help="Was not met.")] = False,
    positive: Annotated[bool, typer.Option("--positive", help="Was met, and was the person.")] = False,
    negative: Annotated[bool, typer.Option("--negative", help="Was met, and was somebody else.")] = False,
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="When, UTC; by default now."),
    ] = None,
    remark: Annotated[str | None, typer.Option(help="Remark of the officer.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="Many at once: CSV with hit_id, outcome, and if known at, remark.")
    ] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Tell back what became of a hit at the border: met, missed, positive or negative.

    By command, or many from a CSV file (hit_id, outcome, at, remark; at is UTC, 2026-11-23T06:40): all of its
    rows are recorded, or none. What was told before is not recorded twice.

    Example: screening outcome 3f2a --positive --at 2026-11-23T06:40 --as gate7
    """
    from screening.casework.acts_on_hits import Told, tell_back
    from screening.casework.border_file import read_outcomes
    from screening.night.settings import load_settings
    from screening.tables.hit_acts import BorderOutcome

    flags = {
        BorderOutcome.MET: met,
        BorderOutcome.MISSED: missed,
        BorderOutcome.POSITIVE: positive,
        BorderOutcome.NEGATIVE: negative,
    }
    said = [word for word, given in flags.items() if given]
    if (file is None) == (hit is None) or (hit is not None and len(said) != 1) or (file and said):
        raise UsageError(
            "say one hit with one outcome, or a file",
            where="HIT with --met, --missed, --positive or --negative; or --file",
            effect="nothing was recorded",
            remedy="`screening outcome HIT --positive`, or `screening outcome --file FILE.csv`",
        )
    if hit is not None:
        settings, name = _seen(hit, actor)
        told = [Told(hit, said[0], at.replace(tzinfo=UTC) if at else None, remark)]
    else:
        settings, name = load_settings(), who(actor)
        told = read_outcomes(file.read_bytes() if file and file.is_file() else None, str(file))
    made = tell_back(settings.store, told, actor=name, at=datetime.now(UTC), review=settings.profile.review)
    if shape is not Format.TABLE:
        columns = ("hit_id", "outcome", "at_utc", "act_id", "new")
        show([{**row, "new": new} for row, new in made], shape, columns)
        return
    fresh = sum(new for _, new in made)
    known = f", {len(made) - fresh} known before" if fresh < len(made) else ""
    say(f"{fresh} outcomes recorded{known}.")


def _seen(hit: str, actor: str | None) -> "tuple[Settings, str]":
    """Return settings and actor; refuse a hit that is shown to few to everybody else."""
    from screening.casework.found import find_hit
    from screening.casework.seen import check_seen
    from screening.night.settings import load_settings

    settings, name = load_settings(), who(actor)
    check_seen(settings, find_hit(settings.store, hit)[1], name)
    return settings, name


def _day(night: datetime | None) -> date | None:
    return night.date() if night else None


def _silent(until: str | None) -> str:
    return f"; the pair stays silent until {until} while neither side changes" if until else ""


def _about(night: date, hit: "HitRow") -> None:
    """Say back whom it was about."""
    name = ", ".join(part for part in (hit["surname"], hit["given_names"]) if part)
    born = hit["date_of_birth"] or "birth date not given"
    say(f"{name} ({born}), {hit['flight_id']}, night {night}")
    say(f"alert {hit['alert_id']} ({hit['category']}): {hit['alert_name'] or ''}")


def _row(night: date, hit: "HitRow", state: str, act_id: str | None) -> dict[str, object]:
    return {
        "hit_id": hit["hit_id"],
        "night": night,
        "flight_id": hit["flight_id"],
        "alert_id": hit["alert_id"],
        "state": state,
        "act_id": act_id,
    }


def _short(store: "Store", hit: "HitRow") -> str:
    return _short_id(store, hit["hit_id"])


def _short_id(store: "Store", hit_id: str) -> str:
    from screening.casework.found import short_id

    return shlex.quote(short_id(store, hit_id))
