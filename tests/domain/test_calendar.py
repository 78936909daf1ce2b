"""Working days: ours, those of the chinesecalendar package, and the State Council's tables agree day by day."""

import csv
from datetime import date, timedelta

import chinese_calendar
import pytest

from infra.shipped import shipped_rules
from tests.infra.shared_data import shared

CALENDAR = shipped_rules().calendar
ONE_DAY = timedelta(days=1)


def days(first: date, last: date):
    return (first + ONE_DAY * n for n in range((last - first).days + 1))


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_day_works_or_not_as_in_the_chinesecalendar_package(year):
    span = days(date(year, 1, 1), date(year, 12, 31))
    assert [day for day in span if CALENDAR.works(day) != chinese_calendar.is_workday(day)] == []


def test_every_day_works_or_not_as_in_the_shared_table():
    table = shared("calendar/cn_calendar_2014_2027.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(table.splitlines()) if row["date"] < "2027"]
    assert len(rows) > 4_000
    assert [row["date"] for row in rows if CALENDAR.works(date.fromisoformat(row["date"])) != (_works(row))] == []


def _works(row: dict) -> bool:
    return row["is_workday"].lower() in ("1", "true")


def test_working_days_are_counted_as_one_counts_them_with_the_package():
    for start in days(date(2019, 12, 20), date(2020, 12, 1)):
        worked = [day for day in days(start + ONE_DAY, start + 30 * ONE_DAY) if chinese_calendar.is_workday(day)]
        assert [CALENDAR.add_workdays(start, n) for n in (3, 5, 10)] == [worked[2], worked[4], worked[9]]


def test_years_without_an_adopted_calendar_are_provisional_and_have_weekends_only():
    assert [year for year in range(1999, 2031) if not CALENDAR.provisional(date(year, 6, 1))] == list(range(2004, 2027))
    assert CALENDAR.works(date(2027, 10, 1))
    assert not CALENDAR.works(date(2027, 10, 2))
    assert CALENDAR.version(date(2026, 12, 31), date(2027, 1, 4)) == "2026/1+2027/provisional"


def test_a_day_off_is_told_with_its_reason():
    told = {
        day: CALENDAR.why_off(date.fromisoformat(day))
        for day in ("2020-10-01", "2020-04-25", "2020-04-26", "2020-04-27")
    }
    assert told == {"2020-10-01": "国庆节", "2020-04-25": "周末", "2020-04-26": "", "2020-04-27": ""}


@pytest.mark.parametrize("first", [date(2003, 12, 1), date(2020, 1, 1), date(2026, 11, 2)])
def test_working_days_between_two_days_are_those_that_work(first):
    counted = 0
    for day in days(first + ONE_DAY, first + 400 * ONE_DAY):
        counted += CALENDAR.works(day)
        assert CALENDAR.workdays(first, day) == counted == -CALENDAR.workdays(day, first)
    assert CALENDAR.workdays(date.min, date.max) > 2_500_000
