"""Who answers for a finding, as persons: the roles of the day the duty was broken (contract section 5; RESP16 11)."""

from datetime import timedelta

from domain.rules.answers import answers
from tests.samples import *
from tests.spec import given

HANDLER = "official:handler"


def heads(unit: str, responsibility: str = "leadership") -> list:
    return [(deputy(unit), responsibility), (head(unit), responsibility)]


def test_the_handler_is_direct_and_the_heads_lead():
    given(*IN_HANDLING).by("2020-06-20").who_answers("F04:petition:1:K5", (HANDLER, "direct"), *heads(HOUSING))


def test_before_there_is_a_handler_the_petition_clerk_is_direct():
    given(*AT_HOUSING).by("2020-04-29").who_answers("F02:petition:1:K2", (clerk(HOUSING), "direct"), *heads(HOUSING))


def test_a_handler_named_after_the_breach_does_not_answer_for_it():
    late = [on("2020-05-06", accept(), by=HOUSING), on("2020-05-06", notify(), by=HOUSING)]
    story = given(*AT_HOUSING, *late)
    story.who_answers("F02:petition:1:K2", (clerk(HOUSING), "direct"), *heads(HOUSING))
    assert story.finding("F02:petition:1:K2").late_by == 8


def test_the_handler_who_was_named_in_a_misused_simple_acceptance_answers():
    joint = on("2020-04-10", raised(joint_letter=True))
    story = given(*CITY_UNITS, joint, REFERRED, on("2020-04-14", accept("simple"), by=HOUSING))
    story.who_answers("F10:petition:1", (HANDLER, "direct"), *heads(HOUSING))


def test_a_new_handler_answers_for_what_breaks_on_his_watch():
    changed = on("2020-06-01", e.HandlerChanged(handler="official:wang", reason="轮岗"), by=HOUSING)
    story = given(*IN_HANDLING, changed).by("2020-06-20")
    story.who_answers("F04:petition:1:K5", ("official:wang", "direct"), *heads(HOUSING))


def test_the_first_handler_stays_first_after_the_handler_changed():
    changed = on("2020-05-25", e.HandlerChanged(handler="official:wang", reason="轮岗"), by=HOUSING)
    story = given(*WITH_ANSWER, changed).when(on("2020-06-01", rate()))
    story.who_answers("F16:petition:1", (HANDLER, "direct"), *heads(HOUSING))


def test_a_head_who_left_on_the_day_of_the_breach_does_not_answer():
    left = [
        role_ended("2020-06-20", HOUSING, head(HOUSING), "principal"),
        role_given("2020-06-20", HOUSING, "official:new", "principal"),
    ]
    story = given(*IN_HANDLING).by("2020-06-19")
    for action in left:
        story.when(action)
    story.by("2020-07-10")
    expected = [(HANDLER, "direct"), (deputy(HOUSING), "leadership"), ("official:new", "leadership")]
    story.who_answers("F04:petition:1:K5", *expected)


def test_a_head_who_left_the_day_after_still_answers():
    left = role_ended("2020-06-21", HOUSING, head(HOUSING), "principal")
    story = given(*IN_HANDLING, left)
    story.who_answers("F04:petition:1:K5", (HANDLER, "direct"), *heads(HOUSING))


def test_a_vacant_role_is_shown_as_vacant():
    vacant = [
        role_ended("2020-04-20", HOUSING, clerk(HOUSING), "petition_clerk"),
        role_ended("2020-04-20", HOUSING, head(HOUSING), "principal"),
    ]
    story = given(*AT_HOUSING, *vacant).by("2020-04-29")
    story.who_answers("F02:petition:1:K2", (None, "direct"), (deputy(HOUSING), "leadership"), (None, "leadership"))


def test_nobody_stands_in_the_list_twice():
    story = given(*AT_HOUSING, on("2020-04-20", accept(handler=deputy(HOUSING)), by=HOUSING), NOTIFIED)
    story.by("2020-06-20")
    story.who_answers("F04:petition:1:K5", (deputy(HOUSING), "direct"), (head(HOUSING), "leadership"))


MEMBERS = [role_given("2019-01-02", COUNTY, f"official:m{n}", "member") for n in (1, 2)]


def test_a_collective_fault_is_borne_by_heads_and_members_but_not_by_who_objected():
    decision = cause(collective=True, officials=("official:m1", "official:m2"), dissent=("official:m2",))
    story = given(*WITH_ANSWER, *MEMBERS, on("2020-06-20", decision))
    expected = [*heads(COUNTY, "main_leadership"), ("official:m1", "important_leadership"), ("official:m2", "none")]
    story.who_answers(f"F21:petition:1:{COUNTY}", *expected)


def test_whoever_took_part_is_named_in_the_role_of_that_day_whatever_he_became():
    risen = [
        role_ended("2020-01-06", COUNTY, head(COUNTY), "principal"),
        role_ended("2020-01-06", COUNTY, "official:m1", "member"),
        role_given("2020-01-06", COUNTY, "official:m1", "principal"),
    ]
    decision = cause(collective=True, officials=("official:m1",))
    story = given(*WITH_ANSWER, *MEMBERS, *risen, on("2020-06-20", decision))
    told = answers(story.finding(f"F21:petition:1:{COUNTY}"), story.units)
    assert [(each.official, each.role) for each in told] == [
        (deputy(COUNTY), "deputy_in_charge"), (head(COUNTY), "principal"), ("official:m1", "member"),
    ]  # fmt: skip


def test_those_answer_for_a_cause_who_held_the_roles_when_it_was_decided():
    changed = [
        role_ended("2020-01-06", COUNTY, head(COUNTY), "principal"),
        role_given("2020-01-06", COUNTY, "official:new", "principal"),
    ]
    story = given(*CITY_UNITS, *changed, REGISTERED, on("2020-04-10", cause(collective=True)))
    story.who_answers(f"F21:petition:1:{COUNTY}", *heads(COUNTY, "main_leadership"))


def test_an_individual_decision_is_direct_for_who_took_it():
    story = given(*WITH_ANSWER, *MEMBERS, on("2020-06-20", cause(officials=("official:m1",))))
    story.who_answers(f"F21:petition:1:{COUNTY}", ("official:m1", "direct"), *heads(COUNTY))


def test_a_head_who_objected_bears_no_responsibility():
    decision = cause(collective=True, dissent=(deputy(COUNTY),))
    story = given(*WITH_ANSWER, on("2020-06-20", decision))
    story.who_answers(f"F21:petition:1:{COUNTY}", (deputy(COUNTY), "none"), (head(COUNTY), "main_leadership"))


def test_a_unit_of_the_review_answers_by_its_own_people():
    delivered = on("2020-05-22", deliver(), by=HOUSING)
    story = given(*WITH_ANSWER, delivered, on("2020-06-10", e.ReviewRequested(to_unit=COUNTY))).by("2020-07-11")
    story.who_answers("F06:petition:1:K7", (clerk(COUNTY), "direct"), *heads(COUNTY))


# merged and abolished units


def test_the_unit_that_another_went_into_answers_from_then_on():
    story = given(*IN_HANDLING, merged("2020-06-01", HOUSING, LAND)).by("2020-06-20")
    story.who_answers("F04:petition:1:K5", (clerk(LAND), "direct"), *heads(LAND))
    assert story.finding("F04:petition:1:K5").unit == LAND


def test_whom_the_successor_names_as_handler_answers_for_what_breaks_from_then_on():
    passed = given(*IN_HANDLING, merged("2020-06-01", HOUSING, LAND))
    story = passed.when(on("2020-06-02", e.HandlerChanged(handler="official:wang", reason="合并"), by=LAND))
    story.by("2020-06-20").who_answers("F04:petition:1:K5", ("official:wang", "direct"), *heads(LAND))
    passed = given(*IN_HANDLING, merged("2020-06-01", HOUSING, LAND)).by("2020-06-20")
    story = passed.when(on("2020-06-25", e.HandlerChanged(handler="official:wang", reason="合并"), by=LAND))
    story.who_answers("F04:petition:1:K5", (clerk(LAND), "direct"), *heads(LAND))


def test_what_broke_before_the_merger_stays_with_the_unit_that_broke_it():
    story = given(*IN_HANDLING, merged("2020-06-20", HOUSING, LAND)).by("2020-06-22")
    assert story.finding("F04:petition:1:K5").unit == HOUSING


def test_mergers_follow_one_another():
    story = given(*IN_HANDLING, merged("2020-05-25", HOUSING, LAND), merged("2020-06-01", LAND, LABOUR))
    assert story.by("2020-06-20").finding("F04:petition:1:K5").unit == LABOUR


def test_an_abolished_unit_goes_to_its_parent_where_no_other_is_named():
    assert (
        given(*IN_HANDLING, abolished("2020-06-01", HOUSING)).by("2020-06-20").finding("F04:petition:1:K5").unit
        == COUNTY
    )
    story = given(*IN_HANDLING, abolished("2020-06-01", HOUSING, LAND)).by("2020-06-20")
    assert story.finding("F04:petition:1:K5").unit == LAND


def test_the_unit_that_went_into_another_gets_nothing_more():
    story = given(*CITY_UNITS, REGISTERED, merged("2020-04-11", HOUSING, LAND))
    story.when(REFERRED).refused("not-in-this-state", "$.data.to_unit")


def test_the_successor_can_answer_and_be_first_handler():
    story = given(*AT_HOUSING, merged("2020-04-14", HOUSING, LAND), on("2020-04-20", accept(), by=LAND))
    assert (story.item().unit, story.item().first_handler, story.clock("K5").owed_by) == (LAND, (LAND, HANDLER), LAND)
    story.by("2020-04-29").finds("F02:petition:1:K2")
    assert story.finding("F02:petition:1:K2").unit == LAND


def test_a_bureau_that_went_into_another_leaves_it_the_supervision():
    story = given(*WITH_ANSWER, on("2020-06-22", rate()), merged("2020-06-23", BUREAU, CITY_BUREAU)).by("2020-07-01")
    assert story.finding("F17:petition:1:S7").unit == CITY_BUREAU


def test_the_first_day_of_breach_is_the_day_after_the_due_day():
    story = given(*IN_HANDLING).by("2020-07-31")
    assert story.finding("F04:petition:1:K5").since == story.clock("K5").due_on + timedelta(days=1)


# nobody is made up


def test_where_a_source_names_no_handler_the_clerk_answers_and_nobody_is_made_up():
    unnamed = e.PetitionAccepted(procedure="ordinary", handler=None, origin={"file": "records.csv"})
    story = given(*AT_HOUSING, on("2020-04-14", unnamed, by=HOUSING)).by("2020-06-20")
    assert (story.item().handler, story.item().first_handler) == (None, None)
    story.who_answers("F04:petition:1:K5", (clerk(HOUSING), "direct"), *heads(HOUSING))


def test_an_acceptance_of_today_names_its_handler():
    unnamed = on("2020-04-14", e.PetitionAccepted(procedure="ordinary", handler=None), by=HOUSING)
    given(*AT_HOUSING).when(unnamed).refused("missing-field", "$.data.handler")
