"""What a preview looks like: its shape, and an example."""

from typing import Any, NotRequired, TypedDict

from api.routes.told import TOLD, Told


class Difference(TypedDict):
    """What two laws say differently: `clocks.K5.days`, 60 and 45, under the article."""

    what: str
    before: NotRequired[Any]
    after: NotRequired[Any]
    article: NotRequired[str]


class Moved(TypedDict):
    """A limit that would end on another day; null where one of the two laws does not know it."""

    subject: str
    clock: str
    starts_on: str
    to: str | None
    owed_by: str
    owed_by_name: str
    open: bool
    why: list[Difference]


class WouldBe(TypedDict):
    """Findings that would appear, vanish or change, each with `why`, the last with `changed`."""

    appear: list[dict[str, Any]]
    vanish: list[dict[str, Any]]
    change: list[dict[str, Any]]


class Preview(Told):
    """What would come out otherwise under a rule set. Nothing is changed."""

    adopted_from: str
    supposed_since: str | None
    note: dict[str, str]
    differences: list[Difference]
    findings: WouldBe
    counts: dict[str, dict[str, Any]]
    deadlines: list[Moved]
    refused: list[dict[str, Any]]
    absences: dict[str, int]


RULESET = {
    "name": "hengyang-2031",
    "zh": "衡阳（2031）",
    "en": "Hengyang (2031)",
    "from": "2031-01-01",
    "overlay": True,
    "parameters": {"supervise_days": 3},
}
RULESET_TOML = (
    'name = "hengyang-2031"\nzh = "衡阳（2031）"\nen = "Hengyang (2031)"\nfrom = 2031-01-01\noverlay = true\n'
    "[parameters]\nsupervise_days = 3\n"
)
WHY = {"what": "parameters.supervise_days", "before": 5, "after": 3}
PREVIEW = {
    **TOLD,
    "adopted_from": "2031-01-01",
    "supposed_since": None,
    "note": {"zh": "已作出的判断不变。", "en": "What was decided stays decided."},
    "differences": [WHY],
    "findings": {"appear": [], "vanish": [], "change": []},
    "counts": {"by_rule": {}, "by_unit": {}, "deadlines_by_unit": {"unit:430408-xfj": 1}},
    "deadlines": [
        {
            "subject": "petition:430408-2020-000002",
            "clock": "S1",
            "starts_on": "2020-07-28",
            "from": "2020-08-03",
            "to": "2020-07-30",
            "owed_by": "unit:430408-xfj",
            "owed_by_name": "蒸湘区信访局",
            "open": True,
            "why": [WHY],
        }
    ],
    "refused": [],
    "absences": {"on_record": 12, "what_if": 12},
}
