"""The two times of a question: what was known by then, and what was the case then. Both are aware datetimes."""

from datetime import date, datetime, time
from typing import NamedTuple

from domain.envelope import SHANGHAI


class Bitemporal(NamedTuple):
    """What was the case `at` one time, as it was known `as_of` another. `as_of` None is now."""

    as_of: datetime | None
    at: datetime


When = datetime | Bitemporal | None
"""A recorded time alone (`as_of`), or both times; None is now, as it is known now."""


def both(as_of: datetime | None, at: datetime | None) -> When:
    """The times of a question, as they were given. Raises ValueError where nobody could know the one by the other."""
    if at is None:
        return as_of
    if as_of is not None and at > as_of:
        raise ValueError(f"{at.isoformat()} lies after as_of, {as_of.isoformat()}: nobody knew then what would be")
    return Bitemporal(as_of, at)


def parted(when: When) -> tuple[datetime | None, datetime | None]:
    """(as_of, at) of a question; None where it was not given."""
    return when if isinstance(when, Bitemporal) else (when, None)


def described(when: When) -> datetime | None:
    """The time that the answer is about: what was the case then. None is now."""
    as_of, at = parted(when)
    return as_of if at is None else at


def with_a_day(moment: datetime) -> datetime:
    """The same time; of one so far off that it has no day here, the end of the first or of the last that there is."""
    try:
        moment.astimezone(SHANGHAI)
    except OverflowError:
        return datetime.combine(date.min if moment.year == date.min.year else date.max, time.max, SHANGHAI)
    return moment
