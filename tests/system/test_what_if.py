"""What if other rules had been in force? Under the very rules that were, nothing comes out otherwise."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.wiring import System
from domain.rules.law import Supposed
from infra.city.simulation import simulate
from infra.questions.what_if import Telling
from infra.whatif.judging import Judged, judged
from tests.system.histories import histories, lines
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
    sent = [orjson.dumps(action) for action in simulate(3, days=91, scale=0.03)]
    with recorded(tmp_path, sent, date(2020, 9, 30)) as system:
        nothing_differs(system, date(2020, 9, 30))


@STORED
@given(histories(), st.integers(1, 60))
def test_any_history_under_its_own_rules(history, cuts):
    with TemporaryDirectory() as folder, recorded(Path(folder), lines(history), date(2023, 6, 1), cuts=cuts) as system:
        nothing_differs(system, date(2023, 6, 1))
