"""`screening alerts nominate`, `amend`, `extend`, `withdraw`, `due`: what authors do with their alerts."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening.cli.alert_approving import author
from screening.cli.looking import looked
from screening.cli.options import Actor, ListOrAny, Purpose, Shape
from screening.cli.output import Format, say, show
from screening.cli.typed import typed
from screening.tables.codes import Category, Sex
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.alerts.nomination import Written
    from screening.list_keeping.proposals import Act

_MOST_BYTES = 512 * 1024 * 1024
_List = Annotated[str, typer.Option("--list", help="Id of the list, one of the agency's own.")]
_Why = Annotated[
    str, typer.Option("--reason", help="Why, without names; recorded. A row's own goes before it.")
]
_File = Annotated[
    Path | None,
    typer.Argument(help="JSON Lines, JSON or CSV in the canonical fields; `-` reads standard input."),
]
_Alerts = Annotated[
    list[str] | None, typer.Argument(help="Id of the alert, LIST:ID or ID; `-` reads them, a line each.")
]
_Name = Annotated[
    str | None,
    typer.Option(help='"SURNAME, GIVEN NAMES"; `-` asks, or reads standard input. Puts all names anew.'),
]
_Born = Annotated[str | None, typer.Option(help="Date of birth, YYYY-MM-DD, YYYY-MM or YYYY; `-` as above.")]
_Document = Annotated[str | None, typer.Option(help="Number of a document; `-` as above.")]
_DocumentState = Annotated[str | None, typer.Option("--state", help="Issuing State of the document.")]
_Sex = Annotated[Sex | None, typer.Option(help="Sex.", case_sensitive=False)]
_Nationality = Annotated[str | None, typer.Option(help="Nationality, SE or SWE; several parted by `;`.")]
_Category = Annotated[Category | None, typer.Option(help="What it asks for; else the list's.")]
_Severity = Annotated[int | None, typer.Option(min=1, max=5, help="1 inform … 5 stop; else the list's.")]
_Authority = Annotated[str | None, typer.Option(help="Who answers for it; else the list's.")]
_Basis = Annotated[str | None, typer.Option("--legal-basis", help="Legal basis; else the profile's.")]
_Instructions = Annotated[str | None, typer.Option(help="What to do with a hit.")]
_Caveat = Annotated[str | None, typer.Option(help="What the reader must heed.")]
_Visible = Annotated[str | None, typer.Option("--visibility", help="Role of the profile that sees its hits.")]
_ReviewBy = Annotated[
    str | None, typer.Option("--review-by", help="To be reviewed by, YYYY-MM-DD; else the profile's.")
]
_Expires = Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD; else the profile's.")]


def register(app: typer.Typer) -> None:
    """Put the commands on the group `alerts`."""
    for command in (nominate, amend, extend, withdraw, due):
        app.command(command.__name__)(command)


def nominate(
    list_id: _List,
    reason: _Why,
    file: _File = None,
    name: _Name = None,
    born: _Born = None,
    document: _Document = None,
    state: _DocumentState = None,
    sex: _Sex = None,
    nationality: _Nationality = None,
    source_id: Annotated[
        str | None, typer.Option("--id", help="Its id in the list; else one is made.")
    ] = None,
    category: _Category = None,
    severity: _Severity = None,
    authority: _Authority = None,
    legal_basis: _Basis = None,
    instructions: _Instructions = None,
    caveat: _Caveat = None,
    visibility: _Visible = None,
    review_by: _ReviewBy = None,
    expires: _Expires = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Propose new alerts of the agency's own list, from a file or by options; another person approves them.

    Legal basis, days of review and expiry are the profile's where none are written. What lacks the minimum
    data is refused and told, and stops no other row. Exits 1 where a row was refused, 2 where all were.

    Every local user sees the arguments of a command: `-` for name, birth date or document reads it from
    standard input, a line each in this order; at a terminal you are asked for it.

    Example: screening alerts nominate cases.csv --list own --reason "case 14/26" --as anna
    """
    from screening.list_keeping.proposals import Act

    options = _options(
        name=name, born=born, document=document, document_state=state, sex=sex, nationality=nationality,
        source_id=source_id, category=category, severity=severity, authority=authority,
        legal_basis=legal_basis, instructions=instructions, caveat=caveat, visibility=visibility,
        review_by=review_by, expires=expires,
    )  # fmt: skip
    _propose(Act.NOMINATE, list_id, _rows(file, options, "FILE, or --name and more"), reason, actor, shape)


def amend(
    list_id: _List,
    reason: _Why,
    file: _File = None,
    alert: Annotated[str | None, typer.Option(help="Id of the one alert that the options change.")] = None,
    name: _Name = None,
    born: _Born = None,
    document: _Document = None,
    state: _DocumentState = None,
    sex: _Sex = None,
    nationality: _Nationality = None,
    category: _Category = None,
    severity: _Severity = None,
    authority: _Authority = None,
    legal_basis: _Basis = None,
    instructions: _Instructions = None,
    caveat: _Caveat = None,
    visibility: _Visible = None,
    review_by: _ReviewBy = None,
    expires: _Expires = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Propose changes: the fields that are written are put in place of those that stand, each as a whole.

    A row of a file names its alert by source_id. An empty cell of CSV says nothing, null in JSON takes the
    value away. Exits as `nominate`.

    Example: screening alerts amend --list own --alert n-3f2a --severity 4 --reason "case 14/26" --as anna
    """
    from screening.list_keeping.proposals import Act

    options = _options(
        name=name, born=born, document=document, document_state=state, sex=sex, nationality=nationality,
        category=category, severity=severity, authority=authority, legal_basis=legal_basis,
        instructions=instructions, caveat=caveat, visibility=visibility, review_by=review_by, expires=expires,
    )  # fmt: skip
    if options and not alert:
        raise _wrong("the options say what to change, and no alert is named", "--alert", "add --alert ID")
    if alert:
        options["source_id"] = _in_list(alert, list_id)
    _propose(
        Act.AMEND, list_id, _rows(file, options, "FILE, or --alert and what to change"), reason, actor, shape
    )


def extend(
    reason: _Why,
    alerts: _Alerts = None,
    list_id: ListOrAny = None,
    file: Annotated[
        Path | None, typer.Option(help="File with source_id, and review_by, expires if others.")
    ] = None,
    review_by: _ReviewBy = None,
    expires: _Expires = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Propose that alerts stay: new days of review and expiry, those of the profile where none are written.

    Example: screening alerts extend own:n-3f2a --reason "reviewed, still sought" --as anna
    """
    from screening.list_keeping.proposals import Act

    more = {name: value for name, value in (("review_by", review_by), ("expires", expires)) if value}
    _of_alerts(Act.EXTEND, alerts, list_id, file, more, reason, actor, shape)


def withdraw(
    reason: _Why,
    alerts: _Alerts = None,
    list_id: ListOrAny = None,
    file: Annotated[Path | None, typer.Option(help="File with source_id of each alert.")] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Propose that alerts are withdrawn; once approved they raise no hit, and their hits are closed.

    Example: screening alerts withdraw own:n-3f2a --reason "found, case closed" --as anna
    """
    from screening.list_keeping.proposals import Act

    _of_alerts(Act.WITHDRAW, alerts, list_id, file, {}, reason, actor, shape)


def due(
    list_id: Annotated[
        list[str] | None, typer.Option("--list", help="List; repeatable. Else all in use.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=0, help="Days beforehand; else the profile's notice.")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose review is overdue.")] = False,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """List the alerts whose review is overdue or due, that lapse soon, or have lapsed, worst first. Recorded.

    Example: screening alerts due --days 30 --format json
    """
    from screening.list_keeping.due import COLUMNS, OVERDUE
    from screening.list_keeping.due import due as listed
    from screening.night.settings import load_settings

    settings = load_settings()
    notice = settings.profile.authoring.notice_days if days is None else days
    rows = listed(settings.store, datetime.now(UTC).date(), notice, list_id)
    shown = sorted({f"list:{row['list']}" for row in rows})  # an alert's own id may be a document's number
    looked(settings.store, "alerts.due", [f"shown:{len(rows)}", *shown], actor, reason)
    show([row for row in rows if not overdue or row["state"] == OVERDUE], shape, COLUMNS)


def _options(**given: object) -> dict[str, Any]:
    asked = {"name": "Name", "born": "Born", "document": "Document"}
    read = {name: typed(label, _text(given[name])) for name, label in asked.items()}
    return {name: value for name, value in (given | read).items() if value is not None}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _rows(file: Path | None, options: dict[str, Any], what: str) -> "list[Written]":
    """Return what was written: the rows of a file, with the options where a row is silent, or the options."""
    from dataclasses import replace

    from screening.alerts.nomination import NotReadError, Written, fields_of, read_file

    try:
        fields = fields_of(options) if options else {}
        if file is None:
            if not fields:
                raise _wrong("nothing is written", what, "name a file, or write the alert by options")
            return [Written("", fields)]
        rows = read_file(_bytes(file))
    except NotReadError as fault:
        raise _wrong(
            str(fault), str(file) if file else "the options", "correct it, then the same again"
        ) from None
    if not rows:
        raise _wrong("the file holds no row", str(file), "write one alert a row")
    if file is None or not fields:
        return rows
    return [one if one.fault else replace(one, fields={**fields, **one.fields}) for one in rows]


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(_MOST_BYTES)
    try:
        return file.read_bytes()
    except OSError as fault:
        raise _wrong(
            f"the file cannot be read ({type(fault).__name__})", str(file), "name a readable file"
        ) from None


def _of_alerts(
    act: "Act",
    alerts: list[str] | None,
    list_id: str | None,
    file: Path | None,
    more: dict[str, Any],
    reason: str,
    actor: str | None,
    shape: Format,
) -> None:
    from screening.alerts.nomination import Written

    named = list(alerts or [])
    if named == ["-"]:
        named = [line.strip() for line in sys.stdin if line.strip()]
    if bool(named) == (file is not None):
        raise _wrong("name alerts, or a file of them", "ALERT or --file", "LIST:ID, or ID with --list")
    if file is not None:
        if list_id is None:
            raise _wrong("of which list?", "--list", "add --list ID")
        _propose(act, list_id, _rows(file, more, "--file"), reason, actor, shape)
        return
    by_list: dict[str, list[Written]] = {}
    for alert in named:
        chosen = list_id or alert.partition(":")[0]
        if list_id is None and ":" not in alert:
            raise _wrong("of which list is the alert?", "ALERT", "write LIST:ID, or add --list")
        row = Written("", {"source_id": _in_list(alert, chosen), **more})
        by_list.setdefault(chosen, []).append(row)
    if len(by_list) > 1:
        raise _wrong("the alerts are of several lists", "ALERT", "name those of one list at a time")
    [(chosen, rows)] = by_list.items()
    _propose(act, chosen, rows, reason, actor, shape)


def _in_list(alert: str, list_id: str) -> str:
    return alert.removeprefix(f"{list_id}:")


def _propose(
    act: "Act", list_id: str, rows: "Sequence[Written]", reason: str, actor: str | None, shape: Format
) -> None:
    from screening.list_keeping.authoring import COLUMNS, PENDING, REFUSED, import_first, propose
    from screening.night.settings import load_settings

    settings, by = load_settings(), author(actor, reason)
    import_first(settings.store, settings.profile, settings.profile_folder, list_id, by)
    told = propose(settings.store, settings.profile, list_id, act, rows, by)
    refused = [one for one in told if one.state == REFUSED]
    if len(told) == 1 and refused and not refused[0].place:
        raise _wrong(refused[0].what, f"alerts {act}", "write what is missing, then the same again")
    show([one.row() for one in told], shape, COLUMNS)
    waiting = [one for one in told if one.state == PENDING]
    if shape is Format.TABLE and waiting:
        ids = " ".join(one.proposal_id or "" for one in waiting[:3])
        more = f" … ({len(waiting)} wait: screening alerts pending)" if len(waiting) > 3 else ""
        say(f"Another person approves: screening alerts approve {ids}{more} --reason WHY --as NAME")
    if refused:
        raise typer.Exit(1 if len(refused) < len(told) else 2)


def _wrong(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(what, where=where, effect="nothing was proposed", remedy=remedy)
