"""given / when / then: a story about a petition, over the real decide and evolve.

    given(*PEOPLE_OF_THE_CITY, registered, referred).when(accepted).then(Decided(…))
    given(registered).by("2020-04-27").finds("F01:petition:1:K1")

Three endings: it happened (`then`), it was refused (`refused`), nothing happened (`nothing`). The clock goes along with
the story: what was missed before an action is on record when the action comes.
"""

from datetime import date, datetime, time, timedelta

from domain.duty import owed
from domain.duty.lapsed import lapsed
from domain.envelope import SHANGHAI, Action, Decided, Event, Recorded, Rejected, day_of
from domain.kinds import EVOLVE, decide
from domain.known import Known
from domain.petition import breach, matter
from domain.petition.state import evolve
from domain.rules.answers import answers
from domain.ruleset import decide as ruleset
from domain.unit.state import Units
from domain.vocabulary import NAMES
from infra.clock import absence
from infra.shipped import shipped_rules
from projections.fold import Fold

ONE_DAY = timedelta(days=1)


def given(*actions: Action) -> "Story":
    """What happened before; all of it is taken."""
    return Story().and_then(*actions)


def watched(*actions: Action) -> "Story":
    """The same, while the clock looks for duties too."""
    return Story(duties=True).and_then(*actions)


class Story:
    """A small city and its petitions, in memory."""

    def __init__(self, *, ticking: bool = True, duties: bool = False):
        self.ticking = ticking
        """Whether the clock runs before each step, as it does in history; a live log may be told before it runs."""
        self.duties = duties
        """Whether it looks for what was owed beside the items as well (D01-D15)."""
        self.today = None
        self.units, self.items, self.rules = Units(), {}, shipped_rules()
        self.states, self.matters, self.fold, self.events = {}, {}, Fold(), []
        self.ruling = None

    def when(self, action: Action) -> "Story":
        self.ruling = self.take(action)
        return self

    def and_then(self, *actions: Action) -> "Story":
        """What happens next; all of it is taken."""
        for action in actions:
            ruling = self.take(action)
            assert isinstance(ruling, Recorded), f"{action.type} on {action.time:%Y-%m-%d}: {ruling}"
        return self

    def by(self, day: str) -> "Story":
        """Until the end of the day nothing else happens; the clock records what was missed."""
        self.ruling = None
        self._until(date.fromisoformat(day))
        return self

    # endings

    def then(self, decided: Decided) -> "Story":
        assert self.ruling == Recorded(decided, self.ruling.touches)
        return self

    def refused(self, code: str, path: str) -> None:
        assert isinstance(self.ruling, Rejected), f"taken: {self.ruling}"
        assert (self.ruling.code, self.ruling.path) == (code, path)

    def nothing(self) -> "Story":
        return self.then(Decided())

    def finds(self, *ids: str) -> "Story":
        """Exactly these findings stand."""
        assert sorted(self.standing()) == sorted(ids)
        return self

    def who_answers(self, id: str, *persons: tuple[str | None, str]) -> "Story":
        told = answers(self.standing()[id], self.units)
        assert [(each.official, each.responsibility) for each in told] == list(persons)
        return self

    # looking

    def standing(self) -> dict:
        """The findings that stand in the read model, which must be those that the items remember."""
        found = {id: each.finding for id, each in self.fold.standings().items() if not each.cleared_at}
        of_items = {id for id in found if id.split(":")[1] == "petition"}
        assert of_items == {id for item in self.items.values() for id in item.found}
        return found

    def finding(self, id: str):
        return self.standing()[id]

    def item(self, no: str = "1"):
        return self.items[no]

    def clock(self, name: str, no: str = "1"):
        """The newest deadline of that clock."""
        return [each for each in self.items[no].deadlines if each.clock == name][-1]

    def dates(self, name: str, no: str = "1") -> tuple[str, str]:
        """(strict, due) of a clock."""
        clock = self.clock(name, no)
        return clock.strict_on.isoformat(), clock.due_on.isoformat()

    # happening

    def take(self, action: Action, recorded: datetime | None = None):
        recorded = recorded or action.recordedat or action.time
        if self.ticking and action.source != "/danze/clock":
            self._until(day_of(recorded))
        ruling = self._decide(action, recorded)
        if isinstance(ruling, Recorded):
            self._happened(action, ruling, recorded)
        return ruling

    def _decide(self, action: Action, recorded: datetime):
        return decide(self.state(action.subject), action, self._known(recorded))

    def _known(self, recorded: datetime) -> Known:
        return Known(
            self.rules, self.units, self.items.get, lambda no: self.matters.get(no, ()), recorded, state=self.state,
            streams_of=self.streams_of,
            stands=lambda id: id in self.standing(),
            sponsors=lambda who: any(item.sponsor == who and not item.over for item in self.items.values()),
        )  # fmt: skip

    def states_of(self, kind: str) -> list:
        return [state for _, state in self.streams_of(kind)]

    def streams_of(self, kind: str) -> list:
        return [(subject, state) for subject, state in self.states.items() if subject.startswith(kind + ":")]

    def state(self, subject: str):
        kind, _, name = subject.partition(":")
        if kind in ("petition", "unit"):
            return self.items.get(name) if kind == "petition" else self.units.get(subject)
        found = self.fold.standings().get(subject)
        return found.state if found and not found.cleared_at else self.states.get(subject)

    def _happened(self, action: Action, ruling: Recorded, recorded: datetime) -> None:
        kind, _, name = action.subject.partition(":")
        former, version = self.state(action.subject), 1 + sum(each.subject == action.subject for each in self.events)
        event = Event(
            id=action.id, source=action.source, type=action.type, subject=action.subject, time=action.time,
            data=action.data, actor=action.actor, unit=action.unit, version=version,
            recorded=recorded, ruleset=self.rules.on(day_of(action.time)).names, decided=ruling.decided,
            position=len(self.events) + 1,
        )  # fmt: skip
        self.events.append(event)
        self.fold.take({event.subject: [event]})
        if kind == "unit":
            self.units.take(event)
        elif kind == "petition":
            self.items[name] = evolve(former, event)
            for root in {*self.matters, ruling.decided.matter} - {None}:
                self.matters[root] = matter.evolve(root, self.matters.get(root, ()), event)
        elif kind in EVOLVE:
            self.states[action.subject] = EVOLVE[kind](former, event)
        else:
            self.rules = ruleset.evolve(self.rules, event)

    def _until(self, today: date) -> None:
        """The clock: every breach on its first day, the earliest first."""
        if self.duties:
            self._days(today)
        while missed := min(self._missed(today), default=None, key=lambda each: each[0]):
            due_on, no, deadline = missed
            item = self.items[no]
            fact = breach.absence(deadline, item, self.units, due_on + ONE_DAY)
            first = datetime.combine(due_on + ONE_DAY, time.min, SHANGHAI)
            action = Action(
                specversion="1.0", id=f"missed {no} {deadline.key} {due_on}", source="/danze/clock",
                type=NAMES[type(fact)], subject=item.subject, time=first, data=fact, actor="system:clock",
                unit=fact.owed_by,
            )  # fmt: skip
            assert isinstance(self.take(action), Recorded)

    def _days(self, today: date) -> None:
        """Day by day: limits outside the items, then the periods that ended."""
        day = self.today or today
        while day < today:
            day += ONE_DAY
            keepers = {unit.unit: unit for unit in self.units} | self.states
            for subject, kept in keepers.items():
                for limit in getattr(kept, "due", ()):
                    if limit.due_on + ONE_DAY == day:
                        known = self._known(datetime.combine(day, time.min, SHANGHAI))
                        self._absent(lapsed(subject, kept, limit.clock, limit.due_on, known), day)
            for each in list(owed.missed(day, self)):
                self._absent((owed.subject_of(each.unit), each.fact), day)
        self.today = day

    def _absent(self, lapse, day: date) -> None:
        if lapse is not None:
            assert isinstance(self.take(absence(*lapse, datetime.combine(day, time.min, SHANGHAI))), Recorded)

    def _missed(self, today: date) -> list:
        return [
            (each.due_on, no, each)
            for no, item in self.items.items()
            for each in item.deadlines
            if breach.breached(each, today)
        ]
