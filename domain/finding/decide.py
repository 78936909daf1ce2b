"""What a human may do with a finding, step by step (Art 19): it is opened, then decided or dismissed, then appealed."""

from typing import Literal

from domain.envelope import AnyAction, AnySeen, Recorded, Rejected
from domain.fact import Fact, unversioned
from domain.finding import events as e

State = Literal["proposed", "opened", "decided", "dismissed", "appealed"]
JUDGED: frozenset[State] = frozenset({"decided", "dismissed", "appealed"})
"""A human has said what he makes of it."""

OPEN_TO: dict[type[Fact], frozenset[State]] = {
    e.FindingOpened: frozenset({"proposed"}),
    e.DissentRecorded: frozenset({"proposed", "opened"}),
    e.FindingDecided: frozenset({"opened", "decided"}),
    e.FindingDismissed: frozenset({"proposed", "opened"}),
    e.FindingAppealed: frozenset({"decided"}),
    e.AppealDecided: frozenset({"appealed"}),
}
AFTER: dict[type[Fact], State] = {
    e.FindingOpened: "opened",
    e.FindingDecided: "decided",
    e.FindingDismissed: "dismissed",
    e.FindingAppealed: "appealed",
    e.AppealDecided: "decided",
}


def after(event: AnySeen) -> State | None:
    """The state that the event brings a finding to; None where it stays as it was."""
    if isinstance(event.data, e.AppealDecided) and event.data.outcome == "revoked":
        return "dismissed"
    return AFTER.get(type(event.data))


def evolve(state: State, event: AnySeen) -> State:
    """The state of a finding after the event."""
    return after(event) or state


def decide(state: State | None, action: AnyAction) -> Recorded | Rejected:
    """`state` is None where no rule proposed this finding, or where it was cleared.

    A named human finds, and never about himself (R2005 30; R2022 28).
    """
    if state is None:
        return Rejected("unknown-subject", f"no finding {action.subject} stands", "$.subject")
    if state not in OPEN_TO[type(action.data)]:
        step = unversioned(action.type)
        return Rejected("not-in-this-state", f"{step}: not possible, the finding is {state}", "$.type")
    if not action.actor.startswith("official:"):
        return Rejected("not-allowed", f"a named official decides on findings, and {action.actor} is none", "$.actor")
    if isinstance(action.data, e.FindingDecided) and action.data.official == action.actor:
        return Rejected("conflicted-official", f"{action.actor} may not decide on himself", "$.actor")
    return Recorded()
