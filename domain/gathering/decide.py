"""Given what we know of a gathering and what is reported, what is recorded?"""

from datetime import date

from domain.draft import Draft, Verdict, unknown_among, unknown_unit
from domain.envelope import AnyAction, Recorded, Rejected, day_of
from domain.fact import PetitionNo, UnitId
from domain.gathering import events as e
from domain.gathering.state import Gathering
from domain.known import Known
from domain.petition.guards import kept_from
from domain.rules import duties as rule


def decide(gathering: Gathering | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """People arrive, units are summoned and attend, it is reported and it ends; late entries fill the gaps."""
    refused = _possible(gathering, action, known)
    if refused is not None:
        return refused
    draft = Draft(action, known, owner=gathering.unit if gathering else action.unit)
    if gathering is not None:
        _judge(gathering, action, draft)
    return draft.recorded()


def _judge(gathering: Gathering, action: AnyAction, draft: Draft) -> None:
    match action.data:
        case e.GatheringSummoned() if gathering.ended_at is not None:
            for unit in _absent(gathering, draft, action.data.units):
                rule.f19_unattended(draft, unit, gathering)
        case e.GatheringAttended():
            unit = draft.units.answering(action.data.unit, draft.day)
            rule.f19_attended_after_all(draft, gathering, unit)
        case e.GatheringReported():
            absent = _absent(gathering, draft, tuple(unit for unit, _ in gathering.summoned))
            rule.f19_reported(draft, gathering, absent)
        case e.GatheringEnded():
            for unit in _absent(gathering, draft, tuple(unit for unit, _ in gathering.summoned)):
                rule.f19_unattended(draft, unit, gathering)
            if gathering.reported_at is None:
                rule.f19_unreported(draft, gathering)
        case _:
            pass


def _absent(gathering: Gathering, draft: Draft, summoned: tuple[UnitId, ...]) -> list[UnitId]:
    """Units summoned that nobody came for; a unit that ended is stood for by the one it went into."""
    there = {draft.units.answering(unit, draft.day) for unit in gathering.attended}
    called = dict.fromkeys(draft.units.answering(unit, draft.day) for unit in summoned)
    return [unit for unit in called if unit not in there]


def _possible(gathering: Gathering | None, action: AnyAction, known: Known) -> Verdict:
    """Whether the step can have been taken, at the time it is said to have been taken."""
    fact = action.data
    if gathering is None:
        if not isinstance(fact, e.GatheringArrived):
            return Rejected("unknown-subject", f"nobody arrived at {action.subject}", "$.subject")
        return _arrival(fact, action, known)
    if isinstance(fact, e.GatheringArrived):
        return Rejected("already-exists", f"the arrival at {action.subject} is on record", "$.subject")
    if action.time < gathering.arrived_at:
        return Rejected("before-previous", f"before the people arrived ({gathering.arrived_at.isoformat()})", "$.time")
    return _named(gathering, fact, day_of(action.time), known) or _timely(gathering, action)


def _arrival(fact: e.GatheringArrived, action: AnyAction, known: Known) -> Verdict:
    if action.unit is None:
        return Rejected("missing-field", "who received the people is not said", "$.unit")
    if fact.petition is not None and known.item(fact.petition) is None:
        return Rejected("unknown-subject", f"petition:{fact.petition} is not registered", "$.data.petition")
    refused = unknown_unit(action.unit, known, "$.unit") or unknown_among(fact.units, known, "$.data.units")
    return refused or _kept(fact.petition, fact.units, day_of(action.time), known)


def _kept(petition: PetitionNo | None, units: tuple[UnitId, ...], day: date, known: Known) -> Verdict:
    """What people came for is kept from the units that it accuses: these are neither told nor called (R2022 30)."""
    item = known.item(petition) if petition is not None else None
    if item is None:
        return None
    refused = (kept_from(item, unit, known, day, f"$.data.units[{n}]") for n, unit in enumerate(units))
    return next((each for each in refused if each is not None), None)


def _named(gathering: Gathering, fact: object, day: date, known: Known) -> Verdict:
    """Units that are called or come are known and stand on the day; whom an accusation accuses is not called."""
    match fact:
        case e.GatheringSummoned() if not fact.units:
            return Rejected("bad-value", "a summons names at least one unit", "$.data.units")
        case e.GatheringSummoned():
            ended = (_ended(unit, day, known, f"$.data.units[{n}]") for n, unit in enumerate(fact.units))
            refused = unknown_among(fact.units, known, "$.data.units") or next((each for each in ended if each), None)
            return refused or _kept(gathering.petition, fact.units, day, known)
        case e.GatheringAttended():
            return unknown_unit(fact.unit, known, "$.data.unit") or _ended(fact.unit, day, known, "$.data.unit")
        case _:
            return None


def _ended(unit: UnitId, day: date, known: Known, path: str) -> Verdict:
    stands = known.units.get(unit)
    if stands is not None and stands.ended_on is not None and stands.ended_on < day:
        return Rejected("not-in-this-state", f"{unit} ended on {stands.ended_on}", path)
    return None


def _timely(gathering: Gathering, action: AnyAction) -> Verdict:
    """Nobody is summoned to, or attends, what is over; it does not end before the last came."""
    ended = gathering.ended_at
    match action.data:
        case e.GatheringEnded() if ended is not None:
            return Rejected("not-in-this-state", f"it ended at {ended.isoformat()}", "$.type")
        case e.GatheringEnded() if action.time < gathering.last_at:
            return Rejected("before-previous", f"somebody came at {gathering.last_at.isoformat()}", "$.time")
        case e.GatheringSummoned() | e.GatheringAttended() if ended is not None and action.time > ended:
            return Rejected("not-in-this-state", f"it ended at {ended.isoformat()}", "$.time")
        case _:
            return None
