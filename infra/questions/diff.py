"""What differs between two recorded moments: findings, dates and rates, and the events in between that made it so."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from domain.deadlines import Deadline
from domain.envelope import AnyEvent
from infra.questions.book import Book
from infra.questions.figures import kpi
from infra.questions.findings import facts, told
from projections.findings import Standing, standing, unpack_words, words_of
from projections.sentences import sentence

Row = dict[str, Any]
READ = 10_000


class Between:
    """The events that the later book rests on beside those of the earlier one, by what they made different."""

    def __init__(self, before: Book, after: Book) -> None:
        self.count = 0
        self.of_finding: defaultdict[str, list[AnyEvent]] = defaultdict(list)
        self.of_deadline: defaultdict[tuple[str, str, int], list[AnyEvent]] = defaultdict(list)
        self.of_subject: defaultdict[str, list[AnyEvent]] = defaultdict(list)
        for event in _events(before, after):
            self.count += 1
            self.of_subject[event.subject].append(event)
            for id, _ in words_of(event):
                self.of_finding[id].append(event)
            for moved in event.decided.moved:
                self.of_deadline[event.subject, moved.clock, moved.started].append(event)


def _events(before: Book, after: Book) -> Iterator[AnyEvent]:
    at = before.position
    while at < after.position:
        entries = after.log.read(at, upto=after.position, limit=READ)
        yield from after.seen.events(entries)
        at = entries[-1].position


def diff(before: Book, after: Book, unit: str | None, from_: date, to: date) -> Row:
    """From the record as of one position to that of a later one. Rates are those of a unit and all below it."""
    between = Between(before, after)
    findings = Findings(before, after, between)
    return {
        **after.head(), "from": before.head(), "to": after.head(), "events": between.count,
        "findings": findings.answer(),
        "deadlines": _deadlines(before, after, between),
        "rates": _rates(before, after, between, unit, from_, to) if unit else None,
    }  # fmt: skip


class Findings:
    """Those that stand at one of the moments only, and those that stand otherwise."""

    def __init__(self, before: Book, after: Book, between: Between) -> None:
        self.before, self.after, self.between = before, after, between
        self.directory = any(subject.startswith("unit:") for subject in between.of_subject)
        """Whether anything happened to units in between; if not, who answers is who answered."""

    def answer(self) -> dict[str, list[Row]]:
        was, now = _standing(self.before), _standing(self.after)
        changed = ((id, self._changed(was[id], now[id])) for id in sorted(was.keys() & now.keys()))
        return {
            "appear": [self._told(now[id], self.after) for id in sorted(now.keys() - was.keys())],
            "vanish": [self._told(was[id], self.before) for id in sorted(was.keys() - now.keys())],
            "change": [{**self._told(now[id], self.after), "changed": each} for id, each in changed if each],
        }

    def _told(self, found: Standing, book: Book) -> Row:
        because = self.between.of_finding[found.finding.id] or self._of_unit(found.finding.unit)
        return {**told(found, book), "because": [_event(each, self.after) for each in because]}

    def _of_unit(self, unit: str) -> list[AnyEvent]:
        return self.between.of_subject.get(unit, [])

    def _changed(self, was: Standing, now: Standing) -> Row:
        if was == now and not self.directory:
            return {}
        old, new = facts(was, self.before.units), facts(now, self.after.units)
        return {name: {"from": old[name], "to": new[name]} for name in old if old[name] != new[name]}


def _standing(book: Book) -> dict[str, Standing]:
    table = book.tables.findings
    rows = book.select(select(table.c.id, table.c.body).where(table.c.cleared_at == 0, table.c.raised_at > 0))
    return {row[0]: found for row in rows if (found := standing(unpack_words(bytes(row[1])))) is not None}


def _deadlines(before: Book, after: Book, between: Between) -> list[Row]:
    """Limits that both moments know and that end on another day."""
    rows = []
    for (subject, clock, started), events in sorted(between.of_deadline.items()):
        was, now = (_deadline(book, subject, clock, started) for book in (before, after))
        if was is not None and now is not None and was.due_on != now.due_on:
            rows.append({
                "subject": subject, "clock": clock, "starts_on": now.starts_on.isoformat(),
                "from": was.due_on.isoformat(), "to": now.due_on.isoformat(), "owed_by": now.owed_by,
                "open": now.open, "because": [_event(each, after) for each in events],
            })  # fmt: skip
    return rows


def _deadline(book: Book, subject: str, clock: str, started: int) -> Deadline | None:
    item = book.item(subject.partition(":")[2])
    return item.deadline(clock, started) if item is not None else None


def _rates(before: Book, after: Book, between: Between, unit: str, from_: date, to: date) -> Row:
    """Rates of the same period as each moment gives them, with the items that joined and left."""
    old, new = (kpi(book, unit, from_, to)["kpis"] for book in (before, after))
    moved = {}
    for name in new:
        sides = [_counted(each[name]) for each in (old, new)]
        if items := [*_items(old[name], new[name], between)]:
            moved[name] = {"from": sides[0], "to": sides[1], "items": items}
    return {"unit": unit, "from": from_.isoformat(), "to": to.isoformat(), "kpis": moved}


def _counted(rate: Row) -> Row:
    parts = {name: part["count"] for name, part in rate.get("parts", {}).items()}
    return {**{name: rate[name] for name in ("numerator", "denominator", "rate")}, "parts": parts}


def _items(old: Row, new: Row, between: Between) -> Iterator[Row]:
    """Items that joined or left a number, with the positions of what happened to them; without any, days passed."""
    was, now = _numbers(old), _numbers(new)
    for name in now:
        for no in sorted(was[name] ^ now[name]):
            because = [each.position for each in between.of_subject.get(f"petition:{no}", [])]
            yield {"no": no, "in": name, "change": "joined" if no in now[name] else "left", "because": because}


def _numbers(rate: Row) -> dict[str, set[str]]:
    """The items behind each number of a rate."""
    numbers = {name: set(rate[f"{name}_items"]) for name in ("numerator", "denominator")}
    return numbers | {name: set(part["items"]) for name, part in rate.get("parts", {}).items()}


def _event(event: AnyEvent, book: Book) -> Row:
    return {
        "position": event.position, "recorded": event.recorded.isoformat(), "time": event.time.isoformat(),
        "type": event.type, "subject": event.subject, "actor": event.actor, "sentence": sentence(event, book.units),
    }  # fmt: skip
