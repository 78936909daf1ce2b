"""Whose personal fields are kept though all is over? Proposed to a human, never done here (PIPL 47: the purpose ended).

The only list of persons that danze makes: of those about whom nothing has happened for so long that they are to be
forgotten, and of nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select

from infra.log.port import Log, StoreError
from infra.office import decoded
from infra.parts import parts
from infra.vault.vault import Vault
from infra.views.store import Live, Views

AT_ONCE = 200
"""Persons of whose items the log is read at a time."""
LONGEST_TAIL = 10_000
"""Events that the read models may be behind."""


class Due(NamedTuple):
    """A person who is due to be forgotten."""

    person: str
    items: tuple[str, ...]
    """NOs of all items that the person ever petitioned with."""
    recorded: int
    """When anything about any of them was recorded last, in microseconds; `position` is that event's."""
    position: int


def due(log: Log, views: Views, vault: Vault, before: int) -> Iterator[Due]:
    """Persons with a key, whose every item is over and untouched since before a time in microseconds."""
    position, finished = _finished(views)
    late = _petitioning(log, position)
    for some in parts(finished, AT_ONCE):
        held = vault.known([person for person, _ in some]) - late
        kept = [(person, items) for person, items in some if person in held]
        entries = log.streams(sorted({f"petition:{no}" for _, items in kept for no in items}))
        last = {entry.subject: (entry.recorded, entry.position) for entry in entries}
        for person, items in kept:
            recorded, position = max(last[f"petition:{no}"] for no in items)
            if recorded < before:
                yield Due(person, items, recorded, position)


def _petitioning(log: Log, after: int) -> set[str]:
    """Who petitioned in those last events that the read models have not seen."""
    if (behind := log.head().position - after) > LONGEST_TAIL:
        raise StoreError(f"the read models are {behind:,} events behind; ask again when they have caught up")
    tail = decoded(log.read(after, limit=LONGEST_TAIL))
    return {person for event in tail for person in getattr(event.data, "petitioners", ())}


def _finished(views: Views) -> tuple[int, Iterator[tuple[str, tuple[str, ...]]]]:
    """Persons none of whose items is open, with their items; and the position up to which that is known."""
    live = views.live()
    assert live is not None, "read models are made when they are opened"
    return live.position, _over(views, live)


def _over(views: Views, live: Live) -> Iterator[tuple[str, tuple[str, ...]]]:
    persons, cases = live.tables.persons, live.tables.cases
    query = select(persons.c.person, persons.c.no, cases.c.over).join_from(persons, cases, persons.c.no == cases.c.no)
    with views.engine.connect() as connection:
        rows = connection.execution_options(yield_per=10_000).execute(query.order_by(persons.c.person, persons.c.no))
        for person, group in groupby(rows, itemgetter(0)):
            items = list(group)
            if all(over for _, _, over in items):
                yield person, tuple(no for _, no, _ in items)
