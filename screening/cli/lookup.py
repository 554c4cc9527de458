"""`screening lookup` and `why`: one person against the lists in use; one pair explained step by step."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, progress, say, show
from screening.cli.typed import typed
from screening.protection.actor import who
from screening.tables.codes import Sex

if TYPE_CHECKING:
    from screening.casework.lookup import Found
    from screening.casework.why import Explanation
    from screening.tables.rows import ScoredEvidence


def lookup(
    reason: Annotated[str, typer.Option(help="Why you ask; recorded. It must not name the person.")],
    name: Annotated[
        str | None, typer.Option(help='"SURNAME, GIVEN NAMES"; without a comma in any order.')
    ] = None,
    born: Annotated[str | None, typer.Option(help="Date of birth: YYYY-MM-DD, YYYY-MM or YYYY.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex.", case_sensitive=False)] = None,
    nationality: Annotated[str | None, typer.Option(help="Nationality, GB or GBR.")] = None,
    document: Annotated[str | None, typer.Option(help="Number of a document.")] = None,
    state: Annotated[str | None, typer.Option(help="Issuing State of the document, GB or GBR.")] = None,
    chosen: Annotated[
        list[str] | None, typer.Option("--list", help="List to ask; repeatable. Else all in use.")
    ] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Look one person or document up in the lists in use, scored and explained as in a night; recorded.

    Hits come first, then alerts up to 8 bits below the threshold of their list. JSON and CSV give one row a
    piece of evidence, in centibits; the weights of a pair add up to its score.

    Every local user sees the arguments of a command. `-` for name, birth date or document reads it from
    standard input instead, a line each in this order; at a terminal you are asked for it.

    Example: screening lookup --name - --born - --reason "case 14/26" --as anna
    """
    from screening.casework.lookup import COLUMNS, HIT, Asked
    from screening.casework.lookup import lookup as ask
    from screening.night.settings import load_settings

    name, born, document = typed("Name", name), typed("Born", born), typed("Document", document)
    asked = Asked(name=name, born=born, sex=sex, nationality=nationality, document=document, state=state)
    settings = load_settings()
    progress("opening the lists in use")
    answer = ask(
        settings, asked, reason=reason, actor=who(actor), at=datetime.now(UTC), chosen=chosen or None
    )
    if shape is not Format.TABLE:
        show([row for found in answer.found for row in found.rows()], shape, COLUMNS)
        return
    versions = ", ".join(f"{list_id}={version}" for list_id, version in answer.lists.items())
    hits = sum(found.standing == HIT for found in answer.found)
    say(f"{hits} at or above the threshold, {len(answer.found) - hits} up to 8 bits below it or not in force")
    say(f"lists asked: {versions}")
    for found in answer.found:
        _tell(found)


def why(
    traveller: Annotated[str, typer.Argument(help="Id of the traveller, or its first digits.")],
    alert: Annotated[str, typer.Argument(help="Id of the alert, LIST:ID, or its beginning.")],
    night: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The night; else the latest that holds the traveller."),
    ] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Explain what happened between a traveller and an alert in a night, hit or not; recorded.

    Exits 1 where the night should have raised a hit and did not.

    Example: screening why 3f2a ofac:10000 --night 2026-11-23
    """
    from screening.casework.why import COLUMNS, FAULTS
    from screening.casework.why import why as explain
    from screening.night.settings import load_settings

    explained = explain(
        load_settings(),
        traveller,
        alert,
        night=night.date() if night else None,
        actor=who(actor),
        at=datetime.now(UTC),
    )
    if shape is Format.TABLE:
        _tell_steps(explained)
    else:
        show(explained.rows(), shape, COLUMNS)
    raise typer.Exit(1 if explained.verdict in FAULTS else 0)


def _tell(found: "Found") -> None:
    from screening.casework.lookup import BELOW, HIT, NOT_IN_FORCE
    from screening.reports.hit import rate, sentence
    from screening.reports.text import bits, words

    alert, above = found.alert, found.score - found.threshold
    if found.call is not None:
        say(f"\nSHOWN TO FEW  an alert is like this person: call {found.call}")
        return
    hit = "PROTECT" if found.instructions else "HIT"
    head = {HIT: hit, BELOW: "BELOW THE THRESHOLD", NOT_IN_FORCE: "NOT IN FORCE"}[found.standing]
    terms = [f"list {alert['list']}", words(alert["category"]), f"severity {alert['severity']}"]
    say(f"\n{head}  {alert['alert_id']}  {found.alert_name or ''}\n  {', '.join(terms)}")
    if found.instructions:
        say(f"  {found.instructions}")
    if above >= 0:
        say(f"  {sentence(found.evidence, found.score, found.threshold)}")
    else:
        limit = f"{bits(-above)} below the threshold of {bits(found.threshold)}"
        still = "; a hit all the same, as the document is listed" if found.standing == HIT else ""
        say(f"  {bits(found.score)} bits, {limit}{still}")
    if found.standing == NOT_IN_FORCE:
        say(f"  it raises no hit today: {_validity(alert)}")
    say(f"  so much alike: {rate(found.false_alerts_per_1000)}")
    _show_waterfall(alert["alert_id"], found.evidence, found.threshold, "asked")


def _validity(alert: Mapping[str, Any]) -> str:
    limits = (("valid_from", "from"), ("expires", "until"))
    return ", ".join(
        [
            f"status {alert['status']}",
            *(f"valid {word} {alert[name]}" for name, word in limits if alert[name]),
        ]
    )


def _tell_steps(explained: "Explanation") -> None:
    for step in explained.before:
        say(f"{step.step.replace('_', ' '):<15} {step.result}  {step.detail}")
    if explained.evidence:
        say("")
        _show_waterfall(explained.alert_id, explained.evidence, explained.threshold, "traveller")
    for step in explained.after:
        say(f"{step.step.replace('_', ' '):<15} {step.result}  {step.detail}")


def _show_waterfall(alert_id: str, evidence: "Sequence[ScoredEvidence]", threshold: int, ours: str) -> None:
    """Print evidence as a table that adds up: signed bits, running sum, letters that differ in brackets."""
    from screening.reports.hit import waterfall

    laid = waterfall(alert_id, evidence, threshold)
    rows = [
        {"evidence": step.kind, **_sides(piece, ours), "relation": step.relation}
        | {"bits": f"{step.bits:>7}", "sum": f"{step.running:>7}"}
        for step, piece in zip(laid.steps, evidence, strict=True)
    ]
    rows.append({"evidence": "total", "sum": f"{laid.total_bits:>7}"})
    rows.append({"evidence": "threshold of the list", "sum": f"{laid.threshold_bits:>7}"})
    show(rows, Format.TABLE, ("evidence", ours, "alert", "relation", "bits", "sum"))


def _sides(piece: "ScoredEvidence", ours: str) -> dict[str, str]:
    from screening.reports.hit import Letters, align

    def marked(letters: Sequence[Letters]) -> str:
        return "".join(f"[{part.text}]" if part.differs else part.text for part in letters)

    other = piece["relation"].startswith("other name")  # marks would stand on nearly every letter
    for pair in () if other else align([piece]):
        return {ours: marked(pair.traveller), "alert": marked(pair.alert)}
    return {ours: piece["traveller_value"] or "", "alert": piece["alert_value"] or ""}
