"""The read models as they were, folded in memory from the beginning of the log."""

from infra.log.port import Log
from infra.past.rows import Rows
from infra.past.sight import Sight, late
from infra.views.opened import sqlite_views
from infra.views.projector import Projector
from infra.views.store import Views
from projections.fold import Fold


def folded(log: Log, seen: Sight) -> Rows:
    """What stands after the events that are seen; late entries after all others."""
    memory = sqlite_views(":memory:", Views)
    tables, position = Projector(log, memory).rebuild(upto=seen.upto)
    memory.switch(tables)
    if entries := late(log, seen):
        Projector(log, memory, Fold(gaps=True)).fold(tables, entries, position=seen.position, after=position)
    return Rows(memory, tables)
