"""What the offices of a city report from day to day is not refused to them, after a merger neither."""

from collections import Counter
from contextlib import closing
from datetime import date

import orjson
import pytest

from cli.wiring import System
from domain.conference.events import ItemAgreed
from domain.duty.events import BriefingHeard, DutyStood, RosterSet
from domain.reader import Reader
from domain.unit.events import ContactPointSet
from infra.city.simulation import simulate
from infra.office import Office
from projections.reporting import Reporter
from tests.roles.conftest import (
    CITY_PARTY,
    CONGRESS,
    DISCIPLINE,
    ELSEWHERE,
    ELSEWHERE_BUREAU,
    NOT_THERE,
    OTHER_COUNTY,
    OWN_BUREAU,
    PARTIES,
    PARTY,
    accusing,
    sent,
)
from tests.samples import *

OF_THE_CITY = ("unit.established", "calendar.", "ruleset.", "period.", "petitioner.")
"""Set up by an operator."""
JUDGING = ("finding.", "evaluation.", "inspection.")
"""For a supervisor of the office, not for its clerk."""
FROM_ABOVE = ("unit.merged", "unit.abolished", "unit.role_")
"""For a supervisor of the unit above it."""
REFUSED = {
    ("dispute.became_petition.v1", "$.data.petition"), ("petition.repeat_judged.v1", "$.data.first"),
    ("duty.reception_held.v1", "$.data.items[0]"), ("petition.assigned.v1", "$.data.to_unit"),
    ("inspection.found.v1", "$.data.unit"), ("inspection.planned.v1", "$.data.units[2]"),
}  # fmt: skip
"""An item that only another office knows of is not named: the bureau of the division does that. A township passes an
item on to a department of the county (转送) and does not charge it; nobody inspects himself.
"""


def token_of(action, units):
    kind, unit = action["type"], action["unit"]
    above = known.parent if (known := units.get(unit)) is not None else None
    if kind.startswith(OF_THE_CITY) or (kind.startswith(FROM_ABOVE) and above is None):
        return Reader("operator")
    if kind.startswith(FROM_ABOVE):
        return Reader("supervisor", (above,))
    return Reader("supervisor" if kind.startswith(JUDGING) else "clerk", (unit,))


def test_hardly_anything_that_offices_do_is_refused_to_them(tmp_path):
    with closing(System(f"sqlite:///{tmp_path}/city.db")) as system:
        intake, refused, taken = system.intake(history=True), Counter(), 0
        for action in simulate(seed=3, days=75, scale=0.02, counties=3):
            line = orjson.dumps(action | {"source": "/city"})
            (outcome,) = intake.take([line], reporter=Reporter(token_of(action, intake.office.units)))
            taken += outcome.outcome == "recorded"
            if outcome.rejection is not None:
                refused[action["type"], outcome.rejection.path] += 1
                intake.take([line])  # an operator brings it in
        assert set(refused) <= REFUSED, refused
        assert taken > 2_000
        assert refused.total() < taken / 200


@pytest.fixture(scope="module")
def working(open_city):
    """1 is under review at CITY_SCHOOLS; 2 is HOUSING's and sponsored by the congress' head; 90 accuses HOUSING, and
    the discipline organ has it."""
    return open_city([
        *PARTIES, *WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING),
        on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS),
        on("2020-04-10", raised(), by=HOUSING, no="2"),
        on("2020-05-04", e.PetitionSponsored(leader=head(CONGRESS), team=(), plan="x"), no="2", by=PARTY),
        accusing("90", BUREAU, about_unit=HOUSING), on("2020-05-05", assign(DISCIPLINE), no="90", by=BUREAU),
    ], date(2020, 6, 1))  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "fact", "of"),
    [(CITY_SCHOOLS, e.PetitionMediated(agreement="x"), "petition:1"),
     (PARTY, supervise(), "petition:1"),
     (CITY_SCHOOLS, e.PetitionWithdrawn(), "petition:1"),
     (BUREAU, repeats("1"), "petition:2"),
     (BUREAU, e.PetitionResolved(), "petition:2"),
     (CONGRESS, e.SponsorDutyDone(duty="informed"), "petition:2"),
     (DISCIPLINE, e.SecrecyBreached(by_unit=HOUSING, to="x"), "petition:90"),
     (DISCIPLINE, cause(HOUSING), "petition:90"),
     (BUREAU, BriefingHeard(body="party_committee"), f"duty:{PARTY[5:]}"),
     (BUREAU, ItemAgreed(item="x", owner_unit=HOUSING), f"conference:{PARTY[5:]}"),
     (BUREAU, DutyStood(leader=deputy(HOUSING), place="接待中心"), f"duty:{HOUSING[5:]}"),
     (BUREAU, RosterSet(leader=deputy(HOUSING), place="接待中心"), f"duty:{HOUSING[5:]}"),
     (BUREAU, ContactPointSet(leader=head(COUNTY), target_unit=TOWN), COUNTY)],
    ids=["reviewer mediates", "party supervises", "withdrawn at the reviewing organ", "bureau judges repeats",
         "bureau verifies that it is resolved", "sponsor's own unit", "discipline tells of a breach",
         "discipline finds the cause", "party's briefing", "party's conference", "duty at its centre",
         "roster of its centre", "contact point of its government's leader"],
)  # fmt: skip
def test_an_office_that_does_its_job_is_not_refused(working, unit, fact, of):
    assert sent(working, on("2020-06-02", fact, of=of, by=unit), "clerk", unit) == "recorded"


def test_a_leader_of_both_government_and_party_is_given_his_role_by_the_government_above(open_city):
    city = open_city([*CITY_UNITS, *PARTIES], date(2020, 5, 2))
    given = RoleGiven(official=deputy(PARTY), role="deputy_in_charge", name="x")
    told = [sent(city, on("2020-05-03", given, of=COUNTY, by=u), "supervisor", u) for u in (CITY, CITY_PARTY)]
    assert told == ["recorded", NOT_THERE]


# after a merger

AFTER = "unit:430408-xfz"


@pytest.mark.parametrize(
    "story",
    [[*established(OWN_BUREAU, "county", "bureau", HOUSING), *established(AFTER, "county", "department", COUNTY),
      on("2020-05-02", UnitMerged(into=AFTER), by=BUREAU)],
     [on("2020-05-02", UnitAbolished(), by=BUREAU), *established(AFTER, "county", "bureau", COUNTY)]],
    ids=["merged", "abolished"],
)  # fmt: skip
def test_a_bureau_is_followed_by_what_it_went_into_or_by_the_next_that_stands(open_city, story):
    city = open_city([*CITY_UNITS, *story], date(2020, 5, 3))
    office = Office(city.system.log, city.system.rules)
    office.catch_up()
    assert office.units.bureau_of(LABOUR) == AFTER


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
@pytest.mark.parametrize("into", [AFTER, ELSEWHERE_BUREAU], ids=["an office", "another county's bureau"])
def test_what_the_bureau_went_into_supervises(open_city, role, into):
    ended = [on("2020-05-02", UnitMerged(into=into), by=BUREAU)]
    if into == AFTER:
        ended = [*established(AFTER, "county", "department", COUNTY), *ended]
    else:
        ended.append(on("2020-05-02", UnitMerged(into=ELSEWHERE), by=COUNTY))
    city = open_city([*IN_HANDLING, *OTHER_COUNTY, *ended], date(2020, 6, 3))
    assert sent(city, on("2020-06-04", supervise(), by=into), role, into) == "recorded"


def test_an_item_held_by_a_merged_unit_is_answered_by_its_successor(open_city):
    city = open_city([*IN_HANDLING, on("2020-05-02", UnitMerged(into=LABOUR), by=HOUSING)], date(2020, 5, 3))
    assert sent(city, on("2020-05-04", answer(), by=LABOUR), "clerk", LABOUR) == "recorded"
    assert sent(city, on("2020-05-05", deliver(), by=LABOUR), "clerk", LABOUR) == "recorded"
    asked_for = on("2020-05-06", e.ReviewRequested(to_unit=COUNTY), by=COUNTY)
    assert sent(city, asked_for, "clerk", COUNTY) == "recorded"
