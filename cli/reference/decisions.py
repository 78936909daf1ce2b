"""`docs/decisions/README.md`: what was decided, page by page."""

import re
from collections.abc import Iterator
from pathlib import Path

from cli.reference.markdown import page, table

ABOUT = """\
Choices that a later reader would question, each with what else was weighed and the price paid
([why so](0001-record-decisions.md)). A number that is missing was never given.
"""
TITLE = re.compile(r"# 0*(\d+)[.:] (.+)")
STATUS = re.compile(r"Status: (.+)")


def decisions_page(folder: Path) -> str:
    """The whole page, from the pages of that folder."""
    return page("Decisions 决定", ABOUT, *table(("", "decided", "status"), _rows(folder)))


def _rows(folder: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted(folder.glob("[0-9]*.md")):
        told = path.read_text(encoding="utf-8")
        title, status = TITLE.search(told), STATUS.search(told)
        if title is None or status is None:
            raise ValueError(f"{path.name} lacks `# N. title` or `Status: …`")
        yield title[1], f"[{title[2]}]({path.name})", status[1]
