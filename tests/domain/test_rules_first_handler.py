"""F15, F16, F23, F24: what the first handler (首办) answers for; judging repeats (contract section 5)."""

from tests.samples import *
from tests.spec import given

AGAIN = on("2020-05-06", raised(), no="2")


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


def test_what_was_received_on_the_day_of_the_closing_and_before_it_is_no_repeat_after_closing():
    morning = on("2020-06-01 15:00", raised(received_at=at("2020-06-01 08:00")), no="2")
    noon = on("2020-06-01 15:00", raised(received_at=at("2020-06-01 12:00")), no="2")
    judged = on("2020-06-03", repeats("1"), no="2")
    given(*WITH_END, morning, judged).finds()
    given(*WITH_END, noon, judged).finds("F15:petition:2", "F23:petition:1")


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


def test_f24_not_for_a_visit_before_the_closing_that_was_entered_after_it():
    given(*WITH_END).when(on("2020-05-30", e.ReturnVisited(solved="no"), entered="2020-05-30 18:00")).finds()


# the first handler (首办)


def test_an_item_judged_to_repeat_has_the_first_handler_of_the_matter_until_the_judgement_is_revised():
    judged = [on("2020-05-07", repeats("1"), no="2")]
    story = given(*IN_HANDLING, AGAIN, *judged)
    assert story.item("2").first_handler == (HOUSING, "official:handler")
    assert story.when(on("2020-05-08", repeats(None), no="2")).item("2").first_handler is None
    story.when(on("2020-05-09", accept(handler="official:wang"), by=LABOUR, no="2"))
    assert story.item("2").first_handler == (LABOUR, "official:wang")


TAKEN_FIRST = [on("2020-04-14", raised(), no="2"), on("2020-04-14", refer(LABOUR), no="2")]
TAKEN_FIRST += [on("2020-04-15", accept(handler="official:wang"), by=LABOUR, no="2")]


def test_who_accepted_a_repeat_before_the_first_item_was_accepted_is_the_first_handler_of_the_matter():
    repeat = [*TAKEN_FIRST, on("2020-04-16", repeats("1"), no="2")]
    story = given(*AT_HOUSING, *repeat, on("2020-04-20", accept(), by=HOUSING), NOTIFIED, ANSWERED)
    story.when(on("2020-05-25", rate()))
    assert (story.finding("F16:petition:1").unit, story.finding("F16:petition:1").handler) == (LABOUR, "official:wang")


def test_who_accepted_a_repeat_first_stays_its_first_handler_when_it_is_judged_later():
    story = given(*AT_HOUSING, *TAKEN_FIRST, on("2020-04-20", accept(), by=HOUSING))
    story.when(on("2020-04-21", repeats("1"), no="2"))
    assert story.item("2").first_handler == (LABOUR, "official:wang")


def test_who_took_the_item_over_is_not_the_first_handler_after_a_judgement_is_revised():
    changed = on("2020-04-21", e.HandlerChanged(handler="official:li", reason="调岗"), by=HOUSING)
    judged = [on("2020-05-07", repeats("2"), no="1"), on("2020-05-08", repeats(None), no="1")]
    story = given(*IN_HANDLING, changed, AGAIN, *judged)
    assert story.item("1").first_handler == (HOUSING, "official:handler")


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
