"""Files are whole or absent; whatever goes wrong says what to do."""

import os
import resource
import subprocess
import sys
import time

import pytest

from screening.store.files import (
    canonical_json,
    link_file,
    read_json,
    require_space,
    sweep_temporaries,
    write_bytes,
    write_json,
)
from screening.store.parquet import write_table
from screening.tables.errors import StoreError


def test_files_are_private_and_leave_no_temporary_behind(tmp_path, documents):
    write_bytes(tmp_path / "deep" / "er" / "b", b"1")
    write_json(tmp_path / "deep" / "j", {"b": [1], "a": "é"})
    write_table(tmp_path / "deep" / "t", documents(1))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "deep").rglob("*")}
    assert modes == {"er": 0o700, "b": 0o600, "j": 0o600, "t": 0o600}
    assert read_json(tmp_path / "deep" / "j") == {"a": "é", "b": [1]}


def test_canonical_json_does_not_depend_on_order():
    assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1})
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


def test_json_that_is_damaged_says_what_to_do(tmp_path):
    (tmp_path / "j").write_bytes(b'{"night": ')
    with pytest.raises(StoreError, match="not JSON") as caught:
        read_json(tmp_path / "j", remedy="mend it")
    assert caught.value.remedy == "mend it"


def test_a_link_is_the_same_file(tmp_path):
    write_bytes(tmp_path / "a", b"1")
    link_file(tmp_path / "a", tmp_path / "x" / "b")
    assert (tmp_path / "x" / "b").samefile(tmp_path / "a")


def test_room_is_asked_for_before_anything_begins(tmp_path):
    require_space(tmp_path / "not" / "yet", 1)
    with pytest.raises(StoreError, match="too little room"):
        require_space(tmp_path / "not" / "yet", 1 << 62)


def test_only_old_temporary_files_without_a_living_writer_are_swept(tmp_path):
    dead, young, held = (tmp_path / f".{name}.x.tmp" for name in ("dead", "young", "held"))
    for path in (dead, young, held):
        path.write_bytes(b"1")
    long_ago = time.time() - 3600
    os.utime(dead, (long_ago, long_ago))
    os.utime(held, (long_ago, long_ago))
    import fcntl

    with held.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert sweep_temporaries(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".held.x.tmp", ".young.x.tmp"]


FULL_DISK = """
import resource, sys
from pathlib import Path
from screening.store.files import write_bytes
from screening.store.parquet import write_table
from screening.tables.errors import StoreError
import pyarrow as pa
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
target = Path(sys.argv[1])
write = {
    "bytes": lambda: write_bytes(target, bytes(9000)),
    "table": lambda: write_table(target, pa.table({"a": [str(i * 7919) for i in range(20000)]})),
}[sys.argv[2]]
try:
    write()
except StoreError as fault:
    print(fault)
    sys.exit(3)
"""


@pytest.mark.parametrize("kind", ["bytes", "table"])
def test_a_full_disk_is_told_and_leaves_the_earlier_file(tmp_path, kind):
    target = tmp_path / "file"
    target.write_bytes(b"earlier")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(target), kind], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "no room left" in done.stdout
    assert "EFBIG" in done.stdout
    assert "nothing was published" in done.stdout
    assert target.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


READ_ONLY = """
import ctypes, sys
from pathlib import Path
from screening.store.files import write_bytes
from screening.tables.errors import StoreError
# Root writes anywhere: without CAP_DAC_OVERRIDE (bit 1) it is an ordinary user. Version 3 of capset(2).
class Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]
class Data(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]
ctypes.CDLL(None).capset(ctypes.byref(Header(0x20080522, 0)), ctypes.byref((Data * 2)()))
try:
    write_bytes(Path(sys.argv[1]) / "file", b"new")
except StoreError as fault:
    print(fault)
    sys.exit(3)
"""


def test_a_folder_closed_to_us_is_told(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "file").write_bytes(b"earlier")
    closed.chmod(0o500)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(closed)], capture_output=True, text=True, check=False
    )
    closed.chmod(0o700)
    assert (done.returncode, done.stderr) == (3, "")
    assert "not permitted" in done.stdout
    assert f"ls -ld {closed}" in done.stdout
    assert (closed / "file").read_bytes() == b"earlier"
