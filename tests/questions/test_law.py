"""Over HTTP: the rules in force in the words of the law, what was sealed, what two times differ in, other subjects."""

import pytest

from api.routes import law
from tests.samples import *


def test_the_rules_of_a_day_come_with_the_words_of_their_articles(city):
    now, later = (city.http.get(f"/v1/rules?on={day}").json() for day in ("2020-06-30", "2023-01-01"))
    assert {each["name"] for each in now["sets"] if each["in_force"]} >= {"cn-2005", "hengyang-2020"}
    assert "cn-2022" in {each["name"] for each in later["sets"] if each["in_force"]}
    (k1,) = (each for each in now["clocks"] if each["id"] == "K1")
    assert "15日" in now["articles"][k1["article"]]["text"]
    assert city.http.get("/v1/rules?on=june").json()["errors"][0]["path"] == "on"


def test_what_was_sealed_is_told_and_nothing_was(city):
    told = city.http.get("/v1/log/checkpoints").json()
    assert (told["checkpoints"], told["agrees"], told["position"]) == ([], None, city.ask.health()["position"])


def test_two_times_are_compared_as_the_command_line_does(city):
    told = city.http.get(f"/v1/diff?before=2020-05-01&after=2020-08-01&unit={HOUSING}").json()
    said = city.danze("diff", "--as-of", "2020-05-01", "--as-of", "2020-08-01", "--unit", HOUSING, "--json").json
    assert told == said
    assert told["findings"]["appear"]


def test_pages_of_a_comparison_tell_together_what_one_tells(city):
    asked = "before=2020-05-01&after=2020-08-01"
    whole, page = city.http.get(f"/v1/diff?{asked}").json(), {"next": ""}
    pages = []
    while page["next"] is not None:
        page = city.http.get(f"/v1/diff?{asked}&limit=1" + (f"&cursor={page['next']}" if page["next"] else "")).json()
        pages.append(page)
    assert len(pages) > 3
    assert sum(each["events"] for each in pages) == whole["events"]
    assert [row for each in pages for row in each["deadlines"]] == whole["deadlines"]
    for kind, found in whole["findings"].items():
        assert [row for each in pages for row in each["findings"][kind]] == found


def test_rates_of_two_times_are_not_compared_item_by_item_where_they_are_too_many(city, monkeypatch):
    monkeypatch.setattr(law, "RATED", 1)
    refused = city.http.get("/v1/diff?before=2020-05-01&after=2020-08-01&unit=unit:430400-gov")
    assert refused.status_code == 400
    assert "ask for a unit below it" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("before=2020-05-01", 400), ("before=&after=2020-05-01", 400), ("before=2020-05-02&after=2020-05-01", 400),
     ("before=x&after=2020-05-01", 400), ("before=2020-05-01&after=2020-05-02&unit=nobody", 404),
     ("before=2020-05-01&after=2020-05-02&cursor=x", 400)],
)  # fmt: skip
def test_times_that_cannot_be_compared_are_a_problem(city, asked, status):
    assert city.http.get(f"/v1/diff?{asked}").status_code == status


def test_what_happened_to_any_subject_is_told(city):
    dispute = city.http.get("/v1/subjects/dispute:d1/timeline").json()
    assert [each["type"] for each in dispute["events"]] == [
        "dispute.logged.v1", "dispute.assigned.v1", "dispute.cleared.v1",
    ]  # fmt: skip
    assert city.http.get(f"/v1/subjects/{HOUSING}/timeline").json()["events"]
    for nothing in ("dispute", "dispute:none", "430408-zjj"):
        assert city.http.get(f"/v1/subjects/{nothing}/timeline").status_code == 404


def test_what_comes_due_is_counted_and_listed_by_span(city):
    counted = city.http.get("/v1/due/coming").json()
    for span in ("missed", "today", "week"):
        assert city.http.get(f"/v1/due?span={span}").json()["total"] == counted[span]
    assert counted["missed"] > 0
    assert city.http.get("/v1/due?span=month").status_code == 400


def test_leaders_are_listed_with_the_seats_that_nobody_holds(city):
    told = city.http.get("/v1/officials").json()
    assert {"official": head(COUNTY), "role": "principal"}.items() <= next(
        each for each in told["leaders"] if each["official"] == head(COUNTY)
    ).items()


def test_findings_and_items_are_asked_for_by_state_purpose_and_who_registered(city):
    assert city.http.get("/v1/findings?state=decided").json()["total"] == 0
    assert city.http.get("/v1/findings?state=proposed").json()["total"] == city.http.get("/v1/findings").json()["total"]
    assert city.http.get("/v1/findings?state=open").json()["errors"][0]["path"] == "state"
    assert city.http.get("/v1/petitions?purpose=accusation").json()["total"] == 0
    registered = city.http.get(f"/v1/petitions?registered_by={BUREAU}").json()["total"]
    assert registered == city.http.get("/v1/petitions").json()["total"] > 0
