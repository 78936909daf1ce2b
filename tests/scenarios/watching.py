"""Scenarios of repeats, going above, supervision, secrecy, incidents and causes."""

from tests.scenarios.telling import *


def first_turned_repeat() -> Scenario:
    s = Scenario(
        "first-turned-repeat",
        "The first repeat comes while the first item is open past its limit.",
        "2020-06-26",
        (15,),
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
        (16,),
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
        (12,),
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
        (11,),
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
        (16,),
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
        (12, 19),
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
        (11,),
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


def joint_reception() -> Scenario:
    s = Scenario(
        "joint-reception",
        "Forty people came; of three units called one did not come, one is cleared by what was entered late, and "
        "nobody told the leader in charge.",
        "2020-06-10",
        (7,),
    )
    s.registered("2020-05-29")
    s.gathering("2020-06-01 09:00", "arrived", persons=40, place="430408", units=[HOUSING], petition=NO)
    s.gathering("2020-06-01 09:10", "summoned", units=[HOUSING, LABOUR, LAND])
    s.gathering("2020-06-01 09:40", "attended", HOUSING, unit=HOUSING, leader=who(HOUSING, "head"))
    s.gathering("2020-06-01 12:00", "ended")
    s.gathering("2020-06-01 10:00", "attended", LAND, entered="2020-06-03 09:00", unit=LAND, leader=who(LAND, "head"))
    subject = "gathering:430408-2020-06-01"
    s.finds(f"F19:{subject}:{LABOUR}", LABOUR, "2020-06-01", direct(LABOUR), axis="B", ground="B6", subject=subject)
    s.finds(f"F19:{subject}:{BUREAU}", BUREAU, "2020-06-01", direct(BUREAU))
    s.expect["no_findings"] = [f"F19:{subject}:{HOUSING}", f"F19:{subject}:{LAND}"]
    s.expect["as_of"] = [{"as_of": "2020-06-02", "findings": [f"F19:{subject}:{LAND}"]}]
    return s
