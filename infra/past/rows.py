"""Rows of read models that questions about one past time are asked of."""

from typing import NamedTuple

from infra.views.store import Views
from infra.views.tables import Tables


class Rows(NamedTuple):
    """The tables, and where they lie."""

    views: Views
    tables: Tables
