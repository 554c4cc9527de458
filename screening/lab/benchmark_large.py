"""Time and memory of one large file: through `screening read`, and through receive and read of a night.

The file is the interchanges of a generated night, one behind the other, again and again with other control
references, plain and packed. Each way runs in a process of its own; its peak is the proportional set size of
the process tree, mapped pages of the file included, sampled twenty times a second.
"""

import gzip
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from screening.lab.benchmark import tree_mib
from screening.lab.generate.night import Size, generate
from screening.profile.load import parse_profile
from screening.store.zones import Store

_NIGHT = date(2026, 11, 23)
_REFERENCE = re.compile(rb"UNZ([^A-Z0-9\s])\d+\1([A-Z0-9]{3,})")
_INTERVAL = 0.05
_MB = 1_000_000
PACKINGS = ("plain", "gzip", "zip")


@dataclass(frozen=True, slots=True)
class LargeCost:
    """What one way of reading a large file cost.

    Attributes:
        way: command or stages.
        packing: plain, gzip or zip.
        megabytes: size unpacked.
        seconds: wall time, start of the process included.
        peak_mib: peak memory of the process tree.
    """

    way: str
    packing: str
    megabytes: int
    seconds: float
    peak_mib: int

    def row(self) -> dict[str, object]:
        """Return the row of the table."""
        return asdict(self)


def large_costs(megabytes: Sequence[int], seed: int, tell: Callable[[str], None]) -> list[LargeCost]:
    """Measure both ways on files of several sizes.

    Args:
        megabytes: sizes; memory should not depend on them.
        seed: seed of the generator.
        tell: shows a line of progress.
    """
    costs = []
    with tempfile.TemporaryDirectory(prefix="screening-large-") as folder:
        root = Path(folder)
        generate(root / "night", _NIGHT, Size(flights=150, travellers=25_000, alerts=100), seed)
        for size in megabytes:
            for packing in PACKINGS:
                inbox = root / "inbox"
                tell(f"making {size} MB, {packing}")
                path = _write(root / "night" / "inbox", inbox, size, packing)
                for way, command in _ways(root, path).items():
                    seconds, peak = _measured(command)
                    costs.append(LargeCost(way, packing, size, round(seconds, 1), round(peak)))
                    tell(f"  {way}: {seconds:.1f} s, {peak:.0f} MiB")
                shutil.rmtree(inbox)
                shutil.rmtree(root / "store", ignore_errors=True)
    return costs


def _ways(root: Path, path: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-c"]
    night = "import sys; from screening.lab.benchmark_large import read_night; read_night(*sys.argv[1:])"
    return {
        "screening read --format json": [
            *python, "from screening.cli.main import app; app()", "read", str(path), "--format", "json",
        ],
        "receive and read of a night": [*python, night, str(root)],
    }  # fmt: skip


def read_night(folder: str) -> None:
    """Receive and read the inbox of a folder into its store; the measured process does this."""
    from screening.night.opened import open_run
    from screening.night.receive import receive
    from screening.night.run import plan_read, read_all
    from screening.night.settings import Settings

    root = Path(folder)
    made = root / "night"
    profile = parse_profile((made / "profile.toml").read_text(encoding="utf-8"), name="profile.toml")
    settings = Settings(Store(root / "store"), root / "inbox", profile, made)
    receipt = receive(settings, _NIGHT, chosen=None, actor="benchmark", now=datetime.now(UTC))
    if receipt.frozen is not None:
        run = open_run(settings, receipt.frozen.run)
        read_all(run, plan_read(run))


def _write(source: Path, inbox: Path, megabytes: int, packing: str) -> Path:
    inbox.mkdir(mode=0o700)
    if packing == "zip":
        path = inbox / "large.zip"
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("large.edi", "w", force_zip64=True) as member,
        ):
            for data in _interchanges(source, megabytes):
                member.write(data)
        return path
    path = inbox / ("large.edi" if packing == "plain" else "large.edi.gz")
    with path.open("wb") if packing == "plain" else gzip.open(path, "wb", compresslevel=1) as stream:
        for data in _interchanges(source, megabytes):
            stream.write(data)
    return path


def _interchanges(source: Path, megabytes: int) -> Iterator[bytes]:
    files = [path.read_bytes() for path in sorted(source.rglob("*.edi"))]
    left, copy = megabytes * _MB, 0
    while left > 0:
        for data in files:
            found = _REFERENCE.search(data)
            if found is not None and copy:
                other = b"%03d" % copy + found[2][3:]
                data = data.replace(found[1] + found[2], found[1] + other)  # noqa: PLW2901
            yield data
            left -= len(data)
            if left <= 0:
                return
        copy += 1


def _measured(command: list[str]) -> tuple[float, float]:
    """Run a command and give its seconds and the peak memory of its process tree in MiB."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (our own command)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, tree_mib(process.pid))
        time.sleep(_INTERVAL)
    if process.returncode:
        raise RuntimeError(f"the measured process ended with exit code {process.returncode}")
    return time.monotonic() - begun, peak
