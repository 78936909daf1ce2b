"""An accusation never reaches the accused; nobody acts on a petition about himself (R2005 23, 30; R2022 28, 30)."""

import pytest
from msgspec.structs import replace

from domain.conference.events import ItemAgreed
from domain.gathering.events import GatheringArrived, GatheringSummoned
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


def sponsored(leader: str) -> e.PetitionSponsored:
    return e.PetitionSponsored(leader=leader, team=(), plan="一案一策")


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
    story = given(*CITY_UNITS, COMPLAINT)
    story.when(on("2020-04-14", sponsored("official:zhang"))).refused("conflicted-official", "$.data.leader")


AT_LABOUR = on("2020-04-13", refer(LABOUR))
REPEATING = [
    on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING), no="9"), on("2020-04-10", raised()),
    on("2020-04-11", repeats("9")),
]  # fmt: skip


@pytest.mark.parametrize("registered", [[ACCUSATION], [ABOUT_HEAD], REPEATING], ids=["unit", "official", "repeat"])
@pytest.mark.parametrize("official", [clerk(HOUSING), head(SITE)])
def test_who_serves_in_the_accused_organ_or_below_neither_handles_nor_sponsors_it(registered, official):
    story = given(*CITY_UNITS, *registered, AT_LABOUR)
    story.when(on("2020-04-14", accept(handler=official), by=LABOUR)).refused("conflicted-official", "$.data.handler")
    story.when(on("2020-04-14", sponsored(official), by=COUNTY)).refused("conflicted-official", "$.data.leader")
    changed = on("2020-04-15", e.HandlerChanged(handler=official, reason="轮岗"), by=LABOUR)
    story.and_then(on("2020-04-14", accept(handler=clerk(LABOUR)), by=LABOUR))
    story.when(changed).refused("conflicted-official", "$.data.handler")
    story.finds()


def test_another_seat_elsewhere_makes_him_no_stranger_to_the_accused_organ():
    lent = role_given("2020-04-01", LABOUR, clerk(HOUSING), "member")
    story = given(*CITY_UNITS, lent, ACCUSATION, AT_LABOUR)
    accepted = on("2020-04-14", accept(handler=clerk(HOUSING)), by=LABOUR)
    story.when(accepted).refused("conflicted-official", "$.data.handler")


def test_who_has_left_the_accused_organ_by_the_day_may_handle_it():
    left = role_ended("2020-04-14", HOUSING, clerk(HOUSING), "petition_clerk")
    story = given(*CITY_UNITS, ACCUSATION, AT_LABOUR, left)
    story.and_then(on("2020-04-14", accept(handler=clerk(HOUSING)), by=LABOUR))
    assert story.item().handler == clerk(HOUSING)


@pytest.mark.parametrize("leader", [head(COUNTY), deputy(CITY), head(LAND), "official:nowhere"])
def test_leaders_above_the_accused_organ_and_of_others_may_sponsor_it(leader):
    story = given(*CITY_UNITS, ACCUSATION, AT_LABOUR, on("2020-04-14", sponsored(leader), by=COUNTY))
    assert story.item().sponsor == leader


def test_the_accused_does_not_handle_what_repeats_the_accusation_though_no_role_of_his_is_known():
    accused = on("2020-04-10", raised(purpose="accusation", about_official="official:zhang"), no="9")
    story = given(*CITY_UNITS, accused, *REPEATING[1:], AT_LABOUR)
    accepted = on("2020-04-14", accept(handler="official:zhang"), by=LABOUR)
    story.when(accepted).refused("conflicted-official", "$.data.handler")


def test_an_official_of_what_the_accused_organ_went_into_does_not_handle_it():
    story = given(*CITY_UNITS, ACCUSATION, merged("2020-04-11", HOUSING, LABOUR), on("2020-04-13", refer(LAND)))
    accepted = on("2020-04-14", accept(handler=clerk(LABOUR)), by=LAND)
    story.when(accepted).refused("conflicted-official", "$.data.handler")


@pytest.mark.parametrize("registered", [[ACCUSATION], [ABOUT_HEAD], REPEATING], ids=["unit", "official", "repeat"])
@pytest.mark.parametrize("accused", [HOUSING, SITE])
def test_a_conference_lays_it_on_others_than_the_accused(registered, accused):
    meeting = {"by": COUNTY, "of": f"conference:{COUNTY[5:]}"}
    story = given(*CITY_UNITS, *registered)
    story.when(on("2020-04-14", ItemAgreed(item="核查", owner_unit=accused, petition="1"), **meeting))
    story.refused("accused-organ", "$.data.owner_unit")
    story.and_then(on("2020-04-14", ItemAgreed(item="核查", owner_unit=COUNTY, petition="1"), **meeting))
    story.and_then(on("2020-04-14", ItemAgreed(item="清欠", owner_unit=accused), **meeting))


@pytest.mark.parametrize("registered", [[ACCUSATION], [ABOUT_HEAD], REPEATING], ids=["unit", "official", "repeat"])
@pytest.mark.parametrize("accused", [HOUSING, SITE])
def test_who_came_about_it_are_not_received_together_with_the_accused(registered, accused):
    came = {"of": "gathering:1"}
    arrived = GatheringArrived(persons=6, place="区政府", units=(LAND, accused), petition="1")
    story = given(*CITY_UNITS, *registered)
    story.when(on("2020-04-14", arrived, **came)).refused("accused-organ", "$.data.units[1]")
    story.and_then(on("2020-04-14", replace(arrived, units=(LAND,)), **came))
    story.when(on("2020-04-14", GatheringSummoned(units=(accused, LAND)), **came))
    story.refused("accused-organ", "$.data.units[0]")
    story.and_then(on("2020-04-14", GatheringSummoned(units=(LAND,)), **came))


def test_an_accusation_does_not_reach_an_office_that_came_to_the_accused_organ_by_a_merger():
    accusation = on("2020-06-10", raised(purpose="accusation", about_unit=LABOUR))
    story = given(*CITY_UNITS, merged("2020-06-01", HOUSING, LABOUR), accusation)
    story.when(on("2020-06-11", refer(SITE))).refused("accused-organ", "$.data.to_unit")
