"""Every rate of the contract is counted a second time, in SQL over the exported log, by nobody who knows our folds."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import Phase, given, settings

from cli.wiring import System
from domain.envelope import day_of
from infra.city.simulation import simulate
from infra.exporters import jsonl
from tests.scenarios.telling import HERE
from tests.system.histories import UNITS, histories, lines
from tests.system.reconcile import CONTRACT, Exported

CITY = "unit:430400-gov"
SCENARIOS = sorted(path.parent for path in HERE.glob("*/actions.jsonl"))
FIRST, SECOND, THIRD = (
    (date(2020, 1, 1), date(2020, 3, 31)), (date(2020, 4, 1), date(2020, 6, 30)), (date(2020, 7, 1), date(2020, 9, 30)),
)  # fmt: skip
HALF, MONTH = (date(2020, 1, 1), date(2020, 6, 30)), (date(2020, 5, 1), date(2020, 5, 31))
LONG = (date(2019, 1, 1), date(2024, 12, 31))


def told(system: System, actions: Iterator[bytes] | list[bytes], until: date | None = None) -> Exported:
    """Takes a past into a store and exports it."""
    intake = system.intake(history=True)
    pending = iter(actions)
    while batch := list(islice(pending, 1_000)):
        intake.take(batch)
    if until is not None:
        intake.advance(until)
    system.projector.catch_up()
    path = Path(system.url).with_suffix(".jsonl")
    jsonl.export(system.log, path, system.log.head().position, lambda _: None)
    return Exported(path)


def differing(system: System, exported: Exported, unit: str, days: tuple[date, date]) -> tuple[dict[str, Any], int]:
    """Rates whose items differ, as (SQL, danze), and how many items were counted."""
    answer = system.answers.kpi(unit, *days)
    said = {name: answer["kpis"][name] for name in CONTRACT}
    ours = {name: (set(kpi["numerator_items"]), set(kpi["denominator_items"])) for name, kpi in said.items()}
    theirs = exported.kpis(unit, *days, day_of(system.answers.present().moment))
    found = {name: (theirs[name], ours[name]) for name in CONTRACT if theirs[name] != ours[name]}
    return found, sum(len(denominator) for _, denominator in ours.values())


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[tuple[System, Exported]]:
    """Ten simulated months of a small city, and its export."""
    with closing(System(str(tmp_path_factory.mktemp("city") / "danze.db"))) as system:
        yield system, told(system, (orjson.dumps(each) for each in simulate(5, 300, 0.1, date(2020, 1, 1), counties=2)))


@pytest.mark.parametrize("days", [FIRST, SECOND, THIRD, HALF, MONTH], ids=lambda days: f"{days[0]:%m%d}-{days[1]:%m%d}")
def test_the_citys_rates_are_counted_alike(city, days):
    found, counted = differing(*city, CITY, days)
    assert found == {}
    assert counted > 500


@pytest.mark.parametrize("kind", ["bureau", "department", "township", "government"])
def test_the_rates_of_single_units_are_counted_alike(city, kind):
    system, exported = city
    for unit in exported.busiest(kind)[:4]:
        for days in (HALF, SECOND, THIRD):
            assert differing(system, exported, unit, days)[0] == {}, (unit, days)


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_the_rates_of_each_scenario_are_counted_alike(folder, tmp_path):
    expect = orjson.loads((folder / "expect.json").read_bytes())
    with closing(System(str(tmp_path / "danze.db"))) as system:
        actions = (folder / "actions.jsonl").read_bytes().splitlines()
        exported = told(system, actions, date.fromisoformat(expect["now"][:10]))
        for each in system.answers.present().units:
            assert differing(system, exported, each.unit, LONG)[0] == {}, each.unit


@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
@given(histories(longest=60))
def test_the_rates_of_any_history_are_counted_alike(history):
    with TemporaryDirectory() as folder, closing(System(f"{folder}/danze.db")) as system:
        exported = told(system, lines(history), date(2023, 6, 1))
        for unit in (CITY, *UNITS):
            assert differing(system, exported, unit, LONG)[0] == {}, unit
