"""Units: established, merged, abolished; roles given and ended."""

import pytest

from domain.envelope import Decided
from domain.unit.events import UnitEstablished
from tests.samples import *
from tests.spec import given

SCHOOL = UnitEstablished(name="市一中", level="city", kind="other", division="430400", parent=CITY_SCHOOLS)


def test_a_unit_is_established_once():
    given(*CITY_UNITS).when(on("2020-01-02", SCHOOL, by="unit:school")).then(Decided())
    again = UnitEstablished(name="住建局", level="county", kind="department", division="430408")
    given(*CITY_UNITS).when(on("2020-01-02", again, by=HOUSING)).refused("already-exists", "$.subject")


def test_a_unit_is_not_its_own_parent():
    own = UnitEstablished(name="甲", level="county", kind="department", division="430408", parent="unit:a")
    given().when(on("2020-01-02", own, by="unit:a")).refused("bad-value", "$.data.parent")


@pytest.mark.parametrize("end", [merged, abolished])
def test_a_unit_goes_into_another_that_stands(end):
    given(*CITY_UNITS).when(end("2020-06-01", "unit:nowhere", LAND)).refused("unknown-subject", "$.subject")
    given(*CITY_UNITS).when(end("2020-06-01", HOUSING, "unit:nowhere")).refused("unknown-subject", "$.data.into")
    given(*CITY_UNITS).when(end("2020-06-01", HOUSING, HOUSING)).refused("bad-value", "$.data.into")
    ended = end("2020-06-01", LAND, LABOUR)
    given(*CITY_UNITS, ended).when(end("2020-06-02", HOUSING, LAND)).refused("not-in-this-state", "$.data.into")
    given(*CITY_UNITS, ended).when(end("2020-06-02", LAND, HOUSING)).refused("not-in-this-state", "$.subject")


def test_a_role_is_held_once_and_ended_once():
    story = given(*CITY_UNITS)
    story.when(role_given("2020-01-02", HOUSING, head(HOUSING), "principal")).refused(
        "already-exists", "$.data.official"
    )
    story.when(role_ended("2020-01-02", HOUSING, head(HOUSING), "member")).refused(
        "not-in-this-state", "$.data.official"
    )
    story.when(role_ended("2020-01-03", HOUSING, head(HOUSING), "principal")).then(Decided())
    story.when(role_given("2020-02-03", HOUSING, head(HOUSING), "principal")).then(Decided())


def test_no_role_ends_before_it_was_given_and_no_unit_before_it_was_established():
    ended = role_ended("2019-01-01", HOUSING, head(HOUSING), "principal")
    given(*CITY_UNITS).when(ended).refused("before-previous", "$.time")
    given(*CITY_UNITS).when(merged("2019-01-01", HOUSING, LAND)).refused("before-previous", "$.time")
    given(*CITY_UNITS).when(abolished("2019-01-01", HOUSING)).refused("before-previous", "$.time")


def test_an_ended_unit_gives_no_role_but_lets_one_end():
    story = given(*CITY_UNITS, merged("2020-06-01", HOUSING, LAND))
    story.when(role_given("2020-06-02", HOUSING, "official:new", "member")).refused("not-in-this-state", "$.subject")
    story.when(role_ended("2020-06-02", HOUSING, head(HOUSING), "principal")).then(Decided())


def test_the_bureau_of_a_unit_is_that_of_its_level_else_the_nearest_above():
    units = given(*CITY_UNITS).units
    bureaus = {unit: units.bureau_of(unit) for unit in (TOWN, HOUSING, COUNTY, CITY_SCHOOLS, "unit:nowhere")}
    assert bureaus == {
        TOWN: BUREAU, HOUSING: BUREAU, COUNTY: BUREAU, CITY_SCHOOLS: CITY_BUREAU, "unit:nowhere": None,
    }  # fmt: skip


def test_below_a_unit_stands_what_went_into_it():
    units = given(*CITY_UNITS, merged("2020-06-01", LABOUR, SITE)).units
    assert units.below(HOUSING) == {HOUSING, SITE, LABOUR}


def test_below_a_unit_stands_what_was_below_a_unit_that_went_into_it():
    story = given(*CITY_UNITS, merged("2020-06-01", HOUSING, LABOUR))
    assert story.units.is_below(SITE, LABOUR)
    assert {HOUSING, SITE} <= story.units.below(LABOUR)
    assert not story.units.is_below(LABOUR, HOUSING)
