"""Which findings stand, against which unit, on what evidence, and what did humans make of them?"""

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent, Finding
from domain.finding import decide as finding
from domain.finding.decide import State


class Step(Struct, frozen=True, gc=False):
    """What one human did with the finding."""

    position: int
    type: str
    on: str
    actor: str


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """A finding as it stands: proposed by a rule, decided by humans, or cleared."""

    finding: Finding
    state: State = "proposed"
    raised_at: int
    seen_at: int
    """Position of the newest event that spoke of it: an older one changes nothing."""
    cleared_at: int = 0
    steps: tuple[Step, ...] = ()


def raised(standing: Standing | None, found: Finding, position: int) -> Standing:
    """A rule tripped. A second trip of the same finding adds its evidence, and lateness once it is known."""
    if standing is None or (standing.cleared_at and standing.seen_at <= position):  # the same event may do both
        return Standing(finding=_with(found, found.evidence, position), raised_at=position, seen_at=position)
    if position <= standing.seen_at:
        return standing
    former = standing.finding
    merged = _with(found, (*former.evidence, *found.evidence), position)
    if former.rule != "F21":
        merged = replace(
            merged, since=former.since, unit=former.unit, handler=former.handler,
            late_by=found.late_by if found.late_by is not None else former.late_by,
            attempt=found.attempt and former.attempt,
        )  # fmt: skip
    return replace(standing, finding=merged, seen_at=position)


def _with(found: Finding, evidence: tuple[int, ...], position: int) -> Finding:
    return replace(found, evidence=tuple(sorted({*evidence, position})))


def cleared(standing: Standing | None, position: int) -> Standing | None:
    """The finding does not stand any more; what it was remains on record."""
    if standing is None or position <= standing.seen_at:
        return standing
    return replace(standing, cleared_at=position, seen_at=position)


def judged(standing: Standing | None, event: AnyEvent) -> Standing | None:
    """A human acted on the finding."""
    if standing is None or event.position <= standing.seen_at:
        return standing
    step = Step(event.position, event.type, event.day.isoformat(), event.actor)
    state = finding.evolve(standing.state, event)
    return replace(standing, state=state, steps=(*standing.steps, step), seen_at=event.position)


class FindingRow(NamedTuple):
    """One row of the table `findings`."""

    id: str
    rule: str
    subject: str
    unit: str
    axis: str | None
    ground: str | None
    since: str
    state: str
    raised_at: int
    cleared_at: int
    body: bytes


def finding_row(standing: Standing, body: bytes) -> FindingRow:
    """The row of a finding as it stands; `body` is the packed state from which the fold goes on."""
    found = standing.finding
    return FindingRow(
        found.id, found.rule, found.subject, found.unit, found.axis, found.ground, found.since.isoformat(),
        standing.state, standing.raised_at, standing.cleared_at, body,
    )  # fmt: skip
