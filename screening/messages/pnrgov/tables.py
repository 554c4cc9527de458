"""PNRGOV as data: which segment may stand where, and what it means there.

One table serves 10.1 to 21.1: later releases added segments and components, they gave none another meaning
(10.1, 11.1 and 13.1 rest on real bytes; the others are an assumption, docs/messages.md). A release or a
national dialect that differs is a copy with rows replaced, entered in `DIALECTS`.

Source: IATA/ICAO/WCO PNRGOV implementation guide, segment table; groups are numbered as there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from types import MappingProxyType


class At(IntEnum):
    """Group of the segment table that the reader is in."""

    HEADER = auto()  # group 0
    BOOKING = auto()  # 1: SRC
    NAME = auto()  # 2: TIF
    TICKET = auto()  # 3: TKT
    PAYMENT = auto()  # 4: FOP
    LEG = auto()  # 5: TVL
    CHECK_IN = auto()  # 6: DAT
    BOARDING = auto()  # 7: TRI
    SPLIT = auto()  # 8: EQN
    SERVICE = auto()  # 9: MSG, hotel or car
    HISTORY = auto()  # 10-12: ABI, SAC


@dataclass(frozen=True, slots=True)
class Step:
    """Where a segment leads and the name of what is read from it (a key of `pnrgov.ACTIONS`)."""

    to: At
    action: str


Table = Mapping[tuple[At, str], Step]

PASSED_OVER = "passed_over"

# A segment that stands outside its group still means this: travellers are read wherever a TIF is current.
_ANYWHERE: dict[str, tuple[At | None, str]] = {
    "UNH": (None, PASSED_OVER),
    "UNT": (None, PASSED_OVER),
    "SRC": (At.BOOKING, "booking"),
    "RCI": (None, "locator_of_leg"),
    "SSR": (None, "special_service"),
    "IFT": (None, "free_text"),
    "ADD": (None, "address"),
    "EBD": (None, "excess_baggage"),
    "TIF": (At.NAME, "name"),
    "FTI": (None, "frequent_flyer"),
    "REF": (None, "reference"),
    "FAR": (None, PASSED_OVER),
    "TKT": (At.TICKET, "ticket"),
    "MON": (None, PASSED_OVER),
    "PTK": (None, PASSED_OVER),
    "TXD": (None, PASSED_OVER),
    "DAT": (None, "dates"),
    "FOP": (At.PAYMENT, "payment"),
    "ORG": (None, PASSED_OVER),
    "TVL": (At.LEG, "leg"),
    "TRA": (None, "operating_flight"),
    "RPI": (None, "status_of_leg"),
    "APD": (None, PASSED_OVER),
    "TRI": (At.BOARDING, "boarding"),
    "SSD": (None, "boarding_seat"),
    "TBD": (None, "baggage"),
    "EQN": (At.SPLIT, PASSED_OVER),
    "MSG": (At.SERVICE, PASSED_OVER),
    "PRD": (None, PASSED_OVER),
    "ABI": (At.HISTORY, "history"),
    "SAC": (At.HISTORY, "history_action"),
    "LTS": (None, PASSED_OVER),
}

# Where a segment of a group means something of its own.
_IN_ITS_GROUP: dict[tuple[At, str], tuple[At, str]] = {
    (At.HEADER, "MSG"): (At.HEADER, "function"),
    (At.HEADER, "ORG"): (At.HEADER, "originator"),
    (At.HEADER, "TVL"): (At.HEADER, "flight"),
    (At.HEADER, "EQN"): (At.HEADER, "stated"),
    (At.HEADER, "IFT"): (At.HEADER, PASSED_OVER),
    (At.BOOKING, "RCI"): (At.BOOKING, "locator"),
    (At.BOOKING, "ORG"): (At.BOOKING, "agency"),
    (At.LEG, "DAT"): (At.CHECK_IN, PASSED_OVER),
    (At.CHECK_IN, "DAT"): (At.CHECK_IN, PASSED_OVER),
    (At.LEG, "TIF"): (At.BOARDING, "boarding_name"),
    (At.CHECK_IN, "TIF"): (At.BOARDING, "boarding_name"),
    (At.BOARDING, "TIF"): (At.BOARDING, "boarding_name"),
    (At.BOARDING, "DAT"): (At.CHECK_IN, PASSED_OVER),
    (At.SPLIT, "RCI"): (At.SPLIT, "split_locator"),
    (At.SERVICE, "TIF"): (At.SERVICE, "boarding_name"),
    (At.SERVICE, "TVL"): (At.SERVICE, PASSED_OVER),
    (At.SERVICE, "RCI"): (At.SERVICE, PASSED_OVER),
    (At.SERVICE, "DAT"): (At.SERVICE, PASSED_OVER),
    (At.SERVICE, "RPI"): (At.SERVICE, PASSED_OVER),
    (At.SERVICE, "SSD"): (At.SERVICE, PASSED_OVER),
    # History has no RCI: a locator behind it opens a booking whose SRC is lost.
    (At.HISTORY, "RCI"): (At.BOOKING, "booking_without_src"),
}


# What history tells: acts with their dates, and by their tags the things that they were about.
_HISTORY = {
    "ABI": "history",
    "DAT": "history_date",
    "SAC": "history_action",
    **dict.fromkeys(("TIF", "SSR", "IFT", "TBD", "TVL", "FTI", "TKT", "FOP", "ADD", "REF"), "history_item"),
}


def _table() -> Table:
    rows: dict[tuple[At, str], Step] = {}
    for at in At:
        for tag, (to, action) in _ANYWHERE.items():
            rows[at, tag] = Step(to or at, action)
    for tag in _ANYWHERE.keys() - {"SRC", "RCI", "EQN", "UNT", "LTS"}:
        rows[At.HISTORY, tag] = Step(At.HISTORY, _HISTORY.get(tag, PASSED_OVER))
    rows |= {key: Step(to, action) for key, (to, action) in _IN_ITS_GROUP.items()}
    return MappingProxyType(rows)


PNRGOV: Table = _table()

DIALECTS: Mapping[str, Table] = MappingProxyType(
    {"10:1": PNRGOV, "11:1": PNRGOV, "12:1": PNRGOV, "13:1": PNRGOV, "14:1": PNRGOV, "15:1": PNRGOV,
     "16:1": PNRGOV, "17:1": PNRGOV, "18:1": PNRGOV, "19:1": PNRGOV, "20:1": PNRGOV, "21:1": PNRGOV}
)  # fmt: skip

# What the grammar really has behind a segment of each group: narrower than what the reader puts up with.
_BEHIND: Mapping[At, str] = MappingProxyType(
    {
        At.HEADER: "MSG ORG TVL EQN SRC",
        At.BOOKING: "RCI SSR DAT IFT ORG ADD EBD TIF TVL",
        At.NAME: "FTI IFT REF EBD FAR SSR ADD TKT TIF TVL",
        At.TICKET: "MON PTK TXD DAT IFT FOP TKT TIF TVL",
        At.PAYMENT: "IFT ADD FOP TKT TIF TVL",
        At.LEG: "TRA RPI APD SSR RCI IFT DAT TVL EQN MSG ABI LTS SRC",
        At.CHECK_IN: "ORG TRI TIF DAT TVL",
        At.BOARDING: "TRI TIF SSD TBD DAT TVL EQN MSG ABI LTS SRC",
        At.SPLIT: "RCI EQN MSG ABI LTS SRC TVL",
        At.SERVICE: "TVL RCI SSR IFT MSG ABI LTS SRC",
        At.HISTORY: "ABI DAT SAC TIF SSR IFT TBD TVL RPI LTS SRC",
    }
)
_MAY_FOLLOW: Mapping[At, frozenset[str]] = MappingProxyType(
    {at: frozenset(f"{tags} UNT".split()) for at, tags in _BEHIND.items()}
)


def may_follow(at: At) -> frozenset[str]:
    """Return the tags that the grammar has behind a segment of a group.

    >>> "TIF" in may_follow(At.BOOKING), "TIF" in may_follow(At.HEADER)
    (True, False)
    """
    return _MAY_FOLLOW[at]


def table_of(version: str) -> tuple[str, Table]:
    """Return name and table of a version; one that is not entered is read like the newest.

    >>> table_of("13:1")[0], table_of("23:1")[0]
    ('pnrgov-13:1', 'pnrgov')
    """
    found = DIALECTS.get(version)
    return (f"pnrgov-{version}", found) if found else ("pnrgov", PNRGOV)
