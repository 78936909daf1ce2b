"""Units as they stand, and the directory that answers who is above whom, who holds which role, who succeeds."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from domain.deadlines import Deadline
from domain.envelope import AnyEvent, day_of
from domain.fact import RANK, OfficialId, UnitId
from domain.unit.events import (
    ChangeFiled,
    ContactPointSet,
    RoleEnded,
    RoleGiven,
    UnitAbolished,
    UnitEstablished,
    UnitMerged,
)

DIGITS: dict[str, int] = {"village": 12, "township": 9, "county": 6, "city": 4, "province": 2, "national": 0}
"""Of a division's code, those that all places within it begin with."""


class RoleHeld(Struct, frozen=True, gc=False):
    """An official in a role from a day on, until (not including) a day."""

    official: OfficialId
    role: str
    name: str
    since: date
    until: date | None = None
    portfolio: str | None = None
    given: int = 0
    """Position of the event that gave it."""
    ended: int = 0
    """Position of the event that ended it."""

    def on(self, day: date) -> bool:
        """Whether the role was held on the local day; the day it ended is no longer in it."""
        return self.since <= day and (self.until is None or day < self.until)


class Contact(Struct, frozen=True, gc=False):
    """A leader's contact point (联系点, Art 3), from a day on."""

    leader: OfficialId
    target_unit: UnitId
    since: date


class Unit(Struct, frozen=True, kw_only=True):
    """A unit as decide must know it."""

    unit: UnitId
    name: str
    level: str
    kind: str
    division: str
    parent: UnitId | None
    established_on: date
    known_on: date
    """The day on which the log took the unit in: duties are owed from then on."""
    assumed: bool = False
    """An import assumed that there is such a unit; nobody said who sits in it."""
    ended_on: date | None = None
    into: UnitId | None = None
    roles: tuple[RoleHeld, ...] = ()
    contacts: tuple[Contact, ...] = ()
    filings: tuple[tuple[int, date], ...] = ()
    """(position of the change, day) of each filing (备案, Art 20)."""
    due: tuple[Deadline, ...] = ()
    """Limits that vacancies and changes of staff started (D09, D10), met or not."""
    version: int = 0

    @property
    def rank(self) -> int:
        """How high the unit stands, 0 village to 5 national."""
        return RANK[self.level]

    @property
    def territory(self) -> str:
        """What the codes of all places within the unit's division begin with."""
        return self.division[: DIGITS[self.level]]

    @property
    def is_bureau(self) -> bool:
        """A petition bureau, or the reception centre that it runs (人民来访接待中心)."""
        return self.kind in ("bureau", "reception_centre")


def evolve(unit: Unit | None, event: AnyEvent) -> Unit | None:
    """The unit after the event. An event seen before changes nothing."""
    if unit is not None and event.version <= unit.version:
        return unit
    changed = _changed(unit, event)
    if changed is None:
        return None
    return replace(changed, version=event.version, due=(*changed.due, *event.decided.set))


def _changed(unit: Unit | None, event: AnyEvent) -> Unit | None:
    fact = event.data
    if isinstance(fact, UnitEstablished):
        return Unit(
            unit=UnitId(event.subject),
            name=fact.name,
            level=fact.level,
            kind=fact.kind,
            division=fact.division,
            parent=fact.parent,
            established_on=event.day,
            known_on=day_of(event.recorded),
            assumed=fact.origin is not None,
        )
    if unit is None:
        return None
    match fact:
        case RoleGiven():
            held = RoleHeld(fact.official, fact.role, fact.name, event.day, None, fact.portfolio, event.position)
            return replace(unit, roles=(*unit.roles, held))
        case RoleEnded():
            return replace(unit, roles=tuple(_ended(held, fact, event) for held in unit.roles))
        case ContactPointSet():
            return replace(unit, contacts=(*unit.contacts, Contact(fact.leader, fact.target_unit, event.day)))
        case ChangeFiled():
            return replace(unit, filings=(*unit.filings, (fact.change, event.day)))
        case UnitMerged():
            return replace(unit, ended_on=event.day, into=fact.into)
        case UnitAbolished():
            return replace(unit, ended_on=event.day, into=fact.into or unit.parent)
        case _:
            return unit


def _ended(held: RoleHeld, fact: RoleEnded, event: AnyEvent) -> RoleHeld:
    same = held.official == fact.official and held.role == fact.role and held.until is None
    return replace(held, until=event.day, ended=event.position) if same else held


def _place(unit: Unit) -> tuple[str, str]:
    return unit.level, unit.division


class Units:
    """The directory of all units. Holds the newest state of each; asks nothing of the outside."""

    def __init__(self) -> None:
        self.taken = 0
        """How many events were folded in: as long as it is the same, so is the directory."""
        self._units: dict[str, Unit] = {}
        self._bureaus: dict[tuple[str, str], UnitId] = {}
        self._parties: dict[tuple[str, str], list[UnitId]] = {}
        self._seats: dict[str, set[UnitId]] = {}
        self._seat_of: dict[tuple[str, str], UnitId] = {}

    def take(self, event: AnyEvent) -> None:
        """Folds one unit event in."""
        unit = evolve(self._units.get(event.subject), event)
        if unit is not None:
            self._put(unit, event)
        self.taken += 1  # at the end: who asks meanwhile may know more than of the former number, never less

    def _put(self, unit: Unit, event: AnyEvent) -> None:
        self._units[event.subject] = unit
        self._seat_of.setdefault((unit.kind, unit.division), unit.unit)
        if unit.kind == "bureau":
            self._take_bureau(unit)
        if unit.kind == "party" and unit.unit not in (beside := self._parties.setdefault(_place(unit), [])):
            beside.append(unit.unit)
        if isinstance(event.data, RoleGiven):
            self._seats.setdefault(event.data.official, set()).add(unit.unit)

    def _take_bureau(self, unit: Unit) -> None:
        """Of several of one place the first that stands is its bureau, or what it went into; a new one takes over from
        one that ended without a successor.
        """
        place = _place(unit)
        held = self._units.get(self._bureaus.get(place, unit.unit), unit)
        if held.ended_on is not None and held.into in (None, held.parent):
            others = (each for each in self if each.kind == "bureau" and _place(each) == place)
            held = next((each for each in others if each.ended_on is None), held)
        self._bureaus[place] = held.unit

    def copy(self) -> "Units":
        """The same directory, which grows apart from this one."""
        twin = Units()
        twin.taken = self.taken
        twin._units, twin._bureaus, twin._seat_of = dict(self._units), dict(self._bureaus), dict(self._seat_of)
        twin._parties = {place: list(units) for place, units in self._parties.items()}
        twin._seats = {official: set(units) for official, units in self._seats.items()}
        return twin

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def get(self, unit: str | None) -> Unit | None:
        """The unit by its id `unit:…`; None where nobody established it."""
        return self._units.get(unit) if unit else None

    def name(self, unit: str) -> str:
        """The unit's name, or its id where nobody established it."""
        known = self._units.get(unit)
        return known.name if known else unit

    def place(self, division: str) -> str:
        """The name of a division: that of the government or township that stands there, else its code."""
        for code in (division, division[:9], division[:6]):
            for kind in ("township", "government"):
                seat = self._seat_of.get((kind, code))
                if seat is not None:
                    return self._units[seat].name.removesuffix("人民政府").removesuffix("办事处")
        return division

    def is_bureau(self, unit: str | None) -> bool:
        """Whether the unit stands in the directory as a petition bureau or reception centre."""
        known = self.get(unit)
        return known is not None and known.is_bureau

    def rank(self, unit: str | None) -> int | None:
        """The unit's rank; None where nobody established it."""
        known = self.get(unit)
        return known.rank if known else None

    def is_below(self, unit: str, above: str) -> bool:
        """Whether `unit` is `above`, stands below it, or below what went into it (R2005 25)."""
        return above in self.above(unit)

    def above(self, unit: str) -> set[str]:
        """The unit, all above it, and what one of them went into."""
        seen: set[str] = set()
        rising: list[str | None] = [unit]
        while rising:
            at = rising.pop()
            if at is not None and at not in seen:
                seen.add(at)
                known = self.get(at)
                rising += (known.parent, known.into) if known else ()
        return seen

    def below(self, above: str) -> set[UnitId]:
        """The unit, all units below it, and all that went into one of them."""
        return {unit.unit for unit in self if self.is_below(unit.unit, above)} | {UnitId(above)}

    def answering(self, unit: UnitId, day: date | None = None) -> UnitId:
        """The unit that answers on a day for what `unit` was charged with: itself, or what it went into (R2005 25)."""
        seen: set[str] = set()
        while unit not in seen:
            seen.add(unit)
            known = self._units.get(unit)
            if known is None or known.into is None or (day is not None and known.ended_on and day < known.ended_on):
                break
            unit = known.into
        return unit

    def bureau_of(self, unit: str) -> UnitId | None:
        """The petition bureau of the unit's level: that of its own division, else of the nearest above."""
        at: Unit | None = self._units.get(unit)
        seen: set[str] = set()
        while at is not None and at.unit not in seen:
            seen.add(at.unit)
            bureau = self._bureaus.get((at.level, at.division))
            if bureau is not None:
                return self.answering(bureau)
            at = self.get(at.parent)
        return None

    def party_beside(self, unit: str) -> list[UnitId]:
        """The party committees of the same level and division as a government or township."""
        known = self._units.get(unit)
        if known is None or known.kind not in ("government", "township"):
            return []
        beside = self._parties.get(_place(known), ())
        return [each for each in beside if self._units[each].ended_on is None]

    def over(self, unit: str) -> set[UnitId]:
        """The unit, all above it, and their petition bureaus and party committees: it does not judge these.

        No bureau is over a party committee or its organs, as that of discipline (纪委) is.
        """
        found = set[UnitId]()
        for each in map(UnitId, self.above(unit)):
            bureau = None if self._of_party(each) else self.bureau_of(each)
            found |= {each, *self.party_beside(each), *((bureau,) if bureau is not None else ())}
        return found

    def _of_party(self, unit: str) -> bool:
        known = self.get(unit)
        above = self.get(known.parent) if known is not None else None
        led = above is not None and above.kind == "party"
        return known is not None and (known.kind == "party" or (led and known.kind != "government"))

    def conference_office(self, unit: str) -> UnitId | None:
        """The office of the joint conference (联席办), which the city's petition bureau is."""
        at: Unit | None = self._units.get(unit)
        seen: set[str] = set()
        while at is not None and at.level != "city" and at.unit not in seen:
            seen.add(at.unit)
            at = self.get(at.parent)
        return self.bureau_of(at.unit if at is not None else unit)

    def seats_ever(self, official: str) -> set[UnitId]:
        """The units in which the official holds or held any role."""
        return self._seats.get(official, set())

    def seats(self, official: str, day: date) -> set[UnitId]:
        """The units in which the official holds any role on the day."""
        return {
            unit
            for unit in self._seats.get(official, ())
            if any(held.official == official and held.on(day) for held in self._units[unit].roles)
        }

    def holding(self, unit: str, day: date, *roles: str) -> list[RoleHeld]:
        """Who holds one of the roles in the unit on the day, in the order they were given."""
        known = self._units.get(unit)
        return [held for held in known.roles if held.role in roles and held.on(day)] if known else []

    def role_of(self, unit: str, official: str, day: date) -> str | None:
        """The role that the official held in the unit on the day, else the newest."""
        known = self._units.get(unit)
        held = [each for each in known.roles if each.official == official] if known else []
        return max(reversed(held), key=lambda each: (each.on(day), each.since)).role if held else None

    def official(self, official: str) -> str | None:
        """The official's name, from the newest role given in any unit."""
        named = [
            each
            for unit in self._seats.get(official, ())
            for each in self._units[unit].roles
            if each.official == official
        ]
        return max(named, key=lambda each: each.since).name if named else None

    def offices(self, official: str) -> list[tuple[UnitId, RoleHeld]]:
        """Every role that the official holds or held."""
        seats = sorted(self._seats.get(official, ()))
        return [(unit, each) for unit in seats for each in self._units[unit].roles if each.official == official]
