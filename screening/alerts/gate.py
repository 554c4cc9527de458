"""The import gate: may a new version of a list come into use without a person looking at it?

Measured on 309 OFAC publications (docs/alert-lists.md): entries changed by -1.6 % to +4.2 % between two of
them; hence the defaults of the profile's ListGate. A held version is stored and waits for a named person; a
refused one is nothing that a person could let through.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.diff import diff
from screening.alerts.model import Imported
from screening.profile.model import ListGate
from screening.tables.codes import AlertStatus

_FEWEST = 2  # alerts, before a share of a small list holds it
_NOT_NAMES = frozenset({"list_name_unlike", "list_characters_damaged"})
_NOT_SOUGHT = frozenset({"list_document_range_refused", "list_document_refused"})
_NEW_CODES = {
    "list_unknown_column": "a column that the active version did not have",
    "list_unknown_type": "a kind of entry that the active version did not have",
    "list_unknown_code": "codes unknown to the importer, where the active version had none",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a version is held, refused or warned about; `text` holds figures, never values of alerts."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ListGateResult:
    """What the gate says of a version.

    Attributes:
        held: stored, but not in use until a named person lets it through.
        refused: cannot come into use at all.
        reasons: why, for either.
        warnings: what to know without being stopped.
    """

    held: bool
    refused: bool
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the version may come into use at once."""
        return not (self.held or self.refused)


def completeness(imported: Imported) -> tuple[float, float]:
    """Return the shares of alerts with a date of birth that was read, and with a document.

    Alerts that are withdrawn do not count: a row that says so may hold nothing else.
    """
    alerts = max(_standing(imported).num_rows, 1)
    dated = imported.dates.filter(pc.is_valid(imported.dates["value"]))
    shares = [pc.count_distinct(table["alert_id"]).as_py() / alerts for table in (dated, imported.documents)]
    return shares[0], shares[1]


def _standing(imported: Imported) -> pa.Table:
    return imported.alerts.filter(pc.not_equal(imported.alerts["status"], str(AlertStatus.WITHDRAWN)))


def dates_unread(imported: Imported) -> tuple[int, float]:
    """Return how many alerts have a date of birth that was not read, and their share of those with a date."""
    unread = imported.dates.filter(pc.is_null(imported.dates["value"]))
    count = pc.count_distinct(unread["alert_id"]).as_py()
    return count, _share(count, pc.count_distinct(imported.dates["alert_id"]).as_py())


def names_unlike(imported: Imported) -> tuple[int, float]:
    """Return how many alerts have a name that is none or was damaged, and their share of all."""
    count = len({finding.record for finding in imported.findings if finding.code in _NOT_NAMES})
    return count, _share(count, imported.alerts.num_rows)


def waiting(imported: Imported) -> int:
    """Return how many alerts wait for a person and raise no hit."""
    held = pc.sum(pc.equal(imported.alerts["status"], str(AlertStatus.HELD))).as_py()
    return int(held or 0)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _of_itself(new: Imported, old: Imported | None, gate: ListGate) -> list[Reason]:
    """Return the reasons that need no earlier version; what the active one has too holds no further one."""
    reasons = []
    for code, share_of, limit, words in (
        ("dates_unread", dates_unread, gate.dates_unread, "have a date of birth that could not be read"),
        ("names_unlike", names_unlike, gate.names_unlike, "have a name that is no name or was damaged"),
    ):
        count, share = share_of(new)
        if count >= _FEWEST and share > limit and (old is None or share_of(old)[1] <= limit):
            likely = next((f.text for f in new.findings if f.code == "list_encoding_likely"), "")
            hint = f" ({likely}: `encoding` in the mapping)" if likely and code == "names_unlike" else ""
            reasons.append(Reason(code, f"{count} alerts ({share:.1%}) {words}; {limit:.1%} may{hint}"))
    entries = new.counts.get("entries", new.alerts.num_rows)
    malformed = _share(new.counts.get("malformed", 0), entries)
    if malformed > gate.malformed:
        reasons.append(
            Reason("malformed", f"{malformed:.2%} of the entries are malformed, {gate.malformed:.2%} may be")
        )
    orphans = new.counts.get("orphan_rows", 0)
    # comments alone never hold a list: they are five rows, often of another day
    share = _share(orphans + new.counts.get("orphan_comments", 0), new.counts.get("companion_rows", 0))
    if orphans and share > gate.orphans:
        reasons.append(
            Reason(
                "orphans",
                f"{share:.2%} of the companion rows fit no entry ({gate.orphans:.2%} may)",
            )
        )
    if any(finding.code == "list_file_cut" for finding in new.findings):
        reasons.append(Reason("file_cut", "a file ends in the middle of a row"))
    return reasons


def _against(new: Imported, old: Imported, gate: ListGate) -> list[Reason]:
    """Return the reasons that come from comparing with the active version."""
    reasons = []
    before, after = old.alerts.num_rows, new.alerts.num_rows
    change = _share(after - before, before)
    if -change > gate.shrink:
        reasons.append(
            Reason("shrink", f"{before} alerts became {after} ({change:+.1%}); {-gate.shrink:.1%} may be")
        )
    if change > gate.growth:
        reasons.append(
            Reason("growth", f"{before} alerts became {after} ({change:+.1%}); {gate.growth:+.1%} may be")
        )
    changed = len(diff(old, new).changed)
    if _share(changed, before) > gate.changed:
        reasons.append(
            Reason(
                "changed",
                f"{changed} of {before} alerts changed ({changed / before:.1%}); {gate.changed:.1%} may be",
            )
        )
    for word, was, now in zip(
        ("a date of birth", "a document"), completeness(old), completeness(new), strict=True
    ):
        if was - now > gate.completeness_drop:
            reasons.append(Reason("completeness", f"the share with {word} fell from {was:.1%} to {now:.1%}"))
    if new.published and old.published and new.published < old.published:
        reasons.append(
            Reason("older", f"the file is of {new.published}, the active version of {old.published}")
        )
    known = {finding.code for finding in old.findings}
    for code in sorted({finding.code for finding in new.findings} & _NEW_CODES.keys() - known):
        reasons.append(Reason(code.removeprefix("list_"), _NEW_CODES[code]))
    return reasons


def _for_a_person(new: Imported) -> list[Reason]:
    """Return what is not sought until somebody mends it, and terms that do not end by themselves."""
    found = []
    if count := waiting(new):
        text = f"{count} alerts wait and raise no hit: a code has no row in the table of terms"
        found.append(Reason("waiting", text))
    for code, codes, words in (
        (
            "not_sought",
            _NOT_SOUGHT,
            "rows of document numbers are not sought: a range or number that is none",
        ),
        (
            "numbers_lost",
            frozenset({"list_document_number_rounded"}),
            "document numbers were rounded by a spreadsheet",
        ),
        (
            "validity_unread",
            frozenset({"list_validity_unread"}),
            "days of validity could not be read; the alerts stay",
        ),
    ):
        if rows := sum(finding.code in codes for finding in new.findings):
            found.append(Reason(code, f"{rows} {words}"))
    return found


def check(
    new: Imported,
    old: Imported | None,
    gate: ListGate,
    *,
    canaries: tuple[str, ...] = (),
    today: date | None = None,
) -> ListGateResult:
    """Decide about a new version.

    Args:
        new: the version to judge.
        old: the active version; None for the first of a list.
        gate: limits of the profile.
        canaries: source ids that every version must hold.
        today: day of the import, for the age of the file; None leaves the age out.

    Returns:
        Held, refused or passed, with reasons that name figures only.
    """
    if new.alerts.num_rows == 0:
        return ListGateResult(False, True, (Reason("empty", "not one person or document was read"),))
    reasons = _of_itself(new, old, gate)
    if old is not None:
        reasons += _against(new, old, gate)
    lost = len(set(canaries) - set(new.alerts["source_id"].to_pylist()))
    if lost:
        reasons.append(
            Reason("canary", f"{lost} of {len(canaries)} entries that every version must hold are missing")
        )
    warnings = []
    if today and new.published and today - new.published > timedelta(days=gate.stale_days):
        warnings.append(
            Reason("stale", f"the file is of {new.published}, {(today - new.published).days} days old")
        )
    if today and new.published and new.published > today:
        ahead = (new.published - today).days
        warnings.append(
            Reason(
                "ahead",
                f"the file is of {new.published}: dated {ahead} day{'' if ahead == 1 else 's'} ahead; "
                "is this machine's clock right?",
            )
        )
    warnings.extend(_for_a_person(new))
    standing = _standing(new)
    short = standing.num_rows - (pc.sum(standing["sufficient"]).as_py() or 0)
    if short:
        warnings.append(Reason("insufficient", f"{short} alerts have too little data to be matched sensibly"))
    return ListGateResult(bool(reasons), False, tuple(reasons), tuple(warnings))
