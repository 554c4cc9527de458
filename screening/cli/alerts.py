"""`screening alerts …`: lists come in, are compared, checked, let through and exported."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli import alert_approving, alert_authoring
from screening.cli.alert_quality import add_to
from screening.cli.looking import looked
from screening.cli.options import Actor, Purpose, Shape
from screening.cli.output import Format, progress, say, show, warn
from screening.protection.actor import who
from screening.reports.text import days_old
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.alerts.model import Imported
    from screening.list_keeping.lists import ListVersion

app = typer.Typer(
    help="Alert lists: import, compare, check, let through, export; own alerts by two people.",
    no_args_is_help=True,
)

_List = Annotated[str, typer.Option("--list", help="Id of the list, as in the profile.")]
_MOST_ROWS = 20


@app.command("import")
def import_command(
    source: Annotated[str, typer.Argument(help="Format: ofac, un, own, documents, canonical, …")],
    path: Annotated[Path, typer.Argument(help="The publisher's file, or a folder of its files.")],
    list_id: _List,
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping file (TOML): columns of an own list, encoding, terms.")
    ] = None,
    terms: Annotated[
        Path | None, typer.Option(help="Table of the authority's codes, CSV or TOML; else the mapping's.")
    ] = None,
    actor: Actor = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Read a list into the store; it comes into use if the import gate lets it pass.

    Exits 1 when the gate holds it back: it is stored, and a named person may release it. Exits 1 too
    when some of it
    is not sought: a code without a row in the table of terms, a range of numbers that cannot be read.

    Example: screening alerts import ofac downloads/ofac --list ofac
    """
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    settings = load_settings()
    policy = settings.profile.policy(_checked(list_id))
    if mapping is None and policy.mapping:
        mapping = settings.profile_folder / policy.mapping
    if terms is None and policy.terms:
        terms = settings.profile_folder / policy.terms
    progress(f"reading {path}")
    result = lists.import_list(
        settings.store, policy, source, path, mapping=mapping, terms=terms, actor=who(actor),
        at=datetime.now(UTC),
    )  # fmt: skip
    row = {
        "list": result.list_id,
        "version": result.version,
        "new": result.new,
        "active": result.active,
        "alerts": result.alerts,
        "held": [f"{reason.code}: {reason.text}" for reason in result.gate.reasons],
        "warnings": [f"{reason.code}: {reason.text}" for reason in result.gate.warnings],
        "findings": dict(sorted(Counter(finding.code for finding in result.findings).items())),
        "counts": dict(result.counts),
    }
    if shape is Format.TABLE:
        show(upright(row), shape)
    else:
        show([row], shape)
    if not result.active:
        how = f"`screening alerts release --list {list_id} --version {result.version} --reason …`"
        progress(f"held back; {how} lets it through")
    if result.needs_a_person:
        progress(f"`screening alerts check --list {list_id} --version {result.version}` shows the rows")
        raise typer.Exit(1)


@app.command("versions")
def versions_command(list_id: _List, shape: Shape = Format.TABLE) -> None:
    """List the stored versions of a list, oldest first.

    Example: screening alerts versions --list ofac --format json
    """
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    columns = (
        "version",
        "imported_at",
        "active",
        "alerts",
        "source",
        "published",
        "held",
        "sequence",
        "imported_by",
        "waiting",
        "terms",
    )
    show([version.row() for version in lists.versions(load_settings().store, list_id)], shape, columns)


@app.command("list")
def list_command(shape: Shape = Format.TABLE) -> None:
    """Show every list of store and profile, the version in use and its age.

    Example: screening alerts list
    """
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    settings = load_settings()
    ids = sorted({*lists.known_lists(settings.store), *(policy.id for policy in settings.profile.lists)})
    rows = []
    for list_id in ids:
        stored, policy = lists.versions(settings.store, list_id), settings.profile.policy(list_id)
        active = next((version for version in stored if version.active), None)
        age = (datetime.now(UTC) - datetime.fromisoformat(active.imported_at)).days if active else None
        rows.append(
            {
                "list": list_id,
                "active": active.version if active else None,
                "alerts": active.alerts if active else 0,
                "age_days": days_old(age) if shape is Format.TABLE and age is not None and age < 0 else age,
                "versions": len(stored),
                "held": sum(bool(version.held) and not version.active for version in stored),
                "category": policy.category,
                "severity": policy.severity,
                "authority": policy.authority,
            }
        )
    columns = (
        "list",
        "active",
        "alerts",
        "age_days",
        "versions",
        "held",
        "category",
        "severity",
        "authority",
    )
    show(rows, shape, columns)


@app.command("diff")
def diff_command(
    list_id: _List,
    old: Annotated[str, typer.Option("--from", help="ListVersion, or its first digits.")],
    new: Annotated[str, typer.Option("--to", help="ListVersion, or its first digits.")],
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show what was added, removed and changed between two versions, by source id and field. Recorded.

    Example: screening alerts diff --list ofac --from 3a7a39fd --to 61f0c2d4 --format json
    """
    from screening.alerts.diff import diff
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    store = load_settings().store
    found = diff(lists.open_version(store, list_id, old), lists.open_version(store, list_id, new))
    versions = [f"{list_id}={lists.resolve(store, list_id, one)}" for one in (old, new)]
    looked(store, "list.diff", versions, actor, reason)
    if shape is Format.JSON:
        say(json.dumps(found.document(), ensure_ascii=False))
        return
    rows: list[dict[str, object]] = [
        {"change": word, "source_id": key, "fields": None}
        for word, keys in (("added", found.added), ("removed", found.removed))
        for key in keys
    ]
    rows += [
        {"change": "changed", "source_id": key, "fields": list(fields)}
        for key, fields in found.changed.items()
    ]
    rows += [{"change": "restated", "source_id": key, "fields": ["remarks"]} for key in found.restated]
    title = (
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed, "
        f"{found.unchanged} unchanged"
    )
    show(rows, shape, ("change", "source_id", "fields"), title)


@app.command("check")
def check_command(
    list_id: _List,
    version: Annotated[
        str | None, typer.Option(help="ListVersion, or its first digits; else the active one.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every row of every finding.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Rows shown of each check; by default 20 of a table, else all.")
    ] = None,
    duplicates: Annotated[bool, typer.Option(help="Look for alerts that stand twice.")] = True,
    load: Annotated[bool, typer.Option(help="Work out the hits that its alerts would raise.")] = True,
    actor: Actor = None,
    reason: Purpose = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Show the quality of a version, in use or not: completeness, duplicates, expected load. Recorded.

    What deviated; alerts that wait, have too little data, are overdue for review or lapse; alerts that may be
    one person (`merge`, `keep-apart`, `unmerge` decide); hits for 1,000 travellers by alert, against held
    nights or else by the model, and the datum that would cure it. Exits 1 when the gate holds it back.

    Example: screening alerts check --list ofac --limit 50 --format json
    """
    from screening.cli import alert_quality as quality
    from screening.list_keeping import lists
    from screening.night.settings import load_settings
    from screening.store.current_json import nights

    settings = load_settings()
    store = settings.store
    whole = lists.resolve(store, list_id, version)
    stored = next(each for each in lists.versions(store, list_id) if each.version == whole)
    most = limit or (_MOST_ROWS if shape is Format.TABLE and not everything else None)
    rows = _check_rows(lists.open_version(store, list_id, whole), stored, most)
    looked(store, "list.check", [f"{list_id}={whole}"], actor, reason)
    rows += quality.shortcoming_rows(settings, list_id, whole, most)
    if duplicates:
        rows += quality.duplicate_rows(settings, list_id, whole, most)
    if load:
        held = [night.isoformat() for night in nights(store)]
        looked(store, "list.load", [f"{list_id}={whole}", *held], actor, reason)
        rows += quality.load_rows(settings, list_id, whole, most)
    rows += quality.decided_rows(settings, list_id, most, who(actor))
    show(rows, shape, quality.COLUMNS[:3] if shape is Format.TABLE else quality.COLUMNS)
    if stored.held and not stored.active:
        raise typer.Exit(1)


@app.command("release")
def release_command(
    list_id: _List,
    version: Annotated[str, typer.Option(help="The held version, or its first digits.")],
    reason: Annotated[str, typer.Option(help="Why it may come into use; recorded.")],
    actor: Actor = None,
) -> None:
    """Let a version through that the import gate held back; recorded with your name and reason.

    Example: screening alerts release --list ofac --version 61f0 --as anna --reason "60 delistings announced"
    """
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    whole = lists.release(load_settings().store, list_id, version, who(actor), reason, at=datetime.now(UTC))
    say(f"{list_id} {whole} is in use.")


@app.command("activate")
def activate_command(
    list_id: _List,
    version: Annotated[str, typer.Option(help="A stored version, or its first digits.")],
    reason: Annotated[str, typer.Option(help="Why; recorded.")],
    actor: Actor = None,
) -> None:
    """Go back to an earlier version of a list; recorded with your name and reason.

    Example: screening alerts activate --list own --version 3a7a --as anna --reason "wrong file imported"
    """
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    store = load_settings().store
    whole = lists.resolve(store, list_id, version)
    if any(each.version == whole and each.held for each in lists.versions(store, list_id)):
        raise UsageError(
            f"the version {whole} was held back by the import gate",
            where="--version",
            effect="the active version stays in use",
            remedy=f"`screening alerts release --list {list_id} --version {whole} --reason TEXT` lets it in",
        )
    whole = lists.activate(store, list_id, whole, who(actor), reason, at=datetime.now(UTC))
    say(f"{list_id} {whole} is in use.")


@app.command("export")
def export_command(
    list_id: _List,
    out: Annotated[
        Path, typer.Option(help="File to write: .jsonl (or .json), .parquet, or .ftm.json (FollowTheMoney).")
    ],
    version: Annotated[
        str | None, typer.Option(help="Version; else the active one, else the latest.")
    ] = None,
    actor: Actor = None,
    reason: Purpose = None,
) -> None:
    """Write a version in the canonical model, or as FollowTheMoney, by the file's ending. Recorded.

    Example: screening alerts export --list ofac --out ofac.jsonl
    """
    from screening.list_keeping import lists
    from screening.night.settings import load_settings

    ending = out.suffix.lower()
    if ending not in {".jsonl", ".json", ".ndjson", ".parquet"}:
        raise UsageError(
            f"the ending `{ending}` says no format",
            where="--out",
            effect="nothing was written",
            remedy="name a file that ends in .jsonl, .parquet or .ftm.json",
        )
    store = load_settings().store
    whole, left_out = lists.export_version(store, list_id, version, out)
    looked(store, "list.export", [f"{list_id}={whole}"], actor, reason)
    progress(f"{list_id} {whole} written to {out}")
    for kind, count in left_out.items():
        warn(f"{out.name} has no place for {count} {kind.replace('_', ' ')}; the canonical model has")


def _checked(list_id: str) -> str:
    """Refuse an id that no profile could hold, before it becomes a policy."""
    from screening.list_keeping import lists

    return lists.checked_id(list_id)


def upright(row: dict[str, object]) -> list[dict[str, object]]:
    """Turn one wide row into lines that a person can read."""
    lines: list[dict[str, object]] = []
    for name, value in row.items():
        values = [f"{key}: {item}" for key, item in value.items()] if isinstance(value, dict) else value
        for item in values if isinstance(values, list) else [values]:
            lines.append({"what": name, "value": item})
    return lines


def _check_rows(imported: "Imported", stored: "ListVersion", most: int | None) -> list[dict[str, object]]:
    from screening.alerts.gate import completeness

    dated, documented = completeness(imported)
    rows: list[dict[str, object]] = [
        {"check": "version", "what": stored.version, "value": "active" if stored.active else "not active"},
        {"check": "completeness", "what": "with a date of birth", "value": f"{dated:.1%}"},
        {"check": "completeness", "what": "with a document", "value": f"{documented:.1%}"},
        *({"check": "count", "what": name, "value": count} for name, count in imported.counts.items()),
    ]
    for reason in stored.held:
        code, _, text = reason.partition(": ")
        rows.append({"check": "held", "what": code, "value": text})
    rows += _waiting_rows(imported)
    rows += _finding_rows(imported, most)
    return rows


def _waiting_rows(imported: "Imported") -> list[dict[str, object]]:
    """Return a row for each alert that waits for a person, with the code that has no row."""
    from screening.alerts.terms import WAITS
    from screening.tables.codes import AlertStatus

    alerts = imported.alerts.select(["list", "source_id", "status", "provenance"]).to_pylist()
    waiting = [row for row in alerts if row["status"] == AlertStatus.HELD]
    if not waiting:
        return []
    how = f"add the row, then `screening alerts import SOURCE PATH --list {waiting[0]['list']} --terms FILE`"
    rows: list[dict[str, object]] = [
        {"check": "waiting", "what": "alerts that raise no hit", "value": len(waiting)},
        {"check": "waiting", "what": "mend", "value": how},
    ]
    for row in waiting:
        told = json.loads(row["provenance"])["remarks"].get(WAITS, [])
        rows.append({"check": "waiting", "what": row["source_id"], "value": "; ".join(told)})
    return rows


def _finding_rows(imported: "Imported", most: int | None) -> list[dict[str, object]]:
    """Return each kind of finding with its number, then the rows that it is about, worst first."""
    from screening.tables.codes import Level

    order = [Level.ERROR, Level.WARNING, Level.INFO]
    groups: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for finding in imported.findings:
        where = f"{finding.file} {finding.record}" if finding.record else finding.file
        groups.setdefault((order.index(finding.level), finding.code), []).append((where, finding.text))
    rows: list[dict[str, object]] = []
    for (level, code), found in sorted(groups.items()):
        rows.append({"check": f"finding, {order[level]}", "what": code, "value": len(found)})
        rows += [{"check": code, "what": where, "value": text} for where, text in found[:most]]
        if most is not None and len(found) > most:
            more = "`--all`, or --format json or csv, shows them"
            rows.append({"check": code, "what": f"{len(found) - most} more", "value": more})
    return rows


add_to(app)
alert_authoring.register(app)
alert_approving.register(app)
