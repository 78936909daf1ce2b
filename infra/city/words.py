"""What petitions are about, in words: titles, made-up places within a township, made-up persons."""

import tomllib
from importlib.resources import files
from random import Random
from typing import Any, NamedTuple


class Topic(NamedTuple):
    """One of the 17 content classes (domain.md 1.14), with who is competent and what people complain about."""

    name: str
    weight: int
    units: tuple[str, ...]
    spot: str
    basis: tuple[str, ...]
    topics: tuple[str, ...]


def _load() -> tuple[tuple[Topic, ...], dict[str, list[str]], list[str]]:
    table: dict[str, Any] = tomllib.loads((files("infra.city") / "topics.toml").read_text(encoding="utf-8"))
    classes = tuple(
        Topic(c["name"], c["weight"], tuple(c["units"]), c["spot"], tuple(c["basis"]), tuple(c["topics"]))
        for c in table["class"]
    )
    return classes, table["words"], table["accusation"]["topics"]


TOPICS, WORDS, ACCUSED_OF = _load()
DRAW = tuple(n for n, topic in enumerate(TOPICS) for _ in range(topic.weight))
"""Indexes of the classes, each as often as its weight: one draw picks a class."""

NUMERALS = "一二三四五六七八九十"
TITLES = {
    "settlement": (
        "{at}{what}",
        "反映{at}{what}的问题",
        "关于{at}{what}的诉求",
        "请求解决{at}{what}",
        "{at}{what}，请求处理",
        "{at}居民反映{what}",
    ),
    "appeal": (
        "不服{at}{what}处理意见的申诉",
        "关于{at}{what}一事的申诉",
        "{at}{what}，对答复不服",
        "请求复核{at}{what}",
    ),
    "suggestion": (
        "建议关注{at}{what}",
        "关于解决{at}{what}的建议",
        "就{at}{what}提几点建议",
    ),
    "enquiry": (
        "咨询{at}{what}如何办理",
        "{at}{what}应找哪个部门",
        "请问{at}{what}有何政策",
        "咨询{what}有关规定（{at}）",
    ),
    "accusation": (
        "举报{at}{what}",
        "反映{at}{what}",
        "关于{at}{what}的举报",
        "检举{at}{what}问题",
    ),
}


def title(random: Random, purpose: str, town: str, spot: str, what: str) -> str:
    """A title as a clerk would write it."""
    forms = TITLES[purpose]
    return forms[int(random.random() * len(forms))].format(at=town + spot, what=what)


def made_up(random: Random, kind: str) -> str:
    """A made-up place of a kind within a township: no such place is meant."""
    r = random.random
    if kind == "village":
        heads = WORDS["village_heads"]
        return f"{heads[int(r() * len(heads))]}村{NUMERALS[int(r() * 10)]}组"
    if kind == "street":
        heads, tails = WORDS["road_heads"], WORDS["road_tails"]
        return f"{heads[int(r() * len(heads))]}{tails[int(r() * len(tails))]}{1 + int(r() * 300)}号"
    heads = WORDS[HEADS[kind]]
    tails = WORDS[f"{kind}_tails"]
    return heads[int(r() * len(heads))] + tails[int(r() * len(tails))]


HEADS = {
    "estate": "estate_heads", "company": "company_heads", "plant": "company_heads", "road": "road_heads",
    "school": "village_heads", "hospital": "village_heads", "shop": "estate_heads",
}  # fmt: skip


def personal(random: Random, address: str, title: str) -> dict[str, str]:
    """What is sealed: an invented petitioner. The telephone numbers are visibly not real."""
    r = random.random
    surnames, given = WORDS["surnames"], WORDS["given"]
    name = surnames[int(r() * len(surnames))] + given[int(r() * len(given))]
    return {
        "name": name,
        "phone": f"1390000{int(r() * 10_000):04d}",
        "address": f"{address}{1 + int(r() * 400)}号",
        "text": f"本人{name}，{title}。多次联系未果，恳请有关部门核实处理并书面答复。（模拟数据）",
    }
