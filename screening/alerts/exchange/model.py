"""What stands in a package and in a receipt; the JSON Schemas of `schemas/exchange/` are made from it.

An unknown key is refused: who reads a package may not pass over what its issuer meant. A change that old
readers would refuse gets another `schema_version`.

Source: reference model of exchange in docs/exchange.md; RFC 3339 (times), RFC 8259 (JSON).
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from screening.profile.exchange import AgencyId
from screening.tables.codes import (
    AlertStatus,
    Category,
    FactKind,
    ListedDocumentStatus,
    ListedDocumentType,
    NameKind,
    Precision,
    Tier,
)

SCHEMA_VERSION = "1"
PACKAGE_KIND = "alert-package+jws"
RECEIPT_KIND = "alert-receipt+jws"
MANIFEST_FILE = "manifest.jws"
ALERTS_FILE = "alerts.jsonl"
WITHDRAWALS_FILE = "withdrawals.jsonl"
DATA_FILES = (ALERTS_FILE, WITHDRAWALS_FILE)

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Short = Annotated[str, Field(min_length=1, max_length=200)]
_SourceId = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Identity = Annotated[int, Field(ge=0, lt=1000)]
StateCode = Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")]
_MANY = 10_000


class ExchangeObject(BaseModel):
    """An object of the format: frozen, strict, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class WithdrawalReason(StrEnum):
    """Why an alert that was handed out is not any more."""

    WITHDRAWN = "withdrawn"  # it stands in the issuer's list no longer, or is withdrawn there
    EXPIRED = "expired"  # its last day is over
    NOT_SHARED = "not_shared"  # it goes on for the issuer, and its caveat or category keeps it there


class FileEntry(ExchangeObject):
    """One file of the package beside the manifest."""

    name: Literal["alerts.jsonl", "withdrawals.jsonl"]
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]
    count: Annotated[int, Field(ge=0)]  # lines


class CaveatUse(ExchangeObject):
    """A caveat that alerts of this package carry, and to whom the recipient may hand them on."""

    caveat: Short
    onward: Annotated[tuple[AgencyId, ...], Field(max_length=200)]  # agencies, or "any"; empty: nobody


class Manifest(ExchangeObject):
    """What a package is: the payload that is signed."""

    format: Literal["alert-package"] = "alert-package"
    schema_version: Literal["1"] = "1"
    issuer: AgencyId
    recipient: AgencyId
    originator: AgencyId  # whose list it is; the issuer, or the agency that the issuer has it from
    list: AgencyId  # id of the list at the issuer
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]  # of the issuer's list
    sequence: Annotated[int, Field(ge=1)]  # by issuer, recipient and list, without gaps
    previous: Sha256 | None  # sha256 of the payload of the package before; null for the first
    created: AwareDatetime
    valid_until: AwareDatetime
    tier: Literal[Tier.FULL, Tier.IDENTITY_ONLY]
    caveats: Annotated[tuple[CaveatUse, ...], Field(max_length=_MANY)]
    terms: Annotated[tuple[Short, ...], Field(max_length=100)]  # tables that made the issuer's words ours
    files: Annotated[tuple[FileEntry, ...], Field(min_length=2, max_length=2)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sorted(entry.name for entry in self.files) != sorted(DATA_FILES):
            raise ValueError("files must name alerts.jsonl and withdrawals.jsonl, each once")
        if len({use.caveat for use in self.caveats}) != len(self.caveats):
            raise ValueError("caveats must name each caveat once")
        if self.valid_until <= self.created:
            raise ValueError("valid_until must be later than created")
        return self

    def file(self, name: str) -> FileEntry:
        """Return the entry of a file."""
        return next(entry for entry in self.files if entry.name == name)

    def onward(self) -> dict[str, tuple[str, ...]]:
        """Return to whom alerts of each caveat may be handed on."""
        return {use.caveat: use.onward for use in self.caveats}


class AlertName(ExchangeObject):
    """A name as the publisher spells it."""

    full: Text
    kind: NameKind
    surname: str | None = None
    given_names: str | None = None
    script: str | None = None
    identity: _Identity = 0
    quality: str | None = None
    source: str | None = None


class AlertDate(ExchangeObject):
    """A date of birth: `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `YYYY..YYYY`, and the days that it means."""

    value: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?(\.\.\d{4}(-\d{2}(-\d{2})?)?)?$")]
    precision: Precision
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    identity: _Identity = 0
    calendar: str | None = None
    note: str | None = None
    source: str | None = None


class UnreadDate(ExchangeObject):
    """A date of birth that the issuer could not read, as its text."""

    note: Text
    identity: _Identity = 0
    source: str | None = None


class AlertDocument(ExchangeObject):
    """A document."""

    type: ListedDocumentType
    number: Short
    issuing_state: StateCode | None = None
    status: ListedDocumentStatus = ListedDocumentStatus.VALID
    issued: Annotated[date | None, Field(alias="from")] = None
    expires: Annotated[date | None, Field(alias="to")] = None
    identity: _Identity = 0
    note: str | None = None
    source: str | None = None


class AlertFact(ExchangeObject):
    """Sex, nationality or birth place, with the identity that it belongs to."""

    kind: FactKind
    value: Text
    identity: _Identity = 0
    source: str | None = None


class Provenance(ExchangeObject):
    """Where the alert stood, and what the publisher says of it that has no field here."""

    file: str
    record: str
    terms: str | None = None  # table that made the publisher's codes into words of this format
    remarks: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class AlertLine(ExchangeObject):
    """One line of alerts.jsonl: the canonical model (docs/interfaces.md, "Alert lists")."""

    list: AgencyId
    source_id: _SourceId
    category: Category
    severity: Annotated[int, Field(ge=1, le=5)]
    authority: Short
    names: Annotated[tuple[AlertName, ...], Field(max_length=_MANY)] = ()
    dates_of_birth: Annotated[tuple[AlertDate, ...], Field(max_length=_MANY)] = ()
    unread_dates: Annotated[tuple[UnreadDate, ...], Field(max_length=_MANY)] = ()
    sex: Annotated[tuple[str, ...], Field(max_length=_MANY)] = ()
    nationalities: Annotated[tuple[str, ...], Field(max_length=_MANY)] = ()
    birth_places: Annotated[tuple[str, ...], Field(max_length=_MANY)] = ()
    documents: Annotated[tuple[AlertDocument, ...], Field(max_length=_MANY)] = ()
    facts: Annotated[tuple[AlertFact, ...], Field(max_length=_MANY)] = ()
    legal_basis: str | None = None
    visibility: str | None = None
    caveat: Short | None = None
    instructions: str | None = None
    valid_from: date | None = None
    review_by: date | None = None
    expires: date | None = None
    status: Literal[AlertStatus.ACTIVE] = AlertStatus.ACTIVE
    provenance: Provenance | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.names and not self.documents:
            raise ValueError("an alert names a person or a document")
        return self


class Withdrawal(ExchangeObject):
    """One line of withdrawals.jsonl: an alert that was handed out and is not any more."""

    source_id: _SourceId
    reason: WithdrawalReason
    at: AwareDatetime
    since_sequence: Annotated[int, Field(ge=1)]  # first package that said so


class RefusedAlert(ExchangeObject):
    """An alert on which the recipient does not act, and why (flag)."""

    source_id: _SourceId
    reason: Text
    at: AwareDatetime


class WaitingAlert(ExchangeObject):
    """An alert that waits at the recipient: no row of its terms knows a word of it."""

    source_id: _SourceId
    field: Short


class Receipt(ExchangeObject):
    """What the recipient of a package answers: the payload that is signed."""

    format: Literal["alert-receipt"] = "alert-receipt"
    schema_version: Literal["1"] = "1"
    issuer: AgencyId  # who acknowledges: the recipient of the package
    recipient: AgencyId  # the issuer of the package
    list: AgencyId
    sequence: Annotated[int, Field(ge=1)]
    package: Sha256  # of the payload of the package's manifest
    accepted: AwareDatetime
    outcome: Literal["in_use", "held"]
    alerts: Annotated[int, Field(ge=0)]
    withdrawn: Annotated[tuple[_SourceId, ...], Field(max_length=1_000_000)]
    waiting: Annotated[tuple[WaitingAlert, ...], Field(max_length=1_000_000)]
    refused: Annotated[tuple[RefusedAlert, ...], Field(max_length=1_000_000)]


def places_of(fault: ValidationError) -> str:
    """Name the fields that do not hold and why, never a value.

    Keys that the model does not know come from the other side and may hold anything: they are not quoted.
    """
    told = []
    for error in fault.errors(include_input=False, include_url=False, include_context=False)[:5]:
        unknown = error["type"] == "extra_forbidden"
        path = [str(part) for part in error["loc"] if not unknown or part != error["loc"][-1]]
        where = ".".join(part if re.fullmatch(r"[a-z_]{1,30}|\d{1,6}", part) else "…" for part in path)
        told.append(f"{where or 'the object'}: {'an unknown key' if unknown else _reason(error['type'])}")
    return "; ".join(told)


def _reason(kind: str) -> str:
    words = {"missing": "is missing", "value_error": "contradicts itself", "json_invalid": "is no JSON"}
    return words.get(kind, f"is not allowed ({kind})")


def utc_text(moment: datetime) -> str:
    """Write a moment as packages do: UTC, whole seconds, `Z`.

    >>> from datetime import UTC
    >>> utc_text(datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC))
    '2026-11-23T04:05:06Z'
    """
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
