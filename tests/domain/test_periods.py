"""Periods by name (contract section 5): their first and last day, at the ends of months and years."""

from datetime import date, timedelta

import pytest

from domain.periods import containing, half_year

NAMED = [
    ("half_year", "2020-06-30", "2020H1", "2020-01-01", "2020-06-30"),
    ("half_year", "2020-07-01", "2020H2", "2020-07-01", "2020-12-31"),
    ("quarter", "2020-03-31", "2020Q1", "2020-01-01", "2020-03-31"),
    ("quarter", "2020-12-31", "2020Q4", "2020-10-01", "2020-12-31"),
    ("month", "2020-02-29", "2020-02", "2020-02-01", "2020-02-29"),
    ("month", "2021-12-05", "2021-12", "2021-12-01", "2021-12-31"),
    ("half_month", "2020-08-15", "2020-08a", "2020-08-01", "2020-08-15"),
    ("half_month", "2020-08-16", "2020-08b", "2020-08-16", "2020-08-31"),
    ("half_month", "2021-02-28", "2021-02b", "2021-02-16", "2021-02-28"),
    ("week", "2020-08-10", "2020-W33", "2020-08-10", "2020-08-16"),
    ("week", "2021-01-03", "2020-W53", "2020-12-28", "2021-01-03"),
    ("week", "2018-12-31", "2019-W01", "2018-12-31", "2019-01-06"),
    ("day", "2020-10-01", "2020-10-01", "2020-10-01", "2020-10-01"),
]


@pytest.mark.parametrize(("every", "day", "name", "first", "last"), NAMED)
def test_a_period_has_a_name_and_two_ends(every, day, name, first, last):
    assert containing(every, date.fromisoformat(day)) == (name, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("every", ["half_year", "quarter", "month", "half_month", "week", "day"])
def test_periods_follow_each_other_without_a_gap_and_have_names_of_their_own(every):
    day, names = containing(every, date(2018, 12, 31)).first, []
    while day < date(2022, 1, 10):
        period = containing(every, day)
        assert period.first == day
        assert all(containing(every, each) == period for each in (period.first, period.last))
        names.append(period.name)
        day = period.last + timedelta(days=1)
    assert len(set(names)) == len(names)


def test_a_half_year_is_found_by_its_name_and_nothing_else_is_one():
    assert half_year("2020H1") == containing("half_year", date(2020, 3, 1))
    assert [half_year(name) for name in ("2020H3", "2020Q1", "20H1", "H1", "2020H1x", "")] == [None] * 6
