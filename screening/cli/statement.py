"""`screening statement night`, `person`, `verify`: signed statements that somebody was screened."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Actor, LatestNight, Shape, named_or_latest
from screening.cli.output import Format, say, show, write_private, written_to
from screening.cli.typed import typed
from screening.protection.actor import who
from screening.reports.statement import Reader
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.casework.statement import Signed
    from screening.night.settings import Settings

app = typer.Typer(help="Signed statements that a night or a person was screened.", no_args_is_help=True)
_Out = Annotated[Path, typer.Option(help="File to write: the signed statement (JWS), mode 0600.")]
_Why = Annotated[str, typer.Option("--reason", help="Why; recorded. It must not name anybody.")]


@app.command("night")
def night_command(out: _Out, reason: _Why, night: LatestNight = None, actor: Actor = None) -> None:
    """State that a night was screened: how many, against which versions, and whether anything was found.

    Signed with the key of `screening keys signing`; for oversight, never for a traveller. Prints what it
    says. Recorded.

    Example: screening statement night --night 2026-11-23 --out night.jws --reason "court 14/26" --as anna
    """
    from screening.casework.statement import state_night
    from screening.night.settings import load_settings

    settings = load_settings()
    _outside(out, settings)
    label = named_or_latest(settings.store, night)
    made = state_night(settings, label, actor=who(actor), at=datetime.now(UTC), reason=reason)
    _hand_over(made, out)


@app.command("person")
def person_command(
    out: _Out,
    reason: _Why,
    night: LatestNight = None,
    reader: Annotated[Reader, typer.Option("--for", help="Who will read it.")] = Reader.PERSON,
    actor: Actor = None,
) -> None:
    """State that a person was among the travellers of a night and was screened, and what may be said of hits.

    Four lines are read from standard input, at a terminal you are asked for them: name (SURNAME, GIVEN
    NAMES), date of birth, document's number, its State. For the person, only alerts that may be told to them
    are answered, the rest in the same words for everybody; for oversight, all. Recorded.

    Example: screening statement person --night 2026-11-23 --out one.jws --reason "request 14/26" --as anna
    """
    from screening.casework.lookup import Asked
    from screening.casework.statement import state_person
    from screening.night.settings import load_settings

    settings = load_settings()
    _outside(out, settings)
    label = named_or_latest(settings.store, night)
    name, born = typed("Name (SURNAME, GIVEN NAMES)"), typed("Date of birth (YYYY-MM-DD)")
    asked = Asked(name=name, born=born, document=typed("Document"), state=typed("State of the document"))
    made = state_person(settings, asked, label, reader, actor=who(actor), at=datetime.now(UTC), reason=reason)
    _hand_over(made, out)


@app.command("verify")
def verify_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A signed statement.")],
    key: Annotated[
        str | None, typer.Option(help="Public key of the agency; by default our own keys.")
    ] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Check that a statement is as the agency signed it, and print what it says.

    Example: screening statement verify night.jws --key 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo
    """
    from screening.casework.statement import verify
    from screening.protection.keys import key_folder
    from screening.protection.signing import load_signing_key, signing_key_names

    folder = key_folder()
    own = [load_signing_key(folder, one).public for one in signing_key_names(folder)] if folder else []
    try:
        document = path.read_bytes()
    except OSError as fault:
        raise UsageError(
            f"the file cannot be read ({type(fault).__name__})",
            where=str(path),
            effect="nothing was checked",
            remedy="name a signed statement",
        ) from None
    fields = verify(document, key, own)
    if shape is Format.TABLE:
        say("\n".join(["The signature holds.", *fields["text"]]))
        return
    told = [{"field": name, "value": value} for name, value in fields.items()]
    show(told, shape, ("field", "value"))


def _outside(out: Path, settings: "Settings") -> None:
    if out.resolve().is_relative_to(settings.store.root.resolve()):
        raise UsageError(
            "the file lies in the store",
            where="--out",
            effect="nothing was stated",
            remedy="name a file outside the store",
        )


def _hand_over(made: "Signed", out: Path) -> None:
    with written_to(out):
        write_private(out, made.document + "\n")
    say(made.text)
    say(f"Signed: {out}, for its owner alone. Check: screening statement verify {json.dumps(str(out))}")
