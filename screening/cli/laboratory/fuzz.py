"""`screening fuzz`: damaged messages through the readers, and whether everything that must hold did."""

from typing import Annotated

import typer

from screening.cli.output import Format, progress, show


def fuzz(
    messages: Annotated[int, typer.Option(min=1, help="How many damaged messages.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Same seed: same messages, same damage.")] = 1,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Read damaged messages of all dialects; fail where one crashes, hangs or loses bytes or people.

    Example: screening fuzz --messages 1000000 --seed 1
    """
    from screening.lab.fuzz import fuzz as run

    done = run(messages, seed, progress)
    row: dict[str, object] = {
        "damaged": done.cases,
        "MB": round(done.bytes / 1e6, 1),
        "messages_read": done.messages - done.quarantined_messages,
        "messages_set_aside": done.quarantined_messages,
        "travellers": done.travellers,
        "quarantine_entries": done.units,
        "read_again_blanked": done.reread,
        "seconds": round(done.seconds),
        "slowest_ms": round(done.slowest * 1000, 1),
        "failed": done.failed,
    }
    show([row], shape, title=f"Damaged messages, seed {seed}")
    if done.failed:
        show([{"case": one.number, "what": one.what} for one in done.failures], shape, title="Failures")
        raise typer.Exit(1)
