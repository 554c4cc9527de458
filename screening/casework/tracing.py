"""A hit traced back to bytes, list version, profile, model, code; and every decision on it."""

from datetime import date

import pyarrow.compute as pc

from screening.casework.bound import bound
from screening.casework.found import find_hit
from screening.hits.dispositions import about
from screening.night.frozen import published_frozen
from screening.night.receive import published
from screening.reports.hit import standing_sentence
from screening.store import acts
from screening.store.current_json import nights
from screening.store.landing import landed, missing
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import individual, landing
from screening.tables.errors import StoreError
from screening.tables.hit_acts import PROPOSALS
from screening.tables.model import rows_of
from screening.tables.rows import DispositionRow, HitRow, ProposalRow


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
            decided = bound(store, frozen, hit, decided)
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
    rows += _proposed(store, hit)
    rows.append(_step("revision", str(now.revision), f"frozen set {now.frozen}"))
    if frozen:
        rows.append(_step("model", frozen.pins.model, "screening/matching"))
        if frozen.pins.traffic:
            rows.append(_step("traffic_model", frozen.pins.traffic, "screening model versions"))
        rows += [_step("key", one, "SCREENING_KEYS") for one in (frozen.pins.key_id, *frozen.pins.linked)]
        rows += [_step(name, version, "") for name, version in frozen.machine.items()]
    return rows


def _proposed(store: Store, hit: HitRow) -> list[dict[str, object]]:
    """Proposals on the hit, those too that wait no more."""
    table = acts.acts_on_hits(store, PROPOSALS).sort_by("at_utc")
    made = rows_of(table.filter(pc.equal(table["hit_id"], hit["hit_id"])), ProposalRow)
    return [
        _step(
            "proposal",
            row["act_id"],
            f"{row['decision'] or 'withdrawn'} by {row['actor']}, {row['at_utc']:%Y-%m-%d %H:%M} UTC: "
            f"{row['reason']}",
        )
        for row in made
    ]


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
