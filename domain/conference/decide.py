"""Given what we know of a joint conference and what is reported, what is recorded?"""

from domain.clock.events import DutyMissed
from domain.conference import events as e
from domain.conference.state import Agreed, Conference, evolve
from domain.draft import Draft, Verdict, unknown_among, unknown_unit
from domain.duty.ended import no_longer_owed
from domain.envelope import AnyAction, Recorded, Rejected, day_of
from domain.fact import UnitId
from domain.known import Known
from domain.petition.guards import kept_from
from domain.rules import duties as rule


def decide(conference: Conference | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """A conference is there with its first act. What it agreed is done once, after it was agreed."""
    unit = UnitId("unit:" + action.subject.partition(":")[2])
    refused = unknown_unit(unit, known, "$.subject") or _refused(conference, action, known)
    if refused is not None:
        return refused
    draft = Draft(action, known, owner=unit, version=conference.version + 1 if conference else 1)
    _judge(conference, action, draft)
    if conference is not None:
        draft.cleared += no_longer_owed(conference, evolve, action, known)
    return draft.recorded()


def _judge(conference: Conference | None, action: AnyAction, draft: Draft) -> None:
    match action.data:
        case e.ItemAgreed():
            fact = action.data
            if fact.due is not None:
                draft.limit(f"D13:{fact.item}", fact.owner_unit, given=fact.due)
            if fact.petition is not None:
                draft.limit(f"D12:{fact.petition}", fact.owner_unit, parameter="sponsor_days", unit="working")
        case e.ItemDone() if (agreed := _agreed(conference, action.data.item)) is not None:
            if agreed.due is not None and draft.late_for(agreed.due):
                draft.clear(f"D13:{draft.subject}:{agreed.item}")
        case DutyMissed() if (agreed := _agreed(conference, action.data.detail or "")) is not None:
            rule.d13_agreed_item_open(draft, action.data, agreed=agreed.at)
        case _:
            pass


def _agreed(conference: Conference | None, item: str) -> Agreed | None:
    return conference.item(item) if conference is not None else None


def _refused(conference: Conference | None, action: AnyAction, known: Known) -> Verdict:
    fact = action.data
    match fact:
        case e.ConferenceHeld():
            return unknown_among(fact.attended, known, "$.data.attended")
        case e.ItemAgreed():
            return _agreeing(conference, fact, action, known)
        case e.ItemDone():
            return _doing(_agreed(conference, fact.item), fact, action)
        case e.GroupFormed():
            if conference is not None and conference.group(fact.name) is not None:
                return Rejected("already-exists", f"there is a group {fact.name}", "$.data.name")
            unknown = unknown_unit(fact.lead_unit, known, "$.data.lead_unit")
            return unknown or unknown_among(fact.members, known, "$.data.members")
        case e.GroupDissolved() if conference is None or conference.group(fact.name) is None:
            return Rejected("not-in-this-state", f"there is no group {fact.name}", "$.data.name")
        case e.MembersChanged():
            if fact.members is None and not fact.joined and not fact.left:
                return Rejected("missing-field", "who is a member, joined or left is not said", "$.data.members")
            unknown = unknown_among(fact.members or (), known, "$.data.members")
            return unknown or unknown_among(fact.joined, known, "$.data.joined")
        case _:
            return None


def _agreeing(conference: Conference | None, fact: e.ItemAgreed, action: AnyAction, known: Known) -> Verdict:
    if _agreed(conference, fact.item) is not None:
        return Rejected("already-exists", f"{fact.item} was agreed before", "$.data.item")
    if fact.due is not None and fact.due < day_of(action.time):
        return Rejected("bad-value", "due before it was agreed", "$.data.due")
    item = known.item(fact.petition) if fact.petition is not None else None
    if fact.petition is not None and item is None:
        return Rejected("unknown-subject", f"petition:{fact.petition} is not registered", "$.data.petition")
    refused = unknown_unit(fact.owner_unit, known, "$.data.owner_unit")
    if refused is None and item is not None:
        return kept_from(item, fact.owner_unit, known, day_of(action.time), "$.data.owner_unit")
    return refused


def _doing(agreed: Agreed | None, fact: e.ItemDone, action: AnyAction) -> Verdict:
    if agreed is None:
        return Rejected("unknown-subject", f"{fact.item} was not agreed", "$.data.item")
    if agreed.done_on is not None:
        return Rejected("not-in-this-state", f"{fact.item} was done on {agreed.done_on}", "$.data.item")
    if action.time < agreed.agreed_at:
        return Rejected("before-previous", f"before it was agreed ({agreed.agreed_at.isoformat()})", "$.time")
    return None
