"""The examples that OpenAPI shows, all of one invented item."""

from __future__ import annotations

from typing import Any

NO = "430408-2020-000002"
LAST = "2020-08-31T17:48:02.113000+08:00"
TOLD: dict[str, Any] = {"as_of": LAST, "at": LAST, "position": 412, "behind": 0}
ACTION: dict[str, Any] = {
    "specversion": "1.0",
    "id": "window-3/2020-04-10/000017",
    "source": "/430408/reception-centre/window-3",
    "type": "petition.registered.v1",
    "subject": f"petition:{NO}",
    "time": "2020-04-10T09:12:00+08:00",
    "actor": "official:430408-xfj-clerk",
    "unit": "unit:430408-xfj",
    "data": {
        "channel": "visit",
        "purpose": "settlement",
        "category": "城乡建设",
        "place": "430408",
        "persons": 1,
        "petitioners": ["person:9f3a"],
        "title": "小区停车收费",
    },
}
TAKEN: dict[str, Any] = {
    "results": [
        {"outcome": "recorded", "position": 413},
        {"outcome": "duplicate", "position": 17},
        {
            "outcome": "rejected",
            "rejection": {"code": "missing-field", "message": "place is missing", "path": "data.place"},
        },
    ],
    "recorded": 1,
    "duplicate": 1,
    "rejected": 1,
}
PETITIONS = {
    **TOLD,
    "total": 1,
    "next": None,
    "petitions": [
        {
            "no": NO,
            "title": "小区停车收费",
            "state": "answered",
            "unit": "unit:430408-zjj",
            "unit_name": "区住建局",
            "registered_on": "2020-04-10",
            "channel": "visit",
            "purpose": "settlement",
            "category": "城乡建设",
            "place": "430408",
            "persons": 1,
            "repeat_number": 1,
            "collective": False,
            "due_on": "2020-06-24",
            "late": True,
        }
    ],
}
DEADLINE = {
    "clock": "K5",
    "starts_on": "2020-04-25",
    "strict_on": "2020-06-24",
    "due_on": "2020-06-24",
    "met_on": "2020-07-03",
    "missed": True,
    "owed_by": "unit:430408-zjj",
    "article": "R2005 33",
    "calendar": "cn-2020.1",
    "not_counted": [],
}
CASE = {
    **TOLD,
    "subject": f"petition:{NO}",
    "state": "answered",
    "unit": "unit:430408-zjj",
    "handler": "official:430408-zjj-clerk",
    "first_handler": {"unit": "unit:430408-zjj", "official": "official:430408-zjj-clerk"},
    "matter": NO,
    "repeat_number": 1,
    "collective": False,
    "skip_level": False,
    "deadlines": [DEADLINE],
}
EVENT = {
    "position": 17,
    "type": "petition.registered.v1",
    "time": "2020-04-10T09:12:00+08:00",
    "recorded": "2020-04-10T09:12:03+08:00",
    "actor": "official:430408-xfj-clerk",
    "unit": "unit:430408-xfj",
    "data": {"channel": "visit"},
    "decided": {},
}
TIMELINE = {**TOLD, "subject": f"petition:{NO}", "events": [{**EVENT, "sentence": {"zh": "登记", "en": "Registered"}}]}
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
DOSSIER = {
    **TOLD,
    "caused_by": [],
    "answers": [FINDING],
    "custody": [{"unit": "unit:430408-zjj", "official": None, "from": "2020-04-20", "until": None, "why": "assigned"}],
    "verified": {"checkpoint": None, "proofs": []},
}
MATTER = {
    **TOLD,
    "first": NO,
    "items": [NO],
    "repeats": 0,
    "first_time_resolved": True,
    "collective": False,
    "skip_level": 0,
    "raised": [{"level": "city", "kind": "individual", "times": 1}],
}
EXPLAINED = {**TOLD, "id": f"F04:petition:{NO}:K5", "zh": ["自受理次日起算第60日"], "en": ["Day 60 after acceptance"]}
KPIS = {
    **TOLD,
    "formula_version": "1",
    "kpis": {
        "on_time_answer": {
            "numerator": 1,
            "denominator": 2,
            "rate": 0.5,
            "numerator_items": ["430408-2020-000001"],
            "denominator_items": ["430408-2020-000001", NO],
            "parts": {
                "on_time": {"count": 1, "items": ["430408-2020-000001"]},
                "late": {"count": 1, "items": [NO]},
                "not_due_open": {"count": 0, "items": []},
                "overdue_open": {"count": 0, "items": []},
            },
        }
    },
    "averages": {
        "answer": {
            "items": ["430408-2020-000001", NO],
            "calendar": {"numerator": 124, "denominator": 2, "mean": 62.0},
            "working": {"numerator": 85, "denominator": 2, "mean": 42.5},
        }
    },
    "not_computed": [{"name": "publicity_rate", "zh": "公开回复率：没有事实", "en": "No fact says so"}],
}
COUNTERS = {
    **TOLD,
    "by": "channel",
    "rows": [
        {
            "key": "visit",
            "name": "来访",
            "registrations": 2,
            "first_time": 1,
            "repeat": 1,
            "skip_level": 0,
            "collective": 0,
            "to_city": 1,
            "to_province": 0,
            "to_nation": 0,
            "beyond": 0,
            "collective_above": 0,
            "irregular": 0,
        }
    ],
}
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
OVERVIEW = {
    **TOLD,
    "totals": {"items": 2, "open": 1, "late": 1, "findings": 1, "resolved": 1},
    "months": [{"month": "2020-04", "registered": 2, "closed": 1, "findings": 1}],
    "categories": [],
    "counties": [],
    "rules": [],
    "units": [],
    "due": [],
    "kpi_period": {"unit": "unit:430400-gov", "from": "2019-06-01", "to": "2020-06-30"},
    "kpis": {"on_time_answer": {"numerator": 1, "denominator": 2, "rate": 0.5}},
}
LOG = {**TOLD, "events": [EVENT], "next": 412}
NOTE = """\
example.org/hengyang
1
lcyGNz0GGrRP7rRr9IWBH3N9mIy5n8yLMzhG7oEBlXQ=

— example.org/hengyang 8RAuojDVnH+Sv/aT8cbCUNWS+x99tYDmFy7FR8JwgA1RU3vg48Gkot/Jmd/aTJ5zM3lciQS9CmYxce8yPTOduivLjwY=
"""
KEY = "example.org/hengyang+f1102ea2+AWmw51Ii8lmHXtfU0d7TGavZYjvHEUFAiFD0G5NE24xW"
CHECKPOINT = {
    "origin": "example.org/hengyang", "size": 1, "root": "lcyGNz0GGrRP7rRr9IWBH3N9mIy5n8yLMzhG7oEBlXQ=", "note": NOTE,
    "keys": [KEY],
}  # fmt: skip
PROOF = {
    "form": "danze proof 1", "position": 1, "type": "unit.established.v1", "event": "e30=", "proof": [],
    "checkpoint": NOTE, "keys": f"{KEY}\n",
}  # fmt: skip
HEALTH = {"ok": True, "position": 412, "views_position": 412, "behind": 0}
