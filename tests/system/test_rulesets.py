"""A city's own rules on the command line: checked, previewed, adopted; and what would have come out under others."""

import json
import re
import tomllib
from contextlib import closing
from pathlib import Path

import msgspec
import orjson
import pytest
from litestar.testing import TestClient

from api.app import create_app
from cli.wiring import System
from domain.rules.law import content_hash
from infra.shipped import text_of
from tests.scenarios.telling import BUREAU as XFJ
from tests.scenarios.telling import HOUSING, NO, Scenario, who
from tests.system.command import Danze, action

SHORT = re.sub(r"(\[clocks\.K5\][^\[]*days = )60", r"\g<1>45", text_of("cn-2005"))
CITY_SET = """
name = "hengyang-2031"
zh = "衡阳（2031）"
en = "Hengyang (2031)"
from = 2031-01-01
overlay = true
[parameters]
supervise_days = 3
"""
YEAR = '[2031]\nversion = "1"\nworkdays = ["01-04"]\n[2031.holidays]\n"元旦" = ["01-01", "01-02"]\n'


@pytest.fixture
def danze(tmp_path: Path, monkeypatch) -> Danze:
    monkeypatch.chdir(tmp_path)
    for name, text in (("short.toml", SHORT), ("city.toml", CITY_SET), ("2031.toml", YEAR)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Danze(tmp_path / "danze.db")


@pytest.fixture
def handled(danze: Danze) -> Danze:
    """Accepted on 20 April, answered on 10 June: in 60 days, and not in 45."""
    story = Scenario("what-if", "", "2020-07-31")
    story.registered("2020-04-10")
    story.handled(until="notified")
    answer = {"outcome": "explained", "disposition": ["persuaded"], "basis": ["条例"]}
    story.on("2020-06-10", "answered", HOUSING, actor=who(HOUSING, "clerk"), **answer)
    danze.emit(*map(orjson.dumps, story.actions), options=["--history"])
    danze("tick", "--history", "--now", "2020-06-30")
    return danze


def what_if(danze: Danze, *options: str) -> dict:
    return danze("replay", "--json", *options).json


def test_a_limit_of_45_days_for_60_two_findings_appear(handled: Danze) -> None:
    before = handled("findings", "--json").out, handled.events()
    told = what_if(handled, "--ruleset", "short.toml")
    late, unwatched = told["findings"]["appear"]
    assert (told["findings"]["vanish"], told["findings"]["change"], told["refused"]) == ([], [], [])
    assert (late["id"], late["unit"], late["since"]) == (f"F04:petition:{NO}:K5", HOUSING, "2020-06-05")
    assert (late["late_by_days"], late["ground"], persons(late)) == (6, "B3", who_answers(HOUSING))
    assert (unwatched["id"], unwatched["unit"], unwatched["since"]) == (f"F17:petition:{NO}:S1", XFJ, "2020-06-13")
    assert persons(unwatched) == who_answers(XFJ)
    why = {"what": "clocks.K5.days", "before": 60, "after": 45, "article": "R2005 33"}
    assert (late["why"], unwatched["why"], told["differences"]) == ([why], [why], [why])
    moved, called_for = told["deadlines"]
    assert (called_for["clock"], called_for["from"], called_for["to"]) == ("S1", None, "2020-06-12")
    assert (moved["clock"], moved["from"], moved["to"], moved["open"]) == ("K5", "2020-06-19", "2020-06-04", False)
    assert (moved["owed_by"], moved["why"]) == (HOUSING, [why])
    assert (handled("findings", "--json").out, handled.events()) == before


def persons(finding: dict) -> set:
    return {(each["official"], each["responsibility"]) for each in finding["answers"]}


def who_answers(unit: str) -> set:
    return {
        (who(unit, "clerk"), "direct"), (who(unit, "deputy"), "leadership"), (who(unit, "head"), "leadership")
    }  # fmt: skip


def test_the_evidence_of_what_would_have_been_lies_on_record(handled: Danze) -> None:
    (late, _) = what_if(handled, "--ruleset", "short.toml")["findings"]["appear"]
    with_number = json.loads(handled("timeline", NO, "--json").out)["events"]
    types = {each["position"]: each["type"] for each in with_number}
    assert [types[at] for at in late["evidence"]] == ["petition.accepted.v1", "petition.answered.v1"]


def test_under_longer_limits_findings_vanish_and_what_is_left_changes(handled: Danze, tmp_path: Path) -> None:
    late = Scenario("late", "", "")
    late.registered("2020-04-10", no="430408-2020-000009")
    sent = [each for each in late.actions if each["type"].startswith("petition")]
    handled.emit(
        *({**a, "time": "2020-07-01T09:00:00+08:00", "id": f"9{a['id']}"} for a in sent), options=["--history"]
    )
    handled("tick", "--history", "--now", "2020-07-31")
    one_day = text_of("cn-2005").replace("days = 15", "days = 20")
    (tmp_path / "long.toml").write_text(one_day, encoding="utf-8")
    told = what_if(handled, "--ruleset", "long.toml", "--to", "2020-07-31")
    (changed,) = told["findings"]["change"]
    assert changed["id"] == "F01:petition:430408-2020-000009:K1"
    assert changed["changed"] == {"since": {"from": "2020-07-17", "to": "2020-07-22"}}
    (gone,) = what_if(handled, "--ruleset", "long.toml", "--to", "2020-07-18")["findings"]["vanish"]
    assert gone["id"] == changed["id"]
    by_rule = {"F01": {"appear": 0, "vanish": 0, "change": 1}}
    counted = {"by_rule": by_rule, "by_unit": {XFJ: by_rule["F01"]}}
    assert told["counts"] == {**counted, "deadlines_by_unit": {XFJ: 2, HOUSING: 1}}


def test_the_clock_goes_on_to_the_day_that_is_asked_for(danze: Danze) -> None:
    story = Scenario("open", "", "")
    story.registered("2020-04-10")
    story.handled(until="notified")
    danze.emit(*map(orjson.dumps, story.actions), options=["--history"])
    assert what_if(danze, "--ruleset", "short.toml")["findings"]["appear"] == []
    told = what_if(danze, "--ruleset", "short.toml", "--to", "2020-06-05")["findings"]["appear"]
    assert f"F04:petition:{NO}:K5" in [each["id"] for each in told]


def test_an_overlay_is_supposed_from_its_own_day_or_from_another(handled: Danze, tmp_path: Path) -> None:
    handled("replay", "--ruleset", "city.toml").refused("hengyang-2031", "2031-01-01", "--since")
    told = what_if(handled, "--ruleset", "city.toml", "--since", "2020-01-01")
    assert told["differences"] == [{"what": "parameters.supervise_days", "before": 5, "after": 3}]
    assert sum(len(rows) for rows in told["findings"].values()) == 0


def test_a_preview_shows_what_still_runs_and_changes_nothing(danze: Danze) -> None:
    story = Scenario("open", "", "")
    story.registered("2020-04-10")
    story.handled(until="notified")
    danze.emit(*map(orjson.dumps, story.actions), options=["--history"])
    danze("tick", "--history", "--now", "2020-06-10")
    before = danze.events()
    told = danze("ruleset", "preview", "short.toml", "--from", "2031-01-01", "--json").json
    moved = next(each for each in told["deadlines"] if each["clock"] == "K5")
    assert (moved["subject"], moved["from"], moved["to"]) == (f"petition:{NO}", "2020-06-19", "2020-06-04")
    assert (moved["owed_by"], moved["open"]) == (HOUSING, True)
    assert (told["adopted_from"], told["supposed_since"]) == ("2031-01-01", None)
    assert [each["id"] for each in told["findings"]["appear"]] == [f"F04:petition:{NO}:K5"]
    late = danze("ruleset", "preview", "short.toml", "--from", "2020-05-01", "--json").json
    assert (late["deadlines"], late["supposed_since"]) == ([], "2020-05-01")
    assert danze.events() == before


def test_over_http_the_answer_is_the_same(handled: Danze) -> None:
    said = handled("ruleset", "preview", "short.toml", "--from", "2020-02-01", "--json").json
    wrong = SHORT.replace("entry_hours", "entry_hour")
    with (
        closing(System(handled.store)) as system,
        TestClient(create_app(system.answers, None, version="test")) as client,
    ):
        path, toml = "/v1/rulesets/preview?from=2020-02-01", {"content-type": "application/toml"}
        assert client.post(path, content=SHORT.encode(), headers=toml).json() == said
        assert client.post(path, json=msgspec.to_builtins(tomllib.loads(SHORT))).json() == said
        errors = client.post(path, content=wrong.encode(), headers=toml).json()["errors"]
    assert [each["path"] for each in errors] == ["parameters.entry_hour", "overlay"]


def test_an_adopted_set_is_on_record_with_its_content(danze: Danze) -> None:
    said = danze("ruleset", "adopt", "city.toml", "--from", "2031-02-01", "--json").json
    (adopted,) = said["adopted"]
    assert (adopted["subject"], adopted["content_hash"]) == ("ruleset:hengyang-2031", content_hash(CITY_SET))
    again = danze("ruleset", "adopt", "city.toml", "--from", "2031-02-01", "--json").json["adopted"][0]
    assert (again["outcome"], again["position"]) == ("duplicate", adopted["position"])
    danze("replay", "--ruleset", "nobody").refused("hengyang-2031")


def test_a_calendar_is_previewed_and_adopted(danze: Danze) -> None:
    danze.emit(action("u", "unit.established", "unit:a", "2019-01-02T09:00:00+08:00",
                      {"name": "市信访局", "level": "city", "kind": "bureau", "division": "430400"}))  # fmt: skip
    assert danze("calendar", "check", "2031.toml", "--json").json["years"][0]["holidays"] == 2
    assert danze("calendar", "preview", "2031.toml", "--json").json["deadlines"] == []
    (adopted,) = danze("calendar", "adopt", "2031.toml", "--json").json["adopted"]
    assert (adopted["subject"], adopted["outcome"]) == ("calendar:2031", "recorded")


def test_a_calendar_with_another_day_off_moves_the_last_day(handled: Danze, tmp_path: Path) -> None:
    """Friday 19 June, the last day, becomes a day off: the limit rolls to Monday."""
    year = '[2020]\nversion = "2"\nworkdays = []\n[2020.holidays]\n"端午" = ["06-19"]\n'
    (tmp_path / "2020.toml").write_text(year, encoding="utf-8")
    story = Scenario("open", "", "")
    story.registered("2020-06-04", no="430408-2020-000007")
    sent = {**story.actions[-1], "recordedat": "2020-06-30T10:00:00+08:00"}
    handled.emit(orjson.dumps(sent), options=["--history"])
    told = handled("calendar", "preview", "2020.toml", "--json").json
    (moved,) = told["deadlines"]
    assert (moved["subject"], moved["clock"], moved["open"]) == (sent["subject"], "K1", True)
    assert (moved["from"], moved["to"]) == ("2020-06-19", "2020-06-22")
    assert moved["why"] == [{"what": "calendar.2020", "before": "1", "after": "2"}]
    assert (told["supposed_since"], told["findings"]["appear"]) == ("2020-01-01", [])


MISTAKES = [
    ("zh == 1", ("line 1",)),
    (CITY_SET.replace("supervise_days", "supervise_dayz"), ("parameters.supervise_dayz", "supervise_days")),
    (CITY_SET + '[clocks.K99]\nzh="a"\nen="b"\narticle="c"\ndays=1\nunit="working"', ("clocks.K99", "K5")),
    (CITY_SET.replace("= 3", "= 'three'"), ("parameters.supervise_days", "int")),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_a_mistake_is_told_with_its_place_by_every_verb(danze: Danze, tmp_path: Path, text: str, words: tuple) -> None:
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    checked = danze("ruleset", "check", "wrong.toml", "--json")
    assert (checked.code, checked.json["ok"]) == (1, False)
    told = " ".join(f"{each['path']} {each['sentence']}" for each in checked.json["mistakes"])
    assert all(word in told for word in words), told
    danze("ruleset", "adopt", "wrong.toml", "--from", "2031-01-01").refused("wrong.toml", *words)
    danze.emit()
    danze("replay", "--ruleset", "wrong.toml").refused("wrong.toml", *words)
    danze("ruleset", "preview", "wrong.toml").refused("wrong.toml", *words)


WRONG_YEARS = [
    ('["02-30"]', "2031.workdays", "02-30"),
    ('["01-01"]', "2031.workdays", "day off"),
    ("7", "2031.workdays", "array"),
]


@pytest.mark.parametrize(("days", "path", "words"), WRONG_YEARS)
def test_a_mistake_in_a_calendar_too(danze: Danze, tmp_path: Path, days: str, path: str, words: str) -> None:
    (tmp_path / "wrong.toml").write_text(YEAR.replace('["01-04"]', days), encoding="utf-8")
    (mistake,) = danze("calendar", "check", "wrong.toml", "--json").json["mistakes"]
    assert (mistake["path"], words in mistake["sentence"]) == (path, True)
    danze("calendar", "adopt", "wrong.toml").refused("wrong.toml", path)


def test_what_makes_no_sense_gets_a_sentence(danze: Danze) -> None:
    danze.emit()
    danze("replay", "--ruleset", "nobody").refused("nobody", "cn-2005")
    danze("replay", "--ruleset", "none.toml").refused("none.toml", "No such file")
    danze("replay", "--since", "2020-01-01").refused("--ruleset")
    danze("replay", "--to", "soon").refused("--to")
    danze("replay", "--from", "kafka", "--to", "1").refused("--from kafka")
    danze("ruleset", "adopt", "city.toml", "--from", "2020-01-01").refused("has passed", "replay --ruleset")
    danze("ruleset", "adopt", "city.toml", "--from", "tomorrow").refused("--from")


def test_a_replay_up_to_a_place_says_what_it_holds(handled: Danze) -> None:
    told = what_if(handled, "--to", "2020-04-12")
    assert (told["rows"]["cases"], told["rows"]["due"]) == (1, 1)
    assert what_if(handled)["position"] > told["position"]
