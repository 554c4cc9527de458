"""Compiled loops of several processes that begin with nothing kept: each finds the code of its own arguments."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("numba")

LOOP = """
def halved(value):
    return value / 2
"""
RUN = """
import sys, time
from numba import njit
from numba.core.caching import IndexDataCacheFile
from screening.matching.compiled import in_turn
import invented_loop

kept, listed = IndexDataCacheFile._save_data, IndexDataCacheFile._save_index
index_after, data_after = {"float": (1.0, 0.0), "int": (0.2, 1.6)}[sys.argv[1]]
def save_index(*given):
    time.sleep(index_after)
    listed(*given)
def save_data(*given):  # unlocked, the index names the float's code last, where the whole number's code comes last
    time.sleep(data_after)
    kept(*given)
IndexDataCacheFile._save_index, IndexDataCacheFile._save_data = save_index, save_data

loop = njit(cache=True)(invented_loop.halved)
if sys.argv[2] == "in turn":
    loop = in_turn(loop)
loop.targetctx  # imports first: both compile at one time
print("ready", flush=True)
sys.stdin.readline()
value = {"float": 5.0, "int": 5}[sys.argv[1]]
print(loop(value), len(loop.signatures), str(loop.signatures[0][0]), flush=True)
"""


def started(folder, kind, how):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "."), "."]),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, kind, how], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    return process


def told(process):
    return process.communicate("go\n", timeout=120)[0].split()


def test_two_processes_that_compile_at_once_keep_the_code_of_both(tmp_path):
    (tmp_path / "invented_loop.py").write_text(LOOP)
    first, second = (started(tmp_path, kind, "in turn") for kind in ("float", "int"))
    for process in (first, second):
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [told(first), told(second)] == [["2.5", "1", "float64"], ["2.5", "1", "int64"]]
    kept = {path.name for path in (tmp_path / "__pycache__").glob("*.nbc")}
    assert len(kept) == 2
    again = [told(started(tmp_path, kind, "in turn")) for kind in ("float", "int")]
    assert again == [["2.5", "1", "float64"], ["2.5", "1", "int64"]]
