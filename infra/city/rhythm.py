"""When things happen: working days, office hours, the week and the seasons.

Times are seconds since the midnight on which the simulation starts, +08:00.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

DAY = 86_400
HOUR = 3_600
MINUTE = 60

WEEK = (1.32, 1.16, 1.08, 1.02, 0.96, 0.80, 0.80)
"""How much of a day's load comes in, Monday to Sunday; a weekend day counts so where it is worked (调休)."""

DAY_OFF = 0.21

SEASON = (1.05, 0.82, 1.16, 1.04, 1.0, 1.02, 1.06, 1.02, 1.04, 0.88, 0.98, 1.12)
"""January to December: quiet after the festival, busy in March, and wages are asked for before the year's end."""


class Days:
    """Every day from ninety before the start until well after the end, counted from the start."""

    def __init__(self, start: date, days: int, works: Callable[[date], bool]) -> None:
        self.start = start
        self.first = -90
        self.count = days + 1_000 - self.first
        dates = [start + timedelta(days=n + self.first) for n in range(self.count)]
        self._text = [day.isoformat() for day in dates]
        on = [works(day) for day in dates]
        self._load = [
            (WEEK[d.weekday()] if worked else DAY_OFF) * SEASON[d.month - 1]
            for d, worked in zip(dates, on, strict=True)
        ]
        self._rank = _running(on)
        self._works = [n for n, worked in enumerate(on) if worked]
        self.next_working = [self._works[rank] + self.first for rank in self._rank]
        self.offset = -self.first
        self.minute = [f"T{m // 60:02d}:{m % 60:02d}:" for m in range(24 * 60)]
        self.second = [f"{s:02d}+08:00" for s in range(60)]
        self.mean = sum(self._load[-self.first : -self.first + 365]) / 365

    def text(self, day: int) -> str:
        """The date as written: 2020-04-10."""
        return self._text[day - self.first]

    def stamp(self, moment: int) -> str:
        """The moment as RFC 3339 with the local offset."""
        day, second = divmod(moment, DAY)
        return self._text[day + self.offset] + self.minute[second // 60] + self.second[second % 60]

    def load(self, day: int) -> float:
        """How busy the day is; 1.0 on average over the first year."""
        return self._load[day - self.first] / self.mean

    def working(self, day: int) -> int:
        """The day itself, or the next working day."""
        return self.next_working[min(day + self.offset, self.count - 1)]

    def working_before(self, day: int) -> int:
        """The day itself, or the last working day before it."""
        found = self.working(day)
        return found if found == day else self.add(day, -1)

    def add(self, day: int, count: int) -> int:
        """The `count`-th working day after (or before, if negative) the day."""
        rank = self._rank[min(day - self.first, self.count - 1)]
        on = self._works[rank] == day - self.first
        place = rank + count - (0 if on or count <= 0 else 1)
        return self._works[min(place, len(self._works) - 1)] + self.first


def _running(works: list[bool]) -> list[int]:
    """For each day, how many working days came before it: the index of the next one."""
    ranks, seen = [], 0
    for on in works:
        ranks.append(seen)
        seen += on
    last = seen - 1
    return [min(rank, last) for rank in ranks]


def office_second(random: Random) -> int:
    """A second within office hours, mornings busier than afternoons; now and then an early or late one."""
    draw = random.random()
    if draw < 0.56:
        return 30_600 + int(draw * 22_500)  # 08:30-12:00
    if draw < 0.96:
        return 52_200 + int((draw - 0.56) * 27_000)  # 14:30-17:30
    return 25_200 + int((draw - 0.96) * 1_350_000)  # 07:00-22:00
