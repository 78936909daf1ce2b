"""Read models as they were at a place of the log, in memory: the live ones stay where they are."""

from sqlalchemy import func, select

from infra.log.port import Log
from infra.views.opened import sqlite_views
from infra.views.projector import Progress, Projector
from infra.views.store import Views
from infra.views.tables import KEYS


def rows_at(log: Log, upto: int | None, progress: Progress) -> tuple[int, dict[str, int]]:
    """The position reached, and how many rows each table has there."""
    memory = sqlite_views(":memory:", Views)
    try:
        tables, position = Projector(log, memory).rebuild(upto=upto, progress=progress)
        with memory.engine.connect() as rows:
            counted = [rows.execute(select(func.count()).select_from(table)).scalar() or 0 for table in tables]
    finally:
        memory.close()
    return position, dict(zip(KEYS, counted, strict=True))
