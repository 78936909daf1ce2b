"""Which items, matters, units, persons, deadlines, findings and supervisions does each event speak of, and how do they
hang together? The record as object-centric process mining (OCEL 2.0) asks for it, without free text.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.calendar import Calendar
from domain.clock.events import DeadlineMissed
from domain.deadlines import Deadline
from domain.envelope import AnyEvent
from domain.fact import Fact
from domain.petition import events as e
from domain.petition.item import Item
from domain.petition.state import evolve
from domain.unit.state import Unit
from projections.findings import StandingFinding
from projections.traces import Told, Value, activity, pointers, said, told, trace

Related = tuple[str, str]
"""An object and how it takes part."""
KINDS = ("petition", "matter", "unit", "official", "deadline", "supervision")
"""What the ids of most objects begin with, and their types."""
OF_A_UNIT = ("duty", "conference", "evaluation")
"""Kinds of subjects that bear the name of a unit."""


class Happened(NamedTuple):
    """One event and the objects that it speaks of."""

    id: str
    activity: str
    time: datetime
    told: Told
    objects: tuple[Related, ...]


class Object:
    """One object: what was known of it first, what became of it and when, and the objects that it belongs to."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.first: Told = {}
        self.changes: list[tuple[datetime, str, Value]] = []
        self.objects: dict[Related, None] = {}
        self._now: Told = {}

    @property
    def type(self) -> str:
        """`petition`, `unit`, …; a finding is named by its rule."""
        kind = self.id.partition(":")[0]
        return "petitioner" if kind == "person" else kind if kind in KINDS else "finding"

    def says(self, told: Told, when: datetime | None = None) -> None:
        """What is known of it from a moment on; without one, from the first."""
        for name, value in told.items():
            if self._now.get(name) != value:
                if when is None or not self._now:
                    self.first[name] = value
                else:
                    self.changes.append((when, name, value))
        self._now = {**self._now, **told}

    def belongs(self, other: str | None, how: str) -> None:
        """It hangs together with another object, where there is one."""
        if other is not None:
            self.objects[other, how] = None


class Objects(dict[str, Object]):
    """Objects by id, made as they are asked for."""

    def __missing__(self, id: str) -> Object:
        self[id] = Object(id)
        return self[id]


def of_item(events: Sequence[AnyEvent], calendar: Calendar) -> tuple[list[Happened], Objects]:
    """The events of one item, all of them and in version order, and the objects that live and die with it."""
    steps = trace(events, calendar)
    assert steps is not None, "the first event of an item is its registration"
    more = {step.more["position"]: step.more for step in steps.steps}
    objects, item, open_ = Objects(), None, dict[str, None]()
    happened = []
    for event in events:
        item = evolve(item, event)
        assert item is not None
        objects[event.subject].says(told(item), event.time)
        own = [(f"matter:{item.matter}", "matter"), *_supervision(event, objects, open_)]
        happened.append(_happened(event, more[event.position], (*own, *_deadlines(event, objects))))
    assert item is not None
    _belonging(objects[item.subject], item)
    return happened, objects


def of_other(event: AnyEvent, objects: Objects) -> Happened:
    """An event that is not of an item. What it decides about objects is added to them."""
    more: Told = {"position": event.position, "recorded": event.recorded, **said(event.data)}
    return _happened(event, more, tuple(_deadlines(event, objects)))


def of_unit(unit: Unit, objects: Objects) -> None:
    """A unit as it stands, and who held which role in it."""
    known: dict[str, Value | None] = {
        "level": unit.level, "kind": unit.kind, "division": unit.division, "established_on": unit.established_on,
        "ended_on": unit.ended_on,
    }  # fmt: skip
    objects[unit.unit].says({name: value for name, value in known.items() if value is not None})
    objects[unit.unit].belongs(unit.parent, "below")
    objects[unit.unit].belongs(unit.into, "went into")
    for held in unit.roles:
        objects[held.official].belongs(unit.unit, held.role)


def of_finding(standing: StandingFinding, objects: Objects) -> None:
    """A finding as it stands."""
    found = standing.finding
    known: dict[str, Value | None] = {
        "rule": found.rule, "axis": found.axis, "ground": found.ground, "since": found.since, "late_by": found.late_by,
        "state": standing.told_state, "cleared": standing.cleared_at > 0,
    }  # fmt: skip
    objects[found.id].says({name: value for name, value in known.items() if value is not None})
    objects[found.id].belongs(found.unit, "against")
    objects[found.id].belongs(found.handler, "handler")
    objects[found.id].belongs(_subject(found.subject), "about")


def _happened(event: AnyEvent, more: Told, own: Sequence[Related]) -> Happened:
    fact: type[Fact] = type(event.data)
    pointing = {name for name, _ in pointers(fact)}
    attributes = {name: value for name, value in more.items() if name not in pointing}
    related = dict.fromkeys((*_named(event), *own))
    return Happened(f"event:{event.position}", activity(event.type), event.time, attributes, tuple(related))


def _named(event: AnyEvent) -> Iterator[Related]:
    """The objects that an event names itself."""
    subject = _subject(event.subject)
    if subject is not None:
        yield subject, "subject"
    if event.actor.startswith(("official:", "person:")):
        yield event.actor, "actor"
    if event.unit is not None:
        yield event.unit, "unit"
    fact: type[Fact] = type(event.data)
    for name, prefix in pointers(fact):
        value = getattr(event.data, name)
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None:
                yield prefix + each, name
    for found in event.decided.findings:
        yield found.id, "raises"
    for id in event.decided.cleared:
        yield id, "clears"


def _subject(subject: str) -> str | None:
    """The object that a subject is, or the unit that it is named after."""
    kind, _, name = subject.partition(":")
    if kind in ("petition", "unit", "person") or (kind[0] in "FD" and kind[1:].isdigit()):
        return subject
    if kind == "petitioner":
        return f"person:{name}"
    return f"unit:{name.partition(':')[0]}" if kind in OF_A_UNIT else None


def _deadlines(event: AnyEvent, objects: Objects) -> Iterator[Related]:
    """The deadlines that an event sets, meets, moves, ends or misses."""
    decided, owner = event.decided, event.subject.removeprefix("petition:")
    for each in decided.set:
        yield _set(each, event, objects, f"deadline:{owner}:{each.clock}:{each.started}"), "sets"
    for moved in decided.moved:
        id = f"deadline:{owner}:{moved.clock}:{moved.started}"
        objects[id].says({"strict_on": moved.strict_on, "due_on": moved.due_on, "extended": moved.extended}, event.time)
        yield id, "moves"
    for met in decided.met:
        id = f"deadline:{owner}:{met.clock}:{met.started}"
        objects[id].says({"met_on": met.on, "late_by": met.late_by}, event.time)
        yield id, "meets"
    for clock, started in decided.ended:
        objects[id := f"deadline:{owner}:{clock}:{started}"].says({"ended": True}, event.time)
        yield id, "ends"
    if isinstance(event.data, DeadlineMissed):
        objects[id := f"deadline:{owner}:{event.data.deadline}:{event.data.started}"].says({"missed": True}, event.time)
        yield id, "misses"


def _set(deadline: Deadline, event: AnyEvent, objects: Objects, id: str) -> str:
    made = objects[id]
    made.says({
        "clock": deadline.clock, "starts_on": deadline.starts_on, "strict_on": deadline.strict_on,
        "due_on": deadline.due_on,
    })  # fmt: skip
    made.belongs(_subject(event.subject), "about")
    made.belongs(deadline.owed_by if deadline.owed_by.startswith("unit:") else None, "owed_by")
    return id


def _supervision(event: AnyEvent, objects: Objects, open_: dict[str, None]) -> Iterator[Related]:
    """A report answers all supervisions that are open; whoever closes one of several closes the oldest."""
    fact = event.data
    if isinstance(fact, e.PetitionSupervised):
        id = f"supervision:{event.subject.removeprefix('petition:')}:{event.version}"
        open_[id] = None
        report_by: Told = {"report_by": fact.report_by} if fact.report_by is not None else {}
        objects[id].says({"ground": fact.ground, **report_by})
        objects[id].belongs(event.subject, "about")
        objects[id].belongs(next((each.owed_by for each in event.decided.set if each.clock == "K10"), None), "unit")
        yield id, "opens"
    elif isinstance(fact, e.SupervisionAnswered):
        yield from ((id, "answers") for id in open_)
    elif isinstance(fact, e.SupervisionClosed) and open_:
        yield (closed := next(iter(open_))), "closes"
        del open_[closed]


def _belonging(made: Object, item: Item) -> None:
    made.belongs(f"matter:{item.matter}", "part_of")
    made.belongs(item.registered_by, "registered_by")
    made.belongs(item.unit, "held_by")
    made.belongs(item.handler, "handled_by")
    made.belongs(item.about_unit, "about")
    made.belongs(item.about_official, "about")
    for person in item.petitioners:
        made.belongs(person, "raised_by")
