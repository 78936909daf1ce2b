"""Scenarios of routing, acceptance, limits, review and execution."""

from tests.scenarios.telling import *


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
    s = Scenario(
        "pass-around", "Three referrals; two units passed it on, one objection was right.", "2020-04-25", (15,)
    )
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
        (16,),
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
        (10,),
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
        (10,),
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
        "late-entered-act",
        "An answer in time, entered two weeks after the clock had found it missing.",
        "2020-07-31",
        (13,),
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
    s = Scenario("extension-irregular", "Extended twice, by 40 days in all, of which 30 count.", "2020-07-22", (15,))
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
        "support-not-executed",
        "Supported and not carried out in thirty days; another refused outright.",
        "2020-06-22",
        (19,),
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
