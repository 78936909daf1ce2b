"""F10–F14: procedure, refusal, secrecy, entry, passing around (contract section 5)."""

import pytest

from tests.samples import *
from tests.spec import given


def day(text: str) -> date:
    return date.fromisoformat(text)


DELIVERED = on("2020-05-22", deliver(), by=HOUSING)
REVIEW = on("2020-06-10", e.ReviewRequested(to_unit=COUNTY))
REVIEWED = on("2020-07-01", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY)
REREVIEW = on("2020-07-20", e.RereviewRequested(to_unit=CITY))


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


def test_f11_n4_does_not_fit_once_the_limit_of_the_other_has_passed():
    """Within the limit alone is it a matter of who handles it (R2005 16; R2022 19)."""
    for day, ids in (("2020-06-18", ()), ("2020-06-22", ("F04:petition:1:K5", "F11:petition:2", "F23:petition:1"))):
        again = [on(day, raised(), by=BUREAU, no="2"), on(day, repeats("1"), by=BUREAU, no="2")]
        refused = on(day, e.PetitionNotAccepted(ground="N4"), by=BUREAU, no="2")
        given(*IN_HANDLING, *again).when(refused).finds(*ids)
    extended = on("2020-06-10", e.PetitionExtended(days=30, approved_by=head(HOUSING), reason="案情复杂"), by=HOUSING)
    told = on("2020-06-11", notify("extension"), by=HOUSING)
    again = [on("2020-06-22", raised(), by=BUREAU, no="2"), on("2020-06-22", repeats("1"), by=BUREAU, no="2")]
    refused = on("2020-06-22", e.PetitionNotAccepted(ground="N4"), by=BUREAU, no="2")
    given(*IN_HANDLING, extended, told, *again).when(refused).finds()


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


@pytest.mark.parametrize("order", [("2", "3"), ("3", "2")])
def test_f11_fits_the_whole_matter_in_whatever_order_it_was_judged(order):
    """3 repeats 2, and 2 repeats 1, which was determined."""
    determined = on("2020-08-10", e.PetitionDetermined(ground="复核终结"), by=CITY_BUREAU)
    first = {"2": "1", "3": "2"}
    again = [on("2020-08-11", raised(), no=no) for no in ("2", "3")]
    judged = [on("2020-08-12", repeats(first[no]), no=no) for no in order]
    refused = on("2020-08-13", e.PetitionNoLongerAccepted(ground="N7"), no="3")
    assert "F11:petition:3" not in given(*WITH_ANSWER, DELIVERED, determined, *again, *judged, refused).standing()


def test_the_first_handler_is_that_of_the_whole_matter_though_it_was_judged_before_he_accepted():
    again = [on("2020-04-14", raised(), no=no, by=LABOUR) for no in ("2", "3")]
    judged = [on("2020-04-15", repeats("2"), no="3"), on("2020-04-15", repeats("1"), no="2")]
    taken = on("2020-04-21", accept(handler=clerk(LABOUR)), by=LABOUR, no="3")
    story = given(*AT_HOUSING, *again, *judged, ACCEPTED, taken)
    assert story.item("3").first_handler == (HOUSING, "official:handler")


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
