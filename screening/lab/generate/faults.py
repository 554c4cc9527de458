"""Faults: what carriers get wrong, planted on purpose, each with what must become of it.

A fault takes the bytes that a writer made and changes them; the writer itself is always right.
`faults.json` names for each: the file, the kind, the codes of which at least the named ones must be
found, and the effect.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import MappingProxyType

from screening.lab.generate.sending import Sent

_CUT_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted deviation.

    Attributes:
        file: name below the inbox.
        fault: what was done.
        codes: findings that must be there, among others perhaps.
        unit: the smallest unit that is set aside: none, traveller, message, interchange, file.
        becomes: what must become of it, for a person.
        travellers_lost: travellers that no reader can find in this file because of it.
    """

    file: str
    fault: str
    codes: tuple[str, ...]
    unit: str
    becomes: str
    travellers_lost: int = 0

    def entry(self) -> dict[str, object]:
        """Return the object that stands in faults.json."""
        return asdict(self) | {"codes": list(self.codes)}


def cut_off(file: Sent) -> tuple[Sent, Fault, int]:
    """Cut an interchange inside a name; give also how many travellers stand whole before the cut."""
    begins = [found.start() for found in re.finditer(rb"NAD\+(?:FL|DDU)\+", file.data)]
    kept = int(len(begins) * _CUT_SHARE)
    end = begins[kept] + 14
    fault = Fault(
        file.name,
        "cut_off",
        ("unt_missing", "traveller_cut_off"),
        "traveller",
        f"the {kept} travellers before the cut are kept, the manifest is incomplete",
        len(begins) - kept,
    )
    return Sent(file.name, file.data[:end]), fault, kept


def undated(file: Sent) -> tuple[Sent, Fault]:
    """Take the times of all legs away: nobody can tell which flight it is, and all are screened."""
    data = re.sub(rb"DTM\+(189|232):[0-9]+:201'\s*", b"", file.data)
    fault = Fault(
        file.name,
        "legs_without_date",
        ("leg_incomplete",),
        "none",
        "its travellers stand on a provisional leg and are screened",
    )
    return Sent(file.name, data), fault


def _sub(pattern: bytes, other: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern, other, data, count=1)


def _more(pattern: bytes, add: int) -> Callable[[bytes], bytes]:
    """Add to the number in the pattern's second group."""
    return lambda data: re.sub(
        pattern, lambda found: found[1] + str(int(found[2]) + add).encode() + found[3], data, count=1
    )


def _if_alone(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Change a file of one message only: in a push of several parts one wrong count proves nothing."""
    return lambda data: change(data) if data.count(b"UNH+") == 1 else data


@dataclass(frozen=True, slots=True)
class Repairable:
    """A deviation that loses nobody: how to plant it, what is found."""

    change: Callable[[bytes], bytes]
    codes: tuple[str, ...]
    becomes: str = "repaired, nobody is lost"


# Hosts whose separators are the usual ones; patterns name them.
REPAIRABLE: MappingProxyType[str, Repairable] = MappingProxyType(
    {
        "count_of_travellers_wrong": Repairable(
            _more(rb"(CNT\+42:)([0-9]+)(')", 2), ("cnt_differs",), "all are read, the manifest is incomplete"
        ),
        "count_of_segments_wrong": Repairable(_more(rb"(UNT\+)([0-9]+)(\+)", 7), ("unt_count_differs",)),
        "reference_of_interchange_differs": Repairable(
            _sub(rb"(UNZ\+[0-9]+\+)[0-9]+'", rb"\g<1>0'"), ("unz_reference_differs",)
        ),
        "telex_lines_before": Repairable(
            lambda data: b"QU BRUBCXH\r\n.BRUOPXH 231200\r\n" + data,
            ("text_before_interchange",),
            "the lines are set aside",
        ),
        "text_after_end": Repairable(
            lambda data: data + b"\r\nEND OF FILE\r\n", ("text_after_unz",), "the text is set aside"
        ),
        "line_break_in_value": Repairable(
            _sub(rb"(NAD\+FL\+\+\+[A-Z]{3})", b"\\g<1>\r\n"), ("line_break_in_value",)
        ),
        "birth_date_impossible": Repairable(
            _sub(rb"DTM\+329:[0-9]{6}'", b"DTM+329:802042'"),
            ("birth_date_impossible",),
            "screened without birth date",
        ),
        "junk_segment": Repairable(_sub(rb"(NAD\+FL\+)", rb"LT'\g<1>"), ("unknown_segment",)),
        "last_segment_unterminated": Repairable(
            lambda data: data.rstrip().removesuffix(b"'"), ("last_segment_unterminated",)
        ),
        "una_too_short": Repairable(_sub(rb"^UNA:\+\.\?\*'", b"UNA:+.?'"), ("una_too_short",)),
        "undecodable_byte": Repairable(
            _sub(rb"API DESK", b"API DESK \x8e\x8f"), ("undecodable_byte",), "the byte stands as U+FFFD"
        ),
    }
)

REPAIRABLE_PNR: MappingProxyType[str, Repairable] = MappingProxyType(
    {
        "count_of_bookings_wrong": Repairable(
            _if_alone(_more(rb"(EQN\+)([0-9]+)(')", 3)),
            ("eqn_differs",),
            "all are read; the push is held to lack bookings",
        ),
        "terminator_of_booking_lost": Repairable(
            _sub(rb"(RCI\+[^']{6,40})'(\s*DAT\+700)", rb"\g<1>\g<2>"), ("terminator_lost",)
        ),
        "part_of_document_lost": Repairable(
            _sub(rb"(DOCS:HK:1:[A-Z0-9]{2}:[A-Z:]*):/P/", rb"\g<1>:P/"), ("docs_shifted",)
        ),
        "two_letters_for_state": Repairable(_sub(rb"/P/DEU/", b"/P/D/"), ()),
    }
)


def plant(file: Sent, name: str) -> tuple[Sent, Fault] | None:
    """Plant a repairable fault; None where its pattern is not in the file."""
    repairable = REPAIRABLE.get(name) or REPAIRABLE_PNR[name]
    data = repairable.change(file.data)
    if data == file.data:
        return None
    return Sent(file.name, data), Fault(file.name, name, repairable.codes, "none", repairable.becomes)


def strays(stamp: str, second: str) -> list[tuple[Sent, Fault]]:
    """Return files that belong to no flight: another message type, no message, nothing at all."""
    response = (
        f"UNB+UNOA:4+BEBORDER+X0DCS+{stamp}+RESP0001++BEBORDER'UNH+1+CUSRES:D:05B:UN:IATA'BGM+962'"
        f"RFF+TN:{second}'ERP+2'ERC+0'UNT+6+1'UNZ+1+RESP0001'"
    )
    note = b"The carrier's host is down from 22:00 to 23:00 UTC. Manifests of this hour follow later.\r\n"
    return [
        (
            Sent("BEBORDER_CUSRES_0001.edi", response.encode()),
            Fault(
                "BEBORDER_CUSRES_0001.edi",
                "other_message_type",
                ("other_message_type",),
                "interchange",
                "set aside: an answer of ours that came back",
            ),
        ),
        (
            Sent("README_HOST_MAINTENANCE.txt", note),
            Fault(
                "README_HOST_MAINTENANCE.txt",
                "text_file",
                ("unb_missing",),
                "file",
                "set aside: no interchange",
            ),
        ),
        (
            Sent("Q00999_EMPTY.edi", b""),
            Fault(
                "Q00999_EMPTY.edi", "empty_file", (), "none", "an input of no bytes: listed, nothing to read"
            ),
        ),
    ]
