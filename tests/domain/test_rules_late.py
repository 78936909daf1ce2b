"""F01–F09: what is late, what just is not, and which unit it names (contract section 5)."""

import pytest

from tests.samples import *
from tests.spec import given


def day(text: str) -> date:
    return date.fromisoformat(text)


# F01–F04: notice and handling


def test_f01_the_bureau_forwards_late():
    story = given(*CITY_UNITS, REGISTERED)
    story.by("2020-04-26").finds()
    story.by("2020-04-27").finds("F01:petition:1:K1")
    story.when(on("2020-04-28", refer()))
    seen = tuple(len(CITY_UNITS) + n for n in (1, 2, 3))
    found = finding("F01:petition:1:K1", BUREAU, "2020-04-27", evidence=seen, late_by=2)
    assert story.finding("F01:petition:1:K1") == found


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


# extensions


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


# review, report, feedback (F06 to F09)

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
