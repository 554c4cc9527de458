"""An act that changes rows of published nights: written down first, carried out whole, proved.

Terms by outcome, masking, and what a person's rights ask for all change rows in tables that are published.
They do it here and nowhere else:

1. the act is written down (`individual/acts/rewriting/<id>.begun`; what a rule needs may name a person, so
   this lies in the individual zone and goes when the act is done);
2. each of its nights, oldest first, is published anew with the rows that its rule gives, and its masked
   columns are sealed anew under a new key;
3. files that it replaces are removed from every revision at once, since later nights draw from what remains
   of it; then the further files of the act (reports, raw bytes …); it is looked that they are gone;
4. the proof is kept (`audit/rewritings/<id>.json`: paths, hashes, counts, no rows), the act recorded in the
   chain of acts with the hash of the proof, and what was written down first goes.

A kill anywhere is taken up by the next `take_up`: a rule is asked again and finds nothing left to do where
its night is done. So a rule must be idempotent, and depend on its parameters and the store, never on a clock.

A re-run that pinned a superseded revision reads what took its place (`published.read_revision`).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from screening.protection.audit import append
from screening.protection.masked import key_is_there, masked_path, read_masked, write_masked
from screening.store.current_json import Current, FileKey, current, replaced, revision, superseded
from screening.store.files import (
    canonical_json,
    date_file,
    disk_faults,
    read_json,
    sha256_file,
    sync_folder,
    write_bytes,
)
from screening.store.once import forget_gathered
from screening.store.published import NightFiles
from screening.store.revisions import rewrite
from screening.store.zones import Store, inner_path, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError


@dataclass(frozen=True)
class NightRows:
    """What a rule is given of a night.

    Attributes:
        night: the night.
        files: tables by (name, retention class), as published; read when asked for.
        masked: masked columns by table name (`protection.masked`); none where their key is gone.
        store: for rules that look at other nights too; they only read.
    """

    night: date
    files: NightFiles
    masked: Mapping[str, pa.Table]
    store: Store


@dataclass(frozen=True)
class Change:
    """What a rule makes of a night.

    Attributes:
        files: the tables that change, whole, by (name, class); None for a file that goes. What is not named
            stays.
        masked: masked columns that change, by table name; None for a table that goes.
    """

    files: Mapping[FileKey, pa.Table | None] = field(default_factory=dict)
    masked: Mapping[str, pa.Table | None] = field(default_factory=dict)


Rule = Callable[[NightRows, Mapping[str, Any]], Change]
"""A pure function of a night's rows and the act's parameters; idempotent."""
Rules = Mapping[str, Rule]


@dataclass(frozen=True)
class Rewriting:
    """An act on published rows.

    Attributes:
        act: word of the audit chain, `retention.rows`.
        rule: name of its rule.
        parameters: what the rule needs, as JSON; may name a person.
        nights: nights that it may touch.
        reason: why, for the chain; no names.
        objects: further pseudonymous ids for the chain.
        remove: further files to remove, relative to the store.
    """

    act: str
    rule: str
    parameters: Mapping[str, Any]
    nights: tuple[date, ...]
    reason: str | None = None
    objects: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True)
class RewritingProof:
    """What an act did.

    Attributes:
        proof_id: its id, and the name of its file in `audit/rewritings/`.
        document: content of that file.
    """

    proof_id: str
    document: Mapping[str, Any]

    @property
    def nights(self) -> tuple[date, ...]:
        """Nights of which rows changed."""
        changed = (night for night, held in self.document["nights"].items() if held["tables"])
        return tuple(date.fromisoformat(night) for night in sorted(changed))

    @property
    def rows(self) -> int:
        """Rows by which the tables became fewer."""
        tables = [table for held in self.document["nights"].values() for table in held["tables"]]
        return sum(max(0, table["rows_before"] - table["rows_after"]) for table in tables)


def carry_out(
    store: Store, rewriting: Rewriting, rules: Rules, *, actor: str, at: datetime
) -> RewritingProof:
    """Carry an act out; the caller holds the nights (`locks.purging`).

    Args:
        store: the store.
        rewriting: the act.
        rules: rules by name.
        actor: who (protection.actor.who).
        at: moment of the record; must know its zone.

    Returns:
        The proof.

    Raises:
        StoreError: a file cannot be read, written or removed; the act goes on with the next `take_up`.
    """
    nights = {}
    for night in sorted(set(rewriting.nights)):
        now = current(store, night)
        if now is not None:
            nights[night.isoformat()] = now.revision
    document = {
        "act": rewriting.act,
        "actor": actor,
        "at": at.isoformat(),
        "rule": rewriting.rule,
        "parameters": dict(rewriting.parameters),
        "nights": nights,
        "reason": rewriting.reason,
        "objects": list(rewriting.objects),
        "remove": {path: _hash(store, path) for path in sorted(set(rewriting.remove))},
    }
    data = canonical_json(document)
    begun = _folder(store) / f"{hashlib.sha256(data).hexdigest()}.begun"
    write_bytes(begun, data)
    return _finish(store, begun, rules)


def take_up(store: Store, rules: Rules) -> tuple[RewritingProof, ...]:
    """End the acts that were killed; the caller holds the nights (`locks.purging`).

    Raises:
        StoreError: as `carry_out`; or what was written down of an act is damaged.
    """
    return tuple(_finish(store, path, rules) for path in begun(store))


def begun(store: Store) -> list[Path]:
    """Return what was written down of acts that have not ended, sorted."""
    return sorted(_folder(store).glob("*.begun"))


def rewriting_proofs(store: Store) -> Iterable[RewritingProof]:
    """Return the proofs of all acts, sorted by id."""
    for path in sorted((store.root / Zone.AUDIT / "rewritings").glob("*.json")):
        document = read_json(path)
        if isinstance(document, dict):
            yield RewritingProof(path.stem, document)


def _folder(store: Store) -> Path:
    return open_zones(store, {Zone.INDIVIDUAL}).path(Zone.INDIVIDUAL, "acts", "rewriting")


def _hash(store: Store, path: str) -> str:
    place = store.root / inner_path(path)
    with disk_faults(place, effect="nothing was changed"):
        return sha256_file(place)


def _finish(store: Store, begun: Path, rules: Rules) -> RewritingProof:
    stated = _read(begun, rules)
    rule, parameters = rules[stated["rule"]], stated["parameters"]
    told: dict[str, dict[str, Any]] = {}
    seals = []
    for label, before in sorted(stated["nights"].items()):
        night = date.fromisoformat(label)
        _apply(store, night, rule, parameters)
        _remove(store, superseded(store, night))  # at once: later nights draw from what remains of this one
        told[label] = _night_proof(store, night, before)
        now = current(store, night)
        seals += [now.seal] if now is not None and now.revision > before else []
    _remove(store, sorted(stated["remove"]))
    document = {key: stated[key] for key in ("act", "actor", "at", "reason", "objects", "remove")}
    document |= {"nights": told}
    files = len(stated["remove"]) + sum(
        len(table["removed"]) for held in told.values() for table in held["tables"]
    )
    data = canonical_json(document)
    folder = open_zones(store, {Zone.AUDIT}).path(Zone.AUDIT, "rewritings")
    sha256 = write_bytes(folder / f"{begun.stem}.json", data)
    moment = datetime.fromisoformat(stated["at"])
    date_file(folder / f"{begun.stem}.json", moment)  # its own term begins here
    objects = [*stated["objects"], begun.stem, f"proof:{sha256}", f"files:{files}", *seals]
    # Killed between the record and the end, the act is recorded twice rather than never.
    append(store, stated["actor"], stated["act"], objects, stated["reason"], moment)
    begun.unlink(missing_ok=True)
    sync_folder(begun.parent)
    return RewritingProof(begun.stem, document)


def _apply(store: Store, night: date, rule: Rule, parameters: Mapping[str, Any]) -> None:
    """Publish a night with the rows that the rule gives; what is masked is kept before it leaves a table."""
    made: list[tuple[Change, dict[str, pa.Table]]] = []

    def change(files: NightFiles) -> Mapping[FileKey, pa.Table | None]:
        held = read_masked(store, night) if key_is_there(store, night) else {}
        asked = rule(NightRows(night, files, held, store), parameters)
        added = {name: table for name, table in asked.masked.items() if table is not None}
        if added:  # before their columns leave the table; a kill in between keeps them in both
            write_masked(store, night, held | added)
        made.append((asked, held))
        return asked.files

    rewrite(store, night, change)
    for asked, held in made:
        if asked.masked:
            left = {name: table for name, table in (held | dict(asked.masked)).items() if table is not None}
            write_masked(store, night, left)
    now = current(store, night)
    if (
        masked_path(store, night).exists()
        and not {file.table for file in (now.files if now else ())} & _OWNERS
    ):
        write_masked(store, night, {})  # also what no key opens any more


_OWNERS = {"statements", "travellers", "hits", "bookings"}
"""Tables of which masked columns are a part."""


def _night_proof(store: Store, night: date, before: int) -> dict[str, Any]:
    """State of a night what changed since revision `before`: files and rows by their hashes."""
    now, was = current(store, night), revision(store, night, before)
    changed = {(table, cls) for number, table, cls in replaced(store, night) if number > before}
    earlier = {number: (table, cls) for number, table, cls in replaced(store, night) if number <= before}
    tables = []
    for table, cls in sorted(changed):
        first = max((number for number, pair in earlier.items() if pair == (table, cls)), default=1)
        new, old = _file(now, table, cls), _file(was, table, cls)
        removed = {
            file.path: file.sha256
            for number in range(first, (now.revision if now else before) + 1)
            for file in _files(revision(store, night, number), table, cls)
            if new is None or file.path != new.path
        }
        tables.append(
            {
                "table": table,
                "class": str(cls),
                "rows_before": old.rows if old else 0,
                "rows_after": new.rows if new else 0,
                "sha256_before": old.sha256 if old else None,
                "sha256_after": new.sha256 if new else None,
                "removed": removed,
            }
        )
    return {"from": before, "to": now.revision if now else before, "tables": tables}


def _files(held: Current | None, table: str, cls: str) -> list[Any]:
    return [file for file in (held.files if held else ()) if (file.table, file.cls) == (table, cls)]


def _file(held: Current | None, table: str, cls: str) -> Any:  # noqa: ANN401  (PublishedFile or None)
    return next(iter(_files(held, table, cls)), None)


def _remove(store: Store, paths: Iterable[str]) -> None:
    left = []
    for path in paths:
        place = store.root / inner_path(path)
        if place.exists():
            with disk_faults(place, effect="the act is not complete; the nights no longer show these files"):
                forget_gathered(place)
                place.unlink(missing_ok=True)
                sync_folder(place.parent)
        if place.exists():
            left.append(place)
    if left:
        raise StoreError(
            f"{len(left)} files are still there after they were removed",
            where=str(left[0]),
            effect="the act is not complete",
            remedy="look whether something restores files in the store, then `screening retention purge`",
        )


def _read(begun: Path, rules: Rules) -> dict[str, Any]:
    document = read_json(begun)
    wanted = {"act", "actor", "at", "rule", "parameters", "nights", "reason", "objects", "remove"}
    whole = isinstance(document, dict) and wanted <= set(document)
    if not isinstance(document, dict) or not whole or document["rule"] not in rules:
        raise StoreError(
            "what was written down of an act on published rows is damaged, or of another version",
            where=str(begun),
            effect="the act was not carried on; what is published stays",
            remedy="move the file away and start the act again: it works out anew what has to change",
        )
    return document
