"""Given what we know of a unit's evaluation and what is reported, what is recorded?"""

from domain.clock.events import DutyMissed
from domain.draft import Draft, Verdict, unknown_unit
from domain.duty.owed import due_on, subject_of
from domain.envelope import AnyAction, Recorded, Rejected, day_of
from domain.evaluation import events as e
from domain.evaluation.state import Evaluation
from domain.fact import UnitId
from domain.known import Known
from domain.periods import Period, half_year
from domain.rules import duties as rule


def decide(evaluation: Evaluation | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """A half year is scored when it is over; a unit is listed, somebody is interviewed, the listing is lifted."""
    code, _, name = action.subject.partition(":")[2].rpartition(":")
    unit, period = UnitId(f"unit:{code}"), half_year(name)
    if period is None:
        sentence = f"{action.subject!r} names no half year, as evaluation:UNIT:2020H1 does"
        return Rejected("bad-value", sentence, "$.subject")
    evaluation = evaluation or Evaluation()
    refused = unknown_unit(unit, known, "$.subject") or _refused(evaluation, period, action)
    if refused is not None:
        return refused
    draft = Draft(action, known, version=evaluation.version + 1)
    _judge(evaluation, unit, period, draft)
    return draft.recorded()


def _judge(evaluation: Evaluation, unit: UnitId, period: Period, draft: Draft) -> None:
    match draft.action.data:
        case e.EvaluationScored():
            rules = draft.known.rules
            evaluations = [duty for duty in rules.on(period.last).duties.values() if duty.rule == "D08"]
            if evaluations and draft.late_for(max(due_on(duty, period, rules) for duty in evaluations)):
                draft.clear(f"D08:{subject_of(unit)}:{period.name}")
        case e.UnitListed() if (office := draft.units.conference_office(unit)) is not None:
            draft.limit("D15", office, parameter="interview_days")
        case e.OfficialInterviewed():
            if any(draft.late_for(each.due_on) for each in evaluation.due):
                draft.clear(f"D15:{draft.subject}")
        case DutyMissed():
            rule.d15_listed_no_interview(draft, draft.action.data, listed=evaluation.listed)
        case _:
            pass


def _refused(evaluation: Evaluation, period: Period, action: AnyAction) -> Verdict:
    fact = action.data
    match fact:
        case e.EvaluationScored():
            numbers = {**fact.metrics, "score": fact.score}
            odd = [name for name, number in numbers.items() if not number.is_finite()]
            if odd:
                return Rejected("bad-value", f"{odd[0]} is no number", "$.data")
            if day_of(action.time) < period.last:
                return Rejected("before-previous", f"{period.name} ends on {period.last}", "$.time")
        case e.UnitListed() if evaluation.listed_on is not None:
            return Rejected("already-exists", f"it is listed since {evaluation.listed_on}", "$.type")
        case e.UnitDelisted() if evaluation.listed_on is None:
            return Rejected("not-in-this-state", "the unit is not listed", "$.type")
        case e.OfficialInterviewed() | e.UnitDelisted():
            if evaluation.listed_on is not None and day_of(action.time) < evaluation.listed_on:
                return Rejected("before-previous", f"before it was listed on {evaluation.listed_on}", "$.time")
        case _:
            pass
    return None
