"""How each event changes an item. `evolve` never refuses: it has already happened."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from domain.deadlines import Deadline, KeptDeadline
from domain.envelope import NOTHING, AnySeen, Decided, day_of
from domain.fact import UnitId
from domain.petition import events as e
from domain.petition.changes import CHANGES
from domain.petition.item import Item


def evolve(item: Item | None, event: AnySeen) -> Item | None:
    """The item after the event. An event seen before changes nothing, so folding twice is folding once."""
    if item is None:
        return _registered(event) if isinstance(event.data, e.PetitionRegistered) else None
    if event.version <= item.version:
        return item
    after = replace(item)
    grow(after, event)
    return after


def grow(item: Item, event: AnySeen) -> None:
    """The same in place, for an item that nobody else holds and an event that it has not seen."""
    fact = event.data
    item.version = event.version
    change = CHANGES.get(type(fact))
    if change is not None:
        change(item, fact, event)
    if event.decided is not NOTHING:
        _decided(item, event.decided, event)


def _registered(event: AnySeen) -> Item:
    fact, decided = event.data, event.decided
    unit = UnitId(event.unit or "")
    item = Item(
        no=event.subject.partition(":")[2], version=event.version, state="registered", channel=fact.channel,
        purpose=fact.purpose, category=fact.category, place=fact.place, title=fact.title,
        persons=fact.persons, petitioners=fact.petitioners, registered_by=unit, registered_at=event.time,
        received_on=day_of(fact.received_at) if fact.received_at else event.day, unit=unit, since=event.time,
        about_unit=fact.about_unit, about_official=fact.about_official, joint_letter=fact.joint_letter,
        anonymous=fact.anonymous, handed_down_by=fact.handed_down_by, collective=bool(decided.collective),
        skip_level=bool(decided.skip_level), deadlines=tuple(_placed(decided.set, event.position)),
        received_at=fact.received_at,
    )  # fmt: skip
    if decided.findings:
        _raised(item, decided)
    return item


def _placed(deadlines: Iterable[Deadline], position: int) -> list[KeptDeadline]:
    """New deadlines as the item keeps them, with the event that started them as their evidence."""
    return [
        KeptDeadline(
            clock=each.clock, started=each.started, owed_by=each.owed_by, starts_on=each.starts_on,
            strict_on=each.strict_on, due_on=each.due_on, provisional=each.provisional, at=position,
        )
        for each in deadlines
    ]  # fmt: skip


def _decided(item: Item, decided: Decided, event: AnySeen) -> None:
    """What was decided about the event, whatever its type: deadlines, matter, findings."""
    if decided.set or decided.met or decided.moved or decided.ended:
        item.deadlines = _clocks(item.deadlines, decided, event)
    if decided.findings or decided.cleared:
        _raised(item, decided)
    if decided.skip_level is not None:
        item.skip_level = decided.skip_level
    if decided.first_handler is not None or decided.repeat_number is not None:
        item.first_handler = decided.first_handler
    if decided.repeat_number is not None:
        item.repeat_number = decided.repeat_number
        item.first = decided.matter if decided.matter != item.no else None


def _clocks(deadlines: tuple[KeptDeadline, ...], decided: Decided, event: AnySeen) -> tuple[KeptDeadline, ...]:
    """The deadlines after the event. Only running ones are changed: nothing else can be met, moved or ended."""
    kept = [*deadlines, *_placed(decided.set, event.position)] if decided.set else [*deadlines]
    for moved in decided.moved:  # before it is met: a re-review may be answered while its hearing is open
        if (at := _running(kept, moved.clock, moved.started)) is not None:
            kept[at] = kept[at].after(moved)
    for met in decided.met:
        if (at := _running(kept, met.clock, met.started)) is not None:
            kept[at] = replace(kept[at], met_on=met.on)
    for clock, started in decided.ended:
        if (at := _running(kept, clock, started)) is not None:
            kept[at] = _ended(kept[at], event)
    return tuple(kept)


def _ended(deadline: KeptDeadline, event: AnySeen) -> KeptDeadline:
    """Ended unmet: in time, a breach on record was none; after its last day, this event shows the breach."""
    breach = deadline.missed_at
    if event.day <= deadline.due_on:
        breach = 0
    elif not (deadline.window or deadline.trigger or deadline.paused_on is not None):
        breach = breach or event.position
    return replace(deadline, ended=True, missed_at=breach)


def _running(deadlines: Sequence[KeptDeadline], clock: str, started: int) -> int | None:
    """Where the deadline of this name stands, if it still runs."""
    for at, each in enumerate(deadlines):
        if each.started == started and each.clock == clock:
            return at if each.met_on is None and not each.ended else None
    return None


def _raised(item: Item, decided: Decided) -> None:
    gone = set(decided.cleared)
    new = {each.id: each for each in decided.findings}
    kept = tuple(id for id in item.found if id not in gone and id not in new)
    borne = tuple(fault for fault in item.faults if fault[0] not in gone and fault[0] not in new)
    item.found = kept + tuple(new)
    item.faults = borne + tuple((each.id, each.unit) for each in new.values() if each.axis == "B")
