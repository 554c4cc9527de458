"""Legal holds and requests to unmask, by what people type: beginnings of ids, found over all nights."""

from collections.abc import Iterable
from datetime import date, datetime

import pyarrow.compute as pc

from screening.casework.found import find_hit
from screening.protection.holds import set_hold
from screening.protection.rewriting import begun
from screening.protection.unmasking import request
from screening.store.current_json import nights
from screening.store.locks import undisturbed
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.errors import StoreError, UsageError


def hold(
    store: Store,
    *,
    travellers: Iterable[str],
    hits: Iterable[str],
    reason: str,
    until: date | None,
    actor: str,
    at: datetime,
) -> str:
    """Hold the rows of travellers or hits against their terms; a purge that goes on is waited for.

    Returns:
        The hold's id.

    Raises:
        UsageError: an id fits none or several, or as `set_hold`.
        StoreError: an act on rows was killed and has to be ended first.
    """
    with undisturbed(store):
        if begun(store):
            raise StoreError(
                "a purge or another act on rows was killed and has not ended",
                where=str(begun(store)[0]),
                effect="nothing is held yet: the act may be about these rows",
                remedy="`screening retention purge` ends it; then set the hold",
            )
        return set_hold(
            store,
            travellers=[find_traveller(store, one) for one in travellers],
            hits=[find_hit(store, one)[1]["hit_id"] for one in hits],
            reason=reason,
            until=until,
            actor=actor,
            at=at,
        )


def ask_to_unmask(
    store: Store,
    *,
    travellers: Iterable[str],
    hits: Iterable[str],
    case: str,
    reason: str,
    actor: str,
    at: datetime,
) -> str:
    """Ask that masked columns of travellers or hits are shown; errors and result as `unmasking.request`.

    A hit is asked for with its traveller.
    """
    found = [find_hit(store, one)[1] for one in hits]
    named = [find_traveller(store, one) for one in travellers]
    return request(
        store,
        travellers=[*named, *(hit["traveller_id"] for hit in found)],
        hits=[hit["hit_id"] for hit in found],
        case=case,
        reason=reason,
        actor=actor,
        at=at,
    )


def find_traveller(store: Store, prefix: str) -> str:
    """Return the whole id of a traveller of any night.

    Raises:
        UsageError: no traveller's id begins so, or those of several do.
    """
    found: set[str] = set()
    for night in nights(store):
        ids = read_current(store, night, individual.TRAVELLERS)["traveller_id"]
        found |= set(ids.filter(pc.starts_with(ids, prefix)).to_pylist()) if prefix else set()
    if len(found) != 1:
        raise UsageError(
            "several travellers' ids begin so" if found else "no traveller's id begins so",
            where="--traveller, all nights of the store",
            effect="nothing was done",
            remedy="give more of the digits of traveller_id, as `screening hits` or the tables show it",
        )
    return found.pop()
