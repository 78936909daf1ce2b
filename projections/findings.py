"""Which findings stand, against which unit, on what evidence, and what did humans make of them?"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnySeen, Finding
from domain.fact import OfficialId
from domain.finding import decide as finding
from domain.finding.decide import State
from projections.cases import iso


class Step(Struct, frozen=True, omit_defaults=True, gc=False):
    """What one human did with the finding, and what he said of it."""

    position: int
    type: str
    on: str
    actor: str
    unit: str | None = None
    official: str | None = None
    """Whom it is about: who objected, or who is found responsible."""
    responsibility: str | None = None
    measure: str | None = None
    outcome: str | None = None
    reason: str | None = None


DISSENT, DECIDED = "finding.dissent_recorded.v1", "finding.decided.v1"
SAID = ("official", "responsibility", "measure", "outcome", "reason")


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


class StandingFinding(Struct, frozen=True, kw_only=True, gc=False):
    """A finding as it stands: proposed by a rule, decided by humans, or cleared."""

    finding: Finding
    state: State = "proposed"
    raised_at: int
    cleared_at: int = 0
    steps: tuple[Step, ...] = ()
    former: tuple["StandingFinding", ...] = ()
    """How it stood each time that it was cleared, before it tripped anew."""

    @property
    def told_state(self) -> State:
        """The state in the contract's words: what is under appeal is decided, until the appeal says otherwise."""
        return "decided" if self.state == "appealed" else self.state

    @property
    def decisions(self) -> list[Step]:
        """The newest decision on each official, where decisions stand."""
        decided = {step.official: step for step in self.steps if step.type == DECIDED}
        return list(decided.values()) if self.told_state == "decided" else []


def words_of(event: AnySeen) -> list[tuple[str, Word]]:
    """What an event says of findings, by their ids."""
    if event.type[:8] == "finding.":
        said = {name: value for name in SAID if (value := getattr(event.data, name, None)) is not None}
        step = Step(event.position, event.type, event.day.isoformat(), event.actor, event.unit, **said)
        return [(event.subject, Word(event.position, state=finding.after(event), step=step))]
    position, decided = event.position, event.decided
    if not decided.cleared and len(decided.findings) < 2:  # nearly always
        return [(found.id, Word(position, found)) for found in decided.findings]
    gone = set(decided.cleared)
    said = {found.id: Word(position, found, found.id in gone) for found in reversed(decided.findings)}
    return [*said.items(), *((id, Word(position, None, cleared=True)) for id in gone.difference(said))]


def heard(former: Words, new: Iterable[Word]) -> Words:
    """The words with new ones among them, in the order of the log; one heard before changes nothing."""
    new = tuple(new)
    if len(new) == 1 and (not former or former[-1].position < new[0].position):  # nearly always
        return (*former, *new)
    known = {word.position: word for word in (*new, *former)}
    return tuple(known[position] for position in sorted(known))


def standing(words: Words) -> StandingFinding | None:
    """How a finding stands after all that was said of it; None while nothing said that it trips.

    Of some nothing is said but that they trip, hundreds of times (what a unit enters late of its duties): such words
    are taken together.
    """
    now: StandingFinding | None = None
    for trips, said in groupby(words, _only_trips):
        if trips:
            now = _tripped(now, [*said])
        else:
            for word in said:
                now = after(now, word)
    return now


def _only_trips(word: Word) -> bool:
    return word.found is not None and not word.cleared and word.step is None


def after(now: StandingFinding | None, word: Word) -> StandingFinding | None:
    """How it stands after one more word."""
    if word.step is not None:
        now = now and _taken_on(now, word.step, word.state)
    if word.cleared:
        now = now and replace(now, cleared_at=word.position)
    return _tripped(now, [word])


def _taken_on(now: StandingFinding, step: Step, state: State | None) -> StandingFinding:
    """A human's step. Whoever objected on record bears none of it (RESP16 11)."""
    found = now.finding
    if step.type == DISSENT and step.official not in found.dissent:
        found = replace(found, dissent=(*found.dissent, OfficialId(step.official or "")))
    return replace(now, finding=found, state=state or now.state, steps=(*now.steps, step))


def _tripped(now: StandingFinding | None, words: Sequence[Word]) -> StandingFinding | None:
    """Another trip of the same finding adds its evidence, and lateness once it is known.

    One that was cleared and trips anew is a new proposal; what was before stays told.
    """
    trips = [(word.position, word.found) for word in words if word.found is not None]
    if trips and (now is None or now.cleared_at):
        (position, found), *trips = trips
        before = (*now.former, replace(now, former=())) if now is not None else ()
        evidence = tuple(sorted({*found.evidence, position}))
        now = StandingFinding(finding=replace(found, evidence=evidence), raised_at=position, former=before)
    return replace(now, finding=_merged(now, trips)) if now is not None and trips else now


def _merged(now: StandingFinding, trips: Sequence[tuple[int, Finding]]) -> Finding:
    """The newest trip, with what was known before."""
    former, newest = now.finding, trips[-1][1]
    objected = [OfficialId(step.official) for step in now.steps if step.type == DISSENT and step.official]
    evidence = {*former.evidence}
    for position, found in trips:
        evidence.add(position)
        evidence.update(found.evidence)
    merged = replace(
        newest, evidence=tuple(sorted(evidence)), dissent=tuple(dict.fromkeys((*newest.dissent, *objected)))
    )
    if former.rule == "F21":
        return merged
    late = [former.late_by, *(found.late_by for _, found in trips if found.late_by is not None)]
    return replace(
        merged, since=former.since, unit=former.unit, handler=former.handler, late_by=late[-1],
        attempt=former.attempt and all(found.attempt for _, found in trips),
    )  # fmt: skip


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
    return FindingRow._make((
        id, found.rule, found.subject, found.unit, found.axis, found.ground, iso[found.since],
        now.told_state, now.raised_at, now.cleared_at, pack(words),
    ))  # fmt: skip
