"""Which step is possible in which state, told from the law, not from the code (contract 3 and 7; domain.md 1.2)."""

import pytest

from domain.envelope import Rejected
from tests.samples import *
from tests.spec import given

DELIVERED = on("2020-05-22", deliver(), by=HOUSING)
UNDER_REVIEW = [*WITH_ANSWER, DELIVERED, on("2020-05-25", e.ReviewRequested(to_unit=COUNTY))]
REVIEWED = [*UNDER_REVIEW, on("2020-05-26", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY)]
STATES = {
    "registered": [*CITY_UNITS, REGISTERED],
    "routed": AT_HOUSING,
    "accepted": IN_HANDLING,
    "answered": WITH_ANSWER,
    "under_review": UNDER_REVIEW,
    "under_rereview": [*REVIEWED, on("2020-05-27", e.RereviewRequested(to_unit=CITY))],
    "closed": WITH_END,
    "refused": [*AT_HOUSING, on("2020-04-14", e.PetitionNotAccepted(ground="N1"), by=HOUSING)],
    "channelled": [*AT_HOUSING, on("2020-04-14", e.PetitionChannelled(path="litigation"), by=HOUSING)],
    "withdrawn": [*AT_HOUSING, on("2020-04-14", e.PetitionWithdrawn())],
    "determined": [*WITH_END, on("2020-06-02", e.PetitionDetermined(ground="终结"), by=COUNTY)],
}
WAITING, ANSWERED = {"registered", "routed"}, {"answered", "closed", "determined", "under_review", "under_rereview"}
STEPS = {
    refer(LABOUR): WAITING,
    assign(LABOUR): WAITING,
    accept(): WAITING,
    e.PetitionNotAccepted(ground="N1"): WAITING,
    e.PetitionNoLongerAccepted(ground="N6"): WAITING,
    e.PetitionChannelled(path="litigation"): WAITING | {"accepted", "answered"},
    e.AssignmentObjected(reason="不属本单位"): {"routed"},
    extend(10): {"accepted"},
    answer(): WAITING | {"accepted"},
    deliver(): ANSWERED,
    e.ReviewRequested(to_unit=COUNTY): {"answered", "closed"},
    e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"): {"under_review"},
    e.RereviewAnswered(by_unit=CITY, outcome="upheld"): {"under_rereview"},
    e.HearingOpened(stage="handling"): {"accepted"},
    e.HearingOpened(stage="review"): {"under_review"},
    e.HearingOpened(stage="rereview"): {"under_rereview"},
    CLOSED: {"accepted", "answered"},
    e.PetitionReopened(reason="新情况"): {"closed", "refused", "channelled", "withdrawn"},
    e.PetitionWithdrawn(): WAITING | {"accepted", "answered", "under_review", "under_rereview"},
    e.PetitionDetermined(ground="终结"): ANSWERED,
    rate("satisfied"): ANSWERED,
    e.ReturnVisited(solved="yes"): ANSWERED,
    e.HandlerChanged(handler="official:wang", reason="轮岗"): {
        "accepted",
        "answered",
        "under_review",
        "under_rereview",
    },
    supervise(): set(STATES) - {"withdrawn"},
    go_up("county"): set(STATES),
    e.PetitionResolved(): set(STATES),
    e.PetitionDesisted(): set(STATES),
    cause(): set(STATES),
    notify("receipt"): set(STATES),
    e.IncidentReported(kind="mass"): set(STATES),
}


@pytest.mark.parametrize("state", STATES)
def test_every_step_is_possible_exactly_where_the_law_has_it(state):
    assert given(*STATES[state]).item().state == state
    possible = {step for step in STEPS if not _refused_here(STATES[state], step)}
    assert possible == {step for step, states in STEPS.items() if state in states}


def _refused_here(history: list, step) -> bool:
    ruling = given(*history).when(on("2020-06-03", step, by=HOUSING)).ruling
    if isinstance(ruling, Rejected):
        assert ruling.code == "not-in-this-state", ruling
    return isinstance(ruling, Rejected)


AFTERWARDS = {
    "routed": [("registered", refer()), ("closed", e.PetitionReopened(reason="新情况"))],
    "registered": [],
    "accepted": [("routed", accept()), ("under_review", e.ReviewAnswered(by_unit=COUNTY, outcome="revoked"))],
    "answered": [("under_review", e.ReviewAnswered(by_unit=COUNTY, outcome="modified")), ("routed", answer())],
    "under_review": [("answered", e.ReviewRequested(to_unit=COUNTY))],
    "refused": [("routed", e.PetitionNoLongerAccepted(ground="N6"))],
    "closed": [("accepted", CLOSED), ("answered", CLOSED)],
}


@pytest.mark.parametrize(("after", "before", "step"), [(a, b, s) for a, pairs in AFTERWARDS.items() for b, s in pairs])
def test_where_a_step_leads(after, before, step):
    assert given(*STATES[before]).when(on("2020-06-03", step, by=HOUSING)).item().state == after


def test_resolved_and_desisted_stand_apart_from_the_state():
    story = given(*WITH_END, on("2020-06-02", e.PetitionResolved()), on("2020-06-02", e.PetitionDesisted()))
    assert (story.item().state, story.item().resolved, story.item().desisted) == ("closed", True, True)


def test_what_was_finally_determined_is_not_reopened():
    story = given(*STATES["determined"]).when(on("2020-07-01", e.PetitionReopened(reason="又来")))
    story.refused("not-in-this-state", "$.type")


def test_rereview_follows_a_review_and_each_stage_is_gone_through_once():
    again = on("2020-06-03", e.RereviewRequested(to_unit=CITY))
    given(*WITH_ANSWER, DELIVERED).when(again).refused("not-in-this-state", "$.type")
    given(*REVIEWED).when(on("2020-06-03", e.ReviewRequested(to_unit=CITY))).refused("not-in-this-state", "$.type")


@pytest.mark.parametrize(
    ("step", "path"),
    [
        (e.AssignmentUpheld(), "$.type"), (e.SupervisionAnswered(), "$.type"), (e.SupervisionClosed(), "$.type"),
        (e.HearingClosed(stage="handling"), "$.data.stage"), (e.SponsorDutyDone(duty="informed"), "$.type"),
        (e.SponsorshipEnded(why="调离"), "$.type"), (e.CauseContested(), "$.type"), (e.CauseRevised(), "$.type"),
    ],
)  # fmt: skip
def test_what_was_not_begun_cannot_be_ended(step, path):
    given(*AT_HOUSING).when(on("2020-04-15", step, by=HOUSING)).refused("not-in-this-state", path)


@pytest.mark.parametrize("step", [e.PetitionExecuted(), e.ExecutionRefused()])
def test_only_what_was_supported_is_executed_or_refused(step):
    given(*WITH_ANSWER).when(on("2020-05-25", step, by=HOUSING)).refused("not-in-this-state", "$.type")


def test_one_case_has_one_sponsor():
    sponsored = e.PetitionSponsored(leader="official:li", team=("official:wang",), plan="一案一策")
    story = given(*IN_HANDLING, on("2020-05-06", sponsored))
    story.when(on("2020-05-07", sponsored)).refused("already-exists", "$.data.leader")
    story.when(on("2020-05-08", e.SponsorDutyDone(duty="informed")))
    assert (story.item().sponsor, story.item().warranties) == ("official:li", ("informed",))
    story.when(on("2020-05-09", e.SponsorshipEnded(why="调离"))).when(on("2020-05-10", sponsored))
    assert (story.item().sponsor, story.item().warranties) == ("official:li", ())


OBJECTED = on("2020-04-15", e.AssignmentObjected(reason="不属职责范围"), by=HOUSING)
SUPERVISED = on("2020-05-06", supervise())
SPONSORED = on("2020-05-06", e.PetitionSponsored(leader="official:li", team=(), plan="一案一策"))
BEFORE = [
    (AT_HOUSING, on("2020-04-12", accept(), by=HOUSING)),
    (IN_HANDLING, on("2020-04-19", answer(), by=HOUSING)),
    (IN_HANDLING, on("2020-04-19", extend(10), by=HOUSING)),
    (IN_HANDLING, on("2020-04-19", notify(), by=HOUSING)),
    (WITH_ANSWER, on("2020-05-19", deliver(), by=HOUSING)),
    (WITH_ANSWER, on("2020-05-19", rate(), by=BUREAU)),
    (WITH_ANSWER, on("2020-05-19", CLOSED, by=HOUSING)),
    (AT_HOUSING, on("2020-04-09", e.PetitionWorked(what="接谈"), by=HOUSING)),
    (UNDER_REVIEW, on("2020-05-24", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY)),
    ((*AT_HOUSING, OBJECTED), on("2020-04-14", e.AssignmentUpheld())),
    ((*AT_HOUSING, OBJECTED), on("2020-04-14", e.AssignmentWithdrawn())),
    ((*IN_HANDLING, SUPERVISED), on("2020-05-05", e.SupervisionAnswered(), by=HOUSING)),
    ((*IN_HANDLING, SUPERVISED, on("2020-05-08", supervise())), on("2020-05-05", e.SupervisionClosed())),
    ((*IN_HANDLING, SPONSORED), on("2020-05-05", e.SponsorDutyDone(duty="informed"))),
    ((*IN_HANDLING, SPONSORED), on("2020-05-05", e.SponsorshipEnded(why="调离"))),
    ((*IN_HANDLING, on("2020-05-06", cause())), on("2020-05-05", e.CauseContested())),
]


@pytest.mark.parametrize(("history", "early"), BEFORE)
def test_no_step_is_earlier_than_the_one_it_depends_on(history, early):
    given(*history).when(early).refused("before-previous", "$.time")


def test_what_was_answered_between_two_supervisions_is_no_earlier_than_the_first():
    twice = (SUPERVISED, on("2020-05-08", supervise()))
    story = given(*IN_HANDLING, *twice, on("2020-05-07", e.SupervisionAnswered(), by=HOUSING))
    assert story.clock("K10").met_on == date(2020, 5, 7)


def test_what_was_never_answered_is_not_reviewed():
    """办结 is possible without an answer; a review is of an opinion (R2005 34; R2022 35)."""
    story = given(*IN_HANDLING, on("2020-05-20", e.PetitionClosed(), by=HOUSING))
    story.when(on("2020-05-25", e.ReviewRequested(to_unit=COUNTY))).refused("not-in-this-state", "$.type")
