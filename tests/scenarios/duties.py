"""Scenarios of what units and leaders owe beside the items: joint receptions, periods, ledgers, meetings."""

from tests.scenarios.telling import *

CROWD = "gathering:430400-2020-07-06-1"
SECOND = "gathering:430400-2020-07-13-1"


def gathering() -> Scenario:
    s = Scenario(
        "gathering",
        "A crowd at the city: one unit does not come, another's coming is entered late; the second crowd goes "
        "unreported, and a unit unknown to the directory is not summoned.",
        "2020-07-31",
    )
    s.registered("2020-07-06", CITY_BUREAU, persons=32, channel="visit", about_unit=HOUSING)
    seen = {"persons": 32, "place": "市人民来访接待中心", "units": [HOUSING, LAND, LABOUR], "petition": NO}
    s.of(CROWD, "2020-07-06 09:00", "arrived", CITY_BUREAU, **seen)
    s.of(CROWD, "2020-07-06 09:10", "summoned", CITY_BUREAU, units=[HOUSING, LAND, LABOUR])
    unknown = s.of(CROWD, "2020-07-06 09:11", "summoned", CITY_BUREAU, units=["unit:nowhere"])
    s.of(CROWD, "2020-07-06 09:15", "reported", CITY_BUREAU, to=who(CITY, "deputy"))
    s.of(CROWD, "2020-07-06 10:00", "attended", HOUSING, unit=HOUSING, leader=who(HOUSING, "deputy"))
    s.of(CROWD, "2020-07-06 16:00", "ended", CITY_BUREAU)
    came = {"unit": LABOUR, "leader": who(LABOUR, "head")}
    s.of(CROWD, "2020-07-06 10:30", "attended", LABOUR, entered="2020-07-07 09:00", **came)
    s.of(SECOND, "2020-07-13 09:00", "arrived", CITY_BUREAU, persons=8, place="市委大院", units=[])
    s.of(SECOND, "2020-07-13 12:00", "ended", CITY_BUREAU)
    s.expect["rejected"] = {unknown: "unknown-subject"}
    s.finds(f"F19:{CROWD}:{LAND}", LAND, "2020-07-06", direct(LAND), axis="B", ground="B6", state="proposed")
    s.finds(f"F19:{SECOND}:{CITY_BUREAU}", CITY_BUREAU, "2020-07-13", direct(CITY_BUREAU))
    s.expect["no_findings"] = [f"F19:{CROWD}:{each}" for each in (HOUSING, LABOUR, CITY_BUREAU)] + ["F13"]
    s.expect["as_of"] = [
        {"as_of": "2020-07-05", "no_findings": [f"F19:{CROWD}:{LAND}"]},
        {"as_of": "2020-07-06", "findings": [f"F19:{CROWD}:{LAND}", f"F19:{CROWD}:{LABOUR}"]},
        {"as_of": "2020-07-07", "no_findings": [f"F19:{CROWD}:{LABOUR}"]},
    ]
    return s
