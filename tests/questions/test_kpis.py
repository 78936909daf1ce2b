"""The rates of domain.md 1.10: who counts where, and what stands beside. Days are counted by hand."""

from datetime import date

from infra.questions.figures import without_items
from projections.kpis import SIDES
from tests.samples import *

PERIOD = (COUNTY, date(2020, 4, 1), date(2020, 8, 31))


def routed(no: str, day: str, to: str = HOUSING):
    return on(day, refer(to), no=no)


STORY = [
    *CITY_UNITS,
    *(on("2020-04-10", raised(), no=no) for no in "1234"),
    *(routed(no, "2020-04-13") for no in "14"),
    on("2020-04-17", e.PetitionChannelled(path="litigation"), no="4", by=HOUSING),
    on("2020-04-20", accept(), no="1", by=HOUSING),
    routed("2", "2020-05-06"),
    on("2020-05-20", accept(), no="2", by=HOUSING),
    on("2020-05-20", answer(), no="1", by=HOUSING),
    on("2020-06-01", CLOSED, no="1", by=HOUSING),
    on("2020-06-20", raised(), no="5"),
    routed("5", "2020-06-22"),
    on("2020-06-30", accept(), no="5", by=HOUSING),
    on("2020-07-06", raised(), no="6", by=HOUSING),
    on("2020-07-06 10:00", repeats("1"), no="6"),
    on("2020-07-06 11:00", answer(), no="6", by=HOUSING),
    on("2020-07-07", rate("basically"), no="1"),
]


def counted(told, name):
    kpi = told["kpis"][name]
    parts = {part: p["items"] for part, p in kpi.get("parts", {}).items()}
    return kpi["numerator_items"], kpi["denominator_items"], parts


def test_acceptance_tells_who_was_late_and_who_is_overdue(after):
    told = after(*STORY, until="2020-08-03").kpi(*PERIOD)
    bureau = {"accepted": ["1", "2", "4", "5"], "accepted_late": ["2"], "overdue_not_accepted": ["3"]}
    assert counted(told, "timely_acceptance_bureau") == (["1", "4", "5"], ["1", "2", "3", "4", "5"], bureau)
    units = {"accepted": ["1", "2", "4", "5", "6"], "accepted_late": ["2"], "overdue_not_accepted": []}
    assert counted(told, "timely_acceptance_unit") == (["1", "4", "5", "6"], ["1", "2", "4", "5", "6"], units)


def test_the_four_parts_of_on_time_are_its_denominator(after):
    told = after(*STORY, until="2020-08-03").kpi(*PERIOD)
    parts = {"on_time": ["1"], "late": [], "not_due_open": ["5"], "overdue_open": ["2"]}
    assert counted(told, "on_time_answer") == (["1"], ["1", "2", "5"], parts)
    later = [on("2020-08-04", answer(), no="2", by=HOUSING), on("2020-08-05", answer(), no="5", by=HOUSING)]
    told = after(*STORY, *later, until="2020-09-30").kpi(*PERIOD)
    parts = {"on_time": ["1", "5"], "late": ["2"], "not_due_open": [], "overdue_open": []}
    assert counted(told, "on_time_answer") == (["1", "5"], ["1", "2", "5"], parts)


def test_overview_and_scoreboard_tell_the_same_rates_without_the_items(after):
    answers = after(*STORY, until="2020-08-03")
    for told, unit in ((answers.overview(), None), (answers.scoreboard(COUNTY), COUNTY)):
        period = told["kpi_period"]
        days = (date.fromisoformat(period[end]) for end in ("from", "to"))
        whole = answers.kpi(unit or period["unit"], *days)["kpis"]
        assert told["kpis"] == {
            name: {"numerator": kpi["numerator"], "denominator": kpi["denominator"], "rate": kpi["rate"]}
            for name, kpi in whole.items()
        }
        assert told["kpis"]["on_time_answer"]["denominator"] > 0


def test_what_is_counted_is_what_is_listed(after):
    answers = after(*STORY, until="2020-08-03")
    for unit, to in ((COUNTY, date(2020, 8, 31)), (HOUSING, date(2020, 8, 3)), (COUNTY, date(2020, 5, 20))):
        asked = unit, date(2020, 4, 1), to
        whole, told = answers.kpi(*asked), answers.rates(*asked)
        assert told == without_items(whole)
        for name, kpi in whole["kpis"].items():
            sides = {side: kpi[f"{side}_items"] for side in SIDES} | {
                part: one["items"] for part, one in kpi.get("parts", {}).items()
            }
            assert {side: all_items(answers, *asked, name, side) for side in sides} == sides


def all_items(answers, *asked):
    """Asked for by twos."""
    items, cursor = [], None
    while True:
        told = answers.rate_items(*asked, limit=2, cursor=cursor)
        items, cursor = [*items, *told["items"]], told["next"]
        if cursor is None:
            return items


def test_an_item_counts_in_the_period_of_its_deadline_not_of_its_registration(after):
    answers = after(*STORY, until="2020-08-03")
    april = answers.kpi(COUNTY, date(2020, 4, 1), date(2020, 4, 30))["kpis"]
    assert april["timely_acceptance_bureau"]["denominator_items"] == ["1", "2", "3", "4"]
    assert april["timely_acceptance_unit"]["denominator"] == april["on_time_answer"]["denominator"] == 0
    may = answers.kpi(COUNTY, date(2020, 5, 1), date(2020, 5, 31))["kpis"]
    assert may["timely_acceptance_unit"]["denominator_items"] == ["1", "2", "4"]


def test_three_definitions_of_repeating_stand_side_by_side(after):
    told = after(*STORY, until="2020-08-03").kpi(*PERIOD)
    assert counted(told, "repeat_rate")[:2] == (["6"], ["1", "2", "3", "4", "5", "6"])
    assert counted(told, "repeat_rate_first_items")[:2] == (["1"], ["1", "2", "3", "4", "5"])
    assert counted(told, "repeat_rate_closed_first_items")[:2] == (["1"], ["1"])


def test_averages_are_days_over_items(after):
    told = after(*STORY, until="2020-08-03").kpi(*PERIOD)
    assert told["averages"] == {
        "acceptance": {
            "items": ["1", "2", "4", "5", "6"],
            "calendar": {"numerator": 67, "denominator": 5, "mean": 13.4},
            "working": {"numerator": 44, "denominator": 5, "mean": 8.8},
        },
        "answer": {
            "items": ["1", "6"],
            "calendar": {"numerator": 40, "denominator": 2, "mean": 20.0},
            "working": {"numerator": 27, "denominator": 2, "mean": 13.5},
        },
    }
    assert {each["name"] for each in told["not_computed"]} == {"first_contact_rate", "publicity_rate"}


def test_ratings_count_when_given_or_when_the_window_closed_without(after):
    told = after(*STORY, until="2020-08-03").kpi(*PERIOD)
    assert counted(told, "satisfaction_unit")[:2] == (["1"], ["1"])
    assert counted(told, "participation_unit")[:2] == (["1"], ["1"])
    assert counted(told, "participation_bureau")[:2] == ([], ["1"])


def test_yesterdays_report_stays_what_it_was(after):
    answers = after(*STORY, until="2020-08-03")
    then = answers.kpi(*PERIOD, at("2020-05-10 23:00"))
    assert counted(then, "timely_acceptance_bureau")[1] == ["1", "2", "3", "4"]
    assert counted(then, "timely_acceptance_unit")[2]["overdue_not_accepted"] == []


def test_an_item_that_is_reopened_and_accepted_anew_was_accepted_in_time(after):
    again = [
        on("2020-06-15", e.PetitionReopened(reason="未兑现"), no="1"),
        on("2020-06-16", accept(), no="1", by=HOUSING),
    ]
    told = after(*STORY, *again, until="2020-08-03").kpi(*PERIOD)
    assert "1" in counted(told, "timely_acceptance_unit")[0]


def test_a_repeat_counts_with_the_unit_that_has_it_and_not_with_who_handled_the_first(after):
    """Who accepted a repeat owes its answer (K5); ratings and solutions are asked of the first handler (SAT14 5)."""
    repeat = [
        on("2020-07-06", raised(), no="7"),
        on("2020-07-06 10:00", repeats("1"), no="7"),
        routed("7", "2020-07-07", LABOUR),
        on("2020-07-08", accept(), no="7", by=LABOUR),
    ]
    answers = after(*STORY, *repeat, until="2020-08-03")
    of = {unit: answers.kpi(unit, date(2020, 4, 1), date(2020, 9, 30)) for unit in (HOUSING, LABOUR)}
    for name in ("timely_acceptance_unit", "on_time_answer"):
        assert counted(of[LABOUR], name)[1] == ["7"]
        assert "7" not in counted(of[HOUSING], name)[1]
    assert of[LABOUR]["averages"]["acceptance"]["items"] == ["7"]


def test_the_items_behind_a_rate_are_told_as_in_every_list_in_their_order(after):
    answers = after(*CITY_UNITS, *(on("2020-04-10", raised(), no=no) for no in "123"))
    told = answers.items(["3", "1", "none"])
    assert (told["total"], [each["no"] for each in told["petitions"]]) == (2, ["3", "1"])
    assert told["petitions"] == [{each["no"]: each for each in answers.search()["petitions"]}[no] for no in "31"]
