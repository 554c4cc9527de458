"""A shift in numbers: what was open, what came, what was decided by whom; no traveller is named.

Rules: a hit came when the revision that first held it, with the evidence it has, was published. It is open
until a decision other than inconclusive stands on it; a decision that is undone or superseded stands no more.
A contrary decision supersedes another one on the same pair and says otherwise. Times are UTC; a shift takes
in its first moment and not its last.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from screening.hits.decided import OPEN, Decided
from screening.tables.codes import Decision
from screening.tables.rows import DispositionRow, HitRow

COLUMNS = ("figure", "of", "value", "unit")
_DECISIONS = "decisions"
_MINUTE = timedelta(minutes=1)
_BEFORE = timedelta(microseconds=1)
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Came:
    """A hit with the evidence that it had from a moment on.

    Attributes:
        hit: HITS row.
        at: when it was published so first, UTC.
        lands: when its leg lands, UTC; None where not known.
        closed: its alerts have ended since: it needs nobody any more.
    """

    hit: HitRow
    at: datetime
    lands: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Acts:
    """What people did.

    Attributes:
        dispositions: DISPOSITIONS, all of them.
        undos: ids of those that take another one back and decide nothing themselves.
        waiting: proposals that wait for a second person at the end of the shift.
    """

    dispositions: Sequence[DispositionRow]
    undos: Collection[str] = frozenset()
    waiting: int = 0


def shift(came: Sequence[Came], done: Acts, first: datetime, last: datetime) -> list[Row]:
    """Return the figures of a shift as rows (COLUMNS).

    Args:
        came: hits of all nights that are held.
        done: what people did.
        first: begin of the shift, UTC.
        last: its end; what is after it is not looked at.
    """
    of: dict[str, list[Came]] = defaultdict(list)
    for one in sorted(came, key=lambda one: one.at):
        if one.at < last:
            of[one.hit["hit_id"]].append(one)
    start, end = (_open(of, done, moment - _BEFORE) for moment in (first, last))
    ended = [one for one in end if one.closed]
    left = sorted((one for one in end if not one.closed), key=lambda one: (one.at, one.hit["hit_id"]))
    fresh = [held for held in of.values() if held[0].at >= first]
    rows: list[Row] = [
        _row("open at the start", len(start)),
        _row("came", len(fresh)),
        *_decided(done, first, last),
        _row("open at the end", len(left)),
        *(_row("open at the end", count, of=f"severity {severity}") for severity, count in _severities(left)),
        _row("alert ended since, needs nobody", len(ended)),
        _row("wait for a second person", done.waiting),
        *_landed(of, done, first, last),
        _row("minutes to a decision, median", _median(of, done, first, last), unit="minutes"),
    ]
    if left:
        hours = (last - left[0].at) / timedelta(hours=1)
        rows.append(_row("oldest open", round(hours, 1), of=left[0].hit["hit_id"], unit="hours"))
    return [dict.fromkeys(COLUMNS) | row for row in rows]


def _row(figure: str, value: object, *, of: str | None = None, unit: str = "hits") -> Row:
    return {"figure": figure, "of": of, "value": value, "unit": unit}


def _standing(done: Acts, moment: datetime) -> Decided:
    return Decided(done.dispositions, until=moment)


def _open(of: Mapping[str, Sequence[Came]], done: Acts, moment: datetime) -> list[Came]:
    """Return the hits that are open at a moment, each as it stood then."""
    standing = _standing(done, moment)
    then = [[one for one in held if one.at <= moment] for held in of.values()]
    return [held[-1] for held in then if held and standing.decision(held[-1].hit) in OPEN]


def _severities(left: Sequence[Came]) -> list[tuple[int, int]]:
    return sorted(Counter(one.hit["severity"] for one in left).items(), reverse=True)


def _decided(done: Acts, first: datetime, last: datetime) -> list[Row]:
    acts = [row for row in done.dispositions if first <= row["decided_at"] < last]
    made = [row for row in acts if row["disposition_id"] not in done.undos]
    back = [row for row in acts if row["disposition_id"] in done.undos]
    earlier = {row["disposition_id"]: row["decision"] for row in done.dispositions}
    contrary = sum(
        bool(row["supersedes"]) and earlier.get(row["supersedes"] or "") not in {None, row["decision"]}
        for row in made
    )
    decisions = Counter(row["decision"] for row in made)
    return [
        _row("decided", len(made), unit=_DECISIONS),
        *(_row("decided", decisions[one], of=str(one), unit=_DECISIONS) for one in Decision),
        *_by("decided by", (row["analyst"] for row in made)),
        *_by("confirmed by", (row["second"] for row in made)),
        _row("contrary to an earlier decision", contrary, unit=_DECISIONS),
        _row("undone", len(back), unit=_DECISIONS),
        *_by("undone by", (row["analyst"] for row in back)),
    ]


def _by(figure: str, people: Iterable[str | None]) -> list[Row]:
    counted = sorted(Counter(name for name in people if name).items())
    return [_row(figure, count, of=name, unit=_DECISIONS) for name, count in counted]


def _landed(of: Mapping[str, Sequence[Came]], done: Acts, first: datetime, last: datetime) -> list[Row]:
    latest = [held[-1] for held in of.values()]
    within = [one for one in latest if one.lands is not None and first <= one.lands < last]
    open_ = 0
    for one in within:
        moment = one.lands or last
        standing = _standing(done, moment)
        open_ += one.at <= moment and standing.decision(one.hit) in OPEN
    unknown = sum(one.lands is None for one in latest)
    return [
        _row("landed while open", open_),
        _row("landing not known", unknown),
    ]


def _median(of: Mapping[str, Sequence[Came]], done: Acts, first: datetime, last: datetime) -> float | None:
    """Return the median of the minutes from coming to the first decision that was not inconclusive."""
    earliest: dict[str, datetime] = {}
    for row in done.dispositions:
        if row["decision"] != Decision.INCONCLUSIVE:
            at = earliest.get(row["hit_id"], row["decided_at"])
            earliest[row["hit_id"]] = min(at, row["decided_at"])
    took = [
        (earliest[hit] - held[0].at) / _MINUTE
        for hit, held in of.items()
        if hit in earliest and first <= earliest[hit] < last
    ]
    return round(median(took), 1) if took else None
