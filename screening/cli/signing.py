"""`screening keys signing …`: which key signs what leaves for partners, and what do they check it with?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.protection.signing import SigningKey
    from screening.store.zones import Store

signing_app = typer.Typer(help="Keys that sign packages and receipts for partners.", no_args_is_help=True)


@signing_app.command("new")
def new_command(actor: Actor = None) -> None:
    """Make a key that signs packages. The first comes into use at once, a later one by `use`. Recorded.

    Rotation with overlap: `new`; hand out what is printed; when every partner has entered it, `use`; the
    partners then set `until` of the old one.

    Example: screening keys signing new --as officer1
    """
    from screening.protection.audit import append
    from screening.protection.signing import current_signing_key, make_signing_key

    folder, store = _places("no key was made")
    name = who(actor)
    key = make_signing_key(folder)
    append(store, name, "keys.signing.new", [key.name, key.public.kid], None, datetime.now(UTC))
    used = current_signing_key(folder)
    if used.name == key.name:
        say(f"{key.name} is in use. Copy the folder {folder} to the safe place.")
    else:
        say(f"{key.name} is made; {used.name} signs until `screening keys signing use {key.name} --reason …`")
    _hand_out(key)


@signing_app.command("use")
def use_command(
    name: Annotated[str, typer.Argument(metavar="KEY", help="Name of the key, as `list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why; recorded.")],
    actor: Actor = None,
) -> None:
    """Sign with this key from now on. What another key has signed stays as it is. Recorded.

    Example: screening keys signing use signing-1a2b3c4d --reason "partners have it" --as officer1
    """
    from screening.protection.audit import append
    from screening.protection.signing import load_signing_key, use_signing_key

    folder, store = _places("the key in use is the one before")
    if not reason.strip():
        raise UsageError(
            "no reason is given",
            where="--reason",
            effect="the key in use is the one before",
            remedy="say why in a sentence; it is recorded",
        )
    key = load_signing_key(folder, name)
    append(
        store, who(actor), "keys.signing.use", [key.name, key.public.kid], reason.strip(), datetime.now(UTC)
    )
    use_signing_key(folder, key.name)
    say(f"{key.name} signs from now on. Keep the others until no partner waits for what they signed.")


@signing_app.command("show")
def show_command() -> None:
    """Print the public key in use and its fingerprint, to be handed out; never the private key.

    Example: screening keys signing show
    """
    from screening.protection.signing import current_signing_key

    folder, _ = _places("nothing is shown")
    _hand_out(current_signing_key(folder))


@signing_app.command("list")
def list_command(shape: Shape = Format.TABLE) -> None:
    """List the signing keys of the key folder, which one is in use, and their public halves.

    Example: screening keys signing list --format json
    """
    from screening.protection.signing import current_signing_key, load_signing_key, signing_key_names

    folder, _ = _places("nothing is shown")
    names = signing_key_names(folder)
    used = current_signing_key(folder).name if names else None
    rows = []
    for name in names:
        key = load_signing_key(folder, name)
        row = {"key": name, "in_use": name == used, "public": key.public.x, "kid": key.public.kid}
        rows.append({**row, "fingerprint": key.public.fingerprint})
    show(rows, shape, ("key", "in_use", "public", "kid", "fingerprint"))


def _hand_out(key: "SigningKey") -> None:
    say(f"public       {key.public.x}")
    say(f"fingerprint  {key.public.fingerprint}")
    say("Send the public key to each partner and read it the fingerprint by another way (telephone, letter).")
    say(
        "It goes into the partner's profile, under [[exchange.partners]]: "
        f'keys = [{{ public = "{key.public.x}" }}]'
    )


def _places(effect: str) -> "tuple[Path, Store]":
    from screening.night.settings import load_settings
    from screening.protection.keys import ENVIRONMENT, key_folder

    store = load_settings().store
    folder = key_folder()
    if folder is None or folder.resolve().is_relative_to(store.root.resolve()):
        raise UsageError(
            "the key folder lies in the store" if folder else "no key folder is named",
            where=ENVIRONMENT,
            effect=effect,
            remedy=f"set {ENVIRONMENT} to a folder outside the store; `screening keys new` fills it",
        )
    return folder, store
