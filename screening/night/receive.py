"""Receive: decide what a night consists of, copy its bytes into landing, write the frozen set.

Runs under the night's lock. Everything after it is a function of the frozen set.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from screening.list_keeping import lists
from screening.night import expected, input_names, remains
from screening.night.frozen import (
    Frozen,
    FrozenInput,
    frozen_path,
    load_frozen,
    machine,
    save_frozen,
)
from screening.night.inbox import Arrival, arrivals, refused
from screening.night.opening import carried, gone
from screening.night.overtaken import Overtaken, overtaken
from screening.night.pins import ids_kept, kept_pins, new_pins, nights_before, refuse_others
from screening.night.publication_record import record_publication
from screening.night.quarantine_entries import replays
from screening.night.received import Received, other_nights
from screening.night.schedule_file import Schedule
from screening.night.settings import Settings
from screening.night.sightings import came_again, note_seen
from screening.protection import audit
from screening.protection.key_links import readable
from screening.protection.purposes import purpose_of
from screening.store import acts
from screening.store.current_json import Current, current, nights
from screening.store.current_links import mend_links
from screening.store.files import require_space
from screening.store.landing import release_incoming, sweep_unfinished, take_incoming
from screening.store.locks import night_lock, undisturbed
from screening.store.objects import side_by_side
from screening.store.published import read_current
from screening.store.work import Work, sweep_dead
from screening.store.zones import Store, open_zones
from screening.tables.codes import InputStatus, Zone
from screening.tables.errors import InputError, ProfileError, UsageError
from screening.tables.landing import INPUTS

_WORKING_COPIES = 6  # landing, blanked copy, work tables and published tables of one input, generously


def _refuse_invalid(settings: Settings, night: date) -> None:
    """Refuse a night in which the law that the profile names does not hold: nobody may process by it.

    So, too, where that law has no purpose in common with what the store holds of an earlier night: settling
    and matching would join data that were received for different purposes.
    """
    law, store = settings.profile.law, settings.store
    purpose_of(store, "night.receive")
    held = ((one, _purposes_of(store, one)) for one in nights(store) if law.purposes)
    other = next(((one, told) for one, told in held if told and told.isdisjoint(law.purposes)), None)
    if other:
        raise ProfileError(
            f"night {other[0]} was received for {', '.join(sorted(other[1]))}, the profile is for "
            f"{', '.join(law.purposes)}: they must not be joined",
            where="law.purposes of the profile; CURRENT.json of that night",
            effect="nothing was taken in; the files stay in the inbox and nobody was screened",
            remedy="give these purposes a store of their own (SCREENING_STORE); where the law has only given "
            "a purpose another name, name both in law.purposes",
        )
    if not law.covers(night):
        raise ProfileError(
            f"the profile is not valid in the night {night.isoformat()}: it holds from "
            f"{law.valid_from or 'the beginning'} to {law.valid_to or 'further notice'}",
            where="section law of the profile, valid_from and valid_to",
            effect="nothing was taken in; the files stay in the inbox and nobody was screened",
            remedy="name the profile that is valid (SCREENING_PROFILE), or correct its dates, and run again",
        )


def _purposes_of(store: Store, night: date) -> set[str]:
    now = current(store, night)
    return {purpose for file in (now.files if now is not None else ()) for purpose in file.purposes}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `receive` found.

    Attributes:
        frozen: the frozen set to run; None where nothing is new.
        resumed: it was written by an earlier run that did not come to its end.
        files: files that were not received before.
    """

    frozen: Frozen | None
    resumed: bool
    files: int


def receive(
    settings: Settings,
    night: date,
    *,
    chosen: Sequence[str] | None,
    actor: str,
    now: datetime,
    again: bool = False,
    addressed: bool = False,
) -> Receipt:
    """Receive a night.

    Args:
        settings: store, inbox, profile.
        night: the night's label.
        chosen: lists to screen against; None for every list with an active version.
        actor: who starts it.
        now: the moment, UTC; decisions up to it count.
        again: run a published night again although nothing is new (mends damaged files).
        addressed: take only what lies in the folder of this night: what lies beside it came later.

    Raises:
        BusyError: another process receives this night.
        UsageError: other lists are named than those that the published night was screened against, or the
            night is before the agency's first.
        InputError: no inbox, no files at all, or no alert list.
        ProfileError: the profile is not valid in this night, does not allow screening, or is for other
            purposes than what the store holds.
        StoreError: the store cannot be used, or nothing is new and bytes of the night are gone by rule.
    """
    store = settings.store
    open_zones(store, list(Zone))
    with undisturbed(store), night_lock(store, night):
        mend_links(store)
        before = current(store, night)
        if before is not None and chosen:
            refuse_others(kept_pins(store, night, before), night, chosen)
        pending = take_up(store, night, before, actor)
        if pending is not None:
            return Receipt(pending, resumed=True, files=0)
        came = [
            found for found in arrived(settings, night) if not addressed or found.addressed or found.asked
        ]
        fresh = fresh_arrivals(settings, night, before, came)
        note_seen(store, settings.inbox, night, came, fresh)
        mended = {row["input_id"] for row in _refused_rows(store, night)} - {one.input_id for one in came}
        due, other = expected.due_again(settings, night, before) if before is not None else (None, False)
        behind = None if again else overtaken(store, night)  # damaged files are first to be as they were
        if before is not None and not (fresh or mended or again or other or behind):
            return Receipt(None, resumed=False, files=0)
        if before is None and not _is_news(store, night, fresh):
            raise _nothing_came(settings, night, addressed=addressed)
        if before is None:
            _refuse_too_early(settings, night)
            _refuse_invalid(settings, night)
        fresh = take_in(store, fresh)
        acts.gather_acts(store)
        if before is None:
            frozen = Frozen(
                night=night,
                revision=1,
                base=None,
                flights=None,
                inputs=frozen_inputs(store, night, fresh, carried=()),
                pins=new_pins(settings, night, chosen, actor, now),
                machine=machine(),
                expected=expected.due(settings, night),
            )
        else:
            frozen = _further(settings, night, before, fresh, mended, due if other else None, behind)
            news = bool(fresh or mended or behind)
            ids_of = None if frozen.gone else ids_kept(store, before, news=news)
            frozen = replace(frozen, expected=due, ids_of=ids_of)
        audit.append(store, actor, "night.receive", [frozen.run, frozen.hash], f"{len(fresh)} files", now)
        begin(store, frozen)
        return Receipt(frozen, resumed=False, files=len(fresh))


def _further(
    settings: Settings,
    night: date,
    before: Current,
    fresh: Sequence[Arrival],
    mended: Collection[str],
    due: Schedule | None,
    behind: Overtaken | None,
) -> Frozen:
    """Freeze a further revision of a published night: over all its bytes, else over what remains of them.

    Where other flights are due than before (`due`), or earlier nights have overtaken it (`behind`), also if
    nothing has come; the latter are read as they are now.

    Raises:
        StoreError: nothing has come and bytes are gone by rule, or the night's frozen set is missing.
    """
    store, pins = settings.store, kept_pins(settings.store, night, before)
    if behind is not None:
        pins = replace(pins, earlier=nights_before(store, night))
    had = tuple(entry for entry in carried_inputs(store, night) if entry.input_id not in mended)
    lost = gone(store, had, carried(store, night))
    if lost and not fresh and due is None and behind is None:
        raise remains.refusal(store, night, lost, f"night {night} cannot be screened again as a whole")
    inputs = frozen_inputs(store, night, fresh, carried=[entry for entry in had if entry not in lost])
    if not lost:
        return Frozen(night, before.revision + 1, None, None, inputs, pins, machine())
    intake = settings.profile.intake
    legs = {leg for found in fresh for _, leg in remains.legs_in(store, found, intake)}
    legs |= set(behind.legs) if behind is not None else set()
    return Frozen(
        night=night,
        revision=before.revision + 1,
        base=before.revision,
        flights=tuple(sorted(legs)),
        inputs=tuple(entry for entry in inputs if not entry.carried),
        pins=pins,
        machine=machine(),
        kept=had,
        gone=remains.classes(store, night, lost),
    )


def take_up(store: Store, night: date, before: Current | None, actor: str) -> Frozen | None:
    """Return the run that an earlier process left unfinished, after clearing what no run needs any more.

    A run that other code has begun is not taken up: half of it would be the work of each. Nor is one whose
    bytes came to the end of their term while it lay, or one with a linked key that cannot be read any more.
    What it received is received again.
    """
    left = load_frozen(store, night, before.revision + 1 if before else 1)
    pending = None if left is None else _going_on(store, left)
    if left is not None and pending is None:
        frozen_path(store, night, left.revision).unlink(missing_ok=True)
    kept = pending.run if pending else None
    sweep_dead(store, night=night, keep=kept)
    input_names.sweep_names(store, night, keep=kept)
    sweep_unfinished(store)
    if pending is None and before is not None:  # killed after its publication, before it had tidied up
        record_publication(store, before, actor)
        release_incoming(store, read_current(store, night, INPUTS)["input_id"].to_pylist())
    return pending


def _going_on(store: Store, left: Frozen) -> Frozen | None:
    """Return what a killed run left, with the names of its inputs; None where it cannot go on."""
    if left.rescreened or dict(left.machine) != machine():
        return None
    if not set(left.pins.linked) <= set(readable(store, left.pins.key_id)):
        return None
    if not all(lists.is_whole(store, *pair) for pair in left.pins.lists.items()):
        return None
    named, known = input_names.restored(store, left), carried(store, left.night)
    if named.nameless or gone(store, named.inputs, known):
        return None
    return named


def begin(store: Store, frozen: Frozen) -> None:
    """Write the frozen set down; what another set of the same number has left is cleared first."""
    Work(store, frozen.night, frozen.run).clear()
    input_names.keep(store, frozen)
    save_frozen(store, frozen)


def arrived(settings: Settings, night: date) -> list[Arrival]:
    """Return what the inbox holds for a night, and the replays into it, sorted by name."""
    return sorted([*arrivals(settings.inbox, night), *replays(settings.store, night)])


def fresh_arrivals(
    settings: Settings, night: date, before: Current | None, came: Sequence[Arrival]
) -> list[Arrival]:
    """Return what no night has received, this one's published revision included."""
    store = settings.store
    others = Received(store, other_nights(store, night))
    again = came_again(store, settings.inbox, came)
    known = {pair for pair in others.done(settings.profile.intake) if pair not in again or pair[1] in others}
    known |= Received(store, [night] if before else []).files()
    return [found for found in came if (found.name, found.input_id) not in known]


def _is_news(store: Store, night: date, fresh: Sequence[Arrival]) -> bool:
    """Say whether something came but the empty files that earlier nights have told of."""
    known = Received(store, other_nights(store, night)).files()
    return any(found.size or (found.name, found.input_id) not in known for found in fresh)


def take_in(store: Store, fresh: Sequence[Arrival]) -> list[Arrival]:
    """Copy files into landing, after asking for room.

    Returns:
        What came; a file that cannot be copied, or changes while it is, stands there as refused: the night
        goes on, and the next run takes it in.

    Raises:
        StoreError: too little room.
    """
    require_space(store.root, _WORKING_COPIES * sum(found.size for found in fresh))
    # Thousands of small files: the time goes into flushing each to the disk, which threads do side by side.
    return list(side_by_side(partial(_taken, store), fresh, store.at_once))


def _taken(store: Store, found: Arrival) -> Arrival:
    if found.refused:
        return found
    try:
        stream = found.path.open("rb")
    except OSError:
        return refused(found.name, found.path, "entry_unreadable")
    with stream:
        taken = take_incoming(store, stream, expected=found.input_id)
    return found if taken else refused(found.name, found.path, "entry_changing")


def frozen_inputs(
    store: Store, night: date, fresh: Sequence[Arrival], carried: Sequence[FrozenInput]
) -> tuple[FrozenInput, ...]:
    """Return the inputs of a revision: those carried over, then the fresh ones; equal bytes are read once.

    An empty file is no double of another: each tells of a broken feed.
    """
    elsewhere = Received(store, [found for found in nights(store) if found < night])
    seen = {entry.input_id for entry in carried}
    inputs = list(carried)
    for found in fresh:
        double = bool(found.size) and (found.input_id in seen or found.input_id in elsewhere)
        inputs.append(
            FrozenInput(
                found.name,
                found.input_id,
                found.size,
                duplicate=double,
                refused=found.refused,
                mark=found.mark,
            )
        )
        seen.add(found.input_id)
    return tuple(sorted(inputs))


def carried_inputs(
    store: Store, night: date, *, only: Collection[str] | None = None, names: Collection[str] = ()
) -> tuple[FrozenInput, ...]:
    """Return the inputs of the published revision; their bytes lie in landing until their term (remains).

    Args:
        store: the store.
        night: the night.
        only: ids of the inputs wanted; None for all.
        names: further inputs wanted, by name.
    """
    return tuple(
        _carried(row)
        for row in _own_rows(store, night)
        if only is None or row["input_id"] in only or row["name"] in names
    )


def kept_inputs(store: Store, night: date, again: Collection[FrozenInput]) -> tuple[FrozenInput, ...]:
    """Return the inputs of the published revision that a re-run does not read again."""
    read = {(entry.name, entry.input_id) for entry in again}
    return tuple(
        _carried(row) for row in _own_rows(store, night) if (row["name"], row["input_id"]) not in read
    )


def _refused_rows(store: Store, night: date) -> list[dict[str, Any]]:
    """Rows of the entries that the published revision could not take in."""
    return [row for row in _own_rows(store, night) if row["status"] == InputStatus.REFUSED]


def _own_rows(store: Store, night: date) -> list[dict[str, Any]]:
    """Rows of the files that arrived; members of compressed ones come with their container."""
    return [row for row in read_current(store, night, INPUTS).to_pylist() if row["container"] is None]


def _carried(row: Mapping[str, Any]) -> FrozenInput:
    status = row["status"]
    return FrozenInput(
        row["name"],
        row["input_id"],
        row["bytes"],
        duplicate=status == InputStatus.DUPLICATE,
        carried=True,
        refused=row["reason_code"] if status == InputStatus.REFUSED else "",
    )


def _nothing_came(settings: Settings, night: date, *, addressed: bool) -> InputError:
    if addressed:
        return InputError(
            "the night is long over, and no file that was not received before lies in its own folder",
            where=str(settings.inbox / f"night={night}"),
            effect=f"night {night} was not published; files outside such folders are for the latest night",
            remedy="where files of that night are there, move them into that folder and run the night again; "
            f"to take all that lies in the inbox: screening run --night {night}",
        )
    return InputError(
        "the inbox holds no file that was not received before",
        where=str(settings.inbox),
        effect=f"night {night} was not published: a night without a single message is a broken feed, "
        "not a quiet one",
        remedy="look at the transfer from the carriers; when files have arrived, run the night again",
    )


def _refuse_too_early(settings: Settings, night: date) -> None:
    first = settings.profile.schedule.first_night
    if first is not None and night < first:
        raise UsageError(
            f"night {night} is before the first night of this agency, {first}",
            where="--night; schedule.first_night of the profile",
            effect="nothing was received",
            remedy="name the night that is meant; where it is this one, set schedule.first_night earlier",
        )


def published(store: Store, night: date) -> Current:
    """Return the published night.

    Raises:
        UsageError: it was never published.
    """
    found = current(store, night)
    if found is None:
        raise UsageError(
            f"night {night} was never published",
            where=str(store.root),
            effect="nothing was done",
            remedy=f"`screening run --night {night} --inbox DIR` publishes it",
        )
    return found
