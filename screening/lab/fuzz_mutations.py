r"""Damage to messages, as lines and hosts do it and worse: one small function a kind, chosen by a seed.

>>> chance = random.Random(1)
>>> mutated(chance, b"UNB+A'UNH+1'", [b"UNZ+1'"]) != b"UNB+A'UNH+1'"
True
"""

import random
import re
from collections.abc import Callable, Sequence

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]

_SIGNS = (
    b"?",
    b"??",
    b"???",
    b"'",
    b"+",
    b":",
    b"*",
    b"\n",
    b"\r\n",
    b" ",
    b" \r\n ",
    b"\x00",
    b"\x1b$B",
    b"\x1b(B",
)
_TEXT = (
    b"\xe9",
    b"\xc3\xa9",
    b"\xff",
    b"\x9a",
    b"\xe2\x80\x99",
    b"M\xc3",
    "王".encode(),
    b"MRS",
    b"UNA",
    b"UNB",
    b"UNT",
)
_CHARSETS = (b"UNOA", b"UNOB", b"UNOC", b"UNOE", b"UNOX", b"UNOY", b"IATA", b"")
# Texts of religion, health and remarks, which must never be kept
_SENSITIVE = (
    b"SSR+KSML:HK:1:XY:::::STRICTLY PLEASE+A::1", b"IFT+4:28::XY+WHEELCHAIR AND PRAYER+MORE", b"SSR+VGML",
    b"SSR+OTHS:HK:1:XY:::::IN NEED OF OXYGEN", b"LTS+1.1SMITH/JANE MRS 2.SSR MEDA", b"SSR+BLND:HK:1:XY+2A::1",
    b"IFT+4:28::XY+CTCM 32 2 555 0100+DIABETIC", b"SSR+OTHS:HK:1:XY:::::A?'B?+C?:D??",
    b"IFT+4:28+FOL\r\nDED?'X", b"SSR+MEDA:HK:1:XY:::::\xe9\xff",
)  # fmt: skip
_COUNTS = re.compile(rb"(UNT|UNZ|UNE|CNT|EQN)([+*|])(\d+[:.])?(\d+)")
_MOST = 4


def mutated(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Damage a file one to four times.

    Args:
        rng: stream of the case.
        data: a whole file.
        others: files that pieces may be taken from.
    """
    for _ in range(rng.randint(1, _MOST)):
        if data:
            data = rng.choice(_MUTATIONS)(rng, data, others)
    return data


def _byte(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]


def _drop_bytes(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.randint(1, 40) :]


def _insert(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(rng.choice((_SIGNS, _TEXT))) + data[place:]


def _release(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A run of release characters before a separator or an end."""
    places = [found.start() for found in re.finditer(rb"['+:]", data)]
    if not places:
        return data
    place = rng.choice(places)
    return data[:place] + b"?" * rng.randint(1, 4) + data[place:]


def _repeat(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    place, start = rng.randrange(len(data)), rng.randrange(len(data))
    return data[:place] + data[start : start + rng.randint(1, 120)] + data[place:]


def _cut(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data[: rng.randrange(len(data))]


def _behead(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data[rng.randrange(min(len(data), 200)) :]


def _append(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data + rng.choice((b"", b"\r\n", b"\nEND OF MESSAGE\n", b" ")) + rng.choice(others)


def _fold(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Lines of a fixed length, tags and separators not spared."""
    columns, end = rng.randint(40, 80), rng.choice((b"\r\n", b"\n", b" \r\n"))
    return end.join(data[place : place + columns] for place in range(0, len(data), columns))


def _charset(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return re.sub(rb"(UNB.)[A-Z]{4}", rb"\g<1>" + rng.choice(_CHARSETS), data, count=1)


def _count(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    wrong = rng.choice((b"0", b"999999999999", b"1", b"", b"X", b"-1", "²".encode()))
    return _COUNTS.sub(
        lambda found: found[1] + found[2] + (found[3] or b"") + wrong, data, count=rng.randint(1, 3)
    )


def _segments(change: Callable[[random.Random, list[bytes]], None]) -> Mutation:
    def mutation(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
        segments = data.split(b"'")
        change(rng, segments)
        return b"'".join(segments)

    return mutation


def _drop(rng: random.Random, segments: list[bytes]) -> None:
    del segments[rng.randrange(len(segments))]


def _double(rng: random.Random, segments: list[bytes]) -> None:
    segments.insert(rng.randrange(len(segments)), rng.choice(segments))


def _swap(rng: random.Random, segments: list[bytes]) -> None:
    one, other = rng.randrange(len(segments)), rng.randrange(len(segments))
    segments[one], segments[other] = segments[other], segments[one]


def _confide(rng: random.Random, segments: list[bytes]) -> None:
    segments.insert(rng.randrange(len(segments)), rng.choice(_SENSITIVE))


def _glue(rng: random.Random, segments: list[bytes]) -> None:
    """A lost terminator."""
    place = rng.randrange(len(segments))
    segments[place : place + 2] = [rng.choice((b"", b"\n", b" ", b"\x92")).join(segments[place : place + 2])]


_MUTATIONS: tuple[Mutation, ...] = (
    _byte, _byte, _drop_bytes, _insert, _insert, _release, _repeat, _cut, _behead, _append, _fold, _charset,
    _count, *map(_segments, (_drop, _double, _swap, _confide, _confide, _glue)),
)  # fmt: skip
