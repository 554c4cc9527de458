"""Masked columns shown again: asked for in a case, approved by another person, told and recorded.

    analyst/acts/unmasking/<id>.json    who asked for whom, in which case, why; who approved; how often shown

What is shown is what `protection.masked` holds of the travellers and hits named. It is shown to who asked and
to nobody else, for a week after the approval, and is never written back. Request, approval and each showing
are acts on the chain before they count. People are compared as people (`hits.four_eyes`).

Source: Directive (EU) 2016/681 art. 12(3): full data on reasonable grounds, in a case, approved by a judicial
or other competent authority, the data protection officer being informed and reviewing.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.four_eyes import same_person
from screening.profile.model import Masking
from screening.protection.audit import append
from screening.protection.masked import masked_nights, read_masked
from screening.store.files import read_json, write_json
from screening.store.published import read_current
from screening.store.zones import Store, open_zones
from screening.tables import individual
from screening.tables.codes import Zone
from screening.tables.errors import StoreError, UsageError

SHOWN_FOR = timedelta(days=7)
COLUMNS = (
    "request_id",
    "case",
    "by",
    "at",
    "travellers",
    "hits",
    "reason",
    "approved_by",
    "approved_at",
    "shown",
)
_FIELDS = {
    "case",
    "by",
    "at",
    "travellers",
    "hits",
    "reason",
    "approved_by",
    "approved_at",
    "approval",
    "shown",
}


def request(
    store: Store,
    *,
    travellers: Iterable[str],
    hits: Iterable[str],
    case: str,
    reason: str,
    actor: str,
    at: datetime,
) -> str:
    """Ask that masked columns are shown.

    Args:
        store: the store.
        travellers: traveller ids.
        hits: hit ids.
        case: number of the case.
        reason: why, without names.
        actor: who asks.
        at: when; must know its zone.

    Returns:
        Id of the request.

    Raises:
        UsageError: nobody is named, or case or reason is missing.
    """
    who = {"travellers": sorted(set(travellers)), "hits": sorted(set(hits))}
    if not (who["travellers"] or who["hits"]) or not case.strip() or not reason.strip():
        raise _refused("a request names travellers or hits, a case and a reason", "screening unmask request")
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    text = f"{moment}|{actor}|{case.strip()}|{who}"
    request_id = hashlib.sha256(text.encode()).hexdigest()[:32]
    objects = [*(f"traveller:{one}" for one in who["travellers"]), *(f"hit:{one}" for one in who["hits"])]
    append(store, actor, "unmask.request", [request_id, f"case:{case.strip()}", *objects], reason, at)
    document = {"case": case.strip(), "by": actor, "at": moment, **who, "reason": reason.strip()}
    nothing = {"approved_by": None, "approved_at": None, "approval": None, "shown": 0}
    write_json(_folder(store) / f"{request_id}.json", document | nothing)
    return request_id


def approve(
    store: Store, masking: Masking, prefix: str, *, reason: str, actor: str, at: datetime
) -> dict[str, Any]:
    """Approve a request; the approver is another person than who asked.

    Args:
        store: the store.
        masking: the profile's section: who may approve.
        prefix: id of the request, or its first digits.
        reason: decision on which it rests, without names.
        actor: who approves.
        at: when.

    Returns:
        The request as it stands now.

    Raises:
        UsageError: no such request, no reason, approved before, the approver asked, or may not approve.
    """
    found = _one(store, prefix)
    where = f"request {found['request_id']}"
    if same_person(actor, found["by"]):
        raise _refused("who asked cannot approve", where)
    if masking.approvers and not any(same_person(actor, one) for one in masking.approvers):
        raise _refused(f"only {masking.approver} approves (profile: masking.approvers)", where)
    if found["approved_by"] or not reason.strip():
        raise _refused(
            "it is approved already" if found["approved_by"] else "an approval has a reason", where
        )
    append(store, actor, "unmask.approve", [found["request_id"], f"case:{found['case']}"], reason, at)
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    return _write(store, found | {"approved_by": actor, "approved_at": moment, "approval": reason.strip()})


def show(store: Store, prefix: str, *, actor: str, at: datetime) -> list[dict[str, Any]]:
    """Show what is masked of those whom an approved request names, to who asked.

    Returns:
        Rows of night, table, key, column, value; none where nothing of them is masked any more.

    Raises:
        UsageError: not approved, not asked by this person, or approved more than a week ago.
        StoreError: a key of masked columns is not there.
    """
    found = _one(store, prefix)
    where = f"request {found['request_id']}"
    if not found["approved_by"]:
        raise _refused("it is not approved", where)
    if not same_person(actor, found["by"]):
        raise _refused("only who asked is shown the columns", where)
    if at > datetime.fromisoformat(found["approved_at"]) + SHOWN_FOR:
        raise _refused(f"it was approved more than {SHOWN_FOR.days} days ago: ask again", where)
    append(store, actor, "unmask.show", [found["request_id"], f"case:{found['case']}"], None, at)
    rows = [row for night in masked_nights(store) for row in _rows(store, night, found)]
    _write(store, found | {"shown": found["shown"] + 1})
    return rows


def requests(store: Store) -> list[dict[str, Any]]:
    """Return all requests, oldest first.

    Raises:
        StoreError: one is damaged.
    """
    paths = (store.root / Zone.ANALYST / "acts" / "unmasking").glob("*.json")
    found = [{"request_id": path.stem, **_read(path)} for path in paths]
    return sorted(found, key=lambda one: (one["at"], one["request_id"]))


def _rows(store: Store, night: date, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    tables = read_masked(store, night)
    travellers = set(found["travellers"])
    settled = read_current(store, night, individual.TRAVELLERS)
    ids = pa.array(sorted(travellers), pa.string())
    ours = settled.filter(pc.is_in(settled["traveller_id"], ids))
    statements = set(pc.list_flatten(ours["statement_ids"].combine_chunks()).to_pylist())
    wanted = {"traveller_id": travellers, "statement_id": statements, "hit_id": set(found["hits"])}
    for name, table in tables.items():
        yield from _of(night, name, table, wanted)


def _of(night: date, name: str, table: pa.Table, wanted: dict[str, set[str]]) -> Iterator[dict[str, Any]]:
    column = next((one for one in wanted if one in table.column_names), None)
    for row in table.to_pylist():
        ours = row[column] in wanted[column] if column else _booked(row, wanted["statement_id"])
        if ours:
            key = row[column] if column else row["message_id"]
            for other, value in row.items():
                if other not in _KEYS and value not in (None, "", []):
                    yield {"night": night, "table": name, "key": key, "column": other, "value": value}


_KEYS = frozenset(
    {"traveller_id", "statement_id", "hit_id", "message_id", "flight_id", "alert_id", "ordinal"}
)


def _booked(row: dict[str, Any], statements: Collection[str]) -> bool:
    """A booking is shown with the statements of its message."""
    return any(one.rpartition(":")[0] == row["message_id"] for one in statements)


def _one(store: Store, prefix: str) -> dict[str, Any]:
    found = [one for one in requests(store) if prefix and one["request_id"].startswith(prefix)]
    if len(found) != 1:
        raise _refused("that is not one request", f"request {prefix[:32]}")
    return found[0]


def _write(store: Store, found: dict[str, Any]) -> dict[str, Any]:
    document = {key: value for key, value in found.items() if key != "request_id"}
    write_json(_folder(store) / f"{found['request_id']}.json", document)
    return found


def _folder(store: Store) -> Path:
    return open_zones(store, {Zone.ANALYST, Zone.AUDIT}).path(Zone.ANALYST, "acts", "unmasking")


def _read(path: Path) -> dict[str, Any]:
    document = read_json(path)
    if not isinstance(document, dict) or set(document) != _FIELDS:
        raise StoreError(
            "the file of a request is damaged",
            where=str(path),
            effect="nothing was shown",
            remedy="move it away and ask again: `screening unmask request`",
        )
    return document


def _refused(what: str, where: str) -> UsageError:
    return UsageError(
        what,
        where=where,
        effect="nothing was approved or shown",
        remedy="`screening unmask list` shows the requests and how they stand",
    )
