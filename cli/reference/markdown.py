"""Markdown as text: tables, code, links."""

from collections.abc import Iterable

GENERATED = "<!-- Written by `danze docs` from the code. Do not edit: change the code, then run `make docs`. -->"


def code(text: object) -> str:
    """Inline code; empty for nothing."""
    return f"`{text}`" if text not in (None, "") else ""


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table as lines; no lines where there are no rows. A bar or a line break in a cell does not break the table."""
    body = [_row(row) for row in rows]
    heads = list(columns)
    return [_row(heads), "|" + "---|" * len(heads), *body, ""] if body else []


def _row(cells: Iterable[object]) -> str:
    told = ("" if cell is None else str(cell) for cell in cells)
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in told) + " |"


def page(title: str, *lines: str) -> str:
    """A whole page: title, where it comes from, the lines, one line break at the end."""
    return "\n".join([f"# {title}", "", GENERATED, "", *lines]).rstrip() + "\n"
