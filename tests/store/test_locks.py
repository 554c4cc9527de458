"""One run for a night; a killed one frees it at once."""

import json
import os
import signal
import subprocess
import sys
from datetime import date

import pytest

from screening.store.files import is_locked
from screening.store.locks import exclusive, night_lock
from screening.tables.errors import BusyError

HOLDER = """
import sys, time
from datetime import date
from pathlib import Path
from screening.store.locks import night_lock
from screening.store.zones import Store
with night_lock(Store(Path(sys.argv[1])), date(2026, 11, 23)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_night_is_held_until_its_process_ends_however_it_ends(store, night):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.root)], stdout=subprocess.PIPE, text=True
    )
    with holder.stdout:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError) as caught, night_lock(store, night):
            pass
        with night_lock(store, date(2026, 11, 24)):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert f"process {holder.pid} on " in caught.value.what
    assert f"kill {holder.pid}" in caught.value.remedy
    with night_lock(store, night):
        assert json.loads((store.night_folder(night) / ".lock").read_bytes())["pid"] == os.getpid()


def test_a_process_cannot_hold_a_night_twice(store, night):
    with night_lock(store, night), pytest.raises(BusyError), night_lock(store, night):
        pass
    with night_lock(store, night):
        pass


def test_a_holder_that_has_not_signed_yet_is_another_process(store, night):
    with night_lock(store, night):
        (store.night_folder(night) / ".lock").write_bytes(b"")
        with pytest.raises(BusyError, match="just begun"), night_lock(store, night):
            pass


def test_the_lock_goes_when_the_block_fails(tmp_path):
    path = tmp_path / "a" / ".lock"

    def fail():
        with exclusive(path, what="it", wait=True):
            assert is_locked(path)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not is_locked(path)
    assert not is_locked(tmp_path / "none")
