"""`screening quarantine …`: what was set aside, and its way back."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Actor, Inbox, Reason, Shape
from screening.cli.output import Format, progress, say, show, warn
from screening.protection.actor import named, who
from screening.tables.errors import StoreError

if TYPE_CHECKING:
    from screening.night.quarantine_entries import Entry
    from screening.tables.findings import Finding

app = typer.Typer(help="What was set aside, and its way back into the night.", no_args_is_help=True)

_Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the entry, or its first digits.")]
_COLUMNS = (
    *("id", "night", "unit", "flight_id", "input", "offset", "length", "codes", "reason"),
    *("state", "actor", "at_utc", "people", "flight"),
)


@app.command("list")
def list_entries(
    night: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Night, YYYY-MM-DD; by default the latest published."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of every night.")] = False,
    shape: Shape = Format.TABLE,
) -> None:
    """List what a night set aside: open, pending (replay recorded, not published), replayed or released.

    Example: screening quarantine list --night 2026-11-23 --format json
    """
    from screening.casework.quarantine import listed
    from screening.night.settings import load_settings

    found = listed(load_settings().store, night.date() if night else None, every=every)
    show([entry.row() for entry in found], shape, _COLUMNS)


@app.command("show")
def show_entry(
    entry_id: _Id,
    with_bytes: Annotated[bool, typer.Option("--bytes", help="Print its bytes, segment by segment.")] = False,
    show_names: Annotated[
        bool, typer.Option("--show-names", help="With --bytes: show values of people; recorded.")
    ] = False,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show one entry with its findings, and its bytes with values of people masked.

    Example: screening quarantine show 3f2a91c0 --bytes
    """
    from screening.casework.quarantine import bytes_of, erased_in, findings_of
    from screening.night.quarantine_entries import find
    from screening.night.settings import load_settings

    store = load_settings().store
    entry = find(store, entry_id)
    text = None
    if with_bytes:
        text = bytes_of(store, entry, show_names=show_names, actor=who(actor), at=datetime.now(UTC))
    try:
        findings = findings_of(store, entry)
    except StoreError as gone:  # the entry outlives its bytes
        findings = []
        sys.stderr.write(f"{gone.what}\n")
    _print(entry, erased_in(store, entry), findings, text, shape)


def _print(entry: "Entry", erased: int, findings: "list[Finding]", text: str | None, shape: Format) -> None:
    row = {"quarantine_id": entry.quarantine_id, **entry.row(), "act_reason": entry.why, "erased": erased}
    rows = [finding.row() for finding in findings]
    if shape is not Format.TABLE:
        show([row | {"findings": rows, "bytes": text}], shape)
        return
    show([{"": name, "entry": value} for name, value in row.items()], shape)
    if rows:
        say("")
        show(rows, shape)
    if text is not None:
        say(f"\n{text}")


@app.command("replay")
def replay_entry(
    entry_id: _Id,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="The mended file; without it the entry's own bytes, by newer code."),
    ] = None,
    inbox: Inbox = None,
    actor: Actor = None,
    reason: Reason = None,
) -> None:
    """Put a mended message into its night and screen again the flights it speaks of; other rows stay.

    The same bytes twice do nothing the second time. After a kill the same command goes on. Exits 1 if
    something of the night still needs a person.

    Example: screening quarantine replay 3f2a91c0 --file mended.edi --as anna --reason "carrier sent it again"
    """
    from screening.casework.quarantine import erased_in, replay
    from screening.night.attention import needs_attention
    from screening.night.notices import tell_night
    from screening.night.reporting import held_back
    from screening.night.settings import load_settings

    settings = load_settings(inbox=inbox)
    done = replay(
        settings, entry_id, file=file, actor=who(actor), reason=reason, at=datetime.now(UTC), tell=progress
    )
    night = done.entry.night
    if erased := erased_in(settings.store, done.entry):
        say(f"{erased} values of this entry were erased at a person's request: nobody stands there any more.")
    if done.session is None:
        say(f"These bytes were replayed before, as {done.name}: nothing to do.")
    elif done.name is None:
        still = any(entry.quarantine_id == done.entry.quarantine_id for entry in done.anew)
        say(f"Entry {done.entry.short} was read again: it {'is still set aside' if still else 'holds now'}.")
    else:
        say(f"Entry {done.entry.short} is replayed as {done.name}.")
        if done.session.along:
            say(f"Screened again: {', '.join(done.session.along)}")
    for entry in done.anew:
        if entry.quarantine_id != done.entry.quarantine_id:
            say(f"Set aside anew: {entry.short} ({', '.join(entry.codes)})")
    tell_night(settings, night, say=warn)
    waiting = needs_attention(settings.store, night)
    for note in held_back(settings.store, night):
        say(f"! {note}")
    say(f"Needs a person: {'; '.join(waiting)}" if waiting else f"Night {night} needs nobody.")
    raise typer.Exit(1 if waiting else 0)


def _inside(entry: "Entry") -> str:
    from screening.night.remedies import not_screened

    return "nobody" if entry.people == 0 else not_screened(entry.people)


@app.command("release")
def release_entry(
    entry_id: _Id,
    reason: Annotated[str, typer.Option(help="Why it needs no replay; recorded.")],
    second: Annotated[
        str | None,
        typer.Option(help="Second person who agrees: needed where it holds people, or may hold some."),
    ] = None,
    actor: Actor = None,
) -> None:
    """Decide that an entry needs no replay (a test file, sent again meanwhile); published tables stay.

    Says how many people are in it. The report is written again.

    Example: screening quarantine release 3f2a91c0 --as anna --reason "test file of the carrier"
    """
    from screening.casework.quarantine import release
    from screening.night.notices import tell_night
    from screening.night.reporting import write_report
    from screening.night.settings import load_settings

    settings = load_settings()
    entry, recorded = release(
        settings.store,
        entry_id,
        actor=who(actor),
        reason=reason,
        second=named(second) if second and second.strip() else None,
        at=datetime.now(UTC),
    )
    if recorded:
        say(f"Entry {entry.short} is released. Inside: {_inside(entry)}.")
        write_report(settings.store, entry.night)
        tell_night(settings, entry.night, say=warn)
    else:
        say(f"Entry {entry.short} was released before, by {entry.actor}: nothing to do.")
