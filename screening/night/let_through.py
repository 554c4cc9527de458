"""A person lets an incomplete night through: what waited for it in the aggregate zone is published.

The night's own rows stay as they are; nothing is read or screened again. Where the term of what the traffic
tables are made of has come, they cannot be made any more: the night's figures are released without them.
"""

from collections.abc import Collection
from datetime import date

from screening.night import fitness, publishing
from screening.night.frozen import Frozen, published_frozen
from screening.night.publication_record import record_publication
from screening.night.receive import published
from screening.protection import audit
from screening.store.current_json import Current
from screening.store.locks import night_lock, undisturbed
from screening.store.published import read_current
from screening.store.revisions import publish
from screening.store.zones import Store
from screening.tables import individual

_MADE_OF = (
    individual.COUNTS,
    individual.FLIGHTS,
    individual.TRAVELLERS,
    individual.DOCUMENTS,
    individual.MESSAGES,
    individual.MESSAGE_LEGS,
)


def release(
    store: Store, night: date, gates: Collection[str], *, actor: str, reason: str | None
) -> tuple[str, ...]:
    """Let a published night through gates that it failed.

    Args:
        store: the store.
        night: the night.
        gates: gates that a person lets it through.
        actor: who.
        reason: why.

    Returns:
        Gates that it was let through now; none where it waits for none of them.

    Raises:
        UsageError: the night was never published.
    """
    with undisturbed(store), night_lock(store, night):
        now = published(store, night)
        frozen = published_frozen(store, night, now.revision)
        waiting = {record.name for record in fitness.records(store, frozen) if record.waits}
        chosen = tuple(sorted(waiting.intersection(gates)))
        if frozen is None or not chosen:
            return ()
        for gate in chosen:
            audit.append(store, actor, "gate.let_through", [frozen.run, gate], reason)
        if waiting == set(chosen):
            _publish(store, frozen, now, actor)
        fitness.record_let_through(store, frozen, chosen)
    return chosen


def _publish(store: Store, frozen: Frozen, now: Current, actor: str) -> None:
    figures = fitness.figures(store, frozen.night, now.revision)
    tables = {
        "night_health": individual.NIGHT_HEALTH.table(  # lacks where an earlier version let it wait
            {"night": frozen.night, "measure": measure, "value": value, "unit": unit}
            for measure, (value, unit) in figures.items()
        )
    }
    if all(now.of(spec) for spec in _MADE_OF):
        held = {spec.name: read_current(store, frozen.night, spec) for spec in _MADE_OF}
        tables |= publishing.aggregated(store, frozen, held)
    kept = {file.table for file in now.files} - set(tables)
    made = publish(store, frozen.night, now.frozen, publishing.publications(tables), kept=kept)
    record_publication(store, made, actor)
