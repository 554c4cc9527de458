"""Questions to a partner whose list we may not have, and answers to a partner who may not have ours."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.alerts.exchange.judging import CLOCK_TOLERANCE, parsed
from screening.alerts.exchange.model import places_of
from screening.alerts.exchange.questions import (
    ANSWER_KIND,
    MOST_QUESTIONS,
    QUESTION_KIND,
    Answered,
    Answers,
    Asked,
    Questions,
    look_up,
)
from screening.alerts.exchange.refusals import Refusal, RefusedError
from screening.list_keeping.exchange.checking import judged, signed
from screening.list_keeping.exchange.state import (
    FOLDER,
    ZONES,
    exchanging,
    known_partner,
    origin_of,
    our_id,
    read_state,
)
from screening.list_keeping.versions import active_version, open_version
from screening.profile.exchange import Exchange, Partner
from screening.protection.audit import append
from screening.protection.keys import Keys, key_folder
from screening.protection.signing import current_signing_key
from screening.store.files import disk_faults, write_bytes, write_json
from screening.store.zones import Store
from screening.tables.codes import Zone
from screening.tables.errors import UsageError

VALID = timedelta(hours=24)
"""How long a question may be answered."""
MOST_BYTES = 4 * 1024 * 1024
_PURPOSE = "answer"


class _Open(BaseModel):
    """A question that waits for its answer; it keeps our references, nobody's name or number."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    list: str
    references: dict[int, str]


class _Answering(BaseModel):
    """What a partner has asked of late."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    day: str = ""
    count: int = 0
    digests: dict[str, str] = Field(default_factory=dict)  # of questions answered -> end of their validity


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """One answer.

    Attributes:
        asked: our own reference, as the file of questions had it.
        reference: the partner's, to name on the telephone; None without a hit.
    """

    asked: str
    hit: bool
    reference: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Answers of a partner."""

    issuer: str
    list_id: str
    answers: tuple[AnswerTold, ...]


@dataclass(frozen=True, slots=True)
class Gave:
    """What we answered."""

    recipient: str
    list_id: str
    questions: int
    hits: int
    left_today: int


class _Line(BaseModel):
    """One line of a file of questions."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ref: str = Field(min_length=1, max_length=100)
    number: str | None = None
    state: str | None = None
    name: str | None = None
    born: str | None = None


def ask(
    store: Store,
    exchange: Exchange,
    partner: str,
    list_id: str,
    lines: bytes,
    out: Path,
    *,
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """Write signed questions to a partner.

    Args:
        store: the store.
        exchange: partners.
        partner: whose list it is.
        list_id: its id there.
        lines: JSON Lines with `ref` (our own reference) and `number` and `state`, or `name` and `born`.
        out: file to write.
        reason: why; both record it.
        actor: who asks.
        at: when, UTC.

    Returns:
        Number of questions.

    Raises:
        UsageError: a line does not hold, or there is no such partner.
        StoreError: there is no key to sign with, or the store cannot be used.
    """
    known_partner(exchange, partner, "--to")
    us = our_id(exchange)
    if not reason.strip():
        raise _wrong("no reason is given", "--reason", "say why in a sentence that names nobody")
    read = _lines(lines)
    at = at.replace(microsecond=0)
    questions = Questions(
        issuer=us,
        recipient=partner,
        list=list_id,
        asked=at,
        valid_until=at + VALID,
        reason=reason.strip(),
        nonce=secrets.token_hex(8),
        questions=tuple(asked for asked, _ in read),
    )
    payload = questions.model_dump_json(exclude_none=True).encode()
    digest = hashlib.sha256(payload).hexdigest()
    with exchanging(store):
        document = current_signing_key(key_folder()).sign(payload, QUESTION_KIND)
        named = [f"partner:{partner}", f"question:{digest}", f"questions:{len(read)}"]
        append(store, actor, "exchange.ask", named, reason.strip(), at)
        waiting = _Open(list=list_id, references={asked.n: ref for asked, ref in read})
        write_json(_asked(store, partner, digest), waiting.model_dump(mode="json"))
        write_bytes(out, document.encode() + b"\n")
    return len(read)


def _lines(data: bytes) -> list[tuple[Asked, str]]:
    found = []
    for number, line in enumerate((one for one in data.split(b"\n") if one.strip()), start=1):
        try:
            said = _Line.model_validate_json(line)
            said_of = said.model_dump(exclude={"ref"}, exclude_none=True)
            asked = Asked.model_validate_json(json.dumps({"n": number, **said_of}))
        except ValidationError as fault:
            raise _wrong(
                f"line {number}: {places_of(fault)}",
                "QUESTIONS",
                'each line: {"ref": "…", "number": "…", "state": "MD"} or {"ref": "…", "name": "…", "born": '
                '"1971-02-12"}',
            ) from None
        found.append((asked, said.ref))
    if not 1 <= len(found) <= MOST_QUESTIONS:
        raise _wrong(f"{len(found)} questions; 1 to {MOST_QUESTIONS:,} may be", "QUESTIONS", "split the file")
    return found


def _wrong(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(what, where=where, effect="nothing was asked", remedy=remedy)


def _asked(store: Store, partner: str, digest: str) -> Path:
    return store.path(Zone.ALERTS, FOLDER, "asked", partner, f"{digest}.json", declared=ZONES)


def _answering(store: Store, partner: str) -> Path:
    return store.path(Zone.ALERTS, FOLDER, "answered", f"{partner}.json", declared=ZONES)


def answer(
    store: Store, exchange: Exchange, keys: Keys, path: Path, out: Path, *, actor: str, at: datetime
) -> Gave:
    """Answer a partner's questions: hit with a reference, or no hit, and nothing else.

    Args:
        store: the store.
        exchange: partners.
        keys: key of pseudonyms, which makes the references.
        path: the questions.
        out: file to write.
        actor: who answers.
        at: when, UTC.

    Raises:
        InputError: the questions are refused; recorded.
        StoreError: there is no key to sign with, or the store cannot be used.
    """
    our_id(exchange)
    current_signing_key(key_folder())

    def work(data: bytes) -> Gave:
        return _answer(store, exchange, keys, data, out, actor, at)

    return judged(store, path, MOST_BYTES, work, actor=actor, at=at)


def _answer(
    store: Store, exchange: Exchange, keys: Keys, data: bytes, out: Path, actor: str, at: datetime
) -> Gave:
    payload, partner, until = signed(data.strip(), exchange, QUESTION_KIND)
    asked = parsed(payload, Questions, "the question")
    digest = hashlib.sha256(payload).hexdigest()
    version = _judge(store, exchange, partner, asked, at)
    if until is not None and asked.asked.date() > until:
        raise RefusedError(Refusal.KEY_ENDED, f"the key of `{partner.id}` that signed it ended on {until}")
    before = read_state(_answering(store, partner.id), _Answering) or _Answering()
    if digest in before.digests:
        raise RefusedError(Refusal.REPLAYED, "these questions were answered already")
    today = at.date().isoformat()
    used = before.count if before.day == today else 0
    left = partner.questions_per_day - used - len(asked.questions)
    if left < 0:
        raise RefusedError(
            Refusal.QUOTA,
            f"{len(asked.questions)} questions; {partner.questions_per_day - used} of "
            f"{partner.questions_per_day} are left today",
        )
    found = look_up(
        asked.questions,
        open_version(store, asked.list, version),
        partner,
        origin=origin_of(store, exchange, asked.list, version),
        today=at.date(),
    )
    references = {one.n: keys.pseudonym(_PURPOSE, f"{digest}:{one.n}")[:16] for one in found if one.alerts}
    hits = [
        f"answer:{references[one.n]}={hashlib.sha256(alert.encode()).hexdigest()[:32]}"
        for one in found
        for alert in one.alerts
    ]
    named = [f"partner:{partner.id}", f"list:{asked.list}={version}", f"question:{digest}"]
    counted = f"questions:{len(asked.questions)}"
    append(store, actor, "exchange.answer", [*named, counted, *hits], asked.reason, at)
    kept = {key: end for key, end in before.digests.items() if end >= at.isoformat()}
    state = _Answering(
        day=today,
        count=used + len(asked.questions),
        digests=kept | {digest: asked.valid_until.isoformat()},
    )
    write_json(_answering(store, partner.id), state.model_dump(mode="json"))
    answers = Answers(
        issuer=our_id(exchange),
        recipient=partner.id,
        list=asked.list,
        question=digest,
        answered=at.replace(microsecond=0),
        answers=tuple(
            Answered(n=one.n, hit=bool(one.alerts), reference=references.get(one.n)) for one in found
        ),
    )
    document = current_signing_key(key_folder()).sign(
        answers.model_dump_json(exclude_none=True).encode(), ANSWER_KIND
    )
    write_bytes(out, document.encode() + b"\n")
    return Gave(partner.id, asked.list, len(found), len(references), left)


def _judge(store: Store, exchange: Exchange, partner: Partner, asked: Questions, at: datetime) -> str:
    """Return the version to look into, if the question may be answered."""
    if asked.issuer != partner.id:
        raise RefusedError(Refusal.WRONG_ISSUER, f"the key of `{partner.id}` signed another's question")
    if asked.recipient != our_id(exchange):
        raise RefusedError(Refusal.WRONG_RECIPIENT, "the question is meant for another agency")
    if asked.asked > at + CLOCK_TOLERANCE:
        raise RefusedError(Refusal.NOT_YET, "the question is dated ahead")
    if min(asked.valid_until, asked.asked + VALID) < at:
        raise RefusedError(Refusal.EXPIRED, "the question was to be answered before")
    version = active_version(store, asked.list) if asked.list in partner.gives else None
    if version is None:
        raise RefusedError(Refusal.LIST_NOT_GIVEN, f"the list `{asked.list}` is not open to `{partner.id}`")
    return version


def take_answer(store: Store, exchange: Exchange, data: bytes, *, actor: str, at: datetime) -> Told:
    """Take in the answer to a question of ours; the caller holds the exchange's lock.

    Raises:
        RefusedError: it is not of the partner, not for us, or of no question that is open.
    """
    payload, partner, _ = signed(data.strip(), exchange, ANSWER_KIND)
    answers = parsed(payload, Answers, "the answer")
    if answers.issuer != partner.id:
        raise RefusedError(Refusal.WRONG_ISSUER, f"the key of `{partner.id}` signed another's answer")
    if answers.recipient != our_id(exchange):
        raise RefusedError(Refusal.WRONG_RECIPIENT, "the answer is meant for another agency")
    path = _asked(store, partner.id, answers.question)
    waiting = read_state(path, _Open)
    if waiting is None or waiting.references.keys() != {one.n for one in answers.answers}:
        raise RefusedError(Refusal.NOT_OURS, "no question of ours that is open is answered by it")
    hits = [f"answer:{one.reference}" for one in answers.answers if one.hit]
    named = [f"partner:{partner.id}", f"list:{answers.list}", f"question:{answers.question}", *hits]
    append(store, actor, "exchange.answered", named, None, at)
    told = tuple(AnswerTold(waiting.references[one.n], one.hit, one.reference) for one in answers.answers)
    with disk_faults(path, effect="the answer was recorded; the question stays open"):
        path.unlink()
    return Told(partner.id, answers.list, told)
