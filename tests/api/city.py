"""A small consistent city for the tests of the API: ten units, eleven items, and what happened to them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

NOW = "2020-08-31T18:00:00+08:00"
UNITS: list[tuple[str, str, str, str, str, str | None]] = [
    ("430400-gov", "衡阳市人民政府", "city", "government", "430400", None),
    ("430400-xfj", "衡阳市信访局", "city", "bureau", "430400", "430400-gov"),
    ("430408-gov", "蒸湘区人民政府", "county", "government", "430408", "430400-gov"),
    ("430408-xfj", "蒸湘区信访局", "county", "bureau", "430408", "430408-gov"),
    ("430408-zjj", "蒸湘区住房和城乡建设局", "county", "department", "430408", "430408-gov"),
    ("430408-jyj", "蒸湘区教育局", "county", "department", "430408", "430408-gov"),
    ("430481-gov", "耒阳市人民政府", "county", "government", "430481", "430400-gov"),
    ("430481-xfj", "耒阳市信访局", "county", "bureau", "430481", "430481-gov"),
    ("430481-zrj", "耒阳市自然资源局", "county", "department", "430481", "430481-gov"),
    ("430481101", "哲桥镇人民政府", "township", "township", "430481101", "430481-gov"),
]
NAMES = {f"unit:{code}": name for code, name, *_ in UNITS}
DIVISIONS = {
    "珠晖区": "430405", "雁峰区": "430406", "石鼓区": "430407", "蒸湘区": "430408", "南岳区": "430412",
    "衡阳县": "430421", "衡南县": "430422", "衡山县": "430423", "衡东县": "430424", "祁东县": "430426",
    "耒阳市": "430481", "常宁市": "430482",
}  # fmt: skip
CLERK, DEPUTY, HEAD = "孙丽", "赵明", "周建国"
# number, registered, title, channel, purpose, category, unit, persons, days to the answer, closed
ITEMS: list[tuple[Any, ...]] = [
    ("430408-2020-000001", "2020-03-02", "路灯长期不亮", "phone", "suggestion",
     "城乡建设", "430408-zjj", 1, 9, True),
    ("430408-2020-000003", "2020-04-10", "小区停车收费与公共收益去向", "visit", "settlement",
     "城乡建设", "430408-zjj", 6, 84, False),
    ("430408-2020-000004", "2020-04-21", "学区划分调整", "letter", "appeal",
     "教育文体", "430408-jyj", 1, 40, True),
    ("430408-2020-000007", "2020-05-06", "老旧小区加装电梯补贴", "online", "settlement",
     "城乡建设", "430408-zjj", 1, 52, True),
    ("430408-2020-000009", "2020-06-12", "民办幼儿园退费", "online", "settlement",
     "教育文体", "430408-jyj", 3, None, False),
    ("430408-2020-000012", "2020-07-06", "小区停车收费仍未退还", "visit", "settlement",
     "城乡建设", "430408-zjj", 8, None, False),
    ("430481-2020-000002", "2020-03-19", "征地补偿标准", "visit", "settlement",
     "国土资源", "430481-zrj", 5, 71, False),
    ("430481-2020-000005", "2020-05-25", "村道硬化资金", "letter", "enquiry",
     "交通运输", "430481101", 1, 6, True),
    ("430481-2020-000008", "2020-06-30",
     "关于哲桥镇采石场爆破粉尘扰民、房屋开裂及村道损毁长期得不到处理的申诉",
      "leader_mailbox", "settlement",
     "环境保护", "430481-zrj", 2, None, False),
    ("430481-2020-000010", "2020-08-03", "宅基地确权登记", "visit", "appeal",
     "国土资源", "430481-zrj", 1, None, False),
    ("430481-2020-000011", "2020-08-17", "低保资格复核", "phone", "appeal",
     "民政", "430481101", 1, None, False),
]  # fmt: skip
CAUSED, REPEAT = "430408-2020-000003", "430408-2020-000012"


def at(day: str, days: int = 0, hour: int = 9) -> str:
    """A working hour some days later."""
    return (datetime.fromisoformat(f"{day}T{hour:02}:12:00+08:00") + timedelta(days=days)).isoformat()


def plus(day: str, days: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days=days))


def happened() -> list[dict[str, Any]]:
    """Every event of the city up to NOW, in the order recorded."""
    events: list[dict[str, Any]] = []
    for code, name, level, kind, division, parent in UNITS:
        data = {"name": name, "level": level, "kind": kind, "division": division, "parent": parent and f"unit:{parent}"}
        events.append(_event("unit.established", f"unit:{code}", at("2019-01-02"), f"unit:{code}", data, f"{name}设立"))
    for item in ITEMS:
        events += _life(*item)
    events = sorted((e for e in events if e["recorded"] <= NOW), key=lambda e: e["recorded"])
    return [{**event, "position": position} for position, event in enumerate(events, 1)]


def _event(
    kind: str, subject: str, time: str, unit: str, data: dict[str, Any], zh: str, late: int = 0
) -> dict[str, Any]:
    recorded = (datetime.fromisoformat(time) + timedelta(days=late, seconds=3)).isoformat()
    en = f"{kind.replace('.', ' ').replace('_', ' ')} at {unit}"
    return {
        "specversion": "1.0", "id": f"{kind}/{subject}/{time}", "source": "/window-3", "type": f"{kind}.v1",
        "subject": subject, "time": time, "recorded": recorded, "actor": f"{unit.replace('unit', 'official')}-clerk",
        "unit": unit, "data": data, "decided": {}, "ruleset": ["cn-2005", "hengyang-2020"], "version": 1,
        "sentence": {"zh": zh, "en": en},
    }  # fmt: skip


def _life(
    no: str, day: str, title: str, channel: str, purpose: str, category: str, code: str, persons: int,
    answered: int | None, closed: bool,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    subject, unit, bureau = f"petition:{no}", f"unit:{code}", f"unit:{no[:6]}-xfj"
    data = {
        "channel": channel, "purpose": purpose, "category": category, "place": no[:6], "persons": persons,
        "petitioners": ["person:9f3a"], "title": title, "personal": {"key": "person:9f3a", "sealed": "q83vEjRWeJA="},
    }  # fmt: skip
    name = NAMES[unit]
    yield _event("petition.registered", subject, at(day), bureau, data, f"{NAMES[bureau]}登记：{title}")
    yield _event("petition.assigned", subject, at(day, 4), bureau, {"to_unit": unit}, f"{NAMES[bureau]}交办给{name}")
    yield _event("petition.accepted", subject, at(day, 8), unit, {"procedure": "ordinary"}, f"{name}受理")
    entered_late = 3 if no == CAUSED else 0
    yield _event(
        "petition.notified", subject, at(day, 9), unit, {"of": "acceptance"}, "书面告知信访人已受理", entered_late
    )
    if no == CAUSED:
        missed = {"deadline": "K5", "due_on": plus(day, 68), "owed_by": unit}
        yield _event("deadline.missed", subject, at(day, 69, 0), unit, missed, f"{name}未在期限内答复（办理答复 K5）")
        cause = {
            "unit": "unit:430408-gov",
            "ground": "A3",
            "decided_on": "2019-03-08",
            "collective": True,
            "evidence": [11],
        }
        yield _event("petition.cause_found", subject, at(day, 71), "unit:430408-gov", cause, "认定蒸湘区人民政府引发")
    if answered:
        yield _event(
            "petition.answered", subject, at(day, answered), unit, {"outcome": "supported"}, f"{name}答复：予以支持"
        )
    if closed and answered:
        yield _event("petition.closed", subject, at(day, answered + 10), unit, {}, "办结")
