"""Nights over a change of the clocks: flights at odd hours are each in one night, everybody counts once."""

import csv
from collections import Counter
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
BACK = date(2026, 10, 25)  # 02:00 to 03:00 comes twice in Vienna
PEOPLE = [
    (f"EXAMPLE{'ABCDEFGHIJ'[i // 10]}{'ABCDEFGHIJ'[i % 10]}", "KIM", "800101", "F", "SWE", f"B{7000000 + i}")
    for i in range(60)
]


def flight(written, people, number, route, leaves, lands, sent):
    day = leaves[:6]
    text = written.paxlst(
        people,
        flight=f"XQ{number:04}",
        day=day,
        sent=f"{sent:%y%m%d}:0000",
        reference=str(number),
        origin=route[:3],
        destination=route[3:],
    )
    text = text.replace(f"DTM+189:{day}0915:", f"DTM+189:{leaves}:")
    return text.replace(f"DTM+232:{day}1130:", f"DTM+232:{lands}:")


def test_three_nights_around_a_change_of_the_clocks(by_hand, written):
    """Thirty nights (12 October to 10 November 2026, leap day) were run by hand; these are the odd ones of them."""
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "[disclosure]\nthreshold = 3\n")
    cases = [  # night, route, departure and arrival as sent: local
        (0, "VIEARN", "2610242355", "2610250210"),  # over midnight
        (0, "JFKVIE", "2610241830", "2610250830"),  # over midnight in Vienna, and over the change
        (0, "VIEVNO", "2610250255", "2610250210"),  # of the next date; by the clock it lands before it leaves
        (1, "VIEARN", "2610250230", "2610250500"),  # in the hour that comes twice
        (1, "HNLAKL", "2610251400", "2610262200"),  # over the date line
        (2, "AKLHNL", "2610260010", "2610251005"),  # and back: it lands the day before
        (2, "VIEARN", "2603290230", "2603290510"),  # in an hour that there was not; months ago
    ]
    aboard = [PEOPLE[8 * place : 8 * place + 8] for place in range(len(cases))]
    nights = [BACK + timedelta(days=number) for number in (-1, 0, 1)]
    for place, (number, route, leaves, lands) in enumerate(cases):
        text = flight(written, aboard[place], place + 1, route, leaves, lands, nights[number])
        by_hand.send(f"night={nights[number]}/{place}.edi", text)
    legs: list[str] = []
    people: Counter[str] = Counter()
    for number, night in enumerate(nights):
        by_hand.run(str(night))
        folder = by_hand.store / "individual" / "current" / f"night={night}"
        legs += pq.read_table(folder / "flights.parquet")["flight_id"].to_pylist()
        people.update(pq.read_table(folder / "travellers.parquet")["surname"].to_pylist())
        assert len(legs) == sum(case[0] <= number for case in cases)
    days = {case[2][:6] for case in cases}
    assert sorted(leg.split("-")[1][2:] for leg in legs) == sorted(case[2][:6] for case in cases)
    assert set(people.values()) == {1}
    assert len(people) == 8 * len(cases)

    totals = {}
    for day in days:
        made = (
            by_hand.store
            / "aggregate"
            / "reports"
            / f"day=20{day[:2]}-{day[2:4]}-{day[4:]}"
            / "published.csv"
        )
        with made.open() as lines:
            [total] = [
                row["value"]
                for row in csv.DictReader(lines)
                if (row["definition"], row["route"]) == ("by_route", "Total")
            ]
        totals[day] = int(total)
    assert totals == {day: 8 * sum(case[2].startswith(day) for case in cases) for day in days}
