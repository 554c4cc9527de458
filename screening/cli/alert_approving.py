"""`screening alerts pending`, `approve`, `reject`: the second person decides on what authors propose."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.looking import looked
from screening.cli.options import Actor, ListOrAny, Purpose, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

if TYPE_CHECKING:
    from screening.list_keeping.approving import Outcome
    from screening.list_keeping.authoring import Author
    from screening.list_keeping.proposals import Proposal
    from screening.profile.model import Profile

_Proposals = Annotated[
    list[str], typer.Argument(help="Id of a proposal or of the batch it was written with, or first digits.")
]


def register(app: typer.Typer) -> None:
    """Put the commands on the group `alerts`."""
    for command in (approve, reject, pending):
        app.command(command.__name__)(command)


def approve(
    proposals: _Proposals,
    reason: Annotated[str, typer.Option(help="Why, without names; recorded.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Approve proposals of another person; they come into use as a new version of the list, at once.

    The version passes the import gate like any other. A proposal on something that was changed meanwhile is
    refused and waits. Exits 1 where one was refused or the gate holds the version, 2 where you wrote it.

    Example: screening alerts approve 5b1e --reason "checked against the file" --as ben
    """
    _decide(proposals, reason, actor, shape, approve_=True)


def reject(
    proposals: _Proposals,
    reason: Annotated[str, typer.Option(help="Why, without names; recorded.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Reject proposals; an author takes their own back so.

    Example: screening alerts reject 5b1e --reason "too little to find anybody" --as ben
    """
    _decide(proposals, reason, actor, shape, approve_=False)


def pending(
    proposals: Annotated[
        list[str] | None,
        typer.Argument(help="Proposals to show in full, names included; else all that wait."),
    ] = None,
    list_id: ListOrAny = None,
    every: Annotated[bool, typer.Option("--all", help="Those too on which somebody has decided.")] = False,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """List the proposals that wait for an approver, or show some with the whole alert. Recorded.

    Example: screening alerts pending 5b1e --format json --as ben
    """
    from screening.list_keeping.proposals import State, chosen
    from screening.list_keeping.proposals import proposals as stored
    from screening.night.settings import load_settings

    settings = load_settings()
    found = chosen(settings.store, proposals) if proposals else stored(settings.store, list_id)
    if not proposals and not every:
        found = [one for one in found if one.state is State.PENDING]
    rows = [_row(one) for one in found]
    if proposals:
        whole = [_whole(one, who(actor), settings.profile) for one in found]
        rows = [row | more for row, more in zip(rows, whole, strict=True)]
    ids = [one.proposal_id for one in found]
    looked(settings.store, "alerts.pending", [f"shown:{len(ids)}", *ids], actor, reason)
    show(rows, shape, (*_PENDING, "before", "alert") if proposals else _PENDING)


_PENDING = (
    *(
        "proposal_id",
        "batch",
        "list",
        "source_id",
        "act",
        "state",
        "category",
        "severity",
        "changed",
        "legal_basis",
    ),
    *("review_by", "expires", "by", "at", "reason", "decided_by", "decision"),
)


def _row(one: "Proposal") -> dict[str, object]:
    alert = one.alert
    return {
        **{
            name: getattr(one, name)
            for name in ("proposal_id", "batch", "list", "source_id", "act", "by", "at")
        },
        **{name: alert.get(name) for name in ("category", "severity", "legal_basis", "review_by", "expires")},
        "state": one.state,
        "changed": sorted(set(one.before) | (set(one.fields) - {"source_id", "alert_id", "list"})),
        "reason": one.reason,
        "decided_by": one.decided.by if one.decided else None,
        "decision": one.decided.reason if one.decided else None,
    }


def _whole(one: "Proposal", name: str, profile: "Profile") -> dict[str, object]:
    """Return the alert of a proposal; of one that is shown to few, whom to call, for everybody else."""
    from screening.hits.four_eyes import same_person

    shown = profile.visibility
    role = shown.named(one.alert.get("visibility"))
    if role is None and one.alert.get("category") in {str(each) for each in shown.protecting}:
        role = shown.named(shown.role)
    people = (*role.actors, *profile.authoring.approvers, one.by) if role else (name,)
    if role is not None and not any(same_person(name, each) for each in people):
        return {"before": None, "alert": f"shown to few: call {role.contact}"}
    return {"before": dict(one.before), "alert": dict(one.alert)}


def _decide(ids: list[str], reason: str, actor: str | None, shape: Format, *, approve_: bool) -> None:
    from screening.casework.closing import close_hits
    from screening.list_keeping.approving import decide
    from screening.list_keeping.authoring import COLUMNS, REFUSED, import_first
    from screening.list_keeping.proposals import chosen
    from screening.night.settings import load_settings

    settings, by = load_settings(), author(actor, reason)
    asked = chosen(settings.store, ids)
    for list_id in sorted({one.list for one in asked}) if approve_ else ():
        import_first(settings.store, settings.profile, settings.profile_folder, list_id, by)
    outcomes = decide(settings.store, settings.profile, asked, by, approve=approve_)
    rows, calls = [], False
    for outcome in outcomes:
        made = outcome.result
        calls |= any(one.state == REFUSED for one in outcome.told) or (made is not None and not made.active)
        about = {"version": made.version if made else None, "in_use": made.active if made else None}
        rows += [one.row() | about for one in outcome.told]
    closed = close_hits(settings.store, _withdrawn(outcomes)) if approve_ else []
    show(rows, shape, (*COLUMNS[:-1], "version", "in_use"))
    for one in closed if shape is Format.TABLE else ():
        say(f"Night {one.night}: {len(one.hits)} hits of a withdrawn alert, closed; its report says so.")
    for outcome in outcomes:
        if outcome.result is not None and not outcome.result.active and shape is Format.TABLE:
            made = outcome.result
            held = "; ".join(one.text for one in made.gate.reasons)
            say(f"Approved, and held back by the import gate: {held}")
            say(f"screening alerts release --list {made.list_id} --version {made.version} --reason WHY")
    raise typer.Exit(1 if calls else 0)


def _withdrawn(outcomes: "Sequence[Outcome]") -> list[str]:
    from screening.list_keeping.authoring import REFUSED
    from screening.list_keeping.proposals import Act

    return [
        f"{one.list_id}:{one.source_id}"
        for outcome in outcomes
        if outcome.result is not None and outcome.result.active
        for one in outcome.told
        if one.act is Act.WITHDRAW and one.state != REFUSED
    ]


def author(actor: str | None, reason: str) -> "Author":
    """Return who writes or decides, why and when."""
    from screening.list_keeping.authoring import Author

    return Author(who(actor), reason.strip(), datetime.now(UTC))
