"""`screening keys …`: which key makes the pseudonyms, and which others are read with it?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.cli.signing import signing_app
from screening.protection.actor import named, who
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.protection.key_links import Act

keys_app = typer.Typer(help="Keys that make pseudonyms; keys that sign.", no_args_is_help=True)
keys_app.add_typer(signing_app, name="signing")

_KEYS = "SCREENING_KEYS"
_DEFAULT_STORE = "store"
_COLUMNS = ("key_id", "state", "file", "clearances", "until", "mend")
_Why = Annotated[str, typer.Option("--reason", help="Why; recorded.")]
_Second = Annotated[
    str | None, typer.Option(help="Second person, where the profile asks for one (keys.second_person).")
]


@keys_app.command("new")
def new_command(
    folder: Annotated[
        Path | None, typer.Option(envvar=_KEYS, help="Key folder, outside the store.", show_envvar=True)
    ] = None,
    store: Annotated[
        str, typer.Option("--store", envvar="SCREENING_STORE", help="Root of the store.", show_envvar=True)
    ] = _DEFAULT_STORE,
    actor: Actor = None,
) -> None:
    """Make a key and put it in use; older keys stay for the nights that name them.

    New pseudonyms do not meet those of an older key: what people decided before is read with the new key only
    where `screening keys link` or `screening keys rotate` says so.

    Example: screening keys new --folder /etc/screening/keys
    """
    from screening.protection.audit import append
    from screening.protection.keys import make_key, put_in_use
    from screening.store.object_path import store_path
    from screening.store.zones import store_at

    folder = _outside(folder, store_path(store), "no key was made", f"--folder or {_KEYS}")
    name = who(actor)
    key_id = make_key(folder)
    append(store_at(store_path(store)), name, "keys.new", [key_id])
    put_in_use(folder, key_id)
    say(f"{key_id} is in use. Set {_KEYS}={folder} and keep a copy of the folder in a safe place.")


@keys_app.command("rotate")
def rotate_command(reason: _Why, second: _Second = None, actor: Actor = None) -> None:
    """Make a key, link it with the one in use, and put it in use.

    Clearances, decisions and first nights made under the key before hold on while its file stays in the
    folder. The act is recorded.

    Example: screening keys rotate --reason "a copy of the folder was lost" --as officer1
    """
    from screening.night.settings import load_settings
    from screening.protection.key_links import rotate
    from screening.protection.keys import key_folder

    settings = load_settings()
    folder = _outside(key_folder(), settings.store.root, "no key was made")
    before, new = rotate(
        settings.store, folder, _act(actor, reason, second, settings.profile.keys.second_person)
    )
    say(f"{new} is in use, linked with {before}. Copy the folder {folder} to the safe place again.")
    say(f"Keep {before}: what was decided under it is read with it. `screening keys list` says how long.")


@keys_app.command("link")
def link_command(
    key_id: Annotated[str, typer.Option("--from", help="Key that decisions were made under.")],
    other: Annotated[str, typer.Option("--to", help="Key to read them with.")],
    reason: _Why,
    second: _Second = None,
    actor: Actor = None,
) -> None:
    """Read ids under two keys of the folder as those of the same people; recorded.

    A link goes both ways. No table of persons is made: nights compute the ids under both keys of those whom
    they compare.

    Example: screening keys link --from key-1a2b3c4d --to key-5e6f7a8b --reason "rotated by hand"
    """
    from screening.night.settings import load_settings
    from screening.protection.key_links import link
    from screening.protection.keys import key_folder

    settings = load_settings()
    folder = _outside(key_folder(), settings.store.root, "nothing was linked")
    act = _act(actor, reason, second, settings.profile.keys.second_person)
    if link(settings.store, folder, key_id, other, act):
        say(f"{key_id} and {other} are linked. The next night reads what was decided under either.")
    else:
        say(f"{key_id} and {other} are linked already; nothing was recorded.")


@keys_app.command("retire")
def retire_command(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key.")],
    reason: _Why,
    actor: Actor = None,
) -> None:
    """End all links of a key: what was decided under it is not read any more. The act is recorded.

    Pairs that were cleared under it are raised again. For a key that is lost, or whose decisions have come to
    their end. Its file is not touched: nights that
    were frozen with it need it to be run again.

    Example: screening keys retire key-1a2b3c4d --reason "no clearance is left" --as officer1
    """
    from screening.night.settings import load_settings
    from screening.protection.key_links import retire

    ended = retire(load_settings().store, key_id, _act(actor, reason))
    say(f"{key_id} is retired. {ended} clearances in force end with it: what they cleared is raised again.")
    say("Its file may go from the folder and from every copy when no night made with it has to be run again.")


@keys_app.command("list")
def list_command(shape: Shape = Format.TABLE) -> None:
    """List the keys, which of them are read, and how many clearances in force each still carries.

    Exits 1 where a key is not read although clearances in force were made under it; `mend` says what to do.

    Example: screening keys list --format json
    """
    from dataclasses import asdict

    from screening.night.settings import load_settings
    from screening.protection.key_links import states
    from screening.protection.keys import load_keys

    store = load_settings().store
    keys = load_keys(production=False, store_root=store.root)
    found = states(store, keys.key_id, datetime.now(UTC).date())
    show([asdict(state) for state in found], shape, _COLUMNS)
    raise typer.Exit(1 if any(state.mend for state in found) else 0)


@keys_app.command("show")
def show_command() -> None:
    """Name the key in use, never the key itself.

    Example: screening keys show
    """
    from screening.protection.keys import load_keys

    keys = load_keys(production=False)
    note = f" (known to everyone: set {_KEYS} before real data come in)" if keys.demonstration else ""
    say(f"{keys.key_id}{note}")


def _outside(folder: Path | None, store: Path, effect: str, where: str = _KEYS) -> Path:
    if folder is None:
        raise UsageError(
            "no key folder is named",
            where=where,
            effect=effect,
            remedy=f"`screening keys new --folder FOLDER`, outside the store; then set {_KEYS}=FOLDER",
        )
    if folder.resolve().is_relative_to(store.resolve()):
        raise UsageError(
            "the key folder lies in the store",
            where=where,
            effect=effect,
            remedy="name a folder outside the store: who copies one must not have both",
        )
    return folder


def _act(actor: str | None, reason: str, second: str | None = None, needs_second: bool = False) -> "Act":
    from screening.protection.key_links import Act

    other = named(second) if second and second.strip() else None
    return Act(who(actor), reason, datetime.now(UTC), other, needs_second)
