"""One value of one statement corrected, so that a re-run keeps to it; what the carrier sent stays beside it.

The correction is noted beside the input (`store.rights`): whoever reads its bytes again takes the corrected
value. The statement has it at once, in a new revision, with the finding `value_corrected`. Who the traveller
is, and whom they are like, was worked out with the old value: the legs on which they stand are to be screened
again, night by night, oldest first.

Source: Directive (EU) 2016/680 art. 16(1); Regulation (EU) 2016/679 art. 16.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow.compute as pc

from screening.casework.lookup import Asked, checked_reason
from screening.casework.subject.certain import NOTHING, refuse_unfinished
from screening.identity.documents import normalise_number
from screening.identity.states import state_code
from screening.messages.rights import DOCUMENT_FIELDS, FIELDS, Rights, typed
from screening.night.row_rules import RULES
from screening.night.settings import Settings
from screening.protection import audit
from screening.protection.rewriting import Rewriting, carry_out, take_up
from screening.store.current_json import nights
from screening.store.locks import purging
from screening.store.published import read_current
from screening.store.rights import keep_rights, rights_of
from screening.store.zones import Store, open_zones
from screening.tables import individual
from screening.tables.codes import Zone
from screening.tables.errors import UsageError

_SHORTEST_HEAD = 8  # digits of an input's hash that name it
_PARTS_OF_DOCUMENT = 3  # document.ORDINAL.FIELD


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was corrected.

    Attributes:
        statement: id of the statement.
        legs: night and leg on which its traveller was compared with the old value.
        proof: id of the proof.
    """

    statement: str
    legs: tuple[tuple[date, str], ...]
    proof: str


def correct(
    settings: Settings,
    statement: str,
    fact: str,
    value: str | None,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> Corrected:
    """Correct one value of one statement; what the carrier sent stays beside it.

    Args:
        settings: store and profile.
        statement: its id, or the first 8 digits or more of its input with the rest: `3f2a91c0:160:4`.
        fact: of `messages.rights.FIELDS`, or `document.ORDINAL.FIELD`.
        value: as text, dates as YYYY-MM-DD; None takes it away.
        reason: why; recorded.
        actor: who.
        now: the moment, UTC.

    Raises:
        UsageError: no such statement or fact, or a value that cannot be read; no text repeats it.
        BusyError: a run works with the store.
        StoreError: a file cannot be read or written; the same command goes on.
    """
    store = settings.store
    read = _value(fact, value)
    checked_reason(reason, Asked(name=value if fact in {"surname", "given_names"} else None))
    open_zones(store, list(Zone))
    with purging(store):
        take_up(store, RULES)
        night, name = _statement(store, statement)
        refuse_unfinished(store)
        if fact.startswith("document."):
            _has_document(store, night, name, int(fact.split(".")[1]))
        audit.append(store, actor, "subject.correct", [name, fact, "begun"], reason.strip(), now)
        message, _, ordinal = name.rpartition(":")
        input_id, _, offset = message.partition(":")
        rights = rights_of(store, input_id) or Rights()
        key = int(offset), int(ordinal)
        changed = {**rights.corrected.get(key, {}), fact: read}
        keep_rights(store, input_id, replace(rights, corrected={**rights.corrected, key: changed}))
        legs = _compared(store, name)
        rewriting = Rewriting(
            act="subject.corrected",
            rule="correct",
            parameters={"statement": name, "field": fact, "value": read},
            nights=(night,),
            reason=reason.strip(),
            objects=(name, fact),
        )
        proof = carry_out(store, rewriting, RULES, actor=actor, at=now)
    return Corrected(name, legs, proof.proof_id)


def _statement(store: Store, written: str) -> tuple[date, str]:
    head, _, rest = written.strip().partition(":")
    found = []
    for night in nights(store):
        table = read_current(store, night, individual.STATEMENTS).select(["statement_id"])
        ids = table["statement_id"]
        wanted = pc.and_(pc.starts_with(ids, head), pc.ends_with(ids, f":{rest}"))
        found += [(night, one) for one in sorted(set(ids.filter(wanted).to_pylist()))]
    exact = [(night, one) for night, one in found if one.partition(":")[2] == rest]
    if len(head) < _SHORTEST_HEAD or len({one for _, one in exact}) != 1:
        raise UsageError(
            "that is not one statement of the store",
            where="STATEMENT",
            effect=NOTHING,
            remedy="`screening subject report` shows the ids; the first 8 digits of the input, its offset "
            "and place are enough: 3f2a91c0:160:4",
        )
    return exact[-1]


def _has_document(store: Store, night: date, statement: str, ordinal: int) -> None:
    table = read_current(store, night, individual.STATEMENT_DOCUMENTS)
    ours = pc.and_(pc.equal(table["statement_id"], statement), pc.equal(table["ordinal"], ordinal))
    if not pc.any(ours).as_py():
        raise _no_fact()


def _value(fact: str, value: str | None) -> str | None:
    """Return a value as it is kept; refuse what cannot be read."""
    parts = fact.split(".")
    known = fact in FIELDS or (
        len(parts) == _PARTS_OF_DOCUMENT
        and parts[0] == "document"
        and parts[1].isdecimal()
        and parts[2] in DOCUMENT_FIELDS
    )
    if not known:
        raise _no_fact()
    name, text = parts[-1], (value or "").strip() or None
    if text is None:
        if name == "number":
            raise _unreadable()
        return None
    if name in {"nationality", "residence", "issuing_state"}:
        text = state_code(text)
    elif name == "number":
        text = normalise_number(text) or None
    elif name in {"surname", "given_names"}:
        text = text.upper()
    try:
        typed(name, text)
    except ValueError:
        text = None
    if text is None:
        raise _unreadable()
    return text


def _compared(store: Store, statement: str) -> tuple[tuple[date, str], ...]:
    """Return nights and legs on which the statement's traveller was settled and compared."""
    found = []
    for night in nights(store):
        table = read_current(store, night, individual.TRAVELLERS)
        lists = table["statement_ids"].combine_chunks()
        ours = pc.list_parent_indices(lists).filter(pc.equal(pc.list_flatten(lists), statement))
        found += [(night, leg) for leg in sorted(set(table["flight_id"].take(ours).to_pylist()))]
    return tuple(found)


def _no_fact() -> UsageError:
    documents = ", ".join(f"document.0.{name}" for name in DOCUMENT_FIELDS)
    return UsageError(
        "that is no fact that can be corrected, or the statement has no such document",
        where="--field",
        effect=NOTHING,
        remedy=f"one of {', '.join(FIELDS)}, {documents}",
    )


def _unreadable() -> UsageError:
    return UsageError(
        "the value cannot be read",
        where="the new value, standard input",
        effect=NOTHING,
        remedy="dates as YYYY-MM-DD, States as GB or GBR, sex as M, F or X; names as they are written",
    )
