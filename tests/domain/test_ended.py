"""What is not owed any more, where an end is entered late: it clears what the clock had found, and nothing else."""

import pytest

from domain.clock.events import DutyMissed
from domain.conference import events as c
from domain.duty import events as d
from domain.envelope import Decided
from domain.period.events import ProtectionDeclared, ProtectionEnded
from domain.unit.events import ContactPointSet
from tests.samples import *
from tests.spec import watched

VICE = "official:430408-gov-vice"
SUMMER = [*CITY_UNITS, role_given("2020-07-01", COUNTY, VICE, "deputy_in_charge")]


def left(day: str = "2020-08-15", who: str = VICE, unit: str = COUNTY, role: str = "deputy_in_charge", **other):
    return on(day, RoleEnded(official=who, role=role), by=unit, **other)


def over(day: str, **other):
    return on(day, UnitAbolished(), by=TOWN, **other)


def receptions(story, who: str) -> list[str]:
    """Of which periods the leader lacks a day of reception."""
    return sorted(id.rpartition(":")[2] for id in story.standing() if id.startswith("D03") and who in id)


def of_unit(story, unit: str) -> list[str]:
    return sorted(id for id, each in story.standing().items() if each.subject == f"duty:{unit[5:]}")


def test_a_role_that_had_ended_clears_what_its_holder_did_not_owe():
    story = watched(*SUMMER).by("2020-10-05")
    assert receptions(story, VICE) == ["2020-07", "2020-08", "2020-09"]
    before, found = story.standing(), [f"D03:duty:430408-gov:{VICE}:2020-0{month}" for month in (8, 9)]
    story.when(left(entered="2020-10-05 10:00")).then(
        Decided(
            set=(deadline("D10:deputy_in_charge:2020-08-15", 6, "2020-08-15", "2020-08-28", "2020-08-28", COUNTY),),
            cleared=tuple(found),
        )
    )
    assert story.ruling.touches == tuple(found)
    story.finds(*(before.keys() - set(found)))
    written = DutyMissed(rule="D03", owed_by=COUNTY, period="2020-09", official=VICE)
    assert written in [each.data for each in story.events]


def test_what_is_judged_after_the_end_was_entered_is_found_as_if_it_had_come_in_time():
    late = watched(*SUMMER, left(entered="2020-10-05 10:00")).by("2020-12-01")
    in_time = watched(*SUMMER, left()).by("2020-12-01")
    duties = [id for id in in_time.standing() if id.startswith("D03")]
    assert sorted(duties) == sorted(id for id in late.standing() if id.startswith("D03"))


@pytest.mark.parametrize("day", ["2020-09-01", "2020-09-30 18:00", "2020-10-05"])
def test_periods_that_had_passed_before_the_end_stay(day):
    story = watched(*SUMMER).when(left(day, entered="2020-10-05 10:00"))
    assert receptions(story, VICE) == ["2020-07", "2020-08", "2020-09"][: 2 if day < "2020-10" else 3]


def test_an_end_entered_on_its_day_clears_nothing():
    story = watched(*SUMMER).by("2020-08-15")
    before = list(story.standing())
    story.when(left())
    assert story.ruling.decided.cleared == ()
    story.finds(*before)


def test_who_held_another_of_the_roles_on_every_day_owed_it_all_the_same():
    risen = role_given("2020-07-20", COUNTY, VICE, "principal")
    story = watched(*SUMMER, risen).when(left("2020-08-15", entered="2020-10-05 10:00"))
    assert receptions(story, VICE) == ["2020-07", "2020-08", "2020-09"]


def test_what_was_done_or_cleared_before_is_not_cleared_again():
    held = d.ReceptionHeld(leader=VICE, kind="reception", items=())
    story = watched(*SUMMER, on("2020-08-03", held, by=COUNTY, of="duty:430408-gov"))
    story.and_then(on("2020-09-30", held, by=COUNTY, of="duty:430408-gov", entered="2020-10-05 09:00"))
    story.when(left(entered="2020-10-05 10:00"))
    assert story.ruling.decided.cleared == ()


def test_a_contact_point_is_not_owed_by_who_had_left_the_unit():
    point = on("2020-04-20", ContactPointSet(leader=deputy(COUNTY), target_unit=TOWN), by=COUNTY)
    story = watched(*CITY_UNITS, point).by("2020-10-05")
    assert f"D02:duty:430408-gov:{deputy(COUNTY)}:2020Q3" in story.standing()
    story.when(left("2020-09-29", deputy(COUNTY), entered="2020-10-05 10:00"))
    assert [id for id in story.standing() if id.startswith("D02")] == []


@pytest.mark.parametrize("fact", [UnitAbolished(), UnitMerged(into=COUNTY)])
def test_a_unit_that_had_ended_owes_nothing_from_the_period_of_its_end_on(fact):
    story = watched(*CITY_UNITS).by("2020-09-10")
    before = list(story.standing())
    gone = [
        *(f"D03:duty:430408001-gov:{who(TOWN)}:2020-W{week}" for who in (deputy, head) for week in (34, 35, 36)),
        "D06:duty:430408001-gov:2020-08b",
    ]
    story.when(on("2020-08-20", fact, by=TOWN, entered="2020-09-10 10:00"))
    assert sorted(story.ruling.decided.cleared) == sorted(gone)
    story.finds(*(id for id in before if id not in gone))
    in_time = watched(*CITY_UNITS, on("2020-08-20", fact, by=TOWN)).by("2020-09-10")
    assert of_unit(story, TOWN) == of_unit(in_time, TOWN)


def test_a_unit_that_had_ended_had_no_vacancy_and_no_change_to_file():
    vacant = role_ended("2020-07-01", TOWN, head(TOWN), "principal")
    changed = role_ended("2020-07-01", TOWN, clerk(TOWN), "petition_clerk")
    story = watched(*CITY_UNITS, vacant, changed).by("2020-09-10")
    staff = ["D09:duty:430408001-gov:principal:2020-07-01", "D10:duty:430408001-gov:petition_clerk:2020-07-01"]
    assert set(staff) <= set(story.standing())
    story.when(over("2020-07-20", entered="2020-09-10 10:00"))
    assert [id for id in staff if id in story.standing()] == staff[1:]  # ten working days had passed before the end


def test_a_half_year_that_a_unit_did_not_live_to_the_end_of_is_not_scored():
    story = watched(*CITY_UNITS).by("2021-02-02")
    story.when(on("2020-12-31", UnitAbolished(), by=TOWN, entered="2021-02-02 10:00"))
    assert "D08:duty:430408001-gov:2020H2" in story.ruling.decided.cleared
    left = [f"D08:duty:{each}:2020H2" for each in ("430400-jyj", "430408-gov")]
    assert sorted(id for id in story.standing() if id.startswith("D08")) == left


PROTECTED = on(
    "2020-09-28", ProtectionDeclared(levels=("county",), until=date(2020, 10, 8)), by=CITY_BUREAU, of="period:autumn"
)


def ended(day: str, of: str = "period:autumn", **other):
    return on(day, ProtectionEnded(), by=CITY_BUREAU, of=of, **other)


def watches(story) -> list[str]:
    return sorted(id[-5:] for id in story.standing() if id.startswith("D05"))


def test_a_protection_that_had_ended_asked_for_no_watch_on_the_days_after():
    story = watched(*CITY_UNITS, PROTECTED).by("2020-10-05")
    assert watches(story) == ["09-28", "09-29", "09-30", "10-01", "10-02", "10-03", "10-04"]
    gone = tuple(f"D05:duty:430408-gov:2020-{day}" for day in ("09-30", "10-01", "10-02", "10-03", "10-04"))
    story.when(ended("2020-09-30", entered="2020-10-05 10:00"))
    assert story.ruling.decided.cleared == gone
    assert watches(story.by("2020-10-12")) == ["09-28", "09-29"]


def test_a_day_that_another_protection_covers_stays():
    holiday = ProtectionDeclared(levels=("county",), until=date(2020, 10, 3))
    other = on("2020-10-01", holiday, by=CITY_BUREAU, of="period:national-day")
    story = watched(*CITY_UNITS, PROTECTED, other).when(ended("2020-09-30", entered="2020-10-05 10:00"))
    assert watches(story) == ["09-28", "09-29", "10-01", "10-02", "10-03"]


def test_a_protection_that_ends_in_time_clears_nothing():
    story = watched(*CITY_UNITS, PROTECTED).when(ended("2020-09-30"))
    story.nothing()
    assert watches(story.by("2020-10-12")) == ["09-28", "09-29"]


def of_conference(day: str, fact, unit: str = CITY_BUREAU, **other):
    return on(day, fact, by=unit, of=f"conference:{unit[5:]}", **other)


def test_a_member_that_had_left_the_conference_owed_no_leader_at_the_centre():
    joined = of_conference("2020-07-01", c.MembersChanged(members=(HOUSING, LAND)))
    story = watched(*CITY_UNITS, joined).by("2020-07-08")
    gone = tuple(f"D04:duty:430408-zrj:2020-07-0{day}" for day in (3, 6, 7))
    story.when(of_conference("2020-07-03", c.MembersChanged(left=(LAND,)), entered="2020-07-08 10:00"))
    assert story.ruling.decided.cleared == gone
    assert [id[-5:] for id in of_unit(story, LAND) if id.startswith("D04")] == ["07-01", "07-02"]
    assert len([id for id in of_unit(story, HOUSING) if id.startswith("D04")]) == 5


def test_who_led_a_group_that_had_been_dissolved_owed_no_report():
    group = c.GroupFormed(name="物业专项小组", lead_unit=CITY_SCHOOLS, members=(HOUSING,))
    story = watched(*CITY_UNITS, of_conference("2020-06-20", group)).by("2021-01-04")
    found = f"D07:duty:430400-jyj:{head(CITY_SCHOOLS)}:2020H2"
    assert found in story.standing()
    story.when(of_conference("2020-12-01", c.GroupDissolved(name="物业专项小组"), entered="2021-01-04 10:00"))
    assert story.ruling.decided.cleared == (found,)
