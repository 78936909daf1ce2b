"""What was known when, and what was the case when: the square of both, with entries that came late."""

import pytest

from domain.moments import both
from domain.unit.events import RoleGiven
from tests.samples import *

IN_TIME_ENTERED_LATE = on("2020-06-10", answer(), by=HOUSING, entered="2020-06-25")
SECOND = on("2020-05-06", raised(title="物业收费"), no="2", entered="2020-06-25")
STORY = [*IN_HANDLING, IN_TIME_ENTERED_LATE, SECOND]
LATE = "F04:petition:1:K5"


def known(on: str, of: str):
    """Known by the evening of one day, about the evening of another."""
    return both(at(f"{on} 23:00"), at(f"{of} 23:00"))


@pytest.fixture
def ask(after):
    return after(*STORY, until="2020-06-30")


@pytest.mark.parametrize(
    ("on", "of", "state", "late"),
    [
        ("2020-06-22", "2020-06-15", "accepted", []),
        ("2020-06-22", "2020-06-22", "accepted", [LATE]),
        ("2020-06-29", "2020-06-05", "accepted", []),
        ("2020-06-29", "2020-06-10", "answered", []),
        ("2020-06-29", "2020-06-22", "answered", []),
        ("2020-06-29", "2020-06-29", "answered", []),
    ],
)
def test_an_answer_that_was_entered_late_was_given_when_it_was_given(ask, on, of, state, late):
    when = known(on, of)
    assert ask.case("1", when)["state"] == state
    assert [each["state"] for each in ask.search("停车", as_of=when)["petitions"]] == [state]
    stands = [each["id"] for each in ask.findings(when, rule="F04")["findings"]]
    assert stands == late
    assert (ask.finding(LATE, when) is None) == (of < "2020-06-20")
    assert [each["id"] for each in ask.dossier("1", when)["answers"] if each["rule"] == "F04"] == late


def test_the_deadline_was_missed_as_it_was_known_and_met_as_it_is_known(ask):
    def k5(when):
        return next(each for each in ask.case("1", when)["deadlines"] if each["clock"] == "K5")

    assert (k5(known("2020-06-22", "2020-06-22"))["missed"], k5(known("2020-06-22", "2020-06-22"))["met_on"]) == (
        True,
        None,
    )
    assert (k5(known("2020-06-29", "2020-06-22"))["missed"], k5(known("2020-06-29", "2020-06-22"))["met_on"]) == (
        False, "2020-06-10"
    )  # fmt: skip


def test_an_item_that_was_entered_late_counts_in_the_month_in_which_it_came(ask):
    def registered(when):
        rows = ask.counters(by="month", as_of=when)["rows"]
        return {row["key"]: row["registrations"] for row in rows}

    assert registered(known("2020-05-31", "2020-05-31")) == {"2020-04": 1}
    assert registered(known("2020-06-29", "2020-05-31")) == {"2020-04": 1, "2020-05": 1}
    assert registered(known("2020-06-29", "2020-05-05")) == {"2020-04": 1}
    assert ask.scoreboard(BUREAU, known("2020-06-29", "2020-05-31"))["registered"] == 1
    assert ask.overview(known("2020-06-29", "2020-05-31"))["totals"]["items"] == 2


def test_a_rate_of_a_day_is_another_one_once_more_is_known_of_the_day(ask):
    def answered(when):
        rate = ask.kpi(HOUSING, date(2020, 6, 1), date(2020, 6, 30), when)["kpis"]["on_time_answer"]
        return rate["numerator"], rate["denominator"]

    assert answered(known("2020-06-22", "2020-06-22")) == (0, 1)
    assert answered(known("2020-06-29", "2020-06-22")) == (1, 1)


def test_the_timeline_of_a_time_ends_with_what_had_happened_by_then(ask):
    told = ask.timeline("1", known("2020-06-29", "2020-06-15"))
    assert told["events"][-1]["type"] == "petition.answered.v1"
    assert ask.timeline("1", known("2020-06-24", "2020-06-15"))["events"][-1]["type"] == "petition.notified.v1"


def test_who_sat_where_is_told_by_the_day_too(after):
    given = RoleGiven(official="official:new", role="member", name="新来")
    ask = after(*STORY, on("2020-05-04", given, by=COUNTY, entered="2020-06-26"))

    def seats(when):
        return {each["official"] for each in ask.scoreboard(COUNTY, when)["officials"]}

    assert "official:new" in seats(known("2020-06-29", "2020-05-20"))
    assert "official:new" not in seats(known("2020-05-20", "2020-05-20"))
    assert "official:new" not in seats(known("2020-06-29", "2020-05-03"))
    assert ask.record("official:new", as_of=known("2020-05-20", "2020-05-20")) is None
    assert ask.record("official:new", as_of=known("2020-06-29", "2020-05-20"))["name"] == "新来"


def test_an_answer_says_by_when_it_was_known_and_what_time_it_is_about(ask):
    told = ask.case("1", known("2020-06-29", "2020-06-15"))
    assert (told["as_of"], told["at"]) == ("2020-06-29T00:00:00+08:00", "2020-06-15T23:00:00+08:00")
    now = ask.case("1")
    assert now["as_of"] == now["at"]
    assert ask.case("1", known("2020-07-09", "2020-07-09")) == now


def test_nobody_knew_what_would_be():
    with pytest.raises(ValueError, match="nobody knew then what would be"):
        both(at("2020-06-01"), at("2020-06-02"))


def test_what_was_learnt_of_a_day_is_the_difference_between_two_knowledges(ask):
    told = ask.diff(at("2020-06-22 23:00"), at("2020-06-29 23:00"), at=at("2020-06-22 23:00"))
    assert [each["id"] for each in told["findings"]["vanish"]] == [LATE]
    assert told["events"] == 3, "the answer, the second item, and that its referral was overdue"
