"""`screening store check` and `migrate`: the form in which the store lies, and how an upgrade changes it."""

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.protection.actor import who

app = typer.Typer(help="The form in which the store lies, and its migration.", no_args_is_help=True)


@app.command("check")
def check(shape: Shape = Format.TABLE) -> None:
    """Say which format the store has, and list what `store migrate` would publish anew or refuse.

    Reads every published file and changes nothing. `moves` is published once more under today's name or in
    today's zone; `damaged` and `unknown` have to be mended before. Exits 1 if the store has to be migrated,
    or one of its files is damaged or unknown.

    Example: screening store check
    """
    from screening.night.migration import looked_at
    from screening.night.settings import load_settings
    from screening.store.format import FORMAT, described, format_of

    store = load_settings(any_format=True).store
    before = format_of(store.root)
    found = looked_at(store)
    if shape is Format.TABLE:
        say(f"The store has {f'format {before}' if before else 'not begun'}; this is {described()}.\n")
    rows: list[dict[str, object]] = [
        {"night": one.night, "table": one.table, "path": one.path, "state": one.state, "becomes": one.becomes}
        for one in found
    ]
    show(rows, shape, ["night", "table", "path", "state", "becomes"])
    raise typer.Exit(1 if found or before not in {None, FORMAT} else 0)


@app.command("migrate")
def migrate(actor: Actor = None) -> None:
    """Bring a store of an older release into this release's form. Recorded; safe to kill and to repeat.

    Compares every published file with its hash first and refuses a store of which one is damaged. Nights that
    hold a table under an earlier name or in an earlier zone get a revision with the same rows.

    Example: screening store migrate --as operator1
    """
    from screening.night.migration import migrate as carry_out
    from screening.night.settings import load_settings
    from screening.store.format import described

    store = load_settings(any_format=True).store
    done = carry_out(store, actor=who(actor))
    if done.before is None:
        say(f"There is nothing to migrate: {described()}.")
        return
    nights = ", ".join(night.isoformat() for night in done.published)
    say(f"The store had format {done.before}; now: {described()}.")
    say(f"Published anew, with the same rows: {nights or 'no night'}.")
