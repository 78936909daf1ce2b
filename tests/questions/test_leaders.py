"""A leader's record: what he did, what occurred where he leads, what became of it, and what was found of him."""

import pytest

from domain.finding.events import FindingDecided, FindingOpened
from domain.unit.events import RoleGiven
from tests.projections.test_ledgers import HISTORY
from tests.samples import *

LATE = "F04:petition:1:K5"
RECORD = [
    *HISTORY,
    on("2020-03-02", raised(place="430481"), no="elsewhere", by=CITY_BUREAU),
    on("2020-07-02", FindingOpened(), of=LATE, by=CITY_BUREAU, actor=head(CITY_BUREAU)),
    on("2020-07-09", FindingDecided(official=head(HOUSING), responsibility="leadership", measure="talk", reason="超期"),
       of=LATE, by=CITY_BUREAU, actor=head(CITY_BUREAU)),
]  # fmt: skip
SPAN = (date(2020, 5, 1), date(2020, 7, 31))


@pytest.fixture(scope="module")
def told(open_city):
    return open_city(RECORD, date(2020, 8, 1))


def test_work_done_is_told_with_the_entries_behind_each_number(told):
    work = told.ask.record(head(COUNTY), *SPAN)["work"]
    duty = f"duty:{COUNTY[5:]}#"
    assert {name: number for name, number in work.items() if name != "duties"} == {
        "receptions": {"count": 2, "entries": [f"{duty}1:1", f"{duty}1:2"], "days": 1, "items": 2},
        "contact_visits": {"count": 1, "entries": [f"{duty}{_version(told, 'contact')}"]},
        "days_on_duty": {"count": 0, "entries": []},
        "reports": {"count": 1, "entries": [f"{duty}{_version(told, 'report')}"]},
        "gatherings_attended": {"count": 0, "entries": []},
        "briefings_heard": {"count": 1, "entries": [f"{duty}{_version(told, 'briefing')}"]},
        "screenings": {"count": 1, "entries": [f"{duty}{_version(told, 'screening')}"]},
        "agreed_items": {"count": 0, "entries": [], "done": 0},
    }


def _version(told, ledger: str) -> str:
    return told.ask.ledger(ledger)["entries"][0]["id"].partition("#")[2]


def test_his_duties_are_those_of_the_calendar(told):
    duties = told.ask.record(head(COUNTY), *SPAN)["work"]["duties"]
    calendar = told.ask.duties(COUNTY, *SPAN)
    own = [
        period["state"]
        for unit in calendar["units"] if unit["unit"] == COUNTY
        for duty in unit["duties"] if duty["official"] in (head(COUNTY), None) for period in duty["periods"]
    ]  # fmt: skip
    assert (duties["done"], duties["missed"]) == (own.count("done"), own.count("missed"))
    assert duties["missed"] > duties["done"] > 0


def test_the_cases_that_he_sponsors_stand_with_what_became_of_them(told):
    assert told.ask.record(head(COUNTY), *SPAN)["sponsorship"] == {
        "sponsored": 1, "open": 1, "all_five_kept": 0, "resolved": 1,
        "items": [{"no": "1", "state": "open", "since": "2020-05-15", "warranties": ["informed"],
                   "item_state": "accepted", "resolved": True}],
    }  # fmt: skip


def test_what_occurs_in_a_county_is_a_share_of_the_city(told):
    (occurrence,) = told.ask.record(head(COUNTY), date(2020, 1, 1), date(2020, 7, 31))["occurrence"]
    assert occurrence == {
        "unit": COUNTY, "unit_name": COUNTY, "role": "principal", "from": "2020-01-01", "to": "2020-07-31",
        "by": "place", "items": 2, "of": 3, "share": 0.6667,
    }  # fmt: skip


def test_of_a_department_it_is_what_is_about_it_or_with_it(told):
    answer = told.ask.record(head(HOUSING), date(2020, 1, 1), date(2020, 7, 31))
    (occurrence,), (resolution,) = answer["occurrence"], answer["resolution"]
    assert (occurrence["by"], occurrence["items"], occurrence["of"]) == ("unit", 1, 2)
    assert {name: resolution[name] for name in ("items", "closed", "resolved", "dissatisfied", "late", "rate")} == {
        "items": 1, "closed": 0, "resolved": 1, "dissatisfied": 0, "late": 1, "rate": 1.0,
    }  # fmt: skip


def test_what_rules_propose_and_what_humans_decided_stand_apart(told):
    found = told.ask.record(head(HOUSING), *SPAN)["findings"]
    late = next(each for each in found["proposed_to_answer"] if each["id"] == LATE)
    assert (late["state"], late["role"], late["responsibility"]) == ("decided", "principal", "leadership")
    (decided,) = found["decided"]
    del decided["position"]
    assert decided == {
        "id": LATE, "on": "2020-07-09", "by": head(CITY_BUREAU), "responsibility": "leadership", "measure": "talk",
        "reason": "超期",
    }  # fmt: skip
    assert told.ask.record(deputy(HOUSING), *SPAN)["findings"]["decided"] == []


def test_only_the_days_in_office_count(open_city):
    late_comer = RoleGiven(official="official:new", role="principal", name="新任")
    city = open_city([*HISTORY, on("2020-06-01", late_comer, by=COUNTY)], date(2020, 8, 1))
    answer = city.ask.record("official:new", date(2020, 1, 1), date(2020, 7, 31))
    assert [(each["from"], each["items"], each["share"]) for each in answer["occurrence"]] == [("2020-06-01", 0, None)]
    assert answer["work"]["screenings"]["count"] == 0


def test_every_door_says_the_same(told):
    http = told.http.get("/v1/officials/430408-gov-head/record").json()
    assert http == told.danze("record", "430408-gov-head", "--json").json
    assert (http["from"], http["to"]) == ("2019-09-01", "2020-09-20")
    assert told.danze("record", head(HOUSING)).code == 0


def test_an_official_whom_nobody_knows_and_half_a_time_are_refused(told):
    told.danze("record", "official:no").refused("official:no", "not on record")
    told.danze("record", head(COUNTY), "--from", "2020-01-01").refused("--from and --to")
    assert told.http.get("/v1/officials/no/record").status_code == 404
    assert told.http.get("/v1/officials/430408-gov-head/record?from=2020-01-01").status_code == 400
