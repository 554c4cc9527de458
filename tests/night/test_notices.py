"""Whoever watches nights is told what needs a person, what failed, what recovered: once, and without a name."""

import json
import os
import socketserver
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from screening.night.notices import Notice, worse
from screening.profile.load import parse_profile
from screening.tables.errors import ProfileError

NIGHT = "2026-11-23"
NAME = "SOMEBODYSNAME"


def watch(by_hand, section='file = "notices.jsonl"'):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + f"\n[notify]\n{section}\n")


def told(by_hand):
    path = by_hand.folder / "notices.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def states(by_hand):
    return [notice["state"] for notice in told(by_hand)]


@pytest.mark.slow
def test_a_night_that_needs_a_person_is_told_once_on_every_way_and_so_is_its_recovery(by_hand, written):
    with web() as (address, posted, answer), relay() as (port, letters):
        watch(
            by_hand,
            f'webhook = "{address}/secret-token"\nfile = "notices.jsonl"\n[notify.email]\n'
            f'to = ["duty@example.org", "chief@example.org"]\nsender = "screening@example.org"\nport = {port}',
        )
        by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
        by_hand.send(f"{NAME}.txt", "a note\n")
        answer["status"] = 503  # one way that fails changes nothing of the night, nor of the others
        refused = "The notice by webhook was not sent (HTTP {}); it is tried again after the next run.\n"
        assert by_hand.run(NIGHT, check=1).stderr == refused.format(503)
        answer["status"] = 302
        assert by_hand.run(NIGHT, check=1).stderr == refused.format(302)
        answer["status"] = 204
        assert by_hand.run(NIGHT, check=1).stderr == ""
        assert by_hand.run(NIGHT, check=1).stderr == ""
        assert len(posted) == 3  # the fourth run had nothing new to tell
        assert posted[0]["state"] == "needs a person"
        [letter] = letters
        assert f"Subject: Screening: night {NIGHT} needs a person" in letter
        assert f"screening status --night {NIGHT}" in letter
        [notice] = told(by_hand)
        assert notice["about"] == f"night {NIGHT}"
        assert notice["state"] == "needs a person"
        assert notice["revision"] == 1
        assert notice["command"] == f"screening status --night {NIGHT}"
        assert notice["counts"] == {
            "not_screened": 0, "uncounted": 0, "waiting": 1, "missing": 0, "overtaken": 0, "gates_failed": 0, "hits": 1
        }  # fmt: skip

        by_hand.send(f"{NAME}2.txt", "another note\n")
        by_hand.run(NIGHT, check=1)
        assert states(by_hand) == ["needs a person", "needs a person"]  # it got worse

        entries = by_hand.json("quarantine", "list", "--night", NIGHT)
        release = ("--as", "anna", "--second", "ben", "--reason", "a note")
        by_hand("quarantine", "release", entries[0]["id"], *release, check=0)
        assert len(told(by_hand)) == 2  # better, and not yet in order
        by_hand("quarantine", "release", entries[1]["id"], *release, check=0)
        by_hand.run(NIGHT)
        assert states(by_hand)[2:] == ["recovered"]
        assert [len(posted), len(letters)] == [5, 3]
    everything = (by_hand.folder / "notices.jsonl").read_text()
    everything += (by_hand.store / "nights" / NIGHT / "notices.json").read_text()
    everything += json.dumps(posted) + "".join(letters)
    for word in (NAME, "QVARNSTEDT", "XQ401", "XQ0401", "watch"):
        assert word not in everything
    kept = [path.read_bytes() for path in by_hand.store.rglob("*") if path.is_file()]
    assert not any(b"secret-token" in data for data in kept)


@pytest.mark.slow
def test_failed_runs_and_an_incomplete_night_are_told_until_they_end_and_a_night_in_order_is_not(
    by_hand, written
):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndate_of_birth = 0.9\n")
    watch(by_hand)
    by_hand.run(NIGHT, check=3)
    by_hand.run(NIGHT, check=3)
    by_hand("run", "--night", NIGHT, "--let-through", "nothing", check=2)
    [notice] = told(by_hand)
    assert (notice["state"], notice["cause"]) == ("failed", "the inbox or an alert list cannot be used")
    assert notice["command"] == f"screening run --night {NIGHT}"
    undated = [(*person[:2], "", *person[3:]) for person in written.fillers]
    by_hand.send("a.edi", written.paxlst(undated))
    by_hand.run(NIGHT, check=1)
    by_hand("run", "--night", NIGHT, "--let-through", "manifests", "--reason", "strike", check=0)
    by_hand.send("b.edi", written.paxlst(written.fillers, day="261124", sent="261123:1800"))
    by_hand.run("2026-11-24")
    assert [(one["about"], one["state"]) for one in told(by_hand)] == [
        (f"night {NIGHT}", "failed"),
        (f"night {NIGHT}", "incomplete"),
        (f"night {NIGHT}", "recovered"),
    ]


@pytest.mark.slow
def test_the_ways_are_tried_before_they_are_needed(by_hand):
    by_hand("profile", "notify", check=2)
    with web() as (address, got, answer):
        watch(by_hand, f'webhook = "{address}/secret-token"\nfile = "notices.jsonl"')
        assert by_hand("profile", "notify", check=0).stdout == "file: sent\nwebhook: sent\n"
        answer["status"] = 404
        tried = by_hand("profile", "notify", check=1)
    assert tried.stdout == "file: sent\nwebhook: not sent (HTTP 404)\n"
    assert [one["state"] for one in got] == ["on trial", "on trial"]


def test_a_way_that_hangs_is_left_and_said(tmp_path, monkeypatch):
    from screening.night import deliveries, notices
    from screening.night.settings import Settings
    from screening.profile.model import Notify, Profile
    from screening.store.zones import Store

    monkeypatch.setattr(deliveries, "_WHOLE", 0.2)
    pipe, said = tmp_path / "pipe", []
    os.mkfifo(pipe)
    settings = Settings(Store(tmp_path / "store"), tmp_path, Profile(notify=Notify(file="pipe")), tmp_path)
    notices.tell_failure(settings, date.fromisoformat(NIGHT), "task read failed", say=said.append)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # lets the waiting thread go
    os.close(reader)
    assert said == [
        "The notice by file was not sent (no answer in 0 s); it is tried again after the next run."
    ]


BAD = {"not_screened": 2, "waiting": 1, "hits": 4}


@pytest.mark.parametrize(
    ("before", "state", "counts", "due"),
    [
        pytest.param(None, "in order", {}, None, id="a first night in order"),
        pytest.param(None, "needs a person", BAD, "needs a person", id="a first night that is not"),
        pytest.param(("needs a person", BAD), "needs a person", BAD, None, id="the same"),
        pytest.param(("needs a person", BAD), "needs a person", BAD | {"not_screened": 1}, None, id="better"),
        pytest.param(
            ("needs a person", BAD), "needs a person", BAD | {"waiting": 2}, "needs a person", id="worse"
        ),
        pytest.param(("needs a person", BAD), "needs a person", BAD | {"hits": 9}, None, id="more hits only"),
        pytest.param(("needs a person", BAD), "incomplete", BAD, "incomplete", id="another state"),
        pytest.param(("failed", {}), "in order", {}, "recovered", id="recovered"),
        pytest.param(("in order", {}), "in order", {}, None, id="recovered before"),
        pytest.param(("failed", {}), "needs a person", BAD, "needs a person", id="failed, now published"),
    ],
)
def test_only_what_is_new_or_worse_is_told(before, state, counts, due):
    was = {"state": before[0], "counts": before[1], "cause": None} if before else None
    assert worse(was, Notice("night", state, "screening status", counts=counts)) == due


@pytest.mark.parametrize(
    "section",
    [
        'webhook = "http://example.org/SECRET"',
        'webhook = "https://user:SECRET@example.org/x"',
        'webhook = "file:///etc/SECRET"',
        'webhook = "https:///SECRET"',
        '[notify.email]\nto = []\nsender = "a@example.org"',
        '[notify.email]\nto = ["a@example.org\\nBcc: SECRET@example.org"]\nsender = "a@example.org"',
    ],
)
def test_a_way_that_leaves_the_machine_unguarded_is_refused_without_quoting_it(section):
    with pytest.raises(ProfileError) as refused:
        parse_profile(f"[notify]\n{section}\n", name="profile.toml")
    assert "notify" in str(refused.value)
    assert "SECRET" not in str(refused.value)


@contextmanager
def web():
    got, answer = [], {"status": 204}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answer["status"])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}", got, answer


@contextmanager
def relay():
    got = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 relay\r\n")
            for line in self.rfile:
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                    got.append(letter.decode())
                self.wfile.write(b"250 ok\r\n" if not line.upper().startswith(b"QUIT") else b"221 bye\r\n")

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, got


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
