"""What is watched until it is settled: disputes, inspections, evaluations, times of special protection."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from domain.dispute import events as d
from domain.envelope import AnySeen
from domain.evaluation import events as v
from domain.inspection import events as i
from domain.period import events as p
from projections.ledgers.entry import Entry, Page, Write, after, kept_in, opened

# disputes (Art 14)


def _logged(kept: Page, fact: d.DisputeLogged, event: AnySeen) -> Iterator[Entry]:
    due = next((each.due_on for each in event.decided.set if each.clock == "D14"), None)
    about = {"summary": fact.summary, "assigned_to": None, "how": None}
    yield opened("dispute", event, "open", unit=fact.unit, place=fact.place, due_on=due, about=about)


def _assigned(kept: Page, fact: d.DisputeAssigned, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("dispute", kept):
        yield after(each, event, {"assigned_to": fact.to_unit})


def _cleared(kept: Page, fact: d.DisputeCleared, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("dispute", kept):
        yield after(each, event, {"how": fact.how}, state="cleared", ended_on=event.day)


def _became_petition(kept: Page, fact: d.DisputeBecamePetition, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("dispute", kept):
        yield after(each, event, state="became_petition", ended_on=event.day, petition=fact.petition)


# inspections (Art 11, 17)


def _planned(kept: Page, fact: i.InspectionPlanned, event: AnySeen) -> Iterator[Entry]:
    about = {"kind": fact.kind, "units": fact.units, "items": fact.items, "invited": (), "found": ()}
    yield opened("inspection", event, "planned", about=about)


def _inspected(kept: Page, fact: i.InspectionHeld, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("inspection", kept):
        invited = list(dict.fromkeys((*each.about["invited"], *fact.invited)))
        yield after(each, event, {"invited": invited}, state="held" if each.state == "planned" else each.state)


def _found(kept: Page, fact: i.InspectionFound, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("inspection", kept):
        new = {"unit": fact.unit, "finding": fact.finding, "on": event.day.isoformat(), "rectified_on": None}
        yield after(each, event, {"found": [*each.about["found"], new]}, state="to_rectify", ended_on=None)


def _rectified(kept: Page, fact: i.InspectionRectified, event: AnySeen) -> Iterator[Entry]:
    """One unit put right what was found in it; without one named, all of them did."""
    on = event.day.isoformat()
    for each in kept_in("inspection", kept):
        found = [
            {**one, "rectified_on": one["rectified_on"] or on} if fact.unit in (None, one["unit"]) else one
            for one in each.about["found"]
        ]
        if all(one["rectified_on"] for one in found):
            yield after(each, event, {"found": found}, state="rectified", ended_on=event.day)
        else:
            yield after(each, event, {"found": found})


# evaluations (Art 18)

UNJUDGED: dict[str, Any] = {
    "score": None, "metrics": {}, "formula": None, "scored_on": None, "listed_on": None, "reason": None,
    "interviewed": (), "delisted_on": None,
}  # fmt: skip


def _evaluation(kept: Page, event: AnySeen, about: dict[str, Any], **columns: Any) -> Iterator[Entry]:
    """One entry a unit and half year, opened by whatever is known of it first."""
    code, _, half = event.subject.partition(":")[2].rpartition(":")
    for each in kept_in("evaluation", kept):
        yield after(each, event, about, **columns)
        return
    told = {"period": half, **UNJUDGED, **about}
    yield opened("evaluation", event, **{"state": "scored", "unit": f"unit:{code}", "about": told, **columns})


def _scored(kept: Page, fact: v.EvaluationScored, event: AnySeen) -> Iterator[Entry]:
    metrics = {name: str(number) for name, number in fact.metrics.items()}
    about = {"score": str(fact.score), "metrics": metrics, "formula": fact.formula, "scored_on": event.day.isoformat()}
    yield from _evaluation(kept, event, about)


def _listed(kept: Page, fact: v.UnitListed, event: AnySeen) -> Iterator[Entry]:
    due = next((each.due_on for each in event.decided.set if each.clock == "D15"), None)
    about = {"listed_on": event.day.isoformat(), "reason": fact.reason, "delisted_on": None}
    yield from _evaluation(kept, event, about, state="listed", due_on=due, ended_on=None)


def _interviewed(kept: Page, fact: v.OfficialInterviewed, event: AnySeen) -> Iterator[Entry]:
    told = next((each.about["interviewed"] for each in kept_in("evaluation", kept)), ())
    yield from _evaluation(
        kept, event, {"interviewed": [*told, {"official": fact.official, "on": event.day.isoformat()}]}
    )


def _delisted(kept: Page, fact: v.UnitDelisted, event: AnySeen) -> Iterator[Entry]:
    yield from _evaluation(
        kept, event, {"delisted_on": event.day.isoformat()}, state="delisted", ended_on=event.day
    )  # fmt: skip


# times of special protection (Art 8)


def _declared(kept: Page, fact: p.ProtectionDeclared, event: AnySeen) -> Iterator[Entry]:
    yield opened("protection", event, "declared", due_on=fact.until, about={"levels": fact.levels})


def _protection_ended(kept: Page, fact: p.ProtectionEnded, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("protection", kept):
        yield after(each, event, state="ended", ended_on=event.day - timedelta(days=1))


WRITES: dict[type, Write] = {
    d.DisputeLogged: _logged,
    d.DisputeAssigned: _assigned,
    d.DisputeCleared: _cleared,
    d.DisputeBecamePetition: _became_petition,
    i.InspectionPlanned: _planned,
    i.InspectionHeld: _inspected,
    i.InspectionFound: _found,
    i.InspectionRectified: _rectified,
    v.EvaluationScored: _scored,
    v.UnitListed: _listed,
    v.OfficialInterviewed: _interviewed,
    v.UnitDelisted: _delisted,
    p.ProtectionDeclared: _declared,
    p.ProtectionEnded: _protection_ended,
}
