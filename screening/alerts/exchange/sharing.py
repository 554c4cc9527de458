"""What of a list may leave for a partner, and what of it that left before is withdrawn now.

An alert leaves if it is in force, its category goes to this partner, and its caveat does too (one without a
caveat does). An alert of a list that came from another agency leaves only for those whom its issuer named for
its caveat: without such a word nobody.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import ValidationError

from screening.alerts.exchange.model import AlertLine, CaveatUse, WithdrawalReason, places_of
from screening.profile.exchange import ANY, Partner
from screening.tables.codes import AlertStatus, Category, Tier

PROTECTING = frozenset({Category.VULNERABLE_PERSON, Category.MISSING_PERSON})
"""Their instruction and visibility travel in every tier: without them they read as an accusation."""
LEFT_OUT = frozenset({"alert_id", "version", "sufficient", "content_hash"})
"""Keys of our export that a line does not hold: the recipient makes its own."""
_IDENTITY = (
    "list", "source_id", "category", "severity", "caveat", "valid_from", "review_by", "expires", "status",
    "names", "dates_of_birth", "unread_dates", "sex", "nationalities", "birth_places", "documents", "facts",
    "visibility",
)  # fmt: skip
_VALUES = ("names", "dates_of_birth", "unread_dates", "documents", "facts")
_Item = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a list came from that is not our own.

    Attributes:
        agency: its issuer.
        onward: to whom the issuer allows alerts of each caveat to be handed on.
    """

    agency: str
    onward: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shared:
    """What leaves.

    Attributes:
        lines: alerts.jsonl, a line an alert, sorted by source_id.
        digests: sha256 of the line by source_id.
        kept: alerts that stay, by reason (`status`, `category`, `caveat`, `onward`, `schema`).
        gone: why each that stays does so, for those that were handed out before.
        caveats: caveats that leave, with their onward use.
        unfit: what keeps an alert from fitting into the format, by source_id; these stay too (`schema`).
        terms: tables of terms by which the words of those that leave were made.
    """

    lines: bytes
    digests: Mapping[str, str]
    kept: Mapping[str, int]
    gone: Mapping[str, WithdrawalReason] = field(repr=False)
    caveats: tuple[CaveatUse, ...] = ()
    unfit: Mapping[str, str] = field(default_factory=dict, repr=False)
    terms: tuple[str, ...] = ()


def share(
    items: Iterable[_Item],
    partner: Partner,
    *,
    list_id: str,
    issuer: str,
    onward: Mapping[str, tuple[str, ...]],
    origin: Origin | None,
    today: date,
) -> Shared:
    """Choose and cut the alerts for a partner.

    Args:
        items: objects of the canonical model (screening.alerts.export.objects).
        partner: what it may get.
        list_id: id of the list at the issuer.
        issuer: our own id, which stands for the authority where the tier hides it.
        onward: our own word to whom a caveat may go on.
        origin: the agency that the list came from, None for our own.
        today: day on which the package is made.

    Returns:
        Lines for the package and the account of what stays.
    """
    lines: dict[str, bytes] = {}
    kept: Counter[str] = Counter()
    gone: dict[str, WithdrawalReason] = {}
    used: set[str] = set()
    unfit: dict[str, str] = {}
    terms: set[str] = set()
    allowed = onward if origin is None else origin.onward
    for item in items:
        source_id = str(item["source_id"])
        why = stays(item, partner, origin, today)
        if why is not None:
            kept[why[0]] += 1
            gone[source_id] = why[1]
            continue
        try:
            line = AlertLine.model_validate_json(_json(_cut(item, partner.tier, list_id, issuer)))
        except ValidationError as fault:
            unfit[source_id] = places_of(fault)
            kept["schema"] += 1
            gone[source_id] = WithdrawalReason.NOT_SHARED
            continue
        lines[source_id] = _line(line)
        if line.caveat is not None:
            used.add(line.caveat)
        told = item["provenance"]
        if isinstance(told, dict) and told.get("terms"):
            terms.add(str(told["terms"]))
    ordered = sorted(lines)
    return Shared(
        lines=b"".join(lines[source_id] for source_id in ordered),
        digests={source_id: hashlib.sha256(lines[source_id]).hexdigest() for source_id in ordered},
        kept=dict(sorted(kept.items())),
        gone=gone,
        caveats=tuple(CaveatUse(caveat=word, onward=tuple(allowed.get(word, ()))) for word in sorted(used)),
        unfit=unfit,
        terms=tuple(sorted(terms)),
    )


def stays(
    item: _Item, partner: Partner, origin: Origin | None, today: date
) -> tuple[str, WithdrawalReason] | None:
    """Return why an alert does not leave, None where it does.

    Args:
        item: an object of the canonical model, or a row of the table `alerts`.
        partner: who may get it.
        origin: where the list came from, None for our own.
        today: day on which it is asked.
    """
    if item["status"] == AlertStatus.EXPIRED or (item["expires"] and str(item["expires"]) < str(today)):
        return "status", WithdrawalReason.EXPIRED
    if item["status"] != AlertStatus.ACTIVE:
        return "status", WithdrawalReason.WITHDRAWN
    if item["category"] not in partner.categories:
        return "category", WithdrawalReason.NOT_SHARED
    caveat = item["caveat"]
    if caveat is not None and caveat not in partner.caveats:
        return "caveat", WithdrawalReason.NOT_SHARED
    if origin is not None and not {ANY, partner.id} & set(origin.onward.get(str(caveat), ())):
        return "onward", WithdrawalReason.NOT_SHARED
    return None


def _cut(item: _Item, tier: Tier, list_id: str, issuer: str) -> dict[str, object]:
    whole = {name: value for name, value in item.items() if name not in LEFT_OUT} | {"list": list_id}
    if tier is Tier.FULL:
        return whole
    cut = {name: whole[name] for name in _IDENTITY} | {"authority": issuer}
    for name in _VALUES:
        values = whole[name]
        cut[name] = [
            {
                key: value
                for key, value in one.items()
                if key != "source" and (name, key) != ("documents", "note")
            }
            for one in (values if isinstance(values, list) else [])
        ]
    if item["category"] in PROTECTING:
        cut["instructions"] = whole["instructions"]
    return cut


def _json(item: _Item) -> str:
    return json.dumps(item, ensure_ascii=False)


def _line(line: AlertLine) -> bytes:
    """Return the one spelling of a line: declared order of keys, nulls left out."""
    return line.model_dump_json(by_alias=True, exclude_none=True).encode() + b"\n"


def withdrawn_since(
    sent: Iterable[str], shared: Shared, known: Mapping[str, WithdrawalReason]
) -> dict[str, WithdrawalReason]:
    """Return what was handed out before and is not any more.

    Args:
        sent: source ids that the package before held.
        shared: what leaves now.
        known: withdrawals that are not acknowledged yet.

    Returns:
        Reason by source_id; those that came back are withdrawn no longer.
    """
    now = dict(known) | {
        source_id: shared.gone.get(source_id, WithdrawalReason.WITHDRAWN)
        for source_id in sent
        if source_id not in shared.digests
    }
    return {source_id: why for source_id, why in sorted(now.items()) if source_id not in shared.digests}
