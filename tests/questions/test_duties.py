"""The duty calendar: what was owed, done and missed, and what was not owed, and why."""

from datetime import date

import pytest

from domain.duty.events import BriefingHeard, DutyStood, ReceptionHeld, ScreeningHeld
from domain.period.events import ProtectionDeclared
from domain.unit.events import ContactPointSet, RoleEnded, RoleGiven
from tests.samples import *

NEW = "official:new-deputy"


def act(day: str, fact, unit: str = COUNTY, **other):
    return on(day, fact, by=unit, of=f"duty:{unit[5:]}", **other)


YEAR = [
    *CITY_UNITS,
    on("2020-04-20", ContactPointSet(leader=head(COUNTY), target_unit=TOWN), by=COUNTY),
    act("2020-05-06", ReceptionHeld(leader=head(COUNTY), kind="reception", items=())),
    act("2020-05-06", ReceptionHeld(leader=head(COUNTY), kind="visit_down", items=())),
    act("2020-06-02", ReceptionHeld(leader=deputy(COUNTY), kind="reception", items=())),
    on("2020-06-15", RoleEnded(official=deputy(COUNTY), role="deputy_in_charge"), by=COUNTY),
    on("2020-06-15", RoleGiven(official=NEW, role="deputy_in_charge", name="新副"), by=COUNTY),
    act("2020-06-03", ScreeningHeld(disputes=())),
    on("2020-06-20", ProtectionDeclared(levels=("county",), until=date(2020, 6, 21)), of="period:p", by=CITY_BUREAU),
    act("2020-06-20", DutyStood(leader=head(COUNTY), place="接待中心")),
    act("2020-07-08", BriefingHeard(body="government")),
]


@pytest.fixture(scope="module")
def year(open_city):
    return open_city(YEAR, date(2020, 8, 1))


def board(year, rule: str, first: str, last: str, unit: str = COUNTY) -> list[dict]:
    """The duties of one rule and one unit."""
    answer = year.ask.duties(unit, date.fromisoformat(first), date.fromisoformat(last))
    return [d for each in answer["units"] if each["unit"] == unit for d in each["duties"] if d["rule"] == rule]


def states(duty: dict) -> dict[str, str]:
    return {each["period"]: each["state"] for each in duty["periods"]}


def test_a_leader_owes_a_day_of_reception_each_month(year):
    (duty,) = (each for each in board(year, "D03", "2020-05-01", "2020-06-30") if each["official"] == head(COUNTY))
    done, missed = duty["periods"]
    assert [year.system.log.get(each).type for each in done["evidence"]] == ["duty.reception_held.v1"] * 2
    assert {name: value for name, value in duty.items() if name != "periods"} == {
        "duty": "reception-county", "rule": "D03", "name": duty["name"], "article": "SEED 8", "every": "month",
        "times": 1, "official": head(COUNTY), "official_name": head(COUNTY)[-4:], "body": None, "owed_by": COUNTY,
        "owed": 2, "done": 1, "missed": 1, "running": 0, "not_owed": 0,
    }  # fmt: skip
    assert done == {
        "period": "2020-05", "first": "2020-05-01", "last": "2020-05-31", "state": "done", "days": ["2020-05-06"],
        "evidence": done["evidence"], "finding": None,
    }  # fmt: skip
    assert missed == {
        "period": "2020-06", "first": "2020-06-01", "last": "2020-06-30", "state": "missed", "days": [],
        "evidence": [], "finding": f"D03:duty:430408-gov:{head(COUNTY)}:2020-06",
    }  # fmt: skip


def test_who_held_the_role_for_a_part_of_the_month_owed_nothing_in_it(year):
    told = {each["official"]: each for each in board(year, "D03", "2020-06-01", "2020-06-30")}
    why = {"zh": "任职未满整个周期", "en": "the role was not held for the whole period"}
    assert [(told[who]["not_owed"], told[who]["periods"][0]["why"]) for who in (deputy(COUNTY), NEW)] == [(1, why)] * 2
    assert told[deputy(COUNTY)]["periods"][0]["days"] == ["2020-06-02"]


def test_a_period_that_still_runs_is_neither_done_nor_missed(year):
    (briefing,) = board(year, "D01", "2020-07-01", "2020-09-30")
    assert states(briefing) == {"2020Q3": "done"}
    (visit,) = board(year, "D02", "2020-07-01", "2020-09-30")
    assert (states(visit), visit["running"], visit["official"]) == ({"2020Q3": "running"}, 1, head(COUNTY))


def test_what_the_rule_set_did_not_ask_for_yet_is_no_duty(year):
    assert board(year, "D01", "2020-04-01", "2020-06-30") == []  # in force from 2020-04-10, within the quarter
    (screening,) = board(year, "D06", "2020-04-01", "2020-06-30")
    assert states(screening) == {"2020-05": "missed", "2020-06": "done"}


def test_on_each_day_of_protection_somebody_stands(year):
    (duty,) = board(year, "D05", "2020-06-01", "2020-06-30")
    assert states(duty) == {"2020-06-20": "done", "2020-06-21": "missed"}


def test_the_gaps_are_the_findings_of_the_clock(year):
    answer = year.ask.duties(CITY, date(2020, 4, 10), date(2020, 7, 31), gaps=True)
    periods = [each for one in answer["units"] for duty in one["duties"] for each in duty["periods"]]
    assert {each["state"] for each in periods} == {"missed"}
    assert answer["totals"]["missed"] == len(periods)
    assert {each["finding"] for each in periods} == {
        each["id"] for each in year.ask.findings()["findings"] if each["rule"] <= "D08"
    }


def paged(year, asked: str) -> list[dict]:
    """The pages of a calendar, a unit each."""
    page, pages = {"next": ""}, []
    while page["next"] is not None:
        after = f"&cursor={page['next']}" if page["next"] else ""
        page = year.http.get(f"/v1/duties?unit={CITY}&{asked}&limit=1{after}").json()
        pages.append(page)
    return pages


@pytest.mark.parametrize(("first", "gaps"), [("2020-04-10", "true"), ("2019-08-01", "false"), ("2020-07-01", "false")])
def test_pages_of_the_calendar_tell_together_what_one_tells(year, first, gaps):
    whole = year.ask.duties(CITY, date.fromisoformat(first), date(2020, 8, 1), gaps=gaps == "true")
    pages = paged(year, f"from={first}&to=2020-08-01&gaps={gaps}")
    assert len(pages) > 2
    assert [unit for page in pages for unit in page["units"]] == whole["units"]
    assert [page["totals"] for page in pages] == [whole["totals"]] * len(pages)


def test_pages_push_out_no_other_answer_that_is_kept(year):
    span = (date(2020, 5, 1), date(2020, 7, 31))
    kept = year.ask.kpi(COUNTY, *span)
    for limit in range(1, 121):
        year.ask.duties(COUNTY, *span, limit=limit)
    assert year.ask.kpi(COUNTY, *span) is kept


def test_gaps_are_listed_the_newest_first_in_whatever_pages(year):
    span = CITY, date(2020, 4, 10), date(2020, 8, 1)
    calendar = year.ask.duties(*span, gaps=True)
    told, cursor = [], None
    while cursor is not None or not told:
        page = year.ask.duty_gaps(*span, limit=2, cursor=cursor)
        told, cursor = told + page["gaps"], page["next"]
    assert page["totals"] == calendar["totals"]
    assert [each["first"] for each in told] == sorted((each["first"] for each in told), reverse=True)
    assert len(told) == calendar["totals"]["missed"] > 4
    periods = [each for one in calendar["units"] for duty in one["duties"] for each in duty["periods"]]
    assert {each["finding"] for each in told} == {each["finding"] for each in periods}


def test_gaps_of_the_first_days_of_all_are_none(year):
    page = year.http.get("/units/430408-gov/duties?from=0001-01-01&to=0001-01-20", headers={"accept": "text/html"})
    assert page.status_code == 200


def test_what_was_entered_later_is_not_known_before(year):
    before = year.ask.duties(COUNTY, date(2020, 5, 1), date(2020, 5, 31), as_of=at("2020-05-05"))
    assert before["totals"]["running"] > 0
    assert all(each["state"] != "done" for one in before["units"] for duty in one["duties"] for each in duty["periods"])


def test_every_door_says_the_same(year):
    http = year.http.get("/v1/duties?unit=430408-gov&from=2020-05-01&to=2020-06-30").json()
    days = ("--from", "2020-05-01", "--to", "2020-06-30")
    assert http == year.danze("duties", "--unit", COUNTY, *days, "--json").json
    assert year.danze("duties", "--unit", COUNTY, *days, "--gaps").code == 0


@pytest.mark.parametrize(
    ("unit", "from_", "to", "words"),
    [
        ("unit:no", "2020-05-01", "2020-05-31", ("unit:no", "not on record")),
        (COUNTY, "2020-05-01", "2021-07-31", ("--to", "400")), (COUNTY, "2020-05-02", "2020-05-01", ("--to", "before")),
        (COUNTY, "May", "2020-05-01", ("--from", "no date")),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_one_sentence(year, unit, from_, to, words):
    year.danze("duties", "--unit", unit, "--from", from_, "--to", to).refused(*words)
    status = year.http.get(f"/v1/duties?unit={unit}&from={from_}&to={to}").status_code
    assert status == (404 if unit == "unit:no" else 400)
