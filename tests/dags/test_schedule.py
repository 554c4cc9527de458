"""Which night a run is about, by the agency's clocks, and when it is too late for what lies about: Airflow and we agree."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from screening.profile.hours import begins, ends


@pytest.fixture
def agency_of(tmp_path, monkeypatch):
    """Let the schedule be that of an agency: its zone, the hour at which nights start."""
    from screening.orchestration import schedule

    def agency(zone, start):
        profile = tmp_path / "profile.toml"
        profile.write_text(f'[agency]\ntime_zone = "{zone}"\n[schedule]\nstart = {start}:00\n')
        monkeypatch.setenv("SCREENING_PROFILE", str(profile))
        schedule._schedule_settings.cache_clear()
        return schedule

    yield agency
    schedule._schedule_settings.cache_clear()


@pytest.mark.parametrize(
    ("zone", "start", "first"),
    [
        pytest.param("Europe/Vienna", "02:30", "2026-03-27", id="the start is left out"),
        pytest.param("Europe/Vienna", "02:30", "2026-10-23", id="the start comes twice"),
        pytest.param("Europe/London", "01:00", "2027-10-29", id="in London"),
        pytest.param("Asia/Beirut", "00:30", "2026-03-27", id="midnight is left out"),
        pytest.param("Australia/Lord_Howe", "01:45", "2026-04-03", id="half an hour twice"),
        pytest.param("Europe/Vienna", "01:00", "2028-02-27", id="leap day"),
        pytest.param("Pacific/Kiritimati", "01:00", "2026-12-30", id="a year ends"),
    ],
)
def test_airflow_runs_each_night_once_and_begins_it_when_we_do(agency_of, zone, start, first):
    import pendulum
    from airflow.timetables.base import TimeRestriction
    from airflow.timetables.interval import CronDataIntervalTimetable

    schedule = agency_of(zone, start)
    timetable = CronDataIntervalTimetable(schedule.cron(), schedule.time_zone())
    night, at = date.fromisoformat(first), time.fromisoformat(start)
    earliest = pendulum.instance(datetime.combine(night, time(), ZoneInfo(zone)))
    held = TimeRestriction(earliest=earliest, latest=None, catchup=True)
    interval = None
    for _ in range(5):
        interval = timetable.next_dagrun_info(
            last_automated_data_interval=interval, restriction=held
        ).data_interval
        context = {"data_interval_start": interval.start, "data_interval_end": interval.end}
        assert schedule.night_of(context) == night
        assert (interval.start, interval.end) == (begins(night, at, zone), ends(night, at, zone))
        night += timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "start", "moment", "night"),
    [
        pytest.param("Europe/Vienna", "01:00", "2026-11-24T00:00", "2026-11-23", id="just over"),
        pytest.param("Europe/Vienna", "01:00", "2026-11-23T23:59", "2026-11-22", id="not over"),
        pytest.param("Europe/Vienna", "02:30", "2026-03-29T01:10", "2026-03-27", id="the start is left out"),
        pytest.param("Europe/Vienna", "02:30", "2026-10-25T00:45", "2026-10-23", id="the first of two"),
        pytest.param("Europe/Vienna", "02:30", "2026-10-25T01:10", "2026-10-23", id="before the second"),
        pytest.param("Europe/Vienna", "02:30", "2026-10-25T01:30", "2026-10-24", id="the second of two"),
    ],
)
def test_a_run_by_hand_takes_the_last_night_that_is_over(agency_of, zone, start, moment, night):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    context = {"params": {}, "data_interval_start": None, "dag_run": SimpleNamespace(run_after=at)}
    assert agency_of(zone, start).night_of(context).isoformat() == night


@pytest.mark.parametrize(
    ("night", "now", "over"),
    [
        pytest.param("2026-11-23", "2026-11-24T00:30", False, id="its own run"),
        pytest.param("2026-11-23", "2026-11-24T23:59", False, id="late by a day"),
        pytest.param("2026-11-23", "2026-11-25T00:00", True, id="its successor is over"),
        pytest.param("2026-10-24", "2026-10-25T23:59", False, id="back: its successor has 25 hours"),
        pytest.param("2026-10-24", "2026-10-26T00:00", True, id="back: they are over"),
        pytest.param("2026-03-28", "2026-03-29T22:59", False, id="forward: its successor has 23 hours"),
        pytest.param("2026-03-28", "2026-03-29T23:00", True, id="forward: they are over"),
    ],
)
def test_a_night_is_long_over_when_its_successor_has_ended(agency_of, night, now, over):
    label, zone = date.fromisoformat(night), "Europe/Vienna"
    schedule = agency_of(zone, "01:00")
    context = {
        "data_interval_start": begins(label, time(1), zone),
        "data_interval_end": ends(label, time(1), zone),
    }
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert schedule.is_long_over(context, moment) is over
    assert not schedule.is_long_over(context | {"params": {"night": night}}, moment)
    assert not schedule.is_long_over({"params": {}}, moment)


@pytest.mark.parametrize(
    ("start", "first", "last", "asked"),
    [
        pytest.param(
            "01:00",
            "2026-10-24",
            "2026-10-26",
            "2026-10-24T01:00:00+02:00 2026-10-26T01:00:00+01:00",
            id="over it",
        ),
        pytest.param(
            "01:00",
            "2026-10-12",
            "2026-11-10",
            "2026-10-12T01:00:00+02:00 2026-11-10T01:00:00+01:00",
            id="thirty nights",
        ),
        pytest.param(
            "02:30",
            "2026-10-25",
            "2026-10-25",
            "2026-10-25T02:30:00+01:00 2026-10-25T02:30:00+01:00",
            id="twice",
        ),
        pytest.param(
            "02:30",
            "2026-03-29",
            "2026-03-29",
            "2026-03-29T03:30:00+02:00 2026-03-29T03:30:00+02:00",
            id="left out",
        ),
        pytest.param(
            "01:00",
            "2025-12-31",
            "2026-01-01",
            "2025-12-31T01:00:00+01:00 2026-01-01T01:00:00+01:00",
            id="new year",
        ),
        pytest.param(
            "01:00",
            "2024-02-28",
            "2024-03-01",
            "2024-02-28T01:00:00+01:00 2024-03-01T01:00:00+01:00",
            id="leap day",
        ),
    ],
)
def test_a_back_fill_asks_for_the_moments_at_which_the_nights_begin(
    agency_of, monkeypatch, start, first, last, asked
):
    from screening.orchestration import embedded

    said, told = [], []
    agency_of("Europe/Vienna", start)
    monkeypatch.setenv("AIRFLOW_HOME", "somewhere")
    monkeypatch.setattr(
        embedded.subprocess, "run", lambda words, check: said.append(words) or SimpleNamespace(returncode=0)
    )
    dates = [date.fromisoformat(one) for one in (first, last)]
    assert embedded.backfill(*dates, failed=True, dry_run=True, tell=told.append) == 0
    named = dict(zip(said[0], said[0][1:], strict=False))
    assert f"{named['--from-date']} {named['--to-date']}" == asked
    nights = [date.fromisoformat(line.split()[0]) for line in told[1:]]
    assert nights == [dates[0] + timedelta(days=number) for number in range((dates[1] - dates[0]).days + 1)]
    moments = [datetime.fromisoformat(f"{line.split(None, 1)[1]}+00:00") for line in told[1:]]
    assert [moments[0], moments[-1]] == [datetime.fromisoformat(one) for one in asked.split()]
    words = " ".join(map(str, said[0]))
    assert "--max-active-runs 1" in words
    assert words.endswith("--reprocess-behavior failed --dry-run")


def test_a_back_fill_where_no_airflow_was_ever_served_names_the_command_that_starts_one(by_hand):
    span = "--from", "2026-11-01", "--to", "2026-11-05"
    refused = by_hand("airflow", "backfill", *span, "--dry-run", check=3, AIRFLOW_HOME="").stderr
    assert "`screening airflow serve` starts one" in refused
    assert not (by_hand.folder / "airflow").exists()
