"""What stands in the ledgers, asked through all three doors."""

import pytest

from projections.ledgers.kinds import LEDGERS, STATES
from tests.samples import *


def test_a_dispute_ledger_shows_when_and_how_each_was_struck_off(city):
    answer = city.ask.ledger("dispute")
    entry = {**answer["entries"][0]}
    evidence = entry.pop("evidence")
    assert [city.system.log.get(position).type.split(".")[1] for position in evidence] == [
        "logged", "assigned", "cleared",
    ]  # fmt: skip
    assert entry == {
        "id": "dispute:d1#1", "subject": "dispute:d1", "state": "cleared", "unit": TOWN, "unit_name": TOWN,
        "official": None, "official_name": None, "place": "430408001", "opened_on": "2020-05-08",
        "due_on": "2020-06-08", "ended_on": "2020-05-20", "overdue": False, "summary": "征地补偿分歧",
        "assigned_to": LAND, "how": "达成协议", "petition": None,
    }  # fmt: skip
    assert {name: answer[name] for name in ("ledger", "total", "next", "behind")} == {
        "ledger": "dispute", "total": 1, "next": None, "behind": 0,
    }  # fmt: skip


def test_what_a_leader_received_is_tracked_to_its_resolution(city):
    entries = city.ask.ledger("reception", leader=head(COUNTY))["entries"]
    assert [(each["petition"], each["state"], each["item"]["resolved"]) for each in entries] == [
        ("2", "open", False), ("1", "resolved", True),
    ]  # fmt: skip
    assert [each["petition"] for each in city.ask.ledger("reception", state="open")["entries"]] == ["2"]


def test_the_board_of_sponsorship_shows_the_five_warranties(city):
    (entry,) = city.ask.ledger("sponsorship")["entries"]
    assert (entry["official"], entry["item"]["title"]) == (head(COUNTY), "小区停车收费")
    assert [name for name, day in entry["warranties"].items() if day] == ["informed"]


def test_what_is_past_its_day_is_overdue(city):
    overdue = city.ask.ledger("supervision", state="overdue")["entries"]
    assert [(each["id"], each["overdue"]) for each in overdue] == [(f"petition:1#{overdue[0]['id'][11:]}", True)]
    assert city.ask.ledger("supervision", state="closed")["total"] == 1


def test_the_ledger_of_a_unit_shows_each_item_step_by_step(city):
    entries = city.ask.ledger("unit", unit=HOUSING)["entries"]
    assert [each["petition"] for each in entries] == ["1"]
    steps = [(each["clock"], each["state"]) for each in entries[0]["steps"] if each["clock"][0] == "K"]
    assert steps[:3] == [("K1", "in_time"), ("K2", "in_time"), ("K5", "missed")]


def test_entries_are_found_by_unit_and_by_day(city):
    assert city.ask.ledger("inspection", unit=HOUSING)["total"] == 0
    assert city.ask.ledger("inspection", unit=COUNTY)["total"] == 1
    assert city.ask.ledger("inspection", from_=date(2020, 6, 3))["total"] == 0
    assert city.ask.ledger("inspection", from_=date(2020, 6, 2), to=date(2020, 6, 2))["total"] == 1


def test_page_after_page_gives_the_whole_ledger(city):
    whole = [each["id"] for each in city.ask.ledger("reception")["entries"]]
    first = city.ask.ledger("reception", limit=1)
    second = city.ask.ledger("reception", limit=1, cursor=first["next"])
    assert [first["entries"][0]["id"], second["entries"][0]["id"]] == whole
    assert (first["total"], second["next"]) == (2, None)


def test_as_of_a_day_a_ledger_stands_as_it_stood_then(city):
    (entry,) = city.ask.ledger("dispute", as_of=at("2020-05-15"))["entries"]
    assert (entry["state"], entry["ended_on"], entry["assigned_to"]) == ("open", None, LAND)


def test_a_scoreboard_counts_duties_supervision_sponsorship_and_disputes(city):
    board = city.ask.scoreboard(CITY)
    calendar = city.ask.duties(CITY, date(2019, 10, 1), date(2020, 10, 1))
    assert board["duties"] == calendar["totals"]
    assert {name: board[name] for name in ("supervision", "sponsorship", "disputes")} == {
        "supervision": {"open": 0, "answered": 1, "closed": 1, "overdue": 1},
        "sponsorship": {"open": 1, "ended": 0, "overdue": 0},
        "disputes": {"open": 0, "cleared": 1, "became_petition": 0, "overdue": 0},
    }
    assert "supervision: open 0, answered 1" in city.danze("show", CITY).out
    assert city.ask.scoreboard("unit:no") is None


@pytest.mark.parametrize("unit", [None, HOUSING, COUNTY])
def test_the_list_of_ledgers_counts_what_each_lists(city, unit):
    for each in city.ask.ledgers(unit)["ledgers"]:
        listed = city.ask.ledger(each["ledger"], unit=unit)
        assert each["total"] == listed["total"] == len(listed["entries"])
        assert each["overdue"] in (None, len(city.ask.ledger(each["ledger"], unit=unit, state="overdue")["entries"]))


@pytest.mark.parametrize("kind", [kind for kind in LEDGERS if kind != "unit"])
def test_a_page_of_a_ledger_says_how_many_stand_in_each_state(city, kind):
    totals = city.ask.ledger(kind, limit=1)["totals"]
    assert totals == {state: city.ask.ledger(kind, state=state)["total"] for state in (*STATES[kind], "overdue")}
    assert totals == {state: len(city.ask.ledger(kind, state=state)["entries"]) for state in totals}


@pytest.mark.parametrize("kind", LEDGERS)
def test_every_entry_stands_as_its_ledger_says_it_can(city, kind):
    assert {each["state"] for each in city.ask.ledger(kind)["entries"]} <= {*STATES[kind]}


@pytest.mark.parametrize("kind", LEDGERS)
def test_every_ledger_says_the_same_through_every_door(city, kind):
    answer = city.ask.ledger(kind)
    assert answer["total"] > 0, kind
    assert city.http.get(f"/v1/ledgers/{kind}").json() == city.danze("ledger", kind, "--json").json
    assert city.http.get(f"/v1/ledgers/{kind}").json()["total"] == answer["total"]
    assert city.danze("ledger", kind).code == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["nothing"], ["nothing", "dispute"]), (["dispute", "--unit", "unit:no"], ["unit:no", "not on record"]),
        (["reception", "--leader", "official:no"], ["official:no", "not on record"]),
        (["dispute", "--from", "2020-07-01", "--to", "2020-06-01"], ["--to", "before"]),
        (["dispute", "--state", "lost"], ["--state", "'lost'", "cleared", "overdue"]),
        (["dispute", "--cursor", "x"], ["--cursor", "'x'"]), (["unit", "--cursor", "x"], ["--cursor", "'x'"]),
        (["dispute", "--cursor", "a|b|c"], ["--cursor"]),
    ],
)  # fmt: skip
def test_what_nobody_knows_is_refused_in_one_sentence(city, asked, words):
    city.danze("ledger", *asked).refused(*words)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404), ("dispute?unit=no", 404), ("reception?leader=no", 404), ("dispute?from=june", 400),
        ("dispute?state=lost", 400), ("unit?cursor=%00|1", 400),
        ("dispute?from=2020-07-01&to=2020-06-01", 400), ("dispute?cursor=x", 400),
        ("dispute?cursor=a|99999999999999999999|b", 400),
    ],
)  # fmt: skip
def test_what_nobody_knows_is_a_problem(city, path, status):
    answer = city.http.get(f"/v1/ledgers/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
