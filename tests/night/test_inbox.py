"""Every entry of the inbox is taken in, or named with the reason why not; none stops a night."""

import os
import socket
from datetime import date
from pathlib import Path

import pytest

from screening.night import inbox as walk
from screening.night.inbox import arrivals

NIGHT = date(2026, 11, 23)


def codes(inbox):
    return {found.name: found.refused for found in arrivals(inbox, NIGHT)}


def link(inbox, name, target):
    (inbox / name).symlink_to(target)


def fifo(inbox):
    os.mkfifo(inbox / "x")


def unix_socket(inbox):
    before = Path.cwd()
    os.chdir(inbox)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("x")
    os.chdir(before)


def badly_named(inbox):
    (inbox / os.fsdecode(b"caf\xe9.edi")).write_bytes(b"c")


def folder_badly_named(inbox):
    folder = inbox / os.fsdecode(b"\xff")
    folder.mkdir()
    (folder / "b.edi").write_bytes(b"b")


def night_folder(name):
    def make(inbox):
        (inbox / name).mkdir()
        (inbox / name / "b.edi").write_bytes(b"b")

    return make


@pytest.mark.parametrize(
    ("make", "found"),
    [
        pytest.param(lambda inbox: None, {}, id="a file alone"),
        pytest.param(lambda inbox: link(inbox, "x", "a.edi"), {"x": ""}, id="a link to a file of the inbox"),
        pytest.param(lambda inbox: link(inbox, "x", inbox / "a.edi"), {"x": ""}, id="the same, absolute"),
        pytest.param(lambda inbox: link(inbox, "x", "../out.edi"), {"x": "entry_link"}, id="a link out"),
        pytest.param(lambda inbox: link(inbox, "x", "."), {"x": "entry_link"}, id="a link to a folder"),
        pytest.param(lambda inbox: link(inbox, "x", "nothing"), {"x": "entry_link"}, id="to nothing"),
        pytest.param(lambda inbox: link(inbox, "x", "x"), {"x": "entry_link"}, id="to itself"),
        pytest.param(fifo, {"x": "entry_special"}, id="a FIFO"),
        pytest.param(unix_socket, {"x": "entry_special"}, id="a socket"),
        pytest.param(
            badly_named,
            {"caf\\xe9.edi": "", "caf\\xe9.edi ": "entry_name_not_utf8"},
            id="a name that is no UTF-8: read, and told",
        ),
        pytest.param(
            folder_badly_named, {"\\xff/b.edi": "", "\\xff": "entry_name_not_utf8"}, id="a folder's name"
        ),
        pytest.param(night_folder("night=2026-11-23"), {"night=2026-11-23/b.edi": ""}, id="this night's"),
        pytest.param(night_folder("night=2026-11-24"), {}, id="another night's"),
        pytest.param(night_folder("nights"), {"nights/b.edi": ""}, id="a folder of any name"),
        *(
            pytest.param(night_folder(name), {name: "night_folder_impossible"}, id=name)
            for name in (
                "night=2026-02-30",
                "night=20261123",
                "Night=2026-11-24x",
                "night=",
                "night=2206-11-23",
            )
        ),
    ],
)
def test_every_entry_is_taken_in_or_named(tmp_path, make, found):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.edi").write_bytes(b"a")
    (inbox / ".b.edi.part").write_bytes(b"on its way")
    (tmp_path / "out.edi").write_bytes(b"out")
    make(inbox)
    listed = [(one.name, one.refused) for one in arrivals(inbox, NIGHT)]
    assert sorted(listed) == sorted([("a.edi", ""), *((name.strip(), code) for name, code in found.items())])


def test_a_link_to_what_belongs_to_another_night_is_refused(tmp_path):
    night_folder("night=2026-11-24")(tmp_path)
    link(tmp_path, "x", "night=2026-11-24/b.edi")
    assert codes(tmp_path) == {"x": "entry_link"}


def test_a_folder_or_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.edi").write_bytes(b"a")
    (tmp_path / "b.edi").write_bytes(b"b")
    scandir, opened = os.scandir, os.open

    def refuse(function):
        def inside(path, *rest):
            if os.fspath(path).endswith(("closed", "b.edi")):
                raise PermissionError
            return function(path, *rest)

        return inside

    monkeypatch.setattr(walk.os, "scandir", refuse(scandir))  # root may read anything
    monkeypatch.setattr(walk.os, "open", refuse(opened))
    assert codes(tmp_path) == {"a.edi": "", "b.edi": "entry_unreadable", "closed": "entry_unreadable"}


@pytest.mark.slow
def test_a_night_names_what_it_could_not_take_in_and_forgets_it_when_it_is_mended(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    outside = by_hand.folder / "outside.edi"
    outside.write_text(written.paxlst([written.ylva], flight="XQ0402"))
    inbox = by_hand.folder / "inbox"
    link(inbox, "linked.edi", outside)
    fifo(inbox)
    (inbox / os.fsdecode(b"\xe9.edi")).write_text(written.paxlst([written.ylva], flight="XQ0403"))
    by_hand.run("2026-11-23", check=1)
    status = by_hand.status("2026-11-23")
    assert {name: row["reason_code"] for name, row in status.items() if name.startswith("input:")} == {
        "input:linked.edi": "entry_link",
        "input:x": "entry_special",
        "input:\\xe9.edi": "entry_name_not_utf8",
    }
    assert "Copy the file" in status["input:linked.edi"]["reason"]
    assert status["XQ403-20261123-ARN-VIE"]["hits"] == 1
    assert "XQ402-20261123-ARN-VIE" not in status
    assert status["input:linked.edi"]["mend"] == "screening run --night 2026-11-23"
    assert status["input:\\xe9.edi"]["mend"].startswith("screening quarantine release ")
    by_hand.run("2026-11-23", check=1)
    (inbox / "x").unlink()
    outside.rename(inbox / "linked.edi")
    by_hand.run("2026-11-23", check=1)
    status = by_hand.status("2026-11-23")
    assert [name for name in status if name.startswith("input:")] == ["input:\\xe9.edi"]
    assert status["XQ402-20261123-ARN-VIE"]["hits"] == 1
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0404"))
    by_hand.run("2026-11-24", check=1)  # the name is still there: it is told in each night
    for entry in by_hand.json("quarantine", "list", "--night", "2026-11-24"):
        by_hand("quarantine", "release", entry["id"], "--as", "anna", "--reason", "known", check=0)
    by_hand.run("2026-11-24", check=0)
