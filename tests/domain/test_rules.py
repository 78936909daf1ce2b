"""What trips each rule F01–F24, what just does not, and which unit it names (contract section 5)."""

import pytest

from tests.samples import *
from tests.spec import given

WORKDAYS_AFTER = "2020-12-31"


def day(text: str) -> date:
    return date.fromisoformat(text)


# F01–F04: notice and handling


def test_f01_the_bureau_forwards_late():
    story = given(*CITY_UNITS, REGISTERED)
    story.by("2020-04-26").finds()
    story.by("2020-04-27").finds("F01:petition:1:K1")
    story.when(on("2020-04-28", refer()))
    assert story.finding("F01:petition:1:K1") == finding(
        "F01:petition:1:K1", BUREAU, "2020-04-27", late_by=2,
        evidence=(len(CITY_UNITS) + 1, *(len(CITY_UNITS) + n for n in (2, 3))),
    )  # fmt: skip


def test_f02_the_unit_notifies_late():
    story = given(*AT_HOUSING)
    story.by("2020-04-28").finds()
    story.by("2020-04-29").finds("F02:petition:1:K2")
    assert story.finding("F02:petition:1:K2").unit == HOUSING


def test_f02_of_k3_where_another_unit_registered():
    story = given(*CITY_UNITS, on("2020-04-10", raised(channel="leader_mailbox"), by=HOUSING))
    story.by("2020-04-26").finds()
    story.by("2020-04-27").finds("F02:petition:1:K3")


def test_f03_accepted_as_simple_after_three_working_days():
    late = on("2020-04-29", accept("simple"), by=HOUSING)
    story = given(*CITY_UNITS, REGISTERED, on("2020-04-24", refer()), late).finds("F03:petition:1:K11")
    assert (story.finding("F03:petition:1:K11").unit, story.finding("F03:petition:1:K11").late_by) == (HOUSING, 1)


def test_f04_answered_on_the_sixty_first_day():
    given(*IN_HANDLING, on("2020-06-19 23:59", answer(), by=HOUSING)).finds()
    story = given(*IN_HANDLING, on("2020-06-20", answer(), by=HOUSING)).finds("F04:petition:1:K5")
    assert story.finding("F04:petition:1:K5").late_by == 1


def test_f04_of_k12_and_the_supervision_that_it_calls_for():
    simple = on("2020-04-15", accept("simple"), by=HOUSING)
    story = given(*AT_HOUSING, simple, on("2020-04-15", notify(), by=HOUSING))
    story.by("2020-04-28").finds()  # ten working days, 04-26 worked
    story.by("2020-04-29").finds("F04:petition:1:K12")
    story.by("2020-05-11").finds("F04:petition:1:K12", "F17:petition:1:S1")


def test_f04_stays_with_the_unit_that_accepted_after_a_late_acceptance():
    """Late acceptance does not shorten K5: it runs from acceptance (domain.md 1.1, trap 2)."""
    story = given(*AT_HOUSING, on("2020-05-20", accept(), by=HOUSING), on("2020-05-20", notify(), by=HOUSING))
    assert story.dates("K5") == ("2020-07-19", "2020-07-20")
    story.finds("F02:petition:1:K2")


# F05, extensions of the limit


def test_f05_more_than_thirty_days_in_all():
    extensions = [on("2020-06-01", extend(20), by=HOUSING), on("2020-06-02", notify("extension"), by=HOUSING)]
    story = given(*IN_HANDLING, *extensions).by("2020-06-18").finds()
    story.when(on("2020-06-18", extend(11), by=HOUSING)).finds("F05:petition:1")
    assert story.finding("F05:petition:1").unit == HOUSING
    given(*IN_HANDLING).when(on("2020-06-01", extend(31), by=HOUSING)).finds("F05:petition:1")


def test_f05_no_notice_of_the_extension_within_five_working_days():
    story = given(*IN_HANDLING, on("2020-06-10", extend(10), by=HOUSING))
    story.by("2020-06-17").finds()
    story.by("2020-06-18").finds("F05:petition:1")


def test_f05_does_not_trip_where_the_petitioner_was_told_in_time():
    story = given(*IN_HANDLING, on("2020-06-10", extend(30), by=HOUSING))
    story.when(on("2020-06-17", notify("extension"), by=HOUSING)).by("2020-06-30").finds()


# F06–F09: review, report, feedback

DELIVERED = on("2020-05-22", deliver(), by=HOUSING)
REVIEW = on("2020-06-10", e.ReviewRequested(to_unit=COUNTY))
REVIEWED = on("2020-07-01", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY)
REREVIEW = on("2020-07-20", e.RereviewRequested(to_unit=CITY))


def test_f06_the_review_is_late():
    story = given(*WITH_ANSWER, DELIVERED, REVIEW)
    story.by("2020-07-10").finds()
    story.by("2020-07-11").finds("F06:petition:1:K7")
    assert story.finding("F06:petition:1:K7").unit == COUNTY


def test_f07_the_rereview_is_late():
    story = given(*WITH_ANSWER, DELIVERED, REVIEW, REVIEWED, REREVIEW)
    story.by("2020-08-19").finds()
    story.by("2020-08-20").finds("F07:petition:1:K9")
    assert story.finding("F07:petition:1:K9").unit == CITY


def test_f08_no_report_by_the_given_day_which_does_not_roll():
    assigned = on("2020-04-13", assign(report_by="2020-06-13"))
    story = given(*CITY_UNITS, REGISTERED, assigned, on("2020-04-20", accept(), by=HOUSING), NOTIFIED)
    story.by("2020-06-13").finds()
    story.by("2020-06-14").finds("F08:petition:1:K13")
    story.by("2020-06-19").finds("F08:petition:1:K13")
    story.by("2020-06-20").finds("F04:petition:1:K5", "F08:petition:1:K13", "F17:petition:1:S2")


@pytest.mark.parametrize(
    ("report_by", "last", "late"), [(None, "2020-07-01", "2020-07-02"), ("2020-06-13", "2020-06-13", "2020-06-14")]
)
def test_f09_no_feedback_on_the_supervision(report_by, last, late):
    story = given(*WITH_ANSWER, on("2020-06-01", supervise(report_by=report_by)))
    story.by(last).finds()
    story.by(late).finds("F09:petition:1:K10")
    assert story.finding("F09:petition:1:K10").unit == HOUSING


def test_f09_does_not_trip_where_the_unit_reported_on_the_last_day():
    story = given(
        *WITH_ANSWER, on("2020-06-01", supervise()), on("2020-07-01 20:00", e.SupervisionAnswered(), by=HOUSING)
    )
    story.by("2020-08-01").finds()


# F10–F13: procedure, refusal, secrecy, entry

SIMPLE = on("2020-04-14", accept("simple"), by=HOUSING)


@pytest.mark.parametrize(
    "kind",
    [
        {"channel": "handed_down", "handed_down_by": PROVINCE}, {"joint_letter": True},
        {"channel": "visit", "persons": 5},
    ],
)  # fmt: skip
def test_f10_the_simple_procedure_is_not_for_handed_down_joint_or_collective_items(kind):
    story = given(*CITY_UNITS, on("2020-04-10", raised(**kind)), REFERRED).when(SIMPLE)
    story.finds("F10:petition:1")
    assert story.finding("F10:petition:1").unit == HOUSING


def test_f10_four_visitors_are_no_collective():
    given(*CITY_UNITS, on("2020-04-10", raised(channel="visit", persons=4)), REFERRED).when(SIMPLE).finds()


def test_f10_five_signatures_under_a_letter_are_no_collective_visit():
    given(*CITY_UNITS, on("2020-04-10", raised(persons=5)), REFERRED).when(SIMPLE).finds()


def test_f10_assigned_from_above_but_not_by_the_bureau_of_the_same_level():
    given(*CITY_UNITS, REGISTERED, on("2020-04-13", assign())).when(SIMPLE).finds()
    from_city = [on("2020-04-10", raised(), by=CITY_BUREAU), on("2020-04-13", assign(), by=CITY_BUREAU)]
    given(*CITY_UNITS, *from_city).when(SIMPLE).finds("F10:petition:1")


def test_f10_answered_not_supported():
    given(*AT_HOUSING, SIMPLE).when(on("2020-04-15", answer("not_supported"), by=HOUSING)).finds("F10:petition:1")
    given(*AT_HOUSING, SIMPLE).when(on("2020-04-15", answer("partly"), by=HOUSING)).finds()


AGAIN = on("2020-05-06", raised(), no="2")


def test_f10_a_repeat_and_it_goes_when_the_judgement_is_revised():
    simple = [on("2020-05-07", refer(), no="2"), on("2020-05-08", accept("simple"), by=HOUSING, no="2")]
    notice = on("2020-05-08", notify(), by=HOUSING, no="2")
    story = given(*IN_HANDLING, AGAIN, *simple, notice).when(on("2020-05-09", repeats("1"), no="2"))
    story.finds("F10:petition:2")
    story.when(on("2020-05-10", repeats(None), no="2")).finds()


def test_f10_stays_after_the_revision_where_another_reason_holds():
    joint = on("2020-05-06", raised(joint_letter=True), no="2")
    simple = [on("2020-05-07", refer(), no="2"), on("2020-05-08", accept("simple"), by=HOUSING, no="2")]
    story = given(*IN_HANDLING, joint, *simple, on("2020-05-09", repeats("1"), no="2"))
    story.when(on("2020-05-10", repeats(None), no="2")).finds("F10:petition:2")


def test_f11_refused_without_a_ground_that_fits():
    for ground in ("N3", "N4", "N5", "N6", "N7", "N8"):
        story = given(*AT_HOUSING).when(on("2020-04-14", e.PetitionNotAccepted(ground=ground), by=HOUSING))
        story.finds("F11:petition:1")
        assert story.finding("F11:petition:1").unit == HOUSING


@pytest.mark.parametrize("ground", ["N1", "N2"])
def test_f11_courts_and_arbitration_are_taken_on_the_units_word(ground):
    given(*AT_HOUSING).when(on("2020-04-14", e.PetitionNotAccepted(ground=ground), by=HOUSING)).finds()


def test_f11_n3_fits_a_visit_above_its_level():
    visit = on("2020-04-10", raised(channel="visit", about_unit=TOWN), by=CITY_BUREAU)
    refused = on("2020-04-11", e.PetitionNotAccepted(ground="N3"), by=CITY_BUREAU)
    given(*CITY_UNITS, visit).when(refused).finds()
    letter = on("2020-04-10", raised(about_unit=TOWN), by=CITY_BUREAU)
    given(*CITY_UNITS, letter).when(refused).finds("F11:petition:1")


def test_f11_n4_fits_while_the_matter_is_in_handling_elsewhere():
    refused = on("2020-05-07", e.PetitionNotAccepted(ground="N4"), by=BUREAU, no="2")
    given(*IN_HANDLING, AGAIN, on("2020-05-06", repeats("1"), no="2")).when(refused).finds()
    given(*IN_HANDLING, AGAIN).when(refused).finds("F11:petition:2")


def test_f11_n6_fits_after_the_window_for_review_has_passed():
    again = [on("2020-06-23", raised(), no="2"), on("2020-06-23", repeats("1"), no="2")]
    refused = on("2020-06-24", e.PetitionNoLongerAccepted(ground="N6"), no="2")
    given(*WITH_ANSWER, DELIVERED, *again).when(refused).finds()
    early = [on("2020-06-21", raised(), no="2"), on("2020-06-21", repeats("1"), no="2")]
    refused = on("2020-06-22", e.PetitionNoLongerAccepted(ground="N6"), no="2")
    given(*WITH_ANSWER, DELIVERED, *early).when(refused).finds("F11:petition:2")


def test_f11_n7_and_n8_fit_after_determination_and_after_rereview():
    rereviewed = on("2020-08-01", e.RereviewAnswered(by_unit=CITY, outcome="upheld"), by=CITY)
    determined = on("2020-08-10", e.PetitionDetermined(ground="复核终结"), by=CITY_BUREAU)
    through = [*WITH_ANSWER, DELIVERED, REVIEW, REVIEWED, REREVIEW, rereviewed, determined]
    again = [on("2020-08-06", raised(), no="2", entered="2020-08-11"), on("2020-08-11", repeats("1"), no="2")]
    for ground in ("N7", "N8"):
        refused = on("2020-08-12", e.PetitionNoLongerAccepted(ground=ground), no="2")
        assert "F11:petition:2" not in given(*through, *again, refused).standing()


def test_f12_an_accusation_was_let_known():
    story = given(*CITY_UNITS, on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING)))
    story.when(on("2020-04-15", e.SecrecyBreached(by_unit=LABOUR, to=HOUSING)))
    story.finds(f"F12:petition:1:{HOUSING}")
    assert (story.finding(f"F12:petition:1:{HOUSING}").unit, story.finding(f"F12:petition:1:{HOUSING}").attempt) == (
        LABOUR,
        False,
    )


def test_f13_entered_more_than_a_day_after():
    for entered, found in (("2020-04-15 09:00", ()), ("2020-04-15 09:01", ("F13:petition:1",))):
        given(*AT_HOUSING).when(
            on("2020-04-14 09:00", e.PetitionWorked(what="接谈"), by=HOUSING, entered=entered)
        ).finds(*found)


def test_f13_names_the_unit_of_the_actor_from_the_day_on_which_the_limit_ended():
    story = given(*AT_HOUSING).when(on("2020-04-14", e.PetitionWorked(what="接谈"), by=LABOUR, entered="2020-04-20"))
    assert story.finding("F13:petition:1").unit == LABOUR
    assert story.finding("F13:petition:1").since == day("2020-04-15")


# F14: passed around


def test_f14_the_third_referral_names_each_unit_that_passed_the_item_on():
    on_and_on = [on("2020-04-15", refer(LABOUR), by=HOUSING), on("2020-04-17", refer(LAND), by=LABOUR)]
    given(*AT_HOUSING, on_and_on[0]).finds()
    story = given(*AT_HOUSING, *on_and_on).finds(f"F14:petition:1:{HOUSING}", f"F14:petition:1:{LABOUR}")
    story.when(on("2020-04-20", refer(TOWN), by=LAND))
    story.finds(*(f"F14:petition:1:{unit}" for unit in (HOUSING, LABOUR, LAND)))


def test_f14_an_objection_that_was_turned_down_counts_and_an_upheld_one_does_not():
    def objected(by, when):
        return on(when, e.AssignmentObjected(reason="不属本单位"), by=by)

    right = [
        objected(HOUSING, "2020-04-14"),
        on("2020-04-15", e.AssignmentWithdrawn()),
        on("2020-04-15", refer(LABOUR)),
    ]
    right += [objected(LABOUR, "2020-04-16"), on("2020-04-17", e.AssignmentWithdrawn()), on("2020-04-17", refer(LAND))]
    story = given(*AT_HOUSING, *right).finds()
    story.when(objected(LAND, "2020-04-20"))
    story.when(on("2020-04-21", e.AssignmentUpheld())).finds(f"F14:petition:1:{LAND}")


# F15, F16, F23, F24: what the first handler answers for

REPEAT = on("2020-06-02", raised(), no="2")


def test_f15_and_f23_a_repeat_of_what_was_closed():
    story = given(*WITH_END, REPEAT).when(on("2020-06-03", repeats("1"), no="2"))
    story.finds("F15:petition:2", "F23:petition:1")
    fifteen, turned = story.finding("F15:petition:2"), story.finding("F23:petition:1")
    assert (fifteen.unit, fifteen.handler, fifteen.subject) == (HOUSING, "official:handler", "petition:2")
    assert (turned.unit, turned.handler, turned.subject) == (HOUSING, "official:handler", "petition:1")


def test_f15_does_not_trip_for_an_item_received_before_the_closing():
    early = on("2020-05-29", raised(), no="2")
    given(*WITH_ANSWER, early, CLOSED_IN_JUNE, on("2020-06-03", repeats("1"), no="2")).finds()
    posted = on("2020-06-02", raised(received_at=at("2020-05-30")), no="2")
    assert "F15:petition:2" not in given(*WITH_END, posted, on("2020-06-03", repeats("1"), no="2")).standing()


def test_f15_is_taken_back_with_the_judgement_and_its_supervision_is_not_due():
    judged = [on("2020-06-03", repeats("1"), no="2"), on("2020-06-04", repeats(None), no="2")]
    story = given(*WITH_END, REPEAT, on("2020-06-05", refer(), no="2"), *judged[:1])
    story.by("2020-06-10").finds("F15:petition:2", "F23:petition:1")
    story.by("2020-06-11").finds("F15:petition:2", "F17:petition:2:S8", "F23:petition:1")
    story.when(on("2020-06-12", repeats(None), no="2")).finds()
    assert (story.item("2").first, story.item("2").repeat_number) == (None, 0)


def test_f15_stands_when_the_same_judgement_is_made_again():
    judged = on("2020-06-03", repeats("1"), no="2")
    story = given(*WITH_END, REPEAT, judged).when(on("2020-06-04", repeats("1"), no="2"))
    story.finds("F15:petition:2", "F23:petition:1")


def test_f15_moves_to_the_first_handler_of_the_matter_judged_instead():
    other = [on("2020-04-10", raised(), no="3"), on("2020-04-13", refer(LABOUR), no="3")]
    other += [on("2020-04-14", answer(), by=LABOUR, no="3"), on("2020-04-15", CLOSED, by=LABOUR, no="3")]
    story = given(*WITH_END, *other, REPEAT, on("2020-06-03", repeats("1"), no="2"))
    story.when(on("2020-06-04", repeats("3"), no="2")).finds("F15:petition:2", "F23:petition:3")
    assert story.finding("F15:petition:2").unit == LABOUR


def test_f23_the_first_repeat_while_the_item_is_open_past_k5():
    given(*IN_HANDLING, on("2020-06-19", raised(), no="2"), on("2020-06-19", repeats("1"), no="2")).finds()
    story = given(*IN_HANDLING, on("2020-06-20", raised(), no="2"), on("2020-06-20", repeats("1"), no="2"))
    story.finds("F04:petition:1:K5", "F23:petition:1")


def test_f23_only_the_first_repeat_counts():
    first = [
        on("2020-05-06", raised(), no="2"),
        on("2020-05-06", refer(), no="2"),
        on("2020-05-06", repeats("1"), no="2"),
    ]
    first += [on("2020-05-07", notify(), by=HOUSING, no="2")]
    story = given(*IN_HANDLING, *first).when(on("2020-06-02", CLOSED, by=HOUSING))
    third = [on("2020-06-03", raised(), no="3"), on("2020-06-03", repeats("1"), no="3")]
    for action in third:
        story.when(action)
    story.finds("F15:petition:3")
    assert story.item("3").repeat_number == 2


def test_f23_a_limit_that_ended_with_another_procedure_is_not_overdue():
    channelled = on("2020-05-06", e.PetitionChannelled(path="litigation"), by=HOUSING)
    again = [on("2020-07-01", raised(), no="2"), on("2020-07-01", repeats("1"), no="2")]
    given(*IN_HANDLING, channelled, *again).finds()


def test_f16_rated_dissatisfied_until_rated_better():
    story = given(*WITH_ANSWER).when(on("2020-05-25", rate("basically"), by=BUREAU)).finds()
    story.when(on("2020-05-26", rate("dissatisfied"), by=BUREAU)).finds("F16:petition:1")
    assert (story.finding("F16:petition:1").unit, story.finding("F16:petition:1").handler) == (
        HOUSING,
        "official:handler",
    )
    story.when(on("2020-05-27", rate("satisfied"), by=BUREAU)).finds()


def test_f24_a_return_visit_after_closing_finds_it_unsolved():
    given(*WITH_ANSWER).when(on("2020-06-01", e.ReturnVisited(solved="no"))).finds()
    given(*WITH_END).when(on("2020-06-10", e.ReturnVisited(solved="partly"))).finds()
    story = given(*WITH_END).when(on("2020-06-10", e.ReturnVisited(solved="no"))).finds("F24:petition:1")
    assert story.finding("F24:petition:1").unit == HOUSING


# F17, supervision that was due


def test_f17_dissatisfied_and_nobody_supervises_within_five_working_days():
    story = given(*WITH_ANSWER).when(on("2020-06-22", rate(), by=BUREAU))
    story.by("2020-06-30").finds("F16:petition:1")  # 06-25 to 06-27 off, 06-28 worked
    story.by("2020-07-01").finds("F16:petition:1", "F17:petition:1:S7")
    assert story.finding("F17:petition:1:S7").unit == BUREAU


def test_f17_any_supervision_in_time_meets_it():
    story = given(*WITH_ANSWER, on("2020-06-22", rate(), by=BUREAU), on("2020-06-30", supervise("S7")))
    story.when(on("2020-07-02", e.SupervisionAnswered(), by=HOUSING)).by("2020-08-01").finds("F16:petition:1")


@pytest.mark.parametrize(
    ("kind", "ground"),
    [
        ({"channel": "handed_down", "handed_down_by": PROVINCE}, "S9"),
        ({"channel": "handed_down", "handed_down_by": NATION}, "S9"),
        ({"channel": "reception"}, "S10"),
    ],
)
def test_f17_of_items_from_above_and_from_a_leaders_reception(kind, ground):
    story = given(*CITY_UNITS, on("2020-04-10", raised(**kind)), on("2020-04-10", answer(), by=BUREAU))
    story.by("2020-04-17").finds()
    story.by("2020-04-18").finds(f"F17:petition:1:{ground}")


def test_f17_not_for_an_item_handed_down_by_the_city():
    handed = on("2020-04-10", raised(channel="handed_down", handed_down_by=CITY_BUREAU))
    given(*CITY_UNITS, handed, on("2020-04-10", answer(), by=BUREAU)).by("2020-06-01").finds()


def test_f17_of_s8_names_the_bureau_of_the_level_of_the_first_handler():
    """The repeat came in at the city; the first handler is a county department (contract 5, F17)."""
    again = [on("2020-06-02", raised(), by=CITY_BUREAU, no="2"), on("2020-06-03", repeats("1"), by=CITY_BUREAU, no="2")]
    story = given(*WITH_END, *again)
    assert story.clock("S8", "2").owed_by == BUREAU
    assert story.by("2020-06-11").finding("F17:petition:2:S8").unit == BUREAU


# F18, F20–F22


def test_f18_going_up_after_a_fault_names_the_unit_at_fault_and_never_the_petitioner():
    late = on("2020-06-22", answer(), by=HOUSING)
    story = given(*IN_HANDLING, late).when(on("2020-06-23", go_up("province")))
    story.finds("F04:petition:1:K5", f"F18:petition:1:{HOUSING}")
    assert "person:" not in repr(story.finding(f"F18:petition:1:{HOUSING}"))


def test_f18_one_level_above_is_the_proper_level():
    late = on("2020-06-22", answer(), by=HOUSING)
    given(*IN_HANDLING, late).when(on("2020-06-23", go_up("city"))).finds("F04:petition:1:K5")


def test_f18_needs_a_fault():
    given(*WITH_ANSWER).when(on("2020-06-23", go_up("national"))).finds()


def test_f18_counts_the_faults_on_every_item_of_the_matter():
    again = [on("2020-06-20", raised(), no="2"), on("2020-06-20", repeats("1"), no="2")]
    story = given(*IN_HANDLING, *again).when(on("2020-06-22", go_up("province"), no="2"))
    assert story.finding(f"F18:petition:2:{HOUSING}").unit == HOUSING


SUPPORTED = on("2020-05-20", answer("supported"), by=HOUSING)


def test_f20_supported_and_not_executed_in_thirty_days():
    story = given(*IN_HANDLING, SUPPORTED)
    story.by("2020-06-19").finds()
    story.by("2020-06-20").finds("F20:petition:1")
    assert story.finding("F20:petition:1") == finding(
        "F20:petition:1", HOUSING, "2020-06-20", handler="official:handler",
        evidence=story.finding("F20:petition:1").evidence,
    )  # fmt: skip


def test_f20_executed_in_time_and_refused():
    given(*IN_HANDLING, SUPPORTED, on("2020-06-19", e.PetitionExecuted(), by=HOUSING)).by("2020-12-31").finds()
    given(*IN_HANDLING, SUPPORTED).when(on("2020-06-01", e.ExecutionRefused(), by=HOUSING)).finds("F20:petition:1")


def test_f20_a_revoked_opinion_is_not_executed():
    revoked = on("2020-06-15", e.ReviewAnswered(by_unit=COUNTY, outcome="revoked"), by=COUNTY)
    given(*IN_HANDLING, SUPPORTED, DELIVERED, REVIEW, revoked).by("2020-12-31").finds()


def test_f21_a_human_found_the_cause():
    story = (
        given(*IN_HANDLING)
        .when(on("2020-06-20", cause(COUNTY, ground="A3")))
        .finds(f"F21:petition:1:{COUNTY}", "F04:petition:1:K5")
    )
    found = story.finding(f"F21:petition:1:{COUNTY}")
    assert (found.axis, found.ground, found.since, found.on) == ("A", "A3", day("2020-06-20"), day("2019-06-03"))


def test_f21_two_units_can_cause_and_a_third_handle_badly():
    story = given(*IN_HANDLING).when(on("2020-06-20", cause(COUNTY)))
    story.when(on("2020-06-20", cause(LAND, ground="A2")))
    units = {id: each.unit for id, each in story.standing().items()}
    assert units == {f"F21:petition:1:{COUNTY}": COUNTY, f"F21:petition:1:{LAND}": LAND, "F04:petition:1:K5": HOUSING}


def test_f21_a_revision_moves_it_or_takes_it_back():
    story = given(*WITH_ANSWER, on("2020-06-20", cause(COUNTY)))
    story.when(on("2020-06-21", e.CauseContested(unit=COUNTY, reason="无关"), by=COUNTY)).finds(
        f"F21:petition:1:{COUNTY}"
    )
    story.when(on("2020-06-22", e.CauseRevised(unit=LAND))).finds(f"F21:petition:1:{LAND}")
    story.when(on("2020-06-23", e.CauseRevised(withdrawn=True))).finds()


def test_f22_an_incident_mishandled_is_graver():
    given(*IN_HANDLING).when(on("2020-05-06", e.IncidentReported(kind="mass"))).finds()
    story = given(*IN_HANDLING).when(on("2020-05-06", e.IncidentReported(kind="extreme", mishandled_by=TOWN)))
    story.finds(f"F22:petition:1:{TOWN}")
    assert story.finding(f"F22:petition:1:{TOWN}").aggravated


# late entries


@pytest.mark.parametrize(
    ("before", "missed", "act"),
    [
        ([*CITY_UNITS, REGISTERED], "F01:petition:1:K1", on("2020-04-26", refer(), entered="2020-09-01")),
        (AT_HOUSING, "F02:petition:1:K2", on("2020-04-28", notify(), by=HOUSING, entered="2020-09-01")),
        (IN_HANDLING, "F04:petition:1:K5", on("2020-06-19", answer(), by=HOUSING, entered="2020-09-01")),
    ],
)
def test_an_act_in_time_entered_late_clears_what_was_alleged(before, missed, act):
    story = given(*before).by("2020-08-31")
    assert missed in story.standing()
    assert missed not in story.when(act).standing()
    assert "F13:petition:1" in story.standing()
    assert "F17:petition:1:S1" not in story.standing()


# the first handler (首办)


def test_an_item_judged_to_repeat_has_the_first_handler_of_the_matter_until_the_judgement_is_revised():
    judged = [on("2020-05-07", repeats("1"), no="2")]
    story = given(*IN_HANDLING, AGAIN, *judged)
    assert story.item("2").first_handler == (HOUSING, "official:handler")
    assert story.when(on("2020-05-08", repeats(None), no="2")).item("2").first_handler is None
    story.when(on("2020-05-09", accept(handler="official:wang"), by=LABOUR, no="2"))
    assert story.item("2").first_handler == (LABOUR, "official:wang")


def test_the_number_of_a_repeat_does_not_change_when_it_is_judged_again():
    third = [on("2020-05-07", raised(), no="3"), on("2020-05-07", repeats("1"), no="3")]
    story = given(*IN_HANDLING, AGAIN, on("2020-05-06", repeats("1"), no="2"), *third)
    story.when(on("2020-05-08", repeats("2"), no="3"))
    story.when(on("2020-05-08", repeats("1"), no="2"))
    assert (story.item("2").repeat_number, story.item("3").repeat_number, story.item("3").first) == (1, 2, "1")


def test_an_item_cannot_repeat_itself_nor_one_that_repeats_it():
    given(*IN_HANDLING).when(on("2020-05-08", repeats("1"))).refused("bad-value", "$.data.first")
    story = given(*IN_HANDLING, AGAIN, on("2020-05-06", repeats("1"), no="2"))
    story.when(on("2020-05-08", repeats("2"))).refused("bad-value", "$.data.first")
