"""What a new matter is about: class, place, people, competent unit, title."""

from infra.city.item import Matter
from infra.city.places import CITY, Place
from infra.city.units import Unit
from infra.city.words import ACCUSED_OF, DRAW, TOPICS, made_up, personal, title
from infra.city.world import World

PURPOSES = ("settlement",) * 70 + ("enquiry",) * 9 + ("suggestion",) * 7 + ("appeal",) * 8 + ("accusation",) * 6


def new_matter(world: World, within: str | None = None) -> Matter:
    """A matter that nobody brought before, anywhere in the city or within a county or township."""
    r, matter = world.chance, Matter()
    topic = TOPICS[DRAW[int(r() * len(DRAW))]]
    matter.county, matter.town = _place(world, within)
    villages = matter.town.villages
    matter.village = villages[int(r() * len(villages))] if villages and r() < 0.7 else matter.town.code
    purpose = PURPOSES[int(r() * 100)]
    matter.topic, matter.purpose = topic, purpose
    matter.persons = _persons(world)
    matter.joint = matter.persons > 1 and r() < 0.3
    matter.anonymous = purpose == "accusation" and r() < 0.35
    matter.petitioners = [world.person() for _ in range(min(matter.persons, 5))] if not matter.anonymous else []
    if purpose == "accusation":
        _accuse(world, matter)
    else:
        _complain(world, matter)
    matter.title = title(world.random, purpose, matter.town.name, matter.spot, matter.what)
    matter.personal = None if matter.anonymous else personal(world.random, matter.town.name + matter.spot, matter.title)
    return matter


def _place(world: World, within: str | None) -> tuple[Place, Place]:
    """County and township: where more people live, more happens."""
    city = world.city
    place = city.place(within) if within else world.random.choices(city.counties, city.weights)[0]
    if place.parent != CITY:
        return city.place(place.parent), place
    towns = city.towns_of[place.code]
    return place, towns[int(world.chance() * len(towns))]


def _persons(world: World) -> int:
    draw = world.chance()
    if draw < 0.80:
        return 1
    if draw < 0.93:
        return 2 + int(world.chance() * 3)
    return 5 + int(world.random.expovariate(0.12))


def _complain(world: World, matter: Matter) -> None:
    r, topic = world.chance, matter.topic
    matter.what = topic.topics[int(r() * len(topic.topics))]
    matter.spot = made_up(world.random, topic.spot)
    matter.unit = _competent(world, matter)
    matter.about = matter.unit if r() < 0.4 else None


def _competent(world: World, matter: Matter) -> Unit:
    """Who must handle it: mostly the county's department, in the country often the township, sometimes the city's."""
    r, topic = world.chance, matter.topic
    town = world.city.units.get(f"{matter.town.code}-gov")
    if town is not None and r() < (0.34 if topic.spot == "village" else 0.12):
        return town
    code = topic.units[int(r() * len(topic.units))]
    return world.city.department(CITY if r() < 0.09 else matter.county.code, code)


def _accuse(world: World, matter: Matter) -> None:
    """An accusation goes to the discipline organ of the level that watches over the accused."""
    r, city, county = world.chance, world.city, matter.county.code
    town = city.units.get(f"{matter.town.code}-gov")
    if town is not None and r() < 0.5:
        accused = town
    else:
        code = matter.topic.units[0]
        accused = city.department(county, code if code != "jw" else "mzj")
    matter.about = accused
    matter.unit = city.get(f"{accused.area}-jw")
    matter.spot = "某单位" if r() < 0.5 else "某站所"
    matter.what = ACCUSED_OF[int(r() * len(ACCUSED_OF))]
