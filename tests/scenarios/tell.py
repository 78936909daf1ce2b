"""Writes the scenarios of this folder: `python -m tests.scenarios.tell`. Each is actions.jsonl and expect.json.

The expectations are counted by hand from the contract and the calendar, never taken from what the product answers.
"""

import json
from collections.abc import Callable
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
ROLES = {"head": "principal", "deputy": "deputy_in_charge", "clerk": "petition_clerk"}
NO = "430408-2020-000001"
AGAIN = "430408-2020-000002"


def who(unit: str, role: str) -> str:
    return f"official:{unit.removeprefix('unit:')}-{role}"


class Scenario:
    """Actions in the order in which they are recorded, and what must come of them."""

    def __init__(self, name: str, about: str, now: str) -> None:
        self.name, self.actions = name, []
        self.expect = {"about": about, "now": now, "emit": {}}
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

    def on(self, day: str, what: str, by: str = BUREAU, no: str = NO, *, actor=None, entered=None, **data) -> str:
        """One step of an item; gives the action's id."""
        return self._act(f"petition.{what}.v1", f"petition:{no}", day, by, actor, data, entered)

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


def merged_unit() -> Scenario:
    s = Scenario(
        "merged-unit", "The unit that accepted went into another, which answers for the open clock.", "2020-07-31"
    )
    s.registered("2020-04-10")
    s.handled(until="notified")
    s.unit("2020-06-01", HOUSING, "merged", into=LAND)
    s.finds(f"F04:petition:{NO}:K5", LAND, "2020-06-20", direct(LAND))
    s.finds(f"F17:petition:{NO}:S1", BUREAU, "2020-06-30")
    s.shows(state="accepted", unit=LAND, deadlines={"K5": {"due_on": "2020-06-19", "owed_by": LAND, "missed": True}})
    return s


def pass_around() -> Scenario:
    s = Scenario("pass-around", "Three referrals; two units passed it on, one objection was right.", "2020-04-25")
    s.registered("2020-04-10")
    s.on("2020-04-13", "referred", to_unit=LAND)
    s.on("2020-04-14", "assignment_objected", LAND, reason="不属本单位")
    s.on("2020-04-15", "assignment_withdrawn")
    s.on("2020-04-15", "referred", to_unit=HOUSING)
    s.on("2020-04-16", "referred", HOUSING, to_unit=LABOUR)
    s.on("2020-04-17", "referred", LABOUR, to_unit=TOWN)
    s.finds(f"F14:petition:{NO}:{HOUSING}", HOUSING, "2020-04-16", direct(HOUSING), axis="B", ground="B3")
    s.finds(f"F14:petition:{NO}:{LABOUR}", LABOUR, "2020-04-17", direct(LABOUR))
    s.expect["no_findings"] = [f"F14:petition:{NO}:{LAND}", f"F14:petition:{NO}:{BUREAU}", "F02"]
    s.shows(state="routed", unit=TOWN, deadlines={"K2": {"due_on": "2020-05-06", "owed_by": TOWN}})
    return s


def simple_misused() -> Scenario:
    s = Scenario(
        "simple-misused",
        "A joint letter on the simple track, accepted late and answered over National Day.",
        "2020-10-20",
    )
    s.registered("2020-09-18", joint_letter=True, persons=12)
    s.on("2020-09-21", "referred", to_unit=HOUSING)
    s.on("2020-09-25", "accepted", HOUSING, procedure="simple", handler=who(HOUSING, "clerk"))
    s.on("2020-09-25", "notified", HOUSING, of="acceptance", how="online", signed=True)
    s.on("2020-10-16", "answered", HOUSING, outcome="not_supported", disposition=["persuaded"], basis=["条例"])
    s.finds(f"F03:petition:{NO}:K11", HOUSING, "2020-09-25", late_by_days=1)
    s.finds(f"F10:petition:{NO}", HOUSING, "2020-09-25", direct(HOUSING))
    s.finds(f"F04:petition:{NO}:K12", HOUSING, "2020-10-16", late_by_days=1)
    s.expect["no_findings"] = ["F02", "F01", f"F17:petition:{NO}:S1"]
    s.shows(
        deadlines={"K11": {"due_on": "2020-09-24"}, "K12": {"strict_on": "2020-10-15", "due_on": "2020-10-15"}},
        collective=False,
    )
    return s


def refusal_irregular() -> Scenario:
    s = Scenario(
        "refusal-irregular",
        "Refused as already in handling, which no record shows; another refused without a ground.",
        "2020-05-31",
    )
    s.registered("2020-04-10")
    s.on("2020-04-13", "referred", to_unit=HOUSING)
    lacking = s.on("2020-04-14", "not_accepted", HOUSING)
    s.on("2020-04-15", "not_accepted", HOUSING, ground="N4")
    s.on("2020-04-16", "notified", HOUSING, of="refusal", how="post", signed=True)
    s.registered("2020-04-10", no=AGAIN)
    s.on("2020-04-13", "not_accepted", no=AGAIN, ground="N1", directed_to="区人民法院")
    s.expect["rejected"] = {lacking: "ground-missing"}
    s.finds(f"F11:petition:{NO}", HOUSING, "2020-04-15", direct(HOUSING), axis="B", ground="B2")
    s.expect["no_findings"] = [f"F11:petition:{AGAIN}", "F01", "F02"]
    s.shows(state="refused")
    return s


def review_ladder() -> Scenario:
    s = Scenario(
        "review-ladder",
        "Review in time, re-review late although the hearing's five days are not counted.",
        "2020-09-30",
    )
    s.registered("2020-04-10")
    s.handled(until="opinion_delivered")
    s.on("2020-06-10", "review_requested", to_unit=COUNTY)
    s.on("2020-06-15", "hearing_opened", COUNTY, stage="review")
    s.on("2020-06-19", "hearing_closed", COUNTY, stage="review")
    s.on("2020-07-10", "review_answered", COUNTY, by_unit=COUNTY, outcome="upheld")
    s.on("2020-07-13", "opinion_delivered", COUNTY, stage="review", how="post", signed=True)
    s.on("2020-07-20", "rereview_requested", to_unit=CITY)
    s.on("2020-08-10", "hearing_opened", CITY, stage="rereview")
    s.on("2020-08-14", "hearing_closed", CITY, stage="rereview")
    s.on("2020-08-26", "rereview_answered", CITY, by_unit=CITY, outcome="upheld")
    s.on("2020-09-01", "determined", CITY, ground="三级终结")
    s.finds(f"F07:petition:{NO}:K9", CITY, "2020-08-25", direct(CITY), late_by_days=2)
    s.expect["no_findings"] = ["F06", "F04", "F01", "F02"]
    clocks = {
        "K6": {"due_on": "2020-06-22", "met_on": "2020-06-10"},
        "K7": {"strict_on": "2020-07-10", "due_on": "2020-07-10", "met_on": "2020-07-10", "missed": False},
        "K9": {"strict_on": "2020-08-24", "due_on": "2020-08-24", "met_on": "2020-08-26", "missed": True},
    }
    s.shows(state="determined", deadlines=clocks)
    s.expect["as_of"] = [
        {"as_of": "2020-08-24", "no_findings": [f"F07:petition:{NO}:K9"]},
        {"as_of": "2020-08-25", "findings": [f"F07:petition:{NO}:K9"]},
    ]
    return s


def late_entered() -> Scenario:
    s = Scenario(
        "late-entered-act", "An answer in time, entered two weeks after the clock had found it missing.", "2020-07-31"
    )
    s.registered("2020-04-10")
    s.handled(until="notified")
    s.on(
        "2020-06-19",
        "answered",
        HOUSING,
        entered="2020-07-03",
        outcome="explained",
        disposition=["solved"],
        basis=["条例"],
    )
    s.finds(f"F13:petition:{NO}", HOUSING, "2020-06-20", direct(HOUSING))
    s.expect["no_findings"] = ["F04", "F17"]
    s.expect["as_of"] = [
        {"as_of": "2020-06-20", "findings": [f"F04:petition:{NO}:K5"], "no_findings": [f"F17:petition:{NO}:S1"]},
        {"as_of": "2020-07-02", "findings": [f"F04:petition:{NO}:K5", f"F17:petition:{NO}:S1"]},
        {
            "as_of": "2020-07-03",
            "findings": [f"F13:petition:{NO}"],
            "no_findings": [f"F04:petition:{NO}:K5", f"F17:petition:{NO}:S1"],
        },
    ]
    s.shows(state="answered", deadlines={"K5": {"met_on": "2020-06-19", "missed": False}})
    return s


def late_entered_extension() -> Scenario:
    s = Scenario(
        "late-entered-extension",
        "An extension in time, entered after the miss: the breach was none, then there is one.",
        "2020-08-10",
    )
    s.registered("2020-04-10")
    s.handled(until="notified")
    s.on(
        "2020-06-10",
        "extended",
        HOUSING,
        entered="2020-06-24",
        days=30,
        approved_by=who(HOUSING, "head"),
        reason="情况复杂",
    )
    s.on("2020-06-15", "notified", HOUSING, entered="2020-06-24", of="extension", how="post", signed=True)
    s.finds(f"F04:petition:{NO}:K5", HOUSING, "2020-07-21")
    s.expect["no_findings"] = ["F05"]
    s.expect["as_of"] = [
        {"as_of": "2020-06-23", "findings": [f"F04:petition:{NO}:K5"]},
        {"as_of": "2020-06-24", "no_findings": [f"F04:petition:{NO}:K5", f"F05:petition:{NO}"]},
        {"as_of": "2020-07-20", "no_findings": [f"F04:petition:{NO}:K5"]},
    ]
    return s


def extension_irregular() -> Scenario:
    s = Scenario("extension-irregular", "Extended twice, by 40 days in all, of which 30 count.", "2020-07-22")
    s.registered("2020-04-10")
    s.handled(until="notified")
    for day, told in (("2020-06-01", "2020-06-02"), ("2020-06-15", "2020-06-16")):
        s.on(day, "extended", HOUSING, days=20, approved_by=who(HOUSING, "head"), reason="情况复杂")
        s.on(told, "notified", HOUSING, of="extension", how="post", signed=True)
    s.on("2020-07-20", "answered", HOUSING, outcome="explained", disposition=["persuaded"], basis=["条例"])
    s.finds(f"F05:petition:{NO}", HOUSING, "2020-06-15", direct(HOUSING), axis="B", ground="B3")
    s.expect["no_findings"] = ["F04"]
    s.shows(deadlines={"K5": {"strict_on": "2020-07-19", "due_on": "2020-07-20", "missed": False}})
    return s


def support_not_executed() -> Scenario:
    s = Scenario(
        "support-not-executed", "Supported and not carried out in thirty days; another refused outright.", "2020-06-22"
    )
    s.registered("2020-04-10")
    s.handled(until="answered", outcome="supported")
    s.registered("2020-04-10", no=AGAIN)
    s.handled(AGAIN, until="answered", outcome="supported")
    s.on("2020-06-01", "execution_refused", HOUSING, AGAIN)
    s.finds(f"F20:petition:{NO}", HOUSING, "2020-06-20", direct(HOUSING), axis="A", ground="A4")
    s.finds(f"F20:petition:{AGAIN}", HOUSING, "2020-06-01", axis="A", ground="A4")
    s.expect["as_of"] = [{"as_of": "2020-06-19", "no_findings": [f"F20:petition:{NO}"]}]
    return s


def first_turned_repeat() -> Scenario:
    s = Scenario(
        "first-turned-repeat", "The first repeat comes while the first item is open past its limit.", "2020-06-26"
    )
    s.registered("2020-04-10")
    s.handled(until="notified")
    s.registered("2020-06-22", no=AGAIN)
    s.on("2020-06-23", "repeat_judged", no=AGAIN, first=NO, basis=["same_person", "same_facts"])
    s.finds(f"F23:petition:{NO}", HOUSING, "2020-06-23", direct(HOUSING), subject=f"petition:{NO}")
    s.finds(f"F04:petition:{NO}:K5", HOUSING, "2020-06-20")
    s.expect["no_findings"] = ["F15"]
    s.shows(AGAIN, matter=NO, repeat_number=1)
    s.expect["matter"] = {NO: {"first": NO, "items": [NO, AGAIN], "repeats": 1, "first_time_resolved": False}}
    return s


def repeat_after_close() -> Scenario:
    s = Scenario(
        "repeat-after-close",
        "A repeat of what was closed; a second one was no repeat and the judgement is revised.",
        "2020-06-20",
    )
    s.registered("2020-04-10")
    s.handled()
    third = "430408-2020-000003"
    s.registered("2020-06-02", no=AGAIN)
    s.on("2020-06-03", "repeat_judged", no=AGAIN, first=NO, basis=["same_person", "same_facts"])
    s.registered("2020-06-04", no=third)
    s.on("2020-06-05", "repeat_judged", no=third, first=NO, basis=["same_facts"])
    s.on("2020-06-09", "repeat_judged", no=third, first=None, basis=[])
    s.finds(f"F15:petition:{AGAIN}", HOUSING, "2020-06-03", direct(HOUSING), subject=f"petition:{AGAIN}")
    s.finds(f"F23:petition:{NO}", HOUSING, "2020-06-03")
    s.finds(f"F17:petition:{AGAIN}:S8", BUREAU, "2020-06-11")
    s.finds(f"F01:petition:{AGAIN}:K1", BUREAU, "2020-06-18")
    s.finds(f"F01:petition:{third}:K1", BUREAU, "2020-06-20")
    s.expect["no_findings"] = [f"F15:petition:{third}", f"F17:petition:{third}"]
    s.expect["as_of"] = [
        {"as_of": "2020-06-08", "findings": [f"F15:petition:{third}"]},
        {"as_of": "2020-06-09", "no_findings": [f"F15:petition:{third}"]},
    ]
    s.shows(third, matter=third, repeat_number=0)
    s.expect["matter"] = {NO: {"items": [NO, AGAIN], "repeats": 1}}
    return s


def raised_above() -> Scenario:
    s = Scenario(
        "raised-above-after-fault",
        "Taken to the province after a late answer: the unit answers, the petitioner never.",
        "2020-06-28",
    )
    s.registered("2020-04-10")
    s.handled(until="notified")
    s.on("2020-06-22", "answered", HOUSING, outcome="explained", disposition=["persuaded"], basis=["条例"])
    s.on("2020-06-23", "raised_above", level="city", kind="individual", persons=1, place="市信访局")
    s.on("2020-06-24", "raised_above", level="province", kind="individual", persons=1, place="省信访局")
    s.finds(f"F04:petition:{NO}:K5", HOUSING, "2020-06-20", late_by_days=3)
    s.finds(f"F18:petition:{NO}:{HOUSING}", HOUSING, "2020-06-24", direct(HOUSING), axis="B", ground="B3")
    raised = [
        {"level": "city", "kind": "individual", "times": 1},
        {"level": "province", "kind": "individual", "times": 1},
    ]
    s.expect["matter"] = {NO: {"raised": raised, "skip_level": 1}}
    return s


def anonymous() -> Scenario:
    s = Scenario("anonymous", "Nobody can be notified; registering and handling are owed all the same.", "2020-06-22")
    s.registered("2020-04-10", anonymous=True, petitioners=[])
    s.on("2020-04-13", "referred", to_unit=HOUSING)
    s.on("2020-04-20", "accepted", HOUSING, procedure="ordinary", handler=who(HOUSING, "clerk"))
    s.registered("2020-04-10", by=LABOUR, no=AGAIN, anonymous=True, petitioners=[])
    s.finds(f"F04:petition:{NO}:K5", HOUSING, "2020-06-20")
    s.expect["no_findings"] = ["F02", "F01"]
    return s


def item_of_2022() -> Scenario:
    s = Scenario(
        "item-of-2022", "Receipt is notified, the objection is late, a suggestion has no sixty days.", "2022-09-30"
    )
    s.registered("2022-06-01")
    s.on("2022-06-06", "referred", to_unit=LABOUR)
    s.on("2022-06-14", "assignment_objected", LABOUR, reason="不属本单位")
    s.on("2022-06-15", "assignment_withdrawn")
    s.on("2022-06-15", "referred", to_unit=HOUSING)
    s.on("2022-06-30", "notified", HOUSING, of="receipt", how="online", signed=True)
    s.on("2022-07-04", "accepted", HOUSING, procedure="ordinary", handler=who(HOUSING, "clerk"))
    s.on("2022-09-05", "answered", HOUSING, outcome="explained", disposition=["persuaded"], basis=["条例"])
    s.registered("2022-06-01", no=AGAIN, purpose="suggestion")
    s.on("2022-06-06", "accepted", HOUSING, AGAIN, procedure="ordinary", handler=who(HOUSING, "clerk"))
    s.finds(f"F04:petition:{NO}:K5", HOUSING, "2022-09-03", late_by_days=3)
    s.expect["no_findings"] = ["F02", "F01", f"F04:petition:{AGAIN}"]
    clocks = {
        "K5": {"strict_on": "2022-09-02", "due_on": "2022-09-02", "article": "R2022 34"},
        "K2": {"due_on": "2022-06-30", "missed": False},
    }
    s.shows(state="answered", deadlines=clocks)
    return s


def handed_down() -> Scenario:
    s = Scenario(
        "handed-down",
        "Handed down by the province with a day to report; a leader's reception; supervision of one only.",
        "2020-06-15",
    )
    s.registered("2020-04-10", channel="handed_down", handed_down_by="unit:430000-xfj", report_by="2020-06-06")
    s.handled(until="notified")
    s.registered("2020-04-10", no=AGAIN, channel="reception")
    s.on("2020-04-17", "supervised", no=AGAIN, ground="S10", report_by="2020-05-09")
    s.handled(AGAIN, until="answered")
    s.on("2020-06-05", "answered", HOUSING, outcome="explained", disposition=["persuaded"], basis=["条例"])
    s.on("2020-06-08", "supervision_answered", HOUSING, AGAIN)
    s.finds(f"F17:petition:{NO}:S9", BUREAU, "2020-04-18", direct(BUREAU))
    s.finds(f"F09:petition:{AGAIN}:K10", BUREAU, "2020-05-10")
    s.expect["no_findings"] = [f"F17:petition:{AGAIN}", "F08", "F04"]
    s.shows(deadlines={"K13": {"due_on": "2020-06-06", "met_on": "2020-06-05", "owed_by": BUREAU, "missed": False}})
    return s


def return_visit() -> Scenario:
    s = Scenario(
        "return-visit",
        "Closed, and asked afterwards: not solved, not satisfied with the unit, satisfied with the bureau.",
        "2020-06-16",
    )
    s.registered("2020-04-10")
    s.handled()
    s.on("2020-06-08", "return_visited", solved="no")
    s.on("2020-06-08", "rated", target="unit", score="dissatisfied", reason="没有解决")
    s.on("2020-06-08", "rated", target="bureau", score="basically")
    s.finds(f"F24:petition:{NO}", HOUSING, "2020-06-08", direct(HOUSING))
    s.finds(f"F16:petition:{NO}", HOUSING, "2020-06-08")
    s.finds(f"F17:petition:{NO}:S7", BUREAU, "2020-06-16")
    rates = {
        "satisfaction_unit": [0, 1],
        "satisfaction_bureau": [1, 1],
        "participation_unit": [1, 1],
        "on_time_answer": [1, 1],
        "first_time_resolved": [0, 1],
    }
    s.expect["kpi"] = [{"unit": COUNTY, "from": "2020-06-01", "to": "2020-06-30", "kpis": rates}]
    return s


def secrecy_breached() -> Scenario:
    s = Scenario(
        "secrecy-breached",
        "An accusation: kept from the accused and his seats, then let known, and never handled by him.",
        "2020-04-30",
    )
    s.registered("2020-04-10", purpose="accusation", about_official=who(HOUSING, "head"))
    attempt = s.on("2020-04-13", "referred", to_unit=HOUSING)
    s.on("2020-04-14", "referred", to_unit=COUNTY)
    himself = s.on("2020-04-20", "accepted", COUNTY, procedure="ordinary", handler=who(HOUSING, "head"))
    s.on("2020-04-20", "accepted", COUNTY, procedure="ordinary", handler=who(COUNTY, "clerk"))
    s.on("2020-04-21", "notified", COUNTY, of="acceptance", how="post", signed=True)
    s.on("2020-04-22", "secrecy_breached", by_unit=COUNTY, to=TOWN)
    s.expect["rejected"] = {attempt: "accused-organ", himself: "conflicted-official"}
    s.finds(f"F12:petition:{NO}:{HOUSING}", BUREAU, "2020-04-13", direct(BUREAU), axis="B", ground="B6")
    s.finds(f"F12:petition:{NO}:{TOWN}", COUNTY, "2020-04-22", direct(COUNTY))
    s.shows(state="accepted", unit=COUNTY)
    return s


def incident() -> Scenario:
    s = Scenario(
        "incident",
        "A mass incident that the town mishandled, a cause two years old, and the head who came after.",
        "2020-06-10",
    )
    s.registered("2020-04-10")
    s.unit("2019-12-02", LAND, "role_ended", official=who(LAND, "head"), role="principal")
    s.handled(until="answered")
    s.on("2020-06-01", "incident_reported", kind="mass", mishandled_by=TOWN)
    s.on(
        "2020-06-02",
        "cause_found",
        COUNTY,
        unit=LAND,
        ground="A2",
        decided_on="2020-03-02",
        officials=[who(LAND, "clerk")],
        evidence=[1],
        statement="应当作为而不作为",
    )
    s.finds(f"F22:petition:{NO}:{TOWN}", TOWN, "2020-06-01", direct(TOWN), axis="B", ground="B6", aggravated=True)
    answers = [(who(LAND, "clerk"), "direct"), (who(LAND, "deputy"), "leadership"), (None, "leadership")]
    s.finds(f"F21:petition:{NO}:{LAND}", LAND, "2020-06-02", answers, axis="A", ground="A2")
    s.expect["no_findings"] = ["F04", "F18"]
    return s


def passed_down_report() -> Scenario:
    s = Scenario(
        "report-passed-down",
        "The city assigned it with a day to report; two units below handed it on, the report stays owed.",
        "2020-06-10",
    )
    s.registered("2020-04-10", by=CITY_BUREAU)
    s.on("2020-04-13", "assigned", CITY_BUREAU, to_unit=BUREAU, report_by="2020-05-30")
    s.on("2020-04-14", "referred", BUREAU, to_unit=LABOUR)
    s.on("2020-04-15", "referred", LABOUR, to_unit=HOUSING)
    s.on("2020-04-20", "accepted", HOUSING, procedure="ordinary", handler=who(HOUSING, "clerk"))
    s.on("2020-04-21", "notified", HOUSING, of="acceptance", how="post", signed=True)
    s.finds(f"F08:petition:{NO}:K13", BUREAU, "2020-05-31", direct(BUREAU))
    s.finds(f"F17:petition:{NO}:S2", BUREAU, "2020-06-06")
    s.finds(f"F14:petition:{NO}:{LABOUR}", LABOUR, "2020-04-15")
    s.expect["no_findings"] = [f"F14:petition:{NO}:{BUREAU}", "F04", "F02"]
    return s


ALL: list[Callable[[], Scenario]] = [
    merged_unit, pass_around, simple_misused, refusal_irregular, review_ladder, late_entered, late_entered_extension,
    extension_irregular, support_not_executed, first_turned_repeat, repeat_after_close, raised_above, anonymous,
    item_of_2022, handed_down, return_visit, secrecy_breached, incident, passed_down_report,
]  # fmt: skip

if __name__ == "__main__":
    for tell in ALL:
        tell().write()
