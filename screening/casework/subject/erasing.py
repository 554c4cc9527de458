"""A person's rows erased: in every zone, recorded, and so that a re-run does not bring them back.

In this order, so that a kill anywhere is taken up by the same command (or by the next purge, once the act on
the tables is written down):

1. refused where it must not be: a legal hold, a hit that nobody decided or that is a true match, doubts
   whose rows these are, a run that has not ended;
2. for each input: who is erased is noted beside it (`store.rights`), their values become blanks in what is
   kept, and the bytes are read again: everybody else must read as before, else the bytes go whole. So with
   what was set aside unread, as far as its text is surely theirs; where bytes would have to go whole that
   somebody still has to mend, it is refused before anything is changed;
3. rows leave the tables of all nights and their revisions (`protection.rewriting`), decisions and reports
   with them; the reports are written again.

What stays: ids in the record of acts, proofs of hashes, numbers in flights, outcomes and ledger, published
statistics (nobody can be found in them, and a corrected table would tell who left it by comparison).

Source: Directive (EU) 2016/680 art. 16(3): restriction instead of erasure while evidence is needed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.lookup import Asked, checked_reason
from screening.casework.night_hits import decisions_by_hit
from screening.casework.subject.aside import Aside
from screening.casework.subject.certain import NOTHING, certain, refuse_unfinished
from screening.casework.subject.person import Subject, find, objects_of
from screening.messages.model import Reading
from screening.messages.read import read_input
from screening.messages.rights import Place, Rights, Stood, fulfil, places_of, veil
from screening.messages.scrub import blanked
from screening.messages.tabulate import tabulate
from screening.night.frozen import published_frozen
from screening.night.purge import reports_of
from screening.night.quarantine_entries import entries
from screening.night.reporting import write_report
from screening.night.row_rules import RULES
from screening.night.settings import Settings
from screening.profile.model import Intake
from screening.protection import audit
from screening.protection.holds import held
from screening.protection.rewriting import Rewriting, carry_out, take_up
from screening.store import acts
from screening.store.current_json import current, nights
from screening.store.keeping import Settling
from screening.store.landing import Landed, landed, missing, open_back, sweep_unfinished
from screening.store.locks import purging
from screening.store.published import read_current
from screening.store.rights import clear_unnamed, inputs_with_rights, keep_rights, rights_of
from screening.store.zones import Store, open_zones
from screening.tables import analyst
from screening.tables.codes import Decision, Zone
from screening.tables.errors import UsageError
from screening.tables.landing import INPUTS

_ACT = "subject.erased"
_ACTS = f"{Zone.ANALYST}/acts"
_AS_BEFORE = ("message_legs", "statements", "statement_documents")  # of everybody else, before and after

_ENTRY = ("quarantine_id", "unit", "offset", "length")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        nights: nights of which rows went.
        rows: rows by which their tables became fewer.
        statements, travellers, hits, decisions: how many went.
        aside: entries of the quarantine in which they stood.
        like: entries that hold somebody like them; they stay as they are.
        inputs: inputs in whose kept bytes they are blanks now.
        whole: inputs whose kept bytes went whole: others could not be read from them as before.
        proof: id of the proof in `audit/rewritings/`.
    """

    nights: tuple[date, ...]
    rows: int
    statements: int
    travellers: int
    hits: int
    decisions: int
    aside: int
    like: tuple[str, ...]
    inputs: int
    whole: int
    proof: str


def erase(settings: Settings, asked: Asked, *, reason: str, actor: str, now: datetime) -> Erased:
    """Erase everything that is held on a person.

    Args:
        settings: store and profile.
        asked: a document's number, name and date of birth, or both.
        reason: why; recorded; must not name the person.
        actor: who.
        now: the moment, UTC.

    Raises:
        UsageError: nobody is found, it is not settled whose the rows are, a hold or a hit forbids it.
        BusyError: a run works with the store.
        StoreError: a file cannot be read, written or removed; the same command goes on.
    """
    store = settings.store
    checked_reason(reason, asked)
    open_zones(store, list(Zone))
    with purging(store), acts.deciding(store):
        ended = [proof for proof in take_up(store, RULES) if proof.document["act"] == _ACT]
        subject = find(settings, asked, now=now).subject
        if ended and not subject.found:  # killed behind the last row: it has ended now
            _write_reports(store, ended[-1].document["remove"])
            return Erased(ended[-1].nights, ended[-1].rows, 0, 0, 0, 0, 0, (), 0, 0, ended[-1].proof_id)
        killed = _not_noted(store)
        if subject.found or not killed:
            certain(subject)
        _refuse(store, subject, now)
        aside = [one for one in subject.aside if one.theirs.sure]
        _refuse_waiting(store, aside)
        objects = objects_of(settings, asked, subject) + [f"quarantine:{one.short}" for one in aside]
        audit.append(store, actor, "subject.erase", [*objects, "begun"], reason.strip(), now)
        stored, whole = _blank(store, subject, aside)
        stored = killed | stored
        files = [f"{_ACTS}/{analyst.DISPOSITIONS.name}/{one}.parquet" for one in sorted(subject.dispositions)]
        files += [f"{_ACTS}/{analyst.CLEARANCES.name}/{one}.parquet" for one in sorted(subject.clearances)]
        files += [
            f"{_ACTS}/{name}/{one}.parquet"
            for name, ids in sorted(subject.on_hits.items())
            for one in sorted(ids)
        ]
        pages = reports_of(store, nights(store))
        rewriting = Rewriting(
            act=_ACT,
            rule="erase",
            parameters={
                "statements": sorted(subject.statements),
                "travellers": sorted(subject.travellers),
                "hits": sorted(subject.hits),
                "stored": stored,
                "intake": settings.profile.intake.model_dump(mode="json"),
                "names": {"words": sorted(subject.words), "numbers": sorted(subject.numbers)},
            },
            nights=tuple(nights(store)),
            reason=reason.strip(),
            objects=(*objects, *(f"disposition:{one}" for one in sorted(subject.dispositions))),
            remove=(*files, *pages, *whole),
        )
        proof = carry_out(store, rewriting, RULES, actor=actor, at=now)
        _write_reports(store, pages)
    return Erased(
        nights=proof.nights,
        rows=proof.rows,
        statements=len(subject.statements),
        travellers=len(subject.travellers),
        hits=len(subject.hits),
        decisions=len(subject.dispositions),
        aside=len(aside),
        like=tuple(one.short for one in subject.aside if not one.theirs.sure),
        inputs=len(stored),
        whole=len(whole),
        proof=proof.proof_id,
    )


def _write_reports(store: Store, gone: Iterable[str]) -> None:
    """Write the reports again of which pages are gone, where the night still has hits."""
    pages = [path for path in gone if "/reports/" in path]
    for night in sorted({date.fromisoformat(path.split("night=")[1][:10]) for path in pages}):
        now = current(store, night)
        if now is not None and now.of(analyst.HITS):
            write_report(store, night)


def _refuse(store: Store, subject: Subject, now: datetime) -> None:
    standing = held(store, now)
    kept = (standing.travellers & subject.travellers.keys()) | (standing.hits & subject.hits.keys())
    if kept:
        raise UsageError(
            f"a legal hold stands on {len(kept)} of these rows",
            where=", ".join(sorted(kept)[:5]),
            effect=NOTHING,
            remedy="`screening hold list` says why and until when; erase when it is released",
        )
    decided = decisions_by_hit(store)
    for night in nights(store):
        table = read_current(store, night, analyst.HITS).select(["hit_id", "decision"])
        for row in table.to_pylist():
            if row["decision"]:
                decided.setdefault(row["hit_id"], row["decision"])
    open_hits = sorted(hit for hit in subject.hits if decided.get(hit) in {None, Decision.INCONCLUSIVE})
    if open_hits:
        raise UsageError(
            f"{len(open_hits)} hits of this person are not decided",
            where=f"hits {', '.join(open_hits[:5])}",
            effect=NOTHING,
            remedy="a person decides them first (`screening hits` lists them, `screening decide` records "
            "it); a true match is kept",
        )
    true = sorted(hit for hit in subject.hits if decided.get(hit) == Decision.TRUE_MATCH)
    if true:
        raise UsageError(
            f"{len(true)} hits of this person are a true match",
            where=f"hits {', '.join(true[:5])}",
            effect=NOTHING,
            remedy="they are kept for the term that the profile gives hits; a decision that was wrong is "
            "superseded first by another (`screening decide` with the hit, and with --instead-of where it "
            "asks for it)",
        )
    refuse_unfinished(store)


def _not_noted(store: Store) -> dict[str, str]:
    """Return hash by input where bytes were blanked by an act that was killed before the tables said so."""
    changed = set(inputs_with_rights(store))
    found = {}
    for night in nights(store):
        for row in read_current(store, night, INPUTS).select(["input_id", "stored_hash"]).to_pylist():
            kept = landed(store, row["input_id"]) if row["input_id"] in changed else None
            if kept is not None and row["stored_hash"] not in {None, kept.stored_sha256}:
                found[row["input_id"]] = kept.stored_sha256
    return found


def _refuse_waiting(store: Store, aside: Collection[Aside]) -> None:
    """Refuse where bytes would have to go whole of which somebody else may still have to be screened."""
    waiting = {
        entry.quarantine_id: entry
        for night in {one.night for one in aside}
        for entry in entries(store, night)
        if not entry.settled
    }
    for input_id in sorted({one.input_id for one in aside}):
        held_back = [waiting[one.quarantine_id] for one in aside if one.quarantine_id in waiting]
        held_back = [one for one in held_back if one.input_id == input_id]
        if held_back and _blanked_input(store, input_id, {}, _places(aside, input_id))[1] is None:
            entry = held_back[0]
            raise UsageError(
                "the person stands in bytes that were set aside, cannot be blanked there without changing "
                "how others are read, and this entry still waits",
                where=f"quarantine entry {entry.short}",
                effect=NOTHING,
                remedy=f"`screening quarantine show {entry.short}`, then replay or release it; then the same "
                "command again",
            )


def _places(aside: Iterable[Aside], input_id: str) -> tuple[Place, ...]:
    return tuple(sorted({place for one in aside if one.input_id == input_id for place in one.theirs.places}))


def _blanked_input(
    store: Store, input_id: str, erased: Mapping[int, Collection[int]], aside: Sequence[Place]
) -> tuple[Rights, bytes | None]:
    """Return what to note of an input, and its bytes with a person blanked; None if others would change."""
    before = rights_of(store, input_id) or Rights()
    intake = _intake(store, input_id)
    with open_back(store, input_id) as data:
        received = bytes(data[:])
    rights, blank = _noted(received, input_id, intake, before, erased)
    rights = replace(rights, blank=tuple(sorted({*rights.blank, *aside})))
    blank = blanked(blank, 0, aside)
    alike = _reads_alike(received, blank, input_id, intake, before, rights, entries_too=bool(aside))
    return rights, blank if alike else None


def _blank(store: Store, subject: Subject, aside: Collection[Aside]) -> tuple[dict[str, str], list[str]]:
    """Note who is erased, and blank them in what is kept.

    Returns:
        Hash of what is kept now by input, and the files of those whose bytes have to go whole.
    """
    by_input: dict[str, dict[int, set[int]]] = {}
    for message, ordinals in subject.messages.items():
        input_id, _, offset = message.partition(":")
        by_input.setdefault(input_id, {})[int(offset)] = ordinals
    for one in aside:
        by_input.setdefault(one.input_id, {})
    stored: dict[str, str] = {}
    whole: list[str] = []
    for input_id, erased in sorted(by_input.items()):
        kept = landed(store, input_id)
        before = rights_of(store, input_id) or Rights()
        if kept is None or missing(store, input_id):
            keep_rights(store, input_id, _without_bytes(before, erased))
            whole += (
                [item.path for item in kept.contents if (store.root / item.path).exists()] if kept else []
            )
            continue
        rights, blank = _blanked_input(store, input_id, erased, _places(aside, input_id))
        keep_rights(store, input_id, rights)
        if blank is not None:
            stored[input_id] = _keep(store, input_id, kept, blank)
        else:
            whole += [item.path for item in kept.contents]
    sweep_unfinished(store)
    return stored, whole


def _without_bytes(before: Rights, erased: Mapping[int, Collection[int]]) -> Rights:
    """Who is erased of an input of which bytes are gone: nothing can be blanked, values are forgotten."""
    every = {offset: set(ordinals) for offset, ordinals in before.erased.items()}
    for offset, ordinals in erased.items():
        every.setdefault(offset, set()).update(ordinals)
    stood = {offset: before.stood.get(offset, Stood(True, "ok", (), None)) for offset in every}
    return Rights(
        {offset: sorted(ordinals) for offset, ordinals in every.items()},
        stood,
        before.blank,
        {key: value for key, value in before.corrected.items() if key[1] not in every.get(key[0], ())},
    )


def _noted(
    received: bytes,
    input_id: str,
    intake: Intake,
    before: Rights,
    erased: Mapping[int, Collection[int]],
) -> tuple[Rights, bytes]:
    """Return what to note of an input, and its bytes with the values of the erased blanked."""
    every = {offset: set(before.erased.get(offset, ())) for offset in {*before.erased, *erased}}
    for offset, ordinals in erased.items():
        every[offset] |= set(ordinals)
    reading = read_input(received, intake, input_id=input_id)
    places = places_of(received, reading, every)  # also of who was noted by an act that was killed
    fulfil(reading, replace(before, corrected={}))
    stood = dict(before.stood)
    for message in reading.messages:
        if message.offset in erased:
            stood[message.offset] = Stood.of(message, erased[message.offset])
    noted = _without_bytes(replace(before, stood=stood), erased)
    noted = replace(noted, blank=tuple(sorted({*before.blank, *places.blank})))
    return noted, veil(blanked(received, 0, places.blank), 0, places.veiled)


def _reads_alike(
    received: bytes,
    blank: bytes,
    input_id: str,
    intake: Intake,
    before: Rights,
    rights: Rights,
    *,
    entries_too: bool,
) -> bool:
    """Say whether everybody else reads as before, and the same is set aside (`entries_too`)."""
    first, second = (read_input(data, intake, input_id=input_id) for data in (received, blank))
    fulfil(first, replace(before, corrected={}, blank=()))
    fulfil(second, replace(rights, corrected={}, blank=()))
    was, now = _others(first, rights), _others(second, rights)
    entries_alike = not entries_too or was["quarantine"].select(_ENTRY).equals(
        now["quarantine"].select(_ENTRY)
    )
    return entries_alike and all(was[name].equals(now[name]) for name in _AS_BEFORE)


def _others(reading: Reading, rights: Rights) -> dict[str, pa.Table]:
    for message in reading.messages:
        gone = rights.erased.get(message.offset, ())
        message.travellers = [one for one in message.travellers if one.ordinal not in gone]
    return tabulate([reading])


def _keep(store: Store, input_id: str, kept: Landed, data: bytes) -> str:
    """Keep other bytes of an input in place of what is kept; what was there before goes."""
    with closing(Settling(store, input_id, kept.length)) as settling:
        for piece in kept.pieces:
            settling.add(piece.cls, data[piece.offset : piece.offset + piece.length])
        stored = settling.keep().stored_sha256
    clear_unnamed(store, input_id)
    return stored


def _intake(store: Store, input_id: str) -> Intake:
    """Return the section by which the night that received an input read it."""
    for night in nights(store):
        inputs = read_current(store, night, INPUTS)
        now = current(store, night)
        if now is not None and pc.any(pc.equal(inputs["input_id"], input_id)).as_py():
            frozen = published_frozen(store, night, now.revision)
            if frozen is not None:
                return frozen.agency_profile().intake
    return Intake()
