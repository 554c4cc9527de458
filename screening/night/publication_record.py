"""The record of acts names what each publication consists of, also where a run was killed before it could."""

from screening.night.frozen import run_id
from screening.protection import audit
from screening.store.current_json import Current
from screening.store.zones import Store


def record_publication(store: Store, published: Current, actor: str) -> None:
    """Record what is published of a night, once.

    Raises:
        StoreError: the chain is broken at its end, or cannot be written.
    """
    if any(published.seal in record["objects"] for record in audit.records(store)):
        return
    objects = [run_id(published.night, published.revision), published.frozen, published.seal]
    audit.append(store, actor, "night.publish", objects, f"{published.revision}")
