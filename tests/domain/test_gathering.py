"""A joint reception (联合接访, Art 7): who came, who did not, and whether the group's lead was told at once."""

from contextlib import closing

import pytest

from cli.wiring import System
from domain.codec import encode
from domain.envelope import Decided, Finding
from domain.finding.events import FindingOpened
from domain.gathering import events as g
from tests.samples import *
from tests.spec import given

CROWD = "gathering:430400-2020-07-06-1"
LEAD = "official:vice"
HERE = g.GatheringArrived(persons=32, place="市人民来访接待中心", units=(HOUSING, LAND))


def there(time: str, fact, by: str = CITY_BUREAU, day: str = "2020-07-06", **other):
    return on(f"{day} {time}", fact, by=by, of=CROWD, **other)


def came(unit: str, time: str = "10:00", **other):
    return there(time, g.GatheringAttended(unit=unit, leader=deputy(unit)), by=unit, **other)


ARRIVED = there("09:00", HERE)
SUMMONED = there("09:10", g.GatheringSummoned(units=(HOUSING, LAND)))
REPORTED = there("09:20", g.GatheringReported(to=LEAD))
ENDED = there("16:00", g.GatheringEnded())


def f19(unit: str) -> str:
    return f"F19:{CROWD}:{unit}"


def test_a_reception_that_all_attend_and_that_is_reported_finds_nothing():
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, REPORTED, came(HOUSING), came(LAND)).when(ENDED)
    story.nothing().finds()


def test_f19_a_unit_that_was_summoned_and_did_not_come_answers():
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, REPORTED, came(HOUSING)).when(ENDED)
    summons = len(CITY_UNITS) + 2
    absent = Finding(
        id=f19(LAND), rule="F19", subject=CROWD, unit=LAND, since=date(2020, 7, 6), axis="B", ground="B6", why="absent",
        evidence=(summons,),
    )  # fmt: skip
    story.then(Decided(findings=(absent,))).finds(f19(LAND))
    story.who_answers(f19(LAND), (clerk(LAND), "direct"), (deputy(LAND), "leadership"), (head(LAND), "leadership"))


def test_f19_names_the_holders_of_the_roles_on_that_day():
    new = role_given("2020-07-07", LAND, "official:new", "principal")
    gone = role_ended("2020-07-07", LAND, head(LAND), "principal")
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, REPORTED, came(HOUSING), ENDED, gone, new)
    story.who_answers(f19(LAND), (clerk(LAND), "direct"), (deputy(LAND), "leadership"), (head(LAND), "leadership"))


def test_f19_is_cleared_by_an_attendance_that_was_entered_late():
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, REPORTED, came(HOUSING), ENDED)
    late = came(LAND, "10:30", entered="2020-07-06 18:00")
    story.when(late).then(Decided(cleared=(f19(LAND),))).finds()


def test_f19_trips_for_a_summons_that_was_entered_after_the_end():
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, REPORTED, came(HOUSING), came(LAND), ENDED).finds()
    story.when(there("11:00", g.GatheringSummoned(units=(LABOUR,)), entered="2020-07-06 20:00")).finds(f19(LABOUR))
    assert story.finding(f19(LABOUR)).since == date(2020, 7, 6)


def test_a_unit_that_was_not_summoned_may_come_and_a_successor_stands_for_a_unit_that_ended():
    gone = merged("2020-07-06 09:30", LAND, LABOUR)
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, gone, REPORTED, came(HOUSING), came(LABOUR)).when(ENDED)
    story.nothing().finds()
    absent = given(*CITY_UNITS, ARRIVED, SUMMONED, gone, REPORTED, came(HOUSING)).when(ENDED)
    absent.finds(f19(LABOUR))


def test_nobody_is_called_who_ended_before():
    story = given(*CITY_UNITS, merged("2020-07-01", LAND, LABOUR), ARRIVED)
    story.when(SUMMONED).refused("not-in-this-state", "$.data.units[1]")
    story.when(came(LAND)).refused("not-in-this-state", "$.data.unit")


def test_f19_a_bureau_with_two_faults_is_cleared_by_mending_both():
    called = there("09:10", g.GatheringSummoned(units=(CITY_BUREAU,)))
    story = given(*CITY_UNITS, ARRIVED, called, ENDED).finds(f19(CITY_BUREAU))
    story.when(there("09:20", g.GatheringReported(to=LEAD), entered="2020-07-06 18:00")).finds(f19(CITY_BUREAU))
    story.when(came(CITY_BUREAU, "09:30", entered="2020-07-06 19:00")).finds()


def test_a_human_decides_on_the_finding_too(store_url):
    with closing(System(store_url)) as system:
        intake = system.intake(history=True)
        story = [*CITY_UNITS, ARRIVED, SUMMONED, REPORTED, came(HOUSING), ENDED]
        assert {outcome.outcome for outcome in intake.take([encode(action) for action in story])} == {"recorded"}
        opened, gone = (on("2020-07-07", FindingOpened(), of=f19(unit)) for unit in (LAND, HOUSING))
        assert [outcome.outcome for outcome in intake.take([encode(opened), encode(gone)])] == ["recorded", "rejected"]
        system.projector.catch_up()
        found = {each["id"]: each["state"] for each in system.answers.findings()["findings"]}
        assert found[f19(LAND)] == "opened"
        assert not any(system.projector.replay().differences.values())


def test_f19_the_bureau_answers_where_nobody_told_the_lead():
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, came(HOUSING), came(LAND)).when(ENDED)
    story.finds(f19(CITY_BUREAU))
    assert story.finding(f19(CITY_BUREAU)).why == "unreported"
    persons = [(clerk(CITY_BUREAU), "direct"), (deputy(CITY_BUREAU), "leadership"), (head(CITY_BUREAU), "leadership")]
    story.who_answers(f19(CITY_BUREAU), *persons)


@pytest.mark.parametrize(("day", "time", "left"), [("2020-07-07", "09:00", ()), ("2020-07-07", "09:01", ("late",))])
def test_a_report_within_the_hours_of_the_rule_set_is_at_once(day, time, left):
    told = there(time, g.GatheringReported(to=LEAD), day=day)
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, came(HOUSING), came(LAND), ENDED).when(told)
    story.finds(*(f19(CITY_BUREAU) for _ in left))
    if left:
        assert story.finding(f19(CITY_BUREAU)).why == "reported_late"


def test_f19_a_late_report_trips_before_the_end_too():
    late = there("10:00", g.GatheringReported(to=LEAD), day="2020-07-07")
    given(*CITY_UNITS, ARRIVED, SUMMONED).when(late).finds(f19(CITY_BUREAU))


def test_steps_follow_the_arrival_and_keep_their_order():
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, came(HOUSING), REPORTED)
    story.when(there("09:05", HERE)).refused("already-exists", "$.subject")
    story.when(there("08:59", g.GatheringSummoned(units=(LAND,)))).refused("before-previous", "$.time")
    story.when(there("09:30", g.GatheringEnded())).refused("before-previous", "$.time")
    story.when(ENDED)
    story.when(there("17:00", g.GatheringEnded())).refused("not-in-this-state", "$.type")
    story.when(came(LAND, "16:01")).refused("not-in-this-state", "$.time")
    story.when(there("16:01", g.GatheringSummoned(units=(LAND,)))).refused("not-in-this-state", "$.time")


def test_nobody_unknown_is_summoned_or_attends():
    story = given(*CITY_UNITS, ARRIVED)
    nowhere = there("09:10", g.GatheringSummoned(units=(HOUSING, "unit:nowhere")))
    story.when(nowhere).refused("unknown-subject", "$.data.units[1]")
    story.when(there("09:10", g.GatheringSummoned(units=()))).refused("bad-value", "$.data.units")
    story.when(came("unit:nowhere")).refused("unknown-subject", "$.data.unit")


def test_an_arrival_names_known_units_and_a_registered_item():
    story = given(*CITY_UNITS)
    story.when(there("09:10", g.GatheringEnded())).refused("unknown-subject", "$.subject")
    of_nobody = g.GatheringArrived(persons=9, place="市政府", units=("unit:nowhere",))
    story.when(there("09:00", of_nobody)).refused("unknown-subject", "$.data.units[0]")
    of_nothing = g.GatheringArrived(persons=9, place="市政府", units=(), petition="430400-2020-000009")
    story.when(there("09:00", of_nothing)).refused("unknown-subject", "$.data.petition")
    story.when(there("09:00", HERE, by="unit:nowhere")).refused("unknown-subject", "$.unit")
    of_an_item = g.GatheringArrived(persons=9, place="市政府", units=(), petition="1")
    given(*CITY_UNITS, REGISTERED).when(there("09:00", of_an_item)).nothing()


def test_f13_each_unit_that_enters_late_has_a_finding_of_its_own():
    told = there("09:20", g.GatheringReported(to=LEAD), entered="2020-07-08 09:00")
    story = given(*CITY_UNITS, ARRIVED, SUMMONED, told, came(HOUSING, entered="2020-07-08 10:01"))
    story.finds(f"F13:{CROWD}", f"F13:{CROWD}:{HOUSING}")
