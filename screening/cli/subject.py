"""`screening subject find`, `report`, `correct`, `erase`: the rights of one person."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show, warn, write_private
from screening.cli.typed import typed
from screening.protection.actor import who
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.casework.lookup import Asked
    from screening.store.zones import Store

app = typer.Typer(help="Rights of one person: found, told, corrected, erased.", no_args_is_help=True)
_Reason = Annotated[str, typer.Option(help="Why; recorded. It must not name the person.")]


@app.command("find")
def find(reason: _Reason, actor: Actor = None, shape: Shape = Format.TABLE) -> None:
    """Find what is held on a person, over all zones: where, how many rows, how surely theirs; recorded.

    Four lines are read from standard input, at a terminal you are asked for them: name (SURNAME, GIVEN
    NAMES), date of birth, document's number, its State. An empty line is no value; a document or name and
    date of birth are needed. Exits 1 where it is not settled whose rows they are.

    Example: screening subject find --reason "request 14/26" --as anna
    """
    from screening.casework.lookup import checked_reason
    from screening.casework.subject.person import find as search
    from screening.casework.subject.person import objects_of
    from screening.casework.subject.places import COLUMNS, places
    from screening.night.settings import load_settings
    from screening.protection.audit import append

    asked, settings, now = _asked(), load_settings(), datetime.now(UTC)
    checked_reason(reason, asked)
    found = search(settings, asked, now=now)
    objects = objects_of(settings, asked, found.subject)
    append(settings.store, who(actor), "subject.find", objects, reason.strip(), now)
    show([place.row() for place in places(found, settings.store)], shape, COLUMNS)
    for doubt in found.subject.doubts:
        warn(doubt)
    if not found.subject.found:
        warn("nobody is found who is surely this person")
    raise typer.Exit(0 if found.subject.clear else 1)


@app.command("report")
def report(
    reason: _Reason,
    out: Annotated[
        Path | None, typer.Option(help="File to write, .html or .json, mode 0600; else JSON is printed.")
    ] = None,
    actor: Actor = None,
) -> None:
    """Make the document that a person is handed: everything that is held on them, and nothing of others.

    Reads four lines as `find`; refused where it is not settled whose the rows are. Hits that must not be told
    leave no trace in it; they are named on the screen (stderr), with the caveat of their alert. Recorded.

    Example: screening subject report --out answer.html --reason "request 14/26" --as anna
    """
    from screening.casework.lookup import checked_reason
    from screening.casework.subject.certain import certain
    from screening.casework.subject.document import document
    from screening.casework.subject.person import find as search
    from screening.casework.subject.person import objects_of
    from screening.night.settings import load_settings
    from screening.protection.audit import append
    from screening.reports.subject_html import render_subject

    asked, settings, now = _asked(), load_settings(), datetime.now(UTC)
    _writable(out, settings.store)
    checked_reason(reason, asked)
    subject = certain(search(settings, asked, now=now).subject)
    objects = objects_of(settings, asked, subject)
    append(settings.store, who(actor), "subject.report", objects, reason.strip(), now)
    made, withheld = document(settings, subject, actor=who(actor), now=now)
    text = json.dumps(made.as_json(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        say(text)
    else:
        write_private(out, render_subject(made) if out.suffix == ".html" else text)
        say(f"Written to {out}, for its owner alone. Hand it over in person or sealed, then delete it.")
    for one in withheld:
        told = "; ".join(part for part in (one.caveat, one.visibility) if part) or "no caveat"
        warn(f"not in the document: hit {one.hit_id}, alert {one.alert_id} ({one.category}): {told}")
    for doubt in subject.doubts:
        warn(doubt)


@app.command("correct")
def correct(
    statement: Annotated[str, typer.Argument(help="Id of the statement, as `subject report` shows it.")],
    field: Annotated[
        str, typer.Option(help="date_of_birth, surname, … or document.0.number, .issuing_state, .expiry.")
    ],
    reason: _Reason,
    actor: Actor = None,
) -> None:
    """Correct one value of one statement; what the carrier sent stays beside it. Recorded.

    The new value is read from standard input, at a terminal you are asked for it; an empty line takes the
    value away. It holds for every re-run. Prints the commands that screen its legs again: until then
    travellers and hits stand as they were compared.

    Example: screening subject correct 3f2a91c0:160:4 --field date_of_birth --reason "passport seen" --as anna
    """
    from screening.casework.subject.correcting import correct as change
    from screening.night.settings import load_settings

    value = typed("New value")
    done = change(
        load_settings(), statement, field, value, reason=reason, actor=who(actor), now=datetime.now(UTC)
    )
    say(f"Corrected: {field} of statement {done.statement}; proof {done.proof}")
    say(
        "Screen again, in this order:"
        if done.legs
        else "Nobody was settled from it: nothing to screen again."
    )
    for night, leg in done.legs:
        say(f"screening rerun --night {night} --flight {leg}")


@app.command("erase")
def erase(reason: _Reason, actor: Actor = None) -> None:
    """Erase everything that is held on a person, from tables, revisions, bytes and reports. No way back.

    Reads four lines as `find`. Refused where it is not settled whose the rows are, under a legal hold, and
    while a hit is not decided or is a true match. Set-aside bytes are blanked where they are surely theirs;
    what is only like them is named, and stays. A re-run does not bring the person back; a new message
    does. The record of acts keeps ids, published statistics stay.

    Example: screening subject erase --reason "request 14/26, granted" --as anna
    """
    from screening.casework.subject.erasing import erase as remove
    from screening.night.settings import load_settings

    asked = _asked()
    done = remove(load_settings(), asked, reason=reason, actor=who(actor), now=datetime.now(UTC))
    nights = ", ".join(str(night) for night in done.nights) or "none"
    say(
        f"Erased: {done.statements} statements, {done.travellers} travellers, {done.hits} hits, "
        f"{done.decisions} decisions; {done.rows} rows of tables; nights: {nights}"
    )
    if done.aside:
        say(f"Blanked in {done.aside} entries of the quarantine: `quarantine show` says so of each.")
    say(f"Blanked in {done.inputs} inputs; bytes of {done.whole} files removed whole. Proof {done.proof}")
    say(
        "What stays: ids in the record of acts, numbers in flights, outcomes and ledger, published "
        "statistics (they name nobody, and a change would tell who left). Not ours: backups, the inbox, "
        "alert lists."
    )
    for one in done.like:
        warn(f"perhaps also in what was set aside: screening quarantine show {one} --bytes --show-names")


def _asked() -> "Asked":
    from screening.casework.lookup import Asked

    name, born = typed("Name (SURNAME, GIVEN NAMES)"), typed("Date of birth (YYYY-MM-DD)")
    return Asked(name=name, born=born, document=typed("Document"), state=typed("State of the document"))


def _writable(out: Path | None, store: "Store") -> None:
    if out is None:
        return
    inside = out.resolve().is_relative_to(store.root.resolve())
    if out.suffix not in {".html", ".json"} or inside or not out.parent.is_dir():
        raise UsageError(
            "the file must end in .html or .json and lie in a folder outside the store",
            where="--out",
            effect="nothing was handed out",
            remedy="--out answer.html",
        )
