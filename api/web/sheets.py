"""The rows behind a page as CSV, for whoever goes on counting in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from litestar import Response

from api.web.page import Page
from api.web.reading import said

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads Chinese as the machine's old code page."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate; what citizens and clerks wrote stays text."""


class Sheet(NamedTuple):
    """Rows of an answer, and which of their fields are columns: a path into the row, and the word above it."""

    name: str
    columns: Mapping[str, str]
    rows: Iterable[Mapping[str, Any]]

    def answer(self, page: Page) -> Response[str]:
        """The whole list as a file to keep; words and names are in the language of the page."""
        text = io.StringIO(BYTE_ORDER_MARK)
        text.seek(0, io.SEEK_END)
        lines = csv.writer(text)
        lines.writerow(page.words(word) for word in self.columns.values())
        lines.writerows([_cell(page, path, row) for path in self.columns] for row in self.rows)
        name = f"danze-{self.name}{'-' + page.pinned_to if page.as_of else ''}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(text.getvalue(), media_type="text/csv", headers=headers)


def _cell(page: Page, path: str, row: Mapping[str, Any]) -> str:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    text = said(page, path.rpartition(".")[2], value)
    return f"'{text}" if text.startswith(FORMULA) and not isinstance(value, (int, float)) else text
