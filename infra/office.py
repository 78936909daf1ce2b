"""What the deciding side knows: units, rules, items and matters, folded from the log on demand and kept in memory.

One office serves one intake. It reads the log, never a clock; after somebody else's append it catches up.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from domain.codec import decode_event
from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.finding import decide as finding
from domain.kinds import DECIDE, DIRECTORY, EVOLVE, LAW, kind_of
from domain.known import Known
from domain.petition import matter
from domain.petition.events import PetitionSponsored
from domain.petition.item import Item
from domain.petition.state import evolve
from domain.rules.law import Rules
from domain.ruleset import decide as ruleset
from domain.unit.state import Units
from infra.log.port import Entry, Head
from infra.parts import parts
from projections.shelf import Shelf

REMEMBERED = 200_000
"""Items kept at hand."""
ASKED = 1_000_000
"""Findings and matters that somebody asked about; beyond it they are read again, when they are asked about again."""
IN_HAND = 10_000
"""Of them as objects; what is touched often is not packed and unpacked each time."""
READ_TOGETHER = 20
"""Items of one leader, of which one that is open is looked for."""


class Past(Protocol):
    """What the office reads of a log; see `infra.log.port.Log`."""

    def head(self) -> Head: ...
    def get(self, position: int) -> Entry | None: ...
    def read(self, after: int, *, upto: int | None = None) -> list[Entry]: ...
    def stream(self, subject: str, *, upto: int | None = None) -> list[Entry]: ...
    def streams(self, subjects: Sequence[str], *, upto: int | None = None) -> list[Entry]: ...
    def touching(self, name: str, *, upto: int | None = None) -> list[Entry]: ...
    def of_kind(self, kind: str, *, upto: int | None = None) -> Iterator[Entry]: ...


KeptStates = Callable[[str], tuple[dict[str, Any], int]]
"""What is kept of the subjects of a kind, and of which position; 0 where nothing is."""


def nothing_kept(_: str) -> tuple[dict[str, Any], int]:
    """Of every kind."""
    return {}, 0


class Office:
    """The knowledge of one intake, as of `position`. `room` is how many items it keeps at hand."""

    def __init__(self, log: Past, shipped: Rules, *, room: int = REMEMBERED, kept: KeptStates = nothing_kept) -> None:
        self._log = log
        self._shipped = shipped
        self._room = room
        self._kept = kept
        self.forget_everything()

    def forget_everything(self) -> None:
        """Starts anew from the log: after a conflict, nothing decided in between may linger."""
        self.position = 0
        self.recorded = 0
        self.units = Units()
        self.rules = self._shipped
        self.items = Shelf(self._room)
        self.matters: dict[str, tuple[str, ...]] = {}
        self.versions: dict[str, int] = {}
        self.findings: dict[str, finding.State] = {}
        self.accused: dict[str, UnitId] = {}
        """On which unit a finding is, for those that were raised since or that somebody asked about."""
        self.standing: dict[str, bool] = {}
        """Findings outside the items that somebody asked for, or that were raised or cleared since."""
        self.states: dict[str, dict[str, Any]] = {kind: {} for kind in EVOLVE}
        """What decide must remember of the other kinds, by kind and subject, as far as somebody asked."""
        self.whole: set[str] = set()
        """Kinds of which every subject is among them."""
        self.sponsored: dict[str, dict[str, None]] = {}
        """NOs of the items that officials ever sponsored, as they came, for those who sponsored or were asked about."""

    def catch_up(self, upto: int | None = None, also: Callable[[AnyEvent], None] | None = None) -> None:
        """Takes in what the log has gained since, or only what it held at position `upto`.

        `also` hears of every event that somebody else appended meanwhile.
        """
        head = self._log.head()
        if upto is not None and upto < head.position:
            head = Head(upto, entry.recorded if (entry := self._log.get(upto)) else 0)
        if head.position == self.position:
            return
        if self.position == 0:
            for kind in DIRECTORY:
                for entry in self._log.of_kind(kind, upto=head.position):
                    self.take(decode_event(entry.type, entry.body, entry.position))
        else:
            self._follow(head.position, also)
        self.position, self.recorded = head

    def _follow(self, upto: int, also: Callable[[AnyEvent], None] | None) -> None:
        while self.position < upto:
            entries = self._log.read(self.position, upto=upto)
            if not entries:
                break
            for event in decoded(entries):
                self.take(event, held=True)
                if also is not None:
                    also(event)
            self.position = entries[-1].position

    def take(self, event: AnyEvent, *, held: bool = False) -> None:
        """Folds one event into what is known. Of those that the log holds, what nobody asked for stays unread.

        What is being recorded cannot be read later in the same batch: of it, nothing is left out.
        """
        kind, decided = kind_of(event.subject), event.decided
        if decided.findings or decided.cleared:
            self._take_findings(kind, event)
        if kind == "petition":
            no = event.subject[9:]
            before = self.items.get(no)
            if no in self.items:
                self.items.put(no, evolve(before, event))
            if decided.repeat_number is not None:
                self._take_matter(event, before, held)
            if isinstance(event.data, PetitionSponsored) and not (held and event.data.leader not in self.sponsored):
                self._sponsored(event.data.leader)[no] = None
            return
        self.versions[event.subject] = event.version
        if kind == "unit":
            self.units.take(event)
        elif kind in LAW:
            self.rules = ruleset.evolve(self.rules, event)
        elif event.subject in self.findings:
            self.findings[event.subject] = finding.evolve(self.findings[event.subject], event)
        elif kind in EVOLVE:
            known = self.states[kind]
            if event.subject in known or kind in self.whole:
                known[event.subject] = EVOLVE[kind](known.get(event.subject), event)

    def _take_findings(self, kind: str, event: AnyEvent) -> None:
        """A finding that was cleared and trips anew is a new proposal, whatever humans had made of the former one."""
        self.findings.update(dict.fromkeys(event.decided.cleared, "proposed"))
        self.accused.update({each.id: each.unit for each in event.decided.findings})
        if kind != "petition":
            self.standing.update(dict.fromkeys(event.decided.cleared, False))
            self.standing.update({each.id: True for each in event.decided.findings})

    def _take_matter(self, event: AnyEvent, before: Item | None, held: bool) -> None:
        """A judgement concerns the matter that the item joins and the one that it leaves."""
        left = (before.first,) if before is not None else tuple(self.matters)
        for root in (event.decided.matter, *left):
            if root is not None and (root in self.matters or not held):
                self.matters[root] = matter.evolve(root, self.repeats(root), event)

    # asking

    def item(self, no: str) -> Item | None:
        if no not in self.items:
            self._learn({f"petition:{no}"})
        return self.items.get(no)

    def repeats(self, root: str) -> tuple[str, ...]:
        """The items judged to repeat item `root` itself."""
        if root not in self.matters:
            known: tuple[str, ...] = ()
            for entry in self._log.touching(f"matter:{root}", upto=self.position):
                known = matter.evolve(root, known, decode_event(entry.type, entry.body, entry.position))
            self.matters[root] = known
        return self.matters[root]

    def learn(self, subjects: Iterable[str]) -> None:
        """Reads the items that a batch speaks about, all at once. Nothing of it is decided yet: the log holds all."""
        asked: tuple[dict[str, Any], ...] = (self.matters, self.findings, self.accused, self.standing)
        if sum(map(len, asked)) > ASKED:
            for each in asked:
                each.clear()
        if self.items.in_hand > IN_HAND:
            self.items.lay_down()
        self._learn({s for s in subjects if s.startswith("petition:") and s[9:] not in self.items})

    def _learn(self, subjects: set[str]) -> None:
        if not subjects:
            return
        found: dict[str, Item | None] = dict.fromkeys(subject[9:] for subject in subjects)
        for entry in self._log.streams(sorted(subjects), upto=self.position):
            no = entry.subject[9:]
            found[no] = evolve(found[no], decode_event(entry.type, entry.body, entry.position))
        for no, item in found.items():
            self.items.put(no, item)

    def version(self, subject: str) -> int:
        """The version of the newest event of a subject, 0 for an unknown one."""
        if subject.startswith("petition:"):
            item = self.item(subject[9:])
            return item.version if item else 0
        if subject not in self.versions:
            stream = self._log.stream(subject, upto=self.position)
            self.versions[subject] = stream[-1].version if stream else 0
        return self.versions[subject]

    def finding(self, subject: str) -> finding.State | None:
        """How far a finding has come; None where none of that id stands."""
        if not self.stands(subject):
            return None
        if subject not in self.findings:
            state: finding.State = "proposed"
            steps = list(decoded(self._log.stream(subject, upto=self.position)))
            cleared = self._cleared(subject) if steps else 0
            for event in steps:
                state = finding.evolve(state, event) if event.position > cleared else state
            self.findings[subject] = state
        return self.findings[subject]

    def _cleared(self, id: str) -> int:
        """The position at which a finding was cleared last; 0 for never."""
        return max((event.position for event in self._telling(id) if id in event.decided.cleared), default=0)

    def stands(self, id: str) -> bool:
        """Whether a finding stands. Items remember their own; any other is found by the events that touch its id."""
        if id.partition(":")[2].startswith("petition:"):
            return any((item := self.item(no)) is not None and id in item.found for no in self._holders(id))
        if id not in self.standing:
            self.standing[id] = False
            for event in decoded(self._log.touching(id, upto=self.position)):
                self.standing[id] = any(found.id == id for found in event.decided.findings)
        return self.standing[id]

    def unit_of(self, id: str) -> UnitId | None:
        """The unit that a finding is on, by its id; None where the log holds none of it."""
        if id not in self.accused:
            told = (each for event in self._telling(id) for each in event.decided.findings if each.id == id)
            self.accused.update({each.id: each.unit for each in told})
        return self.accused.get(id)

    def _telling(self, id: str) -> Iterable[AnyEvent]:
        """The events that may have raised or cleared a finding."""
        if id.partition(":")[2].startswith("petition:"):
            subjects = sorted(f"petition:{no}" for no in self._holders(id))
            return decoded(self._log.streams(subjects, upto=self.position))
        return decoded(self._log.touching(id, upto=self.position))

    def _holders(self, id: str) -> tuple[str, ...]:
        """NOs of the items that may remember a finding on an item: for F23, the repeats of it as well."""
        rule, _, no, *_ = id.split(":")
        return (no, *self.repeats(no)) if rule == "F23" else (no,)

    def state(self, subject: str) -> Any:
        """What decide must know of the subject of an action; None where there is nothing."""
        kind = kind_of(subject)
        if kind == "petition":
            return self.item(subject[9:])
        if kind == "unit":
            return self.units.get(subject)
        if kind not in DECIDE:
            return self.finding(subject)
        if kind not in EVOLVE:
            return None
        known = self.states[kind]
        if subject not in known and kind not in self.whole:
            known[subject], read = None, 0
            for event in decoded(self._log.stream(subject, upto=self.position)):
                known[subject] = EVOLVE[kind](known[subject], event)
                read = event.version
            self.versions.setdefault(subject, read)
        return known.get(subject)

    def every(self, kind: str, upto: int) -> dict[str, Any]:
        """Every subject of a kind at a position: what is kept of them and came after that, else from the beginning."""
        states, at = self._kept(kind)
        if 0 < at <= upto:
            return self._gone_on(kind, states, at, upto)
        return folded(kind, self._log.of_kind(kind, upto=upto))

    def adopt(self, kind: str, states: dict[str, Any], upto: int) -> None:
        """Takes in every subject of a kind as it stood at a position that this office was at, and what came after.

        What somebody asked for before is no older, and may be on its way to the log.
        """
        if kind in self.whole:
            return
        states = self._gone_on(kind, states, upto, self.position)
        self.states[kind] = states | {s: state for s, state in self.states[kind].items() if state is not None}
        self.whole.add(kind)

    def _gone_on(self, kind: str, states: dict[str, Any], at: int, upto: int) -> dict[str, Any]:
        while entries := self._log.read(at, upto=upto):
            states = folded(kind, (each for each in entries if kind_of(each.subject) == kind), states)
            at = entries[-1].position
        return states

    def streams_of(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Every subject of a kind with what is kept of it."""
        if kind == "unit":
            yield from ((unit.unit, unit) for unit in self.units)
            return
        if kind not in self.whole:
            self.adopt(kind, self.every(kind, self.position), self.position)
        yield from ((subject, state) for subject, state in self.states[kind].items() if state is not None)

    def states_of(self, kind: str) -> list[Any]:
        """What is kept of all subjects of a kind."""
        return [state for _, state in self.streams_of(kind)]

    def sponsors(self, official: str) -> bool:
        """Whether the official sponsors an item that is still open. Of many the old are over: they are read last."""
        for part in parts(reversed(self._sponsored(official)), READ_TOGETHER):
            self._learn({f"petition:{no}" for no in part if no not in self.items})
            items = map(self.items.get, part)
            if any(item is not None and item.sponsor == official and not item.over for item in items):
                return True
        return False

    def _sponsored(self, official: str) -> dict[str, None]:
        """NOs of the items that an official ever sponsored."""
        if official not in self.sponsored:
            touching = self._log.touching(f"sponsor:{official}", upto=self.position)
            self.sponsored[official] = dict.fromkeys(entry.subject[9:] for entry in touching)
        return self.sponsored[official]

    def known(self, recorded: datetime, *, head: int, history: bool) -> Known:
        """What decide may ask at this moment."""
        return Known(
            rules=self.rules,
            units=self.units,
            item=self.item,
            repeats=self.repeats,
            recorded=recorded,
            head=head,
            history=history,
            stands=self.stands,
            state=self.state,
            streams_of=self.streams_of,
            sponsors=self.sponsors,
        )


def folded(kind: str, entries: Iterable[Entry], known: dict[str, Any] | None = None) -> dict[str, Any]:
    """What must be remembered of each subject of a kind after these events."""
    states = known if known is not None else {}
    for event in decoded(entries):
        states[event.subject] = EVOLVE[kind](states.get(event.subject), event)
    return states


def decoded(entries: Iterable[Entry]) -> Iterable[AnyEvent]:
    """Events of log entries."""
    return (decode_event(entry.type, entry.body, entry.position) for entry in entries)
