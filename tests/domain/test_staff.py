"""Vacant roles (D09) and changes of petition staff that were not filed (D10): Art 2 and 20."""

import pytest
from msgspec.structs import replace

from domain.envelope import Decided
from domain.unit.events import ChangeFiled, ContactPointSet, UnitEstablished
from tests.samples import *
from tests.spec import given, watched

ENDED = role_ended("2020-07-01", TOWN, head(TOWN), "principal")
CLERK_LEFT = role_ended("2020-09-25", TOWN, clerk(TOWN), "petition_clerk")
CLERK_CAME = role_given("2020-09-25 10:00", TOWN, "official:new", "petition_clerk")


def filed(day: str, change: int, **other):
    return on(day, ChangeFiled(change=change, with_unit=BUREAU), by=TOWN, **other)


def staff(story) -> list[str]:
    return sorted(id for id in story.standing() if id.startswith(("D09", "D10")))


def test_d09_a_unit_without_principal_for_more_than_thirty_days():
    story = watched(*CITY_UNITS, ENDED).by("2020-07-31")
    assert staff(story) == []
    found = "D09:duty:430408001-gov:principal:2020-07-01"
    assert staff(story.by("2020-08-01")) == [found]
    assert (story.finding(found).since, story.finding(found).unit) == (date(2020, 8, 1), COUNTY)
    story.who_answers(found, (head(COUNTY), "direct"))


@pytest.mark.parametrize(("day", "left"), [("2020-07-31", []), ("2020-08-01", ["principal:2020-07-01"])])
def test_d09_a_successor_within_the_thirty_days(day, left):
    came = role_given(day, TOWN, "official:new", "principal")
    story = watched(*CITY_UNITS, ENDED, came).by("2020-09-01")
    assert staff(story) == [f"D09:duty:430408001-gov:{each}" for each in left]


def test_d09_a_second_holder_leaves_no_vacancy():
    two = role_given("2020-06-01", TOWN, "official:second", "deputy_in_charge")
    left = role_ended("2020-07-01", TOWN, deputy(TOWN), "deputy_in_charge")
    story = watched(*CITY_UNITS, two, left).by("2020-09-01")
    assert [id for id in staff(story) if id.startswith("D09")] == []


def test_d09_a_unit_that_never_had_heads():
    fact = UnitEstablished(name="新局", level="county", kind="department", division="430408", parent=COUNTY)
    story = watched(*CITY_UNITS, on("2020-07-01", fact, by="unit:430408-new")).by("2020-08-05")
    assert staff(story) == [f"D09:duty:430408-new:{role}:2020-07-01" for role in ("deputy_in_charge", "principal")]


def test_d09_a_unit_that_ended_owes_no_head():
    story = watched(*CITY_UNITS, ENDED, abolished("2020-07-20", TOWN, COUNTY)).by("2020-09-01")
    assert staff(story) == []


def test_d09_is_cleared_by_a_successor_entered_late():
    story = watched(*CITY_UNITS, ENDED).by("2020-08-01")
    late = role_given("2020-07-30", TOWN, "official:new", "principal")
    cleared = ("D09:duty:430408001-gov:principal:2020-07-01",)
    story.when(replace(late, recordedat=at("2020-08-03"))).then(Decided(cleared=cleared))
    assert staff(story) == []


def test_nothing_is_set_for_a_vacancy_before_the_opinion():
    given(*CITY_UNITS).when(role_ended("2020-03-02", TOWN, head(TOWN), "principal")).nothing()


def test_d10_a_change_of_the_clerk_that_was_not_filed_in_ten_working_days():
    story = watched(*CITY_UNITS, CLERK_LEFT, CLERK_CAME).by("2020-10-15")
    assert staff(story) == []  # ten working days over National Day, two make-up days among them
    found = "D10:duty:430408001-gov:petition_clerk:2020-09-25"
    assert staff(story.by("2020-10-16")) == [found]
    story.who_answers(found, (head(TOWN), "direct"))


@pytest.mark.parametrize(("day", "left"), [("2020-10-15", 0), ("2020-10-16", 1)])
def test_d10_a_filing_names_either_side_of_the_change(day, left):
    for side in (0, 1):
        story = watched(*CITY_UNITS, CLERK_LEFT, CLERK_CAME)
        story.and_then(filed(day, len(story.events) - side)).by("2020-11-01")
        assert len(staff(story)) == left


def test_d10_a_filing_that_cannot_know_the_position_is_for_the_newest_change():
    story = watched(*CITY_UNITS, CLERK_LEFT, CLERK_CAME, filed("2020-10-12", 99_999)).by("2020-11-01")
    assert staff(story) == []


def test_d10_is_cleared_by_a_filing_entered_late():
    story = watched(*CITY_UNITS, CLERK_LEFT, CLERK_CAME)
    change = len(story.events)
    assert len(staff(story.by("2020-10-16"))) == 1
    story.when(filed("2020-10-15", change, entered="2020-10-16 08:30"))
    assert staff(story) == []


@pytest.mark.parametrize(
    "change",
    [
        role_given("2020-07-01", TOWN, "official:lead", "petition_lead"),  # the first to hold it changes nothing
        role_ended("2020-07-01", TOWN, head(TOWN), "principal"),
        role_ended("2020-07-01", CITY, clerk(CITY), "petition_clerk"),
    ],
)
def test_d10_not_for_a_first_holder_a_principal_or_the_city(change):
    story = watched(*CITY_UNITS, change).by("2020-07-30")
    assert staff(story) == []


def test_a_filing_and_a_contact_point_name_units_that_are_known():
    story = given(*CITY_UNITS)
    nowhere = ChangeFiled(change=1, with_unit="unit:nowhere")
    story.when(on("2020-07-01", nowhere, by=TOWN)).refused("unknown-subject", "$.data.with_unit")
    point = ContactPointSet(leader=head(CITY), target_unit="unit:nowhere")
    story.when(on("2020-07-01", point, by=CITY)).refused("unknown-subject", "$.data.target_unit")
