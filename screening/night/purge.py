"""Carry out the terms: what is due now, and its removal with a proof (rules: `protection.retention`)."""

from datetime import date, datetime

from screening.night.settings import Settings
from screening.protection.retention import Due, Proof, due, night_end, purge
from screening.store.locks import purging
from screening.store.zones import open_zones
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
    open_zones(settings.store, list(Zone))
    with purging(settings.store):
        return purge(settings.store, due_now(settings, now), actor=actor, at=now)
