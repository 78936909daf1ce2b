"""What may a token report? What its role may, for its own units and under its own name, about what is its own.

One table says which acts (`domain/reporters.py`), `projections/standing.py` how who reports stands to what they are
about. Two answers are kept apart. That a unit stands is no secret: an act on one that is not his is `not-allowed`. That
there is an item, a finding, a dispute, a gathering, something agreed, is known to who has to do with it: to others it
is as if it were not there, and the domain itself refuses (`Report.unknown`).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec.structs import replace

from domain import kinds
from domain import reporters as acts
from domain.conference.events import ItemDone
from domain.conference.state import Conference
from domain.dispute.events import DisputeAssigned
from domain.duty.events import DutyStood, RosterSet
from domain.envelope import AnyAction, Rejected, day_of
from domain.evaluation.events import OfficialInterviewed
from domain.fact import RANK, OfficialId, UnitId
from domain.finding.events import FindingDecided
from domain.gathering.events import GatheringAttended
from domain.gathering.state import Gathering
from domain.inspection.events import InspectionFound, InspectionHeld, InspectionPlanned, InspectionRectified
from domain.inspection.state import Inspection
from domain.known import Known
from domain.petition import events as e
from domain.petition.item import Item
from domain.reader import Reader
from domain.unit.events import ContactPointSet, RoleGiven, UnitEstablished
from domain.unit.state import Units
from projections.standing import Record, Standing
from projections.visibility import Reach, reach

REACHES_KEPT = 1_000
"""Of one reporter: a system may act for many units."""
OF_A_UNIT = ("unit", "duty", "conference", "evaluation")
"""Subjects that name the unit that they are of."""
KEPT = ("duty", "conference")
"""Of these, those that a bureau keeps for its government (R2005 6; R2022 13)."""


class Reporter:
    """Who reports: a token's holder, at the door of the log. Keeps how far he sees, for all that he sends at once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._reaches: dict[tuple[Reader, int, date], Reach] = {}

    def refused(self, action: AnyAction, record: Record, known: Known) -> Rejected | None:
        """Why an action is not his to send; None where the domain has to say."""
        if self.reader.role == "operator":
            return None
        today = day_of(known.recorded)
        report = Report(self.reader, self._reach(action, record.units, today), action, record, today)
        return next(report.refused(), None) or report.unknown(known)

    def _reach(self, action: AnyAction, units: Units, day: date) -> Reach:
        """A system reads nothing; it reports about what a clerk of the unit sees for which it acts."""
        reader = self.reader
        if reader.role == "producer":
            reader = Reader("clerk", (action.unit,) if action.unit in reader.units else reader.units, reader.official)
        key = reader.scope, units.taken, day
        if key not in self._reaches:
            if len(self._reaches) >= REACHES_KEPT:
                self._reaches.clear()
            self._reaches[key] = reach(reader, units, day)
        return self._reaches[key]


class Report(Standing):
    """One action of one reporter: what is refused to him."""

    def refused(self) -> Iterator[Rejected]:
        """What is refused with its reason, for it tells of nothing that he does not know."""
        action, role = self._action, self._reader.role
        yield from self._not_his_name()
        if why := acts.reserved(action.type, action.data, role, all_is_his=self._all_is_his):
            yield why
        if action.source.startswith(acts.OURS) and action.source != acts.DESK:
            yield Rejected("not-allowed", f"{action.source} is a source of danze itself", "$.source")
        if getattr(action.data, "origin", None) is not None:
            yield Rejected("not-allowed", "an origin is said by an import, not with a token", "$.data.origin")
        if self._kind in OF_A_UNIT:
            yield from self._foreign_unit()
        yield from self._on_others()
        yield from self._unlisted()
        yield from self._on_what_he_knows()

    def unknown(self, known: Known) -> Rejected | None:
        """What the domain would say if that were not there which he may not know of."""
        strangers = {no for no in _named(self._action) if not self._names(no)}
        if strangers:
            known = replace(known, item=lambda no: None if no in strangers else self._record.item(no))
        said = kinds.decide(self._state(self._action.subject), self._action, known)
        return said if isinstance(said, Rejected) else None

    def _not_his_name(self) -> Iterator[Rejected]:
        unit, actor, reader, units = self._action.unit, self._action.actor, self._reader, self._units
        own = unit in reader.units
        if not own and reader.role in ("clerk", "supervisor"):
            own = any(units.is_below(unit or "", each) for each in reader.units)
        if not own and reader.role == "supervisor" and self._acting is not None and unit not in self._over_him:
            seats = [seat for each in reader.units if (seat := units.get(each))]
            led = [seat.territory for seat in seats if seat.kind in acts.LEADING or self._leads_petitions(seat)]
            own = any(map(self._acting.division.startswith, led))
        if not own:
            message = f"this token does not report for {unit}" if unit else "the action does not say which unit reports"
            yield Rejected("not-allowed", message, "$.unit")
        if reader.official is not None and actor != reader.official:
            yield Rejected("not-allowed", f"this token acts as {reader.official}, not as {actor}", "$.actor")
        if actor.startswith("official:") and not self._may_speak_of(OfficialId(actor)):
            yield Rejected("not-allowed", f"{actor} is outside this token's jurisdiction", "$.actor")

    # units

    def _foreign_unit(self) -> Iterator[Rejected]:
        """An act on a unit's duties, meetings, marks or standing: the unit is his, and what it goes into or under."""
        fact, unit = self._action.data, f"unit:{self._rest.partition(':')[0]}"
        his = self._keeps(unit) if self._kind in KEPT or isinstance(fact, ContactPointSet) else self._governs(unit)
        rosters = isinstance(fact, RosterSet | DutyStood) and self._directs(unit)  # at the centre that a bureau runs
        owes = isinstance(fact, ItemDone) and any(each.item == fact.item for each in self._agreed())
        if self._units.get(unit) is not None and not (his or rosters or owes):
            yield Rejected("not-allowed", f"{unit} is outside this token's jurisdiction", "$.subject")
        if self._kind == "evaluation" and unit in self._over_him:
            yield Rejected("not-allowed", f"{unit} is not this token's to judge", "$.subject")
        if isinstance(fact, acts.STRUCTURE + acts.STAFF):
            yield from self._not_from_above(unit)
        if isinstance(fact, UnitEstablished):
            yield from self._wrongly_established(fact)

    def _not_from_above(self, unit: str) -> Iterator[Rejected]:
        """Which units there are, and who serves where, is said by a unit above: of what lies below it alone."""
        fact, own = self._action.data, self._reader.units
        if self._units.get(unit) is not None and not self._lies_below(unit):
            yield Rejected("not-allowed", f"{unit} does not lie below this token's unit", "$.subject")
        for key in ("into", "parent"):
            if (other := getattr(fact, key, None)) is not None and other not in own and not self._lies_below(other):
                yield Rejected("not-allowed", f"{other} does not lie below this token's unit", f"$.data.{key}")
        if isinstance(fact, RoleGiven):
            seats = self._seats_of(fact.official) | self._units.seats(fact.official, self._today)
            if not all(map(self._staffs, seats)):
                message = f"{fact.official} serves where this token's unit is not above"
                yield Rejected("not-allowed", message, "$.data.official")

    def _staffs(self, unit: str) -> bool:
        """Whether a unit lies below one of the token's, or is the party committee beside one that does."""
        beside = (each.unit for each in self._units if unit in self._units.party_beside(each.unit))
        return self._lies_below(unit) or any(map(self._lies_below, beside))

    def _agreed(self) -> tuple[Any, ...]:
        conference = self._state(self._action.subject)
        return conference.agreed if isinstance(conference, Conference) else ()

    def _wrongly_established(self, fact: UnitEstablished) -> Iterator[Rejected]:
        """A new unit stands under one that is there, no higher, in its territory; who leads, under who leads."""
        parent = self._units.get(fact.parent)
        if parent is None:
            yield Rejected("not-allowed", "a unit under no other is not this token's to establish", "$.data.parent")
        elif RANK[fact.level] > parent.rank:
            yield Rejected("not-allowed", f"a unit under {parent.unit} stands no higher than it", "$.data.level")
        elif not fact.division.startswith(parent.territory):
            yield Rejected("not-allowed", f"a unit under {parent.unit} is of its division", "$.data.division")
        elif fact.kind in acts.LEADING_KINDS and parent.kind not in (*acts.LEADING, "township", "bureau"):
            message = f"a {fact.kind} stands under who leads a place or its petition work, not under {parent.unit}"
            yield Rejected("not-allowed", message, "$.data.kind")

    def _on_others(self) -> Iterator[Rejected]:
        """Units on which the act lays a duty, and officials of whom it speaks."""
        fact = self._action.data
        for unit, path in acts.charged(self._action):
            if isinstance(fact, e.PetitionAssigned):
                may = self._may_assign(unit)
            elif isinstance(fact, InspectionPlanned | InspectionFound):
                may = self._is_over(unit)
            else:
                may = self._may_charge(unit)
            if not may:
                yield Rejected("not-allowed", f"{unit} is outside this token's jurisdiction", path)
        if isinstance(fact, DisputeAssigned) and fact.to_unit in (self._organs | self._over_him) - self._own:
            yield Rejected("not-allowed", f"{fact.to_unit} is over this token's unit", "$.data.to_unit")
        for official, path in acts.officials(fact):
            judged = isinstance(fact, FindingDecided | OfficialInterviewed)
            seats = self._seats_of(official) | self._units.seats(official, self._today)
            over = judged and not seats.isdisjoint(self._organs | self._over_him)
            if over or not self._may_speak_of(official):
                yield Rejected("not-allowed", f"{official} is outside this token's jurisdiction", path)
        if (no := getattr(fact, "petition", None)) is not None and self._names(no) and self._kind != "petition":
            yield from self._out_of_sight(no)

    def _out_of_sight(self, no: str) -> Iterator[Rejected]:
        """A dispute, a gathering or something agreed is hidden with the accusation that it is about."""
        fact, state = self._action.data, self._state(self._action.subject)
        units = getattr(fact, "owner_unit", None), getattr(state, "unit", None), self._action.unit
        over = {each for unit in units if unit is not None for each in self._units.over(unit)}
        if self._accuses_one_of(over, no):
            message = f"petition:{no} accuses who is over it: it would be out of their sight"
            yield Rejected("not-allowed", message, "$.data.petition")

    # what he knows

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
        match state:
            case Item():
                yield from self._on_an_item(state)
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
            case Inspection() if isinstance(fact, InspectionHeld | InspectionFound):
                if not (self._governs(state.unit) or self._directs(state.unit)):
                    message = "an inspection is reported by who planned it, or who is over him"
                    yield Rejected("not-allowed", message, "$.unit")
            case str() if self._kind not in kinds.DECIDE:
                accused = self._record.unit_of(self._action.subject)
                over = accused in self._organs or accused in self._over_him
                judges_himself = over and not isinstance(fact, acts.BY_THE_JUDGED)
                if accused is None or judges_himself or not self._governs(accused):
                    message = f"a finding on {accused} is not this token's to judge"
                    yield Rejected("not-allowed", message, "$.subject")
            case _:
                return

    def _receives(self, gathering: Gathering) -> bool:
        return self._governs(gathering.unit) or self._directs(gathering.unit)

    def _on_an_item(self, item: Item) -> Iterator[Rejected]:
        """What is for who has it, for who is over him, or for the organ that was asked."""
        action, fact = self._action, self._action.data
        if not (self._governs(item.unit) or self._has_part(item) or self._hands_on(item)):
            yield Rejected("not-allowed", f"{action.type} is for who has the item", "$.type")
        for unit, path in acts.judged(item, fact, self._units.answering):
            owes = self._watches(unit) or self._finds_cause_above(unit) or self._handles_accusation_of(unit, item)
            if not owes and not self._is_over(unit):
                yield Rejected("not-allowed", f"this is not this token's to judge: it is about {unit}", path)
        first = fact.first if isinstance(fact, e.RepeatJudged) else None
        if first is not None and self._names(first) and self._hides_from_above(item, first):
            message = f"{item.unit} would be out of sight of who is over it: that item accuses them"
            yield Rejected("not-allowed", message, "$.data.first")
        if isinstance(fact, acts.ORDERING):
            last = item.routers[-1] if item.routers else item.registered_by
            if not self._governs(last) and not self._is_over(item.unit):
                message = "an assignment is for who made it to uphold or to take back"
                yield Rejected("not-allowed", message, "$.type")
        if isinstance(fact, acts.WARRANTING) and item.sponsor is not None and not self._may_speak_of(item.sponsor):
            yield Rejected("not-allowed", f"{item.sponsor} is outside this token's jurisdiction", "$.type")
        yield from self._reviewed(item)

    def _watches(self, unit: str) -> bool:
        """Whether the act is one that a bureau owes in its whole division, itself and its government included."""
        fact = self._action.data
        here = isinstance(fact, e.PetitionRated) or self._in_its_territory(unit)
        return self._bureau is not None and isinstance(fact, acts.WATCHING) and here

    def _finds_cause_above(self, unit: str) -> bool:
        """Whether a bureau finds what its government caused: it proposes, and another decides (Art 19)."""
        return isinstance(self._action.data, e.CauseFound) and self._bureau is not None and unit == self._bureau.parent

    def _reviewed(self, item: Item) -> Iterator[Rejected]:
        """A review is asked of an organ above who answered, and answered by it (R2005 34, 35; R2022 35, 36)."""
        fact, units = self._action.data, self._units
        if isinstance(fact, e.ReviewRequested | e.RereviewRequested):
            asked, answered = units.get(fact.to_unit), units.get(item.answered_by or item.unit)
            if asked is not None and answered is not None:
                higher = asked.rank > answered.rank or units.is_below(answered.unit, asked.unit)
                above = higher and asked.unit != answered.unit and answered.division.startswith(asked.territory)
                if not above:
                    message = f"{asked.unit} is not above {answered.unit}, whose opinion is to be reviewed"
                    yield Rejected("not-allowed", message, "$.data.to_unit")
        if isinstance(fact, e.ReviewAnswered | e.RereviewAnswered):
            pending = item.reviewers if item.reviewing is None else {item.reviewing}
            asked_of = {*pending, *(units.answering(UnitId(unit)) for unit in pending)}
            far = self._bureau is not None and self._is_far(fact.by_unit)
            his = self._governs(fact.by_unit) or self._directs(fact.by_unit) or far
            if fact.by_unit not in asked_of or not his or (item.answered_by in self._own and not far):
                message = f"a review is answered by who was asked; {fact.by_unit} was not, or is not this token's"
                yield Rejected("not-allowed", message, "$.data.by_unit")


def _named(action: AnyAction) -> set[str]:
    """NOs of the items that an act ties its subject to."""
    nos = (getattr(action.data, key, None) for key in ("petition", "first"))
    listed = getattr(action.data, "items", None) or ()
    return {no.removeprefix("petition:") for no in (*nos, *listed) if no is not None}
