"""`screening review`: the web application of the review, and who may log in."""

import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from screening.cli.options import Actor, Shape
from screening.cli.output import Format, say, show
from screening.cli.typed import typed
from screening.protection.actor import who
from screening.tables.codes import ReviewRole
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.review.database import Database

app = typer.Typer(help="The review of hits in a browser.", invoke_without_command=True)
accounts_app = typer.Typer(help="Who may log in to the review.", no_args_is_help=True)
app.add_typer(accounts_app, name="account")
_Name = Annotated[str, typer.Argument(help="Name under which the person's acts are recorded.")]
_Roles = Annotated[list[ReviewRole], typer.Option("--role", help="What the person may do; repeatable.")]
_COLUMNS = ("name", "roles", "allowed", "active")


@app.callback()
def review(context: typer.Context) -> None:
    """Start the review in a browser, on the loopback; without a command the same as `serve`."""
    if context.invoked_subcommand is None:
        serve()


@app.command("serve")
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on the loopback.")] = 8090,
    public: Annotated[
        str | None,
        typer.Option(help="Address that a TLS proxy gives it, https://HOST; else the loopback alone."),
    ] = None,
) -> None:
    """Start the review: queue, hits, decisions in a browser. Ctrl-C ends it; what was decided stays.

    It listens on 127.0.0.1 alone. For people at other machines put a TLS proxy of yours before it and name
    its address by --public (docs/review.md).

    Example: screening review serve --port 8090
    """
    import uvicorn

    from screening.night.settings import load_settings
    from screening.review.accounts import accounts
    from screening.review.app import create_app
    from screening.review.desk import desk_of, tidy
    from screening.review.index import bring_up, index_of
    from screening.review.office import Office

    origin = _origin(public) if public else f"http://127.0.0.1:{port}"
    settings = load_settings()
    desk = desk_of(settings.store)
    tidy(desk, datetime.now(UTC))
    bring_up(index_of(settings.store), settings.store, settings.profile, datetime.now(UTC))
    if not accounts(desk):
        say("Nobody may log in yet: screening review account add NAME --role analyst")
    say(f"Review: {origin}  (Ctrl-C ends it)")
    uvicorn.run(
        create_app(Office(origin=origin)),
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,  # addresses hold what somebody looked for
        server_header=False,
        proxy_headers=public is not None,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=5,
    )


def _origin(public: str) -> str:
    parts = urlsplit(public)
    if parts.scheme != "https" or not parts.netloc or parts.path not in {"", "/"} or parts.query:
        raise UsageError(
            "this is no address of a TLS proxy",
            where="--public",
            effect="nothing was started",
            remedy="write https://HOST or https://HOST:PORT, without a path",
        )
    return f"https://{parts.netloc.lower()}"


@accounts_app.command("add")
def add(name: _Name, role: _Roles, actor: Actor = None) -> None:
    """Make an account; its password is asked for, or read from standard input. Recorded.

    Example: screening review account add anna --role analyst
    """
    from screening.review.accounts import add_account

    desk = _desk()
    made = add_account(desk, name, role, _password(), datetime.now(UTC))
    _record("account.add", made.name, [f"role:{one}" for one in sorted(made.roles)], actor)
    say(f"{made.name} may log in as {', '.join(sorted(made.roles))}.")
    _warn_of_profile(made.name)


@accounts_app.command("list")
def list_(shape: Shape = Format.TABLE) -> None:
    """List the accounts, and what of their roles the profile allows.

    Example: screening review account list
    """
    from screening.night.settings import load_settings
    from screening.review.accounts import accounts
    from screening.review.office import allowed

    review_ = load_settings().profile.review
    rows: list[dict[str, object]] = [
        {
            "name": one.name,
            "roles": sorted(one.roles),
            "allowed": sorted(allowed(one, review_)),
            "active": one.active,
        }
        for one in accounts(_desk())
    ]
    show(rows, shape, _COLUMNS)


@accounts_app.command("roles")
def roles(name: _Name, role: _Roles, actor: Actor = None) -> None:
    """Give an account other roles, in place of those it has; its sessions end. Recorded.

    Example: screening review account roles anna --role analyst --role supervisor
    """
    from screening.review.accounts import set_roles

    set_roles(_desk(), name, role)
    _record("account.roles", name, [f"role:{one}" for one in sorted(role)], actor)
    say(f"{name} is {', '.join(sorted(role))} from the next log-in on.")
    _warn_of_profile(name)


@accounts_app.command("password")
def password(name: _Name, actor: Actor = None) -> None:
    """Give an account another password; its sessions end. Recorded.

    Example: screening review account password anna
    """
    from screening.review.accounts import set_password

    set_password(_desk(), name, _password())
    _record("account.password", name, [], actor)
    say(f"{name} logs in with the new password.")


@accounts_app.command("end")
def end(name: _Name, actor: Actor = None) -> None:
    """Let nobody log in with an account any more; what its person did stays on record. Recorded.

    Example: screening review account end anna
    """
    from screening.review.accounts import end_account

    end_account(_desk(), name)
    _record("account.end", name, [], actor)
    say(f"{name} may log in no more.")


def _desk() -> "Database":
    from screening.night.settings import load_settings
    from screening.review.desk import desk_of

    return desk_of(load_settings().store)


def _password() -> str:
    if not sys.stdin.isatty():
        return typed("Password") or ""
    first = getpass("Password: ")
    if getpass("Once more: ") != first:
        raise UsageError(
            "the two passwords differ",
            where="the prompt",
            effect="no account was made or changed",
            remedy="the same command again",
        )
    return first


def _record(act: str, name: str, more: list[str], actor: str | None) -> None:
    from screening.night.settings import load_settings
    from screening.protection.audit import append

    append(load_settings().store, who(actor), act, [f"account:{name}", *more])


def _warn_of_profile(name: str) -> None:
    from screening.night.settings import load_settings
    from screening.review.accounts import accounts
    from screening.review.office import allowed

    review_ = load_settings().profile.review
    from screening.hits.four_eyes import same_person

    [account] = [one for one in accounts(_desk()) if same_person(one.name, name)]
    missing = account.roles - allowed(account, review_)
    if missing:
        words = ", ".join(sorted(missing))
        say(f"The profile does not name them as {words}: add {account.name} to its section `review` first.")
