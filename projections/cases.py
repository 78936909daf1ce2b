"""Where is each item, since when, and what is late about it? One row an item, folded with the domain's own `evolve`."""

from datetime import date
from typing import NamedTuple

from domain.deadlines import HANDLING_CLOCKS, WINDOWS, Deadline
from domain.envelope import day_of
from domain.petition.item import Item


class CaseRow(NamedTuple):
    """One row of the table `cases`. Dates are ISO text (Asia/Shanghai), flags 0 or 1: every store answers alike."""

    no: str
    title: str
    state: str
    unit: str
    handler: str | None
    first_unit: str | None
    registered_by: str
    channel: str
    purpose: str
    category: str
    place: str
    persons: int
    first: str | None
    repeat_number: int
    collective: int
    skip_level: int
    anonymous: int
    about_unit: str | None
    about_official: str | None
    registered_on: str
    received_on: str
    accepted_on: str | None
    """The first day on which acceptance was decided on: accepted, answered at once, refused, or channelled (R2022 31).
    Who reopens an item does not make its acceptance late.
    """
    answered_on: str | None
    closed_on: str | None
    outcome: str | None
    resolved: int
    desisted: int
    over: int
    late: int
    """Deadlines of the item that are missed or were met late; none that was met in time and entered late."""
    due_on: str | None
    """The next day on which something is due."""
    k1_strict: str | None
    k1_missed: int
    k1_met: str | None
    handled_strict: str | None
    handled_missed: int
    handled_met: str | None
    unit_score: str | None
    unit_rated_on: str | None
    bureau_score: str | None
    bureau_rated_on: str | None
    to_city: int
    to_province: int
    to_nation: int
    irregular: int
    version: int
    body: bytes
    """The item itself, from which the fold goes on."""


class _Iso(dict[date, str]):
    """ISO text of days; there are few days, so each is written once."""

    def __missing__(self, day: date) -> str:
        text = self[day] = day.isoformat()
        return text


iso = _Iso()


def case_row(item: Item, body: bytes) -> CaseRow:
    """The row of an item as it stands."""
    first: Deadline | None = None
    handled: Deadline | None = None
    due: date | None = None
    late = 0
    for each in item.deadlines:
        if each.clock == "K1":
            first = each
        elif each.clock in HANDLING_CLOCKS and not each.ended:
            handled = each
        if each.clock in WINDOWS:
            continue
        if each.missed:
            late += not each.trigger
        if each.met_on is None and not each.ended and (due is None or each.due_on < due):
            due = each.due_on
    unit_rating = bureau_rating = UNRATED
    for target, score, day in item.ratings:
        if target == "unit":
            unit_rating = (score, iso[day])
        else:
            bureau_rating = (score, iso[day])
    raised = [level for level, *_ in item.raised] if item.raised else None
    return CaseRow._make((
        item.no, item.title, item.state, item.unit, item.handler, item.first_handler[0] if item.first_handler else None,
        item.registered_by, item.channel, item.purpose, item.category, item.place, item.persons, item.first,
        item.repeat_number, +item.collective, +item.skip_level, +item.anonymous, item.about_unit,
        item.about_official, iso[day_of(item.registered_at)], iso[item.received_on],
        iso[item.decided_on] if item.decided_on else None,
        iso[day_of(item.answered_at)] if item.answered_at else None,
        iso[day_of(item.closed_at)] if item.closed_at else None,
        item.outcome, +item.resolved, +item.desisted, +item.over, late, iso[due] if due else None,
        *(_told(first) if first else NEVER), *(_told(handled) if handled else NEVER), *unit_rating, *bureau_rating,
        *((raised.count("city"), raised.count("province"), raised.count("national")) if raised else (0, 0, 0)),
        sum(kind == "irregular" for _, kind, *_ in item.raised) if raised else 0, item.version, body,
    ))  # fmt: skip


UNRATED: tuple[str | None, str | None] = (None, None)
NEVER = (None, 0, None)


def _told(deadline: Deadline) -> tuple[str, int, str | None]:
    """(strict day, missed, day met) of a deadline."""
    met = deadline.met_on
    if met is None:
        return iso[deadline.strict_on], +(deadline.missed_at > 0), None
    return iso[deadline.strict_on], +(met > deadline.due_on), iso[met]


class DueRow(NamedTuple):
    """One row of the table `due`: a deadline that still runs."""

    subject: str
    clock: str
    started: int
    starts_on: str
    due_on: str
    owed_by: str
    missed: int
    trigger: int
    uncounted: int
    """Days in between that do not count, for a hearing (K9)."""
    unit: str
    """Who holds the item."""
    handler: str | None


def due_rows(item: Item) -> list[DueRow]:
    """What still runs on an item: its own duties, no windows."""
    return [
        DueRow(item.subject, each.clock, each.started, iso[each.starts_on], iso[each.due_on], each.owed_by,
               +(each.missed_at > 0), +each.trigger,
               sum((last - first).days + 1 for first, last in each.not_counted) if each.not_counted else 0,
               item.unit, item.handler)
        for each in item.deadlines
        if each.met_on is None and not each.ended and each.clock not in WINDOWS and each.paused_on is None
    ]  # fmt: skip


class RaisedRow(NamedTuple):
    """One row of the table `raised`: an item went up to a higher level."""

    no: str
    position: int
    day: str
    level: str
    kind: str
    beyond: int
    """Beyond the proper level."""


def raised_rows(item: Item) -> list[RaisedRow]:
    """Each time that an item went up."""
    return [
        RaisedRow(item.no, position, iso[day], level, kind, +beyond)
        for level, kind, position, beyond, day in item.raised
    ]


class PersonRow(NamedTuple):
    """One row of the table `persons`: a pseudonym among an item's petitioners. Asked for one item only (筛重)."""

    person: str
    no: str


def person_rows(item: Item) -> list[PersonRow]:
    """Who petitioned, each once."""
    return [PersonRow(person, item.no) for person in dict.fromkeys(item.petitioners)]
