"""Duties of periods (D01-D08): owed for whole periods only, missed once, cleared by what is entered late."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from domain.clock.events import DutyMissed
from domain.conference import events as c
from domain.duty import events as d
from domain.envelope import Decided, Finding
from domain.evaluation import events as v
from domain.period import events as p
from domain.unit.events import ContactPointSet, UnitEstablished
from tests.samples import *
from tests.spec import watched

PARTY = "unit:430408-party"


def act(day: str, unit: str, fact, **other):
    return on(day, fact, by=unit, of=f"duty:{unit[5:]}", **other)


def heard(day: str, unit: str, body: str = "government", **other):
    return act(day, unit, d.BriefingHeard(body=body), **other)


def received(day: str, unit: str, who: str, **other):
    return act(day, unit, d.ReceptionHeld(leader=who, kind="reception", items=()), **other)


def screened(day: str, unit: str, **other):
    return act(day, unit, d.ScreeningHeld(disputes=()), **other)


def missed(story, rule: str) -> list[str]:
    """What the rule found, without its name."""
    return sorted(id[len(rule) + 1 :] for id in story.standing() if id.startswith(rule))


def since(day: str, unit: str, level: str, kind: str, parent: str | None = None) -> list:
    """A unit with its heads, established on that day."""
    return [replace(each, time=at(day)) for each in established(unit, level, kind, parent)]


GOV = since("2020-07-01", CITY, "city", "government")
COUNTY_GOV = [*GOV, *since("2020-07-01", COUNTY, "county", "government", CITY)]
TOWNSHIP = [*GOV, *since("2020-07-01", TOWN, "township", "township", CITY)]


def test_d01_a_quarter_in_which_the_body_heard_no_report():
    story = watched(*GOV, heard("2020-09-30", CITY)).by("2020-12-31")
    assert missed(story, "D01") == []
    story.by("2021-01-01")
    id, fact = "D01:duty:430400-gov:government:2020Q4", missing("D01", CITY, "2020Q4", detail="government")
    event = next(each for each in story.events if each.data == fact)
    assert (event.subject, event.time) == ("duty:430400-gov", at("2021-01-01 00:00"))
    assert story.finding(id) == Finding(
        id=id, rule="D01", subject="duty:430400-gov", unit=CITY, since=date(2021, 1, 1), period="2020Q4",
        evidence=(event.position,),
    )  # fmt: skip
    story.who_answers(id, (head(CITY), "direct"))


def missing(rule: str, owed_by: str, period: str, **other) -> DutyMissed:
    return DutyMissed(rule=rule, owed_by=owed_by, period=period, **other)


def test_d01_names_the_body_of_the_kind_of_unit():
    units = [*COUNTY_GOV, *since("2020-07-01", PARTY, "county", "party"), *TOWNSHIP[len(GOV) :]]
    story = watched(*units).by("2020-10-01")
    assert missed(story, "D01") == [
        "duty:430400-gov:government:2020Q3", "duty:430408-gov:government:2020Q3",
        "duty:430408-party:party_committee:2020Q3", "duty:430408001-gov:joint_meeting:2020Q3",
    ]  # fmt: skip


def test_a_duty_is_owed_for_whole_periods_only():
    late = since("2020-07-02", CITY, "city", "government")
    story = watched(*late, screened("2020-12-01", CITY)).by("2021-01-01")
    assert missed(story, "D01") == ["duty:430400-gov:government:2020Q4"]
    over = on("2020-12-31", UnitAbolished(), by=CITY)
    assert missed(watched(*GOV, heard("2020-08-01", CITY), over).by("2021-01-01"), "D01") == []


def test_a_duty_is_owed_from_the_day_on_which_the_log_knows_the_unit():
    brought_in = [replace(each, time=at("1983-01-01"), recordedat=at("2020-08-03")) for each in GOV]
    story = watched(*brought_in).by("2021-01-01")
    assert missed(story, "D01") == ["duty:430400-gov:government:2020Q4"]


def test_nothing_is_owed_before_the_opinion():
    story = watched(*CITY_UNITS).by("2020-07-01")
    assert missed(story, "D01") == []
    assert missed(story, "D06") == [
        *(f"duty:430400-jyj:2020-{n:02}" for n in (5, 6)), *(f"duty:430400-xfj:2020-{n:02}" for n in (5, 6)),
        *(f"duty:430408-gov:2020-{n:02}" for n in (5, 6)),
        *(f"duty:430408001-gov:2020-{half}" for half in ("04b", "05a", "05b", "06a", "06b")),
    ]  # fmt: skip


def test_a_unit_that_an_import_assumed_owes_nothing():
    fact = UnitEstablished(name="市政府", level="city", kind="government", division="430400", origin={"file": "x.csv"})
    story = watched(on("2020-07-01", fact, by=CITY)).by("2021-03-01")
    story.finds()


def test_d03_each_leader_on_a_day_of_the_quarter():
    story = watched(*GOV, received("2020-09-10", CITY, head(CITY)), received("2020-10-01", CITY, deputy(CITY)))
    story.by("2021-01-01")
    assert missed(story, "D03") == [
        "duty:430400-gov:official:430400-gov-deputy:2020Q3", "duty:430400-gov:official:430400-gov-head:2020Q4",
    ]  # fmt: skip
    story.who_answers("D03:duty:430400-gov:official:430400-gov-deputy:2020Q3", (deputy(CITY), "direct"))


def test_d03_county_leaders_monthly_and_township_leaders_weekly():
    story = watched(*COUNTY_GOV, *TOWNSHIP[len(GOV) :], received("2020-07-12", TOWN, head(TOWN))).by("2020-08-01")
    assert missed(story, "D03") == [
        "duty:430408-gov:official:430408-gov-deputy:2020-07", "duty:430408-gov:official:430408-gov-head:2020-07",
        *(f"duty:430408001-gov:official:430408001-gov-deputy:2020-W{n}" for n in (28, 29, 30)),
        *(f"duty:430408001-gov:official:430408001-gov-head:2020-W{n}" for n in (29, 30)),
    ]  # fmt: skip


def test_d03_who_held_the_role_only_for_a_part_of_the_quarter_owes_nothing():
    changed = [
        role_ended("2020-08-01", CITY, head(CITY), "principal"),
        role_given("2020-08-01", CITY, "official:new", "principal"),
    ]
    story = watched(*GOV, *changed, received("2020-08-20", CITY, deputy(CITY))).by("2020-10-01")
    assert missed(story, "D03") == []
    risen = [*changed[:1], role_ended("2020-08-01", CITY, deputy(CITY), "deputy_in_charge")]
    story = watched(*GOV, *risen, role_given("2020-08-01", CITY, deputy(CITY), "principal")).by("2020-10-01")
    assert missed(story, "D03") == ["duty:430400-gov:official:430400-gov-deputy:2020Q3"]


def test_d03_a_reception_counts_in_every_unit_where_the_leader_sits():
    both = [*GOV, *since("2020-07-01", "unit:430400-party", "city", "party")]
    both.append(role_given("2020-07-01", "unit:430400-party", head(CITY), "deputy_in_charge"))
    story = watched(*both, received("2020-09-01", CITY, head(CITY))).by("2020-10-01")
    assert [each for each in missed(story, "D03") if head(CITY) in each] == []


def test_d03_two_receptions_on_one_day_are_one_day():
    twice = [received(f"2020-09-10 {hour}:00", CITY, head(CITY)) for hour in ("09", "14")]
    story = watched(*GOV, *twice)
    assert story.state("duty:430400-gov").days == {f"reception_held {head(CITY)}": (date(2020, 9, 10),)}


def test_d02_a_contact_point_that_was_not_visited():
    point = on("2020-07-01", ContactPointSet(leader=deputy(CITY), target_unit=COUNTY), by=CITY)
    visit = act("2020-08-01", CITY, d.ContactVisited(leader=deputy(CITY), target_unit=COUNTY))
    elsewhere = act("2020-11-01", CITY, d.ContactVisited(leader=deputy(CITY), target_unit=CITY))
    story = watched(*COUNTY_GOV, point, visit, elsewhere).by("2021-01-01")
    assert missed(story, "D02") == [f"duty:430400-gov:{deputy(CITY)}:2020Q4"]
    late = act(
        "2020-12-31", CITY, d.ContactVisited(leader=deputy(CITY), target_unit=COUNTY), entered="2021-01-01 10:00"
    )
    assert missed(story.when(late), "D02") == []


def test_d02_a_point_that_was_set_within_the_quarter_is_not_owed_in_it():
    point = on("2020-07-02", ContactPointSet(leader=deputy(CITY), target_unit=COUNTY), by=CITY)
    assert missed(watched(*COUNTY_GOV, point).by("2020-10-01"), "D02") == []


@pytest.mark.parametrize(("unit", "periods"), [(CITY, ["2020Q3"]), (COUNTY, ["2020-07", "2020-08", "2020-09"])])
def test_d06_quarterly_in_the_city_and_monthly_in_counties(unit, periods):
    story = watched(*COUNTY_GOV).by("2020-10-01")
    assert missed(story, "D06:duty:" + unit[5:]) == periods


def test_d06_each_half_month_in_townships():
    held = [screened(day, TOWN) for day in ("2020-07-10", "2020-07-31", "2020-08-16")]
    story = watched(*TOWNSHIP, *held).by("2020-09-01")
    assert missed(story, "D06") == ["duty:430408001-gov:2020-08a"]
    assert story.finding("D06:duty:430408001-gov:2020-08a").since == date(2020, 8, 16)


def test_a_screening_entered_late_clears_what_the_clock_found_and_the_missed_event_stays():
    story = watched(*TOWNSHIP).by("2020-07-16")
    assert missed(story, "D06") == ["duty:430408001-gov:2020-07a"]
    late = screened("2020-07-15 23:00", TOWN, entered="2020-07-16 08:00")
    story.when(late).then(Decided(cleared=("D06:duty:430408001-gov:2020-07a",)))
    assert missed(story, "D06") == []
    assert missing("D06", TOWN, "2020-07a") in [each.data for each in story.events]
    story.when(screened("2020-07-14", TOWN, entered="2020-07-16 09:01"))
    assert f"F13:{late.subject}" in story.standing()


def test_an_act_in_time_clears_nothing():
    watched(*TOWNSHIP).when(screened("2020-07-15", TOWN)).nothing()


def test_d03_a_reception_entered_late_clears():
    story = watched(*GOV).by("2020-10-01")
    late = received("2020-09-30", CITY, head(CITY), entered="2020-10-01 10:00")
    story.when(late)
    assert missed(story, "D03") == [f"duty:430400-gov:{deputy(CITY)}:2020Q3"]


def test_d04_members_of_the_conference_on_working_days():
    members = on("2020-07-01", c.MembersChanged(members=(HOUSING, LAND)), by=CITY_BUREAU, of="conference:430400-xfj")
    stood = [
        act(f"2020-07-0{n}", HOUSING, d.DutyStood(leader=head(HOUSING), place="市人民来访接待中心")) for n in (2, 3, 6)
    ]
    gone = on("2020-07-07", c.MembersChanged(left=(LAND,)), by=CITY_BUREAU, of="conference:430400-xfj")
    story = watched(*CITY_UNITS, members, *stood, gone).by("2020-07-08")
    assert missed(story, "D04") == [
        "duty:430408-zjj:2020-07-01", "duty:430408-zjj:2020-07-07",
        *(f"duty:430408-zrj:2020-07-0{n}" for n in (1, 2, 3, 6)),
    ]  # fmt: skip
    story.who_answers("D04:duty:430408-zrj:2020-07-02", (head(LAND), "direct"))


def test_d05_days_of_protection_at_the_levels_it_names():
    declared = p.ProtectionDeclared(levels=("city", "county"), until=date(2020, 10, 3))
    days = on("2020-10-01", declared, by=CITY_BUREAU, of="period:2020-national-day")
    stood = act("2020-10-02", CITY, d.DutyStood(leader=head(CITY), place="市政府"))
    over = on("2020-10-03", p.ProtectionEnded(), by=CITY_BUREAU, of="period:2020-national-day")
    story = watched(*COUNTY_GOV, *TOWNSHIP[len(GOV) :], *since("2020-09-01", CITY_BUREAU, "city", "bureau", CITY))
    story.and_then(days, stood, over).by("2020-10-05")
    assert missed(story, "D05") == [
        "duty:430400-gov:2020-10-01", "duty:430408-gov:2020-10-01", "duty:430408-gov:2020-10-02",
    ]  # fmt: skip


def test_d07_convenors_of_counties_and_leads_of_the_citys_groups():
    held = on("2020-06-20", c.ConferenceHeld(), by=COUNTY, of="conference:430408-gov")
    group = c.GroupFormed(name="物业专项小组", lead_unit=CITY_SCHOOLS, members=(HOUSING,))
    formed = on("2020-06-20", group, by=CITY_BUREAU, of="conference:430400-xfj")
    told = act("2020-12-01", COUNTY, d.DutyReported(by=head(COUNTY), to_unit=CITY_BUREAU))
    story = watched(*CITY_UNITS, held, formed, told).by("2021-01-01")
    assert missed(story, "D07") == [f"duty:430400-jyj:{head(CITY_SCHOOLS)}:2020H2"]
    story.who_answers(f"D07:duty:430400-jyj:{head(CITY_SCHOOLS)}:2020H2", (head(CITY_SCHOOLS), "direct"))
    late = act(
        "2020-12-31",
        CITY_SCHOOLS,
        d.DutyReported(by=head(CITY_SCHOOLS), to_unit=CITY_BUREAU),
        entered="2021-01-01 09:30",
    )
    assert missed(story.when(late), "D07") == []


def scored(day: str, unit: str = COUNTY, half: str = "2020H2", **other):
    fact = v.EvaluationScored(metrics={"repeat_rate": Decimal("0.12")}, score=Decimal("87.5"), formula="city-2020/1")
    return on(day, fact, by=CITY_BUREAU, of=f"evaluation:{unit[5:]}:{half}", **other)


def test_d08_half_years_that_nobody_evaluated():
    story = watched(*CITY_UNITS, scored("2021-02-01", TOWN)).by("2021-02-01")
    assert missed(story, "D08") == []  # 2021-01-30 is a Saturday: the limit ends on the Monday after
    story.by("2021-02-02")
    assert missed(story, "D08") == ["duty:430400-jyj:2020H2", "duty:430408-gov:2020H2"]
    found = story.finding("D08:duty:430408-gov:2020H2")
    assert (found.unit, found.since) == (CITY_BUREAU, date(2021, 2, 2))
    story.who_answers(found.id, (head(CITY_BUREAU), "direct"))
    story.when(scored("2021-02-01", entered="2021-02-02 09:30"))
    assert missed(story, "D08") == ["duty:430400-jyj:2020H2"]


def test_a_duty_is_done_by_a_unit_that_stands_and_at_a_place_that_is_known():
    story = watched(*GOV)
    story.when(screened("2020-07-02", TOWN)).refused("unknown-subject", "$.subject")
    visit = d.ContactVisited(leader=head(CITY), target_unit=TOWN)
    story.when(act("2020-07-02", CITY, visit)).refused("unknown-subject", "$.data.target_unit")
    report = d.DutyReported(by=head(CITY), to_unit=TOWN)
    story.when(act("2020-07-02", CITY, report)).refused("unknown-subject", "$.data.to_unit")
    story.and_then(on("2020-08-01", UnitAbolished(), by=CITY))
    story.when(heard("2020-08-02", CITY)).refused("not-in-this-state", "$.subject")
    story.when(heard("2020-07-30", CITY, entered="2020-08-02 09:00")).finds(*story.standing())


def test_a_protection_is_declared_once_for_days_to_come():
    def said(day: str, fact):
        return on(day, fact, by=CITY_BUREAU, of="period:x")

    def until(day: int, *levels):
        return p.ProtectionDeclared(levels=levels, until=date(2020, 10, day))

    story = watched(*CITY_UNITS)
    story.when(said("2020-10-02", until(1, "city"))).refused("bad-value", "$.data.until")
    story.when(said("2020-10-02", until(7))).refused("bad-value", "$.data.levels")
    story.when(said("2020-10-02", p.ProtectionEnded())).refused("unknown-subject", "$.subject")
    story.and_then(said("2020-10-02", until(7, "city")))
    story.when(said("2020-10-03", until(7, "city"))).refused("already-exists", "$.subject")
    story.when(said("2020-10-01", p.ProtectionEnded())).refused("before-previous", "$.time")
    story.when(said("2020-10-08", p.ProtectionEnded())).refused("not-in-this-state", "$.type")
    story.and_then(said("2020-10-05", p.ProtectionEnded()))
    story.when(said("2020-10-05", p.ProtectionEnded())).refused("not-in-this-state", "$.type")
