"""No byte depends on how a night is cut, in which order its shares are done, nor how often."""

import contextlib
import gzip
import hashlib
import random
import shutil
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.night import batch_plan, chunks, publication, run, settling
from screening.night.opened import open_run
from screening.night.receive import receive
from screening.night.settings import load_settings
from screening.night.shares import evenly
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = date(2026, 11, 23)


@settings(max_examples=60, deadline=None)
@given(
    weights=st.lists(st.integers(0, 900), max_size=60),
    least=st.integers(1, 2000),
    most=st.integers(1, 40),
)
def test_a_cut_keeps_order_and_parts_and_makes_no_small_share(weights, least, most):
    cut = evenly(weights, least=least, most=most)
    assert [place for share in cut for place in share] == list(range(len(weights)))
    assert all(cut)
    assert len(cut) <= max(1, min(most, sum(weights) // least))
    if len(cut) > 1:  # about even: a share misses its part by less than the parts at its ends
        even = sum(weights) / max(1, min(most, sum(weights) // least))
        assert max(sum(weights[place] for place in share) for share in cut) < even + 2 * max(weights) + 1


@pytest.fixture(scope="module")
def received(tmp_path_factory, screening, written):
    """A night of six legs that has been received: whole, by codeshare, named in part, in two pushes, packed twice."""
    agency = Agency(tmp_path_factory.mktemp("cuts") / "agency", screening)
    first, second, third = written.fillers
    for number, origin in enumerate(("ARN", "CPH", "OSL"), 1):
        people = [written.ylva, *written.fillers] if number == 2 else written.fillers
        place = {"flight": f"XQ040{number}", "origin": origin}
        agency.send(f"{number}.edi", written.paxlst(people, reference=str(number), **place))
    agency.send("pnr.edi", written.pnrgov({"ABC123": [first, second], "DEF456": [third, written.ylva]}))
    later = written.paxlst([first], reference="7", sent="261122:2300")
    agency.send("later.edi", later)
    part = written.paxlst([second], flight="XQ0409", reference="8").replace("DTM+189:2611230915:201'\r\n", "")
    agency.send("part.edi", part.replace("DTM+232:2611231130:201'\r\n", ""))
    packed = gzip.compress(written.paxlst([third], flight="XQ0405", reference="9").encode(), mtime=0)
    agency.send("a.edi.gz", packed)
    agency.send("b.edi.gz", gzip.compress(gzip.decompress(packed), mtime=1))  # the same bytes within
    agency.send("note.txt", "transfer host restarted\n")
    with _at(agency.folder) as asked:
        receive(asked, NIGHT, chosen=None, actor="tester", now=datetime(2026, 11, 24, 1, tzinfo=UTC))
    return agency


@contextlib.contextmanager
def _at(folder: Path):
    with contextlib.chdir(folder):
        yield load_settings()


@contextlib.contextmanager
def _cut(small: SimpleNamespace):
    """Let the floors be others."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chunks, "CHUNK_FILES", small.files)
        patched.setattr(chunks, "BYTES_AT_LEAST", small.bytes)
        patched.setattr(settling, "STATEMENTS_AT_LEAST", small.statements)
        patched.setattr(settling, "MOST", small.most)
        patched.setattr(batch_plan, "TRAVELLERS_AT_LEAST", small.travellers)
        yield


def _done(agency: Agency, small: SimpleNamespace) -> tuple[dict[str, str], list[int]]:
    """Run the stages but the last; hashes of what it would publish and keep, and how many shares each had."""
    draw, counts = random.Random(small.order), []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(agency.folder, folder, symlinks=True, dirs_exist_ok=True)
        with _at(Path(folder)) as asked, _cut(small):
            opened = open_run(asked, f"{NIGHT}-0001")
            for plan, each in (
                (run.plan_read, run.read),
                (run.plan_settle, run.settle),
                (run.plan, run.screen),
            ):
                planned = plan(opened)
                assert plan(opened) == planned
                units = [share["unit"] for share in planned]
                counts.append(len(units))
                twice = [unit for unit in units if draw.random() < small.again]
                draw.shuffle(units)
                for unit in [*units, *twice]:
                    each(opened, unit)
            parts = publication.parts(opened)
            tables = {**parts.read, **{f"settled {name}": one for name, one in parts.settled.items()}}
            tables |= {"hits": parts.hits, "evidence": parts.evidence, "ledger of screening": parts.ledger}
            found = {name: _hash(table) for name, table in tables.items()}
            for path in sorted((asked.store.root / "landing" / "content").rglob("*.bin")):
                found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found | {"silenced": str(parts.silenced), "failures": str(parts.failures)}, counts


def _hash(table) -> str:
    return hashlib.sha256(repr(table.to_pylist()).encode()).hexdigest()


def _small(files=64, size=5_000_000, statements=40_000, most=32, travellers=10_000, again=0.0, order=0):
    return SimpleNamespace(
        files=files,
        bytes=size,
        statements=statements,
        most=most,
        travellers=travellers,
        again=again,
        order=order,
    )


@pytest.fixture(scope="module")
def whole(received):
    """The night in one share of each stage."""
    found, counts = _done(received, _small())
    assert counts == [1, 1, 1]
    return found


def test_a_night_cut_as_small_as_can_be_has_the_bytes_of_one_that_is_whole(received, whole):
    found, counts = _done(received, _small(1, 1, 1, travellers=1, again=0.5, order=1))
    assert counts == [9, 5, 5]
    assert found == whole


@settings(max_examples=4, deadline=None)
@given(
    small=st.builds(
        _small,
        files=st.integers(1, 9),
        size=st.integers(1, 60_000),
        statements=st.integers(1, 12),
        most=st.integers(1, 6),
        travellers=st.integers(1, 9),
        again=st.sampled_from((0.0, 0.3)),
        order=st.integers(0, 99),
    )
)
def test_no_byte_depends_on_the_cut_the_order_of_shares_or_how_often_they_are_done(received, whole, small):
    assert _done(received, small)[0] == whole
