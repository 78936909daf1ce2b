"""How does who reports stand to what he reports about: to units, officials, items, and what goes on beside them?

Who acts is the unit that the action names, and the token behind it. What the token's holder may not know of, and what
accuses the acting unit, is hidden; nobody judges either of them; and a bureau, a party committee or a government is one
in a token of its own alone, not in that of who is above it.
"""

from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from msgspec.structs import replace

from domain import kinds
from domain import reporters as acts
from domain.conference.state import Conference
from domain.dispute.state import Dispute
from domain.envelope import AnyAction, day_of
from domain.fact import RANK, OfficialId, UnitId
from domain.gathering.state import Gathering
from domain.inspection.state import Inspection
from domain.petition.item import Item
from domain.petition.matter import members
from domain.reader import Reader
from domain.unit.state import Unit, Units
from projections.visibility import Reach, found_on, secret


class Record(Protocol):
    """What is asked of the record as it stands; `infra.office.Office`."""

    units: Units

    def item(self, no: str) -> Item | None: ...
    def repeats(self, root: str) -> tuple[str, ...]: ...
    def state(self, subject: str) -> Any: ...
    def unit_of(self, finding: str) -> UnitId | None: ...


class Standing:
    """Of one reporter, in one action, on the record as it stands."""

    def __init__(self, reader: Reader, reach: Reach, action: AnyAction, record: Record, today: date) -> None:
        self._today = today
        self._reader, self._action, self._record, self._units = reader, action, record, record.units
        above = frozenset(map(UnitId, record.units.above(action.unit or "")))
        self._reach = replace(reach, organs=reach.organs | above) if reach.secret else reach
        self._governs, self._organs = reach.governs, self._reach.organs
        self._own = {*reader.units, action.unit}
        self._seats = self._own | reach.own
        """His units, the acting one, and those in which he serves."""
        self._acting = record.units.get(action.unit)
        stands = self._acting is not None and self._acting.ended_on is None and action.unit in reader.units
        self._office = self._acting if stands else None
        """The acting unit, where the token is its own and it stands;"""
        self._bureau = self._office if self._office is not None and self._leads_petitions(self._office) else None
        """where it is a petition bureau, or what one went into."""
        self._kind, _, self._rest = action.subject.partition(":")

    # units

    def _all_is_his(self) -> bool:
        """Whether he governs the whole city: there may be units above it."""
        within = self._reach.within
        return within is None or all(each.unit in within for each in self._units if each.rank <= RANK["city"])

    def _in_its_territory(self, unit: str | None) -> bool:
        """Whether the division of his office takes in the unit's, or his office is the bureau that answers for it."""
        known = self._units.get(unit)
        if self._office is None or known is None:
            return False
        territory, bureau = self._office.territory, self._units.bureau_of(known.unit)
        return known.division.startswith(territory) or bureau == self._office.unit

    def _directs(self, unit: str | None) -> bool:
        """Whether his office is a bureau, a party committee or a government, and the unit is of its division."""
        leads = self._bureau is not None or (self._office is not None and self._office.kind in acts.LEADING)
        return leads and self._in_its_territory(unit)

    def _may_charge(self, unit: str) -> bool:
        """Whether he may lay a duty on a unit. On one that nobody established, the domain lays none."""
        return self._units.get(unit) is None or self._governs(unit) or self._directs(unit)

    def _may_assign(self, unit: str) -> bool:
        """A department of the city assigns to those of the counties, too; nobody to his peers or who is over him."""
        rank, office = self._units.rank(unit), self._office
        lower = office is not None and rank is not None and rank < office.rank and self._in_its_territory(unit)
        may = rank is None or unit in self._own or self._lies_below(unit) or self._directs(unit) or lower
        return may and unit not in self._over_him - self._own

    def _may_speak_of(self, official: OfficialId) -> bool:
        """Whether an official serves where he may lay a duty, or nowhere that is known: that day, or else today."""
        seats = self._seats_of(official)
        return not seats or any(map(self._may_charge, seats))

    def _seats_of(self, official: OfficialId) -> set[UnitId]:
        """Where an official served on the day of the act, or where he did not yet, serves today."""
        return self._units.seats(official, day_of(self._action.time)) or self._units.seats(official, self._today)

    def _leads_petitions(self, unit: Unit) -> bool:
        return unit.is_bureau or self._units.bureau_of(unit.unit) == unit.unit

    def _is_over(self, unit: str) -> bool:
        """Whether he may judge a unit: below his own, or of his division. Nobody judges himself or who is over him."""
        if self._units.get(unit) is None:
            return True
        if unit in self._own or unit in self._organs or unit in self._over_him:
            return False
        supervises = self._reader.role == "supervisor" and self._governs(unit)
        return supervises or self._directs(unit) or self._units.is_below(unit, self._action.unit or "")

    def _is_far(self, unit: str) -> bool:
        """Whether a unit is of the province or the nation: what it decided comes to the city on paper."""
        return (self._units.rank(unit) or 0) > RANK["city"]

    @cached_property
    def _over_him(self) -> set[UnitId]:
        """His unit (a system's acting one) and who is over it, but for what lies below, as a government's bureau."""
        own = {self._action.unit or ""} if self._reader.role == "producer" else {*self._reader.units}
        over = {each for unit in own for each in self._units.over(unit)}
        return {each for each in over if each in own or not any(self._units.is_below(each, unit) for unit in own)}

    def _lies_below(self, unit: str) -> bool:
        """Whether a unit lies below one of the token's."""
        own = self._reader.units
        return unit not in own and any(self._units.is_below(unit, each) for each in own)

    def _keeps(self, unit: str) -> bool:
        """Whether duties and meetings of a unit are his to report: a bureau keeps those of government and committee."""
        above = self._bureau.parent if self._bureau is not None else None
        return self._governs(unit) or (above is not None and unit in (above, *self._units.party_beside(above)))

    # items

    def _secret(self, no: str | None) -> bool:
        return no is not None and secret(self._reach, no, self._record.item)

    def _sees(self, no: str) -> bool:
        """Whether he may read the item."""
        item = self._record.item(no)
        return item is not None and self._reach.holds(item) and not self._secret(no)

    def _names(self, no: str) -> bool:
        """Whether he may tie others to the item, or list it: he sees it, or his office directs who has it."""
        item = self._record.item(no)
        directs = item is not None and self._directs(item.unit) and not self._secret(no)
        return directs or self._sees(no)

    def _concerns(self, item: Item) -> bool:
        """Whether the act is of one who sees the item, or who stands to it so that this act is his."""
        if self._secret(item.no):
            return self._hands_on(item)
        return self._reach.holds(item) or self._has_part(item)

    def _hands_on(self, item: Item) -> bool:
        """Whether it accuses the government of his bureau, which registered it, and nobody who served in the bureau."""
        fact, bureau = self._action.data, self._bureau
        if bureau is None or item.registered_by != bureau.unit or not isinstance(fact, acts.HANDING_ON):
            return False
        about_him = item.about_official is not None and item.about_official == self._reader.official
        leaves = item.unit == bureau.unit or not isinstance(fact, acts.ROUTED)
        accuses = item.purpose == "accusation" and not self._accuses_one_of(self._seats, item.no)
        return accuses and leaves and not about_him

    def _has_part(self, item: Item) -> bool:
        """Whether the act is his by what his unit has to do with the item, though another has it."""
        return any(isinstance(self._action.data, his) for his in self._his_acts(item))

    def _his_acts(self, item: Item) -> Iterator[acts.Acts]:
        """What he may report of an item that is in the hands of another."""
        fact, governs, office = self._action.data, self._governs, self._office
        first = item.first_handler[0] if item.first_handler else None
        if governs(item.registered_by) or governs(first):
            yield acts.REGISTERED
        if any(map(governs, item.reviewers)) and getattr(fact, "stage", "") != "handling":
            yield acts.REVIEWING
        if any(map(governs, item.routers)):
            yield acts.ROUTING
        if any(governs(each.unit) for each in item.causes):
            yield acts.CAUSING
        if item.sponsor is not None and any(map(governs, self._units.seats(item.sponsor, day_of(self._action.time)))):
            yield acts.WARRANTING
        holding = self._units.get(item.unit)
        if office is None or holding is None or not self._in_its_territory(item.unit):
            return
        if self._bureau is not None:
            yield acts.OVERSEEING + acts.FROM_ABOVE
            yield acts.ROUTED if item.purpose == "accusation" else ()
            yield acts.DECIDED_ABOVE if any(map(self._is_far, item.reviewers)) else ()
        elif office.rank > holding.rank and governs(getattr(fact, "to_unit", office.unit)):
            yield acts.FROM_ABOVE
        if office.kind in acts.LEADING:
            yield acts.SPONSORING

    def _hides_from_above(self, item: Item, first: str) -> bool:
        """Whether the item, or what repeats it, would be hidden from who has it, reviews it or is over either, if it
        repeated that one, which accuses them.
        """
        with_it = (self._record.item(no) for no in members(item.no, self._record.repeats))
        concerned = set[str]()
        for each in (item, *(other for other in with_it if other is not None)):
            concerned |= {unit for held in (each.unit, *each.reviewers) for unit in self._units.over(held)}
        return self._accuses_one_of(concerned, first)

    def _accuses_one_of(self, units: Collection[str | None], no: str) -> bool:
        """Whether an item, or one that it repeats, accuses one of these units or who served there."""
        at, seen = self._record.item(no), set[str]()
        while at is not None and at.no not in seen:
            served = self._units.seats_ever(at.about_official) if at.about_official else set[UnitId]()
            accused: set[str | None] = {at.about_unit, *served}
            if at.purpose == "accusation" and not accused.isdisjoint(units):
                return True
            seen.add(at.no)
            at = self._record.item(at.first) if at.first is not None else None
        return False

    def _handles_accusation_of(self, unit: str, item: Item) -> bool:
        """Whether an item in his hands accuses the unit: he finds out what is true of it."""
        seats = (
            self._units.seats(item.about_official, day_of(self._action.time)) if item.about_official else set[UnitId]()
        )
        accused = item.purpose == "accusation" and unit in (item.about_unit, *seats)
        return accused and self._governs(item.unit) and unit not in self._organs

    # what goes on beside them

    def _state(self, subject: str) -> Any:
        """What is kept of a subject; None where he may not know of it, as where there is nothing."""
        state, kind = self._record.state(subject), subject.partition(":")[0]
        match state:
            case Item():
                return state if self._concerns(state) else None
            case Conference():
                return self._conference(state)
            case Dispute() | Gathering():
                return None if self._secret(state.petition) or not self._is_party(state) else state
            case Inspection():
                return state if self._is_party(state) else None
            case _:
                told = kind in kinds.DECIDE or self._knows_finding(subject)
                return state if told else None

    def _is_party(self, state: Dispute | Gathering | Inspection) -> bool:
        """Whether a unit of his is named in it, or it is of a unit of the division that his office directs."""
        return any(map(self._governs, state.parties)) or self._directs(state.unit)

    def _conference(self, conference: Conference) -> Conference:
        """With what was agreed about items that are no secret to him; of another's, only what his own units owe."""
        keeps = self._keeps(conference.unit)
        agreed = (
            each for each in conference.agreed
            if (keeps or self._governs(each.owner_unit)) and not self._secret(each.petition)
        )  # fmt: skip
        return replace(conference, agreed=tuple(agreed))

    def _knows_finding(self, id: str) -> bool:
        """Whether it is on a unit of his or on an item that he sees, and not on what is a secret to him."""
        kind, _, rest = id.partition(":")[2].partition(":")
        unit = self._record.unit_of(id)
        if kind == "petition":
            no = rest.partition(":")[0]
            repeats = self._record.repeats(no) if id.startswith("F23:") else ()
            by_secrets = bool(repeats) and all(map(self._secret, repeats))
            return not self._secret(no) and not by_secrets and (self._governs(unit) or self._sees(no))
        return self._governs(unit) and not self._is_secret_thread(found_on(id))

    def _is_secret_thread(self, thread: str | None) -> bool:
        """Whether a dispute, a gathering, or something that a conference agreed is about a secret item alone."""
        if thread is None:
            return False
        kind, _, rest = thread.partition(":")
        if kind == "conference":
            unit, _, name = rest.partition(":")
            conference = self._record.state(f"{kind}:{unit}")
            agreed = conference.item(name) if conference is not None else None
            return agreed is not None and self._secret(agreed.petition)
        state = self._record.state(thread)
        return state is not None and self._secret(state.petition)
