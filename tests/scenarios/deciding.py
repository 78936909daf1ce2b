"""Scenarios of what is decided about findings, and of what everybody can look up."""

from tests.scenarios.telling import *


def findings_decided() -> Scenario:
    s = Scenario(
        "findings-decided",
        "Two late answers: one finding is opened, dissented from, decided and upheld on appeal, one dismissed; nothing "
        "is decided that nobody proposed.",
        "2020-08-31",
        (19,),
    )
    s.registered("2020-04-10")
    s.handled(until="notified")
    s.registered("2020-04-10", no=AGAIN)
    s.handled(AGAIN, until="notified")
    for no in (NO, AGAIN):
        s.on("2020-06-22", "answered", HOUSING, no, outcome="explained", disposition=["persuaded"], basis=["条例"])
    one, other = f"F04:petition:{NO}:K5", f"F04:petition:{AGAIN}:K5"

    def step(day: str, of: str, what: str, **data) -> str:
        return s._act(f"finding.{what}.v1", of, day, COUNTY, who(COUNTY, "head"), data)

    s.refuses(step("2020-06-23", "F16:petition:430408-2020-000009", "opened"), "unknown-subject")
    s.refuses(step("2020-06-23", one, "appealed"), "not-in-this-state")
    step("2020-06-24", one, "opened")
    step("2020-06-25", one, "dissent_recorded", official=who(HOUSING, "deputy"))
    fault = {"responsibility": "direct", "measure": "talk", "reason": "超期两日，未作说明"}
    step("2020-07-01", one, "decided", official=who(HOUSING, "clerk"), **fault)
    step("2020-07-02", other, "dismissed", reason="系统故障期间")
    step("2020-07-10", one, "appealed", reason="节假日")
    step("2020-07-20", one, "appeal_decided", outcome="upheld", reason="依法")
    s.finds(one, HOUSING, "2020-06-20", late_by_days=3, axis="B", ground="B3")
    s.finds(other, HOUSING, "2020-06-20", state="dismissed")
    return s


def sunshine() -> Scenario:
    s = Scenario(
        "sunshine",
        "Offline handling goes online within a day: one step is entered after two and is shown as late; the petitioner "
        "rates bureau and unit, and everybody can look up the state of the item.",
        "2020-06-30",
        (13, 15),
    )
    s.registered("2020-04-10")
    s.on("2020-04-13", "referred", to_unit=HOUSING)
    accepted = {"procedure": "ordinary", "handler": who(HOUSING, "clerk")}
    s.on("2020-04-20", "accepted", HOUSING, entered="2020-04-22", **accepted)
    s.on("2020-04-22 10:00", "notified", HOUSING, of="acceptance", how="online", signed=True)
    s.on("2020-05-20", "answered", HOUSING, outcome="supported", disposition=["solved"], basis=["条例"])
    s.on("2020-05-22", "opinion_delivered", HOUSING, stage="handling", how="online", signed=True)
    s.on("2020-06-01", "executed", HOUSING)
    s.on("2020-06-01 10:00", "closed", HOUSING)
    s.on("2020-06-08", "rated", target="unit", score="satisfied")
    s.on("2020-06-08", "rated", target="bureau", score="basically")
    s.finds(f"F13:petition:{NO}", HOUSING, "2020-04-21", direct(HOUSING))
    s.finds_none("F01", "F02", "F04", "F16")
    s.shows(state="closed", unit=HOUSING, resolved=False)
    rates = {"satisfaction_unit": [1, 1], "satisfaction_bureau": [1, 1], "on_time_answer": [1, 1]}
    s.expect["kpi"] = [{"unit": COUNTY, "from": "2020-06-01", "to": "2020-06-30", "kpis": rates}]
    return s


def leader_record() -> Scenario:
    s = Scenario(
        "leader-record",
        "A deputy's half year: two receptions, one case sponsored to its end, one finding decided against a clerk of "
        "his; the record counts facts and gives no score.",
        "2020-12-31",
        (4,),
    )
    deputy = who(COUNTY, "deputy")
    s.registered("2020-07-01")
    s.on("2020-07-02", "sponsored", COUNTY, leader=deputy, team=[who(HOUSING, "clerk")], plan="先调查再协调")
    s.duty("2020-07-08", COUNTY, "reception_held", leader=deputy, kind="reception", items=[NO])
    for duty in ("informed", "persuaded", "resolved", "supported", "desisted"):
        s.on("2020-08-03", "sponsor_duty_done", COUNTY, duty=duty)
    s.on("2020-08-04", "resolved", COUNTY)
    s.on("2020-08-05", "sponsorship_ended", COUNTY, why="息访")
    s.duty("2020-08-12", COUNTY, "reception_held", leader=deputy, kind="visit_down", items=[])
    work = {"receptions": {"days": 2, "items": 1}, "briefings_heard": {"count": 0}}
    kept = {"sponsored": 1, "open": 0, "all_five_kept": 1, "resolved": 1}
    s.asks("record", deputy, work=work, sponsorship=kept, official=deputy)
    s.finds("D03:duty:430408-gov:" + deputy + ":2020-09", COUNTY, "2020-10-01", [(deputy, "direct")])
    s.finds_none("D03:duty:430408-gov:" + deputy + ":2020-07", f"D11:petition:{NO}:x")
    return s


def three_none() -> Scenario:
    s = Scenario(
        "three-none",
        "Of two townships one had a collective visit to the province and an extreme incident; its board shows them by "
        "the fault that came first. The other had none.",
        "2020-12-31",
        (12,),
    )
    s.founded("2019-01-02", "unit:430408002-gov", "红湘街道办事处", "township", "township")
    s.registered("2020-07-01", place="430408001", persons=6)
    s.registered("2020-07-01", no=AGAIN, place="430408002")
    s.on("2020-07-02", "referred", to_unit=TOWN)
    s.on("2020-08-03", "raised_above", BUREAU, level="province", kind="collective", persons=6, place="省信访局")
    s.on("2020-08-10", "incident_reported", BUREAU, kind="extreme", mishandled_by=TOWN)
    s.finds(f"F22:petition:{NO}:{TOWN}", TOWN, "2020-08-10", aggravated=True)
    s.finds(f"F18:petition:{NO}:{TOWN}", TOWN, "2020-08-03")
    counted = {"collective_to_province": {"items": [NO]}, "extreme_incidents": {"items": [NO]}}
    one = {"place": "430408001", "three_none": False, "indicators": counted, "findings": {"A": 0, "B": 3}}
    s.asks("three-none", places=[one, {"place": "430408002", "three_none": True, "findings": {"A": 0, "B": 1}}])
    return s
