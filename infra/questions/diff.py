"""What differs between two recorded moments: findings, dates and rates, and the events in between that made it so.

Nothing is looked at that no event in between speaks of: a difference of a day costs a day's events, however large the
record. What differs is told with the first event in between that speaks of it; so pages follow these events.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.deadlines import Deadline
from domain.envelope import AnyEvent
from domain.petition.item import Item
from domain.petition.state import evolve
from infra.questions.book import Book
from infra.questions.figures import kpi
from infra.questions.findings import facts, told
from infra.questions.order import cursor_of, place_of
from projections.findings import StandingFinding, Words, standing, words_of
from projections.sentences import sentence

Row = dict[str, Any]
READ = 1_000
WALKED = 20 * READ
"""Events that one page follows at most."""
SORT = "diff"


class Asked(NamedTuple):
    """Of which unit rates are told, from one day to another; and which page of the rest."""

    unit: str | None
    from_: date
    to: date
    limit: int | None = None
    """Differences after which a page ends; those of one event stay together. None tells all."""
    cursor: str | None = None


def diff(before: Book, after: Book, asked: Asked) -> Row:
    """From the record as of one position to that of a later one. Rates are told on the first page.

    Raises ValueError for what is no cursor of it.
    """
    at = place_of(asked.cursor, SORT, [int])[0] if asked.cursor else before.position
    page = Page(before, after, asked.limit)
    while at < after.position and not page.full:
        entries = after.log.read(at, upto=after.position, limit=READ)
        at = page.follow(after.seen.events(entries), entries[-1].position)
    return {
        **after.head(), "from": before.head(), "to": after.head(), "events": page.events,
        "findings": page.findings, "deadlines": page.deadlines,
        "rates": _rates(before, after, asked) if asked.unit and not asked.cursor else None,
        "next": cursor_of(SORT, (at,)) if at < after.position else None,
    }  # fmt: skip


class Page:
    """What differs, as far as some events in between are the first to speak of it."""

    def __init__(self, before: Book, after: Book, limit: int | None) -> None:
        self._before, self._after, self._limit = before, after, limit
        self.events = 0
        self.findings: dict[str, list[Row]] = {"appear": [], "vanish": [], "change": []}
        self.deadlines: list[Row] = []

    @property
    def full(self) -> bool:
        """Whether it has as much as was asked for, or took as long as one page may."""
        rows = sum(map(len, self.findings.values())) + len(self.deadlines)
        return self._limit is not None and (rows >= self._limit or self.events >= WALKED)

    def follow(self, events: Sequence[AnyEvent], upto: int) -> int:
        """Tells what these events are the first to speak of until it is full; answers up to which position."""
        said = _said(self._after, {id for event in events for id, _ in words_of(event)})
        lives = _lives(self._after, {event.subject for event in events if event.decided.moved})
        for event in events:
            self.events += 1
            for id, _ in words_of(event):
                self._finding(said.get(id, ()), event)
            if event.subject.startswith("unit:"):
                self._unit(event)
            for key in sorted({(moved.clock, moved.started) for moved in event.decided.moved}):
                self._deadline(lives[event.subject], event, *key)
            if self.full:
                return event.position
        return upto

    def _finding(self, words: Words, event: AnyEvent) -> None:
        new = [word.position for word in words if self._new(word.position)]
        if new[:1] == [event.position]:
            was = standing(tuple(word for word in words if not self._new(word.position)))
            because = (known for at in new if (known := self._after.entry(at)) is not None)
            self._told(_stands(was), _stands(standing(words)), because)

    def _unit(self, event: AnyEvent) -> None:
        """Who answers for what stands against a unit, where it became known otherwise who held its offices."""
        new = [each for each in self._after.events(event.subject) if self._new(each.position)]
        was, now = (book.units.get(event.subject) for book in (self._before, self._after))
        if new[0].position != event.position or was is None or now is None or was.roles == now.roles:
            return
        for words in self._after.said("unit", [event.subject]):
            if not any(self._new(word.position) for word in words):  # else it is told with the first of these
                found = _stands(standing(words))
                self._told(found, found, new)

    def _told(self, was: StandingFinding | None, now: StandingFinding | None, because: Iterable[AnyEvent]) -> None:
        changed = self._changed(was, now) if was and now else {}
        kind = "change" if was and now else "appear" if now else "vanish"
        found, book = (now, self._after) if now else (was, self._before)
        if found is not None and (changed or kind != "change"):
            why = {"because": [_event(each, self._after) for each in because]}
            self.findings[kind].append({**told(found, book), **why, **({"changed": changed} if changed else {})})

    def _changed(self, was: StandingFinding, now: StandingFinding) -> Row:
        old, new = facts(was, self._before.units), facts(now, self._after.units)
        return {name: {"from": old[name], "to": new[name]} for name in old if old[name] != new[name]}

    def _deadline(self, life: list[AnyEvent], event: AnyEvent, clock: str, started: int) -> None:
        """A limit that both moments know and that ends on another day."""
        new = [each for each in life if self._new(each.position) and _moves(each, clock, started)]
        if new[0].position != event.position:
            return
        old = [each for each in life if not self._new(each.position)]
        was, now = (_limit(events, clock, started) for events in (old, life))
        if was is not None and now is not None and was.due_on != now.due_on:
            self.deadlines.append({
                "subject": event.subject, "clock": clock, "starts_on": now.starts_on.isoformat(),
                "from": was.due_on.isoformat(), "to": now.due_on.isoformat(), "owed_by": now.owed_by,
                "open": now.open, "because": [_event(each, self._after) for each in new],
            })  # fmt: skip

    def _new(self, position: int) -> bool:
        """Whether the earlier moment did not know it: the later one sees all that the earlier one does."""
        return position > self._before.position


def _said(book: Book, ids: Iterable[str]) -> dict[str, Words]:
    """All that was said of findings by then; of what never tripped nothing differs."""
    every = ((words, next((word.found.id for word in words if word.found), "")) for words in book.said("id", ids))
    return {id: words for words, id in every}


def _stands(found: StandingFinding | None) -> StandingFinding | None:
    return found if found is not None and not found.cleared_at else None


def _lives(book: Book, subjects: Iterable[str]) -> dict[str, list[AnyEvent]]:
    lives = defaultdict[str, list[AnyEvent]](list)
    for event in book.seen.events(book.log.streams(sorted(subjects), upto=book.position)):
        lives[event.subject].append(event)
    return lives


def _moves(event: AnyEvent, clock: str, started: int) -> bool:
    return any((moved.clock, moved.started) == (clock, started) for moved in event.decided.moved)


def _limit(events: Iterable[AnyEvent], clock: str, started: int) -> Deadline | None:
    item: Item | None = None
    for event in events:
        item = evolve(item, event)
    return item.deadline(clock, started) if item is not None else None


def _rates(before: Book, after: Book, asked: Asked) -> Row:
    """Rates of the same period as each moment gives them, with the items that joined and left."""
    old, new = (kpi(book, asked.unit or "", asked.from_, asked.to)["kpis"] for book in (before, after))
    nos = {name: [*_items(old[name], new[name])] for name in new}
    lives = _lives(after, {f"petition:{no}" for items in nos.values() for no, *_ in items})
    moved = {
        name: {
            "from": _counted(old[name]), "to": _counted(new[name]),
            "items": [{"no": no, "in": where, "change": change, "because": [
                each.position for each in lives.get(f"petition:{no}", ()) if each.position > before.position
            ]} for no, where, change in items],
        }
        for name, items in nos.items() if items
    }  # fmt: skip
    return {"unit": asked.unit, "from": asked.from_.isoformat(), "to": asked.to.isoformat(), "kpis": moved}


def _counted(rate: Row) -> Row:
    parts = {name: part["count"] for name, part in rate.get("parts", {}).items()}
    return {**{name: rate[name] for name in ("numerator", "denominator", "rate")}, "parts": parts}


def _items(old: Row, new: Row) -> Iterator[tuple[str, str, str]]:
    """Items that joined or left a number of a rate, by events or because days passed."""
    was, now = _numbers(old), _numbers(new)
    for name in now:
        for no in sorted(was[name] ^ now[name]):
            yield no, name, "joined" if no in now[name] else "left"


def _numbers(rate: Row) -> dict[str, set[str]]:
    """The items behind each number of a rate."""
    numbers = {name: set(rate[f"{name}_items"]) for name in ("numerator", "denominator")}
    return numbers | {name: set(part["items"]) for name, part in rate.get("parts", {}).items()}


def _event(event: AnyEvent, book: Book) -> Row:
    return {
        "position": event.position, "recorded": event.recorded.isoformat(), "time": event.time.isoformat(),
        "type": event.type, "subject": event.subject, "actor": event.actor, "sentence": sentence(event, book.units),
    }  # fmt: skip
