"""The three-none board: where it went up, beside who is found at fault and what became of the items."""

import pytest

from tests.samples import *

VILLAGE, OTHER = "430408001003", "430408002"
BOARD = [
    *CITY_UNITS,
    on("2020-04-10", raised(place=VILLAGE)),
    on("2020-04-13", refer()),
    on("2020-04-20", accept(), by=HOUSING),
    on("2020-05-04", raised(place="430408001"), no="2"),
    on("2020-05-05", repeats("1"), no="2"),
    on("2020-05-06", raised(place=OTHER), no="3"),
    on("2020-05-07", raised(place="430408"), no="4"),
    on("2020-05-10", go_up("national", "irregular")),
    on("2020-05-12", go_up("national"), no="2"),
    on("2020-05-14", go_up("province", "collective")),
    on("2020-05-15", go_up("city", "collective"), no="3"),
    on("2020-05-16", e.IncidentReported(kind="mass"), no="3"),
    on("2020-05-17", e.IncidentReported(kind="extreme"), no="4"),
    on("2020-05-18", cause(COUNTY)),
    on("2020-05-20", e.PetitionResolved(), by=HOUSING),
]
SPAN = (date(2020, 4, 1), date(2020, 5, 31))


@pytest.fixture(scope="module")
def told(open_city):
    return open_city(BOARD, date(2020, 6, 1))


def place(told, code: str, **asked) -> dict:
    return next(row for row in told.ask.three_none(None, *SPAN, **asked)["places"] if row["place"] == code)


def counts(row: dict) -> list[int]:
    return [each["count"] for each in row["indicators"].values()]


def test_a_township_stands_with_its_items_findings_and_outcomes(told):
    row = place(told, "430408001")
    assert row == {
        "place": "430408001", "name": TOWN, "level": "township",
        "indicators": {
            "irregular_in_beijing": {"count": 1, "items": ["1"]},
            "repeated_to_beijing": {"count": 1, "items": ["1"]},
            "collective_to_province": {"count": 1, "items": ["1"]},
            "extreme_incidents": {"count": 0, "items": []},
        },
        "three_none": False, "findings": {"A": 1, "B": row["findings"]["B"]},
        "outcomes": {"items": 2, "resolved": 1, "dissatisfied": 0, "late": row["outcomes"]["late"]},
    }  # fmt: skip
    faults = [each for each in told.ask.findings()["findings"] if each["subject"] in ("petition:1", "petition:2")]
    assert row["findings"]["B"] == sum(each["axis"] == "B" for each in faults) > 0


def test_two_visits_to_beijing_of_one_matter_from_one_village_are_needed(told):
    assert counts(place(told, VILLAGE)) == [1, 0, 1, 0]


def test_what_went_no_further_than_the_city_leaves_a_place_among_the_three_none(told):
    row = place(told, OTHER)
    assert (row["three_none"], counts(row), row["outcomes"]["items"]) == (True, [0, 0, 0, 0], 1)


def test_an_item_that_names_no_township_is_told_above(told):
    row = place(told, "430408")
    assert (row["level"], counts(row)) == ("above", [0, 0, 0, 1])


def test_places_stand_by_their_code_never_by_rank(told):
    answer = told.ask.three_none(CITY, *SPAN)
    codes = [row["place"] for row in answer["places"]]
    assert codes == ["430408", "430408001", OTHER, VILLAGE]
    assert "never as a rank" in answer["caution"]["en"]


def test_a_unit_asks_about_the_places_of_its_division(told):
    assert [row["place"] for row in told.ask.three_none(TOWN, *SPAN)["places"]] == ["430408001", VILLAGE]


def test_before_it_happened_it_is_not_known(told):
    assert counts(place(told, "430408001", as_of=at("2020-05-11"))) == [1, 0, 0, 0]


def test_every_door_says_the_same(told):
    http = told.http.get("/v1/boards/three-none?unit=430408-gov&from=2020-04-01&to=2020-05-31").json()
    days = ("--from", "2020-04-01", "--to", "2020-05-31")
    assert http == told.danze("three-none", "--unit", COUNTY, *days, "--json").json
    assert told.danze("three-none").code == 0


def test_a_unit_that_nobody_knows_is_refused(told):
    told.danze("three-none", "--unit", "unit:no").refused("unit:no", "not on record")
    assert told.http.get("/v1/boards/three-none?unit=no").status_code == 404
