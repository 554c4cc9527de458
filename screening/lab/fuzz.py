"""A fuzzer of the readers: damaged messages of all dialects, and what must hold of every reading.

Whole small interchanges are generated (every carrier's host, API and PNR), damaged by a seeded choice of
mutations, and read. Of each reading must hold:

* nothing is raised, and it takes less than a time limit;
* byte ranges cover the bytes exactly; what is set aside has its quarantine entry; an envelope holds service
  segments;
* messages and travellers are accounted: the ledger balances, each traveller has a statement or an entry;
* the bytes with sensitive text blanked read the same, and hold no sensitive text.

A case depends on seed and number alone, so that a failure is repeated by `case(pool, seed, number)`. Nothing
that is shown holds a value of a message.
"""

import random
import re
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import FrameType, TracebackType

from screening.lab.fuzz_mutations import mutated
from screening.lab.generate.flights import draw_flights
from screening.lab.generate.parties import Plants, draw_crew, draw_parties
from screening.lab.generate.sending import Manifest, api_files, pnr_files
from screening.messages.describe import describe
from screening.messages.model import Reading
from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables.codes import MessageStatus

NIGHT = date(2026, 11, 23)
LARGEST = 3_000  # bytes of one generated file
LIMIT = 5.0  # seconds for one message, ten thousand times what it takes
_FLIGHTS = 150
_MANIFESTS = 120  # flights whose API alone is taken, with several travellers each
_SEATS = 9
_BATCH = 250  # readings that are tabulated at once: eight tables cost more than a small message
_KEPT_FAILURES = 20
_INTAKE = Intake()
_TELLS = 20
_SERVICE = re.compile(rb"[^A-Za-z0-9]*(?:UN|$)")


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not hold of a case; no value of the message."""

    number: int
    what: str


@dataclass(slots=True)
class Fuzzed:
    """Counts of a run."""

    cases: int = 0
    bytes: int = 0
    messages: int = 0
    quarantined_messages: int = 0
    travellers: int = 0
    units: int = 0
    reread: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)

    def fail(self, number: int, what: str) -> None:
        """Record a failure; the first are kept."""
        self.failed += 1
        if len(self.failures) < _KEPT_FAILURES:
            self.failures.append(Failure(number, what))


class TooSlowError(Exception):
    """A reading took longer than its limit."""


def pool(seed: int) -> list[bytes]:
    """Generate small whole files of all carriers and dialects.

    Args:
        seed: same seed, same files.
    """
    rng = random.Random(f"{seed}/pool")  # noqa: S311 -- choices must repeat; nothing is kept secret by them
    files: dict[bytes, None] = {}
    plants = Plants(deque())
    for flights, travellers in ((_FLIGHTS, 2 * _FLIGHTS), (_MANIFESTS, _SEATS * _MANIFESTS)):
        for flight in draw_flights(rng, NIGHT, flights, travellers):
            parties = list(draw_parties(rng, flight, NIGHT, plants, safe=False))
            manifest = Manifest(flight, parties, draw_crew(rng, flight, NIGHT)[:2])
            bookings = pnr_files(manifest, rng) if flights == _FLIGHTS else []
            for file in (*api_files(manifest, rng), *bookings):
                if len(file.data) <= LARGEST:
                    files[file.data] = None
    return list(files)


def case(files: Sequence[bytes], seed: int, number: int) -> bytes:
    """Return the damaged bytes of one case."""
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 -- as above
    return mutated(rng, rng.choice(files), files)


def fuzz(messages: int, seed: int, tell: Callable[[str], None]) -> Fuzzed:
    """Read damaged messages and check what must hold.

    Args:
        messages: how many damaged files are read; most hold one message, some several.
        seed: same seed and number, same cases.
        tell: shows a line of progress.

    Returns:
        Counts, and the first failures.
    """
    files = pool(seed)
    done = Fuzzed()
    begun = time.perf_counter()
    batch: list[tuple[int, Reading]] = []
    every = max(1, messages // _TELLS)
    with _alarm() as set_alarm:
        for number in range(messages):
            data = case(files, seed, number)
            with _Watched(done, number):
                set_alarm(LIMIT)
                reading = _read(done, number, data)
                set_alarm(0.0)
                batch.append((number, reading))
            if len(batch) == _BATCH:
                _check_tables(done, batch)
                batch.clear()
            if (number + 1) % every == 0:
                spent = time.perf_counter() - begun
                tell(f"{number + 1:,} of {messages:,} in {spent:.0f} s, {done.failed} failed")
    _check_tables(done, batch)
    done.seconds = time.perf_counter() - begun
    return done


def _read(done: Fuzzed, number: int, data: bytes) -> Reading:
    """Read one case twice (as sent, blanked) and check the reading itself."""
    begun = time.perf_counter()
    reading = read_input(data, _INTAKE, input_id=f"{number:064}")
    done.slowest = max(done.slowest, time.perf_counter() - begun)
    done.cases += 1
    done.bytes += len(data)
    done.messages += len(reading.messages)
    done.travellers += sum(len(message.travellers) for message in reading.messages)
    done.units += len(reading.quarantined)
    for what in wrongs(data, reading):
        done.fail(number, what)
    describe(reading, "-")
    if reading.sensitive:
        done.reread += 1
        for what in blanked_wrongs(data, reading):
            done.fail(number, what)
    return reading


def wrongs(data: bytes, reading: Reading) -> Iterator[str]:
    """Yield what does not hold of one reading: byte ranges, quarantine, places.

    Args:
        data: the bytes that were read.
        reading: their reading.
    """
    place = 0
    begun = {unit.offset for unit in reading.quarantined}
    for span in reading.byte_ranges:
        if span.offset != place or span.length <= 0:
            yield "byte ranges do not follow one another"
        place = span.offset + span.length
        if span.fate in {"quarantined", "set_aside"} and span.offset not in begun:
            yield "bytes set aside without an entry"
        if span.fate == "envelope" and not _is_service(data[span.offset : place]):
            yield "an envelope that begins with no service segment"
    if place != len(data):
        yield "byte ranges do not cover the input"
    for unit in reading.quarantined:
        if not (0 <= unit.offset <= unit.offset + unit.length <= len(data)) or not unit.codes:
            yield "an entry outside the input, or without a code"
    if any(offset < 0 or length <= 0 or offset + length > len(data) for offset, length in reading.sensitive):
        yield "a sensitive place outside the input"
    yield from _people_wrongs(reading)


def _people_wrongs(reading: Reading) -> Iterator[str]:
    tiled = {span.offset for span in reading.byte_ranges if span.fate in {"message", "quarantined"}}
    if any(message.offset not in tiled for message in reading.messages):
        yield "a message without a byte range"
    aside = {(unit.message_offset, unit.traveller) for unit in reading.quarantined}
    for message in reading.messages:
        if message.status is MessageStatus.QUARANTINED and (message.offset, None) not in aside:
            yield "a message set aside without an entry"
        for traveller in message.travellers:
            if traveller.quarantined and (message.offset, traveller.ordinal) not in aside:
                yield "a traveller set aside without an entry"


def _is_service(stretch: bytes) -> bool:
    """Say whether a stretch holds nothing (white space, empty segments) or begins with a service segment."""
    bare = stretch.removeprefix(b"\xef\xbb\xbf").translate(None, b" \t\r\n\x00\x1a")
    return _SERVICE.match(bare) is not None


def blanked_wrongs(data: bytes, reading: Reading) -> Iterator[str]:
    """Yield what does not hold of the bytes with sensitive text blanked.

    Args:
        data: the bytes that were read.
        reading: their reading.
    """
    shown = blank(data, reading)
    if len(shown) != len(data):
        yield "blanking changed the length"
    if any(shown[offset : offset + length].strip() for offset, length in reading.sensitive):
        yield "sensitive text is left"
    again = read_input(shown, _INTAKE, input_id=reading.input_id)
    if again == reading:
        return
    before, after = tabulate([reading]), tabulate([again])
    for name, table in before.items():
        if not table.equals(after[name]):
            yield f"blanked bytes give another table {name}"
    if again.sensitive != reading.sensitive:
        yield "blanked bytes give other sensitive places"


def _check_tables(done: Fuzzed, batch: Sequence[tuple[int, Reading]]) -> None:
    """Tabulate readings and check that what came in is what went on and what was set aside."""
    if not batch:
        return
    with _Watched(done, batch[0][0]):
        tables = tabulate([reading for _, reading in batch])
        passed: dict[str, int] = {}
        balance: dict[tuple[str, str], list[int]] = {}
        for row in tables["ledger"].to_pylist():
            sums = balance.setdefault((row["unit"], row["of"]), [0, 0])
            sums[0] += row["received"]
            sums[1] += row["passed"] + row["set_aside"]
            if row["of"] == "travellers":
                passed[row["unit"]] = passed.get(row["unit"], 0) + row["passed"]
        stated: dict[str, set[str]] = {}
        for identity in tables["statements"]["statement_id"].to_pylist():
            stated.setdefault(identity.partition(":")[0], set()).add(identity)
        done.quarantined_messages += sum(
            1 for word in tables["messages"]["status"].to_pylist() if word == str(MessageStatus.QUARANTINED)
        )
        for number, reading in batch:
            for what in _imbalances(reading, balance):
                done.fail(number, what)
            if passed.get(reading.input_id, 0) != len(stated.get(reading.input_id, ())):
                done.fail(number, "a traveller that passed makes no statement")


def _imbalances(reading: Reading, balance: dict[tuple[str, str], list[int]]) -> Iterator[str]:
    unread = {
        unit.message_offset
        for unit in reading.quarantined
        if unit.message_offset is not None and unit.traveller is None
    } - {message.offset for message in reading.messages}
    expected = {
        "bytes": reading.size,
        "messages": len(reading.messages) + len(unread),
        "travellers": sum(len(message.travellers) for message in reading.messages),
    }
    for of, count in expected.items():
        if balance.get((reading.input_id, of), [0, 0]) != [count, count]:
            yield f"the ledger does not balance for {of}"


class _Watched:
    """Turns whatever is raised within into a failure: kind and place of the fault, never its text."""

    def __init__(self, done: Fuzzed, number: int) -> None:
        self._done = done
        self._number = number

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if kind is None or not issubclass(kind, Exception):
            return False
        frames = traceback.extract_tb(trace)
        last = frames[-1] if frames else None
        where = f"{Path(last.filename).name}:{last.lineno}" if last else "?"
        self._done.fail(self._number, f"{kind.__name__} at {where}")
        return True


@contextmanager
def _alarm() -> Iterator[Callable[[float], object]]:
    """Yield a function that raises in this thread after some seconds (0: never); restore what was set."""

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TooSlowError

    before, left = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    signal.signal(signal.SIGALRM, ring)
    try:
        yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *left)
