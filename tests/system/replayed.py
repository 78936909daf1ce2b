"""A past that is taken into a store and exported: the two records that replays are compared on."""

from collections.abc import Iterable
from datetime import date
from itertools import islice
from pathlib import Path

from cli.wiring import System
from infra.columnar.replay import Archive
from infra.columnar.second_opinion import book_of, differences
from infra.exporters import segments


def told(system: System, actions: Iterable[bytes], until: date | None = None) -> Path:
    """Takes a past into a store, up to a day, and exports it as an archive."""
    intake = system.intake(history=True)
    pending = iter(actions)
    while batch := list(islice(pending, 1_000)):
        intake.take(batch)
    if until is not None:
        intake.advance(until)
    system.projector.catch_up()
    folder = Path(system.url).with_suffix(".archive")
    segments.export(system.log, folder / "events", system.log.head().position, lambda _: None)
    return folder


def differing(system: System, folder: Path, position: int | None = None) -> list[dict]:
    """Every state, limit, counter and rate that SQL over the archive tells otherwise than the folds do."""
    archive = Archive(folder, system.rules, position)
    return list(differences(archive, book_of(system.log, system.views, system.rules, archive.position)))
