"""SQL over the archive says what the folds say: every state, limit, counter and rate, now and as of any position."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import Phase, given, settings
from msgspec.structs import replace
from sqlalchemy import text

from cli.wiring import System
from infra.city.simulation import simulate
from infra.columnar.replay import Archive
from projections.counters import KEYS
from tests.samples import *
from tests.scenarios.telling import HERE
from tests.system.command import Danze
from tests.system.histories import UNITS, histories, lines
from tests.system.replayed import differing, told

SCENARIOS = sorted(path.parent for path in HERE.glob("*/actions.jsonl"))
SECOND, THIRD = (date(2020, 4, 1), date(2020, 6, 30)), (date(2020, 7, 1), date(2020, 9, 30))
MONTH = date(2020, 5, 1), date(2020, 5, 31)
ALWAYS = (date.min, date.max)


def city_of(folder: Path, seed: int, days: int, scale: float, **options) -> tuple[System, Path]:
    system = System(str(folder / "danze.db"))
    return system, told(system, map(orjson.dumps, simulate(seed, days, scale, date(2020, 1, 1), **options)))


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[tuple[System, Path]]:
    """Nine simulated months of a small city, and its archive."""
    system, folder = city_of(tmp_path_factory.mktemp("city"), 5, 270, 0.06, counties=2)
    with closing(system):
        yield system, folder


@pytest.fixture(scope="module")
def archive(city) -> Archive:
    return Archive(city[1], city[0].rules)


def test_every_state_limit_counter_and_rate_is_told_alike(city, archive):
    assert len(archive.states()["items"]) > 500
    assert len(archive.deadlines(missed=True)["deadlines"]) > 50
    assert differing(*city) == []


def test_so_it_is_as_of_any_position(city, archive):
    chance = Random(7)
    for position in sorted(chance.sample(range(1, archive.position), 3)):
        assert differing(*city, position) == [], position


@pytest.mark.parametrize(("seed", "days", "scale"), [(1, 30, 0.2), (2, 100, 0.05)])
def test_so_it_is_in_other_cities(tmp_path, seed, days, scale):
    system, folder = city_of(tmp_path, seed, days, scale)
    with closing(system):
        assert differing(system, folder) == []
        assert differing(system, folder, system.log.head().position // 2) == []


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_so_it_is_in_each_scenario(folder, tmp_path):
    expect = orjson.loads((folder / "expect.json").read_bytes())
    with closing(System(str(tmp_path / "danze.db"))) as system:
        archive = told(
            system, (folder / "actions.jsonl").read_bytes().splitlines(), date.fromisoformat(expect["now"][:10])
        )
        assert differing(system, archive) == []
        rated_alike(system, archive, [COUNTY, BUREAU, HOUSING, LABOUR], [ALWAYS])


@settings(max_examples=6, phases=[Phase.generate])
@given(histories(longest=60))
def test_so_it_is_in_any_history(history):
    with TemporaryDirectory() as folder, closing(System(f"{folder}/danze.db")) as system:
        archive = told(system, lines(history), date(2023, 6, 1))
        assert differing(system, archive) == []
        rated_alike(system, archive, [*UNITS], [ALWAYS])


def test_an_item_goes_back_to_who_sent_it_though_nobody_names_his_unit(tmp_path):
    """Who names no unit acts for the one that has the item, even after it was taken back twice."""
    story = [on("2020-04-10", raised(), by=BUREAU)]
    for day, unit in ((13, HOUSING), (16, LABOUR)):
        story += [
            replace(on(f"2020-04-{day}", refer(unit)), unit=None),
            on(f"2020-04-{day + 1}", e.AssignmentObjected(reason="另有主管"), by=unit),
            replace(on(f"2020-04-{day + 2}", e.AssignmentWithdrawn()), unit=None),
        ]
    with closing(System(str(tmp_path / "danze.db"))) as system:
        folder = told(system, lines([*CITY_UNITS, *story]))
        (item,) = Archive(folder, system.rules).states()["items"]
        assert (item["state"], item["unit"]) == ("registered", BUREAU)
        assert system.log.head().position == len(CITY_UNITS) + len(story)
        assert differing(system, folder) == []


def rated_alike(system: System, folder: Path, units: list[str], spans: list[tuple[date, date]]) -> int:
    """Compares the rates of units, item by item; answers how many items stood in the denominators."""
    archive, counted = Archive(folder, system.rules), 0
    for unit in units:
        for span in spans:
            kpis = system.answers.kpi(unit, *span)["kpis"]
            assert archive.kpi(unit, *span)["kpis"] == kpis, (unit, span)
            counted += sum(kpi["denominator"] for kpi in kpis.values())
    return counted


def test_the_rates_of_units_of_every_kind_are_told_alike(city):
    system, folder = city
    units = {kind: [] for kind in ("government", "bureau", "department", "township")}
    for each in system.answers.units()["units"]:
        units.setdefault(each["kind"], []).append(each["unit"])
    some = [unit for kind in ("government", "bureau", "department", "township") for unit in units[kind][:2]]
    assert rated_alike(system, folder, some, [SECOND, THIRD, MONTH]) > 2_000


def test_the_counters_of_a_unit_and_a_time_are_told_alike(city, archive):
    system, _ = city
    for by in KEYS:
        ours = archive.counters(by, unit="unit:430400-xfj", from_=SECOND[0], to=SECOND[1])["rows"]
        theirs = system.answers.counters(by=by, unit="unit:430400-xfj", from_=SECOND[0], to=SECOND[1])["rows"]
        assert ours == [{name: value for name, value in row.items() if name != "name"} for row in theirs], by


def test_a_recorded_time_is_the_last_position_by_then(city):
    system, folder = city
    noon = system.answers.present().moment - timedelta(days=40)
    there = Archive(folder, system.rules, noon)
    assert there.position == system.log.at(int(noon.timestamp()) * 1_000_000)
    assert there.moment <= noon
    assert differing(system, folder, there.position) == []


def test_read_models_that_say_otherwise_are_named(danze, tmp_path):
    danze.emit(*simulate(8, days=60, scale=0.05), options=("--history",))
    assert danze("export", "parquet", tmp_path / "log").code == 0
    assert danze("audit", "compare", tmp_path / "log", "--json").json["agree"]
    no = danze("audit", "states", tmp_path / "log", "--json").json["items"][0]["no"]
    altered(danze, f"UPDATE cases_{{}} SET unit = 'unit:430400-fgw' WHERE no = '{no}'")
    said = danze("audit", "compare", tmp_path / "log", "--json")
    assert said.code == 1
    first = said.json["differences"][0]
    assert (first["question"], first["of"], first["what"], first["store"]) == ("state", no, "unit", "unit:430400-fgw")


def altered(danze: Danze, statement: str) -> None:
    """Somebody changes a row of the read models behind danze's back."""
    with closing(System(danze.store)) as system, system.views.writing() as connection:
        live = system.views.live()
        connection.execute(text(statement.format(live.tables.number)))


def test_an_auditor_without_a_store_asks_the_archive(danze, tmp_path):
    danze.emit(*simulate(8, days=60, scale=0.05), options=("--history",))
    assert danze("export", "parquet", tmp_path / "log").code == 0
    asked = ("--unit", CITY, "--from", "2020-07-01", "--to", "2020-12-31", "--json")
    theirs = danze("kpi", *asked).json
    away = Danze(tmp_path / "none.db")
    ours = away("audit", "kpi", tmp_path / "log", *asked).json
    assert ours == {name: theirs[name] for name in ours}
    assert away("audit", "counters", tmp_path / "log", "--by", "county", "--as-of", "2020-08-01", "--json").json["rows"]
    missed = away("audit", "deadlines", tmp_path / "log", "--missed", "--unit", CITY, "--json").json["deadlines"]
    assert missed
    assert all(each["missed"] for each in missed)
    assert "items at position" in away("audit", "states", tmp_path / "log").out
    assert not (tmp_path / "none.db").exists()


def test_what_is_no_archive_is_told_in_a_sentence(danze, tmp_path):
    danze("audit", "states", tmp_path / "none").refused("holds no events")
    (tmp_path / "events" / "recorded_month=2020-01").mkdir(parents=True)
    (tmp_path / "events" / "recorded_month=2020-01" / "000000000001-000000000002.parquet").write_bytes(b"PAR1?PAR1")
    danze("audit", "states", tmp_path).refused("is no archive")
    danze.emit(*simulate(8, days=10, scale=0.02), options=("--history",))
    assert danze("export", "parquet", tmp_path / "log").code == 0
    danze("audit", "states", tmp_path / "log", "--unit", "unit:nobody").refused("unit:nobody is not on record")
    danze("audit", "counters", tmp_path / "log", "--by", "weather").refused("--by", "weather")
    danze("audit", "states", tmp_path / "log", "--as-of", "999999").refused("ends at position")
    danze("audit", "states", tmp_path / "log", "--as-of", "9" * 5000).refused("ends at position")
