"""Times as the log keeps them: whole microseconds since 1970, UTC. A float would be off by one now and then."""

from datetime import UTC, datetime, timedelta

from domain.envelope import SHANGHAI

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = EPOCH.astimezone(SHANGHAI)  # added to as it is: the first moments of the year 1 have no time in UTC


def micros(moment: datetime) -> int:
    """As the log keeps it."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def of_micros(recorded: int) -> datetime:
    """The moment, at the clocks of Asia/Shanghai."""
    return _EPOCH + timedelta(microseconds=recorded)
