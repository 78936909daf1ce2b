"""What decide and the clock must remember of a joint conference."""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.conference import events as e
from domain.deadlines import Deadline
from domain.envelope import AnyEvent
from domain.fact import PetitionNo, UnitId


class Agreed(Struct, frozen=True, kw_only=True):
    """An item that was agreed (议定事项)."""

    item: str
    owner_unit: UnitId
    agreed_at: datetime
    at: int
    """Position of the agreement."""
    due: date | None = None
    petition: PetitionNo | None = None
    done_on: date | None = None


class Group(Struct, frozen=True):
    """A special working group, from a day on, until (not including) a day."""

    name: str
    lead_unit: UnitId
    members: tuple[UnitId, ...]
    since: date
    until: date | None = None


class Member(Struct, frozen=True):
    """A member unit, from a day on, until (not including) a day."""

    unit: UnitId
    since: date
    until: date | None = None


class Conference(Struct, frozen=True, kw_only=True):
    """One joint conference as it stands after its events."""

    version: int
    unit: UnitId
    """The unit whose conference it is; its principal is the first convenor (第一召集人)."""
    since: date
    """The day of its first act."""
    agreed: tuple[Agreed, ...] = ()
    groups: tuple[Group, ...] = ()
    members: tuple[Member, ...] = ()
    due: tuple[Deadline, ...] = ()
    """By when what was agreed has to be done (D13), and its item to be sponsored (D12)."""

    def item(self, name: str) -> Agreed | None:
        """What was agreed under this name."""
        return next((each for each in self.agreed if each.item == name), None)

    def group(self, name: str) -> Group | None:
        """The group of this name that still works."""
        return next((each for each in self.groups if each.name == name and each.until is None), None)

    def current(self) -> list[UnitId]:
        """The member units now."""
        return [each.unit for each in self.members if each.until is None]


def evolve(conference: Conference | None, event: AnyEvent) -> Conference:
    """The conference after the event. An event seen before changes nothing."""
    if conference is None:
        unit = UnitId("unit:" + event.subject.partition(":")[2])
        conference = Conference(version=0, unit=unit, since=event.day)
    if event.version <= conference.version:
        return conference
    changed = _changed(conference, event)
    return replace(changed, version=event.version, since=min(conference.since, event.day))


def _changed(conference: Conference, event: AnyEvent) -> Conference:
    fact, day = event.data, event.day
    match fact:
        case e.ItemAgreed():
            new = Agreed(
                item=fact.item, owner_unit=fact.owner_unit, agreed_at=event.time, at=event.position, due=fact.due,
                petition=fact.petition,
            )  # fmt: skip
            return replace(conference, agreed=(*conference.agreed, new), due=(*conference.due, *event.decided.set))
        case e.ItemDone():
            agreed = (replace(each, done_on=day) if each.item == fact.item else each for each in conference.agreed)
            return replace(conference, agreed=tuple(agreed))
        case e.GroupFormed():
            group = Group(fact.name, fact.lead_unit, fact.members, day)
            return replace(conference, groups=(*conference.groups, group))
        case e.GroupDissolved():
            gone = conference.group(fact.name)
            groups = (replace(each, until=day) if each == gone else each for each in conference.groups)
            return replace(conference, groups=tuple(groups))
        case e.MembersChanged():
            return replace(conference, members=_members(conference, fact, day))
        case _:
            return conference


def _members(conference: Conference, fact: e.MembersChanged, day: date) -> tuple[Member, ...]:
    before = conference.current()
    kept = set(fact.members) if fact.members is not None else {*before, *fact.joined} - set(fact.left)
    ended = (
        replace(each, until=day) if each.until is None and each.unit not in kept else each
        for each in conference.members
    )  # fmt: skip
    new = dict.fromkeys(each for each in (*(fact.members or ()), *fact.joined) if each in kept and each not in before)
    return (*ended, *(Member(each, day) for each in new))
