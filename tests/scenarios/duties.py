"""Scenarios of what units and leaders owe beside the items: joint receptions, briefings, visits, days on duty."""

from tests.scenarios.telling import *

CROWD = "gathering:430400-2020-07-06-1"
SECOND = "gathering:430400-2020-07-13-1"


def missed(rule: str, unit: str, *detail: str) -> str:
    """The id of what the clock finds missing: `D06:duty:430400-gov:2020Q4`."""
    return ":".join([rule, "duty", unit.removeprefix("unit:"), *detail])


def gathering() -> Scenario:
    s = Scenario(
        "gathering",
        "A crowd at the city: one unit does not come, another's coming is entered late; the second crowd goes "
        "unreported, and a unit unknown to the directory is not summoned.",
        "2020-07-31",
        (7,),
    )
    s.registered("2020-07-06", CITY_BUREAU, persons=32, channel="visit", about_unit=HOUSING)
    seen = {"persons": 32, "place": "市人民来访接待中心", "units": [HOUSING, LAND, LABOUR], "petition": NO}
    s.of(CROWD, "2020-07-06 09:00", "arrived", CITY_BUREAU, **seen)
    s.of(CROWD, "2020-07-06 09:10", "summoned", CITY_BUREAU, units=[HOUSING, LAND, LABOUR])
    s.refuses(s.of(CROWD, "2020-07-06 09:11", "summoned", CITY_BUREAU, units=["unit:nowhere"]), "unknown-subject")
    s.of(CROWD, "2020-07-06 09:15", "reported", CITY_BUREAU, to=who(CITY, "deputy"))
    s.of(CROWD, "2020-07-06 10:00", "attended", HOUSING, unit=HOUSING, leader=who(HOUSING, "deputy"))
    s.of(CROWD, "2020-07-06 16:00", "ended", CITY_BUREAU)
    came = {"unit": LABOUR, "leader": who(LABOUR, "head")}
    s.of(CROWD, "2020-07-06 10:30", "attended", LABOUR, entered="2020-07-07 09:00", **came)
    s.of(SECOND, "2020-07-13 09:00", "arrived", CITY_BUREAU, persons=8, place="市委大院", units=[])
    s.of(SECOND, "2020-07-13 12:00", "ended", CITY_BUREAU)
    s.finds(f"F19:{CROWD}:{LAND}", LAND, "2020-07-06", direct(LAND), axis="B", ground="B6", state="proposed")
    s.finds(f"F19:{SECOND}:{CITY_BUREAU}", CITY_BUREAU, "2020-07-13", direct(CITY_BUREAU))
    s.finds_none(*(f"F19:{CROWD}:{each}" for each in (HOUSING, LABOUR, CITY_BUREAU)), "F13")
    s.expect["as_of"] = [
        {"as_of": "2020-07-05", "no_findings": [f"F19:{CROWD}:{LAND}"]},
        {"as_of": "2020-07-06", "findings": [f"F19:{CROWD}:{LAND}", f"F19:{CROWD}:{LABOUR}"]},
        {"as_of": "2020-07-07", "no_findings": [f"F19:{CROWD}:{LABOUR}"]},
    ]
    return s


def briefings() -> Scenario:
    s = Scenario(
        "briefings",
        "Who heard a report in the quarter: the city's government in one of two, its party committee since it stands, "
        "a township entered so late that the clock had passed.",
        "2021-01-05",
        (1,),
    )
    s.duty("2020-07-20", CITY, "briefing_heard", body="government")
    s.founded("2020-08-03", PARTY, "中共衡阳市委员会", "city", "party")
    s.duty("2020-09-30", TOWN, "briefing_heard", body="joint_meeting", entered="2020-10-12")
    s.duty("2020-11-02", PARTY, "briefing_heard", body="party_committee")
    s.finds(missed("D01", CITY, "government", "2020Q4"), CITY, "2021-01-01", [(who(CITY, "head"), "direct")])
    s.finds(missed("D01", COUNTY, "government", "2020Q3"), COUNTY, "2020-10-01", [(who(COUNTY, "head"), "direct")])
    s.finds(missed("D01", TOWN, "joint_meeting", "2020Q4"), TOWN, "2021-01-01")
    s.finds("F13:duty:430408001-gov", TOWN, "2020-10-01")
    s.finds_none(missed("D01", CITY, "government", "2020Q3"), missed("D01", TOWN, "joint_meeting", "2020Q3"))
    s.finds_none("D01:duty:430400-party", "D01:duty:430408-zjj", missed("D01", CITY, "government", "2020Q2"))
    late = missed("D01", TOWN, "joint_meeting", "2020Q3")
    s.expect["as_of"] = [
        {"as_of": "2020-09-30", "no_findings": [late]},
        {"as_of": "2020-10-11", "findings": [late]},
        {"as_of": "2020-10-12", "no_findings": [late]},
    ]
    return s


def roles_vacant() -> Scenario:
    s = Scenario(
        "roles-vacant",
        "A principal's chair empty for 45 days, a deputy's for exactly 30, one that changed hands the same day.",
        "2020-06-30",
        (2,),
    )
    for unit, role, meaning, until, since in (
        (LABOUR, "head", "principal", "2020-05-06", "2020-06-20"),
        (HOUSING, "deputy", "deputy_in_charge", "2020-05-06", "2020-06-05"),
        (LAND, "head", "principal", "2020-05-06", "2020-05-06"),
    ):
        s.unit(until, unit, "role_ended", official=who(unit, role), role=meaning)
        s.unit(since, unit, "role_given", official=who(unit, role + "2"), role=meaning, name="新任")
    s.actions.sort(key=lambda action: action["time"])
    vacant = missed("D09", LABOUR, "principal", "2020-05-06")
    s.finds(vacant, COUNTY, "2020-06-06", [(who(COUNTY, "head"), "direct")])
    s.finds_none("D09:duty:430408-zjj", "D09:duty:430408-zrj")
    s.expect["as_of"] = [
        {"as_of": "2020-06-05", "no_findings": [vacant]},
        {"as_of": "2020-06-06", "findings": [vacant]},
    ]
    return s


def contact_points() -> Scenario:
    s = Scenario(
        "contact-points",
        "The mayor was at the contact point in one quarter of two; a deputy, given one in mid-quarter, went elsewhere.",
        "2021-01-05",
        (3,),
    )
    mayor, deputy = who(CITY, "head"), who(CITY, "deputy")
    s.unit("2020-06-15", CITY, "contact_point_set", leader=mayor, target_unit=TOWN)
    s.unit("2020-07-15", CITY, "contact_point_set", leader=deputy, target_unit=HOUSING)
    s.duty("2020-08-03", CITY, "contact_visited", leader=mayor, target_unit=TOWN)
    s.duty("2020-11-03", CITY, "contact_visited", leader=deputy, target_unit=TOWN)
    for leader in (mayor, deputy):
        s.finds(missed("D02", CITY, leader, "2020Q4"), CITY, "2021-01-01", [(leader, "direct")])
        s.finds_none(missed("D02", CITY, leader, "2020Q3"))
    return s


def duty_roster() -> Scenario:
    s = Scenario(
        "duty-roster",
        "Member units send a leader to the reception centre each working day: not on National Day, but on the Saturday "
        "that is worked for it; a unit that left the conference owes nothing more.",
        "2020-10-13",
        (7,),
    )
    city = "conference:430400-gov"
    s.of(city, "2020-09-27 08:30", "members_changed", CITY_BUREAU, members=[HOUSING, LABOUR])
    s.duty(
        "2020-09-27", HOUSING, "roster_set", leader=who(HOUSING, "deputy"), place="人民来访接待中心", on="2020-09-28"
    )
    for day in ("2020-09-27", "2020-09-28", "2020-09-29", "2020-10-09", "2020-10-12"):
        s.duty(day, HOUSING, "stood", leader=who(HOUSING, "deputy"), place="人民来访接待中心")
    s.of(city, "2020-09-29", "members_changed", CITY_BUREAU, left=[LABOUR])
    s.actions.sort(key=lambda action: action["time"])
    for day, since in (("2020-09-30", "2020-10-01"), ("2020-10-10", "2020-10-11")):
        s.finds(missed("D04", HOUSING, day), HOUSING, since, [(who(HOUSING, "head"), "direct")])
    for day, since in (("2020-09-27", "2020-09-28"), ("2020-09-28", "2020-09-29")):
        s.finds(missed("D04", LABOUR, day), LABOUR, since)
    s.finds_none(*(missed("D04", HOUSING, day) for day in ("2020-09-26", "2020-09-27", "2020-10-01", "2020-10-11")))
    s.finds_none(*(missed("D04", LABOUR, day) for day in ("2020-09-29", "2020-09-30")), "D04:duty:430408-zrj")
    return s


def receptions() -> Scenario:
    s = Scenario(
        "receptions",
        "Leaders receive petitioners: the city's once a quarter, the county's once a month, the township's weekly; "
        "one who took office in mid-month owes the next month first.",
        "2021-01-05",
        (8,),
    )
    mayor, vice = who(CITY, "head"), who(CITY, "deputy")
    s.registered("2020-10-19")
    s.duty("2020-11-11", CITY, "reception_held", leader=mayor, kind="reception", items=[])
    s.duty("2020-10-20", COUNTY, "reception_held", leader=who(COUNTY, "head"), kind="visit_down", items=[NO])
    s.duty("2020-11-12", TOWN, "reception_held", leader=who(TOWN, "head"), kind="reception", items=[])
    s.unit("2020-11-10", COUNTY, "role_ended", official=who(COUNTY, "deputy"), role="deputy_in_charge")
    s.unit("2020-11-10", COUNTY, "role_given", official=who(COUNTY, "vice"), role="deputy_in_charge", name="新任")
    s.actions.sort(key=lambda action: action["time"])
    s.finds(missed("D03", CITY, vice, "2020Q4"), CITY, "2021-01-01", [(vice, "direct")])
    s.finds(missed("D03", COUNTY, who(COUNTY, "head"), "2020-11"), COUNTY, "2020-12-01")
    s.finds(missed("D03", COUNTY, who(COUNTY, "vice"), "2020-12"), COUNTY, "2021-01-01")
    s.finds(missed("D03", TOWN, who(TOWN, "head"), "2020-W47"), TOWN, "2020-11-23")
    s.finds_none(missed("D03", CITY, mayor, "2020Q4"), missed("D03", COUNTY, who(COUNTY, "head"), "2020-10"))
    s.finds_none(missed("D03", COUNTY, who(COUNTY, "vice"), "2020-11"))
    s.finds_none(missed("D03", COUNTY, who(COUNTY, "deputy"), "2020-11"))
    s.finds_none(missed("D03", TOWN, who(TOWN, "head"), "2020-W46"), "D03:duty:430408-zjj")
    return s


def protection() -> Scenario:
    s = Scenario(
        "protection",
        "Eleven days of special protection at county level, ended a day early: one day nobody was on duty.",
        "2020-10-12",
        (8,),
    )
    s.of("period:national-day-2020", "2020-09-28", "protection_declared", CITY, levels=["county"], until="2020-10-08")
    for day in (*range(28, 31), *range(1, 8)):
        if day != 3:
            stood = f"2020-{'09' if day > 20 else '10'}-{day:02}"
            s.duty(stood, COUNTY, "stood", leader=who(COUNTY, "head"), place="区委值班室")
    s.of("period:national-day-2020", "2020-10-08", "protection_ended", CITY)
    s.finds(missed("D05", COUNTY, "2020-10-03"), COUNTY, "2020-10-04", [(who(COUNTY, "head"), "direct")])
    s.finds_none(*(missed("D05", COUNTY, f"2020-10-{day:02}") for day in (1, 2, 4, 7, 8, 9)))
    s.finds_none("D05:duty:430408001-gov", "D05:duty:430400-gov", missed("D05", COUNTY, "2020-09-27"))
    return s


def late_entered_ends() -> Scenario:
    s = Scenario(
        "late-entered-ends",
        "A county deputy left, a township was abolished and a special protection was over weeks before it was entered: "
        "what the clock had found of the time after is cleared, what lay before it stays.",
        "2020-11-05",
        (8, 14),
    )
    deputy = who(COUNTY, "deputy")
    s.of("period:2020-autumn", "2020-09-28", "protection_declared", CITY_BUREAU, levels=["county"], until="2020-10-08")
    left = {"official": deputy, "role": "deputy_in_charge"}
    s.of(COUNTY, "2020-09-15", "role_ended", COUNTY, entered="2020-10-05 10:00", **left)
    s.of(TOWN, "2020-08-20", "abolished", COUNTY, entered="2020-10-05 10:01", into=COUNTY)
    s.of("period:2020-autumn", "2020-09-30", "protection_ended", CITY_BUREAU, entered="2020-10-05 10:02")
    gone = (
        missed("D03", COUNTY, deputy, "2020-09"), missed("D03", TOWN, who(TOWN, "head"), "2020-W34"),
        missed("D06", TOWN, "2020-08b"), missed("D05", COUNTY, "2020-09-30"),
    )  # fmt: skip
    s.finds_none(*gone, missed("D03", COUNTY, deputy, "2020-10"), "D06:duty:430408001-gov:2020-09")
    s.finds_none(*(missed("D05", COUNTY, f"2020-10-0{day}") for day in range(1, 9)))
    s.finds(missed("D03", COUNTY, deputy, "2020-08"), COUNTY, "2020-09-01", [(deputy, "direct")])
    s.finds(missed("D03", COUNTY, who(COUNTY, "head"), "2020-09"), COUNTY, "2020-10-01")
    s.finds(missed("D03", TOWN, who(TOWN, "head"), "2020-W33"), TOWN, "2020-08-17")
    s.finds(missed("D06", TOWN, "2020-08a"), TOWN, "2020-08-16")
    s.finds(missed("D05", COUNTY, "2020-09-29"), COUNTY, "2020-09-30", [(who(COUNTY, "head"), "direct")])
    s.expect["as_of"] = [
        {"as_of": "2020-10-04", "findings": [*gone]},
        {"as_of": "2020-10-05", "no_findings": [*gone]},
    ]
    return s


def screening() -> Scenario:
    s = Scenario(
        "screening",
        "Disputes are screened for each half month in the township, monthly in the county, each quarter in the city; "
        "of three that were found one is struck off too late, one in time, one comes as a petition.",
        "2020-10-05",
        (14,),
    )
    found = [f"430408001-2020-{number}" for number in (1, 2, 3)]
    s.duty("2020-07-01", TOWN, "screening_held", disputes=found)
    for id in found:
        s.of(f"dispute:{id}", "2020-07-01", "logged", TOWN, place="430408001", unit=TOWN, summary="邻里排水纠纷")
    s.of(f"dispute:{found[0]}", "2020-07-02", "assigned", TOWN, to_unit=HOUSING)
    s.duty("2020-07-20", COUNTY, "screening_held", disputes=[])
    s.registered("2020-07-20", TOWN)
    s.of(f"dispute:{found[2]}", "2020-07-20", "became_petition", TOWN, petition=NO)
    s.of(f"dispute:{found[1]}", "2020-07-31", "cleared", TOWN)
    s.of(f"dispute:{found[0]}", "2020-08-03", "cleared", TOWN)
    s.duty("2020-08-16", TOWN, "screening_held", disputes=[])
    s.duty("2020-09-29", CITY, "screening_held", disputes=[])
    s.finds(f"D14:dispute:{found[0]}", TOWN, "2020-08-01", [(who(TOWN, "head"), "direct")])
    s.finds_none(f"D14:dispute:{found[1]}", f"D14:dispute:{found[2]}", missed("D06", CITY, "2020Q3"))
    for period, since in (("2020-07b", "2020-08-01"), ("2020-08a", "2020-08-16"), ("2020-09a", "2020-09-16")):
        s.finds(missed("D06", TOWN, period), TOWN, since, [(who(TOWN, "head"), "direct")])
    s.finds_none(missed("D06", TOWN, "2020-07a"), missed("D06", TOWN, "2020-08b"), missed("D06", COUNTY, "2020-07"))
    s.finds(missed("D06", COUNTY, "2020-08"), COUNTY, "2020-09-01")
    s.finds(missed("D06", SCHOOLS, "2020-07"), SCHOOLS, "2020-08-01", [(who(SCHOOLS, "head"), "direct")])
    s.finds_none("D06:duty:430408-zjj")
    return s


def changes_filed() -> Scenario:
    s = Scenario(
        "changes-filed",
        "Petition staff change: a county department files on the eleventh working day, a township on the tenth; "
        "what changes at the city is not filed with the county.",
        "2020-10-20",
        (20,),
    )
    for unit, role, meaning in (
        (HOUSING, "clerk", "petition_clerk"), (TOWN, "deputy", "deputy_in_charge"),
        (SCHOOLS, "clerk", "petition_clerk"),
    ):  # fmt: skip
        s.unit("2020-09-21", unit, "role_ended", official=who(unit, role), role=meaning)
        s.unit("2020-09-21", unit, "role_given", official=who(unit, role + "2"), role=meaning, name="新任")
    s.unit("2020-10-10", TOWN, "change_filed", change=1, with_unit=BUREAU)
    s.unit("2020-10-12", HOUSING, "change_filed", change=1, with_unit=BUREAU)
    unfiled = missed("D10", HOUSING, "petition_clerk", "2020-09-21")
    s.finds(unfiled, HOUSING, "2020-10-11", [(who(HOUSING, "head"), "direct")])
    s.finds_none("D10:duty:430408001-gov", "D10:duty:430400-jyj")
    s.expect["as_of"] = [{"as_of": "2020-10-10", "no_findings": [unfiled]}]
    return s


def exchange_and_care() -> Scenario:
    s = Scenario(
        "exchange-and-care",
        "An officer goes to another unit and care is held for those who stay: on record, and nobody is at fault.",
        "2020-10-20",
        (21,),
    )
    s.unit("2020-09-21", BUREAU, "officer_exchanged", official=who(BUREAU, "clerk"), to_unit=LABOUR, note="交流任职")
    s.unit("2020-09-22", BUREAU, "care_held", note="心理疏导讲座")
    s.finds_none("F", "D09", "D10")
    s.asks("timeline", BUREAU, events=[{"type": "unit.officer_exchanged.v1"}, {"type": "unit.care_held.v1"}])
    return s
