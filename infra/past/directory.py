"""The directory of units and the rules as they were at any position: folded once, kept at intervals."""

from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

from domain.codec import decode_event
from domain.envelope import AnyEvent
from domain.kinds import DIRECTORY, kind_of
from domain.rules.law import Rules
from domain.ruleset import decide as ruleset
from domain.unit.state import Units
from infra.log.port import Log
from infra.past.sight import Sight

APART = 100
"""Events of the directory between two kept states: folding so many takes a millisecond."""
NEAR = 10_000
"""Events that are read through; further on, those of the directory are looked up."""
POSITION = attrgetter("position")


class State(NamedTuple):
    """Units and rules after so many events."""

    units: Units
    rules: Rules

    def after(self, events: list[AnyEvent]) -> "State":
        """The state after some more events; this one stays as it is."""
        units, rules = self.units.copy(), self.rules
        for event in events:
            if kind_of(event.subject) == "unit":
                units.take(event)
            else:
                rules = ruleset.evolve(rules, event)
        return State(units, rules)


class Directory:
    """Units and rules of one log at any time. Not locked: the library that owns it does that."""

    def __init__(self, log: Log, shipped: Rules) -> None:
        self._log = log
        self._events: list[AnyEvent] = []
        self._kept = [State(Units(), shipped)]
        """After each `APART` of the events."""
        self._upto = 0

    def at(self, seen: Sight) -> State:
        """Units and rules after the events that are seen."""
        self._follow(seen.position)
        known = bisect_right(self._events, seen.upto, key=POSITION)
        last = bisect_right(self._events, seen.position, key=POSITION)
        kept = known // APART
        late = [each for each in self._events[known:last] if seen.sees(each.position, each.time)]
        return self._kept[kept].after([*self._events[kept * APART : known], *late])

    def _follow(self, position: int) -> None:
        if position <= self._upto:
            return
        head = self._log.head().position
        if head - self._upto <= NEAR:
            new = [each for each in self._log.read(self._upto, upto=head) if kind_of(each.subject) in DIRECTORY]
        else:
            entries = [entry for kind in DIRECTORY for entry in self._log.of_kind(kind, upto=head)]
            new = sorted((each for each in entries if each.position > self._upto), key=POSITION)
        self._events += [decode_event(each.type, each.body, each.position) for each in new]
        while len(self._kept) <= len(self._events) // APART:
            at = len(self._kept) * APART
            self._kept.append(self._kept[-1].after(self._events[at - APART : at]))
        self._upto = head
