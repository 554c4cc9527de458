"""The long tests of a store on object storage (`make store-test`, a quarter of an hour): kills and faults of a night.

A night dies at each point and is run again; requests fail by chance throughout; purges die; two runs meet. What
comes out has the bytes of an undisturbed night in a folder, and the record of acts holds.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from screening.store.objects import put
from tests.killed import ON_OBJECTS

DATE = "2026-11-23"
RUN = ("run", "--night", DATE, "--inbox", "inbox")
PURGES = ("objects.after_intent", "objects.before_purge", "objects.before_proof", "objects.between_names")


@pytest.fixture
def commands(screening, made_night, storage, tmp_path):
    folder = tmp_path / "agency"
    shutil.copytree(made_night, folder)
    root = storage.store(tmp_path.name)
    place = storage.environment | {"SCREENING_STORE": str(root)}

    def call(*arguments, check=0, **environment):
        return screening(folder, *arguments, check=check, **place, **environment)

    call.root, call.folder, call.place = root, folder, place
    yield call
    storage.weather = None
    storage.whole()


def holds(commands):
    verified = json.loads(commands("audit", "verify", "--format", "json").stdout)[0]
    return (verified["holds"], verified["differences"]) == (True, [])


@pytest.mark.parametrize("passage", [1, 4])
@pytest.mark.parametrize("point", [point for point in ON_OBJECTS if point not in PURGES])
def test_a_killed_night_is_taken_up_and_ends_with_the_same_bytes(
    commands, screened_night, promised, point, passage
):
    killed = commands(*RUN, check=None, KILL_AT=f"{point}:{passage}").returncode
    if passage == 1:
        assert killed == -signal.SIGKILL, "the point was not passed"
    commands(*RUN, check=None)
    commands("status", check=1)
    assert promised(commands.root) == promised(screened_night / "store")
    assert holds(commands)


@pytest.mark.parametrize("seed", range(4))
def test_faults_throughout_a_night_change_no_byte(commands, storage, screened_night, promised, seed):
    storage.weather = random.Random(seed), 0.03
    done = commands(*RUN, check=None)
    storage.weather = None
    if done.returncode == 3:  # the same request failed six times
        assert "remedy:" in done.stderr
        commands(*RUN, check=1)
    assert promised(commands.root) == promised(screened_night / "store")
    assert holds(commands)


@pytest.mark.parametrize("point", PURGES)
def test_a_killed_purge_is_ended_by_the_next(commands, point):
    commands(*RUN, check=1)
    purge = ("retention", "purge", "--as", "officer1")
    killed = commands(*purge, check=None, KILL_AT=point).returncode
    assert killed == -signal.SIGKILL, "the point was not passed"
    commands(*purge)
    assert json.loads(commands("retention", "due", "--format", "json").stdout) == []
    assert holds(commands)
    assert not list(commands.root.glob("audit/purges/*.begun"))


def test_a_night_in_several_processes_has_the_same_bytes(commands, screened_night, promised):
    commands(*RUN, check=1, LARGE="1", SCREENING_WORKERS="3")
    assert promised(commands.root) == promised(screened_night / "store")
    assert holds(commands)


def test_of_two_runs_at_once_one_is_refused_and_nothing_is_lost(commands, screened_night, promised):
    start = [sys.executable, "-c", "from screening.cli.main import app; app()", *RUN]
    both = [
        subprocess.Popen(
            start,
            cwd=commands.folder,
            env={**os.environ, **commands.place},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ended = sorted((one.communicate()[1], one.returncode) for one in both)
    assert sorted(code for _, code in ended) == [1, 3]
    assert any("is held by process" in err for err, _ in ended)
    assert promised(commands.root) == promised(screened_night / "store")
    assert holds(commands)


def test_a_list_of_many_pages_is_whole(storage, tmp_path):
    root = storage.store(f"{tmp_path.name}-many")
    for number in range(2_100):
        put(root / "x" / f"{number}.json", b"1")
    storage.fail("503", "LIST", "continuation", times=1)
    assert len(list(root.rglob("*"))) == 2_100
    storage.fail("cut", "LIST", "continuation", times=1)
    assert len(list((root / "x").glob("*.json"))) == 2_100
    assert storage.whole()
