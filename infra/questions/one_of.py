"""That a column has one of many values, such as the units of a city: for PostgreSQL they are one parameter.

As six hundred parameters, in three columns, reading the sentence takes it ten times as long as answering it; as arrays
of so many, planning does, for it weighs each value. Few are an array, by which it chooses its index; many are rows.
SQLite is told each. It takes an index by them only where rows are looked up by them and they are few: else they are
looked at as others come along, for to collect all of a city's units and sort them costs more than an overview.
"""

from collections.abc import Iterable
from typing import Any, Self

from sqlalchemy import ARRAY, Boolean, ColumnElement, Select, Text, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

MANY = 100
"""Values that no index would be taken for: a county has fewer units."""


class OneOf(FunctionElement[bool]):
    """Both ways to say it, of which a store is told one."""

    name = "one_of"
    type = Boolean()
    inherit_cache = True


class LookedUp(OneOf):
    """SQLAlchemy compares the others with 1, and SQLite then takes no index."""

    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 -- it stands in brackets, whatever is around it
        return self


def one_of(column: ColumnElement[Any], values: Iterable[str], *, looked_up: bool = False) -> ColumnElement[bool]:
    """In the order of the values, so that the same sentence is known again."""
    every = sorted(values)
    if len(every) < MANY:
        kind = LookedUp if looked_up else OneOf
        return kind(column.in_(every), column == any_(bindparam(None, every, ARRAY(Text))))
    return OneOf(column.in_(every), column.in_(as_rows(every)))


def as_rows(values: list[str]) -> Select[tuple[str]]:
    """Values as rows of PostgreSQL, however many: one parameter."""
    return select(func.jsonb_array_elements_text(cast(values, JSONB)).column_valued("value"))


@compiles(OneOf)
def _listed(element: OneOf, compiler: Any, **wanted: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[0], **wanted)})"


@compiles(OneOf, "postgresql")
def _in_array(element: OneOf, compiler: Any, **wanted: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[1], **wanted)})"
