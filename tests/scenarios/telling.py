"""What a scenario is made of: units, days, steps, and what must come of them."""

import json
from itertools import count
from pathlib import Path

HERE = Path(__file__).resolve().parent
CITY, CITY_BUREAU, SCHOOLS = "unit:430400-gov", "unit:430400-xfj", "unit:430400-jyj"
COUNTY, BUREAU, HOUSING = "unit:430408-gov", "unit:430408-xfj", "unit:430408-zjj"
LABOUR, LAND, TOWN = "unit:430408-rsj", "unit:430408-zrj", "unit:430408001-gov"
UNITS = {
    CITY: ("市人民政府", "city", "government", None), CITY_BUREAU: ("市信访局", "city", "bureau", CITY),
    SCHOOLS: ("市教育局", "city", "department", CITY), COUNTY: ("蒸湘区人民政府", "county", "government", CITY),
    BUREAU: ("蒸湘区信访局", "county", "bureau", COUNTY), HOUSING: ("蒸湘区住建局", "county", "department", COUNTY),
    LABOUR: ("蒸湘区人社局", "county", "department", COUNTY),
    LAND: ("蒸湘区自然资源局", "county", "department", COUNTY),
    TOWN: ("蒸湘街道办事处", "township", "township", COUNTY),
}  # fmt: skip
PARTY = "unit:430400-party"
ROLES = {"head": "principal", "deputy": "deputy_in_charge", "clerk": "petition_clerk"}
NO = "430408-2020-000001"
AGAIN = "430408-2020-000002"


def who(unit: str, role: str) -> str:
    return f"official:{unit.removeprefix('unit:')}-{role}"


class Scenario:
    """Actions in the order in which they are recorded, and what must come of them."""

    def __init__(self, name: str, about: str, now: str, articles: tuple[int, ...] = ()) -> None:
        """`articles` are those of the opinion that it proves."""
        self.name, self.actions = name, []
        self.expect = {"about": about, "articles": list(articles), "now": now, "emit": {}}
        self._numbers = count(1)
        for unit, (title, level, kind, parent) in UNITS.items():
            data = {"name": title, "level": level, "kind": kind, "division": unit[5:].partition("-")[0]}
            self.unit("2019-01-02", unit, "established", **data, **({"parent": parent} if parent else {}))
            for role, meaning in ROLES.items():
                self.unit(
                    "2019-01-02", unit, "role_given", official=who(unit, role), role=meaning, name=title[:2] + role
                )

    def unit(self, day: str, unit: str, what: str, **data) -> None:
        self._act(f"unit.{what}.v1", unit, day, unit, None, data)

    def duty(self, day: str, unit: str, what: str, *, entered: str | None = None, **data) -> None:
        """Something that a unit owed was done."""
        self._act(f"duty.{what}.v1", f"duty:{unit.removeprefix('unit:')}", day, unit, None, data, entered)

    def founded(self, day: str, unit: str, name: str, level: str, kind: str, *, head: str = "head") -> None:
        """One more unit, with a principal and a deputy in charge."""
        self.unit(day, unit, "established", name=name, level=level, kind=kind, division=unit[5:].partition("-")[0])
        for role, meaning in ((head, "principal"), ("deputy", "deputy_in_charge")):
            self.unit(day, unit, "role_given", official=who(unit, role), role=meaning, name=name[:2] + role)

    def gathering(self, day: str, what: str, by: str = BUREAU, *, entered=None, **data) -> str:
        """One step of the gathering 430408-2020-06-01."""
        return self._act(f"gathering.{what}.v1", "gathering:430408-2020-06-01", day, by, None, data, entered)

    def on(self, day: str, what: str, by: str = BUREAU, no: str = NO, *, actor=None, entered=None, **data) -> str:
        """One step of an item; gives the action's id."""
        return self._act(f"petition.{what}.v1", f"petition:{no}", day, by, actor, data, entered)

    def of(self, subject: str, day: str, what: str, by: str, *, actor=None, entered=None, **data) -> str:
        """One fact about a subject of another kind, `gathering:1`; gives the action's id."""
        kind = subject.partition(":")[0]
        return self._act(f"{kind}.{what}.v1", subject, day, by, actor, data, entered)

    def _act(self, type_: str, subject: str, day: str, unit: str, actor, data: dict, entered: str | None = None) -> str:
        action = {
            "specversion": "1.0", "id": f"{self.name}/{next(self._numbers):04}", "source": f"/scenario/{self.name}",
            "type": type_, "subject": subject, "time": _time(day), "actor": actor or who(unit, "clerk"), "unit": unit,
            "data": data,
        }  # fmt: skip
        if entered:
            action["recordedat"] = _time(entered)
        self.actions.append(action)
        return action["id"]

    def registered(self, day: str, by: str = BUREAU, no: str = NO, **other) -> None:
        data = {"channel": "letter", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1}
        self.on(day, "registered", by, no, **{**data, "petitioners": ["person:p1"], "title": "小区停车收费", **other})

    def handled(self, no: str = NO, until: str = "closed", outcome: str = "explained") -> None:
        """In time, by HOUSING: from referral on 2020-04-13 to closing on 2020-06-01."""
        for day, what, by, data in (
            ("2020-04-13", "referred", BUREAU, {"to_unit": HOUSING}),
            ("2020-04-20", "accepted", HOUSING, {"procedure": "ordinary", "handler": who(HOUSING, "clerk")}),
            ("2020-04-21", "notified", HOUSING, {"of": "acceptance", "how": "post", "signed": True}),
            ("2020-05-20", "answered", HOUSING, {"outcome": outcome, "disposition": ["persuaded"], "basis": ["条例"]}),
            ("2020-05-22", "opinion_delivered", HOUSING, {"stage": "handling", "how": "in_person", "signed": True}),
            ("2020-06-01", "closed", HOUSING, {}),
        ):
            self.on(day, what, by, no, **data)
            if what == until:
                return

    def finds(self, id: str, unit: str, since: str, answers: list | None = None, **other) -> None:
        row = {"id": id, "unit": unit, "since": since, **other}
        if answers:
            row["answers"] = [{"official": official, "responsibility": each} for official, each in answers]
        self.expect.setdefault("findings", []).append(row)

    def finds_none(self, *ids: str) -> None:
        """Findings, or all that begin so, that must not be there in the end."""
        self.expect.setdefault("no_findings", []).extend(ids)

    def asks(self, *question: str, **answer) -> None:
        """A question as typed, and what its answer holds at least."""
        self.expect.setdefault("asks", []).append({"question": list(question), "answer": answer})

    def refuses(self, id: str, code: str) -> None:
        self.expect.setdefault("rejected", {})[id] = code

    def shows(self, no: str = NO, **fields) -> None:
        self.expect.setdefault("show", {})[f"petition:{no}"] = fields

    def write(self) -> None:
        folder = HERE / self.name
        folder.mkdir(exist_ok=True)
        refused = len(self.expect.get("rejected", {}))
        self.expect["emit"] = {"recorded": len(self.actions) - refused, "duplicate": 0, "rejected": refused}
        lines = (json.dumps(action, ensure_ascii=False) + "\n" for action in self.actions)
        (folder / "actions.jsonl").write_text("".join(lines), encoding="utf-8")
        (folder / "expect.json").write_text(
            json.dumps(self.expect, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def _time(day: str) -> str:
    return f"{day.replace(' ', 'T') if ' ' in day else day + 'T09:00'}:00+08:00"


def heads(unit: str, responsibility: str = "leadership") -> list:
    return [(who(unit, "deputy"), responsibility), (who(unit, "head"), responsibility)]


def direct(unit: str) -> list:
    return [(who(unit, "clerk"), "direct"), *heads(unit)]
