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
# flights of which reading fails, and putting into tables: as a file, and as a member of a zip
READ, TABLED = ("XQ0402", "XQ0412"), ("XQ0422", "XQ0432")


def in_reader(monkeypatch):
    def fails(data, *rest, **named):
        for part in read_parts(data, *rest, **named):
            if any(flight.encode() in data[:] for flight in READ):
                raise ZeroDivisionError("QVARNSTEDT")
            yield part

    monkeypatch.setattr(reading, "read_parts", fails)


def in_tables(monkeypatch):
    def fails(readings):
        legs = [str(leg) for one in readings for message in one.messages for leg in message.legs]
        if any(flight[-3:] in leg for leg in legs for flight in TABLED):
            raise ZeroDivisionError("QVARNSTEDT")
        return tabulate(readings)

    monkeypatch.setattr(reading, "tabulate", fails)


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.edi", data)
    return packed.getvalue()


def test_one_bad_input_is_named_and_the_rest_is_screened(by_hand, written, monkeypatch):
    def sent(flight, people=written.fillers):
        return written.paxlst(people, flight=flight, reference=flight[-3:])

    plain, packed = zip(READ, TABLED, strict=True)
    by_hand.send("a.edi", sent("XQ0401", [written.ylva]))
    by_hand.send("b.edi", sent(plain[0]))
    by_hand.send("c.edi", sent("XQ0403"))
    by_hand.send("d.edi", sent(plain[1]))
    members = {
        "a": sent("XQ0411", [written.ylva]),
        "b": sent(packed[0]),
        "c": sent("XQ0413"),
        "d": sent(packed[1]),
    }
    by_hand.send("a.zip", zipped(**members))
    monkeypatch.chdir(by_hand.folder)
    for name in [name for name in os.environ if name.startswith("SCREENING_")]:
        monkeypatch.delenv(name)
    with monkeypatch.context() as broken:
        in_reader(broken)
        in_tables(broken)
        run_night(load_settings(), NIGHT, actor="tester", tell=lambda _: None)
    status = by_hand.status("2026-11-23")
    for name in ("b.edi", "d.edi", "a.zip!b.edi", "a.zip!d.edi"):
        row = status.pop(f"input:{name}")
        assert (row["outcome"], row["reason_code"]) == ("quarantined", "reader_failed"), name
    assert {leg[:5]: (row["travellers"], row["hits"]) for leg, row in status.items()} == {
        "XQ401": (1, 1),
        "XQ403": (3, 0),
        "XQ411": (1, 1),
        "XQ413": (3, 0),
    }
    entries = by_hand.json("quarantine", "list", "--night", "2026-11-23")
    assert len(entries) == 4
    for entry in entries:
        assert "ZeroDivisionError in " in entry["reason"]
        assert "QVARNSTEDT" not in str(entry)
    by_hand(
        "run", "--night", "2026-11-23", "--again", check=0
    )  # by whole code their bytes are read after all
    status = by_hand.status("2026-11-23")
    assert [status[f"XQ{flight[3:]}-20261123-ARN-VIE"]["travellers"] for flight in (*READ, *TABLED)] == [
        3
    ] * 4
