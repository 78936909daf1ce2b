"""One item's life from registration on, planned in one go when it is registered."""

from infra.city.aftermath import end_well
from infra.city.gatherings import gather
from infra.city.handling import handle
from infra.city.item import Item, Matter
from infra.city.oversight import oversee
from infra.city.registration import judge, register
from infra.city.rhythm import DAY
from infra.city.routing import route
from infra.city.world import World


def live(world: World, matter: Matter, moment: int) -> int | None:
    """Plans all steps of the item; gives the moment at which somebody comes back with the same matter, if ever."""
    item = register(world, matter, moment)
    settled = judge(world, item)
    gather(world, item)
    if route(world, item, settled):
        handle(world, item)
    oversee(world, item)
    if item.answered_at is not None:
        end_well(world, item)
    return _again(world, item)


def _again(world: World, item: Item) -> int | None:
    """People come back while they wait too long, or after they were refused, or when closing solved nothing."""
    r, matter = world.chance, item.matter
    matter.times += 1
    item.holder.items += 1
    item.holder.late += item.late is not None
    item.holder.repeats += item.repeat
    if matter.times >= 6 or matter.anonymous:
        return None
    unhappy = item.dissatisfied or item.late is not None or item.outcome == "not_supported"
    if r() >= (0.32 if unhappy else 0.20 if matter.times > 1 else 0.105):
        return None
    days = 20 + int(world.random.expovariate(0.012))
    return world.later(item.at + (matter.times > 2) * 10 * DAY, days)
