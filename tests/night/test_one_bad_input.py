"""Our own code fails on one input: that one is set aside and named, and the rest is screened."""

import io
import os
import zipfile
from datetime import date

import pytest

from screening.messages.read import read_parts
from screening.messages.tabulate import tabulate
from screening.night import reading
from screening.night.session import run_night
from screening.night.settings import load_settings

pytestmark = pytest.mark.slow
NIGHT = date(2026, 11, 23)
MARK = b"XQ0402"


def in_reader(monkeypatch):
    def fails(data, *rest, **named):
        for part in read_parts(data, *rest, **named):
            if MARK in data[:]:
                raise ZeroDivisionError("QVARNSTEDT")
            yield part

    monkeypatch.setattr(reading, "read_parts", fails)


def in_tables(monkeypatch):
    def fails(readings):
        if any("402" in str(leg) for one in readings for message in one.messages for leg in message.legs):
            raise ZeroDivisionError("QVARNSTEDT")
        return tabulate(readings)

    monkeypatch.setattr(reading, "tabulate", fails)


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.edi", data)
    return packed.getvalue()


@pytest.mark.parametrize("fault", [in_reader, in_tables])
@pytest.mark.parametrize("packed", [False, True])
def test_one_bad_input_is_named_and_the_rest_is_screened(by_hand, written, monkeypatch, fault, packed):
    good = written.paxlst([written.ylva])
    bad = written.paxlst(written.fillers, flight="XQ0402")
    other = written.paxlst(written.fillers, flight="XQ0403")
    if packed:
        by_hand.send("a.zip", zipped(a=good, b=bad, c=other))
    else:
        for name, data in {"a.edi": good, "b.edi": bad, "c.edi": other}.items():
            by_hand.send(name, data)
    monkeypatch.chdir(by_hand.folder)
    for name in [name for name in os.environ if name.startswith("SCREENING_")]:
        monkeypatch.delenv(name)
    with monkeypatch.context() as broken:
        fault(broken)
        run_night(load_settings(), NIGHT, actor="tester", tell=lambda _: None)
    status = by_hand.status("2026-11-23")
    bad_one = status.pop("input:a.zip!b.edi" if packed else "input:b.edi")
    assert (bad_one["outcome"], bad_one["reason_code"]) == ("quarantined", "reader_failed")
    assert [(row["travellers"], row["hits"]) for row in status.values()] == [(1, 1), (3, 0)]
    (entry,) = by_hand.json("quarantine", "list", "--night", "2026-11-23")
    assert "ZeroDivisionError in " in entry["reason"]
    assert "QVARNSTEDT" not in str(entry)
    by_hand("run", "--night", "2026-11-23", "--again", check=0)  # by whole code its bytes are read after all
    assert by_hand.status("2026-11-23")["XQ402-20261123-ARN-VIE"]["travellers"] == 3
