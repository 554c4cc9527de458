"""Commands in processes of their own that start at once: a server has imported everything and forks for each.

Of the ten CPU seconds of a night with two flights eight were imports. A command started so is a real process
with its own folder, environment and exit code, and can be killed; only the seed of Python's hashes is the
server's, so whatever compares bytes has to take one side from a fresh interpreter (`cold=True`).
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_POLL = 0.005


class Server:
    """Forks commands; started with the first of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[str] | None = None

    def run(
        self,
        arguments: list[str],
        folder: Path,
        environment: Mapping[str, str],
        timeout: float,
        typed: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line (tests/killed.py) in a folder; what it prints is held like subprocess.run does."""
        server = self._started()
        assert server.stdin is not None
        assert server.stdout is not None
        with tempfile.TemporaryDirectory() as held:
            Path(held, "in").write_text(typed, encoding="utf-8")
            asked = {"arguments": arguments, "folder": str(folder), "environment": dict(environment)}
            server.stdin.write(json.dumps(asked | {"held": held, "timeout": timeout}) + "\n")
            server.stdin.flush()
            code = int(server.stdout.readline())
            out, err = (Path(held, name).read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess(arguments, code, out, err)

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.communicate(timeout=20)

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                cwd=self._root,
                env={**os.environ, "PYTHONPATH": str(self._root)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


def _warm_up() -> None:
    """Import everything, and work out what every command would: airports, tables of readers, the model's tokens."""
    import great_expectations  # noqa: F401

    import screening

    for module in pkgutil.walk_packages(screening.__path__, "screening."):
        if not module.name.startswith(
            "screening.orchestration"
        ):  # Airflow, which hardly any command asks for
            importlib.import_module(module.name)
    from screening.gates.judging import _whole_frame
    from screening.matching.__main__ import main as match_once
    from screening.messages.read import read_input
    from screening.profile.model import Intake
    from screening.reports.night_html import environment
    from tests.messages_by_hand import FILLERS, paxlst, pnrgov

    for template in environment().list_templates(["j2"]):
        environment().get_template(template)
    _whole_frame()
    match_once()  # compiled loops, and the keys of the tokens that the shares hold
    read_input(paxlst(FILLERS).encode(), Intake())
    read_input(pnrgov({"ABC123": FILLERS}).encode(), Intake())
    gc.collect()  # so many objects are old now that a fork hardly ever walks through them: they stay shared


def _serve() -> dict[str, Any] | None:
    """Fork for each line on stdin and answer with the exit code; the child returns with what it has to run."""
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        child = os.fork()
        if not child:
            return asked
        end = time.monotonic() + asked["timeout"]
        ended = (0, 0)
        while ended == (0, 0):
            time.sleep(_POLL)
            ended = os.waitpid(child, os.WNOHANG)
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
        os.write(1, f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())
    return None


def _become(asked: dict[str, Any]) -> None:
    for number, name, flags in (
        (0, f"{asked['held']}/in", os.O_RDONLY),
        (1, f"{asked['held']}/out", os.O_WRONLY | os.O_CREAT),
        (2, f"{asked['held']}/err", os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    vars(os)["fsync"] = lambda _: (
        None
    )  # it guards against loss of power alone, which no test can cause: 4 ms each
    sys.argv = ["screening", *asked["arguments"]]


if __name__ == "__main__":
    _warm_up()
    mine = _serve()
    if mine is None:
        os._exit(0)  # taking apart half a gigabyte of modules is left to the system, here and below
    _become(mine)
    from tests.killed import main

    try:
        main()
    except SystemExit as end:
        atexit._run_exitfuncs()  # what is registered for the end
        sys.stdout.flush()
        sys.stderr.flush()
        if end.code is None or isinstance(end.code, int):
            os._exit(end.code or 0)
        raise
elif __name__ == "__mp_main__":
    from tests.killed import in_a_pool

    in_a_pool()
