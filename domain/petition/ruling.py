"""What is worked out about one step of an item: clocks started, met, moved and ended; findings raised and cleared."""

from datetime import date
from typing import Any, TypedDict

from domain.calendar import ONE_DAY
from domain.deadlines import Deadline, Met, Moved
from domain.draft import Draft
from domain.envelope import AnyAction, Decided, Finding, day_of
from domain.fact import OfficialId, UnitId
from domain.known import Known
from domain.petition import matter
from domain.petition.item import Handler, Item
from domain.rules.law import Dates

NOTICE_CLOCKS = ("K2", "K3")
SUPERVISION_TRIGGERS = ("S1", "S2", "S7", "S8", "S9", "S10")

RULE_OF_CLOCK = {
    "K1": "F01", "K2": "F02", "K3": "F02", "K11": "F03", "K5": "F04", "K12": "F04", "K5x": "F05", "K7": "F06",
    "K9": "F07", "K13": "F08", "K10": "F09", "execution": "F20", "sponsor": "D12",
    "S1": "F17", "S2": "F17", "S7": "F17", "S8": "F17", "S9": "F17", "S10": "F17",
}  # fmt: skip
"""Which rule a missed deadline trips."""
WITHOUT_CLOCK = frozenset({"F05", "F20", "D12"})
"""Clock rules whose id does not carry the clock."""
TRIGGER_OF_CLOCK = {"K5": "S1", "K12": "S1", "K13": "S2"}
"""Which supervision a missed deadline calls for (S1, S2)."""


SHARED = frozenset({"F12", "F13"})
"""Rules under whose id two units may be at fault; the second one's finding carries the unit as well."""


class Facts(TypedDict, total=False):
    """What else is decided of a step; see `Decided`."""

    matter: str
    repeat_number: int
    collective: bool
    skip_level: bool
    beyond: bool
    first_handler: Handler | None
    passed_on: bool
    out_of_time: bool


class Ruling(Draft):
    """The draft of a step of an item."""

    def __init__(self, item: Item | None, action: AnyAction, known: Known) -> None:
        super().__init__(action, known, version=item.version + 1 if item is not None else 1)
        self.met: list[Met] = []
        self.moved: list[Moved] = []
        self.ended: list[tuple[str, int]] = []
        self.facts: Facts = {}
        self.touches: tuple[str, ...] = ()
        self._item = item

    @property
    def item(self) -> Item:
        """The item as it stood before the step."""
        assert self._item is not None, "only a registration has no item yet"
        return self._item

    @property
    def unit(self) -> UnitId:
        """The acting unit."""
        return self.action.unit or self.item.unit

    # clocks

    def start(
        self,
        clock: str,
        owed_by: UnitId | str,
        *,
        on: date | None = None,
        given: date | None = None,
        trigger: bool = False,
    ) -> Deadline | None:
        """Starts a clock, where the law of the day knows it."""
        start = on or self.day
        if trigger:
            dates = self.law.ending(start, self.law.parameters["supervise_days"], "working")
        elif clock not in self.law.clocks:
            return None
        else:
            dates = self.law.due(clock, start, given=given)
        deadline = Deadline(
            clock=clock, started=self.version, starts_on=start, strict_on=dates.strict_on, due_on=dates.due_on,
            owed_by=owed_by, provisional=dates.provisional,
        )  # fmt: skip
        self.set.append(deadline)
        return deadline

    def meet(self, *clocks: str) -> None:
        """Meets the running clocks of these names; a late one trips its rule, a timely one closes what was alleged."""
        for deadline in self.item.running(*clocks):
            self.meet_one(deadline)

    def meet_one(self, deadline: Deadline) -> None:
        """Meets one deadline on the day of the step; see `meet`."""
        late_by = max(0, (self.day - deadline.due_on).days)
        self.met.append(Met(deadline.clock, deadline.started, self.day, late_by))
        if deadline.window:
            self.facts["out_of_time"] = late_by > 0
        elif late_by:
            self.late(deadline, late_by)
        elif deadline.missed_at:
            self._acquit(deadline)

    def end(self, *clocks: str, owed_by: str | None = None) -> None:
        """Ends running clocks (of one unit, where it is named) unmet. One whose last day had passed was missed."""
        for deadline in self.item.running(*clocks):
            if owed_by is None or deadline.owed_by == owed_by:
                self._end_one(deadline)

    def end_all(self) -> None:
        """Ends every open deadline: nothing is owed on the item any more."""
        for deadline in self.item.deadlines:
            if deadline.open:
                self._end_one(deadline)
        self.set = [each for each in self.set if not each.trigger]

    def drop(self, *clocks: str) -> None:
        """Ends running clocks that have lost their ground, as if they had never run."""
        self.ended += [each.key for each in self.item.running(*clocks)]

    def _end_one(self, deadline: Deadline) -> None:
        self.ended.append(deadline.key)
        if deadline.window or deadline.paused_on is not None:
            return
        if self.day > deadline.due_on:
            if not deadline.missed_at:
                self.late(deadline, None)
        elif deadline.missed_at:
            self._acquit(deadline)

    def move(self, deadline: Deadline, dates: Dates, **fields: Any) -> Deadline:
        """Moves a limit; gives it as it stands then. A breach that the move shows to have been none is taken back."""
        moved = Moved(
            deadline.clock, deadline.started, dates.strict_on, dates.due_on,
            extended=fields.get("extended", deadline.extended), paused_on=fields.get("paused_on"),
            not_counted=fields.get("not_counted", deadline.not_counted), provisional=dates.provisional,
        )  # fmt: skip
        self.moved.append(moved)
        after = deadline.after(moved)
        if deadline.missed_at and not after.missed_at:
            self._acquit(deadline)
        return after

    def _acquit(self, deadline: Deadline) -> None:
        """A breach on record was none: what it tripped is cleared, and the supervision it called for is not due."""
        irregular = deadline.clock == "K5x" and self.item.extended > self.law.parameters["extension_max_days"]
        if not irregular:
            self.clear(self.finding_id(deadline))
        self._call_off(deadline)

    # supervision triggers

    def call_for_supervision(self, ground: str, *, on: date | None = None) -> None:
        """A ground for supervision arose: the bureau has `supervise_days` working days, unless it supervises."""
        item = self._item
        if item is not None and (item.supervised or item.running(ground)):
            return
        bureau = self.units.bureau_of(self.responsible())
        if bureau is not None:
            self.start(ground, bureau, on=on, trigger=True)

    def _call_off(self, deadline: Deadline) -> None:
        """The breach that called for supervision was none: its trigger ends, and what it tripped is cleared."""
        ground = TRIGGER_OF_CLOCK.get(deadline.clock)
        for trigger in self.item.deadlines:
            if trigger.clock == ground and trigger.starts_on == deadline.due_on + ONE_DAY:
                self.ended += [trigger.key] if trigger.open else []
                self.clear(self.finding_id(trigger))

    # findings

    def late(self, deadline: Deadline, late_by: int | None) -> None:
        """The rule of a missed deadline, against the unit that owes it; and the supervision it calls for."""
        rule = RULE_OF_CLOCK[deadline.clock]
        since = deadline.due_on + ONE_DAY
        owed_by = self.units.answering(UnitId(deadline.owed_by), since)
        if deadline.trigger:
            owed_by = self.units.bureau_of(self.responsible()) or owed_by
        if deadline.clock == "sponsor":
            owed_by = self.responsible()
        evidence = tuple(at for at in (deadline.at, deadline.missed_at) if at)
        id = self.finding_id(deadline)
        self.find(rule, owed_by, id=id, since=since, late_by=late_by, evidence=evidence)
        if not deadline.missed_at and deadline.clock in TRIGGER_OF_CLOCK:
            self.call_for_supervision(TRIGGER_OF_CLOCK[deadline.clock], on=since)

    def finding_id(self, deadline: Deadline) -> str:
        """Clock rules carry their clock, F17 its ground. A second miss of the same clock carries its start as well."""
        rule = RULE_OF_CLOCK[deadline.clock]
        if rule in WITHOUT_CLOCK:
            return f"{rule}:{self.subject}"
        if deadline.trigger:  # one finding per ground
            return f"{rule}:{self.subject}:{deadline.clock}"
        others = self._item.deadlines if self._item is not None else ()
        again = f":{deadline.started}" if any(_missed_before(each, deadline) for each in others) else ""
        return f"{rule}:{self.subject}:{deadline.clock}{again}"

    def find(
        self,
        rule: str,
        unit: UnitId,
        *,
        id: str | None = None,
        detail: str | None = None,
        since: date | None = None,
        subject: str | None = None,
        handler: OfficialId | None = None,
        **fields: Any,
    ) -> None:
        """Proposes a finding. The handler whom the unit had named by the day of the breach answers directly."""
        told = self.known.rules.catalogue[rule]
        item, since = self._item, since or self.day
        handler = handler or self._handler_of(unit, since)
        id = id or f"{rule}:{self.subject}" + (f":{detail}" if detail else "")
        if item is not None and rule in SHARED and any(fault == id and by != unit for fault, by in item.faults):
            id = f"{id}:{unit}"
        self.propose(Finding(
            id=id, rule=rule,
            subject=subject or self.subject, unit=unit, since=since, axis=told.axis,
            ground=fields.pop("ground", told.ground),
            handler=handler, **fields,
        ))  # fmt: skip

    def clear(self, id: str) -> None:
        """What was proposed does not stand any more."""
        if self._item is None or id in self._item.found:
            self.cleared.append(id)

    # who

    def _handler_of(self, unit: UnitId, day: date) -> OfficialId | None:
        """The handler whom the unit had named by a day: as it accepted the item, or once the item had passed to it."""
        item = self._item
        if item is None or item.accepted_by is None or item.accepted_at is None or day < day_of(item.accepted_at):
            return None
        if unit == item.accepted_by:
            return item.handler_on(day)
        if item.handler_before is None:
            return None
        _, changed_on = item.handler_before
        passed = changed_on <= day and unit == self.units.answering(item.accepted_by, changed_on)
        return item.handler if passed else None

    def responsible(self) -> UnitId:
        """The unit that answers for the handling: the first handler, else who accepted, else who holds the item."""
        first: Handler | None = self.facts.get("first_handler")
        unit = self._item.responsible if self._item is not None else UnitId(self.action.unit or "")
        unit = first[0] if first else unit
        return self.units.answering(unit, self.day)

    def first_handler(self) -> Handler | None:
        """The first handler (首办) as far as the item and the matter's first item tell; see `find_first_handler`."""
        first = matter.first_item(self.item.no, self.known.item)
        return (first.first_handler if first else None) or self.item.first_handler

    def matter(self, root: Item | None = None) -> list[Item]:
        """The items of a matter that count for the item: of the one that `root` begins, else of the item's own."""
        root = root or matter.first_item(self.item.no, self.known.item) or self.item
        return matter.counting(self.item, matter.items(root, self.known.item, self.known.repeats))

    def find_first_handler(self, rule: str, root: Item | None = None, **fields: Any) -> None:
        """A rule that the first handler of a matter answers for; before any acceptance, the unit that holds it."""
        told = root or self.item
        first = matter.first_handler(self.matter(root)) or told.first_handler
        unit, handler = first or (told.accepted_by or told.unit if root else self.responsible(), None)
        self.find(rule, self.units.answering(unit, self.day), handler=handler, **fields)

    # the end

    def decided(self, *, late: bool) -> Decided:
        return Decided(
            set=tuple(self.set), met=tuple(self.met), moved=tuple(self.moved), ended=tuple(self.ended),
            findings=tuple(self.findings), cleared=tuple(self.cleared), late=late, **self.facts,
        )  # fmt: skip

    def touched(self) -> tuple[str, ...]:
        """Matters that it joins or leaves, and the official who sponsors it; findings stand with the item."""
        return self.touches


def _missed_before(other: Deadline, deadline: Deadline) -> bool:
    """Whether another deadline of the same clock was missed before this one."""
    if other.clock != deadline.clock or other.started == deadline.started:
        return False
    if other.missed_at:
        return not deadline.missed_at or other.missed_at < deadline.missed_at
    return other.met_on is not None and other.met_on > other.due_on and not deadline.missed_at
