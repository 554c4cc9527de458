"""Hits of a night for a person: list them, decide them, trace one back to bytes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.cleared_content import Contents
from screening.hits.dispositions import about, dispose
from screening.hits.person_keys import bind, other_keys
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.night.frozen import Frozen, published_frozen
from screening.night.receive import published
from screening.profile.authoring import Visibility
from screening.protection import audit
from screening.protection.key_links import linked_with
from screening.reports.hit import standing_sentence
from screening.store import acts
from screening.store.landing import landed, missing
from screening.store.revisions import nights, read_current
from screening.store.zones import Store
from screening.tables import analyst, individual, landing
from screening.tables.codes import Decision
from screening.tables.errors import StoreError, UsageError
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow, DispositionRow, EvidenceRow, HitRow

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
    "evidence_hash",
    "near_miss",
    "state",
    "closed",
    "call",
    "instructions",
    "rescreened",
)
OPEN, DECIDED, CLOSED = "open", "decided", "closed"
_SHOWN_TO_ALL = frozenset({"hit_id", "flight_id", "severity", "late"})


def hits_of(
    store: Store,
    night: date,
    *,
    visibility: Visibility | None = None,
    actor: str | None = None,
    today: date | None = None,
) -> list[dict[str, object]]:
    """Return the hits of a night, best first: severity, then score above the threshold; near misses last.

    Args:
        store: the store.
        night: the night.
        visibility: who sees what is shown to few; by default the profile's defaults.
        actor: who looks.
        today: the day on which alerts have ended; by default the night.

    Returns:
        Rows (COLUMNS). Of a hit that is not shown to the actor: id, flight, severity, and whom to call.

    Raises:
        UsageError: the night was never published.
    """
    published(store, night)
    rows = rows_of(read_current(store, night, analyst.HITS), HitRow)
    rows.sort(
        key=lambda row: (
            row["near_miss"] is not None,
            -row["severity"],
            row["threshold"] - row["score"],
            row["hit_id"],
        )
    )
    latest = _latest(store)
    alerts = alerts_of_hits(store, rows)
    found = []
    for row in rows:
        own = latest.get(row["hit_id"])
        decision = own["decision"] if own else row["decision"]
        told = alerts.state(row, visibility or Visibility(), actor, today or night)
        shown = {name: value for name, value in row.items() if name in COLUMNS} | {"decision": decision}
        if told.call is not None:
            shown = {name: value for name, value in shown.items() if name in _SHOWN_TO_ALL}
        state = CLOSED if told.closed else DECIDED if _is_decided(row, own) else OPEN
        about = {"state": state, "call": told.call}
        if told.call is None:
            about |= {"closed": told.closed, "instructions": told.instructions}
        found.append(shown | about)
    return found


def _is_decided(row: HitRow, own: DispositionRow | None) -> bool:
    """Say whether somebody has decided on a hit as it stands in its night.

    A false match from before, on the same evidence, decides nothing: the pair was raised again, because the
    alert has changed, the clearance has ended, or a document agrees.
    """
    if own is not None and own["disposition_id"] != row["disposition_id"]:
        return own["decision"] != Decision.INCONCLUSIVE
    return row["decision"] == Decision.TRUE_MATCH


def decisions_by_hit(store: Store) -> dict[str, str]:
    """Return the decision that stands on each hit that was decided."""
    return {hit_id: row["decision"] for hit_id, row in _latest(store).items()}


def _latest(store: Store) -> dict[str, DispositionRow]:
    table = acts.dispositions(store)
    superseded = set(table["supersedes"].drop_null().to_pylist())
    rows = sorted(rows_of(table, DispositionRow), key=lambda row: row["decided_at"])
    return {row["hit_id"]: row for row in rows if row["disposition_id"] not in superseded}


@dataclass(frozen=True, slots=True)
class Decided:
    """A recorded decision: its id, the last day on which the pair stays silent (None: none), and its hit."""

    disposition_id: str
    until: str | None
    night: date
    hit: HitRow


def decide(
    store: Store,
    hit_id: str,
    *,
    decision: Decision,
    reason: str,
    analyst_id: str,
    second: str | None,
    at: datetime,
    night: date | None = None,
    evidence: str | None = None,
    instead_of: str | None = None,
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
        night: the night whose hit was looked at; None where its evidence is the same in all of them.
        evidence: hash, or its first digits, of the evidence that was looked at.
        instead_of: the earlier decision, by id or first digits, that this one contradicts.

    Raises:
        UsageError: no such hit, its evidence is another one now, or the rules of `hits.dispositions` refuse.
        ProfileError, StoreError: the key in use is asked for and cannot be loaded.
    """
    looked_at = _seen(store, hit_id, night, evidence)
    with acts.deciding(store):
        return _decide(
            store,
            *looked_at,
            decision=decision,
            reason=reason,
            analyst_id=analyst_id,
            second=second,
            at=at,
            instead_of=instead_of,
        )


def _seen(store: Store, hit_id: str, night: date | None, evidence: str | None) -> tuple[date, HitRow]:
    """Find the hit as its analyst saw it; refuse where it may have been another one."""
    found = _everywhere(store, hit_id)
    held = [one for one in found if night in (None, one[0])]
    if not held:
        raise _unknown(hit_id, "all nights of the store" if night is None else f"night {night}")
    night, hit = held[-1]
    if len({row["evidence_hash"] for _, row in held}) > 1 and evidence is None:
        raise UsageError(
            f"the hit stands in {len(held)} nights on differing evidence",
            where=f"hit {hit['hit_id']}, nights {', '.join(str(each) for each, _ in held)}",
            effect="nothing was decided",
            remedy="say which you looked at: add --night DATE",
        )
    same = [one for one in held if evidence and one[1]["evidence_hash"].startswith(evidence)]
    if evidence is not None and not same:
        raise UsageError(
            "the evidence has changed since it was looked at",
            where=f"hit {hit['hit_id']}, night {night}",
            effect="nothing was decided",
            remedy=f"look at it again: `screening hits --night {night}`, or that night's report",
        )
    return same[-1] if same else (night, hit)


def _decide(
    store: Store,
    night: date,
    hit: HitRow,
    *,
    decision: Decision,
    reason: str,
    analyst_id: str,
    second: str | None,
    at: datetime,
    instead_of: str | None,
) -> Decided:
    frozen = published_frozen(store, night, published(store, night).revision)
    if frozen is None:
        raise _unknown(hit["hit_id"], f"the frozen set of night {night}")
    profile = frozen.agency_profile()
    evidence = read_current(store, night, analyst.EVIDENCE)
    own = pc.and_(
        pc.equal(evidence["hit_id"], hit["hit_id"]), pc.equal(evidence["alert_id"], hit["alert_id"])
    )

    so_far = acts.dispositions(store)
    last = pc.max(so_far["decided_at"]).as_py()
    made = dispose(
        hit,
        decision=decision,
        reason=reason,
        analyst=analyst_id,
        second=second,
        at=at if last is None or last < at else last + timedelta(microseconds=1),  # who waited decides later
        second_person=profile.clearing.second_person,
        clear_days=profile.clearing.days,
        **_content(store, hit),
        evidence=rows_of(evidence.filter(own), EvidenceRow),
        earlier=_bound(store, frozen, hit, so_far),
        instead_of=instead_of,
        key_id=frozen.pins.key_id,
    )
    done = [hit["hit_id"], decision, made.disposition["disposition_id"]]
    audit.append(store, analyst_id, "hit.decide", done, reason, at)
    clearance = analyst.CLEARANCES.table([made.clearance]) if made.clearance else None
    acts.record(store, analyst.DISPOSITIONS.table([made.disposition]), clearance)
    until = str(made.clearance["until"]) if made.clearance else None
    return Decided(made.disposition["disposition_id"], until, night, hit)


def _bound(store: Store, frozen: Frozen, hit: HitRow, decided: pa.Table) -> pa.Table:
    """Return DISPOSITIONS, those on the hit's person under other keys also under the hit's own.

    Raises:
        StoreError: the night's key, or one that is linked with it now, is asked for and cannot be loaded.
    """

    def pseudonym(purpose: str, text: str) -> str:  # without links asked for few people only
        return frozen.keys(store, linked=()).pseudonym(purpose, text)

    also = linked_with(store, frozen.pins.key_id)
    linked = [one.pseudonym for one in frozen.keys(store, linked=also).linked] if also else []
    return bind(decided, other_keys([hit], {hit["traveller_id"]: hit["documents"]}, pseudonym, linked))


def find_hit(store: Store, hit_id: str) -> tuple[date, HitRow]:
    """Find a hit in the latest night that has it.

    Raises:
        UsageError: no night has it, or the beginning of an id fits several.
    """
    found = _everywhere(store, hit_id)
    if not found:
        raise _unknown(hit_id, "all nights of the store")
    return found[-1]


def _everywhere(store: Store, hit_id: str) -> list[tuple[date, HitRow]]:
    """Find a hit in all nights, the latest last; the beginning of an id must be one hit's over them all."""
    found = [
        (night, row)
        for night in nights(store)
        for row in rows_of(read_current(store, night, analyst.HITS), HitRow)
        if hit_id and row["hit_id"].startswith(hit_id)
    ]
    if len({row["hit_id"] for _, row in found}) > 1:
        raise UsageError(
            "the beginning of the hit's id fits several hits",
            where=f"nights {', '.join(sorted({str(night) for night, _ in found}))}",
            effect="nothing was done",
            remedy="give more of its digits",
        )
    return found


def _unknown(hit_id: str, where: str) -> UsageError:
    return UsageError(
        f"there is no hit {hit_id[:40]}",
        where=where,
        effect="nothing was done",
        remedy="`screening hits --night DATE` lists the hits with their ids",
    )


def _content(store: Store, hit: HitRow) -> dict[str, str]:
    """Return what of the hit's alert a clearance binds to, as its night had it."""
    from screening.list_keeping import lists

    versions = dict(text.split("=", 1) for text in hit["list_versions"])
    opened = lists.open_version(store, hit["list"], versions[hit["list"]])
    own = pc.equal(opened.alerts["alert_id"], hit["alert_id"])
    [alert] = rows_of(opened.alerts.filter(own), AlertRow)
    contents = Contents(opened.names, opened.dates, opened.documents, opened.facts, [hit["alert_id"]])
    compared = contents.compared(alert, hit["alert_name"])
    return {"alert_hash": alert["content_hash"], "identity_hash": compared[0]}


def trace(store: Store, hit_id: str) -> list[dict[str, object]]:
    """Follow a hit back: evidence, statements, messages, bytes, list version, profile, model, code.

    Returns:
        Rows of step, what, where; none names a person, but reasons are in the words of who decided.

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
    decided = acts.dispositions(store)
    if frozen:
        try:
            decided = _bound(store, frozen, hit, decided)
        except StoreError as fault:  # the rest can be told all the same
            rows.append(
                _step("decision", "those under another key are not shown", f"{fault.what}: {fault.remedy}")
            )
    told = set[str]()
    for made in rows_of(decided.sort_by("decided_at"), DispositionRow):
        if not about(made).isdisjoint(about(hit)) and made["disposition_id"] not in told:
            told.add(made["disposition_id"])
            people = " and ".join(name for name in (made["analyst"], made["second"]) if name)
            when = f"{made['decided_at']:%Y-%m-%d %H:%M} UTC"
            rows.append(
                _step(
                    "decision",
                    made["disposition_id"],
                    f"{made['decision']} by {people}, {when}: {made['reason']}",
                )
            )
    rows.append(_step("revision", str(now.revision), f"frozen set {now.frozen}"))
    if frozen:
        rows.append(_step("model", frozen.pins.model, "screening/matching"))
        if frozen.pins.traffic:
            rows.append(_step("traffic_model", frozen.pins.traffic, "screening model versions"))
        rows += [_step("key", one, "SCREENING_KEYS") for one in (frozen.pins.key_id, *frozen.pins.linked)]
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
