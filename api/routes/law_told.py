"""Shapes and examples of the answers about rules and vouching, as OpenAPI tells them."""

from typing import Any, TypedDict

from api.routes.told import TOLD, Told


class Words(TypedDict):
    """In both languages."""

    zh: str
    en: str


class KnownSet(TypedDict):
    """A rule set, and whether it is in force on the day."""

    name: str
    title: Words
    until: str | None
    overlay: bool
    in_force: bool


class RuleOfFinding(TypedDict):
    """What trips a finding, and the articles behind it in the sets in force."""

    rule: str
    name: Words
    text: Words
    axis: str | None
    ground: str | None
    articles: list[str]


class RulesInForce(Told):
    """The law of a day; `articles` holds the words of every article that a row names and whose text is kept."""

    on: str
    sets: list[KnownSet]
    clocks: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    indicators: list[dict[str, Any]]
    parameters: list[dict[str, Any]]
    switches: list[dict[str, Any]]
    warnings: list[int]
    findings: list[RuleOfFinding]
    articles: dict[str, dict[str, str]]
    adopted: list[dict[str, Any]]


class Sealed(TypedDict):
    """One checkpoint that was given out: a signed note."""

    size: int
    at: str
    root: str
    origin: str
    signed_by: list[str]
    note: str


class Checkpoints(Told):
    """The newest first, 200 at most; `agrees` is null where nothing was sealed or the seals cannot be read."""

    checkpoints: list[Sealed]
    total: int
    keys: list[str]
    agrees: bool | None
    problem: str | None


class Difference(Told):
    """What differs between two recorded times, each with the events that made it so; told as of the later one.

    `events` is how many events in between this page followed.
    """

    to: Told
    events: int
    findings: dict[str, list[dict[str, Any]]]
    deadlines: list[dict[str, Any]]
    rates: dict[str, Any] | None
    next: str | None


RULES = {
    **TOLD,
    "on": "2020-06-30",
    "sets": [
        {
            "name": "cn-2005",
            "title": {"zh": "信访条例（2005）", "en": "Regulations on Letters and Visits (2005)"},
            "from": "2005-05-01",
            "until": "2022-04-30",
            "overlay": False,
            "in_force": True,
        }
    ],
    "clocks": [{"id": "K1", "ruleset": "cn-2005", "article": "R2005 21", "days": 15, "unit": "calendar"}],
    "duties": [{"id": "briefing-party", "ruleset": "hengyang-2020", "rule": "D01", "article": "SEED 1"}],
    "indicators": [],
    "parameters": [{"id": "collective_min_persons", "ruleset": "cn-2005", "value": 5}],
    "switches": [{"id": "roll_last_day", "ruleset": "cn-2005", "value": True}],
    "warnings": [50, 75, 90],
    "findings": [
        {
            "rule": "F01",
            "name": {"zh": "转送交办逾期", "en": "forwarded late"},
            "text": {
                "zh": "信访部门未在15日内转送、交办、受理或告知。",
                "en": "The bureau did not route it in 15 days.",
            },
            "axis": "B",
            "ground": "B1",
            "articles": ["R2005 21"],
        }
    ],
    "articles": {
        "R2005 21": {"title": "信访事项的受理", "text": "县级以上人民政府信访工作机构收到信访事项，应当予以登记…"}
    },
    "adopted": [],
}
CHECKPOINTS = {
    **TOLD,
    "checkpoints": [
        {
            "size": 40117,
            "at": "2020-06-30T23:00:00+08:00",
            "root": "q83vEjRWeJASNFZ4kKvN7xI0VniQq83vEjRWeJASNFY=",
            "origin": "danze/430400",
            "signed_by": ["danze/430400"],
            "note": "danze/430400\n40117\nq83vEjRWeJASNFZ4kKvN7xI0VniQq83vEjRWeJASNFY=\n",
        }
    ],
    "total": 1,
    "keys": ["danze/430400+5f0c+AQ=="],
    "agrees": True,
    "problem": None,
}
DIFFERENCE = {
    **TOLD,
    "from": TOLD,
    "to": TOLD,
    "events": 0,
    "findings": {"appear": [], "vanish": [], "change": []},
    "deadlines": [],
    "rates": None,
    "next": None,
}
