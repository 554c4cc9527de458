"""A store, and nights of invented travellers with the classes that end at different times."""

import os
from datetime import date

import pytest

from screening.store.keeping import settle_landing
from screening.store.landing import release_incoming, write_incoming
from screening.store.revisions import Publication, publish
from screening.store.zones import Store
from screening.tables.codes import RetentionClass
from screening.tables.individual import NIGHT_HEALTH, STATEMENT_DOCUMENTS, TRAVELLERS
from screening.tables.landing import INPUTS

API, PNR, UNREAD = RetentionClass.API, RetentionClass.PNR, RetentionClass.UNREAD
FIRST, SECOND = date(2026, 11, 22), date(2026, 11, 23)


@pytest.fixture(autouse=True)
def umask():
    """Opening a zone makes the process's umask private; give it back."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def publish_night():
    """Publish a night: inputs received in it, and the inputs that its travellers were settled from."""

    def make(store, night, received, settled_from, change=0):
        documents = {
            cls: STATEMENT_DOCUMENTS.table(
                {
                    "statement_id": f"{input_id}:{cls}:0",
                    "ordinal": 0,
                    "type": "passport",
                    "number": "X0000001",
                    "check_digit": "none",
                }
                for input_id in received
            )
            for cls in (API, PNR)
        }
        travellers = [
            {
                "traveller_id": f"{number:032x}",
                "flight_id": "QQ1-20261124-FRA-IAD",
                "statement_ids": [f"{input_id}:0:0"],
                "person_key": "0" * 32,
                "role": "passenger",
                "name_as_sent": "SPECIMEN/ONE",
                "current": 1,
                "sources": ["api"],
            }
            for number, input_id in enumerate(settled_from)
        ]
        inputs = [
            {
                "input_id": input_id,
                "name": input_id,
                "kind": "edifact",
                "bytes": 1,
                "messages": 1,
                "status": "read",
            }
            for input_id in received
        ]
        health = [{"night": night, "measure": "travellers", "value": 1.0 + change, "unit": "travellers"}]
        return publish(
            store,
            night,
            f"f{change}",
            [
                *(Publication(STATEMENT_DOCUMENTS, cls, table) for cls, table in documents.items()),
                Publication(TRAVELLERS, RetentionClass.SETTLED, TRAVELLERS.table(travellers)),
                Publication(INPUTS, RetentionClass.RECORD, INPUTS.table(inputs)),
                Publication(NIGHT_HEALTH, RetentionClass.AGGREGATE, NIGHT_HEALTH.table(health)),
            ],
        )

    return make


@pytest.fixture
def two_nights(store, publish_night):
    """Two nights; the second draws in what the first received. Returns the ids of both inputs."""

    def receive(data):
        input_id = write_incoming(store, data)
        settle_landing(store, input_id, [(0, 3, API), (3, 3, PNR), (6, 2, UNREAD)], data)
        release_incoming(store, [input_id])
        return input_id

    one, two = receive(b"apipnr?1"), receive(b"apipnr?2")
    publish_night(store, FIRST, [one], [one])
    publish_night(store, FIRST, [one], [one], change=1)
    publish_night(store, SECOND, [two], [one, two])
    return one, two


@pytest.fixture
def tree():
    """Every file and link of a store with its bytes; locks and temporary files of dead processes aside."""

    def read(root):
        found = {}
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.name in {".lock", ".publish", ".alive"} or path.suffix == ".tmp":
                continue
            if path.is_symlink():
                found[name] = str(path.readlink())
            elif path.is_file():
                found[name] = path.read_bytes()
        return found

    return read
