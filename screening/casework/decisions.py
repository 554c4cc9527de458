"""Hits of a night for a person: list them, decide them, trace one back to bytes."""

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow.compute as pc

from screening.hits.dispositions import dispose
from screening.hits.person_keys import bind, other_keys
from screening.night.frozen import published_frozen
from screening.night.receive import published
from screening.protection import audit
from screening.protection.keys import load_keys
from screening.reports.hit import standing_sentence
from screening.store import acts
from screening.store.landing import landed, missing
from screening.store.revisions import nights, read_current
from screening.store.zones import Store
from screening.tables import analyst, individual, landing
from screening.tables.codes import Decision
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, EvidenceRow, HitRow

COLUMNS = (
    "hit_id",
    "flight_id",
    "traveller_id",
    "surname",
    "given_names",
    "date_of_birth",
    "alert_id",
    "list",
    "category",
    "severity",
    "score",
    "late",
    "decision",
    "standing",
    "standing_reason",
    "last_named_by",
)


def hits_of(store: Store, night: date) -> list[dict[str, object]]:
    """Return the hits of a night, best first: severity, then score above the threshold.

    Raises:
        UsageError: the night was never published.
    """
    published(store, night)
    rows = rows_of(read_current(store, night, analyst.HITS), HitRow)
    rows.sort(key=lambda row: (-row["severity"], row["threshold"] - row["score"], row["hit_id"]))
    latest = _decisions(store)
    return [
        {column: value for column, value in row.items() if column in COLUMNS}
        | {"decision": latest.get(row["hit_id"], row["decision"])}
        for row in rows
    ]


def _decisions(store: Store) -> dict[str, str]:
    table = acts.dispositions(store)
    superseded = set(table["supersedes"].drop_null().to_pylist())
    rows = sorted(rows_of(table, DispositionRow), key=lambda row: row["decided_at"])
    return {row["hit_id"]: row["decision"] for row in rows if row["disposition_id"] not in superseded}


@dataclass(frozen=True, slots=True)
class Decided:
    """A recorded decision: its id, and the last day on which the pair stays silent (None: it does not)."""

    disposition_id: str
    until: str | None


def decide(
    store: Store,
    hit_id: str,
    *,
    decision: Decision,
    reason: str,
    analyst_id: str,
    second: str | None,
    at: datetime,
) -> Decided:
    """Record a person's decision on a hit, and the clearance that follows from it.

    Args:
        store: the store.
        hit_id: the hit, or an unambiguous beginning of its id.
        decision: true_match, false_match or inconclusive.
        reason: why, in the analyst's words.
        analyst_id: who decides.
        second: second person, where the category asks for one.
        at: when, UTC.

    Raises:
        UsageError: no such hit, or the rules of `hits.dispositions` refuse.
        ProfileError, StoreError: the key in use is asked for and cannot be loaded.
    """
    night, hit = find_hit(store, hit_id)
    frozen = published_frozen(store, night, published(store, night).revision)
    profile = frozen.agency_profile() if frozen else None
    if profile is None:
        raise _unknown(hit_id)
    evidence = read_current(store, night, analyst.EVIDENCE)
    own = pc.and_(
        pc.equal(evidence["hit_id"], hit["hit_id"]), pc.equal(evidence["alert_id"], hit["alert_id"])
    )

    def pseudonym(purpose: str, text: str) -> str:  # asked for few people only: most decisions need no key
        return load_keys(profile.agency.production, store_root=store.root).pseudonym(purpose, text)

    made = dispose(
        hit,
        decision=decision,
        reason=reason,
        analyst=analyst_id,
        second=second,
        at=at,
        second_person=profile.clearing.second_person,
        clear_days=profile.clearing.days,
        alert_hash=_content_hash(store, hit),
        evidence=rows_of(evidence.filter(own), EvidenceRow),
        earlier=bind(acts.dispositions(store), other_keys([hit], pseudonym)),
    )
    audit.append(store, analyst_id, "hit.decide", [hit["hit_id"], decision], reason, at)
    clearance = analyst.CLEARANCES.table([made.clearance]) if made.clearance else None
    acts.record(store, analyst.DISPOSITIONS.table([made.disposition]), clearance)
    until = str(made.clearance["until"]) if made.clearance else None
    return Decided(made.disposition["disposition_id"], until)


def find_hit(store: Store, hit_id: str) -> tuple[date, HitRow]:
    """Find a hit, the latest night first.

    Raises:
        UsageError: no night has it, or the beginning of an id fits several.
    """
    for night in reversed(nights(store)):
        table = read_current(store, night, analyst.HITS)
        rows = [row for row in rows_of(table, HitRow) if row["hit_id"].startswith(hit_id)]
        if len({row["hit_id"] for row in rows}) > 1:
            raise UsageError(
                "the beginning of the hit's id fits several hits",
                where=f"night {night}",
                effect="nothing was done",
                remedy="give more of its digits",
            )
        if rows:
            return night, rows[0]
    raise _unknown(hit_id)


def _unknown(hit_id: str) -> UsageError:
    return UsageError(
        f"there is no hit {hit_id[:40]}",
        where="all nights of the store",
        effect="nothing was done",
        remedy="`screening hits --night DATE` lists the hits with their ids",
    )


def _content_hash(store: Store, hit: HitRow) -> str:
    from screening.list_keeping import lists

    versions = dict(text.split("=", 1) for text in hit["list_versions"])
    opened = lists.open_version(store, hit["list"], versions[hit["list"]])
    known = dict(
        zip(opened.alerts["alert_id"].to_pylist(), opened.alerts["content_hash"].to_pylist(), strict=True)
    )
    return str(known[str(hit["alert_id"])])


def trace(store: Store, hit_id: str) -> list[dict[str, object]]:
    """Follow a hit back: evidence, statements, messages, bytes, list version, profile, model, code.

    Returns:
        Rows of step, what, where; none names a person.

    Raises:
        UsageError: no such hit.
    """
    night, hit = find_hit(store, hit_id)
    rows = [_step("hit", str(hit["hit_id"]), f"night {night}, flight {hit['flight_id']}")]
    travellers = read_current(store, night, individual.TRAVELLERS).to_pylist()
    traveller = next((row for row in travellers if row["traveller_id"] == hit["traveller_id"]), None)
    held = list(traveller["statement_ids"]) if traveller else []
    where = f"{traveller['current']} of {len(held)} statements current" if traveller else "gone by rule"
    rows.append(_step("traveller", str(hit["traveller_id"]), where))
    rows.append(_step("standing", hit["standing"] or "not known", standing_sentence(hit)))
    rows += [row for statement in held for row in _said(store, night, statement)]
    for text in hit["list_versions"]:
        rows.append(_step("list version", text, f"{store.root}/alerts/{text.replace('=', '/version=')}"))
    rows.append(_step("alert", str(hit["alert_id"]), f"all of its group: {hit['alert_ids']}"))
    now = published(store, night)
    frozen = published_frozen(store, night, now.revision)
    rows.append(_step("revision", str(now.revision), f"frozen set {now.frozen}"))
    if frozen:
        rows.append(_step("model", frozen.pins.model, "screening/matching"))
        rows.append(_step("key", frozen.pins.key_id, "SCREENING_KEYS"))
        rows += [_step(name, version, "") for name, version in frozen.machine.items()]
    return rows


def _said(store: Store, night: date, statement: str) -> list[dict[str, object]]:
    """A statement's message, its place in the input, and whether the bytes are still there."""
    message_id = statement.rpartition(":")[0]
    input_id, _, offset = message_id.rpartition(":")
    for found in [night, *reversed(nights(store))]:
        rows = read_current(store, found, individual.MESSAGES).to_pylist()
        message = next((row for row in rows if row["message_id"] == message_id), None)
        if message is None:
            continue
        names = [
            row["name"]
            for row in read_current(store, found, landing.INPUTS).to_pylist()
            if row["input_id"] == input_id
        ]
        kept = landed(store, input_id)
        state = "bytes gone by rule" if kept and missing(store, input_id) else "bytes in landing"
        place = f"bytes {offset} to {int(offset) + message['length']} of {', '.join(names)}"
        return [
            _step("statement", statement, f"received in night {found}"),
            _step("message", f"{message['type']} {message['version']} {message['reference'] or ''}", place),
            _step("input", f"sha256 {input_id}", state),
        ]
    return [_step("statement", statement, "its message is gone by rule")]


def _step(step: str, what: str, where: str) -> dict[str, object]:
    return {"step": step, "what": what, "where": where}
