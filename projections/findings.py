"""Which findings stand, against which unit, on what evidence, and what did humans make of them?"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnySeen, Finding
from domain.finding import decide as finding
from domain.finding.decide import State


class Step(Struct, frozen=True, gc=False):
    """What one human did with the finding."""

    position: int
    type: str
    on: str
    actor: str


class Word(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """What one event says of a finding: that it stands no more, that it trips, or what a human did."""

    position: int
    found: Finding | None = None
    cleared: bool = False
    state: State | None = None
    step: Step | None = None


Words = tuple[Word, ...]
"""All that was said of a finding, by position. Events of several items may speak of one: whoever hears them in another
order, or twice, has the same words in the end."""
unpack_words = msgspec.msgpack.Decoder(Words).decode


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """A finding as it stands: proposed by a rule, decided by humans, or cleared."""

    finding: Finding
    state: State = "proposed"
    raised_at: int
    cleared_at: int = 0
    steps: tuple[Step, ...] = ()


def words_of(event: AnySeen) -> list[tuple[str, Word]]:
    """What an event says of findings, by their ids."""
    if event.type[:8] == "finding.":
        step = Step(event.position, event.type, event.day.isoformat(), event.actor)
        return [(event.subject, Word(event.position, state=finding.after(event), step=step))]
    position, gone = event.position, set(event.decided.cleared)
    said = {found.id: Word(position, found, found.id in gone) for found in reversed(event.decided.findings)}
    return [*said.items(), *((id, Word(position, None, cleared=True)) for id in gone.difference(said))]


def heard(former: Words, new: Iterable[Word]) -> Words:
    """The words with new ones among them, in the order of the log; one heard before changes nothing."""
    known = {word.position: word for word in (*new, *former)}
    return tuple(known[position] for position in sorted(known))


def standing(words: Words) -> Standing | None:
    """How a finding stands after all that was said of it; None while nothing said that it trips."""
    now: Standing | None = None
    for word in words:
        if word.step is not None:
            now = now and replace(now, state=word.state or now.state, steps=(*now.steps, word.step))
        if word.cleared:
            now = now and replace(now, cleared_at=word.position)
        if word.found is not None:
            now = _tripped(now, word.found, word.position)
    return now


def _tripped(now: Standing | None, found: Finding, position: int) -> Standing:
    """A second trip of the same finding adds its evidence, and lateness once it is known."""
    if now is None or now.cleared_at:
        return Standing(finding=_with(found, found.evidence, position), raised_at=position)
    former = now.finding
    merged = _with(found, (*former.evidence, *found.evidence), position)
    if former.rule != "F21":
        merged = replace(
            merged, since=former.since, unit=former.unit, handler=former.handler,
            late_by=found.late_by if found.late_by is not None else former.late_by,
            attempt=found.attempt and former.attempt,
        )  # fmt: skip
    return replace(now, finding=merged)


def _with(found: Finding, evidence: tuple[int, ...], position: int) -> Finding:
    return replace(found, evidence=tuple(sorted({*evidence, position})))


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


pack = msgspec.msgpack.Encoder().encode


def finding_row(id: str, words: Words) -> FindingRow:
    """The row of a finding as it stands; `body` is all that was said of it, from which the fold goes on.

    Where only a human's step or a clearing was heard so far, the row waits for the trip and answers no question.
    """
    now = standing(words)
    if now is None:
        rule, _, subject = id.partition(":")
        return FindingRow(id, rule, subject, "", None, None, "", "proposed", 0, words[-1].position, pack(words))
    found = now.finding
    return FindingRow(
        found.id, found.rule, found.subject, found.unit, found.axis, found.ground, found.since.isoformat(),
        now.state, now.raised_at, now.cleared_at, pack(words),
    )  # fmt: skip
