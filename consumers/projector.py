"""Folds `petition.events` into the read models: the same folds as in one process, each worker its own partitions.

Rows and places are written in one transaction; what was seen before is told by its position and skipped. So every event
has its effect once, whatever Kafka delivers twice, and whoever holds a partition twice for a moment.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from threading import RLock

import msgspec
from msgspec import DecodeError, Struct, ValidationError

from consumers.dead_letters import DeadLetter, DeadLetters
from consumers.ports import Batch, Claim, Headers, Outgoing, Record, Rows, Send
from domain.codec import SEERS, LaterType, seer
from domain.envelope import AnySeen, Finding
from domain.finding.decide import State
from projections.findings import Word
from projections.fold import Changes, Fold

_encode = msgspec.json.Encoder(order="sorted").encode
OURS = re.compile(r"[a-z_]+\.[a-z_]+\.v[1-9]\d*")
"""What names of types look like, known or not."""
ROOM = 20_000
"""Items of one partition whose states are kept at hand between batches."""


FOLLOWED = b'"correlationid"'
"""In the bytes of an event that somebody follows."""
Follow = Callable[[Sequence[tuple[int, bytes]]], None]
"""Is told of such events, by position, once they are written."""


class Held(Struct):
    """A partition that this worker holds, and the states that it has at hand of it."""

    claim: Claim
    fold: Fold
    through: int = 0
    """The position of the log up to which it was noted that nothing is missing."""


class Projector:
    """The partitions of one worker. A rebalance may come while a batch is being folded: one does wait for the other."""

    def __init__(
        self, rows: Rows, send: Send, dead_letters: DeadLetters, *, findings: str, follow: Follow | None = None
    ) -> None:
        self._rows = rows
        self._send = send
        self._dead = dead_letters
        self._findings = findings
        self._follow = follow
        self.held: dict[int, Held] = {}
        self._lock = RLock()

    def take_over(self, partitions: Collection[int]) -> dict[int, int]:
        """Claims partitions. Answers the offsets from which to read on."""
        with self._lock:
            claims = self._rows.claim(partitions)
            for partition, claim in claims.items():
                self.held[partition] = Held(claim, Fold(ROOM))
        return {partition: claim.offset for partition, claim in claims.items()}

    def let_go(self, partitions: Collection[int]) -> None:
        with self._lock:
            for partition in partitions:
                self.held.pop(partition, None)

    @property
    def dead(self) -> int:
        """Records laid aside, of the partitions held."""
        return sum(held.claim.dead for held in list(self.held.values()))

    def fold(self, batches: Sequence[Batch]) -> None:
        """Folds batches and writes what they changed. What is not held any more is left to who holds it.

        Where something fails nothing is written, and the same may be folded again.
        """
        with self._lock:
            while batches := [batch for batch in batches if batch.current and batch.partition in self.held]:
                lost = self._attempted(batches)
                if not lost:
                    return
                self.take_over(lost)

    def _attempted(self, batches: Sequence[Batch]) -> frozenset[int]:
        """The partitions that were not held any more. Where nothing was written, the states at hand are let go."""
        held = [self.held[batch.partition] for batch in batches]
        lost = frozenset(batch.partition for batch in batches)
        try:
            lost = self._attempt(batches)
        finally:
            if lost:
                for each in held:
                    each.fold = Fold(ROOM)
        return lost

    def caught_up(self, ends: Mapping[int, int], relayed: int) -> None:
        """Told where partitions end now, notes which of them hold nothing unseen of the log up to `relayed`.

        What another worker took meanwhile, that was lost itself, is taken back: ours they are by Kafka.
        """
        with self._lock:
            done = [
                held
                for partition, end in ends.items()
                if (held := self.held.get(partition)) and held.claim.offset >= end and held.through < relayed
            ]
            if done:
                lost = self._rows.through([held.claim for held in done], relayed)
                for held in done:
                    held.through = relayed
                if lost:
                    self.take_over(lost)

    def _attempt(self, batches: Sequence[Batch]) -> frozenset[int]:
        places: dict[int, Claim] = {}
        letters: list[DeadLetter] = []
        followed: list[tuple[int, bytes]] | None = [] if self._follow else None
        for batch in batches:
            held = self.held[batch.partition]
            claim = places.get(batch.partition, held.claim)
            position, bad = self.take(held.fold, batch.records, claim, followed)
            offset = max(claim.offset, batch.next_offset)  # a worker that was lost folds late what others are beyond
            places[batch.partition] = claim.at(position, offset, claim.dead + len(bad))
            letters += bad
        changes = [self.held[partition].fold.changes() for partition in places]
        together = joined(changes)
        self._dead.send(letters, {p: place.dead for p, place in places.items()})
        self._send(told(self._findings, together.findings))
        lost = self._rows.write(together, places.values())
        if not lost:
            for partition, place in places.items():
                self.held[partition].claim = place
            if self._follow and followed:
                self._follow(followed)
        return lost

    def take(
        self, fold: Fold, records: Iterable[Record], claim: Claim, followed: list[tuple[int, bytes]] | None = None
    ) -> tuple[int, list[DeadLetter]]:
        """Folds what is new of a batch and writes nothing. Answers the last position, and what could not be folded.

        What is followed of it is added to `followed`.
        """
        subjects, why = waiting(records, claim.position)
        last = claim.position

        def events(subject: str, stream: Sequence[Waiting]) -> Iterator[AnySeen]:
            """Each is decoded when it is its turn to be folded, and let go when the next one comes."""
            nonlocal last
            seen = claim.position
            for position, see, value, offset in stream:
                if position <= seen:
                    continue
                try:
                    event = see(value)
                except (ValidationError, DecodeError, UnicodeDecodeError) as error:
                    why[offset] = f"not an event of this type: {error}"
                    continue
                if event.subject != subject:
                    why[offset] = f"the key is not the subject {event.subject}"
                    continue
                event.position = seen = position
                if followed is not None and FOLLOWED in value:
                    followed.append((position, value))
                yield event
            last = max(last, seen)

        self._load(fold, claim, subjects)
        for event in fold.take({subject: events(subject, stream) for subject, stream in subjects.items()}):
            offset = next(offset for position, _, _, offset in subjects[event.subject] if position == event.position)
            why[offset] = f"version {event.version} of {event.subject} came before the one before it"
        dead = [record for record in records if record.offset in why] if why else []
        return last, [DeadLetter(claim.partition, record, why[record.offset]) for record in dead]

    def _load(self, fold: Fold, claim: Claim, subjects: Iterable[str]) -> None:
        missing = {each for each in subjects if each[:9] == "petition:" and each not in fold.items}
        for subject, item in self._rows.items(claim, missing).items():
            fold.items.put(subject, item)


See = Callable[[bytes], AnySeen]
Waiting = tuple[int, See, bytes, int]
"""A record that waits to be decoded: its place in the log, what decodes it, its value, its offset."""


def waiting(records: Iterable[Record], after: int) -> tuple[dict[str, list[Waiting]], dict[int, str]]:
    """What is to be decoded, by subject, and by their offsets, why other records are no events.

    What is not above `after` in the log was seen before. No more is kept of a record than is needed.
    Raises `LaterType`.
    """
    keys: dict[bytes | None, list[Waiting]] = {}
    why: dict[int, str] = {}
    for record in records:
        headers = record.headers
        if len(headers) > 1 and headers[0][0] == "position" and headers[1][0] == "type":  # as the relay sets them
            place, name = headers[0][1] or b"", headers[1][1] or b""
        else:
            place, name = _told(headers)
        try:
            position = int(place)
        except ValueError:
            why[record.offset] = "the header `position` is no number"
            continue
        if position <= after:
            continue
        see = SEERS.get(name) or seer(name)
        if see is None:
            told = name.decode("utf-8", "replace")
            if OURS.fullmatch(told):  # laid aside, it would be missing from rows that say they are complete
                raise LaterType(told)
            why[record.offset] = f"there is no type {told!r}"
            continue
        key = record.key
        if key in keys:
            keys[key].append((position, see, record.value or b"", record.offset))
        else:
            keys[key] = [(position, see, record.value or b"", record.offset)]
    subjects: dict[str, list[Waiting]] = {}
    for key, stream in keys.items():
        subjects.setdefault(_subject(key), []).extend(stream)
    return subjects, why


def _subject(key: bytes | None) -> str:
    """What a key says; it is compared with the event."""
    return (key or b"").decode("utf-8", "replace")


def _told(headers: Headers) -> tuple[bytes, bytes]:
    """The headers `position` and `type`, wherever they stand; empty where they are missing."""
    told = dict(headers)
    return told.get("position") or b"", told.get("type") or b""


def joined(changes: Sequence[Changes]) -> Changes:
    """What several partitions changed. An item belongs to one of them; of a finding several may speak."""
    if len(changes) == 1:
        return changes[0]
    findings: dict[str, list[Word]] = {}
    for each in changes:
        for id, words in each.findings.items():
            findings.setdefault(id, []).extend(words)
    return Changes(
        titles=[row for each in changes for row in each.titles],
        cases=[row for each in changes for row in each.cases],
        due=[row for each in changes for row in each.due],
        raised=[row for each in changes for row in each.raised],
        persons=[row for each in changes for row in each.persons],
        findings=findings,
        acts=[row for each in changes for row in each.acts],
        ledgers={subject: events for each in changes for subject, events in each.ledgers.items()},
    )


class Told(Struct, frozen=True, omit_defaults=True):
    """A record of `petition.findings`: what one event says of a finding. After a crash it may come again."""

    id: str
    position: int
    """Of the event in the log: later words on the same finding have higher ones."""
    raised: Finding | None = None
    """The rule tripped; a second time it brings more evidence."""
    cleared: bool = False
    """It stands no more, unless the same event raised it anew."""
    state: State | None = None
    """What a human brought it to: opened, decided, dismissed, appealed."""


def told(topic: str, findings: Mapping[str, Sequence[Word]]) -> list[Outgoing]:
    """What was said of findings, for `petition.findings`; key = the finding's id."""
    return [
        Outgoing(
            topic, id.encode(), _encode(Told(id, word.position, word.found, word.cleared, word.state)),
            [("position", b"%d" % word.position)],
        )
        for id, words in findings.items() for word in sorted(words, key=attrgetter("position"))
    ]  # fmt: skip
