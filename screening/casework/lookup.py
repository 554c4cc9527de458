"""Lookup: one person or document against the lists in use now, by the same steps as a night.

Rules:

* What is asked becomes a traveller, and goes through `identify`, `match`, the thresholds and `raise_hits` as
  in a night. A name without a comma may be parted anywhere and stand in either order: every parting is a
  reading, and the best one counts, so that nobody is missed for the way a name was typed.
* Pairs down to `NEAR` below the threshold of their list are shown too, marked: a person who asks has more to
  go by than a night, and should see what was almost found. Clearances silence nothing here.
* The lists are all that a night would use; one of the profile without an active version is an error, never
  left out in silence.
* The act is recorded before anything is scored or told: who, why, which list versions, and keyed pseudonyms
  of what was asked (the same question has the same pseudonym). The record can't be changed later, so a reason
  that names the person is refused. No error text repeats what was asked.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.audience import PROTECTS, closed_to, protects
from screening.hits.raising import Before, People, Raised, raise_hits
from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.identity.prepare import identify
from screening.identity.states import state_code
from screening.identity.titles import strip_title
from screening.list_keeping import lists, merges
from screening.list_keeping.traffic_models import night_model
from screening.matching.evidence.document import SHORTEST
from screening.night.batches import Watch, begins, watch, watched
from screening.night.frozen import Frozen, Pins
from screening.night.settings import Settings
from screening.profile.authoring import Visibility
from screening.protection import audit
from screening.protection.keys import Keys, load_keys
from screening.store.traffic_models import active as traffic_in_use
from screening.tables import individual
from screening.tables.codes import CheckDigit, DocumentType, Role, Sex
from screening.tables.errors import InputError, UsageError
from screening.tables.model import rows_of
from screening.tables.rows import AlertNameRow, AlertRow, ScoredEvidence, ScoredRow

NEAR = 800
"""How far below the threshold of its list a pair is still shown, centibits."""
HIT, BELOW, NOT_IN_FORCE = "hit", "below_threshold", "not_in_force"
COLUMNS = (
    "standing",
    "alert_id",
    "list",
    "list_version",
    "category",
    "severity",
    "alert_name",
    "score",
    "threshold",
    "false_alerts_per_1000",
    "ordinal",
    "kind",
    "traveller_value",
    "alert_value",
    "relation",
    "weight",
    "running",
    "instructions",
    "call",
)
_ID = "lookup"  # of the traveller that is asked for; it stands in no table
_SHORTEST_WORD = 3  # of a name that a reason is searched for
_PART_OF_DATE = re.compile(r"(?:18|19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What is asked, as typed; never printed as a whole.

    Attributes:
        name: `SURNAME, GIVEN NAMES`, or the names in any order without a comma.
        born: YYYY-MM-DD, YYYY-MM or YYYY.
        sex: M, F or X.
        nationality: State in two or three letters.
        document: number of a document.
        state: its issuing State.
    """

    name: str | None = None
    born: str | None = None
    sex: Sex | None = None
    nationality: str | None = None
    document: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One alert that the person or document is like.

    Attributes:
        standing: HIT; BELOW (its threshold); NOT_IN_FORCE (the alert raises no hit today).
        alert: its ALERTS row.
        list_version: version of its list.
        alert_name: listed name that fits best; None where a document alone led here.
        score, threshold: centibits.
        false_alerts_per_1000: innocent travellers in 1,000 that reach the score.
        evidence: pieces whose weights add up to the score.
        instructions: what to do, of an alert that protects.
        call: whom to call, where the alert is not shown to who asks; then nothing else is told of it.
    """

    standing: str
    alert: AlertRow
    list_version: str
    alert_name: str | None
    score: int
    threshold: int
    false_alerts_per_1000: float
    evidence: Sequence[ScoredEvidence]
    instructions: str | None = None
    call: str | None = None

    def rows(self) -> list[dict[str, object]]:
        """Return one row a piece of evidence, with the pair's own columns before it (COLUMNS)."""
        if self.call is not None:
            return [{"standing": self.standing, "call": self.call}]
        pair = {
            "standing": self.standing,
            "alert_id": self.alert["alert_id"],
            "list": self.alert["list"],
            "category": self.alert["category"],
            "severity": self.alert["severity"],
            "list_version": self.list_version,
            "alert_name": self.alert_name,
            "score": self.score,
            "threshold": self.threshold,
            "false_alerts_per_1000": self.false_alerts_per_1000,
            "instructions": self.instructions,
        }
        rows, running = [], 0
        for ordinal, piece in enumerate(self.evidence):
            running += piece["weight"]
            rows.append({**pair, "ordinal": ordinal, **piece, "running": running})
        return rows


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, best first, and the list versions that were asked."""

    found: tuple[Found, ...]
    lists: Mapping[str, str]


def lookup(
    settings: Settings,
    asked: Asked,
    *,
    reason: str,
    actor: str,
    at: datetime,
    chosen: Sequence[str] | None = None,
) -> Answer:
    """Look a person or document up in the lists in use.

    Args:
        settings: store and profile.
        asked: a name, a document, or both.
        reason: why; recorded.
        actor: who asks.
        at: the moment, UTC.
        chosen: lists to ask; None for all that a night would use.

    Returns:
        Hits first, then what stands below its threshold or is not in force; within them by bits above the
        threshold. Scores and thresholds in centibits.

    Raises:
        UsageError: nothing to look for, a value that can't be read, or a reason that names the person.
        InputError: there is no list, or one has no active version.
        StoreError: the store cannot be used or the act not be recorded.
    """
    today = at.astimezone(ZoneInfo(settings.profile.agency.time_zone)).date()
    traveller, documents = _traveller(asked, today)
    checked_reason(reason, asked)
    pinned = lists_in_use(settings, chosen)
    keys = load_keys(settings.profile.agency.production, store_root=settings.store.root)
    audit.append(
        settings.store,
        actor,
        "person.lookup",
        _objects(asked, keys, pinned),
        reason.strip(),
        at.astimezone(UTC),
    )
    frozen = _frozen(settings, pinned, keys, today, at)
    against = watch(settings.store, frozen)
    floors = {list_id: threshold - NEAR for list_id, threshold in against.thresholds.items()}
    scored = against.compare(identify(traveller, documents), floors)

    def raised(thresholds: Mapping[str, int]) -> set[str]:
        found = raise_pairs(
            scored,
            (traveller, documents),
            against,
            frozen,
            keys,
            thresholds=thresholds,
            before=Before.nothing(),
        )
        return set(pc.list_flatten(found.hits["alert_ids"]).to_pylist())

    found = _found(scored, against, pinned, raised(against.thresholds), raised(floors))
    return Answer(tuple(_shown(one, settings.profile.visibility, actor) for one in found), pinned)


def _shown(found: Found, visibility: Visibility, actor: str) -> Found:
    alert = found.alert
    if protects(alert["category"], visibility):
        found = replace(found, instructions=" ".join([PROTECTS, alert["instructions"] or ""]).strip())
    return replace(found, call=closed_to(actor, [alert], visibility))


def raise_pairs(
    scored: pa.Table,
    sides: tuple[pa.Table, pa.Table],
    against: Watch,
    frozen: Frozen,
    keys: Keys,
    *,
    thresholds: Mapping[str, int],
    before: Before,
) -> Raised:
    """Let the rules of a night say which scored pairs are hits.

    Args:
        scored: SCORED.
        sides: TRAVELLERS and DOCUMENTS of the scored travellers.
        against: lists, model and sizes.
        frozen: night, list versions and profile.
        keys: pseudonyms.
        thresholds: by list, centibits.
        before: decisions that may silence pairs.
    """
    named = scored["alert_id"].combine_chunks()
    tables = (against.alerts.alerts, against.names)
    alerts, names = (table.filter(pc.is_in(table["alert_id"], named)) for table in tables)
    return raise_hits(
        scored,
        People(*sides, individual.FLIGHTS.empty()),
        replace(watched(against, frozen), alerts=alerts, names=names, thresholds=thresholds),
        before,
        night=frozen.night,
        night_begins=begins(frozen),
        pseudonym=keys.pseudonym,
        linked=[one.pseudonym for one in keys.linked],
    )


def lists_in_use(settings: Settings, chosen: Sequence[str] | None) -> dict[str, str]:
    """Return the active version of every list that a night would use, or of the chosen ones.

    Raises:
        UsageError: a chosen list is unknown or has no active version.
        InputError: a list of the profile has none, or there is no list at all.
    """
    store = settings.store
    named = {policy.id for policy in settings.profile.lists}
    known = set(lists.known_lists(store))
    found = {}
    for list_id in dict.fromkeys(chosen) if chosen else sorted(known | named):
        version = lists.active_version(store, list_id)
        if version is not None:
            found[list_id] = version
        elif chosen or list_id in named:  # else: held back by the gate and asked for by nobody
            raise _not_active(list_id, known, asked=bool(chosen))
    if not found:
        raise InputError(
            "there is no alert list in use",
            where=f"{store.root}/alerts and the profile",
            effect="nothing was looked up: without a list nobody is found",
            remedy="`screening alerts import SOURCE PATH --list ID`",
        )
    return found


def _not_active(list_id: str, known: Collection[str], *, asked: bool) -> UsageError | InputError:
    what = f"the alert list `{list_id}` has no active version"
    if list_id in known:
        remedy = f"`screening alerts versions --list {list_id}`; `screening alerts release` lets one through"
    else:
        stored = ", ".join(sorted(known)) or "none"
        remedy = f"`screening alerts import SOURCE PATH --list {list_id}`; lists of the store: {stored}"
    if asked:
        return UsageError(what, where="--list", effect="nothing was looked up", remedy=remedy)
    return InputError(
        what,
        where="the profile",
        effect="nothing was looked up: the answer would leave out whom this list names",
        remedy=f"{remedy}; --list ID asks the others alone",
    )


def _traveller(asked: Asked, today: date) -> tuple[pa.Table, pa.Table]:
    """Return TRAVELLERS and DOCUMENTS, one row and at most one, of what is asked."""
    if not (asked.name or asked.document):
        raise _wrong(
            "there is nobody to look for", "--name or --document", "give a name or a document's number"
        )
    if asked.state and not asked.document:
        raise _wrong("a State without a document", "--state", "add --document, or say --nationality")
    partings = partings_of(asked.name) if asked.name else [("", "")]
    surname, given = partings[0]
    day, sent = _born(asked.born, today)
    row = {
        "traveller_id": _ID,
        "flight_id": _ID,
        "statement_ids": [],
        "current": 0,
        "sources": [],
        "person_key": _ID,
        "role": Role.PASSENGER,
        "surname": surname or None,
        "given_names": given or None,
        "name_as_sent": f"{surname}/{given}",
        "other_names": [f"{one}/{other}" for one, other in partings[1:]],
        "date_of_birth": day,
        "birth_as_sent": sent,
        "sex": asked.sex,
        "nationality": _state(asked.nationality, "--nationality"),
    }
    travellers = individual.TRAVELLERS.table([row])
    document = _document(asked)
    documents = individual.DOCUMENTS.table([document] if document else [])
    if not document and all(identify(travellers, documents)["placeholder"].to_pylist()):
        raise _wrong(
            "the name holds no letters, or words that stand where no name is known (FNU, TBA …)",
            "--name",
            "give a name, or --document",
        )
    return travellers, documents


def partings_of(name: str) -> list[tuple[str, str]]:
    """Return every way to read a name as (surname, given names); with and without what may be a title.

    >>> partings_of("De la Cruz, Maria")
    [('De la Cruz', 'Maria')]
    >>> partings_of("Wei Li Na")
    [('NA', 'WEI LI'), ('LI NA', 'WEI'), ('WEI', 'LI NA'), ('WEI LI', 'NA')]
    >>> partings_of("Suharto")
    [('SUHARTO', ''), ('', 'SUHARTO')]
    >>> partings_of("Doe, John Mr")
    [('Doe', 'John'), ('Doe', 'John Mr')]
    """
    surname, comma, given = (part.strip() for part in name.partition(","))
    if comma and surname and given:
        return list(dict.fromkeys([(surname, strip_title(given)[0]), (surname, given)]))
    found = []
    for text in dict.fromkeys((strip_title(name)[0], name)):
        words = tokens(text)
        parts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, max(2, len(words)))]
        found += [(last, first) for first, last in reversed(parts) if last]
        found += parts
        found += [(last, first) for first, last in parts if not last]
    return list(dict.fromkeys(one for one in found if any(one))) or [("", "")]


def _born(written: str | None, today: date) -> tuple[date | None, str | None]:
    """Return the day, or the year or month as written."""
    text = (written or "").strip()
    if not text:
        return None, None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None and not _PART_OF_DATE.fullmatch(text):
        raise _wrong(
            "this is no date of birth", "--born", "write YYYY-MM-DD, or YYYY-MM or YYYY of what is known"
        )
    if (day and day > today) or text[:4] > f"{today.year:04d}":
        raise _wrong("the date of birth lies in the future", "--born", "write YYYY-MM-DD, or YYYY")
    return day, text


def _state(written: str | None, option: str) -> str | None:
    if not written:
        return None
    code = state_code(written)
    if code is None:
        raise _wrong(f"{option} is no State that is known", option, "two or three letters: GB or GBR")
    return code


def _document(asked: Asked) -> dict[str, object] | None:
    if not asked.document:
        return None
    number = normalise_number(asked.document)
    if len(number) < SHORTEST:
        raise _wrong(
            f"the number has fewer than {SHORTEST} letters and digits: such numbers are never compared",
            "--document",
            "give the whole number, or --name",
        )
    return {
        "traveller_id": _ID,
        "ordinal": 0,
        "type": DocumentType.OTHER,
        "number": number,
        "issuing_state": _state(asked.state, "--state"),
        "check_digit": CheckDigit.NONE,
    }


def checked_reason(reason: str, asked: Asked) -> None:
    """Refuse a reason that is empty or names the person: the record of acts is never changed.

    Raises:
        UsageError: names the option, never the word.
    """
    if not reason.strip():
        raise _wrong("no reason is given", "--reason", "say why in a sentence; it is recorded")
    named = {word for word in tokens(asked.name) if len(word) >= _SHORTEST_WORD}
    number = normalise_number(asked.document or "")
    if named & set(tokens(reason)) or (number and number in normalise_number(reason)):
        raise _wrong(
            "the reason holds a part of the name or number that you ask for",
            "--reason",
            "say why without naming the person (a case number, the desk): the record keeps it for years",
        )


def _wrong(what: str, option: str, remedy: str) -> UsageError:
    return UsageError(what, where=option, effect="nothing was looked up", remedy=remedy)


def _objects(asked: Asked, keys: Keys, pinned: Mapping[str, str]) -> list[str]:
    """Pseudonyms of name with birth and of the document, and the list versions: what the record holds."""
    said = []
    if asked.name:
        said.append(f"name|{' '.join(sorted(tokens(asked.name)))}|{(asked.born or '').strip()}")
    if asked.document:
        said.append(f"document|{normalise_number(asked.document)}@{state_code(asked.state) or ''}")
    versions = [f"{list_id}={version}" for list_id, version in sorted(pinned.items())]
    return [*(keys.pseudonym("lookup", text) for text in said), *versions]


def _frozen(settings: Settings, pinned: Mapping[str, str], keys: Keys, today: date, at: datetime) -> Frozen:
    """Freeze what decides the answer, as for a night that begins now; it is written nowhere."""
    traffic = traffic_in_use(settings.store)
    pins = Pins(
        lists=dict(pinned),
        profile=settings.profile.deciding(),
        model=night_model(settings.store, traffic).model.version,
        key_id=keys.key_id,
        earlier=(),
        decided_until=at.astimezone(UTC).isoformat(),
        decisions="",
        traffic=traffic,
        merges=merges.acts_hash(merges.acts(settings.store, until=at)),
    )
    return Frozen(night=today, revision=0, base=None, flights=None, inputs=(), pins=pins, machine={})


def _found(
    scored: pa.Table,
    against: Watch,
    pinned: Mapping[str, str],
    hits: Collection[str],
    in_force: Collection[str],
) -> list[Found]:
    named = scored["alert_id"].combine_chunks()
    alerts, names = (
        table.filter(pc.is_in(table["alert_id"], named)) for table in (against.alerts.alerts, against.names)
    )
    alert_of = {row["alert_id"]: row for row in rows_of(alerts, AlertRow)}
    name_of = {(row["alert_id"], row["ordinal"]): row["full"] for row in rows_of(names, AlertNameRow)}
    found = []
    for pair in rows_of(scored, ScoredRow):
        alert = alert_of[pair["alert_id"]]
        of = alert["list"]
        below = BELOW if alert["alert_id"] in in_force else NOT_IN_FORCE
        found.append(
            Found(
                standing=HIT if alert["alert_id"] in hits else below,
                alert=alert,
                list_version=pinned[of],
                alert_name=name_of.get((alert["alert_id"], pair["alert_name"])),
                score=pair["score"],
                threshold=against.thresholds[of],
                false_alerts_per_1000=against.rate(pair["score"], of),
                evidence=pair["evidence"],
            )
        )
    return sorted(
        found, key=lambda one: (one.standing != HIT, one.threshold - one.score, one.alert["alert_id"])
    )
