"""A later revision says what came and what went since the one before."""

from datetime import date

import pytest

from screening.night.reporting import changed
from screening.store.revisions import withdraw
from screening.store.zones import Store
from screening.tables.codes import RetentionClass

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"


def told(done) -> list[str]:
    return [line.split(None, 1)[1] for line in done.stdout.splitlines() if line.startswith("Changed")]


def test_a_late_revision_says_what_changed_and_a_purge_changed_nothing(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    assert told(by_hand.run(NIGHT)) == []
    by_hand.send("b.edi", written.paxlst([written.ylva], flight="XQ0402", reference="2"))
    late = "since revision 1: flights +1, travellers +1, hits +1"
    assert told(by_hand.run(NIGHT, check=None)) == [late]
    assert told(by_hand.run(NIGHT, check=None)) == [late]  # nothing is new: it is still that revision

    store, night = Store(by_hand.store), date.fromisoformat(NIGHT)
    withdrawn = withdraw(store, night, {("travellers", cls) for cls in RetentionClass})
    assert withdrawn is not None
    assert withdrawn.revision == 3
    assert changed(store, night) is None
