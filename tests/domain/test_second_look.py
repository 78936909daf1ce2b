"""What a stranger found: breaches that end unmet, a late entry, two units under one rule, a remitted opinion."""

import pytest

from projections.cases import case_row
from tests.samples import *
from tests.spec import Story, given

REGISTERED = on("2020-04-10", raised())
SENT = on("2020-04-13", refer())
TAKEN = on("2020-04-14", accept(handler="official:first"), by=HOUSING)


def live(*actions):
    """A story in which the clock never runs: nobody recorded what was missed before the next step came in."""
    story = Story(ticking=False)
    for action in (*CITY_UNITS, *actions):
        story.take(action)
    return story


def test_a_clock_that_ends_after_its_last_day_was_missed_though_no_clock_ran():
    story = live(REGISTERED, SENT, on("2020-05-20", refer(LABOUR)))
    assert story.finding("F02:petition:1:K2").unit == HOUSING
    story = live(REGISTERED, SENT, TAKEN, on("2020-10-20", e.PetitionWithdrawn()))
    assert story.finding("F04:petition:1:K5").since == date(2020, 6, 16)


def test_a_step_that_ended_a_clock_in_time_but_was_entered_late_undoes_the_breach():
    story = given(*CITY_UNITS, REGISTERED, SENT).by("2020-05-06")
    story.finds("F02:petition:1:K2")
    story.when(on("2020-04-20", refer(LABOUR), entered="2020-05-06 10:00"))
    assert "F02:petition:1:K2" not in story.standing()


def test_what_ended_in_time_and_was_entered_late_was_not_missed():
    story = given(*CITY_UNITS, REGISTERED, SENT).by("2020-05-06")
    assert story.clock("K2").missed_at
    story.when(on("2020-04-20", refer(LABOUR), entered="2020-05-06 10:00"))
    assert not story.item().deadline("K2", 2).missed_at


def test_an_answer_that_was_in_time_and_entered_late_leaves_no_lateness_on_the_item():
    story = given(*CITY_UNITS, REGISTERED, SENT, TAKEN, on("2020-04-15", notify(), by=HOUSING)).by("2020-06-20")
    assert case_row(story.item(), b"").late == 1
    story.when(on("2020-06-10", answer(), by=HOUSING, entered="2020-06-20 10:00"))
    assert (story.clock("K5").met_on, case_row(story.item(), b"").late) == (date(2020, 6, 10), 0)


def test_each_unit_that_missed_the_same_clock_has_a_finding_though_no_clock_ran():
    story = live(REGISTERED, SENT, on("2020-05-20", refer(LABOUR)), on("2020-07-01", refer(LAND)))
    assert story.item().deadline("K2", 2).missed_at
    assert [story.finding(id).unit for id in ("F02:petition:1:K2", "F02:petition:1:K2:3")] == [HOUSING, LABOUR]


def test_the_handler_of_the_day_of_the_breach_answers_though_it_shows_later():
    handed_over = on("2020-07-10", e.HandlerChanged(handler="official:second", reason="调岗"), by=HOUSING)
    story = live(REGISTERED, SENT, TAKEN, handed_over, on("2020-07-20", answer(), by=HOUSING))
    assert story.finding("F04:petition:1:K5").handler == "official:first"


def test_an_accusation_does_not_reach_what_the_accused_organ_went_into():
    accusation = on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING))
    story = given(*CITY_UNITS, accusation, merged("2020-04-11", HOUSING, LABOUR))
    story.when(on("2020-04-13", refer(LABOUR))).refused("accused-organ", "$.data.to_unit")


def test_two_units_that_let_out_one_accusation_both_answer():
    accusation = on("2020-04-10", raised(purpose="accusation", about_unit=COUNTY))
    told = [on("2020-04-13", e.SecrecyBreached(by_unit=unit, to=LABOUR)) for unit in (BUREAU, HOUSING)]
    story = given(*CITY_UNITS, accusation, *told)
    assert {found.unit for found in story.standing().values()} == {BUREAU, HOUSING}


@pytest.mark.parametrize("to", ["某局长", "official:430400-housing-head"])
def test_the_name_of_a_person_is_no_part_of_an_id(to):
    accusation = on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING))
    story = given(*CITY_UNITS, accusation).when(on("2020-04-13", e.SecrecyBreached(by_unit=BUREAU, to=to)))
    story.finds(f"F12:petition:1:{BUREAU}")


def test_after_a_revoked_opinion_the_petitioner_may_ask_for_review_again():
    first = (on("2020-05-10", answer(), by=HOUSING), on("2020-05-11", deliver(), by=HOUSING))
    asked = on("2020-05-20", e.ReviewRequested(to_unit=COUNTY))
    revoked = on("2020-06-01", e.ReviewAnswered(by_unit=COUNTY, outcome="revoked"), by=COUNTY)
    again = (on("2020-06-10", answer(), by=HOUSING), on("2020-06-11", deliver(), by=HOUSING))
    story = given(*CITY_UNITS, REGISTERED, SENT, TAKEN, *first, asked, revoked, *again)
    story.when(on("2020-06-20", e.ReviewRequested(to_unit=COUNTY)))
    assert story.item().state == "under_review"


def test_an_official_takes_no_step_on_a_petition_about_himself():
    story = given(*CITY_UNITS, on("2020-04-10", raised(about_official="official:x")), SENT, TAKEN)
    story.when(on("2020-05-01", e.PetitionClosed(), by=HOUSING, actor="official:x"))
    story.refused("conflicted-official", "$.actor")


def test_a_notice_in_time_does_not_excuse_an_extension_beyond_the_cap():
    story = given(*CITY_UNITS, REGISTERED, SENT, TAKEN, on("2020-05-01", extend(40), by=HOUSING)).by("2020-05-20")
    story.when(on("2020-05-06", notify("extension"), by=HOUSING, entered="2020-05-20 10:00"))
    assert "F05:petition:1" in story.standing()


def test_a_better_rating_takes_the_call_for_supervision_back():
    rated = (on("2020-05-12", rate(), by=BUREAU), on("2020-05-13", rate("satisfied"), by=BUREAU))
    story = given(*CITY_UNITS, REGISTERED, SENT, TAKEN, on("2020-05-10", answer(), by=HOUSING), *rated).by("2020-06-01")
    assert not [id for id in story.standing() if id.startswith(("F16", "F17"))]
