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
