"""In which findings and deadlines do two judgements of one record differ?"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.clock.events import DeadlineMissed, DutyMissed, SupervisionDue
from domain.deadlines import Deadline
from domain.envelope import NOTHING, AnyEvent
from projections.findings import StandingFinding, after, words_of

Place = tuple[str, str, int]
"""Which deadline: of which subject, which clock, started by which event; 0 for one that the clock started."""
Key = tuple[str, int]
"""The same within one judgement: the clock, and the version of the event that started it."""
ABSENCES = (DeadlineMissed, DutyMissed, SupervisionDue)
WAS, NOW = 0, 1
"""The two judgements: as it is on record, and as it would be."""


class Pair:
    """One deadline in both judgements; None where one of them does not know it."""

    __slots__ = ("open", "place", "sides")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.sides: list[Deadline | None] = [None, None]
        self.open = [False, False]

    @property
    def alike(self) -> bool:
        """Whether it ends on the same day in both."""
        was, now = self.sides
        return was is not None and now is not None and was.due_on == now.due_on


class Changed(NamedTuple):
    """One finding in both judgements; None where it does not stand."""

    id: str
    was: StandingFinding | None
    now: StandingFinding | None


class Comparison:
    """Hears both judgements in step. A deadline that ran out alike in both is let go at once."""

    def __init__(self) -> None:
        self._findings: tuple[dict[str, StandingFinding], dict[str, StandingFinding]] = ({}, {})
        self._pairs: dict[Place, Pair] = {}
        self._places: tuple[dict[str, dict[Key, Place]], dict[str, dict[Key, Place]]] = ({}, {})

    def hear(self, side: int, event: AnyEvent) -> None:
        """One event as it is in one judgement."""
        decided = event.decided
        if decided is NOTHING and event.type[:8] != "finding.":
            return
        findings = self._findings[side]
        for id, word in words_of(event):
            stands = after(findings.get(id), word)
            if stands is not None:
                findings[id] = stands
        if decided.set or decided.moved or decided.met or decided.ended:
            self._deadlines(side, event)

    def _deadlines(self, side: int, event: AnyEvent) -> None:
        decided, places = event.decided, self._places[side].setdefault(event.subject, {})
        for deadline in decided.set:
            place = (event.subject, deadline.clock, 0 if isinstance(event.data, ABSENCES) else event.position)
            pair = self._pairs.setdefault(place, Pair(place))
            pair.sides[side], pair.open[side] = deadline, True
            places[deadline.key] = place
        for moved in decided.moved:
            place_of = places.get((moved.clock, moved.started))
            if place_of is not None and (before := (pair := self._pairs[place_of]).sides[side]) is not None:
                pair.sides[side] = before.after(moved)
        for met in decided.met:
            self._ended(side, places.pop((met.clock, met.started), None))
        for key in decided.ended:
            self._ended(side, places.pop(key, None))
        if not places:
            del self._places[side][event.subject]

    def _ended(self, side: int, place: Place | None) -> None:
        if place is None:
            return
        pair = self._pairs[place]
        pair.open[side] = False
        if pair.alike and not any(pair.open):
            del self._pairs[place]

    def deadlines(self) -> Iterator[Pair]:
        """Those that end on different days, or that only one judgement knows."""
        return (pair for pair in self._pairs.values() if not pair.alike)

    def findings(self) -> Iterator[Changed]:
        """All that stand in either judgement, by id, alike or not."""
        was, now = self._findings
        for id in sorted({*was, *now}):
            yield Changed(id, *(None if (s := side.get(id)) is None or s.cleared_at else s for side in (was, now)))
