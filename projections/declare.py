"""Which order of steps does the regulation allow, as DECLARE constraints, and which does a trace break?

The constraints are made from `domain/petition/steps.py`: what no sequence of steps can do there, no trace may.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from domain.fact import Fact
from domain.petition.events import PetitionRegistered
from domain.petition.steps import LEADS_TO, OPEN_TO
from domain.vocabulary import NAMES
from projections.traces import activity

Template = Literal["init", "exactly_one", "precedence", "not_succession"]


class Constraint(NamedTuple):
    """`precedence`: before `step` there was one of `others`. `not_succession`: after one of `others` never `step`."""

    template: Template
    step: str
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.template}({', '.join(filter(None, ('|'.join(self.others), self.step)))})"


class Broken(NamedTuple):
    """A constraint, and the place in the trace, from 0, of the step that breaks it."""

    constraint: Constraint
    at: int


@cache
def model() -> tuple[Constraint, ...]:
    """All constraints, in the order of the steps."""
    first = _name(PetitionRegistered)
    constraints = [Constraint("init", first), Constraint("exactly_one", first)]
    for step in OPEN_TO:
        if step is PetitionRegistered:
            continue
        if before := _before(step):
            constraints.append(Constraint("precedence", _name(step), tuple(map(_name, before))))
        if last := [each for each in LEADS_TO if not _reached(LEADS_TO[each]) & OPEN_TO[step]]:
            constraints.append(Constraint("not_succession", _name(step), tuple(map(_name, last))))
    return tuple(constraints)


def broken(activities: Sequence[str]) -> Iterator[Broken]:
    """What the steps of one item break, in the order in which they happened."""
    places: dict[str, list[int]] = {}
    for at, each in enumerate(activities):
        places.setdefault(each, []).append(at)
    for constraint in model():
        if (place := _breaks(constraint, places, activities)) is not None:
            yield Broken(constraint, place)


def _breaks(constraint: Constraint, places: dict[str, list[int]], activities: Sequence[str]) -> int | None:
    """The place of the first step that breaks it."""
    steps = places.get(constraint.step, [])
    first = min((places[each][0] for each in constraint.others if each in places), default=len(activities))
    match constraint.template:
        case "init":
            return 0 if activities and activities[0] != constraint.step else None
        case "exactly_one":
            return steps[1] if len(steps) > 1 else None
        case "precedence":
            return steps[0] if steps and steps[0] < first else None
        case "not_succession":
            return next((at for at in steps if at > first), None)


def _before(step: type[Fact]) -> list[type[Fact]]:
    """The fewest steps without which no way leads to a state that is open to this one; none where registering does."""
    needed = [each for each in LEADS_TO if LEADS_TO[each] & OPEN_TO[step] and each is not step]
    if PetitionRegistered in needed:
        return []
    for each in list(needed):
        fewer = [other for other in needed if other is not each]
        if not _reached(LEADS_TO[PetitionRegistered], without=fewer) & OPEN_TO[step]:
            needed = fewer
    return needed


def _reached(states: Collection[str], without: Collection[type[Fact]] = ()) -> frozenset[str]:
    """The states that any steps lead to from these."""
    reached = frozenset(states)
    while True:
        possible = (each for each in LEADS_TO if each not in without and OPEN_TO[each] & reached)
        further = reached.union(*(LEADS_TO[each] for each in possible))
        if further == reached:
            return reached
        reached = further


def _name(fact: type[Fact]) -> str:
    return activity(NAMES[fact])
