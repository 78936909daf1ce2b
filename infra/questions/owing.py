"""What each unit owed in the year, judged when it is first asked about and again when something about it changed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection

from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.kinds import DIRECTORY, kind_of
from infra.questions.book import RECALLED, Book, Recalled, past_year
from infra.questions.duties import judged
from projections.duties import summed

AT_ONCE = 5
"""Units whose duties are judged while others wait."""
JUDGING = (*RECALLED, *DIRECTORY)
"""Kinds of subjects whose events change what is owed, or whether it was done."""


class Owing:
    """Duties of the twelve months up to the newest event, by unit; and which units are below another."""

    def __init__(self, book: Book, recalled: Callable[[Book], Recalled]) -> None:
        self._units, self._recalled = book.units, recalled
        self._duties: dict[str, Counter[str]] = {}
        """Of each unit asked about, in which state they are."""
        self._below: dict[str, frozenset[UnitId]] = {}
        """Of each unit, it and all below it; as long as the directory stays as it is."""

    def hear(self, event: AnyEvent) -> None:
        """Notes what an event may change."""
        kind = kind_of(event.subject)
        if kind == "duty":
            self._did(event.subject)
        elif kind in JUDGING:
            self._duties.clear()
            self._below.clear()

    def _did(self, subject: str) -> None:
        """What a unit entered counts for it, and for its leaders wherever else they have a seat."""
        known = self._units.get(unit := "unit:" + subject.partition(":")[2])
        leaders = {role.official for role in known.roles} if known else set()
        for seat in {unit, *(seat for leader in leaders for seat in self._units.seats_ever(leader))}:
            self._duties.pop(seat, None)

    def turn(self) -> None:
        """Another day began."""
        self._duties = {}

    def below(self, unit: str) -> frozenset[UnitId]:
        """The unit, all units below it, and all that went into one of them."""
        if not self._below:
            below: defaultdict[str, set[UnitId]] = defaultdict(set)
            for each in self._units:
                for above in self._units.above(each.unit):
                    below[above].add(each.unit)
            self._below = {above: frozenset(units) for above, units in below.items()}
        return self._below.get(unit) or frozenset(self._units.below(unit))

    @property
    def bureaus(self) -> frozenset[str]:
        """All petition bureaus."""
        return frozenset(each.unit for each in self._units if each.is_bureau)

    def judge(self, book: Book) -> bool:
        """Judges the duties of a few units that nobody asked about since they changed; whether there were any."""
        missing = [each.unit for each in self._units if each.unit not in self._duties][:AT_ONCE]
        self.duties(book, missing)
        return bool(missing)

    def duties(self, book: Book, members: Collection[UnitId]) -> dict[str, int]:
        """What these units owed in the year, by how it stands."""
        if missing := {unit for unit in members if unit not in self._duties}:
            found: dict[str, Counter[str]] = {unit: Counter() for unit in missing}
            for each in judged(book, self._recalled(book), missing, *past_year(book, None, None)):
                found[each.owed.unit][each.state] += 1
            self._duties |= found
        total: Counter[str] = Counter()
        for unit in members:
            total.update(self._duties[unit])
        return summed(total)
