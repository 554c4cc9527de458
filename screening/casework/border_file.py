"""Outcomes of the border as a CSV file: hit_id, outcome, and if known at, remark.

Every row is read or the file is refused with the rows that are wrong: nothing of it is dropped.
"""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime

from screening.casework.acts_on_hits import Told
from screening.tables.errors import UsageError
from screening.tables.hit_acts import BorderOutcome

_NEEDED, _KNOWN = ("hit_id", "outcome"), ("hit_id", "outcome", "at", "remark")
_SHOWN = 10


def read_outcomes(data: bytes | None, name: str) -> list[Told]:
    r"""Read outcomes.

    >>> read_outcomes(b"hit_id,outcome,at\n3f2a,missed,2026-11-23T06:40\n", "o.csv")[0].at.isoformat()
    '2026-11-23T06:40:00+00:00'

    Args:
        data: the file, UTF-8; None where there is none.
        name: how the file is called in a refusal.

    Raises:
        UsageError: it cannot be read, has other columns, holds nothing, or rows are wrong; names their lines.
    """
    if data is None:
        raise _refused("there is no such file", name, "name a CSV file")
    try:
        text = data.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = list(reader.fieldnames or ())
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise _refused(f"the file is no CSV in UTF-8 ({type(fault).__name__})", name, "save it so") from None
    strange = [one for one in columns if one not in _KNOWN]
    if strange or any(one not in columns for one in _NEEDED) or len(set(columns)) != len(columns):
        raise _refused("the columns are others", name, "first line: hit_id,outcome,at,remark")
    if not rows:
        raise _refused("the file holds no outcome", name, "a line a hit")
    told, wrong = [], []
    for line, row in rows:
        try:
            told.append(_told(row))
        except ValueError:
            wrong.append(line)
    if wrong:
        lines = ", ".join(map(str, wrong[:_SHOWN])) + (" …" if len(wrong) > _SHOWN else "")
        raise _refused(
            f"{len(wrong)} of {len(rows)} rows cannot be read",
            f"{name}, lines {lines}",
            f"outcome is one of {', '.join(BorderOutcome)}; at is UTC as 2026-11-23T06:40, or empty",
        )
    return told


def _told(row: Mapping[str, str | None]) -> Told:
    if None in row or any(row.get(name) is None for name in _NEEDED):  # more or fewer cells than columns
        raise ValueError("cells")
    hit = (row["hit_id"] or "").strip()
    if not hit:
        raise ValueError("hit_id")
    at = (row.get("at") or "").strip()
    moment = datetime.fromisoformat(at) if at else None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    outcome = BorderOutcome((row["outcome"] or "").strip().lower())
    return Told(
        hit, outcome, moment.astimezone(UTC) if moment else None, (row.get("remark") or "").strip() or None
    )


def _refused(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(f"--file: {what}", where=where, effect="nothing was recorded", remedy=remedy)
