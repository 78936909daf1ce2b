"""Shapes and examples of the answers about everything that is no item, as OpenAPI tells them."""

from typing import Any, NotRequired, TypedDict

from api.routes.told import NO, TOLD, Told


class DutyCalendar(Told):
    """Duties of units and leaders, period by period."""

    unit: str
    totals: dict[str, int]
    units: list[dict[str, Any]]
    next: str | None


class Seat(TypedDict):
    """A leading role of a unit, and who holds it on the day; null where nobody does."""

    unit: str
    unit_name: str
    level: str
    division: str
    role: str
    official: str | None
    name: str | None
    since: str | None


class Leaders(Told):
    """Who leads, unit by unit."""

    on: str
    leaders: list[Seat]


class LeaderRecord(Told):
    """One official's record: facts with their rows, no score."""

    official: str
    name: str | None
    offices: list[dict[str, Any]]
    work: dict[str, dict[str, Any]]
    sponsorship: dict[str, Any]
    occurrence: list[dict[str, Any]]
    resolution: list[dict[str, Any]]
    findings: dict[str, Any]


class ThreeNone(Told):
    """The three-none board by place; a board is no rank."""

    unit: str | None
    indicators: dict[str, dict[str, str]]
    caution: dict[str, str]
    places: list[dict[str, Any]]


class Evaluation(Told):
    """A unit's half year: proposed by rules, recorded by a human."""

    unit: str
    period: str
    lines: list[dict[str, Any]]
    score: float | None
    listing_proposed: bool
    proposal: dict[str, Any] | None
    recorded: dict[str, Any] | None
    findings: dict[str, int]
    outcomes: dict[str, int]


class LedgerPage(Told):
    """Entries of one ledger, newest first."""

    ledger: str
    name: dict[str, str]
    total: int
    totals: NotRequired[dict[str, int]]
    entries: list[dict[str, Any]]
    next: str | None


class LedgerCount(TypedDict):
    """How many entries a ledger has; `overdue` where its entries are open until they are ended."""

    ledger: str
    name: dict[str, str]
    total: int
    overdue: int | None


class LedgerList(Told):
    """All ledgers, in the order of the articles."""

    unit: str | None
    ledgers: list[LedgerCount]


LEDGER_LIST = {
    **TOLD,
    "unit": None,
    "ledgers": [{"ledger": "unit", "name": {"zh": "单位台账", "en": "items of a unit"}, "total": 9, "overdue": 1}],
}

LEADERS = {
    **TOLD,
    "on": "2020-06-30",
    "leaders": [
        {
            "unit": "unit:430408-gov",
            "unit_name": "蒸湘区人民政府",
            "level": "county",
            "division": "430408",
            "role": "principal",
            "official": "official:430408-gov-head",
            "name": "周建国",
            "since": "2019-01-02",
        }
    ],
}

DUTIES = {
    **TOLD,
    "unit": "unit:430408-gov",
    "from": "2020-05-01",
    "to": "2020-06-30",
    "totals": {"owed": 2, "done": 1, "missed": 1, "running": 0, "not_owed": 0},
    "units": [
        {
            "unit": "unit:430408-gov",
            "unit_name": "蒸湘区人民政府",
            "duties": [
                {
                    "duty": "reception-county",
                    "rule": "D03",
                    "name": {"zh": "未按期接访", "en": "reception days below the quota"},
                    "article": "SEED 8",
                    "every": "month",
                    "times": 1,
                    "official": "official:430408-gov-head",
                    "official_name": "周建国",
                    "body": None,
                    "owed_by": "unit:430408-gov",
                    "owed": 2,
                    "done": 1,
                    "missed": 1,
                    "running": 0,
                    "not_owed": 0,
                    "periods": [
                        {
                            "period": "2020-05",
                            "first": "2020-05-01",
                            "last": "2020-05-31",
                            "state": "done",
                            "days": ["2020-05-06"],
                            "evidence": [131],
                            "finding": None,
                        },
                        {
                            "period": "2020-06",
                            "first": "2020-06-01",
                            "last": "2020-06-30",
                            "state": "missed",
                            "days": [],
                            "evidence": [],
                            "finding": "D03:duty:430408-gov:official:430408-gov-head:2020-06",
                        },
                    ],
                }
            ],
        }
    ],
    "next": None,
}

RECORD = {
    **TOLD,
    "official": "official:430408-gov-head",
    "name": "周建国",
    "from": "2019-08-01",
    "to": "2020-08-31",
    "offices": [
        {
            "unit": "unit:430408-gov",
            "unit_name": "蒸湘区人民政府",
            "role": "principal",
            "since": "2019-01-02",
            "until": None,
        }
    ],
    "work": {
        "duties": {"owed": 6, "done": 5, "missed": 1, "running": 0, "not_owed": 0},
        "receptions": {"count": 1, "entries": [f"duty:430408-gov#12:{NO}"], "days": 1, "items": 1},
    },
    "sponsorship": {"sponsored": 0, "open": 0, "all_five_kept": 0, "resolved": 0, "items": []},
    "occurrence": [
        {
            "unit": "unit:430408-gov",
            "unit_name": "蒸湘区人民政府",
            "role": "principal",
            "from": "2019-08-01",
            "to": "2020-08-31",
            "by": "place",
            "items": 2,
            "of": 40,
            "share": 0.05,
        }
    ],
    "resolution": [],
    "findings": {"states": {}, "proposed_to_answer": [], "decided": []},
}

THREE_NONE = {
    **TOLD,
    "unit": None,
    "from": "2019-08-01",
    "to": "2020-08-31",
    "indicators": {
        "collective_to_province": {"zh": "到省级以上集体访", "en": "collective visits to the province or above"}
    },
    "caution": {
        "zh": "须与认定和化解结果一并看，不作排名依据。",
        "en": "Read them beside findings and outcomes, never as a rank.",
    },
    "places": [
        {
            "place": "430408001",
            "name": "蒸湘街道",
            "level": "township",
            "indicators": {"collective_to_province": {"count": 1, "items": [NO]}},
            "three_none": False,
            "findings": {"A": 1, "B": 2},
            "outcomes": {"items": 14, "resolved": 11, "dissatisfied": 1, "late": 2},
        }
    ],
}

EVALUATION = {
    **TOLD,
    "unit": "unit:430408-gov",
    "unit_name": "蒸湘区人民政府",
    "period": "2020H1",
    "from": "2020-01-01",
    "to": "2020-06-30",
    "over": True,
    "lines": [
        {
            "indicator": "handling",
            "name": {"zh": "按期办结", "en": "answers in time"},
            "article": "SEED 18",
            "measure": "on_time_answer",
            "numerator": 3,
            "denominator": 4,
            "items": [NO],
            "points": 15.0,
            "of": 20,
            "explained": {
                "zh": "按期办结：3/4，满分20分按比率计，得15分。",
                "en": "answers in time: 3/4, points by the rate, 15 of 20 points.",
            },
        }
    ],
    "score": 15.0,
    "of": 20,
    "list_below": 60,
    "listing_proposed": True,
    "proposal": {
        "type": "evaluation.scored.v1",
        "subject": "evaluation:430408-gov:2020H1",
        "data": {"metrics": {"handling": "0.7500"}, "score": "15", "formula": "按期办结 15/20"},
    },
    "recorded": None,
    "findings": {"A": 1, "B": 2, "duties": 1},
    "outcomes": {"items": 4, "closed": 3, "resolved": 2, "dissatisfied": 1},
}
LEDGER = {
    **TOLD,
    "ledger": "dispute",
    "name": {"zh": "矛盾纠纷台账", "en": "disputes, struck off one by one (Art 14)"},
    "total": 1,
    "totals": {"open": 0, "cleared": 1, "became_petition": 0, "overdue": 0},
    "entries": [
        {
            "id": "dispute:430408001-1#1",
            "subject": "dispute:430408001-1",
            "state": "cleared",
            "unit": "unit:430408001-gov",
            "unit_name": "蒸湘街道办事处",
            "official": None,
            "official_name": None,
            "place": "430408001",
            "opened_on": "2020-05-08",
            "due_on": "2020-06-08",
            "ended_on": "2020-05-20",
            "overdue": False,
            "summary": "征地补偿分歧",
            "assigned_to": "unit:430408-zrj",
            "how": "达成协议",
            "petition": None,
            "evidence": [120, 124, 170],
        }
    ],
    "next": None,
}
