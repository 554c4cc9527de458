"""What may follow what in PAXLST, as data: (state, segment) to step. A dialect is a copy with rows replaced.

A key is the tag, or tag and qualifier (`LOC+174`); the qualified row wins. A step names what is done with the
segment (`actions.ACTIONS`) and where the reader stands after it. Steps without an action are known and
carry nothing that is kept.

Source: UN/EDIFACT PAXLST, segment tables of D.02B to D.15B, in the order of the WCO/IATA/ICAO guide; which
rows rest on real bytes: docs/messages.md. Versions differ in rows that are additions, so D.02B is read with
the rows of D.15B: a row too many refuses nothing.
"""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from screening.tables.codes import Action, Function, Role


class At(Enum):
    """Where the reader stands in a message."""

    HEADER = "header"
    FLIGHT = "flight"
    TRAVELLER = "traveller"
    DOCUMENT = "document"
    END = "end"


@dataclass(frozen=True, slots=True)
class Step:
    """Where the reader stands after a segment, and the action done with it (None: nothing that is kept)."""

    to: At
    action: str | None = None


Table = MappingProxyType[At, MappingProxyType[str, Step]]
Rows = dict[At, dict[str, Step]]

_OF_TRAVELLER = {
    "ATT": "sex",
    "DTM": "qualifier_unknown",
    "DTM+329": "birth",
    "LOC": "qualifier_unknown",
    "LOC+174": "residence",
    "LOC+178": "embarkation",
    "LOC+179": "debarkation",
    "NAT": "qualifier_unknown",
    "NAT+": "nationality",
    "NAT+2": "nationality",
    "NAT+1": "former_nationality",
    "NAT+3": "former_nationality",
    "RFF": "qualifier_unknown",
    "RFF+AVF": "locator",
    "RFF+ABO": "traveller_reference",
    "RFF+SEA": "seat",
    "FTX+BAG": "bag",
}
# Known to the guides or seen; nothing of them is kept. DTM (2005) times of the flight, issue and validity of
# a document; LOC (3227) clearance, birth place, airports of the flight, places of a crew list; RFF (1153)
# government's, customer's and ticket's numbers.
_TRAVELLER_PASSED = (
    *("FTX", "MEA", "GEI", "COM", "EMP", "CTA", "TDT", "STS", "SAL", "DTM+", "LOC+", "RFF+"),
    *(f"DTM+{code}" for code in ("7", "36", "132", "133", "136", "137", "171", "178", "182", "186", "189")),
    *(f"DTM+{code}" for code in ("194", "206", "232", "273", "554")),
    *(f"LOC+{code}" for code in ("5", "8", "9", "11", "22", "60", "61", "87", "91", "92", "125", "130")),
    *(f"LOC+{code}" for code in ("172", "180", "188")),
    *(f"RFF+{code}" for code in ("ABW", "AEA", "AFM", "ANO", "CR", "PRN", "TN", "YZY")),
)


def _group(at: At) -> dict[str, Step]:
    """Rows that hold within a traveller, before and after their documents."""
    return {key: Step(at, action) for key, action in _OF_TRAVELLER.items()} | {
        key: Step(at) for key in _TRAVELLER_PASSED
    }


_NEXT_TRAVELLER = {
    **{f"NAD+{code}": Step(At.TRAVELLER, "traveller") for code in ("FL", "FM", "DDU", "DDT")},
    "NAD": Step(At.TRAVELLER, "traveller"),
    "CNT": Step(At.END, "count"),
}
TIMES = ("scheduled", "estimated", "actual")
_MOMENTS = {  # UN 2005, by event in the order of TIMES
    "departure": ("189", "133", "136"),
    "arrival": ("232", "132", "178"),
}
MOMENTS_PASSED = frozenset({"137", "554", "334", "182", "9"})  # of the message or its data, not of the leg
BY_SEA = "1"  # UN 8067


def _moments(to: At) -> dict[str, Step]:
    """Rows of a leg's times."""
    return {
        f"DTM+{code}": Step(to, f"{event}_{kind}")
        for event, codes in _MOMENTS.items()
        for code, kind in zip(codes, TIMES, strict=True)
    }


def _us_moments(to: At) -> dict[str, Step]:
    """Rows of a leg's times in the US dialect, which writes date and time as two elements."""
    return {f"DTM+{code}": Step(to, f"us_{event}") for event, codes in _MOMENTS.items() for code in codes}


_HEADER = {
    "BGM": Step(At.HEADER, "function"),
    "RFF+TN": Step(At.HEADER, "transaction"),
    **{key: Step(At.HEADER) for key in ("RFF", "DTM", "GEI", "CTA", "COM", "FTX", "NAD", "LOC", "UNS")},
    **{f"NAD+{code}": Step(At.TRAVELLER, "traveller") for code in ("FL", "FM", "DDU", "DDT")},
    "TDT": Step(At.FLIGHT, "flight"),
    **{f"LOC+{code}": Step(At.FLIGHT, "place") for code in ("125", "87", "92", "130", "005", "008", "PT")},
    **_moments(At.HEADER),
    "CNT": Step(At.END, "count"),
}
_FLIGHT = {
    "TDT": Step(At.FLIGHT, "flight"),
    "LOC": Step(At.FLIGHT, "place"),
    **_moments(At.FLIGHT),
    "DTM": Step(At.FLIGHT, "other_moment"),
    **{key: Step(At.FLIGHT) for key in ("RFF", "FTX", "GEI", "COM", "CTA", "STS", "UNS")},
    **{f"NAD+{code}": Step(At.FLIGHT) for code in ("MS", "MR", "COP", "CA")},
    **_NEXT_TRAVELLER,
}
_TRAVELLER = {
    **_group(At.TRAVELLER),
    "TDT": Step(At.FLIGHT, "flight"),
    "DOC": Step(At.DOCUMENT, "document"),
    "DTM+36": Step(At.TRAVELLER, "out_of_place"),
    "LOC+91": Step(At.TRAVELLER, "out_of_place"),
    **_NEXT_TRAVELLER,
}
_DOCUMENT = {
    **_group(At.DOCUMENT),
    "TDT": Step(At.FLIGHT, "flight"),
    "DOC": Step(At.DOCUMENT, "document"),
    "DTM+36": Step(At.DOCUMENT, "expiry"),
    "LOC+91": Step(At.DOCUMENT, "issuing_state"),
    **_NEXT_TRAVELLER,
}
_END = {
    "CNT": Step(At.END, "count"),
    "AUT": Step(At.END),
    "UNS": Step(At.END),
    **{key: step for key, step in _NEXT_TRAVELLER.items() if key != "CNT"},
}

UN: Rows = {
    At.HEADER: _HEADER,
    At.FLIGHT: _FLIGHT,
    At.TRAVELLER: _TRAVELLER,
    At.DOCUMENT: _DOCUMENT,
    At.END: _END,
}

US: Rows = UN | {
    At.FLIGHT: {
        **_FLIGHT,
        "LOC": Step(At.FLIGHT, "us_place"),
        **_us_moments(At.FLIGHT),
        "PDT": Step(At.TRAVELLER, "us_traveller"),
    },
    At.HEADER: {
        **_HEADER,
        **_us_moments(At.HEADER),
        "PDT": Step(At.TRAVELLER, "us_traveller"),
    },
    At.TRAVELLER: {
        "PDT": Step(At.TRAVELLER, "us_traveller"),
        "TDT": Step(At.FLIGHT, "flight"),
        "UNS": Step(At.TRAVELLER),
        "CNT": Step(At.END, "count"),
    },
    At.END: {**_END, "PDT": Step(At.TRAVELLER, "us_traveller")},
}


def freeze(rows: Rows) -> Table:
    """Make a table that nobody can change."""
    return MappingProxyType({at: MappingProxyType(dict(steps)) for at, steps in rows.items()})


BGM_FUNCTION = MappingProxyType(
    {
        "745": Function.PASSENGERS,
        "250": Function.CREW,
        "266": Function.FLIGHT_STATUS,
        "336": Function.MASTER_CREW_LIST,
        "655": Function.GATE_PASS,
    }
)
# BGM second element: WCO/IATA/ICAO guide; CNL as some hosts write a cancellation;
# A, B, BC, C, CC, D and G, H, I as the US adds them for crew
BGM_ACTION = MappingProxyType(
    {
        "": Action.FULL,
        "CP": Action.UPDATE,
        "XR": Action.CANCEL,
        "RP": Action.CANCEL,
        "CNL": Action.CANCEL,
        "CL": Action.CLOSE,
        "CLNB": Action.CLOSE_NOT_BOARDED,
        "CLOB": Action.CLOSE_ON_BOARD,
        "XF": Action.CANCEL_FLIGHT,
        "CF": Action.CHANGE_FLIGHT,
        "C": Action.FULL,
        "CC": Action.UPDATE,
        "A": Action.FULL,
        "B": Action.FULL,
        "BC": Action.UPDATE,
        "D": Action.FULL,
        "G": Action.UPDATE,
        "H": Action.CANCEL,
        "I": Action.UPDATE,
    }
)
BGM_CANCELS = "1"  # third element: 9 original, 5 replace, 1 cancel (unverified against the guide)
REPEATED = frozenset({b"ATT", b"DTM", b"LOC", b"NAT", b"RFF"})  # each repetition of these is a fact
ATT_PERSON = frozenset({"", "2"})  # 9017: the person
ATT_SEX = frozenset({"", "SEX", "GENDER"})  # C955: which attribute; what has no name is the sex
NAD_ROLE = MappingProxyType(
    {
        "FL": Role.PASSENGER,
        "FM": Role.CREW,
        "DDU": Role.TRANSIT_PASSENGER,
        "DDT": Role.TRANSIT_CREW,
    }
)
# Elements that real messages use; more of them is a sign of a segment glued on by a lost terminator
ELEMENTS = MappingProxyType(
    {
        "BGM": 3, "NAD": 4, "COM": 2, "TDT": 5, "LOC": 2, "DTM": 1, "ATT": 3, "MEA": 3, "GEI": 2, "FTX": 4,
        "NAT": 2, "RFF": 1, "DOC": 2, "CNT": 2, "EMP": 3, "PDT": 4, "UNS": 1,
    }
)  # fmt: skip
# What a glued segment must look like to be taken for one: tag and a qualifier that the guide knows
GLUED = (
    r"(?:ATT{e}[0-9]{0,2}{e}|EMP{e}[0-9]{e}|DTM{e}(?:329|36|189|232|136|132|133|178)[{c}{e}]|LOC{e}(?:22|91|92|125|87|130|174|178|179|180|005|008){e}"
    r"|NAT{e}[0-9]{e}|RFF{e}(?:AVF|ABO|SEA|AEA|CR|TN)[{c}]|DOC{e}[A-Z]?[A-Z]?[{c}{e}]|MEA{e}(?:CT|WT){e}|FTX{e}BAG{e}"
    r"|GEI{e}4{e}|NAD{e}(?:FL|FM|DDU|DDT|MS){e}|TDT{e}(?:20|34)?{e}|CNT{e}(?:41|42|3)[{c}{e}]|PDT{e}[A-Z]/)"
)
