"""Airflow's pages are started once: a second start says which is up and the command that ends it."""

import json
import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from screening.orchestration.embedded import only_one
from screening.tables.errors import BusyError


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def refused(home, port) -> BusyError:
    with pytest.raises(BusyError) as caught, only_one(home, port):
        pass
    return caught.value


def serving(home, group, port):
    home.mkdir(exist_ok=True)
    (home / "serving.json").write_text(json.dumps({"pid": os.getpid(), "group": group, "port": port}))


def test_a_second_start_names_the_address_and_the_process_to_end_also_for_another_port(tmp_path):
    home, port = tmp_path / "home", free_port()
    with only_one(home, port):
        serving(home, os.getpgid(0), port)
        for asked in (port, free_port()):
            told = refused(home, asked)
            assert f"http://127.0.0.1:{port}" in told.what
            assert told.remedy.endswith(f"kill {os.getpid()}")
    with only_one(home, port):  # the first has ended
        pass


def test_one_whose_command_was_killed_is_ended_by_its_group(tmp_path, taken):
    orphan = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        serving(tmp_path, orphan.pid, taken)
        told = refused(tmp_path, free_port())
        assert told.remedy.endswith(f"kill -- -{orphan.pid}")
    finally:
        orphan.communicate()
    assert "taken by another program" in refused(tmp_path, taken).what


def test_a_port_of_another_program_is_told_with_the_option_that_takes_another(tmp_path, taken):
    told = refused(tmp_path, taken)
    assert (str(taken) in told.what, "--port N" in told.remedy) == (True, True)
