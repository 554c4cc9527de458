"""Legal holds: rows of a traveller or a hit that no term ends while the hold stands.

    individual/acts/holds/<id>.json     what is held, until when, why, by whom; released or not

A hold names ids and stands until its last day or until it is released. Each change is an act on the chain
before it counts. What is held, and what of it a purge left for that reason, is shown by `screening hold list`
and `screening retention due`.

Source: Directive (EU) 2016/680 art. 16(3) (restriction instead of erasure, for evidence).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from screening.protection.audit import append
from screening.store.files import read_json, write_json
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError, UsageError

COLUMNS = (
    "hold_id",
    "travellers",
    "hits",
    "until",
    "by",
    "at",
    "reason",
    "released_at",
    "released_by",
    "stands",
)


@dataclass(frozen=True)
class Held:
    """Ids of what is held at a moment."""

    travellers: frozenset[str]
    hits: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.travellers or self.hits)


def set_hold(
    store: Store,
    *,
    travellers: Iterable[str],
    hits: Iterable[str],
    reason: str,
    until: date | None,
    actor: str,
    at: datetime,
) -> str:
    """Hold rows; they must be known (`casework` looks them up).

    Returns:
        The hold's id.

    Raises:
        UsageError: nothing is named, there is no reason, or the last day is over.
    """
    named = {"travellers": sorted(set(travellers)), "hits": sorted(set(hits))}
    if not (named["travellers"] or named["hits"]) or not reason.strip() or (until and until < at.date()):
        raise UsageError(
            "a hold names a traveller or a hit, gives a reason, and ends in the future",
            where="screening hold set",
            effect="nothing is held",
            remedy="--traveller ID or --hit ID, --reason TEXT, and --until YYYY-MM-DD where it has an end",
        )
    document = {
        **named,
        "reason": reason.strip(),
        "until": until.isoformat() if until else None,
        "by": actor,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "released_at": None,
        "released_by": None,
    }
    text = f"{document['at']}|{actor}|{named}"
    hold_id = hashlib.sha256(text.encode()).hexdigest()[:32]
    objects = [hold_id, *(f"traveller:{one}" for one in named["travellers"])]
    append(store, actor, "hold.set", [*objects, *(f"hit:{one}" for one in named["hits"])], reason, at)
    write_json(_folder(store) / f"{hold_id}.json", document)
    return hold_id


def release_hold(store: Store, hold: str, *, reason: str, actor: str, at: datetime) -> str:
    """Release a hold: from the next purge on its rows have their own term again.

    Args:
        store: the store.
        hold: id, or its first digits.
        reason: why.
        actor: who.
        at: when.

    Returns:
        The hold's id.

    Raises:
        UsageError: no hold, or several, begin so; or it was released before.
    """
    found = [one for one in holds(store, at) if str(one["hold_id"]).startswith(hold)] if hold else []
    if len(found) != 1 or found[0]["released_at"]:
        raise UsageError(
            "that is not one standing hold",
            where=f"hold {hold[:32]}",
            effect="nothing was released",
            remedy="`screening hold list` shows the holds and their ids",
        )
    hold_id = str(found[0]["hold_id"])
    append(store, actor, "hold.release", [hold_id], reason, at)
    document = {key: value for key, value in found[0].items() if key not in {"hold_id", "stands"}}
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    write_json(_folder(store) / f"{hold_id}.json", document | {"released_at": moment, "released_by": actor})
    return hold_id


def holds(store: Store, at: datetime) -> list[dict[str, Any]]:
    """Return all holds, oldest first, each with whether it stands at a moment.

    Raises:
        StoreError: one is damaged.
    """
    found = []
    for path in sorted((store.root / Zone.INDIVIDUAL / "acts" / "holds").glob("*.json")):
        document = _read(path)
        until = date.fromisoformat(document["until"]) if document["until"] else None
        stands = document["released_at"] is None and (until is None or at.date() <= until)
        found.append({"hold_id": path.stem, **document, "stands": stands})
    return sorted(found, key=lambda one: (one["at"], one["hold_id"]))


def held(store: Store, at: datetime) -> Held:
    """Return the ids that are held at a moment."""
    standing = [one for one in holds(store, at) if one["stands"]]
    return Held(
        frozenset(each for one in standing for each in one["travellers"]),
        frozenset(each for one in standing for each in one["hits"]),
    )


def _folder(store: Store) -> Path:
    return open_zones(store, {Zone.INDIVIDUAL, Zone.AUDIT}).path(Zone.INDIVIDUAL, "acts", "holds")


def _read(path: Path) -> Mapping[str, Any]:
    document = read_json(path)
    wanted = {"travellers", "hits", "reason", "until", "by", "at", "released_at", "released_by"}
    if not isinstance(document, dict) or set(document) != wanted:
        raise StoreError(
            "the file of a hold is damaged",
            where=str(path),
            effect="nothing was purged: what it holds is not known",
            remedy="restore it from the backup; the chain of acts says what was held (`hold.set`)",
        )
    return document
