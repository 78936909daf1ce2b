"""When each clock starts, is met, moves and ends (contract section 4). The days are counted by hand from the law."""

import pytest

from domain.deadlines import Met, Moved
from domain.envelope import Decided
from tests.samples import *
from tests.spec import given


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_k1_runs_from_registration_by_a_bureau_and_rolls_to_a_make_up_sunday():
    given(*CITY_UNITS).when(REGISTERED).then(
        Decided(collective=False, set=(deadline("K1", 1, "2020-04-10", "2020-04-25", "2020-04-26", BUREAU),))
    )


def test_k1_runs_from_the_day_of_receipt_where_it_is_told():
    letter = on("2020-04-10", raised(received_at=at("2020-04-07")))
    assert given(*CITY_UNITS, letter).dates("K1") == ("2020-04-22", "2020-04-22")


def test_a_limit_that_ends_on_national_day_ends_after_the_holidays():
    assert given(*CITY_UNITS, on("2020-09-16", raised())).dates("K1") == ("2020-10-01", "2020-10-09")


@pytest.mark.parametrize(
    "step",
    [
        refer(), assign(), accept(), e.PetitionNotAccepted(ground="N1"), e.PetitionNoLongerAccepted(ground="N6"),
        e.PetitionChannelled(path="litigation"), answer(),
    ],
)  # fmt: skip
def test_k1_is_met_by_whatever_the_bureau_decides(step):
    story = given(*CITY_UNITS, REGISTERED, on("2020-04-26 23:59", step))
    assert story.clock("K1").met_on == day("2020-04-26")
    assert not any(id.startswith("F01") for id in story.standing())


def test_k2_starts_with_the_referral_and_k1_is_met():
    given(*CITY_UNITS, REGISTERED).when(REFERRED).then(
        Decided(
            met=(Met("K1", 1, day("2020-04-13")),),
            set=(deadline("K2", 2, "2020-04-13", "2020-04-28", "2020-04-28", HOUSING),),
        )
    )


def test_k2_is_not_met_by_acceptance_but_by_the_written_notice():
    story = given(*AT_HOUSING, ACCEPTED)
    assert story.clock("K2").met_on is None
    story.when(NOTIFIED).then(Decided(met=(Met("K2", 2, day("2020-04-21")),)))


def test_notice_of_receipt_meets_k2_only_under_the_rules_of_2022():
    given(*AT_HOUSING).when(on("2020-04-20", notify("receipt"), by=HOUSING)).nothing()
    given(*CITY_UNITS, on("2022-06-01", raised()), on("2022-06-06", refer())).when(
        on("2022-06-20", notify("receipt"), by=HOUSING)
    ).then(Decided(met=(Met("K2", 2, day("2022-06-20")),)))


def test_a_new_referral_ends_k2_and_starts_another():
    given(*AT_HOUSING).when(on("2020-04-15", refer(LABOUR), by=HOUSING)).then(
        Decided(
            ended=(("K2", 2),),
            set=(deadline("K2", 3, "2020-04-15", "2020-04-30", "2020-04-30", LABOUR),),
            passed_on=True,
        )
    )


def test_withdrawing_the_assignment_ends_k2():
    objected = on("2020-04-14", e.AssignmentObjected(reason="不属本单位"), by=HOUSING)
    given(*AT_HOUSING, objected).when(on("2020-04-16", e.AssignmentWithdrawn())).then(Decided(ended=(("K2", 2),)))


def test_k3_runs_from_registration_by_any_other_unit():
    given(*CITY_UNITS).when(on("2020-04-10", raised(), by=HOUSING)).then(
        Decided(collective=False, set=(deadline("K3", 1, "2020-04-10", "2020-04-25", "2020-04-26", HOUSING),))
    )


@pytest.mark.parametrize("by", [BUREAU, HOUSING])
def test_nobody_needs_to_notify_an_anonymous_petitioner(by):
    story = given(*CITY_UNITS, on("2020-04-10", raised(anonymous=True), by=by), on("2020-04-13", refer(LABOUR), by=by))
    assert {each.clock for each in story.item().deadlines} <= {"K1"}
    story.by("2020-12-31").finds()


def test_an_anonymous_item_is_handled_within_sixty_days_all_the_same():
    story = given(*CITY_UNITS, on("2020-04-10", raised(anonymous=True)), REFERRED, ACCEPTED)
    story.by("2020-06-20").finds("F04:petition:1:K5")


def test_k4_gives_five_working_days_to_object_since_2022():
    story = given(*CITY_UNITS, on("2022-06-01", raised()), on("2022-06-06", refer()))
    assert story.dates("K4") == ("2022-06-13", "2022-06-13")
    objection = e.AssignmentObjected(reason="不属本单位")
    story.when(on("2022-06-14", objection, by=HOUSING)).then(
        Decided(met=(Met("K4", 2, day("2022-06-14"), 1),), out_of_time=True)
    ).by("2022-06-20").finds()


def test_there_is_no_k4_under_the_rules_of_2005():
    given(*AT_HOUSING).when(on("2020-06-20", e.AssignmentObjected(reason="不属本单位"), by=HOUSING)).nothing()


def test_k5_runs_sixty_days_from_acceptance():
    given(*AT_HOUSING).when(ACCEPTED).then(
        Decided(
            set=(deadline("K5", 3, "2020-04-20", "2020-06-19", "2020-06-19", HOUSING),),
            first_handler=(HOUSING, "official:handler"),
        )
    )


@pytest.mark.parametrize("purpose", ["suggestion", "accusation", "appeal", "settlement", "enquiry"])
def test_since_2022_only_appeals_and_settlements_have_sixty_days(purpose):
    before = given(*CITY_UNITS, on("2022-04-25", raised(purpose=purpose)), on("2022-04-29", accept(), by=HOUSING))
    since = given(*CITY_UNITS, on("2022-04-25", raised(purpose=purpose)), on("2022-05-01", accept(), by=HOUSING))
    assert any(each.clock == "K5" for each in before.item().deadlines)
    assert any(each.clock == "K5" for each in since.item().deadlines) == (purpose in ("appeal", "settlement"))


def test_an_extension_moves_k5_and_owes_a_notice_in_five_working_days():
    given(*IN_HANDLING).when(on("2020-06-10", extend(30), by=HOUSING)).then(
        Decided(
            moved=(Moved("K5", 3, day("2020-07-19"), day("2020-07-20"), extended=30),),
            set=(deadline("K5x", 5, "2020-06-10", "2020-06-17", "2020-06-17", HOUSING),),
        )
    )


def test_thirty_days_of_extension_count_in_all():
    story = given(*IN_HANDLING, on("2020-06-10", extend(20), by=HOUSING), on("2020-06-11", extend(10), by=HOUSING))
    assert story.dates("K5") == ("2020-07-19", "2020-07-20")
    story = given(*IN_HANDLING, on("2020-06-10", extend(20), by=HOUSING), on("2020-06-11", extend(20), by=HOUSING))
    assert story.dates("K5") == ("2020-07-19", "2020-07-20")


def test_what_is_over_cannot_be_extended():
    story = given(*IN_HANDLING).when(on("2020-06-20", extend(30), by=HOUSING))
    assert story.ruling.decided.out_of_time
    assert story.dates("K5") == ("2020-06-19", "2020-06-19")


def test_a_hearing_while_handling_stops_no_clock():
    hearing = [e.HearingOpened(stage="handling"), e.HearingClosed(stage="handling")]
    story = given(*IN_HANDLING, on("2020-05-11", hearing[0], by=HOUSING), on("2020-05-15", hearing[1], by=HOUSING))
    assert story.dates("K5") == ("2020-06-19", "2020-06-19")


def test_k6_and_k8_are_windows_of_the_petitioner_and_never_a_finding():
    story = given(*WITH_ANSWER, on("2020-05-22", deliver(), by=HOUSING))
    assert story.dates("K6") == ("2020-06-21", "2020-06-22")
    assert story.clock("K6").owed_by == "petitioner"
    story.by("2020-12-31").finds()


UNDER_REVIEW = [
    *WITH_ANSWER,
    on("2020-05-22", deliver(), by=HOUSING),
    on("2020-06-10", e.ReviewRequested(to_unit=COUNTY)),
]
UNDER_REREVIEW = [
    *UNDER_REVIEW,
    on("2020-07-01", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY),
    on("2020-07-02", deliver("review"), by=COUNTY),
    on("2020-07-20", e.RereviewRequested(to_unit=CITY)),
]


def test_k7_runs_thirty_days_from_the_request_for_review():
    story = given(*UNDER_REVIEW)
    assert story.dates("K7") == ("2020-07-10", "2020-07-10")
    assert (story.clock("K7").owed_by, story.clock("K6").met_on) == (COUNTY, day("2020-06-10"))


def test_a_hearing_at_review_stops_no_clock():
    hearing = [e.HearingOpened(stage="review"), e.HearingClosed(stage="review")]
    story = given(*UNDER_REVIEW, on("2020-06-15", hearing[0], by=COUNTY), on("2020-06-19", hearing[1], by=COUNTY))
    assert story.dates("K7") == ("2020-07-10", "2020-07-10")


def test_k9_does_not_count_the_days_of_a_hearing_at_rereview_both_included():
    story = given(*UNDER_REREVIEW)
    assert story.dates("K9") == ("2020-08-19", "2020-08-19")
    story.when(on("2020-08-10", e.HearingOpened(stage="rereview"), by=CITY)).by("2020-09-30").finds()
    story = given(*UNDER_REREVIEW, on("2020-08-10", e.HearingOpened(stage="rereview"), by=CITY))
    story.when(on("2020-08-14", e.HearingClosed(stage="rereview"), by=CITY))
    assert story.dates("K9") == ("2020-08-24", "2020-08-24")


def test_two_hearings_are_both_left_out():
    spans = [("2020-08-03", e.HearingOpened), ("2020-08-04", e.HearingClosed)]
    spans += [("2020-08-10", e.HearingOpened), ("2020-08-10", e.HearingClosed)]
    story = given(*UNDER_REREVIEW, *(on(when, fact(stage="rereview"), by=CITY) for when, fact in spans))
    assert story.dates("K9")[0] == "2020-08-22"


def test_a_hearing_opened_after_the_limit_does_not_mend_it():
    story = given(*UNDER_REREVIEW, on("2020-08-24", e.HearingOpened(stage="rereview"), by=CITY))
    story.when(on("2020-08-28", e.HearingClosed(stage="rereview"), by=CITY)).finds("F07:petition:1:K9")


def test_a_rereview_answered_during_its_hearing_is_not_late_for_the_days_of_the_hearing():
    story = given(*UNDER_REREVIEW, on("2020-08-17", e.HearingOpened(stage="rereview"), by=CITY))
    story.when(on("2020-08-25", e.RereviewAnswered(by_unit=CITY, outcome="upheld"), by=CITY)).finds()
    assert story.clock("K9").met_on == day("2020-08-25")


def test_k10_gives_thirty_days_to_report_and_a_given_day_does_not_roll():
    assert given(*IN_HANDLING, on("2020-06-01", supervise())).dates("K10") == ("2020-07-01", "2020-07-01")
    story = given(*IN_HANDLING, on("2020-06-01", supervise(report_by="2020-06-13")))
    assert story.dates("K10") == ("2020-06-13", "2020-06-13")
    assert story.clock("K10").owed_by == HOUSING


def test_k11_counts_three_working_days_from_the_referral_to_the_unit():
    story = given(*CITY_UNITS, REGISTERED, on("2020-04-24", refer()), on("2020-04-28", accept("simple"), by=HOUSING))
    assert story.dates("K11") == ("2020-04-28", "2020-04-28")
    story.finds()


def test_k12_counts_ten_working_days_over_national_day_and_its_make_up_days():
    received = on("2020-09-25", raised(), by=HOUSING)
    story = given(*CITY_UNITS, received, on("2020-09-25", accept("simple"), by=HOUSING))
    assert story.dates("K12") == ("2020-10-15", "2020-10-15")
    assert not any(each.clock == "K5" for each in story.item().deadlines)


@pytest.mark.parametrize("end", [answer(), CLOSED])
def test_k13_is_the_given_day_and_is_met_by_answer_or_closing(end):
    assigned = on("2020-04-13", assign(report_by="2020-06-13"))
    story = given(*CITY_UNITS, REGISTERED, assigned, ACCEPTED, NOTIFIED)
    assert story.dates("K13") == ("2020-06-13", "2020-06-13")
    story.when(on("2020-06-13", end, by=HOUSING))
    assert story.clock("K13").met_on == day("2020-06-13")


def test_an_answer_at_once_is_acceptance_and_notice_at_that_moment():
    given(*AT_HOUSING).when(on("2020-04-14", answer(), by=HOUSING, actor="official:li")).then(
        Decided(met=(Met("K2", 2, day("2020-04-14")),), first_handler=(HOUSING, "official:li"))
    ).by("2020-12-31").finds()


def test_withdrawing_the_petition_ends_every_clock():
    given(*IN_HANDLING, on("2020-05-06", e.PetitionWithdrawn())).by("2021-12-31").finds()


def test_passing_an_item_on_leaves_the_report_owed_to_the_unit_above():
    """K13 is met by answer or closing, not by handing the item down once more."""
    chain = [
        on("2020-04-10", raised(), by=CITY_BUREAU),
        on("2020-04-13", assign(BUREAU, "2020-06-30"), by=CITY_BUREAU),
        on("2020-04-14", refer(HOUSING), by=BUREAU),
        on("2020-04-15", refer(LABOUR), by=HOUSING),
    ]
    story = given(*CITY_UNITS, *chain)
    assert (story.clock("K13").owed_by, story.clock("K13").open) == (BUREAU, True)


def test_taking_an_assignment_back_leaves_the_report_owed_to_the_unit_above():
    chain = [
        on("2020-04-10", raised(), by=CITY_BUREAU),
        on("2020-04-13", assign(BUREAU, "2020-06-30"), by=CITY_BUREAU),
        on("2020-04-14", assign(HOUSING, "2020-06-15"), by=BUREAU),
        on("2020-04-15", e.AssignmentObjected(reason="不属本单位"), by=HOUSING),
        on("2020-04-16", e.AssignmentWithdrawn(), by=BUREAU),
    ]
    owed = {each.owed_by: each.open for each in given(*CITY_UNITS, *chain).item().deadlines if each.clock == "K13"}
    assert owed == {BUREAU: True, HOUSING: False}


def test_an_extension_entered_late_undoes_the_breach_that_was_none():
    """The limit moved in time; only the entry came after the clock had recorded a miss."""
    story = given(*IN_HANDLING).by("2020-06-25")
    story.finds("F04:petition:1:K5")
    story.when(on("2020-06-10", extend(30), by=HOUSING, entered="2020-06-26 09:00")).by("2020-06-26")
    story.finds("F13:petition:1", "F05:petition:1")
    assert story.by("2020-07-20").standing().keys() == {"F13:petition:1", "F05:petition:1"}
    assert story.by("2020-07-21").finding("F04:petition:1:K5").since == day("2020-07-21")


def test_a_hearing_entered_late_undoes_the_breach_that_was_none():
    story = given(*UNDER_REREVIEW).by("2020-08-20")
    story.finds("F07:petition:1:K9")
    story.when(on("2020-08-10", e.HearingOpened(stage="rereview"), by=CITY, entered="2020-08-21 09:00"))
    story.when(on("2020-08-14", e.HearingClosed(stage="rereview"), by=CITY, entered="2020-08-21 09:05"))
    story.finds("F13:petition:1")
    assert story.by("2020-08-25").finding("F07:petition:1:K9").since == day("2020-08-25")


def test_who_goes_to_court_with_the_answer_leaves_the_petition_channel_and_its_windows():
    story = given(*WITH_ANSWER, on("2020-05-22", deliver(), by=HOUSING))
    assert story.clock("K6").open
    story.when(on("2020-06-01", e.PetitionChannelled(path="litigation"), by=HOUSING)).by("2020-09-01").finds()
    assert story.item().state == "channelled"
    assert not story.clock("K6").open
