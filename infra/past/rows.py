"""Rows of read models that questions about one past time are asked of."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from domain.rules.law import Rules
from infra.views.store import Views
from infra.views.tables import Tables
from projections.board import Slots
from projections.cells import Cell


class SumsAtMark(NamedTuple):
    """Sums of a mark, by kind and name, and by how much each moved since."""

    at_mark: Iterable[tuple[str, str, Slots]]
    moves: Mapping[Cell, int]


class Rows(NamedTuple):
    """The tables, and where they lie."""

    views: Views
    tables: Tables
    sums: Callable[[Rules, Collection[str] | None, tuple[str, str]], SumsAtMark | None] | None = None
    """What was counted over them before, where that was kept (`Then.sums`)."""
