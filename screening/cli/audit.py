"""`screening audit …`: does the record of acts hold?"""

from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.output import Format, progress, say, show
from screening.protection.actor import who
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.protection.audit import AuditState
    from screening.protection.audit_records import Head

audit_app = typer.Typer(help="The record of acts: does it hold?", no_args_is_help=True)

_StoreOption = Annotated[
    str, typer.Option("--store", envvar="SCREENING_STORE", help="Root of the store.", show_envvar=True)
]
_ActorOption = Annotated[str | None, typer.Option("--as", help="Who acts; recorded.")]
_DEFAULT_STORE = "store"


@audit_app.command("verify")
def verify_command(
    store: _StoreOption = _DEFAULT_STORE,
    anchor: Annotated[
        str | None, typer.Option(help="A head kept outside the store, as `audit head` prints it: SEQ:HASH.")
    ] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TABLE,
) -> None:
    """Read the whole record of acts and compare every byte, then the store with what the record says of it.

    Nights, their files, decisions and lists in use are compared with the last act on each. Exits 0 if all
    holds, 1 if the record was changed or cut (the text names the first place) or the store differs from it
    (the text names each difference and what to do).

    Example: screening audit verify --anchor 1841:9f2c…
    """
    from screening.casework.record import differences
    from screening.protection.audit import verify
    from screening.store.object_path import store_path
    from screening.store.zones import store_at

    opened = store_at(store_path(store))
    state = verify(opened, _head(anchor))
    progress("comparing the store with the record")
    found = differences(opened) if opened.root.is_dir() else []
    show([_row(state) | {"differences": found if shape is not Format.TABLE else len(found)}], shape)
    if shape is Format.TABLE:
        for text in found:
            say(f"- {text}")
    raise typer.Exit(0 if state.holds and not found else 1)


@audit_app.command("head")
def head_command(store: _StoreOption = _DEFAULT_STORE) -> None:
    """Print the last record's number and hash, to be kept outside once a day (other disk, print, post).

    Example: screening audit head >> /mnt/other/audit-heads.txt
    """
    from screening.protection.audit import head
    from screening.store.object_path import store_path
    from screening.store.zones import store_at

    last = head(store_at(store_path(store)))
    say("0:" + "0" * 64 if last is None else f"{last.seq}:{last.hash}")


@audit_app.command("mend")
def mend_command(
    reason: Annotated[str, typer.Option(help="What you found; recorded.")],
    store: _StoreOption = _DEFAULT_STORE,
    actor: _ActorOption = None,
) -> None:
    """Set a damaged end of the record aside and go on with it; its bytes are kept. A whole one stays.

    Example: screening audit mend --as officer1 --reason "disk replaced, line lost"
    """
    from screening.protection.audit import mend
    from screening.store.object_path import store_path
    from screening.store.zones import store_at

    last = mend(store_at(store_path(store)), who(actor), reason)
    if last is None:
        say("There is nothing to mend: the record's end is whole. All of it: `screening audit verify`.")
        return
    say(f"The record goes on with {last.seq}; the damaged bytes lie beside it in the audit zone.")


def _head(text: str | None) -> "Head | None":
    from screening.protection.audit_records import Head

    if text is None:
        return None
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise UsageError(
            "this is no head of an audit chain",
            where="--anchor",
            effect="nothing was compared",
            remedy="give SEQ:HASH as `screening audit head` printed it",
        )
    return Head(int(number), digest)


def _row(state: "AuditState") -> dict[str, object]:
    return {
        "holds": state.holds,
        "records": state.records,
        "head": None if state.head is None else f"{state.head.seq}:{state.head.hash}",
        "broken": state.broken,
        "where": state.where,
        "reason": state.reason,
        "repairs": state.repairs,
    }
