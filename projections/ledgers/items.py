"""What is watched of items: supervision (督办), sponsorship (包案), visits to higher levels (上行), incidents."""

from collections.abc import Iterator

from domain.envelope import AnySeen
from domain.petition import events as e
from projections.ledgers.entry import Entry, Page, Write, after, kept_in, opened


def _supervised(kept: Page, fact: e.PetitionSupervised, event: AnySeen) -> Iterator[Entry]:
    report = next((each for each in event.decided.set if each.clock == "K10"), None)
    yield opened(
        "supervision", event, "open", unit=report.owed_by if report else None, due_on=report.due_on if report else None,
        petition=_no(event), about={"ground": fact.ground, "by": event.unit, "answered_on": None},
    )  # fmt: skip


def _answered(kept: Page, fact: e.SupervisionAnswered, event: AnySeen) -> Iterator[Entry]:
    """A report answers every supervision that waits for one, as it meets all their clocks."""
    for each in kept_in("supervision", kept, "open"):
        yield after(each, event, {"answered_on": event.day.isoformat()}, state="answered")


def _supervision_closed(kept: Page, fact: e.SupervisionClosed, event: AnySeen) -> Iterator[Entry]:
    """Whoever closes one of several closes the oldest."""
    for each in kept_in("supervision", kept, "open", "answered"):
        yield after(each, event, state="closed", ended_on=event.day)
        return


def _sponsored(kept: Page, fact: e.PetitionSponsored, event: AnySeen) -> Iterator[Entry]:
    about = {"team": fact.team, "plan": fact.plan, "warranties": dict.fromkeys(e.WARRANTIES), "why": None}
    yield opened("sponsorship", event, "open", official=fact.leader, petition=_no(event), about=about)


def _warranty(kept: Page, fact: e.SponsorDutyDone, event: AnySeen) -> Iterator[Entry]:
    """Of the newest sponsorship, which may have ended: what was kept before can be entered after."""
    for each in list(kept_in("sponsorship", kept))[-1:]:
        done = each.about["warranties"]
        yield after(each, event, {"warranties": {**done, fact.duty: done[fact.duty] or event.day.isoformat()}})


def _sponsorship_ended(kept: Page, fact: e.SponsorshipEnded, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("sponsorship", kept, "open"):
        yield after(each, event, {"why": fact.why}, state="ended", ended_on=event.day)


def _raised(kept: Page, fact: e.RaisedAbove, event: AnySeen) -> Iterator[Entry]:
    about = {"level": fact.level, "kind": fact.kind, "persons": fact.persons, "beyond": bool(event.decided.beyond)}
    yield opened("raised", event, "recorded", place=fact.place, petition=_no(event), about=about)


def _incident(kept: Page, fact: e.IncidentReported, event: AnySeen) -> Iterator[Entry]:
    about = {"kind": fact.kind, "mishandled_by": fact.mishandled_by}
    yield opened("incident", event, "recorded", petition=_no(event), about=about)


def _no(event: AnySeen) -> str:
    return event.subject.partition(":")[2]


WRITES: dict[type, Write] = {
    e.PetitionSupervised: _supervised,
    e.SupervisionAnswered: _answered,
    e.SupervisionClosed: _supervision_closed,
    e.PetitionSponsored: _sponsored,
    e.SponsorDutyDone: _warranty,
    e.SponsorshipEnded: _sponsorship_ended,
    e.RaisedAbove: _raised,
    e.IncidentReported: _incident,
}
