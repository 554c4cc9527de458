"""Bars of the report's plots: geometry in whole SVG units, drawn by templates/plots.html.j2.

Macros instead of a plotting library: 0.2 s instead of 1.3 s and more, same bytes each time, nothing to load.
Each plot is an image with a title; its numbers stand beside it as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from screening.reports.text import thousands


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `value` None where it is withheld."""

    label: str
    value: int | None
    written: str
    place: int
    size: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart with a title that says what it shows; lying bars or standing ones."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    standing: bool
    width: int
    height: int
    step: int
    label_width: int = 0
    note: str = ""


_LONGEST = 320  # of a lying bar
_STEP = 22  # from one lying bar to the next
_TALLEST = 120
_VALUE = 70  # room for the figure behind a lying bar
_LETTER = 9  # width of a capital at 13 units, rounded up


def lying(
    title: str, unit: str, cells: Sequence[tuple[str, int | None]], *, most: int = 20, note: str = ""
) -> Chart:
    """Lay bars under each other, the first `most` of them; the table beside shows all.

    >>> lying("Hits by list", "hits", [("own", 4), ("un", 1)]).bars[1]
    Bar(label='un', value=1, written='1', place=22, size=80)
    """
    shown = cells[:most]
    highest = max((value or 0 for _, value in shown), default=0)
    bars = tuple(
        Bar(label, value, written(value), index * _STEP, _size(value, highest, _LONGEST))
        for index, (label, value) in enumerate(shown)
    )
    label_width = _LETTER * max((len(label) for label, _ in shown), default=0) + 12
    if len(cells) > most:
        note = f"{note} The {most} largest of {len(cells)} are drawn.".strip()
    return Chart(
        title,
        unit,
        bars,
        False,
        label_width + _LONGEST + _VALUE,
        _STEP * len(bars) + 4,
        _STEP,
        label_width,
        note,
    )


def standing(title: str, unit: str, cells: Sequence[tuple[str, int | None]], *, note: str = "") -> Chart:
    """Stand bars beside each other, in the order given.

    >>> [bar.size for bar in standing("By hour", "travellers", [("05", 10), ("06", 0), ("07", None)]).bars]
    [120, 0, 0]
    """
    highest = max((value or 0 for _, value in cells), default=0)
    step = max(24, _LETTER * max((len(label) for label, _ in cells), default=0) + 6)
    bars = tuple(
        Bar(label, value, written(value), index * step, _size(value, highest, _TALLEST))
        for index, (label, value) in enumerate(cells)
    )
    return Chart(title, unit, bars, True, step * len(bars) + 8, _TALLEST + 40, step, note=note)


def written(value: int | None) -> str:
    """Write a figure, or that it is withheld."""
    return "withheld" if value is None else thousands(value)


def _size(value: int | None, highest: int, longest: int) -> int:
    # Rounded half up in integers: the same bytes everywhere. Something is never drawn as nothing.
    if not value or not highest:
        return 0
    return max(1, (2 * value * longest + highest) // (2 * highest))
