"""The command line as tests start it: it can be killed at a point, or our code fail on one leg.

    python tests/killed.py ARGUMENTS…     KILL_AT=POINT[:N]  dies (SIGKILL) at the Nth passage of a point
                                          FAIL_ON=LEG        screening raises on this leg
                                          MISCOUNT_ON=LEG    screening counts one traveller of it too few
                                          FILE_LIMIT=BYTES   no file may become larger: the disk is full
                                          CLOCK_AT=MOMENT    it is this moment, in ISO form with its zone
                                          PIECES_OF=BYTES    inputs are read in pieces of so many bytes
                                          LARGE=1            any run is large enough for several processes
                                          SMALL_SHARES=1     any run is cut into as many shares as it can be

The product knows nothing of it: a point is a call of the operating system (or of the library for object storage)
that the product makes anyway, on a file that is known by its name, and the process dies just before or after it.
"""

import importlib
import os
import re
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Point:
    """One moment in the life of a file.

    Attributes:
        call: function of `os`.
        path: pattern that is searched in the path, for `replace` and `rename` in `old -> new`.
        when: before the call, after it, or within it: half of what was to be written is there.
    """

    call: str
    path: str
    when: str


POINTS = {
    "files.before_rename": Point("replace", r"\.tmp -> ", "before"),
    "files.after_rename": Point("replace", r"\.tmp -> ", "after"),
    "revisions.before_folder": Point("rename", r"/\.part-\d+ -> ", "before"),
    "revisions.before_current": Point("replace", r" -> .*/nights/[^/]+/revisions/\d+\.json$", "before"),
    "revisions.after_current": Point("replace", r" -> .*/nights/[^/]+/CURRENT\.json$", "after"),
    "revisions.between_links": Point("replace", r" -> .*/current/night=[^/]+$", "after"),
    "work.before_cut": Point("replace", r" -> .*/work/[^/]+/plan_settle/night\.json$", "before"),
    "work.after_share": Point("replace", r" -> .*/work/[^/]+/settle/[0-9a-f]+\.json$", "after"),
    "audit.half_line": Point("write", r"/audit/audit-\d+\.jsonl$", "within"),
    "audit.before_head": Point("replace", r" -> .*/audit/head\.json$", "before"),
    "audit.after_base": Point("replace", r" -> .*/audit/base\.json$", "after"),
    "audit.before_forgetting": Point("unlink", r"/audit/audit-\d+\.jsonl$", "before"),
    "landing.before_index": Point("replace", r" -> .*/landing/inputs/[^/]+\.json$", "before"),
    "landing.after_index": Point("replace", r" -> .*/landing/inputs/[^/]+\.json$", "after"),
    "retention.after_intent": Point("replace", r" -> .*/purges/[^/]+\.begun$", "after"),
    "retention.before_removal": Point(
        "unlink", r"/(content|revisions)/(?!.*/\.part-).*\.(bin|parquet)$", "before"
    ),
    "retention.before_proof": Point("replace", r"\.begun -> ", "before"),
    "rewriting.after_intent": Point("replace", r" -> .*/acts/rewriting/[^/]+\.begun$", "after"),
    "rewriting.masked": Point("replace", r" -> .*/masked/night=[^/]+\.sealed$", "after"),
    "rewriting.before_removal": Point("unlink", r"/revisions/(?!.*/\.part-).*\.parquet$", "before"),
    "rewriting.before_proof": Point("replace", r" -> .*/audit/rewritings/[^/]+\.json$", "before"),
    "rewriting.before_end": Point("unlink", r"/acts/rewriting/[^/]+\.begun$", "before"),
}

ON_OBJECTS = {
    "objects.before_index": Point("put", r"/landing/inputs/[^/]+\.json$", "before"),
    "objects.after_index": Point("put", r"/landing/inputs/[^/]+\.json$", "after"),
    "objects.before_unit": Point("put", r"/work/[^/]+/screen/[^/]+\.json$", "before"),
    "objects.before_file": Point("put", r"/revisions/night=[^/]+/\d+-\w+/[^/]+\.parquet$", "before"),
    "objects.before_current": Point("put", r"/nights/[^/]+/CURRENT\.json$", "before"),
    "objects.after_current": Point("put", r"/nights/[^/]+/CURRENT\.json$", "after"),
    "objects.after_record": Point("put", r"/nights/[^/]+/revisions/\d+\.json$", "after"),
    "objects.before_act": Point("put", r"/audit/audit-\d+\.jsonl$", "before"),
    "objects.before_head": Point("put", r"/audit/head\.json$", "before"),
    "objects.before_removal": Point("delete", r"/(work|incoming)/", "before"),
    "objects.after_intent": Point("put", r"/purges/[^/]+\.begun$", "after"),
    "objects.before_purge": Point("delete", r"/(content|revisions)/.*\.(bin|parquet)$", "before"),
    "objects.before_proof": Point("copy", r"\.begun$", "before"),
    "objects.between_names": Point("copy", r"\.begun$", "after"),
}
"""The same on object storage: calls of the library, by the key of the object."""


_ASK_THE_TIME = ("screening.cli.", "screening.night.session", "screening.protection.audit")


def kill_at(text: str) -> None:
    """Let this process die at `POINT` or `POINT:N`."""
    name, _, passage = text.partition(":")
    point, left = (POINTS | ON_OBJECTS)[name], int(passage or 1)
    library = importlib.import_module("obstore" if name in ON_OBJECTS else "os")
    call = getattr(library, point.call)

    @wraps(call)
    def watched(*arguments: Any, **more: Any) -> Any:
        nonlocal left
        here = re.search(point.path, _described(arguments)) is not None
        left -= here
        if here and not left:
            if point.when == "after":
                call(*arguments, **more)
            elif point.when == "within":
                handle, data = arguments
                call(handle, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **more)

    setattr(library, point.call, watched)


def _described(arguments: tuple[Any, ...]) -> str:
    first = arguments[0]
    if type(first).__name__ == "S3Store":
        return str(arguments[1])
    if isinstance(first, int):
        return str(Path(f"/proc/self/fd/{first}").readlink())
    return " -> ".join(os.fspath(one) for one in arguments[:2])


def fail_on(leg: str) -> None:
    """Let our own code fail where it screens this leg."""
    from screening.identity.prepare import identify
    from screening.night import session  # noqa: F401  (whoever calls it is there)

    def failing(travellers: Any, documents: Any) -> Any:
        if leg in travellers["flight_id"].to_pylist():
            raise RuntimeError("asked for by a test")
        return identify(travellers, documents)

    for module in list(sys.modules.values()):
        if vars(module).get("identify") is identify:
            vars(module)["identify"] = failing


def miscount_on(leg: str) -> None:
    """Let screening lose one traveller of this leg from its count."""
    from screening.night import batches
    from screening.night.balance import line

    def short(stage: str, unit: str, of: str, *, passed: int, **more: Any) -> list[dict[str, object]]:
        return line(stage, unit, of, passed=passed - (unit == leg), **more)

    vars(batches)["line"] = short


def clock_at(moment: str) -> None:
    """Let it be another moment for everything that asks for the time of day; times of files stay."""
    from datetime import datetime

    from screening.night import session  # noqa: F401  (whoever asks is there)

    class Moved(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromisoformat(moment).astimezone(tz)

    for name, module in list(sys.modules.items()):
        if name.startswith(_ASK_THE_TIME) and vars(module).get("datetime") is datetime:
            vars(module)["datetime"] = Moved


def pieces_of(size: int) -> None:
    """Read inputs in small pieces, whose tables are mapped."""
    from screening.night import reading
    from screening.store import mapped

    vars(reading)["PIECE_BYTES"] = vars(mapped)["MAPPED_FROM"] = size


def large() -> None:
    """Let any run be a large one."""
    from screening.night import run

    vars(run).update(_LARGE_BYTES=0, _LARGE_STATEMENTS=0, _LARGE_TRAVELLERS=0)


def small_shares() -> None:
    """Let a share be a file, a leg, a batch of one leg."""
    from screening.night import batch_plan, chunks, settling

    vars(chunks)["CHUNK_FILES"] = vars(chunks)["BYTES_AT_LEAST"] = 1
    vars(settling)["STATEMENTS_AT_LEAST"] = vars(batch_plan)["TRAVELLERS_AT_LEAST"] = 1


def in_a_pool() -> None:
    """Begin a process of a pool that a command has started: the cut is worked out anew in each."""
    if os.environ.get("SMALL_SHARES"):
        small_shares()


def dies_at(point: str, work: Callable[[], object]) -> int:
    """Do the work in a forked process that dies at the point (a fresh interpreter costs 0.5 s, a fork nothing).

    Returns:
        Its exit code: -9 when it was killed, 0 when the point was not passed.
    """
    child = os.fork()
    if not child:
        try:
            kill_at(point)
            work()
        finally:
            os._exit(0)  # not reached when killed
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Run the command line."""
    if point := os.environ.get("KILL_AT"):
        kill_at(point)
    if leg := os.environ.get("FAIL_ON"):
        fail_on(leg)
    if leg := os.environ.get("MISCOUNT_ON"):
        miscount_on(leg)
    if size := os.environ.get("FILE_LIMIT"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    if moment := os.environ.get("CLOCK_AT"):
        clock_at(moment)
    if size := os.environ.get("PIECES_OF"):
        pieces_of(int(size))
    if os.environ.get("LARGE"):
        large()
    if os.environ.get("SMALL_SHARES"):
        small_shares()
    from screening.cli.main import app

    app()


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":
    in_a_pool()
