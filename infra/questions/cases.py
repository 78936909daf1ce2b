"""Questions about one item or matter, answered from their own streams: exact at any position."""

from collections.abc import Callable
from typing import Any

import msgspec

from domain.codec import decode_event
from domain.envelope import AnyEvent, day_of
from domain.petition.item import Item
from domain.petition.matter import counting, first_handler, first_item, items
from domain.petition.state import evolve
from infra.log.port import Entry
from infra.questions import findings
from infra.questions.book import Book
from projections import orders
from projections.custody import custody
from projections.explain import deadline_sentences
from projections.matters import matter as told_matter
from projections.sentences import sentence
from projections.show import show


def case(book: Book, no: str) -> dict[str, Any] | None:
    """State, people, deadlines, where it is and since when."""
    events = book.events(f"petition:{no}")
    item = _folded(events)
    if item is None:
        return None
    root = first_item(no, book.linked) or item
    first = first_handler(counting(item, items(root, book.linked, book.repeats))) or item.first_handler
    told = show(item, book.units, book.rules, first)
    return {**book.head(), **told, "matter": root.no, "custody": _custody(book, events)}


def _folded(events: list[AnyEvent]) -> Item | None:
    item: Item | None = None
    for event in events:
        item = evolve(item, event)
    return item


def _custody(book: Book, events: list[AnyEvent]) -> list[dict[str, Any]]:
    """The chain of custody, units and officials with their names."""
    spans = custody(events, book.units)
    for span in spans:
        span["unit_name"] = book.units.name(span["unit"])
        span["official_name"] = book.units.official(span["official"]) if span["official"] else None
    return spans


def timeline(book: Book, subject: str) -> dict[str, Any] | None:
    """Every event of an item, a unit or any other subject, in order, each with a sentence."""
    entries = book.entries(subject)
    if not entries:
        return None
    told = []
    for entry in entries:
        event = decode_event(entry.type, entry.body, entry.position)
        whole = msgspec.json.decode(entry.body)
        told.append(
            {**whole, "position": entry.position, "sentence": sentence(event, book.units),
             "unit_name": book.units.name(event.unit) if event.unit else None,
             "actor_name": book.units.official(event.actor)}
        )  # fmt: skip
    return {**book.head(), "subject": subject, "events": told}


def matter(book: Book, no: str) -> dict[str, Any] | None:
    root = first_item(no, book.linked) if book.item(no) is not None else None
    if root is None:
        return None
    found = items(root, book.linked, book.repeats)
    listed = [
        {"no": item.no, "title": item.title, "state": item.state, "registered_on": item.received_on.isoformat(),
         "closed_on": day_of(item.closed_at).isoformat() if item.closed_at else None,
         "raised": [{"level": level, "kind": kind, "on": on.isoformat()} for level, kind, *_, on in item.raised],
         "repeat_number": item.repeat_number, "unit": item.unit, "unit_name": book.units.name(item.unit)}
        for item in found
    ]  # fmt: skip
    return {**book.head(), **told_matter(found), "title": root.title, "petitions": listed}


def dossier(book: Book, no: str) -> dict[str, Any] | None:
    """Who caused it, who answers for it, on what evidence, in whose hands it was day by day (谁引发、谁担责)."""
    events = book.events(f"petition:{no}")
    item = _folded(events)
    if item is None:
        return None
    standing = findings.of_subjects(book, [item.subject])
    caused = [
        {"unit": cause.unit, "unit_name": book.units.name(cause.unit), "officials": list(cause.officials),
         "ground": cause.ground, "decided_on": cause.decided_on.isoformat(), "collective": cause.collective,
         "dissent": list(cause.dissent), "evidence": [*cause.evidence, cause.at]}
        for cause in item.causes
    ]  # fmt: skip
    return {
        **book.head(),
        "subject": item.subject,
        "title": item.title,
        "caused_by": caused,
        "answers": standing,
        "custody": _custody(book, events),
        "verified": {"checkpoint": book.checkpoint(), "proofs": []},
    }


def evidence(dossier: dict[str, Any]) -> list[int]:
    """The positions that a dossier rests on: those of its causes and of its findings."""
    told = [*dossier["caused_by"], *dossier["answers"]]
    return sorted({position for each in told for position in each["evidence"]})


def explain(book: Book, id: str) -> dict[str, Any] | None:
    """A deadline of an item, `petition:NO:K5`, or all of them, `petition:NO`."""
    parts = id.split(":")
    item = book.item(parts[1])
    if item is None:
        return None
    wanted = [each for each in item.deadlines if len(parts) < 3 or each.clock == parts[2]]
    if not wanted:
        return None
    told = [deadline_sentences(each, book.units, book.rules) for each in wanted]
    zh = [line for each in told for line in each["zh"]]
    en = [line for each in told for line in each["en"]]
    return {**book.head(), "id": id, "zh": zh, "en": en, "explained": {"zh": zh, "en": en}}


def log(
    book: Book, after: int | None, limit: int, seen: Callable[[Entry], Entry | None] | None = None,
    sort: orders.Log = "position",
) -> dict[str, Any]:  # fmt: skip
    """Events after a position, as they are stored, with their positions; `seen` says what a reader may see of each.

    The other way round those before it, from the newest on where none is given; there `next` ends with the first.
    """
    down = orders.split(sort)[1]
    if down:
        last = book.position if after is None else min(after - 1, book.position)
        entries = book.log.read(max(last - limit, 0), upto=last, limit=limit)[::-1] if last > 0 else []
    else:
        entries = book.log.read(after or 0, upto=book.position, limit=limit)
    events = [
        {**msgspec.json.decode(told.body), "position": told.position}
        for entry in book.seen.among(entries) if (told := seen(entry) if seen else entry) is not None
    ]  # fmt: skip
    more = entries and not (down and entries[-1].position == 1)
    return {**book.head(), "events": events, "next": entries[-1].position if more else None}
