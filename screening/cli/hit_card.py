"""`screening hit`: the whole card of one hit in the terminal, at any width."""

import shlex
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.looking import looked
from screening.cli.options import Actor, Purpose, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

if TYPE_CHECKING:
    from screening.casework.card import HitCard

_LABEL = 14


def hit(
    hit: Annotated[str, typer.Argument(help="Id of the hit, or its first digits.")],
    night: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Night, where several have it; by default the latest."),
    ] = None,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show everything of one hit that a decision needs. Recorded.

    Both names aligned, each piece of evidence and their sum, flight and landing, the alert's instruction and
    remarks, fellow travellers, what was decided, proposed and noted, and the commands that come next.

    Example: screening hit 3f2a
    """
    from screening.casework.acting import seen
    from screening.casework.card import card
    from screening.casework.found import find_hit, short_id
    from screening.casework.seen import check_seen
    from screening.hits.roles import SEES_HITS, check_role
    from screening.night.settings import load_settings

    settings, name = load_settings(), who(actor)
    store = settings.store
    check_role(name, settings.profile.review, SEES_HITS)
    label, row = find_hit(store, hit) if night is None else seen(store, hit, night.date(), None)
    check_seen(settings, row, name)
    today = datetime.now(UTC).date()
    made = card(store, label, row, visibility=settings.profile.visibility, actor=name, today=today)
    looked(store, "hit.show", [f"night:{label}", row["hit_id"]], actor, reason)
    if shape is not Format.TABLE:
        show([_plain(made)], shape)
        return
    width = max(40, min(shutil.get_terminal_size((100, 24)).columns, 110))
    say("\n".join(_lines(made, shlex.quote(short_id(store, row["hit_id"])), width)))


def _plain(card: "HitCard") -> dict[str, object]:
    return {
        "night": card.night,
        **card.row,
        "state": card.state["state"],
        "flight": card.flight,
        "alert": card.side.row,
        "alert_names": list(card.side.names),
        "alert_dates": list(card.side.dates),
        "alert_documents": list(card.side.documents),
        "alert_facts": list(card.side.listed_facts),
        "evidence": list(card.evidence),
        "siblings": [{"hit_id": one["hit_id"], "state": one["state"]} for one in card.siblings],
        "fellows": [{"traveller_id": one["traveller_id"], "hits": list(hits)} for one, hits in card.fellows],
        "decisions": list(card.decisions),
        "proposals": list(card.proposals),
        "notes": list(card.notes),
    }


def _lines(card: "HitCard", short: str, width: int) -> Iterator[str]:
    from screening.reports.hit import facts, rate, sentence, standing_sentence, traveller_name, waterfall
    from screening.reports.text import moment, words

    row, alert, flight = card.row, card.side.row, card.flight
    yield f"{traveller_name(row['surname'], row['given_names'])}   {card.state['state']}"
    yield from _said("alert", f"{row['alert_id']} {row['alert_name'] or ''}", width)
    yield from _said("asks for", f"{words(row['category'])}, severity {row['severity']} of 5", width)
    if card.state["closed"]:
        yield from _said("closed", str(card.state["closed"]), width)
    for name, text in (
        ("instruction", (alert["instructions"] if alert else None) or card.state["instructions"]),
        ("caveat", alert["caveat"] if alert else None),
        ("legal basis", alert["legal_basis"] if alert else None),
    ):
        if text:
            yield from _said(name, str(text), width)
    yield from _said(
        "flight", row["flight_id"] + (", had departed when the night began" if row["late"] else ""), width
    )
    if flight is not None:
        yield from _said("departs", moment(flight["departure_local"], flight["origin_zone"]), width)
        yield from _said("lands", moment(flight["arrival_local"], flight["destination_zone"]), width)
    yield from _said("standing", standing_sentence(row), width)
    yield ""
    wall = waterfall(row["alert_id"], card.evidence, row["threshold"])
    for step in wall.steps:
        sides = f"{step.traveller or 'not given'} | {step.alert or 'not given'}"
        yield from _said(step.kind[:_LABEL], f"{step.bits:>7}  {step.relation}: {sides}", width)
    yield from _said("sum", f"{wall.total_bits:>7}  threshold {wall.threshold_bits}", width)
    yield from _said("", sentence(card.evidence, row["score"], row["threshold"]), width)
    yield from _said("", f"Such a score is reached by {rate(row['false_alerts_per_1000'])}.", width)
    yield ""
    for fact in facts(row, card.side):
        yield from _said(fact.name.lower(), f"{_all(fact.traveller)} | {_all(fact.alert)}", width)
    listed = [name.text for name in card.side.shown_names()]
    yield from _said("listed names", _all(listed), width)
    yield from _history(card, width)
    yield ""
    yield from _next(card, short)


def _history(card: "HitCard", width: int) -> Iterator[str]:
    from screening.reports.hit import traveller_name
    from screening.reports.text import words

    for one in card.siblings:
        text = f"hit {one['hit_id']} on {one['flight_id']}, {one['state']}: same person and alert"
        yield from _said("also", text, width)
    for fellow, hits in card.fellows:
        name = traveller_name(fellow["surname"], fellow["given_names"])
        own = f", own hits {', '.join(hits)}" if hits else ""
        yield from _said("same booking", f"{name}{own}", width)
    for made in card.decisions:
        people = " and ".join(name for name in (made["analyst"], made["second"]) if name)
        when = f"{made['decided_at']:%Y-%m-%d %H:%M} UTC"
        text = f"{words(made['decision'])} by {people}, {when}: {made['reason']}"
        yield from _said("decided", text, width)
    for proposed in card.proposals:
        text = f"{words(proposed['decision'] or 'withdrawn')} by {proposed['actor']}, "
        yield from _said(
            "proposed", f"{text}{proposed['at_utc']:%Y-%m-%d %H:%M} UTC: {proposed['reason']}", width
        )
    for note in card.notes:
        yield from _said(
            "note", f"{note['actor']}, {note['at_utc']:%Y-%m-%d %H:%M} UTC: {note['text']}", width
        )


def _next(card: "HitCard", short: str) -> Iterator[str]:
    """Commands that come next; they can be pasted once the reason is written."""
    if card.state["state"] == "proposed":
        yield f"screening confirm {short} --proposal {card.proposals[-1]['act_id'][:12]}"
        return
    bound = f"--night {card.night} --evidence {card.row['evidence_hash'][:12]}"
    for decision in ("true_match", "false_match"):
        yield f"screening decide {short} {bound} --decision {decision} --reason ''"


def _all(values: Sequence[str]) -> str:
    return "; ".join(values) or "not given"


def _said(name: str, text: str, width: int) -> list[str]:
    """Write a labelled text, wrapped below its label."""
    room = " " * (_LABEL + 1)
    return textwrap.wrap(
        text, width, initial_indent=f"{name:<{_LABEL}} ", subsequent_indent=room, break_on_hyphens=False
    ) or [name]
