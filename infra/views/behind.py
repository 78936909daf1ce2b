"""How old are the answers: since when do the read models lack something that the log holds?"""

from datetime import datetime

from infra.log.port import Log
from infra.views.store import Views
from infra.waiting import Waiting


def lacking(log: Log, views: Views, here: Waiting, now: datetime) -> float:
    """How many seconds the first event that the read models lack has waited here; 0 where they lack none."""
    live = views.live()
    first = log.read(live.position if live else 0, limit=1)
    if not first:
        here.nothing()
        return 0.0
    since = here.since(first[0].position, log.head().position, first[0].recorded / 1e6, now.timestamp())
    return max(0.0, now.timestamp() - since)
