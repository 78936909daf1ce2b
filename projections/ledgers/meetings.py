"""What a joint conference agreed and who does it (Art 5, 6); who was summoned to a gathering, and who came (Art 7)."""

from collections.abc import Iterator

from domain.conference import events as c
from domain.envelope import AnySeen, local
from domain.gathering import events as g
from projections.ledgers.entry import Entry, Page, Write, after, kept_in, opened


def _met(kept: Page, fact: c.ConferenceHeld, event: AnySeen) -> Iterator[Entry]:
    unit = "unit:" + event.subject.partition(":")[2]
    yield opened("meeting", event, "held", unit=unit, about={"attended": fact.attended, "topics": fact.topics})


def _agreed(kept: Page, fact: c.ItemAgreed, event: AnySeen) -> Iterator[Entry]:
    about = {"item": fact.item}
    yield opened(
        "conference", event, "open", unit=fact.owner_unit, due_on=fact.due, petition=fact.petition, about=about
    )


def _agreed_done(kept: Page, fact: c.ItemDone, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("conference", kept, "open"):
        if each.about["item"] == fact.item:
            yield after(each, event, state="done", ended_on=event.day)


def _formed(kept: Page, fact: c.GroupFormed, event: AnySeen) -> Iterator[Entry]:
    yield opened("group", event, "open", unit=fact.lead_unit, about={"name": fact.name, "members": fact.members})


def _dissolved(kept: Page, fact: c.GroupDissolved, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("group", kept, "open"):
        if each.about["name"] == fact.name:
            yield after(each, event, state="dissolved", ended_on=event.day)


def _arrived(kept: Page, fact: g.GatheringArrived, event: AnySeen) -> Iterator[Entry]:
    about = {
        "persons": fact.persons, "at": _moment(event), "concerned": fact.units, "summoned": (), "attended": (),
        "reported": None,
    }  # fmt: skip
    yield opened("gathering", event, "open", place=fact.place, petition=fact.petition, about=about)


def _summoned(kept: Page, fact: g.GatheringSummoned, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("gathering", kept):
        yield after(each, event, {"summoned": list(dict.fromkeys((*each.about["summoned"], *fact.units)))})


def _attended(kept: Page, fact: g.GatheringAttended, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("gathering", kept):
        came = {"unit": fact.unit, "leader": fact.leader, "at": _moment(event)}
        yield after(each, event, {"attended": [*each.about["attended"], came]})


def _reported(kept: Page, fact: g.GatheringReported, event: AnySeen) -> Iterator[Entry]:
    """The first report counts, whichever was entered first."""
    told = {"to": fact.to, "at": _moment(event)}
    for each in kept_in("gathering", kept):
        yield after(each, event, {"reported": min(told, each.about["reported"] or told, key=lambda one: one["at"])})


def _ended(kept: Page, fact: g.GatheringEnded, event: AnySeen) -> Iterator[Entry]:
    for each in kept_in("gathering", kept):
        yield after(each, event, state="ended", ended_on=event.day)


def _moment(event: AnySeen) -> str:
    return local(event.time).isoformat()


WRITES: dict[type, Write] = {
    c.ConferenceHeld: _met,
    c.ItemAgreed: _agreed,
    c.ItemDone: _agreed_done,
    c.GroupFormed: _formed,
    c.GroupDissolved: _dissolved,
    g.GatheringArrived: _arrived,
    g.GatheringSummoned: _summoned,
    g.GatheringAttended: _attended,
    g.GatheringReported: _reported,
    g.GatheringEnded: _ended,
}
