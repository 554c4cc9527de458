"""Flights that are due: the schedule file, the night in which each is waited for, and a night that misses some."""

import json
from datetime import date, timedelta

import pytest

from screening.messages.one_designator import same_designators
from screening.night.expected import due
from screening.night.frozen import published_frozen
from screening.night.schedule_file import DueFlight, Schedule, read_schedule
from screening.night.settings import Settings
from screening.profile.model import Profile
from screening.store.published import read_current
from screening.store.revisions import Publication, publish
from screening.store.zones import Store
from screening.tables.codes import RetentionClass
from screening.tables.individual import FLIGHTS, OUTCOMES

NIGHT = "2026-11-23"  # a Monday
HEAD = "carrier,number,origin,destination,departure,arrival,days,from,until,dates,cancelled,also\n"
WEEK = [date(2026, 11, 23) + timedelta(days=number) for number in range(7)]


def days(line: str) -> list[int]:
    """Days of the week on which the flight of a line is due and not cancelled."""
    found = read_schedule(HEAD + line + "\n", WEEK, {})
    assert not found.fault
    assert not found.unread
    return [date.fromisoformat(one.departure[:10]).isoweekday() for one in found.waited_for]


@pytest.mark.parametrize(
    ("line", "weekdays"),
    [
        ("XQ,401,ARN,VIE,09:15,,,,,,,", [1, 2, 3, 4, 5, 6, 7]),
        ("XQ,401,ARN,VIE,09:15,,135,,,,,", [1, 3, 5]),
        ("XQ,401,ARN,VIE,09:15,,1.3.5..,,,,,", [1, 3, 5]),
        ("XQ,401,ARN,VIE,09:15,,,2026-11-25,2026-11-26,,,", [3, 4]),
        ("XQ,401,ARN,VIE,09:15,,,2026-11-28,,,,", [6, 7]),
        ("XQ,401,ARN,VIE,09:15,,,,2026-11-23,,,", [1]),
        ("XQ,401,ARN,VIE,09:15,,,,,2026-11-24;2026-11-29,,", [2, 7]),
        ("XQ,401,ARN,VIE,09:15,,,,,,2026-11-24 2026-11-25,", [1, 4, 5, 6, 7]),
        ("XQ,401,ARN,VIE,09:15,,,,,,all,", []),
    ],
)
def test_a_line_is_due_on_its_days(line, weekdays):
    assert days(line) == weekdays


NAMES = same_designators((("XQ", ("XQA",)), ("XQ900", ("ZQ7409",))))


@pytest.mark.parametrize(
    ("line", "flight"),
    [
        ("XQ,401,ARN,VIE,09:15,11:30", ("XQ401-20261123-ARN-VIE", "2026-11-23T11:30", ())),
        ("XQ,XQ0401,ESSA,LOWW,0915,1130", ("XQ401-20261123-ARN-VIE", "2026-11-23T11:30", ())),
        (",XQ401A,arn,vie,9:15,", ("XQ401A-20261123-ARN-VIE", None, ())),
        ("XQA,401,ARN,VIE,09:15,", ("XQ401-20261123-ARN-VIE", None, ())),
        ("ZQ,7409,ARN,VIE,09:15,", ("XQ900-20261123-ARN-VIE", None, ())),
        ("XQ,1,DOH,BRU,23:50,05:40+1", ("XQ1-20261123-DOH-BRU", "2026-11-24T05:40", ())),
        ("XQ,1,AKL,HNL,00:10,10:05-1", ("XQ1-20261123-AKL-HNL", "2026-11-22T10:05", ())),
        ("XQ,1,DOH,BRU,23:50,,,,,,,ZQ0077;YY8A", ("XQ1-20261123-DOH-BRU", None, ("ZQ77", "YY8A"))),
    ],
)
def test_a_line_is_read_as_legs_are(line, flight):
    text = HEAD + line + "," * (11 - line.count(",")) + "\n"
    [found] = read_schedule(text, WEEK[:1], NAMES).flights
    assert (found.flight_id, found.arrival, found.also) == flight


@pytest.mark.parametrize(
    "line",
    [
        "XQ,401,ARN,VIE,soon,,,,,,,",
        "XQ,401,ARN,VIE,25:00,,,,,,,",
        "XQ,401,ARN,VIE,09:15,later,,,,,,",
        "XQ,401,ARN,VIE,09:15,,0,,,,,",
        "XQ,401,ARN,VIE,09:15,,,23.11.2026,,,,",
        "XQ,401,ARN,VIE,09:15,,,,,2026-02-29,,",
        "XQ,401,ARN,VIE,09:15,,,,,,perhaps,",
        "XQ,,ARN,VIE,09:15,,,,,,,",
        ",401,ARN,VIE,09:15,,,,,,,",
        "XQ,401,,VIE,09:15,,,,,,,",
        "XQ,401,ARN,VIE,09:15,,,,,,,,,",
    ],
)
def test_a_line_that_cannot_be_read_is_told_by_its_number_and_the_others_count(line):
    found = read_schedule(f"{HEAD}XQ,1,ARN,VIE,09:15,,,,,,,\n{line}\n", WEEK[:1], {})
    assert ([one.number for one in found.flights], found.unread, found.fault) == (["1"], (3,), "")


@pytest.mark.parametrize(
    "text", ["", "nothing\n", HEAD.replace("origin,", ""), HEAD.replace("also", "price"), 'a"b\0\n']
)
def test_a_file_that_is_no_schedule_says_so(text):
    found = read_schedule(text, WEEK, {})
    assert found.fault
    assert not found.flights


def settings_of(folder, text, **expected):
    (folder / "schedule.csv").write_text(text)
    asked = {"path": "schedule.csv", **expected}
    profile = Profile.model_validate(
        {"intake": {"expected": asked}, "agency": {"time_zone": "Europe/Vienna"}}
    )
    return Settings(Store(folder / "store"), folder, profile, folder)


@pytest.mark.parametrize(
    ("line", "before", "night"),
    [
        pytest.param("XQ,1,VIE,ARN,01:00,,,,,2026-11-24,,", 0, "2026-11-24", id="at the hour of the start"),
        pytest.param("XQ,1,VIE,ARN,00:59,,,,,2026-11-24,,", 0, "2026-11-23", id="before it"),
        pytest.param("XQ,1,JFK,VIE,18:30,,,,,2026-11-23,,", 0, "2026-11-23", id="00:30 in Vienna"),
        pytest.param("XQ,1,JFK,VIE,19:30,,,,,2026-11-23,,", 0, "2026-11-24", id="01:30 in Vienna"),
        pytest.param("XQ,1,AKL,VIE,13:30,,,,,2026-11-24,,", 0, "2026-11-24", id="a day ahead in Auckland"),
        pytest.param("XQ,1,AKL,VIE,12:30,,,,,2026-11-24,,", 0, "2026-11-23", id="and an hour sooner"),
        pytest.param("XQ,1,VIE,ARN,09:15,,,,,2026-11-24,,", 24, "2026-11-23", id="a day before departure"),
        pytest.param("XQ,1,VIE,ARN,09:15,,,,,2026-11-26,,", 72, "2026-11-23", id="three days before"),
        pytest.param("XQ,1,VIE,ARN,02:30,,,,,2026-03-29,,", 0, "2026-03-29", id="an hour that is left out"),
        pytest.param("XQ,1,QQQ,VIE,02:00,,,,,2026-11-24,,", 0, "2026-11-24", id="zone unknown: the agency's"),
        pytest.param("XQ,1,VIE,ARN,09:15,,,,,2028-02-29,,", 0, "2028-02-29", id="leap day"),
        pytest.param("XQ,1,VIE,ARN,00:30,,,,,2027-01-01,,", 0, "2026-12-31", id="the last night of a year"),
    ],
)
def test_a_flight_is_waited_for_in_the_night_in_which_its_hour_comes(tmp_path, line, before, night):
    settings = settings_of(tmp_path, f"{HEAD}{line}\n", hours_before=before)
    label = date.fromisoformat(night)
    around = [label + timedelta(days=number) for number in range(-3, 4)]
    assert [each for each in around if due(settings, each).flights] == [label]


def test_a_schedule_that_is_not_there_stops_nothing(tmp_path):
    settings = settings_of(tmp_path, HEAD)
    assert due(settings, WEEK[0]) == Schedule()
    (tmp_path / "schedule.csv").unlink()
    assert due(settings, WEEK[0]).fault == "the file cannot be read (FileNotFoundError)"
    assert due(Settings(settings.store, tmp_path, Profile(), tmp_path), WEEK[0]) is None


A, B, C = (DueFlight("XQ", str(number), "ARN", "VIE", "2026-11-23T09:15") for number in (1, 2, 3))
NOT_A = DueFlight("XQ", "1", "ARN", "VIE", "2026-11-23T09:15", cancelled=True)


@pytest.mark.parametrize(
    ("was", "now", "again"),
    [
        pytest.param(Schedule((A, B)), Schedule((A, B)), Schedule((A, B)), id="the same"),
        pytest.param(Schedule((A, B)), Schedule((NOT_A, B)), Schedule((NOT_A, B)), id="cancelled"),
        pytest.param(Schedule((A, B)), Schedule((B,)), Schedule((A, B)), id="its line is gone: it stays due"),
        pytest.param(Schedule((A, B)), Schedule((A, B, C)), Schedule((A, B)), id="not due then"),
        pytest.param(Schedule((A, B)), Schedule(fault="no"), Schedule((A, B)), id="not to be read now"),
        pytest.param(Schedule(fault="no"), Schedule((A,)), Schedule((A,)), id="mended"),
        pytest.param(Schedule((A,), (3,)), Schedule((B,), ()), Schedule((A, B)), id="a line mended"),
    ],
)
def test_a_flight_stays_due_until_it_is_cancelled(was, now, again):
    assert was.seen_again(now) == again


def test_a_night_names_what_is_missing_until_it_comes_or_is_cancelled(by_hand, written):
    profile, schedule = by_hand.folder / "profile.toml", by_hand.folder / "schedule.csv"
    told = by_hand.folder / "notices.jsonl"
    profile.write_text(
        profile.read_text() + '\n[intake.expected]\npath = "schedule.csv"\n[notify]\nfile = "notices.jsonl"\n'
    )
    line = f"XQ,{{0}},ARN,VIE,09:15,11:30,,,,{NIGHT},,ZQ7{{0}}\n"
    whole = HEAD + "".join(line.format(number) for number in (401, 402, 403, 404))
    schedule.write_text(whole + "XQ,405,ARN,VIE,soon,,,,,,,\n")
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    done = by_hand.run(NIGHT, check=1).stdout
    assert done.splitlines()[0].endswith(
        "needs a person: the schedule of expected flights cannot be read as a whole; "
        "3 expected flights without a message: XQ402, XQ403, XQ404"
    )
    assert "line 6 cannot be read" in done
    assert "Flights     1 received: 1 screened; 4 expected, 3 missing" in done
    assert (
        done.splitlines()[-1]
        == "Done. SCREENED=1 FINDINGS=0 QUARANTINED=1 FAILED=0 EXPECTED=3 HITS=1 TOTAL=5"
    )
    [notice] = [json.loads(one) for one in told.read_text().splitlines()]
    assert (notice["state"], notice["counts"]["missing"]) == ("needs a person", 3)
    assert "XQ4" not in json.dumps(notice)  # a notice names no flight
    report = (by_hand.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html").read_text()
    assert "XQ402-20261123-ARN-VIE" in report
    row = by_hand.status(NIGHT)["XQ402-20261123-ARN-VIE"]
    assert (row["outcome"], row["travellers"], row["quarantined"]) == ("expected", 0, None)
    assert (row["reason_code"], row["mend"]) == ("manifest_missing", f"screening run --night {NIGHT}")

    # one comes late, under what it is sold as; one is cancelled, the line mended; one reaches a later night
    by_hand.send(f"night={NIGHT}/late.edi", written.paxlst(written.fillers, flight="ZQ7402", reference="2"))
    schedule.write_text(whole.replace(f"{NIGHT},,ZQ7403", f"{NIGHT},{NIGHT},ZQ7403"))
    done = by_hand.run(NIGHT, check=1).stdout
    assert done.splitlines()[0].endswith("needs a person: 1 expected flight without a message: XQ404")
    assert "3 expected, 1 missing" in done
    store, night = Store(by_hand.store), date.fromisoformat(NIGHT)
    frozen = published_frozen(store, night, 2)
    [leg] = [row for row in read_current(store, night, FLIGHTS).to_pylist() if row["carrier"] == "XQ"]
    later = FLIGHTS.table([leg | {"flight_id": "XQ404-20261123-ARN-VIE", "number": "404"}])
    publish(
        store,
        night + timedelta(days=1),
        frozen.hash,
        [
            Publication(FLIGHTS, RetentionClass.RECORD, later),
            Publication(OUTCOMES, RetentionClass.RECORD, OUTCOMES.empty()),
        ],
    )
    row = by_hand.status(NIGHT)["XQ404-20261123-ARN-VIE"]
    assert (row["outcome"], row["mend"], row["quarantined"]) == ("expected", None, 0)
    assert by_hand("status", "--night", NIGHT, check=0).stdout.startswith(f"Night {NIGHT}: in order\n")
