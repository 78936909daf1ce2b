"""Rows of SQLite are written only where they changed."""

from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.views import in_place
from infra.views.opened import sqlite_views
from infra.views.store import Views
from infra.views.tables import KEYS, ROWS
from projections.cases import CaseRow

VALUES = {
    int: st.integers(0, 1), str: st.sampled_from(["accusation", "1"]), bytes: st.just(b"1"),
    str | None: st.sampled_from(["accusation", None]),
}  # fmt: skip


def rows_of(name):
    """Few keys and few values: rows change in some columns and stay in others."""
    hints = get_type_hints(ROWS[name])
    return st.lists(st.tuples(*(VALUES[hints[field]] for field in ROWS[name]._fields)), max_size=6)


def key_of(name, row):
    return tuple(row[ROWS[name]._fields.index(key)] for key in KEYS[name])


@pytest.mark.parametrize("name", KEYS)
def test_rows_are_as_those_put_last_and_every_index_agrees(name):
    @settings(max_examples=25)
    @given(st.lists(rows_of(name), min_size=2, max_size=4))
    def put_again_and_again(batches):
        views, last = sqlite_views(":memory:", Views), {}
        table = getattr(views.live().tables, name)
        with views.writing() as connection:
            cursor = connection.connection.cursor()
            for rows in batches:
                in_place.put(cursor, name, table, rows)
                last |= {key_of(name, row): row for row in rows}
            assert {*cursor.execute(f"SELECT * FROM {table.name}")} == {*last.values()}
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        views.close()

    put_again_and_again()


CASE = CaseRow(*(f"{field}" for field in CaseRow._fields))
"""Its columns hold their own names; a store takes any."""


def sets(old, new):
    """The columns that are set where a row follows another."""
    views, said = sqlite_views(":memory:", Views), []
    with views.writing() as connection:
        cursor, table = connection.connection.cursor(), views.live().tables.cases
        in_place.put(cursor, "cases", table, [old])
        connection.connection.driver_connection.set_trace_callback(said.append)
        in_place.put(cursor, "cases", table, [new])
    views.close()
    return [{each.partition(" = ")[0] for each in text.split(" SET ")[1].split(", ")} for text in said if "SET" in text]


def test_a_row_that_stays_as_it_was_is_not_written():
    assert sets(CASE, CASE) == []


def test_indexes_of_columns_that_stay_are_left_alone():
    (columns,) = sets(CASE, CASE._replace(state="closed", body="anew"))
    assert {"state", "body", "due_on", "late"} <= columns
    assert not columns & {"no", "unit", "over", "first", "first_unit", "registered_by", "registered_on", "accepted_on"}


def test_an_item_that_goes_to_another_unit_moves_where_its_unit_is_looked_up():
    (columns,) = sets(CASE, CASE._replace(unit="unit:2", over="1"))
    assert {"unit", "over"} <= columns
    assert not columns & {"first", "first_unit", "registered_by"}
