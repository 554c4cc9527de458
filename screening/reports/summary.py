"""What the terminal says when a night is done: figures, what needs a person, where things lie. Nobody's name.

The last line is made for machines as well, like dbt's: the five outcomes of flights add up to TOTAL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.reports.night_view import NightView, Table
from screening.reports.text import MINUS, clean, words
from screening.tables.codes import Outcome

_ROWS = 8  # of the traffic table
_LABEL = 12


@dataclass(frozen=True, slots=True)
class Changed:
    """What a later revision of a night has that the one before had not, and the other way round.

    Attributes:
        since: number of the revision before.
        counts: by what is counted: how many came, how many went; None where the two cannot be compared.
    """

    since: int
    counts: Mapping[str, tuple[int, int] | None]

    @property
    def text(self) -> str:
        """One line.

        >>> Changed(1, {"flights": (1, 0), "travellers": (80, 2), "hits": (0, 0)}).text
        'since revision 1: flights +1, travellers +80 −2, hits as before'
        >>> Changed(2, {"travellers": None}).text
        'since revision 2: travellers cannot be compared'
        """
        parts = [f"{name} {_signed(count)}" for name, count in self.counts.items()]
        return f"since revision {self.since}: {', '.join(parts)}"


def _signed(count: tuple[int, int] | None) -> str:
    if count is None:
        return "cannot be compared"
    parts = [f"{sign}{number}" for sign, number in zip(("+", MINUS), count, strict=True) if number]
    return " ".join(parts) or "as before"


def summarise(
    view: NightView,
    *,
    stages: Sequence[tuple[str, float]] = (),
    places: Mapping[str, str] | None = None,
    changed: Changed | None = None,
) -> str:
    """Write the summary of a night.

    Args:
        view: the night.
        stages: stage and its seconds, in order; measured by the caller, never part of what is published.
        places: what lies where, such as `Report` -> path, `Tables` -> path, `Airflow` -> address.
        changed: what differs from the revision before.

    Returns:
        Lines for stdout, the last of them `done(view)`.
    """
    lines = [f"Night {view.night}, revision {view.revision}: {view.state}"]
    lines += [f"! {note}" for note in view.notes]
    lines += [
        _labelled("Flights", _received(view, files=False)),
        *([_labelled("Files", text)] if (text := _received(view, files=True)) else []),
        _labelled("Travellers", _travellers(view)),
        _labelled("Hits", _hits(view)),
        _labelled("Promise", view.promise),
    ]
    lines += [_labelled("Changed", changed.text)] if changed else []
    for row in view.attention:
        reason = row["reason"] or "no reason recorded"
        code = f" ({row['reason_code']})" if row["reason_code"] else ""
        lines += ["", f"{row['flight_id']} {words(row['outcome'])}: {reason}{code}"]
        if row["mend"]:
            lines.append(f"    {row['mend']}")
    if view.traffic:
        lines += ["", *_traffic(view.traffic[0])]
    if stages:
        lines += ["", _labelled("Stages", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages))]
    lines += [_labelled(name, place) for name, place in (places or {}).items()]
    return "\n".join(clean(line) for line in [*lines, done(view)]) + "\n"


def done(view: NightView) -> str:
    """Write the last line: outcomes of flights, hits, and the flights in all."""
    names = {
        Outcome.SCREENED: "SCREENED",
        Outcome.SCREENED_WITH_FINDINGS: "FINDINGS",
        Outcome.QUARANTINED: "QUARANTINED",
        Outcome.FAILED: "FAILED",
        Outcome.OUTSIDE_MANDATE: "OUTSIDE",
        Outcome.EXPECTED: "EXPECTED",
    }
    parts = [
        f"{name}={view.outcomes.get(word, 0)}"
        for word, name in names.items()
        if word not in {Outcome.OUTSIDE_MANDATE, Outcome.EXPECTED} or view.outcomes.get(word)
    ]
    return f"Done. {' '.join(parts)} HITS={len(view.hits)} TOTAL={sum(view.outcomes.values())}"


def _labelled(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"


def _received(view: NightView, *, files: bool) -> str:
    """Count outcomes of flights, or of the files that name none."""
    of = [
        row
        for row, _ in view.flights
        if row["flight_id"].startswith("input:") == files and row["outcome"] != Outcome.EXPECTED
    ]
    parts = [
        f"{number} {words(word)}" for word in Outcome if (number := sum(row["outcome"] == word for row in of))
    ]
    if files:
        return f"{len(of)} that name no flight: {', '.join(parts)}" if of else ""
    told = f"{len(of)} received: {', '.join(parts)}" if of else "none received"
    return told if view.expected is None else f"{told}; {view.expected} expected, {view.missing} missing"


def _travellers(view: NightView) -> str:
    standing = [
        f"{number} {word}"
        for word, number in (
            ("no longer named by the latest message", view.unconfirmed),
            ("withdrawn by the carrier", view.withdrawn),
        )
        if number
    ]
    aside = f" ({', '.join(standing)})" if standing else ""
    told = f"{view.travellers} on flights{aside}, {view.quarantined} not screened"
    if view.uncounted:
        told += f", and an unknown number in {view.uncounted} file{'' if view.uncounted == 1 else 's'}"
    if view.outside:
        told += (
            f"; {view.outside} named in messages outside the mandate, not screened "
            f"(screening profile outside --night {view.night})"
        )
    return told


def _hits(view: NightView) -> str:
    parts = [f"{number} of severity {level}" for level, number in view.severities.items()]
    near = f"; {view.near_misses} of them near misses, listed last" if view.near_misses else ""
    return f"{len(view.hits)}: {', '.join(parts)} (5 is the highest){near}" if parts else "none"


def _traffic(table: Table) -> list[str]:
    """Give the first rows, and always the last ones (`Other`, `Total`)."""
    rows = table.rows
    if len(rows) > _ROWS + 3:
        last = [row for row in rows[_ROWS:] if row[0] in {"Other", "Total"}]
        rest = len(rows) - _ROWS - len(last)
        rows = (*rows[:_ROWS], (f"({rest} more)", ""), *last)
    first = max(len(row[0]) for row in rows)
    second = max(len(row[1]) for row in rows)
    return [table.title, *(f"  {row[0]:<{first}}  {row[1]:>{second}}".rstrip() for row in rows)]
