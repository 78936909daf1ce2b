"""Scenarios of conferences, sponsors, inspections and evaluations: what was settled, and what came of it."""

from tests.scenarios.duties import missed
from tests.scenarios.telling import *

CITY_CONFERENCE, COUNTY_CONFERENCE = "conference:430400-gov", "conference:430408-gov"


def conference_reports() -> Scenario:
    s = Scenario(
        "conference-reports",
        "Each half year the convenor of the county's conference and the head of the unit that leads a group report to "
        "the city's: one does, one does not; a group formed in August owes nothing for that half year.",
        "2021-01-05",
        (5,),
    )
    s.of(COUNTY_CONFERENCE, "2020-06-15", "held", BUREAU, attended=[HOUSING], topics=["半年形势研判"])
    s.of(CITY_CONFERENCE, "2020-06-20", "group_formed", CITY_BUREAU, name="教育", lead_unit=SCHOOLS, members=[SCHOOLS])
    s.of(CITY_CONFERENCE, "2020-08-03", "group_formed", CITY_BUREAU, name="住建", lead_unit=HOUSING, members=[HOUSING])
    s.duty("2020-11-30", SCHOOLS, "reported", by=who(SCHOOLS, "head"), to_unit=CITY)
    convenor = who(COUNTY, "head")
    s.finds(missed("D07", COUNTY, convenor, "2020H2"), COUNTY, "2021-01-01", [(convenor, "direct")])
    s.finds_none("D07:duty:430400-jyj", "D07:duty:430408-zjj", "D07:duty:430400-gov")
    return s


def agreed_items() -> Scenario:
    s = Scenario(
        "agreed-items",
        "Of three items that the conference agreed one is done by its day, one after it, one has none; the petition "
        "that it made prominent has no sponsor in ten working days.",
        "2020-10-12",
        (6,),
    )
    s.registered("2020-09-01")
    s.on("2020-09-02", "referred", to_unit=HOUSING)

    def city(day: str, what: str, **data) -> str:
        return s.of(CITY_CONFERENCE, day, what, CITY_BUREAU, **data)

    city("2020-09-01", "item_agreed", item="收费公示", owner_unit=HOUSING, due="2020-09-12")
    city("2020-09-01", "item_agreed", item="收费方案", owner_unit=HOUSING, due="2020-09-12")
    city("2020-09-12", "item_done", item="收费公示")
    city("2020-09-14", "item_done", item="收费方案")
    city("2020-09-21", "item_agreed", item="停车专项", owner_unit=HOUSING, petition=NO)
    s.refuses(city("2020-09-22", "item_done", item="无此事项"), "unknown-subject")
    s.finds(f"D13:{CITY_CONFERENCE}:收费方案", HOUSING, "2020-09-13", [(who(HOUSING, "head"), "direct")])
    s.finds(f"D12:petition:{NO}", HOUSING, "2020-10-11", [(who(HOUSING, "head"), "direct")])
    s.finds_none(f"D13:{CITY_CONFERENCE}:收费公示", f"D13:{CITY_CONFERENCE}:停车专项")
    return s


def sponsorship() -> Scenario:
    s = Scenario(
        "sponsorship",
        "A deputy sponsors while his principal sponsors nothing; then the principal takes a case, and the deputy the "
        "next in order; one sponsorship ends with two of the five warranties undone.",
        "2020-12-31",
        (9,),
    )
    third = "430408-2020-000003"
    for no in (NO, AGAIN, third):
        s.registered("2020-06-01", no=no)
    head, deputy = who(COUNTY, "head"), who(COUNTY, "deputy")
    plan = {"team": [who(HOUSING, "clerk")], "plan": "先调查再协调"}
    s.on("2020-06-02", "sponsored", COUNTY, NO, leader=deputy, **plan)
    s.on("2020-06-03", "sponsored", COUNTY, AGAIN, leader=head, **plan)
    s.on("2020-06-04", "sponsored", COUNTY, third, leader=deputy, **plan)
    s.refuses(s.on("2020-06-05", "sponsored", COUNTY, third, leader=head, **plan), "already-exists")
    for duty in ("informed", "persuaded", "resolved"):
        s.on("2020-06-10", "sponsor_duty_done", COUNTY, NO, duty=duty)
    for duty in ("informed", "persuaded", "resolved", "supported", "desisted"):
        s.on("2020-06-11", "sponsor_duty_done", COUNTY, AGAIN, duty=duty)
    s.on("2020-06-12", "sponsorship_ended", COUNTY, NO, why="调离")
    s.on("2020-06-12", "sponsorship_ended", COUNTY, AGAIN, why="息访")
    s.finds(f"D11:petition:{NO}", COUNTY, "2020-06-02", [(head, "direct")])
    s.finds(f"D12:petition:{NO}", COUNTY, "2020-06-12", [(deputy, "direct")])
    s.finds_none(f"D11:petition:{third}", f"D11:petition:{AGAIN}", f"D12:petition:{AGAIN}", f"D12:petition:{third}")
    return s


def inspections() -> Scenario:
    s = Scenario(
        "inspections",
        "An inspection by plan, with delegates, of an item and a unit: found, put right. A patrol of the discipline "
        "organ finds something that is not. Nothing is found before somebody was there.",
        "2020-12-31",
        (11, 17),
    )
    s.registered("2020-06-01")
    supervision, patrol = "inspection:430400-2020-1", "inspection:430400-2020-2"
    s.of(supervision, "2020-07-01", "planned", CITY_BUREAU, kind="supervision", units=[HOUSING], items=[NO])
    early = s.of(supervision, "2020-07-02", "found", CITY_BUREAU, unit=HOUSING, finding="台账不全")
    s.of(supervision, "2020-07-10", "held", CITY_BUREAU, invited=["人大代表", "记者"])
    s.of(supervision, "2020-07-10", "found", CITY_BUREAU, unit=HOUSING, finding="台账不全")
    s.of(supervision, "2020-08-10", "rectified", HOUSING, unit=HOUSING)
    s.of(patrol, "2020-09-01", "planned", CITY, kind="patrol", units=[LABOUR, HOUSING])
    s.of(patrol, "2020-09-15", "held", CITY, invited=[])
    s.of(patrol, "2020-09-16", "found", CITY, unit=LABOUR, finding="接访流于形式")
    s.refuses(early, "not-in-this-state")
    s.refuses(s.of(patrol, "2020-10-01", "rectified", HOUSING, unit=HOUSING), "not-in-this-state")
    return s


def half_year() -> Scenario:
    s = Scenario(
        "half-year",
        "The half year of two units: one is scored in time, listed, and its head interviewed late; the other is not "
        "scored in thirty days, which end on a Saturday.",
        "2021-03-31",
        (18,),
    )
    county, schools = "evaluation:430408-gov:2020H2", "evaluation:430400-jyj:2020H2"
    metrics = {"repeat_rate": 0.31, "timely_acceptance": 0.82}
    s.of(county, "2021-01-29", "scored", CITY_BUREAU, metrics=metrics, score=61.5, formula="市联席办 2020 细则")
    s.of(county, "2021-02-01", "listed", CITY_BUREAU, reason="重复访批次多")
    s.of(county, "2021-03-08", "interviewed", CITY_BUREAU, official=who(COUNTY, "head"))
    s.of(county, "2021-03-30", "delisted", CITY_BUREAU)
    s.refuses(s.of(county, "2021-03-31", "delisted", CITY_BUREAU), "not-in-this-state")
    office = [(who(CITY_BUREAU, "head"), "direct")]
    s.finds(missed("D08", SCHOOLS, "2020H2"), CITY_BUREAU, "2021-02-02", office)
    s.finds(f"D15:{county}", CITY_BUREAU, "2021-03-04", office)
    s.finds_none("D08:duty:430408-gov", f"D15:{schools}")
    return s
