"""Questions and Intake over the small city, in the shapes of the contract; only tests use them."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from api.routes import record_told
from api.routes.ledgers_told import DUTIES, RECORD
from api.routes.previews import PREVIEW
from api.routes.public_told import PUBLIC
from infra.questions import news
from projections.ledgers.kinds import STATES
from tests.api.city import (
    CAUSED,
    CLERK,
    DEPUTY,
    DIVISIONS,
    HEAD,
    ITEMS,
    NAMES,
    NOW,
    REPEAT,
    UNITS,
    happened,
    plus,
)  # fmt: skip

OPEN = {"registered", "routed", "accepted", "answered"}
KPIS = (
    "timely_acceptance_bureau", "timely_acceptance_unit", "on_time_answer", "participation_bureau",
    "participation_unit", "satisfaction_bureau", "satisfaction_unit", "repeat_rate", "first_time_resolved",
)  # fmt: skip
PERIOD = {"unit": "unit:430400-gov", "from": "2020-01-01", "to": "2020-08-31"}
CLOCKS = (("K1", 0, 15, "R2005 21", "F01"), ("K2", 4, 15, "R2005 21", "F02"), ("K5", 8, 60, "R2005 33", "F04"))
GOV = "unit:430408-gov"


class FakeQuestions:
    """Answers from lists. `views` may be held back to play a read model that lags; `broken` is raised when asked."""

    def __init__(self) -> None:
        self.events = happened()
        self.views = len(self.events)
        self.broken: Exception | None = None

    def case(self, no: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        self._fail()
        item = next((i for i in ITEMS if i[0] == no), None)
        events = self._of(no, as_of)
        if item is None or not events:
            return None
        unit, done = f"unit:{item[6]}", {e["type"].split(".")[1] for e in events}
        state = next(s for s in ("closed", "answered", "accepted", "assigned", "registered") if s in done)
        clerk = unit.replace("unit", "official") + "-clerk"
        return self._told(as_of) | {
            "subject": f"petition:{no}", "state": "routed" if state == "assigned" else state, "unit": unit,
            "unit_name": NAMES[unit], "handler": clerk, "handler_name": CLERK, "matter": CAUSED if no == REPEAT else no,
            "first_handler": {"unit": unit, "official": clerk, "unit_name": NAMES[unit], "official_name": CLERK},
            "repeat_number": int(no == REPEAT), "collective": item[7] >= 5, "skip_level": False,
            "resolved": state == "closed", "desisted": False, "deadlines": self._deadlines(item, as_of),
        }  # fmt: skip

    def _deadlines(self, item: tuple[Any, ...], as_of: datetime | None) -> list[dict[str, Any]]:
        no, day, unit = item[0], item[1], f"unit:{item[6]}"
        met_after, made = {"K1": 4, "K2": 9, "K5": item[8]}, []
        for clock, start, days, article, _ in CLOCKS:
            due, owed = plus(day, start + days), f"unit:{no[:6]}-xfj" if clock == "K1" else unit
            met = plus(day, met_after[clock]) if met_after[clock] is not None else None
            met = met if met and met <= self._today(as_of) else None
            made.append({
                "clock": clock, "starts_on": plus(day, start), "strict_on": due, "due_on": due, "met_on": met,
                "missed": (met or self._today(as_of)) > due, "owed_by": owed, "owed_by_name": NAMES[owed],
                "article": article, "calendar": "2020", "not_counted": [],
            })  # fmt: skip
        return made

    def personal(self, no, noted, as_of=None) -> dict[str, Any] | None:
        noted()
        return self._told(as_of) | {"no": no, "personal": []} if self.case(no) else None

    def query_code(self, no, noted) -> dict[str, Any] | None:
        noted()
        return self._told(None) | {"no": no, "query_code": "7K3M-Q9TP-2XWB"} if self.case(no) else None

    def tries(self, no) -> float:
        return 0.0

    def public(self, no, code) -> dict[str, Any] | None:
        return PUBLIC | {"no": no} if code == "7K3M-Q9TP-2XWB" and self.case(no) else None

    def checkpoint(self) -> dict[str, Any] | None:
        return record_told.CHECKPOINT

    def proof(self, position: int) -> dict[str, Any] | None:
        return record_told.PROOF if position == 1 else None

    def timeline(self, subject: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        events = self._of(subject, as_of)
        return self._told(as_of) | {"subject": f"petition:{subject}", "events": events} if events else None

    def dossier(self, no: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        case = self.case(no, as_of)
        if case is None:
            return None
        events, bureau = self._of(no, as_of), f"unit:{no[:6]}-xfj"
        routed = next((e["time"] for e in events if "assigned" in e["type"]), None)
        custody = [{"unit": bureau, "official": None, "from": events[0]["time"], "until": routed, "why": "registered"}]
        if routed:
            held = {"unit": case["unit"], "official": case["handler"], "official_name": CLERK}
            custody.append({**held, "from": routed, "until": None, "why": "assigned"})
        caused = [
            {"unit": GOV, "ground": "A3", "decided_on": "2019-03-08", "officials": ["official:430408-gov-head"],
             "evidence": [e["position"]], "statement": "区政府常务会议未经听证即批准停车收费方案"}
            for e in events if "cause_found" in e["type"]
        ]  # fmt: skip
        answers = [f for f in self._findings(as_of) if f["subject"] == f"petition:{no}"]
        verified = {"checkpoint": None, "proofs": []}
        return self._told(as_of) | {"caused_by": caused, "answers": answers, "custody": custody, "verified": verified}

    def candidates(self, no: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        case, first = self.case(no, as_of), self._row(next(i for i in ITEMS if i[0] == CAUSED), as_of)
        if case is None or first is None:
            return None
        why = [{"sign": "title", "zh": "标题相近", "en": "the titles are alike"}]
        taken = {k: first[k] for k in ("no", "title", "state", "unit", "unit_name", "registered_on")}
        offered = {**taken, "basis": ["same_facts"], "likeness": 61, "shared_terms": ["停车"], "why": why, "emit": {}}
        told = {"no": no, "title": "", "judged": None, "alike": 40}
        rows = [offered | {"matter": CAUSED, "shared_petitioners": 0}] if no == REPEAT else []
        return self._told(as_of) | told | {"candidates": rows}

    def matter(self, no: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        case = self.case(no, as_of)
        if case is None:
            return None
        items = [i[0] for i in ITEMS if (c := self.case(i[0], as_of)) and c["matter"] == case["matter"]]
        return self._told(as_of) | {
            "first": case["matter"], "items": items, "repeats": len(items) - 1, "first_time_resolved": len(items) == 1,
"collective": int(case["collective"]), "skip_level": 0,
            "petitions": [self._row(i, as_of) for i in ITEMS if i[0] in items],
            "raised": [{"level": "city", "kind": "collective", "times": 1}] if len(items) > 1 else [],
        }  # fmt: skip

    def findings(
        self, as_of=None, *, unit=None, rule=None, subject=None, official=None, axis=None, state=None, limit=None,
        cursor=None, sort="id", **_,
    ):  # fmt: skip
        self._fail()
        wanted = {"unit": unit, "rule": rule, "subject": subject, "axis": axis, "state": state}
        rows = [f for f in self._findings(as_of) if all(v is None or f[k] == v for k, v in wanted.items())]
        rows = [f for f in rows if official is None or any(a["official"] == official for a in f["answers"])]
        page, following = _page(rows, limit, cursor)
        return self._told(as_of) | {"findings": page, "total": len(rows), "next": following}

    def duties(self, unit, from_, to, *, as_of=None, **asked):
        return DUTIES | self._told(as_of) | {"unit": unit, "from": str(from_), "to": str(to)}

    def duty_gaps(self, unit, from_, to, *, as_of=None, **asked):
        return self._told(as_of) | {"unit": unit, "totals": DUTIES["totals"], "gaps": [], "next": None}

    def leaders(self, as_of=None):
        row = {"unit": "unit:430408-gov", "unit_name": "蒸湘区人民政府", "level": "county", "division": "430408"}
        held = {"official": "official:430408-gov-head", "name": HEAD, "since": "2019-01-02"}
        return self._told(as_of) | {"on": self._today(as_of), "leaders": [row | {"role": "principal"} | held]}

    def record(self, official, from_=None, to=None, as_of=None):
        return RECORD | self._told(as_of) | {"official": official} if official != "official:none" else None

    def rules(self, on=None, as_of=None):
        lists = ("sets", "clocks", "duties", "indicators", "parameters", "switches", "warnings", "findings", "adopted")
        return self._told(as_of) | {"on": self._today(as_of), "articles": {}} | {name: [] for name in lists}

    def seals(self):
        return self._told(None) | {"checkpoints": [], "total": 0, "keys": [], "agrees": None, "problem": None}

    def three_none(self, unit=None, from_=None, to=None, as_of=None):
        told = {"unit": unit, "from": str(from_), "to": str(to), "indicators": {}, "caution": {}, "places": []}
        return self._told(as_of) | told if unit is None else None

    def evaluation(self, unit, period, as_of=None, *, items=True):
        return self._told(as_of) | {"unit": unit, "period": period.name, "lines": []} if unit != "unit:none" else None

    def ledger(self, kind, *, unit=None, state=None, as_of=None, **_):
        totals = dict.fromkeys((*STATES[kind], "overdue"), 0)
        told = {"ledger": kind, "total": 0, "totals": totals, "entries": [], "names": {}, "next": None}
        return self._told(as_of) | told if unit != "unit:none" else None

    def ledgers(self, unit=None, as_of=None):
        return self._told(as_of) | {"unit": unit, "ledgers": []} if unit != "unit:none" else None

    def _findings(self, as_of: datetime | None) -> list[dict[str, Any]]:
        made = []
        for item in ITEMS:
            case = self.case(item[0], as_of)
            for due in case["deadlines"] if case else []:
                if due["missed"]:
                    end = date.fromisoformat(due["met_on"] or self._today(as_of))
                    late = (end - date.fromisoformat(due["due_on"])).days
                    rule = next(rule for clock, *_, rule in CLOCKS if clock == due["clock"])
                    made.append(_finding(rule, item[0], due["clock"], due["owed_by"], plus(due["due_on"], 1), late))
        if any("cause_found" in e["type"] for e in self._seen(as_of)):
            made.append(_finding("F21", CAUSED, GOV, GOV, "2020-06-20", 0))
            made.append(_finding("F23", CAUSED, "", "unit:430408-zjj", "2020-07-06", 0))
        evidence = {f["id"]: [e["position"] for e in self._of(f["subject"][9:], as_of)][-3:] for f in made}
        found = [{**f, "evidence": evidence[f["id"]]} for f in made]
        return sorted(found, key=lambda f: f["since"], reverse=True)

    def finding(self, id: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        found = next((f for f in self._findings(as_of) if f["id"] == id), None)
        if found is None:
            return None
        decided = {"position": 30, "type": "finding.decided.v1", "on": "2020-07-20", "actor": "official:jw-1",
                   "official": "official:430408-gov-head", "official_name": HEAD, "actor_name": None,
                   "responsibility": "main_leadership", "measure": "admonish", "reason": "违反法定程序"}  # fmt: skip
        roles = [{"official": "official:430408-gov-head", "name": HEAD, "role": "principal", "since": "2019-01-02"}]
        said = {"zh": "登记", "en": "registered"}
        return self._told(as_of) | found | {
            "text": {"zh": "规则", "en": "The rule"}, "appealed": False, "steps": [decided], "decisions": [decided],
            "law": [{"article": "SEED 19", "ruleset": "hengyang-2020", "title": "责任追究", "text": "谁引发、谁担责"}],
            "events": [{**self.events[at - 1], "sentence": said} for at in found["evidence"]], "history": [],
            "officials": {"on": found["since"], "roles": roles},
        }  # fmt: skip

    def explain(self, id: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        if id not in {f["id"] for f in self._findings(as_of)} | {
            f"petition:{i[0]}:{c[0]}" for i in ITEMS for c in CLOCKS
        }:
            return None
        zh = [
            "2020年4月18日受理，首日不计。",
            "依《信访条例》第三十三条，应自受理之日起60日内办结。",
            "第60日为2020年6月17日，是工作日，不顺延。",
        ]
        en = ["Accepted on 18 April 2020; the first day is not counted.", "R2005 33: 60 days after acceptance."]
        return self._told(as_of) | {"id": id, "zh": zh, "en": en}

    def kpi(self, unit: str, from_: date, to: date, as_of: datetime | None = None) -> dict[str, Any]:
        return self._told(as_of) | {"formula_version": "1", "kpis": _kpis()}

    rates = kpi

    def rate_items(self, unit, from_, to, rate, side, *, limit=500, cursor=None, as_of=None):
        items = _kpis()[rate].get(f"{side}_items", [])
        return self._told(as_of) | {"unit": unit, "rate": rate, "side": side, "items": items, "next": None}

    def counters(self, *, by, unit=None, from_=None, to=None, as_of=None):
        keys = {"category": lambda i: i[5], "channel": lambda i: i[3], "unit": lambda i: f"unit:{i[6]}",
                "place": lambda i: i[0][:6], "county": lambda i: i[0][:6], "month": lambda i: i[1][:7]}  # fmt: skip
        names = {v: k for k, v in DIVISIONS.items()} | NAMES
        rest = {"first_time": 1, "repeat": 0, "skip_level": 0, "collective": 1, "beyond": 0, "collective_above": 0}
        rest |= {"to_city": 1, "to_province": 0, "to_nation": 0, "irregular": 0}
        counted = Counter(map(keys[by], ITEMS))
        rows = [{"key": k, "name": names.get(k), "registrations": n, **rest} for k, n in counted.items()]
        return self._told(as_of) | {"by": by, "rows": rows}

    def coming(self, as_of=None):
        on = self._today(as_of)
        return self._told(as_of) | {"on": on, "until": on, "missed": 2, "today": 0, "week": 0}

    def due(self, unit=None, handler=None, limit=200, cursor=None, as_of=None, *, span=None, sort="due_on"):
        rows = [row for item in ITEMS if self.case(item[0], as_of) for row in self._running(item, as_of)]
        rows = [row for row in rows if unit in (None, row["owed_by"]) and handler in (None, row["handler"])]
        page, following = _page(rows, limit, cursor)
        told = {"on": self._today(as_of), "unit": unit, "handler": handler, "warning_steps": [50, 75, 90]}
        groups = [
            {"unit": u, "unit_name": NAMES[u], "handler": None, "handler_name": None, "open": n, "missed": n,
             "warnings": {"50": 0, "75": 0, "90": 0}, "next_due_on": rows[0]["due_on"]}
            for u, n in Counter(row["owed_by"] for row in rows).items()
        ]  # fmt: skip
        told |= {"total": len(rows), "missed": len(rows), "groups": groups, "due": page, "next": following}
        return self._told(as_of) | told

    def _running(self, item: tuple[Any, ...], as_of: datetime | None) -> list[dict[str, Any]]:
        today = date.fromisoformat(self._today(as_of))
        return [
            {"no": item[0], "title": item[2], "handler": None, "handler_name": None, "used_days": 71, "percent": 118,
             "total_days": 60, "counted_in": "calendar", "warning": 90, "missed": due["missed"],
             "days_left": (date.fromisoformat(due["due_on"]) - today).days, **due}
            for due in self._deadlines(item, as_of)
            if due["met_on"] is None
        ]  # fmt: skip

    def search(self, q="", *, unit=None, state=None, category=None, place=None, channel=None, late=None, limit=50,
               cursor=None, as_of=None, **_):  # fmt: skip
        self._fail()
        rows = [row for item in ITEMS if (row := self._row(item, as_of))]
        wanted = {"unit": unit, "category": category, "place": place, "channel": channel, "late": late}
        rows = [r for r in rows if all(v is None or r[k] == v for k, v in wanted.items()) and q in r["title"] + r["no"]]
        states = {"open": OPEN, "resolved": {"closed"}}.get(state, {state})
        rows = [r for r in rows if not state or r["state"] in states]
        page, following = _page(rows, limit, cursor)
        return self._told(as_of) | {"total": len(rows), "petitions": page, "next": following}

    def items(self, nos, as_of=None):
        self._fail()
        rows = [row for item in ITEMS if item[0] in nos and (row := self._row(item, as_of))]
        return self._told(as_of) | {"total": len(rows), "petitions": rows, "next": None}

    def _row(self, item: tuple[Any, ...], as_of: datetime | None) -> dict[str, Any] | None:
        case = self.case(item[0], as_of)
        if case is None:
            return None
        taken = {k: case[k] for k in ("state", "unit", "unit_name", "repeat_number", "collective")}
        return taken | {
            "no": item[0], "title": item[2], "registered_on": item[1], "channel": item[3], "purpose": item[4],
            "category": item[5], "place": item[0][:6], "persons": item[7], "due_on": case["deadlines"][2]["due_on"],
            "late": any(d["missed"] for d in case["deadlines"]),
        }  # fmt: skip

    def stands(self, unit: str, as_of: datetime | None = None) -> bool:
        return unit in NAMES

    def units(self, as_of: datetime | None = None) -> dict[str, Any]:
        findings, held = Counter(f["unit"] for f in self._findings(as_of)), Counter(i[6] for i in ITEMS)
        units = [
            {"unit": f"unit:{code}", "name": name, "level": level, "kind": kind, "division": division,
             "parent": parent and f"unit:{parent}", "open": held[code], "findings": findings[f"unit:{code}"]}
            for code, name, level, kind, division, parent in UNITS
        ]  # fmt: skip
        return self._told(as_of) | {"units": units}

    def scoreboard(self, unit: str, as_of: datetime | None = None) -> dict[str, Any] | None:
        units = self.units(as_of)["units"]
        row = next((u for u in units if u["unit"] == unit), None)
        if row is None:
            return None
        holder = unit.replace("unit", "official")
        people = [
            ("head", HEAD, "principal"),
            ("deputy", DEPUTY, "deputy_in_charge"),
            ("clerk", CLERK, "petition_clerk"),
        ]
        rules = Counter(f["rule"] for f in self._findings(as_of) if f["unit"] == unit)
        return self._told(as_of) | row | {
            "children": [u["unit"] for u in units if u["parent"] == unit], "late": 1, "closed": 2, "registered": 5,
            "officials": [{"official": f"{holder}-{w}", "name": n, "role": r, "since": "2019-01-02"}
                          for w, n, r in people],
            "findings_by_rule": [{"rule": r, "count": n} for r, n in rules.items()],
            "due_soon": self.overview(as_of)["due"][:2], "kpis": _rates(), "kpi_period": PERIOD | {"unit": unit},
        }  # fmt: skip

    def sums(self, unit: str | None = None) -> dict[str, Any] | None:
        board = self.overview() if unit is None else self.scoreboard(unit)
        return board and news.sums(board)

    def overview(self, as_of: datetime | None = None) -> dict[str, Any]:
        self._fail()
        rows, findings = self.search(limit=999, as_of=as_of)["petitions"], self._findings(as_of)
        began, since = Counter(r["registered_on"][:7] for r in rows), Counter(f["since"][:7] for f in findings)
        due = [r for r in rows if r["state"] in OPEN and not r["late"]]
        taken = ("no", "title", "unit", "unit_name", "due_on")
        return self._told(as_of) | {
            "totals": {"items": len(rows), "open": sum(r["state"] in OPEN for r in rows), "findings": len(findings),
                       "late": sum(r["late"] for r in rows), "resolved": sum(r["state"] == "closed" for r in rows)},
            "months": [{"month": m, "registered": began[m] * 40 + 31, "closed": began[m] * 30 + 22,
                        "findings": since[m] * 9 + 3} for m in (f"2020-{m:02}" for m in range(1, 9))],
            "categories": [{"key": k, "count": n} for k, n in Counter(r["category"] for r in rows).most_common()],
            "counties": [{"division": code, "name": name, "registered": 40 + 37 * n % 90, "open": 7 * n % 23,
                          "late": n % 4, "findings": n % 5}
                         for n, (name, code) in enumerate(DIVISIONS.items())],
            "rules": [{"rule": r, "count": n} for r, n in Counter(f["rule"] for f in findings).most_common()],
            "units": [{"unit": u, "name": NAMES[u], "findings": n}
                      for u, n in Counter(f["unit"] for f in findings).most_common()],
            "due": [{"clock": "K5", **{k: r[k] for k in taken}} for r in due], "kpis": _rates(), "kpi_period": PERIOD,
        }  # fmt: skip

    def preview(self, ruleset: str | dict[str, Any], from_: date | None = None) -> Any:
        self._fail()
        if "supervise_dayz" in str(ruleset):
            return [("parameters.supervise_dayz", "no step asks for it")]
        return {**PREVIEW, "adopted_from": from_.isoformat() if from_ else "2031-01-01"}

    def diff(self, a, b, **asked):
        told = self._told(a), self._told(b)
        return told[1] | {
            "from": told[0],
            "to": told[1],
            "events": 0,
            "findings": {},
            "deadlines": [],
            "rates": None,
            "next": None,
        }

    def log(self, after: int | None = None, limit: int = 100, as_of: datetime | None = None, sort="position"):
        page = self._seen(as_of)[after or 0 : (after or 0) + limit]
        return self._told(as_of) | {"events": page, "next": page[-1]["position"] if page else None}

    def health(self) -> dict[str, Any]:
        self._fail()
        behind = len(self.events) - self.views
        return {"ok": True, "position": len(self.events), "views_position": self.views, "behind": behind}

    def _seen(self, as_of: datetime | None) -> list[dict[str, Any]]:
        return [e for e in self.events if as_of is None or datetime.fromisoformat(e["recorded"]) <= as_of]

    def _of(self, no: str, as_of: datetime | None) -> list[dict[str, Any]]:
        return [e for e in self._seen(as_of) if e["subject"] == f"petition:{no}"]

    def _told(self, as_of: datetime | None) -> dict[str, Any]:
        said = as_of.isoformat() if as_of else NOW
        return {"as_of": said, "at": said, "position": len(self._seen(as_of)), "behind": 0}

    def _today(self, as_of: datetime | None) -> str:
        return str(as_of.date()) if as_of else NOW[:10]

    def _fail(self) -> None:
        if self.broken:
            raise self.broken


def _finding(rule: str, no: str, detail: str, unit: str, since: str, late: int) -> dict[str, Any]:
    holder, caused = unit.replace("unit", "official"), rule == "F21"
    direct = [("clerk", "petition_clerk", "direct", CLERK), ("deputy", "deputy_in_charge", "leadership", DEPUTY)]
    shared = [
        ("head", "principal", "main_leadership", HEAD), ("deputy", "deputy_in_charge", "main_leadership", DEPUTY),
        ("m1", "member", "important_leadership", "钱学文"), ("m2", "member", "none", "吴敏"),
    ]  # fmt: skip
    answers: list[dict[str, Any]] = [
        {"official": f"{holder}-{who}", "role": role, "responsibility": responsibility, "name": name}
        for who, role, responsibility, name in (shared if caused else direct)
    ]
    if not caused:
        answers.append({"official": None, "role": "principal", "responsibility": "leadership"})
    said = "区政府2019年3月8日的集体决定违反法定程序" if caused else f"{NAMES[unit]}自{since}起逾期，共{late}天"
    found = {
        "id": ":".join(filter(None, (rule, "petition", no, detail))), "rule": rule, "subject": f"petition:{no}",
        "unit": unit, "unit_name": NAMES[unit], "axis": "A" if caused else "B", "ground": "A3" if caused else "B3",
        "since": since, "state": "proposed", "answers": answers,
        "explained": {"zh": said, "en": f"Owed by {unit}, in breach from {since}"},
    }  # fmt: skip
    return found | ({"late_by_days": late} if late else {})


def _kpis() -> dict[str, Any]:
    items = [i[0] for i in ITEMS]
    made = {}
    for n, name in enumerate(KPIS):
        share = items[n % 4 if n < 7 else n + 1 :]
        rate = len(share) / len(items)
        made[name] = {"numerator": len(share), "denominator": len(items), "rate": rate}
        made[name] |= {"numerator_items": share, "denominator_items": items}
    return made


def _rates() -> dict[str, Any]:
    return {name: {said: kpi[said] for said in ("numerator", "denominator", "rate")} for name, kpi in _kpis().items()}


def _page(rows: list[Any], limit: int | None, cursor: str | None) -> tuple[list[Any], str | None]:
    start = int(cursor) if cursor else 0
    stop = start + (limit or len(rows))
    return rows[start:stop], str(stop) if stop < len(rows) else None


class FakeIntake:
    """Takes what is JSON and has a subject; remembers ids."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def take(self, lines: Sequence[bytes]) -> list[dict[str, Any]]:
        return [self._one(line) for line in lines]

    def rate(self, no: str, target: str, score: str, reason: str | None = None) -> dict[str, Any]:
        return {"outcome": "recorded", "position": 1}

    def _one(self, line: bytes) -> dict[str, Any]:
        try:
            action = json.loads(line)
        except ValueError:
            return {"outcome": "rejected", "rejection": {"code": "malformed", "message": "not JSON", "path": ""}}
        if "subject" not in action:
            return {
                "outcome": "rejected",
                "rejection": {"code": "missing-field", "message": "subject", "path": "subject"},
            }
        outcome = "duplicate" if action["id"] in self.known else "recorded"
        return {"outcome": outcome, "position": self.known.setdefault(action["id"], 100 + len(self.known))}
