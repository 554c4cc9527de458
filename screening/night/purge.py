"""Carry out the terms: what is due now, and its removal with a proof (rules: `protection.retention`)."""

from collections.abc import Sequence
from datetime import date, datetime

from screening.night.reporting import write_report
from screening.night.settings import Settings
from screening.protection.retention import Due, Proof, due, night_end, purge
from screening.store.locks import purging
from screening.store.revisions import current
from screening.store.zones import Store, open_zones
from screening.tables.analyst import HITS
from screening.tables.codes import Zone


def due_now(settings: Settings, now: datetime) -> tuple[Due, ...]:
    """List the files whose term has ended by the profile in force.

    Raises:
        StoreError: the store cannot be read.
    """
    profile = settings.profile

    def ends(night: date) -> datetime:
        return night_end(night, profile.schedule, profile.agency)

    return due(settings.store, profile.retention, ends=ends, now=now)


def purge_now(settings: Settings, now: datetime, actor: str) -> tuple[Proof, ...]:
    """Remove them and keep the proof; a purge that was killed is ended first.

    Raises:
        BusyError: a run works with the store.
        StoreError: a file cannot be removed; start again, it goes on where it stood.
    """
    store = settings.store
    open_zones(store, list(Zone))
    with purging(store):
        done = purge(store, due_now(settings, now), actor=actor, at=now)
        for night in _without_report(store, done):
            write_report(store, night)
    return done


def _without_report(store: Store, done: Sequence[Proof]) -> list[date]:
    """Nights whose report has gone with the names of fellow travellers, and whose hits are still there."""
    folders = {
        item.path.rpartition("/")[0]
        for proof in done
        for item in proof.files
        if item.path.startswith(f"{Zone.ANALYST}/reports/")
    }
    labels = (date.fromisoformat(folder.rpartition("night=")[2]) for folder in folders)
    return sorted(night for night in labels if (now := current(store, night)) and now.of(HITS))
