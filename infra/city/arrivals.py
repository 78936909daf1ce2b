"""Who comes when: each day's new matters, and those who come back."""

from infra.city.item import Matter
from infra.city.life import live
from infra.city.matters import new_matter
from infra.city.rhythm import DAY, office_second
from infra.city.world import BASE_A_YEAR, World


def receive(world: World, day: int) -> None:
    """Everybody who comes on the day, in order of their coming; each one's item is planned to its end."""
    comings: list[tuple[int, int, Matter | None]] = world.returning.pop(day, [])
    expected = BASE_A_YEAR / 365 * world.scale * world.days.load(day)
    count = int(expected) + (world.chance() < expected % 1)
    comings += [(day * DAY + office_second(world.random), -number, None) for number in range(1, count + 1)]
    comings.sort()
    for moment, _, known in comings:
        matter = known or new_matter(world)
        again = live(world, matter, moment)
        if again is not None:
            world.come_back(again, matter)
