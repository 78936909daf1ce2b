"""That a column has one of many values, such as the units of a city: for PostgreSQL they are one parameter, an array.

As six hundred parameters, in three columns, reading the sentence takes it ten times as long as answering it. SQLite is
told each: by how many there are it chooses its index.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, any_, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class OneOf(FunctionElement[bool]):
    """Both ways to say it, of which a store is told one."""

    name = "one_of"
    type = Boolean()
    inherit_cache = True


def one_of(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """In the order of the values, so that the same sentence is known again."""
    every = sorted(values)
    return OneOf(column.in_(every), column == any_(bindparam(None, every, ARRAY(Text))))


@compiles(OneOf)
def _listed(element: OneOf, compiler: Any, **wanted: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[0], **wanted)})"


@compiles(OneOf, "postgresql")
def _in_array(element: OneOf, compiler: Any, **wanted: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[1], **wanted)})"
