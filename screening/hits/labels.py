"""What decided hits say of lists, thresholds and alerts: labels from the agency's own traffic.

Rules:

* A pair of person and alert on the same evidence is counted once, in the first night that raised it, with the
  decision that stands on it.
* Precision is the share of true matches among true and false ones; open and inconclusive pairs stand beside.
* Recall is not known: a hit that was never raised is decided by nobody. No figure here stands for it.
* The promise of a list (false alerts per 1,000 travellers) is held against travellers with a hit decided
  false, one a night and list. It is `kept` where the interval lies below it even if all open hits are false,
  `exceeded` where the interval of those decided false lies above it, else the numbers are too few.
* Another N takes hits away or adds some. Those taken away are known: a hit stands where its rate
  (`false_alerts_per_1000`) is at most N, or where a document agrees. Those added were never raised.

Source of the intervals: Wilson 1927, 95 %.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.tables.codes import Decision, EvidenceKind

COLUMNS = (
    *("section", "by", "what", "month", "hits", "true", "false", "inconclusive", "open"),
    *("value", "low", "high", "unit", "travellers", "promised", "confirmed", "valuable", "needless", "said"),
)
FEW = "shown to few"
RECALL = "recall cannot be known from hits: whom no hit named, nobody has decided on"
OTHER_RATES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_BANDS = ((100, "0 to 1"), (200, "1 to 2"), (400, "2 to 4"), (800, "4 to 8"))
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Label:
    """A pair of person and alert on the same evidence, and what was decided on it.

    Attributes:
        month: of the first night that raised it, `2026-11`.
        list_id, category, alert_id: of its alert.
        few: the alert is shown to few, and not to the reader.
        above: bits above the threshold of its list, in centibits.
        rate: innocent travellers in 1,000 that reach its score.
        kinds: kinds of evidence that speak for it.
        by_document: the same document was seen: raised whatever the threshold.
        decision: the one that stands; None for an open pair.
        answers: answers at its closing (did it deserve a review?).
    """

    month: str
    list_id: str
    category: str
    alert_id: str
    few: bool
    above: int
    rate: float
    kinds: frozenset[str]
    by_document: bool
    decision: str | None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Burden:
    """Travellers of some nights and how many of them had a hit of a list.

    Attributes:
        list_id: the list.
        month: `2026-11`.
        promised: false alerts per 1,000; None where the profile states a threshold in bits.
        travellers: compared with the list.
        false: with a hit decided false.
        undecided: with a hit that is open or inconclusive, and none decided false.
    """

    list_id: str
    month: str
    promised: float | None
    travellers: int
    false: int
    undecided: int


def wilson(found: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927).

    >>> [round(end, 3) for end in wilson(98, 100)]
    [0.93, 0.994]
    """
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, found / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = (middle - reach) / (1 + z * z / of), (middle + reach) / (1 + z * z / of)
    return max(0.0, low), min(1.0, high)


def band(above: int) -> str:
    """Name the band of bits above the threshold.

    >>> band(0), band(399), band(5000), band(-120)
    ('0 to 1', '2 to 4', '8 and more', 'below, by a document')
    """
    if above < 0:
        return "below, by a document"
    return next((name for end, name in _BANDS if above < end), "8 and more")


def kinds_words(kinds: Iterable[str]) -> str:
    """Name the kinds of evidence that speak for a hit.

    >>> kinds_words({"date_of_birth", "name"}), kinds_words(())
    ('name + date of birth', 'none')
    """
    told = [kind.replace("_", " ") for kind in EvidenceKind if kind in set(kinds)]
    return " + ".join(told) or "none"


def figures(labels: Sequence[Label], burdens: Sequence[Burden]) -> list[Row]:
    """Return all figures as rows (COLUMNS): precision, promises, thresholds, alerts worst first.

    Args:
        labels: one a pair.
        burdens: one a list, month and promise.
    """
    rows: list[Row] = [{"section": "recall", "said": RECALL}]
    by: tuple[tuple[str, Callable[[Label], str]], ...] = (
        ("all", lambda one: "all"),
        ("list", lambda one: one.list_id),
        ("category", lambda one: one.category),
        ("bits above the threshold", lambda one: band(one.above)),
        ("kind of evidence", lambda one: kinds_words(one.kinds)),
        ("month", lambda one: one.month),
    )
    for name, key in by:
        rows += _precision(name, labels, key)
    rows += _promises(burdens)
    rows += _thresholds(labels, burdens)
    rows += alert_figures(labels)
    return [dict.fromkeys(COLUMNS) | row for row in rows]


def _counts(labels: Iterable[Label]) -> Row:
    counted = Counter(one.decision for one in labels)
    return {
        "hits": counted.total(),
        "true": counted[Decision.TRUE_MATCH],
        "false": counted[Decision.FALSE_MATCH],
        "inconclusive": counted[Decision.INCONCLUSIVE],
        "open": counted[None],
    }


def _precision(by: str, labels: Sequence[Label], key: Callable[[Label], str]) -> Iterator[Row]:
    groups: dict[str, list[Label]] = defaultdict(list)
    for one in labels:
        groups[key(one)].append(one)
    for name in sorted(groups):
        counts = _counts(groups[name])
        true, decided = _whole(counts, "true"), _whole(counts, "true") + _whole(counts, "false")
        row = {"section": "precision", "by": by, "what": name, **counts}
        yield row | (_share(true, decided) if decided else {"said": "nothing is decided"})


def _whole(counts: Row, name: str) -> int:
    found = counts[name]
    return found if isinstance(found, int) else 0


def _share(found: int, of: int) -> Row:
    low, high = wilson(found, of)
    return {"value": round(found / of, 4), "low": round(low, 4), "high": round(high, 4), "unit": "share"}


def _promises(burdens: Sequence[Burden]) -> Iterator[Row]:
    months: dict[tuple[str, float | None], list[Burden]] = defaultdict(list)
    for one in burdens:
        months[one.list_id, one.promised].append(one)
    for (list_id, promised), held in sorted(months.items(), key=lambda item: (item[0][0], str(item[0][1]))):
        whole = Burden(list_id, "", promised, *(sum(getattr(one, name) for one in held) for name in _SUMMED))
        yield _promise(whole, None)
        yield from (_promise(one, one.month) for one in sorted(held, key=lambda one: one.month))


_SUMMED = ("travellers", "false", "undecided")


def _promise(one: Burden, month: str | None) -> Row:
    row: Row = {
        "section": "promise",
        "by": "list",
        "what": one.list_id,
        "month": month,
        "false": one.false,
        "open": one.undecided,
        "travellers": one.travellers,
        "promised": one.promised,
        "unit": "travellers in 1,000",
    }
    if not one.travellers:
        return row | {"said": "no traveller was counted"}
    low, high = wilson(one.false, one.travellers)
    row |= {
        "value": round(1000 * one.false / one.travellers, 3),
        "low": round(1000 * low, 3),
        "high": round(1000 * high, 3),
    }
    return row | {"said": verdict(one)}


def verdict(one: Burden) -> str:
    """Say whether a promise was kept.

    >>> verdict(Burden("own", "2026-11", 1.0, 100_000, 60, 5))
    'kept'
    >>> verdict(Burden("own", "2026-11", 1.0, 100_000, 60, 90)), verdict(Burden("own", "", 1.0, 9_000, 40, 0))
    ('too few are decided', 'exceeded')
    >>> verdict(Burden("own", "", 1.0, 1_000, 1, 0)), verdict(Burden("own", "", None, 1_000, 1, 0))
    ('too few travellers', 'nothing is promised: the threshold is stated in bits')
    """
    if one.promised is None:
        return "nothing is promised: the threshold is stated in bits"
    most = one.promised / 1000
    if wilson(one.false, one.travellers)[0] > most:
        return "exceeded"
    if wilson(one.false + one.undecided, one.travellers)[1] <= most:
        return "kept"
    enough = wilson(one.false, one.travellers)[1] <= most
    return "too few are decided" if enough else "too few travellers"


def _thresholds(labels: Sequence[Label], burdens: Sequence[Burden]) -> Iterator[Row]:
    promised: dict[str, float] = {}
    for one in burdens:
        if one.promised is not None:
            promised[one.list_id] = max(one.promised, promised.get(one.list_id, 0.0))
    for list_id, present in sorted(promised.items()):
        held = [one for one in labels if one.list_id == list_id]
        for other in OTHER_RATES:
            row: Row = {"section": "threshold", "by": list_id, "what": f"{other:g} per 1,000"}
            row["promised"] = present
            if other > present:
                yield row | {"said": "not known: what it would add was never raised"}
                continue
            left = [one for one in held if _stays(one, other)]
            lost = _counts(one for one in held if not _stays(one, other))
            told = f"less {_whole(lost, 'true')} true, {_whole(lost, 'false')} false, "
            yield row | _counts(left) | {"said": f"{told}{_whole(lost, 'open')} open"}


def _stays(one: Label, rate: float) -> bool:
    return one.rate <= rate or one.by_document


def alert_figures(labels: Iterable[Label]) -> list[Row]:
    """Return a row an alert, those with most false hits first; alerts shown to few are one row."""
    groups: dict[str, list[Label]] = defaultdict(list)
    for one in labels:
        groups[FEW if one.few else one.alert_id].append(one)
    rows = []
    for alert_id, held in groups.items():
        counts = _counts(held)
        true, false = _whole(counts, "true"), _whole(counts, "false")
        answers = Counter(answer for one in held for answer in one.answers)
        row: Row = {"section": "alert", "by": "alert", "what": alert_id, **counts, **_answered(answers)}
        rows.append(row | (_share(true, true + false) if true + false else {}))
    return sorted(rows, key=lambda row: (-_whole(row, "false"), -_whole(row, "open"), str(row["what"])))


def _answered(answers: Mapping[str, int]) -> Row:
    return {
        "confirmed": answers.get("confirmed", 0),
        "valuable": answers.get("valuable", 0),
        "needless": answers.get("false", 0),
    }
