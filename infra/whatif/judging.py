"""One record, read once: as it is, and as it is judged under the rules that are supposed."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from domain.calendar import ONE_DAY
from domain.clock.events import DeadlineMissed, DutyMissed, SupervisionDue
from domain.codec import decode_event
from domain.envelope import day_of
from domain.rules.differences import Difference, differences
from domain.rules.law import Rules, Supposed
from domain.ruleset import decide as ruleset
from domain.unit.state import Units
from infra.log.port import Log
from infra.office import Office
from infra.whatif.bench import Bench, Refused
from projections.comparison import NOW, WAS, Comparison

BATCH = 10_000
LAID_DOWN = 1_000
"""Events after which items that nobody touches are laid down."""
Progress = Callable[[int, int], None]
ABSENCES = (DeadlineMissed, DutyMissed, SupervisionDue)


def unwatched(done: int, total: int) -> None:
    """Nobody watches."""


class Judged(NamedTuple):
    """What came of it."""

    comparison: Comparison
    was: Rules
    office: Office
    """All that would be known."""
    position: int
    days: tuple[date, date]
    """The first and the last day on which something was recorded."""
    absences: tuple[int, int]
    """What the clock said on record, and what it would have said."""
    refused: list[Refused]

    @property
    def now(self) -> Rules:
        return self.office.rules

    @property
    def units(self) -> Units:
        return self.office.units

    def why(self) -> list[Difference]:
        """In what the law of any day of the record differs."""
        first, last = self.days
        laws = {(id(a), id(b)): (a, b) for a, b in ((self.was.on(d), self.now.on(d)) for d in _days(first, last))}
        return list(dict.fromkeys(each for a, b in laws.values() for each in differences(a, b)))


def _days(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * n for n in range((last - first).days + 1)]


def judged(
    log: Log, shipped: Rules, supposed: Supposed, *, upto: int, until: date | None = None,
    progress: Progress = unwatched,
) -> Judged:  # fmt: skip
    """Judges all up to a position again. The clock goes on to `until` where that is given."""
    was, comparison, bench = shipped, Comparison(), Bench(shipped.supposing(supposed), upto=upto)
    first = last = date.min
    on_record = position = 0
    while position < upto:
        entries = log.read(position, upto=upto, limit=BATCH)
        for number, entry in enumerate(entries):
            event = decode_event(entry.type, entry.body, entry.position)
            if event.subject.startswith(("ruleset:", "calendar:")):
                was = ruleset.evolve(was, event)
            on_record += isinstance(event.data, ABSENCES)
            comparison.hear(WAS, event)
            for said in bench.take(event):
                comparison.hear(NOW, said)
            if number % LAID_DOWN == 0:
                bench.office.items.lay_down()
            last = day_of(event.recorded)
            first = last if position == 0 and number == 0 else first
        position = entries[-1].position
        progress(position, upto)
    for said in bench.until(until) if until is not None else ():
        comparison.hear(NOW, said)
    return Judged(
        comparison, was, bench.office, upto, (first, max(last, until or last)),
        (on_record, bench.absences), bench.refused,
    )  # fmt: skip
