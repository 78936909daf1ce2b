"""What is the case: its state, people, deadlines, where it is? The answer to `show petition:NO`."""

from typing import Any

from domain.calendar import ONE_DAY, Calendar
from domain.deadlines import PETITIONER, Deadline
from domain.envelope import day_of
from domain.fact import UnitId
from domain.petition.item import Handler, Item
from domain.rules.law import Rules
from domain.unit.state import Units


def show(item: Item, units: Units, rules: Rules, first: Handler | None) -> dict[str, Any]:
    """The case as JSON, with the first handler of its matter.

    Open items and clocks of a unit that ended are shown at its successor (R2005 25).
    """
    unit = holder(item, units)
    return {
        "subject": item.subject,
        "no": item.no,
        "title": item.title,
        "state": item.state,
        "unit": unit,
        "unit_name": units.name(unit),
        "handler": item.handler,
        "handler_name": units.official(item.handler) if item.handler else None,
        "first_handler": {
            "unit": first[0],
            "official": first[1],
            "unit_name": units.name(first[0]),
            "official_name": units.official(first[1]),
        }
        if first
        else None,
        "matter": item.matter,
        "repeat_number": item.repeat_number,
        "collective": item.collective,
        "skip_level": item.skip_level,
        "resolved": item.resolved,
        "desisted": item.desisted,
        "executed": item.executed,
        "channel": item.channel,
        "purpose": item.purpose,
        "category": item.category,
        "place": item.place,
        "place_name": units.place(item.place),
        "persons": item.persons,
        "petitioners": list(item.petitioners),
        "anonymous": item.anonymous,
        "joint_letter": item.joint_letter,
        "about_unit": item.about_unit,
        "about_unit_name": units.name(item.about_unit) if item.about_unit else None,
        "about_official": item.about_official,
        "registered_by": item.registered_by,
        "registered_by_name": units.name(item.registered_by),
        "registered_at": item.registered_at.isoformat(),
        "received_on": item.received_on.isoformat(),
        "procedure": item.procedure,
        "accepted_by": item.accepted_by,
        "accepted_on": day_of(item.accepted_at).isoformat() if item.accepted_at else None,
        "outcome": item.outcome,
        "answered_on": day_of(item.answered_at).isoformat() if item.answered_at else None,
        "closed_on": day_of(item.closed_at).isoformat() if item.closed_at else None,
        "routings": item.routings,
        "supervised": item.supervised,
        "sponsor": {"leader": item.sponsor, "warranties": list(item.warranties)} if item.sponsor else None,
        "ratings": [{"target": target, "score": score, "on": day.isoformat()} for target, score, day in item.ratings],
        "causes": [
            {
                "unit": cause.unit,
                "ground": cause.ground,
                "decided_on": cause.decided_on.isoformat(),
                "evidence": cause.at,
            }
            for cause in item.causes
        ],
        "deadlines": [shown(each, units, rules) for each in item.deadlines if not each.trigger],
        "supervision_due": [shown(each, units, rules) for each in item.deadlines if each.trigger],
        "findings": list(item.found),
        "version": item.version,
    }


def holder(item: Item, units: Units) -> UnitId:
    """The unit that holds the item now; of an open item, what that unit went into."""
    return item.unit if item.over else units.answering(item.unit)


def shown(deadline: Deadline, units: Units, rules: Rules) -> dict[str, Any]:
    """A deadline with its dates, its law, and each day that was not counted."""
    law = rules.on(deadline.starts_on)
    clock = law.clocks.get(deadline.clock)
    owed_by = deadline.owed_by
    if deadline.open and owed_by != PETITIONER:
        owed_by = units.answering(UnitId(owed_by))
    late_by = (deadline.met_on - deadline.due_on).days if deadline.met_on else 0
    return {
        "clock": deadline.clock,
        "name": {"zh": clock.zh, "en": clock.en} if clock else SUPERVISION,
        "starts_on": deadline.starts_on.isoformat(),
        "strict_on": deadline.strict_on.isoformat(),
        "due_on": deadline.due_on.isoformat(),
        "met_on": deadline.met_on.isoformat() if deadline.met_on else None,
        "missed": deadline.missed,
        "late_by_days": late_by if late_by > 0 and not deadline.window else None,
        "owed_by": owed_by,
        "owed_by_name": units.name(owed_by) if owed_by != PETITIONER else "信访人",
        "article": clock.article if clock else "SEED 16",
        "calendar": rules.calendar.version(deadline.starts_on, deadline.due_on),
        "provisional": deadline.provisional,
        "not_counted": not_counted(deadline, clock.unit if clock else "working", rules.calendar),
        "extended": deadline.extended,
        "window": deadline.window,
        "open": deadline.open,
        "ended": deadline.ended,
        "paused": deadline.paused_on is not None,
        "started": deadline.started,
        "evidence": [at for at in (deadline.at, deadline.missed_at) if at],
    }


SUPERVISION = {"zh": "开启督办", "en": "supervision is opened"}


def not_counted(deadline: Deadline, unit: str, calendar: Calendar) -> list[dict[str, str]]:
    """Each day between start and due day that was not counted, and why: days off, hearing days, the roll at the end."""
    days: list[dict[str, str]] = []
    for first, last in deadline.not_counted:
        days.append({"from": first.isoformat(), "until": last.isoformat(), "why": "听证"})
    if unit == "working":
        off = calendar.off_days(deadline.starts_on, deadline.due_on)
        days += [{"day": day.isoformat(), "why": why} for day, why in off]
    elif deadline.due_on > deadline.strict_on:
        rolled = calendar.off_days(deadline.strict_on - ONE_DAY, deadline.due_on)
        days += [{"day": day.isoformat(), "why": why} for day, why in rolled]
    return days
