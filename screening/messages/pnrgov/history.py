"""History of a booking (groups 10 to 12): when it was changed and what kind of thing was, and nothing more.

ABI begins an act of somebody, DAT dates it, SAC says whether what follows was added (A), cancelled (X) or
changed (C). Names, documents and flights of the past stay unread: they would be taken for current ones, and
the texts of services can tell religion or health. What is sensitive is not even counted.

Source: Directive (EU) 2016/681 annex I, item 19; IATA PNRGOV guide, groups 10 to 12; ABI and SAC as quoted by
US-CBP/GTAS. Times of DAT are UTC (guide, DAT).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache

from screening.identity.dates import clock_time, local_time

_ACTIONS = frozenset({"A", "X", "C"})


@dataclass(slots=True)
class History:
    """Acts on one booking: what was done, by time, action and kind of segment."""

    last: datetime | None = None  # DAT 700 of the booking
    at: datetime | None = None  # of the act at hand
    action: str = ""
    counts: dict[datetime | None, Counter[tuple[str, str]]] = field(default_factory=dict)

    def begin(self) -> None:
        """ABI: an act begins; its date follows."""
        self.at, self.action = None, ""

    def begin_action(self, action: str) -> None:
        """SAC: what follows was added, cancelled or changed."""
        self.action = action if action in _ACTIONS else "?"

    def count(self, tag: str) -> None:
        """Take up a segment of the past by its tag alone."""
        self.counts.setdefault(self.at, Counter())[self.action or "?", tag] += 1

    def texts(self) -> list[str]:
        """Return the acts in the order of their dates, those without one last.

        >>> history = History(last=datetime(2026, 11, 5, 10, 10))
        >>> for action in ("X", "A"):
        ...     history.begin_action(action)
        ...     history.count("TIF")
        >>> history.texts()
        ['last 2026-11-05T10:10', 'undated A TIF 1, X TIF 1']
        """
        texts = [f"last {_moment(self.last)}"] if self.last is not None else []
        for at in sorted(self.counts, key=lambda at: (at is None, str(at))):
            counted = ", ".join(f"{action} {tag} {n}" for (action, tag), n in sorted(self.counts[at].items()))
            texts.append(f"{_moment(at) if at is not None else 'undated'} {counted}")
        return texts


def moment_of(day: str, clock: str, sent: date | None) -> datetime | None:
    """Read `ddmmyy` and a time, as `local_time` does: days and times repeat, the two together do not.

    >>> moment_of("061026", "0747", None).isoformat(), moment_of("061026", "2599", None)
    ('2026-10-06T07:47:00', None)
    """
    midnight = _midnight(day, sent)
    if midnight is None or not clock:
        return midnight
    at = _clock(clock)
    return datetime.combine(midnight, at) if at is not None else None


@lru_cache(maxsize=4096)
def _midnight(day: str, sent: date | None) -> datetime | None:
    return local_time(day, "", day_first=True, sent=sent)


@lru_cache(maxsize=4096)
def _clock(written: str) -> time | None:
    return clock_time(written)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
