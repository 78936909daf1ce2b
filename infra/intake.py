"""The door of the log: actions come in as bytes, are decided in batches, and become events or refusals with a reason.

`(source, id)` is the idempotency key; personal fields are sealed before anything is stored; an append that somebody
else overtook is decided again. In history mode the clock advances with the file, so that absences fall on their days.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from domain.codec import as_told_today, decode_action, encode
from domain.envelope import Action, Rejected
from domain.petitioner.events import PetitionerForgotten
from domain.rules.law import Rules
from infra.agenda import Agenda
from infra.batch import Batch, Outcome, Place, Sent
from infra.log.port import Conflict, Log
from infra.office import Office
from infra.refused import key_of, key_of_broken
from infra.vault.sealed_box import IntakeKey
from infra.vault.vault import Vault
from projections.reporting import Reporter

ATTEMPTS = 20
"""Times a batch is decided again because another writer was faster."""
NONE: Mapping[int, Rejected] = {}
T = TypeVar("T")


class Intake:
    """Takes actions into one log. Not for use by several threads at once."""

    def __init__(
        self, log: Log, vault: Vault, rules: Rules, *, now: Callable[[], datetime], agenda: Agenda | None = None,
        history: bool = False,
    ) -> None:  # fmt: skip
        self.log = log
        self.vault = vault
        self.now = now
        self.office = Office(log, rules)
        self.agenda = agenda
        """The open deadlines, which the clock works off; in history mode it does so as the file goes on."""
        self.history = history
        self.day: date | None = None
        """The day up to which the clock has run, in history mode."""
        self._overtaken = False
        """Somebody else writes too: from then on this intake takes turns."""
        self._sound = True
        """What is known is what the log holds: false while this catches up and decides, and after what failed."""

    def take(
        self, lines: Sequence[bytes], refused: Mapping[int, Rejected] = NONE, places: Sequence[tuple[str, int]] = (),
        reporter: Reporter | None = None,
    ) -> list[Outcome]:  # fmt: skip
        """Decides one batch and appends it in one transaction. Raises `Conflict` only if others keep being faster.

        `refused` are lines, by place, that were refused on their way here: they are kept with the others' reasons.
        `places` say for each line in which queue it stood, and as which: given again it is decided as it was, once.
        What is not the `reporter`'s to report is refused, too; without one whoever sends is trusted.
        A batch ends where a petitioner is forgotten: what the same person sends after that is sealed with a new key.
        """
        self.now()  # raises where the machine's time is not to be believed, before anything is decided
        key = self.vault.intake_key
        batch = [_sent(line, refused.get(place), key) for place, line in enumerate(lines)]
        for sent, place in zip(batch, places, strict=False):
            sent.place = Place(*place)
        for sent in batch:
            if isinstance(sent.action, Action):
                sent.key = key_of(sent.action.source, sent.action.id)
                sent.digest = self.vault.digest(encode(sent.action))
                sent.action = as_told_today(sent.action)  # after the digest: what was sent before an upgrade is known
            else:
                sent.key, sent.digest = key_of_broken(sent.line), self.vault.digest(sent.line)
        decided = (partial(self._decided, part, reporter) for part in _parts(batch))
        return [outcome for part in decided for outcome in self._attempt(part, places)]

    def _decided(self, part: Sequence[Sent], reporter: Reporter | None) -> list[Outcome]:
        return Batch(self, part, reporter).decided()

    def place(self, queue: str) -> int:
        """Up to which place of a queue all was decided on."""
        return self.log.mark(queue)

    def advance(self, today: date) -> int:
        """The clock: records what was missed before `today`, once each. Returns how many."""
        if self.agenda is None:
            raise ValueError("the clock needs an agenda")

        def clock() -> int:
            batch = Batch(self, [])
            batch.advance(today)
            batch.append()
            return len(batch.entries)

        return self._attempt(clock)

    def erase(self) -> None:
        """Destroys the keys that persons have who are forgotten on record: who recorded it was killed before the deed,
        or could not reach the keys; or an old copy of them was put back.
        """
        for entry in (*self.log.of_kind("petitioner"), *self.log.of_kind("person")):
            if not self.vault.was_forgotten(owner := "person:" + entry.subject.partition(":")[2]):
                self.vault.forget(owner)

    def _attempt(self, decide: Callable[[], T], places: Sequence[object] = ()) -> T:
        """Decides on what is known now, and again if somebody else appended meanwhile, then with nobody else let in.

        Nobody else is let in either where marks of queues are set with what is appended.
        """
        for _ in range(ATTEMPTS):
            try:
                with self.log.turn() if self._overtaken or places else nullcontext():
                    self._catch_up()
                    answer = decide()
            except Conflict:
                self._overtaken = True
            else:
                self._sound = True
                return answer
        raise Conflict(f"other writers were faster {ATTEMPTS} times; nothing of this batch was taken")

    def _catch_up(self) -> None:
        """Nothing decided in a batch that did not come through may linger: not a fact, not a day of the clock. One that
        did may have left a key behind.
        """
        if not self._sound:
            self.erase()
            self.office.forget_everything()
            self.day = None
        self._sound = False
        anew, agenda = self.office.position == 0, self.agenda
        self.office.catch_up(also=agenda.take if agenda is not None else None)
        if anew and agenda is not None:
            agenda.begin(upto=self.office.position)


def _sent(line: bytes, refused: Rejected | None, key: IntakeKey) -> Sent:
    """Personal fields that a producer sealed for this intake are opened here; the batch seals them anew."""
    opened = line if refused is not None else key.opened(line)
    if isinstance(opened, Rejected):
        return Sent(line, opened)
    return Sent(opened, refused or decode_action(opened))


def _parts(batch: Sequence[Sent]) -> Iterator[Sequence[Sent]]:
    """The batch in parts that end where somebody is forgotten: what follows is sealed under a new key."""
    first = 0
    for place, sent in enumerate(batch, 1):
        if isinstance(sent.action, Action) and isinstance(sent.action.data, PetitionerForgotten):
            yield batch[first:place]
            first = place
    yield batch[first:]
