"""What decide and the clock must remember of a unit's evaluation for one half year."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from domain.deadlines import Deadline
from domain.envelope import AnyEvent
from domain.evaluation import events as e


class Evaluation(Struct, frozen=True, kw_only=True):
    """One unit's half year as it stands after its events."""

    version: int = 0
    scored_on: date | None = None
    """The day of the first score."""
    listed_on: date | None = None
    """Since when it is listed; None while it is not."""
    listed: int = 0
    """Position of the listing."""
    due: tuple[Deadline, ...] = ()
    """By when somebody has to be interviewed (D15)."""
    interviewed_on: date | None = None
    """The first interview since the listing."""


def evolve(evaluation: Evaluation | None, event: AnyEvent) -> Evaluation:
    """The evaluation after the event. An event seen before changes nothing."""
    evaluation = evaluation or Evaluation()
    if event.version <= evaluation.version:
        return evaluation
    evaluation = replace(evaluation, version=event.version)
    match event.data:
        case e.EvaluationScored():
            return replace(evaluation, scored_on=min(event.day, evaluation.scored_on or event.day))
        case e.UnitListed():
            return replace(
                evaluation, listed_on=event.day, listed=event.position, due=event.decided.set, interviewed_on=None
            )
        case e.OfficialInterviewed():
            return replace(evaluation, interviewed_on=min(event.day, evaluation.interviewed_on or event.day))
        case e.UnitDelisted():
            passed = tuple(each for each in evaluation.due if each.due_on < event.day)
            return replace(evaluation, listed_on=None, due=passed)
        case _:
            return evaluation
