"""Every question about duties and ledgers, with every filter, is answered alike from SQLite and from PostgreSQL."""

from typing import Any, get_args

import orjson
import pytest

from cli.wiring import System
from domain.periods import half_year
from domain.reader import Reader
from infra.questions import Answers
from infra.questions.order import cursor_of
from projections import orders
from projections.ledgers.duties import KINDS, PER_POSITION
from projections.ledgers.kinds import LEDGERS
from tests.projections.test_ledgers import HISTORY
from tests.questions.conftest import told
from tests.samples import *

pytestmark = pytest.mark.postgres
SPAN = (date(2020, 4, 1), date(2020, 9, 30))
FILTERS = (
    {}, {"unit": COUNTY}, {"leader": head(COUNTY)}, {"state": "overdue"}, {"state": "open"}, {"state": "resolved"},
    {"from_": SPAN[0], "to": date(2020, 6, 1)}, {"limit": 1}, {"sort": "due_on"}, {"sort": "-due_on", "limit": 2},
)  # fmt: skip


def following(kind: str) -> dict[str, Any]:
    """What goes on from a day in the middle."""
    place = (40 * PER_POSITION,) if kind in KINDS else (40, "9")
    return {"limit": 1, "cursor": cursor_of("-opened_on", ("2020-06-01", *place))}


def answers(system: System) -> dict[str, bytes]:
    ask = system.answers
    asked = {
        f"{kind} {wanted}": ask.ledger(kind, **wanted)
        for kind in LEDGERS
        if kind != "unit"
        for wanted in (*FILTERS, following(kind))
    }
    asked |= {f"unit {wanted}": ask.ledger("unit", **wanted) for wanted in FILTERS}
    for sort in get_args(orders.Items):
        asked |= {f"items {sort} {limit}": ask.search(sort=sort, limit=limit) for limit in (1, 50)}
    for sort in get_args(orders.Findings):
        asked |= {f"findings {sort} {unit}": ask.findings(sort=sort, unit=unit, limit=3) for unit in (CITY, HOUSING)}
    for unit in (CITY, COUNTY, HOUSING, TOWN):
        asked |= {
            f"duties {unit}": ask.duties(unit, *SPAN), f"gaps {unit}": ask.duties(unit, *SPAN, gaps=True),
            f"places {unit}": ask.three_none(unit, *SPAN), f"half {unit}": ask.evaluation(unit, half_year("2020H1")),
            f"board {unit}": ask.scoreboard(unit), f"record {unit}": ask.record(head(unit), *SPAN),
        }  # fmt: skip
    return {question: orjson.dumps(answer) for question, answer in asked.items()}


def seen(ask: Answers) -> list[Any]:
    """What a reader sees, of a jurisdiction of as many units as a city has."""
    units = [each["unit"] for each in ask.units()["units"]]
    return [ask.overview(), ask.search(), ask.findings(), ask.due(), *map(ask.scoreboard, units)]


def test_both_stores_answer_alike(city, postgres_store_url, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    system = System(postgres_store_url)
    try:
        told(system, HISTORY, date(2020, 10, 1))
        one, two = answers(city.system), answers(system)
        assert [question for question in one if one[question] != two[question]] == []
        assert len(one) > 150
        monkeypatch.setattr("infra.questions.one_of.MANY", 1)
        for reader in (Reader("supervisor", (BUREAU,)), Reader("clerk", (HOUSING,))):
            assert seen(city.system.answers.for_(reader)) == seen(system.answers.for_(reader))
        assert not any(system.projector.replay().differences.values())
    finally:
        system.close()
