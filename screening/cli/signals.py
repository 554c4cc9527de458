"""A command that is ended (Ctrl-C, `kill`) says in one line what stands and what goes on, and ends at once.

Nothing is tidied up on the way: a run that is killed at any place is taken up again and gives the same bytes,
so an ended one is treated as a killed one. Only its processes are ended with it. Exit code 128 + number of
the signal, as shells give it.

Source: signal(7); the exit code: POSIX, shell command language, 2.8.2.
"""

import multiprocessing
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from types import FrameType

from screening.reports.text import clean

_ENDING = (signal.SIGINT, signal.SIGTERM)
_AGAIN = "what was published stands; the same command, given again, goes on"
_told: list[Callable[[], str]] = []  # what is going on, innermost last


@contextmanager
def ends_with_a_word() -> Iterator[None]:
    """Answer SIGINT and SIGTERM in this block; one that is ignored (nohup) stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def night_under_way(night: date) -> Iterator[None]:
    """Say of a command on a night, if it is ended in this block, which revision stands and how to go on."""

    def told() -> str:
        from screening.night.settings import load_settings
        from screening.store.current_json import current

        now = current(load_settings().store, night)
        stands = f"revision {now.revision} stands" if now else "nothing is published yet"
        return f"night {night}: {stands}; goes on: {shlex.join(['screening', *sys.argv[1:]])}"

    _told.append(told)
    try:
        yield
    finally:
        _told.remove(told)


def _end(number: int, _: FrameType | None) -> None:
    for one in _ENDING:
        signal.signal(one, signal.SIG_IGN)
    word = _AGAIN
    if _told:
        with suppress(Exception):  # whatever is broken: the word must not keep the command from ending
            word = _told[-1]()
    # Straight to the system: the signal may have come in the middle of a write to stderr.
    with suppress(OSError):
        start = "\n" if os.isatty(2) else ""  # a terminal has written ^C
        os.write(2, f"{start}ended by {signal.Signals(number).name}: {clean(word)}\n".encode())
    for child in multiprocessing.active_children():
        child.terminate()
    os._exit(128 + number)
