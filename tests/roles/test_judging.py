"""Nobody judges himself or who is over him, in whosever name, and nobody acts for who has the item."""

from datetime import date
from decimal import Decimal

import pytest

from domain.codec import encode
from domain.evaluation.events import EvaluationScored
from domain.finding.events import FindingDismissed, FindingOpened
from domain.inspection.events import InspectionPlanned
from tests.roles.conftest import (
    CENTRE,
    CLOSED_EARLY,
    DISCIPLINE,
    ELSEWHERE,
    NO_ACT,
    NOT_THERE,
    OTHER_COUNTY,
    OWN_BUREAU,
    PARTIES,
    PARTY,
    findings,
    sent,
)
from tests.samples import *

NOT_OF, NOT_INSPECTED = ("not-allowed", "$.data.unit"), ("not-allowed", "$.data.units[0]")

# causes and findings

CAUSES = [
    *CITY_UNITS, *established(CENTRE, "county", "reception_centre", BUREAU), on("2020-04-10", raised(), by=BUREAU),
    *(on("2020-05-01", cause(unit), by=CITY_BUREAU) for unit in (BUREAU, HOUSING, COUNTY)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "unit", "named", "judged", "field"),
    [("clerk", BUREAU, CENTRE, BUREAU, "$.data.unit"), ("clerk", COUNTY, BUREAU, COUNTY, "$.data.unit"),
     ("supervisor", HOUSING, BUREAU, HOUSING, "$.unit"), ("supervisor", BUREAU, CENTRE, BUREAU, "$.data.unit")],
)  # fmt: skip
def test_nobody_takes_back_the_cause_found_with_himself_in_the_name_of_who_is_below_or_beside(
    open_city, role, unit, named, judged, field
):
    city = open_city(CAUSES, date(2020, 5, 2))
    withdrawn = on("2020-05-03", e.CauseRevised(unit=judged, withdrawn=True), by=named)
    assert sent(city, withdrawn, role, unit) == ("not-allowed", field)


@pytest.mark.parametrize(
    ("role", "unit", "fact", "of", "told"),
    [("clerk", COUNTY, e.CauseRevised(unit=PARTY, withdrawn=True), None, NOT_OF),
     ("clerk", BUREAU, e.CauseRevised(unit=PARTY, withdrawn=True), None, NOT_OF),
     ("supervisor", BUREAU, FindingDismissed(reason="x"), f"F21:petition:1:{PARTY}", NOT_THERE),
     ("supervisor", BUREAU, UnitAbolished(into=BUREAU), PARTY, NOT_THERE)],
)  # fmt: skip
def test_government_and_bureau_do_not_judge_the_party_committee_beside_them(open_city, role, unit, fact, of, told):
    found = on("2020-05-01", cause(PARTY), by=CITY_BUREAU)
    city = open_city([*CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=LABOUR), found], date(2020, 5, 2))
    assert sent(city, on("2020-05-03", fact, of=of, by=unit, actor=head(unit)), role, unit) == told


def test_the_discipline_organ_judges_the_bureau(open_city):
    found = on("2020-05-01", cause(BUREAU), by=CITY_BUREAU)
    city = open_city([*CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=LABOUR), found], date(2020, 5, 2))
    opened = on("2020-05-03", FindingOpened(), of=f"F21:petition:1:{BUREAU}", by=DISCIPLINE)
    assert sent(city, opened, "supervisor", DISCIPLINE) == "recorded"


def test_in_one_batch_nobody_trips_a_finding_on_his_own_government_and_dismisses_it(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=BUREAU)], date(2020, 4, 11))
    by = {"authorization": f"Bearer {city.token('supervisor', CITY)}", "content-type": "application/x-ndjson"}

    def told(unit, named):
        id = f"F21:petition:1:{unit}"
        dismissed = on("2020-05-03", FindingDismissed(reason="x"), of=id, by=CITY, actor=head(CITY))
        lines = [on("2020-05-02", cause(unit), by=named), dismissed]
        answer = city.http.post("/v1/actions", content=b"\n".join(map(encode, lines)), headers=by)
        return [each["outcome"] for each in answer.json()["results"]]

    assert told(CITY, CITY_BUREAU) == ["rejected", "rejected"]
    assert told(COUNTY, CITY) == ["recorded", "recorded"]


def test_who_holds_a_repeat_does_not_take_the_judgement_back_that_tells_against_him(open_city):
    """RepeatJudged(first=null) clears F15 and F23, which are on the first handler, and the trigger of supervision."""
    city = open_city([
        *CITY_UNITS, *CLOSED_EARLY, on("2020-05-04", raised(), by=BUREAU, no="5"),
        on("2020-05-05", repeats("1"), by=BUREAU, no="5"), on("2020-05-05", refer(HOUSING), by=BUREAU, no="5"),
    ], date(2020, 5, 6))  # fmt: skip
    found = {"F15:petition:5", "F23:petition:1"}
    assert found <= findings(city, "clerk", HOUSING)
    taken_back = on("2020-05-07", repeats(None), by=HOUSING, no="5")
    assert sent(city, taken_back, "clerk", HOUSING) == ("not-allowed", "$.data.first")
    assert found <= findings(city, "clerk", HOUSING)


# units and inspections


@pytest.mark.parametrize(
    ("fact", "of", "told"),
    [(UnitMerged(into=HOUSING), COUNTY, NOT_THERE),
     (UnitAbolished(into=HOUSING), BUREAU, NOT_THERE),
     (InspectionPlanned(kind="supervision", units=(COUNTY,)), "inspection:z", NOT_INSPECTED),
     (InspectionPlanned(kind="supervision", units=(BUREAU,)), "inspection:z", NOT_INSPECTED),
     (RoleEnded(official=head(COUNTY), role="principal"), COUNTY, NOT_THERE)],
    ids=["merges its government", "abolishes itself", "inspects its government", "inspects itself", "deposes its head"],
)  # fmt: skip
def test_a_supervisor_ends_and_inspects_neither_his_own_unit_nor_the_one_above(open_city, fact, of, told):
    """As docs/guides/roles.md says."""
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    assert sent(city, on("2020-05-03", fact, of=of, by=BUREAU), "supervisor", BUREAU) == told


@pytest.mark.parametrize(
    ("fact", "of", "told"),
    [(UnitAbolished(into=HOUSING), BUREAU, NOT_THERE), (UnitMerged(into=SITE), BUREAU, NOT_THERE),
     (UnitMerged(into=HOUSING), BUREAU, NOT_THERE),
     (RoleEnded(official=head(BUREAU), role="principal"), BUREAU, NOT_THERE),
     (InspectionPlanned(kind="supervision", units=(BUREAU,)), "inspection:z", NOT_INSPECTED),
     (EvaluationScored(metrics={}, score=Decimal(0), formula="x"), f"evaluation:{BUREAU[5:]}:2020H1", NOT_THERE)],
    ids=["abolishes", "merges", "takes over", "deposes", "inspects", "marks"],
)  # fmt: skip
def test_the_supervisor_of_a_department_does_not_judge_the_bureau_that_supervises_it(open_city, fact, of, told):
    city = open_city(CITY_UNITS, date(2020, 9, 2))
    assert sent(city, on("2020-09-03", fact, of=of, by=HOUSING), "supervisor", HOUSING) == told


def test_a_supervisor_sets_up_no_bureau_of_his_own(open_city):
    """It would judge him, and supervision is owed by the bureau that a place has (F17)."""
    city = open_city(CAUSES, date(2020, 5, 2))
    new = UnitEstablished(name="新", level="county", kind="bureau", division="430408", parent=HOUSING)
    assert sent(city, on("2020-05-03", new, of=OWN_BUREAU, by=HOUSING), "supervisor", HOUSING) == (
        "not-allowed",
        "$.data.kind",
    )


# reviews

DELIVERED = [*WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING)]
AT_SCHOOLS = [*DELIVERED, on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS)]
NOT_REVIEWED_BY = ("not-allowed", "$.data.by_unit")


@pytest.mark.parametrize("unit", [HOUSING, SITE, "unit:nowhere"])
def test_who_has_the_item_does_not_answer_the_review_that_another_was_asked_for(open_city, unit):
    city = open_city(AT_SCHOOLS, date(2020, 5, 30))
    answered = on("2020-05-30", e.ReviewAnswered(by_unit=unit, outcome="upheld"), by=HOUSING)
    assert sent(city, answered, "clerk", HOUSING) == NOT_REVIEWED_BY


@pytest.mark.parametrize("to", [SITE, ELSEWHERE])
def test_a_unit_does_not_have_its_opinion_reviewed_by_who_is_not_over_it(open_city, to):
    city = open_city([*DELIVERED, *OTHER_COUNTY], date(2020, 5, 30))
    asked_for = on("2020-05-29", e.ReviewRequested(to_unit=to), by=HOUSING)
    assert sent(city, asked_for, "clerk", HOUSING) == ("not-allowed", "$.data.to_unit")


def test_nobody_answers_the_review_of_his_own_opinion_in_the_name_of_his_government(open_city):
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=BUREAU), on("2020-04-12", accept(handler=clerk(BUREAU)), by=BUREAU),
        on("2020-04-20", answer(), by=BUREAU), on("2020-04-21", deliver(), by=BUREAU),
        on("2020-04-25", e.ReviewRequested(to_unit=COUNTY), by=COUNTY),
    ], date(2020, 4, 26))  # fmt: skip
    upheld = e.ReviewAnswered(by_unit=COUNTY, outcome="upheld")
    assert sent(city, on("2020-04-27", upheld, by=BUREAU), "clerk", BUREAU) == NOT_REVIEWED_BY
    assert sent(city, on("2020-04-27", upheld, by=COUNTY), "clerk", COUNTY) == "recorded"


REVIEWED = [
    *AT_SCHOOLS, on("2020-06-10", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS),
    on("2020-06-11", deliver("review"), by=CITY_SCHOOLS),
]  # fmt: skip


def test_a_reviewer_does_not_answer_the_rereview_of_its_own_review(open_city):
    city = open_city([*REVIEWED, on("2020-06-15", e.RereviewRequested(to_unit=CITY), by=CITY)], date(2020, 6, 20))
    upheld = on("2020-06-21", e.RereviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS)
    assert sent(city, upheld, "clerk", CITY_SCHOOLS) == NOT_REVIEWED_BY


def test_what_the_province_decided_the_bureau_of_the_city_enters(open_city):
    province = "unit:430000-jyt"
    rereview = on("2020-06-15", e.RereviewRequested(to_unit=province), by=HOUSING)
    city = open_city([*established(province, "province", "department"), *REVIEWED, rereview], date(2020, 6, 30))
    answered = e.RereviewAnswered(by_unit=province, outcome="upheld")
    assert sent(city, on("2020-07-01", answered, by=HOUSING), "clerk", HOUSING) == NOT_REVIEWED_BY
    assert sent(city, on("2020-07-01", answered, by=CITY_BUREAU), "clerk", CITY_BUREAU) == "recorded"


def test_what_the_province_decided_on_the_bureaus_own_opinion_it_enters_too(open_city):
    city = open_city([
        *established(PROVINCE, "province", "bureau"), *CITY_UNITS, on("2020-04-10", raised(), by=CITY_BUREAU),
        on("2020-04-12", accept(handler=clerk(CITY_BUREAU)), by=CITY_BUREAU),
        on("2020-04-20", answer(), by=CITY_BUREAU), on("2020-04-21", deliver(), by=CITY_BUREAU),
    ], date(2020, 4, 26))  # fmt: skip
    asked_for = on("2020-04-25", e.ReviewRequested(to_unit=PROVINCE), by=CITY_BUREAU)
    assert sent(city, asked_for, "clerk", CITY_BUREAU) == "recorded"
    upheld = on("2020-04-27", e.ReviewAnswered(by_unit=PROVINCE, outcome="upheld"), by=CITY_BUREAU)
    assert sent(city, upheld, "clerk", CITY_BUREAU) == "recorded"


# for who has the item


@pytest.mark.parametrize("fact", [e.ExecutionRefused(), CLOSED, e.PetitionChannelled(path="other")])
def test_a_bureau_that_registered_an_item_does_not_do_what_is_for_who_has_it(open_city, fact):
    city = open_city([*IN_HANDLING, on("2020-05-20", answer("supported"), by=HOUSING)], date(2020, 5, 21))
    assert sent(city, on("2020-05-22", fact, by=BUREAU), "clerk", BUREAU) == NO_ACT
    assert sent(city, on("2020-05-22", fact, by=HOUSING), "supervisor", BUREAU) != NO_ACT


@pytest.mark.parametrize(
    "fact", [e.PetitionNotAccepted(ground="N3"), answer(), e.AssignmentObjected(reason="x"), e.ExecutionRefused()]
)
def test_nor_does_a_department(open_city, fact):
    """It would trip F20 on who answered it."""
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(LABOUR), by=HOUSING),
        on("2020-04-12", accept(handler=clerk(LABOUR)), by=LABOUR), on("2020-04-20", answer("supported"), by=LABOUR),
    ], date(2020, 4, 21))  # fmt: skip
    assert sent(city, on("2020-04-22", fact, by=HOUSING), "clerk", HOUSING) == NO_ACT


def test_who_holds_an_item_does_not_end_the_sponsorship_of_a_leader_over_him(open_city):
    """It would trip D12 on that leader."""
    sponsored = on("2020-05-04", e.PetitionSponsored(leader=head(COUNTY), team=(), plan="x"), by=COUNTY)
    city = open_city([*IN_HANDLING, sponsored], date(2020, 5, 5))
    assert sent(city, on("2020-05-06", e.SponsorshipEnded(why="x"), by=HOUSING), "clerk", HOUSING) == NO_ACT
