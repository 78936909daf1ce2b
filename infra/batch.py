"""One attempt at deciding a batch: each action in turn, on all that was decided before it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

from domain import kinds
from domain.codec import encode
from domain.envelope import Action, AnyAction, AnyEvent, Event, Recorded, Rejected, day_of, local
from domain.fact import UnitId
from domain.known import Known
from domain.petition.events import SecrecyGuarded
from domain.petitioner.events import PetitionerForgotten
from infra.agenda import Agenda
from infra.clock import CLOCK, Clock
from infra.log.port import Log, NewEntry, Rejection
from infra.log.times import EPOCH, micros
from infra.office import Office
from infra.refused import NOBODY, kept, key_of, petitioners_of
from infra.vault.vault import Vault
from projections.reporting import Reporter

SKEW = timedelta(seconds=60)
"""How far a producer's clock may run ahead; such an action is recorded at its own time."""
LOG = "/danze/log"
"""Source of what the log itself writes."""


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What became of one action."""

    outcome: str
    position: int | None = None
    rejection: Rejected | None = None


class Desk(Protocol):
    """What a batch needs of the intake that it belongs to."""

    log: Log
    vault: Vault
    now: Callable[[], datetime]
    office: Office
    agenda: Agenda | None
    history: bool
    day: date | None


class Place(NamedTuple):
    """Where a line stood in a queue that may give it twice: what stands below the queue's mark was decided before."""

    queue: str
    number: int


class Sent(Struct):
    """One action as it came, and what was made of it so far."""

    line: bytes
    action: AnyAction | Rejected
    key: bytes = b""
    digest: bytes = b""
    sealed: dict[str, str] | None = None
    place: Place | None = None
    again: bool = False
    """It was decided before, and is given a second time."""


class Batch:
    """One attempt at deciding a batch; discarded as a whole when it is overtaken."""

    def __init__(self, intake: Desk, sent: Sequence[Sent], reporter: Reporter | None = None) -> None:
        self.intake = intake
        self.reporter = reporter
        self.office = intake.office
        self.sent = sent
        self.entries: list[NewEntry] = []
        self.events: list[AnyEvent] = []
        self.rejections: list[Rejection] = []
        self.after = self.office.position
        self.recorded = self.office.recorded
        self.floor = EPOCH + timedelta(microseconds=self.recorded)
        """When the event before was recorded: nothing is recorded earlier."""
        self.taken: dict[bytes, tuple[int, bytes]] = {}
        self.forgotten: list[str] = []
        self.named: dict[str, Sequence[str]] = {}
        """Petitioners of the items that the batch registers."""
        self.refused_before: set[tuple[bytes, bytes]] = set()
        """Key and digest of what comes again and was refused: that it might be taken by now is no matter."""

    def decided(self) -> list[Outcome]:
        self.taken = self.intake.log.known([sent.key for sent in self.sent])
        self.office.learn({sent.action.subject for sent in self.sent if isinstance(sent.action, Action)})
        marks = self._queues()
        self._seal()
        outcomes = [self._one(sent) for sent in self.sent]
        self.append()
        for queue, number in marks.items():
            self.intake.log.set_mark(queue, number)
        return outcomes

    def _queues(self) -> dict[str, int]:
        """Looks up what was refused before; gives the marks that the queues have with this batch."""
        log, last = self.intake.log, dict(sent.place for sent in self.sent if sent.place)
        before = {queue: log.mark(queue) for queue in last}
        for each in self.sent:
            each.again = each.place is not None and each.place.number <= before[each.place.queue]
        again = [each.key for each in self.sent if each.again]
        self.refused_before = log.refused(again) if again else set()
        return last

    def _seal(self) -> None:
        """Seals the personal fields of the whole batch, so that the keys it needs are made in one transaction."""
        actions = [sent.action for sent in self.sent if isinstance(sent.action, Action)]
        self.named = {action.subject: named for action in actions if (named := petitioners_of(action))}
        waiting = []
        for sent in self.sent:
            action = sent.action
            if isinstance(action, Action) and sent.sealed is None and sent.key not in self.taken:
                personal = getattr(action.data, "personal", None)
                if personal:
                    waiting.append((sent, self._owner(petitioners_of(action), action.subject), personal))
        sealed = self.intake.vault.seal_many([(owner, personal) for _, owner, personal in waiting])
        for (sent, _, _), fields in zip(waiting, sealed, strict=True):
            sent.sealed = fields

    def _owner(self, petitioners: Sequence[str], subject: str) -> str:
        """Whose key seals personal fields: the first petitioner's, of the action or else of its item; else the item's.

        What an answer says of a person is thus erased with what the person said.
        """
        item = self.office.item(subject[9:]) if not petitioners and subject.startswith("petition:") else None
        named = petitioners or (item.petitioners if item is not None else self.named.get(subject, ()))
        return named[0] if named else subject or NOBODY

    def append(self) -> None:
        """Seals, encodes and appends what was decided; then everything known is up to it."""
        if not self.entries and not self.rejections:
            return
        head = self.intake.log.append(self.entries, self.rejections, after=self.after)
        self.office.position, self.office.recorded = head
        for owner in self.forgotten:
            self.intake.vault.forget(owner)

    def _one(self, sent: Sent) -> Outcome:
        action = sent.action
        position, digest = self.taken.get(sent.key, (None, b""))
        if digest == sent.digest:
            return Outcome("duplicate", position)
        if sent.again and (sent.key, sent.digest) in self.refused_before:
            return Outcome("duplicate")
        if isinstance(action, Rejected):
            return self._refuse(sent, action)
        if position is not None:
            where = f" at position {position}" if self.reporter is None else ""
            taken = Rejected("id-reused", f"the id was taken{where} with other content", "$.id")
            return self._refuse(sent, self._not_his(action, self.floor) or taken)
        recorded = self._moment(action)
        if isinstance(recorded, Rejected):
            return self._refuse(sent, recorded)
        if self.intake.history:
            self._day_breaks(day_of(recorded))
        ruling = self._not_his(action, recorded) or self._decide(action, recorded)
        if isinstance(ruling, Rejected):
            if ruling.code == "accused-organ":
                self._guard(action, ruling.path, recorded)
            return self._refuse(sent, ruling)
        return Outcome("recorded", self._record(action, ruling, recorded, sent.key, sent.digest, sent.sealed))

    def _moment(self, action: AnyAction) -> datetime | Rejected:
        """When the log takes it: now, or in history mode when the old system did; never before the event before it."""
        now, floor = self.intake.now(), self.floor
        if self.intake.history:
            said = action.recordedat or action.time
            if max(said, action.time) > now + SKEW:
                return Rejected("time-in-future", f"{max(said, action.time).isoformat()} lies in the future", "$.time")
            if said < action.time:
                return Rejected("time-in-future", "it was recorded before it happened", "$.recordedat")
            return max(said, floor)
        if action.time > now + SKEW:
            return Rejected("time-in-future", f"{action.time.isoformat()} lies in the future", "$.time")
        return max(now, floor, action.time)

    def _not_his(self, action: AnyAction, recorded: datetime) -> Rejected | None:
        """Why who reports may not; the command line and Kafka trust their operator."""
        return self.reporter.refused(action, self.office, self.known(recorded)) if self.reporter is not None else None

    def _decide(self, action: AnyAction, recorded: datetime) -> Recorded | Rejected:
        office = self.office
        ruling = kinds.decide(office.state(action.subject), action, self.known(recorded))
        if isinstance(ruling, Recorded) and isinstance(action.data, PetitionerForgotten):
            self.forgotten.append("person:" + action.subject.partition(":")[2])
        return ruling

    def _record(
        self, action: AnyAction, ruling: Recorded, recorded: datetime, key: bytes, digest: bytes,
        sealed: dict[str, str] | None = None,
    ) -> int:  # fmt: skip
        position = self.after + len(self.entries) + 1
        data = action.data if sealed is None else replace(action.data, personal=sealed)
        event: AnyEvent = Event(
            id=action.id, source=action.source, type=action.type, subject=action.subject, time=action.time, data=data,
            actor=action.actor, unit=action.unit, causationid=action.causationid, correlationid=action.correlationid,
            traceparent=action.traceparent, version=self.office.version(action.subject) + 1,
            recorded=local(recorded), ruleset=self.office.rules.on(day_of(action.time)).names,
            origin="history" if self.intake.history else None,
            decided=ruling.decided,
        )  # fmt: skip
        at = micros(recorded)
        self.entries.append(
            NewEntry(event.subject, event.version, event.type, at, encode(event), key, digest, ruling.touches)
        )
        if at > self.recorded:
            self.recorded, self.floor = at, recorded
        self.taken[key] = (position, digest)
        event.position = position
        self.office.take(event)
        if self.intake.agenda is not None:
            self.intake.agenda.take(event)
        return position

    def _guard(self, action: AnyAction, path: str, recorded: datetime) -> None:
        """An attempt to bring an accusation to the accused goes on the item's record by the log's own hand."""
        held = self.office.state(action.subject)
        no = getattr(action.data, "petition", None) or getattr(held, "petition", None)
        item, to = self.office.item(no) if no is not None else held, _named_at(path, action.data)
        if to is None or item is None:
            return
        refused = f"{action.source} {action.id}"
        fact = SecrecyGuarded(to=to, by_unit=action.unit or (held or item).unit, refused=refused)
        about = replace(action, subject=item.subject)
        self._write("petition.secrecy_guarded.v1", f"secrecy_guarded {refused}", about, fact, recorded)

    def _write(self, type_name: str, id: str, about: AnyAction, fact: Any, recorded: datetime) -> None:
        """Records a fact of the log's own making, once."""
        action: AnyAction = Action(
            specversion="1.0", id=id, source=LOG, type=type_name, subject=about.subject, time=about.time, data=fact,
            actor="system:log", unit=about.unit, causationid=about.id,
        )  # fmt: skip
        key = key_of(LOG, id)
        if key in self.taken or key in self.intake.log.known([key]):
            return
        ruling = self._decide(action, recorded)
        if isinstance(ruling, Recorded):
            self._record(action, ruling, recorded, key, self.intake.vault.digest(encode(action)))

    # the clock

    def advance(self, today: date) -> None:
        """Day by day up to `today`: records limits whose last day passed unmet, and duties of periods that ended."""
        assert self.intake.agenda is not None, "the clock needs an agenda"
        Clock(self.intake.agenda, self).advance(today)

    def _day_breaks(self, today: date) -> None:
        """History mode: the clock runs once on each new day, before that day's first action."""
        if self.intake.day is None or today > self.intake.day:
            self.advance(today)
            self.intake.day = today

    def known(self, recorded: datetime | None = None) -> Known:
        """What decide may ask about an action that is recorded then; or now."""
        head = self.after + len(self.entries)
        return self.office.known(recorded or self.floor, head=head, history=self.intake.history)

    def moment(self, first: datetime) -> datetime:
        """When an absence is recorded: when it began, in history mode, else now."""
        return max(first if self.intake.history else self.intake.now(), self.floor)

    def on_record(self, ids: Sequence[str]) -> set[str]:
        keys = {key_of(CLOCK, id): id for id in ids}
        taken = self.intake.log.known([*keys])
        return {id for key, id in keys.items() if key in taken or key in self.taken}

    def write(self, action: AnyAction, recorded: datetime) -> None:
        """Decides and records what the clock says, once."""
        ruling = self._decide(action, recorded)
        if isinstance(ruling, Recorded):
            key = key_of(action.source, action.id)
            self._record(action, ruling, recorded, key, self.intake.vault.digest(encode(action)))

    def _refuse(self, sent: Sent, why: Rejected) -> Outcome:
        action = sent.action
        subject = action.subject if isinstance(action, Action) else ""
        body = kept(sent.line, action, self.intake.vault, self._owner)
        at = max(self.recorded, 0) if self.intake.history else micros(self.intake.now())
        self.rejections.append(Rejection(sent.key, sent.digest, why.code, why.message, why.path, subject, at, body))
        return Outcome("rejected", rejection=why)


def _named_at(path: str, data: Any) -> UnitId | None:
    """The unit that a field of an action names, `$.data.to_unit` or `$.data.units[1]`; None where it names none."""
    field, _, place = path.removeprefix("$.data.").partition("[")
    named = getattr(data, field, None)
    return named[int(place.rstrip("]"))] if place and named else named
