"""Who decides about which kind of subject, and what is kept of it: one table for intake, workers and tests."""

from collections.abc import Callable
from typing import Any

from domain.envelope import AnyAction, AnyEvent, Recorded, Rejected
from domain.finding import decide as finding
from domain.gathering import decide as gathering
from domain.gathering import state as gathering_state
from domain.known import Known
from domain.petition import decide as petition
from domain.ruleset import decide as ruleset
from domain.unit import decide as unit

Decide = Callable[[Any, AnyAction, Known], Recorded | Rejected]
Evolve = Callable[[Any, AnyEvent], Any]

DECIDE: dict[str, Decide] = {
    "petition": petition.decide,
    "unit": lambda state, action, known: unit.decide(state, action, known.units),
    "ruleset": lambda _, action, known: ruleset.decide(action, known.rules),
    "calendar": lambda _, action, known: ruleset.decide(action, known.rules),
    "petitioner": lambda *_: Recorded(),
    "person": lambda *_: Recorded(),
    "gathering": gathering.decide,
}
"""By the kind of the subject; a kind that is absent is the rule of a finding, whose subject is the finding's id."""

EVOLVE: dict[str, Evolve] = {
    "gathering": gathering_state.evolve,
}
"""Kinds whose streams are folded one by one when somebody asks. Items and units have keepers of their own."""


def kind_of(subject: str) -> str:
    """`petition` for `petition:NO`."""
    return subject.partition(":")[0]


def decide(state: Any, action: AnyAction, known: Known) -> Recorded | Rejected:
    """Takes or refuses one action on the state of its subject."""
    return DECIDE.get(kind_of(action.subject), _finding)(state, action, known)


def _finding(state: Any, action: AnyAction, known: Known) -> Recorded | Rejected:
    return finding.decide(state, action)
