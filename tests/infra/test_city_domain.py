"""The domain's own ruling on the simulated city: what it takes, what it refuses, what it finds."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple

import msgspec
import pytest

from domain.envelope import Action, Event, Rejected
from domain.kinds import decide
from domain.known import Known
from domain.petition.state import Item, evolve
from domain.unit.state import Units
from domain.vocabulary import TYPES
from infra.city import simulate
from infra.shipped import shipped_rules


class Ruled(NamedTuple):
    refused: Counter
    rules: Counter
    items: dict
    late: set


@pytest.fixture(scope="module")
def ruled() -> Ruled:
    units, items, repeats = Units(), {}, defaultdict(list)
    seen = Ruled(Counter(), Counter(), items, set())
    for position, sent in enumerate(simulate(11, 330, 0.25), start=1):
        action = read(sent)
        no = action.subject.partition(":")[2]
        known = Known(shipped_rules(), units, items.get, lambda each: tuple(repeats[each]), action.time)
        before = units.get(action.subject) if action.subject.startswith("unit:") else items.get(no)
        ruling = decide(before, action, known)
        if isinstance(ruling, Rejected):
            seen.refused[ruling.code] += 1
            continue
        event = happened(action, before, ruling.decided, position)
        if action.subject.startswith("unit:"):
            units.take(event)
            continue
        items[no] = evolve(before, event)
        judged(repeats, before, items[no])
        seen.rules.update(each.rule for each in ruling.decided.findings)
        seen.late.update(no for met in ruling.decided.met if met.late_by)
    return seen


def read(sent: dict) -> Action:
    fields = {**sent, "time": datetime.fromisoformat(sent["time"])}
    return Action(**{**fields, "data": msgspec.convert(sent["data"], TYPES[sent["type"]])})


def happened(action: Action, before, decided, position: int) -> Event:
    fields = {
        name: getattr(action, name) for name in ("id", "source", "type", "subject", "time", "data", "actor", "unit")
    }
    version = before.version + 1 if before else 1
    return Event(**fields, version=version, recorded=action.time, ruleset=(), decided=decided, position=position)


def judged(repeats: dict, before: Item | None, after: Item) -> None:
    if before is not None and before.first != after.first:
        if before.first:
            repeats[before.first].remove(after.no)
        if after.first:
            repeats[after.first].append(after.no)


def test_nothing_is_refused_but_attempts_to_tell_the_accused(ruled):
    assert set(ruled.refused) <= {"accused-organ"}
    assert ruled.refused["accused-organ"] < 10


def test_most_rules_trip_somewhere_and_none_everywhere(ruled):
    expected = {f"F{n:02}" for n in (1, 2, 3, 4, 5, 8, 9, 10, 11, 14, 15, 16, 17, 18, 20, 21, 23, 24)}
    assert expected - set(ruled.rules) == set()
    assert max(ruled.rules.values()) < len(ruled.items) / 8


def test_between_four_and_ten_percent_of_items_have_a_late_step(ruled):
    assert 0.04 < len(ruled.late) / len(ruled.items) < 0.10


def test_few_units_are_clearly_worse_than_the_rest(ruled):
    held, late = Counter(), Counter()
    for no, item in ruled.items.items():
        held[item.accepted_by or item.unit] += 1
        late[item.accepted_by or item.unit] += no in ruled.late
    rates = sorted(late[each] / count for each, count in held.items() if count >= 20)
    assert rates[-1] > 0.20
    assert rates[len(rates) // 2] < 0.08
