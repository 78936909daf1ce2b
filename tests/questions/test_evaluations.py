"""The half-year evaluation: each line counted by hand, a proposal that a human can send, and what stands beside it."""

import pytest

from domain.codec import encode
from domain.evaluation.events import EvaluationScored, OfficialInterviewed, UnitListed
from domain.periods import half_year
from tests.samples import *

FIRST, SECOND = half_year("2020H1"), half_year("2020H2")
HALF = f"evaluation:{COUNTY[5:]}:2020H1"
YEAR = [
    *CITY_UNITS,
    on("2020-01-06", raised()), on("2020-01-08", refer()), on("2020-01-10", accept(), by=HOUSING),
    on("2020-01-11", notify(), by=HOUSING), on("2020-02-20", answer(), by=HOUSING),
    on("2020-02-03", raised(), no="2"), on("2020-02-05", refer(), no="2"),
    on("2020-02-10", accept(), by=HOUSING, no="2"), on("2020-02-11", notify(), by=HOUSING, no="2"),
    on("2020-03-02", raised(), no="3"), on("2020-03-03", repeats("1"), no="3"),
    on("2020-03-05", go_up("province")), on("2020-03-06", go_up("city", "collective"), no="2"),
    on("2020-03-09", raised(channel="visit", persons=6), no="4", by=CITY_BUREAU),
    on("2020-06-20", e.PetitionResolved(), by=HOUSING),
]  # fmt: skip


@pytest.fixture(scope="module")
def year(open_city):
    return open_city(YEAR, date(2020, 7, 2))


def test_each_line_says_what_was_measured_and_how_the_points_follow(year):
    lines = year.ask.evaluation(COUNTY, FIRST)["lines"]
    assert [(each["indicator"], each["numerator"], each["denominator"], each["points"]) for each in lines] == [
        ("to-province-and-beijing", 1, None, 18.0), ("collective-to-city", 2, None, 16.0),
        ("repeats", 1, 3, 13.33), ("acceptance", 2, 2, 20.0), ("handling", 1, 2, 10.0),
    ]  # fmt: skip
    assert [each["items"] for each in lines] == [["1"], ["2", "4"], ["1", "2", "3"], ["1", "2"], ["1", "2"]]
    assert lines[0]["explained"] == {
        "zh": "赴省进京越级访：1件次，每件次扣2分，满分20分，得18分。",
        "en": "visits to the province or Beijing past the proper level: 1, 2 points off for each, 18 of 20 points.",
    }
    assert lines[2]["explained"]["zh"] == "重复信访：1/3，满分20分按其余比率计，得13.33分。"


def test_the_score_stands_beside_findings_and_outcomes(year):
    told = year.ask.evaluation(COUNTY, FIRST)
    assert (told["score"], told["of"], told["list_below"], told["listing_proposed"], told["over"]) == (
        77.33, 100, 60, False, True,
    )  # fmt: skip
    below = {CITY, CITY_BUREAU, CITY_SCHOOLS}
    faults = [each for each in year.ask.findings()["findings"] if each["unit"] not in below]
    in_time = [each["axis"] for each in faults if each["since"] <= "2020-06-30"]
    assert told["findings"] == {"A": in_time.count("A"), "B": in_time.count("B"), "duties": in_time.count(None)}
    assert told["findings"]["B"] > 0
    assert told["outcomes"] == {"items": 4, "closed": 0, "resolved": 1, "dissatisfied": 0}


def test_a_department_is_measured_by_what_is_about_it_or_with_it(year):
    told = {each["indicator"]: each for each in year.ask.evaluation(HOUSING, FIRST)["lines"]}
    assert told["to-province-and-beijing"]["items"] == ["1"]
    assert told["collective-to-city"]["items"] == ["2"]
    assert told["repeats"]["explained"]["en"] == "repeat petitions: nothing to count in the period, all 20 points."


def test_a_half_year_that_no_rule_set_measures_has_no_score(year):
    told = year.ask.evaluation(COUNTY, half_year("2019H2"))
    assert (told["lines"], told["score"], told["proposal"], told["listing_proposed"]) == ([], None, None, False)


def test_a_half_year_that_still_runs_says_so(year):
    assert year.ask.evaluation(COUNTY, SECOND)["over"] is False


def test_a_human_sends_the_proposal_and_it_is_recorded_beside_listing_and_interview(open_city):
    proposed = open_city(YEAR, date(2020, 7, 2)).ask.evaluation(COUNTY, FIRST)["proposal"]
    assert (proposed["subject"], proposed["data"]["score"]) == (HALF, "77.33")
    assert proposed["data"]["metrics"] == {
        "to-province-and-beijing": "1", "collective-to-city": "2", "repeats": "0.3333", "acceptance": "1.0000",
        "handling": "0.5000",
    }  # fmt: skip
    scored = on("2020-07-10", EvaluationScored(**proposed["data"]), of=HALF, by=CITY_BUREAU)
    assert b'"77.33"' in encode(scored)
    city = open_city(
        [*YEAR, scored, on("2020-07-11", UnitListed(reason="督办件多"), of=HALF, by=CITY_BUREAU),
         on("2020-07-20", OfficialInterviewed(official=head(COUNTY)), of=HALF, by=CITY_BUREAU)],
        date(2020, 7, 21),
    )  # fmt: skip
    recorded = city.ask.evaluation(COUNTY, FIRST)["recorded"]
    assert (recorded["state"], recorded["score"], recorded["formula"]) == (
        "listed",
        "77.33",
        proposed["data"]["formula"],
    )
    assert recorded["interviewed"] == [{"official": head(COUNTY), "on": "2020-07-20"}]


def test_as_of_a_day_before_it_is_what_was_known_then(year):
    told = year.ask.evaluation(COUNTY, FIRST, as_of=at("2020-03-04 23:00"))
    assert told["lines"][0]["numerator"] == 0
    assert told["lines"][2]["items"] == ["1", "2", "3"]


def test_every_door_says_the_same(year):
    http = year.http.get("/v1/evaluations/2020H1?unit=430408-gov").json()
    assert http == year.danze("evaluate", COUNTY, "2020H1", "--json").json
    assert "得18分" in year.danze("evaluate", COUNTY, "2020H1").out


@pytest.mark.parametrize("when", ["", "&as_of=2020-06-30T23:00:00%2B08:00"])
def test_over_http_many_items_are_listed_elsewhere_and_no_key_says_none(year, when, monkeypatch):
    asked = f"/v1/evaluations/2020H1?unit=430408-gov{when}"
    few = year.http.get(asked).json()["lines"]
    monkeypatch.setattr("api.routes.ledgers.NAMED", 2)
    many = year.http.get(asked).json()["lines"]
    assert ["items" in each for each in many] == [True, True, False, False, False]
    for line, whole in zip(many, few, strict=True):
        at = line.pop("items_at", None)
        assert line == whole if at is None else line | {"items": year.http.get(at).json()["items"]} == whole


def test_what_is_no_half_year_or_no_unit_is_refused(year):
    year.danze("evaluate", COUNTY, "2020Q1").refused("2020Q1", "2020H1")
    year.danze("evaluate", "unit:no", "2020H1").refused("unit:no", "not on record")
    assert year.http.get("/v1/evaluations/2020Q1?unit=430408-gov").status_code == 404
    assert year.http.get("/v1/evaluations/2020H1?unit=no").status_code == 404
    assert year.http.get("/v1/evaluations/2020H1").status_code == 400
