"""A year of three simulated counties, taken into a log with its clock: everything happens, and every rule trips."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import orjson
import pytest

from cli.wiring import System
from domain.codec import decode_event
from domain.petition.state import Item, evolve
from domain.vocabulary import LOG_MADE, TYPES
from infra.batch import Outcome
from infra.city.simulation import START, simulate
from infra.log.verify import verify

RULES = {f"F{n:02}" for n in range(1, 25)} | {f"D{n:02}" for n in range(1, 16)}
CLOCK = {"deadline.missed.v1", "supervision.due.v1", "duty.missed.v1"}


class Year(NamedTuple):
    system: System
    outcomes: list[Outcome]
    types: Counter[str]
    tripped: dict[str, set[str]]
    """Units by the rule that tripped in them."""
    cleared: Counter[str]
    items: dict[str, Item]
    late: set[str]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Year]:
    system = System(f"sqlite:///{tmp_path_factory.mktemp('year')}/danze.db")
    intake = system.intake(history=True)
    actions = [orjson.dumps(action) for action in simulate(1, scale=0.2, counties=3)]
    outcomes = [each for at in range(0, len(actions), 1_000) for each in intake.take(actions[at : at + 1_000])]
    intake.advance(START + timedelta(days=365))
    system.projector.catch_up()
    yield read(Year(system, outcomes, Counter(), defaultdict(set), Counter(), {}, set()))
    system.close()


def read(seen: Year) -> Year:
    for entry in seen.system.log.read(0, limit=1_000_000):
        event = decode_event(entry.type, entry.body, entry.position)
        seen.types[event.type] += 1
        seen.cleared.update(id.partition(":")[0] for id in event.decided.cleared)
        for found in event.decided.findings:
            seen.tripped[found.rule].add(found.unit)
        if event.subject.startswith("petition:"):
            no = event.subject[9:]
            seen.items[no] = evolve(seen.items.get(no), event)
            seen.late.update(no for met in event.decided.met if met.late_by)
    return seen


def test_nothing_is_refused(year):
    assert [each.rejection for each in year.outcomes if each.rejection] == []


def test_every_type_occurs_that_a_producer_may_send(year):
    assert set(TYPES) - LOG_MADE - set(year.types) == set()


def test_the_clock_writes_what_was_not_done(year):
    assert CLOCK - set(year.types) == set()


def test_every_rule_trips_somewhere(year):
    assert RULES - set(year.tripped) == set()


def test_no_duty_is_left_undone_in_most_units(year):
    most = len(list(year.system.answers.present().units)) / 4
    assert {rule: len(units) for rule, units in year.tripped.items() if rule[0] == "D" and len(units) > most} == {}


def test_what_is_entered_late_takes_the_finding_back(year):
    assert year.cleared["D04"] > 10


def test_between_four_and_ten_percent_of_items_have_a_late_step(year):
    assert 0.04 < len(year.late) / len(year.items) < 0.10


def test_few_units_are_clearly_worse_than_the_rest(year):
    held, late = Counter(), Counter()
    for no, item in year.items.items():
        held[item.accepted_by or item.unit] += 1
        late[item.accepted_by or item.unit] += no in year.late
    rates = sorted(late[each] / count for each, count in held.items() if count >= 20)
    assert rates[-1] > 0.20
    assert rates[len(rates) // 2] < 0.08


def test_the_log_is_sound_and_a_replay_finds_the_same(year):
    assert verify(year.system.log)["ok"]
    assert set(year.system.projector.replay().differences.values()) == {0}


@pytest.mark.parametrize("start", [date(2020, 1, 1), date(2022, 2, 14), date(2025, 6, 1)])
def test_any_quarter_is_recorded_whole(start, tmp_path):
    """Before the opinion was in force, when R2022 took over, and now."""
    system = System(f"sqlite:///{tmp_path}/danze.db")
    intake = system.intake(history=True)
    outcomes = intake.take([orjson.dumps(action) for action in simulate(5, 100, 0.1, start, counties=1)])
    assert [each.rejection for each in outcomes if each.rejection] == []
    system.close()
