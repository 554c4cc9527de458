"""One card for a person and an alert over legs and bookings, and the parts in which cards are worked on.

A hit stays a hit: it has its own id, evidence and decision, and its own place on the card. Hits share a card
where they are about the same person (`person_key`) and the same alerts. The most urgent leg leads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from screening.reports.hit import HitView
from screening.reports.work_order import Direction, Part, over_legs


@dataclass(frozen=True, slots=True)
class Card:
    """Hits about one person and one group of alerts.

    Attributes:
        rank: its place in the work, from 1.
        hits: most urgent first; what all of them say the same is shown once, of the first.
    """

    rank: int
    hits: tuple[HitView, ...]

    @property
    def first(self) -> HitView:
        """Give the hit that leads the card."""
        return self.hits[0]

    @property
    def part(self) -> Part:
        """Give the part that it stands in."""
        return self.first.part

    @property
    def direction(self) -> Direction:
        """Tell which way the person goes over the legs of the card."""
        return over_legs([hit.timing for hit in self.hits])

    @property
    def differing(self) -> tuple[HitView, ...]:
        """Give the further hits whose evidence is not that of the first."""
        known = {self.first.row["evidence_hash"]}
        found = []
        for hit in self.hits[1:]:
            if hit.row["evidence_hash"] not in known:
                known.add(hit.row["evidence_hash"])
                found.append(hit)
        return tuple(found)

    @property
    def state(self) -> str:
        """Tell how the card stands: open while one of its hits is, decided when all are."""
        states = [hit.state for hit in self.hits]
        return next((one for one in ("open", "proposed", "decided") if one in states), "closed")


def order(hit: HitView) -> tuple[int, int, str]:
    """Sort hits into the order of work."""
    return list(Part).index(hit.part), -hit.weight, hit.row["hit_id"]


def cards(hits: Sequence[HitView]) -> tuple[Card, ...]:
    """Put hits, in the order of work, on cards.

    What is shown to few stands alone: that two of them are about one person is not for everybody.
    """
    found: dict[tuple[str, ...], list[HitView]] = {}
    for hit in hits:
        row = hit.row
        key = (row["hit_id"],) if hit.call else (row["person_key"], *row["alert_ids"])
        found.setdefault(key, []).append(hit)
    return tuple(Card(rank, tuple(held)) for rank, held in enumerate(found.values(), start=1))
