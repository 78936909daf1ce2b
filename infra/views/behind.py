"""How old are the answers: since when do the read models lack something that the log holds?"""

from datetime import datetime

from infra.log.port import Log
from infra.log.times import of_micros
from infra.views.store import Views


def lacking(log: Log, views: Views, now: datetime) -> float:
    """How many seconds the first event that the read models lack has waited; 0 where they lack none. `now` is aware."""
    live = views.live()
    first = log.read(live.position if live else 0, limit=1)
    return max(0.0, (now - of_micros(first[0].recorded)).total_seconds()) if first else 0.0
