"""The way back from quarantine: mended bytes go into their night again, or a person lets the entry rest.

A replay is a new input of the night under a name that tells its origin (`replay/ENTRY/HASH`), and a
re-run of the flights that it speaks of; every other row stays. The set-aside message or traveller had said
nothing, so a full resend adds what was missing; what had been read before is recognised by the rules of
`manifests.supersede` as a resend by any carrier is.

The order makes a kill harmless: bytes, audit record, act, re-run. Once the act is there, every run of the
night takes the bytes in, and the same command given again goes on where it stood.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from screening.hits.four_eyes import same_person
from screening.messages.describe import all_findings
from screening.messages.explain import explain_stretch
from screening.messages.read import read_parts
from screening.night.frozen import machine, published_frozen
from screening.night.quarantine_entries import (
    Entry,
    EntryState,
    acts,
    entries,
    find,
    published_nights,
    record,
    short,
)
from screening.night.receive import published
from screening.night.remedies import not_screened
from screening.night.session import Session, Tell, rerun_flights
from screening.night.settings import Settings
from screening.profile.model import Intake
from screening.protection import audit
from screening.store.landing import open_back, write_incoming
from screening.store.published import read_current
from screening.store.rights import rights_of
from screening.store.zones import Store
from screening.tables.codes import InputStatus, QuarantineAct
from screening.tables.errors import UsageError
from screening.tables.findings import Finding
from screening.tables.individual import MESSAGES, OUTCOMES
from screening.tables.landing import INPUTS

_SHOWN_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        entry: the entry as it was before.
        name: name of the replayed input in the night; None where the entry's own bytes were read again.
        session: the re-run; None where the same bytes had been replayed before.
        anew: entries that the replayed bytes brought in their turn.
    """

    entry: Entry
    name: str | None
    session: Session | None
    anew: tuple[Entry, ...]


def listed(store: Store, night: date | None, *, every: bool) -> list[Entry]:
    """Return the entries of one night (by default the latest) or of every night.

    Raises:
        UsageError: the night was never published.
    """
    known = published_nights(store)
    if every:
        return [entry for found in known for entry in entries(store, found)]
    if night is None and not known:
        return []
    chosen = night or known[-1]
    published(store, chosen)
    return entries(store, chosen)


def findings_of(store: Store, entry: Entry) -> list[Finding]:
    """Return the findings on an entry's bytes, in order.

    Raises:
        StoreError: the bytes are gone by rule or damaged.
    """
    own: list[Finding] = []
    stop = entry.offset + max(entry.length, 1)
    with open_back(store, entry.input_id) as data:
        for part in read_parts(data, _intake(store, entry.night), input_id=entry.input_id):
            found = [one for message in part.messages for one in all_findings(message)]
            own += [one for one in [*found, *part.findings] if entry.offset <= one.offset < stop]
    return sorted(dict.fromkeys(own), key=lambda one: (one.offset, one.code))


def erased_in(store: Store, entry: Entry) -> int:
    """Return how many values of an entry are blanks because a person's data were erased.

    Raises:
        StoreError: the file that says so is damaged.
    """
    rights = rights_of(store, entry.input_id)
    stop = entry.offset + entry.length
    return sum(entry.offset <= place[0] < stop for place in (rights.blank if rights else ()))


def bytes_of(store: Store, entry: Entry, *, show_names: bool, actor: str, at: datetime) -> str:
    """Print an entry's bytes segment by segment, values of people masked.

    Args:
        store: the store.
        entry: the entry.
        show_names: show values of people, and text that is no message as it came; recorded first.
        actor: who looks.
        at: when, UTC.

    Raises:
        StoreError: the bytes are gone by rule or damaged.
    """
    with open_back(store, entry.input_id) as data:
        if show_names:
            audit.append(store, actor, "quarantine.show_names", [entry.quarantine_id], None, at)
        stop = entry.offset + entry.length
        text = explain_stretch(data, entry.offset, stop, show_names=show_names)
        if text:
            return text
        if not show_names:
            return f"{entry.length} bytes that are no message; --show-names shows them as text (recorded)"
        return data[entry.offset : min(stop, entry.offset + _SHOWN_BYTES)].decode("latin_1")


def replay(
    settings: Settings,
    written: str,
    *,
    file: Path | None,
    actor: str,
    reason: str | None,
    at: datetime,
    tell: Tell,
) -> Replayed:
    """Put mended bytes into the entry's night and screen again the flights that they speak of.

    Args:
        settings: store, inbox, profile.
        written: the entry's id, or a beginning that fits it alone.
        file: the mended file; None to read the entry's own bytes again by newer code.
        actor: who replays.
        reason: why.
        at: when, UTC.
        tell: shows a line of progress.

    Returns:
        What was done; the same bytes twice do nothing the second time.

    Raises:
        UsageError: no such entry, no such file, or bytes that cannot bring anything new.
        ScreeningError: as `rerun_flights` raises; the act stays recorded, and the command may be given again.
    """
    store = settings.store
    entry = find(store, written)
    data = None if file is None else _read(file)
    digest = entry.input_id if data is None else hashlib.sha256(data).hexdigest()
    act: dict[str, object] = {
        "quarantine_id": entry.quarantine_id,
        "act": QuarantineAct.REPLAY,
        "actor": actor,
        "at_utc": at,
        "reason": reason,
        "night": entry.night,
        "input_id": digest,
    }
    if file is None or data is None or digest == entry.input_id:
        flights = _own_flights(store, entry)
        _note(store, act)
        session = rerun_flights(settings, entry.night, flights=flights, failed=False, actor=actor, tell=tell)
        return Replayed(entry, None, session, _anew(store, entry.night, entry.input_id))
    name = _name(entry, digest)
    known = {(row["quarantine_id"], row["input_id"]) for row in acts(store).to_pylist()}
    received = _received(store, digest)
    if (entry.night, name) in received:
        return Replayed(entry, name, None, _anew(store, entry.night, digest))
    if received:
        raise _received_elsewhere(entry, received)
    write_incoming(store, data)
    if (entry.quarantine_id, digest) not in known:
        _note(store, act | {"name": name, "bytes": len(data)})
    session = rerun_flights(settings, entry.night, flights=[], failed=False, actor=actor, tell=tell)
    return Replayed(entry, name, session, _anew(store, entry.night, digest))


def release(
    store: Store, written: str, *, actor: str, reason: str, at: datetime, second: str | None = None
) -> tuple[Entry, bool]:
    """Record that an entry needs no replay; published tables stay as they are.

    Args:
        store: the store.
        written: the entry's id, or a beginning that fits it alone.
        actor: who releases it.
        reason: why.
        at: when, UTC.
        second: second person; needed where the entry holds people, or nobody knows whether it does.

    Returns:
        The entry as it was before, and whether anything was recorded (False: it was released before).

    Raises:
        UsageError: no such entry, no reason, no second person, or a replay is recorded for it.
    """
    if not reason.strip():
        raise UsageError(
            "--reason is empty",
            where="screening quarantine release",
            effect="nothing was recorded",
            remedy='say why it needs no replay: --reason "…"; it is recorded under your name',
        )
    entry = find(store, written)
    if entry.state is EntryState.RELEASED:
        return entry, False
    if entry.state in {EntryState.PENDING, EntryState.REPLAYED}:
        done = entry.state is EntryState.REPLAYED
        raise UsageError(
            "the entry was replayed" if done else "a replay of this entry is recorded and not yet published",
            where=f"quarantine entry {entry.short}",
            effect="nothing was recorded",
            remedy="nothing is left to do: it is settled"
            if done
            else f"`screening rerun --night {entry.night} --failed` or the same replay again ends it",
        )
    _refuse_alone(entry, actor, second)
    _note(
        store,
        {
            "second": second,
            "quarantine_id": entry.quarantine_id,
            "act": QuarantineAct.RELEASE,
            "actor": actor,
            "at_utc": at,
            "reason": reason.strip(),
            "night": entry.night,
        },
    )
    return entry, True


def _refuse_alone(entry: Entry, actor: str, second: str | None) -> None:
    """Ask for a second person where somebody would be left unscreened, or might be."""
    named = (second or "").strip()
    if named and same_person(named, actor):
        what, remedy = "the second person is the first", "a different person has to agree: --second NAME"
    elif not named and entry.people != 0:
        what = f"releasing this entry leaves people unscreened: {not_screened(entry.people)}"
        remedy = "let a second person look at it (screening quarantine show), then name them: --second NAME"
    else:
        return
    raise UsageError(
        what,
        where=f"quarantine entry {entry.short}",
        effect="nothing was recorded; the entry still waits",
        remedy=remedy,
    )


def _note(store: Store, act: dict[str, object]) -> None:
    """Write down an act: in the audit chain first, then as the file that counts."""
    objects = [str(act["quarantine_id"]), *([f"input:{act['input_id']}"] if act.get("input_id") else [])]
    objects += [f"second:{act['second']}"] if act.get("second") else []
    actor, at, reason = act["actor"], act["at_utc"], act["reason"]
    audit.append(
        store,
        str(actor),
        f"quarantine.{act['act']}",
        objects,
        None if reason is None else str(reason),
        at if isinstance(at, datetime) else None,
    )
    record(store, act)


def _intake(store: Store, night: date) -> Intake:
    frozen = published_frozen(store, night, published(store, night).revision)
    return frozen.agency_profile().intake if frozen else Intake()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise UsageError(
            f"the mended file cannot be read ({type(fault).__name__})",
            where=f"--file {file}",
            effect="nothing was recorded or replayed",
            remedy="check the path and its mode, then give the command again",
        ) from None


def _name(entry: Entry, digest: str) -> str:
    """Name an input after its origin; its file's name may be a person's and would stay in the act."""
    return f"replay/{entry.short.replace(':', '-')}/{digest[:8]}"


def _received(store: Store, digest: str) -> list[tuple[date, str]]:
    """Nights and names under which bytes have been received."""
    return [
        (night, row["name"])
        for night in published_nights(store)
        for row in read_current(store, night, INPUTS).to_pylist()
        if row["input_id"] == digest
    ]


def _received_elsewhere(entry: Entry, received: list[tuple[date, str]]) -> UsageError:
    night, name = received[-1]
    return UsageError(
        "these bytes were received before, as a file of their own",
        where=f"night {night}: {name}",
        effect="nothing was replayed: they have been read, and reading them twice would add nothing",
        remedy=f"`screening status --night {night}` shows what became of them; if they answer this entry, "
        f'`screening quarantine release {entry.short} --reason "sent again as …"` settles it',
    )


def _own_flights(store: Store, entry: Entry) -> list[str]:
    """Say what to run again so that an entry's own bytes are read anew.

    Raises:
        UsageError: it was replayed already, or this code has read these bytes before.
        StoreError: the bytes are gone by rule.
    """
    frozen = published_frozen(store, entry.night, published(store, entry.night).revision)
    if entry.state in {EntryState.PENDING, EntryState.REPLAYED}:
        what = "the entry was replayed with mended bytes"
    elif frozen is not None and frozen.machine == machine():
        what = "these are the entry's own bytes, and this same code set them aside"
    else:
        what = ""
    if what:
        raise UsageError(
            what,
            where=f"quarantine entry {short(entry.quarantine_id)}",
            effect="nothing was replayed: reading them again would give the same result",
            remedy="give the mended message with --file; an entry that needs no replay is settled by "
            "`screening quarantine release ID --reason TEXT`",
        )
    inputs = read_current(store, entry.night, INPUTS).to_pylist()
    if not any(r["input_id"] == entry.input_id and r["status"] == InputStatus.UNPACKED for r in inputs):
        with open_back(store, entry.input_id):  # raises where its term has come
            pass
    known = set(read_current(store, entry.night, OUTCOMES)["flight_id"].to_pylist())
    messages = read_current(store, entry.night, MESSAGES).select(["input_id", "flight_ids"]).to_pylist()
    beside = {leg for row in messages if row["input_id"] == entry.input_id for leg in row["flight_ids"]}
    return [leg for leg in entry.legs if leg in known] or sorted(beside & known)


def _anew(store: Store, night: date, input_id: str) -> tuple[Entry, ...]:
    """Entries that bytes brought; of a compressed file those of its members."""
    rows = read_current(store, night, INPUTS).to_pylist()
    own = {input_id, *(row["input_id"] for row in rows if row["container"] == input_id)}
    return tuple(entry for entry in entries(store, night) if entry.input_id in own)
