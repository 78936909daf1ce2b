"""What if other rules had been in force? Under the very rules that were, nothing comes out otherwise."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.wiring import System
from domain.envelope import SHANGHAI
from domain.rules.law import Supposed, content_hash, parse_ruleset
from infra.city.simulation import simulate
from infra.questions.what_if import Telling
from infra.whatif.judging import Judged, judged
from tests.scenarios.telling import HOUSING, Scenario, who
from tests.system.command import action
from tests.system.histories import ITEMS, histories, lines
from tests.system.test_conformance import FOLDERS
from tests.system.test_properties import STORED

AS_IT_WAS = Supposed()


@contextmanager
def recorded(folder: Path, sent: list[bytes], now: date, *, cuts: int = 1000) -> Iterator[System]:
    """A past in a store, and the clock up to a day."""
    with closing(System(f"sqlite:///{folder}/danze.db")) as system:
        intake = system.intake(history=True)
        for at in range(0, len(sent), cuts):
            intake.take(sent[at : at + cuts])
        system.intake(history=True, clock=True).advance(now)
        yield system


def again(system: System, supposed: Supposed = AS_IT_WAS, until: date | None = None) -> Judged:
    return judged(system.log, system.rules, supposed, upto=system.log.head().position, until=until)


def nothing_differs(system: System, until: date | None = None) -> None:
    found = again(system, until=until)
    told = Telling(found).answer()
    assert told["findings"] == {"appear": [], "vanish": [], "change": []}
    assert (told["deadlines"], told["refused"], told["differences"]) == ([], [], [])
    assert told["absences"]["on_record"] == told["absences"]["what_if"]
    assert list(found.comparison.findings())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_under_its_own_rules(folder, tmp_path):
    sent = (folder / "actions.jsonl").read_bytes().splitlines()
    until = _last_day(json.loads((folder / "expect.json").read_text(encoding="utf-8"))["now"])
    with recorded(tmp_path, sent, until) as system:
        nothing_differs(system, until)


def _last_day(now: str) -> date:
    return datetime.fromisoformat(now).date()


def test_a_quarter_of_the_city_under_its_own_rules(tmp_path):
    sent = [orjson.dumps(action) for action in simulate(3, days=91, scale=0.03, counties=1)]
    with recorded(tmp_path, sent, date(2020, 9, 30)) as system:
        nothing_differs(system, date(2020, 9, 30))
        nothing_differs(system)


@STORED
@given(histories(), st.integers(1, 60))
def test_any_history_under_its_own_rules(history, cuts):
    with TemporaryDirectory() as folder, recorded(Path(folder), lines(history), date(2023, 6, 1), cuts=cuts) as system:
        nothing_differs(system, date(2023, 6, 1))


OTHER = """
name = "other"
zh = "另一规则"
en = "Another"
from = 2019-01-01
overlay = true
[switches]
roll_last_day = false
[parameters]
passed_around_from = 2
entry_hours = 1
extension_max_days = 10
collective_min_persons = 3
[clocks.K1]
zh = "转送"
en = "routes"
article = "X 1"
days = 4
unit = "working"
[clocks.K5]
zh = "办结"
en = "handles"
article = "X 2"
days = 45
unit = "calendar"
"""


def findings_of(system: System) -> dict[str, dict]:
    """What stands, without the positions that lie one further where the adoption was recorded first."""
    told = system.answers.findings()["findings"]
    return {each["id"]: {name: each.get(name) for name in SAME} for each in told}


SAME = ("rule", "subject", "unit", "since", "late_by_days", "ground", "answers", "aggravated", "state")


def test_it_comes_out_as_if_it_had_been_so(tmp_path):
    """The what-if of a quarter is what a city finds that had adopted the rules before the quarter began."""
    sent = [orjson.dumps(action) for action in simulate(5, days=91, scale=0.03)]
    law = parse_ruleset(OTHER)
    data = {"name": law.name, "from": "2019-01-01", "content": OTHER, "content_hash": content_hash(OTHER)}
    first = action("adopt", "ruleset.adopted", "ruleset:other", "2019-01-01T09:00:00+08:00", data)
    until = date(2020, 9, 30)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    with recorded(tmp_path / "two", [orjson.dumps(first), *sent], until) as system:
        as_it_came = findings_of(system)
    with recorded(tmp_path / "one", sent, until) as system:
        as_it_was = findings_of(system)
        told = system.answers.what_if.replay(Supposed(law, date(2019, 1, 1)), to=at_end(until))
    for each in told["findings"]["vanish"]:
        del as_it_was[each["id"]]
    for each in (*told["findings"]["appear"], *told["findings"]["change"]):
        as_it_was[each["id"]] = {name: each.get(name) for name in SAME}
    assert as_it_was == as_it_came
    assert min(len(told["findings"]["appear"]), len(told["deadlines"])) > 10


def at_end(day: date) -> datetime:
    return datetime.combine(day, time.max, SHANGHAI)


@STORED
@given(histories(), st.sampled_from(("cn-2005", "cn-2022", "simple-2022")))
def test_any_history_can_be_judged_under_any_rules(history, name):
    with TemporaryDirectory() as folder, recorded(Path(folder), lines(history), date(2023, 6, 1)) as system:
        head = system.log.head()
        found = again(system, Supposed(system.rules.sets[name], date.min), until=date(2023, 6, 1))
        stands = {each.id for each in found.comparison.findings() if each.now is not None}
        of_items = {id for no in ITEMS if (item := found.office.item(no)) is not None for id in item.found}
        assert {id for id in stands if id.split(":")[1] == "petition"} == of_items
        assert Telling(found).answer()["position"] == system.log.head().position == head.position


@pytest.mark.parametrize("cuts", [1, 1000])
def test_where_a_batch_ends_decides_nothing(tmp_path, cuts):
    """The principal sponsored first, in the same batch: his deputy did not go before him (D11)."""
    story = Scenario("batch", "", "")
    for number, role in enumerate(("head", "deputy"), 1):
        no = f"430408-2020-00000{number}"
        story.registered("2020-04-10", no=no)
        leader = who(HOUSING, role)
        story.on("2020-04-13", "sponsored", HOUSING, no, leader=leader, team=[who(HOUSING, "clerk")], plan="五包")
    with recorded(tmp_path, [orjson.dumps(each) for each in story.actions], date(2020, 4, 14), cuts=cuts) as system:
        found = [each["id"] for each in system.answers.findings()["findings"]]
    assert [id for id in found if id.startswith("D11")] == []
