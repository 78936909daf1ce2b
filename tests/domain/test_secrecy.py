"""An accusation never reaches the accused; nobody acts on a petition about himself (R2005 23, 30; R2022 28, 30)."""

import pytest

from domain.petition.events import SecrecyGuarded
from tests.samples import *
from tests.spec import given

ACCUSATION = on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING))
ABOUT_HEAD = on("2020-04-10", raised(purpose="accusation", about_official=head(HOUSING)))


@pytest.mark.parametrize("registered", [ACCUSATION, ABOUT_HEAD], ids=["unit", "official"])
@pytest.mark.parametrize("to", [HOUSING, SITE])
@pytest.mark.parametrize("route", [refer, assign])
def test_it_is_routed_neither_to_the_accused_organ_nor_below_it(registered, route, to):
    given(*CITY_UNITS, registered).when(on("2020-04-13", route(to))).refused("accused-organ", "$.data.to_unit")


@pytest.mark.parametrize("to", [COUNTY, CITY, LABOUR, TOWN])
def test_the_organ_above_and_others_may_have_it(to):
    story = given(*CITY_UNITS, ACCUSATION).when(on("2020-04-13", refer(to)))
    assert story.item().unit == to


def test_the_accused_organ_neither_accepts_nor_answers_nor_reviews_it():
    story = given(*CITY_UNITS, ACCUSATION)
    story.when(on("2020-04-13", accept(), by=HOUSING)).refused("accused-organ", "$.unit")
    story.when(on("2020-04-13", answer(), by=SITE)).refused("accused-organ", "$.unit")
    story = given(*CITY_UNITS, ACCUSATION, on("2020-04-14", answer(), by=LABOUR))
    story.when(on("2020-04-20", e.ReviewRequested(to_unit=HOUSING))).refused("accused-organ", "$.data.to_unit")


@pytest.mark.parametrize("purpose", ["settlement", "appeal", "suggestion", "enquiry"])
def test_what_is_no_accusation_goes_to_the_organ_it_is_about(purpose):
    story = given(*CITY_UNITS, on("2020-04-10", raised(purpose=purpose, about_unit=HOUSING)))
    assert story.when(REFERRED).item().unit == HOUSING


def test_every_seat_of_the_accused_official_counts_as_long_as_he_holds_it():
    second = role_given("2020-01-06", LABOUR, head(HOUSING), "member")
    story = given(*CITY_UNITS, second, ABOUT_HEAD)
    story.when(on("2020-04-13", refer(LABOUR))).refused("accused-organ", "$.data.to_unit")
    gone = role_ended("2020-04-12", LABOUR, head(HOUSING), "member")
    assert given(*CITY_UNITS, second, ABOUT_HEAD, gone).when(on("2020-04-13", refer(LABOUR))).item().unit == LABOUR


def test_the_attempt_is_a_finding_against_the_unit_that_tried():
    story = given(*CITY_UNITS, ACCUSATION)
    story.when(on("2020-04-13", SecrecyGuarded(to=HOUSING, by_unit=BUREAU, refused="window 17")))
    found = finding(f"F12:petition:1:{HOUSING}", BUREAU, "2020-04-13", attempt=True, evidence=(len(CITY_UNITS) + 2,))
    assert story.finding(found.id) == found
    story.who_answers(found.id, (clerk(BUREAU), "direct"), (deputy(BUREAU), "leadership"), (head(BUREAU), "leadership"))


COMPLAINT = on("2020-04-10", raised(about_official="official:zhang"))


def test_an_official_does_not_handle_a_petition_about_himself():
    story = given(*CITY_UNITS, COMPLAINT, REFERRED)
    story.when(on("2020-04-14", accept(handler="official:zhang"), by=HOUSING)).refused(
        "conflicted-official", "$.data.handler"
    )
    story.when(on("2020-04-14", accept(), by=HOUSING, actor="official:zhang")).refused("conflicted-official", "$.actor")
    story.when(on("2020-04-14", accept(), by=HOUSING))
    changed = e.HandlerChanged(handler="official:zhang", reason="轮岗")
    story.when(on("2020-04-15", changed, by=HOUSING)).refused("conflicted-official", "$.data.handler")


@pytest.mark.parametrize(
    "step", [answer(), e.PetitionNotAccepted(ground="N1"), e.PetitionNoLongerAccepted(ground="N6")]
)
def test_an_official_does_not_decide_on_a_petition_about_himself(step):
    story = given(*CITY_UNITS, COMPLAINT, REFERRED)
    story.when(on("2020-04-14", step, by=HOUSING, actor="official:zhang")).refused("conflicted-official", "$.actor")


def test_a_leader_does_not_sponsor_a_petition_about_himself():
    sponsored = e.PetitionSponsored(leader="official:zhang", team=(), plan="一案一策")
    story = given(*CITY_UNITS, COMPLAINT)
    story.when(on("2020-04-14", sponsored)).refused("conflicted-official", "$.data.leader")


def test_an_accusation_does_not_reach_an_office_that_came_to_the_accused_organ_by_a_merger():
    accusation = on("2020-06-10", raised(purpose="accusation", about_unit=LABOUR))
    story = given(*CITY_UNITS, merged("2020-06-01", HOUSING, LABOUR), accusation)
    story.when(on("2020-06-11", refer(SITE))).refused("accused-organ", "$.data.to_unit")
