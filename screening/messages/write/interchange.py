"""Write interchanges: what messages say, in the dialect of each, as one carrier's host would send it.

The counterpart of `screening.messages.read`: reading what was written gives the same facts back. Counts and
references are right; whoever wants them wrong (the generator's faults) changes the bytes afterwards.

Source: UN/EDIFACT PAXLST D.02B-D.15B, the US dialect of PAXLST, IATA PNRGOV 10.1-21.1; docs/messages.md
says which of it rests on real bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from screening.messages.model import Message
from screening.messages.write import paxlst, pnrgov, us_paxlst
from screening.messages.write.segments import SegmentWriter, WriteOptions, folded
from screening.tables.codes import MessageType

US_VERSION = "001:000"


@dataclass(frozen=True, slots=True)
class Interchange:
    """One UNB … UNZ to be written.

    Attributes:
        sender: sender as in UNB, without qualifier.
        recipient: recipient as in UNB.
        sent: date and time of UNB.
        control_reference: control reference, the same in UNB and UNZ.
        messages: what it carries; all of one message type.
        options: how the host writes.
    """

    sender: str
    recipient: str
    sent: datetime
    control_reference: str
    messages: Sequence[Message]
    options: WriteOptions = field(default_factory=WriteOptions)


BodyWriter = Callable[[SegmentWriter, Message, datetime], None]
WRITERS: MappingProxyType[tuple[MessageType, bool], BodyWriter] = MappingProxyType(
    {
        (MessageType.PAXLST, False): paxlst.write_body,
        (MessageType.PAXLST, True): us_paxlst.write_body,
        (MessageType.PNRGOV, False): pnrgov.write_body,
    }
)


def write(interchanges: Sequence[Interchange]) -> bytes:
    """Write interchanges one after the other.

    Args:
        interchanges: what to write, in order; each in the charset of its own syntax identifier.

    Returns:
        The bytes of a file.

    Raises:
        ValueError: a message's version is of no dialect that is written; names the version only.
    """
    return b"".join(_interchange(interchange) for interchange in interchanges)


def _interchange(interchange: Interchange) -> bytes:
    options, out = interchange.options, SegmentWriter(interchange.options)
    sent, reference = interchange.sent, interchange.control_reference
    stamp = (f"{sent:%y%m%d}", f"{sent:%H%M}")
    partners = [(name, options.qualifier) for name in (interchange.sender, interchange.recipient)]
    application = interchange.recipient if _is_paxlst(interchange) else "PNRGOV"
    syntax = tuple(options.syntax.split(":"))
    out.add("UNB", syntax, partners[0], partners[1], stamp, reference, "", application)
    if options.group:
        _open_group(out, interchange, partners, stamp)
    for place, message in enumerate(interchange.messages, start=1):
        _message(out, message, interchange.sent, default_reference=str(place))
    if options.group:
        out.add("UNE", str(len(interchange.messages)), reference)
    out.add("UNZ", "1" if options.group else str(len(interchange.messages)), reference)
    text = out.text()
    if options.fold:
        text = folded(text, options.fold, options.separators)
    return (_service_string(options) + text).encode(options.charset)


def _is_paxlst(interchange: Interchange) -> bool:
    return bool(interchange.messages) and interchange.messages[0].type is MessageType.PAXLST


def _service_string(options: WriteOptions) -> str:
    signs = options.separators
    if not options.una:
        return ""
    repetition = signs.repetition or " "
    announced = (
        signs.component + signs.element + signs.decimal + signs.release + repetition + signs.terminator
    )
    return "UNA" + announced + options.line_end


def _open_group(
    out: SegmentWriter, interchange: Interchange, partners: list[tuple[str, str]], stamp: tuple[str, str]
) -> None:
    first = interchange.messages[0]
    agency = "IA" if first.type is MessageType.PNRGOV else "UN"
    version = tuple(first.version.split(":"))
    reference = interchange.control_reference
    out.add("UNG", str(first.type), partners[0], partners[1], stamp, reference, agency, version)


def _message(out: SegmentWriter, message: Message, sent: datetime, *, default_reference: str) -> None:
    body = WRITERS.get((message.type, message.version == US_VERSION))
    if body is None:
        raise ValueError(f"no writer for {message.type} {message.version}")
    reference, before = message.reference or default_reference, out.count()
    out.add("UNH", reference, _identifier(message), _common_reference(message), _part(message))
    body(out, message, sent)
    out.add("UNT", str(out.count() - before + 1), reference)


def _identifier(message: Message) -> tuple[str, ...]:
    release = tuple(message.version.split(":"))
    if message.type is MessageType.PNRGOV:
        return (str(message.type), *release, "IA")
    if message.version == US_VERSION:
        return (str(message.type), *release, "UN")
    return (str(message.type), *release, "UN", "IATA")


def _common_reference(message: Message) -> str:
    """PNRGOV names the flight here, so that the parts of one push are known as such."""
    if message.type is not MessageType.PNRGOV or not message.legs or message.legs[0].departure is None:
        return ""
    leg = message.legs[0]
    return f"{leg.departure:%d%m%y/%H%M}/{leg.carrier}/{leg.number}"


def _part(message: Message) -> str | tuple[str, ...]:
    if message.part is None:
        return ""
    mark = "F" if message.last_part else ("C" if message.part == 1 else "")
    return (f"{message.part:02}", mark)
