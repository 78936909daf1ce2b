"""Counters: each registration on its day, each going up on its own (contract section 6)."""

from datetime import date

import pytest

from projections.counters import KEYS
from tests.samples import *

STORY = [
    *CITY_UNITS,
    on("2020-04-10", raised(place="430408001", channel="visit", persons=6), no="1"),
    on("2020-06-03", raised(place="430408001002", purpose="appeal"), no="2", by=TOWN),
    on("2020-06-04", repeats("1"), no="2"),
    on("2020-06-05", raised(channel="visit", about_unit=TOWN), no="3", by=CITY_BUREAU),
    on("2020-08-06", go_up("province", "collective"), no="1"),
    on("2020-08-07", go_up("city", "irregular"), no="1"),
]


def rows(answers, by, **asked):
    return {row["key"]: {k: n for k, n in row.items() if n and k not in ("key", "name")}
            for row in answers.counters(by=by, **asked)["rows"]}  # fmt: skip


CROWD = {"registrations": 1, "first_time": 1, "collective": 1}
AGAIN = {"registrations": 1, "repeat": 1}
SKIPPED = {"registrations": 1, "first_time": 1, "skip_level": 1}
UP = {"to_city": 1, "to_province": 1, "beyond": 1, "collective_above": 1, "irregular": 1}


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("level", {"city": SKIPPED, "county": CROWD | UP, "township": AGAIN}),
        ("unit", {CITY_BUREAU: SKIPPED, BUREAU: CROWD | UP, TOWN: AGAIN}),
        ("township", {"430408": SKIPPED, "430408001": {"registrations": 2, "first_time": 1, "repeat": 1} | UP
                      | {"collective": 1}}),
        ("village", {"430408": SKIPPED, "430408001": CROWD | UP, "430408001002": AGAIN}),
        ("purpose", {"appeal": AGAIN, "settlement": {"registrations": 2, "first_time": 2, "collective": 1,
                                                     "skip_level": 1} | UP}),
        ("half_year", {"2020H1": {"registrations": 3, "first_time": 2, "repeat": 1, "collective": 1, "skip_level": 1},
                       "2020H2": UP}),
        ("quarter", {"2020Q2": {"registrations": 3, "first_time": 2, "repeat": 1, "collective": 1, "skip_level": 1},
                     "2020Q3": UP}),
    ],
)  # fmt: skip
def test_what_happened_is_counted_where_and_when_it_happened(after, by, told):
    assert rows(after(*STORY), by) == told


def test_an_item_of_spring_that_goes_up_in_august_counts_there_and_not_as_a_registration(after):
    answers = after(*STORY)
    august = {"from_": date(2020, 8, 1), "to": date(2020, 8, 31)}
    assert rows(answers, "month", **august) == {"2020-08": UP}
    assert rows(answers, "unit", unit=CITY_BUREAU, **august) == {}


FILTERS = {"unit": "registered_by", "county": "place", "category": "category", "channel": "channel", "month": "month"}


@pytest.mark.parametrize("by", FILTERS)
@pytest.mark.parametrize("days", [{}, {"from_": date(2020, 8, 7)}])
def test_behind_each_number_are_the_items_that_are_counted(after, by, days):
    answers = after(*STORY)
    for key, row in rows(answers, by, **days).items():
        kinds = [name for name in row if name != "registrations"]
        listed = {name: answers.search(only=name, **{FILTERS[by]: key}, **days)["total"] for name in kinds}
        assert listed == {name: row[name] for name in kinds}


def test_an_item_that_went_up_twice_is_listed_once(after):
    answers = after(*STORY, on("2020-08-20", go_up("province", "collective"), no="1"))
    assert rows(answers, "county")["430408"]["to_province"] == 2
    told = answers.search(only="to_province", place="430408")
    assert (told["total"], [each["no"] for each in told["petitions"]]) == (1, ["1"])


@pytest.mark.parametrize("by", KEYS)
def test_every_way_to_count_counts_everything(after, by):
    told = after(*STORY).counters(by=by)["rows"]
    assert sum(row["registrations"] for row in told) == 3
    assert sum(row["to_city"] + row["to_province"] for row in told) == 2
    assert all(row["name"] for row in told)
