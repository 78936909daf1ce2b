"""Refused, or led elsewhere: on which ground, and how the petitioner is told."""

from infra.city.item import Item
from infra.city.thread import CLERK
from infra.city.units import Data, Unit
from infra.city.world import World


def refuse(world: World, item: Item, unit: Unit, moment: int) -> None:
    """Not accepted, on a ground that mostly fits."""
    r, class_ = world.chance, item.matter.topic.name
    data: Data
    if class_ == "政法" and r() < 0.9:
        data = {"ground": "N1" if r() < 0.5 else "N2", "directed_to": f"unit:{item.matter.county.code}-fy"}
    elif item.channel == "visit" and item.registrar.level == "city" and item.matter.unit.level == "township":
        data = {"ground": "N3", "directed_to": item.matter.unit.id}
    elif r() < 0.82:
        data = {"ground": "N2", "directed_to": f"unit:{item.matter.county.code}-fy"}
    else:
        data = {"ground": ("N3", "N4", "N5", "N1")[int(r() * 4)]}
    item.act(moment, "not_accepted", unit, CLERK, data)
    tell_refusal(world, item, unit, moment)


def channel(world: World, item: Item, unit: Unit, moment: int) -> None:
    """Led into another procedure that the law has for it."""
    draw = world.chance()
    class_ = item.matter.topic.name
    if class_ == "劳动和社会保障":
        path = "arbitration"
    elif class_ == "纪检监察":
        path = "discipline"
    else:
        path = "litigation" if draw < 0.5 else "reconsideration" if draw < 0.85 else "other"
    item.act(moment, "channelled", unit, CLERK, {"path": path})
    tell_refusal(world, item, unit, moment)


def tell_refusal(world: World, item: Item, unit: Unit, moment: int) -> None:
    """The petitioner is told in writing; the anonymous cannot be."""
    item.ended = moment
    if not item.matter.anonymous:
        item.act(world.later(moment, int(world.chance() * 3)), "notified", unit, CLERK, told(world, item, "refusal"))


def told(world: World, item: Item, of: str) -> Data:
    draw = world.chance()
    how = "online" if item.channel == "online" else "in_person" if draw < 0.45 else "post"
    return {"of": of, "how": how, "signed": how == "online" or world.chance() < 0.96}
