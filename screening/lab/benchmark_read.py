"""How fast the readers are, from bytes to tables, beside pydifact on the same bytes in the same run.

Interchanges are those of a generated night, put into one file for each message type; what is cut, undated or
otherwise damaged stays out, as pydifact raises at the first fault. pydifact knows neither several
interchanges nor several service strings in one text, so that each interchange is handed to it apart, as text
already: its time holds no decoding and no tables. Every figure is the best of some rounds; the collector runs
as it does anywhere.
"""

import gzip
import io
import tempfile
import time
import warnings
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from screening.lab.generate.night import Size, generate
from screening.messages.describe import all_findings
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables.codes import MessageStatus, MessageType

_NIGHT = date(2026, 11, 23)
_PER_FLIGHT = 200
_INTAKE = Intake()


@dataclass(frozen=True, slots=True)
class Speed:
    """One reader's speed on one file.

    Attributes:
        type: PAXLST or PNRGOV.
        reader: whose.
        seconds: best of the rounds.
        ratio: how many times as fast our reader is, from bytes to tables.
    """

    type: str
    reader: str
    megabytes: float
    messages: int
    travellers: int
    seconds: float
    ratio: float

    def row(self) -> dict[str, object]:
        """Return it as a row of a table."""
        return {
            "type": self.type,
            "reader": self.reader,
            "MB/s": round(self.megabytes / self.seconds, 2),
            "messages/s": round(self.messages / self.seconds),
            "travellers/s": round(self.travellers / self.seconds),
            "times": round(self.ratio, 1),
        }


def read_speeds(travellers: int, seed: int, rounds: int, tell: Callable[[str], None]) -> list[Speed]:
    """Measure our reader and pydifact's on generated interchanges.

    Args:
        travellers: size of the night that is generated.
        seed: seed of the generator.
        rounds: each measurement is the best of so many.
        tell: shows a line of progress.

    Returns:
        For PAXLST and PNRGOV: our reader to tables and to readings, pydifact's Parser and Tokenizer.
    """
    with tempfile.TemporaryDirectory(prefix="screening-benchmark-") as folder:
        tell(f"making {travellers:,} travellers")
        generate(Path(folder), _NIGHT, Size(max(1, travellers // _PER_FLIGHT), travellers, 100), seed)
        files = list(dict.fromkeys(_contents(Path(folder) / "inbox")))
    speeds: list[Speed] = []
    for kind in (MessageType.PAXLST, MessageType.PNRGOV):
        chosen = [data for data in files if _is_plain(data, kind)]
        tell(f"{kind}: {sum(map(len, chosen)) / 1e6:.1f} MB in {len(chosen)} interchanges")
        speeds += _compared(kind, chosen, rounds)
    return speeds


def _contents(inbox: Path) -> Iterator[bytes]:
    for path in sorted(inbox.iterdir()):
        data = path.read_bytes()
        if path.suffix == ".gz":
            yield gzip.decompress(data)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        else:
            yield data


def _is_plain(data: bytes, kind: MessageType) -> bool:
    """Say whether a file is one interchange of a type in the usual signs, nothing wrong with its envelope."""
    usual = data.startswith((b"UNA:+.?*'", b"UNA:+.? '")) and data.count(b"UNB+") == 1
    if not usual or not data.isascii() or b"UNZ+" not in data[-80:] or b"' " in data:
        return False  # pydifact takes a blank before a tag for a part of it
    reading = read_input(data, _INTAKE)
    whole = not reading.quarantined and all(
        message.type is kind and message.status is not MessageStatus.QUARANTINED
        for message in reading.messages
    )
    codes = {found.code for message in reading.messages for found in all_findings(message)}
    return whole and not any(code.startswith(("un", "last", "dangling", "terminator")) for code in codes)


def _compared(kind: MessageType, interchanges: list[bytes], rounds: int) -> list[Speed]:
    from pydifact.parser import Parser
    from pydifact.tokenizer import Tokenizer

    whole = b"\n".join(interchanges)
    texts = [data.decode("ascii") for data in interchanges]

    def parse() -> None:
        for text in texts:
            deque(Parser().parse(text), maxlen=0)

    def tokenise() -> None:
        for text in texts:
            characters = Parser.get_control_characters(text)
            deque(Tokenizer().get_tokens(text[text.index("UNB") :], characters), maxlen=0)

    reading = read_input(whole, _INTAKE)
    counts = (
        len(whole) / 1e6,
        len(reading.messages),
        sum(len(message.travellers) for message in reading.messages),
    )
    del reading
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydifact misses directories of segments that nobody needs here
        measured = {
            "ours, bytes to tables": _best(lambda: tabulate([read_input(whole, _INTAKE)]), rounds),
            "ours, bytes to readings": _best(lambda: read_input(whole, _INTAKE), rounds),
            "pydifact Parser.parse": _best(parse, rounds),
            "pydifact Tokenizer": _best(tokenise, rounds),
        }
    ours = next(iter(measured.values()))
    return [
        Speed(str(kind), reader, *counts, seconds, seconds / ours) for reader, seconds in measured.items()
    ]


def _best(act: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return min(times)
