"""The profile: everything that an agency decides, with its defaults, as frozen models.

An unknown key is an error. Sections are handed to stages one by one: a stage sees its section only.
"""

from datetime import date, time
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator

from screening.profile.authoring import Authoring, Visibility
from screening.profile.exchange import Exchange
from screening.profile.handout import Handout
from screening.profile.law import Law
from screening.profile.mandate import Elements, Flights
from screening.profile.review import Review
from screening.profile.section import Section as _Section
from screening.tables.codes import (
    Category,
    Clock,
    MaskedElement,
    Meant,
    PnrElement,
    TermKind,
    TermOutcome,
)

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
ListSource = Literal[
    "ofac", "ofac-xml", "un", "uk", "eu", "opensanctions", "ftm", "senzing", "documents", "own", "canonical"
]

# AIRIMP codes for meals, which may tell religion, and for medical needs and disabilities.
_SENSITIVE = """
    AVML BBML BLML CHML CNML DBML FPML FSML GFML HFML HNML KSML LCML LFML LPML LSML MOML NFML NLML ORML PFML
    PRML RVML SFML SPML TLML VGML VJML VLML VOML VSML BLND DEAF DPNA LEGB LEGL LEGR MAAS MEDA OXYG STCR WCHC
    WCHR WCHS WCBD WCBW WCLB WCMP WCOB
"""
_ELEMENTS = "agency contact payment frequent_flyer ticket seat baggage codeshare split status changes"


_DESIGNATOR = r"^(?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?(?:[1-9][0-9]{0,5}[A-Z]?)?$"


class Agency(_Section):
    """Whose screening this is."""

    name: str = "Example agency"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "XX"
    time_zone: str = "UTC"
    production: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as fault:
            raise ValueError("must be an IANA time zone such as Europe/Berlin") from fault
        return value


class Schedule(_Section):
    """When the night runs: [D start, D+1 start) in the agency's time zone is the night D."""

    start: time = time(1, 0)
    first_night: date | None = None  # no schedule, back-fill or command runs an earlier one
    catch_up: bool = False
    batches: Annotated[int, Field(ge=1, le=200)] = 8
    # Told of when a night is not published at this local time, the first after the night's end.
    published_by: time | None = None
    reports_at: str | None = None  # address under which the agency serves the folder of reports

    @field_validator("reports_at")
    @classmethod
    def _served(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
                raise ValueError("must be an http or https address without a log-in")
        return value

    @model_validator(mode="after")
    def _from_when(self) -> Self:
        if self.catch_up and self.first_night is None:
            raise ValueError(
                "`catch_up` needs `first_night`: else it would run every night since the year began"
            )
        if self.published_by == self.start:
            raise ValueError("`published_by` is the hour at which the night ends: it could not be met")
        return self


class Designators(_Section):
    """Designators that are one: carriers (`UA`, `UAL`), or single flights (`QX732`, `ZQ7732`)."""

    one: Annotated[str, Field(pattern=_DESIGNATOR)]
    also: Annotated[tuple[Annotated[str, Field(pattern=_DESIGNATOR)], ...], Field(min_length=1)]


class Expected(_Section):
    """Which flights are due, so that a manifest that does not come is missed."""

    path: str | None = None  # CSV, relative to the profile (docs/operations.md)
    hours_before: Annotated[int, Field(ge=0, le=96)] = (
        0  # by when, before departure, something has to be there
    )


class Intake(_Section):
    """Limits and care at the door."""

    max_file_bytes: Annotated[int, Field(gt=0)] = 2_000_000_000
    max_unpacked_bytes: Annotated[int, Field(gt=0)] = 2_000_000_000
    max_unpack_ratio: Annotated[int, Field(gt=1)] = 200
    max_members: Annotated[int, Field(gt=0)] = 10_000
    days_back: Annotated[int, Field(ge=0)] = 30
    days_ahead: Annotated[int, Field(ge=0)] = 400
    sensitive_ssr: tuple[str, ...] = tuple(_SENSITIVE.split())
    sensitive_remarks: bool = True  # IFT 4:28 free text; contact codes in it are read before it is blanked
    booking_elements: tuple[str, ...] = tuple(_ELEMENTS.split())
    designators: tuple[Designators, ...] = ()  # legs under any of them are one leg, under the first
    flights: Flights = Flights()
    elements: Elements = Elements()
    expected: Expected = Expected()
    fetch_from: tuple[str, ...] = ()  # folders behind connections of Airflow; its DAG fetches into the inbox

    @field_validator("fetch_from")
    @classmethod
    def _by_connection(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for place in value:
            parts = urlsplit(place)
            behind = parts.scheme in {"file", "local"} or (parts.username and parts.password is None)
            if not parts.scheme or not behind or not parts.path.strip("/"):
                raise ValueError(
                    "each place is `scheme://CONNECTION@host-or-bucket/folder`, without a password, "
                    "or `file:///folder`"
                )
        return value

    @model_validator(mode="after")
    def _no_remarks(self) -> Self:
        listed = self.elements.pnr
        if listed and PnrElement.REMARKS not in listed and not self.sensitive_remarks:
            raise ValueError("`sensitive_remarks` must be true where elements.pnr leaves remarks out")
        return self

    @property
    def permitted_elements(self) -> frozenset[str]:
        """Elements of a booking that both lists permit."""
        listed = self.elements.pnr
        return frozenset(self.booking_elements).intersection(
            self.booking_elements if listed is None else listed
        )


class CarrierMessages(_Section):
    """How a carrier means a full manifest that follows another; never who is screened."""

    carrier: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]
    messages: Meant


class Manifests(_Section):
    """What is known of carriers that their messages do not say."""

    carriers: tuple[CarrierMessages, ...] = ()

    @field_validator("carriers")
    @classmethod
    def _once(cls, value: tuple[CarrierMessages, ...]) -> tuple[CarrierMessages, ...]:
        if len({stated.carrier for stated in value}) != len(value):
            raise ValueError("each carrier may stand once")
        return value

    def meant(self) -> dict[str, Meant]:
        """Return how each carrier that is named means its full manifests."""
        return {stated.carrier: stated.messages for stated in self.carriers}


class Screening(_Section):
    """Who is compared with the lists."""

    # True fails safe: a cancellation may be wrong, fit the wrong person, or be taken back by a word that got
    # lost. A hit says that its traveller was withdrawn.
    withdrawn: bool = True


class Gates(_Section):
    """When a night is stopped or only warned about; `minimum` travellers make a gate refuse."""

    minimum: Annotated[int, Field(ge=0)] = 500
    surname: Annotated[float, Field(ge=0, le=1)] = 0.98
    date_of_birth: Annotated[float, Field(ge=0, le=1)] = 0.80
    document: Annotated[float, Field(ge=0, le=1)] = 0.60
    nationality: Annotated[float, Field(ge=0, le=1)] = 0.60
    quarantined: Annotated[float, Field(ge=0, le=1)] = 0.20
    hits_per_1000: Annotated[float, Field(gt=0)] = 100.0
    traffic_factor: Annotated[float, Field(gt=1)] = 5.0  # against the median of the last 28 nights
    attention_quarantined: Annotated[int, Field(ge=0)] = 0  # travellers set aside without calling a person


class ListGate(_Section):
    """When a new version of a list is held back (reference figures: docs/alert-lists.md)."""

    shrink: Annotated[float, Field(ge=0, le=1)] = 0.05
    growth: Annotated[float, Field(ge=0)] = 0.10
    changed: Annotated[float, Field(ge=0, le=1)] = 0.10
    malformed: Annotated[float, Field(ge=0, le=1)] = 0.005
    orphans: Annotated[float, Field(ge=0, le=1)] = 0.01
    completeness_drop: Annotated[float, Field(ge=0, le=1)] = 0.10
    dates_unread: Annotated[float, Field(ge=0, le=1)] = 0.10  # share of alerts with a date that was not read
    names_unlike: Annotated[float, Field(ge=0, le=1)] = 0.02  # names that are none, or damaged
    stale_days: Annotated[int, Field(gt=0)] = 21


class ListPolicy(_Section):
    """How one alert list is used."""

    id: Identifier
    source: ListSource = "canonical"
    path: str | None = None  # relative to the profile's folder
    mapping: str | None = None  # how the list is read; `own` needs one
    terms: str | None = None  # table of the authority's codes (docs/alert-lists.md, terms)
    category: Category = Category.INFORM
    severity: Annotated[int, Field(ge=1, le=5)] = 3
    authority: str = "unknown"
    false_alerts_per_1000: Annotated[float, Field(gt=0, le=50)] = 1.0
    threshold_bits: Annotated[float, Field(gt=0, le=100)] | None = None  # overrides false_alerts_per_1000
    canaries: tuple[str, ...] = ()  # source ids that every version must hold
    keep_hours: Annotated[int, Field(gt=0)] | None = None  # out of use; None: as `retention.list`
    # A copy is kept at most so long from its import, in use or not; None: no limit. Source of such a limit:
    # Regulation (EU) 2018/1862, offline copies at most 48 hours.
    copy_hours: Annotated[int, Field(gt=0)] | None = None
    gate: ListGate = ListGate()


class Term(_Section):
    """How long rows of one kind and outcome are kept."""

    kind: TermKind
    outcome: TermOutcome | None = None  # None: every outcome that has no term of its own
    hours: Annotated[int, Field(gt=0)]
    clock: Clock = Clock.LOAD


class Retention(_Section):
    """How long each class is kept, in hours from the end of the night that stored it.

    `terms` say otherwise for rows of one kind and outcome.
    """

    api: Annotated[int, Field(gt=0)] = 48
    pnr: Annotated[int, Field(gt=0)] = 4320
    settled: Annotated[int, Field(gt=0)] = 48
    unread: Annotated[int, Field(gt=0)] = 48
    hit: Annotated[int, Field(gt=0)] = 8760
    list: Annotated[int, Field(gt=0)] = 43800
    model: Annotated[int, Field(gt=0)] = 8760  # counts of earlier traffic, from the day they are out of use
    aggregate: Annotated[int, Field(gt=0)] = 43800
    record: Annotated[int, Field(gt=0)] = 43800
    audit: Annotated[int, Field(gt=0)] = 43800
    terms: tuple[Term, ...] = ()

    @field_validator("terms")
    @classmethod
    def _once(cls, value: tuple[Term, ...]) -> tuple[Term, ...]:
        if len({(term.kind, term.outcome) for term in value}) != len(value):
            raise ValueError("each pair of kind and outcome may stand once")
        return value

    def of(self, kind: TermKind, outcome: TermOutcome) -> Term:
        """Return the term of rows of a kind and outcome.

        >>> Retention(pnr=10, terms=(Term(kind="pnr", outcome="hit", hours=90),)).of("pnr", "hit").hours
        90
        """
        stated = {term.outcome: term for term in self.terms if term.kind == kind}
        hours = {TermKind.API: self.api, TermKind.PNR: self.pnr, TermKind.HIT: self.hit}[TermKind(kind)]
        return stated.get(outcome) or stated.get(None) or Term(kind=kind, outcome=outcome, hours=hours)


class Masking(_Section):
    """What is masked after a time, and who may approve that it is shown again.

    Source: Directive (EU) 2016/681 art. 12(2) and (3).
    """

    after_hours: Annotated[int, Field(gt=0)] | None = None  # None: nothing is masked
    clock: Clock = Clock.LOAD
    elements: tuple[MaskedElement, ...] = tuple(MaskedElement)
    outcomes: tuple[TermOutcome, ...] = tuple(TermOutcome)
    keep_hours: Annotated[int, Field(gt=0)] | None = None  # what was masked; None: as long as its rows
    approver: str = "court or competent authority"
    approvers: tuple[str, ...] = ()  # actors who may approve; none named: anybody but who asked
    officer: str = "data protection officer"

    @field_validator("keep_hours")
    @classmethod
    def _later(cls, value: int | None, info: ValidationInfo) -> int | None:
        after = info.data.get("after_hours")
        if value is not None and after is not None and value < after:
            raise ValueError("is shorter than after_hours: what is masked would be gone before")
        return value


class Disclosure(_Section):
    """How small a published cell may be, and when a service date is closed."""

    threshold: Annotated[int, Field(ge=2)] = 5
    nights_to_wait: Annotated[int, Field(ge=0)] = 0


class Clearing(_Section):
    """How long a false match keeps a pair silent."""

    days: Annotated[int, Field(gt=0)] = 365
    second_person: tuple[Category, ...] = (Category.REFUSE_ENTRY, Category.WANTED)
    notice_days: Annotated[int, Field(gt=0)] = 30  # clearances that end within so many days are told of


class Keys(_Section):
    """Who may link keys of pseudonyms; it decides no row."""

    second_person: bool = False


LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = r"^[^\s<>,;:\"()\[\]\\@]+@[A-Za-z0-9.-]+$"
_MailAddress = Annotated[str, Field(pattern=_ADDRESS, max_length=254)]


class EmailNotice(_Section):
    """By which mail relay notices go out, and to whom; another machine than this is spoken to encrypted."""

    to: Annotated[tuple[_MailAddress, ...], Field(min_length=1)]
    sender: _MailAddress
    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9:.-]+$")] = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25


class Notify(_Section):
    """Who is told when a night needs a person, is incomplete, failed or has recovered. It decides no row."""

    file: Annotated[str, Field(min_length=1)] | None = None  # relative to the profile's folder
    webhook: str | None = None
    email: EmailNotice | None = None

    @field_validator("webhook")
    @classmethod
    def _guarded(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            local = parts.scheme == "http" and parts.hostname in LOCAL
            if not parts.hostname or "@" in parts.netloc or not (local or parts.scheme == "https"):
                raise ValueError("must be an https address without a log-in (http on this machine only)")
        return value


class Places(_Section):
    """Where things lie, relative to the profile; variables of the environment stand above it."""

    store: str | None = None  # a folder, or s3://BUCKET/PREFIX; None: `store` in the current folder
    inbox: str | None = None  # None: `inbox` in the current folder


class Profile(_Section):
    """One agency's decisions."""

    agency: Agency = Agency()
    places: Places = Places()
    law: Law = Law()
    schedule: Schedule = Schedule()
    intake: Intake = Intake()
    manifests: Manifests = Manifests()
    screening: Screening = Screening()
    gates: Gates = Gates()
    lists: tuple[ListPolicy, ...] = ()
    list_defaults: ListGate = ListGate()
    retention: Retention = Retention()
    masking: Masking = Masking()
    disclosure: Disclosure = Disclosure()
    clearing: Clearing = Clearing()
    authoring: Authoring = Authoring()
    visibility: Visibility = Visibility()
    review: Review = Review()
    handout: Handout = Handout()
    keys: Keys = Keys()
    notify: Notify = Notify()
    exchange: Exchange = Exchange()

    def deciding(self) -> dict[str, Any]:
        """Return as plain data what decides rows.

        A webhook's address may be a secret, the name of a list's file a person's, and neither decides
        any; nor do the words in which the law is named, the file of flights (which are due is frozen), who
        writes own alerts, who may see a hit, who reviews, where things lie, where files are fetched, by when
        a night is due and where its report is served.
        """
        return self.model_dump(
            mode="json",
            exclude={
                "places": True,
                "notify": True,
                "keys": True,
                "authoring": True,
                "visibility": True,
                "review": True,
                "handout": True,
                "clearing": {"notice_days"},
                "intake": {"expected", "fetch_from"},
                "schedule": {"published_by", "reports_at"},
                "exchange": True,
                "lists": {"__all__": {"path", "mapping", "keep_hours", "copy_hours"}},
                "law": {"title", "sources", "duties"},
            },
        )

    @field_validator("lists")
    @classmethod
    def _once(cls, value: tuple[ListPolicy, ...]) -> tuple[ListPolicy, ...]:
        ids = [policy.id for policy in value]
        if len(set(ids)) != len(ids):
            raise ValueError("each list id may stand once")
        return value

    def policy(self, list_id: str) -> ListPolicy:
        """Return the policy of a list; a list unknown to the profile gets the defaults."""
        for policy in self.lists:
            if policy.id == list_id:
                return policy
        return ListPolicy(id=list_id, gate=self.list_defaults)
