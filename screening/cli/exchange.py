"""Alerts go to partners and come from them: package, accept, acknowledge, flag, exchange, conformance."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.alerts import upright
from screening.cli.options import Actor, Shape
from screening.cli.output import Format, progress, say, show
from screening.protection.actor import who
from screening.tables.errors import UsageError

app = typer.Typer(help="Exchange of alerts with partners.", no_args_is_help=True)
_List = Annotated[str, typer.Option("--list", help="Our id of the list.")]
_COLUMNS = (
    "partner", "direction", "list_id", "sequence", "valid_until", "alerts", "acknowledged", "open", "refused",
    "notes", "mend",
)  # fmt: skip


@app.command("package")
def package_command(
    list_id: _List,
    recipient: Annotated[str, typer.Option("--to", help="Partner, as in exchange.partners of the profile.")],
    out: Annotated[Path, typer.Option(help="File to write, .zip.")],
    anew: Annotated[
        bool, typer.Option("--anew", help="Make another package although nothing has changed.")
    ] = False,
    after: Annotated[
        int | None,
        typer.Option(help="Number that the partner accepted last, where our own counter was lost."),
    ] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Write the version in use, as far as the partner may have it, as one signed package. Recorded.

    While nothing has changed and the last one is valid, the same package is written again. Exits 1 where an
    alert does not fit into the format: it stays, and is named with the field to mend.

    Example: screening alerts package --list own --to bb-border --out own-bb.zip
    """
    from screening.list_keeping.exchange.sending import package
    from screening.night.settings import load_settings

    settings = load_settings()
    made = package(
        settings.store,
        settings.profile.exchange,
        list_id,
        recipient,
        out,
        actor=who(actor),
        at=datetime.now(UTC),
        anew=anew,
        after=after,
    )
    row = asdict(made)
    show(upright(row) if shape is Format.TABLE else [row], shape)
    if made.unfit:
        raise typer.Exit(1)


@app.command("accept")
def accept_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A partner's package, receipt or answer.")],
    after_gap: Annotated[
        str | None,
        typer.Option(help="Why a package is taken although one before it is missing; recorded."),
    ] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Take in a package, a receipt or an answer, if its signature and all that it says hold.

    Signature, recipient, sequence, hashes and schema are checked, then terms and the import gate, before a
    row is stored. A refusal is recorded. Exits 1 when the import gate holds the list back or alerts wait.

    Example: screening alerts accept own-bb.zip --as anna
    """
    from screening.list_keeping.exchange.accepting import Acknowledged, accept
    from screening.list_keeping.exchange.asking import Told
    from screening.night.settings import load_settings

    settings = load_settings()
    done = accept(
        settings.store,
        settings.profile,
        path,
        folder=settings.profile_folder,
        actor=who(actor),
        at=datetime.now(UTC),
        after_gap=after_gap,
    )
    if isinstance(done, Acknowledged):
        show(upright(asdict(done)) if shape is Format.TABLE else [asdict(done)], shape)
        return
    if isinstance(done, Told):
        rows = [{"issuer": done.issuer, "list": done.list_id, **asdict(one)} for one in done.answers]
        show(rows, shape, ("issuer", "list", "asked", "hit", "reference"))
        return
    imported = done.imported
    row: dict[str, object] = {
        "issuer": done.issuer,
        "list": imported.list_id,
        "sequence": done.sequence,
        "version": imported.version,
        "new": imported.new,
        "active": imported.active,
        "alerts": imported.alerts - done.withdrawn,
        "withdrawn": done.withdrawn,
        "waiting": done.waiting,
        "valid_until": done.valid_until,
        "held": [f"{reason.code}: {reason.text}" for reason in imported.gate.reasons],
        "warnings": [f"{reason.code}: {reason.text}" for reason in imported.gate.warnings],
    }
    show(upright(row) if shape is Format.TABLE else [row], shape)
    if not imported.active:
        progress(
            f"held back; `screening alerts release --list {imported.list_id} --version {imported.version} "
            "--reason …` lets it through"
        )
    if not imported.active or done.waiting:
        raise typer.Exit(1)


@app.command("acknowledge")
def acknowledge_command(
    list_id: _List,
    out: Annotated[Path, typer.Option(help="File to write, .jws.")],
    actor: Actor = None,
) -> None:
    """Write the signed receipt of the last accepted package of a list, for its issuer. Recorded.

    It says whether the list is in use, which withdrawals were done, which alerts wait and which are refused.

    Example: screening alerts acknowledge --list bb-watch --out receipt.jws
    """
    from screening.list_keeping.exchange.answering import acknowledge
    from screening.night.settings import load_settings

    settings = load_settings()
    receipt = acknowledge(
        settings.store, settings.profile.exchange, list_id, out, actor=who(actor), at=datetime.now(UTC)
    )
    say(
        f"receipt of package {receipt.sequence} for {receipt.recipient}: {receipt.outcome}, {receipt.alerts} "
        f"alerts, {len(receipt.withdrawn)} withdrawn, {len(receipt.waiting)} waiting, "
        f"{len(receipt.refused)} not acted on"
    )


@app.command("flag")
def flag_command(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Source id of the alert.")],
    list_id: _List,
    reason: Annotated[str, typer.Option(help="Why; the partner reads it.")],
    end: Annotated[bool, typer.Option("--end", help="Act on it again.")] = False,
    actor: Actor = None,
) -> None:
    """Refuse to act on an alert of a partner's list, or end that; recorded, and told with the next receipt.

    The alert stays in the list and raises hits: a person decides about each.

    Example: screening alerts flag B-17 --list bb-watch --reason "no legal basis here" --as anna
    """
    from screening.list_keeping.exchange.answering import flag
    from screening.night.settings import load_settings

    settings = load_settings()
    changed = flag(
        settings.store,
        settings.profile.exchange,
        list_id,
        alert,
        reason,
        actor=who(actor),
        at=datetime.now(UTC),
        end=end,
    )
    if not changed:
        say("It is so already; nothing was recorded.")
        return
    say(f"Recorded. `screening alerts acknowledge --list {list_id} --out FILE` tells the partner.")


@app.command("ask")
def ask_command(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS", help="JSON Lines; - for standard input.")],
    partner: Annotated[str, typer.Option("--to", help="Partner whose list it is.")],
    list_id: Annotated[str, typer.Option("--list", help="Id of the list there.")],
    reason: Annotated[str, typer.Option(help="Why; recorded here and there. It must not name anybody.")],
    out: Annotated[Path, typer.Option(help="File to write, .jws.")],
    actor: Actor = None,
) -> None:
    """Write signed questions to a partner who gives hits only (tier hit_no_hit). Recorded.

    A line: {"ref": "our own reference", "number": "K1234567", "state": "MD"}, or with "name" and "born". The
    partner sees what is asked. `screening alerts accept` takes the answer in.

    Example: screening alerts ask questions.jsonl --to bb-border --list watch --reason "case 17" --out q.jws
    """
    from screening.list_keeping.exchange.asking import ask
    from screening.night.settings import load_settings

    settings = load_settings()
    if str(questions) != "-" and not questions.is_file():
        raise UsageError(
            "there is no such file", where="QUESTIONS", effect="nothing was asked", remedy="name a file"
        )
    lines = sys.stdin.buffer.read() if str(questions) == "-" else questions.read_bytes()
    count = ask(
        settings.store,
        settings.profile.exchange,
        partner,
        list_id,
        lines,
        out,
        reason=reason,
        actor=who(actor),
        at=datetime.now(UTC),
    )
    say(f"{count} questions for {partner} written to {out}; they may be answered within 24 hours")


@app.command("answer")
def answer_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A partner's questions.")],
    out: Annotated[Path, typer.Option(help="File to write, .jws.")],
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Answer a partner's questions with hit or no hit, and nothing else. Recorded; a quota a day holds.

    A reference goes with each hit, by which people then talk; the record says which alert it stands for.

    Example: screening alerts answer q.jws --out a.jws --as anna
    """
    from screening.list_keeping.exchange.asking import answer
    from screening.night.settings import load_settings
    from screening.protection.keys import load_keys

    settings = load_settings()
    keys = load_keys(settings.profile.agency.production, store_root=settings.store.root)
    gave = answer(
        settings.store, settings.profile.exchange, keys, path, out, actor=who(actor), at=datetime.now(UTC)
    )
    show(upright(asdict(gave)) if shape is Format.TABLE else [asdict(gave)], shape)


@app.command("exchange")
def exchange_command(shape: Shape = Format.TABLE) -> None:
    """Show how the exchange with each partner stands, and what is to be done.

    `open` counts withdrawals that are not acknowledged, or alerts that wait for a person. Exits 1 where
    something is to be done.

    Example: screening alerts exchange
    """
    from screening.list_keeping.exchange.answering import standings
    from screening.night.settings import load_settings

    settings = load_settings()
    found = standings(settings.store, settings.profile.exchange, datetime.now(UTC))
    show([asdict(one) for one in found], shape, _COLUMNS)
    raise typer.Exit(1 if any(one.mend for one in found) else 0)


@app.command("conformance")
def conformance_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A package or a receipt.")],
    public: Annotated[
        str | None, typer.Option("--key", help="Public key of its issuer; else the signature is not judged.")
    ] = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Say whether a file keeps the format of docs/exchange.md; needs no store, profile or partner.

    Recipient, time and sequence are not judged. Exits 1 where the format is not kept.

    Example: screening alerts conformance package.zip --key hW9vS6u0yv0Xr3m1o7Zp5cJ2kQ8aL4tYd6uE0fGgHhI
    """
    from screening.list_keeping.exchange.conformance import conforms

    checks = conforms(path, public)
    if shape is Format.JSON:
        say(json.dumps([asdict(one) for one in checks], ensure_ascii=False, indent=2))
    else:
        show([asdict(one) for one in checks], shape, ("check", "result", "what"))
    raise typer.Exit(1 if any(one.result == "failed" for one in checks) else 0)
