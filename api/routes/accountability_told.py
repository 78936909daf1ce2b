"""Shapes and examples of findings, and of how units do."""

from typing import Any, NotRequired, TypedDict

from api.routes.figures_told import Rate
from api.routes.told import NO, TOLD, Told


class Responsible(TypedDict):
    """Who answers; a vacant role has no official."""

    official: str | None
    role: str
    responsibility: str


class Finding(TypedDict):
    """A rule that tripped. The software proposes; a named human decides."""

    id: str
    rule: str
    subject: str
    unit: str
    axis: str | None
    ground: str | None
    since: str
    state: str
    late_by_days: NotRequired[int]
    answers: list[Responsible]
    evidence: list[int]
    explained: dict[str, Any]


class Step(TypedDict):
    """What a human did with a finding."""

    position: int
    type: str
    on: str
    actor: str
    unit: NotRequired[str]
    official: NotRequired[str]
    responsibility: NotRequired[str]
    measure: NotRequired[str]
    outcome: NotRequired[str]
    reason: NotRequired[str]


class FindingWhole(Told):
    """A finding on one page: the rule, the evidence, the officials of that day, what humans did, what was before."""

    id: str
    rule: str
    subject: str
    unit: str
    axis: str | None
    ground: str | None
    since: str
    until: NotRequired[str]
    state: str
    appealed: bool
    cleared_at: NotRequired[int]
    late_by_days: NotRequired[int]
    answers: list[Responsible]
    evidence: list[int]
    explained: dict[str, Any]
    text: dict[str, str]
    law: list[dict[str, str]]
    events: list[dict[str, Any]]
    officials: dict[str, Any]
    steps: list[Step]
    decisions: list[Step]
    history: list[dict[str, Any]]


class FindingList(Told):
    """Findings that match; ask again with cursor = next for more."""

    findings: list[Finding]
    total: int
    next: str | None


class Explained(Told):
    """Sentences in Chinese and English."""

    id: str
    zh: list[str]
    en: list[str]


class Units(Told):
    """Units that stand at the time asked about."""

    units: list[dict[str, Any]]


class Scoreboard(Told):
    """How one unit does."""

    unit: str
    name: str
    officials: list[dict[str, Any]]
    duties: dict[str, int]
    supervision: dict[str, int]
    sponsorship: dict[str, int]
    disputes: dict[str, int]
    open: int
    late: int
    kpi_period: dict[str, str | None]
    """Of these rates; /v1/kpis of the same names the items behind them."""
    kpis: dict[str, Rate]


FINDING = {
    "id": f"F04:petition:{NO}:K5",
    "rule": "F04",
    "subject": f"petition:{NO}",
    "unit": "unit:430408-zjj",
    "axis": "B",
    "ground": "B3",
    "since": "2020-06-25",
    "state": "proposed",
    "late_by_days": 9,
    "evidence": [31, 40],
    "answers": [{"official": "official:430408-zjj-clerk", "role": "handler", "responsibility": "direct"}],
    "explained": {"zh": "应于6月24日前答复，7月3日答复", "en": "Due on 24 June, answered on 3 July"},
}
FINDING_WHOLE = {
    **TOLD,
    **FINDING,
    "state": "decided",
    "appealed": False,
    "until": "2020-07-03",
    "text": {
        "zh": "未在60日内（经延期的在延长期内；简易办理10个工作日内）答复。",
        "en": "Not answered within 60 days.",
    },
    "law": [{"article": "R2005 33", "ruleset": "cn-2005"}],
    "events": [
        {
            "position": 40,
            "type": "petition.answered.v1",
            "subject": f"petition:{NO}",
            "time": "2020-07-03T09:00:00+08:00",
            "actor": "official:430408-zjj-clerk",
            "unit": "unit:430408-zjj",
            "sentence": {"zh": "区住建局作出处理意见：explained", "en": "区住建局 answered: explained"},
        }
    ],
    "officials": {
        "on": "2020-06-25",
        "roles": [
            {"official": "official:430408-zjj-head", "name": "周建国", "role": "principal", "since": "2019-01-02"}
        ],
    },
    "steps": [
        {"position": 44, "type": "finding.opened.v1", "on": "2020-07-06", "actor": "official:430400-jw-1"},
        {
            "position": 51,
            "type": "finding.decided.v1",
            "on": "2020-07-20",
            "actor": "official:430400-jw-1",
            "official": "official:430408-zjj-clerk",
            "responsibility": "direct",
            "measure": "admonish",
            "reason": "逾期9日",
        },
    ],
    "decisions": [
        {
            "position": 51,
            "type": "finding.decided.v1",
            "on": "2020-07-20",
            "actor": "official:430400-jw-1",
            "official": "official:430408-zjj-clerk",
            "responsibility": "direct",
            "measure": "admonish",
            "reason": "逾期9日",
        }
    ],
    "history": [],
}
FINDINGS = {**TOLD, "findings": [FINDING], "total": 1, "next": None}
EXPLAINED = {**TOLD, "id": f"F04:petition:{NO}:K5", "zh": ["自受理次日起算第60日"], "en": ["Day 60 after acceptance"]}
UNITS = {
    **TOLD,
    "units": [
        {
            "unit": "unit:430408-zjj",
            "name": "区住建局",
            "level": "county",
            "kind": "department",
            "division": "430408",
            "parent": "unit:430408-gov",
            "open": 1,
            "findings": 1,
        }
    ],
}
SCOREBOARD = {
    **TOLD,
    "unit": "unit:430408-zjj",
    "name": "区住建局",
    "level": "county",
    "kind": "department",
    "parent": "unit:430408-gov",
    "children": [],
    "officials": [],
    "duties": {"owed": 12, "done": 11, "missed": 1, "running": 0, "not_owed": 0},
    "supervision": {"open": 1, "answered": 0, "closed": 2, "overdue": 0},
    "sponsorship": {"open": 0, "ended": 0, "overdue": 0},
    "disputes": {"open": 0, "cleared": 3, "became_petition": 1, "overdue": 0},
    "open": 1,
    "late": 1,
    "registered": 2,
    "closed": 1,
    "findings_by_rule": [{"rule": "F04", "count": 1}],
    "due_soon": [],
    "kpi_period": {"unit": "unit:430408-zjj", "from": "2019-06-01", "to": "2020-06-30"},
    "kpis": {"on_time_answer": {"numerator": 1, "denominator": 2, "rate": 0.5}},
}
