"""What differs between two recorded moments, and by which events in between."""

from pathlib import Path

import orjson
import pytest

from tests.scenarios.telling import BUREAU, HOUSING, NO, Scenario, who
from tests.system.command import Danze


@pytest.fixture
def danze(tmp_path: Path) -> Danze:
    """Extended on 12 June to 4 July, a Saturday, so to the 6th; answered on the 8th, two days late."""
    story = Scenario("diff", "", "")
    story.registered("2020-04-10")
    story.handled(until="notified")
    extension = {"days": 15, "approved_by": who(HOUSING, "head"), "reason": "情况复杂"}
    story.on("2020-06-12", "extended", HOUSING, **extension)
    story.on("2020-06-12", "notified", HOUSING, of="extension", how="post", signed=True)
    answer = {"outcome": "explained", "disposition": ["persuaded"], "basis": ["条例"]}
    story.on("2020-07-08", "answered", HOUSING, **answer)
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*map(orjson.dumps, story.actions), options=["--history"])
    return danze


def diff(danze: Danze, first: str, second: str, *options: str) -> dict:
    return danze("diff", "--as-of", first, "--as-of", second, "--json", *options).json


def types(rows: list[dict]) -> list[str]:
    return [each["type"] for each in rows]


def test_a_deadline_that_moved_and_the_extension_that_moved_it(danze: Danze) -> None:
    told = diff(danze, "2020-06-11", "2020-06-12")
    (moved,) = told["deadlines"]
    assert (moved["subject"], moved["clock"]) == (f"petition:{NO}", "K5")
    assert (moved["from"], moved["to"], moved["open"]) == ("2020-06-19", "2020-07-06", True)
    assert types(moved["because"]) == ["petition.extended.v1"]
    assert told["events"] == told["to"]["position"] - told["from"]["position"]


def test_a_finding_that_came_and_one_that_changed(danze: Danze) -> None:
    came = diff(danze, "2020-07-06", "2020-07-07")["findings"]
    late = next(each for each in came["appear"] if each["id"] == f"F04:petition:{NO}:K5")
    assert types(late["because"]) == ["deadline.missed.v1"]
    assert (came["vanish"], came["change"]) == ([], [])
    (changed,) = diff(danze, "2020-07-07", "2020-07-08")["findings"]["change"]
    assert changed["changed"] == {"late_by_days": {"from": None, "to": 2}}
    assert types(changed["because"]) == ["petition.answered.v1"]


def test_a_rate_with_the_items_that_joined(danze: Danze) -> None:
    span = ("--unit", HOUSING, "--from", "2020-06-01", "--to", "2020-07-31")
    rates = diff(danze, "2020-06-11", "2020-07-08", *span)["rates"]
    assert rates["unit"] == HOUSING
    answered = rates["kpis"]["on_time_answer"]
    asked = [danze("kpi", *span, "--as-of", day, "--json").json["kpis"] for day in ("2020-06-11", "2020-07-08")]
    for side, told in zip(("from", "to"), asked, strict=True):
        assert answered[side]["numerator"] == told["on_time_answer"]["numerator"]
    moved = {(each["in"], each["change"]) for each in answered["items"]}
    assert moved == {("not_due_open", "left"), ("late", "joined")}
    assert answered["to"]["parts"]["late"] == 1
    assert len(answered["items"][0]["because"]) == 4  # extended, notified, missed, answered


def test_where_no_unit_is_named_the_rates_are_those_of_the_highest_government(danze: Danze) -> None:
    assert diff(danze, "2020-06-11", "2020-07-08")["rates"]["unit"] == "unit:430400-gov"


def test_who_answers_changes_with_what_becomes_known_of_the_unit(danze: Danze, tmp_path: Path) -> None:
    left = Scenario("left", "", "")
    left.unit("2020-07-01", HOUSING, "role_ended", official=who(HOUSING, "deputy"), role="deputy_in_charge")
    late = {**left.actions[-1], "id": "left", "recordedat": "2020-07-09T09:00:00+08:00"}
    danze.emit(orjson.dumps(late), options=["--history"])
    (changed,) = diff(danze, "2020-07-08", "2020-07-09")["findings"]["change"]
    assert changed["id"] == f"F04:petition:{NO}:K5"
    assert changed["changed"].keys() == {"answers"}
    assert types(changed["because"]) == ["unit.role_ended.v1"]


def test_nothing_differs_from_itself(danze: Danze) -> None:
    told = diff(danze, "2020-07-08", "2020-07-08", "--unit", BUREAU)
    assert (told["events"], told["deadlines"], told["rates"]["kpis"]) == (0, [], {})
    assert told["findings"] == {"appear": [], "vanish": [], "change": []}


def test_what_makes_no_sense_gets_a_sentence(danze: Danze) -> None:
    danze("diff", "--as-of", "2020-07-08").refused("twice")
    danze("diff", "--as-of", "2020-07-08", "--as-of", "2020-07-01").refused("lies before")
    danze("diff", "--as-of", "2020-07-08", "--as-of", "soon").refused("soon")
    danze("diff", "--as-of", "2020-07-01", "--as-of", "2020-07-08", "--unit", "unit:none").refused("unit:none")
