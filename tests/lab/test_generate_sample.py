"""sample_data/ is what the generator writes today, small enough to live in the repository."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from screening.lab.generate.night import Size, generate

SAMPLE = Path(__file__).parents[2] / "sample_data"
LARGEST, TOGETHER = 2_000_000, 4_000_000


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_sample_is_what_its_command_writes(tmp_path):
    generate(tmp_path, date(2026, 11, 23), Size(flights=40, travellers=4000, alerts=600), seed=1)
    assert _hashes(SAMPLE) == _hashes(tmp_path), "stale: run the command in sample_data/README.md"


def test_sample_is_small():
    sizes = [path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()]
    assert max(sizes) < LARGEST
    assert sum(sizes) < TOGETHER
