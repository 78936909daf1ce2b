"""One of many values: PostgreSQL is told one array or as rows, SQLite each value, and both find the same."""

from datetime import date

import pytest
from sqlalchemy import Column, MetaData, Table, Text, event, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from infra.questions.one_of import MANY, one_of
from tests.samples import BUREAU, CITY, CITY_UNITS, HOUSING, LABOUR, on, raised

CASES = Table("cases", MetaData(), Column("unit", Text), Column("registered_by", Text))
OF_UNITS = select(CASES).where(or_(*(one_of(column, {CITY, HOUSING, LABOUR}) for column in CASES.c)))


@pytest.mark.parametrize(("dialect", "parameters"), [(postgresql.dialect(), 2), (sqlite.dialect(), 6)])
def test_a_city_of_units_is_one_parameter_where_many_would_be_slow(dialect, parameters):
    told = OF_UNITS.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    assert len(told.positiontup or told.params) == parameters


def test_a_whole_city_is_no_array_each_value_of_which_is_weighed_when_it_is_planned():
    query = select(CASES).where(one_of(CASES.c.unit, map(str, range(MANY))))
    told = query.compile(dialect=postgresql.dialect())
    assert "jsonb_array_elements_text" in str(told)
    assert len(told.params) == 1


def test_other_units_are_another_question_of_the_same_words(city):
    cases = city.ask.present().tables.cases

    def found(*units):
        return {row.unit for row in city.ask.present().select(select(cases.c.unit).where(one_of(cases.c.unit, units)))}

    every = {row.unit for row in city.ask.present().select(select(cases.c.unit))} - {None}
    assert len(every) > 1
    assert found(*every) == every
    assert all(found(each) == {each} for each in every)
    assert found() == set()
    many = [f"unit:{number}" for number in range(MANY)]
    assert found(*every, *many) == every
    assert found(*many) == set()


def test_what_a_unit_has_to_do_next_is_looked_up_by_who_owes_it(open_city):
    """A city's deadlines of the next weeks are ten thousands: they were walked one by one for each scoreboard."""
    city = open_city([*CITY_UNITS, on("2020-04-10", raised())], date(2020, 4, 11))
    engine, asked = city.ask.present().views.engine, []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, said, values, *_: asked.append((said, values)))
    assert city.ask.scoreboard(BUREAU)["due_soon"]
    said, values = next((said, values) for said, values in asked if "owed_by IN" in said)
    with engine.connect() as rows:
        plan = [row[3] for row in rows.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)]
    assert any("_by_owed_by_due_on (owed_by=? AND due_on>? AND due_on<?)" in step for step in plan), plan
