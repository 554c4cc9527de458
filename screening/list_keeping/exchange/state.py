"""How far each exchange has come: one file for each list that goes to a partner, one for each that comes.

They lie in `alerts/_exchange/out/PARTNER/LIST.json` and `alerts/_exchange/in/PARTNER/LIST.json` and are
replaced by one rename. A counter is written before the package that bears it is handed out, and after the
alerts that it brought are stored: a kill neither skips nor repeats one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.alerts.exchange.model import RefusedAlert, WaitingAlert, WithdrawalReason
from screening.alerts.exchange.sharing import Origin
from screening.profile.exchange import Exchange, Partner
from screening.store.files import disk_faults, write_json
from screening.store.locks import exclusive
from screening.store.zones import Store, beside, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError, UsageError

FOLDER = "_exchange"
MOST_REMEMBERED = 200
"""Packages of a chain whose hash is kept, so that a late receipt is still known."""
ZONES = (Zone.ALERTS, Zone.AUDIT)
_Model = TypeVar("_Model", bound=BaseModel)


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Withdrawn(_State):
    """A withdrawal that travels with every package until it is acknowledged."""

    reason: WithdrawalReason
    at: datetime
    since_sequence: int
    acknowledged: bool = False


class Received(_State):
    """The last receipt of a partner."""

    sequence: int
    accepted: datetime
    outcome: Literal["in_use", "held"]
    waiting: tuple[WaitingAlert, ...] = ()
    refused: tuple[RefusedAlert, ...] = ()


class Outgoing(_State):
    """The last package that we made of a list for a partner."""

    sequence: int
    manifest: str  # JWS, so that the same package can be made again
    digest: str  # sha256 of its payload
    version: str
    created: datetime
    valid_until: datetime
    alerts_sha256: str
    terms_of_exchange: str  # tier, originator and caveats as they were signed
    sent: tuple[str, ...]  # source ids
    withdrawals: dict[str, Withdrawn] = Field(default_factory=dict)
    made: dict[int, str] = Field(default_factory=dict)  # sequence -> digest
    receipt: Received | None = None


class Incoming(_State):
    """The last package of a list that we accepted from a partner."""

    sequence: int
    digest: str
    into: str  # our id of the list
    version: str  # our version
    originator: str
    created: datetime
    valid_until: datetime
    accepted: datetime
    outcome: Literal["in_use", "held"]
    alerts: int
    withdrawn: tuple[str, ...] = ()
    waiting: tuple[WaitingAlert, ...] = ()
    terms: str | None = None  # version of the table of words
    refused: dict[str, RefusedAlert] = Field(default_factory=dict)
    onward: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)  # by our version and caveat


Direction = Annotated[Literal["out", "in"], "seen from us"]


@contextmanager
def exchanging(store: Store) -> Iterator[None]:
    """Do one act of exchange at a time."""
    open_zones(store, ZONES)
    with exclusive(_root(store) / ".lock", what="the exchange of alerts", wait=True):
        yield


def _root(store: Store) -> Path:
    return store.path(Zone.ALERTS, FOLDER, declared=ZONES)


def arriving(store: Store) -> Path:
    """Return the folder that accepted lines lie in while they are imported."""
    return beside(store, Zone.ALERTS) / FOLDER / "arriving"


def _file(store: Store, direction: Direction, partner: str, list_id: str) -> Path:
    return store.path(Zone.ALERTS, FOLDER, direction, partner, f"{list_id}.json", declared=ZONES)


def outgoing(store: Store, partner: str, list_id: str) -> Outgoing | None:
    """Return how far a list that we give has come, None before its first package."""
    return read_state(_file(store, "out", partner, list_id), Outgoing)


def incoming(store: Store, partner: str, list_id: str) -> Incoming | None:
    """Return how far a list of a partner's has come, None before its first package."""
    return read_state(_file(store, "in", partner, list_id), Incoming)


def keep_outgoing(store: Store, partner: str, list_id: str, state: Outgoing) -> None:
    """Write how far a list that we give has come."""
    write_json(_file(store, "out", partner, list_id), state.model_dump(mode="json"))


def keep_incoming(store: Store, partner: str, list_id: str, state: Incoming) -> None:
    """Write how far a list of a partner's has come."""
    write_json(_file(store, "in", partner, list_id), state.model_dump(mode="json"))


def read_state(path: Path, model: type[_Model]) -> _Model | None:
    """Read a state of an exchange; None where there is none.

    Raises:
        StoreError: it is damaged.
    """
    if not path.exists():
        return None
    with disk_faults(path, effect="nothing was handed out or taken in"):
        data = path.read_bytes()
    try:
        return model.model_validate_json(data)
    except ValidationError:
        raise StoreError(
            "the state of an exchange is damaged: it does not have its shape",
            where=str(path),
            effect="nothing was handed out or taken in: a counter could be used twice",
            remedy="restore the file from the backup. Without one: a list that we give goes on with "
            "`screening alerts package --list LIST --to PARTNER --out FILE --after NUMBER` (the partner "
            "knows the last), one that we take begins anew when the file is removed",
        ) from None


def known_partner(exchange: Exchange, agency: str, where: str) -> Partner:
    """Return a partner of the profile.

    Raises:
        UsageError: it is none.
    """
    partner = exchange.partner(agency)
    if partner is None:
        known = ", ".join(one.id for one in exchange.partners)
        raise UsageError(
            "the profile knows no such partner",
            where=where,
            effect="nothing was done",
            remedy=f"one of {known}" if known else "add it under exchange.partners of the profile",
        )
    return partner


def taken_as(exchange: Exchange, into: str) -> tuple[Partner, str] | None:
    """Return from whom a list of ours is taken and its id there; None for a list of our own."""
    for partner in exchange.partners:
        for theirs, ours in partner.takes.items():
            if ours == into:
                return partner, theirs
    return None


def our_id(exchange: Exchange) -> str:
    """Return our own id.

    Raises:
        UsageError: the profile names none.
    """
    if exchange.agency is None:
        raise UsageError(
            "the profile does not say by which id partners know us",
            where="profile: exchange.agency",
            effect="nothing was done",
            remedy='add [exchange] with agency = "our-id" and a partner (docs/exchange.md)',
        )
    return exchange.agency


def origin_of(store: Store, exchange: Exchange, list_id: str, version: str) -> Origin | None:
    """Return where a list came from; a version of it that no package brought goes to nobody."""
    taken = taken_as(exchange, list_id)
    if taken is None:
        return None
    partner, theirs = taken
    state = incoming(store, partner.id, theirs)
    return Origin(state.originator if state else partner.id, state.onward.get(version, {}) if state else {})
