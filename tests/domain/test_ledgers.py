"""The ledger of disputes (Art 14, D14), inspections (Art 11, 17), listing and interviews (Art 18, D15)."""

from decimal import Decimal

import pytest

from domain.dispute import events as d
from domain.evaluation import events as v
from domain.inspection import events as i
from tests.samples import *
from tests.spec import given, watched

ENTRY, VISIT, HALF = "dispute:430408001-1", "inspection:2020-3", "evaluation:430408-gov:2020H1"
OPEN = d.DisputeLogged(place="430408001", unit=TOWN, summary="征地补偿")


def entry(day: str, fact, **other):
    return on(day, fact, by=TOWN, of=ENTRY, **other)


def found(story, rule: str) -> list[str]:
    return sorted(id for id in story.standing() if id.startswith(rule))


def test_d14_a_dispute_that_stands_for_more_than_thirty_days():
    story = watched(*CITY_UNITS, entry("2020-07-03", OPEN)).by("2020-08-03")
    assert found(story, "D14") == []  # 2020-08-02 is a Sunday: the limit ends on Monday
    assert found(story.by("2020-08-04"), "D14") == [f"D14:{ENTRY}"]
    assert (story.finding(f"D14:{ENTRY}").unit, story.finding(f"D14:{ENTRY}").since) == (TOWN, date(2020, 8, 4))
    story.who_answers(f"D14:{ENTRY}", (head(TOWN), "direct"))


@pytest.mark.parametrize(("day", "left"), [("2020-08-03", []), ("2020-08-04", [f"D14:{ENTRY}"])])
def test_d14_struck_off_on_the_last_day_is_in_time(day, left):
    story = watched(*CITY_UNITS, entry("2020-07-03", OPEN), entry(day, d.DisputeCleared())).by("2020-09-01")
    assert found(story, "D14") == left


def test_d14_is_cleared_by_an_end_that_was_entered_late():
    story = watched(*CITY_UNITS, entry("2020-07-03", OPEN)).by("2020-08-04")
    assert found(story.when(entry("2020-08-03", d.DisputeCleared(), entered="2020-08-04 08:00")), "D14") == []


def test_a_dispute_that_became_a_petition_is_over_in_the_ledger():
    became = entry("2020-07-10", d.DisputeBecamePetition(petition="1"))
    story = watched(*CITY_UNITS, REGISTERED, entry("2020-07-03", OPEN), became).by("2020-09-01")
    assert found(story, "D14") == []
    story.when(entry("2020-09-01", d.DisputeCleared())).refused("not-in-this-state", "$.type")


def test_an_entry_is_made_once_and_keeps_its_order():
    story = given(*CITY_UNITS)
    story.when(entry("2020-07-03", d.DisputeCleared())).refused("unknown-subject", "$.subject")
    of_nobody = d.DisputeLogged(place="430408001", unit="unit:no", summary="征地")
    story.when(entry("2020-07-03", of_nobody)).refused("unknown-subject", "$.data.unit")
    story.and_then(entry("2020-07-03", OPEN), entry("2020-07-04", d.DisputeAssigned(to_unit=HOUSING)))
    story.when(entry("2020-07-04", OPEN)).refused("already-exists", "$.subject")
    story.when(entry("2020-07-02", d.DisputeCleared())).refused("before-previous", "$.time")
    story.when(entry("2020-07-05", d.DisputeAssigned(to_unit="unit:no"))).refused("unknown-subject", "$.data.to_unit")
    story.when(entry("2020-07-05", d.DisputeBecamePetition(petition="9"))).refused("unknown-subject", "$.data.petition")


def inspects(day: str, fact):
    return on(day, fact, by=CITY_BUREAU, of=VISIT)


PLANNED = inspects("2020-07-01", i.InspectionPlanned(kind="supervision", units=(HOUSING,)))
HELD = inspects("2020-07-10", i.InspectionHeld(invited=("人大代表", "记者")))
FOUND = inspects("2020-07-11", i.InspectionFound(unit=HOUSING, finding="台账不全"))


def test_an_inspection_is_planned_held_finds_and_sees_it_put_right():
    story = given(*CITY_UNITS, PLANNED, HELD, FOUND)
    assert story.state(VISIT).to_rectify == (HOUSING,)
    story.when(inspects("2020-08-01", i.InspectionRectified(unit=LAND))).refused("not-in-this-state", "$.data.unit")
    story.when(inspects("2020-08-01", i.InspectionRectified())).nothing()
    story.when(inspects("2020-08-02", i.InspectionRectified())).refused("not-in-this-state", "$.type")


def test_an_inspection_keeps_its_order_and_names_what_is_known():
    story = given(*CITY_UNITS)
    story.when(HELD).refused("unknown-subject", "$.subject")
    nowhere = i.InspectionPlanned(kind="patrol", units=("unit:no",))
    story.when(inspects("2020-07-01", nowhere)).refused("unknown-subject", "$.data.units[0]")
    unknown = i.InspectionPlanned(kind="patrol", units=(HOUSING,), items=("9",))
    story.when(inspects("2020-07-01", unknown)).refused("unknown-subject", "$.data.items[0]")
    story.and_then(PLANNED)
    story.when(PLANNED).refused("already-exists", "$.subject")
    story.when(FOUND).refused("not-in-this-state", "$.type")
    story.when(inspects("2020-06-30", i.InspectionHeld(invited=()))).refused("before-previous", "$.time")
    story.and_then(HELD)
    early = i.InspectionFound(unit=HOUSING, finding="台账不全")
    story.when(inspects("2020-07-09", early)).refused("before-previous", "$.time")
    elsewhere = i.InspectionFound(unit="unit:no", finding="台账不全")
    story.when(inspects("2020-07-12", elsewhere)).refused("unknown-subject", "$.data.unit")


def evaluates(day: str, fact, of: str = HALF, **other):
    return on(day, fact, by=CITY_BUREAU, of=of, **other)


LISTED = evaluates("2020-08-03", v.UnitListed(reason="重复访批次多"))
TOLD = v.OfficialInterviewed(official=head(COUNTY))


def test_d15_listed_and_nobody_interviewed_in_thirty_days():
    story = watched(*CITY_UNITS, LISTED).by("2020-09-02")
    assert found(story, "D15") == []
    assert found(story.by("2020-09-03"), "D15") == [f"D15:{HALF}"]
    assert (story.finding(f"D15:{HALF}").unit, story.finding(f"D15:{HALF}").since) == (CITY_BUREAU, date(2020, 9, 3))
    story.who_answers(f"D15:{HALF}", (head(CITY_BUREAU), "direct"))
    story.when(evaluates("2020-09-02", TOLD, entered="2020-09-03 08:30"))
    assert found(story, "D15") == []


@pytest.mark.parametrize(("day", "left"), [("2020-09-02", []), ("2020-09-03", [f"D15:{HALF}"])])
def test_d15_an_interview_on_the_last_day_is_in_time(day, left):
    assert found(watched(*CITY_UNITS, LISTED, evaluates(day, TOLD)).by("2020-10-01"), "D15") == left


def test_d15_not_where_the_listing_was_lifted_before():
    story = watched(*CITY_UNITS, LISTED, evaluates("2020-08-20", v.UnitDelisted())).by("2020-10-01")
    assert found(story, "D15") == []


def test_a_unit_is_listed_once_and_delisted_once():
    story = given(*CITY_UNITS)
    story.when(evaluates("2020-08-01", v.UnitDelisted())).refused("not-in-this-state", "$.type")
    story.and_then(LISTED)
    story.when(LISTED).refused("already-exists", "$.type")
    story.when(evaluates("2020-08-02", TOLD)).refused("before-previous", "$.time")
    story.and_then(evaluates("2020-09-20", v.UnitDelisted()))
    story.when(evaluates("2020-09-21", v.UnitDelisted())).refused("not-in-this-state", "$.type")


def score(**other) -> v.EvaluationScored:
    fields = {"metrics": {"repeat_rate": Decimal("0.12")}, "score": Decimal(88), "formula": "city/1"}
    return v.EvaluationScored(**{**fields, **other})


@pytest.mark.parametrize("subject", ["evaluation:430408-gov:2020", "evaluation:430408-gov", "evaluation:2020H1"])
def test_an_evaluation_is_of_a_unit_and_a_half_year(subject):
    code = "unknown-subject" if subject.endswith("H1") else "bad-value"
    given(*CITY_UNITS).when(evaluates("2020-07-10", score(), of=subject)).refused(code, "$.subject")


def test_a_half_year_is_scored_when_it_is_over_with_numbers():
    story = given(*CITY_UNITS)
    story.when(evaluates("2020-06-29", score())).refused("before-previous", "$.time")
    story.when(evaluates("2020-07-10", score(score=Decimal("NaN")))).refused("bad-value", "$.data")
    story.when(evaluates("2020-07-10", score())).nothing()
    story.when(evaluates("2020-07-20", score(score=Decimal("87.5")))).nothing()
    assert story.state(HALF).scored_on == date(2020, 7, 10)
