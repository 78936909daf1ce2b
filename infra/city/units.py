"""The simulated city's units as they stand while it runs: who sits where, and which unit went into which."""

from collections.abc import Callable
from random import Random
from typing import Any

from infra.city.places import CITY, Place, counties, towns

Data = dict[str, Any]

COUNTY_DEPARTMENTS = {
    "zjj": "住房和城乡建设局", "cgj": "城市管理和综合执法局", "jyj": "教育局", "rsj": "人力资源和社会保障局",
    "zrzyj": "自然资源局", "gaj": "公安局", "wjj": "卫生健康局", "mzj": "民政局", "sthjj": "生态环境局",
    "nyncj": "农业农村局", "jtj": "交通运输局", "scjgj": "市场监督管理局",
}  # fmt: skip
CITY_DEPARTMENTS = {
    **COUNTY_DEPARTMENTS,
    "fgw": "发展和改革委员会",
    "wlgtj": "文化旅游广电体育局",
    "gxj": "工业和信息化局",
}
PARTY_ORGANS = {"zzb": "中共{}委组织部", "jw": "{}纪委监委"}

BUSY = ("-zjj", "-rsj", "-zrzyj", "-nyncj", "-jyj")
CAREFUL, SLACK, BAD = 0.007, 0.045, 0.20
"""Share of limits that a unit of each sort misses."""


class Unit:
    """A unit: its officials now, and how well it keeps its limits."""

    __slots__ = (
        "id",
        "code",
        "name",
        "level",
        "kind",
        "division",
        "area",
        "parent",
        "head",
        "deputy",
        "lead",
        "clerk",
        "members",
        "desk",
        "slips",
        "into",
        "merged_at",
        "sponsored_until",
        "changed",
    )

    def __init__(self, code: str, name: str, level: str, kind: str, parent: "Unit | None") -> None:
        self.id = f"unit:{code}"
        self.code = code
        self.name = name
        self.level = level
        self.kind = kind
        self.division = code.partition("-")[0]
        self.area: str = parent.area if level == "township" and parent else self.division
        self.parent = parent
        stem = f"official:{code}"
        self.head: str | None = f"{stem}-head"
        self.deputy: str | None = f"{stem}-deputy"
        self.lead = f"{stem}-lead"
        self.clerk = f"{stem}-clerk"
        self.members: list[str] = []
        self.desk = [self.clerk, self.lead]
        self.slips = 0.0
        self.into: Unit | None = None
        self.merged_at = 0
        self.sponsored_until = -1
        self.changed = 0

    def at(self, moment: int) -> "Unit":
        """The unit that acts for this one at a moment: itself, or what it went into (R2005 25)."""
        return self.into if self.into is not None and moment >= self.merged_at else self

    def approver(self) -> str:
        """Who signs for the unit: its principal, or in a vacancy the deputy, or the lead."""
        return self.head or self.deputy or self.lead

    def handler(self, number: int) -> str:
        """Who at the desk has an item of this number."""
        return self.desk[number % len(self.desk)]


class City:
    """All units, by id and by what one looks for."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.units: dict[str, Unit] = {}
        self.counties: list[Place] = counties()
        self.towns: list[Place] = towns()
        self.towns_of: dict[str, list[Place]] = {c.code: [] for c in self.counties}
        for town in self.towns:
            self.towns_of[town.parent].append(town)
        self._seat_above()
        self._seat_city()
        for county in self.counties:
            self._seat_county(county)
        self._temper()

    def get(self, code: str) -> Unit:
        return self.units[code]

    def department(self, division: str, code: str) -> Unit:
        """The county's department for a topic, or the city's where the county has none."""
        return self.units.get(f"{division}-{code}") or self.units[f"{CITY}-{code}"]

    def _add(self, code: str, name: str, level: str, kind: str, parent: str | None, members: int) -> Unit:
        unit = Unit(code, name, level, kind, self.units[parent] if parent else None)
        unit.members = [f"official:{code}-m{n}" for n in range(1, members + 1)]
        unit.desk = [unit.clerk, *unit.members] if kind in ("department", "bureau", "township") else unit.desk
        self.units[code] = unit
        return unit

    def _seat_above(self) -> None:
        self._add("100000-xfj", "国家信访局", "national", "bureau", None, 1)
        self._add("430000-xfj", "湖南省信访局", "province", "bureau", "100000-xfj", 1)

    def _seat_city(self) -> None:
        self._seat(CITY, "衡阳市", "city", CITY_DEPARTMENTS, None, None)
        self._add(f"{CITY}-jdzx", "衡阳市人民来访接待中心", "city", "reception_centre", f"{CITY}-xfj", 2)

    def _seat_county(self, county: Place) -> None:
        self._seat(county.code, county.name, "county", COUNTY_DEPARTMENTS, f"{CITY}-party", f"{CITY}-gov")
        for town in self.towns_of[county.code]:
            if town.kind in ("街道", "镇", "乡"):
                name = f"{town.name}办事处" if town.kind == "街道" else f"{town.name}人民政府"
                self._add(f"{town.code}-gov", name, "township", "township", f"{county.code}-gov", 1)

    def _seat(
        self, code: str, name: str, level: str, departments: dict[str, str], party: str | None, government: str | None
    ) -> None:
        self._add(f"{code}-party", f"中共{name}委员会", level, "party", party, 4)
        self._add(f"{code}-gov", f"{name}人民政府", level, "government", government, 4)
        self._add(f"{code}-xfj", f"{name}信访局", level, "bureau", f"{code}-gov", 3)
        for short, title in departments.items():
            self._add(f"{code}-{short}", f"{name}{title}", level, "department", f"{code}-gov", 2)
        for short, title in PARTY_ORGANS.items():
            self._add(f"{code}-{short}", title.format(name), level, "department", f"{code}-party", 2)
        self._add(f"{code}-fy", f"{name}人民法院", level, "other", None, 0)

    def _temper(self) -> None:
        """Gives each unit its own way with limits: most keep them, some are slack, a few busy ones clearly worse."""
        r = self.random.random
        for unit in self.units.values():
            unit.slips = SLACK if r() < 0.08 else CAREFUL * (0.6 + r())
        busy = [unit for unit in self.units.values() if unit.level == "county" and unit.code.endswith(BUSY)]
        for unit in self.random.sample(busy, 6):
            unit.slips = BAD


def held(unit: Unit) -> list[tuple[str, str]]:
    """Each official of the unit with the role held, as the unit begins."""
    seats = [(unit.head or "", "principal"), (unit.deputy or "", "deputy_in_charge")]
    return [
        *seats,
        (unit.lead, "petition_lead"),
        (unit.clerk, "petition_clerk"),
        *((m, "member") for m in unit.members),
    ]


Later = Callable[[Unit, str], Data]
"""Data worked out at the moment of the act, from the unit that acts and its official."""
