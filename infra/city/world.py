"""What every part of the simulation shares: chance, the calendar, the units, and how long people take."""

from collections import defaultdict, deque
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from infra.city.directory import City
from infra.city.item import Matter
from infra.city.rhythm import DAY, Days, office_second
from infra.city.thread import Diary, Thread, thread_of
from infra.city.units import Unit
from infra.shipped import shipped_rules

BASE_A_YEAR = 27_000
"""New matters a year at scale 1.0; people who come back make about 30,000 items of them."""

REMEMBERED = 3_000
FOUNDING_DAYS = 30
"""Before the start: units are founded on the first of them, and owe their duties from then on."""
PROMINENT = 20
"""Items of a seat that a conference or an inspector may look at."""


class Protection(NamedTuple):
    """A time of special protection, by day, both ends in it."""

    first: int
    last: int
    levels: tuple[str, ...]


class World:
    """The city while it runs."""

    def __init__(self, random: Random, start: date, days: int, scale: float, counties: int) -> None:
        self.random = random
        self.chance = random.random
        self.rules = shipped_rules()
        self.days = Days(start, days, self.rules.calendar.works)
        self.year = start.year
        self.start = start
        self.scale = scale
        self.city = City(random, counties)
        self.first_day = -FOUNDING_DAYS
        self.founded = start - timedelta(days=FOUNDING_DAYS)
        self.contacts: dict[tuple[Unit, str], Unit] = {}
        self.protections: list[Protection] = []
        self.resettled = 0
        """When the member units of the city's conference are settled anew."""
        self.prominent: defaultdict[str, deque[tuple[int, str, Unit | None]]] = defaultdict(
            lambda: deque(maxlen=PROMINENT)
        )
        self._next, self._offset = self.days.next_working, self.days.offset
        self.emitted = 0
        self.diary = Diary()
        self.returning: defaultdict[int, list[tuple[int, int, Matter | None]]] = defaultdict(list)
        self.items = 0
        self._serials: dict[tuple[str, str], int] = {}
        self._persons: list[str] = []
        self._threads: dict[str, Thread] = {}
        self._comings = 0

    def number(self, division: str, moment: int) -> str:
        """The next registration number of a division in the year of the moment."""
        self.items += 1
        year = self.days.text(moment // DAY)[:4]
        return f"{division}-{year}-{self._counted(division, year):06d}"

    def serial(self, kind: str, division: str, moment: int) -> str:
        """The year and the next number of a kind of subject in it: 2020-0017."""
        year = self.days.text(moment // DAY)[:4]
        return f"{year}-{self._counted(f'{kind} {division}', year):04d}"

    def _counted(self, register: str, year: str) -> int:
        serial = self._serials[register, year] = self._serials.get((register, year), 0) + 1
        return serial

    def thread(self, subject: str) -> Thread:
        """The acts of a subject that goes on for years; each act takes the next number."""
        if subject not in self._threads:
            self._threads[subject] = thread_of(subject)
        return self._threads[subject]

    def come_back(self, moment: int, matter: Matter) -> None:
        """Somebody will come with the matter."""
        self._comings += 1
        self.returning[moment // DAY].append((moment, self._comings, matter))

    def prominent_in(self, seat: str, moment: int, told: Unit | None = None) -> str | None:
        """An item of the seat, registered before the moment, that many are concerned by or that came from above.

        None where it accuses the unit that would be told of it.
        """
        known = [(no, accused) for at, no, accused in self.prominent[seat] if at < moment]
        if not known:
            return None
        no, accused = known[int(self.chance() * len(known))]
        kept = accused is not None and told is not None and accused.at(moment) is told.at(moment)
        return None if kept else no

    def entered_late(self, share: float) -> int:
        """Seconds from an act to its entry: none, or for a share of them some days."""
        return DAY * 3 // 2 + int(self.chance() * 3 * DAY) if self.chance() < share else 0

    def person(self) -> str:
        """A petitioner's pseudonym: now and then somebody who was here with another matter."""
        known = self._persons
        if known and self.chance() < 0.06:
            return known[int(self.chance() * len(known))]
        fresh = f"person:{self.random.getrandbits(64):016x}"
        if len(known) < REMEMBERED:
            known.append(fresh)
        else:
            known[int(self.chance() * REMEMBERED)] = fresh
        return fresh

    def later(self, moment: int, days: int) -> int:
        """A working moment some calendar days later; on the same day within the next two hours."""
        today = moment // DAY
        day = self._next[today + days + self._offset]
        if day == today:
            return moment + 900 + int(self.chance() * 6_000)
        return day * DAY + office_second(self.random)

    def by(self, moment: int, day: int) -> int:
        """A working moment not after a given day, as late as it likes, but after the moment."""
        today = moment // DAY
        last = self.days.working_before(today + int((day - today) * (0.35 + self.chance() * 0.65)))
        return self.later(moment, max(0, last - today))

    def within(self, unit: Unit, moment: int, limit: int, shape: float = 1.6) -> tuple[int, bool]:
        """When a unit does what is due in so many calendar days, and whether that is too late."""
        if self.chance() < unit.slips:
            return self.later(moment, limit + 2 + int(self.random.expovariate(0.12))), True
        return self.later(moment, int(limit * self.chance() ** shape)), False

    def within_working(self, unit: Unit, moment: int, limit: int) -> tuple[int, bool]:
        """The same for a limit in working days."""
        today = moment // DAY
        if self.chance() < unit.slips:
            day = self.days.add(today, limit + 2 + int(self.random.expovariate(0.25)))
            return self.later(moment, day - today), True
        return self.later(moment, self.days.add(today, int(limit * self.chance())) - today), False

    def date(self, moment: int, days: int) -> str:
        """A date some days after a moment, as written."""
        return self.days.text(moment // DAY + days)

    def bureau(self, unit: Unit) -> Unit:
        """The petition bureau of the unit's level: a township's is its county's."""
        return self.city.units[f"{unit.area}-xfj"]
