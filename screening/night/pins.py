"""What decides a night beside its inputs, by version: lists, profile, model, keys, earlier nights, decisions.

A night that was never published pins what is in use; a later revision keeps what was pinned.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from screening.list_keeping import lists, merges
from screening.list_keeping.copies import copy_in_use
from screening.list_keeping.traffic_models import night_model
from screening.night.frozen import EarlierNight, Pins, published_frozen
from screening.night.settings import Settings
from screening.profile.model import Profile
from screening.protection.key_links import linked_with, readable
from screening.protection.keys import load_keys
from screening.store import acts
from screening.store.current_json import Current, current, nights
from screening.store.published import read_current
from screening.store.traffic_models import active as traffic_in_use
from screening.store.zones import Store
from screening.tables.analyst import HITS
from screening.tables.errors import InputError, StoreError, UsageError
from screening.tables.hit_acts import PROPOSALS


def new_pins(
    settings: Settings, night: date, chosen: Sequence[str] | None, actor: str, now: datetime
) -> Pins:
    """Pin what decides a night that was never published."""
    store, profile = settings.store, settings.profile
    keys = load_keys(profile.agency.production, store_root=store.root)
    linked = readable(store, keys.key_id)  # after the key in use: a rotation links before it puts in use
    decided = acts.dispositions(store, until=now)
    traffic = traffic_in_use(store)
    return Pins(
        lists=_pinned_lists(settings, chosen, actor, now),
        profile=profile.deciding(),
        model=night_model(store, traffic).model.version,
        key_id=keys.key_id,
        earlier=nights_before(store, night),
        decided_until=now.astimezone(UTC).isoformat(),
        decisions=acts.decisions_hash(decided),
        traffic=traffic,
        linked=linked,
        merges=merges.acts_hash(merges.acts(store, until=now)),
    )


def nights_before(store: Store, night: date) -> tuple[EarlierNight, ...]:
    """Return the published nights before one, as they are now."""
    return tuple(
        EarlierNight(found.isoformat(), published.revision, published.frozen)
        for found in nights(store)
        if found < night and (published := current(store, found)) is not None
    )


def kept_pins(store: Store, night: date, before: Current) -> Pins:
    """Take the pins of the published revision, but keys that a person has retired since.

    Raises:
        StoreError: its frozen set is missing, or its profile is of another version of the program.
    """
    frozen = published_frozen(store, night, before.revision)
    if frozen is None:
        raise StoreError(
            f"the frozen set of revision {before.revision} is missing",
            where=str(store.night_folder(night)),
            effect="the night cannot be run again; what is published stays",
            remedy="restore the folder `runs` of this night from the backup",
        )
    frozen.agency_profile()  # refused before anything is frozen
    pins = frozen.pins
    pins = replace(pins, lists={one: _still_whole(store, one, of) for one, of in pins.lists.items()})
    if pins.linked:
        still = set(linked_with(store, pins.key_id))
        pins = replace(pins, linked=tuple(one for one in pins.linked if one in still))
    return pins


def ids_kept(store: Store, before: Current, *, news: bool) -> int | None:
    """Return the revision of a published night whose hits keep their ids in the next one; None where none do.

    It is the published one where people have decided, or proposed, on a hit of it: a decision on an id that
    no hit has any more is seen by nobody.

    Args:
        store: the store.
        before: the published revision.
        news: something has come; else the night is as it was, ids and all.
    """
    frozen = published_frozen(store, before.night, before.revision)
    with suppress(StoreError):  # damaged hits are written anew, as they were
        hits = read_current(store, before.night, HITS)["hit_id"].combine_chunks() if news else pa.array([])
        acted = acts.dispositions(store)["hit_id"], acts.acts_on_hits(store, PROPOSALS)["hit_id"]
        if len(hits) and any(pc.any(pc.is_in(one, hits)).as_py() for one in acted):
            return before.revision
    return frozen.ids_of if frozen is not None else None


def _still_whole(store: Store, list_id: str, version: str) -> str:
    """Return the version that a night had pinned, or the one in use where its copy has ended.

    Raises:
        InputError: neither is there.
    """
    if lists.is_whole(store, list_id, version):
        return version
    now = lists.active_version(store, list_id)
    if now is None:
        raise InputError(
            f"the copy of the alert list `{list_id}` that the night was screened against has ended, and "
            "there is no other",
            where=f"{store.root}/alerts/{list_id}, version {version}",
            effect="nothing was screened again; what is published stays",
            remedy=f"fetch it again: `screening alerts import SOURCE PATH --list {list_id}`",
        )
    return now


def _pinned_lists(
    settings: Settings, chosen: Sequence[str] | None, actor: str, now: datetime
) -> dict[str, str]:
    store, profile = settings.store, settings.profile
    lists.ensure_lists(store, profile, settings.profile_folder, actor, now)
    wanted = list(chosen) if chosen else sorted({*lists.known_lists(store), *_profile_lists(profile)})
    if not wanted:
        raise InputError(
            "there is no alert list",
            where=f"{store.root}/alerts and the profile",
            effect="nothing was screened: a night without a list would find nobody",
            remedy="`screening alerts import SOURCE PATH --list ID`, or a [[lists]] entry with a path in the "
            "profile",
        )
    pinned = {}
    for list_id in wanted:
        version = copy_in_use(store, profile.policy(list_id), now)
        if (
            version is None
            and lists.active_version(store, list_id) is None
            and list_id in lists.known_lists(store)
            and not chosen
            and list_id not in {*_profile_lists(profile)}
        ):
            continue  # held back by the gate and asked for by nobody
        if version is None and lists.active_version(store, list_id) is not None:
            raise InputError(
                f"the copy of the alert list `{list_id}` is older than the "
                f"{profile.policy(list_id).copy_hours} hours for which it may be kept",
                where=f"{store.root}/alerts/{list_id}; copy_hours of the list in the profile",
                effect="nothing was screened: a night without it would miss whom it names",
                remedy=f"fetch it again: `screening alerts import SOURCE PATH --list {list_id}`",
            )
        if version is None:
            raise InputError(
                f"the alert list `{list_id}` has no active version",
                where=f"{store.root}/alerts/{list_id}",
                effect="nothing was screened: a night without it would miss whom it names",
                remedy=f"`screening alerts versions --list {list_id}` shows what is there; import it with "
                f"`screening alerts import SOURCE PATH --list {list_id}`, or let a held version through with "
                f"`screening alerts release --list {list_id} --version V --reason TEXT`",
            )
        pinned[list_id] = version
    return pinned


def refuse_unknown(settings: Settings, chosen: Sequence[str]) -> None:
    """Refuse a list that nobody knows, before anything of the night is begun.

    Raises:
        UsageError: names the lists there are.
    """
    known = sorted({*lists.known_lists(settings.store), *_profile_lists(settings.profile)})
    if unknown := [name for name in chosen if name not in known]:
        raise UsageError(
            f"--list {unknown[0][:60]}: there is no such list",
            where=f"{settings.store.root}/alerts and the profile",
            effect="nothing was run",
            remedy=f"lists are: {', '.join(known) or 'none'}; `screening alerts list` shows them",
        )


def refuse_others(pins: Pins, night: date, chosen: Sequence[str]) -> None:
    """Refuse other lists than those that the published night was screened against, and keeps.

    Raises:
        UsageError: names those lists.
    """
    if set(chosen) != set(pins.lists):
        raise UsageError(
            f"--list: night {night} was published against other lists, and keeps them",
            where=f"night {night}: {', '.join(sorted(pins.lists))}",
            effect="nothing was run",
            remedy=f"`screening run --night {night}` without --list; a new list counts from the next night",
        )


def _profile_lists(profile: Profile) -> list[str]:
    return [policy.id for policy in profile.lists]
