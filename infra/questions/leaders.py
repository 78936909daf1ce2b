"""A leader's record (实绩档案, Art 4): work done, share of occurrence, resolution, findings. Facts, never a score."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, case, false, func, or_, select

from domain.calendar import ONE_DAY
from domain.unit.state import RoleHeld, Unit
from infra.questions import findings, territory
from infra.questions.book import Book, Recalled
from infra.questions.duties import judged
from projections.duties import counted
from projections.findings import standing, unpack_words
from projections.ledgers.entry import Entry, unpack_entry

LEADING = ("principal", "deputy_in_charge")
"""Roles whose holders answer for how their unit does."""
LED = ("city", "county")
"""Levels whose leaders a city looks at one by one."""


class Office(NamedTuple):
    """A role that the official held on some days of the time asked about."""

    unit: Unit
    held: RoleHeld
    first: date
    last: date


def leaders(book: Book) -> dict[str, Any]:
    """Who is principal or deputy in charge of the governing units above the townships, or that nobody is (Art 2)."""
    today = book.moment.date()
    return {**book.head(), "on": today.isoformat(), "leaders": [
        {"unit": unit.unit, "unit_name": unit.name, "level": unit.level, "division": unit.division, "role": role,
         **_held(unit, role, today)}
        for unit in sorted(book.governed(), key=lambda unit: (-unit.rank, unit.division, unit.unit))
        if unit.kind in ("party", "government", "bureau") and unit.level in LED and unit.ended_on is None
        for role in LEADING
    ]}  # fmt: skip


def _held(unit: Unit, role: str, today: date) -> dict[str, Any]:
    held = next((each for each in unit.roles if each.role == role and each.on(today)), None)
    if held is None:
        return {"official": None, "name": None, "since": None}
    return {"official": held.official, "name": held.name, "since": held.since.isoformat()}


def record(book: Book, memory: Recalled, official: str, from_: date, to: date) -> dict[str, Any] | None:
    """What an official did from one day to another, both included. None where nobody ever gave him a role."""
    held = book.units.offices(official)
    if not held:
        return None
    offices = [office for unit, each in held if (office := _office(book, unit, each, from_, to))]
    leading = [each for each in offices if each.held.role in LEADING]
    return {
        **book.head(), "official": official, "name": book.units.official(official), "from": from_.isoformat(),
        "to": to.isoformat(),
        "offices": [
            {"unit": unit, "unit_name": book.units.name(unit), "role": each.role, "since": each.since.isoformat(),
             "until": each.until.isoformat() if each.until else None}
            for unit, each in held
        ],
        "work": {"duties": _duties(book, memory, official, offices), **_work(book, official, leading, from_, to)},
        "sponsorship": _sponsorship(book, official, from_, to),
        "occurrence": [_occurrence(book, each) for each in leading],
        "resolution": [_resolution(book, each) for each in leading],
        "findings": _findings(book, official, from_, to),
    }  # fmt: skip


def _office(book: Book, unit: str, held: RoleHeld, from_: date, to: date) -> Office | None:
    known = book.units.get(unit)
    assert known is not None
    first, last = max(from_, held.since), min(to, held.until - ONE_DAY if held.until else to)
    return Office(known, held, first, last) if first <= last else None


# work done 信访工作开展


def _duties(book: Book, memory: Recalled, official: str, offices: list[Office]) -> dict[str, int]:
    """Duties that he owed himself, and those of the units of which he was the principal."""
    seen: dict[str, str] = {}
    for office in offices:
        for _, owed, state in judged(book, memory, {office.unit.unit}, office.first, office.last):
            if owed.official == official or (owed.official is None and office.held.role == "principal"):
                seen[owed.finding] = state
    return counted(seen.values())


def _work(book: Book, official: str, leading: list[Office], from_: date, to: date) -> dict[str, Any]:
    acts, table = book.tables.acts, book.tables.ledgers
    within = from_.isoformat(), to.isoformat()
    own = book.acts(acts.c.official == official, acts.c.opened_on.between(*within))
    came = book.ledger(table.c.ledger == "gathering", table.c.opened_on.between(*within))
    by_unit, agreed = _of_units(book, leading)
    receptions = [each for each in own if each.ledger == "reception"]
    return {
        "receptions": {**_listed(receptions), "days": len({each.opened_on for each in receptions}),
                       "items": len({each.petition for each in receptions if each.petition})},
        "contact_visits": _listed(each for each in own if each.ledger == "contact"),
        "days_on_duty": _listed(each for each in own if each.ledger == "standing"),
        "reports": _listed(each for each in own if each.ledger == "report"),
        "gatherings_attended": _listed(
            each for each in came if any(one["leader"] == official for one in each.about["attended"])
        ),
        "briefings_heard": _listed(each for each in by_unit if each.ledger == "briefing"),
        "screenings": _listed(each for each in by_unit if each.ledger == "screening"),
        "agreed_items": {
            **_listed(agreed),
            "done": sum(each.state == "done" for each in agreed),
        },
    }  # fmt: skip


def _of_units(book: Book, leading: list[Office]) -> tuple[list[Entry], list[Entry]]:
    """What the units did while he led them, and what a conference agreed that they do."""

    def then(table: Table) -> ColumnElement[bool]:
        day = table.c.opened_on
        terms = (
            and_(table.c.unit == each.unit.unit, day.between(each.first.isoformat(), each.last.isoformat()))
            for each in leading
        )
        return or_(false(), *terms)

    table = book.tables.ledgers
    acts = book.tables.acts
    did = book.acts(acts.c.ledger.in_(("briefing", "screening")), then(acts))
    return did, book.ledger(table.c.ledger == "conference", then(table))


def _listed(entries: Iterable[Entry]) -> dict[str, Any]:
    """How many, and which entries of the ledgers they are."""
    ids = [f"{each.subject}#{each.name}" for each in entries]
    return {"count": len(ids), "entries": ids}


# what he sponsors, what occurs where he leads, and what becomes of it


def _sponsorship(book: Book, official: str, from_: date, to: date) -> dict[str, Any]:
    """Cases that he sponsored on some day of the time, with their warranties and what became of the items."""
    table, cases = book.tables.ledgers, book.tables.cases
    query = (
        select(table.c.body, cases.c.state, cases.c.resolved)
        .join(cases, cases.c.no == table.c.petition)
        .where(table.c.ledger == "sponsorship", table.c.official == official, table.c.opened_on <= to.isoformat(),
               or_(table.c.ended_on.is_(None), table.c.ended_on >= from_.isoformat()))
        .order_by(table.c.position)
    )  # fmt: skip
    items = []
    for body, state, resolved in book.select(query):
        entry = unpack_entry(bytes(body))
        kept = [duty for duty, day in entry.about["warranties"].items() if day]
        items.append({"no": entry.petition, "state": entry.state, "since": entry.opened_on.isoformat(),
                      "warranties": kept, "item_state": state, "resolved": bool(resolved)})  # fmt: skip
    return {
        "sponsored": len(items), "open": sum(each["state"] == "open" for each in items),
        "all_five_kept": sum(len(each["warranties"]) == 5 for each in items),
        "resolved": sum(each["resolved"] for each in items), "items": items,
    }  # fmt: skip


def _occurrence(book: Book, office: Office) -> dict[str, Any]:
    """Items registered in his time that are of his unit, as a share of all of the level (信访发生占比)."""
    unit = office.unit
    own, all_ = (
        _registered(book, office, condition)[0]
        for condition in (territory.occurring(book, unit), territory.at(book, territory.around(unit)))
    )
    return {**_told(office), "by": territory.by(unit), "items": own, "of": all_,
            "share": round(own / all_, 4) if all_ else None}  # fmt: skip


def _resolution(book: Book, office: Office) -> dict[str, Any]:
    """What became of these items: closed is not resolved, and both stand apart."""
    items, closed, resolved, dissatisfied, late = _registered(book, office, territory.occurring(book, office.unit))
    return {**_told(office), "items": items, "closed": closed, "resolved": resolved, "dissatisfied": dissatisfied,
            "late": late, "rate": round(resolved / items, 4) if items else None}  # fmt: skip


def _registered(book: Book, office: Office, condition: Any) -> tuple[int, ...]:
    """How many were registered while he held the office: all, closed, resolved, dissatisfied with the unit, late."""
    table = book.tables.cases
    flags = (table.c.closed_on.is_not(None), table.c.resolved == 1, table.c.unit_score == "dissatisfied",
             table.c.late > 0)  # fmt: skip
    query = select(func.count(), *(func.sum(case((flag, 1), else_=0)) for flag in flags)).where(
        condition, table.c.registered_on.between(office.first.isoformat(), office.last.isoformat())
    )
    return tuple(int(number or 0) for number in book.select(query)[0])


def _told(office: Office) -> dict[str, Any]:
    return {"unit": office.unit.unit, "unit_name": office.unit.name, "role": office.held.role,
            "from": office.first.isoformat(), "to": office.last.isoformat()}  # fmt: skip


# findings


def _findings(book: Book, official: str, from_: date, to: date) -> dict[str, Any]:
    """Findings in which he is proposed to answer, and what named humans decided of him. A proposal is no judgement."""
    asked = findings.findings(book, official=official)["findings"]
    proposed = [each for each in asked if from_.isoformat() <= each["since"] <= to.isoformat()]
    rows = [
        {"id": each["id"], "rule": each["rule"], "name": each["name"], "since": each["since"], "axis": each["axis"],
         "state": each["state"],
         **next({"role": a["role"], "responsibility": a["responsibility"]} for a in each["answers"]
                if a["official"] == official)}
        for each in proposed
    ]  # fmt: skip
    states = Counter(each["state"] for each in rows)
    return {"states": dict(sorted(states.items())), "proposed_to_answer": rows,
            "decided": _decided(book, official, from_, to)}  # fmt: skip


def _decided(book: Book, official: str, from_: date, to: date) -> list[dict[str, Any]]:
    """Decisions that name him, of findings that stand."""
    table = book.tables.findings
    query = select(table.c.id, table.c.body).where(table.c.cleared_at == 0, table.c.state == "decided")
    told = []
    for id, body in book.select(query.order_by(table.c.id)):
        now = standing(unpack_words(bytes(body)))
        told += [
            {"id": id, "position": step.position, "on": step.on, "by": step.actor,
             "responsibility": step.responsibility, "measure": step.measure, "reason": step.reason}
            for step in (now.decisions if now else ())
            if step.official == official and from_.isoformat() <= step.on <= to.isoformat()
        ]  # fmt: skip
    return told
