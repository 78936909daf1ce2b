"""What may a token report? What its role may, for its own units and under its own name, about what is its own.

One table says which acts (`domain/reporters.py`). Two answers are kept apart. That a unit stands is no secret: an act
on one that is not his is `not-allowed`. That there is an item, a finding, a dispute, a gathering, something agreed, is
known to who has to do with it: to others it is as if it were not there, and the domain itself refuses (`Desk.unknown`).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

from msgspec.structs import replace

from domain import kinds
from domain import reporters as acts
from domain.conference.events import ItemDone
from domain.conference.state import Conference
from domain.dispute.state import Dispute
from domain.envelope import AnyAction, Rejected, day_of
from domain.fact import RANK, UnitId
from domain.gathering.events import GatheringAttended
from domain.gathering.state import Gathering
from domain.inspection.events import InspectionRectified
from domain.inspection.state import Inspection
from domain.known import Known
from domain.petition import events as e
from domain.petition.item import Item
from domain.reader import Reader
from domain.unit.events import UnitEstablished
from domain.unit.state import Units
from projections.visibility import Reach, found_on, reach, secret

OF_A_UNIT = ("unit", "duty", "conference", "evaluation")
"""Subjects that name the unit that they are of."""
KEPT = ("duty", "conference")
"""Of these, those that a bureau keeps for its government (R2005 6; R2022 13)."""


class Record(Protocol):
    """What is asked of the record as it stands; `infra.office.Office`."""

    units: Units

    def item(self, no: str) -> Item | None: ...
    def state(self, subject: str) -> Any: ...
    def unit_of(self, finding: str) -> UnitId | None: ...


class Reporter:
    """Who reports: a token's holder, at the door of the log. Keeps how far he sees, for all that he sends at once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._reaches: dict[tuple[Reader, int, date], Reach] = {}

    def refused(self, action: AnyAction, record: Record, known: Known) -> Rejected | None:
        """Why an action is not his to send; None where the domain has to say."""
        if self.reader.role == "operator":
            return None
        desk = Desk(self.reader, self._reach(action, record.units, day_of(known.recorded)), action, record)
        return next(desk.refused(), None) or desk.unknown(known)

    def _reach(self, action: AnyAction, units: Units, day: date) -> Reach:
        """A system reads nothing; it reports about what a clerk of the unit sees for which it acts."""
        reader = self.reader
        if reader.role == "producer":
            reader = Reader("clerk", (action.unit,) if action.unit in reader.units else reader.units, reader.official)
        key = reader.scope, units.taken, day
        if key not in self._reaches:
            self._reaches[key] = reach(reader, units, day)
        return self._reaches[key]


class Desk:
    """One action of one reporter, on the record as it stands."""

    def __init__(self, reader: Reader, reach: Reach, action: AnyAction, record: Record) -> None:
        self._reader, self._action, self._record, self._units = reader, action, record, record.units
        self._governs, self._organs, self._reach = reach.governs, reach.organs, reach
        self._acting = record.units.get(action.unit)
        self._kind, _, self._rest = action.subject.partition(":")

    def refused(self) -> Iterator[Rejected]:
        """What is refused with its reason, for it tells of nothing that he does not know."""
        action, role = self._action, self._reader.role
        yield from self._not_his_name()
        if why := acts.reserved(action.type, action.data, role, all_is_his=self._all_is_his):
            yield why
        if action.source.startswith(acts.OURS) and action.source != acts.DESK:
            yield Rejected("not-allowed", f"{action.source} is a source of danze itself", "$.source")
        if self._kind in OF_A_UNIT:
            yield from self._foreign_unit()
        for unit, path in acts.charged(action):
            if not self._may_charge(unit):
                yield Rejected("not-allowed", f"{unit} is outside this token's jurisdiction", path)
        yield from self._unlisted()
        yield from self._on_what_he_knows()

    def unknown(self, known: Known) -> Rejected | None:
        """What the domain would say if that were not there which he may not know of."""
        strangers = {no for no in _named(self._action) if not self._names(no)}
        if strangers:
            known = replace(known, item=lambda no: None if no in strangers else self._record.item(no))
        said = kinds.decide(self._state(self._action.subject), self._action, known)
        return said if isinstance(said, Rejected) else None

    # who

    def _not_his_name(self) -> Iterator[Rejected]:
        unit, reader, units = self._action.unit, self._reader, self._units
        own = unit in reader.units
        if not own and reader.role in ("clerk", "supervisor"):
            own = any(units.is_below(unit or "", each) for each in reader.units)
        if not own and reader.role == "supervisor" and self._acting is not None:
            seats = [seat.territory for each in reader.units if (seat := units.get(each))]
            own = any(map(self._acting.division.startswith, seats))
        if not own:
            whom = unit or "anybody whom the action does not name: it lacks `unit`"
            yield Rejected("not-allowed", f"this token does not report for {whom}", "$.unit")
        if reader.official is not None and self._action.actor != reader.official:
            message = f"this token acts as {reader.official}, not as {self._action.actor}"
            yield Rejected("not-allowed", message, "$.actor")

    def _all_is_his(self) -> bool:
        """Whether he governs the whole city: there may be units above it."""
        within = self._reach.within
        return within is None or all(each.unit in within for each in self._units if each.rank <= RANK["city"])

    def _in_its_territory(self, unit: str | None) -> bool:
        """Whether the acting unit's division takes in the unit's."""
        known = self._units.get(unit)
        return self._acting is not None and known is not None and known.division.startswith(self._acting.territory)

    def _directs(self, unit: str | None) -> bool:
        """Whether the acting unit is a bureau, a party committee or a government, and the unit is of its division."""
        leads = self._acting is not None and (self._acting.is_bureau or self._acting.kind in ("party", "government"))
        return leads and self._in_its_territory(unit)

    def _may_charge(self, unit: str) -> bool:
        """Whether he may lay a duty on a unit. On one that nobody established, the domain lays none."""
        return self._units.get(unit) is None or self._governs(unit) or self._directs(unit)

    def _is_over(self, unit: str) -> bool:
        """Whether he may judge a unit: below his own, or of his division. Nobody judges himself or who is over him; but
        a bureau finds what its government caused (Art 19).
        """
        if self._acting is not None and self._acting.is_bureau and unit != self._acting.unit:
            return self._units.get(unit) is None or self._in_its_territory(unit)
        if unit in self._organs:
            return False
        supervises = self._reader.role == "supervisor" and self._governs(unit)
        below = self._action.unit is not None and self._units.is_below(unit, self._action.unit)
        return self._units.get(unit) is None or supervises or below or self._directs(unit)

    # what he knows

    def _secret(self, no: str | None) -> bool:
        return no is not None and secret(self._reach, no, self._record.item)

    def _sees(self, no: str) -> bool:
        """Whether he may read the item."""
        item = self._record.item(no)
        return item is not None and self._reach.holds(item) and not self._secret(no)

    def _names(self, no: str) -> bool:
        """Whether he may tie others to the item, or list it: he sees it, or his unit directs who has it."""
        item = self._record.item(no)
        directs = item is not None and self._directs(item.unit) and not self._secret(no)
        return directs or self._sees(no)

    def _state(self, subject: str) -> Any:
        """What is kept of a subject; None where he may not know of it, as where there is nothing."""
        state, kind = self._record.state(subject), subject.partition(":")[0]
        match state:
            case Item():
                return state if self._concerns(state) else None
            case Conference():
                return self._conference(state)
            case Dispute() | Gathering():
                return None if self._secret(state.petition) or not self._party(state) else state
            case Inspection():
                return state if self._party(state) else None
            case _:
                told = kind in kinds.DECIDE or self._knows_finding(subject)
                return state if told else None

    def _concerns(self, item: Item) -> bool:
        """Whether the act is of one who sees the item, or who stands to it so that this act is his."""
        fact = self._action.data
        if self._secret(item.no):
            hands_on = self._acting is not None and self._acting.is_bureau and item.unit == item.registered_by
            return hands_on and self._governs(item.unit) and isinstance(fact, acts.HANDING_ON)
        return self._reach.holds(item) or any(isinstance(fact, his) for his in self._his_acts(item))

    def _his_acts(self, item: Item) -> Iterator[acts.Acts]:
        """What he may report of an item that he does not see."""
        acting, holding, stage = self._acting, self._units.get(item.unit), getattr(self._action.data, "stage", "")
        if any(map(self._governs, item.reviewers)) and stage != "handling":
            yield acts.REVIEWING
        if any(map(self._governs, item.routers)):
            yield acts.ROUTING
        if any(self._governs(each.unit) for each in item.causes):
            yield acts.CAUSING
        if acting is None or holding is None or not self._in_its_territory(item.unit):
            return
        to_unit = getattr(self._action.data, "to_unit", None)
        if acting.is_bureau:
            yield acts.OVERSEEING + acts.FROM_ABOVE
        elif acting.rank > holding.rank and (to_unit is None or self._governs(to_unit)):
            yield acts.FROM_ABOVE
        if acting.kind in ("party", "government"):
            yield acts.SPONSORING

    def _party(self, state: Dispute | Gathering | Inspection) -> bool:
        """Whether a unit of his is named in it, or it is of a unit of the division that his unit directs."""
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
            return not self._secret(no) and (self._governs(unit) or self._sees(no))
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

    # units

    def _keeps(self, unit: str) -> bool:
        """Whether duties and meetings of a unit are his to report: it is his, or his bureau's government."""
        bureau = self._acting
        return self._governs(unit) or (bureau is not None and bureau.is_bureau and bureau.parent == unit)

    def _foreign_unit(self) -> Iterator[Rejected]:
        """An act on a unit's duties, meetings, marks or standing: the unit is his, and what it goes into or under."""
        fact, unit = self._action.data, f"unit:{self._rest.partition(':')[0]}"
        his = self._keeps(unit) if self._kind in KEPT else self._governs(unit)
        owes = isinstance(fact, ItemDone) and any(each.item == fact.item for each in self._agreed())
        if self._units.get(unit) is not None and not his and not owes:
            yield Rejected("not-allowed", f"{unit} is outside this token's jurisdiction", "$.subject")
        if self._kind == "evaluation" and unit in self._organs:
            yield Rejected("not-allowed", f"{unit} is not this token's to judge", "$.subject")
        if self._kind == "unit":
            for key in ("into", "parent"):
                if (other := getattr(fact, key, None)) is not None and not self._governs(other):
                    yield Rejected("not-allowed", f"{other} is outside this token's jurisdiction", f"$.data.{key}")
        if isinstance(fact, UnitEstablished):
            yield from self._wrongly_established(fact)

    def _agreed(self) -> tuple[Any, ...]:
        conference = self._state(self._action.subject)
        return conference.agreed if isinstance(conference, Conference) else ()

    def _wrongly_established(self, fact: UnitEstablished) -> Iterator[Rejected]:
        """A new unit stands under one that is there, no higher than it, in its territory."""
        parent = self._units.get(fact.parent)
        if parent is None:
            yield Rejected("not-allowed", "a unit under no other is not this token's to establish", "$.data.parent")
        elif RANK[fact.level] > parent.rank:
            yield Rejected("not-allowed", f"a unit under {parent.unit} stands no higher than it", "$.data.level")
        elif not fact.division.startswith(parent.territory):
            yield Rejected("not-allowed", f"a unit under {parent.unit} is of its division", "$.data.division")

    # acts

    def _unlisted(self) -> Iterator[Rejected]:
        """Of a reception or a screening: what is hidden would be left out when it is read, what is not there would not.

        So only what he sees is listed.
        """
        if self._kind != "duty":
            return
        for place, no in enumerate(getattr(self._action.data, "items", None) or ()):
            if not self._names(no):
                yield Rejected("unknown-subject", f"petition:{no} is not registered", f"$.data.items[{place}]")
        for place, each in enumerate(getattr(self._action.data, "disputes", None) or ()):
            dispute = f"dispute:{each.removeprefix('dispute:')}"
            if self._state(dispute) is None:
                yield Rejected("unknown-subject", f"{dispute} is not in the ledger", f"$.data.disputes[{place}]")

    def _on_what_he_knows(self) -> Iterator[Rejected]:
        """Acts on what he knows of that are another's to report, all the same."""
        state, fact = self._state(self._action.subject), self._action.data
        if state is None:
            return
        match state:
            case Item():
                yield from self._judging(state)
            case Gathering() if isinstance(fact, acts.RECEIVING) and not self._receives(state):
                message = "who received the people summons, reports and ends it; this token does not act for them"
                yield Rejected("not-allowed", message, "$.unit")
            case Gathering() if isinstance(fact, GatheringAttended):
                if not self._receives(state) and not self._governs(fact.unit):
                    yield Rejected("not-allowed", f"this token does not report for {fact.unit}", "$.data.unit")
            case Inspection() if isinstance(fact, InspectionRectified):
                for unit in (fact.unit,) if fact.unit is not None else state.to_rectify:
                    if not self._may_charge(unit):
                        yield Rejected("not-allowed", f"this token does not report for {unit}", "$.data.unit")
            case str() if self._kind not in kinds.DECIDE:
                accused = self._record.unit_of(self._action.subject)
                judges_himself = not isinstance(fact, acts.BY_THE_JUDGED) and accused in self._organs
                if judges_himself or not self._governs(accused):
                    message = f"a finding on {accused} is not this token's to judge"
                    yield Rejected("not-allowed", message, "$.subject")
            case _:
                return

    def _receives(self, gathering: Gathering) -> bool:
        return self._governs(gathering.unit) or self._directs(gathering.unit)

    def _judging(self, item: Item) -> Iterator[Rejected]:
        """Nobody supervises, rates, or finds a cause in, himself or who is over him; nor decides as another organ."""
        fact, bureau = self._action.data, self._acting is not None and self._acting.is_bureau
        for unit, path in acts.judged(item, fact, self._units.answering):
            collects = isinstance(fact, e.PetitionRated) or self._in_its_territory(unit)
            watches = bureau and isinstance(fact, acts.WATCHING) and collects
            if not watches and not self._is_over(unit):
                yield Rejected("not-allowed", f"this is not this token's to judge: it is about {unit}", path)
        if isinstance(fact, acts.ORDERING):
            last = item.routers[-1] if item.routers else item.registered_by
            if not self._governs(last) and not self._is_over(item.unit):
                message = "an assignment is for who made it to uphold or to take back"
                yield Rejected("not-allowed", message, "$.type")
        if isinstance(fact, e.ReviewAnswered | e.RereviewAnswered) and not self._may_charge(fact.by_unit):
            yield Rejected("not-allowed", f"this token does not report for {fact.by_unit}", "$.data.by_unit")
        if isinstance(fact, e.PetitionSponsored):
            seats = self._units.seats(fact.leader, day_of(self._action.time))
            if seats and not any(map(self._may_charge, seats)):
                yield Rejected("not-allowed", f"{fact.leader} is outside this token's jurisdiction", "$.data.leader")


def _named(action: AnyAction) -> set[str]:
    """NOs of the items that an act ties its subject to."""
    nos = (getattr(action.data, key, None) for key in ("petition", "first"))
    listed = getattr(action.data, "items", None) or ()
    return {no.removeprefix("petition:") for no in (*nos, *listed) if no is not None}
