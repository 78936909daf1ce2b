"""The log in OCEL 2.0, as JSON or as SQLite: every event that speaks of an object, and the objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from domain.envelope import AnyEvent
from infra.exporters.items import stretches
from infra.exporters.ocel_json import json_file
from infra.exporters.ocel_sqlite import sqlite_file
from infra.log.port import Log, StoreError
from infra.office import Office
from projections.findings import Word, heard, standing, words_of
from projections.objects import Happened, Object, Objects, of_finding, of_item, of_other, of_unit


class File(Protocol):
    """What takes events and objects, in one of the forms."""

    def event(self, happened: Happened) -> None: ...
    def object(self, made: Object) -> None: ...


FORMS: dict[str, Callable[[Path], AbstractContextManager[File]]] = {
    ".json": json_file,
    ".json.gz": json_file,
    ".sqlite": sqlite_file,
}
"""By how the name ends."""


class Written(NamedTuple):
    """How much was written, and how many events speak of no object and so have no place in such a log."""

    events: int
    objects: int
    left_out: int


def export(log: Log, office: Office, path: Path, progress: Callable[[int], None]) -> Written:
    """Writes the events up to the position of the office, and the objects as they stand then. Raises `StoreError`."""
    form = next((form for ending, form in FORMS.items() if path.name.endswith(ending)), None)
    if form is None:
        raise StoreError(f"{path} ends in none of {', '.join(FORMS)}: the name says the form")
    with form(path) as file:
        export = _Export(file)
        for stretch in stretches(log, office.position):
            for item in stretch.items:
                export.item(item, office)
            for event in stretch.others:
                export.other(event)
            progress(stretch.upto)
        return export.rest(office)


class _Export:
    """What must be remembered until all is read: who was named, what was said of findings, how large matters are."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._events = self._left_out = 0
        self._named: set[str] = set()
        self._written: set[str] = set()
        self._shared = Objects()
        self._words: dict[str, list[Word]] = {}
        self._matters: Counter[str] = Counter()

    def item(self, events: list[AnyEvent], office: Office) -> None:
        happened, objects = of_item(events, office.rules.calendar)
        for event, each in zip(events, happened, strict=True):
            self._event(event, each)
        for made in objects.values():
            self._object(made)
        self._matters.update(other for other, how in objects[events[0].subject].objects if how == "part_of")

    def other(self, event: AnyEvent) -> None:
        self._event(event, of_other(event, self._shared))

    def rest(self, office: Office) -> Written:
        """Objects that belong to no single item; those that the log only names are told by their names alone."""
        for unit in office.units:
            of_unit(unit, self._shared)
        for words in self._words.values():
            if (stands := standing(heard((), words))) is not None:
                of_finding(stands, self._shared)
        for made in list(self._shared.values()):
            self._object(made)
        for id in sorted(self._named - self._written):
            made = Object(id)
            if made.type == "matter":
                made.says({"items": self._matters[id]})
            self._object(made)
        return Written(self._events, len(self._written), self._left_out)

    def _event(self, event: AnyEvent, happened: Happened) -> None:
        for id, word in words_of(event):
            self._words.setdefault(id, []).append(word)
        if not happened.objects:
            self._left_out += 1
            return
        self._events += 1
        self._named.update(each for each, _ in happened.objects)
        self._file.event(happened)

    def _object(self, made: Object) -> None:
        self._written.add(made.id)
        self._named.update(other for other, _ in made.objects)
        self._file.object(made)
