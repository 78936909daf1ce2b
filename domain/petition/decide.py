"""Given what we know of an item and what is reported, what is recorded? One small function per fact."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.clock.events import DeadlineMissed, SupervisionDue
from domain.deadlines import PETITIONER, Deadline
from domain.envelope import AnyAction, Recorded, Rejected, day_of
from domain.fact import RANK, Fact, UnitId
from domain.petition import events as e
from domain.petition import refusal
from domain.petition.ruling import Known, Ruling
from domain.petition.state import Item, revised_cause, revision
from domain.petition.steps import OPEN_TO, follows
from domain.rules import findings as rule
from domain.unit.state import Units

Verdict = Rejected | None
Step = Callable[[Any, Ruling], Verdict]

HANDLING_CLOCKS = ("K5", "K12")
NOTICE_CLOCKS = ("K2", "K3")
SUPERVISION_TRIGGERS = ("S1", "S2", "S7", "S8", "S9", "S10")


def decide(item: Item | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """Takes or refuses one action on one item. Pure: the same item, action and knowledge give the same ruling."""
    fact = action.data
    refused = _possible(item, action)
    if refused is not None:
        return refused
    ruling = Ruling(item, action, known)
    step = STEPS.get(type(fact))
    verdict = step(fact, ruling) if step is not None else None
    return verdict if verdict is not None else ruling.recorded()


def _possible(item: Item | None, action: AnyAction) -> Verdict:
    """Whether this step can be taken in the state the item is in, at the time it is said to have been taken."""
    fact = action.data
    if item is None:
        if isinstance(fact, e.PetitionRegistered):
            return None
        return Rejected("unknown-subject", f"{action.subject} is not registered", "$.subject")
    if isinstance(fact, e.PetitionRegistered):
        return Rejected("already-exists", f"{action.subject} is already registered", "$.subject")
    if item.state not in OPEN_TO[type(fact)]:
        return Rejected("not-in-this-state", f"{_said(action)}: not possible, the item is {item.state}", "$.type")
    earliest = follows(item, fact)
    if action.time < earliest:
        message = f"{_said(action)}: at {action.time.isoformat()}, before the step it depends on ({earliest.isoformat()})"
        return Rejected("before-previous", message, "$.time")
    return None


def _said(action: AnyAction) -> str:
    return action.type.removesuffix(".v1")


def _unknown_unit(ruling: Ruling, unit: str | None, path: str) -> Verdict:
    known = ruling.units.get(unit)
    if known is None:
        return Rejected("unknown-subject", f"{unit} is not established", path)
    if known.ended_on is not None and known.ended_on <= ruling.day:
        return Rejected("not-in-this-state", f"{unit} ended on {known.ended_on}", path)
    return None


# registration and routing


def _registered(fact: e.PetitionRegistered, ruling: Ruling) -> Verdict:
    action = ruling.action
    if action.unit is None:
        return Rejected("missing-field", "a registration names the unit that registers", "$.unit")
    unit = ruling.units.get(action.unit)
    if unit is None:
        return Rejected("unknown-subject", f"{action.unit} is not established", "$.unit")
    if fact.received_at is not None and fact.received_at > action.time:
        return Rejected("bad-value", "received after it was registered", "$.data.received_at")
    received = day_of(fact.received_at) if fact.received_at else ruling.day
    if unit.is_bureau:
        ruling.start("K1", action.unit, on=received)
    elif not fact.anonymous:
        ruling.start("K3", action.unit, on=received)
    if fact.report_by is not None:
        ruling.start("K13", action.unit, given=fact.report_by)
    collective = fact.channel in ("visit", "reception")
    ruling.facts["collective"] = collective and fact.persons >= ruling.law.parameters["collective_min_persons"]
    if fact.channel == "visit" and fact.about_unit and fact.purpose != "accusation":
        ruling.facts["skip_level"] = _skips(unit.rank, ruling.units.rank(fact.about_unit))
    if fact.channel == "handed_down" and _from_high_above(ruling, fact.handed_down_by):
        ruling.call_for_supervision("S9")
    if fact.channel == "reception":
        ruling.call_for_supervision("S10")
    return None


def _skips(registered_at: int, competent: int | None) -> bool:
    """Above the proper level: that of the competent unit or one above (R2022 20; LEVEL14 4)."""
    return competent is not None and registered_at > competent + 1


def _from_high_above(ruling: Ruling, unit: UnitId | None) -> bool:
    """Handed down by the nation or a province; a unit that nobody established is told by its division code."""
    if unit is None:
        return False
    rank = ruling.units.rank(unit)
    if rank is not None:
        return rank >= RANK["province"]
    return unit.removeprefix("unit:")[2:6] == "0000"


def _competent(ruling: Ruling, unit: UnitId) -> None:
    """The competent unit is known now: a visit registered above its proper level is a skip-level visit."""
    item = ruling.item
    if item.channel != "visit" or ruling.units.is_bureau(unit):
        return
    registered_at = ruling.units.rank(item.registered_by)
    skips = registered_at is not None and _skips(registered_at, ruling.units.rank(unit))
    if skips != item.skip_level:
        ruling.facts["skip_level"] = skips


def _routed(fact: e.PetitionReferred | e.PetitionAssigned, ruling: Ruling) -> Verdict:
    item, to = ruling.item, fact.to_unit
    refused = _may_receive(ruling, to)
    if refused is not None:
        return refused
    if to == ruling.units.answering(item.unit, ruling.day):
        return Rejected("bad-value", f"{to} already holds the item", "$.data.to_unit")
    by = ruling.unit
    ruling.meet("K1")
    ruling.end(*NOTICE_CLOCKS, "K4")
    ruling.end("K13", owed_by=by)
    if not item.anonymous:
        ruling.start("K2", to)
    ruling.start("K4", to)
    if isinstance(fact, e.PetitionAssigned) and fact.report_by is not None:
        ruling.start("K13", to, given=fact.report_by)
    ruling.facts["passed_on"] = rule.passes_on(item, by, ruling.units)
    _competent(ruling, to)
    rule.f14_passed_around(ruling, by)
    return None


def _may_receive(ruling: Ruling, to: UnitId, path: str = "$.data.to_unit") -> Verdict:
    """A unit can be given the item if it stands, and if the item does not accuse it (R2005 23; R2022 30)."""
    refused = _unknown_unit(ruling, to, path)
    if refused is None and accused_organ(ruling.item, to, ruling):
        message = f"an accusation never reaches the unit it accuses, nor a unit below it: {to}"
        return Rejected("accused-organ", message, path)
    return refused


def accused_organ(item: Item, unit: UnitId, ruling: Ruling) -> bool:
    """Whether the item accuses the unit, a unit above it, or an official who holds a role there."""
    if item.purpose != "accusation":
        return False
    organs = {item.about_unit} if item.about_unit else set()
    if item.about_official:
        organs |= ruling.units.seats(item.about_official, ruling.day)
    return any(organ is not None and ruling.units.is_below(unit, organ) for organ in organs)


def _objected(fact: e.AssignmentObjected, ruling: Ruling) -> Verdict:
    if ruling.item.objected:
        return Rejected("not-in-this-state", "an objection is pending already", "$.type")
    ruling.meet("K4")
    if not ruling.item.running("K4"):
        ruling.facts["out_of_time"] = "K4" in ruling.law.clocks
    return None


def _upheld(fact: e.AssignmentUpheld, ruling: Ruling) -> Verdict:
    if not ruling.item.objected:
        return Rejected("not-in-this-state", "there is no objection to decide on", "$.type")
    rule.f14_passed_around(ruling, ruling.item.unit, turned_down=True)
    return None


def _taken_back(fact: e.AssignmentWithdrawn, ruling: Ruling) -> Verdict:
    ruling.end(*NOTICE_CLOCKS, "K4", "K13")
    return None


def _repeat_judged(fact: e.RepeatJudged, ruling: Ruling) -> Verdict:
    item, known = ruling.item, ruling.known
    former = (f"matter:{item.first}",) if item.first else ()
    rule.take_back_repeat(ruling)
    if fact.first is None:
        ruling.facts |= {"matter": item.no, "repeat_number": 0}
        ruling.touches = former
        return None
    root = _root(fact.first.removeprefix("petition:"), known)
    if root is None:
        return Rejected("unknown-subject", f"petition:{fact.first} is not registered", "$.data.first")
    if root.no == item.no:
        return Rejected("bad-value", "an item cannot repeat itself", "$.data.first")
    before = [no for no in _members(root.no, known) if no != item.no]
    ruling.facts |= {"matter": root.no, "repeat_number": len(before) + 1}
    if root.first_handler is not None:
        ruling.facts["first_handler"] = root.first_handler
    ruling.touches = tuple(dict.fromkeys((*former, f"matter:{root.no}")))
    rule.f10_simple_misused(ruling, repeat=True)
    rule.f15_repeat_after_close(ruling, root)
    rule.f23_first_turned_repeat(ruling, root, first_repeat=not before)
    return None


def _root(no: str, known: Known) -> Item | None:
    """The matter's first item, which the item named is or (in steps) repeats."""
    item = known.item(no)
    seen: set[str] = set()
    while item is not None and item.first is not None and item.no not in seen:
        seen.add(item.no)
        item = known.item(item.first)
    return item


def _members(root: str, known: Known) -> list[str]:
    """All items that repeat the matter, those that repeat a repeat among them."""
    members: list[str] = []
    waiting = [root]
    while waiting:
        direct = known.repeats(waiting.pop())
        members += direct
        waiting += direct
    return members


# acceptance and handling


def _conflicted(ruling: Ruling, *officials: str | None) -> Verdict:
    """An official does not act on a petition about himself (R2005 30; R2022 28)."""
    about = ruling.item.about_official
    if about is not None and about in officials:
        return Rejected("conflicted-official", f"the item is about {about}, who may not act on it", "$.data.handler")
    return None


def _accepted(fact: e.PetitionAccepted, ruling: Ruling) -> Verdict:
    item, unit = ruling.item, ruling.unit
    refused = _conflicted(ruling, fact.handler, ruling.action.actor) or _may_receive(ruling, unit, "$.unit")
    if refused is not None:
        return refused
    ruling.meet("K1")
    ruling.end("K4")
    if fact.procedure == "simple":
        received = day_of(item.since) if item.routings else item.received_on
        simple = ruling.start("K11", unit, on=received)
        if simple is not None:
            ruling.meet_one(simple)
        ruling.start("K12", unit)
        rule.f10_simple_misused(ruling)
    elif ruling.law.switches["handling_limit_for_all"] or item.purpose in ("appeal", "settlement"):
        ruling.start("K5", unit)
    ruling.facts["first_handler"] = ruling.first_handler() or (unit, fact.handler)
    _competent(ruling, unit)
    return None


def _not_accepted(fact: e.PetitionNotAccepted | e.PetitionNoLongerAccepted, ruling: Ruling) -> Verdict:
    refused = _conflicted(ruling, ruling.action.actor)
    if refused is not None:
        return refused
    ruling.meet("K1")
    ruling.end("K4", "K13")
    if not refusal.fits(fact.ground, ruling.item, ruling.known, ruling.day):
        rule.f11_refusal_irregular(ruling)
    return None


def _channelled(fact: e.PetitionChannelled, ruling: Ruling) -> Verdict:
    ruling.meet("K1")
    ruling.end(*NOTICE_CLOCKS, "K4", *HANDLING_CLOCKS, "K13")
    return None


def _notified(fact: e.PetitionNotified, ruling: Ruling) -> Verdict:
    if fact.of == "extension":
        ruling.meet("K5x")
    elif fact.of != "receipt" or ruling.law.switches["receipt_notice_counts"]:
        ruling.meet(*NOTICE_CLOCKS)
    return None


def _handler_changed(fact: e.HandlerChanged, ruling: Ruling) -> Verdict:
    return _conflicted(ruling, fact.handler)


def _hearing_opened(fact: e.HearingOpened, ruling: Ruling) -> Verdict:
    stage_of = {"handling": "accepted", "review": "under_review", "rereview": "under_rereview"}
    if ruling.item.state != stage_of[fact.stage]:
        message = f"a hearing of stage {fact.stage} is not possible, the item is {ruling.item.state}"
        return Rejected("not-in-this-state", message, "$.data.stage")
    if any(stage == fact.stage for stage, _ in ruling.item.hearings):
        return Rejected("not-in-this-state", "a hearing of this stage is open already", "$.data.stage")
    if fact.stage == "rereview":
        for clock in ruling.item.running("K9"):
            ruling.move(clock, ruling.law.due("K9", clock.starts_on, not_counted=clock.not_counted), paused_on=ruling.day)
    return None


def _hearing_closed(fact: e.HearingClosed, ruling: Ruling) -> Verdict:
    opened = next((day for stage, day in ruling.item.hearings if stage == fact.stage), None)
    if opened is None:
        return Rejected("not-in-this-state", "no hearing of this stage is open", "$.data.stage")
    if ruling.day < opened:
        return Rejected("before-previous", "a hearing cannot close before it opened", "$.time")
    if fact.stage == "rereview":
        for clock in ruling.item.running("K9"):
            spans = (*clock.not_counted, (opened, ruling.day))
            ruling.move(clock, ruling.law.due("K9", clock.starts_on, not_counted=spans), not_counted=spans)
    return None


def _extended(fact: e.PetitionExtended, ruling: Ruling) -> Verdict:
    item = ruling.item
    cap = ruling.law.parameters["extension_max_days"]
    total = item.extended + fact.days
    for clock in item.running("K5"):
        if ruling.day > clock.due_on:
            ruling.facts["out_of_time"] = True
        else:
            counted = min(cap, total)
            ruling.move(clock, ruling.law.due("K5", clock.starts_on, more=counted), extended=counted)
    ruling.start("K5x", ruling.unit)
    if total > cap:
        rule.f05_extension_irregular(ruling)
    return None


def _answered(fact: e.PetitionAnswered, ruling: Ruling) -> Verdict:
    item, unit = ruling.item, ruling.unit
    refused = _conflicted(ruling, ruling.action.actor) or _may_receive(ruling, unit, "$.unit")
    if refused is not None:
        return refused
    ruling.meet(*HANDLING_CLOCKS, "K13")
    if item.state in ("registered", "routed"):
        ruling.meet("K1", *NOTICE_CLOCKS)
        ruling.facts["first_handler"] = ruling.first_handler() or (unit, ruling.action.actor)
        _competent(ruling, unit)
    ruling.end("K4")
    if fact.outcome == "supported":
        ruling.start("execution", unit)
    rule.f10_simple_misused(ruling, not_supported=fact.outcome == "not_supported")
    return None


# after the answer


def _delivered(fact: e.OpinionDelivered, ruling: Ruling) -> Verdict:
    reviewed = {stage for stage, _ in ruling.item.reviews}
    if fact.stage != "handling" and fact.stage not in reviewed:
        return Rejected("not-in-this-state", f"there is no opinion of stage {fact.stage} yet", "$.data.stage")
    window = {"handling": "K6", "review": "K8"}.get(fact.stage)
    if window and not ruling.item.running(window) and fact.stage not in ruling.item.delivered:
        ruling.start(window, PETITIONER)
    return None


def _review_requested(fact: e.ReviewRequested | e.RereviewRequested, ruling: Ruling) -> Verdict:
    again = isinstance(fact, e.RereviewRequested)
    item = ruling.item
    reviewed = {stage for stage, _ in item.reviews}
    if again and "review" not in reviewed:
        return Rejected("not-in-this-state", "re-review follows a review, and there is none", "$.type")
    if ("rereview" if again else "review") in reviewed:
        return Rejected("not-in-this-state", "this stage has been through already", "$.type")
    refused = _may_receive(ruling, fact.to_unit)
    if refused is not None:
        return refused
    if fact.to_unit == item.answered_by:
        return Rejected("bad-value", "a unit does not review its own opinion", "$.data.to_unit")
    window = "K8" if again else "K6"
    passed = [each for each in item.deadlines if each.clock == window and each.open and each.due_on < ruling.day]
    ruling.meet(window)
    ruling.facts["out_of_time"] = bool(passed)
    ruling.start("K9" if again else "K7", fact.to_unit)
    return None


def _review_answered(fact: e.ReviewAnswered | e.RereviewAnswered, ruling: Ruling) -> Verdict:
    refused = _conflicted(ruling, ruling.action.actor)
    if refused is None:
        ruling.meet("K9" if isinstance(fact, e.RereviewAnswered) else "K7")
    return refused


def _executed(fact: e.PetitionExecuted, ruling: Ruling) -> Verdict:
    if ruling.item.outcome not in ("supported", "partly"):
        return Rejected("not-in-this-state", "no opinion supports the request; there is nothing to execute", "$.type")
    ruling.meet("execution")
    return None


def _execution_refused(fact: e.ExecutionRefused, ruling: Ruling) -> Verdict:
    if ruling.item.outcome not in ("supported", "partly"):
        return Rejected("not-in-this-state", "no opinion supports the request; there is nothing to refuse", "$.type")
    ruling.end("execution")
    rule.f20_support_refused(ruling)
    return None


def _closed(fact: e.PetitionClosed, ruling: Ruling) -> Verdict:
    ruling.meet("K13", *HANDLING_CLOCKS)
    return None


def _withdrawn(fact: e.PetitionWithdrawn, ruling: Ruling) -> Verdict:
    ruling.end_all()
    return None


def _determined(fact: e.PetitionDetermined, ruling: Ruling) -> Verdict:
    ruling.end("K6", "K8")
    return _conflicted(ruling, ruling.action.actor)


def _rated(fact: e.PetitionRated, ruling: Ruling) -> Verdict:
    if fact.score == "dissatisfied":
        rule.f16_dissatisfied(ruling, fact.target)
        ruling.call_for_supervision("S7")
    elif any(target == fact.target and score == "dissatisfied" for target, score, _ in ruling.item.ratings):
        rule.rated_better(ruling, fact.target)
    return None


def _return_visited(fact: e.ReturnVisited, ruling: Ruling) -> Verdict:
    if fact.solved == "no" and ruling.item.state in ("closed", "determined"):
        rule.f24_return_visit_unsolved(ruling)
    return None


def _raised_above(fact: e.RaisedAbove, ruling: Ruling) -> Verdict:
    item, units = ruling.item, ruling.units
    held = item.accepted_by or item.unit
    competent = item.about_unit if units.is_bureau(held) and item.about_unit else held
    rank = units.rank(competent)
    beyond = _skips(RANK[fact.level], rank if rank is not None else _rank_of_place(item.place))
    ruling.facts["beyond"] = beyond
    if beyond:
        root = _root(item.no, ruling.known) or item
        matter = [root, *(ruling.known.item(no) for no in _members(root.no, ruling.known))]
        rule.f18_raised_above_after_fault(ruling, [each for each in matter if each is not None])
    return None


def _rank_of_place(place: str) -> int:
    """The level that a division code stands for: 430400 city, 430408 county, 430408001 township."""
    if len(place) >= 12:
        return RANK["village"]
    if len(place) >= 9:
        return RANK["township"]
    return RANK["city"] if place.endswith("00") else RANK["county"]


# supervision, sponsorship, causes, incidents


def _supervised(fact: e.PetitionSupervised, ruling: Ruling) -> Verdict:
    ruling.meet(*SUPERVISION_TRIGGERS)
    supervised = ruling.units.answering(ruling.item.accepted_by or ruling.item.unit, ruling.day)
    ruling.start("K10", supervised, given=fact.report_by)
    return None


def _supervision_answered(fact: e.SupervisionAnswered, ruling: Ruling) -> Verdict:
    if not ruling.item.supervised:
        return Rejected("not-in-this-state", "the item is not under supervision", "$.type")
    ruling.meet("K10")
    return None


def _supervision_closed(fact: e.SupervisionClosed, ruling: Ruling) -> Verdict:
    if not ruling.item.supervised:
        return Rejected("not-in-this-state", "the item is not under supervision", "$.type")
    if ruling.item.supervised == 1:
        ruling.end("K10")
    return None


def _sponsored(fact: e.PetitionSponsored, ruling: Ruling) -> Verdict:
    if ruling.item.sponsor is not None:
        return Rejected("already-exists", f"one case, one leader: {ruling.item.sponsor} sponsors it", "$.data.leader")
    if fact.leader == ruling.item.about_official:
        return Rejected("conflicted-official", f"the item is about {fact.leader}, who may not sponsor it", "$.data.leader")
    return None


def _needs_sponsor(fact: Fact, ruling: Ruling) -> Verdict:
    if ruling.item.sponsor is None:
        return Rejected("not-in-this-state", "the item has no sponsor", "$.type")
    return None


def _cause_found(fact: e.CauseFound, ruling: Ruling) -> Verdict:
    if ruling.units.get(fact.unit) is None:
        return Rejected("unknown-subject", f"{fact.unit} is not established", "$.data.unit")
    if fact.decided_on > ruling.day:
        return Rejected("bad-value", "a cause cannot lie after it was found", "$.data.decided_on")
    rule.f21_cause_found(ruling, fact.unit, fact.ground, fact.decided_on, fact, fact.evidence)
    return None


def _cause_contested(fact: e.CauseContested, ruling: Ruling) -> Verdict:
    if not ruling.item.causes:
        return Rejected("not-in-this-state", "no cause was found that could be contested", "$.type")
    return None


def _cause_revised(fact: e.CauseRevised, ruling: Ruling) -> Verdict:
    former = revised_cause(ruling.item, fact)
    if former is None:
        return Rejected("not-in-this-state", "no cause was found that could be revised", "$.type")
    if fact.unit is not None and ruling.units.get(fact.unit) is None:
        return Rejected("unknown-subject", f"{fact.unit} is not established", "$.data.unit")
    if fact.withdrawn or (fact.unit is not None and fact.unit != former.unit):
        ruling.clear(f"F21:{ruling.subject}:{former.unit}")
    if not fact.withdrawn:
        new = revision(former, fact, 0)
        evidence = (former.at, *(fact.evidence or ()))
        rule.f21_cause_found(ruling, new.unit, new.ground, new.decided_on, new, evidence)
    return None


def _incident_reported(fact: e.IncidentReported, ruling: Ruling) -> Verdict:
    if fact.mishandled_by is not None:
        if ruling.units.get(fact.mishandled_by) is None:
            return Rejected("unknown-subject", f"{fact.mishandled_by} is not established", "$.data.mishandled_by")
        rule.f22_incident_mishandled(ruling, fact.mishandled_by)
    return None


def _secrecy_breached(fact: e.SecrecyBreached, ruling: Ruling) -> Verdict:
    rule.f12_secrecy(ruling, fact.by_unit, fact.to, attempt=False)
    return None


def _secrecy_guarded(fact: e.SecrecyGuarded, ruling: Ruling) -> Verdict:
    rule.f12_secrecy(ruling, fact.by_unit, fact.to, attempt=True)
    return None


# the clock


def _deadline_missed(fact: DeadlineMissed, ruling: Ruling) -> Verdict:
    return _breach(ruling, fact.deadline, fact.started)


def _supervision_due(fact: SupervisionDue, ruling: Ruling) -> Verdict:
    return _breach(ruling, fact.ground, fact.started)


def _breach(ruling: Ruling, clock: str, started: int) -> Verdict:
    """A breach stands once, and only while the clock runs on."""
    deadline = ruling.item.deadline(clock, started)
    if deadline is None or not breached(deadline, ruling.day):
        return Rejected("not-in-this-state", f"{clock} is not missed on {ruling.day}", "$.data")
    ruling.late(deadline, None)
    return None


def breached(deadline: Deadline, today: date) -> bool:
    """Whether the clock should record the deadline as missed today, for the first time."""
    due = deadline.open and not deadline.window and not deadline.missed_at and deadline.paused_on is None
    return due and today > deadline.due_on


def absence(deadline: Deadline, item: Item, units: Units, breach: date) -> DeadlineMissed | SupervisionDue:
    """What the clock writes about a deadline that nobody met, as of its first day of breach."""
    owed_by = units.answering(UnitId(deadline.owed_by), breach)
    if deadline.trigger:
        owed_by = units.bureau_of(item.responsible or item.unit) or owed_by
        return SupervisionDue(ground=deadline.clock, owed_by=owed_by, started=deadline.started)
    return DeadlineMissed(
        deadline=deadline.clock, due_on=deadline.due_on, owed_by=owed_by, started=deadline.started
    )


STEPS: dict[type[Fact], Step] = {
    e.PetitionRegistered: _registered,
    e.RepeatJudged: _repeat_judged,
    e.PetitionReferred: _routed,
    e.PetitionAssigned: _routed,
    e.AssignmentObjected: _objected,
    e.AssignmentUpheld: _upheld,
    e.AssignmentWithdrawn: _taken_back,
    e.PetitionAccepted: _accepted,
    e.PetitionNotAccepted: _not_accepted,
    e.PetitionNoLongerAccepted: _not_accepted,
    e.PetitionChannelled: _channelled,
    e.PetitionNotified: _notified,
    e.HandlerChanged: _handler_changed,
    e.HearingOpened: _hearing_opened,
    e.HearingClosed: _hearing_closed,
    e.PetitionExtended: _extended,
    e.PetitionAnswered: _answered,
    e.OpinionDelivered: _delivered,
    e.ReviewRequested: _review_requested,
    e.ReviewAnswered: _review_answered,
    e.RereviewRequested: _review_requested,
    e.RereviewAnswered: _review_answered,
    e.PetitionExecuted: _executed,
    e.ExecutionRefused: _execution_refused,
    e.PetitionClosed: _closed,
    e.PetitionWithdrawn: _withdrawn,
    e.PetitionDetermined: _determined,
    e.PetitionRated: _rated,
    e.ReturnVisited: _return_visited,
    e.RaisedAbove: _raised_above,
    e.PetitionSupervised: _supervised,
    e.SupervisionAnswered: _supervision_answered,
    e.SupervisionClosed: _supervision_closed,
    e.PetitionSponsored: _sponsored,
    e.SponsorDutyDone: _needs_sponsor,
    e.SponsorshipEnded: _needs_sponsor,
    e.CauseFound: _cause_found,
    e.CauseContested: _cause_contested,
    e.CauseRevised: _cause_revised,
    e.IncidentReported: _incident_reported,
    e.SecrecyBreached: _secrecy_breached,
    e.SecrecyGuarded: _secrecy_guarded,
    DeadlineMissed: _deadline_missed,
    SupervisionDue: _supervision_due,
}
"""Facts that are absent here (worked, mediated, resolved, desisted, reopened) are taken as they are, in the states open to them."""
