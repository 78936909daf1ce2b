"""Who comes when: each day's new matters, and those who come back."""

from collections.abc import Iterator

from infra.city.item import Item, Matter
from infra.city.life import live
from infra.city.matters import new_matter
from infra.city.rhythm import DAY, office_second
from infra.city.world import BASE_A_YEAR, World


class Dawn:
    """A day begins: its new matters are drawn."""

    def __init__(self, day: int) -> None:
        self.day = day


class Arrival:
    """Somebody comes with a matter: a new one, or one that was here before."""

    __slots__ = ("matter",)

    def __init__(self, matter: Matter | None = None) -> None:
        self.matter = matter


Coming = Dawn | Arrival | Item


def unfold(world: World, moment: int, coming: Dawn | Arrival) -> Iterator[tuple[int, Coming]]:
    """What follows from a day's beginning or from somebody's coming."""
    if isinstance(coming, Dawn):
        yield from _day(world, coming.day)
        return
    matter = coming.matter or new_matter(world)
    item, again = live(world, matter, moment)
    yield moment, item
    if again is not None:
        yield again, Arrival(matter)


def _day(world: World, day: int) -> Iterator[tuple[int, Coming]]:
    expected = BASE_A_YEAR / 365 * world.scale * world.days.load(day)
    count = int(expected) + (world.chance() < expected % 1)
    for _ in range(count):
        yield day * DAY + office_second(world.random), Arrival()
    yield (day + 1) * DAY, Dawn(day + 1)
