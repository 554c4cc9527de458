"""What a night does to the store, from receiving to publishing; killed at every point by test_crashes.py."""

from datetime import date

from screening.store.current_links import mend_links
from screening.store.keeping import settle_landing
from screening.store.landing import read_back, release_incoming, sweep_landing, write_incoming
from screening.store.revisions import Publication, publish
from screening.store.zones import Store
from screening.tables.codes import InputKind, InputStatus, RetentionClass
from screening.tables.individual import NIGHT_HEALTH
from screening.tables.landing import INPUTS

NIGHT = date(2026, 11, 23)
DATA = b"UNB+api'UNZ'UNB+pnr+secret'UNZ'"


def publications(value):
    health = [{"night": NIGHT, "measure": "travellers", "value": value, "unit": "travellers"}]
    inputs = [
        {
            "input_id": "a" * 64,
            "name": "one.edi",
            "kind": InputKind.EDIFACT,
            "bytes": len(DATA),
            "messages": 2,
            "status": InputStatus.READ,
        }
    ]
    return [
        Publication(INPUTS, RetentionClass.RECORD, INPUTS.table(inputs)),
        Publication(NIGHT_HEALTH, RetentionClass.AGGREGATE, NIGHT_HEALTH.table(health)),
    ]


def earlier(root):
    publish(Store(root), NIGHT, "f", publications(1.0))


def run(root):
    store = Store(root)
    mend_links(store)
    input_id = write_incoming(store, DATA)
    sweep_landing(store, keep=[input_id])
    assert read_back(store, input_id) == DATA
    pieces = [(0, 12, RetentionClass.API), (12, 19, RetentionClass.PNR)]
    settle_landing(store, input_id, pieces, DATA.replace(b"secret", b"      "))
    publish(store, NIGHT, "g", publications(2.0))
    release_incoming(store, [input_id])
