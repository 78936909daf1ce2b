"""Which duties are owed no longer, where an end is entered late? `owed` judges, before the act and after it."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from domain.calendar import ONE_DAY
from domain.conference.events import GroupDissolved, MembersChanged
from domain.conference.state import Conference
from domain.duty.owed import Among, due_on, judged, periods
from domain.envelope import AnyAction, AnyEvent, Event, day_of
from domain.known import Known
from domain.period.events import ProtectionEnded
from domain.period.state import Protection
from domain.rules.law import Rules
from domain.unit.events import RoleEnded, UnitAbolished, UnitMerged
from domain.unit.state import Unit, Units

ENDS = (RoleEnded, UnitMerged, UnitAbolished, ProtectionEnded, GroupDissolved, MembersChanged)
"""After which something no longer stands, or is no longer held, that duties rest on."""
RESTS_ON = {"conference": ("D04", "D07"), "period": ("D05",)}
"""Rules of the duties that rest on it, by the kind of what ended. On a unit all of its own do."""

S = TypeVar("S", Unit, Conference, Protection)


class Record(NamedTuple):
    """What is known, with one subject as it was, or as it is with the act that is being decided."""

    known: Known
    subject: str
    kept: Any

    @property
    def units(self) -> Units:
        return self.known.units

    @property
    def rules(self) -> Rules:
        return self.known.rules

    @property
    def among(self) -> Among:
        """The unit that ended, or whose role did; else any unit may have owed something."""
        units = [self.kept] if isinstance(self.kept, Unit) else self.units
        return {unit.unit: unit for unit in units}

    def state(self, subject: str) -> Any:
        return self.known.state(subject)

    def states_of(self, kind: str) -> Iterable[Any]:
        return [self.kept if subject == self.subject else kept for subject, kept in self.known.streams_of(kind)]


def no_longer_owed(kept: S, evolve: Callable[[S, AnyEvent], S | None], action: AnyAction, known: Known) -> list[str]:
    """Findings that stand of periods for which nothing is owed any more, as the act shows.

    They are of the days from the act's to the last before it was entered: where it came in time, of none.
    """
    first, last = day_of(action.time), day_of(known.recorded) - ONE_DAY
    if isinstance(kept, Unit):
        first = max(first, kept.known_on)
    if first > last or not isinstance(action.data, ENDS):
        return []
    before = Record(known, action.subject, kept)
    after = before._replace(kept=evolve(kept, _taken(action, kept.version + 1, known)))
    rules = RESTS_ON.get(action.subject.partition(":")[0])
    gone = []
    for _, duty, period in periods(first, last, known.rules):
        if due_on(duty, period, known.rules) <= last and (rules is None or duty.rule in rules):
            still = {each.finding for each in judged(duty, period, after, after.among) if each.in_part is None}
            found = (each.finding for each in judged(duty, period, before, before.among) if each.missed)
            gone += [id for id in found if id not in still and known.stands(id)]
    return gone


def _taken(action: AnyAction, version: int, known: Known) -> AnyEvent:
    """The event that the action becomes; nothing was decided about it yet."""
    return Event(
        id=action.id, source=action.source, type=action.type, subject=action.subject, time=action.time,
        data=action.data, actor=action.actor, unit=action.unit, version=version, recorded=known.recorded, ruleset=(),
    )  # fmt: skip
