"""What may a reader see? The one predicate behind every question, count, stream and export.

Two conditions, both needed. Jurisdiction: a row is of a unit in the reader's. Secrecy (R2005 23; R2022 30): no item
that accuses the reader's organ, one above it, or an official of either; nor an item judged to repeat such a one.
Secrecy holds for every role, an auditor too, and leaves no trace in counts.
"""

from collections.abc import Callable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.fact import OfficialId, UnitId
from domain.petition.events import PetitionRegistered
from domain.petition.item import Item
from domain.reader import Reader
from domain.unit.state import Units


class Reach(Struct, frozen=True):
    """The predicate as data, so that a store can ask it of rows."""

    within: frozenset[UnitId] | None = None
    """The units of the jurisdiction; None where it is the whole record."""
    organs: frozenset[UnitId] = frozenset()
    """An accusation of one of these units,"""
    officials: frozenset[OfficialId] = frozenset()
    """or of one of these officials, is hidden;"""
    former: frozenset[OfficialId] = frozenset()
    """so is one of these, who left them, but to the reader's own unit where it registered the item or has it;"""
    own: frozenset[UnitId] = frozenset()
    """the units in which the reader serves;"""
    threads: frozenset[str] = frozenset()
    """and so is what these go on about: each is about such an item alone (see `thread`)."""
    unread: frozenset[str] = frozenset()
    """NOs of such items that the log has and the read models do not know yet: what rows say of these is hidden, too."""

    @property
    def secret(self) -> bool:
        """Whether anything could be hidden."""
        return bool(self.organs or self.officials)

    def governs(self, unit: str | None) -> bool:
        """Whether a unit is of the jurisdiction."""
        return self.within is None or unit in self.within

    def accused(self, item: Item) -> bool:
        """Whether an item accuses the reader's organ or the reader; what repeats it is hidden with it."""
        if item.purpose != "accusation":
            return False
        left = item.about_official in self.former and not {item.unit, item.registered_by} & self.own
        return left or item.about_unit in self.organs or item.about_official in self.officials

    def about(self, unit: str | None, official: str | None) -> bool:
        """Whether who is accused is the reader's organ, or serves or served in it."""
        return unit in self.organs or official in self.officials or official in self.former

    def holds(self, item: Item) -> bool:
        """Whether an item is of the jurisdiction: a unit of it registered it, has it, or handled it first."""
        first = item.first_handler[0] if item.first_handler else None
        return any(map(self.governs, (item.unit, item.registered_by, first)))

    def reads(self, item: Item) -> bool:
        """Whether it may be asked for by its number: by who passed it on or reviews it, too, though no list has it."""
        return self.holds(item) or any(map(self.governs, (*item.routers, *item.reviewers)))


EVERYTHING = Reach()
"""Nothing is hidden."""


def reach(reader: Reader, units: Units, day: date) -> Reach:
    """How far a reader sees on a day. Of a role that needs a unit, with none that stands, nothing."""
    own = frozenset({*reader.units, *(units.seats(reader.official, day) if reader.official else ())})
    organs = _organs(own, units, day)
    officials, former = _officials(reader.official, organs, units, day)
    return Reach(_jurisdiction(reader, units), organs, officials, former, own)


def _jurisdiction(reader: Reader, units: Units) -> frozenset[UnitId] | None:
    """Clerk: the unit and below. Supervisor, and an inspector sent out by a unit: the division and below."""
    if reader.role in ("operator", "auditor") or (reader.role == "inspector" and not reader.units):
        return None
    if reader.role in ("producer", "public"):
        return frozenset()
    seats = [known for unit in reader.units if (known := units.get(unit))]
    within = {below for seat in seats for below in units.below(seat.unit)}
    if reader.role != "clerk":
        within |= {each.unit for each in units for seat in seats if each.division.startswith(seat.territory)}
    return None if seats and len(within) >= len(units) else frozenset(within)


def _organs(own: frozenset[UnitId], units: Units, day: date) -> frozenset[UnitId]:
    """The reader's own units and all above, and all that went into one of these: the guard of routing, turned round."""
    if not own:
        return frozenset()
    above = {each.unit for each in units if any(units.is_below(unit, each.unit) for unit in own)}
    gone = {each.unit for each in units if each.into and units.answering(each.unit, day) in above}
    return frozenset(above | gone | own)


def _officials(
    reader: OfficialId | None, organs: frozenset[UnitId], units: Units, day: date
) -> tuple[frozenset[OfficialId], frozenset[OfficialId]]:
    """Who serves in one of these organs, and the reader himself; and who served there before."""
    found, former = {reader} if reader else set(), set[OfficialId]()
    for organ in organs:
        known = units.get(organ)
        for held in known.roles if known else ():
            (found if held.on(day) else former).add(held.official)
    return frozenset(found), frozenset(former - found)


def secret(reach: Reach, no: str, item: Callable[[str], Item | None]) -> bool:
    """Whether an item accuses the reader's organ, or repeats (in steps) one that does. An unknown one does not."""
    seen, at = set[str](), item(no) if reach.secret else None
    while at is not None and at.no not in seen:
        if reach.accused(at):
            return True
        seen.add(at.no)
        at = item(at.first) if at.first else None
    return False


def handles(reader: Reader, item: Item, units: Units) -> bool:
    """Whether an item is in the hands of the reader's own unit, to handle or to review it: personal fields are for that
    unit alone (PIPL 34).
    """
    hands = {item.unit, item.reviewing, units.answering(item.unit)}
    return reader.role == "operator" or (reader.role in ("clerk", "supervisor") and not hands.isdisjoint(reader.units))


def registered(reader: Reader, item: Item, units: Units) -> bool:
    """Whether the reader's own unit registered an item: it hands the petitioner his query code."""
    theirs = item.registered_by in reader.units or units.answering(item.registered_by) in reader.units
    return reader.role == "operator" or (reader.role in ("clerk", "supervisor") and theirs)


def named(event: AnyEvent) -> set[str]:
    """NOs of the items that an event names: its own, and those that its fact is about."""
    fact, found = event.data, set[str]()
    for no in (getattr(fact, "petition", None), getattr(fact, "first", None), *(getattr(fact, "items", None) or ())):
        if isinstance(no, str):
            found.add(no.removeprefix("petition:"))
    kind, _, rest = event.subject.partition(":")
    if kind == "petition":
        found.add(rest)
    elif rest.startswith("petition:"):  # a finding: RULE:petition:NO
        found.add(rest.split(":")[1])
    return found


def thread(event: AnyEvent) -> str | None:
    """What an event is one step of, within its subject or as its subject: a dispute, a gathering, one thing that a
    conference agreed. None where each event stands for itself.

    Where one step is about a hidden item alone, none is told: what begins and never ends, or ends and never began,
    would tell of it. A finding on one of these is hidden with it (F19, D13, D14).
    """
    kind, fact = event.subject.partition(":")[0], event.data
    if kind in ("dispute", "gathering"):
        return event.subject
    if kind == "conference":
        item = getattr(fact, "item", None) or getattr(fact, "detail", None)
        return f"{event.subject}:{item}" if item else None
    return found_on(event.subject)


def accuses(event: AnyEvent) -> bool:
    """Whether an event registers an accusation."""
    return isinstance(event.data, PetitionRegistered) and event.data.purpose == "accusation"


def moves_threads(event: AnyEvent) -> bool:
    """Whether it may turn out from this event on that a thread is about a hidden item alone, or that it is not.

    So may a step of a thread, an accusation, a judgement of what repeats what; all else leaves `Reach.threads` alone.
    """
    if isinstance(event.data, PetitionRegistered):
        return accuses(event)
    kind = event.subject.partition(":")[0]
    return event.decided.repeat_number is not None or kind in ("conference", "dispute", "gathering")


def found_on(finding: str) -> str | None:
    """The thread that a finding is on, by its id, as F19:gathering:g1:unit:u or D13:conference:u:item; else None."""
    on = finding.partition(":")[2]
    kind = on.partition(":")[0]
    if kind == "gathering":
        return on.rpartition(":unit:")[0] or on
    return on if kind in ("dispute", "conference") else None


def without(event: AnyEvent, hidden: Callable[[str], bool], threads: frozenset[str] = frozenset()) -> AnyEvent | None:
    """The event without items and disputes that are hidden; None where it is about such a one alone."""
    if threads:
        if thread(event) in threads:
            return None
        event = _listing(event, "disputes", lambda id: f"dispute:{id}" in threads)
    if not any(map(hidden, named(event))):
        return event
    if getattr(event.data, "items", None) is None:
        return None
    return _listing(event, "items", lambda no: hidden(no.removeprefix("petition:")))


def _listing(event: AnyEvent, field: str, hidden: Callable[[str], bool]) -> AnyEvent:
    """The event with what is hidden left out of a list of its fact."""
    listed = getattr(event.data, field, None) or ()
    kept = tuple(each for each in listed if not hidden(each))
    return event if len(kept) == len(listed) else replace(event, data=replace(event.data, **{field: kept}))
