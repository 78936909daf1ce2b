"""Which units the simulated city has, at which level, and how well each of them does what it owes."""

from random import Random

from infra.city.places import CITY, WEIGHT_OF_COUNTY, Place, counties, towns
from infra.city.units import Unit

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
SMALL_DEPARTMENTS = {
    "czj": "财政局", "sfj": "司法局", "slj": "水利局", "lyj": "林业局", "yjj": "应急管理局", "tyjrj": "退役军人事务局",
    "mzzjj": "民族宗教事务局", "sjj": "审计局", "tjj": "统计局", "swj": "税务局", "ybj": "医疗保障局",
    "xzspj": "行政审批服务局", "jgsw": "机关事务服务中心",
}  # fmt: skip
"""Departments that petitions seldom concern; the petition work is one official's beside other work."""
PARTY_ORGANS = {"zzb": "中共{}委组织部", "jw": "{}纪委监委"}

BUSY = ("-zjj", "-rsj", "-zrzyj", "-nyncj", "-jyj")
CAREFUL, SLACK, BAD = 0.007, 0.045, 0.20
"""Share of limits that a unit of each sort misses."""
DUTIFUL, LAX, REMISS = 0.0005, 0.02, 0.10
"""Share of a week's duties that the leaders of a unit of each sort leave undone."""


class City:
    """All units, by id and by what one looks for."""

    def __init__(self, random: Random, count: int) -> None:
        self.random = random
        self.units: dict[str, Unit] = {}
        self.counties: list[Place] = counties()[:count]
        self.weights = [WEIGHT_OF_COUNTY[county.code] for county in self.counties]
        self._places = {place.code: place for place in (*self.counties, *towns())}
        codes = {county.code for county in self.counties}
        self.towns: list[Place] = [town for town in towns() if town.parent in codes]
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

    def place(self, code: str) -> Place:
        """A county or a township by its code."""
        return self._places[code]

    def department(self, division: str, code: str) -> Unit:
        """The county's department for a topic, or the city's where the county has none."""
        return self.units.get(f"{division}-{code}") or self.units[f"{CITY}-{code}"]

    def of(self, *kinds: str, level: str | None = None) -> list[Unit]:
        """The units of these kinds, at one level or at all within the city, in the order in which they were founded."""
        return [
            unit
            for unit in self.units.values()
            if unit.kind in kinds and (unit.level == level if level else unit.level not in ("province", "national"))
        ]

    def _add(self, code: str, name: str, level: str, kind: str, parent: str | None, members: int) -> Unit:
        unit = Unit(code, name, level, kind, self.units[parent] if parent else None)
        unit.members = [f"official:{code}-m{n}" for n in range(1, members + 1)]
        if kind in ("department", "township"):
            unit.lead = unit.clerk
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
            self._add(f"{code}-{short}", f"{name}{title}", level, "department", f"{code}-gov", 1)
        for short, title in SMALL_DEPARTMENTS.items():
            self._add(f"{code}-{short}", f"{name}{title}", level, "department", f"{code}-gov", 0)
        for short, title in PARTY_ORGANS.items():
            self._add(f"{code}-{short}", title.format(name), level, "department", f"{code}-party", 1)
        self._add(f"{code}-fy", f"{name}人民法院", level, "other", None, 0)

    def _temper(self) -> None:
        """Gives each unit its own way with limits: most keep them, some are slack, a few busy ones clearly worse."""
        r = self.random.random
        for unit in self.units.values():
            unit.slips = SLACK if r() < 0.08 else CAREFUL * (0.6 + r())
            draw = r()
            unit.lapses = REMISS if draw < 0.02 else LAX if draw < 0.13 else DUTIFUL * r()
        for remiss in (self.of("government", level="county"), self.of("department", level="city")):
            self.random.choice(remiss).lapses = REMISS
        busy = [unit for unit in self.units.values() if unit.level == "county" and unit.code.endswith(BUSY)]
        for unit in self.random.sample(busy, min(6, len(busy))):
            unit.slips = BAD
