"""Who decides about which kind of subject, and what is kept of it: one table for intake, workers and tests."""

from collections.abc import Callable
from typing import Any

from domain.conference import decide as conference
from domain.conference import state as conference_state
from domain.dispute import decide as dispute
from domain.dispute import state as dispute_state
from domain.duty import decide as duty
from domain.duty import state as duty_state
from domain.envelope import AnyAction, AnyEvent, Recorded, Rejected
from domain.evaluation import decide as evaluation
from domain.evaluation import state as evaluation_state
from domain.finding import decide as finding
from domain.gathering import decide as gathering
from domain.gathering import state as gathering_state
from domain.inspection import decide as inspection
from domain.inspection import state as inspection_state
from domain.known import Known
from domain.period import decide as period
from domain.period import state as period_state
from domain.petition import decide as petition
from domain.ruleset import decide as ruleset
from domain.unit import decide as unit

Decide = Callable[[Any, AnyAction, Known], Recorded | Rejected]
Evolve = Callable[[Any, AnyEvent], Any]

DECIDE: dict[str, Decide] = {
    "petition": petition.decide,
    "unit": unit.decide,
    "ruleset": lambda _, action, known: ruleset.decide(action, known.rules),
    "calendar": lambda _, action, known: ruleset.decide(action, known.rules),
    "petitioner": lambda *_: Recorded(),
    "person": lambda *_: Recorded(),
    "duty": duty.decide,
    "conference": conference.decide,
    "gathering": gathering.decide,
    "dispute": dispute.decide,
    "inspection": inspection.decide,
    "evaluation": evaluation.decide,
    "period": period.decide,
}
"""By the kind of the subject; a kind that is absent is the rule of a finding, whose subject is the finding's id."""

EVOLVE: dict[str, Evolve] = {
    "duty": duty_state.evolve,
    "conference": conference_state.evolve,
    "gathering": gathering_state.evolve,
    "dispute": dispute_state.evolve,
    "inspection": inspection_state.evolve,
    "evaluation": evaluation_state.evolve,
    "period": period_state.evolve,
}
"""Kinds whose streams are folded one by one when somebody asks. Items and units have keepers of their own."""

LAW = ("ruleset", "calendar")
"""Kinds whose events change the law."""

DIRECTORY = ("unit", *LAW)
"""Kinds whose events tell which units stand, and by which law: every decision asks it."""

WITH_LIMITS = ("conference", "dispute", "evaluation")
"""Of these, the kinds whose states hold limits that the clock works off, as units do."""


def kind_of(subject: str) -> str:
    """`petition` for `petition:NO`."""
    return subject.partition(":")[0]


def decide(state: Any, action: AnyAction, known: Known) -> Recorded | Rejected:
    """Takes or refuses one action on the state of its subject."""
    return DECIDE.get(kind_of(action.subject), _finding)(state, action, known)


def _finding(state: Any, action: AnyAction, known: Known) -> Recorded | Rejected:
    return finding.decide(state, action)
